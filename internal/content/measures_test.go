package content_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/institution/measure"
)

// What is offered must be findable by the file's line, with what to do about it.
func TestFaultsOfMeasuresAreNamedByLine(t *testing.T) {
	t.Parallel()
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) || lib.Measures() == nil {
		t.Fatal(problems)
	}
	if n := len(lib.Measures().Measures); n < 30 {
		t.Errorf("%d measures, wanted 30 and more", n)
	}
	form := lib.SelfDescription().Current()
	of := func(kind string) (n int) {
		for _, m := range lib.Measures().Measures {
			if m.Suits(kind) {
				n++
			}
		}
		return n
	}
	for kind, least := range map[string]int{"school": 25, "preschool": 20, "vocational": 25, "higher": 20} {
		if of(kind) < least {
			t.Errorf("%s is offered %d measures, wanted %d", kind, of(kind), least)
		}
	}
	at := func(w measure.When, kinds ...string) *measure.Book {
		return &measure.Book{Measures: []measure.Measure{{ID: "a", Group: "devices", For: kinds, When: []measure.When{w}}}}
	}
	zero := 0.0
	known := func(v string) bool { return v == "edu4" }
	for _, c := range []struct {
		name string
		book *measure.Book
		want string // rule; empty: sound
	}{
		{"a figure", at(measure.When{Role: "teacher", Variable: "edu4", Below: measure.Median}, "school"), ""},
		{"a figure of nobody", at(measure.When{Role: "teacher", Variable: "edu4", Below: measure.Median}, "preschool"), "measure-role"},
		{"an unknown figure", at(measure.When{Role: "teacher", Variable: "edu9", Below: measure.Median}, "school"), "measure-variable"},
		{"a figure without a yard", at(measure.When{Role: "teacher", Variable: "edu4"}, "school"), "measure-reason"},
		{"both at once", at(measure.When{Role: "teacher", Variable: "edu4", Field: "wifi", Below: measure.Median}, "school"), "measure-reason"},
		{"an answer", at(measure.When{Field: "wifi", In: []string{"none"}}, "school"), ""},
		{"no answer of it", at(measure.When{Field: "wifi", In: []string{"never"}}, "school"), "measure-field"},
		{"an unknown field", at(measure.When{Field: "nothing", Missing: true}, "school"), "measure-field"},
		{"a field asked of others", at(measure.When{Field: "journal", In: []string{"none"}}, "preschool"), "measure-field"},
		{"a word compared", at(measure.When{Field: "wifi", Below: measure.Median}, "school"), "measure-field"},
		{"a ratio compared", at(measure.When{Field: "devices-per-100", Below: measure.Median}, "school"), ""},
		{"two conditions", at(measure.When{Field: "devices-lend", Missing: true, AtMost: &zero}, "school"), "measure-reason"},
		{"yes or no", at(measure.When{Field: "mentors", In: []string{"no"}}, "school"), ""},
	} {
		list := c.book.Lint(form, known)
		if c.want == "" && len(list) > 0 || c.want != "" && (len(list) != 1 || list[0].Rule != c.want || list[0].Fix == "") {
			t.Errorf("%s: %v, wanted %q", c.name, list, c.want)
		}
	}
	twice := &measure.Book{Measures: []measure.Measure{{ID: "a", Group: "devices"}, {ID: "a", Group: "nothing"}}}
	if list := twice.Lint(nil, nil); len(list) != 2 {
		t.Errorf("twice the same: %v", list)
	}

	raw, err := files.FS.ReadFile(measure.File)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, from, to, want string }{
		{"an unknown competence", "variable: lead2.2, below", "variable: lead9.9, below", "lead9.9"},
		{"a missing language", `title: {uk: "Виміряти швидкість інтернету під час занять", en: "Measure the internet speed during lessons"}`, `title: {uk: "Виміряти швидкість"}`, "en"},
		{"a word that is none", "    group: network\n", "    group: nets\n", "nets"},
	} {
		broken := strings.Replace(string(raw), c.from, c.to, 1)
		if broken == string(raw) {
			t.Fatalf("%s: nothing replaced", c.name)
		}
		tree := fstest.MapFS{measure.File: {Data: []byte(broken)}}
		for _, f := range []string{"frameworks/school-leadership.yaml", "frameworks/digcompedu.yaml", "frameworks/ua-citizens-2021.yaml", "institutions/self-description.yaml"} {
			one, err := files.FS.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			tree[f] = &fstest.MapFile{Data: one}
		}
		_, problems := content.Load(tree)
		if !slices.ContainsFunc(problems, func(p content.Problem) bool {
			return p.File == measure.File && p.Line > 1 && p.Fix != "" && strings.Contains(p.Message, c.want)
		}) {
			t.Errorf("%s is not named by its line: %v", c.name, problems)
		}
	}
}
