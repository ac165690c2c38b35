package person

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/person/spelling"
)

// Regular expressions of the program are those of the standard library, which run in
// time linear in their input (RE2): no other engine is imported anywhere.
func TestNoRegularExpressionCanHang(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, root := range []string{"../../internal", "../../cmd", "../../content"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return nil // somebody is at work on it
			}
			seen++
			for _, i := range f.Imports {
				name := strings.Trim(i.Path.Value, `"`)
				if strings.Contains(name, "regexp") && name != "regexp" && name != "regexp/syntax" || strings.Contains(name, "pcre") || strings.Contains(name, "oniguruma") {
					t.Errorf("%s imports %s: only regexp of the standard library is linear", path, name)
				}
			}
			return nil
		})
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	if seen < 200 {
		t.Fatalf("only %d files were read", seen)
	}
}

// What people type is read in a moment however it is made to be slow: the texts are so
// long that a reader whose work grows with their square would outlast the test's limit.
func TestWhatIsTypedIsReadInAMoment(t *testing.T) {
	t.Parallel()
	const long = 1_000_000
	evil := []string{strings.Repeat("a", long), strings.Repeat("а-", long), strings.Repeat("0", long), strings.Repeat("(+3", long), strings.Repeat("a@", long), strings.Repeat("a.", long) + "@",
		strings.Repeat(" ", long) + "x", strings.Repeat("щ'ьє", long), strings.Repeat("OSV1", long), strings.Repeat("/", long), strings.Repeat("\\", long), strings.Repeat("%2f", long)}
	for name, read := range map[string]func(string){
		"an address of mail": func(s string) { _, _ = spelling.Email(s) },
		"a phone":            func(s string) { _, _ = spelling.Phone(s) },
		"a card":             func(s string) { _, _ = ParseCard(s) },
		"a way back":         func(s string) { _ = SafePath(s) },
		"preferences":        func(s string) { _ = ParsePrefs(s) },
		"a role":             func(s string) { _, _ = ParseRole(s) },
		"a cell":             func(s string) { _ = Cell(s) },
		"digits":             func(s string) { _ = onlyDigits(s) },
		"a secret of words":  func(s string) { _ = readSecret(Words, []string{s}) },
	} {
		for i, s := range evil {
			t.Logf("%s, text %d", name, i)
			read(s)
		}
	}
}
