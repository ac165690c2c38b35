package page

import (
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/locales"
)

func words(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load(locales.FS)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func testSite() Site {
	return Site{Demo: true, Origin: "https://osvitlo.example",
		City: City{
			Name:  i18n.Text{UK: "Кропивницький", EN: "Kropyvnytskyi"},
			Owner: i18n.Text{UK: "Міська рада", EN: "City council"},
			Phone: "(0522) 00-00-00", PhoneHref: "tel:+380522000000",
			Hours:  i18n.Text{UK: "Пн–пт, 9:00–18:00", EN: "Mon–Fri, 9:00–18:00"},
			Charge: i18n.Text{UK: "За тарифом вашого оператора", EN: "At your operator’s rate"},
		},
		Nav: []Item{{ID: "test", Href: "/surveys", Key: "page.nav.test"}, {ID: "index", Href: "/index", Key: "page.nav.index"}},
		Footer: []Item{{ID: "framework", Href: "/framework", Key: "page.nav.framework"},
			{ID: "data", Href: "/open-data", Key: "page.nav.data"},
			{ID: "privacy", Href: "/privacy", Key: "page.nav.privacy"},
			{ID: "accessibility", Href: "/accessibility", Key: "page.nav.accessibility"}},
	}
}

func renderer(t *testing.T, sets ...Set) *Renderer {
	t.Helper()
	r, err := New(Options{Words: words(t), Site: testSite(), Sets: sets})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRenderWritesAWholePage(t *testing.T) {
	t.Parallel()
	set := fstest.MapFS{"plain.html": {Data: []byte(`{{define "main"}}<h1>{{.Title}}</h1><p>{{num 47.34 1}} {{int 3198}}</p>{{template "button" (button "page.next" "")}}{{end}}`)}}
	r := renderer(t, Set{Name: "sheet", FS: set})
	for lang, want := range map[string][]string{
		"uk": {`<html lang="uk">`, "демонстраційні дані", "47,3", "3\u202f198", ">Далі</button>", `href="/x?a=1&amp;lang=en"`},
		"en": {`<html lang="en">`, "demonstration data", "47.3", ">Next</button>", `href="/x?a=1&amp;lang=uk"`},
	} {
		w := httptest.NewRecorder()
		page := &struct{ Base }{Base{Lang: lang, Title: "T", Path: "/x?a=1"}}
		if err := r.Render(w, 200, "sheet/plain", page); err != nil {
			t.Fatal(err)
		}
		body := w.Body.String()
		for _, s := range want {
			if !strings.Contains(body, s) {
				t.Errorf("%s: no %q in\n%s", lang, s, body)
			}
		}
		if strings.Contains(body, "style=") || strings.Contains(body, "<script>") {
			t.Errorf("%s: inline style or script", lang)
		}
	}
}

func TestErrorPageForEveryKind(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		for _, lang := range i18n.Languages {
			w := httptest.NewRecorder()
			if err := r.Error(w, Base{Lang: lang, Path: "/"}, kind, "K7-1", Link{}); err != nil {
				t.Fatal(err)
			}
			body := w.Body.String()
			if w.Code != Status(kind) || strings.Contains(body, "page.error") {
				t.Errorf("%s %s: %d, a key without words:\n%s", lang, kind, w.Code, body)
			}
			if has := strings.Contains(body, "K7-1"); has != (kind == fault.Internal || kind == fault.Unavailable) {
				t.Errorf("%s %s: incident shown = %v", lang, kind, has)
			}
		}
	}
}
