package lab

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
)

// Put writes a line of equipment: a new one without an id, or in the place of its id.
// Errors as Edit.
func (s *Service) Put(ctx context.Context, a *person.Actor, id string, rev int64, x Line) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.Put")
	return s.change(ctx, a, "equipment", id, rev, func(l *Lab) error {
		if err := x.Check(s.year()); err != nil {
			return err
		}
		x.Gone = false
		if x.ID == "" {
			x.ID = newID("e")
			l.Lines = append(l.Lines, x)
			return nil
		}
		have, ok := l.Line(x.ID)
		if !ok {
			return fault.New(fault.NotFound, "lab.no_line")
		}
		*have = x
		return nil
	})
}

func (s *Service) year() int { return s.o.Now().In(i18n.Kyiv).Year() }

// TakeLine takes a line of equipment out, or with back puts it in again. Errors as Edit.
func (s *Service) TakeLine(ctx context.Context, a *person.Actor, id, line string, back bool) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.TakeLine")
	what := "equipment-out"
	if back {
		what = "equipment-back"
	}
	return s.change(ctx, a, what, id, 0, func(l *Lab) error {
		x, ok := l.Line(line)
		if !ok {
			return fault.New(fault.NotFound, "lab.no_line")
		}
		x.Gone = !back
		return nil
	})
}
