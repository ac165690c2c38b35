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
// they name exists, in the file that the list at the end of 010 says.
func TestTheThreatModelNamesRealTests(t *testing.T) {
	t.Parallel()
	have, at := map[string]bool{}, map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
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
			at["internal/"+filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))+" "+string(m[1])] = true
		}
		return nil
	}))
	named, line := regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w+`), regexp.MustCompile("(?m)^- `(internal/[^`]+)`: (.+)$")
	placed := map[string]bool{}
	for _, page := range []string{"010-threat-model.md", "011-asvs-5-level-2.md"} {
		text, err := os.ReadFile(filepath.Join("..", "adr", page))
		must(t, err)
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			for _, name := range strings.Split(m[2], ", ") {
				placed[name] = true
				if !at[m[1]+" "+name] {
					t.Errorf("%s says that %s stands in %s", page, name, m[1])
				}
			}
		}
		list := named.FindAllString(string(text), -1)
		if len(list) < 20 {
			t.Errorf("%s names only %d tests", page, len(list))
		}
		for _, name := range list {
			if !have[name] {
				t.Errorf("%s names %s, which does not exist", page, name)
			}
			if !placed[name] {
				t.Errorf("%s names %s, which the list at the end of 010 does not place", page, name)
			}
		}
	}
}
