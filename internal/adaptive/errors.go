package adaptive

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// errors fills in standard errors: the information is the sum of the outer
// products of each person's score vector (the empirical cross-product), and b
// follows from slope and intercept by the delta method.
func (e *em) errors(p params, out *Calibrated) error {
	e.tabulate(p)
	size := len(p.v)
	k := len(e.theta)
	parts := make([]*mat.SymDense, chunks)
	e.each(func(c, from, to int) {
		info := mat.NewSymDense(size, nil)
		raw := info.RawSymmetric().Data
		post := make([]float64, k)
		at, g := []int{}, make([]float64, size)
		for person := from; person < to; person++ {
			if e.a.start[person] == e.a.start[person+1] {
				continue
			}
			e.posterior(person, post)
			at = at[:0]
			if p.common {
				g[p.items] = 0
			}
			e.a.Each(person, func(j int, s float64) {
				var gc, ga float64
				for i, t := range e.theta {
					d := post[i] * (s - math.Exp(e.right[j*k+i]))
					gc += d
					ga += d * t
				}
				g[j] = gc
				at = append(at, j)
				if p.common {
					g[p.items] += ga
				} else {
					g[p.items+j] = ga
					at = append(at, p.items+j)
				}
			})
			if p.common {
				at = append(at, p.items)
			}
			for _, i := range at {
				gi := g[i]
				row := raw[i*size : (i+1)*size]
				for _, j := range at {
					row[j] += gi * g[j]
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
