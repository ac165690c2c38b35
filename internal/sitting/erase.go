package sitting

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// tombTally is how long a tombstone keeps what the cells must take back. Cells
// are checkpointed far more often; a reader that slept longer must start anew.
const tombTally = 30 * 24 * time.Hour

// Erase removes the answers for ever: a tombstone stays, so that the id answers
// Gone, with the removed row for the cells. Erasing again changes nothing.
// Errors: NotFound (no such sitting, or not opened by this access).
func (s *Service) Erase(ctx context.Context, id string, a Access) (err error) {
	defer fault.Wrap(&err, "sitting.Erase")
	missing := fault.New(fault.NotFound, "sitting.no_such_sitting")
	if id, err = ParseID(id); err != nil {
		return missing
	}
	for range 5 {
		doc, err := s.sittings.Get(ctx, id)
		switch {
		case fault.Is(err, fault.NotFound):
			return missing
		case err != nil:
			return err
		case doc.Erased:
			return fault.New(fault.Gone, "")
		case !s.locks.admits(doc, a):
			return missing
		}
		err = s.bury(ctx, doc)
		if !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "")
}

// bury replaces a document by its tombstone and gives the device's claim back. A
// crash between the two leaves a claim that the device's next sitting takes over.
func (s *Service) bury(ctx context.Context, doc *Sitting) error {
	now := s.now()
	tomb := &Sitting{Doc: doc.Doc, Erased: true}
	if doc.Tally != "" {
		was, err := ParseTally(doc.Tally)
		if err != nil {
			return fault.From(err, fault.Internal, "")
		}
		if was.Now != nil {
			was.Was = append(was.Was, Past{Seq: doc.Seq, Row: *was.Now})
			was.Now = nil
		}
		tomb.Seq, tomb.Tally = s.seq.next(now), was.Format()
		tomb.Expires = store.At(now.Add(tombTally))
	}
	s.recent.drop(doc.ID, s.now())
	if doc.Invitation != "" && doc.Done() && s.cfg.Rounds != nil {
		if err := s.cfg.Rounds.Drop(ctx, doc.Invitation, doc.ID); err != nil {
			return err
		}
	}
	if err := s.sittings.Replace(ctx, tomb); err != nil {
		return err
	}
	s.window.Forget(doc.ID)
	if doc.Device == "" {
		return nil
	}
	claim, err := s.claims.Get(ctx, doc.Device)
	if err == nil && claim.Sitting == doc.ID {
		err = s.claims.Delete(ctx, claim.ID, claim.Rev)
	}
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
		s.log.WarnContext(ctx, "the claim of an erased sitting stands", "error", err.Error())
	}
	return nil // erased it is
}
