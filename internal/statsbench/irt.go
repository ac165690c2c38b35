package statsbench

import (
	"fmt"
	"math"
	"slices"
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
	var flat []string
	for j, it := range c.Items {
		items[j] = adaptive.Item{A: it.A, B: it.B}
		if err := items[j].Validate(); err != nil {
			flat = append(flat, fmt.Sprint(j+1))
		}
	}
	if flat != nil {
		out["persons_reason"] = "items " + strings.Join(flat, ", ") + " have parameters outside any bank (a in (0,10], |b| up to 10); persons are not scored"
		return nil
	}
	var eap, wle []Result
	var theta, se []float64
	for i := range a.Persons() {
		var r []adaptive.Response
		a.Each(i, func(j int, s float64) { r = append(r, adaptive.Response{Item: items[j], Score: s}) })
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

// Bank reads items: item, a (1 where there is none), b, and for a test area,
// enemies (separated by blanks), exposure, group.
func Bank(t *Table, g adaptive.Grid) (*adaptive.Bank, error) {
	find := func(candidates ...string) string {
		for _, c := range candidates {
			for _, have := range t.Columns {
				if strings.EqualFold(have, c) {
					return have
				}
			}
		}
		return ""
	}
	idColumn, bColumn := find("item", "id", "name"), find("b", "difficulty")
	if idColumn == "" || bColumn == "" {
		return nil, badf("%s needs the columns item and b (and a, area); it has %s", t.Name, strings.Join(t.few(), ", "))
	}
	ids, err := t.Text(idColumn)
	if err != nil {
		return nil, err
	}
	b, err := t.Numbers(bColumn)
	if err != nil {
		return nil, err
	}
	items := make([]adaptive.BankItem, t.n)
	for i := range items {
		items[i] = adaptive.BankItem{ID: ids[i], Item: adaptive.Item{A: 1, B: b[i]}}
	}
	if c := find("a", "discrimination", "slope"); c != "" {
		a, err := t.Numbers(c)
		if err != nil {
			return nil, err
		}
		for i := range items {
			items[i].A = a[i]
		}
	}
	areas := 1
	if c := find("area"); c != "" {
		codes, labels, err := t.Codes(c)
		if err != nil {
			return nil, err
		}
		areas = len(labels)
		for i, k := range codes {
			if k < 0 {
				return nil, badf("%s: line %d: item %q has no area", t.Name, t.line[i], ids[i])
			}
			items[i].Area = k
		}
	}
	if c := find("k", "exposure"); c != "" {
		k, err := t.Numbers(c)
		if err != nil {
			return nil, err
		}
		for i := range items {
			if items[i].Exposure = k[i]; math.IsNaN(k[i]) {
				items[i].Exposure = 0
			}
		}
	}
	for column, set := range map[string]func(i int, s string){
		"enemies": func(i int, s string) { items[i].Enemies = strings.Fields(strings.ReplaceAll(s, ";", " ")) },
		"group":   func(i int, s string) { items[i].Group = s },
		"seed":    func(i int, s string) { items[i].Pretest = s == "1" || strings.EqualFold(s, "true") },
	} {
		if c := find(column); c != "" {
			text, err := t.Text(c)
			if err != nil {
				return nil, err
			}
			for i, s := range text {
				if !t.missing[s] {
					set(i, s)
				}
			}
		}
	}
	bank, err := adaptive.NewBank(items, areas, g)
	if err != nil {
		return nil, asInput(fmt.Errorf("%s: %w", t.Name, err))
	}
	return bank, nil
}

// responses of persons to the items of a bank; a column that is no item is an
// error unless it names persons.
func responses(t *Table, b *adaptive.Bank) (scores [][]float64, err error) {
	at := map[string]int{}
	for j, it := range b.Items() {
		at[it.ID] = j
	}
	scores = make([][]float64, t.n)
	for i := range scores {
		scores[i] = make([]float64, b.Len())
		for j := range scores[i] {
			scores[i][j] = math.NaN()
		}
	}
	found := 0
	for _, c := range t.Columns {
		j, ok := at[c]
		if !ok {
			if slices.Contains([]string{"person", "id", "row", "true", "theta", ""}, strings.ToLower(c)) {
				continue
			}
			return nil, badf("%s, column %q is no item of the bank", t.Name, c)
		}
		found++
		v, err := t.Numbers(c)
		if err != nil {
			return nil, err
		}
		for i, x := range v {
			if !math.IsNaN(x) && (x < 0 || x > 1) {
				return nil, badf("%s: line %d, column %q: score %v is not between 0 and 1", t.Name, t.line[i], c, x)
			}
			scores[i][j] = x
		}
	}
	if found == 0 {
		return nil, badf("%s has no column of an item", t.Name)
	}
	return scores, nil
}

// EAPAsk is the grid of EAP and the abilities at which items are described.
type EAPAsk struct {
	Grid  adaptive.Grid // zero: 121 nodes on [−6, 6], as the reference
	Theta []float64
}

// EAP estimates persons on known items (METHOD §10).
func EAP(items, answers *Table, ask EAPAsk) (Result, error) {
	if ask.Grid == (adaptive.Grid{}) {
		ask.Grid = adaptive.Grid{Low: -6, High: 6, Nodes: 121}
	}
	b, err := Bank(items, ask.Grid)
	if err != nil {
		return nil, err
	}
	out := Result{"method": Result{"eap": fmt.Sprintf("prior N(0,1), %d nodes on [%g,%g]", ask.Grid.Nodes, ask.Grid.Low, ask.Grid.High), "wle": "Warm, inside [-6,6], se = 1/sqrt(I)", "missing": "not administered"}}
	describe(out, b, ask.Theta)
	if answers == nil {
		return out, nil
	}
	scores, err := responses(answers, b)
	if err != nil {
		return nil, err
	}
	var rows []Result
	for i, s := range scores {
		var r []adaptive.Response
		for j, v := range s {
			if !math.IsNaN(v) {
				r = append(r, adaptive.Response{Item: b.Items()[j].Item, Score: v})
			}
		}
		p, err := adaptive.NewPosterior(r, ask.Grid)
		if err != nil {
			return nil, asInput(err)
		}
		theta, se := p.EAP()
		if len(r) == 0 {
			theta, se = 0, 1 // the prior itself, not its picture on the grid
		}
		row := Result{"row": i + 1, "eap": num(theta), "eap_se": num(se), "wle": nil, "wle_se": nil, "items": len(r)}
		if len(r) > 0 {
			w, s, err := adaptive.WLE(r)
			if err != nil {
				return nil, asInput(err)
			}
			row["wle"], row["wle_se"] = num(w), num(s)
		}
		rows = append(rows, row)
	}
	out["persons"] = rows
	return out, nil
}

// describe tells probability and information of each item at some abilities.
func describe(out Result, b *adaptive.Bank, theta []float64) {
	if len(theta) == 0 {
		return
	}
	var a, diff []any
	for _, it := range b.Items() {
		a, diff = append(a, num(it.A)), append(diff, num(it.B))
	}
	var ps, is [][]any
	for _, t := range theta {
		var p, i []any
		for _, it := range b.Items() {
			p, i = append(p, num(it.Probability(t))), append(i, num(it.Information(t)))
		}
		ps, is = append(ps, p), append(is, i)
	}
	out["items"], out["theta"], out["P"], out["I"] = Result{"a": a, "b": diff}, nums(theta), ps, is
}
