package event

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/vault"
	"osvitlo/internal/store"
)

// Reseal seals every booking anew that is not under the first key of the ring. A job
// runs it while both keys can be read; left counts, by key, what somebody was changing
// meanwhile, and an old key may go once nothing is left under it.
func (s *Service) Reseal(ctx context.Context) (done int, left map[string]int, err error) {
	defer fault.Wrap(&err, "event.Reseal")
	left = map[string]int{}
	if s.cfg.Ring == nil || len(s.cfg.Ring.IDs()) == 1 {
		return 0, left, nil
	}
	for b, err := range s.bookings.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return done, left, err
		}
		old := vault.KeyOf(b.Sealed)
		if b.Sealed == "" || old == s.cfg.Ring.Current() {
			continue
		}
		at := "event_bookings:" + b.ID
		plain, err := s.cfg.Ring.Open(b.Sealed, at)
		if err != nil {
			return done, left, err
		}
		b.Sealed = s.cfg.Ring.Seal(plain, at)
		switch err := s.bookings.Replace(ctx, b); {
		case err == nil:
			done++
		case fault.Is(err, fault.Conflict):
			left[old]++
		case !fault.Is(err, fault.NotFound):
			return done, left, err
		}
	}
	return done, left, nil
}
