package statsbench

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/psychometrics"
)

// items picks columns: the ones named, or all that are not excluded.
func (t *Table) items(named, except []string) ([]string, error) {
	if len(named) > 0 {
		for i, n := range named {
			if !t.Has(n) {
				_, err := t.Text(n)
				return nil, err
			}
			if slices.Contains(named[:i], n) {
				return nil, badf("item %q is named twice", n)
			}
		}
		return named, nil
	}
	var out []string
	for _, c := range t.Columns {
		if !slices.Contains(except, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil, badf("%s has no columns of items", t.Name)
	}
	return out, nil
}

// scores of several columns, NaN where missing.
func (t *Table) scores(columns []string) (psychometrics.Scores, error) {
	out := make(psychometrics.Scores, t.n)
	for i := range out {
		out[i] = make([]float64, len(columns))
	}
	for j, c := range columns {
		v, err := t.Numbers(c)
		if err != nil {
			return nil, err
		}
		for i, x := range v {
			out[i][j] = x
		}
	}
	return out, nil
}

// ReliabilityAsk names the items of a scale.
type ReliabilityAsk struct {
	Items   []string // nil: all columns
	Reverse []string
	// Low and High bound the answers; NaN: as found over the whole scale.
	Low, High float64
}

// Reliability describes a scale (METHOD §9). Reversed items are turned by the
// lowest and highest answer of the whole scale; rows with a missing answer are
// left out and counted.
func Reliability(t *Table, ask ReliabilityAsk) (Result, error) {
	items, err := t.items(ask.Items, nil)
	if err != nil {
		return nil, err
	}
	s, err := t.scores(items)
	if err != nil {
		return nil, err
	}
	low, high, err := s.Range()
	if err != nil {
		return nil, asInput(err)
	}
	if !math.IsNaN(ask.Low) {
		low = ask.Low
	}
	if !math.IsNaN(ask.High) {
		high = ask.High
	}
	var turn []int
	for _, r := range ask.Reverse {
		at := slices.Index(items, r)
		if at < 0 {
			return nil, badf("%q is reversed and is no item of the scale", r)
		}
		turn = append(turn, at)
	}
	if s, err = s.Reverse(turn, low, high); err != nil {
		return nil, asInput(err)
	}
	a, err := psychometrics.Analyse(s)
	if err != nil {
		return nil, asInput(nameItem(err, items))
	}
	out := Result{"n": a.N, "n_dropped": a.Dropped, "k": a.K, "raw_alpha": num(a.Alpha), "std_alpha": num(a.StdAlpha), "mean_inter_item_r": num(a.MeanR),
		"sem_of_sum": num(a.SEM), "mean_of_sum": num(a.Mean), "sd_of_sum": num(a.SD), "min": num(low), "max": num(high),
		"method": Result{"rows": "listwise complete", "variance": "n-1", "omega_total_cfa_ml": "one factor, maximum likelihood, covariance matrix",
			"omega_total_psych_minres_corr": "one factor, minres, correlation matrix"}}
	switch len(ask.Reverse) {
	case 0:
		out["reverse"] = []string{}
	case 1:
		out["reverse"] = ask.Reverse[0]
	default:
		out["reverse"] = ask.Reverse
	}
	var rows []Result
	for j, it := range a.Items {
		rows = append(rows, Result{"item": items[j], "mean": num(it.Mean), "difficulty_p": num(it.P), "sd": num(it.SD), "r_total": num(it.RTotal),
			"r_rest": num(it.RRest), "alpha_if_deleted": num(it.AlphaDeleted), "verdict": string(it.Judge())})
	}
	out["items"] = rows
	if a.K >= 3 {
		o, err := psychometrics.OmegaML(a.Covariance)
		if err != nil {
			return nil, asInput(err)
		}
		out["omega_total_cfa_ml"], out["loadings_std"] = num(o.Value), nums(o.Standard)
		if o.Heywood {
			out["warning"] = "a uniqueness ran into 0 (Heywood case): omega is not to be trusted"
		}
		m, err := psychometrics.OmegaMinres(a.Covariance)
		if err != nil {
			return nil, asInput(err)
		}
		out["omega_total_psych_minres_corr"] = num(m.Value)
	}
	gates := Result{}
	for _, use := range []psychometrics.Use{psychometrics.ForArea, psychometrics.ForOverall, psychometrics.ForCertificate} {
		if ok, err := use.Passes(a.Alpha); err == nil {
			gates[string(use)] = ok
		}
	}
	out["gates"] = gates
	return out, nil
}

// nameItem puts a column's name where the numbers only count.
func nameItem(err error, items []string) error {
	text := err.Error()
	for j := len(items) - 1; j >= 0; j-- {
		mark := fmt.Sprintf("item %d", j+1)
		if at := strings.Index(text, mark); at >= 0 {
			rest := text[at+len(mark):]
			if rest == "" || rest[0] < '0' || rest[0] > '9' {
				return fmt.Errorf("%w (item %d is %q)", err, j+1, items[j])
			}
		}
	}
	return err
}

// DIFAsk names items and groups.
type DIFAsk struct {
	Items  []string
	Group  string
	Focal  string // category of the focal group; "": the last
	Rounds int
	Alpha  float64
}

// DIF searches for items that work differently in two groups (METHOD §11), by
// Mantel–Haenszel and by logistic regression.
func DIF(t *Table, ask DIFAsk) (Result, error) {
	items, err := t.items(ask.Items, []string{ask.Group})
	if err != nil {
		return nil, err
	}
	codes, labels, err := t.Codes(ask.Group)
	if err != nil {
		return nil, err
	}
	if len(labels) < 2 {
		return nil, badf("%s, column %q has %d categories; DIF compares two groups", t.Name, ask.Group, len(labels))
	}
	at := len(labels) - 1
	if ask.Focal != "" {
		if at = slices.Index(labels, ask.Focal); at < 0 {
			return nil, badf("%s, column %q has no category %q; it has %s", t.Name, ask.Group, ask.Focal, strings.Join(labels, ", "))
		}
	}
	focal := make([]int, len(codes))
	for i, c := range codes {
		switch {
		case c < 0:
			focal[i] = -1
		case c == at:
			focal[i] = 1
		}
	}
	s, err := t.scores(items)
	if err != nil {
		return nil, err
	}
	o := psychometrics.DIFOptions{Rounds: ask.Rounds, Alpha: ask.Alpha}
	mh, err := psychometrics.DIFMantelHaenszel(s, focal, o)
	if err != nil {
		return nil, asInput(nameItem(err, items))
	}
	lr, err := psychometrics.DIFLogistic(s, focal, o)
	if err != nil {
		return nil, asInput(nameItem(err, items))
	}
	var rows []Result
	for j, name := range items {
		m, l := mh.Items[j], lr.Items[j]
		row := Result{"item": name, "mantel_haenszel": Result{"chisq": num(m.ChiSquare), "p": num(m.P), "alpha_mh": num(m.Odds), "delta_mh": num(m.Delta), "se_delta": num(m.SE), "ets": string(m.Class), "anchor": mh.Anchors[j]},
			"logistic": Result{"lr": num(l.LR), "df": 2, "p": num(l.P), "uniform_lr": num(l.UniformLR), "uniform_p": num(l.UniformP), "nonuniform_lr": num(l.NonUniformLR), "nonuniform_p": num(l.NonUniformP),
				"delta_r2_nagelkerke": num(l.DeltaR2), "jodoin_gierl": string(l.Class), "anchor": lr.Anchors[j]}}
		if m.Reason != "" {
			row["mantel_haenszel"] = Result{"reason": m.Reason}
		}
		if l.Reason != "" {
			row["logistic"] = Result{"reason": l.Reason}
		}
		rows = append(rows, row)
	}
	others := slices.Delete(slices.Clone(labels), at, at+1)
	return Result{"group": ask.Group, "focal": labels[at], "reference": others, "n_focal": mh.Focal, "n_reference": mh.Reference, "n_dropped": mh.Dropped, "items": rows,
		"mantel_haenszel": Result{"rounds": mh.Rounds, "settled": mh.Settled}, "logistic": Result{"rounds": lr.Rounds, "settled": lr.Settled},
		"method": Result{"mantel_haenszel": "score with the studied item, continuity correction, 1 df; delta = -2.35 ln(alpha); ETS classes",
			"logistic": "score + group + interaction against score, likelihood ratio with 2 df; Nagelkerke, Jodoin-Gierl .035 and .070"}}, nil
}
