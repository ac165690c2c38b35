package credential

import (
	"testing"

	"osvitlo/internal/course"
	"osvitlo/internal/person/vault"
)

// A certificate keeps its initials, and the issuer its signing key, after the keys of
// the vault were exchanged and the old one is gone.
func TestResealing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := r.issue(t, course.OfPerson(somebody))
	keys, err := vault.ParseKeys("b:QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=,a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
	must(t, err)
	before, err := r.Get(ctx, doc.ID)
	must(t, err)
	r.cfg.Ring, err = vault.New(keys)
	must(t, err)
	if done, left, err := r.Reseal(ctx); done == 0 || len(left) > 0 || err != nil {
		t.Fatal(done, left, err)
	}
	if done, left, err := r.Reseal(ctx); done != 0 || len(left) > 0 || err != nil {
		t.Fatal("again:", done, left, err)
	}
	r.cfg.Ring, err = vault.New(keys[:1])
	must(t, err)
	after, err := r.Get(ctx, doc.ID)
	must(t, err)
	if before.Who == "" || after.Who != before.Who {
		t.Errorf("%q was %q", after.Who, before.Who)
	}
	must(t, r.Tend(ctx))
}
