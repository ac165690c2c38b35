package adaptive

import (
	"fmt"
	"math"
)

// EmpiricalReliability of estimates with their errors: the variance of the
// estimates over itself plus the mean error variance (mirt::empirical_rxx).
func EmpiricalReliability(theta, se []float64) (float64, error) {
	if len(theta) < 2 || len(se) != len(theta) {
		return 0, fmt.Errorf("%w: %d estimates with %d errors", ErrInput, len(theta), len(se))
	}
	n := float64(len(theta))
	var mean, v, e float64
	for i, t := range theta {
		mean += t / n
		e += se[i] * se[i] / n
	}
	for _, t := range theta {
		v += (t - mean) * (t - mean) / (n - 1)
	}
	r := v / (v + e)
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return 0, fmt.Errorf("%w: estimates without spread or error", ErrInput)
	}
	return r, nil
}

// MarginalReliability of a form over N(0, 1): the mean of I/(I+1)
// (mirt::marginal_rxx).
func (f Form) MarginalReliability() float64 {
	const nodes = 481
	var sum, weight float64
	for k := range nodes {
		t := -6 + 12*float64(k)/(nodes-1)
		w := math.Exp(-t * t / 2)
		i := f.Information(t)
		sum += w * i / (i + 1)
		weight += w
	}
	return sum / weight
}

// Information of the whole form at θ.
func (f Form) Information(theta float64) float64 {
	var s float64
	for _, it := range f.items {
		s += it.Information(theta)
	}
	return s
}
