package credential

import (
	"context"
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

// Name is the part's name in an export.
func (s *Service) Name() string { return "credentials" }

// Export gives what is held about the person under any of these ids.
func (s *Service) Export(ctx context.Context, ids []person.ID) (part any, err error) {
	defer fault.Wrap(&err, "credential.Export")
	var out []Export
	for _, id := range ids {
		list, err := s.Held(ctx, course.OfPerson(id))
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			out = append(out, Export{v.ID, v.Title, v.Course, v.Level, v.Lessons, v.Minutes, v.At.Time, v.Made.Time, v.State, v.Named, v.Who, v.Revoked})
		}
	}
	if out == nil {
		return nil, nil
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
	return s.Adopt(ctx, course.OfPerson(e.Other), course.OfPerson(e.Person))
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
	return []person.Field{{Kind: "credentials", Stored: "credentials",
		What:      i18n.Text{UK: "що людина закінчила, коли, ініціали; ім'я, якщо вона його ввімкнула", EN: "what the person completed, when, initials; the name if they switched it on"},
		Basis:     i18n.Text{UK: "прохання людини: підтвердження для неї самої", EN: "request of the person: a confirmation for themselves"},
		Recipient: i18n.Text{UK: "кожен, кому людина дала посилання або файл", EN: "anybody the person gave the link or the file to"}}}
}

// Periods is how long they are kept (person.Periods).
func Periods() []person.Period {
	return []person.Period{{Kind: "credentials", Keep: i18n.Text{
		UK: "поки існує рахунок; після його вилучення лишається запис без особи, щоб підтвердження можна було перевірити",
		EN: "as long as the account; after its erasure a record without the person stays, so that the confirmation can be checked"}}}
}
