package learning

import (
	"strings"
	"unicode"
)

// Searching is kind: it reads Russian letters, mixed spellings and words typed with the
// wrong layout of the keyboard (USERS 21).

// latinKeys and cyrillicKeys are the same keys in two layouts.
var (
	latinKeys    = []rune("qwertyuiop[]asdfghjkl;'zxcvbnm,.`")
	cyrillicKeys = []rune("йцукенгшщзхїфівапролджєячсмитьбю'")
	swapped      = func() map[rune]rune {
		m := make(map[rune]rune, len(latinKeys))
		for i, r := range latinKeys {
			m[r] = cyrillicKeys[i]
		}
		return m
	}()
	folds = map[rune]string{'ы': "и", 'і': "и", 'ї': "и", 'э': "е", 'є': "е", 'ё': "е", 'ґ': "г", 'ъ': "", 'ь': "", '’': "", '\'': "", 'ʼ': ""}
)

// fold writes a text in lower case without what spellings differ by.
func fold(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if to, ok := folds[r]; ok {
			b.WriteString(to)
			continue
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// look reads what was typed: every word with the forms it may stand for.
func look(typed string) (want [][]string) {
	for _, word := range strings.Fields(strings.ToLower(typed)) {
		forms := []string{stem(strings.TrimSpace(fold(word)))}
		if other := strings.Map(func(r rune) rune {
			if to, ok := swapped[r]; ok {
				return to
			}
			return r
		}, word); other != word {
			forms = append(forms, stem(strings.TrimSpace(fold(other))))
		}
		if forms[0] != "" || len(forms) > 1 {
			want = append(want, forms)
		}
		if len(want) == 10 {
			break
		}
	}
	return want
}

// stem leaves off the ending of a longer word: «шахраї», «шахраями» and «шахрай» meet.
func stem(word string) string {
	r := []rune(word)
	switch n := len(r); {
	case n >= 8:
		return string(r[:n-3])
	case n >= 6:
		return string(r[:n-2])
	case n >= 5:
		return string(r[:n-1])
	}
	return word
}

// found tells whether every word begins some word of the text in one of its forms.
func found(text string, want [][]string) bool {
	text = " " + text
	for _, forms := range want {
		hit := false
		for _, f := range forms {
			hit = hit || f != "" && strings.Contains(text, " "+f)
		}
		if !hit {
			return false
		}
	}
	return true
}
