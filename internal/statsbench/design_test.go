package statsbench_test

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"osvitlo/internal/statsbench"
)

// The file testdata/design/input.csv is invented: 4 strata, 20 schools, 40
// classes, 160 persons, some answers missing. expected.tsv is what R's survey
// 4.1.1 makes of it (raked cases: calibrate with calfun="raking", whose errors
// use the weights, METHOD §5): case, path of the key, number.
type wanted struct {
	path  string
	value float64
}

func designCases(t *testing.T) map[string][]wanted {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "design", "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][]wanted{}
	s := bufio.NewScanner(f)
	for s.Scan() {
		p := strings.Split(s.Text(), "\t")
		v, err := strconv.ParseFloat(p[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		out[p[0]] = append(out[p[0]], wanted{p[1], v})
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// find follows a path whose steps may have dots in them; rows are found by
// _row or term.
func find(v any, path string) (any, bool) {
	if path == "" {
		return v, true
	}
	parts := strings.Split(path, ".")
	for n := len(parts); n > 0; n-- {
		key, rest := strings.Join(parts[:n], "."), strings.Join(parts[n:], ".")
		switch x := v.(type) {
		case map[string]any:
			if inner, ok := x[key]; ok {
				if got, ok := find(inner, rest); ok {
					return got, true
				}
			}
		case []any:
			if at, err := strconv.Atoi(key); err == nil && at < len(x) {
				if got, ok := find(x[at], rest); ok {
					return got, true
				}
			}
			for _, e := range x {
				row, _ := e.(map[string]any)
				if row["_row"] == key || row["term"] == key {
					if got, ok := find(row, rest); ok {
						return got, true
					}
				}
			}
		}
	}
	return nil, false
}

func TestDesignsAgreeWithSurvey(t *testing.T) {
	t.Parallel()
	cases := designCases(t)
	raw, err := os.Open(filepath.Join("testdata", "design", "input.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	data, err := statsbench.ReadCSV(raw, "input.csv")
	if err != nil {
		t.Fatal(err)
	}
	open := func(name string) (io.ReadCloser, error) {
		return os.Open(filepath.Join("testdata", "design", name))
	}
	const (
		one   = `"design": {"ids": "school", "strata": "stratum", "weights": "w", "fpc": "N1"}`
		two   = `"design": {"ids": ["school", "class"], "strata": "stratum", "weights": "w", "fpc": ["N1", "N2"]}`
		none  = `"design": {"ids": "~school", "strata": "~stratum", "weights": "~w"}`
		joint = `"sex:age": {"f:18-34": 480, "m:18-34": 500, "f:35-59": 700, "m:35-59": 640, "f:60+": 520, "m:60+": 360}`
		nest  = `"sex:age": {"f": {"18-34": 480, "35-59": 700, "60+": 520}, "m": {"18-34": 500, "35-59": 640, "60+": 360}}`
		rake  = `"margins": {` + joint + `, "mode": {"self": 2000, "mentor": 900, "paper": 300}}`
		post  = `"margins": {` + nest + `}`
		jkn   = `"design": {"weights": "w", "replicate_weights": {"file": "jkn.csv", "columns": "r*", "scale": 1, "rscales": 0.8}}`
		asks  = `"estimates": [{"mean": "after"}, {"mean": "before"}, {"total": "before"}, {"share": ["sex", "mode"]}, {"mean": "before", "by": ["sex", "age"]}, {"mean": "after", "by": "mode"}, {"quantile": "before", "probs": [0.25, 0.5, 0.8]}]`
	)
	estimates := func(parts ...string) func() (statsbench.Result, error) {
		return func() (statsbench.Result, error) {
			s, err := statsbench.ParseSpec([]byte("{" + strings.Join(parts, ", ") + "}"))
			if err != nil {
				return nil, err
			}
			r, err := statsbench.Estimate(s, []*statsbench.Table{data}, open)
			if list, ok := r["estimates"].([]statsbench.Result); ok {
				quantiles := statsbench.Result{}
				for _, e := range list {
					if e["statistic"] == "quantile" {
						quantiles[fmt.Sprint(len(quantiles)+1)] = e
					}
				}
				r["quantile"] = quantiles
			}
			return r, err
		}
	}
	assoc := func(x, y string, parts ...string) func() (statsbench.Result, error) {
		return func() (statsbench.Result, error) {
			return statsbench.Assoc(data, statsbench.AssocAsk{X: x, Y: y, Spec: designed(t, "{"+strings.Join(parts, ", ")+"}")}, open)
		}
	}
	model := func(formula string, parts ...string) func() (statsbench.Result, error) {
		return func() (statsbench.Result, error) {
			return statsbench.Drivers(data, statsbench.DriversAsk{Formula: formula, Spec: designed(t, "{"+strings.Join(parts, ", ")+"}")}, open)
		}
	}
	for name, c := range map[string]struct {
		run       func() (statsbench.Result, error)
		tolerance float64
	}{
		"one":            {estimates(one, asks), 1e-7},
		"two":            {estimates(two, asks), 1e-7},
		"nof":            {estimates(none, asks), 1e-7},
		"raked":          {estimates(one, rake, `"estimates": [{"mean": "before"}, {"total": "before"}, {"mean": "before", "by": "stratum"}, {"share": "sex"}]`), 1e-7},
		"post":           {estimates(two, post, `"estimates": [{"mean": "before"}, {"mean": "before", "by": "mode"}]`), 1e-7},
		"panel":          {estimates(one, `"compare": {"columns": ["before", "after"], "by": "sex"}`), 1e-7},
		"jkn":            {estimates(jkn, `"estimates": [{"mean": "before"}, {"total": "before"}, {"mean": "before", "by": "sex"}]`), 1e-7},
		"assoc_one":      {assoc("sex", "mode", one), 1e-7},
		"assoc_one_na":   {assoc("level", "sex", one), 1e-7},
		"assoc_two":      {assoc("sex", "mode", two), 1e-7},
		"assoc_two_na":   {assoc("level", "sex", two), 1e-7},
		"assoc_raked":    {assoc("sex", "mode", one, rake), 1e-7},
		"assoc_raked_na": {assoc("level", "sex", one, rake), 1e-7},
		"glm_one":        {model("after ~ before + sex + age + hours", one), 1e-7},
		"glm_two":        {model("before~sex*age+mode", two), 1e-7},
		"glm_raked":      {model("before ~ sex + mode", one, rake), 1e-7},
		"glm_jkn":        {model("before ~ sex + age", jkn), 1e-7},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := c.run()
			if err != nil {
				t.Fatal(err)
			}
			got := plain(t, r)
			worst := 0.0
			for _, w := range cases[name] {
				v, ok := find(got, w.path)
				x, number := v.(float64)
				if !ok || !number {
					t.Errorf("%s is %v, want %v", w.path, v, w.value)
					continue
				}
				off := math.Abs(x-w.value) / max(math.Abs(w.value), 1e-3)
				if worst = max(worst, off); off > c.tolerance {
					t.Errorf("%s is %v, want %v", w.path, x, w.value)
				}
			}
			t.Logf("%d numbers, worst %.2g", len(cases[name]), worst)
		})
	}
	for name := range cases {
		if len(cases[name]) == 0 {
			t.Errorf("case %s is empty", name)
		}
	}
}
