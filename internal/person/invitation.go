package person

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Waits is an invitation that nobody has taken up yet.
type Waits struct {
	ID      string // for Uninvite; it does not open the invitation
	Role    Role
	Instead ID // who hands the role over; empty: nobody
	Until   time.Time
	Place   string
	By      ID
	Made    time.Time
	Expires time.Time
}

// maxWaits bounds the tickets that are looked through.
const maxWaits = 5000

// Invitations lists the invitations that wait and that the actor could have made,
// those that expire first at the top.
func (s *Service) Invitations(ctx context.Context, a Actor) (list []Waits, err error) {
	defer fault.Wrap(&err, "person.Invitations")
	if err := Can(&a, RoleList, Somewhere).Err(); err != nil && !Can(&a, CoordinatorList, Somewhere).OK() {
		return nil, err
	}
	able := a
	able.Fresh = true // looking is no dangerous act
	q := store.Query{Index: indexExpires, From: store.At(s.now()).String(), Limit: maxWaits}
	for t, err := range s.tickets.Find(ctx, q) {
		if err != nil {
			return nil, err
		}
		if t.Kind != ticketInvite || !t.Used.IsZero() || expired(t.Expires, s.now()) || t.may(&able) != nil {
			continue
		}
		ends, err := time.Parse(time.RFC3339Nano, t.Expires)
		if err != nil {
			return nil, fault.From(err, fault.Internal, "")
		}
		list = append(list, Waits{ID: t.ID, Instead: t.Instead, Until: t.Until.Time, Role: t.Role, Place: t.Place, By: t.By, Made: t.Made.Time, Expires: ends})
	}
	return list, nil
}

// Uninvite takes an invitation back. Errors: NotFound (also for one the actor could
// not have made), Gone when it was taken up.
func (s *Service) Uninvite(ctx context.Context, a Actor, id string) (err error) {
	defer fault.Wrap(&err, "person.Uninvite")
	missing := fault.New(fault.NotFound, "person.ticket_unknown")
	t, err := s.tickets.Get(ctx, id)
	if fault.Is(err, fault.NotFound) || err == nil && t.Kind != ticketInvite {
		return missing
	}
	if err != nil {
		return err
	}
	if err := t.may(&a); err != nil {
		if fault.Is(err, fault.Unauthenticated) {
			return err
		}
		return missing
	}
	if !t.Used.IsZero() {
		return fault.New(fault.Gone, "person.ticket_used")
	}
	if err := s.noteRole(ctx, &a, "role.uninvite", "", t.Role, t.Place); err != nil {
		return err
	}
	err = s.spend(ctx, t)
	if fault.Is(err, fault.Conflict) {
		return fault.New(fault.Gone, "person.ticket_used")
	}
	return err
}
