package drivers

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Pair is two categorical variables on the same rows, −1 where missing, with
// the labels of their categories.
type Pair struct {
	X, Y             []int
	XLabels, YLabels []string
	Weights          []float64 // nil: 1
}

// Association describes a two-way table (METHOD §12).
type Association struct {
	N int64 // rows with both values and a weight above 0
	// Counts and Shares are the tables of rows and of the weights scaled to 1.
	Counts [][]int64
	Shares [][]float64
	// ChiSquare is Pearson's X² of the counts; Weighted that of the weights
	// scaled to N.
	ChiSquare, Weighted float64
	// V is Cramér's √(X²/(n·(min(r,c)−1))); Corrected is Bergsma's (2013)
	// version without its bias; both for counts and for weights.
	V, Corrected                 float64
	WeightedV, WeightedCorrected float64
	rows, cols                   []int // categories that occur, by their place in the labels
}

// Rows and Cols are the places of the categories that occur.
func (a Association) Rows() []int { return a.rows }

// Cols is described at Rows.
func (a Association) Cols() []int { return a.cols }

func (p Pair) check() error {
	n := len(p.X)
	if n == 0 || n > MaxRows || len(p.Y) != n || p.Weights != nil && len(p.Weights) != n {
		return fmt.Errorf("%w: %d and %d values with %d weights", ErrInput, len(p.X), len(p.Y), len(p.Weights))
	}
	for i := range n {
		if p.X[i] < -1 || p.X[i] >= len(p.XLabels) || p.Y[i] < -1 || p.Y[i] >= len(p.YLabels) {
			return fmt.Errorf("%w: row %d has categories %d and %d", ErrInput, i, p.X[i], p.Y[i])
		}
		if w := p.weight(i); !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("%w: row %d has weight %v", ErrInput, i, w)
		}
	}
	return nil
}

func (p Pair) weight(i int) float64 {
	if p.Weights == nil {
		return 1
	}
	return p.Weights[i]
}

func (p Pair) used(i int) bool { return p.X[i] >= 0 && p.Y[i] >= 0 && p.weight(i) > 0 }

// Associate tabulates a pair and measures how closely it hangs together.
// Categories that do not occur are left out; one category alone is
// ErrNotIdentified.
func Associate(p Pair) (Association, error) {
	if err := p.check(); err != nil {
		return Association{}, err
	}
	counts := make([][]int64, len(p.XLabels))
	weights := make([][]float64, len(p.XLabels))
	for r := range counts {
		counts[r], weights[r] = make([]int64, len(p.YLabels)), make([]float64, len(p.YLabels))
	}
	var a Association
	var total float64
	for i := range p.X {
		if p.used(i) {
			a.N++
			counts[p.X[i]][p.Y[i]]++
			weights[p.X[i]][p.Y[i]] += p.weight(i)
			total += p.weight(i)
		}
	}
	if a.N == 0 {
		return Association{}, fmt.Errorf("%w: no row has both values", ErrTooFew)
	}
	for r := range counts {
		for c := range counts[r] {
			if counts[r][c] > 0 {
				a.rows = append(a.rows, r)
				break
			}
		}
	}
	for c := range p.YLabels {
		for r := range counts {
			if counts[r][c] > 0 {
				a.cols = append(a.cols, c)
				break
			}
		}
	}
	if len(a.rows) < 2 || len(a.cols) < 2 {
		return Association{}, fmt.Errorf("%w: a table of %d by %d categories", ErrNotIdentified, len(a.rows), len(a.cols))
	}
	plain := make([][]float64, len(a.rows))
	for i, r := range a.rows {
		plain[i] = make([]float64, len(a.cols))
		line := make([]int64, len(a.cols))
		share := make([]float64, len(a.cols))
		for j, c := range a.cols {
			line[j] = counts[r][c]
			plain[i][j] = float64(counts[r][c])
			share[j] = weights[r][c] / total
		}
		a.Counts = append(a.Counts, line)
		a.Shares = append(a.Shares, share)
	}
	n := float64(a.N)
	a.ChiSquare = pearson(plain, 1)
	a.Weighted = pearson(a.Shares, n)
	a.V, a.Corrected = cramer(a.ChiSquare, n, len(a.rows), len(a.cols))
	a.WeightedV, a.WeightedCorrected = cramer(a.Weighted, n, len(a.rows), len(a.cols))
	return a, nil
}

// pearson is X² of a table of counts, scale times the cells.
func pearson(cells [][]float64, scale float64) float64 {
	rows, cols := make([]float64, len(cells)), make([]float64, len(cells[0]))
	var total float64
	for i, line := range cells {
		for j, v := range line {
			rows[i] += v
			cols[j] += v
			total += v
		}
	}
	var x2 float64
	for i, line := range cells {
		for j, v := range line {
			e := rows[i] * cols[j] / total
			x2 += (v - e) * (v - e) / e
		}
	}
	return x2 * scale
}

// cramer gives V and Bergsma's corrected V for an r by c table.
func cramer(x2, n float64, r, c int) (v, corrected float64) {
	phi := x2 / n
	v = math.Sqrt(phi / float64(min(r, c)-1))
	if n <= 1 {
		return v, 0
	}
	fr, fc := float64(r), float64(c)
	phi = max(0, phi-(fr-1)*(fc-1)/(n-1))
	rr, cc := fr-(fr-1)*(fr-1)/(n-1), fc-(fc-1)*(fc-1)/(n-1)
	if m := min(rr, cc) - 1; m > 0 {
		corrected = math.Sqrt(phi / m)
	}
	return v, corrected
}

// RaoScott is the test of independence under a design (Rao and Scott 1984).
type RaoScott struct {
	// F, NDF, DDF and P are the second-order test, survey::svychisq
	// (statistic = "F").
	F, NDF, DDF, P float64
	// X2 and FirstP are the first-order test: Pearson's X² of the weighted
	// table against χ² scaled by the mean eigenvalue (statistic = "Chisq").
	X2, FirstP float64
	// MeanDeff is that mean eigenvalue, the generalised design effect.
	MeanDeff float64
}

// RaoScottTest tests whether the two variables of a pair are independent in the
// population, with the second- and first-order corrections for the design.
func RaoScottTest(p Pair, design Variance) (RaoScott, error) {
	a, err := Associate(p)
	if err != nil {
		return RaoScott{}, err
	}
	r, c := len(a.rows), len(a.cols)
	if r*c > MaxColumns {
		return RaoScott{}, fmt.Errorf("%w: a table of %d cells", ErrInput, r*c)
	}
	rowAt, colAt := places(a.rows, len(p.XLabels)), places(a.cols, len(p.YLabels))
	use := make([]bool, len(p.X))
	var total float64
	for i := range p.X {
		if use[i] = p.used(i); use[i] {
			total += p.weight(i)
		}
	}
	z := make([][]float64, r*c)
	for k := range z {
		z[k] = make([]float64, len(p.X))
		share := a.Shares[k/c][k%c]
		for i, in := range use {
			if in {
				z[k][i] = -share / total
			}
		}
	}
	for i, in := range use {
		if in {
			z[rowAt[p.X[i]]*c+colAt[p.Y[i]]][i] += 1 / total
		}
	}
	v, err := design.Covariance(z)
	if err != nil {
		return RaoScott{}, err
	}
	return raoScott(a, v, design.DFOf(use))
}

// RaoScottFrom is RaoScottTest with the covariance of the cells' shares in hand,
// as replicates give it; df is the design's.
func RaoScottFrom(a Association, v [][]float64, df float64) (RaoScott, error) {
	if k := len(a.rows) * len(a.cols); len(v) != k {
		return RaoScott{}, fmt.Errorf("%w: covariance of %d for %d cells", ErrInput, len(v), k)
	}
	return raoScott(a, v, df)
}

func raoScott(a Association, v [][]float64, df float64) (RaoScott, error) {
	r, c := len(a.rows), len(a.cols)
	cells := r * c
	n := float64(a.N)
	if !(df > 0) {
		return RaoScott{}, fmt.Errorf("%w: %v degrees of freedom in the design", ErrTooFew, df)
	}
	// Contrasts: the interaction columns of the saturated model, without
	// their projection on the main effects.
	main := mat.NewDense(cells, r+c-1, nil)
	inter := mat.NewDense(cells, (r-1)*(c-1), nil)
	for k := range cells {
		i, j := k/c, k%c
		main.Set(k, 0, 1)
		if i > 0 {
			main.Set(k, i, 1)
		}
		if j > 0 {
			main.Set(k, r-1+j, 1)
		}
		if i > 0 && j > 0 {
			inter.Set(k, (i-1)*(c-1)+j-1, 1)
		}
	}
	var qr mat.QR
	qr.Factorize(main)
	var coef, fitted mat.Dense
	if err := qr.SolveTo(&coef, false, inter); err != nil {
		return RaoScott{}, fmt.Errorf("%w: contrasts of the table: %w", ErrNotIdentified, err)
	}
	fitted.Mul(main, &coef)
	var contrast mat.Dense
	contrast.Sub(inter, &fitted)
	q := (r - 1) * (c - 1)
	scaled := mat.NewDense(cells, q, nil) // D⁻¹·C
	for k := range cells {
		if share := a.Shares[k/c][k%c]; share > 0 {
			for j := range q {
				scaled.Set(k, j, contrast.At(k, j)/share)
			}
		}
	}
	cov := mat.NewDense(cells, cells, nil)
	for j := range v {
		for k := range v[j] {
			cov.Set(j, k, v[j][k])
		}
	}
	var denom, half, numer, delta, square mat.Dense
	denom.Mul(contrast.T(), scaled)
	denom.Scale(1/n, &denom)
	half.Mul(cov, scaled)
	numer.Mul(scaled.T(), &half)
	if err := delta.Solve(&denom, &numer); err != nil {
		return RaoScott{}, fmt.Errorf("%w: the table's contrasts are singular: %w", ErrNotIdentified, err)
	}
	square.Mul(&delta, &delta)
	trace, trace2 := mat.Trace(&delta), mat.Trace(&square)
	if !(trace > 0) || !(trace2 > 0) {
		return RaoScott{}, fmt.Errorf("%w: the design leaves no variance in the table", ErrTooFew)
	}
	t := RaoScott{F: a.Weighted / trace, NDF: trace * trace / trace2, X2: a.Weighted, MeanDeff: trace / float64(q)}
	t.DDF = t.NDF * df
	t.P = FTail(t.F, t.NDF, t.DDF)
	t.FirstP = ChiTail(t.X2/t.MeanDeff, float64(q))
	return t, nil
}

func places(kept []int, n int) []int {
	at := make([]int, n)
	for place, k := range kept {
		at[k] = place
	}
	return at
}
