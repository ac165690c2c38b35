package credential

import (
	"context"
	"errors"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

var _ person.Holder = (*Service)(nil)

// Export is one credential in the export of a person.
type Export struct {
	ID      string      `json:"id"`
	Title   i18n.Text   `json:"title"`
	Course  string      `json:"course,omitempty"`
	Level   string      `json:"level,omitempty"`
	Lessons int         `json:"lessons,omitempty"`
	Minutes int         `json:"minutes,omitempty"`
	At      time.Time   `json:"at"`
	Made    time.Time   `json:"made"`
	State   State       `json:"state"`
	Named   bool        `json:"named"`
	Who     string      `json:"who,omitempty"`
	Revoked *Revocation `json:"revoked,omitempty"`
}

// ExportTest is one test for a level in the export of a person.
type ExportTest struct {
	Sitting  string       `json:"sitting"`
	At       time.Time    `json:"at"`
	State    AttemptState `json:"state"`
	Venues   []string     `json:"venues,omitempty"`
	Level    string       `json:"level,omitempty"`
	Finished *time.Time   `json:"finished,omitempty"`
	Reason   Objection    `json:"reason,omitempty"`
	Remark   string       `json:"remark,omitempty"`
}

// Held is what an export holds.
type Held struct {
	Credentials []Export     `json:"credentials"`
	Tests       []ExportTest `json:"tests,omitempty"`
}

// Name is the part's name in an export.
func (s *Service) Name() string { return "credentials" }

// Export gives what is held about the person under any of these ids.
func (s *Service) Export(ctx context.Context, ids []person.ID) (part any, err error) {
	defer fault.Wrap(&err, "credential.Export")
	out := Held{Credentials: []Export{}}
	for _, id := range ids {
		list, err := s.Held(ctx, course.OfPerson(id))
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			out.Credentials = append(out.Credentials, Export{v.ID, v.Title, v.Course, v.Level, v.Lessons, v.Minutes, v.At.Time, v.Made.Time, v.State, v.Named, v.Who, v.Revoked})
		}
		tests, err := s.exportTests(ctx, id)
		if err != nil {
			return nil, err
		}
		out.Tests = append(out.Tests, tests...)
	}
	if len(out.Credentials)+len(out.Tests) == 0 {
		return nil, nil
	}
	return out, nil
}

func (s *Service) exportTests(ctx context.Context, id person.ID) (out []ExportTest, err error) {
	list, err := s.AttemptsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		t := ExportTest{Sitting: a.ID, At: a.At.Time, State: a.State, Level: a.Level}
		if t.Remark, err = s.open(a.ID, "remark", a.Remark); err != nil {
			return nil, err
		}
		for _, x := range a.Stretches {
			t.Venues = append(t.Venues, x.Venue)
		}
		if !a.Finished.IsZero() {
			t.Finished = &a.Finished.Time
		}
		if a.Verdict != nil {
			t.Reason = a.Verdict.Reason
		}
		out = append(out, t)
	}
	return out, nil
}

// Erase unlinks credentials from the person: they stay checkable, since others may rely
// on them, and name nobody.
func (s *Service) Erase(ctx context.Context, ids []person.ID) (err error) {
	defer fault.Wrap(&err, "credential.Erase")
	for _, id := range ids {
		if err := s.each(ctx, course.OfPerson(id), func(c *Credential) {
			c.Learner, c.Named, c.Name, c.Initials, c.Sitting = "", false, "", "", ""
		}); err != nil {
			return err
		}
		if err := s.eraseTests(ctx, id); err != nil {
			return err
		}
		if err := s.moveTrials(ctx, course.OfPerson(id), ""); err != nil {
			return err
		}
		if err := s.tried.Delete(ctx, string(id), 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// eraseTests unlinks the attempts of a person. A sitting that is not attached yet would
// be found by nobody else, so it goes here.
func (s *Service) eraseTests(ctx context.Context, id person.ID) error {
	return s.eachTest(ctx, id, func(a *Attempt) error {
		if s.cfg.Tests != nil && !a.Attached {
			if err := s.cfg.Tests.Erase(ctx, a.ID); err != nil {
				return err
			}
		}
		a.Person, a.Remark = "", ""
		if a.State == Begun || a.State == Waiting {
			a.State, a.Since = Lapsed, store.At(s.now())
		}
		return nil
	})
}

// eachTest changes every attempt of a person; what somebody changed meanwhile is read
// and changed again.
func (s *Service) eachTest(ctx context.Context, id person.ID, do func(*Attempt) error) error {
	for k, err := range s.attempts.Keys(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
		if err != nil {
			return err
		}
		var failed error
		err := s.change(ctx, k.ID, func(a *Attempt) bool {
			if a.Person != id {
				return false
			}
			failed = do(a)
			return failed == nil
		})
		if err := errors.Join(failed, err); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return nil
}

// Adopt gives what one learner holds to another: a device's to the person who signed in
// on it, or a joined account's to the one that stays.
func (s *Service) Adopt(ctx context.Context, from, to course.Learner) (err error) {
	defer fault.Wrap(&err, "credential.Adopt")
	if from == "" || to == "" || from == to {
		return nil
	}
	initials := ""
	if who := to.Person(); who != "" {
		name, err := s.cfg.Name(ctx, who)
		if err != nil {
			return err
		}
		initials = Initials(name)
	}
	if err := s.moveTrials(ctx, from, to); err != nil {
		return err
	}
	return s.each(ctx, from, func(c *Credential) {
		c.Learner = to
		if c.Initials == "" {
			c.Initials = s.seal(c.ID, "initials", initials)
		}
	})
}

// Merged handles person.TopicMerged: what the joined account had goes to the one that
// stays.
func (s *Service) Merged(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "credential.Merged")
	var e person.Event
	if err := d.Decode(&e); err != nil {
		return err
	}
	if e.Other == "" || e.Person == "" {
		return fault.Newf(fault.Invalid, "", "a merge without one of the two")
	}
	if err := s.Adopt(ctx, course.OfPerson(e.Other), course.OfPerson(e.Person)); err != nil {
		return err
	}
	return s.eachTest(ctx, e.Other, func(a *Attempt) error {
		a.Person = e.Person
		return nil
	})
}

// each changes every credential of a learner; what somebody changed meanwhile is read
// and changed again.
func (s *Service) each(ctx context.Context, l course.Learner, change func(*Credential)) error {
	for k, err := range s.all.Keys(ctx, store.Query{Index: indexLearner, Eq: []any{l}}) {
		if err != nil {
			return err
		}
		for try := 0; ; try++ {
			doc, err := s.all.Get(ctx, k.ID)
			if fault.Is(err, fault.NotFound) {
				break
			}
			if err != nil {
				return err
			}
			if doc.Learner != l {
				break
			}
			change(doc)
			doc.Changed = store.At(s.now())
			err = s.all.Replace(ctx, doc)
			if err == nil {
				break
			}
			if !fault.Is(err, fault.Conflict) || try == tries {
				return err
			}
		}
	}
	return nil
}

// Fields is every kind of data this package holds about a person, for the table that a
// lawyer reads (person.Fields).
func Fields() []person.Field {
	proof := i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}
	return []person.Field{{Kind: "credentials", Stored: "credentials",
		What:      i18n.Text{UK: "що людина закінчила, коли, ініціали; ім'я, якщо вона його ввімкнула", EN: "what the person completed, when, initials; the name if they switched it on"},
		Basis:     i18n.Text{UK: "прохання людини: підтвердження для неї самої", EN: "request of the person: a confirmation for themselves"},
		Recipient: i18n.Text{UK: "кожен, кому людина дала посилання або файл", EN: "anybody the person gave the link or the file to"}},
		{Kind: "credentials", Stored: "credential_attempts, credential_tries",
			What:      i18n.Text{UK: "тести для сертифіката рівня: коли, у якому місці, рівень, зауваження ментора (запечатано), рішення; невдалі коди входу в тест", EN: "tests for a certificate of a level: when, at which venue, the level, the mentor's remark (sealed), the decision; wrong PINs"},
			Basis:     i18n.Text{UK: "прохання людини: підтвердження для неї самої", EN: "request of the person: a confirmation for themselves"},
			Recipient: i18n.Text{UK: "ментор місця й методисти міста", EN: "the mentor of the venue and the city's methodologists"}},
		{Kind: "credentials", Stored: "credential_trials",
			What:      i18n.Text{UK: "курс ментора: чи пройдено, день пробного заняття", EN: "the mentors' course: whether it was taken, the day of the trial lesson"},
			Basis:     i18n.Text{UK: "прохання людини: підтвердження для неї самої", EN: "request of the person: a confirmation for themselves"},
			Recipient: i18n.Text{UK: "ментори місця", EN: "mentors of the venue"}},
		{Kind: "credentials", Stored: "credential_exams, credential_attempts.stretches, credential_trials.signed",
			What:  i18n.Text{UK: "хто з персоналу стежив за тестом, хто вирішив, хто підписав пробне заняття", EN: "who of the staff watched a test, who decided, who signed a trial lesson"},
			Basis: proof, Recipient: i18n.Text{UK: "методисти міста", EN: "the city's methodologists"}}}
}

// Periods is how long they are kept (person.Periods).
func Periods() []person.Period {
	return []person.Period{{Kind: "credentials", Keep: i18n.Text{
		UK: "поки існує рахунок; після його вилучення лишається запис без особи, щоб підтвердження можна було перевірити",
		EN: "as long as the account; after its erasure a record without the person stays, so that the confirmation can be checked"}}}
}
