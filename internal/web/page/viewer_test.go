package page

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// reader is a writer that knows its reader, as the site's is.
type reader struct {
	http.ResponseWriter
	viewer Viewer
}

func (r reader) Viewer() Viewer { return r.viewer }

// wrapped hides what is inside, as a middleware does.
type wrapped struct{ http.ResponseWriter }

func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func TestTheFrameKnowsItsReader(t *testing.T) {
	t.Parallel()
	r := renderer(t)
	show := func(v Viewer) *goquery.Document {
		w := httptest.NewRecorder()
		if err := r.Error(wrapped{wrapped{reader{w, v}}}, Base{Lang: "uk", Path: "/"}, 0, "12345678", Link{}); err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	plain := show(Viewer{})
	if _, has := plain.Find("html").Attr("class"); has {
		t.Error("a page for everybody has somebody's classes")
	}
	if href, _ := plain.Find(".os-bar__me").Attr("href"); href != "/sign-in" {
		t.Errorf("a visitor is led to %q", href)
	}
	mine := show(Viewer{Classes: "os-t150 os-still", Account: &AccountStrip{SignedIn: true, Shared: true}})
	if class, _ := mine.Find("html").Attr("class"); class != "os-t150 os-still" {
		t.Errorf("class %q", class)
	}
	if href, _ := mine.Find(".os-bar__me").Attr("href"); href != "/me" {
		t.Errorf("whoever is signed in is led to %q", href)
	}
	if mine.Find("form.os-shared[action='/sign-out'] button[name=clear]").Length() != 1 {
		t.Error("no end of a shared computer")
	}
	if show(Viewer{Account: &AccountStrip{SignedIn: true}}).Find(".os-shared").Length() != 0 {
		t.Error("one's own device is called shared")
	}
}

func TestEasyWordsStandOpen(t *testing.T) {
	t.Parallel()
	if !strings.Contains(termsOpen, " open") || strings.Replace(termsOpen, " open", "", 1) != termsClosed {
		t.Fatal("the two forms differ in more than being open")
	}
	raw, err := ownFiles.ReadFile("templates/_parts.html")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(raw), `{{define "terms"}}`+termsClosed) {
		t.Error("the template writes explanations in another form: they would stay shut")
	}
}
