package cityindex

import (
	"math"
	"math/rand/v2"
	"testing"

	"osvitlo/internal/sitting"
)

// At its own mix a wave has its own index; where help lowers the score, fewer helped
// people raise the index and the fixed mix takes that back.
func TestTheIndexAtTheFirstMix(t *testing.T) {
	t.Parallel()
	helped := func(share float64) func(*rand.Rand, *sitting.Row) {
		return func(r *rand.Rand, row *sitting.Row) {
			row.Mode = sitting.ModeSelf
			if r.Float64() < share {
				row.Mode = sitting.ModeMentor
				if row.Overall >= 0 {
					row.Overall = max(0, row.Overall-12*sitting.PointsScale)
				}
			}
		}
	}
	m := testMargins(t)
	l := newLayout(testDistricts)
	var frames [2]*frame
	var index [2]float64
	for i, share := range []float64{0.5, 0.1} {
		r := rand.New(rand.NewPCG(8, uint64(i)))
		w := newWave(l)
		for range 3000 {
			row := person(r, m, "w1")
			if row.State != sitting.Counted {
				continue
			}
			helped(share)(r, row)
			g, class, _, ok := gateOf(row)
			if ok && g != gateUnweightable {
				w.apply(l, row, g, class, 1)
			}
		}
		f, err := newFrame(l, w.weightable(), m, m.Variant(m.Default))
		if err != nil {
			t.Fatal(err)
		}
		e, err := f.mean(f.field(bScore), nil)
		if err != nil {
			t.Fatal(err)
		}
		frames[i], index[i] = f, e.Value
		mix, ok := f.modeMix()
		if !ok {
			t.Fatal("no mix")
		}
		own, se, err := f.atMix(mix)
		if err != nil || own == nil || math.Abs(*own-e.Value) > 0.006 || *se <= 0 {
			t.Fatalf("at its own mix %v, the index is %v: %v", own, e.Value, err)
		}
	}
	mix, _ := frames[0].modeMix()
	fixed, _, err := frames[1].atMix(mix)
	if err != nil || fixed == nil {
		t.Fatal(fixed, err)
	}
	if index[1]-index[0] < 3 || math.Abs(*fixed-index[0]) > 1.5 {
		t.Errorf("indices %v, the second at the first mix %v", index, *fixed)
	}
	// A way of answering that one wave does not know cannot be fixed.
	mix[3] = 0.1
	if v, _, err := frames[1].atMix(mix); v != nil || err != nil {
		t.Errorf("%v %v", v, err)
	}
}
