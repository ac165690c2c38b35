package report

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

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
	Low, High   float64 // 95 % interval of the difference alone
	P           float64 // two-sided, after Holm's correction over all changes of the table
	Real        bool    // P < 0.05, and at least a point (METHOD §6)
}

// leastChange is the least difference in points that is called a change (METHOD §6).
const leastChange = 1

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
	single := len(sets)
	if single > 1 { // all of them together
		all := slices.Concat(sets...)
		slices.Sort(all)
		sets = append(sets, all)
	}
	for i, set := range sets {
		was, is := before.Table(role, Filter{Institutions: set}), now.Table(role, Filter{Institutions: set})
		for _, name := range variables {
			x, _, okX := was.Total.Figure(name, inA)
			y, _, okY := is.Total.Figure(name, inB)
			if !okX || !okY || math.IsNaN(x.SE) || math.IsNaN(y.SE) {
				continue
			}
			c := compare(set, name, x, y)
			if i == single {
				c.hold(out)
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
		out[i].P, out[i].Real = corrected[i], corrected[i] < 0.05 && math.Abs(out[i].Difference) >= leastChange
	}
	return out
}

// compare is Welch's test of two means: the errors differ, and groups may be of ten people,
// for whom the normal distribution would call chance a change.
func compare(units []string, name string, was, is Figures) Change {
	c := Change{Units: units, Variable: name, Before: was, Now: is, Difference: is.Mean - was.Mean, SE: math.Hypot(was.SE, is.SE), P: 1}
	c.Low, c.High = c.Difference, c.Difference
	if c.SE == 0 { // everybody who was asked answered, in both years
		if c.Difference != 0 {
			c.P = 0
		}
		return c
	}
	a, b := was.SE*was.SE, is.SE*is.SE
	df := (a + b) * (a + b) / (a*a/was.DF + b*b/is.DF)
	wide := student95(df) * c.SE
	c.Low, c.High = c.Difference-wide, c.Difference+wide
	c.P = 2 * distuv.StudentsT{Sigma: 1, Nu: df}.Survival(math.Abs(c.Difference)/c.SE)
	return c
}

// hold keeps a change of all sets together from being called real where it is not there
// with every set counting alike in both years, by this year's people (METHOD §6,
// composition): where so few answered that a total cannot count lines by who was asked,
// it moves with who answered more.
func (c *Change) hold(list []Change) {
	was, is, people := Figures{}, Figures{}, 0.0
	for i := range list {
		if one := &list[i]; one.Variable == c.Variable {
			n := float64(one.Now.N)
			people += n
			was.Mean, is.Mean = was.Mean+n*one.Before.Mean, is.Mean+n*one.Now.Mean
			was.SE, is.SE = math.Hypot(was.SE, n*one.Before.SE), math.Hypot(is.SE, n*one.Now.SE)
			was.DF, is.DF = was.DF+one.Before.DF, is.DF+one.Now.DF
		}
	}
	if people == 0 {
		c.P = 1
		return
	}
	for _, f := range []*Figures{&was, &is} {
		f.Mean, f.SE = f.Mean/people, f.SE/people
	}
	alike := compare(nil, c.Variable, was, is)
	if alike.Difference*c.Difference <= 0 {
		c.P = 1
	}
	c.P = max(c.P, alike.P)
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
