package person

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// ticket is a one-time right that somebody carries as a token: an invitation, a
// sign-in address, a proved address, a parent's link, a ceremony under way.
type ticket struct {
	store.Doc
	Kind    string     `json:"kind"`
	Person  ID         `json:"person,omitempty"`
	Role    Role       `json:"role,omitempty"`
	Place   string     `json:"place,omitempty"`
	Sealed  string     `json:"sealed,omitempty"`
	By      ID         `json:"by,omitempty"`
	Made    store.Time `json:"made"`
	Expires string     `json:"expires"`
	Used    store.Time `json:"used"`
	Until   store.Time `json:"until"`             // of the role an invitation gives
	Instead ID         `json:"instead,omitempty"` // whose role ends when an invitation is accepted
}

// Kinds of tickets.
const (
	ticketEmail    = "email"    // an address that was proved
	ticketSignIn   = "sign-in"  // address that signs in once (user add)
	ticketInvite   = "invite"   // to a role
	ticketGuardian = "guardian" // for a parent
	ticketPasskey  = "passkey"  // ceremony: a passkey is being made
	ticketAssert   = "assert"   // ceremony: a passkey is being shown
	ticketIdentity = "identity" // ceremony: at an identity service
)

// How long tickets live.
const (
	EmailTicketLife = 30 * time.Minute
	SignInLife      = 15 * time.Minute
	InviteLife      = 7 * 24 * time.Hour
	CeremonyLife    = 10 * time.Minute
)

// cut makes a ticket and returns its token, which is nowhere stored.
func (s *Service) cut(ctx context.Context, t ticket, life time.Duration, data []byte) (token string, err error) {
	token = random(20)
	t.Doc = store.Doc{ID: hashToken(token)}
	t.Made, t.Expires = store.At(s.now()), store.At(s.now().Add(life)).String()
	if data != nil {
		t.Sealed = s.ring.Seal(data, "tickets:"+t.ID)
	}
	return token, s.tickets.Insert(ctx, &t)
}

// maxToken bounds what is taken for a token.
const maxToken = 100

// openTicket reads a ticket. Errors: NotFound (unknown, or of another kind), Gone
// (used or expired).
func (s *Service) openTicket(ctx context.Context, kind, token string) (*ticket, error) {
	missing := fault.New(fault.NotFound, "person.ticket_unknown")
	if token == "" || len(token) > maxToken {
		return nil, missing
	}
	t, err := s.tickets.Get(ctx, hashToken(token))
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, missing
	case err != nil:
		return nil, err
	case t.Kind != kind:
		return nil, missing
	case !t.Used.IsZero():
		return nil, fault.New(fault.Gone, "person.ticket_used")
	case expired(t.Expires, s.now()):
		return nil, fault.New(fault.Gone, "person.ticket_expired")
	}
	return t, nil
}

// data is what the ticket holds.
func (s *Service) ticketData(t *ticket) ([]byte, error) {
	return s.ring.Open(t.Sealed, "tickets:"+t.ID)
}

func (s *Service) ticketEmail(t *ticket) (string, error) {
	raw, err := s.ticketData(t)
	return string(raw), err
}

// spend uses a ticket up: of many at once one succeeds, the others get Conflict.
func (s *Service) spend(ctx context.Context, t *ticket) error {
	t.Used = store.At(s.now())
	return s.tickets.Replace(ctx, t)
}

// redeem opens and uses a ticket in one. Errors: as openTicket.
func (s *Service) redeem(ctx context.Context, kind, token string) (*ticket, error) {
	t, err := s.openTicket(ctx, kind, token)
	if err != nil {
		return nil, err
	}
	err = s.spend(ctx, t)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil, fault.New(fault.Gone, "person.ticket_used")
	}
	return t, err
}
