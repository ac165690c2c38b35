package employers

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// reportRow is an employer in the report.
type reportRow struct {
	body                 *institution.Institution
	frame                int64
	all, begun, must, b1 staffing.Shown
	mandatory            bool
	parts                []staffing.Shown // of the programme, in its order
	at                   time.Time        // last look
}

// report lists the employers of a kind with what is published of each. The sums are those
// of the shown numbers: what is hidden is in no sum, so that none can be told from it.
func (v *view) report(kind institution.Kind, programme []staffing.Step) (rows []reportRow, sum reportRow, hidden int) {
	sum.all.Few, sum.begun.Few, sum.must.Few, sum.b1.Few = true, true, true, true
	for range programme {
		sum.parts = append(sum.parts, staffing.Shown{Few: true})
	}
	s := v.h.o.Staffing
	for _, i := range v.h.o.Bodies.List(institution.Filter{Kinds: []institution.Kind{kind}, State: institution.Working}) {
		l, plan := s.Progress(i.ID), s.Plan(i)
		must := staffing.CellMust(plan)
		r := reportRow{body: i, frame: s.Frame(i), all: l.Cell(staffing.CellEnrolled), begun: l.Cell(staffing.CellBegun),
			b1: l.Cell(staffing.CellLevel("B1")), must: l.Cell(must), mandatory: must != ""}
		for _, x := range programme {
			r.parts = append(r.parts, l.Cell(staffing.CellDone(x.Part())))
		}
		rows = append(rows, r)
		if r.all.Few {
			hidden++
			continue
		}
		sum.frame += r.frame
		if at := l.At().Time; at.After(sum.at) {
			sum.at = at
		}
		sum.all, sum.begun, sum.b1 = sum.all.Plus(r.all), sum.begun.Plus(r.begun), sum.b1.Plus(r.b1)
		for k := range programme {
			sum.parts[k] = sum.parts[k].Plus(r.parts[k])
		}
		if r.mandatory {
			sum.must, sum.mandatory = sum.must.Plus(r.must), true
		}
	}
	return rows, sum, hidden
}

// kind is which employers the report is about.
func (v *view) kindAsked() (institution.Kind, error) {
	k := institution.Kind(v.c.DefaultQuery("kind", string(institution.Department)))
	if !slices.Contains(staffing.Kinds(), k) {
		return "", fault.New(fault.NotFound, "")
	}
	return k, gate.Check(v.c, person.ProgrammeEdit, person.City)
}

// Officials is the report on officials for whoever leads the digital transformation: one
// row per department; other employers under their own kind.
func (h *Handlers) Officials(c *gin.Context) error {
	v := h.see(c)
	kind, err := v.kindAsked()
	if err != nil {
		return err
	}
	s := v.sheet(Officials, v.t("officials."+string(kind)), "officials")
	s.Full, s.Lead = true, v.t("officials.lead")
	tabs := page.Block{Noprint: true}
	for _, k := range staffing.Kinds() {
		b := page.Button{Text: v.t("kinds." + string(k)), Href: Officials + "?kind=" + string(k), Kind: "quiet", Small: true}
		if k == kind {
			b.Kind = "second"
		}
		tabs.Acts = append(tabs.Acts, b)
	}
	if kind == institution.Department {
		tabs.Acts = append(tabs.Acts, page.Button{Text: v.t("programme.title"), Href: Officials + "/programme", Small: true, Icon: "edit"})
	}
	s.Blocks = append(s.Blocks, tabs)
	programme := v.common(kind)
	rows, sum, hidden := v.report(kind, programme)
	if kind == institution.Department && len(programme) == 0 {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("officials.no_programme"), Text: []string{v.t("officials.no_programme.text")}, Link: &page.Link{Href: Officials + "/programme", Text: v.t("programme.title")}}})
	}
	if !sum.all.Few {
		fig := func(n staffing.Shown, key string, share bool) page.Figure {
			f := page.Figure{Value: v.w.Int(n.N), Text: v.t(key)}
			if n.Few {
				f.Value = v.t("few")
			} else if share {
				f.Interval = v.share(n, sum.all)
			}
			return f
		}
		enrolled := fig(sum.all, "fig.enrolled", false)
		if sum.frame > 0 {
			enrolled.Interval = v.t("of_frame", "N", v.w.Int(sum.frame))
		}
		b := page.Block{ID: "sum", Text: []string{v.sumSteps(sum)}, Figs: []page.Figure{enrolled, fig(sum.begun, "fig.begun", true)}}
		if sum.mandatory {
			b.Figs = append(b.Figs, fig(sum.must, "fig.must", true))
		}
		b.Figs = append(b.Figs, fig(sum.b1, "fig.b1", true))
		s.Blocks = append(s.Blocks, b)
	}
	if len(programme) > 0 && !sum.all.Few {
		s.Blocks = append(s.Blocks, v.parts(programme, sum))
	}
	g := &page.Grid{Caption: v.t("officials." + string(kind)), Hidden: true, Cards: true, Empty: v.t("officials.empty"), Foot: v.t("officials.foot"),
		Head: []page.GridHead{{Text: v.t("col.employer")}, {Text: v.t("col.frame"), Number: true}, {Text: v.t("col.enrolled"), Number: true}, {Text: v.t("col.begun"), Number: true}, {Text: v.t("col.must"), Number: true}, {Text: v.t("col.b1"), Number: true}, {Text: v.t("col.mark")}}}
	for _, r := range rows {
		g.Rows = append(g.Rows, v.reportLine(r))
	}
	b := page.Block{ID: "rows", Title: v.t("officials.rows"), Grid: g, Down: []page.Download{{Href: Officials + "/files/xlsx?kind=" + string(kind), Text: v.t("file.xlsx"), Meta: "XLSX"}},
		Acts: []page.Button{{Text: v.w.T("page.print", nil), Does: "print", Icon: "print", Kind: "second", Small: true}, {Text: v.t("public.title"), Href: Public, Kind: "quiet", Small: true}}}
	if hidden > 0 {
		b.Small = v.w.N("employer.officials.hidden", int64(hidden), nil)
	}
	s.Blocks = append(s.Blocks, b)
	return v.show(http.StatusOK, s)
}

// sumSteps says of which day the sums are, and how far they may be from the truth: the doubt
// of every employer adds up.
func (v *view) sumSteps(sum reportRow) string {
	return v.t("officials.steps", "Day", v.w.Date(sum.at), "Least", v.w.Int(sum.all.Least), "Most", v.w.Int(sum.all.Most))
}

// common is the programme that a kind of employers shares.
func (v *view) common(kind institution.Kind) []staffing.Step {
	if kind != institution.Department {
		return nil
	}
	return v.h.o.Staffing.Common()
}

// parts tells how many of all officials have completed each part of the programme.
func (v *view) parts(programme []staffing.Step, sum reportRow) page.Block {
	g := &page.Grid{Caption: v.t("officials.parts"), Hidden: true, Cards: true, Foot: v.t("officials.parts.foot"),
		Head: []page.GridHead{{Text: v.t("col.course")}, {Text: v.t("col.kind")}, {Text: v.t("col.due")}, {Text: v.t("col.done"), Number: true}, {Text: v.t("col.share"), Number: true}}}
	for k, x := range programme {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{v.stepCell(x), {Text: v.kind(x)}, {Text: orDash(v.day(x.Due))}, {Text: v.about(sum.parts[k]), Number: true}, {Text: orDash(v.share(sum.parts[k], sum.all)), Number: true}}})
	}
	return page.Block{ID: "parts", Title: v.t("officials.parts"), Grid: g}
}

func (v *view) reportLine(r reportRow) page.GridRow {
	frame := "–"
	if r.frame > 0 {
		frame = v.w.Int(r.frame)
	}
	cell := func(n staffing.Shown, share bool) page.GridCell {
		c := page.GridCell{Text: v.about(n), Number: true}
		if r.all.Few {
			c.Text = "–"
		} else if share {
			c.Small = v.share(n, r.all)
		}
		return c
	}
	all := page.GridCell{Text: v.about(r.all), Number: true}
	must := page.GridCell{Text: "–", Number: true}
	if r.mandatory {
		must = cell(r.must, true)
	}
	mark := page.GridCell{Text: "–"}
	if v.h.o.Staffing.Progress(r.body.ID).Mark().Held(v.h.o.Staffing.Today()) {
		mark = page.GridCell{Tag: &page.Tag{Text: v.t("mark.yes"), Kind: "good"}}
	}
	return page.GridRow{Cells: []page.GridCell{{Text: v.in(r.body.Name())}, {Text: frame, Number: true}, all, cell(r.begun, true), must, cell(r.b1, true), mark}}
}

// OfficialsFile is the report as a table.
func (h *Handlers) OfficialsFile(c *gin.Context) error {
	v := h.see(c)
	kind, err := v.kindAsked()
	if err != nil {
		return err
	}
	if c.Param("format") != "xlsx" {
		return fault.New(fault.NotFound, "")
	}
	programme := v.common(kind)
	rows, sum, hidden := v.report(kind, programme)
	t := table{name: "posadovtsi", title: v.t("officials." + string(kind)), heads: []string{v.t("col.employer"), v.t("col.frame"), v.t("col.enrolled"), v.t("col.begun"), v.t("col.must"), v.t("col.b1")}}
	for _, x := range programme {
		t.heads = append(t.heads, v.t("col.done")+": "+v.step(x))
	}
	if h.o.Demo {
		t.notes = append(t.notes, v.t("demo"))
	}
	if !sum.all.Few {
		t.notes = append(t.notes, v.sumSteps(sum))
	}
	t.notes = append(t.notes, v.t("officials.foot"))
	if hidden > 0 {
		t.notes = append(t.notes, v.w.N("employer.officials.hidden", int64(hidden), nil))
	}
	add := func(name string, r reportRow) {
		line := []any{name, r.frame, v.number(r.all)}
		for _, n := range append([]staffing.Shown{r.begun, r.must, r.b1}, r.parts...) {
			if r.all.Few {
				line = append(line, "")
				continue
			}
			line = append(line, v.number(n))
		}
		t.rows = append(t.rows, line)
	}
	for _, r := range rows {
		add(v.in(r.body.Name()), r)
	}
	add(v.t("officials.sum"), sum)
	return v.xlsx(t)
}
