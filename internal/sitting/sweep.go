package sitting

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Swept counts what a sweep did.
type Swept struct {
	BrokenOff int // drafts older than 14 days
	Deleted   int // kept 30 days without consent to statistics
	Stripped  int // tombstones whose row was taken back long ago
	Claims    int // expired resume codes and devices
}

// Sweep does what the retention periods ask at the moment now, streaming on the
// index of expiry. It may be cut short and run again at any time, and by several
// replicas at once: each document changes by its revision.
//
//   - a draft past 14 days becomes a break-off; without consent to statistics it
//     goes 30 days later;
//   - a submitted sitting without that consent becomes a bare tombstone: its late
//     replay must not bring it back;
//   - a tombstone loses its row.
func (s *Service) Sweep(ctx context.Context, now time.Time) (n Swept, err error) {
	defer fault.Wrap(&err, "sitting.Sweep")
	due := store.Query{Index: IndexExpires, From: "2", To: store.At(now).String()} // times begin with 2; a missing one sorts before
	for doc, err := range s.sittings.Find(ctx, due) {
		if err != nil {
			return n, err
		}
		err = s.sweepOne(ctx, doc, now, &n)
		if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return n, err
		}
	}
	for c, err := range s.claims.Find(ctx, due) {
		if err != nil {
			return n, err
		}
		switch err := s.claims.Delete(ctx, c.ID, c.Rev); {
		case err == nil:
			n.Claims++
		case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound):
			return n, err
		}
	}
	return n, nil
}

func (s *Service) sweepOne(ctx context.Context, doc *Sitting, now time.Time, n *Swept) error {
	s.recent.drop(doc.ID, s.now())
	switch {
	case doc.Erased:
		n.Stripped++
		return s.sittings.Replace(ctx, &Sitting{Doc: doc.Doc, Erased: true})
	case doc.Done():
		n.Deleted++
		return s.sittings.Replace(ctx, &Sitting{Doc: doc.Doc, Erased: true})
	case doc.Disposition == Draft:
		n.BrokenOff++
		doc.Disposition, doc.Parked = BreakOff, nil
		doc.Expires = store.Time{}
		if !doc.Consents(ConsentStatistics) {
			doc.Expires = store.At(now.Add(Keep))
		}
		return s.sittings.Replace(ctx, doc)
	}
	n.Deleted++
	return s.sittings.Delete(ctx, doc.ID, doc.Rev)
}
