package place

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// outageRemind is the pause between reminders about hours that follow the power cuts.
const outageRemind = 3 * 24 * time.Hour

// Due is a place whose lead should look at it.
type Due struct {
	Place   *Place
	Outages bool // only the hours after power cuts are old
}

// dueAt tells whether a place wants a reminder at a moment.
func (p *Place) dueAt(now time.Time) (due Due, ok bool) {
	switch since := now.Sub(p.Reminded.Time); {
	case p.Hidden != nil || p.Demo:
		return due, false
	case p.Freshness(now) != Fresh && (p.Reminded.IsZero() || since >= RemindNotBefore):
		return Due{Place: p}, true
	case p.Hours.Outages && now.Sub(p.Hours.OutagesAt.Time) > OutageAfter && (p.Reminded.IsZero() || since >= outageRemind):
		return Due{Place: p, Outages: true}, true
	}
	return due, false
}

// Remind hands every place that waits for a confirmation to tell, and notes when. A
// second run on the same day finds none. tell may say that there was nobody to tell.
func (s *Service) Remind(ctx context.Context, tell func(context.Context, Due) (told bool, err error)) (n int, err error) {
	defer fault.Wrap(&err, "place.Remind")
	now := s.o.Now()
	for _, p := range s.All() {
		due, ok := p.dueAt(now)
		if !ok {
			continue
		}
		told, err := tell(ctx, due)
		if err != nil {
			return n, err
		}
		if !told {
			continue
		}
		q, err := s.docs.Get(ctx, p.ID)
		if err != nil {
			return n, err
		}
		q.Reminded, q.Changed = store.At(now), s.mirror.Stamp()
		switch err := s.docs.Replace(ctx, q); {
		case fault.Is(err, fault.Conflict): // somebody is at it right now
			continue
		case err != nil:
			return n, err
		}
		s.mirror.Put(q)
		n++
	}
	return n, nil
}
