package institution

import (
	"cmp"
	"context"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

// SetFrame says how many people an institution has in a school year. Errors as Edit.
func (s *Service) SetFrame(ctx context.Context, a *person.Actor, id string, rev int64, f Frame) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.SetFrame")
	return s.change(ctx, a, "frame", id, rev, func(i *Institution) error {
		i.setFrame(f)
		return nil
	})
}

func (i *Institution) setFrame(f Frame) {
	i.Frames = slices.DeleteFunc(slices.Clone(i.Frames), func(have Frame) bool { return have.Year == f.Year })
	i.Frames = append(i.Frames, f)
	slices.SortFunc(i.Frames, func(a, b Frame) int { return cmp.Compare(a.Year, b.Year) })
}

// RollOver carries the frames of the year before into a school year for every working
// institution that has none yet, marked as carried. It may be run again: what is there
// stays. The number is that of institutions changed.
func (s *Service) RollOver(ctx context.Context, a *person.Actor, year int) (n int, err error) {
	defer fault.Wrap(&err, "institution.RollOver")
	if err := may(a); err != nil {
		return 0, err
	}
	for _, one := range s.List(Filter{State: Working}) {
		if _, has := one.FrameOf(year); has {
			continue
		}
		before, ok := one.FrameOf(year - 1)
		if !ok {
			continue
		}
		if _, err := s.change(ctx, a, "frame", one.ID, 0, func(i *Institution) error {
			if _, has := i.FrameOf(year); !has {
				i.setFrame(Frame{Year: year, Count: before.Count, Source: before.Source, Carried: true})
			}
			return nil
		}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// mayConfirm asks whether the actor may say how many people an institution has: whoever
// keeps the register, or its coordinator.
func mayConfirm(a *person.Actor, id string) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if person.Can(a, person.InstitutionEdit, person.City).OK() {
		return nil
	}
	return person.Can(a, person.SchoolEdit, person.Of(id)).Err()
}

// Confirm says that the numbers of a school year are right, or sets them right. Errors:
// Forbidden, NotFound (another institution's coordinator), and as Edit.
func (s *Service) Confirm(ctx context.Context, a *person.Actor, id string, rev int64, f Frame) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.Confirm")
	if err := mayConfirm(a, id); err != nil {
		return nil, err
	}
	f.Carried = false
	return s.alter(ctx, a, "confirm", id, rev, func(i *Institution) error {
		if len(f.Count) == 0 {
			return fault.InvalidFields(fault.Field{Pointer: "count_" + string(RolesOf(i.Kind)[0]), Key: "institution.count_none"})
		}
		i.setFrame(f)
		return nil
	})
}

// ConfirmCarried confirms the carried numbers of a year as they stand. Errors: Conflict
// (there are none to confirm), and as Confirm.
func (s *Service) ConfirmCarried(ctx context.Context, a *person.Actor, id string, year int) (i *Institution, err error) {
	defer fault.Wrap(&err, "institution.ConfirmCarried")
	if err := mayConfirm(a, id); err != nil {
		return nil, err
	}
	return s.alter(ctx, a, "confirm", id, 0, func(i *Institution) error {
		f, ok := i.FrameOf(year)
		if !ok || !f.Carried {
			return fault.New(fault.Conflict, "institution.nothing_carried")
		}
		f.Carried = false
		i.setFrame(f)
		return nil
	})
}

// Unconfirmed lists working institutions whose numbers of a year nobody has confirmed:
// carried over, or missing. Read only.
func (s *Service) Unconfirmed(year int) (list []*Institution) {
	for _, i := range s.List(Filter{State: Working}) {
		if f, ok := i.FrameOf(year); !ok || f.Carried {
			list = append(list, i)
		}
	}
	return list
}
