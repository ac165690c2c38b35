package search

import (
	"strings"
	"unicode"
)

// folded maps letters of Ukrainian and Russian onto one set, so that both spellings of a
// word stand close together. A zero takes the letter out.
var folded = map[rune]rune{
	'і': 'и', 'ї': 'и', 'ы': 'и', 'є': 'е', 'э': 'е', 'ё': 'е', 'ґ': 'г',
	'ь': 0, 'ъ': 0, '\'': 0, '’': 0, 'ʼ': 0, '`': 0, '‘': 0, '´': 0,
	'\u0301': 0, '\u0308': 0, '\u0306': 0, '\u00ad': 0,
}

// composed joins letters that some keyboards send as a letter and a mark.
var composed = strings.NewReplacer("и\u0306", "й", "и\u0308", "и", "і\u0308", "и", "е\u0308", "е")

// fold writes a text in the letters of terms: lower case, one letter for those both
// languages write differently, one consonant for two. Everything else stays.
func fold(s string) string {
	s = composed.Replace(strings.ToLower(s))
	var b strings.Builder
	b.Grow(len(s))
	var last rune
	for _, r := range s {
		to, ok := folded[r]
		if !ok {
			to = unicode.ToLower(r)
		}
		if to == 0 || to == last && isConsonant(to) {
			continue
		}
		b.WriteRune(to)
		last = to
	}
	return b.String()
}

func isConsonant(r rune) bool {
	return strings.ContainsRune("бвгджзйклмнпрстфхцчшщ", r)
}

func isCyrillic(r rune) bool { return r >= 'а' && r <= 'я' }

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }

// words cuts a folded text at everything that is neither letter nor figure. "Wi-Fi" gives
// wi, fi and wifi: people write it in both ways.
func words(folded string) (list []string) {
	start := -1
	var before string // the part in front of a hyphen
	for i, r := range folded + " " {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if start < 0 {
				start = i
			}
			continue
		}
		if start < 0 {
			before = ""
			continue
		}
		one := folded[start:i]
		start = -1
		list = append(list, one)
		if before != "" && len(before)+len(one) <= maxWord {
			list = append(list, before+one)
		}
		before = ""
		if r == '-' {
			before = one
		}
	}
	return list
}

// keys are the places of letters on the keyboard, in both layouts; the Russian letters
// that differ fall onto the Ukrainian ones when they are folded.
const (
	latinKeys    = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
	cyrillicKeys = "йцукенгшщзхїфівапролджєячсмитьбю'"
)

var toCyrillic, toLatin = func() (map[rune]rune, map[rune]rune) {
	there, back := map[rune]rune{}, map[rune]rune{'ы': 's', 'э': '\'', 'ъ': ']', 'ё': '`'}
	l, c := []rune(latinKeys), []rune(cyrillicKeys)
	for i := range l {
		there[l[i]], back[c[i]] = c[i], l[i]
	}
	shifted, plain := []rune(`{}:"<>~`), []rune(`[];',.`+"`")
	for i := range shifted {
		there[shifted[i]] = there[plain[i]]
	}
	return there, back
}()

// otherLayout is the text as the same keys give it in the other layout. It keeps what
// stands on no key of letters.
func otherLayout(s string, keys map[rune]rune) string {
	return strings.Map(func(r rune) rune {
		if to, ok := keys[unicode.ToLower(r)]; ok {
			return to
		}
		return r
	}, s)
}

// spelled are the ways Latin letters write Cyrillic ones, longest first: the national
// table of 2010 and what people do without it.
var spelled = strings.NewReplacer("shch", "щ", "sch", "щ", "zgh", "зг", "zh", "ж", "kh", "х", "ts", "ц", "ch", "ч", "sh", "ш", "yu", "ю", "iu", "ю", "ya", "я", "ia", "я", "ye", "є", "ie", "є",
	"yi", "ї", "yo", "йо", "ii", "ії", "ck", "к", "ph", "ф", "a", "а", "b", "б", "c", "ц", "d", "д", "e", "е", "f", "ф", "g", "г", "h", "г", "i", "і", "j", "й", "k", "к",
	"l", "л", "m", "м", "n", "н", "o", "о", "p", "п", "q", "к", "r", "р", "s", "с", "t", "т", "u", "у", "v", "в", "w", "в", "x", "х", "y", "и", "z", "з")

// spelledToo reads what the first table leaves open: after a vowel y is й, and ia at the
// end of a word is ія.
var spelledToo = strings.NewReplacer("iya", "ія", "iia", "ія", "ia", "ія", "iiu", "ію", "iyu", "ію", "iu", "ію", "yj", "ий", "iy", "ій", "ay", "ай", "oy", "ой", "ey", "ей", "uy", "уй", "'", "", "4", "ч")

// inCyrillic gives the readings of a Latin word.
func inCyrillic(s string) []string {
	first, second := spelled.Replace(s), spelled.Replace(spelledToo.Replace(s))
	if first == second {
		return []string{first}
	}
	return []string{first, second}
}
