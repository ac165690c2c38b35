package weighting

import (
	"fmt"
	"math"
	"sort"
)

// Change is the difference second − first of two figures (METHOD §6).
type Change struct {
	Delta float64
	SE    float64
	Low   float64 // 95 %, normal
	High  float64
	Z     float64 // Delta/SE, 0 when SE is 0
	P     float64 // two-sided, normal; 1 when SE is 0 and Delta is 0
}

// MinChange is the smallest difference in points that is called a change
// (METHOD §6, a project choice).
const MinChange = 1.0

// Detectable tells whether the difference may be called a change: the interval
// excludes 0 and the size is at least least (MinChange for scores).
func (c Change) Detectable(least float64) bool {
	return (c.Low > 0 || c.High < 0) && math.Abs(c.Delta) >= least
}

func change(delta, variance float64) Change {
	c := Change{Delta: delta, SE: math.Sqrt(variance), P: 1}
	c.Low, c.High = NormalInterval(delta, c.SE)
	switch {
	case c.SE > 0:
		c.Z = delta / c.SE
		c.P = math.Erfc(math.Abs(c.Z) / math.Sqrt2)
	case delta != 0:
		c.P = 0
	}
	return c
}

// Difference of two independent estimates: SE² = SE₁² + SE₂². With the same
// persons in both it is too wide or too narrow: use Sample.Difference.
func Difference(first, second Estimate) Change {
	return change(second.Value-first.Value, first.SE*first.SE+second.SE*second.SE)
}

// Variable is a variable over a domain of a sample (In nil: all rows; NaN:
// missing).
type Variable struct {
	Y  []float64
	In []bool
}

// Difference of two means in one sample from their joint influence, so with
// their covariance: both variables on the same rows (a panel), two domains, or
// two waves stacked with the person as sampling unit and, when each wave was
// raked apart, margins whose categories are wave × category.
func (s *Sample) Difference(first, second Variable) (Change, error) {
	use1, err := s.domain(first.Y, first.In)
	if err != nil {
		return Change{}, fmt.Errorf("first: %w", err)
	}
	use2, err := s.domain(second.Y, second.In)
	if err != nil {
		return Change{}, fmt.Errorf("second: %w", err)
	}
	e1, z1 := s.linearised(first.Y, use1)
	e2, z2 := s.linearised(second.Y, use2)
	for i := range z2 {
		z2[i] -= z1[i]
	}
	return change(e2.Value-e1.Value, s.variance(z2)), nil
}

// Holm adjusts p-values for several comparisons (Holm 1979; METHOD §6), in the
// order given.
func Holm(p []float64) ([]float64, error) {
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("%w: p-value %v", ErrInput, v)
		}
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]] < p[order[b]] })
	out := make([]float64, len(p))
	highest := 0.0
	for rank, i := range order {
		highest = max(highest, min(1, p[i]*float64(len(p)-rank)))
		out[i] = highest
	}
	return out, nil
}

// SmallestDetectable is 2.8·√(2·deff·S²/n), the difference between two waves
// of n rows each that is found with power 0.8 (METHOD §6). s2 is the variance
// of the variable.
func SmallestDetectable(s2, deff float64, n int64) (float64, error) {
	if !(s2 >= 0) || !(deff > 0) || n < 1 {
		return 0, fmt.Errorf("%w: variance %v, deff %v, n %d", ErrInput, s2, deff, n)
	}
	return 2.8 * math.Sqrt(2*deff*s2/float64(n)), nil
}
