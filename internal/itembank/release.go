package itembank

import (
	"context"
	"fmt"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Draft is the last calibration that the job made, released or not; nil when there is
// none.
func (s *Service) Draft() *CalibrationRun { return s.now.Load().draft }

// Running is the released calibration in use; nil when all parameters are provisional.
func (s *Service) Running() *CalibrationRun { return s.now.Load().released }

// Release puts the draft of a revision into use. Errors: NotFound (no draft), Conflict
// (another draft was made since, or it may not be released), those of person.Can for
// ContentPublish.
func (s *Service) Release(ctx context.Context, a *person.Actor, rev int64) (version string, err error) {
	defer fault.Wrap(&err, "itembank.Release")
	role, err := signer(a, person.ContentPublish)
	if err != nil {
		return "", err
	}
	draft, err := s.runs.Get(ctx, draftID)
	switch {
	case err != nil:
		return "", err
	case draft.Rev != rev:
		return "", fault.New(fault.Conflict, "itembank.release.changed")
	case draft.Trouble != "":
		return "", fault.New(fault.Conflict, "itembank.release.trouble")
	}
	if running := s.Running(); running != nil && (draft.Link == nil || draft.Link.To != running.ID) {
		return "", fault.New(fault.Conflict, "itembank.release.changed") // made for another scale
	}
	draft.By, draft.Role, draft.Released = a.Person, role, store.At(s.o.Now())
	for n := s.now.Load().count + 1; n < 10_000; n++ {
		draft.ID, draft.Rev = fmt.Sprintf("cal-%04d", n), 0
		if err = s.audit(ctx, a, Released, calibrationPrefix+draft.ID); err != nil {
			return "", err
		}
		if err = s.runs.Insert(ctx, draft); !fault.Is(err, fault.Conflict) {
			break
		}
	}
	if err != nil {
		return "", err
	}
	return draft.ID, s.Refresh(ctx)
}

// Recall takes a released calibration out of use; the one before runs again, or none.
// Sittings that were begun on it keep it. Errors: Invalid (no reason), NotFound,
// Conflict (recalled already), those of person.Can for ContentPublish.
func (s *Service) Recall(ctx context.Context, a *person.Actor, version, reason string) (err error) {
	defer fault.Wrap(&err, "itembank.Recall")
	if text, err := note("reason", reason, maxNote); err != nil {
		return err
	} else if text == "" {
		return fault.InvalidFields(fault.Field{Pointer: "reason", Key: "itembank.reason_missing"})
	}
	if doc, err := s.runs.Get(ctx, version); err != nil {
		return err
	} else if doc.Released.IsZero() {
		return fault.Newf(fault.NotFound, "", "%q was not released", version)
	}
	return s.add(ctx, a, person.ContentPublish, Event{Subject: calibrationPrefix + version, Kind: Withdrawn, Note: reason}, func(before []*Event) error {
		if last(before, Withdrawn) != nil {
			return fault.New(fault.Conflict, "itembank.withdraw.already")
		}
		return nil
	})
}

// readRuns finds the draft and the newest release that was not recalled.
func (s *Service) readRuns(ctx context.Context, next *state) error {
	for d, err := range s.runs.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return err
		}
		if d.ID == draftID {
			next.draft = d
			continue
		}
		next.count++
		if last(next.events[calibrationPrefix+d.ID], Withdrawn) == nil {
			next.released = d
		}
	}
	if next.released == nil {
		return nil
	}
	next.parameters = &Calibration{Version: next.released.ID, Items: map[string]Parameters{}}
	for _, r := range next.released.Items {
		if r.Out == "" && r.A > 0 {
			next.parameters.Items[fmt.Sprintf("%s@%d", r.ID, r.Version)] = Parameters{A: r.A, B: r.B}
		}
	}
	return nil
}

// calibration is the released one, of Options where they give one.
func (s *Service) calibration() *Calibration {
	if s.o.Calibration != nil {
		return s.o.Calibration()
	}
	return s.now.Load().parameters
}

func (s *Service) audit(ctx context.Context, a *person.Actor, kind Kind, subject string) error {
	if s.o.Audit == nil {
		return nil
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: string(a.Person), Action: "item." + string(kind), Subject: subject, Where: a.Where, Why: a.Why})
}
