package adaptive

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// errors fills in standard errors: the information is the sum of the outer
// products of each person's score vector (the empirical cross-product), and b
// follows from slope and intercept by the delta method.
func (e *em) errors(p params, out *Calibrated) error {
	e.tabulate(p)
	size := len(p.v)
	k := len(e.theta)
	chance := make([]float64, len(e.right))
	for i, l := range e.right {
		chance[i] = math.Exp(l)
	}
	parts := make([]*mat.SymDense, chunks)
	e.each(func(c, from, to int) {
		info := mat.NewSymDense(size, nil)
		raw := info.RawSymmetric().Data
		post, moment := make([]float64, k), make([]float64, k)
		at, g := []int{}, make([]float64, size)
		for person := from; person < to; person++ {
			if e.a.start[person] == e.a.start[person+1] {
				continue
			}
			e.posterior(person, post)
			floats.MulTo(moment, post, e.theta)
			mean := floats.Sum(moment)
			clear(g)
			at = at[:0]
			e.a.Each(person, func(j int, s float64) {
				gc := s - floats.Dot(post, chance[j*k:(j+1)*k])
				ga := s*mean - floats.Dot(moment, chance[j*k:(j+1)*k])
				g[j] = gc
				at = append(at, j)
				if p.common {
					g[p.items] += ga
				} else {
					g[p.items+j] = ga
				}
			})
			if p.common {
				at = append(at, p.items)
			} else {
				for _, j := range at[:len(at):len(at)] {
					at = append(at, p.items+j)
				}
			}
			// Upper triangle; a person who answered most items is quicker as a
			// whole row.
			for n, i := range at {
				row := raw[i*size : (i+1)*size]
				if 3*len(at) > size {
					floats.AddScaled(row[i:], g[i], g[i:])
					continue
				}
				for _, j := range at[n:] {
					row[j] += g[i] * g[j]
				}
			}
		}
		parts[c] = info
	})
	info := parts[0]
	for _, s := range parts[1:] {
		info.AddSym(info, s)
	}
	var chol mat.Cholesky
	if !chol.Factorize(info) {
		return fmt.Errorf("%w: the information of the items is singular; there are too few persons for standard errors", ErrInput)
	}
	var v mat.SymDense
	if err := chol.InverseTo(&v); err != nil {
		return fmt.Errorf("%w: %w", ErrInput, err)
	}
	for j := range out.Items {
		it := &out.Items[j]
		at := p.items
		if !p.common {
			at += j
		}
		a, c := it.A, p.intercept(j)
		it.SEA = math.Sqrt(v.At(at, at))
		// b = −c/a: ∂b/∂c = −1/a, ∂b/∂a = c/a².
		dc, da := -1/a, c/(a*a)
		it.SEB = math.Sqrt(max(0, dc*dc*v.At(j, j)+da*da*v.At(at, at)+2*dc*da*v.At(at, j)))
	}
	return nil
}
