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

// Long texts made to be slow are refused or passed on, never half read. What a reader does
// with them is bounded by its own length limit, which these are far beyond.
func TestWhatIsTypedIsReadInAMoment(t *testing.T) {
	t.Parallel()
	const long = 1_000_000
	evil := []string{strings.Repeat("a", long), strings.Repeat("а-", long), strings.Repeat("0", long), strings.Repeat("(+3", long), strings.Repeat("a@", long), strings.Repeat("a.", long) + "@",
		strings.Repeat(" ", long) + "x", strings.Repeat("щ'ьє", long), strings.Repeat("OSV1", long), strings.Repeat("/", long), strings.Repeat("\\", long), strings.Repeat("%2f", long)}
	for name, refused := range map[string]func(string) bool{
		"an address of mail": func(s string) bool { _, err := spelling.Email(s); return err != nil },
		"a phone":            func(s string) bool { _, err := spelling.Phone(s); return err != nil },
		"a card":             func(s string) bool { _, err := ParseCard(s); return err != nil },
		"a way back":         func(s string) bool { return SafePath(s) == "/" },
		"preferences":        func(s string) bool { return ParsePrefs(s) == Prefs{} },
		"a role":             func(s string) bool { _, err := ParseRole(s); return err != nil },
		"a secret of words":  func(s string) bool { return readSecret(Words, []string{s}) == "!" },
		"a secret of digits": func(s string) bool { return readSecret(Digits, []string{s}) == "!" },
		// These two only pass a text on: all of it, marked when a spreadsheet would count it.
		"a cell": func(s string) bool { return strings.TrimPrefix(Cell(s), "'") == s },
		"digits": func(s string) bool {
			return len(onlyDigits(s)) == strings.Count(s, "0")+strings.Count(s, "1")+strings.Count(s, "2")+strings.Count(s, "3")
		},
	} {
		for i, s := range evil {
			if !refused(s) {
				t.Errorf("%s: text %d (%.10q…) was read", name, i, s)
			}
		}
	}
}
