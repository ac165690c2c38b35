package cityindex

import (
	"math"
	"slices"

	"osvitlo/internal/weighting"
)

// The recomputation of a download stands apart from the estimator on purpose:
// it knows nothing but the rows of cells.csv and the formulas of METHOD §4–§5
// for post-stratified weights, so that one mistake cannot hide in both.

// recomputed is a mean with its error from rows of cells.csv.
type recomputed struct {
	value, se, low, high, neff float64
	n                          int64
}

// recompute estimates the mean over the rows in(row) of one variable; the other
// rows of the table stay in the design with zero.
//
//	ȳ = Σ w·Σy / Σ w·m        z = (y − ȳ)/Σ w·m in the domain, 0 elsewhere
//	V = n/(n−1)·( Σ w²·(Σz² − (Σz)²/n_c) − 0 )     weights are N_c/n_c
//
// Σ over all rows of w·(z − z̄_c) is zero, class by class.
func recompute(rows []cellRow, in func(cellRow) bool) (recomputed, bool) {
	var sw, swy, sww float64
	var n, m int64
	for _, r := range rows {
		n += r.N
		if in(r) {
			m += r.Sums.M
			sw += r.Weight * float64(r.Sums.M)
			sww += r.Weight * r.Weight * float64(r.Sums.M)
			swy += r.Weight * float64(r.Sums.Sum) * unit
		}
	}
	if m == 0 || n < 2 {
		return recomputed{}, false
	}
	out := recomputed{value: swy / sw, neff: sw * sw / sww, n: m}
	var v float64
	for _, r := range rows {
		if !in(r) {
			continue // every z of the class is zero
		}
		k, sum := float64(r.Sums.M), float64(r.Sums.Sum)*unit
		mean := sum / k
		// Σ(y−ȳ)² over those who have y, by way of their own mean: no cancellation.
		inside := scatter(r.Sums)*unit*unit + k*(mean-out.value)*(mean-out.value)
		total := k * (mean - out.value)
		v += r.Weight * r.Weight * (inside - total*total/float64(r.N)) / (sw * sw)
	}
	v *= float64(n) / float64(n-1)
	out.se = math.Sqrt(max(0, v))
	q, err := weighting.TQuantile975(float64(n - 1))
	if err != nil {
		return recomputed{}, false
	}
	out.low, out.high = out.value-q*out.se, out.value+q*out.se
	return out, true
}

// scatter is Σ(y−ȳ)² in units², from integers so that nothing cancels.
func scatter(s weighting.Sums) float64 {
	// Shifting all values by the rounded mean leaves the scatter as it is and
	// makes the sums small.
	c := s.Sum / s.M
	rest := s.Sum - c*s.M                    // Σ(y−c)
	square := s.Square - 2*c*s.Sum + c*c*s.M // Σ(y−c)², exact while the true value fits
	return float64(square) - float64(rest)*float64(rest)/float64(s.M)
}

// kishNeff is the effective number of all rows of a table.
func kishNeff(rows []cellRow) (neff, deff float64) {
	var n, sw, sww float64
	for _, r := range rows {
		n += float64(r.N)
		sw += r.Weight * float64(r.N)
		sww += r.Weight * r.Weight * float64(r.N)
	}
	return sw * sw / sww, n * sww / (sw * sw)
}

func tableOf(cells []cellRow, table, variable string) []cellRow {
	var out []cellRow
	for _, c := range cells {
		if c.Table == table && c.Variable == variable {
			out = append(out, c)
		}
	}
	return out
}

// agesIn lists the ages of the seven inside a joined label, nil if it is none.
func agesIn(label string) ageGroup {
	for from := range ages {
		for to := from; to < ages; to++ {
			g := make(ageGroup, 0, ages)
			for a := from; a <= to; a++ {
				g = append(g, a)
			}
			if g.id() == label {
				return g
			}
		}
	}
	return nil
}

// within tells whether all ages of the row lie in the group.
func (g ageGroup) within(label string) bool {
	own := agesIn(label)
	return own != nil && !slices.ContainsFunc(own, func(a int) bool { return !slices.Contains(g, a) })
}
