package drivers_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"osvitlo/internal/drivers"
	"osvitlo/internal/weighting"
)

// The effect from sums is the coefficient of the model on rows, with its error.
func TestWithinIsTheModelOnRows(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 3))
		n := 400
		targets := []float64{900, 500, 1300, 200}
		y, class, group, base := make([]float64, n), make([]int, n), make([]int, n), make([]float64, n)
		for i := range n {
			class[i] = r.IntN(len(targets))
			group[i] = r.IntN(3)
			if r.Float64() < 0.6 {
				group[i] = 0
			}
			base[i] = 1
			y[i] = 50 + 5*float64(class[i]) - 4*float64(group[i]) + 12*r.NormFloat64()
			if r.Float64() < 0.2 {
				y[i] = math.NaN()
			}
		}
		margin := weighting.Margin{Name: "class", Of: class}
		for _, x := range targets {
			margin.Categories = append(margin.Categories, weighting.Category{Target: x})
		}
		w, err := weighting.PostStratify(base, margin)
		if err != nil {
			t.Fatal(err)
		}
		sample, err := weighting.NewSample(weighting.Design{Weights: w, Margins: []weighting.Margin{margin}, Base: base})
		if err != nil {
			t.Fatal(err)
		}
		fit, err := drivers.Regress(drivers.Model{Y: y, Weights: w, Factors: []drivers.Factor{
			{Name: "class", Codes: class, Labels: []string{"a", "b", "c", "d"}},
			{Name: "mode", Codes: group, Labels: []string{"self", "mentor", "phone"}},
		}}, sample)
		if err != nil {
			t.Fatal(err)
		}
		classes := make([]drivers.Class, len(targets))
		for c := range classes {
			classes[c].Groups = make([]drivers.Group, 3)
		}
		for i := range n {
			c := &classes[class[i]]
			c.Rows++
			c.Weight = w[i]
			if !math.IsNaN(y[i]) {
				g := &c.Groups[group[i]]
				g.N++
				g.Mean += (y[i] - g.Mean) / float64(g.N)
			}
		}
		for i := range n {
			if g := &classes[class[i]].Groups[group[i]]; !math.IsNaN(y[i]) {
				g.Scatter += (y[i] - g.Mean) * (y[i] - g.Mean)
			}
		}
		got, err := drivers.Within(classes, 0)
		if err != nil {
			t.Fatal(err)
		}
		for k, name := range []string{"modementor", "modephone"} {
			var want drivers.Coefficient
			for _, c := range fit.Coefficients {
				if c.Name == name {
					want = c
				}
			}
			e := got[k+1]
			if want.Name == "" || math.Abs(e.Value-want.Value) > 1e-9 || math.Abs(e.SE-want.SE) > 1e-9 || math.Abs(e.Low-want.Low) > 1e-8 || math.Abs(e.P-want.P) > 1e-8 {
				t.Errorf("seed %d %s: %+v, the model says %+v", seed, name, e, want)
			}
		}
	}
}

func TestWithinRefusesWhatIsNotIdentified(t *testing.T) {
	t.Parallel()
	apart := []drivers.Class{
		{Weight: 1, Rows: 20, Groups: []drivers.Group{{N: 20, Mean: 40, Scatter: 9}, {}}},
		{Weight: 1, Rows: 20, Groups: []drivers.Group{{}, {N: 20, Mean: 50, Scatter: 9}}},
	}
	if _, err := drivers.Within(apart, 0); !errors.Is(err, drivers.ErrNotIdentified) {
		t.Errorf("modes that never meet: %v", err)
	}
	one := []drivers.Class{{Weight: 1, Rows: 20, Groups: []drivers.Group{{N: 20, Mean: 40, Scatter: 9}, {}}}}
	if _, err := drivers.Within(one, 0); !errors.Is(err, drivers.ErrNotIdentified) {
		t.Errorf("one mode: %v", err)
	}
	if _, err := drivers.Within([]drivers.Class{{Weight: 0, Rows: 1, Groups: []drivers.Group{{}, {}}}}, 0); !errors.Is(err, drivers.ErrInput) {
		t.Errorf("weight 0: %v", err)
	}
	if _, err := drivers.Within(nil, 0); !errors.Is(err, drivers.ErrInput) {
		t.Errorf("no classes: %v", err)
	}
}
