package event

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash/maphash"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Indexes of the collections.
const (
	indexChanged = "changed"
	indexRef     = "ref"
	indexPerson  = "person"
	indexWho     = "who"
	indexCode    = "code"
	indexToken   = "token"
	indexOffer   = "offer"
	indexUntil   = "until"
	indexVenue   = "venue"
)

// The collections of this package.
var (
	EventSpec = store.Spec{Name: "events", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}
	DeskSpec  = store.Spec{Name: "event_desks", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}
	// BookingSpec holds a document for each person at each occurrence or slot.
	BookingSpec = store.Spec{Name: "event_bookings", Indexes: []store.Index{
		{Name: indexRef, Fields: []string{"ref", "state", "since"}},
		{Name: indexPerson, Fields: []string{"person"}},
		{Name: indexWho, Fields: []string{"who", "starts"}},
		{Name: indexCode, Fields: []string{"code"}},
		{Name: indexToken, Fields: []string{"token"}},
		{Name: indexOffer, Fields: []string{"offer"}},
		{Name: indexUntil, Fields: []string{"until"}},
	}}
	// ClaimSpec holds documents whose id is a seat.
	ClaimSpec = store.Spec{Name: "event_claims", Indexes: []store.Index{{Name: indexUntil, Fields: []string{"until"}}}}
	// FeedbackSpec holds what people said afterwards, without who.
	FeedbackSpec = store.Spec{Name: "event_feedback", Indexes: []store.Index{{Name: indexRef, Fields: []string{"event", "at"}}}}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec {
	return []store.Spec{EventSpec, DeskSpec, BookingSpec, ClaimSpec, FeedbackSpec}
}

// Venue is a place as events need it. What the public may not know is empty.
type Venue struct {
	ID       string
	Name     i18n.Text // empty: hidden, shown nowhere
	Address  i18n.Text
	District i18n.Text
	Invite   i18n.Text // how to find the room, for those booked
	Href     string    // its page on this site, or empty
	Lat, Lon float64   // zero: not told
	Demo     bool
}

// Venues knows the places. A hidden place is not among them.
type Venues interface {
	Venue(id string) (Venue, bool)
	Venues() []Venue
}

// Auditor writes down an act and returns when it is durable; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Post queues messages; notify.Post is one.
type Post interface {
	Queue(ctx context.Context, m notify.Mail) error
	QueueSMS(ctx context.Context, m notify.SMS) error
	Ready() bool
	SMSReady() bool
}

// Config is what the service needs.
type Config struct {
	Engine store.Engine
	Venues Venues
	Outbox *job.Outbox
	Post   Post // nil: nobody is written to
	Audit  Auditor
	Ring   *vault.Ring // seals contacts; nil: nothing can be booked
	Secret []byte      // of this installation, at least 32 bytes
	Words  *i18n.Bundle
	// Open is the number of seats from which an event counts as large: its time and
	// address are for those booked. 0 means 60.
	Open   int
	Keep   time.Duration // bookings are erased this long after; 0 means 30 days
	Phone  string        // of the city, for messages
	Origin string        // "https://…" for the link in mails; empty: mails have the code only
	Log    *slog.Logger
	Now    func() time.Time
}

// Service keeps events and bookings. It is safe for concurrent use.
type Service struct {
	cfg      Config
	log      *slog.Logger
	now      func() time.Time
	events   *store.Collection[Event, *Event]
	desks    *store.Collection[Desk, *Desk]
	bookings *store.Collection[Booking, *Booking]
	claims   *store.Collection[claim, *claim]
	feedback *store.Collection[Feedback, *Feedback]
	shown    *mirror.Mirror[Event]
	tables   *mirror.Mirror[Desk]
	all      func() catalogue
	rows     rowLocks
	counts   counts
	tries    tries
	last     atomic.Int64 // microseconds of the last moment of joining
}

// moment is now, later than every moment it gave before: nobody comes at the same time.
func (s *Service) moment() time.Time {
	for {
		last := s.last.Load()
		next := max(last+1, s.now().UnixMicro())
		if s.last.CompareAndSwap(last, next) {
			return time.UnixMicro(next)
		}
	}
}

// New opens the collections and reads what is on.
func New(ctx context.Context, cfg Config) (s *Service, err error) {
	defer fault.Wrap(&err, "event.New")
	if cfg.Open == 0 {
		cfg.Open = 60
	}
	if cfg.Keep == 0 {
		cfg.Keep = 30 * 24 * time.Hour
	}
	s = &Service{cfg: cfg, log: cfg.Log, now: cfg.Now}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if len(cfg.Secret) < 32 || cfg.Venues == nil || cfg.Words == nil {
		return nil, fault.Newf(fault.Invalid, "", "a secret, venues and words are needed")
	}
	if s.events, err = store.Open[Event](cfg.Engine, EventSpec); err != nil {
		return nil, err
	}
	if s.desks, err = store.Open[Desk](cfg.Engine, DeskSpec); err != nil {
		return nil, err
	}
	if s.bookings, err = store.Open[Booking](cfg.Engine, BookingSpec); err != nil {
		return nil, err
	}
	if s.claims, err = store.Open[claim](cfg.Engine, ClaimSpec); err != nil {
		return nil, err
	}
	if s.feedback, err = store.Open[Feedback](cfg.Engine, FeedbackSpec); err != nil {
		return nil, err
	}
	s.shown, err = mirror.Open(ctx, s.events, mirror.Options[Event]{Index: indexChanged, Field: "changed", Max: 20_000, Now: s.now,
		Of: func(e *Event) mirror.Doc { return mirror.Doc{ID: e.ID, Changed: e.Changed, Gone: e.Gone} }})
	if err != nil {
		return nil, err
	}
	s.tables, err = mirror.Open(ctx, s.desks, mirror.Options[Desk]{Index: indexChanged, Field: "changed", Max: 5_000, Now: s.now,
		Of: func(d *Desk) mirror.Doc { return mirror.Doc{ID: d.ID, Changed: d.Changed, Gone: d.Gone} }})
	if err != nil {
		return nil, err
	}
	s.all = mirror.Derive(s.shown, build)
	return s, nil
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error {
	return errors.Join(s.shown.Refresh(ctx), s.tables.Refresh(ctx))
}

// mac is a keyed hash under the secret of this installation.
func (s *Service) mac(purpose, text string) []byte {
	h := hmac.New(sha256.New, s.cfg.Secret)
	h.Write([]byte("event:" + purpose + ":" + text))
	return h.Sum(nil)
}

func (s *Service) mark(purpose, text string) string {
	return base64.RawURLEncoding.EncodeToString(s.mac(purpose, text)[:16])
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// note writes an act of staff into the log before it is done.
func (s *Service) note(ctx context.Context, a person.Actor, action, subject string) error {
	if s.cfg.Audit == nil {
		return nil
	}
	e := audit.Event{Actor: string(a.Person), Action: action, Subject: subject, Where: a.Where, Why: a.Why}
	if a.Operator {
		e.Actor = "operator"
	}
	if e.Where == "" {
		e.Where = "web"
	}
	if e.Why == "" {
		e.Why = "duty"
	}
	return s.cfg.Audit.Record(ctx, e)
}

// rowLocks keep the writers of one process from meeting at one occurrence; between
// processes the store's revisions decide.
type rowLocks struct {
	once sync.Once
	seed maphash.Seed
	mu   [256]sync.Mutex
}

func (r *rowLocks) lock(key string) (unlock func()) {
	r.once.Do(func() { r.seed = maphash.MakeSeed() })
	m := &r.mu[maphash.String(r.seed, key)%uint64(len(r.mu))]
	m.Lock()
	return m.Unlock
}

// retries bounds how often a write that met another one is tried again.
const retries = 12

// tries slows whoever guesses codes: wrong ones of the whole process within an hour.
type tries struct {
	mu    sync.Mutex
	since time.Time
	wrong int
}

// maxWrong is far over what people mistype, and far under what guessing eight letters
// needs.
const maxWrong = 2000

func (t *tries) open(now time.Time) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now.Sub(t.since) > time.Hour {
		t.since, t.wrong = now, 0
	}
	return t.wrong < maxWrong
}

func (t *tries) miss() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wrong++
}
