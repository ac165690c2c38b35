package plans

import (
	"bytes"
	"encoding/csv"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/xuri/excelize/v2"

	"osvitlo/internal/docx"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// table is a table of a file: texts and whole numbers.
type table struct {
	title string
	notes []string
	heads []string
	rows  [][]any // string or int64
}

// PrintPage is a plan as it is printed as an annex to an order.
type PrintPage struct {
	page.Base
	Paper template.HTML
	Print page.Button
	Word  page.Button
}

// Print is the print view of an institution's own plan.
func (h *Handlers) Print(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolRead)
	if err != nil {
		return err
	}
	return v.print(x)
}

// OnePrint is the same for the department.
func (h *Handlers) OnePrint(c *gin.Context) error {
	v := h.see(c)
	x, err := v.city()
	if err != nil {
		return err
	}
	return v.print(x)
}

func (v *view) print(x place) error {
	p := &PrintPage{Base: page.Base{Lang: v.lang, Title: v.t("one", "Years", x.plan.Name()), Path: x.at + "/print", NoIndex: true, Wide: true}, Paper: v.annex(x).HTML(),
		Print: page.Button{Text: v.w.T("page.print", nil), Does: "print", Icon: "print", Small: true}, Word: page.Button{Text: v.t("docx"), Href: x.at + "/file/docx", Kind: "second", Small: true}}
	p.Back = &page.Link{Href: x.at, Text: v.t("back")}
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, http.StatusOK, "plans/print", p)
}

// annex is a plan as a document of the institution. Documents of the city are Ukrainian.
func (v *view) annex(x place) *docx.Document {
	uk := *v
	uk.lang, uk.w = "uk", v.h.o.Words.Lang("uk")
	out := paper.Plan{Institution: x.body.Name().UK, Period: uk.n("doc.period", int64(x.plan.To-x.plan.From+1), "Years", x.plan.Name()), Number: x.plan.Number, Date: uk.day(x.plan.Date)}
	var days []string
	l := uk.count(x.plan)
	for _, m := range x.plan.Live() {
		one := paper.Measure{Title: m.Title, Owner: m.Owner, Deadline: uk.day(m.Deadline), Cost: uk.cost(m), Indicator: m.Indicator, Status: uk.status(m.Status)}
		if m.Cost != nil && *m.Cost > 0 && m.Money != "" {
			one.Source = uk.source(m.Money)
		}
		if !m.Answers.IsZero() {
			one.Why = uk.answered(m.Answers)
			switch {
			case m.Start.Figure != nil:
				one.Why += ": " + uk.short(m.Start.Figure)
				day := uk.t("doc.figures", "Years", institution.YearName(m.Start.Figure.Year), "Day", uk.day(m.Start.Figure.Day))
				if !slices.Contains(days, day) {
					days = append(days, day)
				}
			case m.Start.Day != "":
				one.Why += ": " + uk.said(m.Answers.Field, m.Start.Value, m.Start.Number)
				if day := uk.t("doc.said", "Day", uk.day(m.Start.Day)); !slices.Contains(days, day) {
					days = append(days, day)
				}
			}
			if m.Target != "" {
				one.Why += "\n" + uk.t("doc.target", "Target", m.Target)
			}
		}
		out.Measures = append(out.Measures, one)
	}
	out.Figures = strings.Join(days, "; ")
	if v.h.o.Demo {
		out.Period += "\n" + uk.t("demo")
	}
	if n := l.Sum(); n > 0 {
		out.Total = uk.money(n)
	}
	return paper.PlanAnnex(v.h.o.City, out, v.h.o.Now())
}

// File is an institution's own plan as a file.
func (h *Handlers) File(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolRead)
	if err != nil {
		return err
	}
	return v.file(x)
}

// OneFile is the same for the department.
func (h *Handlers) OneFile(c *gin.Context) error {
	v := h.see(c)
	x, err := v.city()
	if err != nil {
		return err
	}
	return v.file(x)
}

func (v *view) file(x place) error {
	name := "plan-" + x.plan.ID
	switch v.c.Param("format") {
	case "docx":
		raw, err := v.annex(x).Bytes()
		if err != nil {
			return err
		}
		return v.give(name+".docx", docx.Type, raw)
	case "xlsx":
		raw, err := asXLSX(v.planTable(x), v.budgetTable(v.count(x.plan)))
		if err != nil {
			return fault.From(err, fault.Internal, "")
		}
		return v.give(name+".xlsx", xlsxType, raw)
	}
	return fault.New(fault.NotFound, "")
}

// planTable is what the page of a plan shows, with the texts of each measure's own page.
func (v *view) planTable(x place) table {
	t := table{title: v.in(x.body.Name()), notes: []string{v.t("one", "Years", x.plan.Name())}}
	if v.h.o.Demo {
		t.notes = append(t.notes, v.t("demo"))
	}
	for _, id := range []string{"title", "text", "answers", "start", "target", "owner", "deadline", "cost", "money", "indicator", "status", "reason", "notes"} {
		key := "field." + id
		if id == "start" {
			key = "col.start"
		}
		t.heads = append(t.heads, v.t(key))
	}
	t.heads = append(t.heads, v.t("col.result"))
	for _, m := range x.plan.Live() {
		var row []any
		for _, id := range []string{"title", "text", "answers", "start", "target", "owner"} {
			if id == "start" {
				row = append(row, v.start(m))
				continue
			}
			row = append(row, v.worded(id, &m.Draft))
		}
		row = append(row, m.Deadline)
		if m.Cost != nil {
			row = append(row, *m.Cost)
		} else {
			row = append(row, "")
		}
		for _, id := range []string{"money", "indicator", "status", "reason", "notes"} {
			row = append(row, v.worded(id, &m.Draft))
		}
		t.rows = append(t.rows, append(row, m.Result))
	}
	return t
}

func (v *view) budgetTable(l plan.Line) table {
	t := table{title: v.t("budget"), notes: []string{v.t("budget.text")}, heads: []string{v.t("col.budget"), v.t("col.source"), v.t("col.cost")}}
	for _, n := range v.needed(l) {
		t.rows = append(t.rows, []any{n.year, n.from, n.n})
	}
	return t
}

// AllFile is the department's page as a file: what the page of the same query shows.
func (h *Handlers) AllFile(c *gin.Context) error {
	v, q, err := h.query(c)
	if err != nil {
		return err
	}
	list := v.shown(q)
	total, _ := plan.Total(list)
	t := table{title: v.t("all.title"), notes: []string{v.chosen(q)}, heads: []string{v.t("col.name"), v.t("field.district"), v.t("field.kind"), v.t("col.state")}}
	if h.o.Demo {
		t.notes = append(t.notes, v.t("demo"))
	}
	for _, id := range columns {
		t.heads = append(t.heads, v.column(id))
	}
	for i := range list {
		l := &list[i]
		row := []any{v.in(l.Body.Name()), h.o.District(l.Body.District, v.lang), v.w.T("schools.kind."+string(l.Body.Kind), nil), v.t("noplan")}
		if l.Plan == nil {
			for range columns {
				row = append(row, "")
			}
		} else {
			row[3] = v.planTag(l.Plan).Text
			for _, n := range numbers(l) {
				row = append(row, n)
			}
		}
		t.rows = append(t.rows, row)
	}
	if len(list) > 1 {
		row := []any{v.t("sum"), "", "", ""}
		for _, n := range numbers(&total) {
			row = append(row, n)
		}
		t.rows = append(t.rows, row)
	}
	name := "plany-" + strconv.Itoa(q.Year)
	switch c.Param("format") {
	case "csv":
		raw, err := asCSV(t, v.budgetTable(total))
		if err != nil {
			return fault.From(err, fault.Internal, "")
		}
		return v.give(name+".csv", "text/csv; charset=utf-8", raw)
	case "xlsx":
		raw, err := asXLSX(t, v.budgetTable(total))
		if err != nil {
			return fault.From(err, fault.Internal, "")
		}
		return v.give(name+".xlsx", xlsxType, raw)
	}
	return fault.New(fault.NotFound, "")
}

// chosen says what a query chose.
func (v *view) chosen(q asked) string {
	list := []string{institution.YearName(q.Year)}
	if q.Kind != "" {
		list = append(list, v.w.T("schools.kind."+q.Kind, nil))
	}
	if q.District != "" {
		list = append(list, v.h.o.District(q.District, v.lang))
	}
	if q.Only != "" {
		list = append(list, v.t("only."+q.Only))
	}
	return strings.Join(list, " · ")
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func (v *view) give(name, kind string, raw []byte) error {
	head := v.c.Writer.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", `attachment; filename="`+name+`"`)
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

// defused keeps a spreadsheet from running a text as a formula.
func defused(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func asCSV(tables ...table) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	write := func(cells ...string) {
		for i := range cells {
			cells[i] = defused(cells[i])
		}
		_ = w.Write(cells) // to memory: Error below tells
	}
	for i, t := range tables {
		if len(t.rows) == 0 {
			continue
		}
		if i > 0 {
			write("")
		}
		write(t.title)
		for _, n := range t.notes {
			write(n)
		}
		write(append([]string{}, t.heads...)...)
		for _, row := range t.rows {
			cells := make([]string, len(row))
			for k, x := range row {
				switch x := x.(type) {
				case string:
					cells[k] = x
				case int64:
					cells[k] = strconv.FormatInt(x, 10)
				}
			}
			write(cells...)
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// asXLSX writes each table on a sheet of its own. Texts are cells of text: they never run
// as formulas.
func asXLSX(tables ...table) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	wrap, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	for i, t := range tables {
		if i > 0 && len(t.rows) == 0 {
			continue
		}
		sheet := "Sheet" + strconv.Itoa(i+1)
		if i > 0 {
			if _, err := f.NewSheet(sheet); err != nil {
				return nil, err
			}
		}
		row := 0
		put := func(style int, cells ...any) error {
			row++
			from, err := excelize.CoordinatesToCellName(1, row)
			if err != nil {
				return err
			}
			to, err := excelize.CoordinatesToCellName(max(1, len(cells)), row)
			if err != nil {
				return err
			}
			if err := f.SetSheetRow(sheet, from, &cells); err != nil || style == 0 {
				return err
			}
			return f.SetCellStyle(sheet, from, to, style)
		}
		if err := put(bold, t.title); err != nil {
			return nil, err
		}
		for _, n := range t.notes {
			if err := put(0, n); err != nil {
				return nil, err
			}
		}
		heads := make([]any, len(t.heads))
		for k, h := range t.heads {
			heads[k] = h
		}
		if err := put(bold, heads...); err != nil {
			return nil, err
		}
		for _, line := range t.rows {
			if err := put(wrap, line...); err != nil {
				return nil, err
			}
		}
		last, err := excelize.ColumnNumberToName(len(t.heads))
		if err != nil {
			return nil, err
		}
		if err := f.SetColWidth(sheet, "A", "A", 40); err != nil {
			return nil, err
		}
		if err := f.SetColWidth(sheet, "B", last, 20); err != nil {
			return nil, err
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
