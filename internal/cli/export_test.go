package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/app"
	"osvitlo/internal/config"
)

// demoFolder is a data folder with a small invented city.
func demoFolder(t *testing.T) (env map[string]string, over, open string) {
	t.Helper()
	env = map[string]string{"OSVITLO_DATA": t.TempDir(), "OSVITLO_LANG": "en", "OSVITLO_DEMO": "true", "OSVITLO_DEMO_PEOPLE": "150"}
	c, _, err := config.Load("serve", nil, func(k string) string { return env[k] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), c, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	waves := a.Waves.Waves()
	over, open = waves[0].ID, waves[len(waves)-1].ID
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"OSVITLO_DATA": env["OSVITLO_DATA"], "OSVITLO_LANG": "en"}, over, open
}

func TestTheOperatorTakesTablesAndMicrodata(t *testing.T) {
	t.Parallel()
	env, over, open := demoFolder(t)
	code, out, stderr := run(t, env, "export", "table", "--wave", over, "--cols", "about,scores")
	if code != 0 {
		t.Fatalf("table: code %d, %s", code, stderr)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(out, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 100 || rows[0][0] != "row" || rows[1][1] != "1" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if code, out, stderr := run(t, env, "export", "table", "--format", "sps", "--lang", "en"); code != 0 || !strings.Contains(out, "VARIABLE LABELS sex\n 'Sex'.") {
		t.Errorf("syntax: code %d, %.300s %s", code, out, stderr)
	}
	dir := filepath.Join(t.TempDir(), "out")
	if code, out, stderr := run(t, env, "export", "microdata", "--wave", over, "--out", dir); code != 0 || !strings.Contains(out, "stands for 5 people or more") {
		t.Fatalf("microdata: code %d, %s %s", code, out, stderr)
	}
	raw, err := os.ReadFile(filepath.Join(dir, "datapackage.json"))
	if err != nil || !json.Valid(raw) {
		t.Errorf("the description: %v", err)
	}
	if body, err := os.ReadFile(filepath.Join(dir, "microdata.csv")); err != nil || strings.Count(string(body), "\n") < 100 {
		t.Errorf("%d bytes, %v", len(body), err)
	}
	for name, args := range map[string][]string{
		"a wave that is open": {"export", "microdata", "--wave", open, "--out", filepath.Join(t.TempDir(), "x")},
		"no such instrument":  {"export", "table", "--instrument", "none"},
	} {
		if code, _, stderr := run(t, env, args...); code != 1 || stderr == "" {
			t.Errorf("%s: code %d, %s", name, code, stderr)
		}
	}
	if code, _, _ := run(t, env, "export", "microdata"); code != 2 {
		t.Errorf("without a wave: code %d", code)
	}
}
