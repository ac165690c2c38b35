package search

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"
)

// way leads from a typed word to a term of the index.
type way struct {
	term   int32
	weight float64
}

// read turns a query into its words and the terms each may mean. A word that leads
// nowhere keeps its place: it lowers the share of words found.
func (ix *Index) read(query string) (tokens [][]way) {
	query = cutLetters(strings.ToLower(strings.TrimSpace(query)), maxQuery)
	chunks := strings.Fields(query)
	for n, chunk := range chunks {
		last := n == len(chunks)-1
		typed := readings(fold(chunk))
		other := ix.turned(chunk)
		switch {
		case len(typed) == 0 && len(other) == 0:
			continue
		case len(typed) == 0 || !slices.ContainsFunc(typed, func(w string) bool { return ix.knows([]string{w}) }) && ix.knows(other):
			// the other layout gives words we have, this one does not
			for _, w := range other {
				if !stops[w] {
					tokens = append(tokens, ix.ways(w, otherKeys, last))
				}
			}
		default:
			for _, w := range typed {
				if !stops[w] {
					tokens = append(tokens, ix.ways(w, asTyped, last))
				}
			}
		}
		if len(tokens) >= maxTokens {
			return tokens[:maxTokens]
		}
	}
	return tokens
}

func cutLetters(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// readings are the words of one chunk of a query: a word in two parts counts as one when
// it is written with a hyphen, else its parts would be asked for twice.
func readings(folded string) []string {
	list := words(folded)
	if len(list) == 3 && list[2] == list[0]+list[1] {
		return list[2:]
	}
	return slices.DeleteFunc(list, func(w string) bool { return len(w) > maxWord })
}

// turned are the words of a chunk typed in the other keyboard layout.
func (ix *Index) turned(chunk string) []string {
	latin, cyrillic := 0, 0
	for _, r := range chunk {
		switch {
		case isLatin(r):
			latin++
		case r >= 'а' && r <= 'ґ':
			cyrillic++
		}
	}
	switch {
	case latin > 0 && cyrillic == 0:
		return readings(fold(otherLayout(chunk, toCyrillic)))
	case cyrillic > 0 && latin == 0:
		return readings(fold(otherLayout(chunk, toLatin)))
	}
	return nil
}

// knows tells whether every one of some words leads to a term: as it stands, by a row of
// words.txt, or read in the other alphabet.
func (ix *Index) knows(list []string) bool {
	for _, w := range list {
		if stops[w] || utf8.RuneCountInString(w) < 2 || !slices.ContainsFunc(append(ix.read1(w), stem(w)), ix.leads) {
			return false
		}
	}
	return len(list) > 0
}

// leads tells whether a stem is a term or means one.
func (ix *Index) leads(s string) bool {
	_, ok := ix.at[s]
	return ok || slices.ContainsFunc(meant[s], func(m string) bool { _, ok := ix.at[m]; return ok })
}

// read1 gives the stems of a Latin word read as Ukrainian.
func (ix *Index) read1(w string) (list []string) {
	if w == "" || !isLatin(rune(w[0])) {
		return nil
	}
	for _, c := range inCyrillic(w) {
		list = append(list, stem(fold(c)))
	}
	return list
}

// ways lists the terms one typed word may mean, the surest reading of each. Misspellings
// are looked for only when nothing else was found: a right word never gives its
// neighbours.
func (ix *Index) ways(w string, weight float64, last bool) (list []way) {
	best := map[int32]float64{}
	add := func(t int32, weight float64) { best[t] = max(best[t], weight) }
	exact := func(s string, weight float64) {
		if t, ok := ix.at[s]; ok {
			add(t, weight)
		}
		for _, m := range meant[s] {
			if t, ok := ix.at[m]; ok {
				add(t, weight*asMeant)
			}
		}
	}
	stems := []string{stem(w)}
	exact(stems[0], weight)
	for _, s := range ix.read1(w) {
		exact(s, weight*otherKeys)
		stems = append(stems, s)
	}
	if last || len(best) == 0 {
		for i, s := range append([]string{w}, stems[1:]...) {
			ix.begins(s, func(t int32) {
				if i > 0 {
					add(t, weight*beginning*otherKeys)
					return
				}
				add(t, weight*beginning)
			})
		}
	}
	if len(best) == 0 {
		for i, s := range stems {
			k := weight
			if i > 0 {
				k *= otherKeys
			}
			ix.misspelt(s, k, add)
		}
	}
	for t, k := range best {
		list = append(list, way{t, k})
	}
	slices.SortFunc(list, func(a, b way) int { return int(a.term - b.term) })
	return list
}

// begins lists terms that begin with what was typed, from three letters on.
func (ix *Index) begins(s string, each func(int32)) {
	if utf8.RuneCountInString(s) < least {
		return
	}
	from, _ := slices.BinarySearchFunc(ix.terms, s, func(t term, s string) int { return strings.Compare(t.text, s) })
	for i := from; i < min(len(ix.terms), from+maxExpanded) && strings.HasPrefix(ix.terms[i].text, s); i++ {
		each(int32(i))
	}
}

// misspelt lists terms that differ from a stem by one letter, or by two when it has seven
// or more, and rows of words.txt that differ by one. Words with figures are codes and are
// not guessed.
func (ix *Index) misspelt(s string, weight float64, add func(int32, float64)) {
	n := utf8.RuneCountInString(s)
	if n < 4 || n > maxWord || strings.ContainsAny(s, "0123456789") {
		return
	}
	edits := 1
	if n >= 7 {
		edits = 2
	}
	ix.near(s, edits, func(t int32, d int) {
		if d == 1 {
			add(t, weight*oneOff)
		} else {
			add(t, weight*twoOff)
		}
	})
	if n < 5 {
		return
	}
	runes := []rune(s)
	for _, row := range rows {
		if len(row.runes) >= n-1 && len(row.runes) <= n+1 && distance(runes, row.runes, 1) <= 1 {
			for _, m := range row.meant {
				if t, ok := ix.at[m]; ok {
					add(t, weight*oneOff*asMeant)
				}
			}
		}
	}
}

//go:embed words.txt
var wordsFile string

type row struct {
	runes []rune
	meant []string
}

// meant leads from the stem of a Russian or everyday word to stems of ours.
var meant, rows = readWords(wordsFile)

// readWords reads the table: "word word = word word", what people type on the left, what
// our texts say on the right.
func readWords(file string) (map[string][]string, []row) {
	table := map[string][]string{}
	for line := range strings.Lines(file) {
		line, _, _ = strings.Cut(line, "#")
		typed, ours, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		var to []string
		for _, w := range strings.Fields(ours) {
			to = append(to, stem(fold(w)))
		}
		for _, w := range strings.Fields(typed) {
			s := stem(fold(w))
			for _, t := range to {
				if t != s && !slices.Contains(table[s], t) {
					table[s] = append(table[s], t)
				}
			}
		}
	}
	var list []row
	for s, to := range table {
		list = append(list, row{[]rune(s), to})
	}
	slices.SortFunc(list, func(a, b row) int { return slices.Compare(a.runes, b.runes) })
	return table, list
}
