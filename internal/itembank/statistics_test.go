package itembank

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"osvitlo/internal/content"
	"osvitlo/internal/instrument"
	"osvitlo/internal/psychometrics"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

func fullTest(t testing.TB) *instrument.Instrument {
	t.Helper()
	in, err := library().Current(content.FullTest)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// single finds the n-th single item of the first half of the test.
func single(t testing.TB, n int) *instrument.Item {
	t.Helper()
	in := fullTest(t)
	for _, it := range in.Items() {
		if it.Scored() && it.Type == instrument.Single {
			if n--; n < 0 {
				return it
			}
		}
	}
	t.Fatal("too few single items")
	return nil
}

func run(t testing.TB, r *rig) *Statistics {
	t.Helper()
	if err := r.Compute(context.Background(), r.sittings); err != nil {
		t.Fatal(err)
	}
	in := fullTest(t)
	st, ok := r.Statistics(in.Slug, in.Version)
	if !ok {
		t.Fatal("no statistics")
	}
	return st
}

func TestFiguresOfAnEmptyTestSayWhyTheyAreMissing(t *testing.T) {
	t.Parallel()
	st := run(t, newRig(t))
	if len(st.Items) != 30 || st.Alpha.Known() || st.Alpha.Why != WhyFew || st.Alpha.Need != FewestScale {
		t.Errorf("%d items, alpha %+v", len(st.Items), st.Alpha)
	}
	for _, it := range st.Items {
		if it.P.Known() || it.RRest.Known() || it.Drift.Known() || len(it.Propose) > 0 || it.P.Why != WhyFew {
			t.Errorf("%s: %+v", it.ID, it)
		}
	}
}

func TestFiguresAreThoseOfThePackagesBelow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	in := fullTest(t)
	r.sittings.list = draw(t, in, 900, 1, 1, nil)
	st := run(t, r)
	if st.Sittings != 900 || st.Whole < 750 || st.Whole > 850 || st.Sample != st.Whole {
		t.Fatalf("%d sittings, %d whole, %d sampled", st.Sittings, st.Whole, st.Sample)
	}
	var table psychometrics.Scores
	first := 0
	for _, doc := range r.sittings.list {
		if doc.Score.Form != sitting.FormFull {
			continue
		}
		var line []float64
		for _, it := range in.Items() {
			if it.Scored() {
				s, _, _ := it.Score(doc.Answers[it.ID])
				line = append(line, s)
			}
		}
		table = append(table, line)
	}
	sc, err := psychometrics.Analyse(table)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(st.Alpha.Of()-sc.Alpha) > 1e-6 || math.Abs(st.SEM.Of()-sc.SEM) > 1e-5 {
		t.Errorf("alpha %v, wanted %v", st.Alpha.Of(), sc.Alpha)
	}
	if !st.Omega.Known() || st.Omega.Of() < 0.5 || len(st.Areas) != 6 {
		t.Errorf("omega %+v, %d areas", st.Omega, len(st.Areas))
	}
	for i := range st.Items {
		f := &st.Items[i]
		if math.Abs(f.RRest.Of()-sc.Items[i].RRest) > 1e-5 {
			t.Errorf("%s: r_rest %v, wanted %v", f.ID, f.RRest.Of(), sc.Items[i].RRest)
		}
		if f.N == 900 {
			first++
		} else if f.N != st.Whole {
			t.Errorf("%s was shown to %d", f.ID, f.N)
		}
		if math.Abs(f.Exposure-float64(f.N)/900) > 1e-12 || !f.Seconds.Known() || f.Seconds.Of() < 28 || f.Seconds.Of() > 32 {
			t.Errorf("%s: exposure %v, %v s", f.ID, f.Exposure, f.Seconds)
		}
		if len(f.DIF) != len(Groups()) || f.DIF[3].Delta.Why != WhyFew || f.DIF[0].Class == "" || f.Drift.Why != WhyOneWave {
			t.Errorf("%s: %+v", f.ID, f.DIF)
		}
		n := 0
		for _, b := range f.Bands {
			n += b.N
		}
		if n != st.Sample || len(f.Curves) < 2 {
			t.Errorf("%s: %d people in %d bands, %d curves", f.ID, n, len(f.Bands), len(f.Curves))
		}
		for _, c := range f.Curves {
			if c.Key && c.Shares[len(c.Shares)-1] <= c.Shares[0] {
				t.Errorf("%s: the right option falls: %v", f.ID, c.Shares)
			}
		}
		if it, err := in.Item(f.ID); err != nil || it.Type == instrument.Single {
			for k := range f.Bands {
				sum := 0.0
				for _, c := range f.Curves {
					sum += c.Shares[k]
				}
				if math.Abs(sum-1) > 1e-9 {
					t.Errorf("%s: shares of band %d sum to %v", f.ID, k+1, sum)
				}
			}
		}
	}
	if first != 12 {
		t.Errorf("%d items were shown to everybody, wanted 12", first)
	}
}

func TestTheOrderOfSittingsDoesNotMatter(t *testing.T) {
	t.Parallel()
	r, q := newRig(t), newRig(t)
	r.sittings.list = draw(t, fullTest(t), 600, 2, 3, nil)
	r.Service.o.Sample, q.Service.o.Sample = 200, 200 // the sample is smaller than what there is
	q.sittings.list = slices.Clone(r.sittings.list)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(q.sittings.list), func(i, j int) {
		q.sittings.list[i], q.sittings.list[j] = q.sittings.list[j], q.sittings.list[i]
	})
	a, b := run(t, r), run(t, q)
	if a.Sample != 200 {
		t.Fatalf("%d in the sample", a.Sample)
	}
	// sums of the stream may differ in the last bit; figures of the sample may not
	if *a.Alpha.Value != *b.Alpha.Value || *a.Items[3].RRest.Value != *b.Items[3].RRest.Value || a.Items[3].DIF[0].SE != b.Items[3].DIF[0].SE {
		t.Errorf("another order gives other figures: %v and %v", a.Alpha.Of(), b.Alpha.Of())
	}
	if math.Abs(a.Items[3].P.Of()-b.Items[3].P.Of()) > 1e-12 || math.Abs(a.Items[3].Drift.Of()-b.Items[3].Drift.Of()) > 1e-9 {
		t.Errorf("%v and %v", a.Items[3].P.Of(), b.Items[3].P.Of())
	}
}

func TestBadItemsAreProposedWithTheirReasons(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	wrongKey, unfair, moved, known := single(t, 0), single(t, 1), single(t, 2), single(t, 3)
	in := fullTest(t)
	r.sittings.list = draw(t, in, 2400, 2, 5, func(p *personDrawn, it *instrument.Item, chance float64) float64 {
		switch it.ID {
		case wrongKey.ID:
			return 1 - chance
		case unfair.ID:
			if p.doc.Respondent.Sex == sitting.Female {
				return 1 / (1 + math.Exp(-(p.theta - it.Difficulty - 1.6)))
			}
		case moved.ID:
			return 1 / (1 + math.Exp(-(p.theta - it.Difficulty - 1.2*float64(p.wave))))
		case known.ID:
			return 0.99
		}
		return chance
	})
	st := run(t, r)
	want := map[string]Reason{wrongKey.ID: ProposeNegative, unfair.ID: ProposeDIF, moved.ID: ProposeDrift, known.ID: ProposeEasy}
	fine := 0
	for i := range st.Items {
		f := &st.Items[i]
		has := slices.ContainsFunc(f.Propose, func(p Proposal) bool { return p.Reason == want[f.ID] })
		if _, bad := want[f.ID]; bad && !has {
			t.Errorf("%s: wanted %s, got %+v", f.ID, want[f.ID], f.Propose)
		} else if !bad && len(f.Propose) == 0 {
			fine++
		}
	}
	if fine < 22 {
		t.Errorf("only %d of 26 good items are left in peace", fine)
	}
	if len(r.Proposals(wrongKey.ID)) == 0 || len(r.ItemStatistics(wrongKey.ID)) != 1 {
		t.Error("the proposal is not served")
	}
	raw, err := json.Marshal(st)
	if err != nil || len(raw) > store.MaxBody/2 {
		t.Errorf("%d bytes, %v", len(raw), err)
	}
	again, err := New(context.Background(), r.opts)
	if err != nil {
		t.Fatal(err)
	}
	back, ok := again.Statistics(in.Slug, in.Version)
	if !ok || back.Alpha.Of() != st.Alpha.Of() {
		t.Error("the figures are not there after a restart")
	}
}

// An item that nobody solves has no link with the others, and takes no figures away
// from them.
func TestAnItemThatAllAnswerAlikeIsLeftOut(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	dead := single(t, 0)
	r.sittings.list = draw(t, fullTest(t), 500, 1, 13, func(_ *personDrawn, it *instrument.Item, chance float64) float64 {
		if it.ID == dead.ID {
			return 0
		}
		return chance
	})
	st := run(t, r)
	if st.Same != 1 || !st.Alpha.Known() || !st.Omega.Known() {
		t.Fatalf("%d alike, alpha %+v", st.Same, st.Alpha)
	}
	for _, f := range st.Items {
		if f.ID == dead.ID {
			if f.RRest.Why != WhySame || f.P.Of() != 0 || !slices.ContainsFunc(f.Propose, func(p Proposal) bool { return p.Reason == ProposeHard }) {
				t.Errorf("%+v", f)
			}
		} else if !f.RRest.Known() || !f.Without.Known() {
			t.Errorf("%s has no figures: %+v", f.ID, f.RRest)
		}
	}
}

// Only finished sittings that may count tell about items.
func TestOnlyWhatMayCountIsTaken(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.sittings.list = draw(t, fullTest(t), 60, 1, 9, nil)
	for i, state := range []sitting.State{sitting.Held, sitting.Practice, sitting.NotConsented, sitting.Excluded} {
		r.sittings.list[i].State = state
	}
	r.sittings.list[4].Submitted = store.Time{}
	r.sittings.list[5].State = sitting.Unweightable
	if st := run(t, r); st.Sittings != 55 {
		t.Errorf("%d sittings, wanted 55", st.Sittings)
	}
}

func TestAnAdaptiveInstrumentHasFiguresOfItsItems(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	list := draw(t, fullTest(t), 200, 1, 11, nil)
	for i, doc := range list {
		doc.Instrument, doc.State, doc.Reasons = "adaptive-test", sitting.Practice, []string{sitting.ReasonUncalibrated}
		n := 0
		for _, id := range sortedKeys(doc.Answers) {
			if n++; n%2 == i%2 {
				delete(doc.Answers, id)
			}
		}
	}
	r.sittings.list = list
	if err := r.Compute(context.Background(), r.sittings); err != nil {
		t.Fatal(err)
	}
	st, ok := r.Statistics("adaptive-test", 1)
	if !ok || !st.Adaptive || st.Sittings != 200 || len(st.Items) < 20 || st.Alpha.Why != WhyAdaptive {
		t.Fatalf("%+v", st)
	}
	for i := range st.Items {
		if f := st.Items[i]; f.Exposure >= 0.75 || f.RRest.Why != WhyAdaptive || f.N >= FewestShare && !f.P.Known() {
			t.Errorf("%+v", f)
		}
	}
}

func BenchmarkCompute(b *testing.B) {
	r := newRig(b)
	r.Service.o.Sample = 0
	r.Service.o.Sample = 20_000
	r.sittings.list = draw(b, fullTest(b), 20_000, 2, 1, nil)
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Compute(context.Background(), r.sittings); err != nil {
			b.Fatal(err)
		}
	}
}
