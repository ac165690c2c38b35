package weighting

import "fmt"

// Stage is sampling inside the units of the stage before: households inside
// streets, pupils inside schools.
type Stage struct {
	// Units of the rows, unique within a unit of the stage before.
	Units []int
	// FPC is the number of units in the population of the unit before,
	// constant within it; nil: sampling fraction 0.
	FPC []float64
}

// nest is a later stage: its units, and by unit of the stage before how much of
// their variance counts, f·(1−f')·n/(n−1), f the product of the sampling
// fractions above.
type nest struct {
	of       []int   // unit of each row
	children [][]int // by unit of the stage before
	scale    []float64
	units    int
}

// stages builds the later stages under the sampling units. Only where all
// stages above have a sampling fraction do they add to the variance.
func (s *Sample) stages(list []Stage) error {
	if len(list) > 5 {
		return fmt.Errorf("%w: %d stages", ErrInput, len(list)+1)
	}
	above := s.psu
	fraction := make([]float64, s.units) // product of the fractions above, by unit
	for _, h := range s.strata {
		for _, u := range h.units {
			fraction[u] = 1 - h.rest
		}
	}
	for k, st := range list {
		n := len(above)
		if len(st.Units) != n || st.FPC != nil && len(st.FPC) != n {
			return fmt.Errorf("%w: stage %d has %d units and %d fpc for %d rows", ErrInput, k+2, len(st.Units), len(st.FPC), n)
		}
		x := nest{of: make([]int, n), children: make([][]int, len(fraction)), scale: make([]float64, len(fraction))}
		fpc := make([]float64, len(fraction))
		type key struct{ parent, unit int }
		place := map[key]int{}
		for i, p := range above {
			u, known := place[key{p, st.Units[i]}]
			if !known {
				u = x.units
				place[key{p, st.Units[i]}] = u
				x.units++
				x.children[p] = append(x.children[p], u)
			}
			x.of[i] = u
			if st.FPC == nil {
				continue
			}
			if fpc[p] != 0 && fpc[p] != st.FPC[i] || !(st.FPC[i] > 0) {
				return fmt.Errorf("%w: fpc of stage %d differs inside a unit at row %d", ErrInput, k+2, i)
			}
			fpc[p] = st.FPC[i]
		}
		next := make([]float64, x.units)
		for p, c := range x.children {
			m := float64(len(c))
			rest := 1.0
			if st.FPC != nil {
				if !(fpc[p] >= m) {
					return fmt.Errorf("%w: fpc %v for %v units of stage %d", ErrInput, fpc[p], m, k+2)
				}
				rest = 1 - m/fpc[p]
			}
			if m > 1 {
				x.scale[p] = fraction[p] * rest * m / (m - 1)
			}
			for _, u := range c {
				next[u] = fraction[p] * (1 - rest)
			}
		}
		s.later = append(s.later, x)
		above, fraction = x.of, next
	}
	return nil
}

// within adds what the later stages put into the covariance of Σ w·z_j and
// Σ w·z_k, for k ≤ j.
func (s *Sample) within(z [][]float64, add func(j, k int, v float64)) {
	for _, x := range s.later {
		u := make([][]float64, len(z))
		for j, v := range z {
			u[j] = make([]float64, x.units)
			for i, e := range v {
				u[j][x.of[i]] += s.w[i] * e
			}
		}
		mean := make([]float64, len(z))
		for p, c := range x.children {
			if x.scale[p] == 0 {
				continue
			}
			for j := range z {
				mean[j] = 0
				for _, at := range c {
					mean[j] += u[j][at]
				}
				mean[j] /= float64(len(c))
			}
			for j := range z {
				for k := range j + 1 {
					var ss float64
					for _, at := range c {
						ss += (u[j][at] - mean[j]) * (u[k][at] - mean[k])
					}
					add(j, k, x.scale[p]*ss)
				}
			}
		}
	}
}
