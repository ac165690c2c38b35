package statsbench_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/statsbench"
)

// vectors lie beside the packages that first used them.
var vectors = map[string]string{
	"means": "weighting", "raking": "weighting", "poststrat": "weighting", "trim": "weighting", "replicate": "weighting", "diff": "weighting", "ipf": "weighting",
	"irt": "adaptive", "eap": "adaptive", "cat": "adaptive", "alpha": "psychometrics", "drivers": "drivers", "assoc": "drivers", "suppress": "disclosure", "scoring": "scoring", "dsi": "scoring",
}

func vector(parts ...string) string {
	return filepath.Join(append([]string{"..", vectors[parts[0]], "testdata"}, parts...)...)
}

func table(t testing.TB, parts ...string) *statsbench.Table {
	t.Helper()
	f, err := os.Open(vector(parts...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tab, err := statsbench.ReadCSV(f, parts[len(parts)-1])
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func expected(t testing.TB, parts ...string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(vector(append(parts, "expected.json")...))
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// plain turns a result into what a reader of its JSON sees.
func plain(t testing.TB, r statsbench.Result) map[string]any {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// check holds every key of want against got. tolerance gets the path of a
// number and gives its relative and absolute tolerance; a negative one means
// that the key need not be there.
type check struct {
	t         *testing.T
	tolerance func(path string) (rel, abs float64)
	numbers   int
}

func (c *check) same(path string, want, got any) {
	c.t.Helper()
	rel, abs := c.tolerance(path)
	if rel < 0 {
		return
	}
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			c.t.Errorf("%s is %T, want an object", path, got)
			return
		}
		for k, v := range w {
			if k == "meta" {
				continue
			}
			if _, there := g[k]; !there {
				if r, _ := c.tolerance(path + "." + k); r >= 0 {
					c.t.Errorf("%s.%s is missing", path, k)
				}
				continue
			}
			c.same(path+"."+k, v, g[k])
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) < len(w) {
			c.t.Errorf("%s is %T of %d, want a list of %d", path, got, len(g), len(w))
			return
		}
		for i, v := range w {
			c.same(fmt.Sprintf("%s[%d]", path, i), v, g[i])
		}
	case float64:
		g, ok := got.(float64)
		if !ok || !(math.Abs(g-w) <= rel*math.Abs(w)+abs) {
			c.t.Errorf("%s is %v, want %v", path, got, w)
		}
		c.numbers++
	default:
		if want != got {
			c.t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func estimate(t *testing.T, spec string, open statsbench.Open, tables ...*statsbench.Table) map[string]any {
	t.Helper()
	s, err := statsbench.ParseSpec([]byte(spec))
	if err != nil {
		t.Fatal(err)
	}
	r, err := statsbench.Estimate(s, tables, open)
	if err != nil {
		t.Fatal(err)
	}
	return plain(t, r)
}

// marginsOf are the margins of a vector as its JSON has them.
func marginsOf(t *testing.T, want map[string]any, key string) string {
	t.Helper()
	raw, err := json.Marshal(want[key])
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func by(rel float64, special map[string]float64) func(string) (float64, float64) {
	return func(path string) (float64, float64) {
		for part, r := range special {
			if strings.Contains(path, part) {
				return r, 0
			}
		}
		return rel, 1e-12
	}
}

func TestMeansVector(t *testing.T) {
	t.Parallel()
	want := expected(t, "means", "apistrat")
	got := estimate(t, `{
		"design": {"ids": "~1", "strata": "stype", "weights": "pw", "fpc": "fpc"},
		"estimates": [{"mean": ["api00", "api99", "enroll"]}, {"total": "enroll"}, {"mean": "api00", "by": "stype"}, {"mean": "api00", "by": "awards"},
			{"share": "awards"}, {"quantile": "api00", "probs": [0.1, 0.25, 0.5, 0.75, 0.9]}]}`, nil, table(t, "means", "apistrat", "input.csv"))
	c := &check{t: t, tolerance: by(1e-6, nil)}
	c.same("", want, got)
	if c.numbers < 60 {
		t.Errorf("only %d numbers were held", c.numbers)
	}
}

func TestPostStratificationVector(t *testing.T) {
	t.Parallel()
	want := expected(t, "poststrat", "apiclus1_stype")
	got := estimate(t, fmt.Sprintf(`{"design": {"ids": "dnum", "weights": "pw", "fpc": "fpc"}, "margins": %s,
		"estimates": [{"total": "enroll"}, {"mean": "api00"}]}`, marginsOf(t, want, "margin")), nil, table(t, "poststrat", "apiclus1_stype", "input.csv"))
	c := &check{t: t, tolerance: by(1e-6, nil)}
	c.same("", want, got)
}

func TestRakingVectors(t *testing.T) {
	t.Parallel()
	want := expected(t, "raking", "apiclus1_stype_schwide")
	got := estimate(t, `{"design": {"ids": "dnum", "weights": "pw", "fpc": "fpc"},
		"margins": {"stype": {"E": 4421, "H": 755, "M": 1018}, "sch.wide": {"No": 1072, "Yes": 5122}},
		"estimates": [{"total": "enroll"}, {"mean": "api00"}, {"mean": "api00", "by": "stype"}]}`, nil, table(t, "raking", "apiclus1_stype_schwide", "input.csv"))
	c := &check{t: t, tolerance: by(1e-6, nil)}
	c.same("", want, got)

	city := expected(t, "raking", "city_small")
	got = estimate(t, fmt.Sprintf(`{"margins": %s, "estimates": [{"mean": "score"}, {"mean": "score", "by": "district"}, {"share": "level"}]}`,
		marginsOf(t, city, "margins")), nil, table(t, "raking", "city_small", "input.csv"))
	c = &check{t: t, tolerance: by(1e-6, nil)}
	c.same("", city, got)
}

func TestTrimVectors(t *testing.T) {
	t.Parallel()
	city := expected(t, "raking", "city_small")
	for _, name := range []string{"cap4mean", "infeasible"} {
		want := expected(t, "trim", name)
		spec := fmt.Sprintf(`{"margins": %s, "trim": {"lower": %v, "upper": %v, "strict": true}, "estimates": [{"mean": "score"}]}`,
			marginsOf(t, city, "margins"), want["lower"], want["upper"])
		s, err := statsbench.ParseSpec([]byte(spec))
		if err != nil {
			t.Fatal(err)
		}
		r, err := statsbench.Estimate(s, []*statsbench.Table{table(t, "raking", "city_small", "input.csv")}, nil)
		if name == "infeasible" {
			var un *statsbench.UnreachedError
			if !errors.As(err, &un) || r != nil {
				t.Fatalf("%v", err)
			}
			r = un.Reached
		} else if err != nil {
			t.Fatal(err)
		}
		c := &check{t: t, tolerance: by(1e-5, nil)}
		c.same("", want, plain(t, r))

		// The file of weights alone, without margins.
		alone := estimate(t, fmt.Sprintf(`{"design": {"weights": "w"}, "trim": {"lower": %v, "upper": %v, "strict": true}}`, want["lower"], want["upper"]),
			nil, table(t, "trim", name, "input.csv"))
		c = &check{t: t, tolerance: by(1e-8, map[string]float64{".loop": -1, ".kish_after": -1})}
		c.same("", want, alone)
	}
}

func TestReplicateVector(t *testing.T) {
	t.Parallel()
	want := expected(t, "replicate", "apiclus1_jk1")
	open := func(name string) (io.ReadCloser, error) { return os.Open(vector("replicate", "apiclus1_jk1", name)) }
	asks := `"estimates": [{"mean": ["api00", "enroll"]}, {"total": "enroll"}, {"mean": "api00", "by": "stype"}]}`
	for _, spec := range []string{
		`{"design": {"weights": "pw", "replicate_weights": {"file": "repweights.csv", "scale": 0.914839277851167, "rscales": 1, "mse": false}}, ` + asks,
		`{"design": {"weights": "pw", "fpc": "fpc", "replicate_weights": "repweights.csv"}, ` + asks, // scale follows from JK1 and fpc
	} {
		got := estimate(t, spec, open, table(t, "replicate", "apiclus1_jk1", "input.csv"))
		c := &check{t: t, tolerance: by(1e-6, nil)}
		c.same("", want, got)
		if got["df"] != 14.0 {
			t.Errorf("df %v", got["df"])
		}
	}
}

func TestDifferenceVectors(t *testing.T) {
	t.Parallel()
	want := expected(t, "diff", "independent_apisrs_apistrat")
	w1, w2 := table(t, "diff", "independent_apisrs_apistrat", "wave1.csv"), table(t, "diff", "independent_apisrs_apistrat", "wave2.csv")
	open := func(name string) (io.ReadCloser, error) {
		return os.Open(vector("diff", "independent_apisrs_apistrat", name))
	}
	for _, c := range []struct {
		spec   string
		tables []*statsbench.Table
	}{
		{`{"design": {"weights": "pw"}, "compare": {"columns": ["api99", "api00"], "design": {"strata": "stype", "weights": "pw"}, "by": "stype"}}`, []*statsbench.Table{w1, w2}},
		{`{"design": {"weights": "pw"}, "compare": {"first": {"mean": "api99"}, "second": {"file": "wave2.csv", "mean": "api00", "design": {"strata": "stype", "weights": "pw"}}, "by": ["stype"]}}`, []*statsbench.Table{w1}},
		{`{"design": [{"weights": "pw"}, {"strata": "stype", "weights": "pw"}], "compare": {"files": ["wave1.csv", "wave2.csv"], "mean": ["api99", "api00"], "by": "stype"}}`, []*statsbench.Table{w1}},
		{`{"compare": {"files": [{"file": "wave1.csv", "column": "api99", "weights": "pw"}, {"file": "wave2.csv", "column": "api00", "design": {"strata": "~stype", "weights": "~pw"}}], "by": "stype"}}`, []*statsbench.Table{w1}},
	} {
		got := estimate(t, c.spec, open, c.tables...)
		k := &check{t: t, tolerance: by(1e-5, map[string]float64{"by_stype.M.z": 1e-4})}
		k.same("", want, got)
	}
	panel := expected(t, "diff", "panel_apistrat")
	data := table(t, "diff", "panel_apistrat", "input.csv")
	for _, spec := range []string{
		`{"design": {"strata": "stype", "weights": "pw"}, "compare": ["api99", "api00"]}`,
		`{"design": {"strata": "stype", "weights": "pw"}, "compare": {"columns": ["api99", "api00"]}}`,
	} {
		k := &check{t: t, tolerance: by(1e-5, nil)}
		k.same("", panel, estimate(t, spec, nil, data))
	}
}

func TestReliabilityVector(t *testing.T) {
	t.Parallel()
	r, err := statsbench.Reliability(table(t, "alpha", "bfi_agreeableness", "input.csv"), statsbench.ReliabilityAsk{Reverse: []string{"A1"}, Low: math.NaN(), High: math.NaN()})
	if err != nil {
		t.Fatal(err)
	}
	c := &check{t: t, tolerance: func(path string) (float64, float64) {
		if strings.Contains(path, "omega") || strings.Contains(path, "loadings") {
			return 0, 1e-4
		}
		return 0, 1e-9
	}}
	c.same("", expected(t, "alpha", "bfi_agreeableness"), plain(t, r))
}

func TestIRTVector(t *testing.T) {
	t.Parallel()
	r, err := statsbench.IRT(table(t, "irt", "ability16", "input.csv"), statsbench.IRTAsk{})
	if err != nil {
		t.Fatal(err)
	}
	c := &check{t: t, tolerance: func(path string) (float64, float64) {
		switch {
		case strings.Contains(path, "eap") || strings.Contains(path, "wle"):
			return 0, 2e-3
		case strings.Contains(path, "loglik"):
			return 0, 0.01
		case strings.Contains(path, "AIC"), strings.Contains(path, "BIC"):
			return 0, 0.05
		}
		return 0, 2e-3
	}}
	c.same("", expected(t, "irt", "ability16"), plain(t, r))
}

func TestEAPVector(t *testing.T) {
	t.Parallel()
	r, err := statsbench.EAP(table(t, "eap", "2pl_30x25", "items.csv"), table(t, "eap", "2pl_30x25", "responses.csv"), statsbench.EAPAsk{})
	if err != nil {
		t.Fatal(err)
	}
	c := &check{t: t, tolerance: func(path string) (float64, float64) {
		if strings.Contains(path, "wle") {
			return 0, 5e-3
		}
		return 0, 1e-4
	}}
	c.same("", expected(t, "eap", "2pl_30x25"), plain(t, r))
}

func TestCATVectors(t *testing.T) {
	t.Parallel()
	items, answers := table(t, "cat", "trace_2pl_60", "items.csv"), table(t, "cat", "trace_2pl_60", "responses.csv")
	for _, rule := range []string{"", "precision=0.3,length=20", "precision:0.3 or length:20", "SE<0.3, 20", `{"precision": 0.3, "length": 20}`, "0.3/20", "luck"} {
		r, err := statsbench.CAT(items, answers, statsbench.CATAsk{Rule: rule})
		if rule == "luck" {
			if !errors.Is(err, statsbench.ErrInput) {
				t.Errorf("an unknown rule: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		c := &check{t: t, tolerance: by(1e-6, map[string]float64{".true": -1})}
		c.same("", expected(t, "cat", "trace_2pl_60"), plain(t, r))
	}
	want := expected(t, "cat", "iteminfo")
	bank, err := statsbench.ReadCSV(strings.NewReader("item,a,b\ni1,0.5,-1\ni2,1,0\ni3,1.5,0.5\ni4,2,1\n"), "items.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := statsbench.CAT(bank, nil, statsbench.CATAsk{Theta: []float64{-3, -1, 0, 1, 3}})
	if err != nil {
		t.Fatal(err)
	}
	c := &check{t: t, tolerance: func(string) (float64, float64) { return 0, 1e-9 }}
	c.same("", want, plain(t, r))
}

func designed(t *testing.T, raw string) statsbench.Spec {
	t.Helper()
	s, err := statsbench.ParseSpec([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return *s
}

func TestAssociationVectors(t *testing.T) {
	t.Parallel()
	stratified := designed(t, `{"design": {"strata": "stype", "weights": "pw"}}`)
	r, err := statsbench.Assoc(table(t, "assoc", "apistrat_stype_awards", "input.csv"), statsbench.AssocAsk{X: "stype", Y: "awards", Spec: stratified}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &check{t: t, tolerance: by(1e-6, map[string]float64{".ddf": 1e-5})}
	c.same("", expected(t, "assoc", "apistrat_stype_awards"), plain(t, r))
	// Without names: the two columns that are not weights.
	r, err = statsbench.Assoc(table(t, "assoc", "eta_api00_stype", "input.csv"), statsbench.AssocAsk{Spec: designed(t, `{"weights": "pw"}`)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	c = &check{t: t, tolerance: by(1e-8, nil)}
	c.same("", expected(t, "assoc", "eta_api00_stype"), plain(t, r))
}

func TestDriversVector(t *testing.T) {
	t.Parallel()
	want := expected(t, "drivers", "apistrat")
	for _, formula := range []string{want["formula"].(string), "api00~meals+ell+avg.ed+stype+awards", "api00 ~ ."} {
		r, err := statsbench.Drivers(table(t, "drivers", "apistrat", "input.csv"), statsbench.DriversAsk{Formula: formula, Spec: designed(t, `{"design": {"ids": "~1", "strata": "~stype", "weights": "~pw"}}`)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if formula == "api00 ~ ." {
			if r["n"] != 200 {
				t.Errorf("n %v", r["n"])
			}
			continue
		}
		c := &check{t: t, tolerance: by(1e-6, nil)}
		c.same("", want, plain(t, r))
	}
}

func TestSuppressVectors(t *testing.T) {
	t.Parallel()
	for name, why := range map[string]string{"good_complementary": "", "bad_primary_only": "recovered exactly", "bad_published_small": "under the smallest", "bad_rate_leak": "recovered exactly", "raw_0": "", "raw_1": ""} {
		raw, err := os.ReadFile(vector("suppress", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := statsbench.Suppress(raw)
		switch {
		case why == "" && (err != nil || r["safe"] != true):
			t.Errorf("%s: %v %v", name, r, err)
		case why != "" && (!errors.Is(err, statsbench.ErrNotSafe) || !strings.Contains(err.Error(), why) || r["safe"] != false):
			t.Errorf("%s: %v %v", name, r, err)
		}
		if strings.HasPrefix(name, "raw") {
			again, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			if audit, err := statsbench.Suppress(again); err != nil || audit["safe"] != true {
				t.Errorf("%s: its publication fails the attack: %v", name, err)
			}
		}
	}
}

func TestIPFVectors(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"2d_small", "2d_structural_zero"} {
		raw, err := os.ReadFile(vector("ipf", name, "expected.json"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := statsbench.IPF(raw)
		if err != nil {
			t.Fatal(err)
		}
		c := &check{t: t, tolerance: by(1e-7, nil)}
		c.same("", expected(t, "ipf", name), plain(t, r))
	}
}

func TestScoringVectors(t *testing.T) {
	t.Parallel()
	r, err := statsbench.Score(table(t, "scoring", "likert_partial_missing", "items.csv"), table(t, "scoring", "likert_partial_missing", "responses.csv"))
	if err != nil {
		t.Fatal(err)
	}
	c := &check{t: t, tolerance: func(string) (float64, float64) { return 0, 1e-9 }}
	c.same("", expected(t, "scoring", "likert_partial_missing"), plain(t, r))
	in := table(t, "dsi", "dsi.csv")
	d, err := statsbench.DSI(in)
	if err != nil {
		t.Fatal(err)
	}
	want, err := in.Text("overall")
	if err != nil {
		t.Fatal(err)
	}
	got, _ := plain(t, d)["overall"].([]any)
	for i, w := range want {
		if got[i] != w {
			t.Errorf("row %d: %v, want %s", i+1, got[i], w)
		}
	}
}
