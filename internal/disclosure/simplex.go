package disclosure

import (
	"fmt"
	"math"
)

// tableau is a linear program min ±x_v, Ax = b, x ≥ 0 in a feasible basis.
//
// It is written out here because the equations of tables have coefficients of
// −1, 0 and 1 and whole right sides, which pivoting keeps: this arithmetic is
// exact then, while a solver that factorises loses digits and calls some large
// tables infeasible. Bland's rule ends without cycling.
type tableau struct {
	rows  [][]float64 // coefficients over the columns, then the right side
	basis []int       // column each row stands for
	n     int
}

const (
	pivotEps   = 1e-9
	maxPivots  = 200_000
	infeasible = 1e-6
)

// newTableau takes some rows and columns of a program in echelon form and finds
// a feasible basis by adding an artificial variable to each row whose right
// side is negative (phase one).
func newTableau(p *program, rows, cols []int) (*tableau, error) {
	place := map[int]int{}
	for j, c := range cols {
		place[c] = j
	}
	var negative int
	for _, i := range rows {
		if p.rows[i][p.n] < 0 {
			negative++
		}
	}
	t := &tableau{n: len(cols) + negative}
	artificial := len(cols)
	cost := make([]float64, t.n)
	for _, i := range rows {
		row := make([]float64, t.n+1)
		for j, c := range cols {
			row[j] = p.rows[i][c]
		}
		row[t.n] = p.rows[i][p.n]
		base := place[p.pivot[i]]
		if row[t.n] < 0 {
			for j := range row {
				row[j] = -row[j]
			}
			base = artificial
			row[base], cost[base] = 1, 1
			artificial++
		}
		t.rows, t.basis = append(t.rows, row), append(t.basis, base)
	}
	if negative == 0 {
		return t, nil
	}
	rest, err := t.minimise(cost)
	if err != nil {
		return nil, err
	}
	if rest > infeasible {
		return nil, fmt.Errorf("%w: no counts of at least 0 fit", ErrInconsistent)
	}
	// Artificial variables still in the basis are 0: any other column of the
	// row may take their place.
	for i, b := range t.basis {
		if b < len(cols) {
			continue
		}
		for j := range cols {
			if math.Abs(t.rows[i][j]) > pivotEps {
				t.pivot(i, j)
				break
			}
		}
	}
	keep := 0
	for i, b := range t.basis {
		if b >= len(cols) {
			continue // depends on the others
		}
		row := t.rows[i]
		row[len(cols)] = row[t.n]
		t.rows[keep], t.basis[keep] = row[:len(cols)+1], b
		keep++
	}
	t.rows, t.basis, t.n = t.rows[:keep], t.basis[:keep], len(cols)
	return t, nil
}

// optimum is the smallest (sign 1) or largest (sign −1) value of a column.
func (t *tableau) optimum(column int, sign float64) (float64, error) {
	cost := make([]float64, t.n)
	cost[column] = sign
	v, err := t.minimise(cost)
	if err != nil {
		return 0, err
	}
	if math.IsInf(v, -1) {
		return math.Inf(1), nil
	}
	return math.Max(0, sign*v), nil
}

// minimise walks to the optimum of the cost; −Inf if there is none.
func (t *tableau) minimise(cost []float64) (float64, error) {
	reduced := make([]float64, t.n+1)
	copy(reduced, cost)
	for i, b := range t.basis {
		if f := cost[b]; f != 0 {
			for j, a := range t.rows[i] {
				reduced[j] -= f * a
			}
		}
	}
	for range maxPivots {
		enter := -1
		for j := range t.n {
			if reduced[j] < -pivotEps {
				enter = j
				break
			}
		}
		if enter < 0 {
			return -reduced[t.n], nil
		}
		leave := -1
		var ratio float64
		for i, row := range t.rows {
			if row[enter] <= pivotEps {
				continue
			}
			r := row[t.n] / row[enter]
			if leave < 0 || r < ratio-pivotEps || r <= ratio+pivotEps && t.basis[i] < t.basis[leave] {
				leave, ratio = i, r
			}
		}
		if leave < 0 {
			return math.Inf(-1), nil
		}
		t.pivot(leave, enter)
		f := reduced[enter]
		for j, a := range t.rows[leave] {
			reduced[j] -= f * a
		}
		reduced[enter] = 0
	}
	return 0, fmt.Errorf("%w: %d pivots", ErrUndecided, maxPivots)
}

// pivot makes a column basic in a row.
func (t *tableau) pivot(row, column int) {
	lead := t.rows[row][column]
	for j := range t.rows[row] {
		t.rows[row][j] /= lead
	}
	for i, other := range t.rows {
		f := other[column]
		if i == row || f == 0 {
			continue
		}
		for j, a := range t.rows[row] {
			other[j] -= f * a
			if math.Abs(other[j]) < 1e-12 {
				other[j] = 0
			}
		}
	}
	t.basis[row] = column
}
