package credential

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// Limits of attempts.
const (
	AttemptLife = sitting.DraftLife   // an interrupted one can be finished that long
	Again       = 14 * 24 * time.Hour // between a finished one and the next
	maxAttempts = 50                  // of a person, in lists
)

// AttemptState is where an attempt at a level stands.
type AttemptState string

// The states of an attempt.
const (
	Begun    AttemptState = "begun"    // being answered, or interrupted
	Waiting  AttemptState = "waiting"  // finished; staff look at it
	Approved AttemptState = "approved" // a certificate was issued
	Denied   AttemptState = "refused"
	Lapsed   AttemptState = "lapsed" // not finished within its days
)

// Stretch is a time under one exam, or with "" a time that nobody watched.
type Stretch struct {
	Exam    string     `json:"exam,omitempty"`
	Venue   string     `json:"venue,omitempty"`
	Proctor person.ID  `json:"proctor,omitempty"`
	From    store.Time `json:"from"`
}

// Attempt is one person's test for a certificate of a level. Its id is the sitting's.
type Attempt struct {
	store.Doc
	Person     person.ID    `json:"person,omitempty"` // empty once erased
	Instrument string       `json:"instrument"`
	Version    int          `json:"version"`
	State      AttemptState `json:"state"`
	Since      store.Time   `json:"since"` // of the state
	At         store.Time   `json:"at"`    // of the beginning
	Stretches  []Stretch    `json:"stretches,omitempty"`
	Paused     bool         `json:"paused,omitempty"` // interrupted: new PINs are needed
	Exam       string       `json:"exam,omitempty"`   // of the last stretch
	Remark     string       `json:"remark,omitempty"` // the proctor's word, sealed
	Attached   bool         `json:"attached,omitempty"`

	Level    string     `json:"level,omitempty"`
	Finished store.Time `json:"finished,omitzero"`
	Verdict  *Verdict   `json:"verdict,omitempty"`
}

// Watched tells whether somebody watched it from beginning to end.
func (a *Attempt) Watched() bool {
	return len(a.Stretches) > 0 && !slices.ContainsFunc(a.Stretches, func(s Stretch) bool { return s.Exam == "" })
}

// Ends is until when it can be finished.
func (a *Attempt) Ends() time.Time { return a.At.Add(AttemptLife) }

// Verdict is what staff said of a finished attempt.
type Verdict struct {
	At     store.Time `json:"at"`
	By     person.ID  `json:"by"`
	Reason Objection  `json:"reason,omitempty"` // of a refusal
}

// Objection is why a level was not confirmed.
type Objection string

// The objections.
const (
	NoIdentity Objection = "identity" // nobody has seen a paper of the person
	Helped     Objection = "helped"   // somebody helped
	Broken     Objection = "broken"   // the rules of the test were broken
	Doubtful   Objection = "doubtful" // answered in a way that nobody answers
)

// Objections lists them in the order of forms.
func Objections() []Objection { return []Objection{NoIdentity, Helped, Broken, Doubtful} }

// Opened is a sitting that was begun, and what opens it.
type Opened struct {
	Sitting    string
	Token      string // for the cookie
	Instrument string
	Version    int
}

// Tests are the sittings behind levels.
type Tests interface {
	// Form is the certificate form that new sittings get. Errors: NotFound.
	Form() (instrument string, version int, err error)
	// Open begins it; nothing is stored before the first answer.
	Open(ctx context.Context, lang string) (Opened, error)
	// Reopen gives what opens a stored one. Errors: NotFound, Gone.
	Reopen(ctx context.Context, sitting string) (token string, err error)
	// Results reads those that are stored; At is zero while one is not finished.
	Results(ctx context.Context, sittings []string) ([]LevelResult, error)
	// Attach makes a stored one the person's.
	Attach(ctx context.Context, who person.ID, sitting string) error
	// Erase removes it for ever; one that is not there is no error.
	Erase(ctx context.Context, sitting string) error
}

// Proctored tells whether a level needs somebody who watches.
func (s *Service) Proctored() bool { return s.cfg.Proctored }

// MayTest tells whether tests for a level can begin: nil, or why not.
// Errors: Forbidden "credential.level.approved".
func (s *Service) MayTest() error {
	closed := fault.New(fault.Forbidden, "credential.level.approved")
	if s.cfg.Tests == nil || s.cfg.Approved == nil {
		return closed
	}
	if slug, version, err := s.cfg.Tests.Form(); err != nil || !s.cfg.Approved(slug, version) {
		return closed
	}
	return nil
}

// AttemptsOf lists the attempts of a person, newest first.
func (s *Service) AttemptsOf(ctx context.Context, who person.ID) (list []*Attempt, err error) {
	defer fault.Wrap(&err, "credential.AttemptsOf")
	if who == "" {
		return nil, nil
	}
	for a, err := range s.attempts.Find(ctx, store.Query{Index: indexPerson, Eq: []any{who}, Desc: true, Limit: maxAttempts}) {
		if err != nil {
			return nil, err
		}
		if err := s.look(ctx, a); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// NextTest is when a person may begin another test: zero for now. An unfinished one is
// given back instead, so that it is finished first.
func (s *Service) NextTest(list []*Attempt) (open *Attempt, next time.Time) {
	for _, a := range list {
		switch {
		case a.State == Begun:
			return a, time.Time{}
		case !a.Finished.IsZero() && a.Finished.Add(Again).After(next):
			next = a.Finished.Add(Again)
		}
	}
	if !next.After(s.now()) {
		next = time.Time{}
	}
	return nil, next
}

// BeginTest begins a person's test for a level, or goes on with the one that was
// interrupted: the same tasks follow. The PINs are needed where the city wants tests
// watched. Errors: Forbidden (not approved, too early, one's own exam), Invalid and
// TooMany (PINs).
func (s *Service) BeginTest(ctx context.Context, who person.ID, lang, venuePin, proctorPin string) (o Opened, err error) {
	defer fault.Wrap(&err, "credential.BeginTest")
	if who == "" {
		return o, fault.New(fault.Unauthenticated, "")
	}
	if err := s.MayTest(); err != nil {
		return o, err
	}
	list, err := s.AttemptsOf(ctx, who)
	if err != nil {
		return o, err
	}
	open, next := s.NextTest(list)
	if !next.IsZero() {
		f := fault.New(fault.Forbidden, "credential.level.again")
		f.Args = map[string]any{"Day": next.In(i18n.Kyiv).Format("02.01.2006")}
		return o, f
	}
	now := store.At(s.now())
	stretch := Stretch{From: now}
	if s.cfg.Proctored {
		e, err := s.enter(ctx, who, venuePin, proctorPin)
		if err != nil {
			return o, err
		}
		stretch = Stretch{Exam: e.ID, Venue: e.Venue, Proctor: e.Proctor, From: now}
	}
	if open != nil {
		token, err := s.cfg.Tests.Reopen(ctx, open.ID)
		if err == nil {
			open.Stretches, open.Exam, open.Paused = append(open.Stretches, stretch), stretch.Exam, false
			return Opened{Sitting: open.ID, Token: token, Instrument: open.Instrument, Version: open.Version}, s.attempts.Replace(ctx, open)
		}
		if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Gone) {
			return o, err
		}
		open.State, open.Since = Lapsed, now // nothing was answered in it
		if err := s.attempts.Replace(ctx, open); err != nil {
			return o, err
		}
	}
	if o, err = s.cfg.Tests.Open(ctx, lang); err != nil {
		return o, err
	}
	return o, s.attempts.Insert(ctx, &Attempt{Doc: store.Doc{ID: o.Sitting}, Person: who, Instrument: o.Instrument, Version: o.Version,
		State: Begun, Since: now, At: now, Stretches: []Stretch{stretch}, Exam: stretch.Exam})
}

// Watch tells whether a sitting may go on now: its attempt was neither interrupted nor
// decided, and the exam it is under still runs. Errors: Forbidden
// "credential.level.unwatched".
func (s *Service) Watch(ctx context.Context, sitting string) (err error) {
	defer fault.Wrap(&err, "credential.Watch")
	stop := fault.New(fault.Forbidden, "credential.level.unwatched")
	a, err := s.attempts.Get(ctx, sitting)
	switch {
	case fault.Is(err, fault.NotFound):
		return stop
	case err != nil:
		return err
	case a.State != Begun || a.Paused:
		return stop
	case a.Exam == "" && !s.cfg.Proctored:
		return nil
	}
	e, err := s.exams.Get(ctx, a.Exam)
	if fault.Is(err, fault.NotFound) || err == nil && !e.Runs(s.now()) {
		return stop
	}
	return err
}

// Pause interrupts a watched test, in an alarm or at the proctor's word: it goes on
// with new PINs. It tells whether there was one to interrupt.
func (s *Service) Pause(ctx context.Context, sitting string) (done bool, err error) {
	defer fault.Wrap(&err, "credential.Pause")
	err = s.change(ctx, sitting, func(a *Attempt) bool {
		done = a.State == Begun && a.Exam != ""
		changed := done && !a.Paused
		a.Paused = a.Paused || done
		return changed
	})
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return done, err
}

// change writes an attempt; do tells whether there is something to write.
func (s *Service) change(ctx context.Context, id string, do func(*Attempt) bool) error {
	for range tries {
		a, err := s.attempts.Get(ctx, id)
		if err != nil || !do(a) {
			return err
		}
		if err = s.attempts.Replace(ctx, a); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Conflict, "credential.busy")
}

// look brings an attempt up to date with its sitting: attached to the person once it is
// stored, waiting once it is finished, lapsed once its days are over.
func (s *Service) look(ctx context.Context, a *Attempt) error {
	if a.State != Begun || s.cfg.Tests == nil {
		return nil
	}
	found, err := s.cfg.Tests.Results(ctx, []string{a.ID})
	if err != nil {
		return err
	}
	var r *LevelResult
	if len(found) > 0 {
		r = &found[0]
	}
	attach := r != nil && !a.Attached && a.Person != ""
	if attach {
		if err := s.cfg.Tests.Attach(ctx, a.Person, a.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	now := s.now()
	err = s.change(ctx, a.ID, func(is *Attempt) bool {
		changed := attach && !is.Attached
		is.Attached = is.Attached || attach
		switch {
		case is.State != Begun:
		case r != nil && !r.At.IsZero():
			is.State, is.Since, is.Level, is.Finished, changed = Waiting, store.At(now), r.Level, store.At(r.At), true
		case now.After(is.Ends().Add(24 * time.Hour)): // a day later, when the sitting cannot go on either
			is.State, is.Since, changed = Lapsed, store.At(now), true
		}
		*a = *is
		return changed
	})
	return err
}

// under lists the attempts of an exam that are being answered.
func (s *Service) Under(ctx context.Context, exam string) (list []*Attempt, err error) {
	defer fault.Wrap(&err, "credential.Under")
	for a, err := range s.attempts.Find(ctx, store.Query{Index: indexExam, Eq: []any{exam}, Limit: 200}) {
		if err != nil {
			return nil, err
		}
		if err := s.look(ctx, a); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// learner is whose credential comes of it.
func (a *Attempt) learner() course.Learner { return course.OfPerson(a.Person) }
