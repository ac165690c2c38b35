package course

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Completion is the payload of TopicCompleted: the message's id is
// "course-completed:<learner>:<course>".
type Completion struct {
	Learner     Learner   `json:"learner"`
	Person      person.ID `json:"person,omitempty"` // empty for a device
	Course      string    `json:"course"`
	Version     int       `json:"version"`
	At          time.Time `json:"at"`
	Score       float64   `json:"score"`   // 0…1, the best try
	Lessons     int       `json:"lessons"` // finished ones
	Minutes     int       `json:"minutes"` // of the course
	Competences []string  `json:"competences"`
}

// Outcome is what a final check gave.
type Outcome struct {
	Score  float64 // 0…1, the mean over the items
	Need   float64 // 0…1
	Passed bool
	First  bool            // this try completed the course
	Right  map[string]bool // by item id
}

const pendingCompleted = "completed"

// MaxTriesDay bounds the tries of one final check in 24 hours: five questions with
// the right answers shown after each try would otherwise be guessed in minutes.
const MaxTriesDay = 5

// Finish takes the answers to the final check of a course. try is the form's own
// random id: the same one again changes nothing. What was not answered counts 0.
// Errors: NotFound (no course, no final check), Invalid (an answer that is none),
// TooMany (over MaxTriesDay, and not passed yet).
func (s *Service) Finish(ctx context.Context, l Learner, course, try string, answers instrument.Answers) (o Outcome, err error) {
	defer fault.Wrap(&err, "course.Finish")
	if !l.ok() {
		return o, badLearner()
	}
	if try == "" || len(try) > 64 {
		return o, fault.New(fault.Invalid, "course.no_try")
	}
	c, err := s.cfg.Catalogue.Course(course)
	if err != nil {
		return o, err
	}
	if c.Final == nil || len(c.Final.Items) == 0 {
		return o, fault.New(fault.NotFound, "course.no_final")
	}
	o.Need, o.Right = float64(c.Final.Pass)/100, map[string]bool{}
	for _, it := range c.Final.Items {
		v := answers[it.ID]
		if bad := it.Check(v); bad != nil {
			bad.Pointer = "/answers/" + it.ID + bad.Pointer
			return o, fault.InvalidFields(*bad)
		}
		score, right, _ := it.Score(v)
		o.Score += score / float64(len(c.Final.Items))
		o.Right[it.ID] = right
	}
	o.Passed = o.Score >= o.Need-1e-9
	at := s.now().UnixMilli()
	t, err := s.change(ctx, l, course, func(t *Track) error {
		o.First = false
		today := 0
		for _, old := range t.Tries {
			if old.ID == try {
				return nil
			}
			if old.At > at-24*time.Hour.Milliseconds() {
				today++
			}
		}
		if today >= MaxTriesDay && t.Completed == 0 {
			return fault.New(fault.TooMany, "course.too_many_tries")
		}
		t.Version = max(t.Version, c.Version)
		t.Opened = first(t.Opened, at)
		t.Tries = joinTries(t.Tries, []Try{{ID: try, At: at, Score: o.Score, Passed: o.Passed}})
		if o.Passed && t.Completed == 0 {
			t.Completed, t.Pending, o.First = at, pendingCompleted, true
		}
		return nil
	})
	if err != nil {
		return o, err
	}
	if t.Pending != "" {
		return o, s.announce(ctx, t)
	}
	return o, nil
}

// announce tells the outbox of a completion and takes the mark off the track.
func (s *Service) announce(ctx context.Context, t *Track) error {
	c, err := s.cfg.Catalogue.Course(t.Course)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	m := Completion{Learner: t.Learner, Person: t.Learner.Person(), Course: t.Course, Version: t.Version, At: time.UnixMilli(t.Completed).UTC()}
	if len(t.Tries) > 0 {
		m.Score = t.Tries[0].Score
	}
	if c != nil {
		m.Lessons, m.Minutes, m.Competences = t.FinishedLessons(c), c.Minutes(), c.Competences
	}
	if err := s.tell(ctx, "course-completed:"+trackID(t.Learner, t.Course), TopicCompleted, m); err != nil {
		return err
	}
	if err := s.prepareProof(ctx, t.Learner, t.Course); err != nil {
		return err
	}
	_, err = s.change(ctx, t.Learner, t.Course, func(t *Track) error {
		t.Pending = ""
		return nil
	})
	return err
}

// Settle tells the outbox of completions that a crash kept from it, and calls to a
// proof those whose week is over. It is a job of every few minutes.
func (s *Service) Settle(ctx context.Context) (told int, err error) {
	defer fault.Wrap(&err, "course.Settle")
	for t, err := range s.tracks.Find(ctx, store.Query{Index: indexPending, After: "", Limit: 1000}) {
		if err != nil {
			return told, err
		}
		if err := s.announce(ctx, t); err != nil {
			return told, err
		}
		told++
	}
	n, err := s.callProofs(ctx)
	return told + n, err
}
