package statsbench

import (
	"fmt"
	"math"
	"strings"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/weighting"
)

// IRTAsk is a calibration.
type IRTAsk struct {
	Items   []string // nil: all columns
	Model   string   // "", 2PL, 1PL (Rasch), both
	Options adaptive.CalibrateOptions
	Persons int // persons whose θ is told; 0: all
	// Conditional also fits Rasch by conditional likelihood, on complete rows.
	Conditional bool
}

// answersOf reads 0 to 1 scores, blank for not administered.
func (t *Table) answersOf(items []string) (*adaptive.Answers, error) {
	s, err := t.scores(items)
	if err != nil {
		return nil, err
	}
	a, err := adaptive.NewAnswers(len(items))
	if err != nil {
		return nil, asInput(err)
	}
	for i, row := range s {
		for j, v := range row {
			if !math.IsNaN(v) && (v < 0 || v > 1) {
				return nil, badf("%s: line %d, column %q: score %v is not between 0 and 1", t.Name, t.line[i], items[j], v)
			}
		}
		if err := a.Add(row); err != nil {
			return nil, asInput(err)
		}
	}
	return a, nil
}

// irtGrid is the quadrature of the reference answers: 61 nodes on [−6, 6].
var irtGrid = adaptive.Grid{Low: -6, High: 6, Nodes: 61}

// IRT calibrates items (METHOD §10) and tells of persons on them.
func IRT(t *Table, ask IRTAsk) (Result, error) {
	items, err := t.items(ask.Items, nil)
	if err != nil {
		return nil, err
	}
	a, err := t.answersOf(items)
	if err != nil {
		return nil, err
	}
	out := Result{"n": a.Persons(), "k": len(items), "method": Result{"model": "P = 1/(1+exp(-a(theta-b))), D = 1, theta ~ N(0,1)",
		"estimation": "marginal maximum likelihood, EM over 61 nodes on [-6,6]", "missing": "not administered"}}
	auto, both := false, false
	switch strings.ToLower(ask.Model) {
	case "", "both":
		both = true
	case "auto":
		auto = true
	case "2pl":
		ask.Options.Model = adaptive.TwoParameter
	case "1pl", "rasch":
		ask.Options.Model = adaptive.OneParameter
	default:
		return nil, badf("model %q; there are 2PL, 1PL, both, auto", ask.Model)
	}
	if ask.Options.Grid == (adaptive.Grid{}) {
		ask.Options.Grid = irtGrid
	}
	calibrate := func(m adaptive.Model) (adaptive.Calibrated, error) {
		o := ask.Options
		o.Model = m
		c, err := adaptive.Calibrate(a, o)
		if err != nil {
			return c, asInput(nameItem(err, items))
		}
		return c, nil
	}
	model := ask.Options.Model
	if both {
		model = adaptive.TwoParameter
	}
	main, err := calibrate(model)
	if err != nil {
		return nil, err
	}
	if auto {
		out["model"] = string(main.Model)
	}
	if main.Model == adaptive.TwoParameter {
		out["mirt_2pl"] = twoPL(main, items)
	} else {
		out["rasch_mml"] = rasch(main, items)
	}
	var alerts []string
	for j, it := range main.Items {
		if least := map[adaptive.Model]int{adaptive.OneParameter: adaptive.RaschModel, adaptive.TwoParameter: adaptive.FullModel}[main.Model]; it.N < least {
			alerts = append(alerts, fmt.Sprintf("%s has %d answers, under the %d that the %s asks for", items[j], it.N, least, main.Model))
		}
	}
	if alerts != nil {
		out["alerts"] = alerts
	}
	if both {
		c, err := calibrate(adaptive.OneParameter)
		if err != nil {
			return nil, err
		}
		out["rasch_mml"] = rasch(c, items)
	}
	if ask.Conditional || both && len(items) <= adaptive.MaxConditional && plainScores(a) {
		whole := a.Whole()
		c, err := adaptive.CalibrateConditional(whole)
		switch {
		case err != nil && ask.Conditional:
			return nil, asInput(nameItem(err, items))
		case err != nil:
			out["rasch_cml_reason"] = err.Error()
		default:
			var rows []Result
			for j, name := range items {
				rows = append(rows, Result{"item": name, "difficulty": num(c.B[j]), "se": num(c.SE[j])})
			}
			out["rasch_cml_erm"], out["rasch_cml_n"] = rows, whole.Persons()
		}
	}
	if err := fitted(out, a, main, items); err != nil {
		return nil, err
	}
	return out, persons(out, a, main, ask.Persons)
}

// fitted tells how the items follow their curves: S-X² with Holm.
func fitted(out Result, a *adaptive.Answers, c adaptive.Calibrated, names []string) error {
	items := make([]adaptive.Item, len(c.Items))
	for j, it := range c.Items {
		items[j] = adaptive.Item{A: it.A, B: it.B}
	}
	parameters := 2
	if c.Model == adaptive.OneParameter {
		parameters = 1
	}
	fit, n, err := adaptive.FitOf(a, items, parameters)
	if err != nil {
		out["item_fit_reason"] = err.Error()
		return nil
	}
	p := make([]float64, len(fit))
	for j, f := range fit {
		if p[j] = f.P; f.Reason != "" {
			p[j] = 1
		}
	}
	adjusted, err := weighting.Holm(p)
	if err != nil {
		return asInput(err)
	}
	var rows []Result
	for j, f := range fit {
		if f.Reason != "" {
			rows = append(rows, Result{"item": names[j], "reason": f.Reason})
			continue
		}
		rows = append(rows, Result{"item": names[j], "S_X2": num(f.X2), "df": num(f.DF), "p": num(f.P), "p_holm": num(adjusted[j])})
	}
	out["item_fit"], out["item_fit_n"] = rows, n
	return nil
}

func plainScores(a *adaptive.Answers) bool {
	ok := true
	for i := range a.Persons() {
		a.Each(i, func(_ int, s float64) { ok = ok && (s == 0 || s == 1) })
	}
	return ok
}

func twoPL(c adaptive.Calibrated, items []string) Result {
	var rows []Result
	for j, it := range c.Items {
		row := Result{"item": items[j], "a": num(it.A), "b": num(it.B), "n": it.N, "p": num(it.Mean)}
		if it.SEA > 0 {
			row["se_a"], row["se_b"] = num(it.SEA), num(it.SEB)
		}
		if it.Unidentified {
			row["unidentified"] = true
		}
		rows = append(rows, row)
	}
	return Result{"items": rows, "loglik": num(c.LogLik), "AIC": num(c.AIC()), "BIC": num(c.BIC()), "cycles": c.Cycles, "converged": true}
}

// rasch is the one-parameter model on Rasch's scale: slopes 1, variance free.
func rasch(c adaptive.Calibrated, items []string) Result {
	a := c.Items[0].A
	var rows []Result
	for j, it := range c.Items {
		row := Result{"item": items[j], "b": num(a * it.B), "n": it.N, "p": num(it.Mean)}
		if it.SEB > 0 {
			row["se_b"] = num(a * it.SEB)
		}
		rows = append(rows, row)
	}
	return Result{"items": rows, "theta_var": num(a * a), "a_common": num(a), "loglik": num(c.LogLik), "AIC": num(c.AIC()), "BIC": num(c.BIC()), "cycles": c.Cycles, "converged": true}
}

// persons tells of θ by EAP and WLE, of information and reliability.
func persons(out Result, a *adaptive.Answers, c adaptive.Calibrated, most int) error {
	items := make([]adaptive.Item, len(c.Items))
	turned := make([]bool, len(c.Items))
	var flat []string
	for j, it := range c.Items {
		// A falling curve is a rising one for the wrong answer.
		if turned[j] = it.A < 0; turned[j] {
			it.A = -it.A
		}
		items[j] = adaptive.Item{A: it.A, B: it.B}
		if err := items[j].Validate(); err != nil {
			flat = append(flat, fmt.Sprint(j+1))
		}
	}
	if flat != nil {
		out["persons_reason"] = "items " + strings.Join(flat, ", ") + " have parameters outside any bank (|a| up to 10, |b| up to 10); persons are not scored"
		return nil
	}
	var eap, wle []Result
	var theta, se []float64
	for i := range a.Persons() {
		var r []adaptive.Response
		a.Each(i, func(j int, s float64) {
			if turned[j] {
				s = 1 - s
			}
			r = append(r, adaptive.Response{Item: items[j], Score: s})
		})
		p, err := adaptive.NewPosterior(r, irtGrid)
		if err != nil {
			return asInput(err)
		}
		t, s := p.EAP()
		if len(r) > 0 {
			theta, se = append(theta, t), append(se, s)
		}
		if most > 0 && i >= most {
			continue
		}
		eap = append(eap, Result{"row": i + 1, "theta": num(t), "se": num(s), "items": len(r)})
		row := Result{"row": i + 1, "theta": nil, "se": nil}
		if len(r) > 0 {
			w, fisher, err := adaptive.WLE(r)
			if err != nil {
				return asInput(err)
			}
			row["theta"], row["se_fisher"] = num(w), num(fisher)
			if s, err := adaptive.WLESharp(r, w); err == nil {
				row["se"] = num(s)
			}
		}
		wle = append(wle, row)
	}
	out["eap"], out["wle"] = eap, wle
	form, err := adaptive.NewForm(items)
	if err != nil {
		return asInput(err)
	}
	var info []Result
	for x := -4.0; x <= 4; x += 0.5 {
		info = append(info, Result{"theta": x, "info": num(form.Information(x))})
	}
	out["test_information"] = info
	out["marginal_reliability"] = num(form.MarginalReliability())
	if r, err := adaptive.EmpiricalReliability(theta, se); err == nil {
		out["empirical_reliability_eap"] = num(r)
	}
	out.into("method")["wle"] = "se from the curvature of the weighted likelihood; se_fisher = 1/sqrt(I)"
	return nil
}
