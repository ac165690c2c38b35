package itembank

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Reading is how hard the words of an item are to read: LIX (Björnsson 1968), mean
// words of a sentence plus the per cent of words over six letters. It needs no table
// of syllables, so one measure serves both languages; Ukrainian words are longer, so
// compare items within a language.
type Reading struct {
	LIX   float64
	Words int
}

// Ease puts LIX into one of the usual bands.
type Ease string

// The bands: under 30, 40, 50, and above.
const (
	Easy   Ease = "easy"
	Plain  Ease = "plain"
	Middle Ease = "middle"
	Hard   Ease = "hard"
)

// Ease of the text.
func (r Reading) Ease() Ease {
	switch {
	case r.LIX < 30:
		return Easy
	case r.LIX < 40:
		return Plain
	case r.LIX < 50:
		return Middle
	}
	return Hard
}

// ReadingOf measures all that a person reads before answering, in one language.
func ReadingOf(it *instrument.Item, lang string) Reading {
	var sentences, words, long int
	count := func(t i18n.Text) {
		s, w, l := measure(t.In(lang))
		sentences, words, long = sentences+s, words+w, long+l
	}
	count(it.Lead)
	count(it.Stem)
	count(it.Hint)
	for _, list := range [][]instrument.Option{it.Options, it.Left, it.Right} {
		for _, o := range list {
			count(o.Text)
		}
	}
	if words == 0 {
		return Reading{}
	}
	return Reading{LIX: float64(words)/float64(max(sentences, 1)) + 100*float64(long)/float64(words), Words: words}
}

// measure counts sentences, words and words over six letters of a text; its end is
// the end of a sentence.
func measure(text string) (sentences, words, long int) {
	open := false
	for _, w := range strings.Fields(text) {
		letters := strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
		if letters != "" {
			words++
			open = true
			if utf8.RuneCountInString(letters) > 6 {
				long++
			}
		}
		if open && strings.ContainsAny(w[len(w)-1:], ".!?:;") || open && strings.HasSuffix(w, "…") {
			sentences++
			open = false
		}
	}
	if open {
		sentences++
	}
	return sentences, words, long
}
