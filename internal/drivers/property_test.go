package drivers_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/drivers"
	"osvitlo/internal/weighting"
)

// city draws a model of a score by two numbers and a factor of three.
func city(t *rapid.T) (drivers.Model, weighting.Design) {
	n := rapid.IntRange(30, 60).Draw(t, "rows")
	m := drivers.Model{Outcome: "y", Y: make([]float64, n), Weights: make([]float64, n)}
	x, z, g := make([]float64, n), make([]float64, n), make([]int, n)
	d := weighting.Design{PSUs: make([]int, n)}
	for i := range n {
		x[i] = rapid.Float64Range(-3, 3).Draw(t, "x")
		z[i] = rapid.Float64Range(-3, 3).Draw(t, "z")
		g[i] = i % 3
		m.Weights[i] = rapid.Float64Range(0.5, 4).Draw(t, "w")
		m.Y[i] = 2*x[i] - z[i] + float64(g[i]) + rapid.Float64Range(-1, 1).Draw(t, "e")
		d.PSUs[i] = i / 2
	}
	d.Weights = m.Weights
	m.Factors = []drivers.Factor{{Name: "x", Values: x}, {Name: "z", Values: z}, {Name: "g", Codes: g, Labels: []string{"a", "b", "c"}}}
	return m, d
}

func fit(t *rapid.T, m drivers.Model, d weighting.Design) *drivers.Fit {
	s, err := weighting.NewSample(d)
	if err != nil {
		t.Fatal(err)
	}
	f, err := drivers.Regress(m, s)
	if errors.Is(err, drivers.ErrNotIdentified) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestRegressionProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, d := city(t)
		f := fit(t, m, d)
		// Residuals are orthogonal to every column.
		var sum, sx float64
		for i, e := range f.Residuals {
			sum += m.Weights[i] * e
			sx += m.Weights[i] * e * m.Factors[0].Values[i]
		}
		if math.Abs(sum)+math.Abs(sx) > 1e-8 {
			t.Fatalf("residuals are not orthogonal: %v %v", sum, sx)
		}
		shares, err := f.Shapley()
		if err != nil {
			t.Fatal(err)
		}
		var r2, of float64
		for _, s := range shares {
			if s.R2 < -1e-9 {
				t.Fatalf("a share of %v", s.R2)
			}
			r2 += s.R2
			of += s.Of
		}
		if math.Abs(r2-f.R2) > 1e-9 || math.Abs(of-1) > 1e-9 {
			t.Fatalf("shares sum to %v of %v", r2, f.R2)
		}
		for _, w := range f.Terms {
			if w.VIF < 1-1e-9 || w.F < 0 || w.P < 0 || w.P > 1 {
				t.Fatalf("%+v", w)
			}
			// One column: F is t².
			for _, c := range f.Coefficients {
				if c.Name == w.Term && math.Abs(c.T*c.T-w.F) > 1e-6*(1+w.F) {
					t.Fatalf("F %v, t %v", w.F, c.T)
				}
			}
		}
		// The measure of the weights does not matter.
		scaled := m
		scaled.Weights = make([]float64, len(m.Weights))
		for i, w := range m.Weights {
			scaled.Weights[i] = 7 * w
		}
		ds := d
		ds.Weights = scaled.Weights
		g := fit(t, scaled, ds)
		// A row without a value counts as one with no influence.
		gap := m
		gap.Y = append(append([]float64(nil), m.Y...), math.NaN())
		gap.Weights = append(append([]float64(nil), m.Weights...), 5)
		gap.Factors = []drivers.Factor{{Name: "x", Values: append(append([]float64(nil), m.Factors[0].Values...), 1)},
			{Name: "z", Values: append(append([]float64(nil), m.Factors[1].Values...), 1)}, {Name: "g", Codes: append(append([]int(nil), m.Factors[2].Codes...), 1), Labels: m.Factors[2].Labels}}
		dg := d
		dg.Weights, dg.PSUs = gap.Weights, append(append([]int(nil), d.PSUs...), d.PSUs[0])
		h := fit(t, gap, dg)
		for j, c := range f.Coefficients {
			if math.Abs(c.Value-g.Coefficients[j].Value) > 1e-9 || math.Abs(c.SE-g.Coefficients[j].SE) > 1e-9 ||
				math.Abs(c.Value-h.Coefficients[j].Value) > 1e-9 || math.Abs(c.SE-h.Coefficients[j].SE) > 1e-9 {
				t.Fatalf("%+v, scaled %+v, with a gap %+v", c, g.Coefficients[j], h.Coefficients[j])
			}
		}
		// Adjusted means differ by the coefficients.
		means, err := f.AdjustedMeans("g")
		if err != nil || len(means) != 3 {
			t.Fatalf("%v %v", means, err)
		}
		last := f.Coefficients[len(f.Coefficients)-1]
		if math.Abs(means[2].Mean-means[0].Mean-last.Value) > 1e-9 {
			t.Fatalf("adjusted means %v, coefficient %v", means, last.Value)
		}
	})
}

func TestNotIdentifiedIsNamed(t *testing.T) {
	t.Parallel()
	y := []float64{1, 2, 3, 4, 5, 6}
	x := []float64{1, 2, 3, 4, 5, 7}
	double := []float64{2, 4, 6, 8, 10, 14}
	s, err := weighting.NewSample(weighting.Design{Weights: []float64{1, 1, 1, 1, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	one := make([]int, 6)
	for name, c := range map[string]struct {
		m    drivers.Model
		want error
	}{
		"double":       {drivers.Model{Y: y, Factors: []drivers.Factor{{Name: "x", Values: x}, {Name: "x2", Values: double}}}, drivers.ErrNotIdentified},
		"one category": {drivers.Model{Y: y, Factors: []drivers.Factor{{Name: "g", Codes: one, Labels: []string{"a"}}}}, drivers.ErrNotIdentified},
		"equal scores": {drivers.Model{Y: []float64{1, 1, 1, 1, 1, 1}, Factors: []drivers.Factor{{Name: "x", Values: x}}}, drivers.ErrNotIdentified},
		"no factors":   {drivers.Model{Y: y}, drivers.ErrInput},
		"lengths":      {drivers.Model{Y: y, Factors: []drivers.Factor{{Name: "x", Values: x[:2]}}}, drivers.ErrInput},
		"all missing":  {drivers.Model{Y: y, Factors: []drivers.Factor{{Name: "x", Values: []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}}}}, drivers.ErrTooFew},
		"infinite":     {drivers.Model{Y: y, Factors: []drivers.Factor{{Name: "x", Values: []float64{1, 2, 3, 4, 5, math.Inf(1)}}}}, drivers.ErrInput},
	} {
		if _, err := drivers.Regress(c.m, s); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := drivers.Associate(drivers.Pair{X: one, XLabels: []string{"a"}, Y: []int{0, 1, 0, 1, 0, 1}, YLabels: []string{"p", "q"}}); !errors.Is(err, drivers.ErrNotIdentified) {
		t.Errorf("one row: %v", err)
	}
	if _, err := drivers.EtaOf(y, one, 1, nil); !errors.Is(err, drivers.ErrNotIdentified) {
		t.Errorf("one group: %v", err)
	}
}

func TestAssociationProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(20, 80).Draw(t, "rows")
		p := drivers.Pair{XLabels: []string{"a", "b", "c"}, YLabels: []string{"p", "q"}, X: make([]int, n), Y: make([]int, n), Weights: make([]float64, n)}
		y := make([]float64, n)
		for i := range n {
			p.X[i] = rapid.IntRange(-1, 2).Draw(t, "x")
			p.Y[i] = rapid.IntRange(-1, 1).Draw(t, "y")
			p.Weights[i] = rapid.Float64Range(0.5, 3).Draw(t, "w")
			y[i] = float64(p.Y[i])
		}
		a, err := drivers.Associate(p)
		if errors.Is(err, drivers.ErrNotIdentified) || errors.Is(err, drivers.ErrTooFew) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if a.V < 0 || a.V > 1+1e-12 || a.WeightedV < 0 || a.WeightedV > 1+1e-12 || a.Corrected > a.V+1e-12 {
			t.Fatalf("%+v", a)
		}
		// The other way round is the same.
		q := drivers.Pair{X: p.Y, Y: p.X, XLabels: p.YLabels, YLabels: p.XLabels, Weights: p.Weights}
		b, err := drivers.Associate(q)
		if err != nil || math.Abs(a.Weighted-b.Weighted) > 1e-9 {
			t.Fatalf("%v and %v (%v)", a.Weighted, b.Weighted, err)
		}
		s, err := weighting.NewSample(weighting.Design{Weights: p.Weights})
		if err != nil {
			t.Fatal(err)
		}
		r, err := drivers.RaoScottTest(p, s)
		if errors.Is(err, drivers.ErrTooFew) || errors.Is(err, drivers.ErrNotIdentified) {
			t.Skip(err)
		}
		o, err2 := drivers.RaoScottTest(q, s)
		if err != nil || err2 != nil || math.Abs(r.F-o.F) > 1e-6*(1+r.F) || !(r.P >= 0 && r.P <= 1) || !(r.NDF > 0) {
			t.Fatalf("%+v and %+v, %v %v", r, o, err, err2)
		}
	})
}

func TestTails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ got, want float64 }{
		{drivers.FTail(4.9646, 1, 10), 0.05}, {drivers.TTail(2.2281, 10), 0.05}, {drivers.ChiTail(3.8415, 1), 0.05},
		{drivers.FTail(0, 3, 3), 1}, {drivers.FTail(1.9206, 2, math.Inf(1)), math.Exp(-1.9206)},
	} {
		if math.Abs(c.got-c.want) > 1e-4 {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	if !math.IsNaN(drivers.FTail(math.NaN(), 1, 1)) || !math.IsNaN(drivers.ChiTail(1, 0)) {
		t.Error("a tail of nothing")
	}
	for v, want := range map[float64]drivers.Strength{.001: drivers.None, .03: drivers.Small, .1: drivers.Medium, .2: drivers.Large} {
		if got := drivers.EtaStrength(v); got != want {
			t.Errorf("η² %v is %s", v, got)
		}
	}
	if drivers.VStrength(.35, 2, 5) != drivers.Medium || drivers.VStrength(.35, 4, 5) != drivers.Large {
		t.Error("strength of V")
	}
}
