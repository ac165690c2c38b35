package person

import (
	"context"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// TokenKind is what a token stands for.
type TokenKind string

// The kinds of tokens.
const (
	VenueToken    TokenKind = "venue"    // a venue enters sittings: modes mentor, paper, phone
	OperatorToken TokenKind = "operator" // a help operator enters sittings by phone
	DeviceToken   TokenKind = "device"   // an enrolled device of a venue: second secrets work there
)

// Token is a bearer token as stored: its id is the hash.
type Token struct {
	store.Doc
	Kind    TokenKind  `json:"kind"`
	Place   string     `json:"place,omitempty"`  // venue it is bound to
	Person  ID         `json:"person,omitempty"` // operator it is bound to
	Label   string     `json:"label,omitempty"`
	By      ID         `json:"by,omitempty"`
	Made    store.Time `json:"made"`
	Expires string     `json:"expires"`
	Off     string     `json:"off,omitempty"`  // when it was revoked
	Used    string     `json:"used,omitempty"` // last day of use
}

// TokenLife bounds how long a token may live.
const TokenLife = 366 * 24 * time.Hour

// tokenPrefix makes tokens findable by scanners of leaked secrets.
const tokenPrefix = "osvitlo_"

// IssueToken makes a token bound to a venue (venue and device tokens) or to a person
// who is a help operator. It is shown once. Errors: Invalid, Forbidden, NotFound.
func (s *Service) IssueToken(ctx context.Context, a Actor, kind TokenKind, place string, person ID, label string, life time.Duration) (token string, t *Token, err error) {
	defer fault.Wrap(&err, "person.IssueToken")
	if life <= 0 || life > TokenLife {
		life = TokenLife
	}
	if len(label) > 4*maxLabel || strings.ContainsAny(label, "\r\n") {
		return "", nil, fault.InvalidFields(fault.Field{Pointer: "label", Key: "person.label_long", Args: map[string]any{"Max": maxLabel}})
	}
	over := At(place)
	switch kind {
	case VenueToken, DeviceToken:
		if !placeForm.MatchString(place) || person != "" {
			return "", nil, fault.InvalidFields(fault.Field{Pointer: "place", Key: "person.role_needs_place"})
		}
	case OperatorToken:
		over = City
		if place != "" || !validID(person) {
			return "", nil, fault.InvalidFields(fault.Field{Pointer: "person", Key: "person.not_here"})
		}
	default:
		return "", nil, fault.InvalidFields(fault.Field{Pointer: "kind", Key: "person.token_kind"})
	}
	token = tokenPrefix + random(20)
	t = &Token{Doc: store.Doc{ID: hashToken(token)}, Kind: kind, Place: place, Person: person, Label: label, By: a.Person,
		Made: store.At(s.now()), Expires: store.At(s.now().Add(life)).String()}
	if err := s.may(ctx, &a, TokenIssue, over, "token:"+t.ID[:16]); err != nil {
		return "", nil, err
	}
	return token, t, s.tokens.Insert(ctx, t)
}

// Tokens lists the tokens of a place, those that no longer work too.
func (s *Service) Tokens(ctx context.Context, a Actor, place string) (list []*Token, err error) {
	defer fault.Wrap(&err, "person.Tokens")
	over := At(place)
	if place == "" {
		over = City
	}
	if err := Can(&a, TokenList, over).Err(); err != nil {
		return nil, err
	}
	q := store.Query{Index: indexPlace, Eq: []any{place}, Limit: 1000}
	if place == "" {
		q = store.Query{Index: store.BuiltinID, Limit: 1000}
	}
	for t, err := range s.tokens.Find(ctx, q) {
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	return list, nil
}

// RevokeToken ends a token at once: a stolen tablet, a venue that closed.
func (s *Service) RevokeToken(ctx context.Context, a Actor, id string) (err error) {
	defer fault.Wrap(&err, "person.RevokeToken")
	t, err := s.tokens.Get(ctx, id)
	if err != nil {
		return absent(err)
	}
	over := At(t.Place)
	if t.Place == "" {
		over = City
	}
	if err := s.may(ctx, &a, TokenIssue, over, "token:"+t.ID[:16]); err != nil {
		return hide(err)
	}
	if t.Off != "" {
		return nil
	}
	t.Off = store.At(s.now()).String()
	return s.tokens.Replace(ctx, t)
}

// Verify reads a token that somebody shows. Errors: Unauthenticated (unknown,
// expired, revoked, or its operator no longer is one: all alike).
func (s *Service) Verify(ctx context.Context, token string) (t *Token, err error) {
	defer fault.Wrap(&err, "person.Verify")
	bad := fault.New(fault.Unauthenticated, "person.token_unknown")
	if !strings.HasPrefix(token, tokenPrefix) || len(token) > maxToken {
		return nil, bad
	}
	t, err = s.tokens.Get(ctx, hashToken(token))
	if fault.Is(err, fault.NotFound) {
		return nil, bad
	}
	if err != nil {
		return nil, err
	}
	if t.Off != "" || expired(t.Expires, s.now()) {
		return nil, bad
	}
	if t.Kind == OperatorToken {
		acc, err := s.account(ctx, t.Person)
		if err != nil {
			return nil, err
		}
		holds := false
		for _, g := range acc.live(s.now()) {
			holds = holds || g.Role == HelpOperator
		}
		if !holds {
			return nil, bad
		}
	}
	if day := dayOf(s.now()); t.Used != day {
		t.Used = day
		if err := s.tokens.Replace(ctx, t); err != nil && !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	return t, nil
}

// Allows tells whether a sitting may be entered in a mode under this token: mentor
// and paper by a venue, phone by a venue or an operator.
func (t *Token) Allows(mode string) bool {
	switch t.Kind {
	case VenueToken:
		return mode == "mentor" || mode == "paper" || mode == "phone"
	case OperatorToken:
		return mode == "phone"
	}
	return mode == "self"
}
