package mentor

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

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
)

var (
	ctx  = context.Background()
	noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
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

type rig struct {
	*person.Service
	*clock
	t    *testing.T
	log  *audit.Log
	site http.Handler
	h    *Handlers

	venue string // held in the browser's cookie

	mu     sync.Mutex
	actors map[string]*person.Actor
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

// blank is a migrated file: making its tables takes longer than most tests.
var blank = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "osvitlo-mentor")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	name := filepath.Join(dir, "t.db")
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: name})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(engine.Migrate(ctx, specs()), engine.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(name)
})

func specs() []store.Spec {
	return slices.Concat(person.Specs(), audit.Specs(), job.Specs(), notify.Specs())
}

// pages are built once: parsing takes longer than most tests.
var pages = sync.OnceValues(func() (*page.Renderer, error) {
	words, err := i18n.Load(locales.FS)
	if err != nil {
		return nil, err
	}
	return page.New(page.Options{Words: words, Site: page.Site{Demo: true}, Sets: []page.Set{Set()}})
})

func newRig(t *testing.T) *rig {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.db"), must(blank())(t), 0o600); err != nil {
		t.Fatal(err)
	}
	engine := must(sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "t.db")}))(t)
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, specs()); err != nil {
		t.Fatal(err)
	}
	r := &rig{clock: &clock{t: noon}, t: t, actors: map[string]*person.Actor{"visitor": {Where: "web"}}}
	key := must(audit.LoadKey(filepath.Join(dir, "key")))(t)
	r.log = must(audit.New(ctx, engine, audit.Config{Seals: filepath.Join(dir, "seals"), Key: key, Now: r.now}))(t)
	t.Cleanup(func() { _ = r.log.Close() })
	outbox := must(job.NewOutbox(engine, "test", nil, r.now))(t)
	inbox := must(notify.NewInbox(engine, r.now))(t)
	ring := must(vault.New(must(vault.ParseKeys("a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))(t)))(t)
	post := must(notify.New(outbox, ring, inbox, r.now))(t)
	r.Service = must(person.New(engine, person.Config{Ring: ring, Secret: []byte("a secret of this test, 32 bytes!"), Audit: r.log, Mail: post, Outbox: outbox,
		Tombstones: person.NewTombstoneFile(filepath.Join(dir, "stones")), Now: r.now,
		Notice: person.Notice{Version: 3, Owner: i18n.Text{UK: "Управління", EN: "Department"}, Contact: "0522 24 00 00"}}))(t)
	words := must(i18n.Load(locales.FS))(t)
	r.h = must(New(Options{Pages: must(pages())(t), Words: words, People: r.Service, City: page.City{Phone: "(0522) 00-00-00"},
		Places: func() []Place {
			return []Place{{ID: "lib-1", Name: i18n.Text{UK: "Перша", EN: "First"}}, {ID: "lib-2", Name: i18n.Text{UK: "Друга", EN: "Second"}}}
		}, Origin: "https://osvitlo.example", Now: r.now}))(t)
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
			r.mu.Lock()
			a := *r.actors[c.GetHeader("Actor")]
			r.mu.Unlock()
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

// staff makes a member of staff with a strong, fresh session, known by a key.
func (r *rig) staff(key, name string, role person.Role, place string) person.ID {
	r.t.Helper()
	out, err := r.Register(ctx, person.Operator("test"), person.Registration{Name: name, Adult: true})
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.Grant(ctx, person.Operator("test"), out.Person.ID, role, place, time.Time{}); err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.actors[key] = &person.Actor{Person: out.Person.ID, Grants: must(r.Grants(ctx, out.Person.ID))(r.t), Strong: true, Fresh: true, Where: "web"}
	return out.Person.ID
}

func (r *rig) learner(reg person.Registration) person.ID {
	r.t.Helper()
	out, err := r.Register(ctx, person.Operator("test"), reg)
	if err != nil {
		r.t.Fatal(err)
	}
	return out.Person.ID
}

type answer struct {
	*httptest.ResponseRecorder
	doc *goquery.Document
	t   *testing.T
}

func (r *rig) ask(method, actor, path string, form url.Values) *answer {
	r.t.Helper()
	q := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	q.Header.Set("Actor", actor)
	if r.venue != "" {
		q.AddCookie(&http.Cookie{Name: venueCookie, Value: r.venue})
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	before := r.rows(actor)
	r.site.ServeHTTP(w, q)
	// Every act that was done stands in the log; where a mentor works is no act on anybody.
	if method == "POST" && (w.Code == 200 || w.Code == 303) && !strings.HasPrefix(path, "/mentor/venue") && r.rows(actor) == before {
		r.t.Errorf("%s answers %d and the log holds no new row", path, w.Code)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		r.t.Fatal(err)
	}
	return &answer{w, doc, r.t}
}

// rows counts what an actor did, by the log.
func (r *rig) rows(actor string) int {
	r.t.Helper()
	r.mu.Lock()
	id := r.actors[actor].Person
	r.mu.Unlock()
	if id == "" {
		return 0
	}
	found, err := r.log.Search(ctx, audit.Filter{Actor: string(id), Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	return len(found.Items)
}

func (r *rig) get(actor, path string) *answer { r.t.Helper(); return r.ask("GET", actor, path, nil) }

func (r *rig) post(actor, path string, pairs ...string) *answer {
	r.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return r.ask("POST", actor, path, form)
}

func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.Code != status {
		a.t.Fatalf("got %d, want %d: %s", a.Code, status, a.Body.String()[:min(600, a.Body.Len())])
	}
	return a
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

// noted tells whether the log holds an act of an actor.
func (r *rig) noted(actor person.ID, action string) bool {
	r.t.Helper()
	found, err := r.log.Search(ctx, audit.Filter{Action: action, Limit: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	return slices.ContainsFunc(found.Items, func(row *audit.Row) bool { return row.Actor == string(actor) })
}
