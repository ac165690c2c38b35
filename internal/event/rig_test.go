package event

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/locales"
)

var (
	ctx   = context.Background()
	noon  = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC) // Saturday, 12:00 in Kyiv
	staff = person.Actor{Person: "p1", Where: "web", Why: "duty"}
)

type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = t
}

type venues map[string]Venue

func (v venues) Venue(id string) (Venue, bool) { x, ok := v[id]; return x, ok }
func (v venues) Venues() (list []Venue) {
	for _, x := range v {
		list = append(list, x)
	}
	return list
}

var town = venues{
	"lib": {ID: "lib", Name: text("бібліотека «Сонячна»", "library Soniachna"), Address: text("вул. Вигадана, 1", "1 Invented St"), District: text("Подільський район", "Podilskyi district")},
	"hub": {ID: "hub", Name: text("хаб", "hub"), District: text("Фортечний район", "Fortechnyi district")},
}

func text(uk, en string) i18n.Text { return i18n.Text{UK: uk, EN: en} }

type book struct {
	mu   sync.Mutex
	acts []string
}

func (b *book) Record(_ context.Context, e audit.Event) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.acts = append(b.acts, e.Action)
	return e.Check()
}

type post struct {
	mu    sync.Mutex
	mails []notify.Mail
	texts []notify.SMS
	mute  bool
}

func (p *post) Queue(_ context.Context, m notify.Mail) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, m)
	return nil
}

func (p *post) QueueSMS(_ context.Context, m notify.SMS) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts = append(p.texts, m)
	return nil
}
func (p *post) Ready() bool    { return true }
func (p *post) SMSReady() bool { return !p.mute }

// rig is a service with its outbox on a store of its own.
type rig struct {
	*Service
	clock  *clock
	post   *post
	book   *book
	engine store.Engine
	outbox *job.Outbox
	t      testing.TB
}

func open(t testing.TB) *rig {
	t.Helper()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	if err := engine.Migrate(ctx, append(Specs(), job.Specs()...)); err != nil {
		t.Fatal(err)
	}
	return (&rig{clock: &clock{t: noon}, post: &post{}, book: &book{}, engine: engine, t: t}).replica()
}

// replica is another process on the same store.
func (r *rig) replica() *rig {
	r.t.Helper()
	words, err := i18n.Load(locales.FS)
	if err != nil {
		r.t.Fatal(err)
	}
	ring, err := vault.New([]vault.Key{{ID: "a", Secret: []byte(strings.Repeat("k", 32))}})
	if err != nil {
		r.t.Fatal(err)
	}
	outbox, err := job.NewOutbox(r.engine, job.Holder(), nil, r.clock.now)
	if err != nil {
		r.t.Fatal(err)
	}
	s, err := New(ctx, Config{Engine: r.engine, Venues: town, Outbox: outbox, Post: r.post, Audit: r.book, Ring: ring, Secret: []byte(strings.Repeat("s", 32)),
		Words: words, Phone: "(0522) 00-00-00", Origin: "https://osvitlo.example", Now: r.clock.now})
	if err != nil {
		r.t.Fatal(err)
	}
	for topic, h := range map[string]job.Handler{TopicTell: s.Tell, TopicTellAll: s.TellAll} {
		if err := outbox.Handle(topic, h); err != nil {
			r.t.Fatal(err)
		}
	}
	return &rig{s, r.clock, r.post, r.book, r.engine, outbox, r.t}
}

func (r *rig) work() {
	r.t.Helper()
	for {
		n, err := r.outbox.Work(ctx)
		if err != nil {
			r.t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

// plan is an event on Tuesday 24 November 2026 at 11:00.
func plan(seats int) *Event {
	return &Event{Kind: Course, Title: text("Телефон без страху", "A phone without fear"), Audience: Everyone, Place: "lib", Seats: seats, Book: true, Waiting: true,
		Day: "2026-11-24", Clock: "11:00", Minutes: 90, Subjects: []string{"phone"}}
}

func (r *rig) add(e *Event) *Event {
	r.t.Helper()
	if err := r.Add(ctx, staff, e); err != nil {
		r.t.Fatal(err)
	}
	return e
}

func (r *rig) mustBook(ref, phone string) *Ticket {
	r.t.Helper()
	t, err := r.Book(ctx, ref, Contact{Name: "О. К.", Phone: phone, Email: "", Remind: true, Lang: "uk"})
	if err != nil {
		r.t.Fatal(err)
	}
	return t
}

func fieldsOf(err error) (list []string) {
	if f := fault.As(err); f != nil {
		for _, x := range f.Fields {
			list = append(list, x.Pointer+" "+x.Key)
		}
		if len(f.Fields) == 0 {
			list = append(list, f.Key)
		}
	}
	return list
}

// phone is the n-th telephone.
func phone(n int) string {
	digits := []byte("0500000000")
	for i := len(digits) - 1; n > 0; i-- {
		digits[i], n = byte('0'+n%10), n/10
	}
	return string(digits)
}
