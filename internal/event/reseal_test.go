package event

import (
	"strings"
	"testing"

	"osvitlo/internal/person/vault"
)

// A booking made before the keys were exchanged is read, and its link works, after the
// old key is gone.
func TestResealing(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(5))
	b := r.mustBook(e.ID+":20261124", "0501112233")
	ring := func(ids ...string) *vault.Ring {
		t.Helper()
		var keys []vault.Key
		for _, id := range ids {
			keys = append(keys, vault.Key{ID: id, Secret: []byte(strings.Repeat(map[string]string{"a": "k", "b": "n"}[id], 32))})
		}
		made, err := vault.New(keys)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	read := func() (Told, error) {
		t.Helper()
		stored, err := r.bookings.Get(ctx, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		return r.Told(stored)
	}
	r.cfg.Ring = ring("b")
	if _, err := read(); err == nil {
		t.Fatal("opened without its key")
	}
	r.cfg.Ring = ring("b", "a")
	for want := 1; want >= 0; want-- { // the second time there is nothing to do
		if done, left, err := r.Reseal(ctx); done != want || len(left) > 0 || err != nil {
			t.Fatal(done, left, err)
		}
	}
	r.cfg.Ring = ring("b")
	if told, err := read(); err != nil || told.Name != "О. К." || told.Phone != "+380501112233" {
		t.Errorf("%+v, %v", told, err)
	}
}
