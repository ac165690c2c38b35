package round

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Past enters a round that is over with its report already cut: one that was held before
// this installation, or one of an invented city. Its answers come as sums, so nothing
// finer than a report is ever stored. The id is the caller's; a round that is there stays.
// Errors: Invalid (a plan that Plan refuses, its end is not over, sums of somebody who
// was not asked), Forbidden.
func (s *Service) Past(ctx context.Context, a *person.Actor, r Round, sums *report.Sums) (made *Round, err error) {
	defer fault.Wrap(&err, "round.Past")
	if err := may(a); err != nil {
		return nil, err
	}
	if have, ok := s.ByID(r.ID); ok {
		return have, nil
	}
	// its questionnaires may be those of another year
	if err := r.check(func(string) bool { return true }); err != nil {
		return nil, err
	}
	if r.ID == "" || s.now().Before(r.Closes.Add(Grace)) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "closes", Key: "round.not_due"})
	}
	r.Members = s.members(&r)
	members, _ := listed(&r)
	cut, err := report.Build(r.ID, r.Year, r.Closes.Time, members, sums)
	if err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	if err := s.note(ctx, a, "past", r.ID); err != nil {
		return nil, err
	}
	if err := s.file(ctx, fileName(&r), cut); err != nil { // the file first, as when a report is cut
		return nil, err
	}
	r.State, r.Cut, r.Changed = Reported, store.At(r.Closes.Add(Grace)), s.mirror.Stamp()
	if err := s.rounds.Insert(ctx, &r); err != nil {
		return nil, err
	}
	s.mirror.Put(&r)
	return &r, nil
}

// listed are the members of a round as a report needs them, and their units by name.
func listed(r *Round) (members []report.Member, units map[string]report.Unit) {
	units = map[string]report.Unit{}
	for _, m := range r.Members {
		u := report.Unit{Institution: m.Institution, Role: string(m.Role)}
		units[unit(m.Institution, m.Role)] = u
		members = append(members, report.Member{Unit: u, Frame: m.Frame, Path: m.Path, Kind: string(m.Kind), District: m.District})
	}
	return members, units
}

// Publish opens the figures of a reported round to the data service, or shuts them again.
// Errors: Conflict (no report), and as Edit.
func (s *Service) Publish(ctx context.Context, a *person.Actor, id string, on bool) (r *Round, err error) {
	defer fault.Wrap(&err, "round.Publish")
	act := "publish"
	if !on {
		act = "unpublish"
	}
	return s.change(ctx, a, act, id, 0, func(r *Round) error {
		if r.State != Reported {
			return fault.New(fault.Conflict, "round.no_report")
		}
		r.Published = store.Time{}
		if on {
			r.Published = store.At(s.now())
		}
		return nil
	})
}
