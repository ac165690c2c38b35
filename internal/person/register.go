package person

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// Registration is what a new account is made of. Everything may be left out but one
// thing: whether the person is of age (Born or Adult).
type Registration struct {
	Name  string
	Born  int  // year
	Adult bool // "I am 18 or older": needed without Born, and in the year of the 18th birthday
	Phone string
	Email string // by staff: not a way in until a code sent there was entered
	Lang  string // uk or en; empty is uk
	Prefs Prefs
	Venue string // where staff register: needed for mentors
	// Proof is the ticket of a code that was sent to the address (see FinishCode), for
	// those who register themselves; the address comes from it.
	Proof string
	// SharedPhone says that a phone of another person is known to be shared, as couples do.
	SharedPhone bool
	// Paper is the reference of a parent's confirmation on paper that staff have seen.
	Paper string
}

// Registered is a new account.
type Registered struct {
	Person *Person
	// Waiting says that the account opens when a parent confirms (see GuardianLink).
	Waiting bool
	// GuardianToken is for the link that the minor hands to a parent.
	GuardianToken string
	// Alike are people who may be the same; only for staff with the right to read them.
	Alike []Candidate
}

// Register makes an account: by the person (visitor) or by staff for a learner.
// For visitors nothing tells whether a phone is known. Errors: Invalid; Conflict
// "person.phone_taken" or "person.email_taken" (staff only).
func (s *Service) Register(ctx context.Context, a Actor, reg Registration) (out *Registered, err error) {
	defer fault.Wrap(&err, "person.Register")
	now := s.now()
	staff := a.Operator || a.Staff()
	p := private{Born: reg.Born, Adult: reg.Adult}
	if p.Name, p.Phone, err = checkContact(reg.Name, reg.Phone, p.ages(), now); err != nil {
		return nil, err
	}
	if reg.Lang == "" {
		reg.Lang = i18n.Ukrainian
	}
	switch {
	case p.Born == 0 && !p.Adult:
		return nil, fault.InvalidFields(fault.Field{Pointer: "born", Key: "person.age_needed"})
	case !i18n.Known(reg.Lang) || !reg.Prefs.valid():
		return nil, fault.InvalidFields(fault.Field{Pointer: "prefs", Key: "person.bad_settings"})
	case reg.Venue != "" && (!staff || !placeForm.MatchString(reg.Venue)):
		return nil, fault.InvalidFields(fault.Field{Pointer: "place", Key: "person.role_needs_place"})
	case reg.Paper != "" && (!staff || !paperForm.MatchString(reg.Paper)):
		return nil, fault.InvalidFields(fault.Field{Pointer: "paper", Key: "person.paper_reference"})
	}
	if staff {
		if err := Can(&a, PersonRegister, At(reg.Venue)).Err(); err != nil {
			return nil, err
		}
	}
	var proof *ticket
	switch {
	case reg.Proof != "":
		if proof, err = s.openTicket(ctx, ticketEmail, reg.Proof); err != nil {
			return nil, err
		}
		if p.Email, err = s.ticketEmail(proof); err != nil {
			return nil, err
		}
		p.EmailProved = true
	case reg.Email != "" && !staff:
		return nil, fault.InvalidFields(fault.Field{Pointer: "email", Key: "person.email_proof"})
	case reg.Email != "":
		if p.Email, err = spelling.Email(reg.Email); err != nil {
			return nil, err
		}
	}
	r := &record{Doc: store.Doc{ID: string(newID())}, State: Active, Lang: reg.Lang, Prefs: reg.Prefs, Made: store.At(now), Seen: dayOf(now)}
	id := ID(r.ID)
	minor := p.ages().Minor(now)
	if minor && reg.Paper == "" {
		r.State, r.Expires = Waiting, store.At(now.Add(WaitLimit)).String()
	}
	if reg.Venue != "" {
		r.Places = []string{reg.Venue}
	}
	if err := s.note(ctx, &a, PersonRegister.String(), subjectOf(id)); err != nil {
		return nil, err
	}
	if err := s.claimContacts(ctx, id, &p, staff, reg.SharedPhone); err != nil {
		return nil, err
	}
	s.step("claimed")
	if err := s.seal(r, p); err != nil {
		return nil, err
	}
	if err := s.people.Insert(ctx, r); err != nil {
		return nil, err
	}
	s.step("stored")
	if proof != nil {
		if err := s.spend(ctx, proof); err != nil && !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	if minor && reg.Paper != "" {
		if err := s.confirm(ctx, &a, r, ModePaper, reg.Paper); err != nil {
			return nil, err
		}
	}
	out = &Registered{Waiting: r.State == Waiting}
	if out.Person, err = s.clear(r); err != nil {
		return nil, err
	}
	if out.Waiting {
		if out.GuardianToken, err = s.guardianTicket(ctx, &a, id); err != nil {
			return nil, err
		}
	}
	alike, err := s.suggest(ctx, r, p)
	if err != nil {
		return nil, err
	}
	if staff {
		out.Alike, err = s.visible(ctx, &a, alike)
	}
	return out, err
}

// claimContacts claims phone and address. An address that is proved wins over one
// that somebody only wrote down; a phone that is taken is shared.
func (s *Service) claimContacts(ctx context.Context, id ID, p *private, staff, shared bool) error {
	if p.Email != "" {
		err := s.claim(ctx, emailClaims(s.ring, p.Email), id)
		if fault.Is(err, fault.Conflict) && p.EmailProved {
			if err = s.dislodge(ctx, p.Email); err == nil {
				err = s.claim(ctx, emailClaims(s.ring, p.Email), id)
			}
		}
		if fault.Is(err, fault.Conflict) {
			return fault.New(fault.Conflict, "person.email_taken")
		}
		if err != nil {
			return err
		}
	}
	if p.Phone == "" {
		return nil
	}
	err := s.claim(ctx, phoneClaims(s.ring, p.Phone), id)
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	if staff && !shared {
		if err := s.unclaim(ctx, emailClaims(s.ring, p.Email), id); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "person.phone_taken")
	}
	p.PhoneShared = true
	return nil
}

// dislodge takes an address that was never proved from whoever holds it. Errors:
// Conflict when it was proved.
func (s *Service) dislodge(ctx context.Context, email string) error {
	r, err := s.holder(ctx, emailClaims(s.ring, email))
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	err = s.change(ctx, r.ID, func(r *record) error {
		p, err := s.unseal(r)
		if err != nil {
			return err
		}
		if p.Email == email && p.EmailProved {
			return fault.New(fault.Conflict, "person.email_taken")
		}
		if p.Email == email {
			p.Email = ""
		}
		return s.seal(r, p)
	})
	if err != nil {
		return err
	}
	return s.unclaimAll(ctx, emailClaims(s.ring, email), r)
}

// SetEmail gives the person the address of a ticket (see FinishCode): proved, and so
// a way in. Errors: NotFound or Gone (the ticket), Conflict "person.email_taken".
func (s *Service) SetEmail(ctx context.Context, a Actor, id ID, proof string) (err error) {
	defer fault.Wrap(&err, "person.SetEmail")
	t, err := s.openTicket(ctx, ticketEmail, proof)
	if err != nil {
		return err
	}
	email, err := s.ticketEmail(t)
	if err != nil {
		return err
	}
	r, err := s.allowed(ctx, &a, id, MeSecrets, PersonEdit)
	if err != nil {
		return err
	}
	if own, err := s.same(ctx, a.Person, r); err != nil {
		return err
	} else if own {
		if r, err = s.ownSecrets(ctx, &a); err != nil {
			return err
		}
	}
	p := private{Email: email, EmailProved: true}
	if err := s.claimContacts(ctx, ID(r.ID), &p, false, false); err != nil {
		return err
	}
	old, proved := "", ""
	if err := s.change(ctx, r.ID, func(r *record) error {
		p, err := s.unseal(r)
		if err != nil {
			return err
		}
		if old = p.Email; p.EmailProved {
			proved = old
		}
		p.Email, p.EmailProved = email, true
		return s.seal(r, p)
	}); err != nil {
		return err
	}
	if old != "" && old != email {
		if err := s.unclaimAll(ctx, emailClaims(s.ring, old), r); err != nil {
			return err
		}
	}
	s.tell(ctx, ID(r.ID), newEmail, t.ID, proved)
	if err := s.spend(ctx, t); !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}

// expired tells whether a stored moment has passed; an empty one never has.
func expired(text string, now time.Time) bool { return text != "" && text <= store.At(now).String() }
