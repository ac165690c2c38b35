// Package tablefile writes tables as staff see them into a file: CSV with semicolons as
// offices open it, or a workbook with a sheet for each.
//
// Guarantees: both files hold the same cells; no text of anybody is run as a formula by a
// spreadsheet; numbers stay numbers.
//
// It does not: choose what may be shown, read files, or keep them.
package tablefile

import (
	"bytes"
	"encoding/csv"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"osvitlo/internal/fault"
)

// Formats of files.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

// Table is a page's table in words and numbers.
type Table struct {
	Title string
	Notes []string // over the table: the filter, the day, the source
	Heads []string
	Rows  [][]any // string, int or float64; NaN is an empty cell
}

// Type is the content type of a format; empty: there is no such format.
func Type(format string) string {
	switch format {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return ""
}

// Write writes the table in a format. Errors: NotFound for another format.
func (t Table) Write(format string) ([]byte, error) { return Write(format, t) }

// Write writes some tables in a format, one under another or each on its sheet.
// Errors: NotFound for another format.
func Write(format string, tables ...Table) (raw []byte, err error) {
	defer fault.Wrap(&err, "tablefile.Write")
	switch format {
	case CSV:
		return asCSV(tables)
	case XLSX:
		return asXLSX(tables)
	}
	return nil, fault.New(fault.NotFound, "")
}

// defused keeps a spreadsheet from running a text as a formula.
func defused(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func asCSV(tables []Table) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	for i, t := range tables {
		if i > 0 {
			_ = w.Write([]string{""})
		}
		t.csv(w)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func (t Table) csv(w *csv.Writer) {
	write := func(cells ...string) { _ = w.Write(cells) } // to memory: Error below tells
	for _, line := range append([]string{t.Title}, t.Notes...) {
		if line != "" {
			write(defused(line))
		}
	}
	head := make([]string, len(t.Heads))
	for i, h := range t.Heads {
		head[i] = defused(h)
	}
	write(head...)
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, x := range row {
			switch x := x.(type) {
			case string:
				cells[i] = defused(x)
			case int:
				cells[i] = strconv.Itoa(x)
			case float64:
				if !math.IsNaN(x) {
					cells[i] = strings.Replace(strconv.FormatFloat(x, 'f', -1, 64), ".", ",", 1)
				}
			}
		}
		write(cells...)
	}
}

func asXLSX(tables []Table) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, t := range tables {
		sheet := "Sheet" + strconv.Itoa(i+1)
		if i > 0 {
			if _, err := f.NewSheet(sheet); err != nil {
				return nil, err
			}
		}
		if err := t.xlsx(f, sheet); err != nil {
			return nil, err
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func (t Table) xlsx(f *excelize.File, sheet string) (err error) {
	at := func(col, row int) string {
		cell, e := excelize.CoordinatesToCellName(col, row)
		if err == nil {
			err = e
		}
		return cell
	}
	put := func(col, row int, value any) {
		if x, ok := value.(float64); ok && math.IsNaN(x) {
			return
		}
		if e := f.SetCellValue(sheet, at(col, row), value); err == nil {
			err = e
		}
	}
	row := 1
	put(1, row, t.Title)
	for _, n := range t.Notes {
		row++
		put(1, row, n)
	}
	row += 2
	top := row
	for i, h := range t.Heads {
		put(i+1, row, h)
	}
	for _, line := range t.Rows {
		row++
		for i, x := range line {
			put(i+1, row, x)
		}
	}
	bold, e := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err == nil {
		err = e
	}
	wrap, e := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err == nil {
		err = e
	}
	end := at(max(1, len(t.Heads)), max(row, top+1))
	first, last, body, below := at(1, top), at(max(1, len(t.Heads)), top), at(1, top+1), at(2, top+1)
	if err != nil {
		return err
	}
	for _, act := range []func() error{
		func() error { return f.SetCellStyle(sheet, "A1", "A1", bold) },
		func() error { return f.SetCellStyle(sheet, first, last, bold) },
		func() error { return f.SetCellStyle(sheet, body, end, wrap) },
		func() error { return f.SetColWidth(sheet, "A", "A", 36) },
		func() error { return f.SetColWidth(sheet, "B", "Z", 16) },
		func() error {
			return f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: top, TopLeftCell: below, ActivePane: "bottomRight"})
		},
	} {
		if err := act(); err != nil {
			return err
		}
	}
	return nil
}
