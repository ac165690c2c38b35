package statsbench

import (
	"fmt"
	"math"

	"osvitlo/internal/weighting"
)

// compare puts the difference of two figures into out (METHOD §6).
func compare(out Result, s *Spec, tables []*Table, open Open) error {
	c := *s.Compare
	var t [2]*Table
	for i := range c.Sides {
		switch {
		case c.Sides[i].File != "":
			var err error
			if t[i], err = open.load(c.Sides[i].File); err != nil {
				return err
			}
		case i < len(tables):
			t[i] = tables[i]
		default:
			t[i] = tables[0]
		}
	}
	if t[0] == t[1] && c.Sides[1].Design == nil && c.Sides[0].Design == nil {
		return c.within(out, s, t[0], open)
	}
	if c.Person != "" {
		return c.overlapping(out, s, t, open)
	}
	var f [2]*frame
	for i := range f {
		d, m := s.Design, s.Margins
		if c.Sides[i].Design != nil {
			d = *c.Sides[i].Design
		}
		if c.Sides[i].Margins != nil {
			m = c.Sides[i].Margins
		}
		var err error
		if f[i], err = bind(t[i], d, m, s.Trim, s.Raking, s.Collapse, open); err != nil {
			return fmt.Errorf("wave %d: %w", i+1, err)
		}
	}
	out["method"] = Result{"difference": "independent samples: variances add", "interval": "z (1.96)", "test": "z"}
	figures := func(in [2][]bool) (a, b figure, err error) {
		var g [2]figure
		for i := range g {
			y, err := c.variable(f[i], c.Sides[i].Column)
			if err != nil {
				return a, b, err
			}
			estimate := f[i].engine().mean
			if c.What == "total" {
				estimate = f[i].engine().total
			}
			if g[i], err = estimate(y, in[i]); err != nil {
				return a, b, fmt.Errorf("wave %d: %w", i+1, err)
			}
		}
		return g[0], g[1], nil
	}
	var base [2][]bool
	for i := range base {
		var err error
		if base[i], err = f[i].domain(s.Where); err != nil {
			return err
		}
	}
	a, b, err := figures(base)
	if err != nil {
		return asInput(err)
	}
	out["wave1"], out["wave2"] = Result{c.Sides[0].Column: a.result()}, Result{c.Sides[1].Column: b.result()}
	out["diff"] = c.change(weighting.Difference(weighting.Estimate{Value: a.value, SE: a.se}, weighting.Estimate{Value: b.value, SE: b.se}))
	for _, by := range c.By {
		var codes [2][]int
		var labels [2][]string
		for i := range f {
			if codes[i], labels[i], err = f[i].t.Codes(by); err != nil {
				return err
			}
		}
		rows := Result{}
		var order []string
		var p []float64
		for k, l := range labels[0] {
			for m, l2 := range labels[1] {
				if l != l2 {
					continue
				}
				a, b, err := figures([2][]bool{and(base[0], codes[0], k), and(base[1], codes[1], m)})
				if empty(err) {
					continue
				}
				if err != nil {
					return asInput(err)
				}
				d := weighting.Difference(weighting.Estimate{Value: a.value, SE: a.se}, weighting.Estimate{Value: b.value, SE: b.se})
				rows[l] = c.change(d)
				order, p = append(order, l), append(p, d.P)
			}
		}
		if len(order) == 0 {
			return badf("the waves have no category of %s in common", by)
		}
		holm(rows, order, p)
		out["by_"+by] = rows
	}
	return nil
}

// change in the words of the reference answers.
func (c Compare) change(d weighting.Change) Result {
	r := Result{"diff": num(d.Delta), "se": num(d.SE), "lo": num(d.Low), "hi": num(d.High), "z": num(d.Z), "p": num(d.P), "label": "no detectable change"}
	if d.Detectable(c.Least) {
		r["label"] = "change"
	}
	return r
}

// holm adds p-values adjusted for several comparisons.
func holm(rows Result, order []string, p []float64) {
	adjusted, err := weighting.Holm(p)
	if err != nil {
		return // p-values of changes always lie in [0, 1]
	}
	for i, l := range order {
		if r, ok := rows[l].(Result); ok {
			r["p_holm"] = num(adjusted[i])
		}
	}
}

// variable is a column of numbers, or 1 and 0 for a category of a share.
func (c Compare) variable(f *frame, column string) ([]float64, error) {
	if c.What != "share" {
		return f.t.Numbers(column)
	}
	codes, labels, err := f.t.Codes(column)
	if err != nil {
		return nil, err
	}
	want := -1
	for k, l := range labels {
		if l == c.Of {
			want = k
		}
	}
	if want < 0 && c.Of == "" && len(labels) <= 2 {
		want = len(labels) - 1
	}
	if want < 0 {
		return nil, badf("%s, column %q has no category %q; a share compares one of %v (of)", f.t.Name, column, c.Of, labels)
	}
	y := make([]float64, len(codes))
	for i, x := range codes {
		switch {
		case x < 0:
			y[i] = math.NaN()
		case x == want:
			y[i] = 1
		}
	}
	return y, nil
}

// within compares two columns of one file: the same persons, so with their
// covariance.
func (c Compare) within(out Result, s *Spec, t *Table, open Open) error {
	if c.Sides[0].Column == c.Sides[1].Column {
		return badf("one column of one file has nothing to be compared with")
	}
	f, err := bind(t, s.Design, s.Margins, s.Trim, s.Raking, s.Collapse, open)
	if err != nil {
		return err
	}
	out["method"] = Result{"difference": "the same units: covariance used", "interval": "z (1.96)", "test": "z"}
	var y [2][]float64
	for i := range y {
		if y[i], err = c.variable(f, c.Sides[i].Column); err != nil {
			return err
		}
	}
	// The same persons: only rows with both values tell of a change.
	pairs := 0
	for i := range y[0] {
		if math.IsNaN(y[0][i]) || math.IsNaN(y[1][i]) {
			y[0][i], y[1][i] = math.NaN(), math.NaN()
		} else {
			pairs++
		}
	}
	out["n_pairs"] = pairs
	in, err := f.domain(s.Where)
	if err != nil {
		return err
	}
	return c.joint(out, f, y, [2][]bool{in, in}, c.By, f.t)
}

// joint is the difference of two variables in one design, over all and by
// groups.
func (c Compare) joint(out Result, f *frame, y [2][]float64, in [2][]bool, by []string, t *Table) error {
	e := f.engine()
	if c.What == "total" {
		return badf("totals are compared between two files, not inside one")
	}
	var g [2]figure
	for i := range g {
		var err error
		if g[i], err = e.mean(y[i], in[i]); err != nil {
			return asInput(err)
		}
	}
	d, cov, err := e.difference(weighting.Variable{Y: y[0], In: in[0]}, weighting.Variable{Y: y[1], In: in[1]})
	if err != nil {
		return asInput(err)
	}
	out["wave1"], out["wave2"] = Result{c.Sides[0].Column: g[0].result()}, Result{c.Sides[1].Column: g[1].result()}
	out["diff"], out["cov"] = c.change(d), num(cov)
	out["se_if_wrongly_independent"] = num(math.Hypot(g[0].se, g[1].se))
	for _, name := range by {
		codes, labels, err := t.Codes(name)
		if err != nil {
			return err
		}
		rows := Result{}
		var order []string
		var p []float64
		for k, l := range labels {
			d, _, err := e.difference(weighting.Variable{Y: y[0], In: and(in[0], codes, k)}, weighting.Variable{Y: y[1], In: and(in[1], codes, k)})
			if empty(err) {
				continue
			}
			if err != nil {
				return asInput(err)
			}
			rows[l] = c.change(d)
			order, p = append(order, l), append(p, d.P)
		}
		holm(rows, order, p)
		out["by_"+name] = rows
	}
	return nil
}

// overlapping compares two files in which the same persons may stand: the rows
// are stacked, the person is the sampling unit, and what was fitted apart is
// fitted apart (METHOD §6).
func (c Compare) overlapping(out Result, s *Spec, t [2]*Table, open Open) error {
	out["method"] = Result{"difference": "stacked waves, the person is the sampling unit", "interval": "z (1.96)", "test": "z"}
	var f [2]*frame
	var persons, strata []string
	var w, base []float64
	y, in := [2][]float64{}, [2][]bool{}
	var margins []weighting.Margin
	for i := range f {
		d, m := s.Design, s.Margins
		if c.Sides[i].Design != nil {
			d = *c.Sides[i].Design
		}
		if c.Sides[i].Margins != nil {
			m = c.Sides[i].Margins
		}
		if d.Replicates != nil || len(d.FPC) > 0 || len(d.IDs) > 1 {
			return badf("overlapping waves take no replicate weights and no fpc")
		}
		var err error
		if f[i], err = bind(t[i], d, m, s.Trim, s.Raking, s.Collapse, open); err != nil {
			return fmt.Errorf("wave %d: %w", i+1, err)
		}
		ids, err := f[i].t.Text(c.Person)
		if err != nil {
			return err
		}
		h := make([]string, len(ids))
		if d.Strata != "" {
			if h, err = f[i].t.Text(d.Strata); err != nil {
				return err
			}
		}
		persons, strata = append(persons, ids...), append(strata, h...)
		w, base = append(w, f[i].weights...), append(base, f[i].base...)
	}
	n1, n := f[0].t.n, len(w)
	for i := range f {
		v, err := c.variable(f[i], c.Sides[i].Column)
		if err != nil {
			return err
		}
		y[i], in[i] = make([]float64, n), make([]bool, n)
		for k := range v {
			at := k + i*n1
			y[i][at], in[i][at] = v[k], true
		}
	}
	if len(f[0].margins) != len(f[1].margins) {
		return badf("the waves have %d and %d margins", len(f[0].margins), len(f[1].margins))
	}
	// Categories are wave × category: each wave was fitted by itself.
	for k, m := range f[0].margins {
		second := f[1].margins[k]
		joint := weighting.Margin{Name: m.Name, Categories: append(append([]weighting.Category(nil), m.Categories...), second.Categories...)}
		joint.Of = append(append([]int(nil), m.Of...), make([]int, n-n1)...)
		for i, x := range second.Of {
			joint.Of[n1+i] = len(m.Categories) + x
		}
		margins = append(margins, joint)
	}
	d := weighting.Design{Weights: w, PSUs: numbered(persons), Strata: numbered(strata)}
	first := map[string]string{}
	for i, p := range persons {
		if h, known := first[p]; known && h != strata[i] {
			return badf("person %q stands in the strata %q and %q", p, h, strata[i])
		}
		first[p] = strata[i]
	}
	if len(margins) > 0 {
		d.Margins, d.Base = margins, base
	}
	sample, err := weighting.NewSample(d)
	if err != nil {
		return asInput(err)
	}
	whole := &frame{weights: w, sample: sample}
	both := 0
	seen := map[string]bool{}
	for _, p := range persons[:n1] {
		seen[p] = true
	}
	for _, p := range persons[n1:] {
		if seen[p] {
			both++
		}
	}
	out["persons_in_both"] = both
	return c.joint(out, whole, y, in, nil, nil)
}

func numbered(words []string) []int {
	place := map[string]int{}
	out := make([]int, len(words))
	for i, s := range words {
		k, known := place[s]
		if !known {
			k = len(place)
			place[s] = k
		}
		out[i] = k
	}
	return out
}
