package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/xuri/excelize/v2"

	"osvitlo/internal/fault"
)

// ReadXLSX streams the first sheet of a workbook of at most most bytes. Large parts are
// unpacked to disk; what unpacks to more than maxUnzipped is refused. Errors: Invalid.
func ReadXLSX(r io.Reader, most int64) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		bad := func(err error) { yield(Row{}, fault.From(err, fault.Invalid, "sheet.xlsx")) }
		raw, err := io.ReadAll(io.LimitReader(r, most+1))
		if err != nil {
			bad(err)
			return
		}
		if int64(len(raw)) > most {
			bad(fmt.Errorf("a workbook of more than %d bytes", most))
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
			if len(cells) > MaxColumns {
				cells = cells[:MaxColumns]
			}
			if strings.TrimSpace(strings.Join(cells, "")) == "" {
				continue
			}
			if !yield(Row{N: n, Cells: cells}, nil) {
				return
			}
		}
		if err := rows.Error(); err != nil {
			bad(err)
		}
	}
}
