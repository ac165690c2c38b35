package weighting

import (
	"fmt"
	"math"
)

// Replicates says how replicate estimates make a variance (METHOD §5):
//
//	V = Scale·Σ_r RScale_r·(θ_r − centre)²
type Replicates struct {
	Scale   float64
	RScales []float64 // nil: all 1
	// MSE centres at the full-sample estimate instead of the mean of the
	// replicates.
	MSE bool
}

// Variance of an estimate from its replicates.
func (r Replicates) Variance(full float64, values []float64) (float64, error) {
	if len(values) < 2 || r.RScales != nil && len(r.RScales) != len(values) || !(r.Scale > 0) {
		return 0, fmt.Errorf("%w: %d replicates, %d scales, scale %v", ErrInput, len(values), len(r.RScales), r.Scale)
	}
	centre := full
	if !r.MSE {
		var sum, n float64
		for i, v := range values {
			if r.RScales == nil || r.RScales[i] > 0 {
				sum += v
				n++
			}
		}
		centre = sum / n
	}
	var ss float64
	for i, v := range values {
		scale := 1.0
		if r.RScales != nil {
			scale = r.RScales[i]
		}
		if !(scale >= 0) {
			return 0, fmt.Errorf("%w: replicate scale %v", ErrInput, scale)
		}
		ss += scale * (v - centre) * (v - centre)
	}
	v := r.Scale * ss
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("%w: replicates are not finite", ErrInput)
	}
	return v, nil
}

// Jackknife is JK1: the estimate is made again with each of n sampling units
// left out (weights of the rest fitted again by the caller), scale (n−1)/n.
func Jackknife(n int, without func(unit int) (float64, error)) (float64, error) {
	if n < 2 || n > maxRows {
		return 0, fmt.Errorf("%w: %d sampling units", ErrTooFew, n)
	}
	values := make([]float64, n)
	for i := range values {
		v, err := without(i)
		if err != nil {
			return 0, fmt.Errorf("weighting: replicate without unit %d: %w", i, err)
		}
		values[i] = v
	}
	return Replicates{Scale: float64(n-1) / float64(n)}.Variance(0, values)
}
