package learning

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// clock stands still until it is moved.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// pid is a person's id as the program makes them.
func pid(name string) person.ID { return person.ID("p" + (name + strings.Repeat("0", 26))[:26]) }

type rig struct {
	*clock
	t       testing.TB
	engine  store.Engine
	courses *course.Service
	h       *Handlers
	site    http.Handler
	score   *sitting.Score
	actors  map[string]*person.Actor
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// Built once: reading all content and templates takes longer than most tests.
var (
	library = sync.OnceValues(func() (*content.Library, error) {
		lib, _ := content.LoadAt(files.FS, noon) // what is wrong with the content, its own tests tell
		if lib == nil || len(lib.Courses()) == 0 {
			return nil, errors.New("no courses")
		}
		return lib, nil
	})
	words = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load(locales.FS) })
	pages = sync.OnceValues(func() (*page.Renderer, error) {
		w, err := words()
		if err != nil {
			return nil, err
		}
		return page.New(page.Options{Words: w, Site: page.Site{Demo: true, City: page.City{Phone: "(0522) 00-00-00"}}, Sets: []page.Set{Set()}})
	})
	blank = sync.OnceValues(func() ([]byte, error) {
		dir, err := os.MkdirTemp("", "osvitlo-learning")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		name := filepath.Join(dir, "t.db")
		engine, err := sqlite.Open(ctx, sqlite.Config{Path: name})
		if err != nil {
			return nil, err
		}
		if err := errors.Join(engine.Migrate(ctx, slices.Concat(course.Specs(), job.Specs())), engine.Close()); err != nil {
			return nil, err
		}
		return os.ReadFile(name)
	})
)

func newRig(t testing.TB) *rig {
	t.Helper()
	name := filepath.Join(t.TempDir(), "t.db")
	if err := os.WriteFile(name, must(blank())(t), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: &clock{t: noon}, t: t, actors: map[string]*person.Actor{
		"visitor":  {Where: "web"},
		"resident": {Person: pid("resident"), Where: "web"},
		"mentor":   {Person: pid("mentor"), Grants: []person.Grant{{Role: person.Mentor, Place: "lib-1"}}, Strong: true, Fresh: true, Where: "web"},
		"stranger": {Person: pid("stranger"), Grants: []person.Grant{{Role: person.Mentor, Place: "lib-2"}}, Strong: true, Fresh: true, Where: "web"},
		"editor":   {Person: pid("editor"), Grants: []person.Grant{{Role: person.Editor}}, Strong: true, Fresh: true, Where: "web"},
	}}
	r.engine = must(sqlite.Open(ctx, sqlite.Config{Path: name}))(t)
	t.Cleanup(func() { _ = r.engine.Close() })
	lib := must(library())(t)
	outbox := must(job.NewOutbox(r.engine, "test", nil, r.now))(t)
	r.courses = must(course.New(course.Config{Engine: r.engine, Catalogue: lib, Outbox: outbox, Now: r.now}))(t)
	r.h = must(New(Options{Pages: must(pages())(t), Words: must(words())(t), Library: lib, Courses: r.courses,
		Score:  func(context.Context, person.ID, []*http.Cookie) (*sitting.Score, error) { return r.score, nil },
		Advice: func(c *gin.Context) error { return fault.New(fault.NotFound, "") },
		Name: func(_ context.Context, _ person.Actor, id person.ID) (string, error) {
			return map[person.ID]string{pid("resident"): "Олена"}[id], nil
		},
		Places: func() []Place {
			return []Place{{"lib-1", i18n.Text{UK: "Перша", EN: "First"}}, {"lib-2", i18n.Text{UK: "Друга", EN: "Second"}}}
		},
		City: page.City{Phone: "(0522) 00-00-00"}, Now: r.now}))(t)
	r.site = r.mount(r.h.Routes())
	return r
}

// mount puts routes behind the gate; the header Actor says who asks.
func (r *rig) mount(routes []gate.Route) http.Handler {
	gin.SetMode(gin.TestMode)
	g := gin.New()
	doors := gate.New(nil, slog.New(slog.DiscardHandler))
	fail := func(c *gin.Context, err error) { c.String(page.Status(fault.KindOf(err)), "%s", err.Error()) }
	for _, route := range routes {
		do := route.Do
		g.Handle(route.Method, route.Path, func(c *gin.Context) {
			name := c.GetHeader("Actor")
			if name == "" {
				name = "visitor"
			}
			a := *r.actors[name]
			c.Set("gate.actor", &a)
			c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), i18n.Choose(c.Query("lang"), "", "")))
		}, doors.Guard(route.Need, fail), func(c *gin.Context) {
			if err := do(c); err != nil {
				fail(c, err)
			}
		})
	}
	return g
}

// browser is one device: it keeps cookies, and may be signed in.
type browser struct {
	*rig
	t     testing.TB
	actor string
	jar   map[string]string
}

func (r *rig) browser(actor string) *browser {
	return &browser{rig: r, t: r.t, actor: actor, jar: map[string]string{}}
}

type answer struct {
	*httptest.ResponseRecorder
	doc *goquery.Document
	t   testing.TB
}

func (b *browser) ask(method, path, kind, body string) *answer {
	b.t.Helper()
	q := httptest.NewRequest(method, path, strings.NewReader(body))
	q.Header.Set("Actor", b.actor)
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	for name, value := range b.jar {
		q.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.site.ServeHTTP(w, q)
	for _, c := range w.Result().Cookies() {
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		} else {
			b.jar[c.Name] = c.Value
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		b.t.Fatal(err)
	}
	return &answer{w, doc, b.t}
}

func (b *browser) get(path string) *answer { b.t.Helper(); return b.ask("GET", path, "", "") }

func (b *browser) post(path string, values url.Values) *answer {
	b.t.Helper()
	return b.ask("POST", path, "application/x-www-form-urlencoded", values.Encode())
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("got %d, want %d: %s", a.Code, status, a.Body.String()[:min(600, a.Body.Len())])
	}
	return a
}

func (a *answer) to() string {
	a.t.Helper()
	a.want(http.StatusSeeOther)
	return a.Header().Get("Location")
}

func plain(s string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(s)), " ")
}

func (a *answer) text(selector string) string { return plain(a.doc.Find(selector).Text()) }

func (a *answer) says(words ...string) *answer {
	a.t.Helper()
	all := a.text("main")
	for _, w := range words {
		if !strings.Contains(all, w) {
			a.t.Fatalf("the page does not say %q:\n%s", w, all)
		}
	}
	return a
}

func (a *answer) silent(words ...string) *answer {
	a.t.Helper()
	all := a.text("main")
	for _, w := range words {
		if strings.Contains(all, w) {
			a.t.Fatalf("the page says %q:\n%s", w, all)
		}
	}
	return a
}
