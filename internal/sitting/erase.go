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
	if err := s.sittings.Replace(ctx, tomb); err != nil {
		return err
	}
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

// Release lets a held sitting count; Reject keeps it out. by names who decided,
// for the log. Both are done once: NotFound for a sitting that is not held.
func (s *Service) Release(ctx context.Context, id, by string) error {
	return s.decide(ctx, id, by, "sitting.Release", weighable)
}

// Reject keeps a held sitting out of the index for good.
func (s *Service) Reject(ctx context.Context, id, by string) error {
	return s.decide(ctx, id, by, "sitting.Reject", func(*Sitting) (State, []string) {
		return Excluded, []string{ReasonRejected}
	})
}

func (s *Service) decide(ctx context.Context, id, by, op string, verdict func(*Sitting) (State, []string)) (err error) {
	defer fault.Wrap(&err, op)
	doc, err := s.sittings.Get(ctx, id)
	if err != nil {
		return err
	}
	if doc.Erased || doc.State != Held {
		return fault.New(fault.NotFound, "sitting.not_held")
	}
	was, err := ParseTally(doc.Tally)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	if len(was.Was) < maxPast-1 { // room for an erasure; a held row is no row of any cell
		was.Was = append(was.Was, Past{Seq: doc.Seq, Row: *was.Now})
	}
	doc.State, doc.Reasons = verdict(doc)
	was.Now = s.row(doc)
	doc.Seq = s.seq.next(s.now())
	doc.Tally = was.Format()
	if err := s.sittings.Replace(ctx, doc); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "held sitting decided", "op", op, "sitting", id, "state", string(doc.State), "by", by)
	return nil
}

// Held streams the ids of held sittings of a wave, oldest first. It reads the
// index only.
func (s *Service) Held(ctx context.Context, wave string) func(yield func(Entry, error) bool) {
	return func(yield func(Entry, error) bool) {
		for e, err := range s.Entries(ctx, 0) {
			if err == nil {
				t, perr := ParseTally(e.Tally)
				if perr != nil || t.Now == nil || t.Now.State != Held || t.Now.Wave != wave {
					continue
				}
			}
			if !yield(e, err) {
				return
			}
		}
	}
}
