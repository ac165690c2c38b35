package sheet

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Match gives each column the first head that no earlier column has and that holds one of
// the column's words (lower case): as a word, or, from four letters, as a part of one. A
// column that finds none is left out.
func Match(heads, columns []string, words map[string][]string) map[string]string {
	mapping, taken := map[string]string{}, map[string]bool{}
	for _, column := range columns {
		for _, head := range heads {
			low := strings.ToLower(head)
			parts := strings.FieldsFunc(low, func(r rune) bool { return !unicode.IsLetter(r) })
			if !taken[head] && slices.ContainsFunc(words[column], func(w string) bool {
				return slices.Contains(parts, w) || utf8.RuneCountInString(w) > 3 && strings.Contains(low, w)
			}) {
				mapping[column], taken[head] = head, true
				break
			}
		}
	}
	return mapping
}

// Choice is the columns that somebody has looked at for an earlier table: column → head.
type Choice struct {
	By      string
	Columns map[string]string
}

// Fits tells whether a table's head has all that a choice names.
func (c Choice) Fits(head []string) bool {
	for _, h := range c.Columns {
		if !slices.Contains(head, h) {
			return false
		}
	}
	return len(c.Columns) > 0
}

// Recall finds among earlier tables, the newest first, the one whose columns fit a head:
// by's own latest choice, else anybody's. choice tells what was chosen; a table whose
// columns nobody looked at has none.
func Recall[T any](head []string, by string, earlier iter.Seq2[T, error], choice func(T) Choice) (best T, found bool, err error) {
	for one, err := range earlier {
		if err != nil {
			return best, false, err
		}
		c := choice(one)
		switch {
		case !c.Fits(head):
		case c.By == by:
			return one, true, nil
		case !found:
			best, found = one, true
		}
	}
	return best, found, nil
}
