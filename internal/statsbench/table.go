package statsbench

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Bounds of a file.
const (
	MaxBytes   = 1 << 30
	MaxColumns = 5000
)

// Table is a CSV file with a header.
type Table struct {
	Name    string
	Columns []string
	place   map[string]int
	cells   [][]string // column after column
	missing map[string]bool
	n       int
	line    []int // of each row in the file
}

// Missing are the words for a missing value.
func Missing() []string { return []string{"", "NA"} }

// ReadCSV reads a comma-separated file (a semicolon or a tab is noticed in the
// header) with names in the first line. Faults are named with line and column.
func ReadCSV(r io.Reader, name string) (*Table, error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(raw) > MaxBytes {
		return nil, badf("%s: over %d bytes", name, MaxBytes)
	}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		return nil, badf("%s: line %d is not UTF-8", name, badLine(raw))
	}
	c := csv.NewReader(bytes.NewReader(raw))
	c.Comma = separator(raw)
	c.ReuseRecord = true
	t := &Table{Name: name, place: map[string]int{}, missing: map[string]bool{}}
	for _, m := range Missing() {
		t.missing[m] = true
	}
	for {
		rec, err := c.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var pe *csv.ParseError
		if errors.As(err, &pe) {
			if errors.Is(pe.Err, csv.ErrFieldCount) {
				return nil, badf("%s: line %d has %d fields, the header has %d", name, pe.Line, len(rec), len(t.Columns))
			}
			return nil, badf("%s: line %d, column %d: %v", name, pe.Line, pe.Column, pe.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if t.Columns == nil {
			if len(rec) > MaxColumns {
				return nil, badf("%s: %d columns", name, len(rec))
			}
			for j, h := range rec {
				h = strings.TrimSpace(h)
				if _, twice := t.place[h]; twice {
					return nil, badf("%s: column %d is named %q like column %d", name, j+1, h, t.place[h]+1)
				}
				t.place[h] = j
				t.Columns = append(t.Columns, strings.Clone(h))
			}
			t.cells = make([][]string, len(rec))
			continue
		}
		line, _ := c.FieldPos(0)
		t.line = append(t.line, line)
		for j, v := range rec {
			t.cells[j] = append(t.cells[j], strings.Clone(strings.TrimSpace(v)))
		}
		t.n++
	}
	if t.Columns == nil {
		return nil, badf("%s: empty, not even a header", name)
	}
	if t.n == 0 {
		return nil, badf("%s: a header and no rows", name)
	}
	return t, nil
}

func badLine(raw []byte) int {
	line := 1
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == utf8.RuneError && size == 1 {
			return line
		}
		if r == '\n' {
			line++
		}
		raw = raw[size:]
	}
	return line
}

// separator is what the header uses most.
func separator(raw []byte) rune {
	head, _, _ := bytes.Cut(raw, []byte("\n"))
	best, most := ',', bytes.Count(head, []byte(","))
	for _, r := range []rune{';', '\t'} {
		if n := bytes.Count(head, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}

// Rows of the table.
func (t *Table) Rows() int { return t.n }

// Has tells whether there is a column of this name.
func (t *Table) Has(name string) bool {
	_, ok := t.place[name]
	return ok
}

// Text of a column.
func (t *Table) Text(name string) ([]string, error) {
	j, ok := t.place[name]
	if !ok {
		return nil, badf("%s has no column %q; it has %s", t.Name, name, strings.Join(t.few(), ", "))
	}
	return t.cells[j], nil
}

func (t *Table) few() []string {
	if len(t.Columns) > 30 {
		return append(slices.Clone(t.Columns[:30]), "…")
	}
	return t.Columns
}

// number reads one cell; TRUE and FALSE are 1 and 0, as R writes them.
func number(s string) (float64, bool) {
	switch s {
	case "TRUE", "True", "true":
		return 1, true
	case "FALSE", "False", "false":
		return 0, true
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// Numbers of a column, NaN where missing. Anything else is an error that names
// line and column.
func (t *Table) Numbers(name string) ([]float64, error) {
	text, err := t.Text(name)
	if err != nil {
		return nil, err
	}
	out := make([]float64, t.n)
	for i, s := range text {
		if t.missing[s] {
			out[i] = math.NaN()
			continue
		}
		v, ok := number(s)
		if !ok {
			return nil, badf("%s: line %d, column %q: %q is no number", t.Name, t.line[i], name, s)
		}
		out[i] = v
	}
	return out, nil
}

// Numeric tells whether every value of a column is a number (TRUE and FALSE are
// categories here) and at least one is there.
func (t *Table) Numeric(name string) bool {
	text, err := t.Text(name)
	if err != nil {
		return false
	}
	some := false
	for _, s := range text {
		if t.missing[s] {
			continue
		}
		if v, err := strconv.ParseFloat(s, 64); err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return false
		}
		some = true
	}
	return some
}

// Codes of a column as categories: −1 where missing, labels in order (numbers
// by size, words by letter).
func (t *Table) Codes(name string) (codes []int, labels []string, err error) {
	text, err := t.Text(name)
	if err != nil {
		return nil, nil, err
	}
	place := map[string]int{}
	for _, s := range text {
		if _, known := place[s]; !known && !t.missing[s] {
			place[s] = 0
			labels = append(labels, s)
		}
	}
	SortLabels(labels)
	for k, l := range labels {
		place[l] = k
	}
	codes = make([]int, t.n)
	for i, s := range text {
		if codes[i] = -1; !t.missing[s] {
			codes[i] = place[s]
		}
	}
	return codes, labels, nil
}

// CrossCodes of several columns: one category per combination that occurs, the
// first column running fastest; labels are joined by a dot.
func (t *Table) CrossCodes(names []string) (codes []int, labels []string, parts [][]string, err error) {
	codes = make([]int, t.n)
	parts = [][]string{{}}
	for k := len(names) - 1; k >= 0; k-- {
		c, l, err := t.Codes(names[k])
		if err != nil {
			return nil, nil, nil, err
		}
		for i := range codes {
			if codes[i] < 0 || c[i] < 0 {
				codes[i] = -1
			} else {
				codes[i] = codes[i]*len(l) + c[i]
			}
		}
		var next [][]string
		for _, p := range parts {
			for _, x := range l {
				next = append(next, append([]string{x}, p...))
			}
		}
		if parts = next; len(parts) > 1_000_000 {
			return nil, nil, nil, badf("%s has too many combinations of %s", t.Name, strings.Join(names, ", "))
		}
	}
	used := make([]int, len(parts))
	for _, c := range codes {
		if c >= 0 {
			used[c]++
		}
	}
	at := make([]int, len(parts))
	var kept [][]string
	for c, p := range parts {
		if at[c] = -1; used[c] > 0 {
			at[c] = len(kept)
			kept = append(kept, p)
			labels = append(labels, strings.Join(p, "."))
		}
	}
	for i, c := range codes {
		if c >= 0 {
			codes[i] = at[c]
		}
	}
	return codes, labels, kept, nil
}

// SortLabels puts numbers in order of size and words in order of letters, small
// before capital.
func SortLabels(labels []string) {
	all := true
	for _, l := range labels {
		if _, err := strconv.ParseFloat(l, 64); err != nil {
			all = false
		}
	}
	sort.SliceStable(labels, func(i, j int) bool {
		a, b := labels[i], labels[j]
		if all {
			x, _ := strconv.ParseFloat(a, 64)
			y, _ := strconv.ParseFloat(b, 64)
			return x < y
		}
		if x, y := strings.ToLower(a), strings.ToLower(b); x != y {
			return x < y
		}
		return a > b
	})
}

// Where keeps the rows for which keep is true.
func (t *Table) Where(keep []bool) *Table {
	out := &Table{Name: t.Name, Columns: t.Columns, place: t.place, missing: t.missing, cells: make([][]string, len(t.cells))}
	for i, k := range keep {
		if !k {
			continue
		}
		out.n++
		out.line = append(out.line, t.line[i])
		for j := range t.cells {
			out.cells[j] = append(out.cells[j], t.cells[j][i])
		}
	}
	return out
}
