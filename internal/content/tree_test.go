package content_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"osvitlo/internal/content"
)

// edits break the base in ways that one file cannot.
var edits = []struct {
	name string
	edit func(fstest.MapFS)
	want []string
}{
	{"no framework", remove("frameworks/ua-citizens-2021.yaml"), []string{
		"frameworks/ua-citizens-2021.yaml:1: the framework is missing; write the file",
	}},
	{"no crosswalk", remove("frameworks/crosswalk.yaml"), []string{
		"frameworks/crosswalk.yaml:1: the crosswalk is missing; write the file",
	}},
	{"no advice for an area", remove("advice/ua3.yaml"), []string{
		"advice/ua3.yaml:1: «ua3» has no advice for «start»; write a page with group: start",
		"advice/ua3.yaml:1: «ua3» has no advice for «middle»; write a page with group: middle",
		"advice/ua3.yaml:1: «ua3» has no advice for «strong»; write a page with group: strong",
	}},
	{"advice of an unknown area", func(t fstest.MapFS) {
		t["advice/ua1.yaml"].Data = []byte(strings.Replace(string(t["advice/ua1.yaml"].Data), "area: ua1", "area: ua7", 1))
	}, []string{
		`advice/ua1.yaml:1: «area» is "ua7", which has the wrong shape; it must match ^ua[1-6]$`,
	}},
	{"a fact with a day", func(t fstest.MapFS) {
		f := t["items/ua1.1.yaml"]
		f.Data = append(f.Data, "    valid_until: \"2027-01-01\"\n"...)
	}, nil}, // listed as a note
	{"page in one language", put("texts/privacy.uk.md", "# Приватність\n"), []string{
		"texts/privacy.uk.md:1: the page is missing in en; write texts/privacy.en.md",
	}},
	{"page without a language", put("texts/privacy.md", "# Приватність\n"), []string{
		"texts/privacy.md:1: the file's name does not say its language; name it <page>.uk.md or <page>.en.md",
	}},
	{"empty page", put("texts/privacy.uk.md", " \n"), []string{
		"texts/privacy.uk.md:1: the text is empty, too long or cannot be read; write it",
	}},
	{"text twice", func(t fstest.MapFS) {
		put("texts/a.yaml", "hello: {uk: Вітаємо, en: Hello}\n")(t)
		put("texts/b.yaml", "\nhello: {uk: Вітаємо, en: Hello}\n")(t)
	}, []string{
		"texts/b.yaml:2: text «hello» stands twice; rename it",
	}},
	{"picture with a script", func(t fstest.MapFS) {
		put("media/cat.svg", "<svg xmlns='http://www.w3.org/2000/svg'>\n<script>1</script></svg>")(t)
	}, []string{
		"media/cat.svg:1: the picture holds a script, an event or an outside address; draw it again without them",
	}},
	{"keys all at one place", func(t fstest.MapFS) {
		for name, f := range t {
			if strings.HasPrefix(name, "items/ua") {
				f.Data = []byte(strings.Replace(string(f.Data), "key: [b]", "key: [a]", 1))
			}
		}
	}, []string{
		"instruments/resident-test.v1.yaml:1: warning: 30 of 30 single items have the right option at place 1; spread the right options: on paper they do not move",
	}},
	{"sum of an unknown version", put("content.sum", "# published\npoll@3 "+strings.Repeat("ab", 32)+"\n"), []string{
		"content.sum:2: published poll@3 is gone or broken; put its file back: published versions stay",
	}},
	{"sum of a changed version", put("content.sum", "short-form@1 "+strings.Repeat("ab", 32)+"\n"), []string{
		"instruments/short-form.v1.yaml:2: published short-form@1 was changed; undo the change, or make it a new version: short-form.v2.yaml, with new versions of the items that changed",
	}},
	{"sum with a bad line", put("content.sum", "short-form v1 abc\n"), []string{
		"content.sum:1: the line is not «slug@version sha256»; print the file anew with: osvitlo content sum",
	}},
	{"sum with a line twice", func(t fstest.MapFS) {
		lib, _ := content.LoadAt(t, day)
		put("content.sum", lib.Sum()+strings.SplitAfter(lib.Sum(), "\n")[0])(t)
	}, []string{
		"content.sum:3: resident-test@1 stands twice; remove one of the lines",
	}},
}

func remove(name string) func(fstest.MapFS) { return func(t fstest.MapFS) { delete(t, name) } }

func put(name, text string) func(fstest.MapFS) {
	return func(t fstest.MapFS) { t[name] = &fstest.MapFile{Data: []byte(text)} }
}

func TestTheBaseHasNoFault(t *testing.T) {
	t.Parallel()
	compare(t, nil, (&fired{rules: map[string]bool{}}).reported(baseTree(t), ""))
}

// unfired are rules that no content can fire: they guard against the program itself.
var unfired = []string{"hash", "decode"}

var ruleName = regexp.MustCompile(`^[a-z]+(-[a-z0-9]+)*$`)

// rulesOf finds the rule argument: the last but two of every call that reports.
func rulesOf(t *testing.T, dirs ...string) []string {
	t.Helper()
	var files []string
	for _, dir := range dirs {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		// the rules of courses and badges are fired by TestBrokenCourses and TestBrokenBadges
		files = append(files, slices.DeleteFunc(names, func(name string) bool {
			return strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_course.go") || strings.HasSuffix(name, "_badge.go")
		})...)
	}
	return rulesIn(t, files...)
}

// rulesIn is rulesOf for files.
func rulesIn(t *testing.T, files ...string) []string {
	t.Helper()
	found := map[string]bool{}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 3 {
				return true
			}
			callee := ""
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				callee = fun.Sel.Name
			case *ast.Ident:
				callee = fun.Name
			}
			if !slices.Contains([]string{"Error", "Warn", "Note", "add", "at", "absent"}, callee) {
				return true
			}
			at := len(call.Args) - 3
			if callee == "absent" {
				at = 1
			}
			if lit, ok := call.Args[at].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, err := strconv.Unquote(lit.Value); err == nil && ruleName.MatchString(s) {
					found[s] = true
				}
			}
			return true
		})
	}
	var out []string
	for r := range found {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}

func TestSumGuardsPublishedVersions(t *testing.T) {
	t.Parallel()
	tree := baseTree(t)
	lib, _ := content.LoadAt(tree, day)
	tree["content.sum"] = &fstest.MapFile{Data: []byte(lib.Sum())}
	lib, problems := content.LoadAt(tree, day)
	if content.Failed(problems) {
		t.Fatal(problems)
	}
	in, err := lib.Current("resident-test")
	if err != nil || !lib.Published(in) {
		t.Fatalf("published = false, %v", err)
	}
	// a review is no change; a key is
	item := tree["items/ua1.1.yaml"]
	whole := string(item.Data)
	item.Data = []byte(strings.Replace(strings.Replace(whole, "status: draft", "status: reviewed", 1), "reviews: []", "reviews: [{by: \"Олена Приклад\", on: \"2026-11-20\"}]", 1))
	if _, problems = content.LoadAt(tree, day); content.Failed(problems) {
		t.Fatalf("a review changed the hash: %v", problems)
	}
	item.Data = []byte(strings.Replace(whole, "key: [a]", "key: [b]", 1))
	if _, problems = content.LoadAt(tree, day); !content.Failed(problems) {
		t.Fatal("a changed key was not noticed")
	}
}
