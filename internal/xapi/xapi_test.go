package xapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	shipped "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/xapi"
)

var ctx = context.Background()

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }
func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// lrs is a Learning Record Store that behaves as it is told.
type lrs struct {
	*httptest.Server
	mu   sync.Mutex
	code int
	wait time.Duration
	got  map[string]int // statements by id
	asks int
	bad  []string
}

func newLRS(t *testing.T) *lrs {
	l := &lrs{code: http.StatusOK, got: map[string]int{}}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.mu.Lock()
		code, wait := l.code, l.wait
		l.asks++
		l.mu.Unlock()
		time.Sleep(wait)
		raw, _ := io.ReadAll(r.Body)
		key, secret, _ := r.BasicAuth()
		var list []xapi.Statement
		l.mu.Lock()
		defer l.mu.Unlock()
		if json.Unmarshal(raw, &list) != nil || r.URL.Path != "/xapi/statements" || r.Method != http.MethodPost || r.Header.Get("X-Experience-API-Version") != "1.0.3" || key != "k" || secret != "s" {
			l.bad = append(l.bad, r.Method+" "+r.URL.Path+" "+string(raw))
		}
		if code < 300 {
			for _, s := range list {
				l.got[s.ID]++
			}
		}
		w.WriteHeader(code)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *lrs) answer(code int, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.code, l.wait = code, wait
}

// asked is how often it was asked since the last call.
func (l *lrs) asked() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.asks
	l.asks = 0
	return n
}

func (l *lrs) count() int { l.mu.Lock(); defer l.mu.Unlock(); return len(l.got) }

// library is read once: it takes seconds.
var library = sync.OnceValue(func() *content.Library {
	lib, _ := content.LoadAt(shipped.FS, time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	return lib
})

type rig struct {
	*xapi.Service
	clock   *clock
	courses *course.Service
	outbox  *job.Outbox
	agreed  sync.Map
	course  *course.Course
	stop    func()
}

func newRig(t *testing.T, store *lrs) *rig {
	t.Helper()
	e, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	must(t, err)
	t.Cleanup(func() { _ = e.Close() })
	must(t, e.Migrate(ctx, append(course.Specs(), job.Specs()...)))
	r := &rig{clock: &clock{t: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}}
	lib := library()
	r.course, err = lib.Course("fraud-protection")
	must(t, err)
	r.outbox, err = job.NewOutbox(e, "test", nil, r.clock.now)
	must(t, err)
	r.courses, err = course.New(course.Config{Engine: e, Catalogue: lib, Outbox: r.outbox, Now: r.clock.now, Heard: func(was, is *course.Track) { r.Heard(was, is) }})
	must(t, err)
	must(t, r.outbox.Handle(course.TopicCompleted, func(context.Context, job.Delivery) error { return nil }))
	o := xapi.Options{Origin: func() string { return "https://osvitlo.example" }, Secret: []byte("0123456789abcdef"), Courses: r.courses, Catalogue: lib, Outbox: r.outbox, Now: r.clock.now,
		Agreed: func(_ context.Context, id person.ID) (bool, error) {
			ok, _ := r.agreed.Load(id)
			return ok == true, nil
		}}
	if store != nil {
		o.LRS, err = xapi.NewLRS(store.URL+"/xapi/", "k", "s", 300*time.Millisecond)
		must(t, err)
	}
	r.Service, err = xapi.New(o)
	must(t, err)
	run, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { r.Run(run); close(done) }()
	r.stop = func() { cancel(); <-done }
	t.Cleanup(r.stop)
	return r
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// learn takes the first lesson and the final check of the course.
func (r *rig) learn(t *testing.T, l course.Learner) {
	t.Helper()
	one := r.course.Lessons[0]
	for i := range one.Activities {
		a := &one.Activities[i]
		m := course.Mark{Kind: course.Done, Course: r.course.Slug, Lesson: one.Slug, Activity: a.ID, At: r.clock.now()}
		switch b := a.Body.(type) {
		case *lesson.Check:
			m.Kind = course.Answered
			raw, err := json.Marshal(b.Item.Key)
			must(t, err)
			if b.Item.Type == instrument.Single {
				raw, err = json.Marshal(b.Item.Key.IDs[0])
				must(t, err)
			}
			m.Answer = raw
		case *lesson.Imitation:
			m.Kind = course.Answered
		}
		got, err := r.courses.Record(ctx, l, []course.Mark{m})
		must(t, err)
		if got.Taken != 1 {
			t.Fatalf("%s: %+v", a.ID, got)
		}
		r.clock.pass(time.Second)
	}
	_, err := r.courses.Finish(ctx, l, r.course.Slug, "try-"+string(l), instrument.Answers{})
	must(t, err)
}

func (r *rig) work(t *testing.T) (n int) {
	t.Helper()
	for {
		k, err := r.outbox.Work(ctx)
		must(t, err)
		if n += k; k == 0 {
			return n
		}
	}
}

var uuid = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func analyst() person.Actor {
	return person.Actor{Person: "panalyst0000", Grants: []person.Grant{{Role: person.Analyst}}, Strong: true, Fresh: true, Where: "web"}
}

func (r *rig) export(t *testing.T, f xapi.Filter) (list []xapi.Statement, raw string) {
	t.Helper()
	var b bytes.Buffer
	a := analyst()
	n, err := r.Write(ctx, &a, f, &b)
	must(t, err)
	must(t, json.Unmarshal(b.Bytes(), &list))
	if n != len(list) {
		t.Errorf("said %d, wrote %d", n, len(list))
	}
	return list, b.String()
}

func TestActsOfThoseWhoAgreedAreExportedUnderAPseudonym(t *testing.T) {
	t.Parallel()
	r := newRig(t, nil)
	anna, bohdan := person.ID("pabcdefghijklmnopqrstuvwxyz"), person.ID("pbcdefghijklmnopqrstuvwxyza")
	r.agreed.Store(anna, true)
	r.learn(t, course.OfPerson(anna))
	r.learn(t, course.OfPerson(bohdan))
	r.learn(t, course.OfDevice("abcdefghijkmnpqrstuvwxyz23"))
	list, raw := r.export(t, xapi.Filter{})
	verbs := map[string]int{}
	ids := map[string]bool{}
	for _, s := range list {
		verbs[s.Verb.ID[strings.LastIndex(s.Verb.ID, "/")+1:]]++
		if ids[s.ID] || !uuid.MatchString(s.ID) {
			t.Errorf("the id %s", s.ID)
		}
		ids[s.ID] = true
		if s.Actor.Account.Name != list[0].Actor.Account.Name || len(s.Actor.Account.Name) != 22 || s.Actor.Account.Home != "https://osvitlo.example" {
			t.Errorf("the account %+v", s.Actor.Account)
		}
	}
	practice := 0
	for _, a := range r.course.Lessons[0].Activities {
		if a.Practice() {
			practice++
		}
	}
	if verbs["initialized"] != 1 || verbs["answered"] != practice || verbs["completed"] != 1 || verbs["failed"] != 1 || len(list) != practice+3 {
		t.Errorf("%v of %d", verbs, len(list))
	}
	for _, id := range []string{string(anna), string(bohdan), "try-"} {
		if strings.Contains(raw, id) {
			t.Errorf("%s stands in the file", id)
		}
	}
	if again, _ := r.export(t, xapi.Filter{Course: r.course.Slug}); len(again) != len(list) || again[0].ID != list[0].ID {
		t.Error("the same acts gave other statements")
	}
	if none, raw := r.export(t, xapi.Filter{To: r.clock.now().Add(-time.Hour)}); len(none) != 0 || raw != "[\n]\n" {
		t.Errorf("before it was learnt: %q", raw)
	}
	if none, _ := r.export(t, xapi.Filter{Course: "parents"}); len(none) != 0 {
		t.Error("acts of another course")
	}
	for _, a := range []person.Actor{{}, {Person: anna}, {Person: "p", Grants: []person.Grant{{Role: person.Mentor}}, Strong: true}} {
		if _, err := r.Write(ctx, &a, xapi.Filter{}, io.Discard); err == nil {
			t.Errorf("exported for %+v", a)
		}
	}
	part, err := r.Export(ctx, []person.ID{bohdan})
	if err != nil || len(part.([]xapi.Statement)) != len(list) {
		t.Errorf("one's own: %v", err)
	}
	if dir := os.Getenv("OSVITLO_OUT"); dir != "" {
		must(t, os.WriteFile(dir+"/statements.json", []byte(raw), 0o644))
	}
}

func TestAnLRSHearsEverythingOnce(t *testing.T) {
	t.Parallel()
	store := newLRS(t)
	r := newRig(t, store)
	id := person.ID("pabcdefghijklmnopqrstuvwxyz")
	r.agreed.Store(id, true)
	for _, c := range []struct {
		name string
		code int
		wait time.Duration
	}{{"away", http.StatusServiceUnavailable, 0}, {"keys", http.StatusUnauthorized, 0}, {"late", http.StatusOK, 600 * time.Millisecond}} {
		store.answer(c.code, c.wait)
		if c.name == "away" {
			r.learn(t, course.OfPerson(id))
			if n := store.asked(); n != 0 {
				t.Errorf("the learner waited for %d requests", n)
			}
			settle(t, r)
		}
		r.clock.pass(2 * time.Hour)
		r.work(t)
		if n := store.asked(); n != 1 { // one statement in a minute tries, so that others in the outbox do not wait
			t.Errorf("%s: asked %d times", c.name, n)
		}
	}
	// away for days: given up, then revived, and nothing is lost
	store.answer(http.StatusBadGateway, 0)
	for range 14 {
		r.clock.pass(2 * time.Hour)
		r.work(t)
	}
	_, dead, err := r.outbox.Backlog(ctx, 1000)
	must(t, err)
	store.answer(http.StatusOK, 0)
	must(t, r.Revive(ctx, job.Run{}))
	for range 40 {
		r.clock.pass(2 * time.Hour)
		r.work(t)
	}
	want, _ := r.export(t, xapi.Filter{})
	if store.count() != len(want) || dead == 0 {
		t.Errorf("the LRS has %d of %d; %d were given up on the way", store.count(), len(want), dead)
	}
	// Nothing is sent again once it was taken. Before, the same statement may come twice where
	// the LRS took it and its answer was lost: the id says that it is the same.
	before := maps.Clone(store.got)
	must(t, r.Reconcile(ctx, job.Run{}))
	r.work(t)
	if !maps.Equal(before, store.got) {
		t.Error("the LRS heard something again that it had taken")
	}
	if len(store.bad) > 0 {
		t.Error(store.bad)
	}
}

// settle waits until what was heard stands in the outbox.
func settle(t *testing.T, r *rig) {
	t.Helper()
	want, _ := r.export(t, xapi.Filter{})
	for range 200 {
		due, _, err := r.outbox.Backlog(ctx, 1000)
		must(t, err)
		if due >= len(want) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("not all that was heard came into the outbox")
}

func TestWhatAnLRSRefusesIsKeptForAnOperator(t *testing.T) {
	t.Parallel()
	store := newLRS(t)
	r := newRig(t, store)
	id := person.ID("pabcdefghijklmnopqrstuvwxyz")
	r.agreed.Store(id, true)
	store.answer(http.StatusBadRequest, 0)
	r.learn(t, course.OfPerson(id))
	settle(t, r)
	r.work(t)
	want, _ := r.export(t, xapi.Filter{})
	must(t, r.Revive(ctx, job.Run{}))
	if _, dead, err := r.outbox.Backlog(ctx, 1000); err != nil || dead != len(want) {
		t.Errorf("%d dead, %d statements, %v", dead, len(want), err)
	}
}

func TestAStatementThatIsThereIsSent(t *testing.T) {
	t.Parallel()
	store := newLRS(t)
	store.answer(http.StatusConflict, 0)
	l, err := xapi.NewLRS(store.URL+"/xapi", "k", "s", 0)
	must(t, err)
	must(t, l.Send(ctx, xapi.Statement{ID: "x"}))
	store.answer(http.StatusFound, 0)
	if err := l.Send(ctx, xapi.Statement{}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a redirection: %v", err)
	}
	for _, bad := range []string{"", "lrs", "ftp://lrs/x", "://"} {
		if _, err := xapi.NewLRS(bad, "k", "s", 0); err == nil {
			t.Errorf("%q is an address", bad)
		}
	}
}

// Whoever withdraws before the LRS was reached is not told of; a crash between learning
// and the outbox is found at night.
func TestConsentIsAskedRightBeforeSending(t *testing.T) {
	t.Parallel()
	store := newLRS(t)
	r := newRig(t, store)
	id := person.ID("pabcdefghijklmnopqrstuvwxyz")
	r.agreed.Store(id, true)
	r.stop() // nothing carries what is heard into the outbox
	r.learn(t, course.OfPerson(id))
	if due, _, _ := r.outbox.Backlog(ctx, 1000); due != 0 {
		t.Fatalf("%d in the outbox", due)
	}
	must(t, r.Reconcile(ctx, job.Run{}))
	want, _ := r.export(t, xapi.Filter{})
	if due, _, _ := r.outbox.Backlog(ctx, 1000); due != len(want) {
		t.Fatalf("%d in the outbox, not %d", due, len(want))
	}
	r.agreed.Store(id, false)
	r.work(t)
	if store.count() != 0 {
		t.Errorf("%d were sent after the withdrawal", store.count())
	}
}
