package spelling

import (
	"slices"
	"strings"
	"unicode"
)

// Letters of the folded alphabet: Latin ones with these sounds besides their usual
// ones: c ц, j ж, q ч, w ш, x х. Soft signs and apostrophes fall away, и, і, ї, й and
// ы are one letter, as are г, ґ and h; doubled letters are one.
var cyrillicFold = map[rune]string{
	'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e", 'є': "e", 'э': "e", 'ё': "e",
	'ж': "j", 'з': "z", 'и': "i", 'і': "i", 'ї': "i", 'й': "i", 'ы': "i", 'к': "k", 'л': "l", 'м': "m",
	'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t", 'у': "u", 'ў': "u", 'ф': "f", 'х': "x",
	'ц': "c", 'ч': "q", 'ш': "w", 'щ': "wq", 'ю': "u", 'я': "a", 'ь': "", 'ъ': "",
}

// latinFold lists groups of Latin letters, longest first. soft ones stand for one
// Cyrillic vowel, but may also be two: "Yulia" is Юля or Юлія.
var latinFold = []struct {
	from, to string
	soft     bool
}{
	{"shch", "wq", false}, {"sch", "wq", false}, {"zgh", "zg", false},
	{"zh", "j", false}, {"kh", "x", false}, {"ts", "c", false}, {"tz", "c", false}, {"ch", "q", false},
	{"sh", "w", false}, {"ph", "f", false}, {"th", "t", false}, {"ck", "k", false},
	{"yu", "u", true}, {"iu", "u", true}, {"ju", "u", true}, {"ya", "a", true}, {"ia", "a", true}, {"ja", "a", true},
	{"ye", "e", true}, {"ie", "e", true}, {"je", "e", true}, {"yi", "i", true}, {"ji", "i", true},
	{"yo", "o", true}, {"io", "o", true}, {"jo", "o", true},
}

var latinLetter = map[rune]string{
	'a': "a", 'b': "b", 'c': "c", 'd': "d", 'e': "e", 'f': "f", 'g': "g", 'h': "g", 'i': "i", 'j': "i", 'k': "k",
	'l': "l", 'm': "m", 'n': "n", 'o': "o", 'p': "p", 'q': "k", 'r': "r", 's': "s", 't': "t", 'u': "u", 'v': "v",
	'w': "v", 'x': "ks", 'y': "i", 'z': "z", 'š': "w", 'č': "q", 'ž': "j", 'ł': "l", 'ń': "n", 'ś': "s", 'ć': "c",
	'ó': "o", 'ą': "a", 'ę': "e", 'ż': "j", 'ź': "z", 'ä': "a", 'ö': "o", 'ü': "u", 'ß': "s", 'é': "e", 'è': "e",
}

// Fold gives the keys of one word: usually one, two when Latin letters can be read
// in two ways. Empty when the word has no letter that folds.
func Fold(word string) []string {
	runes := make([]rune, 0, len(word))
	for _, r := range word {
		if len(runes) == MaxName {
			break
		}
		runes = append(runes, unicode.ToLower(r))
	}
	text := string(runes)
	hard, again := fold(text, false)
	keys := add(nil, hard)
	if again {
		soft, _ := fold(text, true)
		keys = add(keys, soft)
	}
	return keys
}

// fold reads the word; with literal the soft groups are read letter by letter. soft
// tells whether that makes a difference.
func fold(text string, literal bool) (key string, soft bool) {
	var b strings.Builder
	last := byte(0)
	put := func(s string) {
		for i := range len(s) {
			if s[i] != last {
				last = s[i]
				b.WriteByte(last)
			}
		}
	}
	for text != "" {
		matched := false
		if c := text[0]; c >= 'a' && c <= 'z' {
			for _, g := range latinFold {
				if strings.HasPrefix(text, g.from) {
					if g.soft {
						soft = true
						if literal {
							continue
						}
					}
					put(g.to)
					text, matched = text[len(g.from):], true
					break
				}
			}
		}
		if matched {
			continue
		}
		for i, r := range text {
			if i > 0 {
				text = text[i:]
				matched = true
				break
			}
			if s, ok := cyrillicFold[r]; ok {
				put(s)
			} else if s, ok := latinLetter[r]; ok {
				put(s)
			}
		}
		if !matched {
			break
		}
	}
	return b.String(), soft
}

func add(keys []string, key string) []string {
	if key == "" || slices.Contains(keys, key) {
		return keys
	}
	return append(keys, key)
}

// kin are given names that are one name in two languages or two spellings, and do
// not fold alike.
var kin = func() map[string][]string {
	groups := map[string][]string{}
	for _, line := range []string{
		"Микола Николай Ніколай", "Олександр Александр Олександер", "Олександра Александра", "Володимир Владимир",
		"Олена Елена Альона Алёна", "Ганна Анна", "Сергій Сергей", "Андрій Андрей", "Дмитро Дмитрий Димитрій Дмітрій",
		"Михайло Михаил Міхаїл", "Василь Василий Васілій", "Павло Павел", "Петро Петр Пётр", "Олексій Алексей Алексій",
		"Тетяна Татьяна Татяна", "Світлана Светлана", "Катерина Екатерина", "Надія Надежда", "Віра Вера",
		"Євген Евгений Євгеній", "Федір Федор Фёдор Теодор", "Степан Стефан Стівен", "Яків Яков", "Йосип Иосиф Осип",
		"Микита Никита Нікіта", "Данило Даниил Даніїл Данил", "Кирило Кирилл Кіріл", "Антін Антон", "Пилип Филипп Філіп",
		"Анастасія Настасія Настя", "Костянтин Константин Костянтін", "Матвій Матвей", "Тимофій Тимофей Тиміш",
		"Гаврило Гавриил Гавриїл", "Лев Леонід Леонид", "Ростислав Ростіслав", "Софія Софья Соня", "Поліна Аполлінарія",
		"Еліна Эллина", "Раїса Раиса", "Валерій Валерий", "Арсен Арсеній Арсений", "Захар Захарій", "Ілля Илья Ілія Елія",
		"Христина Кристина", "Юхим Ефим Єфим", "Омелян Емельян", "Онуфрій Онисим", "Остап Євстафій", "Мар’яна Марьяна Маріанна",
		"Емілія Эмилия", "Дар’я Дарія Дарья", "Тарас Тарасій",
	} {
		var keys []string
		for name := range strings.FieldsSeq(line) {
			for _, k := range Fold(name) {
				keys = add(keys, k)
			}
		}
		for _, k := range keys {
			for _, other := range keys {
				groups[k] = add(groups[k], other)
			}
		}
	}
	return groups
}()

// words splits a name into words for search: hyphens part, full stops go.
func words(name string) []string {
	if len(name) > 8*MaxName {
		name = name[:8*MaxName] // a cut letter folds to nothing
	}
	list := strings.FieldsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || r == '-' || r == '–' || r == '—' || r == '.' || r == ','
	})
	return list[:min(len(list), maxWords)]
}

// Variants gives the keys of a written name, word by word: the folds of the word,
// the same without the і of -ія, and the names that are kin to it.
func Variants(name string) [][]string {
	var out [][]string
	for _, w := range words(name) {
		var keys []string
		for _, k := range Fold(w) {
			keys = add(keys, k)
			if stem, ok := strings.CutSuffix(k, "ia"); ok && len(stem) > 1 {
				keys = add(keys, stem+"a")
			}
			for _, other := range kin[k] {
				keys = add(keys, other)
			}
		}
		if len(keys) > 0 {
			out = append(out, keys)
		}
	}
	return out
}

// Lengths of the prefixes that are searched, in folded letters.
const (
	MinPrefix = 2
	MaxPrefix = 12
)

// Prefixes lists what a stored name is found by: the first 2 to 12 letters of every
// variant of every word, each once.
func Prefixes(name string) []string {
	seen := map[string]bool{}
	var out []string
	for _, keys := range Variants(name) {
		for _, k := range keys {
			for n := MinPrefix; n <= min(len(k), MaxPrefix); n++ {
				if p := k[:n]; !seen[p] {
					seen[p] = true
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// Asked gives what a typed search asks for: for every word that has two letters or
// more the prefixes of which one must match, the longest word first.
func Asked(text string) [][]string {
	var out [][]string
	for _, w := range words(text) {
		var prefixes []string
		for _, k := range Fold(w) {
			if len(k) >= MinPrefix {
				prefixes = add(prefixes, k[:min(len(k), MaxPrefix)])
			}
		}
		if len(prefixes) > 0 {
			out = append(out, prefixes)
		}
	}
	slices.SortStableFunc(out, func(a, b []string) int { return len(b[0]) - len(a[0]) })
	return out
}

// voice joins consonants that are mixed up by ear.
var voice = strings.NewReplacer("b", "p", "d", "t", "g", "k", "x", "k", "z", "s", "j", "w", "q", "w", "c", "s", "v", "f")

// Phonetic is the key of a word by ear: the first letter and the consonants behind
// it, voiced ones as their voiceless partners, at most six. Empty for no letters.
func Phonetic(word string) string {
	keys := Fold(word)
	if len(keys) == 0 {
		return ""
	}
	k := voice.Replace(keys[0])
	var b strings.Builder
	last := byte(0)
	for i := range len(k) {
		c := k[i]
		vowel := strings.IndexByte("aeiou", c) >= 0
		if vowel && i == 0 {
			b.WriteByte('a') // О-лена, Е-лена, А-льона
		}
		if !vowel && c != last {
			b.WriteByte(c)
		}
		last = c
		if b.Len() == 6 {
			break
		}
	}
	return b.String()
}

// Sounds lists the phonetic keys of the words of a name, each once.
func Sounds(name string) []string {
	var out []string
	for _, w := range words(name) {
		if k := Phonetic(w); len(k) > 1 {
			out = add(out, k)
		}
	}
	return out
}
