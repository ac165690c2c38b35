package staffing

import (
	"context"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Wish is what a person agrees to besides being counted.
type Wish struct {
	Remind bool // be written to before a deadline
	All    bool // show every certificate
}

const retries = 5

func enrolmentID(who person.ID, body string) string { return string(who) + ":" + body }

// Join enrols a person with a code. Whoever is enrolled already stays as they are, and
// the code is not spent; the same person may come back with the same code. Errors: those
// of Look, Forbidden "employer.code_used" (somebody else has used it).
func (s *Service) Join(ctx context.Context, who person.ID, typed string, w Wish) (e *Enrolment, err error) {
	defer fault.Wrap(&err, "staffing.Join")
	if who == "" {
		return nil, fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	hash, i, err := s.look(ctx, typed)
	if err != nil {
		return nil, err
	}
	e, err = s.enrolled.Get(ctx, enrolmentID(who, i.ID))
	if !fault.Is(err, fault.NotFound) {
		return e, err
	}
	mine := s.mac("holder", string(who))
	err = s.claims.Insert(ctx, &claim{Doc: store.Doc{ID: hash}, Holder: mine})
	if fault.Is(err, fault.Conflict) {
		have, err := s.claims.Get(ctx, hash)
		if err != nil {
			return nil, err
		}
		if have.Holder != mine {
			return nil, fault.New(fault.Forbidden, "employer.code_used")
		}
	} else if err != nil {
		return nil, err
	}
	e = &Enrolment{Doc: store.Doc{ID: enrolmentID(who, i.ID)}, Person: who, Institution: i.ID, Since: day(s.now()), Text: TextVersion, Remind: w.Remind, All: w.All}
	err = s.enrolled.Insert(ctx, e)
	if fault.Is(err, fault.Conflict) { // sent twice at once
		return s.enrolled.Get(ctx, e.ID)
	}
	return e, err
}

// Of lists where a person is enrolled.
func (s *Service) Of(ctx context.Context, who person.ID) (list []*Enrolment, err error) {
	defer fault.Wrap(&err, "staffing.Of")
	for e, err := range s.enrolled.Find(ctx, store.Query{Index: indexPerson, Eq: []any{who}}) {
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// Change sets what a person agrees to; shown are ids of single certificates. Errors:
// NotFound (not enrolled there).
func (s *Service) Change(ctx context.Context, who person.ID, body string, w Wish, shown []string) (err error) {
	defer fault.Wrap(&err, "staffing.Change")
	if len(shown) > 200 {
		return fault.InvalidFields(fault.Field{Pointer: "show", Key: "page.form.many"})
	}
	return s.change(ctx, enrolmentID(who, body), func(e *Enrolment) {
		e.Remind, e.All, e.Shown = w.Remind, w.All, slices.Compact(slices.Sorted(slices.Values(shown)))
	})
}

func (s *Service) change(ctx context.Context, id string, act func(*Enrolment)) error {
	for range retries {
		e, err := s.enrolled.Get(ctx, id)
		if err != nil {
			return err
		}
		act(e)
		if err := s.enrolled.Replace(ctx, e); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// Leave ends an enrolment; nothing of it stays. Leaving twice is no error.
func (s *Service) Leave(ctx context.Context, who person.ID, body string) (err error) {
	defer fault.Wrap(&err, "staffing.Leave")
	err = s.enrolled.Delete(ctx, enrolmentID(who, body), 0)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// Showing lists the enrolments of an employer whose person shows certificates: all that
// an employer may know of single people. The reading is written down. Errors: Forbidden,
// NotFound.
func (s *Service) Showing(ctx context.Context, a *person.Actor, body string) (list []*Enrolment, err error) {
	defer fault.Wrap(&err, "staffing.Showing")
	if err := may(a, body); err != nil {
		return nil, err
	}
	if _, err := s.body(body); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "certificates", body); err != nil {
		return nil, err
	}
	for e, err := range s.enrolled.Find(ctx, store.Query{Index: indexBody, Eq: []any{body}}) {
		if err != nil {
			return nil, err
		}
		if e.All || len(e.Shown) > 0 {
			list = append(list, e)
		}
	}
	return list, nil
}

// Reminder is a course or a lesson whose deadline is near.
type Reminder struct {
	ID          string // the same for the same deadline
	Person      person.ID
	Institution string
	Step        Step
}

// remindBefore are the days before a deadline on which somebody is reminded.
var remindBefore = []int{14, 3}

// Remind tells of steps with a near deadline that a person who wished it has not
// completed. A job runs it daily; tell must bear hearing one twice.
func (s *Service) Remind(ctx context.Context, tell func(context.Context, Reminder) error) (err error) {
	defer fault.Wrap(&err, "staffing.Remind")
	for _, i := range s.bodies() {
		var near []Step
		for _, x := range s.Plan(i) {
			for _, days := range remindBefore {
				if x.Due != "" && x.Due == day(s.now().AddDate(0, 0, days)) {
					near = append(near, x)
				}
			}
		}
		if len(near) == 0 {
			continue
		}
		for e, err := range s.enrolled.Find(ctx, store.Query{Index: indexBody, Eq: []any{i.ID}}) {
			if err != nil {
				return err
			}
			if !e.Remind {
				continue
			}
			at, err := s.o.Standing(ctx, e.Person)
			if fault.Is(err, fault.NotFound) {
				continue
			}
			if err != nil {
				return err
			}
			for _, x := range near {
				if at.Has(x) {
					continue
				}
				if err := tell(ctx, Reminder{ID: "employer-remind:" + s.mac("remind", e.ID+x.Part()+x.Due+day(s.now())), Person: e.Person, Institution: i.ID, Step: x}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// Seed enters the enrolments of an invented city; what is there stays.
func (s *Service) Seed(ctx context.Context, body string, people []person.ID) (err error) {
	defer fault.Wrap(&err, "staffing.Seed")
	docs := make([]*Enrolment, 0, len(people))
	for _, who := range people {
		docs = append(docs, &Enrolment{Doc: store.Doc{ID: enrolmentID(who, body)}, Person: who, Institution: body, Since: day(s.now()), Text: TextVersion})
	}
	if err := s.enrolled.InsertMany(ctx, docs); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}
