package cli_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// at is a file of the reference answers, beside the package that holds it.
func at(pkg string, parts ...string) string {
	return filepath.Join(append([]string{"..", pkg, "testdata"}, parts...)...)
}

// holds compares every key of want with got; paths that contain a word of skip
// are left alone.
func holds(t *testing.T, path string, want, got any, tolerance float64, skip ...string) {
	t.Helper()
	for _, s := range skip {
		if strings.Contains(path, s) {
			return
		}
	}
	switch w := want.(type) {
	case map[string]any:
		g, _ := got.(map[string]any)
		for k, v := range w {
			if k != "meta" {
				holds(t, path+"."+k, v, g[k], tolerance, skip...)
			}
		}
	case []any:
		g, _ := got.([]any)
		if len(g) < len(w) {
			t.Errorf("%s has %d of %d entries", path, len(g), len(w))
			return
		}
		for i, v := range w {
			holds(t, fmt.Sprintf("%s[%d]", path, i), v, g[i], tolerance, skip...)
		}
	case float64:
		if g, ok := got.(float64); !ok || !(math.Abs(g-w) <= tolerance*(1+math.Abs(w))) {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	default:
		if want != got {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func parsed(t *testing.T, text string) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v in %.300s", err, text)
	}
	return out
}

func reference(t *testing.T, pkg string, parts ...string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(at(pkg, append(parts, "expected.json")...))
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(raw))
}

func written(t *testing.T, name, text string) string {
	t.Helper()
	full := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(full, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return full
}

// TestBenchGivesTheReferenceAnswers runs each command as a stranger would and
// holds every key of the reference answer.
func TestBenchGivesTheReferenceAnswers(t *testing.T) {
	t.Parallel()
	spec := func(text string) string { return written(t, "S.json", text) }
	for name, c := range map[string]struct {
		want      map[string]any
		tolerance float64
		skip      []string
		args      []string
	}{
		"means": {reference(t, "weighting", "means", "apistrat"), 1e-6, nil, []string{"estimate", "--data", at("weighting", "means", "apistrat", "input.csv"), "--spec", spec(`{
			"design": {"ids": "~1", "strata": "stype", "weights": "pw", "fpc": "fpc"},
			"estimates": [{"mean": ["api00", "api99", "enroll"]}, {"total": "enroll"}, {"mean": "api00", "by": "stype"}, {"mean": "api00", "by": "awards"}, {"share": "awards"}, {"quantile": "api00"}]}`)}},
		"replicate": {reference(t, "weighting", "replicate", "apiclus1_jk1"), 1e-6, nil, []string{"estimate", "--data=" + at("weighting", "replicate", "apiclus1_jk1", "input.csv"), "--spec", spec(`{
			"design": {"weights": "pw", "fpc": "fpc", "replicate_weights": "repweights.csv"}, "estimates": [{"mean": ["api00", "enroll"]}, {"total": "enroll"}, {"mean": "api00", "by": "stype"}]}`)}},
		"two waves": {reference(t, "weighting", "diff", "independent_apisrs_apistrat"), 1e-5, nil, []string{"estimate", "--data", at("weighting", "diff", "independent_apisrs_apistrat", "wave1.csv"),
			"--data", at("weighting", "diff", "independent_apisrs_apistrat", "wave2.csv"), "--spec", spec(`{"design": {"weights": "pw"}, "compare": {"columns": ["api99", "api00"], "design": {"strata": "stype", "weights": "pw"}, "by": "stype"}}`)}},
		"panel": {reference(t, "weighting", "diff", "panel_apistrat"), 1e-5, nil, []string{"estimate", "--data", at("weighting", "diff", "panel_apistrat", "input.csv"), "--weights", "pw", "--strata", "stype", "--spec", spec(`{"compare": ["api99", "api00"]}`)}},
		"alpha": {reference(t, "psychometrics", "alpha", "bfi_agreeableness"), 1e-4, nil, []string{"reliability", "--data", at("psychometrics", "alpha", "bfi_agreeableness", "input.csv"), "--items", "A1,A2,A3,A4,A5", "--reverse", "A1"}},
		"irt":   {reference(t, "adaptive", "irt", "ability16"), 2e-3, nil, []string{"irt", "--data", at("adaptive", "irt", "ability16", "input.csv"), "--persons", "60"}},
		"eap":   {reference(t, "adaptive", "eap", "2pl_30x25"), 1e-3, nil, []string{"eap", "--items", at("adaptive", "eap", "2pl_30x25", "items.csv"), "--responses", at("adaptive", "eap", "2pl_30x25", "responses.csv")}},
		"cat": {reference(t, "adaptive", "cat", "trace_2pl_60"), 1e-6, []string{".true"}, []string{"cat", "--items", at("adaptive", "cat", "trace_2pl_60", "items.csv"),
			"--responses", at("adaptive", "cat", "trace_2pl_60", "responses.csv"), "--rule", "precision=0.3,length=20"}},
		"assoc": {reference(t, "drivers", "assoc", "apistrat_stype_awards"), 1e-6, nil, []string{"assoc", "--data", at("drivers", "assoc", "apistrat_stype_awards", "input.csv"), "--x", "stype", "--y", "awards", "--weights", "pw", "--strata", "stype"}},
		"eta":   {reference(t, "drivers", "assoc", "eta_api00_stype"), 1e-6, nil, []string{"assoc", "--data", at("drivers", "assoc", "eta_api00_stype", "input.csv"), "--formula", "api00 ~ stype", "--weights", "pw"}},
		"drivers": {reference(t, "drivers", "drivers", "apistrat"), 1e-6, nil, []string{"drivers", "--data", at("drivers", "drivers", "apistrat", "input.csv"), "--formula", "api00 ~ meals + ell + avg.ed + stype + awards",
			"--weights", "pw", "--strata", "stype"}},
		"ipf": {reference(t, "weighting", "ipf", "2d_small"), 1e-7, nil, []string{"ipf", "--table", at("weighting", "ipf", "2d_small", "expected.json")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, nil, append([]string{"stats"}, c.args...)...)
			if code != 0 {
				t.Fatalf("code %d: %s", code, stderr)
			}
			holds(t, "", c.want, parsed(t, out), c.tolerance, c.skip...)
		})
	}
}

func TestBenchNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := written(t, "good.csv", "sex,age,w,y\nf,a,1,1\nm,b,2,3\nf,b,1,4\nm,a,2,5\n")
	two := written(t, "two.csv", "sex,age,y\nf,a,1\nm,b,2\n")
	city := at("weighting", "raking", "city_small", "input.csv")
	tight := `{"margins": {"sex": {"f": 146482, "m": 124781}, "age": {"14-17": 12300, "18-29": 37650, "30-44": 69113, "45-59": 60200, "60+": 92000}}, "trim": {"lower": 1200, "upper": 1500}}`
	for name, c := range map[string]struct {
		code  int
		words []string
		args  []string
	}{
		"no such file":    {1, []string{"nowhere.csv"}, []string{"estimate", "--data", "nowhere.csv"}},
		"ragged":          {1, []string{"ragged.csv", "line 3"}, []string{"irt", "--data", written(t, "ragged.csv", "a,b\n1,0\n1\n")}},
		"quotes":          {1, []string{"line 2", "column"}, []string{"irt", "--data", written(t, "quotes.csv", "a,b\n1,\"x\"y\n")}},
		"no number":       {1, []string{"line 3", `"w"`, "many"}, []string{"estimate", "--data", written(t, "text.csv", "w,y\n1,2\nmany,3\n"), "--weights", "w"}},
		"no column":       {1, []string{`"age2"`, "sex, age, w, y"}, []string{"estimate", "--data", good, "--spec", written(t, "S.json", `{"estimates": [{"mean": "age2"}]}`)}},
		"empty file":      {1, []string{"empty"}, []string{"estimate", "--data", written(t, "none.csv", "")}},
		"only a header":   {1, []string{"no rows"}, []string{"estimate", "--data", written(t, "head.csv", "a,b\n")}},
		"broken spec":     {1, []string{"line 2"}, []string{"estimate", "--data", good, "--spec", written(t, "S.json", "{\"design\":\n {]}")}},
		"unknown key":     {1, []string{"wieghts"}, []string{"estimate", "--data", good, "--spec", written(t, "S.json", `{"design": {"wieghts": "w"}}`)}},
		"empty category":  {1, []string{"age", "c", "no respondent"}, []string{"estimate", "--data", good, "--spec", written(t, "S.json", `{"margins": {"age": {"a": 10, "b": 10, "c": 5}}}`)}},
		"unknown word":    {1, []string{"line 2", `"a"`}, []string{"estimate", "--data", good, "--spec", written(t, "S.json", `{"margins": {"age": {"b": 10}}}`)}},
		"totals differ":   {1, []string{"totals differ"}, []string{"estimate", "--data", good, "--spec", written(t, "S.json", `{"margins": {"sex": {"f": 500, "m": 500}, "age": {"a": 700, "b": 310}}}`)}},
		"trim upside":     {1, []string{"lower"}, []string{"estimate", "--data", good, "--spec", written(t, "S.json", `{"trim": {"lower": 5, "upper": 2}}`)}},
		"no convergence":  {3, []string{"did not converge", "2000 cycles"}, []string{"estimate", "--data", two, "--spec", written(t, "S.json", `{"margins": {"sex": {"f": 500, "m": 500}, "age": {"a": 700, "b": 300}}}`)}},
		"tight bounds":    {3, []string{"cannot be met"}, []string{"estimate", "--data", city, "--spec", written(t, "S.json", tight)}},
		"unsettled":       {3, []string{"calibration did not converge"}, []string{"irt", "--data", at("adaptive", "irt", "ability16", "input.csv"), "--max-cycles", "2"}},
		"all alike":       {1, []string{"item 1", `"a"`, "not identified"}, []string{"irt", "--data", written(t, "alike.csv", "a,b\n1,0\n1,1\n1,0\n")}},
		"no group":        {1, []string{"two groups"}, []string{"dif", "--data", written(t, "g.csv", "g,a,b\nx,1,0\nx,0,1\n"), "--group", "g"}},
		"aliased":         {1, []string{"ageb", "follows from"}, []string{"drivers", "--data", written(t, "alias.csv", "y,sex,age\n1,f,a\n2,m,b\n3,f,a\n4,m,b\n5,f,a\n"), "--formula", "y ~ sex + age"}},
		"bad formula":     {1, []string{"formula"}, []string{"drivers", "--data", good, "--formula", "y"}},
		"leak":            {1, []string{"not safe", "cell 0,1"}, []string{"suppress", "--table", at("disclosure", "suppress", "bad_primary_only.json")}},
		"no flag":         {2, []string{"--data"}, []string{"irt"}},
		"unknown flag":    {2, []string{"--luck"}, []string{"irt", "--luck", "1"}},
		"unknown command": {2, []string{"guess"}, []string{"guess"}},
		"no answer":       {1, []string{"i002", "line 2"}, []string{"cat", "--items", written(t, "i.csv", "item,a,b\ni001,1,0\ni002,1,0\n"), "--responses", written(t, "r.csv", "i001,i002\n1,\n")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, map[string]string{"OSVITLO_LANG": "en"}, append([]string{"stats"}, c.args...)...)
			if code != c.code {
				t.Fatalf("code %d, want %d: %s", code, c.code, stderr)
			}
			for _, w := range c.words {
				if !strings.Contains(stderr, w) {
					t.Errorf("%q is not in %q", w, stderr)
				}
			}
			if code == 3 {
				if r := parsed(t, out); r["converged"] != false || r["error"] == nil {
					t.Errorf("what was reached: %v", r)
				}
			}
		})
	}
}

func TestBenchHelpIsInBothLanguages(t *testing.T) {
	t.Parallel()
	for lang, word := range map[string]string{"uk": "потрібен", "en": "needed"} {
		code, out, _ := run(t, map[string]string{"OSVITLO_LANG": lang}, "stats", "help")
		if code != 0 || !strings.Contains(out, word) {
			t.Errorf("%s: code %d %.200s", lang, code, out)
		}
		for _, name := range []string{"estimate", "reliability", "irt", "eap", "cat", "dif", "assoc", "drivers", "suppress", "ipf"} {
			code, one, _ := run(t, map[string]string{"OSVITLO_LANG": lang}, "stats", name, "--help")
			if code != 0 || !strings.Contains(one, "osvitlo stats "+name) || !strings.Contains(one, "--") || !strings.Contains(out, "osvitlo stats "+name) {
				t.Errorf("%s %s: code %d %q", lang, name, code, one)
			}
		}
	}
}

func TestProtectedTablePassesTheAttack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"raw_0", "raw_1"} {
		safe := filepath.Join(t.TempDir(), "safe.json")
		if code, _, stderr := run(t, nil, "stats", "suppress", "--table", at("disclosure", "suppress", name+".json"), "--out", safe); code != 0 {
			t.Fatalf("%s: code %d %s", name, code, stderr)
		}
		code, out, stderr := run(t, nil, "stats", "suppress", safe)
		if code != 0 || parsed(t, out)["safe"] != true {
			t.Errorf("%s: code %d %s %s", name, code, out, stderr)
		}
	}
}

func TestSimulateIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	args := []string{"simulate", "--bank", "2pl", "--persons", "60", "--seed", "4", "--rule", "express", "--json"}
	code, one, stderr := run(t, nil, append(args, "--workers", "1")...)
	if code != 0 {
		t.Fatalf("code %d %s", code, stderr)
	}
	code, two, _ := run(t, nil, append(args, "--workers", "3")...)
	if code != 0 || one != two {
		t.Errorf("code %d, different figures", code)
	}
	r := parsed(t, one)
	designs, _ := r["designs"].([]any)
	if len(designs) != 5 || r["items"] != 180.0 {
		t.Errorf("%d designs, %v items", len(designs), r["items"])
	}
	first, _ := designs[0].(map[string]any)
	for _, key := range []string{"bias", "rmse", "exact", "adjacent", "max_exposure", "length"} {
		if _, ok := first[key]; !ok {
			t.Errorf("%s is missing", key)
		}
	}
	code, text, _ := run(t, map[string]string{"OSVITLO_LANG": "en"}, "simulate", "--persons", "30", "--rule", "precision=0.5,length=8")
	if code != 0 || !strings.Contains(text, "ladder") || !strings.Contains(text, "RMSE") {
		t.Errorf("code %d %s", code, text)
	}
	if code, _, stderr := run(t, nil, "simulate", "--persons", "3"); code != 1 {
		t.Errorf("3 persons: code %d %s", code, stderr)
	}
}
