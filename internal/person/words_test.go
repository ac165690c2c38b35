package person

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/i18n"
	"osvitlo/locales"
)

// TestEveryFaultHasWords finds the message keys in the sources of this package and of
// those below it, and wants each of them in both languages.
func TestEveryFaultHasWords(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load(locales.FS)
	must(t, err)
	used := map[string]bool{}
	key := regexp.MustCompile(`(?:Key: |fault\.New\(fault\.\w+, |fault\.Newf\(fault\.\w+, |bad\()"((?:person|audit|job|notify)\.[a-z_]+)"`)
	for _, dir := range []string{".", "spelling", "vault", "../audit", "../job", "../notify"} {
		must(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && path != dir {
				if d != nil && d.IsDir() && err == nil {
					return fs.SkipDir
				}
				return err
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range key.FindAllStringSubmatch(string(src), -1) {
				used[m[1]] = true
			}
			return nil
		}))
	}
	if len(used) < 55 {
		t.Fatalf("only %d keys were found: the search is broken", len(used))
	}
	for _, r := range Roles() {
		used["role."+r.String()] = true
	}
	for _, p := range append(Purposes(), Guardian) {
		used["purpose."+string(p)] = true
	}
	for _, lang := range i18n.Languages {
		have := b.Keys(lang)
		for k := range used {
			if !slices.Contains(have, k) {
				t.Errorf("%s: no words for %s", lang, k)
			}
		}
		for _, k := range have {
			if strings.HasPrefix(k, "person.") && !strings.Contains(k, "page") && !used[k] {
				t.Logf("%s: %s is used by nobody here", lang, k)
			}
		}
	}
}
