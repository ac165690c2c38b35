package person

import (
	"context"
	"crypto/subtle"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// card is a library card as stored: the hash of its payload names it, the second
// secret is a hash keyed by the installation, which the store does not hold.
type card struct {
	store.Doc
	Person ID         `json:"person"`
	Kind   SecretKind `json:"kind"`
	Salt   string     `json:"salt"`
	Secret string     `json:"secret"`
	Place  string     `json:"place,omitempty"`
	By     ID         `json:"by,omitempty"`
	Made   store.Time `json:"made"`
	Off    bool       `json:"off,omitempty"` // revoked or replaced
	counter
}

// Card is what is printed once: it cannot be read again.
type Card struct {
	Payload string     // for the QR; "OSV1…"
	Kind    SecretKind // of the second secret
	Secret  []string   // three picture ids, three words, or six digits in one text
}

// CardView is a card in the list of a person's ways in.
type CardView struct {
	ID     string
	Kind   SecretKind
	Place  string
	Made   store.Time
	Locked bool // ten wrong tries: a mentor must help
}

// IssueCard prints a card for a learner of the venue and switches the older ones off:
// for a new person, a lost card, or one that is locked. The mentor has the person
// before them. Errors: NotFound, Invalid.
func (s *Service) IssueCard(ctx context.Context, a Actor, id ID, kind SecretKind, venue string) (c *Card, err error) {
	defer fault.Wrap(&err, "person.IssueCard")
	if venue != "" && !placeForm.MatchString(venue) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "place", Key: "person.role_needs_place"})
	}
	parts, err := newSecret(kind)
	if err != nil {
		return nil, err
	}
	r, err := s.follow(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(ctx, &a, CardIssue, r.subject(), subjectOf(ID(r.ID))); err != nil {
		return nil, hide(err)
	}
	if own, err := s.same(ctx, a.Person, r); err != nil || own {
		if err == nil {
			err = fault.New(fault.Forbidden, "person.not_oneself")
		}
		return nil, err
	}
	payload, salt := newPayload(), random(10)
	if err := s.cards.Insert(ctx, &card{Doc: store.Doc{ID: hashToken(payload)}, Person: ID(r.ID), Kind: kind, Salt: salt,
		Secret: s.secretHash(salt, readSecret(kind, parts)), Place: venue, By: a.Person, Made: store.At(s.now())}); err != nil {
		return nil, err
	}
	s.step("card made")
	if err := s.cardsOff(ctx, s.aliases(r), hashToken(payload)); err != nil {
		return nil, err
	}
	s.tell(ctx, ID(r.ID), newCard, hashToken(payload))
	return &Card{Payload: payload, Kind: kind, Secret: parts}, nil
}

// hide makes a refusal over a person look like a missing one.
func hide(err error) error {
	if fault.Is(err, fault.Forbidden) {
		return fault.New(fault.NotFound, "person.not_here")
	}
	return err
}

func (s *Service) secretHash(salt, secret string) string { return mac(s.pepper, "card", salt, secret) }

// cardsOff switches off the cards of a person, all but one.
func (s *Service) cardsOff(ctx context.Context, ids []ID, but string) error {
	for _, id := range ids {
		for c, err := range s.cards.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return err
			}
			if c.ID == but || c.Off {
				continue
			}
			c.Off, c.Secret, c.Salt = true, "", ""
			if err := s.cards.Replace(ctx, c); err != nil {
				if !fault.Is(err, fault.Conflict) {
					return err
				}
				if err := s.cards.Delete(ctx, c.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
					return err
				}
			}
		}
	}
	return nil
}

// RevokeCards switches all cards off: the person lost one, or does not want one.
func (s *Service) RevokeCards(ctx context.Context, a Actor, id ID) (err error) {
	defer fault.Wrap(&err, "person.RevokeCards")
	r, err := s.allowed(ctx, &a, id, MeEdit, CardIssue)
	if err != nil {
		return err
	}
	if err := s.cardsOff(ctx, s.aliases(r), ""); err != nil {
		return err
	}
	s.tell(ctx, ID(r.ID), wayGone, r.ID+"@"+store.At(s.now()).String())
	return nil
}

// Cards lists the cards that work.
func (s *Service) Cards(ctx context.Context, a Actor, id ID) (list []CardView, err error) {
	defer fault.Wrap(&err, "person.Cards")
	r, err := s.allowed(ctx, &a, id, MeRead, PersonRead)
	if err != nil {
		return nil, err
	}
	for _, id := range s.aliases(r) {
		for c, err := range s.cards.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			if !c.Off {
				list = append(list, CardView{ID: c.ID, Kind: c.Kind, Place: c.Place, Made: c.Made, Locked: c.Wrong >= CardTries})
			}
		}
	}
	return list, nil
}

// CardKind tells a page which kind of second secret to ask for. For a card that does
// not exist it answers as for one with pictures.
func (s *Service) CardKind(ctx context.Context, payload string) (kind SecretKind, err error) {
	defer fault.Wrap(&err, "person.CardKind")
	if payload, err = ParseCard(payload); err != nil {
		return "", err
	}
	c, err := s.cards.Get(ctx, hashToken(payload))
	if fault.Is(err, fault.NotFound) || err == nil && c.Off {
		return Pictures, nil
	}
	if err != nil {
		return "", err
	}
	return c.Kind, nil
}

// CardTry is a sign-in with a card.
type CardTry struct {
	Payload string   // what the scanner read
	Secret  []string // pictures, words, or digits
	Stamp   string   // from the last TooMany, when there was one
	Where   string
}

// SignInCard signs in with a card and its second secret. Errors: Invalid (not a
// card), Unauthenticated (wrong, unknown or switched off: all alike), TooMany with
// Args Seconds and perhaps Stamp, Gone "person.card_locked" (ten wrong tries: a
// mentor helps; only who holds the card learns it).
func (s *Service) SignInCard(ctx context.Context, try CardTry) (in *SignedIn, err error) {
	defer fault.Wrap(&err, "person.SignInCard")
	payload, err := ParseCard(try.Payload)
	if err != nil {
		return nil, err
	}
	c, err := s.cards.Get(ctx, hashToken(payload))
	if fault.Is(err, fault.NotFound) {
		c, err = &card{Doc: store.Doc{ID: hashToken(payload)}, Off: true}, nil
	}
	if err != nil {
		return nil, err
	}
	if err := s.pass(try.Stamp, c.ID, c.Wrong); err != nil {
		return nil, err
	}
	return s.tryCard(ctx, c, try.Secret, try.Where, ViaCard)
}

// tryCard compares the second secret. The wrong try is counted before.
func (s *Service) tryCard(ctx context.Context, c *card, parts []string, where string, via Via) (*SignedIn, error) {
	now := s.now()
	entered := s.secretHash(c.Salt, readSecret(c.Kind, parts))
	switch {
	case c.Off:
		s.friction.failed(now)
		return nil, failedSignIn()
	case c.Wrong >= CardTries:
		return nil, fault.New(fault.Gone, "person.card_locked")
	}
	if wait := c.rests(now); wait > 0 {
		return nil, tooMany(wait, "")
	}
	before := c.counter
	c.miss(now)
	if err := s.cards.Replace(ctx, c); err != nil {
		if fault.Is(err, fault.Conflict) { // another try of this card at the same moment
			return nil, tooMany(1, "")
		}
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(entered), []byte(c.Secret)) != 1 {
		s.friction.failed(now)
		if c.Wrong >= CardTries {
			return nil, fault.New(fault.Gone, "person.card_locked")
		}
		return nil, failedSignIn()
	}
	c.counter = before // wrong tries stay counted: ten in all
	c.Next = store.Time{}
	if err := s.cards.Replace(ctx, c); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	return s.arrive(ctx, c.Person, via, false, where)
}

// SignInSecret signs in on an enrolled device of a venue with the second secret
// alone: the person is chosen from the venue's list. Errors: as SignInCard; NotFound
// is never answered.
func (s *Service) SignInSecret(ctx context.Context, device string, id ID, parts []string, stamp string) (in *SignedIn, err error) {
	defer fault.Wrap(&err, "person.SignInSecret")
	t, err := s.Verify(ctx, device)
	if err != nil {
		return nil, err
	}
	if t.Kind != DeviceToken {
		return nil, failedSignIn()
	}
	c, err := s.cardAt(ctx, id, t.Place)
	if err != nil {
		return nil, err
	}
	if err := s.pass(stamp, c.ID, c.Wrong); err != nil {
		return nil, err
	}
	return s.tryCard(ctx, c, parts, "device:"+t.Place, ViaDevice)
}

// cardAt finds the working card of a person who belongs to the venue; one that never
// opens when there is none.
func (s *Service) cardAt(ctx context.Context, id ID, venue string) (*card, error) {
	none := &card{Doc: store.Doc{ID: "none:" + string(id)}, Off: true}
	r, err := s.follow(ctx, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return none, nil
	}
	if err != nil {
		return nil, err
	}
	at := r.subject()
	if !(&at).at(&Grant{Role: Mentor, Place: venue}) {
		return none, nil
	}
	for _, id := range s.aliases(r) {
		for c, err := range s.cards.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			if !c.Off {
				return c, nil
			}
		}
	}
	return none, nil
}
