package person

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
	"osvitlo/internal/store"
)

// DeviceRow is a learner as an enrolled device of the venue shows them: enough to find
// oneself, not enough to learn who else comes here.
type DeviceRow struct {
	ID    ID
	Label string     // "Марія К."
	Kind  SecretKind // of the second secret to ask for
}

// Limits of the search on a device.
const (
	deviceLetters = 3
	deviceRows    = 8
)

// OnDevice finds learners of the venue of an enrolled device who have a working card,
// by at least three letters of the name or the last four digits of the phone. The
// search and every row shown are written into the audit log. Errors: Unauthenticated
// "person.token_unknown", Invalid with the field "q".
func (s *Service) OnDevice(ctx context.Context, device, text string) (list []DeviceRow, err error) {
	defer fault.Wrap(&err, "person.OnDevice")
	t, err := s.Verify(ctx, device)
	if err != nil {
		return nil, err
	}
	if t.Kind != DeviceToken {
		return nil, fault.New(fault.Unauthenticated, "person.token_unknown")
	}
	if signs(text) < deviceLetters {
		return nil, fault.InvalidFields(fault.Field{Pointer: "q", Key: "person.search_more"})
	}
	a := Actor{Grants: []Grant{{Role: Mentor, Place: t.Place}}, Strong: true, Where: "device:" + t.Place, Why: "sign-in"}
	found, err := s.Search(ctx, a, text)
	if err != nil {
		return nil, err
	}
	for _, p := range found.People {
		if len(list) == deviceRows {
			break
		}
		if p.State != Active {
			continue
		}
		c, err := s.cardOf(ctx, p.ID, p.Merged)
		if err != nil {
			return nil, err
		}
		if c != nil {
			list = append(list, DeviceRow{ID: p.ID, Label: shortName(p.Name), Kind: c.Kind})
		}
	}
	return list, nil
}

// cardOf is the working card of a person; nil when there is none.
func (s *Service) cardOf(ctx context.Context, id ID, merged []ID) (*card, error) {
	for _, id := range append([]ID{id}, merged...) {
		for c, err := range s.cards.Find(ctx, store.Query{Index: indexPerson, Eq: []any{id}}) {
			if err != nil {
				return nil, err
			}
			if !c.Off {
				return c, nil
			}
		}
	}
	return nil, nil
}

func signs(text string) (n int) {
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// shortName is the first word of a name and the initials of the others; of a person
// without a name the initials are all there is.
func shortName(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return spelling.Initials(name)
	}
	out := words[0]
	for _, w := range words[1:] {
		r, _ := utf8.DecodeRuneInString(w)
		out += " " + string(r) + "."
	}
	return out
}
