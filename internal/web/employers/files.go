package employers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"osvitlo/internal/fault"
)

// table is what goes into a file: words and numbers, no formulas.
type table struct {
	name, title string
	notes       []string
	heads       []string
	rows        [][]any // string or int64
}

const typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (v *view) xlsx(t table) (err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	const sheet = "Sheet1"
	row := 1
	put := func(cells ...any) {
		for i, x := range cells {
			cell, e := excelize.CoordinatesToCellName(i+1, row)
			if e == nil {
				e = f.SetCellValue(sheet, cell, x) // a text stays a text: formulas are set another way
			}
			if err == nil {
				err = e
			}
		}
		row++
	}
	put(t.title)
	for _, n := range t.notes {
		put(n)
	}
	row++
	top := row
	heads := make([]any, len(t.heads))
	for i, h := range t.heads {
		heads[i] = h
	}
	put(heads...)
	for _, r := range t.rows {
		put(r...)
	}
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	last, err := excelize.CoordinatesToCellName(len(t.heads), top)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	for _, act := range []func() error{
		func() error { return f.SetCellStyle(sheet, "A1", "A1", bold) },
		func() error { return f.SetCellStyle(sheet, "A"+strconv.Itoa(top), last, bold) },
		func() error { return f.SetColWidth(sheet, "A", "A", 44) },
		func() error { return f.SetColWidth(sheet, "B", "H", 18) },
	} {
		if err := act(); err != nil {
			return fault.From(err, fault.Internal, "")
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return v.give(t.name+".xlsx", typeXLSX, b.Bytes())
}

// give hands a file over.
func (v *view) give(name, kind string, raw []byte) error {
	head := v.c.Writer.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", `attachment; filename="`+strings.ReplaceAll(name, `"`, "")+`"`)
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Length", strconv.Itoa(len(raw)))
	v.c.Status(http.StatusOK)
	if v.c.Request.Method == http.MethodHead {
		v.c.Writer.WriteHeaderNow()
		return nil
	}
	_, _ = v.c.Writer.Write(raw) // the reader has gone away
	return nil
}
