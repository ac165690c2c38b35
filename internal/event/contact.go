package event

import (
	"crypto/rand"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/person/spelling"
)

// Contact is what a booking needs: a name or initials, and one way to know the person
// again.
type Contact struct {
	Name   string // or initials
	Phone  string // as typed
	Card   string // number of a library card
	Email  string // only to be reminded
	Person person.ID
	Remind bool
	Lang   string
	Via    Via
}

// Told is the sealed part of a booking.
type Told struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"` // E.164
	Card  string `json:"card,omitempty"`
	Email string `json:"email,omitempty"`
	Token string `json:"token"`
}

// check reads a contact. Errors: Invalid with fields.
func (s *Service) check(c Contact) (t Told, who string, err error) {
	var bad []fault.Field
	take := func(err error, pointer string) {
		if f := fault.As(err); f != nil {
			for _, x := range f.Fields {
				bad = append(bad, fault.Field{Pointer: pointer, Key: x.Key, Args: x.Args})
			}
		}
	}
	t.Name = strings.Join(strings.Fields(c.Name), " ")
	switch {
	case utf8.RuneCountInString(t.Name) > 80 || strings.ContainsFunc(t.Name, func(r rune) bool {
		return unicode.IsDigit(r) || unicode.IsControl(r) || strings.ContainsRune("@<>/", r)
	}):
		bad = append(bad, fault.Field{Pointer: "name", Key: "event.name"})
	case t.Name == "" && c.Via != WalkIn:
		bad = append(bad, fault.Field{Pointer: "name", Key: "event.no_name"})
	}
	if strings.TrimSpace(c.Phone) != "" {
		if t.Phone, err = spelling.Phone(c.Phone); err != nil {
			take(err, "phone")
		}
	}
	if strings.TrimSpace(c.Email) != "" {
		if t.Email, err = spelling.Email(c.Email); err != nil {
			take(err, "email")
		}
	}
	for _, r := range strings.ToUpper(c.Card) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			t.Card += string(r)
		}
	}
	if n := utf8.RuneCountInString(t.Card); strings.TrimSpace(c.Card) != "" && (n < 3 || n > 32) {
		bad = append(bad, fault.Field{Pointer: "card", Key: "event.card"})
	}
	switch {
	case c.Person != "":
		who = "person:" + string(c.Person)
	case t.Phone != "":
		who = "phone:" + t.Phone
	case t.Card != "":
		who = "card:" + t.Card
	case c.Via == WalkIn:
		who = "walk:" + rand.Text()
	case len(bad) == 0:
		bad = append(bad, fault.Field{Pointer: "phone", Key: "event.phone_or_card"})
	}
	if len(bad) > 0 {
		return t, "", fault.InvalidFields(bad...)
	}
	return t, s.mark("who", who), nil
}

// seal gives a booking a new token and hides what names the person.
func (s *Service) seal(b *Booking, told *Told) error {
	told.Token = rand.Text()
	plain, err := json.Marshal(told)
	if err != nil {
		return err
	}
	b.Sealed = s.cfg.Ring.Seal(plain, "event_bookings:"+b.ID)
	b.Token, b.Code = digest(told.Token), s.mark("code", s.code(told.Token).Latin)
	return nil
}

// Told opens what a booking knows of its person. The caller has the right to, and has
// written it down.
func (s *Service) Told(b *Booking) (t Told, err error) {
	defer fault.Wrap(&err, "event.Told")
	if b.Sealed == "" || s.cfg.Ring == nil {
		return t, nil
	}
	plain, err := s.cfg.Ring.Open(b.Sealed, "event_bookings:"+b.ID)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(plain, &t)
}
