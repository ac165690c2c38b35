package person

import (
	"crypto/rand"
	"encoding/base32"
	"strings"

	"osvitlo/internal/fault"
)

// A card's QR holds "OSV1" and 26 letters of 128 random bits and one check letter.
// The letters are those of base 32 after Crockford: no I, L, O, U, so that a card can
// be read out and typed.
const (
	cardPrefix = "OSV1"
	cardBytes  = 16
	cardLength = 26 + 1
	maxPayload = 300 // bytes of what a scanner hands over
)

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

var cardLetters = base32.NewEncoding(crockford).WithPadding(base32.NoPadding)

func newPayload() string {
	var b [cardBytes]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	body := cardLetters.EncodeToString(b[:])
	return cardPrefix + body + string(checkLetter(body))
}

// checkLetter finds one wrong letter and most swapped ones.
func checkLetter(body string) byte {
	sum := 0
	for i := range len(body) {
		sum = (sum + strings.IndexByte(crockford, body[i])*(2*i+1)) % 32
	}
	return crockford[sum]
}

// ParseCard reads what a scanner or a person hands over: the payload itself, typed
// with any case, spaces and dashes, or an address that ends with it after a # sign.
// Errors: Invalid with the field "card"; whether such a card exists the sign-in tells.
func ParseCard(text string) (payload string, err error) {
	bad := fault.InvalidFields(fault.Field{Pointer: "card", Key: "person.card_unreadable"})
	if len(text) > maxPayload {
		return "", bad
	}
	if i := strings.LastIndexByte(text, '#'); i >= 0 {
		text = text[i+1:]
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(text) {
		switch r {
		case ' ', '-', '\t', '\r', '\n', '\u00a0', '–', '—':
			continue
		case 'О', 'O': // a Cyrillic О typed for the prefix, or a letter O for a zero
			r = 'O'
		case 'І':
			r = 'I'
		case 'В':
			r = 'B'
		case 'С':
			r = 'C'
		case 'Е':
			r = 'E'
		case 'Н':
			r = 'H'
		case 'К':
			r = 'K'
		case 'М':
			r = 'M'
		case 'Р':
			r = 'P'
		case 'Т':
			r = 'T'
		case 'Х':
			r = 'X'
		}
		b.WriteRune(r)
		if b.Len() > len(cardPrefix)+cardLength {
			return "", bad
		}
	}
	text = strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(b.String())
	body, ok := strings.CutPrefix(text, "0SV1") // the prefix, after the same change
	if !ok || len(body) != cardLength {
		return "", bad
	}
	for i := range len(body) {
		if strings.IndexByte(crockford, body[i]) < 0 {
			return "", bad
		}
	}
	raw := body[:cardLength-1]
	if checkLetter(raw) != body[cardLength-1] {
		return "", bad
	}
	if b, err := cardLetters.DecodeString(raw); err != nil || cardLetters.EncodeToString(b) != raw {
		return "", bad
	}
	return cardPrefix + body, nil
}
