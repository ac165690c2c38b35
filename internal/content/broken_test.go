package content_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

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

func TestEveryBrokenFixtureIsReportedAtItsLine(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/broken/*.yaml")
	if err != nil || len(names) < 40 {
		t.Fatalf("%d broken fixtures, %v", len(names), err)
	}
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
			tree[path] = &fstest.MapFile{Data: raw}
			var got []string
			for _, p := range reported(tree, name) {
				got = append(got, p.String())
			}
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// reported leaves out the notes that every base shows, except in fixtures of a note.
func reported(tree fstest.MapFS, name string) []content.Problem {
	_, problems := content.LoadAt(tree, day)
	return slices.DeleteFunc(problems, func(p content.Problem) bool {
		return p.Severity == instrument.Note && !strings.Contains(name, p.Rule)
	})
}
