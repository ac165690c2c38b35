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
	"irt": "adaptive", "eap": "adaptive", "cat": "adaptive", "alpha": "psychometrics", "drivers": "drivers", "assoc": "drivers", "suppress": "disclosure",
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
