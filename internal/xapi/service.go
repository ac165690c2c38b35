package xapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Topic of the outbox: the payload is letter.
const Topic = "xapi-statement"

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Options are what the service is made of.
type Options struct {
	Origin  func() string // address of the site; empty while it is not known
	Secret  []byte        // of the installation
	Courses *course.Service
	// Catalogue gives the courses as they are now.
	Catalogue course.Catalogue
	// Agreed tells whether a person agrees to a record of learning now. A person who is gone
	// does not.
	Agreed func(ctx context.Context, id person.ID) (bool, error)
	Outbox *job.Outbox
	LRS    *LRS    // nil: nothing is sent
	Audit  Auditor // may be nil in tests only
	Log    *slog.Logger
	Now    func() time.Time
}

// Service tells of learning acts. It is safe for concurrent use.
type Service struct {
	o     Options
	heard chan letter
	away  atomic.Int64 // Unix milliseconds until which the LRS is not asked
}

// letter is a statement on its way to an LRS.
type letter struct {
	Person    person.ID `json:"person"`
	Statement Statement `json:"statement"`
}

// waiting is how many statements may stand between the learner and the outbox. What does
// not fit is found by Reconcile.
const waiting = 2000

// New prepares the service. Errors: a part is missing.
func New(o Options) (*Service, error) {
	if o.Courses == nil || o.Catalogue == nil || o.Agreed == nil || len(o.Secret) < 16 || o.LRS != nil && o.Outbox == nil {
		return nil, errors.New("xapi: courses, consents, a secret, and for an LRS an outbox are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, heard: make(chan letter, waiting)}
	if o.LRS == nil {
		return s, nil
	}
	return s, o.Outbox.Handle(Topic, s.deliver)
}

// Sends tells whether an LRS is set up.
func (s *Service) Sends() bool { return s.o.LRS != nil }

func (s *Service) teller() Teller {
	origin := ""
	if s.o.Origin != nil {
		origin = s.o.Origin()
	}
	if origin == "" {
		origin = "https://osvitlo.invalid" // a name that nobody has: the address is not configured
	}
	return Teller{Origin: origin, Secret: s.o.Secret}
}

// Heard takes a written track (course.Config.Heard). It does not wait: what is new goes
// to a queue, and from there to the outbox.
func (s *Service) Heard(was, is *course.Track) {
	if s.o.LRS == nil || is.Learner.Anonymous() {
		return
	}
	c, err := s.o.Catalogue.Course(is.Course)
	if err != nil {
		return
	}
	t := s.teller()
	old := map[string]bool{}
	for _, st := range t.Of(was, c) {
		old[st.ID] = true
	}
	for _, st := range t.Of(is, c) {
		if old[st.ID] {
			continue
		}
		select {
		case s.heard <- letter{is.Learner.Person(), st}:
		default:
			s.o.Log.Warn("xapi", "error", "the queue is full")
			return
		}
	}
}

// Run carries what was heard into the outbox until ctx ends.
func (s *Service) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case one := <-s.heard:
			if err := s.post(ctx, one); err != nil && ctx.Err() == nil {
				s.o.Log.WarnContext(ctx, "xapi", "error", err.Error()) // Reconcile finds it
			}
		}
	}
}

func (s *Service) post(ctx context.Context, one letter) error {
	ok, err := s.o.Agreed(ctx, one.Person)
	if err != nil || !ok {
		return err
	}
	return s.o.Outbox.Add(ctx, job.Message{ID: "xapi:" + one.Statement.ID, Topic: Topic, Payload: one})
}

// pause is how long an LRS that failed is left alone: the outbox carries letters of others
// too, and one that answers late must not hold them up with every statement.
const pause = time.Minute

// deliver sends a statement, unless the person has changed their mind.
func (s *Service) deliver(ctx context.Context, d job.Delivery) error {
	var one letter
	if err := d.Decode(&one); err != nil {
		return err
	}
	ok, err := s.o.Agreed(ctx, one.Person)
	if err != nil || !ok {
		return err
	}
	now := s.o.Now()
	if now.UnixMilli() < s.away.Load() {
		return fault.Newf(fault.Unavailable, "", "the LRS was away a moment ago")
	}
	err = s.o.LRS.Send(ctx, one.Statement)
	if fault.Is(err, fault.Unavailable) {
		s.away.Store(now.Add(pause).UnixMilli())
	}
	return err
}

// reconcileFor is how far back Reconcile looks. The outbox remembers for longer what was
// sent, so nothing is sent twice.
const reconcileFor = 14 * 24 * time.Hour

// Reconcile puts into the outbox what a crash or a full queue kept from it, and gives
// statements that were given up while the LRS was away their tries again. It is a nightly
// job.
func (s *Service) Reconcile(ctx context.Context, _ job.Run) (err error) {
	defer fault.Wrap(&err, "xapi.Reconcile")
	if s.o.LRS == nil {
		return nil
	}
	from := s.o.Now().Add(-reconcileFor)
	err = s.each(ctx, "", from, time.Time{}, func(id person.ID, st Statement) error {
		return s.o.Outbox.Add(ctx, job.Message{ID: "xapi:" + st.ID, Topic: Topic, Payload: letter{id, st}})
	})
	return errors.Join(err, s.Revive(ctx, job.Run{}))
}

// Revive gives statements that were given up because the LRS was away their tries again.
// It is a job of every hour; what the LRS refused stays where an operator sees it.
func (s *Service) Revive(ctx context.Context, _ job.Run) (err error) {
	defer fault.Wrap(&err, "xapi.Revive")
	if s.o.LRS == nil {
		return nil
	}
	var cursor store.Cursor
	for {
		page, err := s.o.Outbox.Dead(ctx, cursor, 200)
		if err != nil {
			return err
		}
		for _, l := range page.Items {
			if l.Topic != Topic || l.Error != fault.Unavailable.String() {
				continue
			}
			if err := s.o.Outbox.Revive(ctx, l.ID); err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
				return err
			}
		}
		if cursor = page.Next; cursor == "" {
			return nil
		}
	}
}

// each visits the statements of everybody who agrees, of one course or all, from a moment
// to another; zero times are open.
func (s *Service) each(ctx context.Context, slug string, from, to time.Time, do func(person.ID, Statement) error) error {
	t := s.teller()
	var last person.ID
	agreed := false
	for track, err := range s.o.Courses.Walk(ctx) {
		if err != nil {
			return err
		}
		if slug != "" && track.Course != slug {
			continue
		}
		c, err := s.o.Catalogue.Course(track.Course)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if id := track.Learner.Person(); id != last {
			if agreed, err = s.o.Agreed(ctx, id); err != nil {
				return err
			}
			last = id
		}
		if !agreed {
			continue
		}
		for _, st := range t.Of(track, c) {
			if st.at.Before(from) || !to.IsZero() && !st.at.Before(to) {
				continue
			}
			if err := do(last, st); err != nil {
				return err
			}
		}
	}
	return nil
}

// Filter chooses what is exported.
type Filter struct {
	Course   string    // empty: all
	From, To time.Time // To is exclusive; zero: open
}

// Write exports statements as one JSON array, streamed with flat memory. The act is
// written down first. Errors: Forbidden, Unavailable.
func (s *Service) Write(ctx context.Context, a *person.Actor, f Filter, w io.Writer) (n int, err error) {
	defer fault.Wrap(&err, "xapi.Write")
	if v := person.Can(a, person.IndexInternal, person.City); !v.OK() {
		return 0, v.Err()
	}
	if s.o.Audit != nil {
		if err := s.o.Audit.Record(ctx, audit.Event{Actor: string(a.Person), Action: "xapi.export", Subject: "course:" + orAll(f.Course), Where: a.Where, Why: a.Why}); err != nil {
			return 0, err
		}
	}
	if _, err := io.WriteString(w, "["); err != nil {
		return 0, err
	}
	err = s.each(ctx, f.Course, f.From, f.To, func(_ person.ID, st Statement) error {
		raw, err := json.Marshal(st)
		if err != nil {
			return err
		}
		sep := ",\n"
		if n == 0 {
			sep = "\n"
		}
		n++
		_, err = w.Write(append([]byte(sep), raw...))
		return err
	})
	if err != nil {
		return n, err
	}
	_, err = io.WriteString(w, "\n]\n")
	return n, err
}

func orAll(s string) string {
	if s == "" {
		return "all"
	}
	return s
}

var _ person.Holder = (*Service)(nil)

// Name is the part's name in an export.
func (s *Service) Name() string { return "xapi" }

// Export gives the statements that stand behind the person's own progress, with the
// pseudonym under which others see them: only the person gets it.
func (s *Service) Export(ctx context.Context, ids []person.ID) (part any, err error) {
	defer fault.Wrap(&err, "xapi.Export")
	t := s.teller()
	var list []Statement
	for _, id := range ids {
		tracks, err := s.o.Courses.Tracks(ctx, course.OfPerson(id))
		if err != nil {
			return nil, err
		}
		for slug, track := range tracks {
			c, err := s.o.Catalogue.Course(slug)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			list = append(list, t.Of(track, c)...)
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	sortByTime(list)
	return list, nil
}

// Erase does nothing: statements are derived from progress, which its own package erases,
// and what waits in the outbox is dropped because nobody agrees any more.
func (s *Service) Erase(context.Context, []person.ID) error { return nil }

// Fields is what others may get of people, for the table that a lawyer reads.
func Fields() []person.Field {
	return []person.Field{{Kind: "learning", Stored: "outbox.payload (xapi-statement)", What: i18n.Text{UK: "дії навчання під псевдонімом: який урок, коли, бал", EN: "acts of learning under a pseudonym: which lesson, when, score"},
		Basis:     i18n.Text{UK: "згода людини на облік навчання", EN: "consent of the person to a record of learning"},
		Recipient: i18n.Text{UK: "сховище навчальних записів (LRS) міста, якщо його налаштовано", EN: "the city's Learning Record Store, if one is set up"}}}
}
