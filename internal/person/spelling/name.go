package spelling

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"osvitlo/internal/fault"
)

// MaxName bounds a name, in runes; maxWords the words of it that are searched.
const (
	MaxName  = 120
	maxWords = 6
)

// Apostrophe is the one that names are stored with.
const Apostrophe = '’'

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', 'ʼ', '`', '‘', 'ʹ', '´', '′', '＇':
		return true
	}
	return false
}

// twins are Latin letters that look like Cyrillic ones: on a Ukrainian keyboard a
// slip of the layout puts them into names.
var twins = map[rune]rune{
	'a': 'а', 'c': 'с', 'e': 'е', 'i': 'і', 'o': 'о', 'p': 'р', 'x': 'х', 'y': 'у',
	'A': 'А', 'B': 'В', 'C': 'С', 'E': 'Е', 'H': 'Н', 'I': 'І', 'K': 'К', 'M': 'М',
	'O': 'О', 'P': 'Р', 'T': 'Т', 'X': 'Х', 'Y': 'У', 'ï': 'ї', 'Ï': 'Ї',
}

// Name brings a written name to its stored form: single spaces, one apostrophe, and
// words without letters of the other alphabet. Letters, spaces, apostrophes, hyphens
// and full stops may stand in it. Errors: Invalid with the field "name".
func Name(text string) (string, error) {
	bad := func(key string) error {
		return fault.InvalidFields(fault.Field{Pointer: "name", Key: key, Args: map[string]any{"Max": MaxName}})
	}
	if len(text) > 8*MaxName {
		return "", bad("person.name_long")
	}
	words := strings.Fields(norm.NFC.String(strings.ToValidUTF8(text, "")))
	letters, runes := 0, 0
	for i, w := range words {
		var b strings.Builder
		for _, r := range w {
			switch {
			case isApostrophe(r):
				b.WriteRune(Apostrophe)
			case unicode.IsLetter(r):
				letters++
				b.WriteRune(r)
			case unicode.Is(unicode.Mn, r): // an accent that has no letter of its own
				b.WriteRune(r)
			case r == '-' || r == '–' || r == '—' || r == '‑':
				b.WriteByte('-')
			case r == '.':
				b.WriteByte('.')
			case unicode.Is(unicode.Cf, r): // invisible marks of copied text
			default:
				return "", bad("person.name_letters")
			}
			runes++
		}
		words[i] = oneAlphabet(b.String())
	}
	name := strings.Join(strings.Fields(strings.Join(words, " ")), " ")
	switch {
	case letters == 0:
		return "", bad("person.name_empty")
	case runes+len(words)-1 > MaxName:
		return "", bad("person.name_long")
	}
	return name, nil
}

// oneAlphabet turns Latin look-alikes inside a Cyrillic word into Cyrillic letters.
func oneAlphabet(word string) string {
	cyrillic, latin := false, false
	for _, r := range word {
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
		latin = latin || unicode.Is(unicode.Latin, r)
	}
	if !cyrillic || !latin {
		return word
	}
	return strings.Map(func(r rune) rune {
		if twin, ok := twins[r]; ok {
			return twin
		}
		return r
	}, word)
}

// Initials are the first letters of the words, for places where the name is not
// shown: "О. К.".
func Initials(name string) string {
	var out []string
	for i, w := range strings.Fields(name) {
		if i == 3 {
			break
		}
		for _, r := range w {
			if unicode.IsLetter(r) {
				out = append(out, string(unicode.ToUpper(r))+".")
				break
			}
		}
	}
	return strings.Join(out, " ")
}
