// Package export writes submitted sittings: as CSV or JSON lines for the operator
// (one row per sitting, or one per answer), as tables of answers for staff (the page
// and its CSV, XLSX, SPSS and Stata files come from one query), and as microdata of a
// closed wave for the public. It streams: memory does not grow with the number of rows.
//
// Every row of a demo city says so in its own column. A cell that a spreadsheet
// would run as a formula is defused. The package decides nothing about who may
// export. Rows become open data as microdata only, where each combination of what
// could tell people apart stands for five or more (package disclosure).
package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
)

// Format of the written file.
type Format string

// The formats: CSV is UTF-8 with a byte order mark, so that spreadsheets read
// Ukrainian; NDJSON is one JSON object a line.
const (
	CSV    Format = "csv"
	NDJSON Format = "ndjson"
)

// Source gives the sittings; sitting.Service is one.
type Source interface {
	All(ctx context.Context) iter.Seq2[*sitting.Sitting, error]
	Catalogue() *sitting.Catalogue
}

// Giver tells which items the adaptive part of a sitting gave: they stand in its bank
// and not in the instrument. sitting.Service is one; a source that is none has no such
// sittings.
type Giver interface {
	Given(ctx context.Context, doc *sitting.Sitting) ([]*instrument.Item, error)
}

// chosen asks a source for the items beyond the instrument.
func chosen(ctx context.Context, source any, doc *sitting.Sitting) ([]*instrument.Item, error) {
	if g, ok := source.(Giver); ok && doc.Bank != "" {
		return g.Given(ctx, doc)
	}
	return nil, nil
}

// Options say what is written.
type Options struct {
	Format Format
	Demo   bool
}

// head are the columns both exports begin with.
var head = []string{"demo", "sitting", "instrument", "version"}

// sittingColumns follow head in the export of sittings.
var sittingColumns = []string{"wave", "state", "reasons", "disposition", "mode", "evidence", "language", "purpose",
	"sex", "age_group", "age_band", "district", "lives", "internet", "submitted", "received",
	"method", "overall", "low", "high", "level", "ua1", "ua2", "ua3", "ua4", "ua5", "ua6"}

// answerColumns follow head in the export of answers.
var answerColumns = []string{"item", "column", "value", "score", "seconds"}

// Sittings writes a row for each submitted sitting and returns their number.
func Sittings(ctx context.Context, w io.Writer, src Source, o Options) (n int, err error) {
	defer fault.Wrap(&err, "export.Sittings")
	out, err := newTable(w, o.Format, append(append([]string{}, head...), sittingColumns...))
	if err != nil {
		return 0, err
	}
	for doc, err := range src.All(ctx) {
		if err != nil {
			return n, err
		}
		if !doc.Done() {
			continue
		}
		out.begin(doc, o.Demo)
		r := &doc.Respondent
		for _, cell := range []string{doc.Wave, string(doc.State), strings.Join(doc.Reasons, " "), string(doc.Disposition), string(doc.Mode),
			string(doc.Evidence), doc.Language, string(doc.Purpose), string(r.Sex), string(r.AgeGroup), r.AgeBand, r.District, string(r.Lives),
			string(r.Internet), stamp(doc.Submitted.Time), stamp(doc.Received.Time)} {
			out.add(cell)
		}
		out.scores(doc.Score)
		if err := out.end(); err != nil {
			return n, err
		}
		n++
	}
	return n, out.flush()
}

// Answers writes a row for each cell of each answer of each submitted sitting and
// returns their number. Scores are those of the item, 0 to 1, where it has a key.
func Answers(ctx context.Context, w io.Writer, src Source, o Options) (n int, err error) {
	defer fault.Wrap(&err, "export.Answers")
	out, err := newTable(w, o.Format, append(append([]string{}, head...), answerColumns...))
	if err != nil {
		return 0, err
	}
	columns := map[*instrument.Item][]instrument.Column{}
	for doc, err := range src.All(ctx) {
		if err != nil {
			return n, err
		}
		if !doc.Done() {
			continue
		}
		pub, ok := src.Catalogue().Version(doc.Instrument, doc.Version)
		if !ok {
			return n, fault.Newf(fault.Internal, "", "sitting of unknown instrument %s@%d", doc.Instrument, doc.Version)
		}
		more, err := chosen(ctx, src, doc)
		if err != nil {
			return n, err
		}
		for _, it := range slices.Concat(pub.Items(), more) {
			v, given := doc.Answers[it.ID]
			if !given {
				continue
			}
			if columns[it] == nil {
				columns[it] = it.Columns()
			}
			score := ""
			if it.Scored() {
				s, _, _ := it.Score(v)
				score = strconv.FormatFloat(s, 'g', -1, 64)
			}
			seconds := ""
			if spent, there := doc.Spent[it.ID]; there {
				seconds = strconv.Itoa(spent)
			}
			for i, cell := range it.Cells(v) {
				out.begin(doc, o.Demo)
				out.add(it.ID)
				out.add(columns[it][i].Name)
				out.add(cell)
				out.add(score)
				out.add(seconds)
				if err := out.end(); err != nil {
					return n, err
				}
				n++
			}
		}
	}
	return n, out.flush()
}

// stamp is the minute in UTC; finer time says more than an export needs.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04Z")
}

// table writes rows in one of the formats, reusing its buffers.
type table struct {
	columns []string
	row     []string
	csv     *csv.Writer
	json    *json.Encoder
	buf     *bufio.Writer
}

// byteOrderMark tells spreadsheets that the file is UTF-8.
const byteOrderMark = "\ufeff"

func newTable(w io.Writer, f Format, columns []string) (*table, error) {
	t := &table{columns: columns, buf: bufio.NewWriterSize(w, 64<<10)}
	switch f {
	case CSV:
		t.csv = csv.NewWriter(t.buf)
		if _, err := t.buf.WriteString(byteOrderMark); err != nil {
			return nil, err
		}
		return t, t.csv.Write(columns)
	case NDJSON:
		t.json = json.NewEncoder(t.buf)
		t.json.SetEscapeHTML(false)
		return t, nil
	}
	return nil, fault.Newf(fault.Invalid, "", "unknown format %q", f)
}

func (t *table) begin(doc *sitting.Sitting, demo bool) {
	t.row = t.row[:0]
	mark := "0"
	if demo {
		mark = "1"
	}
	t.row = append(t.row, mark, doc.ID, doc.Instrument, strconv.Itoa(doc.Version))
}

func (t *table) add(cell string) { t.row = append(t.row, cell) }

func (t *table) scores(s *sitting.Score) {
	if s == nil {
		for range len(t.columns) - len(t.row) {
			t.add("")
		}
		return
	}
	t.add(strconv.Itoa(s.Method))
	for _, p := range []*float64{s.Overall, s.Low, s.High} {
		t.add(number(p))
	}
	t.add(s.Level)
	areas := map[string]*float64{}
	for _, a := range s.Areas {
		areas[a.ID] = a.Value
	}
	for _, id := range t.columns[len(t.row):] {
		t.add(number(areas[id]))
	}
}

func number(p *float64) string {
	if p == nil {
		return ""
	}
	return strconv.FormatFloat(*p, 'f', 4, 64)
}

func (t *table) end() error {
	if t.json != nil {
		object := make(map[string]string, len(t.row))
		for i, cell := range t.row {
			if cell != "" {
				object[t.columns[i]] = cell
			}
		}
		return t.json.Encode(object)
	}
	for i, cell := range t.row {
		t.row[i] = defuse(cell)
	}
	return t.csv.Write(t.row)
}

// plainNumber is what may stand in a cell although it begins with a sign.
var plainNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// defuse keeps a spreadsheet from running a cell as a formula.
func defuse(cell string) string {
	if plainNumber.MatchString(cell) {
		return cell
	}
	return person.Cell(cell)
}

func (t *table) flush() error {
	if t.csv != nil {
		t.csv.Flush()
		if err := t.csv.Error(); err != nil {
			return err
		}
	}
	return t.buf.Flush()
}
