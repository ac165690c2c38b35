package instrument

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Short answers are compared after folding (USERS 21): language errors never cost
// points where language is not measured. Folding is for comparing only; the
// answer is kept as given.

// lookalike maps Latin letters that look like Cyrillic ones, and Russian letters
// to the Ukrainian ones people mean.
var lookalike = map[rune]rune{
	'a': 'а', 'b': 'в', 'c': 'с', 'e': 'е', 'h': 'н', 'i': 'і', 'k': 'к', 'm': 'м', 'o': 'о', 'p': 'р',
	't': 'т', 'x': 'х', 'y': 'у', 'ï': 'ї',
}

var russian = map[rune]rune{'ы': 'и', 'э': 'е', 'ё': 'е', 'є': 'е', 'ґ': 'г'}

// Keys of a keyboard: what stands on a Latin layout where the Ukrainian letter is.
const (
	latinKeys    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`\\"
	cyrillicKeys = "йцукенгшщзхїфівапролджєячсмитьбю'ґ"
)

var toCyrillic, toLatin = keyboard()

func keyboard() (map[rune]rune, map[rune]rune) {
	l, c := []rune(latinKeys), []rune(cyrillicKeys)
	to, back := map[rune]rune{}, map[rune]rune{}
	for i := range l {
		to[l[i]], back[c[i]] = c[i], l[i]
	}
	// a Russian layout differs in these
	back['ы'], back['э'], back['ъ'] = 's', '\'', ']'
	return to, back
}

const apostrophes = "'’ʼ‘`´′\"ъ"

// Fold brings spellings of the same word together: case, apostrophes (left out),
// Latin look-alikes inside Cyrillic words, Russian letters, spaces, hyphens and
// punctuation. The sign @ stays: it is an answer of its own (item at-sign).
// It does not guess keyboards: see Accepts. Fold(Fold(s)) = Fold(s).
func Fold(s string) string {
	s = strings.ToLower(s)
	words := strings.FieldsFunc(s, func(r rune) bool {
		return r != '@' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !strings.ContainsRune(apostrophes, r)
	})
	out := words[:0]
	for _, w := range words {
		if w = foldWord(w); w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

func foldWord(w string) string {
	letters := compose(w)
	cyrillic := slices.ContainsFunc(letters, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
	var b strings.Builder
	for _, r := range letters {
		if strings.ContainsRune(apostrophes, r) || unicode.IsMark(r) {
			continue
		}
		if cyrillic {
			if c, ok := lookalike[r]; ok {
				r = c
			}
		}
		if c, ok := russian[r]; ok {
			r = c
		}
		b.WriteRune(r)
	}
	return b.String()
}

// compose joins letters with a following combining sign where Ukrainian has one
// letter for both: й and ї typed as two signs.
func compose(w string) []rune {
	in := []rune(w)
	out := in[:0:0]
	for _, r := range in {
		if n := len(out); n > 0 {
			switch {
			case r == 0x306 && out[n-1] == 'и':
				out[n-1] = 'й'
				continue
			case r == 0x308 && (out[n-1] == 'і' || out[n-1] == 'i'):
				out[n-1] = 'ї'
				continue
			case r == 0x308 && out[n-1] == 'е':
				out[n-1] = 'ё'
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// cyrillicTwin is the Cyrillic letter that looks like r; RuneError for a letter without one.
func cyrillicTwin(r rune) rune {
	if c, ok := lookalike[r]; ok {
		return c
	}
	if unicode.IsLetter(r) {
		return utf8.RuneError
	}
	return r
}

// Spellings lists the folded forms an answer may be meant as: as typed, and as
// if the keyboard had been in the other language («ltif» is «деша»).
func Spellings(s string) []string {
	typed := strings.ToLower(strings.TrimSpace(s))
	out := []string{Fold(typed)}
	if all := strings.Map(cyrillicTwin, typed); !strings.ContainsRune(all, utf8.RuneError) {
		if f := Fold(all); f != "" && !slices.Contains(out, f) {
			out = append(out, f) // «HET» typed in Latin letters only
		}
	}
	for _, keys := range []map[rune]rune{toCyrillic, toLatin} {
		other := strings.Map(func(r rune) rune {
			if c, ok := keys[r]; ok {
				return c
			}
			return r
		}, typed)
		if f := Fold(other); f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Accepts tells whether s is one of the accepted answers, after folding, in any
// keyboard, with the spaces in or out.
func Accepts(accept []string, s string) bool { return accepts(foldAll(accept), s) }

// foldAll folds the accepted answers once: 50 of them cost more than all the
// rest of scoring a test.
func foldAll(accept []string) map[string]bool {
	out := make(map[string]bool, len(accept))
	for _, a := range accept {
		if want := Fold(a); want != "" {
			out[solid(want)] = true
		}
	}
	return out
}

func accepts(folded map[string]bool, s string) bool {
	return slices.ContainsFunc(Spellings(s), func(got string) bool { return folded[solid(got)] })
}

func solid(s string) string { return strings.ReplaceAll(s, " ", "") }
