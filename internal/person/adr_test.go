package person

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestTheThreatModelNamesRealTests keeps the two pages on security honest: every test
// they name exists somewhere in the program.
func TestTheThreatModelNamesRealTests(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	must(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range declared.FindAllSubmatch(src, -1) {
			have[string(m[1])] = true
		}
		return nil
	}))
	named := regexp.MustCompile(`Test[A-Z]\w+`)
	for _, page := range []string{"010-threat-model.md", "011-asvs-5-level-2.md"} {
		text, err := os.ReadFile(filepath.Join("..", "adr", page))
		must(t, err)
		list := named.FindAllString(string(text), -1)
		if len(list) < 20 {
			t.Errorf("%s names only %d tests", page, len(list))
		}
		for _, name := range list {
			if !have[name] {
				t.Errorf("%s names %s, which does not exist", page, name)
			}
		}
	}
}
