package account

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
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
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/locales"
	"osvitlo/static"
)

var (
	ctx      = context.Background()
	operator = person.Operator("test")
)

// clock is a clock that tests move.
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

// proofs are anonymous sittings: id to what opens them.
type proofs map[string]string

func (p proofs) Opens(_ context.Context, id, proof string) (bool, error) {
	want, ok := p[id]
	if !ok {
		return false, fault.New(fault.NotFound, "")
	}
	return proof == want, nil
}
func (p proofs) Export(_ context.Context, id string) (any, error) {
	return map[string]string{"id": id}, nil
}
func (p proofs) Erase(context.Context, string) error { return nil }

// lines shows sittings as the app would.
type lines struct{ proofs proofs }

func (l lines) Lines(_ context.Context, _ string, ids []string) (out []SittingLine, err error) {
	for _, id := range ids {
		out = append(out, SittingLine{ID: id, Title: "Тест", Day: day, Done: true, Level: "A2", Href: "/results/" + id})
	}
	return out, nil
}

func (l lines) Here(ctx context.Context, lang string, held map[string]string) ([]SittingLine, error) {
	var ids []string
	for id, proof := range held {
		if l.proofs[id] == proof {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return l.Lines(ctx, lang, ids)
}

var day = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

type rig struct {
	*person.Service
	clock    *clock
	outbox   *job.Outbox
	inbox    *notify.Inbox
	sittings proofs
	handlers *Handlers
	site     *httptest.Server
	local    string // its address, for browsers that want a secure one
	words    *i18n.Bundle
}

var blank = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "osvitlo-account")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	name := filepath.Join(dir, "t.db")
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: name})
	if err != nil {
		return nil, err
	}
	specs := slices.Concat(person.Specs(), audit.Specs(), job.Specs(), notify.Specs())
	if err := errors.Join(engine.Migrate(ctx, specs), engine.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(name)
})

var messages = sync.OnceValues(func() (*i18n.Bundle, error) { return i18n.Load(locales.FS) })

// pages are parsed once: that takes longer than a test.
var pages = sync.OnceValues(func() (*page.Renderer, error) {
	words, err := messages()
	if err != nil {
		return nil, err
	}
	return page.New(page.Options{Words: words, Sets: []page.Set{Set()}})
})

// change makes a rig another one.
type change func(*rig, *Options)

func newRig(t testing.TB, changes ...change) *rig {
	t.Helper()
	dir := t.TempDir()
	raw, err := blank()
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "t.db"), raw, 0o600))
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(dir, "t.db")})
	must(t, err)
	t.Cleanup(func() { _ = engine.Close() })
	must(t, engine.Migrate(ctx, slices.Concat(person.Specs(), audit.Specs(), job.Specs(), notify.Specs())))
	r := &rig{clock: &clock{t: day}, sittings: proofs{}}
	key, err := audit.LoadKey(filepath.Join(dir, "key"))
	must(t, err)
	log, err := audit.New(ctx, engine, audit.Config{Seals: filepath.Join(dir, "seals"), Key: key, Now: r.clock.now})
	must(t, err)
	t.Cleanup(func() { _ = log.Close() })
	r.outbox, err = job.NewOutbox(engine, "test", nil, r.clock.now)
	must(t, err)
	r.inbox, err = notify.NewInbox(engine, r.clock.now)
	must(t, err)
	ring, err := vault.New([]vault.Key{{ID: "a", Secret: []byte("a key of this test of 32 bytes!!")}})
	must(t, err)
	post, err := notify.New(r.outbox, ring, r.inbox, r.clock.now)
	must(t, err)
	notice := person.Notice{Version: 3, Owner: i18n.Text{UK: "Управління освіти", EN: "Department of education"}, Contact: "0522 24 00 00"}
	r.Service, err = person.New(engine, person.Config{Ring: ring, Secret: []byte("a secret of this test, 32 bytes!"), Audit: log, Mail: post, Outbox: r.outbox,
		Sittings: r.sittings, Tombstones: person.NewTombstoneFile(filepath.Join(dir, "tombstones")), Notice: notice, Now: r.clock.now})
	must(t, err)
	sessions := person.NewSessions(r.Service, false)
	r.words, err = messages()
	must(t, err)
	renderer, err := pages()
	must(t, err)
	o := Options{Pages: renderer, Words: r.words, People: r.Service, Sessions: sessions, Kept: lines{r.sittings}, Mail: true,
		Notice: notice, Now: r.clock.now, Log: slog.New(slog.DiscardHandler)}
	r.site = httptest.NewUnstartedServer(nil)
	_, port, err := net.SplitHostPort(r.site.Listener.Addr().String())
	must(t, err)
	r.local = "http://localhost:" + port
	o.Passkeys, err = person.NewPasskeys(r.Service, r.local, "Освітло")
	must(t, err)
	for _, f := range changes {
		f(r, &o)
	}
	r.handlers, err = New(o)
	must(t, err)
	r.site.Config.Handler = engineOf(r.handlers, sessions, renderer, t)
	r.site.Start()
	t.Cleanup(r.site.Close)
	return r
}

// engineOf mounts the routes as the site does.
func engineOf(h *Handlers, sessions *person.Sessions, renderer *page.Renderer, t testing.TB) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.ContextWithFallback = true
	fail := func(c *gin.Context, err error) {
		if gate.Lead(c, err) {
			return
		}
		f := fault.As(err)
		if f.Kind == fault.Internal {
			t.Errorf("%s: %v", c.FullPath(), err)
		}
		_ = renderer.Error(c.Writer, page.Base{Lang: lang(c), Path: "/"}, f.Kind, "", page.Link{})
		c.Abort()
	}
	files := gin.WrapH(static.Handler())
	g.GET(static.Prefix+"*name", files)
	g.Use(func(c *gin.Context) {
		l := i18n.Choose(c.Query("lang"), "", c.GetHeader("Accept-Language"))
		c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), l))
	})
	guard := gate.New(sessions, slog.New(slog.DiscardHandler))
	for _, r := range h.Routes() {
		chain := []gin.HandlerFunc{guard.Sessions(fail), h.Frame()}
		if !r.Need.Public() {
			chain = append(chain, guard.Guard(r.Need, fail))
		}
		do := r.Do
		chain = append(chain, func(c *gin.Context) {
			if err := do(c); err != nil {
				fail(c, err)
			}
		})
		g.Handle(r.Method, r.Path, chain...)
		if r.Method == http.MethodGet {
			g.HEAD(r.Path, chain...)
		}
	}
	return g
}

// visitor is a browser without scripts.
type visitor struct {
	t      testing.TB
	r      *rig
	http   *http.Client
	lang   string
	header http.Header // more of a request
}

func (r *rig) visit(t testing.TB) *visitor {
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &visitor{t: t, r: r, lang: "uk", http: &http.Client{Jar: jar}}
}

type answer struct {
	*goquery.Document
	status int
	path   string // after redirects
	header http.Header
	body   string
}

func (v *visitor) do(method, path string, form url.Values) *answer {
	v.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	q, err := http.NewRequest(method, v.r.site.URL+path, body)
	must(v.t, err)
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, values := range v.header {
		q.Header[name] = values
	}
	q.Header.Set("Accept-Language", v.lang)
	q.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 9) AppleWebKit Chrome/79 Mobile Safari")
	res, err := v.http.Do(q)
	must(v.t, err)
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	must(v.t, err)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(raw)))
	must(v.t, err)
	return &answer{Document: doc, status: res.StatusCode, path: res.Request.URL.RequestURI(), header: res.Header, body: string(raw)}
}

func (v *visitor) get(path string) *answer { v.t.Helper(); return v.do(http.MethodGet, path, nil) }

func (v *visitor) post(path string, pairs ...string) *answer {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, form)
}

// fill sends the form of a page with an action as a browser would, with some fields set.
func (v *visitor) fill(a *answer, action string, pairs ...string) *answer {
	v.t.Helper()
	form := a.Find(`form[action="` + action + `"]`).First()
	if form.Length() == 0 {
		v.t.Fatalf("%s has no form to %s: %s", a.path, action, a.Find("main").Text())
	}
	values := url.Values{}
	form.Find("input").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		if name == "" || (kind == "radio" || kind == "checkbox") && !checked {
			return
		}
		value, _ := in.Attr("value")
		values.Add(name, value)
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, action, values)
}

// at fails unless the answer is this page.
func (a *answer) at(t testing.TB, status int, path string) *answer {
	t.Helper()
	if a.status != status || path != "" && a.path != path {
		t.Fatalf("%d at %s, want %d at %s: %s", a.status, a.path, status, path, strings.Join(strings.Fields(a.Find("main").Text()), " "))
	}
	return a
}

func (a *answer) text() string { return plainWords(a.Find("main").Text()) }

func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\u00a0' || r == '\n' || r == '\t' }), " ")
}

// says fails unless the page has the message.
func (r *rig) says(t testing.TB, a *answer, key string) {
	t.Helper()
	want := plainWords(r.words.Lang("uk").T(key, nil))
	if !strings.Contains(a.text(), want) {
		t.Fatalf("%s does not say %q: %s", a.path, want, a.text())
	}
}

// code is the code of the newest mail to an address.
func (r *rig) code(t testing.TB, to string) string {
	t.Helper()
	_, err := r.outbox.Work(ctx)
	must(t, err)
	list, err := r.inbox.List(ctx, "", 50)
	must(t, err)
	for _, m := range list.Items {
		if m.To == to {
			if found := regexp.MustCompile(`(\d{3}) (\d{3})`).FindStringSubmatch(m.Text); found != nil {
				return found[1] + found[2]
			}
		}
	}
	t.Fatalf("no code was sent to %s", to)
	return ""
}

// learner is a grown-up with a card of a venue.
func (r *rig) learner(t testing.TB, name string, kind person.SecretKind) (*person.Person, *person.Card) {
	t.Helper()
	out, err := r.Register(ctx, operator, person.Registration{Name: name, Adult: true, Venue: "lib-1"})
	must(t, err)
	card, err := r.IssueCard(ctx, operator, out.Person.ID, kind, "lib-1")
	must(t, err)
	return out.Person, card
}

// byCard signs a visitor in with a card.
func (v *visitor) byCard(card *person.Card, pairs ...string) *answer {
	v.t.Helper()
	a := v.post("/sign-in/card", append([]string{"card", card.Payload}, pairs...)...)
	if card.Kind == person.Pictures {
		for _, one := range card.Secret {
			a = v.fill(a, "/sign-in/card/secret", "pick", one)
		}
		return a
	}
	return v.fill(a, "/sign-in/card/secret", "secret", strings.Join(card.Secret, " "))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
