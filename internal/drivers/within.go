package drivers

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Group is one category inside one class: how many have a score, their mean and
// Σ(y−mean)².
type Group struct {
	N             int64
	Mean, Scatter float64
}

// Class is a class of post-stratified weights: one weight for all its rows, and
// the groups of those with a score. All classes list the same categories.
type Class struct {
	Weight float64
	Rows   int64 // all rows of the class, with and without a score
	Groups []Group
}

// Effect is how far a category lies from the reference, within classes.
type Effect struct {
	N         int64
	Value, SE float64
	Low, High float64 // 95 %, t
	P         float64
}

// Within compares categories with a reference one after the classes are taken
// into account: the coefficients of the weighted model score ~ class + category
// (METHOD §8, mode effect) with the errors of post-stratified weights, from sums
// alone. The reference has Value 0; a category nobody is in has N 0. Categories
// that never meet another one in a class are ErrNotIdentified.
func Within(classes []Class, reference int) ([]Effect, error) {
	if len(classes) == 0 || reference < 0 || reference >= len(classes[0].Groups) {
		return nil, fmt.Errorf("%w: %d classes, reference %d", ErrInput, len(classes), reference)
	}
	k := len(classes[0].Groups)
	out := make([]Effect, k)
	var rows int64
	used := 0
	for i, c := range classes {
		if len(c.Groups) != k || !(c.Weight > 0) || math.IsInf(c.Weight, 0) || c.Rows < 1 {
			return nil, fmt.Errorf("%w: class %d with %d groups, weight %v, %d rows", ErrInput, i, len(c.Groups), c.Weight, c.Rows)
		}
		rows += c.Rows
		var n int64
		for m, g := range c.Groups {
			if g.N < 0 || g.N > 0 && (math.IsNaN(g.Mean) || math.IsInf(g.Mean, 0) || !(g.Scatter >= -1e-6)) {
				return nil, fmt.Errorf("%w: class %d group %d", ErrInput, i, m)
			}
			out[m].N += g.N
			n += g.N
		}
		if n > c.Rows {
			return nil, fmt.Errorf("%w: class %d has %d scores of %d rows", ErrInput, i, n, c.Rows)
		}
		if n > 0 {
			used++
		}
	}
	var cols []int // categories with a coefficient
	for m := range out {
		if m != reference && out[m].N > 0 {
			cols = append(cols, m)
		}
	}
	if out[reference].N == 0 || len(cols) == 0 {
		return nil, fmt.Errorf("%w: only one category has scores", ErrNotIdentified)
	}
	p := len(cols)
	info := mat.NewSymDense(p, nil)
	right := mat.NewVecDense(p, nil)
	for _, c := range classes {
		n, mean := c.pooled()
		if n == 0 {
			continue // nobody of the class has a score
		}
		for a, ma := range cols {
			ga := c.Groups[ma]
			if ga.N == 0 {
				continue
			}
			right.SetVec(a, right.AtVec(a)+c.Weight*float64(ga.N)*(ga.Mean-mean))
			for b := a; b < p; b++ {
				gb := c.Groups[cols[b]]
				v := -float64(ga.N) * float64(gb.N) / n
				if a == b {
					v += float64(ga.N)
				}
				info.SetSym(a, b, info.At(a, b)+c.Weight*v)
			}
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(info) || chol.Cond() > 1e12 {
		return nil, fmt.Errorf("%w: the categories do not meet in any class", ErrNotIdentified)
	}
	var beta mat.VecDense
	if err := chol.SolveVecTo(&beta, right); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotIdentified, err)
	}
	v, err := withinVariance(classes, cols, &chol, &beta, float64(rows))
	if err != nil {
		return nil, err
	}
	df := -float64(used + p) // of the scores, less the coefficients
	for _, e := range out {
		df += float64(e.N)
	}
	if !(df >= 1) {
		return nil, fmt.Errorf("%w: %v degrees of freedom", ErrTooFew, df)
	}
	q := tQuantile(df)
	for a, m := range cols {
		e := &out[m]
		e.Value, e.SE = beta.AtVec(a), math.Sqrt(max(0, v.At(a, a)))
		e.Low, e.High = e.Value-q*e.SE, e.Value+q*e.SE
		e.P = 1
		if e.SE > 0 {
			e.P = TTail(e.Value/e.SE, df)
		}
	}
	out[reference].P = 1
	return out, nil
}

// withinVariance adds up the influence of the rows: A·(d − d̄_c)·e, less its mean
// over all rows of the class, which is what post-stratification takes away.
func withinVariance(classes []Class, cols []int, chol *mat.Cholesky, beta *mat.VecDense, rows float64) (*mat.Dense, error) {
	p := len(cols)
	place := map[int]int{}
	for a, m := range cols {
		place[m] = a
	}
	inner := mat.NewSymDense(p, nil)
	dev := make([]float64, p)
	for _, c := range classes {
		n, mean := c.pooled()
		if n == 0 {
			continue
		}
		shift := mean // α_c
		for a, m := range cols {
			shift -= float64(c.Groups[m].N) / n * beta.AtVec(a)
		}
		sum := make([]float64, p)
		for m, g := range c.Groups {
			if g.N == 0 {
				continue
			}
			at, in := place[m]
			fit := shift
			if in {
				fit += beta.AtVec(at)
			}
			for a, ma := range cols {
				dev[a] = -float64(c.Groups[ma].N) / n
			}
			if in {
				dev[at]++
			}
			e1 := float64(g.N) * (g.Mean - fit)
			e2 := g.Scatter + float64(g.N)*(g.Mean-fit)*(g.Mean-fit)
			for a := range p {
				sum[a] += dev[a] * e1
				for b := a; b < p; b++ {
					inner.SetSym(a, b, inner.At(a, b)+c.Weight*c.Weight*dev[a]*dev[b]*e2)
				}
			}
		}
		for a := range p {
			for b := a; b < p; b++ {
				inner.SetSym(a, b, inner.At(a, b)-c.Weight*c.Weight*sum[a]*sum[b]/float64(c.Rows))
			}
		}
	}
	var half, v mat.Dense
	if err := chol.SolveTo(&half, inner); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotIdentified, err)
	}
	if err := chol.SolveTo(&v, half.T()); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotIdentified, err)
	}
	v.Scale(rows/(rows-1), &v)
	return &v, nil
}

// pooled is the number of scores of a class and their mean.
func (c Class) pooled() (n, mean float64) {
	for _, g := range c.Groups {
		if g.N > 0 {
			n += float64(g.N)
			mean += float64(g.N) * g.Mean
		}
	}
	if n > 0 {
		mean /= n
	}
	return n, mean
}
