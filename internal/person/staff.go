package person

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// mayGive tells whether the actor may give or take this role at this place.
func mayGive(a *Actor, role Role, place string) error {
	if err := checkPlace(role, place); err != nil {
		return err
	}
	over := Subject{}
	switch role.PlaceKind() {
	case Venue:
		over = At(place)
	case Institution:
		over = Of(place)
	}
	act := RoleGrant
	if role == Coordinator { // the education department names them, and gives no other role
		act = CoordinatorName
	}
	if err := Can(a, act, over).Err(); err != nil {
		return err
	}
	if a.Operator {
		return nil
	}
	for _, g := range a.Grants {
		if !slices.Contains(gives[g.Role%roleCount], role) {
			continue
		}
		if rights[act].reach[g.Role] == All || g.Role.PlaceKind() == role.PlaceKind() && g.Place == place {
			return nil
		}
	}
	return Refused.Err()
}

// Grant gives a person a role at a place; until zero means until it is taken back.
// Nobody gives a role to themselves. Giving it again sets the new end.
// Errors: Invalid, Forbidden, NotFound.
func (s *Service) Grant(ctx context.Context, a Actor, id ID, role Role, place string, until time.Time) (err error) {
	defer fault.Wrap(&err, "person.Grant")
	if err := mayGive(&a, role, place); err != nil {
		return err
	}
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	if own, err := s.same(ctx, a.Person, r); err != nil || own {
		if err == nil {
			err = fault.New(fault.Forbidden, "person.not_oneself")
		}
		return err
	}
	if err := s.noteRole(ctx, &a, "role.grant", ID(r.ID), role, place); err != nil {
		return err
	}
	return s.give(ctx, ID(r.ID), Grant{Role: role, Place: place, Until: stored(until), By: a.Person, Made: store.At(s.now())})
}

func stored(t time.Time) store.Time {
	if t.IsZero() {
		return store.Time{}
	}
	return store.At(t)
}

func (s *Service) noteRole(ctx context.Context, a *Actor, action string, id ID, role Role, place string) error {
	why := role.String()
	if place != "" {
		why += ":" + place
	}
	e := *a
	if e.Why != "" {
		why += ":" + e.Why
	}
	e.Why = why
	subject := "" // an invitation has nobody yet
	if id != "" {
		subject = subjectOf(id)
	}
	return s.note(ctx, &e, action, subject)
}

// maxGrants bounds the roles of one person.
const maxGrants = 50

// give adds a role. The person's sessions end: one begun as a resident lives longer
// than one of staff may.
func (s *Service) give(ctx context.Context, id ID, g Grant) error {
	err := s.changeAccount(ctx, id, func(acc *account) error {
		acc.Grants = slices.DeleteFunc(acc.Grants, func(h Grant) bool { return h.Role == g.Role && h.Place == g.Place || !h.live(s.now()) })
		if len(acc.Grants) >= maxGrants {
			return fault.Newf(fault.Invalid, "", "a person has at most %d roles", maxGrants)
		}
		acc.Grants = append(acc.Grants, g)
		acc.Ended = store.At(s.now())
		return nil
	})
	if err != nil {
		return err
	}
	return s.endSessions(ctx, []ID{id}, "")
}

// Revoke takes a role back, and ends all sessions of the person at once. A role that
// is not held is no error.
func (s *Service) Revoke(ctx context.Context, a Actor, id ID, role Role, place string) (err error) {
	defer fault.Wrap(&err, "person.Revoke")
	if own := a.Person == id && a.Person != ""; !own { // everybody may lay down their own role
		if err := mayGive(&a, role, place); err != nil {
			return err
		}
	}
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	if err := s.noteRole(ctx, &a, "role.revoke", ID(r.ID), role, place); err != nil {
		return err
	}
	return s.drop(ctx, ID(r.ID), role, place)
}

// drop takes a role from a person and ends all their sessions.
func (s *Service) drop(ctx context.Context, id ID, role Role, place string) error {
	r, err := s.follow(ctx, id)
	if err != nil {
		return err
	}
	err = s.changeAccount(ctx, ID(r.ID), func(acc *account) error {
		acc.Grants = slices.DeleteFunc(acc.Grants, func(g Grant) bool { return g.Role == role && g.Place == place })
		acc.Ended = store.At(s.now())
		return nil
	})
	if err != nil {
		return err
	}
	s.step("role gone")
	return s.endSessions(ctx, s.aliases(r), "")
}

// Staff is a person with a role, for the list of a place or of the city.
type Staff struct {
	Person *Person
	Grants []Grant
	Factor bool // has a second factor
}

// StaffAt lists who holds a role (at a place, or anywhere for ""), up to 1000. Names
// are shown, so it is written down.
func (s *Service) StaffAt(ctx context.Context, a Actor, role Role, place string) (list []Staff, err error) {
	defer fault.Wrap(&err, "person.StaffAt")
	over := Subject{}
	if place != "" {
		over = Subject{Venues: []string{place}, Institution: place}
	}
	act := RoleList
	if role == Coordinator {
		act = CoordinatorList
	}
	if err := s.may(ctx, &a, act, over, ""); err != nil {
		return nil, err
	}
	held := role.String()
	if place != "" {
		held += "@" + place
	}
	for acc, err := range s.accounts.Find(ctx, store.Query{Index: indexHolds, Eq: []any{held}, Limit: 1000}) {
		if err != nil {
			return nil, err
		}
		live := acc.live(s.now())
		if !slices.ContainsFunc(live, func(g Grant) bool { return g.Role == role && (place == "" || g.Place == place) }) {
			continue
		}
		r, err := s.people.Get(ctx, acc.ID)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		p, err := s.clear(r)
		if err != nil {
			return nil, err
		}
		factor, err := s.hasFactor(ctx, ID(acc.ID))
		if err != nil {
			return nil, err
		}
		list = append(list, Staff{Person: p, Grants: live, Factor: factor})
	}
	return list, nil
}

// Invite makes an invitation to a role: a token for a link, good once within a week.
// until is the end of the role, zero for none. Errors: Invalid, Forbidden.
func (s *Service) Invite(ctx context.Context, a Actor, role Role, place string, until time.Time) (token string, err error) {
	defer fault.Wrap(&err, "person.Invite")
	if err := mayGive(&a, role, place); err != nil {
		return "", err
	}
	if err := s.noteRole(ctx, &a, "role.invite", "", role, place); err != nil {
		return "", err
	}
	return s.cut(ctx, ticket{Kind: ticketInvite, Role: role, Place: place, By: a.Person, Until: stored(until)}, InviteLife, nil)
}

// Invitation is what an invitation says before it is accepted.
type Invitation struct {
	Role  Role
	Place string
	Until time.Time
}

// Invited reads an invitation. Errors: NotFound, Gone (used or expired).
func (s *Service) Invited(ctx context.Context, token string) (inv *Invitation, err error) {
	defer fault.Wrap(&err, "person.Invited")
	t, err := s.openTicket(ctx, ticketInvite, token)
	if err != nil {
		return nil, err
	}
	return &Invitation{Role: t.Role, Place: t.Place, Until: t.Until.Time}, nil
}

// Accept takes an invitation up for a signed-in person. It is refused to whoever made
// it, and when the one who invited has lost the right meanwhile. All sessions of the
// person end, since a right was gained: the web signs in anew.
func (s *Service) Accept(ctx context.Context, a Actor, token string) (err error) {
	defer fault.Wrap(&err, "person.Accept")
	r, err := s.follow(ctx, a.Person)
	if err != nil {
		return SignIn.Err()
	}
	t, err := s.openTicket(ctx, ticketInvite, token)
	if err != nil {
		return err
	}
	if own, err := s.same(ctx, t.By, r); err != nil || own {
		if err == nil {
			err = fault.New(fault.Forbidden, "person.not_oneself")
		}
		return err
	}
	if t.By != "" {
		inviter := Actor{Person: t.By, Strong: true, Fresh: true}
		if inviter.Grants, err = s.Grants(ctx, t.By); err != nil {
			return err
		}
		if t.may(&inviter) != nil {
			return fault.New(fault.Gone, "person.ticket_expired")
		}
	}
	if t.Instead != "" {
		if own, err := s.same(ctx, t.Instead, r); err != nil || own {
			if err == nil {
				err = fault.New(fault.Forbidden, "person.not_oneself")
			}
			return err
		}
		if err := s.noteRole(ctx, &a, "role.hand-over", t.Instead, t.Role, t.Place); err != nil {
			return err
		}
	}
	if err := s.noteRole(ctx, &a, "role.accept", ID(r.ID), t.Role, t.Place); err != nil {
		return err
	}
	if err := s.spend(ctx, t); err != nil {
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Gone, "person.ticket_used")
		}
		return err
	}
	if t.Instead != "" { // the old right ends first: cut short here, nobody holds the duty, never two
		if err := s.drop(ctx, t.Instead, t.Role, t.Place); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return s.give(ctx, ID(r.ID), Grant{Role: t.Role, Place: t.Place, Until: t.Until, By: t.By, Made: store.At(s.now())})
}

// Added is a member of staff made by the operator.
type Added struct {
	ID         ID
	SignIn     string // token of the address that signs in once, within 15 minutes
	TOTPSecret string // base 32, for an authenticator
	TOTPAddr   string // otpauth:// address of the same, for a QR
}

// AddStaff makes a person with a role, as `osvitlo user add` does: only the operator.
func (s *Service) AddStaff(ctx context.Context, a Actor, role Role, place, issuer string) (added *Added, err error) {
	defer fault.Wrap(&err, "person.AddStaff")
	if !a.Operator {
		return nil, Refused.Err()
	}
	if role != Resident {
		if err := checkPlace(role, place); err != nil {
			return nil, err
		}
	}
	out, err := s.Register(ctx, a, Registration{Adult: true})
	if err != nil {
		return nil, err
	}
	added = &Added{ID: out.Person.ID}
	if role != Resident {
		if err := s.Grant(ctx, a, added.ID, role, place, time.Time{}); err != nil {
			return nil, err
		}
		key, err := s.newTOTP(ctx, added.ID, issuer, true)
		if err != nil {
			return nil, err
		}
		added.TOTPSecret, added.TOTPAddr = key.Secret, key.Address
	}
	added.SignIn, err = s.SignInLink(ctx, a, added.ID)
	return added, err
}

// SignInLink makes a token that signs a person in once, within 15 minutes: for the
// operator's commands and for recovery by an administrator.
func (s *Service) SignInLink(ctx context.Context, a Actor, id ID) (token string, err error) {
	defer fault.Wrap(&err, "person.SignInLink")
	r, err := s.follow(ctx, id)
	if err != nil {
		return "", err
	}
	if err := s.may(ctx, &a, FactorReset, r.subject(), subjectOf(ID(r.ID))); err != nil {
		return "", err
	}
	return s.cut(ctx, ticket{Kind: ticketSignIn, Person: ID(r.ID), By: a.Person}, SignInLife, nil)
}

// SignInByLink uses such a token up. Errors: NotFound, Gone.
func (s *Service) SignInByLink(ctx context.Context, token, where string) (in *SignedIn, err error) {
	defer fault.Wrap(&err, "person.SignInByLink")
	t, err := s.redeem(ctx, ticketSignIn, token)
	if err != nil {
		return nil, err
	}
	return s.arrive(ctx, t.Person, ViaLink, false, where)
}
