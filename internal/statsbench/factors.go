package statsbench

import (
	"fmt"
	"slices"
	"strings"

	"osvitlo/internal/drivers"
)

// AssocAsk names two columns and the design.
type AssocAsk struct {
	X, Y string // "": the two columns that are not of the design
	Spec Spec
	// Categories treats a numeric Y as categories.
	Categories bool
}

// Assoc measures how two columns go together (METHOD §12): two categories by
// X², V and the Rao–Scott tests, a category and numbers by η².
func Assoc(t *Table, ask AssocAsk, open Open) (Result, error) {
	f, err := bind(t, ask.Spec.Design, ask.Spec.Margins, ask.Spec.Trim, ask.Spec.Raking, ask.Spec.Collapse, open)
	if err != nil {
		return nil, err
	}
	x, y := ask.X, ask.Y
	if x == "" || y == "" {
		d := ask.Spec.Design
		var rest []string
		for _, c := range t.Columns {
			if !slices.Contains(append([]string{d.Weights, x, y}, d.FPC...), c) {
				rest = append(rest, c)
			}
		}
		need := 0
		for _, v := range []string{x, y} {
			if v == "" {
				need++
			}
		}
		if len(rest) != need {
			return nil, badf("name two columns: %s has %s", t.Name, strings.Join(rest, ", "))
		}
		if x == "" {
			x, rest = rest[0], rest[1:]
		}
		if y == "" {
			y = rest[0]
		}
	}
	for _, c := range []string{x, y} {
		if !f.t.Has(c) {
			_, err := f.t.Text(c)
			return nil, err
		}
	}
	numericX, numericY := f.t.Numeric(x), f.t.Numeric(y)
	if !ask.Categories && numericX != numericY {
		if numericX {
			x, y = y, x
		}
		return f.eta(x, y)
	}
	return f.association(x, y)
}

func (f *frame) eta(x, y string) (Result, error) {
	codes, labels, err := f.t.Codes(x)
	if err != nil {
		return nil, err
	}
	v, err := f.t.Numbers(y)
	if err != nil {
		return nil, err
	}
	e, err := drivers.EtaOf(v, codes, len(labels), f.weights)
	if err != nil {
		return nil, asInput(err)
	}
	means := Result{}
	for k, l := range labels {
		means[l] = num(e.Means[k])
	}
	return Result{"n": e.N, "x": x, "y": y, "group_means_weighted": means, "eta2_weighted": num(e.Weighted), "eta2_unweighted": num(e.Plain),
		"omega2_unweighted": num(e.Omega2), "F_unweighted": num(e.F), "p_unweighted": num(e.P), "df": []any{num(e.DF1), num(e.DF2)},
		"strength": string(drivers.EtaStrength(e.Weighted)), "note": "association, not cause"}, nil
}

func (f *frame) association(x, y string) (Result, error) {
	p := drivers.Pair{Weights: f.weights}
	var err error
	if p.X, p.XLabels, err = f.t.Codes(x); err != nil {
		return nil, err
	}
	if p.Y, p.YLabels, err = f.t.Codes(y); err != nil {
		return nil, err
	}
	a, err := drivers.Associate(p)
	if err != nil {
		return nil, asInput(err)
	}
	var rs drivers.RaoScott
	if f.reps != nil {
		rs, err = f.raoScott(p, a)
	} else {
		rs, err = drivers.RaoScottTest(p, f.sample)
	}
	if err != nil {
		return nil, asInput(err)
	}
	var plain, weighted []Result
	for j, c := range a.Cols() {
		for i, r := range a.Rows() {
			cell := Result{"x": p.XLabels[r], "y": p.YLabels[c]}
			plain = append(plain, Result{"x": cell["x"], "y": cell["y"], "Freq": a.Counts[i][j]})
			weighted = append(weighted, Result{"x": cell["x"], "y": cell["y"], "Freq": num(a.Shares[i][j] * float64(a.N)), "share": num(a.Shares[i][j])})
		}
	}
	return Result{"n": a.N, "x": x, "y": y, "chi2_unweighted": num(a.ChiSquare), "V_unweighted": num(a.V), "V_unweighted_biascorrected": num(a.Corrected),
		"table_unweighted": plain, "table_weighted": weighted, "chi2_weighted": num(a.Weighted), "V_weighted": num(a.WeightedV), "V_weighted_biascorrected": num(a.WeightedCorrected),
		"rao_scott":       Result{"F": num(rs.F), "ndf": num(rs.NDF), "ddf": num(rs.DDF), "p": num(rs.P)},
		"rao_scott_chisq": Result{"X2": num(rs.X2), "p": num(rs.FirstP), "mean_deff": num(rs.MeanDeff)},
		"strength":        string(drivers.VStrength(a.WeightedV, len(a.Rows()), len(a.Cols()))), "note": "association, not cause",
		"method": Result{"rao_scott": "second-order, F", "rao_scott_chisq": "first-order, chi-square", "V_weighted": "table of weights scaled to n"}}, nil
}

// raoScott with replicates: the covariance of the cells' shares comes from
// them.
func (f *frame) raoScott(p drivers.Pair, a drivers.Association) (drivers.RaoScott, error) {
	stat := func(w []float64) []float64 {
		out := make([]float64, len(a.Rows())*len(a.Cols()))
		var total float64
		for i := range p.X {
			if p.X[i] >= 0 && p.Y[i] >= 0 && w[i] > 0 {
				out[slices.Index(a.Rows(), p.X[i])*len(a.Cols())+slices.Index(a.Cols(), p.Y[i])] += w[i]
				total += w[i]
			}
		}
		for k := range out {
			out[k] /= total
		}
		return out
	}
	values := make([][]float64, len(f.reps.columns))
	for k, w := range f.reps.columns {
		values[k] = stat(w)
	}
	v, err := f.reps.covariance(stat(f.weights), values)
	if err != nil {
		return drivers.RaoScott{}, err
	}
	return drivers.RaoScottFrom(a, v, f.reps.df)
}

// DriversAsk is a model and the design.
type DriversAsk struct {
	Formula string // "y ~ a + b + a:b"
	Spec    Spec
	// Least rows of a category; smaller ones are joined into "other".
	// 0: none are joined. METHOD §12 asks for 30.
	Least int
}

// Drivers fits the weighted model of METHOD §12 with errors by design.
func Drivers(t *Table, ask DriversAsk, open Open) (Result, error) {
	f, err := bind(t, ask.Spec.Design, ask.Spec.Margins, ask.Spec.Trim, ask.Spec.Raking, ask.Spec.Collapse, open)
	if err != nil {
		return nil, err
	}
	m, formula, err := f.model(ask)
	if err != nil {
		return nil, err
	}
	var fit *drivers.Fit
	if f.reps != nil {
		fit, err = drivers.RegressWith(m, f.reps.df, func(beta []float64) ([][]float64, error) {
			values := make([][]float64, len(f.reps.columns))
			for k, w := range f.reps.columns {
				again := m
				again.Weights = w
				b, err := drivers.Solve(again)
				if err != nil {
					return nil, fmt.Errorf("replicate %d: %w", k+1, err)
				}
				if len(b) != len(beta) {
					return nil, badf("replicate %d loses a category", k+1)
				}
				values[k] = b
			}
			return f.reps.covariance(beta, values)
		})
	} else {
		fit, err = drivers.Regress(m, f.sample)
	}
	if err != nil {
		return nil, asInput(err)
	}
	return report(fit, m, formula, f)
}

func report(fit *drivers.Fit, m drivers.Model, formula string, f *frame) (Result, error) {
	out := Result{"formula": formula, "n": fit.N, "n_dropped": f.t.n - fit.N + f.dropped, "df_resid": num(fit.DF), "r2_weighted": num(fit.R2), "r2_adjusted": num(fit.AdjustedR2),
		"note": "association, not cause", "method": Result{"errors": "linearised (sandwich) by design", "interval": "t with df_resid", "term_tests": "Wald F", "lmg": "Shapley shares over all subsets of terms"}}
	if f.reps != nil {
		out.into("method")["errors"] = "replicates " + f.reps.kind
	}
	var coef []Result
	for _, c := range fit.Coefficients {
		coef = append(coef, Result{"term": c.Name, "_row": c.Name, "Estimate": num(c.Value), "Std. Error": num(c.SE), "t value": num(c.T), "Pr(>|t|)": num(c.P), "2.5 %": num(c.Low), "97.5 %": num(c.High)})
	}
	out["coef"] = coef
	var tests []Result
	vif := Result{}
	for _, w := range fit.Terms {
		tests = append(tests, Result{"term": w.Term, "F": num(w.F), "df": num(w.DF), "ddf": num(w.DDF), "p": num(w.P)})
		vif[w.Term] = Result{"gvif": num(w.VIF), "df": num(w.DF), "gvif_1_over_2df_squared": num(w.Scaled)}
	}
	out["term_tests"], out["vif"] = tests, vif
	if len(fit.Terms) <= drivers.MaxFactors {
		shares, err := fit.Shapley()
		if err != nil {
			return nil, asInput(err)
		}
		lmg, of := Result{}, Result{}
		for _, s := range shares {
			lmg[s.Term], of[s.Term] = num(s.R2), num(s.Of)
		}
		out["lmg"], out["lmg_share"] = lmg, of
	} else {
		out["lmg_reason"] = fmt.Sprintf("%d terms; shares are computed for at most %d", len(fit.Terms), drivers.MaxFactors)
	}
	adjusted := Result{}
	var alerts []string
	for _, x := range m.Factors {
		if x.Codes == nil {
			continue
		}
		means, err := fit.AdjustedMeans(x.Name)
		if err != nil {
			return nil, asInput(err)
		}
		var rows []Result
		for _, a := range means {
			rows = append(rows, Result{x.Name: a.Category, "n": a.N, "mean": num(a.Mean), "se": num(a.SE), "lo": num(a.Low), "hi": num(a.High)})
			if a.N < 30 {
				alerts = append(alerts, fmt.Sprintf("%s=%s has %d rows, under 30: merge it", x.Name, a.Category, a.N))
			}
		}
		adjusted[x.Name] = rows
	}
	out["adjusted_means"] = adjusted
	if fit.N < 10*len(fit.Coefficients) {
		alerts = append(alerts, fmt.Sprintf("%d rows for %d coefficients: under 10 per parameter", fit.N, len(fit.Coefficients)))
	}
	if len(alerts) > 0 {
		out["alerts"] = alerts
	}
	return out, nil
}

// model reads a formula: y ~ a + b + a:b, a*b, factor(a), . for all others.
func (f *frame) model(ask DriversAsk) (drivers.Model, string, error) {
	var m drivers.Model
	left, right, ok := strings.Cut(ask.Formula, "~")
	if m.Outcome = tick(left); !ok || m.Outcome == "" {
		return m, "", badf("a formula is like \"score ~ sex + age\", not %q", ask.Formula)
	}
	var err error
	if m.Y, err = f.t.Numbers(m.Outcome); err != nil {
		return m, "", err
	}
	m.Weights = f.weights
	place := map[string]int{}
	var terms [][]string
	add := func(term []string) {
		sorted := slices.Clone(term)
		slices.Sort(sorted)
		for _, t := range terms {
			have := slices.Clone(t)
			if slices.Sort(have); slices.Equal(have, sorted) {
				return
			}
		}
		terms = append(terms, term)
	}
	for _, part := range strings.Split(right, "+") {
		part = strings.TrimSpace(part)
		switch {
		case part == "1":
			continue
		case part == "" || part == "0" || strings.Contains(part, "-") && !f.t.Has(tick(part)):
			return m, "", badf("the formula has %q; terms are joined by +, and the constant stays", part)
		case part == ".":
			d := ask.Spec.Design
			for _, c := range f.t.Columns {
				if !slices.Contains(append(append([]string{m.Outcome, d.Weights}, d.FPC...), d.IDs...), c) {
					add([]string{c})
				}
			}
			continue
		}
		if f.t.Has(tick(part)) {
			add([]string{part})
			continue
		}
		if strings.Contains(part, "*") {
			var factors []string
			for _, x := range strings.Split(part, "*") {
				factors = append(factors, strings.TrimSpace(x))
				add([]string{strings.TrimSpace(x)})
			}
			for size := 2; size <= len(factors); size++ {
				for set := range 1 << len(factors) {
					var some []string
					for k, x := range factors {
						if set>>k&1 == 1 {
							some = append(some, x)
						}
					}
					if len(some) == size {
						add(some)
					}
				}
			}
			continue
		}
		add(trimAll(strings.Split(part, ":")))
	}
	if len(terms) == 0 {
		return m, "", badf("the formula %q has no terms", ask.Formula)
	}
	// Main effects come before interactions, as in R.
	slices.SortStableFunc(terms, func(a, b []string) int { return len(a) - len(b) })
	var words []string
	for _, t := range terms {
		var at []int
		for _, name := range t {
			k, known := place[name]
			if !known {
				factor, err := f.factor(name, ask.Least)
				if err != nil {
					return m, "", err
				}
				k = len(m.Factors)
				place[name] = k
				m.Factors = append(m.Factors, factor)
			}
			at = append(at, k)
		}
		m.Terms = append(m.Terms, drivers.Term{Factors: at})
		words = append(words, strings.Join(t, ":"))
	}
	return m, m.Outcome + " ~ " + strings.Join(words, " + "), nil
}

func tick(s string) string { return strings.Trim(strings.TrimSpace(s), "`") }

// Other is the category that small ones are joined into.
const Other = "other"

func (f *frame) factor(name string, least int) (drivers.Factor, error) {
	column := tick(name)
	forced := false
	for _, wrap := range []string{"factor(", "as.factor(", "C("} {
		if inner, ok := strings.CutPrefix(name, wrap); ok && strings.HasSuffix(inner, ")") && !f.t.Has(column) {
			column, forced = tick(strings.TrimSuffix(inner, ")")), true
			break
		}
	}
	if strings.ContainsAny(column, "()^") && !f.t.Has(column) {
		return drivers.Factor{}, badf("the formula has %q; terms are columns, factor(column), a:b and a*b", name)
	}
	if !forced && f.t.Numeric(column) {
		v, err := f.t.Numbers(column)
		return drivers.Factor{Name: name, Values: v}, err
	}
	codes, labels, err := f.t.Codes(column)
	if err != nil {
		return drivers.Factor{}, err
	}
	if least > 0 {
		codes, labels = merge(codes, labels, least)
	}
	return drivers.Factor{Name: name, Codes: codes, Labels: labels}, nil
}

// merge joins categories with fewer than least rows.
func merge(codes []int, labels []string, least int) ([]int, []string) {
	count := make([]int, len(labels))
	for _, c := range codes {
		if c >= 0 {
			count[c]++
		}
	}
	at := make([]int, len(labels))
	var kept []string
	for k, l := range labels {
		if at[k] = -1; count[k] >= least {
			at[k] = len(kept)
			kept = append(kept, l)
		}
	}
	if len(kept) == len(labels) {
		return codes, labels
	}
	other := len(kept)
	kept = append(kept, Other)
	out := make([]int, len(codes))
	for i, c := range codes {
		switch {
		case c < 0:
			out[i] = -1
		case at[c] >= 0:
			out[i] = at[c]
		default:
			out[i] = other
		}
	}
	return out, kept
}
