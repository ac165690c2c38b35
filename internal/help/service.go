package help

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Texts sends short messages; notify.Post is one.
type Texts interface {
	SMSReady() bool
	QueueSMS(ctx context.Context, m notify.SMS) error
}

// Post sends mails; notify.Post is one.
type Post interface {
	Ready() bool
	Queue(ctx context.Context, m notify.Mail) error
}

// Options are what the service is made of.
type Options struct {
	Engine  store.Engine
	Ring    *vault.Ring
	Secret  []byte     // of the installation: numbers and codes follow from it
	Shipped []*Article // from Read
	Audit   Auditor    // nil in tests only
	Post    Post       // nil: nobody is answered by e-mail
	// Letter writes the mail that brings an answer; it knows the words of the site.
	Letter func(lang, number, answer string) (subject, text string)
	Texts  Texts // nil: nobody gets short messages
	// Note is the short message to somebody who did not pick up; it has no link.
	Note func(lang, number string) string
	Log  *slog.Logger
	Now  func() time.Time
}

// Service is the hotline. It is safe for concurrent use.
type Service struct {
	o         Options
	questions *store.Collection[Question, *Question]
	written   *store.Collection[Article, *Article]
	counts    *store.Collection[Month, *Month]
	settings  *store.Collection[Settings, *Settings]
	articles  *mirror.Mirror[Article]
	base      func() *base

	mu   sync.Mutex
	set  *Settings // as last read
	read time.Time
	rush rush
}

// New opens the collections. Errors: Invalid, Unavailable.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "help.New")
	if o.Engine == nil || o.Ring == nil || len(o.Secret) < 16 {
		return nil, fault.Newf(fault.Invalid, "", "the hotline needs a store, keys and a secret of 16 bytes")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s = &Service{o: o}
	if s.questions, err = store.Open[Question](o.Engine, QuestionSpec); err != nil {
		return nil, err
	}
	if s.written, err = store.Open[Article](o.Engine, ArticleSpec); err != nil {
		return nil, err
	}
	if s.counts, err = store.Open[Month](o.Engine, CountSpec); err != nil {
		return nil, err
	}
	if s.settings, err = store.Open[Settings](o.Engine, SettingsSpec); err != nil {
		return nil, err
	}
	s.articles, err = mirror.Open(ctx, s.written, mirror.Options[Article]{Index: indexChanged, Field: "changed", Max: MaxArticles, Now: o.Now,
		Of: func(a *Article) mirror.Doc { return mirror.Doc{ID: a.ID, Changed: a.Changed} }})
	if err != nil {
		return nil, err
	}
	s.base = mirror.Derive(s.articles, s.build)
	return s, nil
}

// Mirror is what keeps the articles in step with other replicas.
func (s *Service) Mirror() mirror.Refresher { return s.articles }

// may asks the table of rights and, with a name of the act, writes it down.
func (s *Service) may(ctx context.Context, who *person.Actor, act person.Action, on person.Subject, what, subject string) error {
	if who == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if v := person.Can(who, act, on); !v.OK() {
		return v.Err()
	}
	if s.o.Audit == nil || what == "" {
		return nil
	}
	name := string(who.Person)
	if who.Operator {
		name = "operator"
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: name, Action: "help." + what, Subject: subject, Where: who.Where, Why: who.Why})
}

// mac is a keyed hash for numbers, codes and tokens.
func (s *Service) mac(purpose, value string) []byte {
	h := hmac.New(sha256.New, s.o.Secret)
	fmt.Fprintf(h, "help\x00%s\x00%s", purpose, value)
	return h.Sum(nil)
}

func (s *Service) hash(purpose, value string) string {
	return base64.RawURLEncoding.EncodeToString(s.mac(purpose, value))[:22]
}

// sixFigures are figures that follow from a value; the first is never a nought.
func (s *Service) sixFigures(purpose, value string) string {
	return fmt.Sprintf("%06d", 100_000+binary.BigEndian.Uint64(s.mac(purpose, value))%900_000)
}

func (s *Service) seal(v any, id, what string) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", fault.From(err, fault.Internal, "")
	}
	return s.o.Ring.Seal(raw, "help_questions:"+id+":"+what), nil
}

func (s *Service) unseal(sealed, id, what string, into any) error {
	if sealed == "" {
		return nil
	}
	raw, err := s.o.Ring.Open(sealed, "help_questions:"+id+":"+what)
	if err != nil {
		return err
	}
	return fault.From(json.Unmarshal(raw, into), fault.Internal, "")
}

// fresh is how long settings are read from memory.
const fresh = 2 * time.Second

// Settings are what the city decided, or the usual ones. Shared: read only.
func (s *Service) Settings(ctx context.Context) (out *Settings, err error) {
	defer fault.Wrap(&err, "help.Settings")
	now := s.o.Now()
	s.mu.Lock()
	if s.set != nil && now.Sub(s.read) < fresh && !now.Before(s.read) {
		defer s.mu.Unlock()
		return s.set, nil
	}
	s.mu.Unlock()
	out, err = s.settings.Get(ctx, settingsID)
	if fault.Is(err, fault.NotFound) {
		out, err = usual(), nil
	}
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.set, s.read = out, now
	s.mu.Unlock()
	return out, nil
}

// SaveSettings stores what the city decided; Rev is what the form was made from. Errors:
// those of person.Can for HelpSettings; Invalid; Conflict.
func (s *Service) SaveSettings(ctx context.Context, who *person.Actor, x Settings) (err error) {
	defer fault.Wrap(&err, "help.SaveSettings")
	if err := s.may(ctx, who, person.HelpSettings, person.City, "", ""); err != nil {
		return err
	}
	if err := x.Check(); err != nil {
		return err
	}
	if err := s.may(ctx, who, person.HelpSettings, person.City, "settings", "help:settings"); err != nil {
		return err
	}
	x.ID, x.Changed, x.By = settingsID, store.At(s.o.Now()), who.Person
	if x.Rev == 0 {
		err = s.settings.Insert(ctx, &x)
	} else {
		err = s.settings.Replace(ctx, &x)
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.set, s.read = &x, s.o.Now()
	s.mu.Unlock()
	return nil
}

// rush bounds how many questions one process takes from visitors: a flood of a script
// costs the script time and hides no one else's question for long.
type rush struct {
	mu   sync.Mutex
	left float64
	at   time.Time
}

const (
	rushMost = 40              // at once
	rushOne  = 2 * time.Second // until one more
)

func (r *rush) take(now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at.IsZero() {
		r.left, r.at = rushMost, now
	}
	if gone := now.Sub(r.at); gone > 0 {
		r.left, r.at = min(rushMost, r.left+gone.Seconds()/rushOne.Seconds()), now
	}
	if r.left < 1 {
		return false
	}
	r.left--
	return true
}
