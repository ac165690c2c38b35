package tablefile

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"osvitlo/internal/fault"
)

func TestBothFilesHoldTheSameCells(t *testing.T) {
	t.Parallel()
	table := Table{Title: "Лабораторії", Notes: []string{"22 листопада"}, Heads: []string{"Назва", "Місць", "Частка"},
		Rows: [][]any{{"=HYPERLINK(1)", 12, 0.5}, {"Кабінет; 2", 0, math.NaN()}}}
	text, err := table.Write(CSV)
	if err != nil {
		t.Fatal(err)
	}
	want := "\ufeffЛабораторії\r\n22 листопада\r\nНазва;Місць;Частка\r\n'=HYPERLINK(1);12;0,5\r\n\"Кабінет; 2\";0;\r\n"
	if string(text) != want {
		t.Errorf("%q", text)
	}
	raw, err := table.Write(XLSX)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil || len(rows) != 6 || strings.Join(rows[4], "|") != "=HYPERLINK(1)|12|0.5" || strings.Join(rows[5], "|") != "Кабінет; 2|0" {
		t.Errorf("%v %q", err, rows)
	}
	if formula, err := f.GetCellFormula("Sheet1", "A5"); err != nil || formula != "" {
		t.Errorf("a text became a formula: %q %v", formula, err)
	}
	if _, err := table.Write("exe"); !fault.Is(err, fault.NotFound) || Type("exe") != "" {
		t.Error(err)
	}
}

func TestSeveralTablesStandInOneFile(t *testing.T) {
	t.Parallel()
	a, b := Table{Title: "Заходи", Heads: []string{"Назва"}, Rows: [][]any{{"Мережа"}}}, Table{Title: "Кошти", Heads: []string{"Рік", "Сума"}, Rows: [][]any{{"2027", 500}}}
	text, err := Write(CSV, a, b)
	if want := "\ufeffЗаходи\r\nНазва\r\nМережа\r\n\r\nКошти\r\nРік;Сума\r\n2027;500\r\n"; err != nil || string(text) != want {
		t.Errorf("%q %v", text, err)
	}
	raw, err := Write(XLSX, a, b)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := f.GetRows("Sheet2"); err != nil || len(rows) != 4 || strings.Join(rows[3], "|") != "2027|500" {
		t.Errorf("%v %q", err, rows)
	}
}
