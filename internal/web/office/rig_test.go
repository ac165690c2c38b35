package office

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
	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
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

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// heldSittings holds sittings in memory.
type heldSittings struct {
	mu   sync.Mutex
	list []sitting.HeldSitting
	log  []string
}

func (s *heldSittings) Held(_ context.Context, _ sitting.By, q sitting.HeldQuery) (p sitting.HeldPage, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from := min(int(q.After), len(s.list))
	to := min(from+q.Limit, len(s.list))
	p.Items = slices.Clone(s.list[from:to])
	if to < len(s.list) {
		p.Next = int64(to)
	}
	return p, nil
}

func (s *heldSittings) HeldHours(context.Context) ([]sitting.HeldHour, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == 0 {
		return nil, nil
	}
	return []sitting.HeldHour{{Hour: noon, Wave: "2026-11", Instrument: "resident-test", Held: len(s.list)}}, nil
}

func (s *heldSittings) Admission() []sitting.Admission {
	s.mu.Lock()
	defer s.mu.Unlock()
	return []sitting.Admission{{Instrument: "resident-test", Alert: len(s.list) > 2}}
}

func (s *heldSittings) decide(by sitting.By, ids []string, word string) (d sitting.Decided) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		i := slices.IndexFunc(s.list, func(h sitting.HeldSitting) bool { return h.ID == id })
		if i < 0 {
			d.Other = append(d.Other, id)
			continue
		}
		s.list = slices.Delete(s.list, i, i+1)
		s.log = append(s.log, word+" "+id+" "+by.Person)
		d.Changed++
	}
	return d
}

func (s *heldSittings) Release(_ context.Context, by sitting.By, ids []string, reason string) (sitting.Decided, error) {
	return s.decide(by, ids, "release "+reason), nil
}

func (s *heldSittings) Reject(_ context.Context, by sitting.By, ids []string, reason string) (sitting.Decided, error) {
	return s.decide(by, ids, "reject "+reason), nil
}

type counts struct{}

func (counts) Staff(string) cityindex.StaffCount {
	return cityindex.StaffCount{Counted: 3198, Public: 3190, Waiting: 8}
}

func (counts) Snapshot() *cityindex.Snapshot {
	return &cityindex.Snapshot{View: &cityindex.View{Releases: []cityindex.ReleaseInfo{{ID: "r-1", Wave: "2026-11", AsOf: noon, Cut: noon, Path: "/open-data/releases/r-1/", Latest: true}}}}
}

type waves struct{}

func (waves) Waves() []*survey.Wave {
	return []*survey.Wave{{Doc: store.Doc{ID: "2026-11"}, Title: i18n.Text{UK: "Листопад", EN: "November"}, Opens: store.At(noon.Add(-time.Hour)), Closes: store.At(noon.Add(time.Hour))}}
}

type rig struct {
	*person.Service
	*clock
	t      *testing.T
	log    *audit.Log
	outbox *job.Outbox
	jobs   *job.Schedule
	inbox  *notify.Inbox
	held   *heldSittings
	site   http.Handler
	h      *Handlers

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
	dir, err := os.MkdirTemp("", "osvitlo-office")
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
	return page.New(page.Options{Words: words, Site: page.Site{Demo: true}})
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
	r := &rig{clock: &clock{t: noon}, t: t, actors: map[string]*person.Actor{"visitor": {Where: "web"}}, held: &heldSittings{}}
	key := must(audit.LoadKey(filepath.Join(dir, "key")))(t)
	r.log = must(audit.New(ctx, engine, audit.Config{Seals: filepath.Join(dir, "seals"), Key: key, Now: r.now}))(t)
	t.Cleanup(func() { _ = r.log.Close() })
	r.outbox = must(job.NewOutbox(engine, "test", nil, r.now))(t)
	r.jobs = must(job.NewSchedule(engine, "test", nil, r.now))(t)
	r.inbox = must(notify.NewInbox(engine, r.now))(t)
	ring := must(vault.New(must(vault.ParseKeys("a:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))(t)))(t)
	post := must(notify.New(r.outbox, ring, r.inbox, r.now))(t)
	r.Service = must(person.New(engine, person.Config{Ring: ring, Secret: []byte("a secret of this test, 32 bytes!"), Audit: r.log, Mail: post, Outbox: r.outbox,
		Tombstones: person.NewTombstoneFile(filepath.Join(dir, "stones")), Now: r.now,
		Notice: person.Notice{Version: 3, Owner: i18n.Text{UK: "=Управління", EN: "=Department"}, Contact: "0522 24 00 00"}}))(t)
	words := must(i18n.Load(locales.FS))(t)
	r.h = must(New(Options{Pages: must(pages())(t), Words: words, People: r.Service, Audit: r.log, Jobs: r.jobs, Outbox: r.outbox, Inbox: r.inbox, Sittings: r.held, Index: counts{}, Waves: waves{},
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
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	before := r.rows(actor)
	r.site.ServeHTTP(w, q)
	// Every act that was done stands in the log; the service of sittings writes decisions into the log itself.
	if method == "POST" && (w.Code == 200 || w.Code == 303) && !strings.HasPrefix(path, "/office/held") && r.rows(actor) == before {
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
