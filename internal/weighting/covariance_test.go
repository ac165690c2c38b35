package weighting

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestCovarianceAgreesWithMeanAndDifference holds the matrix against what the
// figures themselves report.
func TestCovarianceAgreesWithMeanAndDifference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(8, 40).Draw(t, "rows")
		d := Design{Weights: make([]float64, n), Strata: make([]int, n), PSUs: make([]int, n)}
		x, y := make([]float64, n), make([]float64, n)
		m := Margin{Name: "m", Categories: make([]Category, 2), Of: make([]int, n)}
		for i := range n {
			d.Weights[i] = rapid.Float64Range(0.5, 3).Draw(t, "w")
			d.Strata[i] = i % 2
			d.PSUs[i] = rapid.IntRange(0, 5).Draw(t, "psu")
			x[i] = rapid.Float64Range(0, 100).Draw(t, "x")
			y[i] = rapid.Float64Range(0, 100).Draw(t, "y")
			m.Of[i] = rapid.IntRange(0, 1).Draw(t, "class")
		}
		if rapid.Bool().Draw(t, "fitted") {
			d.Margins = []Margin{m}
		}
		s, err := NewSample(d)
		if err != nil {
			t.Skip(err)
		}
		all := make([]bool, n)
		for i := range all {
			all[i] = true
		}
		e1, z1 := s.linearised(x, all)
		e2, z2 := s.linearised(y, all)
		cov, err := s.Covariance([][]float64{z1, z2})
		if err != nil {
			t.Fatal(err)
		}
		m1, err := s.Mean(x, nil)
		if err != nil {
			t.Fatal(err)
		}
		c, err := s.Difference(Variable{Y: x}, Variable{Y: y})
		if err != nil {
			t.Fatal(err)
		}
		v := cov[0][0] + cov[1][1] - 2*cov[0][1]
		if math.Abs(math.Sqrt(cov[0][0])-m1.SE) > 1e-9*(1+m1.SE) || math.Abs(v-c.SE*c.SE) > 1e-8*(1+c.SE*c.SE) || c.Delta != e2.Value-e1.Value {
			t.Fatalf("covariance %v, error %v, difference %v", cov, m1.SE, c.SE)
		}
		if s.DFOf(all) != s.DF() || s.DFOf(nil) != s.DF() || s.DFOf(make([]bool, n)) != 0 {
			t.Fatalf("df %v of %v", s.DFOf(all), s.DF())
		}
	})
	s, err := NewSample(Design{Weights: []float64{1, 1, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]float64{{1, 2}, {1, 2, math.NaN()}} {
		if _, err := s.Covariance([][]float64{bad}); !errors.Is(err, ErrInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}
