package services

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	files "osvitlo/content"
	"osvitlo/internal/asset"
	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/eservice"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
	"osvitlo/static"
)

var (
	noon     = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	library  = sync.OnceValue(func() *content.Library { lib, _ := content.LoadAt(files.FS, noon); return lib })
	messages = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load(locales.FS) })
)

type journal struct {
	mu   sync.Mutex
	acts []string
}

func (j *journal) Record(_ context.Context, e audit.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.acts = append(j.acts, e.Action)
	return e.Check()
}

type rig struct {
	t      testing.TB
	site   http.Handler
	local  string
	manual *eservice.Service
	h      *Handlers
	log    *journal
	actor  person.Actor
	now    time.Time
}

func newRig(t testing.TB) *rig {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	words, err := messages()
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(page.Options{Words: words, Sets: []page.Set{Set()}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), eservice.Specs()); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, log: &journal{}, now: noon, actor: person.Actor{Person: "pabcdefghijk", Grants: []person.Grant{{Role: person.Editor}, {Role: person.CDTO}}, Strong: true, Fresh: true, Where: "web"}}
	now := func() time.Time { return r.now }
	if r.manual, err = eservice.Open(t.Context(), eservice.Options{Engine: e, Library: library(), Audit: r.log, Now: now}); err != nil {
		t.Fatal(err)
	}
	pictures, err := fs.Sub(files.FS, "services/pictures")
	if err != nil {
		t.Fatal(err)
	}
	city := page.City{Name: i18n.Text{UK: "Місто", EN: "City"}, Owner: i18n.Text{UK: "Рада", EN: "Council"}, Phone: "(0522) 00-00-00", Hours: i18n.Text{UK: "Пн–пт", EN: "Mon–Fri"}}
	r.h, err = New(Options{Pages: pages, Words: words, Manual: r.manual, Library: library(), Pictures: pictures, City: city, Origin: "https://osvitlo.example", Now: now,
		Upload: func(_ context.Context, _ *person.Actor, s asset.Sent, _ i18n.Text, _ io.Reader) (string, error) {
			return asset.Path + s.Name, nil
		},
		Places: func(string) []Place {
			return []Place{{"Бібліотека № 1", "вул. Вигадана, 1", "пн–пт 9:00–18:00", ""}}
		}})
	if err != nil {
		t.Fatal(err)
	}
	g := gin.New()
	for _, route := range r.h.Routes() {
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			a := r.actor
			c.Set("gate.actor", &a)
			if err := route.Need.Ask(&a).Err(); err != nil {
				c.String(http.StatusForbidden, "refused")
				return
			}
			lang := c.Query("lang")
			if lang == "" {
				lang = i18n.Ukrainian
			}
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), lang))
			if err := route.Do(c); err != nil {
				c.String(page.Status(fault.KindOf(err)), "%v", err)
			}
		})
	}
	g.GET(static.Prefix+"*name", gin.WrapH(static.Handler()))
	r.site = g
	return r
}

// serve opens the site on a port of this machine, for a browser.
func (r *rig) serve() {
	r.t.Helper()
	s := httptest.NewUnstartedServer(r.site)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	s.Listener = l
	s.Start()
	r.t.Cleanup(s.Close)
	r.local = s.URL
}

const agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"

func (r *rig) send(req *http.Request) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	req.Header.Set("User-Agent", agent)
	w := httptest.NewRecorder()
	r.site.ServeHTTP(w, req)
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		r.t.Fatal(err)
	}
	return w, doc
}

func (r *rig) get(path string) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	return r.send(httptest.NewRequestWithContext(r.t.Context(), http.MethodGet, path, nil))
}

func (r *rig) post(path string, form url.Values) (*httptest.ResponseRecorder, *goquery.Document) {
	r.t.Helper()
	req := httptest.NewRequestWithContext(r.t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.send(req)
}

// fields are the hidden fields of the form that goes to an address.
func fields(doc *goquery.Document, action string) url.Values {
	out := url.Values{}
	doc.Find("form[action='" + action + "'] input[type=hidden]").Each(func(_ int, s *goquery.Selection) {
		out.Set(s.AttrOr("name", ""), s.AttrOr("value", ""))
	})
	return out
}
