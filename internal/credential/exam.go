package credential

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Limits of an exam.
const (
	ExamLife  = 4 * time.Hour    // after that it is closed by itself
	ProctorIn = 10 * time.Minute // how long a proctor's PIN is shown
	pinDigits = 6
	maxOpen   = 20 // exams with the same PIN that are looked at
	wrongFree = 5  // wrong PINs of a person before a rest
	wrongRest = 10 * time.Minute
)

// Exam is a time at a venue when somebody watches tests for a certificate. Its id is
// "e" and 26 letters.
type Exam struct {
	store.Doc
	Venue   string     `json:"venue"`
	Proctor person.ID  `json:"proctor"`
	Pin     string     `json:"pin"` // of the venue: six digits for the wall
	Opened  store.Time `json:"opened"`
	Closes  store.Time `json:"closes"`
	Ended   store.Time `json:"ended,omitzero"` // closed before its time, by hand or in an alarm
}

// Runs tells whether tests may go on under it.
func (e *Exam) Runs(now time.Time) bool { return e.Ended.IsZero() && now.Before(e.Closes.Time) }

// ProctorPin is the short-lived PIN that the proctor tells to each person whose paper
// they have seen, and until when it is shown. It works for as long again.
func (s *Service) ProctorPin(e *Exam) (pin string, until time.Time) {
	n := s.now().Unix() / int64(ProctorIn/time.Second)
	return s.proctorPin(e.ID, n), time.Unix((n+1)*int64(ProctorIn/time.Second), 0)
}

func (s *Service) proctorPin(exam string, n int64) string {
	mac := hmac.New(sha256.New, s.cfg.Secret)
	fmt.Fprintf(mac, "proctor:%s:%d", exam, n)
	return fmt.Sprintf("%0*d", pinDigits, binary.BigEndian.Uint64(mac.Sum(nil))%1_000_000)
}

// proctored tells whether a PIN is the proctor's of now, or of a moment ago.
func (s *Service) proctored(exam, pin string) bool {
	n := s.now().Unix() / int64(ProctorIn/time.Second)
	now := subtle.ConstantTimeCompare([]byte(pin), []byte(s.proctorPin(exam, n)))
	before := subtle.ConstantTimeCompare([]byte(pin), []byte(s.proctorPin(exam, n-1)))
	return now|before == 1
}

// OpenExam lets tests for a certificate begin at a venue. The caller has checked the
// right over it. One that runs there already under the same proctor is given again.
func (s *Service) OpenExam(ctx context.Context, a person.Actor, venue string) (e *Exam, err error) {
	defer fault.Wrap(&err, "credential.OpenExam")
	if venue == "" || len(venue) > 64 || a.Person == "" {
		return nil, fault.InvalidFields(fault.Field{Pointer: "venue", Key: "credential.exam.venue"})
	}
	open, err := s.Exams(ctx, venue)
	if err != nil {
		return nil, err
	}
	for _, one := range open {
		if one.Proctor == a.Person {
			return one, nil
		}
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return nil, err
	}
	now := s.now()
	e = &Exam{Doc: store.Doc{ID: "e" + strings.ToLower(rand.Text())}, Venue: venue, Proctor: a.Person, Pin: fmt.Sprintf("%0*d", pinDigits, n.Int64()),
		Opened: store.At(now), Closes: store.At(now.Add(ExamLife))}
	if err := s.act(ctx, a, "exam.open", "exam:"+e.ID, venue); err != nil {
		return nil, err
	}
	return e, s.exams.Insert(ctx, e)
}

// Exams lists what runs at a venue now.
func (s *Service) Exams(ctx context.Context, venue string) (list []*Exam, err error) {
	defer fault.Wrap(&err, "credential.Exams")
	for e, err := range s.exams.Find(ctx, store.Query{Index: indexVenue, Eq: []any{venue}, From: store.At(s.now()), Limit: maxOpen}) {
		if err != nil {
			return nil, err
		}
		if e.Runs(s.now()) {
			list = append(list, e)
		}
	}
	return list, nil
}

// Exam is one by its id. Errors: NotFound.
func (s *Service) Exam(ctx context.Context, id string) (e *Exam, err error) {
	defer fault.Wrap(&err, "credential.Exam")
	return s.exams.Get(ctx, id)
}

// CloseExam ends it: every test under it is kept as it stands, and goes on under
// another one within its fourteen days. Closing again changes nothing.
func (s *Service) CloseExam(ctx context.Context, a person.Actor, id string, alarm bool) (err error) {
	defer fault.Wrap(&err, "credential.CloseExam")
	for range tries {
		e, err := s.exams.Get(ctx, id)
		if err != nil || !e.Ended.IsZero() {
			return err
		}
		why := "done"
		if alarm {
			why = "alarm"
		}
		if err := s.act(ctx, a, "exam.close", "exam:"+id, why); err != nil {
			return err
		}
		e.Ended = store.At(s.now())
		if err = s.exams.Replace(ctx, e); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Conflict, "credential.busy")
}

// act writes an act of staff down.
func (s *Service) act(ctx context.Context, a person.Actor, action, subject, why string) error {
	return s.cfg.Audit.Record(ctx, audit.Event{Actor: actor(a), Action: action, Subject: subject, Where: a.Where, Why: why})
}

// tried counts the wrong PINs of a person; the document's id is the person.
type tried struct {
	store.Doc
	Wrong int        `json:"wrong,omitempty"`
	Next  store.Time `json:"next,omitzero"` // no try before it
}

// enter finds the running exam of two PINs. Wrong ones are counted before they are
// compared, so that many at once cannot outrun the count. Errors: Invalid
// "credential.exam.pins", TooMany "person.wait".
func (s *Service) enter(ctx context.Context, who person.ID, venuePin, proctorPin string) (*Exam, error) {
	now := s.now()
	for try := 0; ; try++ {
		t, err := s.tried.Get(ctx, string(who))
		fresh := fault.Is(err, fault.NotFound)
		if fresh {
			t = &tried{Doc: store.Doc{ID: string(who)}}
		} else if err != nil {
			return nil, err
		}
		if wait := t.Next.Sub(now); !t.Next.IsZero() && wait > 0 {
			f := fault.New(fault.TooMany, "person.wait")
			f.Args = map[string]any{"Seconds": int(wait/time.Second) + 1}
			return nil, f
		}
		t.Next = store.Time{}
		if t.Wrong++; t.Wrong >= wrongFree {
			t.Wrong, t.Next = 0, store.At(now.Add(wrongRest))
		}
		if fresh {
			err = s.tried.Insert(ctx, t)
		} else {
			err = s.tried.Replace(ctx, t)
		}
		if err == nil {
			break
		}
		if !fault.Is(err, fault.Conflict) || try == tries {
			return nil, err
		}
	}
	venuePin, proctorPin = digits(venuePin), digits(proctorPin)
	if len(venuePin) == pinDigits && len(proctorPin) == pinDigits {
		for e, err := range s.exams.Find(ctx, store.Query{Index: indexPin, Eq: []any{venuePin}, From: store.At(now), Limit: maxOpen}) {
			if err != nil {
				return nil, err
			}
			if !e.Runs(now) || !s.proctored(e.ID, proctorPin) {
				continue
			}
			if e.Proctor == who {
				return nil, fault.New(fault.Forbidden, "credential.exam.own")
			}
			if err := s.tried.Delete(ctx, string(who), 0); err != nil && !fault.Is(err, fault.NotFound) {
				return nil, err
			}
			return e, nil
		}
	}
	return nil, fault.InvalidFields(fault.Field{Pointer: "venue_pin", Key: "credential.exam.pins"})
}

// digits leaves the digits of what was typed.
func digits(s string) string {
	if len(s) > 40 {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
