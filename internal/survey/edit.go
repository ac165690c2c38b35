package survey

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Get reads a wave as it is stored now, with its revision.
func (s *Service) Get(ctx context.Context, id string) (w *Wave, err error) {
	defer fault.Wrap(&err, "survey.Get")
	return s.waves.Get(ctx, id)
}

// Edit replaces the plan of a wave that has not opened. After the opening only
// the title, the targets, the frame and the sample may change: what decides who is
// counted stays as it was. w.Rev is the revision the form was made from.
// Errors: Invalid with fields, NotFound, Conflict ("wave.changed" when somebody
// else was first, "wave.opened" for what is settled by now, "wave.overlaps").
func (s *Service) Edit(ctx context.Context, w Wave) (err error) {
	defer fault.Wrap(&err, "survey.Edit")
	if err := w.Check(); err != nil {
		return err
	}
	old, err := s.waves.Get(ctx, w.ID)
	if err != nil {
		return err
	}
	if old.Rev != w.Rev {
		return fault.New(fault.Conflict, "wave.changed")
	}
	w.Opens, w.Closes = store.At(w.Opens.Time), store.At(w.Closes.Time)
	w.History = old.History
	now := s.now()
	if !now.Before(old.Opens.Time) {
		if w.Campaign != old.Campaign || !w.Opens.Equal(old.Opens.Time) || !w.Closes.Equal(old.Closes.Time) ||
			!slices.Equal(w.Instruments, old.Instruments) || !slices.Equal(w.Modes, old.Modes) || w.Form != old.Form {
			return fault.New(fault.Conflict, "wave.opened")
		}
	} else if w.Opens.Before(now) {
		return fault.InvalidFields(fault.Field{Pointer: "/opens", Key: "wave.past"})
	}
	if err := s.overlap(&w); err != nil {
		return err
	}
	return s.replace(ctx, &w)
}

// Extend moves the close of a wave that is open or still to come to a later moment.
func (s *Service) Extend(ctx context.Context, id string, rev int64, closes time.Time) (err error) {
	defer fault.Wrap(&err, "survey.Extend")
	return s.move(ctx, id, rev, func(w *Wave, now time.Time) error {
		if !closes.After(w.Closes.Time) {
			return fault.InvalidFields(fault.Field{Pointer: "/closes", Key: "wave.extend_later"})
		}
		w.Closes = store.At(closes)
		return w.Check()
	})
}

// CloseEarly ends an open wave now. What was received before still counts.
func (s *Service) CloseEarly(ctx context.Context, id string, rev int64) (err error) {
	defer fault.Wrap(&err, "survey.CloseEarly")
	return s.move(ctx, id, rev, func(w *Wave, now time.Time) error {
		if !w.OpenAt(now) {
			return fault.New(fault.Conflict, "wave.not_open")
		}
		w.Closes = store.At(now)
		if !w.Opens.Before(w.Closes.Time) {
			return fault.New(fault.Conflict, "wave.not_open")
		}
		return nil
	})
}

// move changes the close of a wave by revision and writes down that it did. A
// closed wave stays closed: its first release may be out.
func (s *Service) move(ctx context.Context, id string, rev int64, change func(w *Wave, now time.Time) error) error {
	w, err := s.waves.Get(ctx, id)
	if err != nil {
		return err
	}
	now := s.now()
	switch {
	case w.Rev != rev:
		return fault.New(fault.Conflict, "wave.changed")
	case !now.Before(w.Closes.Time):
		return fault.New(fault.Conflict, "wave.closed")
	case len(w.History) >= maxHistory:
		return fault.New(fault.Conflict, "wave.moved_often")
	}
	from := w.Closes
	if err := change(w, now); err != nil {
		return err
	}
	w.History = append(w.History, Moved{At: store.At(now), From: from, To: w.Closes})
	if err := s.overlap(w); err != nil {
		return err
	}
	return s.replace(ctx, w)
}

func (s *Service) replace(ctx context.Context, w *Wave) error {
	err := s.waves.Replace(ctx, w)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Conflict, "wave.changed")
	}
	if err != nil {
		return err
	}
	return s.Reload(ctx)
}

// overlap refuses a wave of a campaign that would be open together with another
// one of it that takes the same instrument: a sitting could not be placed.
func (s *Service) overlap(w *Wave) error {
	for _, h := range *s.held.Load() {
		if h.ID != w.ID && h.Campaign == w.Campaign && h.Opens.Before(w.Closes.Time) && w.Opens.Before(h.Closes.Time) && h.overlaps(w) {
			return fault.New(fault.Conflict, "wave.overlaps")
		}
	}
	return nil
}

func (w *Wave) overlaps(v *Wave) bool {
	return len(w.Instruments) == 0 || len(v.Instruments) == 0 || slices.ContainsFunc(w.Instruments, v.Takes)
}
