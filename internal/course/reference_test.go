package course

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"osvitlo/internal/instrument"
	"osvitlo/internal/psychometrics"
	"osvitlo/internal/store"
)

// ladder are twelve tasks of two areas, from easy to hard.
func ladder(t testing.TB) (list []*instrument.Item) {
	for i := range 12 {
		list = append(list, knowledge(t, fmt.Sprintf("k%d", i), fmt.Sprintf("ua%d.1", 1+i%2), -1.5+0.25*float64(i)))
	}
	return list
}

func of(items []*instrument.Item, area string) (list []*instrument.Item) {
	for _, it := range items {
		if it.Competence == area+".1" {
			list = append(list, it)
		}
	}
	return list
}

func TestTheReferenceIsOfTasksAsHard(t *testing.T) {
	t.Parallel()
	all := ladder(t)
	one := of(all, "ua1")
	hidden := Scale{Mean: math.NaN(), SE: math.NaN(), Alpha: 0.5, Items: of(all, "ua2")}
	at := &Standing{Release: "w-r1", People: 402, Whole: Scale{Mean: 60, SE: 1, Alpha: 0.8, Items: all},
		Areas: map[string]Scale{"ua1": {Mean: 50, SE: 2, Alpha: 0.6, Items: one}, "ua2": hidden}}
	for name, c := range map[string]struct {
		form      []*instrument.Item
		low, high float64 // of the mean
		rho       float64
	}{
		"the same tasks":           {one, 49.999, 50.001, 0.6},
		"easy ones":                {one[:3], 51, 70, 3. / 6 * 0.6 / (1 - 0.5*0.6)},
		"hard ones":                {one[3:], 30, 49, 3. / 6 * 0.6 / (1 - 0.5*0.6)},
		"an area without a figure": {of(all, "ua2"), 55, 60, 0.5 * 0.8 / (1 - 0.5*0.8)},
		"both":                     {all, 52, 56, 0.8},
	} {
		ref, ok := at.reference(c.form)
		if !ok || ref.Mean < c.low || ref.Mean > c.high || math.Abs(ref.Reliability-c.rho) > 1e-9 || ref.MeanSE < 0.8 || ref.MeanSE > 2.2 || ref.Release != "w-r1" {
			t.Errorf("%s: %+v", name, ref)
		}
	}
	at.Whole.Alpha = math.NaN()
	if _, ok := at.reference(all); ok {
		t.Error("a reference without a reliability")
	}
	if _, ok := at.reference(nil); ok {
		t.Error("a reference of no tasks")
	}
}

// Of a city that learns nothing the weak are chosen: they do better the second time. The
// published wave takes that out; without one the gain stands as it is and says so.
func TestAPublishedWaveCorrectsPeopleChosenByLowScores(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	all := ladder(t)
	rnd := rand.New(rand.NewPCG(3, 9))
	take := func(theta float64) (row []float64, percent float64) {
		for _, it := range all {
			x := 0.0
			if rnd.Float64() < 1/(1+math.Exp(it.Difficulty-theta)) {
				x = 1
			}
			row, percent = append(row, x), percent+100*x/float64(len(all))
		}
		return row, percent
	}
	var rows psychometrics.Scores
	var sum float64
	n := 0
	for range 3000 {
		theta := rnd.NormFloat64()
		row, before := take(theta)
		rows, sum = append(rows, row), sum+before
		if before > 42 || n == 80 {
			continue
		}
		_, after := take(theta)
		must(t, r.proofs.Insert(ctx, &Proof{Doc: store.Doc{ID: proofID(pupil(n), "fraud")}, Learner: pupil(n), Course: "fraud", Before: &Half{Score: before}, After: &Half{Score: after}}))
		n++
	}
	must(t, r.CountGains(ctx))
	bare, err := r.GainOf(ctx, "fraud", all)
	must(t, err)
	first, err := r.PublicGain(ctx, "fraud", all)
	must(t, err)
	if bare.Corrected || bare.Missing != NoWave || bare.Verdict != NotProved || bare.RawLow < 2 || first.Gain != bare {
		t.Fatalf("without a wave: %+v", bare)
	}
	scale, err := psychometrics.Analyse(rows)
	must(t, err)
	r.city.at = &Standing{Release: "w-r1", People: len(rows), Whole: Scale{Mean: sum / float64(len(rows)), SE: 1, Alpha: math.NaN(), Items: all}}
	if g, err := r.GainOf(ctx, "fraud", all); err != nil || g.Corrected || g.Missing != NoScale {
		t.Errorf("without a reliability: %v %+v", err, g)
	}
	r.city.at.Whole.Alpha = scale.Alpha
	for i := range 5 { // they wait for their ten, the wave does not
		must(t, r.proofs.Insert(ctx, &Proof{Doc: store.Doc{ID: proofID(pupil(900+i), "fraud")}, Learner: pupil(900 + i), Course: "fraud", Before: &Half{Score: 0}, After: &Half{Score: 100}}))
	}
	must(t, r.CountGains(ctx))
	shown, err := r.PublicGain(ctx, "fraud", all)
	must(t, err)
	g := shown.Gain
	t.Logf("alpha %.2f: raw %+.1f (%.1f to %.1f), by chance %+.1f, corrected %+.1f (%.1f to %.1f)", scale.Alpha, g.Raw, g.RawLow, g.RawHigh, g.Regression, g.Value, g.Low, g.High)
	if !g.Corrected || g.Release != "w-r1" || g.N != 80 || g.Raw != bare.Raw || g.Value >= g.Raw || g.Low > 0 || g.High < 0 || g.Verdict != NotProved {
		t.Errorf("%+v", g)
	}
	r.city.at = nil // taken back: what was said stays until ten more have come
	if last, err := r.PublicGain(ctx, "fraud", all); err != nil || last.Gain != g {
		t.Errorf("%v %+v", err, last)
	}
}
