package help

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is what a masked piece of text looked like.
type Kind string

// The kinds. A number is a row of nine figures or more that fits no other kind.
const (
	Passport  Kind = "passport"
	TaxNumber Kind = "tax"
	Card      Kind = "card"
	Phone     Kind = "phone"
	Code      Kind = "code"
	Password  Kind = "password"
	Email     Kind = "email"
	Number    Kind = "number"
)

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{Passport, TaxNumber, Card, Phone, Code, Password, Email, Number}
}

// Piece is a stretch of a text in bytes, as it was taken out or left.
type Piece struct {
	Text string
	Kind Kind // empty: left as it was
}

// marks stand in place of what was taken out. They hold no figures.
var marks = map[Kind]string{
	Passport: "[документ]", TaxNumber: "[податковий номер]", Card: "[картка]", Phone: "[телефон]",
	Code: "[код]", Password: "[пароль]", Email: "[пошта]", Number: "[номер]",
}

// Mark is what stands in place of a kind.
func Mark(k Kind) string { return marks[k] }

// Mask takes out what may name somebody or open something of theirs: numbers of
// passports, tax numbers, cards, telephones, codes, passwords and addresses of e-mail.
// It rather takes out too much: a row of nine figures never stays. Names of people stay;
// an editor looks for them before anything becomes public. found lists the kinds, each
// once.
func Mask(text string) (masked string, found []Kind) {
	var b strings.Builder
	for _, p := range Pieces(text) {
		if p.Kind == "" {
			b.WriteString(p.Text)
			continue
		}
		b.WriteString(marks[p.Kind])
		if !slices.Contains(found, p.Kind) {
			found = append(found, p.Kind)
		}
	}
	return b.String(), found
}

// rule finds one kind. The group named x, or the whole match, is taken out.
type rule struct {
	kind Kind
	re   *regexp.Regexp
	fits func(match string) bool
}

// gap stands between figures as people write them: spaces, hyphens, dots, brackets and
// what hides between letters.
const gap = `[\s\x{00a0}\x{2009}\x{202f}\x{200b}\x{200c}\x{200d}\x{2060}\x{feff}\x{00ad}\-–—‑.()_/*]{0,3}`

var rules = []rule{
	{Email, regexp.MustCompile(`(?i)[\p{L}\p{N}._%+\-]+\s?(?:@|\(at\)|\[at\]|＠)\s?[\p{L}\p{N}\-]+(?:\s?\.\s?[\p{L}\p{N}\-]+)+`), nil},
	// "пароль: сонце", and "пароль сонце1": a word that is none of the language
	{Password, regexp.MustCompile(`(?i)(?:парол(?:ь|я|ем|і)|password|логін|login)\s*[:=]\s*(?P<x>[^\s,;.]{2,64})`), noPlainWord},
	{Password, regexp.MustCompile(`(?i)(?:парол(?:ь|я|ем|і)|password)(?:\s|[\-–—]|це\s|это\s|is\s)+(?P<x>[^\s,;.]*(?:\pN[^\s,;.]*\pL|\pL[^\s,;.]*\pN|[!@#$%^&*+=])[^\s,;.]*)`), nil},
	{Card, regexp.MustCompile(`(?i)(?:^|[^\pL\pN])(?P<x>UA` + gap + `(?:\pN` + gap + `){26}\pN)`), nil},
	{Card, regexp.MustCompile(`(?P<x>(?:\pN` + gap + `){12,}\pN)`), nil},
	{Passport, regexp.MustCompile(`(?:^|[^\pL\pN])(?P<x>\p{Lu}{2}` + gap + `(?:№|N)?` + gap + `(?:\pN` + gap + `){5}\pN)(?:$|\PN)`), nil},
	{Passport, regexp.MustCompile(`(?i)(?:паспорт\pL*|посвідченн\pL*|удостоверени\pL*|passport|id.?карт\pL*|серія|серии|серия)[^\pN\n]{0,30}?(?P<x>(?:\pL{2}` + gap + `)?(?:№|N)?` + gap + `(?:\pN` + gap + `){5,}\pN)`), nil},
	{TaxNumber, regexp.MustCompile(`(?i)(?:іпн|инн|рнокпп|ідентифікаційн\pL*|идентификационн\pL*|податков\pL*\s+номер\pL*|tax\s+number)[^\pN\n]{0,30}?(?P<x>(?:\pN` + gap + `){7,}\pN)`), nil},
	{Phone, regexp.MustCompile(`(?P<x>(?:\+|00)?` + gap + `3` + gap + `8` + gap + `0` + gap + `(?:\pN` + gap + `){8}\pN)(?:$|\PN)`), nil},
	{Phone, regexp.MustCompile(`(?:^|\PN)(?P<x>\(?0` + gap + `(?:\pN` + gap + `){8}\pN)(?:$|\PN)`), nil},
	{Phone, regexp.MustCompile(`(?i)(?:тел|телефон\pL*|номер\pL*|моб|дзвон\pL*|звон\pL*|phone|call)[^\pN\n]{0,15}?(?P<x>\+?(?:\pN` + gap + `){6,14}\pN)`), func(m string) bool { n := figures(m); return n < 13 }},
	{Code, regexp.MustCompile(`(?i)(?:код\pL*|пін|пин|pin|cvv2?|cvc2?|otp|смс|sms|строк\s+дії)[^\pN\n]{0,25}?(?P<x>(?:\pN` + gap + `){2,}\pN)`), nil},
	{TaxNumber, regexp.MustCompile(`(?:^|\PN)(?P<x>\pN{10})(?:$|\PN)`), nil},
	{Passport, regexp.MustCompile(`(?:^|\PN)(?P<x>\pN{9})(?:$|\PN)`), nil},
	{Number, regexp.MustCompile(`(?P<x>(?:\pN` + gap + `){8,}\pN)`), nil},
}

// noPlainWord lets words stay that begin a sentence about passwords.
func noPlainWord(match string) bool {
	switch strings.ToLower(match) {
	case "як", "що", "де", "чому", "коли", "чи", "не", "так", "ні", "как", "что", "где", "почему", "how", "what", "where", "why", "when", "do", "not":
		return false
	}
	return true
}

// figures counts figures.
func figures(s string) (n int) {
	for _, r := range s {
		if unicode.IsNumber(r) {
			n++
		}
	}
	return n
}

// Pieces cuts a text into what is left and what is taken out, in order; joined they are
// the text.
func Pieces(text string) []Piece {
	text = strings.ToValidUTF8(text, "")
	list := []Piece{{Text: text}}
	for _, r := range rules {
		list = r.apply(list)
	}
	return list
}

func (r *rule) apply(list []Piece) (out []Piece) {
	group := max(0, r.re.SubexpIndex("x"))
	for _, p := range list {
		if p.Kind != "" {
			out = append(out, p)
			continue
		}
		rest := p.Text
		for rest != "" {
			m := r.re.FindStringSubmatchIndex(rest)
			if m == nil {
				break
			}
			from, to := trimmed(rest, m[2*group], m[2*group+1])
			if from >= to || r.fits != nil && !r.fits(rest[from:to]) {
				_, size := utf8.DecodeRuneInString(rest[m[1]-1:])
				next := max(m[1], size)
				out, rest = append(out, Piece{Text: rest[:next]}), rest[next:]
				continue
			}
			if from > 0 {
				out = append(out, Piece{Text: rest[:from]})
			}
			out, rest = append(out, Piece{rest[from:to], r.kind}), rest[to:]
		}
		if rest != "" {
			out = append(out, Piece{Text: rest})
		}
	}
	return joined(out)
}

// trimmed leaves the spaces around a find in the text.
func trimmed(s string, from, to int) (int, int) {
	x := s[from:to]
	from += len(x) - len(strings.TrimLeftFunc(x, unicode.IsSpace))
	to -= len(x) - len(strings.TrimRightFunc(x, unicode.IsSpace))
	return from, to
}

// joined makes one piece of neighbours that are left.
func joined(list []Piece) (out []Piece) {
	for _, p := range list {
		if n := len(out); n > 0 && out[n-1].Kind == "" && p.Kind == "" {
			out[n-1].Text += p.Text
			continue
		}
		out = append(out, p)
	}
	return out
}
