package event

import (
	"context"
	"encoding/binary"
	"unicode"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// Ticket is what whoever booked gets.
type Ticket struct {
	*Booking
	Secret string // for the link
	Code   Code
	Before int // people ahead in the waiting list
}

// Code cancels a booking: the same one in both alphabets.
type Code struct{ Cyrillic, Latin string }

// In is the code for readers of a language.
func (c Code) In(lang string) string {
	if lang == i18n.English {
		return c.Latin
	}
	return c.Cyrillic
}

// codeLetters is the length of a code: 1.7·10¹⁰ of them.
const codeLetters = 8

// The 19 letters of codes, as in sitting: no vowels, so no words; a letter that looks
// like one of the other alphabet is its own partner there.
var (
	codeCyrillic = []rune("ВКМНРСТХБГДЖЗЛПФЦЧШ")
	codeLatin    = []rune("BKMHPCTXDGQJZLNFVRW")
)

// code is derived from the token, so that only hashes of both are kept.
func (s *Service) code(token string) Code {
	x := binary.BigEndian.Uint64(s.mac("letters", token))
	var c Code
	for i := range codeLetters {
		if i == codeLetters/2 {
			c.Cyrillic, c.Latin = c.Cyrillic+"-", c.Latin+"-"
		}
		k := x % uint64(len(codeLatin))
		x /= uint64(len(codeLatin))
		c.Cyrillic, c.Latin = c.Cyrillic+string(codeCyrillic[k]), c.Latin+string(codeLatin[k])
	}
	return c
}

// readCode gives a typed code in Latin letters with its dash.
func readCode(typed string) (string, error) {
	var out []rune
	for _, r := range typed {
		if unicode.IsSpace(r) || r == '-' || r == '–' || r == '—' || r == '.' {
			continue
		}
		r, found := unicode.ToUpper(r), false
		for i := range codeLatin {
			if r == codeLatin[i] || r == codeCyrillic[i] {
				out, found = append(out, codeLatin[i]), true
				break
			}
		}
		if !found || len(out) > codeLetters {
			out = nil
			break
		}
	}
	if len(out) != codeLetters {
		return "", fault.InvalidFields(fault.Field{Pointer: "code", Key: "event.code_letters", Args: map[string]any{"Letters": codeLetters}})
	}
	return string(out[:codeLetters/2]) + "-" + string(out[codeLetters/2:]), nil
}

// ticket adds what only whoever booked may see.
func (s *Service) ticket(ctx context.Context, b *Booking, token string) (*Ticket, error) {
	t := &Ticket{Booking: b, Secret: token, Code: s.code(token)}
	if b.State != Waiting {
		return t, nil
	}
	for _, err := range s.bookings.Keys(ctx, store.Query{Index: indexRef, Eq: []any{b.Ref, string(Waiting)}, To: b.Since, Limit: 10_000}) {
		if err != nil {
			return nil, err
		}
		t.Before++
	}
	return t, nil
}

// ByToken is the booking of a link. Errors: NotFound.
func (s *Service) ByToken(ctx context.Context, token string) (t *Ticket, err error) {
	defer fault.Wrap(&err, "event.ByToken")
	b, err := s.one(ctx, indexToken, digest(token))
	if err != nil {
		return nil, err
	}
	return s.ticket(ctx, b, token)
}

// ByCode is the booking of a typed code. Errors: Invalid with the field "code" (no code,
// or none that is known), TooMany.
func (s *Service) ByCode(ctx context.Context, typed string) (t *Ticket, err error) {
	defer fault.Wrap(&err, "event.ByCode")
	latin, err := readCode(typed)
	if err != nil {
		return nil, err
	}
	if !s.tries.open(s.now()) {
		return nil, fault.New(fault.TooMany, "")
	}
	b, err := s.one(ctx, indexCode, s.mark("code", latin))
	if fault.Is(err, fault.NotFound) {
		s.tries.miss()
		return nil, fault.InvalidFields(fault.Field{Pointer: "code", Key: "event.code_unknown"})
	}
	if err != nil {
		return nil, err
	}
	told, err := s.Told(b)
	if err != nil {
		return nil, err
	}
	return s.ticket(ctx, b, told.Token)
}

func (s *Service) one(ctx context.Context, index, value string) (*Booking, error) {
	for b, err := range s.bookings.Find(ctx, store.Query{Index: index, Eq: []any{value}, Limit: 1}) {
		return b, err
	}
	return nil, fault.New(fault.NotFound, "event.no_booking")
}
