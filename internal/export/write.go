package export

import (
	"bufio"
	"context"
	"encoding/csv"
	"io"
	"math"
	"os"
	"strconv"

	"github.com/xuri/excelize/v2"

	"osvitlo/internal/fault"
)

// Formats of a table's files. The syntax files read the CSV that lies beside them.
const (
	XLSX  Format = "xlsx"
	SPSS  Format = "sps"
	Stata Format = "do"
)

// Files lists the formats of Table.Write.
var Files = []Format{CSV, XLSX, SPSS, Stata}

// ContentType is the media type of a format.
func (f Format) ContentType() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case NDJSON:
		return "application/x-ndjson"
	}
	return "text/plain; charset=utf-8"
}

// Name is the name of a table's file, without the ending: the same for the CSV and
// for the syntax that reads it.
func (t *Table) Name() string {
	name := "osvitlo-" + t.Instrument
	for _, part := range []string{t.Wave, string(t.Mode), string(t.State)} {
		if part != "" {
			name += "-" + part
		}
	}
	if t.tables.cfg.Demo {
		name += "-demo"
	}
	return name
}

// Write writes the whole table in a format and returns the number of rows in it
// (0 for the syntax files, which hold none). It streams: memory stays flat, a large
// workbook goes through a temporary file. Errors: Invalid (no such format), TooLarge
// (more rows than a worksheet has), those of the store.
func (t *Table) Write(ctx context.Context, w io.Writer, f Format) (n int, err error) {
	defer fault.Wrap(&err, "export.Write")
	switch f {
	case CSV:
		return t.writeCSV(ctx, w)
	case XLSX:
		return t.writeXLSX(ctx, w)
	case SPSS:
		return 0, t.writeSPSS(w)
	case Stata:
		return 0, t.writeStata(w)
	}
	return 0, fault.Newf(fault.Invalid, "", "unknown format %q", f)
}

// Head are the names of the columns.
func (t *Table) Head() []string {
	head := make([]string, len(t.Variables))
	for i, v := range t.Variables {
		head[i] = v.Name
	}
	return head
}

func (t *Table) writeCSV(ctx context.Context, w io.Writer) (n int, err error) {
	buf := bufio.NewWriterSize(w, 64<<10)
	if _, err := buf.WriteString(byteOrderMark); err != nil {
		return 0, err
	}
	out := csv.NewWriter(buf)
	if err := out.Write(t.Head()); err != nil {
		return 0, err
	}
	for row, err := range t.Rows(ctx, 0, 0) {
		if err != nil {
			return n, err
		}
		if err := out.Write(row); err != nil {
			return n, err
		}
		n++
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return n, err
	}
	return n, buf.Flush()
}

// Names of the worksheets.
const (
	sheetRows   = "answers"
	sheetLabels = "labels"
	sheetValues = "values"
)

// maxSheetRows is what a worksheet holds, the head included.
const maxSheetRows = 1 << 20

func (t *Table) writeXLSX(ctx context.Context, w io.Writer) (n int, err error) {
	file := excelize.NewFile(excelize.Options{TmpDir: os.TempDir()})
	defer func() {
		if gone := file.Close(); err == nil && gone != nil {
			err = fault.From(gone, fault.Internal, "")
		}
	}()
	if err := file.SetSheetName("Sheet1", sheetRows); err != nil {
		return 0, fault.From(err, fault.Internal, "")
	}
	rows, err := newSheet(file, sheetRows)
	if err != nil {
		return 0, err
	}
	if err := rows.words(t.Head()...); err != nil {
		return 0, err
	}
	cells := make([]any, len(t.Variables))
	for row, err := range t.Rows(ctx, 0, 0) {
		if err != nil {
			return n, err
		}
		for i, text := range row {
			cells[i] = t.Variables[i].cell(text)
		}
		if err := rows.add(cells); err != nil {
			return n, err
		}
		n++
	}
	if err := rows.end(); err != nil {
		return n, err
	}
	if err := t.labelSheets(file); err != nil {
		return n, err
	}
	if _, err := file.WriteTo(w); err != nil {
		return n, fault.From(err, fault.Unavailable, "")
	}
	return n, nil
}

// cell is the value for a worksheet: a number where it is one, else text. A text is
// stored as text, never as a formula.
func (v *Variable) cell(text string) any {
	if text == "" {
		return nil
	}
	if v.Kind == Number {
		if x, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(x, 0) && !math.IsNaN(x) {
			return x
		}
	}
	return text
}

// labelSheets adds the meaning of columns and codes.
func (t *Table) labelSheets(file *excelize.File) error {
	for _, name := range []string{sheetLabels, sheetValues} {
		if _, err := file.NewSheet(name); err != nil {
			return fault.From(err, fault.Internal, "")
		}
	}
	labels, err := newSheet(file, sheetLabels)
	if err != nil {
		return err
	}
	if err := labels.words("column", "source", "kind", "label"); err != nil {
		return err
	}
	for _, v := range t.Variables {
		if err := labels.words(v.Name, v.Source, string(v.Kind), v.Label); err != nil {
			return err
		}
	}
	if err := labels.end(); err != nil {
		return err
	}
	values, err := newSheet(file, sheetValues)
	if err != nil {
		return err
	}
	if err := values.words("column", "code", "label"); err != nil {
		return err
	}
	for _, v := range t.Variables {
		for _, code := range v.Values {
			if err := values.words(v.Name, code.Code, code.Label); err != nil {
				return err
			}
		}
	}
	return values.end()
}

// sheet is one worksheet being written row by row.
type sheet struct {
	out *excelize.StreamWriter
	row int
}

func newSheet(file *excelize.File, name string) (*sheet, error) {
	out, err := file.NewStreamWriter(name)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return &sheet{out: out}, nil
}

func (s *sheet) words(list ...string) error {
	cells := make([]any, len(list))
	for i, text := range list {
		cells[i] = defuse(text)
	}
	return s.add(cells)
}

func (s *sheet) add(cells []any) error {
	if s.row++; s.row > maxSheetRows {
		return fault.New(fault.TooLarge, "export.too_many_rows")
	}
	at, err := excelize.CoordinatesToCellName(1, s.row)
	if err == nil {
		err = s.out.SetRow(at, cells)
	}
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return nil
}

func (s *sheet) end() error {
	if err := s.out.Flush(); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return nil
}
