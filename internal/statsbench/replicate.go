package statsbench

import (
	"fmt"
	"math"
	"path"
	"strings"

	"osvitlo/internal/weighting"
)

// replicated is a design given by replicate weights.
type replicated struct {
	columns [][]float64
	rule    weighting.Replicates
	df      float64
	kind    string
}

// bindReplicates finds the columns, scales them and, where margins are given,
// fits each replicate to them again (METHOD §5).
func bindReplicates(whole *Table, f *frame, r Replicates, d weighting.Design, opts weighting.RakeOptions, open Open) (*replicated, error) {
	source := whole
	if r.File != "" {
		var err error
		if source, err = open.load(r.File); err != nil {
			return nil, err
		}
		if source.n != whole.n {
			return nil, badf("%s has %d rows, %s has %d", source.Name, source.n, whole.Name, whole.n)
		}
	}
	var columns []string
	if r.Columns == nil && r.File == "" {
		return nil, badf("replicate weights name neither columns nor a file")
	}
	patterns := r.Columns
	if patterns == nil {
		patterns = []string{"*"}
	}
	taken := map[string]bool{}
	for _, p := range patterns {
		found := false
		for _, c := range source.Columns {
			ok := c == p
			if strings.ContainsAny(p, "*?[") {
				if ok, _ = path.Match(p, c); !ok {
					continue
				}
			}
			if ok && !taken[c] {
				taken[c], found = true, true
				columns = append(columns, c)
			}
		}
		if !found {
			return nil, badf("%s has no replicate weights %q", source.Name, p)
		}
	}
	if len(columns) < 2 {
		return nil, badf("%d columns of replicate weights: two are needed", len(columns))
	}
	out := &replicated{kind: strings.ToUpper(r.Type)}
	if out.kind == "" {
		out.kind = "JK1"
	}
	for _, c := range columns {
		w, err := source.Numbers(c)
		if err != nil {
			return nil, err
		}
		w = choose(w, f.kept)
		for i, v := range w {
			if !(v >= 0) {
				return nil, badf("%s: replicate weights %q of row %d are %v", source.Name, c, i+1, v)
			}
			if !r.Combined {
				w[i] *= f.base[i]
			}
		}
		if len(f.margins) > 0 {
			if w, err = refit(w, f.margins, opts); err != nil {
				return nil, fmt.Errorf("replicate %q: %w", c, asInput(err))
			}
		}
		out.columns = append(out.columns, w)
	}
	n := float64(len(columns))
	scale := r.Scale
	if scale == 0 {
		switch out.kind {
		case "JK1":
			scale = (n - 1) / n
			if d.FPC != nil {
				scale *= 1 - n/d.FPC[0]
			}
		case "JKN":
			scale = 1
			if r.RScales == nil {
				return nil, badf("JKn replicates need rscales")
			}
		case "BRR":
			scale = 1 / n
		case "FAY":
			if !(r.Rho >= 0 && r.Rho < 1) {
				return nil, badf("Fay's rho is %v", r.Rho)
			}
			scale = 1 / (n * (1 - r.Rho) * (1 - r.Rho))
		case "BOOTSTRAP", "SUBBOOTSTRAP", "MRBBOOTSTRAP", "OTHER":
			scale = 1 / (n - 1)
		default:
			return nil, badf("replicates of type %q; there are JK1, JKn, BRR, Fay, bootstrap, or give scale", r.Type)
		}
	}
	rscales := r.RScales
	if len(rscales) == 1 {
		one := rscales[0]
		rscales = make([]float64, len(columns))
		for i := range rscales {
			rscales[i] = one
		}
	}
	if rscales != nil && len(rscales) != len(columns) {
		return nil, badf("%d rscales for %d replicates", len(rscales), len(columns))
	}
	out.rule = weighting.Replicates{Scale: scale, RScales: rscales, MSE: r.MSE}
	out.df = float64(rank(out.columns) - 1)
	if out.df < 1 {
		return nil, badf("the replicate weights leave no degrees of freedom")
	}
	return out, nil
}

// refit rakes one replicate to the margins; rows it leaves out keep 0.
func refit(w []float64, margins []weighting.Margin, opts weighting.RakeOptions) ([]float64, error) {
	var at []int
	for i, v := range w {
		if v > 0 {
			at = append(at, i)
		}
	}
	some := make([]weighting.Margin, len(margins))
	for k, m := range margins {
		some[k] = weighting.Margin{Name: m.Name, Categories: m.Categories, Of: choose(m.Of, at)}
	}
	r, err := weighting.Rake(choose(w, at), some, opts)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(w))
	for k, i := range at {
		out[i] = r.Weights[k]
	}
	return out, nil
}

// rank of the matrix of replicate weights by modified Gram–Schmidt, as survey
// counts degrees of freedom (tolerance 1e-5); a matrix too large for that is
// taken as full.
func rank(columns [][]float64) int {
	n, k := len(columns[0]), len(columns)
	if float64(n)*float64(k)*float64(k) > 4e9 {
		return min(n, k)
	}
	var basis [][]float64
	for _, c := range columns {
		v := append([]float64(nil), c...)
		var before, after float64
		for _, x := range v {
			before += x * x
		}
		for range 2 {
			for _, b := range basis {
				var dot float64
				for i, x := range v {
					dot += x * b[i]
				}
				for i := range v {
					v[i] -= dot * b[i]
				}
			}
		}
		for _, x := range v {
			after += x * x
		}
		if after > 1e-10*before {
			norm := math.Sqrt(after)
			for i := range v {
				v[i] /= norm
			}
			basis = append(basis, v)
		}
	}
	return len(basis)
}

// covariance of statistics from the replicates: values[r][j] is statistic j of
// replicate r.
func (r *replicated) covariance(full []float64, values [][]float64) ([][]float64, error) {
	k := len(full)
	centre := append([]float64(nil), full...)
	if !r.rule.MSE {
		for j := range centre {
			var sum, n float64
			for i, v := range values {
				if r.rule.RScales == nil || r.rule.RScales[i] > 0 {
					sum += v[j]
					n++
				}
			}
			centre[j] = sum / n
		}
	}
	out := make([][]float64, k)
	for j := range out {
		out[j] = make([]float64, k)
	}
	for i, v := range values {
		s := r.rule.Scale
		if r.rule.RScales != nil {
			s *= r.rule.RScales[i]
		}
		for j := range k {
			for l := range k {
				out[j][l] += s * (v[j] - centre[j]) * (v[l] - centre[l])
			}
		}
	}
	for j := range out {
		if math.IsNaN(out[j][j]) || math.IsInf(out[j][j], 0) {
			return nil, badf("a replicate has nobody in a domain")
		}
	}
	return out, nil
}
