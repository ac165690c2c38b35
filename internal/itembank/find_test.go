package itembank

import (
	"cmp"
	"context"
	"slices"
	"testing"

	"osvitlo/internal/instrument"
)

func TestFindChoosesAndOrders(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	r.sittings.list = draw(t, fullTest(t), 200, 1, 1, nil)
	run(t, r)
	all := r.Find(Filter{})
	spread := 0
	for _, levels := range r.Spread() {
		for _, n := range levels {
			spread += n
		}
	}
	if len(all) < 240 || spread != len(all) {
		t.Fatalf("%d items, %d in the spread", len(all), spread)
	}
	if n := len(r.Find(Filter{Survey: true})); n <= len(all) {
		t.Errorf("%d items with those of surveys", n)
	}
	area, one := r.Find(Filter{Competence: "ua5"}), r.Find(Filter{Competence: "ua5.3", Level: "B1", Type: instrument.Single})
	if len(area) < 40 || len(one) == 0 || len(one) >= len(area) {
		t.Errorf("%d of the area, %d of the competence", len(area), len(one))
	}
	for _, x := range one {
		if x.Item.Competence != "ua5.3" || x.Item.Level != "B1" || x.Item.Type != instrument.Single {
			t.Errorf("%+v", x.Item)
		}
	}
	if got := r.Find(Filter{Text: "ШАХРАЙ"}); len(got) < 5 || len(got) == len(all) {
		t.Errorf("%d items speak of a fraudster", len(got))
	}
	if got := r.Find(Filter{Text: "router hours"}); len(got) != 1 || got[0].Item.ID != "router-hours" {
		t.Errorf("%v", got)
	}
	it := single(t, 0)
	if x := r.Of(it); !slices.Contains(x.Published, "resident-test@1") || x.Figures == nil || x.Figures.N < 150 {
		t.Errorf("%+v", x)
	}
	for _, s := range []Sort{SortID, SortLevel, SortCompetence, SortP, SortRRest, SortN} {
		if got := r.Find(Filter{Sort: s}); len(got) != len(all) || !slices.IsSortedFunc(got, func(a, b Row) int { return byOrder(s, a, b) }) {
			t.Errorf("%s: not in order", s)
		}
	}
	p := r.Find(Filter{Sort: SortP})
	if !p[0].Figures.P.Known() || p[len(p)-1].Figures != nil || cmp.Compare(p[0].Figures.P.Of(), p[1].Figures.P.Of()) > 0 {
		t.Error("items without figures stand last")
	}
	for _, want := range []State{StateDraft, StateReviewed, StateMend, StateQuarantined} {
		switch want {
		case StateReviewed:
			_ = r.Sign(ctx, editor("p1"), it.ID, Review{Verdict: Good, Hash: Hash(it)})
		case StateMend:
			_ = r.Sign(ctx, editor("p2"), it.ID, Review{Verdict: Mend, Note: "x", Hash: Hash(it)})
		case StateQuarantined:
			_ = r.Quarantine(ctx, editor("p1"), it.ID, "x")
		}
		if got := r.Of(it).State; got != want {
			t.Errorf("%s, wanted %s", got, want)
		}
	}
	if got := r.Find(Filter{State: StateQuarantined}); len(got) != 1 {
		t.Errorf("%d in quarantine", len(got))
	}
	r.clock = noon.AddDate(10, 0, 0)
	if got := r.Find(Filter{State: StateExpired}); len(got) < 20 {
		t.Errorf("%d expired after ten years", len(got))
	}
}

func BenchmarkFind(b *testing.B) {
	r := newRig(b)
	for b.Loop() {
		r.Find(Filter{Text: "шахрай"})
	}
}
