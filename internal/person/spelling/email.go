package spelling

import (
	"strings"
	"unicode"

	"osvitlo/internal/fault"
)

// MaxEmail bounds an address (RFC 5321).
const MaxEmail = 254

// Email brings a typed address to its stored form: no spaces around it, small
// letters. Only ASCII addresses pass. One with a letter that looks Latin but is not
// ("оlena@…" with a Cyrillic о) is refused and the letter named: the mail of such an
// address goes to somebody else. Errors: Invalid with the field "email".
func Email(text string) (string, error) {
	bad := func(key, letter string) error {
		return fault.InvalidFields(fault.Field{Pointer: "email", Key: key, Args: map[string]any{"Letter": letter}})
	}
	text = strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || r == '<' || r == '>' })
	text = strings.TrimPrefix(text, "mailto:")
	if text == "" {
		return "", bad("person.email_empty", "")
	}
	if len(text) > MaxEmail {
		return "", bad("person.email_form", "")
	}
	for _, r := range text {
		if r > unicode.MaxASCII {
			if unicode.IsLetter(r) {
				return "", bad("person.email_lookalike", string(r))
			}
			return "", bad("person.email_form", "")
		}
	}
	text = strings.ToLower(text)
	local, domain, ok := strings.Cut(text, "@")
	if !ok || !localPart(local) || !hostName(domain) {
		return "", bad("person.email_form", "")
	}
	return text, nil
}

// localPart accepts a dot-atom of RFC 5322; quoted forms are not in use by people.
func localPart(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && strings.IndexByte("!#$%&'*+-/=?^_`{|}~.", c) < 0 {
			return false
		}
	}
	return true
}

func hostName(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 || len(s) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for _, c := range []byte(l) {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
				return false
			}
		}
	}
	top := labels[len(labels)-1]
	return len(top) > 1 && strings.Trim(top, "0123456789") != ""
}
