package statsbench

import (
	"slices"
	"strings"

	"osvitlo/internal/weighting"
)

// describe tells of design and weights.
func (f *frame) describe(out Result, s *Spec, e engine) {
	out["n"] = f.t.n
	if f.dropped > 0 {
		out["n_unweightable"] = f.dropped
	}
	out["df"] = num(e.df())
	method := Result{"interval": "lo and hi: z (1.96); lo_t and hi_t: t with df degrees of freedom"}
	switch {
	case f.reps != nil:
		method["variance"] = "replicates " + f.reps.kind
		out["scale"], out["mse"] = num(f.reps.rule.Scale), f.reps.rule.MSE
		switch r := f.reps.rule.RScales; {
		case r == nil:
			out["rscales"] = 1
		case slices.Min(r) == slices.Max(r):
			out["rscales"] = num(r[0])
		default:
			out["rscales"] = nums(r)
		}
	case len(f.margins) > 0:
		method["variance"] = "linearised, residuals on the margins"
	default:
		method["variance"] = "linearised"
	}
	if d := s.Design; len(d.IDs) > 0 || d.Strata != "" || d.Weights != "" || len(d.FPC) > 0 {
		echo := Result{}
		for k, v := range map[string]string{"psu": strings.Join(d.IDs, "+"), "strata": d.Strata, "weight": d.Weights, "fpc": strings.Join(d.FPC, "+")} {
			if v != "" {
				echo[k] = v
			}
		}
		out["design"] = echo
	}
	if k, err := weighting.KishOf(positive(f.weights)); err == nil {
		out["kish"] = kish(k)
	}
	if len(f.margins) > 0 {
		out["weights"] = nums(f.weights)
		echo := Result{}
		for k, m := range f.margins {
			var rows []Result
			for _, c := range m.Categories {
				row := Result{"Freq": num(c.Target)}
				words := strings.Split(c.ID, ":")
				for j, col := range s.Margins[k].Columns {
					if len(words) == len(s.Margins[k].Columns) {
						row[col] = words[j]
					} else {
						row[m.Name] = c.ID
					}
				}
				rows = append(rows, row)
			}
			echo[m.Name] = rows
			out["margin"] = rows
		}
		out["margins"] = echo
		method["weights"] = "post-stratification"
		if len(f.margins) > 1 {
			delete(out, "margin")
			method["weights"] = "raking to 1e-9 of every margin"
		}
		var total float64
		for _, c := range f.margins[0].Categories {
			total += c.Target
		}
		out["N"], out["converged"] = num(total), true
		out["cycles"], out["worst_margin_error"] = f.raked.Cycles, num(marginError(f.weights, f.margins))
	}
	if x := f.trim; x != nil {
		out["lower"], out["upper"] = num(x.lower), num(x.upper)
		out["once"], out["strict"] = nums(x.once), nums(x.strict)
		out["weights"] = nums(f.weights)
		if x.loop != nil {
			k, _ := weighting.KishOf(x.loop.Weights)
			out["loop"] = Result{"converged": true, "rounds": x.loop.Rounds, "weights": nums(x.loop.Weights), "min": num(k.Min), "max": num(k.Max)}
			method["trimming"] = "trim (strict) and rake in turn until no weight is over 1.001 of the cap"
		}
		if k, err := weighting.KishOf(x.start); err == nil {
			out["kish_before"] = kish(k)
		}
		if k, err := weighting.KishOf(f.weights); err == nil {
			out["kish_after"] = kish(k)
		}
	}
	if len(f.alerts) > 0 {
		out["alerts"] = f.alerts
	}
	out["method"] = method
}

func positive(w []float64) []float64 {
	var out []float64
	for _, v := range w {
		if v > 0 {
			out = append(out, v)
		}
	}
	return out
}
