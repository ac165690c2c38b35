package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestItemsGoOutAndComeBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	en := map[string]string{"OSVITLO_LANG": "en"}
	for format, name := range map[string]string{"qti": "items.zip", "gift": "items.gift"} {
		file, drafts := filepath.Join(dir, name), filepath.Join(dir, format+".yaml")
		code, _, stderr := run(t, en, "items", "export", "--format", format, "--lang", "uk", "--competence", "ua5.3", "--out", file)
		if code != 0 || !strings.Contains(stderr, "Items written") {
			t.Fatalf("%s: code %d, %s", format, code, stderr)
		}
		if code, _, _ := run(t, en, "items", "export", "--format", format, "--out", file); code != 1 {
			t.Errorf("%s: a file that is there was written over", format)
		}
		code, out, stderr := run(t, en, "items", "import", file, "--lang", "uk", "--report")
		if code != 0 || !strings.Contains(out, "call-from-bank: the bank has such an item already") || strings.Contains(out, "items:") {
			t.Errorf("%s: code %d, %s %s", format, code, out, stderr)
		}
		code, _, stderr = run(t, en, "items", "import", file, "--lang", "uk", "--out", drafts)
		raw, err := os.ReadFile(drafts)
		if code != 0 || err != nil || !strings.Contains(string(raw), "- id: \"call-from-bank\"") || !strings.Contains(string(raw), "status: \"draft\"") {
			t.Errorf("%s: code %d, %v, %s", format, code, err, stderr)
		}
	}
}

func TestItemsOfOthersAreReportedInTheOperatorsLanguage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "quiz.gift")
	if err := os.WriteFile(file, []byte("Essay {}\n\n::Q:: 1+1? {=2 ~3}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"uk": "розгорнуту відповідь", "en": "an essay is not scored"} {
		code, out, _ := run(t, map[string]string{"OSVITLO_LANG": lang}, "items", "import", file, "--report")
		if code != 0 || !strings.Contains(out, "quiz.gift:1") || !strings.Contains(out, want) {
			t.Errorf("%s: code %d, %s", lang, code, out)
		}
	}
}

func TestItemsWithWrongWords(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "x.gift")
	if err := os.WriteFile(broken, []byte("a {=b"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"items", "export"}, 2}, {[]string{"items", "export", "--format", "pdf"}, 2}, {[]string{"items", "export", "--format", "gift", "--lang", "de"}, 2},
		{[]string{"items", "export", "--format", "gift", "more"}, 2}, {[]string{"items", "export", "--format", "gift", "--competence", "ua9.9"}, 1},
		{[]string{"items", "import"}, 2}, {[]string{"items", "import", "none.gift"}, 1}, {[]string{"items", "import", broken}, 1},
		{[]string{"items", "import", broken, "--format"}, 2},
	} {
		if code, _, stderr := run(t, nil, c.args...); code != c.code {
			t.Errorf("%v: code %d, wanted %d: %s", c.args, code, c.code, stderr)
		}
	}
}
