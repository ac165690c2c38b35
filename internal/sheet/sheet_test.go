package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"osvitlo/internal/fault"
)

// all reads a whole table as Sniff takes it.
func all(t testing.TB, raw []byte) (rows []Row, err error) {
	t.Helper()
	format, charset, comma := Sniff(raw[:min(len(raw), SampleBytes)])
	if format == JSON {
		return nil, nil
	}
	for one, err := range Rows(bytes.NewReader(raw), format, charset, comma, 10<<20) {
		if err != nil {
			return rows, err
		}
		rows = append(rows, one)
	}
	return rows, nil
}

func TestATableIsReadInEveryCharsetAndSeparator(t *testing.T) {
	t.Parallel()
	const text = "Код;Назва;Людей\r\n1;\"Ліцей; «Їжак»\";12\r\n\r\n2;\"перший\r\nдругий\";3\r\n"
	for _, comma := range Commas() {
		table := strings.NewReplacer("Ліцей; ", "Ліцей"+comma+" ", ";", comma).Replace(text)
		cp, err := charmap.Windows1251.NewEncoder().String(table)
		if err != nil {
			t.Fatal(err)
		}
		le, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(table)
		if err != nil {
			t.Fatal(err)
		}
		be, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(table)
		if err != nil {
			t.Fatal(err)
		}
		for name, raw := range map[string]string{"utf-8": table, "utf-8 with a mark": "\uFEFF" + table, "windows-1251": cp, "utf-16": le, "utf-16 without a mark": be} {
			rows, err := all(t, []byte(raw))
			if err != nil || len(rows) != 3 {
				t.Errorf("%s, %q: %d rows, %v", name, comma, len(rows), err)
				continue
			}
			if one := rows[1]; one.N != 2 || len(one.Cells) != 3 || one.Cells[1] != "Ліцей"+comma+" «Їжак»" {
				t.Errorf("%s, %q: row 2 is %d %q", name, comma, one.N, one.Cells)
			}
			if two := rows[2]; two.Cell(1) != "перший другий" || two.Cell(7) != "" {
				t.Errorf("%s, %q: the last row is %q", name, comma, two.Cells)
			}
		}
	}
}

func TestARowThatCannotBeReadSpoilsNoOther(t *testing.T) {
	t.Parallel()
	text := "a;b\n1;\"open\n2;fine\n" + strings.Repeat("x", maxLine+10) + ";1\n3;fine\n"
	rows, err := all(t, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, r := range rows {
		said = append(said, fmt.Sprintf("%d%s", r.N, r.Broken))
	}
	if got := strings.Join(said, " "); got != "1 2sheet.row_quote 3 4sheet.row_long 5" {
		t.Errorf("rows: %s", got)
	}
}

func TestHeadsAreNamedOnce(t *testing.T) {
	t.Parallel()
	got, err := Head(Row{Cells: []string{" Назва ", "", "Назва", strings.Repeat("д", 100)}})
	if err != nil || !slices.Equal(got, []string{"Назва", "#2", "Назва'", strings.Repeat("д", maxHead) + "…"}) {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := Head(Row{Cells: make([]string, MaxColumns+1)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many columns: %v", err)
	}
}

func TestAWorkbookIsReadAndABombIsNot(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	for at, v := range map[string]any{"A1": "Назва", "B1": "Людей", "A2": "Ліцей", "B2": 12} {
		if err := book.SetCellValue("Sheet1", at, v); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		t.Fatal(err)
	}
	if rows, err := all(t, b.Bytes()); err != nil || len(rows) != 2 || rows[1].Cell(1) != "12" {
		t.Errorf("%+v, %v", rows, err)
	}
	for one, err := range ReadXLSX(bytes.NewReader(b.Bytes()), int64(b.Len()-1)) {
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("over its bound it gives %+v, %v", one, err)
		}
	}
	var many bytes.Buffer
	z := zip.NewWriter(&many)
	for i := range 2001 {
		if _, err := z.Create(fmt.Sprintf("part%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := all(t, many.Bytes()); !fault.Is(err, fault.Invalid) {
		t.Errorf("a workbook of 2001 parts: %v", err)
	}
}

func TestAnyBytesAreReadOrRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		raw := rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 1, 200), rapid.Map(rapid.StringOfN(rapid.SampledFrom([]rune("\";,\tаб\n\r1")), 1, 60, -1), func(s string) []byte { return []byte(s) })).Draw(rt, "bytes")
		rows, err := all(t, raw)
		if err != nil && !fault.Is(err, fault.Invalid) {
			rt.Fatal(err)
		}
		last := 0
		for _, r := range rows {
			if r.N <= last && last > 0 {
				rt.Fatalf("row %d after row %d", r.N, last)
			}
			last = r.N
			for i := range r.Cells {
				if len(r.Cell(i)) > maxCell {
					rt.Fatal("a cell over its bound")
				}
			}
		}
	})
}
