package report

import (
	"math"
	"slices"

	"osvitlo/internal/disclosure"
	"osvitlo/internal/weighting"
)

// Change is how a variable of some institutions moved from one year to the next.
type Change struct {
	Units       []string
	Variable    string
	Before, Now Figures
	Difference  float64
	SE          float64
	P           float64 // two-sided, after Holm's correction over all changes of the table
	Real        bool    // P < 0.05
}

// Changes compares two reports in a role, by variable or area, over the finest sets of institutions that both
// show (disclosure.Common), and over all of these together. Those of a set are the same bodies, not the same people: the
// years are taken as independent, each with its own correction for the frame.
func Changes(before, now *Report, role string, variables []string) []Change {
	a, okA := before.RoleOf(role)
	b, okB := now.RoleOf(role)
	if !okA || !okB {
		return nil
	}
	var out []Change
	inA, inB := a.variables(), b.variables()
	variables = slices.DeleteFunc(slices.Clone(variables), func(name string) bool {
		parts := Parts(name, inA)
		// an area is comparable where it has the same competences in both years; one that is
		// joined further in one of the years is not whole here
		if len(a.Joins[name]) > 0 || len(b.Joins[name]) > 0 || !slices.Equal(parts, Parts(name, inB)) {
			return true
		}
		return slices.ContainsFunc(parts, func(part string) bool { return len(a.Joins[part]) > 0 || len(b.Joins[part]) > 0 })
	})
	sets := disclosure.Common(a.asBlocks(), b.asBlocks())
	if len(sets) > 1 { // all of them together
		all := slices.Concat(sets...)
		slices.Sort(all)
		sets = append(sets, all)
	}
	for _, set := range sets {
		was, is := before.Table(role, Filter{Institutions: set}), now.Table(role, Filter{Institutions: set})
		for _, name := range variables {
			x, _, okX := was.Total.Figure(name, inA)
			y, _, okY := is.Total.Figure(name, inB)
			if !okX || !okY || math.IsNaN(x.SE) || math.IsNaN(y.SE) {
				continue
			}
			c := Change{Units: set, Variable: name, Before: x, Now: y, Difference: y.Mean - x.Mean, SE: math.Hypot(x.SE, y.SE), P: 1}
			if c.SE > 0 {
				c.P = math.Erfc(math.Abs(c.Difference) / c.SE / math.Sqrt2)
			}
			out = append(out, c)
		}
	}
	p := make([]float64, len(out))
	for i := range out {
		p[i] = out[i].P
	}
	corrected, err := weighting.Holm(p)
	if err != nil { // a P value that is no number: nothing is called real
		return out
	}
	for i := range out {
		out[i].P, out[i].Real = corrected[i], corrected[i] < 0.05
	}
	return out
}

func (r *Role) asBlocks() *disclosure.Blocks {
	b := &disclosure.Blocks{K: K, Of: map[string]string{}}
	for _, one := range r.Blocks {
		b.List = append(b.List, disclosure.Block{ID: one.ID, Units: one.Units, N: one.People.N})
		for _, u := range one.Units {
			b.Of[u] = one.ID
		}
	}
	return b
}
