//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/ledongthuc/pdf"

	"osvitlo/internal/testkit"
)

func visitor(t *testing.T, p *testkit.Program) *testkit.Visitor {
	t.Helper()
	return testkit.NewVisitor(t, p.Site, "uk")
}

// pages counts the pages of a PDF.
func pages(t *testing.T, raw []byte) int {
	t.Helper()
	r, err := pdf.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return r.NumPage()
}

// written is the text of our own file: its strings are UTF-16, which the library's
// own reading of text takes for single bytes.
func written(t *testing.T, raw []byte) string {
	t.Helper()
	r, err := pdf.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for n := 1; n <= r.NumPage(); n++ {
		content := r.Page(n).V.Key("Contents").Reader()
		stream, err := io.ReadAll(content)
		if err := errors.Join(err, content.Close()); err != nil {
			t.Fatal(err)
		}
		for _, text := range shown.FindAllSubmatch(stream, -1) {
			plain := escaped.ReplaceAllFunc(text[1], func(b []byte) []byte {
				if b[1] == 'r' {
					return []byte{13}
				}
				return b[1:]
			})
			var units []uint16
			for i := 0; i+1 < len(plain); i += 2 {
				units = append(units, uint16(plain[i])<<8|uint16(plain[i+1]))
			}
			out.WriteString(string(utf16.Decode(units)) + " ")
		}
	}
	return testkit.Plain(out.String())
}

var (
	shown   = regexp.MustCompile(`(?s)\(((?:[^\\()]|\\.)*)\)\s*Tj`)
	escaped = regexp.MustCompile(`(?s)\\.`)
)

// The result as a file and on paper: Ukrainian letters, all parts, no buttons.
func TestResultOnPaper(t *testing.T) {
	t.Parallel()
	p := walker(t, "uk", "resident-test")
	p.until("/review", 60)
	p.submit()
	result := strings.Replace(p.at, "/s/", "/results/", 1)

	file := p.v.Get(result+"/pdf").Want(t, 200)
	if kind := file.Header.Get("Content-Type"); kind != "application/pdf" {
		t.Errorf("the file is %q", kind)
	}
	if !strings.Contains(file.Header.Get("Content-Disposition"), ".pdf") {
		t.Errorf("the file has no name: %q", file.Header.Get("Content-Disposition"))
	}
	if n := pages(t, file.Body); n < 1 || n > 2 {
		t.Errorf("the file has %d pages", n)
	}
	text := written(t, file.Body)
	for _, words := range []string{"Ось що ви вже вмієте", "Ваш рівень", "Шість напрямів", "Три кроки далі", "Демонстраційні дані"} {
		if !strings.Contains(text, words) {
			t.Errorf("the file lacks «%s»", words)
		}
	}
	if t.Failed() {
		t.Logf("text: %.1500s", text)
	}

	tab := chrome.Tab(t, testkit.Desktop)
	tab.Take(p.cookies())
	want(tab, 200, tab.Open(result))
	tab.OnPaper()
	for _, gone := range []string{".os-bar__nav", ".os-back", "button", ".os-foot__nav"} {
		if tab.Has(gone) {
			t.Errorf("on paper there is %s", gone)
		}
	}
	if !tab.Has(".os-level") || !tab.Has(".os-areas") {
		t.Error("on paper the level or the areas are missing")
	}
	if n := pages(t, tab.Paper()); n < 1 || n > 2 {
		t.Errorf("the printed result has %d pages", n)
	}
}

// The sheet for people without the internet is one leaf of A4.
func TestSheetIsOneLeaf(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"uk", "en"} {
		screen := testkit.Desktop
		screen.Lang = lang
		tab := chrome.Tab(t, screen)
		want(tab, 200, tab.Open("/surveys/short-form/sheet"))
		if n := pages(t, tab.Paper()); n > 2 {
			t.Errorf("%s: the sheet has %d pages, want one leaf", lang, n)
		}
	}
}
