package person

import (
	"slices"
	"testing"
)

func TestPairsAreOfOnePersonOnly(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p, q, alone := r.adult(t, Registration{}), r.adult(t, Registration{}), r.adult(t, Registration{})
	for id, who := range map[string]ID{"a1": p.ID, "a2": p.ID, "b1": q.ID, "b2": q.ID, "c1": alone.ID} {
		r.sittings.proofs[id] = "key"
		must(t, r.Attach(ctx, own(who), id, "key"))
	}
	var got []string
	for pair, err := range r.Service.Pairs(ctx, "w0", "w1") {
		must(t, err)
		got = append(got, pair[0]+pair[1])
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"a1a2", "a2a1", "b1b2", "b2b1"}) {
		t.Errorf("%v", got)
	}
	for range r.Service.Pairs(ctx, "w0", "w1") {
		break // a reader may stop
	}
}
