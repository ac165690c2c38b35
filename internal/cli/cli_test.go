package cli_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/cli"
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
		for _, name := range []string{"serve", "demo", "migrate", "content check", "content sum", "index show", "index release",
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
	code, _, stderr := run(t, map[string]string{"OSVITLO_DATA": t.TempDir(), "OSVITLO_LANG": "en"}, "index", "show")
	if code != 1 || !strings.Contains(stderr, "run serve first") {
		t.Fatalf("code %d, %s", code, stderr)
	}
}

func TestVersionNamesTheCompiler(t *testing.T) {
	t.Parallel()
	if code, out, _ := run(t, nil, "version"); code != 0 || !strings.Contains(out, "go1.") {
		t.Fatalf("code %d, %q", code, out)
	}
}

func TestHealthcheckFailsWhereNobodyListens(t *testing.T) {
	t.Parallel()
	if code, _, stderr := run(t, map[string]string{"OSVITLO_ADMIN_LISTEN": "127.0.0.1:1"}, "healthcheck"); code != 1 || stderr == "" {
		t.Fatalf("code %d, %q", code, stderr)
	}
}
