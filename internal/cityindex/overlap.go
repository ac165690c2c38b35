package cityindex

import (
	"context"

	"osvitlo/internal/fault"
)

// Panel tells which sittings of two waves were taken by one person, where people
// have chosen to keep their results in an account. It names sittings, not people.
type Panel interface {
	Pairs(ctx context.Context, from, to string) func(yield func([2]string, error) bool)
}

// overlap is what the people in both waves do to the error of a difference.
type overlap struct {
	pairs      int64
	covariance map[string]float64 // family/id: covariance of the two figures, points²
}

// influence is how much one row moves a figure: its weight times its linearised
// value, less the mean of its class, which is what post-stratification takes away.
type influence struct {
	f    *frame
	y    func(factRow) (float64, bool)
	mean float64
	sw   float64
	off  []float64 // mean linearised value of each cell of the scheme
	n    float64
}

func newInfluence(f *frame, rows []factRow, y func(factRow) (float64, bool)) *influence {
	x := &influence{f: f, y: y, off: make([]float64, len(f.scheme.Cells)), n: float64(len(rows))}
	for _, r := range rows {
		if v, ok := y(r); ok {
			w := f.scheme.Cells[f.scheme.Of[r.class]].Weight
			x.sw += w
			x.mean += w * v
		}
	}
	x.mean /= x.sw
	for _, r := range rows {
		if v, ok := y(r); ok {
			c := f.scheme.Of[r.class]
			x.off[c] += (v - x.mean) / x.sw / float64(f.scheme.Cells[c].N)
		}
	}
	return x
}

func (x *influence) of(r factRow) float64 {
	c := x.f.scheme.Of[r.class]
	z := -x.off[c]
	if v, ok := x.y(r); ok {
		z += (v - x.mean) / x.sw
	}
	return x.f.scheme.Cells[c].Weight * z
}

// overlapOf adds up the joint influence of the people in both waves: with the
// person as sampling unit, V(Δ) = V₁ + V₂ − 2·Cov and Cov = Σ u₁·u₂ over them
// (METHOD §6), with the factor n/(n−1) of each wave's own variance in between.
func overlapOf(ctx context.Context, p Panel, from, to string, first, second *frame, a, b *rowSet) (o *overlap, err error) {
	defer fault.Wrap(&err, "cityindex.overlap")
	o = &overlap{covariance: map[string]float64{}}
	variables := map[string]func(factRow) (float64, bool){
		"headline/index":          func(r factRow) (float64, bool) { return r.y.Value() },
		"headline/at_least_basic": func(r factRow) (float64, bool) { return 100 * truth(r.reached), true },
		"headline/no_internet":    func(r factRow) (float64, bool) { return 100 * truth(int(r.net) == netNo), true },
	}
	one, two := map[string]*influence{}, map[string]*influence{}
	for name, y := range variables {
		one[name], two[name] = newInfluence(first, a.facts, y), newInfluence(second, b.facts, y)
	}
	seen := map[string]bool{} // a person counts once, whatever the panel says
	for pair, err := range p.Pairs(ctx, from, to) {
		if err != nil {
			return nil, err
		}
		r1, ok1 := a.byID[pair[0]]
		r2, ok2 := b.byID[pair[1]]
		if !ok1 || !ok2 || seen[pair[0]] || seen[pair[1]] {
			continue
		}
		seen[pair[0]], seen[pair[1]] = true, true
		o.pairs++
		for name := range variables {
			o.covariance[name] += one[name].of(r1) * two[name].of(r2)
		}
	}
	for name, v := range o.covariance {
		n := min(one[name].n, two[name].n)
		// Rounded, so that it tells of nobody; the errors use the rounded value.
		o.covariance[name] = tenThousandth(v * n / (n - 1))
	}
	return o, nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
