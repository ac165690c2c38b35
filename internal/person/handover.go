package person

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
)

// HandOver makes an invitation to coordinate an institution in somebody's place: the
// moment it is accepted, the right of the one before ends, and so do their sessions. The
// one before may make it, or whoever names coordinators. Errors: Invalid, Forbidden,
// NotFound (old does not coordinate there).
func (s *Service) HandOver(ctx context.Context, a Actor, old ID, place string, until time.Time) (token string, err error) {
	defer fault.Wrap(&err, "person.HandOver")
	if err := mayHand(&a, old, place); err != nil {
		return "", err
	}
	held, err := s.Grants(ctx, old)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(held, func(g Grant) bool { return g.Role == Coordinator && g.Place == place }) {
		return "", fault.New(fault.NotFound, "person.not_here")
	}
	if err := s.noteRole(ctx, &a, "role.invite", old, Coordinator, place); err != nil {
		return "", err
	}
	return s.cut(ctx, ticket{Kind: ticketInvite, Role: Coordinator, Place: place, By: a.Person, Until: stored(until), Instead: old}, InviteLife, nil)
}

// mayHand tells whether the actor may let somebody take old's place.
func mayHand(a *Actor, old ID, place string) error {
	if a.Person == "" || a.Person != old {
		return mayGive(a, Coordinator, place)
	}
	if err := checkPlace(Coordinator, place); err != nil {
		return err
	}
	return Can(a, CoordinatorHand, Of(place)).Err()
}

// may tells whether the actor could have made this invitation.
func (t *ticket) may(a *Actor) error {
	if t.Instead != "" {
		return mayHand(a, t.Instead, t.Place)
	}
	return mayGive(a, t.Role, t.Place)
}
