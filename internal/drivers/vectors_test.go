package drivers_test

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"testing"

	"osvitlo/internal/drivers"
	"osvitlo/internal/weighting"
)

type table map[string][]string

func readTable(t *testing.T, path ...string) table {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := table{}
	for j, name := range rows[0] {
		for _, r := range rows[1:] {
			out[name] = append(out[name], r[j])
		}
	}
	return out
}

func (in table) numbers(t *testing.T, name string) []float64 {
	t.Helper()
	out := make([]float64, len(in[name]))
	for i, s := range in[name] {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = v
	}
	return out
}

func (in table) codes(name string) (codes []int, labels []string) {
	place := map[string]int{}
	for _, s := range in[name] {
		if _, known := place[s]; !known {
			place[s] = 0
			labels = append(labels, s)
		}
	}
	sort.Strings(labels)
	for k, l := range labels {
		place[l] = k
	}
	for _, s := range in[name] {
		codes = append(codes, place[s])
	}
	return codes, labels
}

func readJSON(t *testing.T, into any, path ...string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(append([]string{"testdata"}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// stratified is the design of apistrat: strata stype, weights pw.
func stratified(t *testing.T, in table) *weighting.Sample {
	t.Helper()
	strata, _ := in.codes("stype")
	s, err := weighting.NewSample(weighting.Design{Weights: in.numbers(t, "pw"), Strata: strata})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func apistratModel(t *testing.T, in table) drivers.Model {
	t.Helper()
	m := drivers.Model{Outcome: "api00", Y: in.numbers(t, "api00"), Weights: in.numbers(t, "pw")}
	for _, name := range []string{"meals", "ell", "avg.ed"} {
		m.Factors = append(m.Factors, drivers.Factor{Name: name, Values: in.numbers(t, name)})
	}
	for _, name := range []string{"stype", "awards"} {
		codes, labels := in.codes(name)
		m.Factors = append(m.Factors, drivers.Factor{Name: name, Codes: codes, Labels: labels})
	}
	return m
}

func TestDriversVectors(t *testing.T) {
	t.Parallel()
	in := readTable(t, "drivers", "apistrat", "input.csv")
	var want struct {
		N       int
		DF      float64 `json:"df_resid"`
		Coef    []map[string]any
		R2      float64 `json:"r2_weighted"`
		LMG     map[string]float64
		Share   map[string]float64 `json:"lmg_share"`
		Classes []struct {
			Term          string
			F, DF, DDF, P float64
		} `json:"term_tests"`
	}
	readJSON(t, &want, "drivers", "apistrat", "expected.json")
	m := apistratModel(t, in)
	f, err := drivers.Regress(m, stratified(t, in))
	if err != nil {
		t.Fatal(err)
	}
	if f.N != want.N || f.DF != want.DF || len(f.Coefficients) != len(want.Coef) || len(f.Terms) != len(want.Classes) {
		t.Fatalf("n %d, df %v, %d coefficients, %d terms", f.N, f.DF, len(f.Coefficients), len(f.Terms))
	}
	for i, c := range f.Coefficients {
		w := want.Coef[i]
		number := func(k string) float64 { return w[k].(float64) }
		if c.Name != w["term"] {
			t.Errorf("coefficient %d is %q, want %q", i, c.Name, w["term"])
		}
		near(t, c.Name, c.Value, number("Estimate"), 1e-7*math.Abs(number("Estimate")))
		near(t, c.Name+" SE", c.SE, number("Std. Error"), 1e-5*number("Std. Error"))
		near(t, c.Name+" t", c.T, number("t value"), 1e-5*math.Abs(number("t value")))
		near(t, c.Name+" p", c.P, number("Pr(>|t|)"), 1e-4)
		near(t, c.Name+" low", c.Low, number("2.5 %"), 1e-5*math.Abs(number("2.5 %")))
		near(t, c.Name+" high", c.High, number("97.5 %"), 1e-5*math.Abs(number("97.5 %")))
	}
	near(t, "R²", f.R2, want.R2, 1e-6)
	for i, w := range f.Terms {
		e := want.Classes[i]
		if w.Term != e.Term || w.DF != e.DF || w.DDF != e.DDF {
			t.Errorf("term %+v, want %+v", w, e)
		}
		near(t, w.Term+" F", w.F, e.F, 1e-5*e.F)
		near(t, w.Term+" p", w.P, e.P, 1e-6*e.P+1e-30)
	}
	shares, err := f.Shapley()
	if err != nil {
		t.Fatal(err)
	}
	var sum float64
	for _, s := range shares {
		near(t, s.Term+" LMG", s.R2, want.LMG[s.Term], 1e-6)
		near(t, s.Term+" share", s.Of, want.Share[s.Term], 1e-6)
		sum += s.R2
	}
	near(t, "shares add up", sum, f.R2, 1e-12)
}

func TestAssociationVectors(t *testing.T) {
	t.Parallel()
	in := readTable(t, "assoc", "apistrat_stype_awards", "input.csv")
	var want struct {
		N             int64
		Chi2          float64                          `json:"chi2_unweighted"`
		V             float64                          `json:"V_unweighted"`
		Corrected     float64                          `json:"V_unweighted_biascorrected"`
		Weighted      float64                          `json:"chi2_weighted"`
		WeightedV     float64                          `json:"V_weighted"`
		RaoScott      struct{ F, NDF, DDF, P float64 } `json:"rao_scott"`
		RaoScottChisq struct{ X2, P float64 }          `json:"rao_scott_chisq"`
	}
	readJSON(t, &want, "assoc", "apistrat_stype_awards", "expected.json")
	p := drivers.Pair{Weights: in.numbers(t, "pw")}
	p.X, p.XLabels = in.codes("stype")
	p.Y, p.YLabels = in.codes("awards")
	a, err := drivers.Associate(p)
	if err != nil {
		t.Fatal(err)
	}
	if a.N != want.N {
		t.Errorf("n %d", a.N)
	}
	near(t, "X²", a.ChiSquare, want.Chi2, 1e-6)
	near(t, "V", a.V, want.V, 1e-6)
	near(t, "corrected V", a.Corrected, want.Corrected, 1e-6)
	near(t, "weighted X²", a.Weighted, want.Weighted, 1e-6)
	near(t, "weighted V", a.WeightedV, want.WeightedV, 1e-6)
	r, err := drivers.RaoScottTest(p, stratified(t, in))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "F", r.F, want.RaoScott.F, 1e-6)
	near(t, "ndf", r.NDF, want.RaoScott.NDF, 1e-6)
	near(t, "ddf", r.DDF, want.RaoScott.DDF, 1e-3)
	near(t, "p", r.P, want.RaoScott.P, 1e-10)
	near(t, "X2", r.X2, want.RaoScottChisq.X2, 1e-6)
	near(t, "first p", r.FirstP, want.RaoScottChisq.P, 1e-10)
}

func TestEtaVectors(t *testing.T) {
	t.Parallel()
	in := readTable(t, "assoc", "eta_api00_stype", "input.csv")
	var want struct {
		Means  map[string]float64 `json:"group_means_weighted"`
		Eta    float64            `json:"eta2_weighted"`
		Plain  float64            `json:"eta2_unweighted"`
		Omega2 float64            `json:"omega2_unweighted"`
		F      float64            `json:"F_unweighted"`
		P      float64            `json:"p_unweighted"`
	}
	readJSON(t, &want, "assoc", "eta_api00_stype", "expected.json")
	codes, labels := in.codes("stype")
	e, err := drivers.EtaOf(in.numbers(t, "api00"), codes, len(labels), in.numbers(t, "pw"))
	if err != nil {
		t.Fatal(err)
	}
	for k, l := range labels {
		near(t, l, e.Means[k], want.Means[l], 1e-9*want.Means[l])
	}
	near(t, "η² weighted", e.Weighted, want.Eta, 1e-9)
	near(t, "η²", e.Plain, want.Plain, 1e-9)
	near(t, "ω²", e.Omega2, want.Omega2, 1e-9)
	near(t, "F", e.F, want.F, 1e-8)
	near(t, "p", e.P, want.P, 1e-9)
}
