package weighting

import (
	"fmt"
	"math"
)

// Category is one value of a margin and the number of people who have it.
type Category struct {
	ID     string
	Target float64
}

// Margin is a variable with known population totals. Of names the category of
// each row (row path) or of each class (class path) by its index.
type Margin struct {
	Name       string
	Categories []Category
	Of         []int
}

// Bounds of what this package takes, far above any city.
const (
	maxRows       = 50_000_000
	maxCategories = 10_000
	maxMargins    = 32
)

// totalsTolerance is the relative difference between margin totals that counts
// as rounding: below it later margins are scaled to the first, above it is an
// error (METHOD §4).
const totalsTolerance = 1e-4

// prepare checks margins against n units with the given multiplicities (nil:
// one each) and returns the targets, scaled to the total of the first margin
// where they differ by rounding or the caller asked for it.
func prepare(n int, mult []float64, margins []Margin, normalise bool) (targets [][]float64, err error) {
	if n < 1 || n > maxRows {
		return nil, fmt.Errorf("%w: %d rows", ErrInput, n)
	}
	if len(margins) < 1 || len(margins) > maxMargins {
		return nil, fmt.Errorf("%w: %d margins", ErrInput, len(margins))
	}
	var first float64
	for k, m := range margins {
		if len(m.Of) != n || len(m.Categories) < 1 || len(m.Categories) > maxCategories {
			return nil, fmt.Errorf("%w: margin %q has %d rows of %d and %d categories", ErrInput, m.Name, len(m.Of), n, len(m.Categories))
		}
		present := make([]bool, len(m.Categories))
		for i, c := range m.Of {
			if mult != nil && mult[i] == 0 {
				continue
			}
			if c < 0 || c >= len(m.Categories) {
				return nil, fmt.Errorf("%w: margin %q row %d has category %d: rows without a margin stay out of the weighted estimate", ErrInput, m.Name, i, c)
			}
			present[c] = true
		}
		t := make([]float64, len(m.Categories))
		var total float64
		for c, cat := range m.Categories {
			switch {
			case math.IsNaN(cat.Target) || math.IsInf(cat.Target, 0) || cat.Target < 0:
				return nil, fmt.Errorf("%w: margin %q category %q has target %v", ErrInput, m.Name, cat.ID, cat.Target)
			case cat.Target > 0 && !present[c]:
				return nil, fmt.Errorf("%w: margin %q category %q has %g people and no respondent", ErrEmptyCategory, m.Name, cat.ID, cat.Target)
			case cat.Target == 0 && present[c]:
				return nil, fmt.Errorf("%w: margin %q category %q has respondents and a target of 0", ErrInput, m.Name, cat.ID)
			}
			t[c] = cat.Target
			total += cat.Target
		}
		if !(total > 0) {
			return nil, fmt.Errorf("%w: margin %q has no people", ErrInput, m.Name)
		}
		if k == 0 {
			first = total
		} else if off := math.Abs(total-first) / first; off > totalsTolerance && !normalise {
			return nil, fmt.Errorf("%w: %q sums to %g, %q to %g", ErrTotalsDiffer, margins[0].Name, first, m.Name, total)
		} else if off > 0 {
			for c := range t {
				t[c] *= first / total
			}
		}
		targets = append(targets, t)
	}
	return targets, nil
}

// positive checks base weights.
func positive(w []float64) error {
	for i, v := range w {
		if !(v > 0) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: row %d has weight %v", ErrInput, i, v)
		}
	}
	return nil
}

// PostStratify gives w_i = d_i·N_c / Σ_{j∈c} d_j for row i in category c of
// the margin (METHOD §4). base nil means 1 for each row.
func PostStratify(base []float64, margin Margin) ([]float64, error) {
	r, err := Rake(base, []Margin{margin}, RakeOptions{})
	if err != nil {
		return nil, err
	}
	return r.Weights, nil
}
