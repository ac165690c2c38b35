package itembank

import (
	"context"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

// Quarantine sets an item aside: it leaves the pool. A published instrument keeps it
// until its next version, because a version never changes. Errors: Invalid (no
// reason), NotFound, Conflict (set aside already), those of person.Can for ContentEdit.
func (s *Service) Quarantine(ctx context.Context, a *person.Actor, item, reason string) (err error) {
	defer fault.Wrap(&err, "itembank.Quarantine")
	return s.quarantine(ctx, a, item, reason, Quarantined)
}

// Lift takes an item back. Errors as of Quarantine.
func (s *Service) Lift(ctx context.Context, a *person.Actor, item, reason string) (err error) {
	defer fault.Wrap(&err, "itembank.Lift")
	return s.quarantine(ctx, a, item, reason, Lifted)
}

func (s *Service) quarantine(ctx context.Context, a *person.Actor, item, reason string, kind Kind) error {
	it, err := s.o.Library.Item(item)
	if err != nil {
		return err
	}
	if text, err := note("reason", reason, maxNote); err != nil {
		return err
	} else if text == "" {
		return fault.InvalidFields(fault.Field{Pointer: "reason", Key: "itembank.reason_missing"})
	}
	e := Event{Subject: itemPrefix + it.ID, Kind: kind, Version: it.Version, Hash: Hash(it), Note: reason}
	for _, p := range s.Proposals(it.ID) {
		e.Reasons = append(e.Reasons, string(p.Reason))
	}
	return s.add(ctx, a, person.ContentEdit, e, func(before []*Event) error {
		if aside(before) == (kind == Quarantined) {
			return fault.New(fault.Conflict, "itembank."+string(kind)+".already")
		}
		return nil
	})
}

// aside tells whether the events leave an item in quarantine.
func aside(events []*Event) bool {
	e := last(events, Quarantined, Lifted)
	return e != nil && e.Kind == Quarantined
}

// Quarantined is the event that set an item aside; false when it is not.
func (s *Service) Quarantined(item string) (*Event, bool) {
	e := last(s.now.Load().events[itemPrefix+item], Quarantined, Lifted)
	return e, e != nil && e.Kind == Quarantined
}
