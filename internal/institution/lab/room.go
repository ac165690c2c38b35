package lab

import (
	"cmp"
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Add enters a room. Errors: Invalid, Forbidden, NotFound (the institution).
func (s *Service) Add(ctx context.Context, a *person.Actor, l Lab) (added *Lab, err error) {
	defer fault.Wrap(&err, "lab.Add")
	if err := s.may(a, person.SchoolEdit, l.Institution); err != nil {
		return nil, err
	}
	l.Doc = store.Doc{ID: cmp.Or(l.ID, newID("l"))}
	l.Made = store.At(s.o.Now())
	if l.State == "" {
		l.State = Good
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "add", "lab:"+l.ID); err != nil {
		return nil, err
	}
	l.Changed = s.labsNow.Stamp()
	if err := s.labs.Insert(ctx, &l); err != nil {
		return nil, err
	}
	s.labsNow.Put(&l)
	return &l, nil
}

// change does an act on a room at a revision (0: whatever it is now).
func (s *Service) change(ctx context.Context, a *person.Actor, what, id string, rev int64, act func(*Lab) error) (*Lab, error) {
	l, err := s.labs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(a, person.SchoolEdit, l.Institution); err != nil {
		return nil, err
	}
	if l.Gone && what != "put-back" {
		return nil, fault.New(fault.NotFound, "lab.gone")
	}
	if rev != 0 && l.Rev != rev {
		return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
	}
	l.Lines = slices.Clone(l.Lines)
	if err := act(l); err != nil {
		return nil, err
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, what, "lab:"+id); err != nil {
		return nil, err
	}
	l.Changed = s.labsNow.Stamp()
	if err := s.labs.Replace(ctx, l); err != nil {
		if fault.Is(err, fault.Conflict) {
			return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
		}
		return nil, err
	}
	s.labsNow.Put(l)
	return l, nil
}

// Edit changes what is said of a room itself: all but its equipment and the day of its
// check. Errors: Invalid, Conflict (somebody changed it meanwhile), NotFound, Forbidden.
func (s *Service) Edit(ctx context.Context, a *person.Actor, rev int64, next Lab) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.Edit")
	return s.change(ctx, a, "edit", next.ID, rev, func(l *Lab) error {
		l.Name, l.Purpose, l.Seats, l.State, l.Hours = next.Name, next.Purpose, next.Seats, next.State, next.Hours
		l.Responsible, l.Note, l.Programs = next.Responsible, next.Note, next.Programs
		return nil
	})
}

// Look says that somebody has looked through the room today. Errors as Edit.
func (s *Service) Look(ctx context.Context, a *person.Actor, id string, rev int64) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.Look")
	return s.change(ctx, a, "check", id, rev, func(l *Lab) error {
		l.Checked = s.o.Now().In(i18n.Kyiv).Format(time.DateOnly)
		return nil
	})
}

// TakeOut takes a room out of every list. Errors as Edit.
func (s *Service) TakeOut(ctx context.Context, a *person.Actor, id string, rev int64) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.TakeOut")
	return s.change(ctx, a, "take-out", id, rev, func(l *Lab) error {
		l.Gone = true
		return nil
	})
}

// PutBack undoes TakeOut. Errors as Edit.
func (s *Service) PutBack(ctx context.Context, a *person.Actor, id string) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.PutBack")
	return s.change(ctx, a, "put-back", id, 0, func(l *Lab) error {
		l.Gone = false
		return nil
	})
}
