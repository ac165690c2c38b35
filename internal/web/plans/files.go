package plans

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/docx"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/page"
)

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
		one := paper.Measure{Title: m.Title, Owner: m.Owner, Deadline: digits(m.Deadline), Cost: uk.cost(m), Indicator: m.Indicator, Status: uk.status(m.Status)}
		if m.Cost != nil && *m.Cost > 0 && m.Money != "" {
			one.Source = uk.source(m.Money)
		}
		if !m.Answers.IsZero() {
			one.Why = uk.answered(m.Answers)
			switch {
			case m.Start.Figure != nil:
				one.Why += ", " + uk.short(m.Start.Figure)
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
		}
		if m.Goal.To != nil {
			target := uk.aim(m)
			if from := m.Before(); m.Answers.IsZero() && from != nil {
				target = uk.t("goal.from", "From", uk.exact(from), "To", target)
			}
			one.Indicator = lines(one.Indicator, uk.t("doc.goal", "Target", target, "Year", institution.YearName(m.Goal.Year)))
		}
		if m.Target != "" {
			one.Indicator = lines(one.Indicator, uk.t("doc.target", "Target", m.Target))
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

// digits writes a day as narrow columns of documents need it.
func digits(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return t.Format("02.01.2006")
}

// lines puts a text under another one.
func lines(above, below string) string {
	if above == "" {
		return below
	}
	return above + "\n" + below
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
	case tablefile.XLSX:
		t, err := v.planTable(x)
		if err != nil {
			return err
		}
		return v.tables(name, t, v.budgetTable(v.count(x.plan)))
	}
	return fault.New(fault.NotFound, "")
}

// planTable is what the page of a plan shows, with the texts of each measure's own page.
func (v *view) planTable(x place) (tablefile.Table, error) {
	t := tablefile.Table{Title: v.in(x.body.Name()), Notes: []string{v.t("one", "Years", x.plan.Name())}}
	if v.h.o.Demo {
		t.Notes = append(t.Notes, v.t("demo"))
	}
	for _, id := range []string{"title", "text", "answers"} {
		t.Heads = append(t.Heads, v.t("field."+id))
	}
	t.Heads = append(t.Heads, v.t("col.start"), v.t("field.goal"), v.t("field.goal_year"), v.t("col.now"), v.t("col.standing"))
	last := []string{"target", "owner", "deadline", "cost", "money", "indicator", "status", "reason", "notes"}
	for _, id := range last {
		t.Heads = append(t.Heads, v.t("field."+id))
	}
	t.Heads = append(t.Heads, v.t("col.result"))
	for _, m := range x.plan.Live() {
		out, err := v.outcome(x, m)
		if err != nil {
			return t, err
		}
		row := []any{m.Title, m.Text, v.answered(m.Answers), v.start(m), v.aim(m), "", v.now(m, out), v.standing(m.Stands(out))}
		if m.Goal.To != nil {
			row[5] = institution.YearName(m.Goal.Year)
		}
		for _, id := range last {
			switch {
			case id == "deadline":
				row = append(row, m.Deadline)
			case id == "cost" && m.Cost != nil:
				row = append(row, int(*m.Cost))
			case id == "cost":
				row = append(row, "")
			default:
				row = append(row, v.worded(id, &m.Draft))
			}
		}
		t.Rows = append(t.Rows, append(row, m.Result))
	}
	return t, nil
}

func (v *view) budgetTable(l plan.Line) tablefile.Table {
	t := tablefile.Table{Title: v.t("budget"), Notes: []string{v.t("budget.text")}, Heads: []string{v.t("col.budget"), v.t("col.source"), v.t("col.cost")}}
	for _, n := range v.needed(l) {
		t.Rows = append(t.Rows, []any{n.year, n.from, int(n.n)})
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
	t := tablefile.Table{Title: v.t("all.title"), Notes: []string{v.chosen(q)}, Heads: []string{v.t("col.name"), v.t("field.district"), v.t("field.kind"), v.t("col.state")}}
	if h.o.Demo {
		t.Notes = append(t.Notes, v.t("demo"))
	}
	for _, id := range columns {
		t.Heads = append(t.Heads, v.column(id))
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
				row = append(row, int(n))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(list) > 1 {
		row := []any{v.t("sum"), "", "", ""}
		for _, n := range numbers(&total) {
			row = append(row, int(n))
		}
		t.Rows = append(t.Rows, row)
	}
	name := "plany-" + strconv.Itoa(q.Year)
	return v.tables(name, t, v.budgetTable(total))
}

// tables gives tables as a file of the format that is asked for; those without rows after
// the first are left out.
func (v *view) tables(name string, first tablefile.Table, more ...tablefile.Table) error {
	format := v.c.Param("format")
	all := append([]tablefile.Table{first}, slices.DeleteFunc(more, func(t tablefile.Table) bool { return len(t.Rows) == 0 })...)
	raw, err := tablefile.Write(format, all...)
	if err != nil {
		return err
	}
	return v.give(name+"."+format, tablefile.Type(format), raw)
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
