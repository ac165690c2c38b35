package weighting

import (
	"fmt"
	"math"
	"sort"
)

// Quantile of y over the rows of a domain (nil: all), 0 < p < 1: the smallest
// value whose weighted share of rows at or below it reaches p. The interval is
// Woodruff's (1952; METHOD §5): the t interval of the share at or below the
// quantile, read back through the distribution, as survey::svyquantile. SE is the interval's width over twice the t
// quantile. Publication rules for quantiles lie in package disclosure.
func (s *Sample) Quantile(y []float64, in []bool, p float64) (Estimate, error) {
	if !(p > 0 && p < 1) {
		return Estimate{}, fmt.Errorf("%w: quantile %v", ErrInput, p)
	}
	use, err := s.domain(y, in)
	if err != nil {
		return Estimate{}, err
	}
	type step struct{ y, w float64 }
	steps := make([]step, 0, len(y))
	var total float64
	for i, ok := range use {
		if ok {
			steps = append(steps, step{y[i], s.w[i]})
			total += s.w[i]
		}
	}
	sort.Slice(steps, func(i, j int) bool { return steps[i].y < steps[j].y })
	at := func(p float64) float64 {
		var seen float64
		for _, st := range steps {
			// Ties of binary sums go to the lower value.
			if seen += st.w; seen >= p*total*(1-1e-12) {
				return st.y
			}
		}
		return steps[len(steps)-1].y
	}
	q := at(p)
	below := make([]float64, len(y))
	for i, v := range y {
		switch {
		case math.IsNaN(v):
			below[i] = math.NaN()
		case v <= q:
			below[i] = 1
		}
	}
	share, err := s.Mean(below, in)
	if err != nil {
		return Estimate{}, err
	}
	e := share
	e.Value, e.Deff = q, 0
	e.Low, e.High = at(max(share.Value-s.q*share.SE, 0)), at(min(share.Value+s.q*share.SE, 1))
	e.SE = (e.High - e.Low) / (2 * s.q)
	return e, nil
}
