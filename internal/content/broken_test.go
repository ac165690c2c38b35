package content_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"osvitlo/internal/content"
	"osvitlo/internal/instrument"
)

// A broken fixture is one file of content. Its first line says where it lies; a
// comment «# want: message; fix» stands on each line that must be reported, or
// «# elsewhere: file:line: …» for what is reported in another file.
var (
	fixturePath = regexp.MustCompile(`^# path: (\S+)$`)
	fixtureWant = regexp.MustCompile(`# want: (.*)$`)
	fixtureElse = regexp.MustCompile(`^# elsewhere: (.*)$`)
)

func wanted(t *testing.T, raw string) (path string, want []string) {
	t.Helper()
	for i, l := range strings.Split(raw, "\n") {
		if m := fixturePath.FindStringSubmatch(l); m != nil && i == 0 {
			path = m[1]
			continue
		}
		if m := fixtureElse.FindStringSubmatch(l); m != nil {
			want = append(want, m[1])
			continue
		}
		if m := fixtureWant.FindStringSubmatch(l); m != nil {
			for _, one := range strings.Split(m[1], " # want: ") {
				want = append(want, path+":"+strconv.Itoa(i+1)+": "+one)
			}
		}
	}
	if path == "" {
		t.Fatal("no «# path:» in the first line")
	}
	return path, want
}

// TestBrokenContent runs every fixture and every edit, wants exactly what they
// announce, and then that each rule in the sources has fired.
func TestBrokenContent(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d broken fixtures, %v", len(names), err)
	}
	fired := &fired{rules: map[string]bool{}}
	t.Run("fixtures", func(t *testing.T) {
		for _, name := range names {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
				t.Parallel()
				raw, err := os.ReadFile(name)
				if err != nil {
					t.Fatal(err)
				}
				path, want := wanted(t, string(raw))
				if len(want) == 0 {
					t.Fatal("the fixture expects nothing")
				}
				tree := baseTree(t)
				lighten(tree, path)
				tree[path] = &fstest.MapFile{Data: raw}
				compare(t, want, fired.reported(tree, name))
			})
		}
	})
	t.Run("edits", func(t *testing.T) {
		for _, e := range edits {
			t.Run(e.name, func(t *testing.T) {
				t.Parallel()
				tree := baseTree(t)
				e.edit(tree)
				compare(t, e.want, fired.reported(tree, ""))
			})
		}
	})
	rules := rulesOf(t, "../instrument", "../framework", ".")
	if len(rules) < 60 {
		t.Fatalf("only %d rules found in the sources", len(rules))
	}
	for _, r := range rules {
		if !fired.rules[r] && !slices.Contains(unfired, r) {
			t.Errorf("no fixture fires rule %q", r)
		}
	}
	t.Logf("%d rules, %d fixtures and %d edits", len(rules), len(names), len(edits))
}

func compare(t *testing.T, want []string, problems []content.Problem) {
	t.Helper()
	var got []string
	for _, p := range problems {
		got = append(got, p.String())
	}
	slices.Sort(got)
	if diff := cmp.Diff(slices.Sorted(slices.Values(want)), got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// fired collects the rules that fired, from parallel tests.
type fired struct {
	mu    sync.Mutex
	rules map[string]bool
}

// reported leaves out the notes that every base shows, except in fixtures of a note.
func (f *fired) reported(tree fstest.MapFS, name string) []content.Problem {
	_, problems := content.LoadAt(tree, day)
	f.mu.Lock()
	for _, p := range problems {
		f.rules[p.Rule] = true
	}
	f.mu.Unlock()
	return slices.DeleteFunc(problems, func(p content.Problem) bool {
		return p.Severity == instrument.Note && !strings.Contains(name, p.Rule)
	})
}
