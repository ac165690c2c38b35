package resident_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"osvitlo/internal/i18n"
	"osvitlo/internal/testkit"
)

// publicPages are the same for everybody.
var publicPages = []string{"/", "/surveys", "/surveys/resident-test", "/surveys/resident-survey", "/surveys/short-form",
	"/surveys/short-form/sheet", "/framework", "/privacy", "/accessibility", "/index", "/index/method", "/open-data"}

func TestPublicPages(t *testing.T) {
	t.Parallel()
	w := open(t)
	round := func(t *testing.T, when string) {
		for _, lang := range i18n.Languages {
			p := w.person(t, lang)
			for _, path := range publicPages {
				a := p.sees(http.StatusOK, path)
				proper(t, lang, a)
				if a.Wire > 14<<10 && (path == "/" || path == "/index" || strings.HasPrefix(path, "/surveys/resident-test")) {
					t.Errorf("%s %s (%s): %d bytes on the wire, 14 kB are allowed", when, path, lang, a.Wire)
				}
				if a.Header.Get("ETag") == "" || a.Doc().Find("meta[name=robots]").Length() > 0 {
					t.Errorf("%s: no ETag, or hidden from search", path)
				}
				again := p.ask(path, "If-None-Match", a.Header.Get("ETag"))
				if again.Status != http.StatusNotModified || len(again.Body) > 0 {
					t.Errorf("%s: status %d and %d bytes for what the reader has", path, again.Status, len(again.Body))
				}
			}
			for _, advice := range w.Library.AdvicePages() {
				proper(t, lang, p.sees(http.StatusOK, "/courses/"+advice.ID))
			}
		}
	}
	round(t, "without figures")
	w.residents(t, 300)
	if _, err := w.Index.Release(context.Background(), ""); err != nil {
		t.Fatal(err)
	}
	round(t, "with a release")
	p := w.person(t, "uk")
	index := p.sees(http.StatusOK, "/index")
	for _, want := range []string{"Офіційний випуск", "Зі 100 жителів", "не користуються інтернетом", "За віком", "За статтю", "За районом",
		"Кого ми не чуємо", "Поруч з іншими", "Зважено за населенням міста на 1 січня 2022 року", "Завантажити"} {
		if !strings.Contains(testkit.Plain(index.Doc().Find("main").Text()), want) {
			t.Errorf("the index does not say «%s»", want)
		}
	}
	if n := index.Doc().Find(".os-hundred circle[r='7.4']").Length(); n != 100 {
		t.Errorf("%d dots of a hundred", n)
	}
	if href := index.Doc().Find(".os-downs a").First().AttrOr("href", ""); p.Get(href).Status != http.StatusOK {
		t.Errorf("the download %s does not open", href)
	}
	if !strings.Contains(p.sees(http.StatusOK, "/").Text(".os-card"), "Зі 100 жителів") {
		t.Error("the first page does not tell the city's figure")
	}
}

// ask gets an address with one more header.
func (p *person) ask(path, name, value string) *testkit.Answered {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.town.site+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set(name, value)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Accept-Language", p.lang)
	return p.Do(r)
}

func TestUnknownAddresses(t *testing.T) {
	t.Parallel()
	w := open(t)
	for _, lang := range i18n.Languages {
		p := w.person(t, lang)
		for _, path := range []string{"/surveys/no-such", "/courses/no-such", "/surveys/resident-test/sheet", "/media/x.svg", "/media/../secret",
			"/r/ABCD", "/s/no-such", "/s/01a00000-0000-7000-8000-000000000000", "/results/01a00000-0000-7000-8000-000000000000/pdf"} {
			proper(t, lang, p.sees(http.StatusNotFound, path))
		}
	}
}
