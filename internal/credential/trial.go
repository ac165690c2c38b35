package credential

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// practical are the audiences whose courses end with a trial lesson that a colleague
// signs: without it there is no mark (USERS 16).
var practical = []string{"mentors"}

// Practical tells whether the certificate of a course needs a signed trial lesson.
func Practical(c *course.Course) bool {
	return c != nil && slices.ContainsFunc(c.Audience, func(a string) bool { return slices.Contains(practical, a) })
}

// Observed are what a colleague must have seen at a trial lesson: all of it.
var Observed = []string{"hands", "pace", "own", "safe", "asked"}

// Trial joins the two things that a certificate of a practical course needs: the course
// itself and the trial lesson, in whichever order they come. Its id is the learner and
// the course.
type Trial struct {
	store.Doc
	Learner   course.Learner     `json:"learner,omitempty"`
	Course    string             `json:"course"`
	Completed *course.Completion `json:"completed,omitempty"`
	Signed    *Signature         `json:"signed,omitempty"`
}

// Signature is the colleague's word.
type Signature struct {
	By    person.ID  `json:"by"`
	Venue string     `json:"venue,omitempty"`
	Day   string     `json:"day"` // YYYY-MM-DD in Kyiv
	At    store.Time `json:"at"`
}

func trialID(l course.Learner, slug string) string { return string(l) + ":" + slug }

// Trial is what is known of a learner's practical course. Errors: NotFound.
func (s *Service) Trial(ctx context.Context, l course.Learner, slug string) (t *Trial, err error) {
	defer fault.Wrap(&err, "credential.Trial")
	return s.trials.Get(ctx, trialID(l, slug))
}

// SignTrial says that the actor saw a trial lesson of somebody else, and issues the
// certificate when the course is completed; nil while it is not. The caller has checked
// the right over the venue and the learner. Errors: Invalid, Forbidden (one's own),
// NotFound (no such course).
func (s *Service) SignTrial(ctx context.Context, by person.Actor, who person.ID, slug, venue, day string, seen []string) (doc *Credential, err error) {
	defer fault.Wrap(&err, "credential.SignTrial")
	c, err := s.cfg.Catalogue.Course(slug)
	if err != nil {
		return nil, err
	}
	if !Practical(c) {
		return nil, fault.New(fault.NotFound, "course.no_course")
	}
	if by.Person == "" || by.Person == who {
		return nil, fault.New(fault.Forbidden, "credential.trial.own")
	}
	var bad []fault.Field
	at, err := time.ParseInLocation(time.DateOnly, day, i18n.Kyiv)
	if err != nil || at.After(s.now()) || s.now().Sub(at) > 366*24*time.Hour {
		bad = append(bad, fault.Field{Pointer: "day", Key: "credential.trial.day_bad"})
	}
	if slices.ContainsFunc(Observed, func(x string) bool { return !slices.Contains(seen, x) }) {
		bad = append(bad, fault.Field{Pointer: "seen", Key: "credential.trial.all"})
	}
	if len(bad) > 0 {
		return nil, fault.InvalidFields(bad...)
	}
	if err := s.act(ctx, by, "trial.sign", "person:"+string(who), slug); err != nil {
		return nil, err
	}
	return s.trial(ctx, course.OfPerson(who), slug, func(t *Trial) {
		if t.Signed == nil {
			t.Signed = &Signature{By: by.Person, Venue: venue, Day: day, At: store.At(s.now())}
		}
	})
}

// trial writes one of the two halves, and issues once both are there.
func (s *Service) trial(ctx context.Context, l course.Learner, slug string, do func(*Trial)) (*Credential, error) {
	for range tries {
		t, err := s.trials.Get(ctx, trialID(l, slug))
		fresh := fault.Is(err, fault.NotFound)
		if fresh {
			t = &Trial{Doc: store.Doc{ID: trialID(l, slug)}, Learner: l, Course: slug}
		} else if err != nil {
			return nil, err
		}
		do(t)
		if fresh {
			err = s.trials.Insert(ctx, t)
		} else {
			err = s.trials.Replace(ctx, t)
		}
		switch {
		case fault.Is(err, fault.Conflict):
			continue
		case err != nil || t.Completed == nil || t.Signed == nil:
			return nil, err
		}
		return s.issueCourse(ctx, *t.Completed)
	}
	return nil, fault.New(fault.Conflict, "credential.busy")
}

// moveTrials gives the trials of one learner to another, or with "" unlinks them.
func (s *Service) moveTrials(ctx context.Context, from, to course.Learner) error {
	for t, err := range s.trials.Find(ctx, store.Query{Index: indexLearner, Eq: []any{from}, Limit: maxHeld}) {
		if err != nil {
			return err
		}
		if err := s.trials.Delete(ctx, t.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if to == "" {
			continue
		}
		if _, err := s.trial(ctx, to, t.Course, func(is *Trial) {
			if is.Completed == nil && t.Completed != nil {
				done := *t.Completed
				done.Learner, done.Person = to, to.Person()
				is.Completed = &done
			}
			if is.Signed == nil && (t.Signed == nil || t.Signed.By != to.Person()) {
				is.Signed = t.Signed
			}
		}); err != nil {
			return err
		}
	}
	return nil
}
