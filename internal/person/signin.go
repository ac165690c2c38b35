package person

import (
	"context"
	"time"

	"osvitlo/internal/fault"
)

// Via is how somebody came in.
type Via string

// The ways in.
const (
	ViaCard     Via = "card"
	ViaDevice   Via = "device" // the second secret on an enrolled device
	ViaCode     Via = "code"   // a code by e-mail
	ViaPasskey  Via = "passkey"
	ViaIdentity Via = "identity" // an identity service
	ViaLink     Via = "link"     // an address that works once
	ViaRegister Via = "register" // the account was made just now
)

// SignedIn is somebody who came in: what Sessions.Begin needs.
type SignedIn struct {
	Person ID
	Via    Via
	Strong bool // two factors, or a passkey with the person verified
	Staff  bool
	At     time.Time
}

// NeedsFactor tells that a second factor must come before any right of staff.
func (in *SignedIn) NeedsFactor() bool { return in.Staff && !in.Strong }

// arrive ends every way in: the person is there, may come in, and it is written down.
func (s *Service) arrive(ctx context.Context, id ID, via Via, strong bool, where string) (*SignedIn, error) {
	r, err := s.follow(ctx, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return nil, failedSignIn()
	}
	if err != nil {
		return nil, err
	}
	if r.State == Waiting {
		return nil, fault.New(fault.Forbidden, "person.guardian_first")
	}
	a := Actor{Person: ID(r.ID), Where: where, Why: string(via)}
	if err := s.note(ctx, &a, "sign-in", subjectOf(a.Person)); err != nil {
		return nil, err
	}
	s.see(ctx, r)
	acc, err := s.account(ctx, a.Person)
	if err != nil {
		return nil, err
	}
	return &SignedIn{Person: a.Person, Via: via, Strong: strong, Staff: len(acc.live(s.now())) > 0, At: s.now()}, nil
}

// Arrive signs in a person who has just registered. The caller vouches that this
// request made the account.
func (s *Service) Arrive(ctx context.Context, out *Registered, where string) (in *SignedIn, err error) {
	defer fault.Wrap(&err, "person.Arrive")
	return s.arrive(ctx, out.Person.ID, ViaRegister, false, where)
}
