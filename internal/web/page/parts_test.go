package page

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/PuerkitoBio/goquery"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/locales"
	"osvitlo/static"
)

func parseSheet(t *testing.T, html string) *goquery.Document {
	t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryPageOfTheSheetIsWellMade(t *testing.T) {
	t.Parallel()
	for name, html := range sheets(t) {
		d := parseSheet(t, html)
		if n := d.Find("h1").Length(); n != 1 {
			t.Errorf("%s: %d h1", name, n)
		}
		if want := strings.TrimPrefix(name[len(name)-3:], "."); d.Find("html").AttrOr("lang", "") != want {
			t.Errorf("%s: lang is %q", name, d.Find("html").AttrOr("lang", ""))
		}
		if strings.Contains(html, "page.") && regexp.MustCompile(`>page\.[a-z.]+<`).MatchString(html) {
			t.Errorf("%s: a key without words", name)
		}
		ids := map[string]int{}
		d.Find("[id]").Each(func(_ int, s *goquery.Selection) { ids[s.AttrOr("id", "")]++ })
		for id, n := range ids {
			if n > 1 {
				t.Errorf("%s: id %q stands %d times", name, id, n)
			}
		}
		d.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
			id := s.AttrOr("id", "")
			if id == "" || d.Find(`label[for="`+id+`"]`).Length() != 1 {
				t.Errorf("%s: %q has no label of its own", name, id)
			}
		})
		for _, attr := range []string{"aria-describedby", "aria-labelledby"} {
			d.Find("[" + attr + "]").Each(func(_ int, s *goquery.Selection) {
				for _, id := range strings.Fields(s.AttrOr(attr, "")) {
					if ids[id] == 0 {
						t.Errorf("%s: %s points to no %q", name, attr, id)
					}
				}
			})
		}
		d.Find(`a[href^="#"]`).Each(func(_ int, s *goquery.Selection) {
			if id := strings.TrimPrefix(s.AttrOr("href", ""), "#"); ids[id] == 0 {
				t.Errorf("%s: a link to no %q", name, id)
			}
		})
		if n := d.Find("[style], style, script:not([src])").Length(); n != 0 {
			t.Errorf("%s: %d inline styles or scripts", name, n)
		}
		if !d.Find("body > :first-child").HasClass("os-skip") {
			t.Errorf("%s: the skip link is not first", name)
		}
		last := 1
		d.Find("h1, h2, h3, h4").Each(func(_ int, s *goquery.Selection) {
			level := int(goquery.NodeName(s)[1] - '0')
			if level > last+1 {
				t.Errorf("%s: heading %q jumps from %d to %d", name, s.Text(), last, level)
			}
			last = level
		})
	}
}

func TestNothingIsChosenBeforehand(t *testing.T) {
	t.Parallel()
	d := parseSheet(t, sheets(t)["trust.uk"])
	if d.Find("#f-statistics[checked]").Length() != 0 || d.Find("#f-statistics").Length() != 1 {
		t.Error("consent is ticked, or is not there")
	}
}

func TestErrorsLeadToTheirFields(t *testing.T) {
	t.Parallel()
	d := parseSheet(t, sheets(t)["errors.uk"])
	links := d.Find("#os-error a")
	if links.Length() != 2 {
		t.Fatalf("%d links", links.Length())
	}
	links.Each(func(_ int, s *goquery.Selection) {
		if goquery.NodeName(d.Find(s.AttrOr("href", ""))) != "input" {
			t.Errorf("%s leads to no field", s.AttrOr("href", ""))
		}
	})
	if d.Find("#f-code").AttrOr("aria-invalid", "") != "true" || d.Find("#f-code").AttrOr("value", "") != "КЛЕНДО" {
		t.Error("the field is not marked, or what was typed is lost")
	}
	if !strings.HasPrefix(d.Find("title").Text(), "Помилка:") {
		t.Errorf("title %q", d.Find("title").Text())
	}
}

// A form's default button is its first one in the page. The alarm stands above the
// form, so without a plain one before it Enter in a field would leave the test.
func TestEnterNeverRaisesTheAlarm(t *testing.T) {
	t.Parallel()
	d := parseSheet(t, sheets(t)["question.uk"])
	first := d.Find(`button[form="answer"], #answer button`).First()
	if first.HasClass("os-alarm") || first.AttrOr("formaction", "") != "" {
		t.Error("Enter would raise the alarm")
	}
	if d.Find(`.os-alarm[form="answer"]`).Length() != 1 {
		t.Error("no alarm")
	}
}

func TestWrongTemplatesRefuseToStart(t *testing.T) {
	t.Parallel()
	for name, html := range map[string]string{
		"a word that does not exist":          `{{define "main"}}{{t "page.nosuch"}}{{end}}`,
		"one in the argument of a partial":    `{{define "main"}}{{template "button" (button "page.nosuch" "")}}{{end}}`,
		"one with values":                     `{{define "main"}}{{t "page.nosuch" "A" .Title}}{{end}}`,
		"one in a branch":                     `{{define "main"}}{{if .Failed}}{{n "page.nosuch" 1}}{{end}}{{end}}`,
		"a picture that does not exist":       `{{define "main"}}{{icon "nosuch"}}{{end}}`,
		"a file that does not exist":          `{{define "main"}}<link href="{{asset "nosuch"}}">{{end}}`,
		"no main":                             `<p>`,
		"markup whose context cannot be told": `{{define "main"}}<a href={{if .Failed}}"x{{end}}>{{end}}`,
		"a partial that does not exist":       `{{define "main"}}{{template "nosuch" .}}{{end}}`,
		"a function that does not exist":      `{{define "main"}}{{nosuch .Title}}{{end}}`,
	} {
		_, err := New(Options{Words: words(t), Site: testSite(), Sets: []Set{{Name: "x", FS: fstest.MapFS{"page.html": {Data: []byte(html)}}}}})
		if err == nil {
			t.Errorf("%s: started", name)
		}
	}
}

func TestNothingIsWrittenWhenAPageBreaks(t *testing.T) {
	t.Parallel()
	set := fstest.MapFS{"broken.html": {Data: []byte(`{{define "main"}}<h1>Half</h1>{{.Nowhere}}{{end}}`)}}
	r := renderer(t, Set{Name: "x", FS: set})
	for _, name := range []string{"x/broken", "x/nosuch"} {
		w := httptest.NewRecorder()
		err := r.Render(w, 200, name, &struct{ Base }{Base{Lang: "uk", Title: "T"}})
		if !fault.Is(err, fault.Internal) || w.Body.Len() != 0 || len(w.Header()) != 0 {
			t.Errorf("%s: %v, %d bytes, %v", name, err, w.Body.Len(), w.Header())
		}
	}
}

func TestTextIsEscaped(t *testing.T) {
	t.Parallel()
	set := fstest.MapFS{"p.html": {Data: []byte(`{{define "main"}}<h1>{{.Title}}</h1>{{template "field" .F}}{{template "note" .N}}{{end}}`)}}
	r := renderer(t, Set{Name: "x", FS: set})
	const evil = `"><script>alert(1)</script>`
	var w strings.Builder
	err := r.Execute(&w, "x/p", &struct {
		Base
		F Field
		N Note
	}{Base{Lang: "uk", Title: evil, Path: "/?q=" + evil, Description: evil}, Field{ID: "f", Name: "f", Label: evil, Value: evil, Hint: evil, Error: evil},
		Note{Title: evil, Text: []string{evil}, Link: &Link{"javascript:alert(1)", evil}}})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.String(), "<script>") || strings.Contains(w.String(), `href="javascript:`) {
		t.Error(w.String())
	}
}

func TestLanguagesHaveTheSameWords(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]map[string]bool{}
	for _, lang := range i18n.Languages {
		keys[lang] = map[string]bool{}
		for _, k := range b.Keys(lang) {
			if strings.HasPrefix(k, "page.") {
				keys[lang][k] = true
			}
		}
	}
	for k := range keys["uk"] {
		if !keys["en"][k] {
			t.Errorf("no %s in English", k)
		}
	}
	for k := range keys["en"] {
		if !keys["uk"][k] {
			t.Errorf("no %s in Ukrainian", k)
		}
	}
	if len(keys["uk"]) < 80 {
		t.Errorf("only %d keys", len(keys["uk"]))
	}
	for k := fault.Internal; k <= fault.Unavailable; k++ {
		for _, part := range []string{"title", "kept", "do"} {
			if !keys["uk"]["page.error."+k.String()+"."+part] {
				t.Errorf("no words for %s %s", k, part)
			}
		}
	}
}

func TestSummaryAndWords(t *testing.T) {
	t.Parallel()
	uk := words(t).Lang("uk")
	faults := []fault.Field{{Pointer: "code", Key: "page.form.short", Args: map[string]any{"Min": "6"}}, {Pointer: "code", Key: "page.form.bad"}, {Pointer: "a.b[1]", Key: "page.form.choose"}}
	s := Summary(uk, faults, func(name string) string {
		if name == "code" {
			return "Код"
		}
		return ""
	})
	want := []ErrorItem{{"#f-code", "Код: Потрібно щонайменше 6 знаків"}, {"#f-a-b-1-", "Виберіть один варіант"}}
	if len(s.Items) != 2 || s.Items[0] != want[0] || s.Items[1] != want[1] {
		t.Errorf("%+v", s.Items)
	}
	if got := FaultText(uk, faults, "a.b[1]"); got != "Виберіть один варіант" {
		t.Errorf("%q", got)
	}
	if got := FaultText(uk, faults, "none"); got != "" {
		t.Errorf("%q", got)
	}
}

func TestSeeOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fetch, to, location, next string
		code                      int
	}{
		{"", "/s/x", "/s/x", "", http.StatusSeeOther},
		{"1", "/s/x", "", "/s/x", http.StatusNoContent},
		{"1", "https://evil.example", "", "/", http.StatusNoContent},
		{"", "//evil.example", "/", "", http.StatusSeeOther},
	} {
		r := httptest.NewRequest(http.MethodPost, "/s/x", nil)
		r.Header.Set("Os-Fetch", c.fetch)
		w := httptest.NewRecorder()
		SeeOther(w, r, c.to)
		if w.Code != c.code || w.Header().Get("Location") != c.location || w.Header().Get("Os-Next") != c.next {
			t.Errorf("%+v: %d %v", c, w.Code, w.Header())
		}
	}
}

func TestColoursOfTheCity(t *testing.T) {
	t.Parallel()
	if css, err := CityStyle(Colours{Main: "#0B5CAD", MainDark: "#8FC4FF"}); err != nil || !strings.Contains(css, "--main:#0B5CAD") {
		t.Errorf("%q %v", css, err)
	}
	for _, c := range []Colours{{Main: "#F7C948"}, {MainDark: "#0B5CAD"}, {Main: "red"}, {Main: "#12345g"}, {Main: "#fff;}body{display:none"}} {
		if css, err := CityStyle(c); err == nil {
			t.Errorf("%+v: %q", c, css)
		}
	}
}

// TestContrastOfOurColours holds the figures of the palette: text at AA on each ground
// it stands on, ink at AAA.
func TestContrastOfOurColours(t *testing.T) {
	t.Parallel()
	brand, err := os.ReadFile("../../../static/src/css/_brand.scss")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(brand), "@media screen and (prefers-color-scheme: dark)")
	if !ok {
		t.Fatal("no dark look")
	}
	pairs := map[string][]string{"ink": {"paper", "card", "t-main", "t-good", "t-bad", "t-sun"}, "ink2": {"paper", "card"}, "main": {"paper", "card", "t-main"},
		"good": {"paper", "card", "t-good"}, "bad": {"paper", "card", "t-bad"}, "sun": {"t-sun"}, "on": {"main", "press"}}
	for look, css := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{"on": "#ffffff"}
		for _, m := range regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{3,6});`).FindAllStringSubmatch(css, -1) {
			c := m[2]
			if len(c) == 4 {
				c = "#" + strings.Repeat(c[1:2], 2) + strings.Repeat(c[2:3], 2) + strings.Repeat(c[3:4], 2)
			}
			if _, twice := colours[m[1]]; !twice || m[1] == "on" {
				colours[m[1]] = c
			}
		}
		for text, grounds := range pairs {
			for _, ground := range grounds {
				ratio, err := Contrast(colours[text], colours[ground])
				need := 4.5
				if text == "ink" {
					need = 7
				}
				if err != nil || ratio < need {
					t.Errorf("%s: %s on %s is %.2f (%v)", look, text, ground, ratio, err)
				}
			}
		}
		if ratio, err := Contrast(colours["edge"], colours["card"]); err != nil || ratio < 3 {
			t.Errorf("%s: the edge of a field on its card is %.2f (%v)", look, ratio, err)
		}
	}
}

// TestBudget holds the first view of a resident under 40 kB in all.
func TestBudget(t *testing.T) {
	t.Parallel()
	size := func(b []byte) int {
		var out bytes.Buffer
		z, _ := gzip.NewWriterLevel(&out, 6)
		_, _ = z.Write(b)
		_ = z.Close()
		return out.Len()
	}
	parts := map[string]int{"resident.css": 12_000, "resident.js": 10_000}
	fixed := 0
	for name, most := range parts {
		f, err := static.FS().Open(strings.TrimPrefix(static.Path(name), static.Prefix))
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(f)
		_ = f.Close()
		if err != nil {
			t.Fatal(err)
		}
		n := size(b.Bytes())
		fixed += n
		if n > most {
			t.Errorf("%s: %d bytes, at most %d", name, n, most)
		}
	}
	for name, html := range sheets(t) {
		n := size([]byte(html))
		if n > 14_000 || n+fixed > 40_000 {
			t.Errorf("%s: page %d, in all %d bytes", name, n, n+fixed)
		}
	}
}

func BenchmarkRenderQuestion(b *testing.B) {
	bundle, err := i18n.Load(locales.FS)
	if err != nil {
		b.Fatal(err)
	}
	r, err := New(Options{Words: bundle, Site: testSite(), Sets: []Set{{Name: "sheet", FS: os.DirFS("testdata/sheet")}},
		Funcs: map[string]any{"icons": IconNames}})
	if err != nil {
		b.Fatal(err)
	}
	data := sheetPages[2].data(func(uk, _ string) string { return uk }, bundle.Lang("uk"))
	b.ReportAllocs()
	for b.Loop() {
		w := httptest.NewRecorder()
		if err := r.Render(w, 200, "sheet/question", data); err != nil {
			b.Fatal(err)
		}
	}
}

// Options of a group stand under its name, the others by themselves.
func TestGroupsOfASelect(t *testing.T) {
	t.Parallel()
	found := 0
	for name, html := range sheets(t) {
		d := parseSheet(t, html)
		d.Find("optgroup").Each(func(_ int, s *goquery.Selection) {
			found++
			if got := s.AttrOr("label", "") + s.Text(); got != "<2>23" {
				t.Errorf("%s: a group holds %q", name, got)
			}
			if n := s.Parent().ChildrenFiltered("option").Length(); n != 2 {
				t.Errorf("%s: %d options outside of the group", name, n)
			}
		})
	}
	if found == 0 {
		t.Error("no sheet has a group")
	}
}
