package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/app"
	"osvitlo/internal/cli"
	"osvitlo/internal/config"
)

// run carries out one command with an environment of its own.
func run(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = cli.Run(context.Background(), args, func(k string) string { return env[k] }, &out, &errs)
	return code, out.String(), errs.String()
}

func TestHelpSpeaksBothLanguagesAndNamesEveryCommand(t *testing.T) {
	t.Parallel()
	for lang, word := range map[string]string{"uk": "Команди", "en": "Commands"} {
		code, out, _ := run(t, map[string]string{"OSVITLO_LANG": lang}, "help")
		if code != 0 || !strings.Contains(out, word) {
			t.Errorf("%s: code %d, %q", lang, code, out)
		}
		for _, name := range []string{"serve", "demo", "migrate", "content check", "content sum", "content export", "items export", "items import", "index show", "index release",
			"index verify", "export", "healthcheck", "version", "--demo-people", "--admin-listen"} {
			if !strings.Contains(out, name) {
				t.Errorf("%s: help lacks %q", lang, name)
			}
		}
	}
}

func TestWrongWordsExitWithTwoAndSayWhatIsThere(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"dance"}, {}, {"serve", "now"}, {"export"}, {"export", "people"}, {"index", "verify"},
		{"content", "check", "a", "b"}, {"export", "answers", "--format"}} {
		code, _, stderr := run(t, map[string]string{"OSVITLO_LANG": "uk"}, args...)
		if code != 2 {
			t.Errorf("%v: code %d, %s", args, code, stderr)
		}
	}
}

func TestAWrongSettingIsNamedAndNothingStarts(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	code, _, stderr := run(t, map[string]string{"OSVITLO_ADMISSION": "maybe", "OSVITLO_DATA": data}, "serve")
	if code != 1 || !strings.Contains(stderr, "OSVITLO_ADMISSION") {
		t.Fatalf("code %d, %s", code, stderr)
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Fatalf("the data folder was made: %v", err)
	}
}

func TestTheShippedContentIsRight(t *testing.T) {
	t.Parallel()
	code, out, stderr := run(t, map[string]string{"OSVITLO_LANG": "en"}, "content", "check")
	if code != 0 || !strings.Contains(out, "All right") {
		t.Fatalf("code %d\n%s%s", code, out, stderr)
	}
}

func TestBrokenContentNamesFileAndLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../content")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "items", "ua1.1.yaml")
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, bytes.Replace(src, []byte("type: single"), []byte("type: singel"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, _ := run(t, nil, "content", "check", dir)
	if code != 1 || !strings.Contains(out, "items/ua1.1.yaml:") {
		t.Fatalf("code %d\n%.600s", code, out)
	}
}

func TestCommandsOnAnEmptyFolderSayWhatToDo(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "none")
	code, _, stderr := run(t, map[string]string{"OSVITLO_DATA": folder, "OSVITLO_LANG": "en"}, "index", "show")
	if code != 1 || !strings.Contains(stderr, "run serve first") {
		t.Fatalf("code %d, %s", code, stderr)
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("asking made a data folder: %v", err)
	}
}

// A store of a real city can be looked at without the words that open a wave, and
// the flag of verify may stand before or behind what it verifies.
func TestReadingARealStoreNeedsNoOwner(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	env := map[string]string{"OSVITLO_DATA": folder, "OSVITLO_LANG": "en", "OSVITLO_KEYS": "t1:" + strings.Repeat("QUJD", 12), "OSVITLO_CITY_OWNER_UK": "Рада", "OSVITLO_CITY_DECREE_UK": "№ 1", "OSVITLO_CITY_PHONE": "103",
		"OSVITLO_WAVE_ID": "2099", "OSVITLO_WAVE_TITLE_UK": "2099", "OSVITLO_WAVE_OPENS": time.Now().Add(-time.Hour).Format(time.RFC3339), "OSVITLO_WAVE_CLOSES": time.Now().Add(time.Hour).Format(time.RFC3339)}
	c, _, err := config.Load("serve", nil, func(k string) string { return env[k] }, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), c, app.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	alone := map[string]string{"OSVITLO_DATA": folder, "OSVITLO_LANG": "en"}
	for _, args := range [][]string{{"index", "show"}, {"export", "sittings", "-o", filepath.Join(t.TempDir(), "x")}} {
		if code, out, stderr := run(t, alone, args...); code != 0 {
			t.Errorf("%v: code %d, %s %s", args, code, out, stderr)
		}
	}
	keyed := maps.Clone(alone)
	keyed["OSVITLO_KEYS"] = env["OSVITLO_KEYS"]
	if code, _, stderr := run(t, keyed, "index", "release"); code != 1 || !strings.Contains(stderr, "lacks") {
		t.Errorf("a release without an owner: code %d, %s", code, stderr)
	}
	for _, args := range [][]string{{"none.zip", "--data", folder}, {"--data", folder, "none.zip"}, {"--data=" + folder, "none.zip"}, {"none.zip"}} {
		if code, _, stderr := run(t, nil, append([]string{"index", "verify"}, args...)...); code != 1 || !strings.Contains(stderr, "none.zip") {
			t.Errorf("%v: code %d, %s", args, code, stderr)
		}
	}
}

func TestVersionNamesTheCompiler(t *testing.T) {
	t.Parallel()
	if code, out, _ := run(t, nil, "version"); code != 0 || !strings.Contains(out, "go1.") {
		t.Fatalf("code %d, %q", code, out)
	}
}

func TestHealthcheckAsksWhetherTheSiteIsReady(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ready\n")) })
	srv := httptest.NewServer(mux)
	defer srv.Close()
	for _, url := range []string{srv.URL, srv.URL + "/", srv.URL + "/readyz"} {
		if code, out, stderr := run(t, nil, "healthcheck", url); code != 0 || out != "ready\n" {
			t.Errorf("%s: code %d, %q %q", url, code, out, stderr)
		}
	}
}

func TestHealthcheckFailsWhereNobodyListens(t *testing.T) {
	t.Parallel()
	if code, _, stderr := run(t, map[string]string{"OSVITLO_ADMIN_LISTEN": "127.0.0.1:1"}, "healthcheck"); code != 1 || stderr == "" {
		t.Fatalf("code %d, %q", code, stderr)
	}
}
