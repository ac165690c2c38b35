package lab

import (
	"cmp"
	"context"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Ask enters a request. Errors: Invalid, Forbidden, NotFound (institution or room).
func (s *Service) Ask(ctx context.Context, a *person.Actor, r Request) (asked *Request, err error) {
	defer fault.Wrap(&err, "lab.Ask")
	if err := s.may(a, person.SchoolEdit, r.Institution); err != nil {
		return nil, err
	}
	r.Doc = store.Doc{ID: cmp.Or(r.ID, newID("q"))}
	if err := s.fits(&r); err != nil {
		return nil, err
	}
	r.Stage, r.Steps = Asked, []Step{{Stage: Asked, At: store.At(s.o.Now()), By: who(a)}}
	if err := s.note(ctx, a, "ask", "lab-request:"+r.ID); err != nil {
		return nil, err
	}
	r.Changed = s.asked.Stamp()
	if err := s.requests.Insert(ctx, &r); err != nil {
		return nil, err
	}
	s.asked.Put(&r)
	return &r, nil
}

// fits checks a request with the room it names.
func (s *Service) fits(r *Request) error {
	if err := r.Check(); err != nil {
		return err
	}
	if r.Lab == "" {
		return nil
	}
	if l, ok := s.ByID(r.Lab); !ok || l.Institution != r.Institution {
		return fault.InvalidFields(fault.Field{Pointer: "lab", Key: "lab.choose"})
	}
	return nil
}

// changeRequest does an act on a request at a revision (0: whatever it is now).
func (s *Service) changeRequest(ctx context.Context, a *person.Actor, what string, need person.Action, id string, rev int64, act func(*Request) error) (*Request, error) {
	r, err := s.requests.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(a, need, r.Institution); err != nil {
		return nil, err
	}
	if r.Gone && what != "request-back" {
		return nil, fault.New(fault.NotFound, "lab.no_request")
	}
	if rev != 0 && r.Rev != rev {
		return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
	}
	if err := act(r); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, what, "lab-request:"+id); err != nil {
		return nil, err
	}
	r.Changed = s.asked.Stamp()
	if err := s.requests.Replace(ctx, r); err != nil {
		if fault.Is(err, fault.Conflict) {
			return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
		}
		return nil, err
	}
	s.asked.Put(r)
	return r, nil
}

// Rewrite changes a request that nobody has looked into yet. Errors: Invalid, Conflict,
// NotFound, Forbidden.
func (s *Service) Rewrite(ctx context.Context, a *person.Actor, rev int64, next Request) (r *Request, err error) {
	defer fault.Wrap(&err, "lab.Rewrite")
	return s.changeRequest(ctx, a, "request-edit", person.SchoolEdit, next.ID, rev, func(r *Request) error {
		if r.Stage != Asked {
			return fault.New(fault.Conflict, "lab.not_asked")
		}
		r.Lab, r.Kind, r.What, r.Why, r.Needs, r.Count, r.Priority = next.Lab, next.Kind, next.What, next.Why, next.Needs, next.Count, next.Priority
		return s.fits(r)
	})
}

// Withdraw takes a request back, or with back lets it stand again. One that the department
// has looked into stays. Errors as Rewrite.
func (s *Service) Withdraw(ctx context.Context, a *person.Actor, id string, back bool) (r *Request, err error) {
	defer fault.Wrap(&err, "lab.Withdraw")
	what := "request-out"
	if back {
		what = "request-back"
	}
	return s.changeRequest(ctx, a, what, person.SchoolEdit, id, 0, func(r *Request) error {
		if r.Stage != Asked {
			return fault.New(fault.Conflict, "lab.not_asked")
		}
		r.Gone = !back
		return nil
	})
}

// Decide moves a request on. Errors: Invalid (a refusal without a reason), Conflict,
// NotFound, Forbidden.
func (s *Service) Decide(ctx context.Context, a *person.Actor, id string, rev int64, to Stage, reason string) (r *Request, err error) {
	defer fault.Wrap(&err, "lab.Decide")
	return s.changeRequest(ctx, a, "request-"+string(to), person.LabDecide, id, rev, func(r *Request) error {
		return r.step(to, strings.TrimSpace(reason), who(a), s.o.Now())
	})
}
