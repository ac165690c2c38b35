package weighting

import (
	"fmt"
	"math"
)

// Covariance of several figures from their linearised variables, one slice per
// figure and one value per row: entry [j][k] estimates Cov(Σ w·z_j, Σ w·z_k)
// under the design, with residuals on the margins where weights were fitted
// (METHOD §5). Rows outside a domain carry 0. Regressions and tests of tables
// (METHOD §12) build on it. The diagonal is what Mean and Total use.
func (s *Sample) Covariance(z [][]float64) ([][]float64, error) {
	u := make([][]float64, len(z))
	grand := make([]float64, len(z))
	residual := make([][]float64, len(z))
	for j, x := range z {
		if len(x) != len(s.w) {
			return nil, fmt.Errorf("%w: %d linearised values for %d rows", ErrInput, len(x), len(s.w))
		}
		if s.proj != nil {
			x = s.proj.residuals(x, s.base)
		}
		residual[j] = x
		u[j] = make([]float64, s.units)
		for i, v := range x {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("%w: linearised value %v at row %d", ErrInput, v, i)
			}
			u[j][s.psu[i]] += s.w[i] * v
			grand[j] += s.w[i] * v
		}
		grand[j] /= float64(s.units)
	}
	out := make([][]float64, len(z))
	for j := range out {
		out[j] = make([]float64, len(z))
	}
	centre := make([]float64, len(z))
	for _, h := range s.strata {
		n := float64(len(h.units))
		scale := h.rest
		copy(centre, grand)
		if n > 1 {
			scale *= n / (n - 1)
			for j := range z {
				centre[j] = 0
				for _, c := range h.units {
					centre[j] += u[j][c]
				}
				centre[j] /= n
			}
		}
		for j := range z {
			for k := range j + 1 {
				var ss float64
				for _, c := range h.units {
					ss += (u[j][c] - centre[j]) * (u[k][c] - centre[k])
				}
				out[j][k] += scale * ss
			}
		}
	}
	s.within(residual, func(j, k int, v float64) { out[j][k] += v })
	for j := range z {
		for k := range j {
			out[k][j] = out[j][k]
		}
	}
	return out, nil
}

// DFOf is the number of sampling units minus the number of strata among the
// rows in use (nil: all), what a test inside a domain may count on.
func (s *Sample) DFOf(use []bool) float64 {
	if use == nil {
		return s.df
	}
	unit := make([]bool, s.units)
	for i, in := range use {
		if i < len(s.psu) && in && s.w[i] > 0 {
			unit[s.psu[i]] = true
		}
	}
	df := 0
	for _, h := range s.strata {
		seen := 0
		for _, c := range h.units {
			if unit[c] {
				seen++
			}
		}
		if seen > 0 {
			df += seen - 1
		}
	}
	return float64(df)
}

// Lonely tells whether a stratum had a single sampling unit and was centred at
// the grand mean.
func (s *Sample) Lonely() bool { return s.lonely }
