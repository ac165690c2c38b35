// Package sheet reads tables that people send: CSV in any of the charsets and with any of
// the separators they use, and the first sheet of a workbook.
//
// Guarantees: rows are streamed with the numbers that people see; a row that cannot be
// read names why and does not spoil the next one; columns, cells, rows of text and what a
// workbook unpacks to are bounded; a file never makes it panic.
//
// It does not: know what a column means, keep files, or write any.
package sheet

import (
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/fault"
)

// Bounds of a table.
const (
	MaxColumns  = 80
	SampleBytes = 256 << 10 // that Sniff wants to see

	maxLine     = 64 << 10 // bytes of a row of CSV
	maxCell     = 4 << 10  // bytes of a cell that are looked at
	maxHead     = 60       // characters of a column's head
	maxJoined   = 20       // lines a quoted cell may run over
	maxUnzipped = 512 << 20
)

// Formats. JSON is only told apart: what it holds is for others to read.
const (
	CSV  = "csv"
	XLSX = "xlsx"
	JSON = "geojson"
)

// Charsets of CSV.
const (
	UTF8    = "utf-8"
	UTF16LE = "utf-16le"
	UTF16BE = "utf-16be"
	CP1251  = "windows-1251"
)

// Charsets lists what may be chosen for a table in text.
func Charsets() []string { return []string{UTF8, CP1251, UTF16LE, UTF16BE} }

// Commas lists the separators of a table in text.
func Commas() []string { return []string{";", ",", "\t", "|"} }

// Row is a row of a file: its number as people count, and its cells. Broken names what
// keeps it from being read (a message key).
type Row struct {
	N      int
	Cells  []string
	Broken string
}

// Cell is a cell without control characters and outer spaces, cut at its bound; empty
// where the row is shorter.
func (r *Row) Cell(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	text := r.Cells[i]
	if len(text) > maxCell {
		text = strings.ToValidUTF8(text[:maxCell], "")
	}
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' || c == '\u00a0' {
			return ' '
		}
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, text))
}

// Over tells whether a row holds anything behind the last column of the head.
func (r *Row) Over(columns int) bool {
	return len(r.Cells) > columns && strings.TrimSpace(strings.Join(r.Cells[columns:], "")) != ""
}

// Text is the row for a message, cut.
func (r *Row) Text() string { return Cut(strings.Join(r.Cells, " | "), 60) }

// Rows streams a table of a format, CSV or XLSX, the head first.
func Rows(r io.Reader, format, charset, comma string, most int64) iter.Seq2[Row, error] {
	if format == XLSX {
		return ReadXLSX(r, most)
	}
	return ReadCSV(io.LimitReader(r, most), charset, comma)
}

// Head makes of the first row names of columns, each once and none empty.
// Errors: Invalid for too many.
func Head(one Row) ([]string, error) {
	if len(one.Cells) > MaxColumns {
		return nil, fault.New(fault.Invalid, "sheet.columns")
	}
	head := make([]string, 0, len(one.Cells))
	taken := make(map[string]bool, len(one.Cells))
	for i, h := range one.Cells {
		h = Cut(strings.TrimSpace(strings.ToValidUTF8(h, "")), maxHead)
		if h == "" {
			h = "#" + strconv.Itoa(i+1)
		}
		for taken[h] {
			h += "'"
		}
		taken[h] = true
		head = append(head, h)
	}
	return head, nil
}

// Fold leaves small letters, digits and single spaces.
func Fold(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '’' || r == '\'' || r == 'ʼ':
			return -1
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// Cut shortens a text to a number of characters.
func Cut(text string, most int) string {
	if utf8.RuneCountInString(text) > most {
		return string([]rune(text)[:most]) + "…"
	}
	return text
}
