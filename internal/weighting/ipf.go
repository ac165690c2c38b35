package weighting

import (
	"fmt"
	"math"
)

// TableMargin is a known margin of a table: the axes it keeps, in order, and
// its totals with the last kept axis running fastest.
type TableMargin struct {
	Axes    []int
	Targets []float64
}

// Fitted is a table fitted to its margins.
type Fitted struct {
	Cells  []float64
	Cycles int
	Worst  float64
}

// IPF fits a table of any number of axes to margins of any of its axes
// (METHOD §4). seed holds the cells with the last axis running fastest. A
// structural zero of the seed stays exactly 0; interactions of the seed that
// no margin touches are kept. Failures are those of Rake.
func IPF(dims []int, seed []float64, margins []TableMargin, o RakeOptions) (Fitted, error) {
	size := 1
	for _, d := range dims {
		if d < 1 || d > maxCategories || size > maxRows/d {
			return Fitted{}, fmt.Errorf("%w: table dimensions %v", ErrInput, dims)
		}
		size *= d
	}
	if len(dims) == 0 || len(seed) != size {
		return Fitted{}, fmt.Errorf("%w: %d cells for dimensions %v", ErrInput, len(seed), dims)
	}
	var base []float64
	var kept []int
	for i, v := range seed {
		if v < 0 || math.IsNaN(v) || math.IsInf(v, 0) {
			return Fitted{}, fmt.Errorf("%w: seed cell %d is %v", ErrInput, i, v)
		}
		if v > 0 {
			base = append(base, v)
			kept = append(kept, i)
		}
	}
	if len(kept) == 0 {
		return Fitted{}, fmt.Errorf("%w: the seed has no cell above 0", ErrInput)
	}
	var ms []Margin
	for k, tm := range margins {
		m := Margin{Name: fmt.Sprintf("margin %d", k+1), Of: make([]int, len(kept))}
		want, used := 1, make([]bool, len(dims))
		for _, a := range tm.Axes {
			if a < 0 || a >= len(dims) || used[a] {
				return Fitted{}, fmt.Errorf("%w: margin %d has axes %v", ErrInput, k+1, tm.Axes)
			}
			used[a] = true
			want *= dims[a]
		}
		if len(tm.Targets) != want {
			return Fitted{}, fmt.Errorf("%w: margin %d has %d totals of %d", ErrInput, k+1, len(tm.Targets), want)
		}
		for c, t := range tm.Targets {
			m.Categories = append(m.Categories, Category{ID: fmt.Sprint(c + 1), Target: t})
		}
		for i, cell := range kept {
			m.Of[i] = project(cell, dims, tm.Axes)
		}
		ms = append(ms, m)
	}
	if len(ms) == 0 {
		return Fitted{}, fmt.Errorf("%w: no margins", ErrInput)
	}
	r, err := Rake(base, ms, o)
	if err != nil {
		return Fitted{}, err
	}
	f := Fitted{Cells: make([]float64, size), Cycles: r.Cycles, Worst: r.Worst}
	for i, cell := range kept {
		f.Cells[cell] = r.Weights[i]
	}
	return f, nil
}

// project is the place of a cell in the margin that keeps the given axes.
func project(cell int, dims, axes []int) int {
	at := make([]int, len(dims))
	for d := len(dims) - 1; d >= 0; d-- {
		at[d] = cell % dims[d]
		cell /= dims[d]
	}
	out := 0
	for _, a := range axes {
		out = out*dims[a] + at[a]
	}
	return out
}
