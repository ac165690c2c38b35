package itembank

import (
	"context"
	"math"
	"testing"
	"time"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

func TestACalibrationFindsTheParametersAndIsReleasedByAPerson(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	in := fullTest(t)
	wrongKey := single(t, 0)
	r.sittings.list = draw(t, in, 1500, 1, 21, func(_ *personDrawn, it *instrument.Item, chance float64) float64 {
		if it.ID == wrongKey.ID {
			return 0.5 // knows nothing of anybody
		}
		return chance
	})
	for _, d := range r.sittings.list { // another test, given item by item
		if d.ID < "s00300" {
			for _, id := range sortedKeys(d.Answers)[:3] {
				if it, err := in.Item(id); err == nil && it.Scored() {
					score, _, _ := it.Score(d.Answers[id])
					d.Log = append(d.Log, adaptive.Step{Item: id, Score: score})
					delete(d.Answers, id)
				}
			}
		}
	}
	run, err := r.Calibrate(ctx, r.sittings)
	if err != nil || run.Trouble != "" {
		t.Fatalf("%v %+v", err, run.Trouble)
	}
	near, used := 0, 0
	for _, x := range run.Items {
		it, err := in.Item(x.ID)
		switch {
		case err != nil || !it.Scored():
			if x.Out != WhyFew || x.A != 0 {
				t.Errorf("%s has parameters without answers: %+v", x.ID, x)
			}
			continue
		case x.ID == wrongKey.ID:
			if x.Out != WhyUnidentified && x.A > 0.4 {
				t.Errorf("an item of chance: %+v", x)
			}
			continue
		}
		used++
		if it.Type == instrument.Single && x.Out == "" && math.Abs(x.B-it.Difficulty) < 0.5 && math.Abs(x.A-1) < 0.45 && x.SEB > 0 {
			near++
		}
	}
	if used != 29 || near < 12 || run.Model != string(adaptive.TwoParameter) {
		t.Errorf("%d items, %d near the truth, %s", used, near, run.Model)
	}
	if items, _ := r.Pool(noon); !items[0].Provisional {
		t.Error("a draft is in use")
	}
	draft := r.Draft()
	if _, err := r.Release(ctx, editor("p1"), draft.Rev+1); !fault.Is(err, fault.Conflict) {
		t.Errorf("another draft: %v", err)
	}
	weak := editor("p1")
	weak.Fresh = false
	if _, err := r.Release(ctx, weak, draft.Rev); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("without a fresh proof: %v", err)
	}
	_, before := r.Pool(noon)
	version, err := r.Release(ctx, editor("p1"), draft.Rev)
	if err != nil || version != "cal-0001" || r.Running() == nil || r.Running().By != "p1" {
		t.Fatalf("%q %v", version, err)
	}
	calibrated := 0
	items, after := r.Pool(noon)
	for _, p := range items {
		if !p.Provisional {
			calibrated++
		}
	}
	if calibrated < 25 || before == after {
		t.Errorf("%d items are calibrated, version %s", calibrated, after)
	}

	// the next one stands on the running scale, whoever answered
	r.clock = noon.Add(time.Hour)
	r.sittings.list = draw(t, in, 1500, 1, 22, func(p *personDrawn, it *instrument.Item, _ float64) float64 {
		return 1 / (1 + math.Exp(-(0.8*p.theta + 0.6 - it.Difficulty)))
	})
	run, err = r.Calibrate(ctx, r.sittings)
	if err != nil || run.Trouble != "" || run.Link == nil {
		t.Fatalf("%v %+v", err, run)
	}
	if run.Link.To != version || math.Abs(run.Link.Shift-0.6) > 0.2 || math.Abs(run.Link.Slope-0.8) > 0.2 || run.Link.Anchors < 20 {
		t.Errorf("%+v", run.Link)
	}
	if again, err := r.Release(ctx, editor("p2"), r.Draft().Rev); err != nil || again != "cal-0002" {
		t.Fatalf("%q %v", again, err)
	}
	if err := r.Recall(ctx, editor("p2"), "cal-0002", " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("without a reason: %v", err)
	}
	if err := r.Recall(ctx, editor("p2"), "cal-0002", "помилка"); err != nil || r.Running().ID != version {
		t.Fatalf("%v", err)
	}
	if err := r.Recall(ctx, editor("p2"), "cal-0002", "помилка"); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	for _, id := range []string{"cal-0009", draftID} {
		if err := r.Recall(ctx, editor("p2"), id, "x"); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, v := r.Pool(noon); v != after {
		t.Error("the pool is not that of the first calibration")
	}
}

func TestACalibrationOfTooFewSaysSo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	r.sittings.list = draw(t, fullTest(t), 60, 1, 23, nil)
	run, err := r.Calibrate(ctx, r.sittings)
	if err != nil || run.Trouble != WhyFew {
		t.Fatalf("%v %+v", err, run)
	}
	if _, err := r.Release(ctx, editor("p1"), r.Draft().Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("released: %v", err)
	}
	none := newRig(t)
	if _, err := none.Release(ctx, editor("p1"), 1); !fault.Is(err, fault.NotFound) {
		t.Errorf("without a draft: %v", err)
	}
}

// An anchor that moved does not carry the scale; a form that moved as a whole is
// not a calibration of the old one.
func TestACalibrationThatCannotBeLinkedIsNotReleased(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newRig(t)
	in := fullTest(t)
	r.sittings.list = draw(t, in, 900, 1, 24, nil)
	if _, err := r.Calibrate(ctx, r.sittings); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Release(ctx, editor("p1"), r.Draft().Rev); err != nil {
		t.Fatal(err)
	}
	n := 0
	sign := map[string]float64{}
	for _, it := range in.Items() {
		n++
		sign[it.ID] = 1.5 * float64(n%4-1) // no two neighbours moved alike
	}
	r.sittings.list = draw(t, in, 900, 1, 25, func(p *personDrawn, it *instrument.Item, _ float64) float64 {
		return 1 / (1 + math.Exp(-(p.theta - sign[it.ID])))
	})
	run, err := r.Calibrate(ctx, r.sittings)
	if err != nil {
		t.Fatal(err)
	}
	if run.Trouble == "" && len(run.Link.Dropped) < 5 {
		t.Errorf("%+v", run.Link)
	}
	if run.Trouble != "" {
		if _, err := r.Release(ctx, editor("p1"), r.Draft().Rev); !fault.Is(err, fault.Conflict) {
			t.Errorf("released: %v", err)
		}
	}
}
