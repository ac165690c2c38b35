package place

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"osvitlo/internal/fault"
)

// Bounds of an imported file.
const (
	MaxImport     = 32 << 20 // bytes
	maxImportRows = 60_000
	maxColumns    = 80
	maxLine       = 64 << 10 // bytes of a row of CSV
	maxCell       = 4 << 10  // bytes of a cell that are looked at
	maxJoined     = 20       // lines a quoted cell may run over
	maxUnzipped   = 512 << 20
	sampleBytes   = 256 << 10
)

// Formats of an imported file.
const (
	FormatCSV     = "csv"
	FormatXLSX    = "xlsx"
	FormatGeoJSON = "geojson"
)

// Charsets of CSV.
const (
	CharsetUTF8    = "utf-8"
	CharsetUTF16LE = "utf-16le"
	CharsetUTF16BE = "utf-16be"
	Charset1251    = "windows-1251"
)

// row is a row of a file: its number as people count, and its cells. Broken names what
// keeps it from being read.
type row struct {
	n      int
	cells  []string
	broken string // message key
}

// sniff tells what a file is by its first bytes.
func sniff(sample []byte) (format, charset, comma string) {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(sample, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case bytes.HasPrefix(sample, []byte("PK\x03\x04")):
		return FormatXLSX, "", ""
	case bytes.HasPrefix(trimmed, []byte("{")):
		return FormatGeoJSON, CharsetUTF8, ""
	}
	charset = sniffCharset(sample)
	text, err := io.ReadAll(decoded(bytes.NewReader(sample), charset))
	if err != nil {
		text = sample // decoders of a charset do not fail; the bytes are good enough to count separators
	}
	return FormatCSV, charset, sniffComma(string(text))
}

// sniffCharset tells UTF-16 by its mark or its zeros, UTF-8 by its sequences (a few
// broken ones do not make it another), and takes the rest for Windows-1251.
func sniffCharset(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return CharsetUTF8
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return CharsetUTF16LE
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return CharsetUTF16BE
	}
	even, odd := 0, 0
	for i, c := range b {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	if n := len(b) / 16; odd > n && odd > 4*even {
		return CharsetUTF16LE
	} else if even > n && even > 4*odd {
		return CharsetUTF16BE
	}
	good, bad := 0, 0
	for rest := b; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && size == 1:
			if len(rest) >= utf8.UTFMax { // the sample may cut the last letter
				bad++
			}
		case size > 1:
			good++
		}
		rest = rest[size:]
	}
	if bad == 0 || good > 4*bad {
		return CharsetUTF8
	}
	return Charset1251
}

func decoded(r io.Reader, charset string) io.Reader {
	var e encoding.Encoding
	switch charset {
	case CharsetUTF16LE:
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case CharsetUTF16BE:
		e = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case Charset1251:
		e = charmap.Windows1251
	default:
		return unicode.UTF8BOM.NewDecoder().Reader(r)
	}
	return e.NewDecoder().Reader(r)
}

// sniffComma takes the separator that stands most evenly in the first lines.
func sniffComma(text string) string {
	lines := strings.Split(text, "\n")
	if len(lines) > 20 {
		lines = lines[:20]
	}
	best, most := ";", 0
	for _, comma := range []string{";", "\t", ",", "|"} {
		head := countOutside(lines[0], comma[0])
		if head == 0 {
			continue
		}
		score := head
		for _, line := range lines[1:] {
			if countOutside(line, comma[0]) == head {
				score += head
			}
		}
		if score > most {
			best, most = comma, score
		}
	}
	return best
}

func countOutside(line string, comma byte) (n int) {
	quoted := false
	for i := range len(line) {
		switch {
		case line[i] == '"':
			quoted = !quoted
		case line[i] == comma && !quoted:
			n++
		}
	}
	return n
}

// readCSV streams the rows of a table. A row that cannot be read says so and the next
// one is read: an open quote does not swallow the file.
func readCSV(r io.Reader, charset, comma string) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		if len(comma) != 1 {
			yield(row{}, fault.InvalidFields(fault.Field{Pointer: "comma", Key: "place.import_comma"}))
			return
		}
		in := &lines{r: bufio.NewReaderSize(decoded(r, charset), 64<<10)}
		for n := 1; ; n++ {
			text, err := in.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if errors.Is(err, errLongLine) {
				if !yield(row{n: n, broken: "place.row_long"}, nil) {
					return
				}
				continue
			}
			if err != nil {
				yield(row{}, fault.From(err, fault.Invalid, "place.import_read"))
				return
			}
			cells, open := split(text, comma[0])
			if open {
				cells, open = in.join(text, comma[0])
			}
			one := row{n: n, cells: cells}
			if open {
				one.broken = "place.row_quote"
			}
			if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
				continue // an empty line is no row, but it is counted
			}
			if !yield(one, nil) {
				return
			}
		}
	}
}

var errLongLine = errors.New("a line is too long")

// lines reads lines and can take back those it has read ahead.
type lines struct {
	r    *bufio.Reader
	back []string
}

func (l *lines) next() (string, error) {
	if len(l.back) > 0 {
		text := l.back[0]
		l.back = l.back[1:]
		return text, nil
	}
	var b []byte
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if len(b)+len(part) > maxLine {
			long = true
		} else {
			b = append(b, part...)
		}
		switch {
		case err == nil:
			if long {
				return "", errLongLine
			}
			return strings.TrimRight(string(b), "\r\n"), nil
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF) && len(b) > 0 && !long:
			return strings.TrimRight(string(b), "\r\n"), nil
		case errors.Is(err, io.EOF) && long:
			return "", errLongLine
		default:
			return "", err
		}
	}
}

// join tries to close a quote with the following lines; if none closes it they are read
// again as rows of their own.
func (l *lines) join(text string, comma byte) (cells []string, open bool) {
	var ahead []string
	whole := text
	for range maxJoined {
		next, err := l.next()
		if err != nil {
			break // the end, or a line that is too long: the quote stays open
		}
		ahead = append(ahead, next)
		if whole += "\n" + next; len(whole) > maxLine {
			break
		}
		if cells, open = split(whole, comma); !open {
			return cells, false
		}
	}
	l.back = append(ahead, l.back...)
	cells, _ = split(text, comma)
	return cells, true
}

// split cuts a row into cells; open says that a quote was not closed.
func split(text string, comma byte) (cells []string, open bool) {
	var b strings.Builder
	quoted, start := false, true
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quoted && c == '"' && i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		case quoted && c == '"':
			quoted = false
		case quoted:
			b.WriteByte(c)
		case c == '"' && start:
			quoted, start = true, false
		case c == comma:
			cells = append(cells, b.String())
			b.Reset()
			start = true
			if len(cells) > maxColumns {
				return cells, false
			}
		default:
			b.WriteByte(c)
			if c != ' ' {
				start = false
			}
		}
	}
	return append(cells, b.String()), quoted
}

// readXLSX streams the first sheet of a workbook. Large parts are unpacked to disk.
func readXLSX(r io.Reader) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		bad := func(err error) { yield(row{}, fault.From(err, fault.Invalid, "place.import_xlsx")) }
		raw, err := io.ReadAll(io.LimitReader(r, MaxImport+1))
		if err != nil {
			bad(err)
			return
		}
		if z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw))); err != nil {
			bad(err)
			return
		} else if len(z.File) > 2000 {
			bad(fmt.Errorf("a workbook of %d parts", len(z.File)))
			return
		}
		f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{UnzipSizeLimit: maxUnzipped, UnzipXMLSizeLimit: 8 << 20, RawCellValue: true})
		if err != nil {
			bad(err)
			return
		}
		defer func() { _ = f.Close() }() // temporary files: what stays, the system's folder loses
		sheets := f.GetSheetList()
		if len(sheets) == 0 {
			bad(errors.New("no sheet"))
			return
		}
		rows, err := f.Rows(sheets[0])
		if err != nil {
			bad(err)
			return
		}
		defer func() { _ = rows.Close() }() // only read
		for n := 1; rows.Next(); n++ {
			cells, err := rows.Columns()
			if err != nil {
				bad(err)
				return
			}
			if len(cells) > maxColumns {
				cells = cells[:maxColumns]
			}
			if strings.TrimSpace(strings.Join(cells, "")) == "" {
				continue
			}
			if !yield(row{n: n, cells: cells}, nil) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			bad(err)
		}
	}
}

// geoHead are the columns a feature's geometry makes.
const (
	geoLat = "lat"
	geoLon = "lon"
)

type geoFeature struct {
	Properties map[string]any `json:"properties"`
	Geometry   *struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// readGeoJSON streams the features of a collection as rows under a head; the head itself
// is the first row, number 0. Features are counted from 1.
func readGeoJSON(r io.Reader, head []string) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		bad := func(err error) { yield(row{}, fault.From(err, fault.Invalid, "place.import_geojson")) }
		d := json.NewDecoder(decoded(r, CharsetUTF8))
		if err := toFeatures(d); err != nil {
			bad(err)
			return
		}
		n := 0
		var first []geoFeature
		for head == nil && d.More() && len(first) < 50 {
			var f geoFeature
			if err := d.Decode(&f); err != nil {
				bad(err)
				return
			}
			first = append(first, f)
		}
		if head == nil {
			head = headOf(first)
		}
		if !yield(row{cells: head}, nil) {
			return
		}
		for _, f := range first {
			if n++; !yield(f.row(n, head), nil) {
				return
			}
		}
		for d.More() {
			var f geoFeature
			if err := d.Decode(&f); err != nil {
				bad(err)
				return
			}
			if n++; !yield(f.row(n, head), nil) {
				return
			}
		}
	}
}

// toFeatures reads up to the first feature of the collection.
func toFeatures(d *json.Decoder) error {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("no object: %w", errors.Join(err))
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return err
		}
		if key == "features" {
			t, err := d.Token()
			if err == nil && t != json.Delim('[') {
				err = errors.New("features is no list")
			}
			return err
		}
		var skip json.RawMessage
		if err := d.Decode(&skip); err != nil {
			return err
		}
	}
	return errors.New("no features")
}

func headOf(list []geoFeature) []string {
	head := []string{geoLat, geoLon}
	have := map[string]bool{geoLat: true, geoLon: true}
	for _, f := range list {
		keys := make([]string, 0, len(f.Properties))
		for k := range f.Properties {
			keys = append(keys, k)
		}
		sortStrings(keys)
		for _, k := range keys {
			if !have[k] && len(head) < maxColumns {
				have[k], head = true, append(head, k)
			}
		}
	}
	return head
}

func (f geoFeature) row(n int, head []string) row {
	out := row{n: n, cells: make([]string, len(head))}
	var at []float64
	if f.Geometry != nil {
		if f.Geometry.Type != "Point" {
			out.broken = "place.row_geometry"
		} else if err := json.Unmarshal(f.Geometry.Coordinates, &at); err != nil || len(at) < 2 {
			out.broken = "place.row_geometry"
		}
	}
	for i, name := range head {
		switch {
		case name == geoLat && len(at) > 1:
			out.cells[i] = strconv.FormatFloat(at[1], 'f', -1, 64)
		case name == geoLon && len(at) > 1:
			out.cells[i] = strconv.FormatFloat(at[0], 'f', -1, 64)
		default:
			out.cells[i] = plain(f.Properties[name])
		}
	}
	return out
}

func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case []any:
		parts := make([]string, len(x))
		for i, one := range x {
			parts[i] = plain(one)
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// rows streams a file by its format, the head first.
func rows(_ context.Context, r io.Reader, imp *Import) iter.Seq2[row, error] {
	switch imp.Format {
	case FormatXLSX:
		return readXLSX(r)
	case FormatGeoJSON:
		return readGeoJSON(r, imp.Head)
	}
	return readCSV(r, imp.Charset, imp.Comma)
}
