package psychometrics

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// halves puts every second person into the focal group.
func halves(n int) []int {
	g := make([]int, n)
	for i := range g {
		g[i] = i % 2
	}
	return g
}

func TestDIFFindsTheItemThatDiffers(t *testing.T) {
	t.Parallel()
	const persons, items, bent = 3000, 20, 6
	s := answers(persons, items, 11, func(person, item int) float64 {
		if item == bent && person%2 == 1 {
			return -1 // harder for the focal group by one logit
		}
		return 0
	})
	mh, err := DIFMantelHaenszel(s, halves(persons), DIFOptions{Rounds: 10})
	if err != nil {
		t.Fatal(err)
	}
	if mh.Items[bent].Class != ClassC || mh.Items[bent].Delta > -1.5 || mh.Anchors[bent] || !mh.Settled {
		t.Errorf("%+v", mh.Items[bent])
	}
	lr, err := DIFLogistic(s, halves(persons), DIFOptions{Rounds: 10})
	if err != nil {
		t.Fatal(err)
	}
	if lr.Items[bent].P > 1e-6 || lr.Items[bent].DeltaR2 < 0.02 || lr.Items[bent].UniformP > 1e-6 {
		t.Errorf("%+v", lr.Items[bent])
	}
	wrong := 0
	for j := range items {
		if j != bent && (mh.Items[j].Class != ClassA || lr.Items[j].Class != ClassA) {
			wrong++
		}
	}
	if wrong > 0 {
		t.Errorf("%d clean items are found", wrong)
	}
}

// TestMantelHaenszelByHand holds one small table counted by hand: two score
// groups, odds (10·8/30 + 12·6/28)/(5·7/30 + 4·6/28).
func TestMantelHaenszelByHand(t *testing.T) {
	t.Parallel()
	var rows Scores
	var group, score []int
	add := func(stratum, g int, right float64, n int) {
		for range n {
			rows, group, score = append(rows, []float64{right, 0}), append(group, g), append(score, stratum)
		}
	}
	add(0, 0, 1, 10)
	add(0, 0, 0, 5)
	add(0, 1, 1, 7)
	add(0, 1, 0, 8)
	add(1, 0, 1, 12)
	add(1, 0, 0, 4)
	add(1, 1, 1, 6)
	add(1, 1, 0, 6)
	m := mantelHaenszel(rows, group, score, 0, 0.05)
	odds := (10.0*8/30 + 12.0*6/28) / (5.0*7/30 + 4.0*6/28)
	near(t, "odds", m.Odds, odds, 1e-12)
	near(t, "delta", m.Delta, -2.35*math.Log(odds), 1e-12)
	e := 15.0*17/30 + 16.0*18/28
	v := 15.0*15*17*13/(30*30*29) + 16.0*12*18*10/(28*28*27)
	near(t, "chi-square", m.ChiSquare, math.Pow(math.Abs(22-e)-0.5, 2)/v, 1e-12)
	if m.Class != ClassA {
		t.Errorf("not significant, yet class %s", m.Class)
	}
}

func TestDIFIsMirrored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := answers(rapid.IntRange(200, 400).Draw(t, "persons"), 8, rapid.Uint64().Draw(t, "seed"), nil)
		g := halves(len(s))
		h := make([]int, len(g))
		for i := range g {
			h[i] = 1 - g[i]
		}
		a, err := DIFMantelHaenszel(s, g, DIFOptions{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := DIFMantelHaenszel(s, h, DIFOptions{})
		if err != nil {
			t.Fatal(err)
		}
		la, err := DIFLogistic(s, g, DIFOptions{})
		if err != nil {
			t.Fatal(err)
		}
		lb, err := DIFLogistic(s, h, DIFOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for j := range a.Items {
			if math.Abs(a.Items[j].Delta+b.Items[j].Delta) > 1e-9 || math.Abs(a.Items[j].SE-b.Items[j].SE) > 1e-9 || a.Items[j].Class != b.Items[j].Class {
				t.Fatalf("%+v and %+v", a.Items[j], b.Items[j])
			}
			x, y := la.Items[j], lb.Items[j]
			if math.Abs(x.LR-y.LR) > 1e-5 || math.Abs(x.UniformLR+x.NonUniformLR-x.LR) > 1e-6 || x.DeltaR2 < -1e-9 {
				t.Fatalf("%+v and %+v", x, y)
			}
		}
	})
}

func TestDIFRefusals(t *testing.T) {
	t.Parallel()
	s := answers(60, 5, 1, nil)
	for name, c := range map[string]struct {
		s     Scores
		focal []int
		o     DIFOptions
		want  error
	}{
		"one group":    {s, make([]int, 60), DIFOptions{}, ErrTooFew},
		"third group":  {s, append(make([]int, 59), 2), DIFOptions{}, ErrInput},
		"wrong length": {s, make([]int, 3), DIFOptions{}, ErrInput},
		"rounds":       {s, halves(60), DIFOptions{Rounds: 11}, ErrInput},
		"partial":      {Scores{{0.5, 1}, {1, 1}}, []int{0, 1}, DIFOptions{}, ErrInput},
	} {
		if _, err := DIFMantelHaenszel(c.s, c.focal, c.o); !errors.Is(err, c.want) {
			t.Errorf("MH %s: %v", name, err)
		}
		if _, err := DIFLogistic(c.s, c.focal, c.o); !errors.Is(err, c.want) {
			t.Errorf("logistic %s: %v", name, err)
		}
	}
}

func TestOptionCurves(t *testing.T) {
	t.Parallel()
	var chosen []string
	var ability []float64
	for i := range 100 {
		ability = append(ability, float64(i))
		if i < 50 {
			chosen = append(chosen, "b")
		} else {
			chosen = append(chosen, "a")
		}
	}
	curves, means, err := OptionCurves(chosen, ability, 4)
	if err != nil {
		t.Fatal(err)
	}
	if len(curves) != 2 || curves[0].Option != "a" || len(means) != 4 || means[0] != 12 || curves[0].P != 0.5 || curves[0].Mean != 74.5 {
		t.Fatalf("%+v %v", curves, means)
	}
	for g, want := range []float64{0, 0, 1, 1} {
		near(t, "share", curves[0].Shares[g], want, 1e-12)
	}
	if curves[0].RRest < 0.8 || curves[1].RRest > -0.8 {
		t.Errorf("%v and %v", curves[0].RRest, curves[1].RRest)
	}
	// Equal abilities are not cut through.
	for i := range ability {
		ability[i] = float64(i / 60)
	}
	if curves, means, err = OptionCurves(chosen, ability, 4); err != nil || len(means) != 2 || len(curves[0].Shares) != 2 {
		t.Errorf("%v %v", means, err)
	}
	if _, _, err := OptionCurves(nil, nil, 4); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
}

func TestCareless(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	s := Scores{{1, 1, 1, 2, 2, 2}, {3, 3, 3, 3, 3, 3}, {1, 2, 1, 2, 1, 2}, {1, nan, 1, 1, nan, nan}, {2, 1, 3, 5, 1, 4}, {4, 4, 1, 2, 2, 5}, {5, 1, 2, 4, 4, 3}, {2, 3, 5, 1, 1, 1}, {1, 4, 2, 2, 5, 3}}
	runs, err := Longstring(s)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{3, 6, 1, 2, 1, 2, 2, 3, 2} {
		if runs[i] != want {
			t.Errorf("person %d: %d, want %d", i+1, runs[i], want)
		}
	}
	irv, err := IRV(s)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "IRV", irv[0], math.Sqrt(1.5/5), 1e-12)
	near(t, "IRV", irv[1], 0, 0)
	eo, err := EvenOdd(s, []int{2, 2, 2})
	if err != nil {
		t.Fatal(err)
	}
	// Odd means 1,1,2 and even means 1,2,2: r = 0.5, stepped up 2/3.
	near(t, "even–odd", eo[0], 2.0/3, 1e-12)
	if !math.IsNaN(eo[1]) || !math.IsNaN(eo[3]) {
		t.Errorf("even–odd %v", eo)
	}
	d, err := Mahalanobis(s)
	if err != nil {
		t.Fatal(err)
	}
	// Over the complete rows D² sums to (n−1)·k.
	var sum float64
	for _, v := range d {
		if !math.IsNaN(v) {
			sum += v
		}
	}
	near(t, "sum of D²", sum, 7*6, 1e-6)
	if !math.IsNaN(d[3]) {
		t.Errorf("distance of a gap: %v", d[3])
	}
	if _, err := Mahalanobis(Scores{{1, 2}, {2, 4}, {3, 6}, {4, 8}}); !errors.Is(err, ErrNoSpread) {
		t.Error(err)
	}
	if _, err := EvenOdd(s, []int{3, 3}); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
}

func TestEvenOddStaysInItsRangeWhenTheHalvesAreOpposite(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scales := rapid.IntRange(3, 6).Draw(t, "scales")
		row, factors := make([]float64, 0, 2*scales), make([]int, scales)
		for i := range scales {
			x := rapid.Float64Range(0, 1).Draw(t, "x")
			row, factors[i] = append(row, x, 1-x), 2
		}
		eo, err := EvenOdd(Scores{row}, factors)
		if err != nil {
			t.Fatal(err)
		}
		if v := eo[0]; !math.IsNaN(v) && (v < -1 || v > 1) {
			t.Fatalf("even-odd %v of %v", v, row)
		}
	})
}
