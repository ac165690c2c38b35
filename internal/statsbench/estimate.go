package statsbench

import (
	"fmt"
	"math"
	"strings"

	"osvitlo/internal/weighting"
)

// defaultProbs are the quantiles told where none are named.
var defaultProbs = []float64{0.1, 0.25, 0.5, 0.75, 0.9}

// Estimate carries out a specification on a file (METHOD §4 to §6): weights,
// trimming, figures, comparisons. tables are the files of the command, the
// first is the sample; open finds files that the specification names.
func Estimate(s *Spec, tables []*Table, open Open) (Result, error) {
	if len(tables) == 0 {
		return nil, badf("no data")
	}
	out := Result{}
	if s.Compare != nil {
		if err := compare(out, s, tables, open); err != nil {
			return nil, err
		}
		if len(s.Estimates) == 0 && len(tables) > 1 {
			return out, nil
		}
	}
	f, err := bind(tables[0], s.Design, s.Margins, s.Trim, s.Raking, s.Collapse, open)
	if err != nil {
		return nil, err
	}
	in, err := f.domain(s.Where)
	if err != nil {
		return nil, err
	}
	e := f.engineFor(in)
	f.describe(out, s, e)
	r := &reporter{f: f, e: e, out: out, spec: s}
	for _, a := range s.Estimates {
		if err := r.ask(a); err != nil {
			return nil, fmt.Errorf("%s of %s: %w", a.What, a.Column, asInput(err))
		}
	}
	r.finish()
	return out, nil
}

// reporter puts figures under the keys of the reference answers.
type reporter struct {
	f    *frame
	e    engine
	out  Result
	spec *Spec
	list []Result
	by   map[string][]Result // rows of by_X, in order
}

// into is the object under a key, made when it is not there.
func (o Result) into(key string) Result {
	if r, ok := o[key].(Result); ok {
		return r
	}
	r := Result{}
	o[key] = r
	return r
}

func (r *reporter) ask(a Ask) error {
	in, err := r.f.domain(r.spec.Where, a.Where)
	if err != nil {
		return err
	}
	switch a.What {
	case "mean", "total":
		y, err := r.f.t.Numbers(a.Column)
		if err != nil {
			return err
		}
		if len(a.By) == 0 {
			return r.single(a, y, in)
		}
		return r.rows(a, map[string][]float64{"": y}, []string{""}, in)
	case "share":
		return r.share(a, in)
	}
	return r.quantiles(a, in)
}

// single is a mean or total over all.
func (r *reporter) single(a Ask, y []float64, in []bool) error {
	estimate := r.e.mean
	if a.What == "total" {
		estimate = r.e.total
	}
	fig, err := estimate(y, in)
	if err != nil {
		return err
	}
	res := fig.result()
	r.note(a, "", "", res)
	name := a.What + "_" + a.Column
	if a.Name != "" {
		name = a.Name
	}
	r.out.into(a.What)[a.Column] = res
	r.out.into(name)[a.Column] = res
	if a.What == "mean" {
		if fig.deff > 0 {
			r.out.into("deff")[a.Column] = num(fig.deff)
		}
		if _, done := r.out["ci_t"]; !done {
			r.out["ci_t"] = []any{num(fig.lowT), num(fig.hiT)}
		}
	}
	if r.f.reps != nil || r.f.sample == nil {
		return nil
	}
	if len(r.f.margins) > 0 {
		if a.What == "mean" {
			r.out.into("index")[a.Column] = res
			before, err := taylor{r.f.before, r.e.df()}.mean(y, in)
			if err != nil {
				return err
			}
			r.out.into(name + "_before")[a.Column] = before.result()
		}
		if len(r.f.margins) > 1 {
			r.out.into("rake").into(name)[a.Column] = res
			r.out.into("calibrate").into(name)[a.Column] = res
			naive := taylor{r.f.naive, r.e.df()}
			estimate := naive.mean
			if a.What == "total" {
				estimate = naive.total
			}
			ignoring, err := estimate(y, in)
			if err != nil {
				return err
			}
			r.out.into("naive").into(name)[a.Column] = ignoring.result()
		}
	} else if len(r.spec.Design.FPC) > 0 && r.spec.Design.Weights != "" {
		open := r.spec.Design
		open.FPC = nil
		f, err := bind(r.f.t, open, nil, r.spec.Trim, r.spec.Raking, nil, nil)
		if err != nil {
			return err
		}
		estimate := f.engine().mean
		if a.What == "total" {
			estimate = f.engine().total
		}
		infinite, err := estimate(y, in)
		if err != nil {
			return err
		}
		r.out.into("no_fpc").into(a.What)[a.Column] = infinite.result()
	}
	return nil
}

// note adds a figure to the list that follows the specification.
func (r *reporter) note(a Ask, by, category string, res Result) {
	entry := Result{"statistic": a.What, "column": a.Column}
	if by != "" {
		entry["by"], entry["category"] = by, category
	}
	for k, v := range res {
		entry[k] = v
	}
	r.list = append(r.list, entry)
}

// share of each category of a column, over all or by groups.
func (r *reporter) share(a Ask, in []bool) error {
	codes, labels, err := r.f.t.Codes(a.Column)
	if err != nil {
		return err
	}
	hits := map[string][]float64{}
	for c, l := range labels {
		y := make([]float64, len(codes))
		for i, x := range codes {
			switch {
			case x < 0:
				y[i] = math.NaN()
			case x == c:
				y[i] = 1
			}
		}
		hits[l] = y
	}
	if len(a.By) > 0 {
		return r.rows(a, hits, labels, in)
	}
	for _, l := range labels {
		fig, err := r.e.mean(hits[l], in)
		if err != nil {
			return err
		}
		res := fig.result()
		methods := r.proportion(fig)
		if rep, ok := r.e.(resampled); ok {
			// survey makes the logit interval from the replicates of the logit.
			if g, err := rep.of(hits[l], in, func(w []float64) float64 { p := meanOf(w, hits[l], in); return math.Log(p / (1 - p)) }); err == nil {
				back := func(x float64) any { return num(1 / (1 + math.Exp(-x))) }
				methods["logit"] = Result{"est": num(fig.value), "lo": back(g.lowT), "hi": back(g.hiT)}
			}
		}
		for k, v := range methods {
			if m, ok := v.(Result); ok && k == methods["default"] {
				res["lo_share"], res["hi_share"], res["share_interval"] = m["lo"], m["hi"], k
			}
		}
		key := a.Column + l
		r.out.into("share")[key] = res
		r.out.into("share_" + a.Column)[key] = res
		r.out.into(a.Column + "_share")[key] = res
		if a.Name != "" {
			r.out.into(a.Name)[key] = res
		}
		r.out["ciprop_"+a.Column+"_"+strings.ToLower(l)] = methods
		r.note(a, "", l, res)
		if len(r.f.margins) > 1 && r.f.reps == nil {
			r.out.into("rake").into("share_" + a.Column)[key] = res
		}
	}
	return nil
}

// proportion is the four intervals of survey::svyciprop; default is the one of
// METHOD §5.
func (r *reporter) proportion(f figure) Result {
	out := Result{"default": "logit"}
	add := func(name string, low, high float64, err error) {
		if err == nil {
			out[name] = Result{"est": num(f.value), "lo": num(low), "hi": num(high)}
		}
	}
	p := f.value
	if p < 1e-14 {
		p = 0
	} else if p > 1-1e-14 {
		p = 1
	}
	low, high, err := weighting.LogitInterval(p, f.se, f.df)
	add("logit", low, high, err)
	add("xlogit", low, high, err)
	if p == 0 || p == 1 || p*float64(f.n) < 10 || f.se < 1e-12 {
		out["default"] = "beta"
	}
	se := f.se
	if se < 1e-12 {
		se = 0
	}
	low, high, err = weighting.BetaInterval(p, se, int64(r.f.t.n), f.df, f.neff)
	add("beta", low, high, err)
	add("mean", f.lowT, f.hiT, nil)
	return out
}

// rows is one line per group, as survey::svyby prints them.
func (r *reporter) rows(a Ask, y map[string][]float64, order []string, in []bool) error {
	codes, labels, parts, err := r.f.t.CrossCodes(a.By)
	if err != nil {
		return err
	}
	if len(labels) > 100_000 {
		return badf("%d groups", len(labels))
	}
	name := "by_" + strings.Join(a.By, "_")
	if a.Name != "" {
		name = a.Name
	}
	if r.by == nil {
		r.by = map[string][]Result{}
	}
	keyed := map[string]Result{}
	for _, row := range r.by[name] {
		if k, ok := row["_row"].(string); ok {
			keyed[k] = row
		}
	}
	estimate := r.e.mean
	if a.What == "total" {
		estimate = r.e.total
	}
	for c, label := range labels {
		row, known := keyed[label]
		if !known {
			row = Result{"_row": label}
			for k, by := range a.By {
				row[by] = parts[c][k]
			}
			r.by[name] = append(r.by[name], row)
			keyed[label] = row
		}
		domain := and(in, codes, c)
		for _, o := range order {
			key := a.Column + o
			fig, err := estimate(y[o], domain)
			if empty(err) {
				row[key], row["se."+key] = nil, nil
				continue
			}
			if err != nil {
				return err
			}
			if _, taken := row[key]; taken && a.What == "total" {
				key = "total." + key
			}
			row[key] = num(fig.value)
			row["se."+key], row["ci_l."+key], row["ci_u."+key] = num(fig.se), num(fig.low), num(fig.high)
			if _, taken := row["se"]; !taken {
				for k, v := range fig.row() {
					row[k] = v
				}
			}
			row["n"] = fig.n
			res := fig.result()
			if a.What == "share" {
				res["share_of"] = o
			}
			r.note(a, strings.Join(a.By, ":"), label, res)
		}
	}
	return nil
}

func (r *reporter) quantiles(a Ask, in []bool) error {
	y, err := r.f.t.Numbers(a.Column)
	if err != nil {
		return err
	}
	probs := a.Probs
	if len(probs) == 0 {
		probs = defaultProbs
	}
	one := func(in []bool, by, category string) ([]any, error) {
		var values []any
		for _, p := range probs {
			e, err := r.e.quantile(y, in, p)
			if empty(err) {
				values = append(values, nil)
				continue
			}
			if err != nil {
				return nil, err
			}
			values = append(values, num(e.Value))
			r.note(a, by, category, Result{"p": p, "est": num(e.Value), "se": num(e.SE), "lo": num(e.Low), "hi": num(e.High), "n": e.N, "interval": "Woodruff, t"})
		}
		return values, nil
	}
	name := "quantiles_" + a.Column
	if a.Name != "" {
		name = a.Name
	}
	if len(a.By) == 0 {
		v, err := one(in, "", "")
		if err != nil {
			return err
		}
		r.out[name] = v
		r.out["probs_"+a.Column] = probs
		return nil
	}
	codes, labels, parts, err := r.f.t.CrossCodes(a.By)
	if err != nil {
		return err
	}
	var rows []Result
	for c, label := range labels {
		v, err := one(and(in, codes, c), strings.Join(a.By, ":"), label)
		if err != nil {
			return err
		}
		row := Result{"_row": label, a.Column: v, "n": nil}
		delete(row, "n")
		for k, by := range a.By {
			row[by] = parts[c][k]
		}
		rows = append(rows, row)
	}
	r.out[name+"_by_"+strings.Join(a.By, "_")] = rows
	return nil
}

func (r *reporter) finish() {
	for name, rows := range r.by {
		r.out[name] = rows
		if len(r.f.margins) > 1 && r.f.reps == nil {
			r.out.into("rake")[name] = rows
		}
	}
	if len(r.f.margins) > 1 && r.f.reps == nil {
		r.out["weights_calibrate"] = nums(r.f.weights)
		r.out.into("method")["naive"] = "the block naive ignores the raking in the error; it is there to be compared with, not to be used"
	}
	if len(r.list) > 0 {
		r.out["estimates"] = r.list
	}
}
