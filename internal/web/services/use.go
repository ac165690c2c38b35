package services

import (
	"bytes"
	"encoding/csv"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/eservice"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// useMonths is how many months the pages of use show.
const useMonths = 13

// countsBody bounds the upload of the service centre's counts.
const countsBody = eservice.MaxCountsFile + 64<<10

// titleOf is what a service is called: an instruction's title, else the centre's own name.
func (v *view) titleOf(service string) string {
	if e, err := v.h.o.Manual.Any(service); err == nil {
		return v.in(e.Title)
	}
	return service
}

var useDefs = []string{"open", "out", "yes", "no", "print", "online", "desk", "helped", "report"}

// defs says what every figure means.
func (v *view) defs() (rows []page.Row) {
	for _, id := range useDefs {
		rows = append(rows, page.Row{Key: v.t("col." + id), Value: v.t("use.def." + id)})
	}
	return rows
}

// Use is the monthly series for staff.
func (h *Handlers) Use(c *gin.Context) error {
	v := h.see(c)
	series, err := h.o.Manual.Series(v.ctx, useMonths)
	if err != nil {
		return err
	}
	s := v.sheet("service-use", v.t("use.title"))
	s.Full, s.Lead = true, v.t("use.lead")
	cols := []string{"open", "out", "yes", "no", "print", "online", "desk", "helped"}
	head := func(first string) []page.GridHead {
		list := []page.GridHead{{Text: v.t("col." + first)}}
		for _, id := range cols {
			list = append(list, page.GridHead{Text: v.t("col." + id), Number: true})
		}
		return list
	}
	row := func(name string, u *eservice.Use) page.GridRow {
		r := page.GridRow{Cells: []page.GridCell{{Text: name}}}
		for _, n := range []int64{u.Open, u.Out, u.Yes, u.No, u.Print} {
			r.Cells = append(r.Cells, page.GridCell{Text: v.w.Int(n), Number: true})
		}
		for _, n := range []int64{u.Online, u.Desk, u.Helped} {
			text := "–"
			if u.Counted {
				text = v.w.Int(n)
			}
			r.Cells = append(r.Cells, page.GridCell{Text: text, Number: true})
		}
		return r
	}
	months := &page.Grid{Caption: v.t("use.months"), Hidden: true, Head: head("month"), Empty: v.t("use.none"), Foot: v.t("use.nodata")}
	for _, m := range slices.Backward(series) {
		months.Rows = append(months.Rows, row(v.month(m.Month), &m.Sum))
	}
	s.Blocks = []page.Block{{Acts: []page.Button{{Text: v.t("use.csv"), Href: Office + "/use.csv", Kind: "second", Small: true, Icon: "download"}}}}
	if v.may(person.ServiceCounts) {
		s.Blocks[0].Acts = append(s.Blocks[0].Acts, page.Button{Text: v.t("counts.title"), Href: Office + "/counts", Small: true})
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("use.months"), Grid: months})
	last := series[len(series)-1]
	one := &page.Grid{Caption: v.t("use.services"), Hidden: true, Head: head("service"), Empty: v.t("use.none")}
	for i := range last.Uses {
		one.Rows = append(one.Rows, row(v.titleOf(last.Uses[i].Service), &last.Uses[i]))
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("use.services.in", "Month", v.month(last.Month)), Grid: one})
	if h.o.Reports != nil {
		b := page.Block{Title: v.t("use.reports"), Small: v.t("use.def.report")}
		for _, r := range h.o.Reports(v.lang) {
			b.Facts = append(b.Facts, page.Row{Key: r.Name, Value: r.Text})
		}
		if len(b.Facts) == 0 {
			b.Text = []string{v.t("use.reports.none")}
		}
		s.Blocks = append(s.Blocks, b)
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("use.defs"), Facts: v.defs()})
	return v.staff(http.StatusOK, s)
}

// month writes "2026-10" in words.
func (v *view) month(id string) string {
	year, number, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 12 {
		return id
	}
	return v.t("month."+itoa(n)) + " " + year
}

// UseCSV is the series as rows of month and service.
func (h *Handlers) UseCSV(c *gin.Context) error {
	v := h.see(c)
	series, err := h.o.Manual.Series(v.ctx, eservice.MaxMonths)
	if err != nil {
		return err
	}
	rows := [][]string{{"month", "service", "title", "open", "out", "helped_yes", "helped_no", "printed", "centre_online", "centre_desk", "centre_helped"}}
	n := func(x int64) string { return strconv.FormatInt(x, 10) }
	for _, m := range series {
		for _, u := range m.Uses {
			row := []string{m.Month, cell(u.Service), cell(v.titleOf(u.Service)), n(u.Open), n(u.Out), n(u.Yes), n(u.No), n(u.Print), "", "", ""}
			if u.Counted {
				row[8], row[9], row[10] = n(u.Online), n(u.Desk), n(u.Helped)
			}
			rows = append(rows, row)
		}
	}
	return v.table("service-use.csv", rows)
}

// cell keeps a text of others from being a formula where a table is opened.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (v *view) table(name string, rows [][]string) error {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	v.c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	v.c.Data(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// UsePage is what everybody may see of the use: rounded, small numbers left out.
type UsePage struct {
	page.Base
	Table page.Table
	Defs  []page.Row
	Month string
	Down  []page.Download
}

// whole are the months that have ended: the running one would change under the reader.
func whole(series []eservice.MonthUse) []eservice.MonthUse { return series[:len(series)-1] }

// PublicUse shows the use of the last whole months.
func (h *Handlers) PublicUse(c *gin.Context) error {
	v := h.see(c)
	series, err := h.o.Manual.Series(v.ctx, useMonths)
	if err != nil {
		return err
	}
	p := &UsePage{Base: v.base(v.t("use.title"), Address+"/use"), Down: []page.Download{{Href: Address + "/use.csv", Text: v.t("use.csv"), Meta: "CSV"}}}
	p.Description, p.Back, p.Wide = v.t("use.public"), &page.Link{Href: Address, Text: v.t("list.title")}, true
	for _, id := range useDefs[:5] {
		p.Defs = append(p.Defs, page.Row{Key: v.t("col." + id), Value: v.t("use.def." + id)})
	}
	p.Table = page.Table{Caption: v.t("use.months"), Foot: v.t("use.rounded"), Head: []page.Cell{{Text: v.t("col.month")}, {Text: v.t("col.open"), Number: true}, {Text: v.t("col.out"), Number: true}, {Text: v.t("col.yes"), Number: true}, {Text: v.t("col.no"), Number: true}}}
	for _, m := range slices.Backward(whole(series)) {
		row := []page.Cell{{Text: v.month(m.Month)}}
		for _, n := range []int64{m.Sum.Open, m.Sum.Out, m.Sum.Yes, m.Sum.No} {
			cell := page.Cell{Number: true, Note: v.t("use.few")}
			if r, ok := eservice.Rounded(n); ok {
				cell = page.Cell{Number: true, Text: v.w.Int(r)}
			}
			row = append(row, cell)
		}
		p.Table.Rows = append(p.Table.Rows, row)
	}
	return v.render(http.StatusOK, "use", p)
}

// PublicUseCSV is the same as open data.
func (h *Handlers) PublicUseCSV(c *gin.Context) error {
	v := h.see(c)
	series, err := h.o.Manual.Series(v.ctx, eservice.MaxMonths)
	if err != nil {
		return err
	}
	rows := [][]string{{"month", "service", "open", "out", "helped_yes", "helped_no"}}
	for _, m := range whole(series) {
		for _, u := range m.Uses {
			row := []string{m.Month, cell(u.Service)}
			some := false
			for _, n := range []int64{u.Open, u.Out, u.Yes, u.No} {
				text := ""
				if r, ok := eservice.Rounded(n); ok {
					text, some = strconv.FormatInt(r, 10), true
				}
				row = append(row, text)
			}
			if some {
				rows = append(rows, row)
			}
		}
	}
	return v.table("e-service-use.csv", rows)
}

// CountsForm asks for the service centre's file.
func (h *Handlers) CountsForm(c *gin.Context) error {
	v := h.see(c)
	return v.countsPage(http.StatusOK, nil, nil, nil, "")
}

// Counts reads the file; without «save» it only says what it understood.
func (h *Handlers) Counts(c *gin.Context) error {
	v := h.see(c)
	if err := c.Request.ParseMultipartForm(countsBody); err != nil && !errors.Is(err, http.ErrNotMultipart) {
		return fault.From(err, fault.Invalid, "service.counts.read")
	}
	text := c.Request.PostFormValue("rows")
	if up, _, err := c.Request.FormFile("file"); err == nil {
		defer func() { _ = up.Close() }()
		var b bytes.Buffer
		if _, err := b.ReadFrom(up); err != nil {
			return fault.From(err, fault.Invalid, "service.counts.read")
		}
		if b.Len() > 0 {
			text = b.String()
		}
	}
	rows, bad, err := h.o.Manual.ReadCounts(strings.NewReader(text))
	if err == nil && c.Request.PostFormValue("save") != "" {
		if err = h.o.Manual.SaveCounts(v.ctx, gate.Actor(c), rows); err == nil {
			return v.to(Office + "/use?done=counts")
		}
	}
	if err != nil {
		if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) == 0 && f.Key != "" {
			err = fault.InvalidFields(fault.Field{Pointer: "file", Key: f.Key}) // said beside the file
		}
		sum, faults, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.countsPage(status, rows, bad, sum, page.FaultText(v.w, faults, "file"))
	}
	return v.countsPage(http.StatusOK, rows, bad, nil, "")
}

// plainRows writes what was understood, to be sent again with «save».
func plainRows(rows []eservice.CountRow) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"month", "service", "online", "desk", "helped"}) // a strings.Builder does not fail
	for _, r := range rows {
		_ = w.Write([]string{r.Month, r.Service, strconv.FormatInt(r.Online, 10), strconv.FormatInt(r.Desk, 10), strconv.FormatInt(r.Helped, 10)})
	}
	w.Flush()
	return b.String()
}

// CountsPage is the import of the centre's counts.
type CountsPage struct {
	page.Sheet
	Wrong string // beside the field of the file
	Go    page.Button
	Rest  []page.Block
}

func (v *view) countsPage(status int, rows []eservice.CountRow, bad []eservice.RowFault, sum *page.ErrorSummary, wrong string) error {
	s := v.sheet("service-use", v.t("counts.title"), page.Link{Href: Office + "/use", Text: v.t("use.title")})
	s.Lead, s.Errors, s.Failed = v.t("counts.lead"), sum, sum != nil
	p := &CountsPage{Sheet: *s, Wrong: wrong, Go: page.Button{Text: v.t("counts.look"), Small: true}}
	if sum == nil && rows != nil {
		b := page.Block{Title: v.t("counts.understood"), Small: v.n("counts.rows", len(rows)), Grid: &page.Grid{Caption: v.t("counts.understood"), Hidden: true,
			Head: []page.GridHead{{Text: v.t("col.month")}, {Text: v.t("col.service")}, {Text: v.t("col.online"), Number: true}, {Text: v.t("col.desk"), Number: true}, {Text: v.t("col.helped"), Number: true}}, Empty: v.w.T("service.counts.none", nil)}}
		const most = 50
		for i, r := range rows {
			if i == most {
				b.Grid.Foot = v.t("counts.more", "N", len(rows)-most)
				break
			}
			one := page.GridCell{Text: v.titleOf(r.Service)}
			if !r.Known {
				one.Tag = &page.Tag{Text: v.t("counts.own")}
			}
			b.Grid.Rows = append(b.Grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.month(r.Month)}, one, {Text: v.w.Int(r.Online), Number: true}, {Text: v.w.Int(r.Desk), Number: true}, {Text: v.w.Int(r.Helped), Number: true}}})
		}
		if len(rows) > 0 {
			b.Forms = []page.Form{{Action: Office + "/counts", Hidden: []page.Hidden{{Name: "rows", Value: plainRows(rows)}, {Name: "save", Value: "1"}}, Buttons: []page.Button{{Text: v.t("counts.save"), Small: true}}}}
		}
		p.Rest = append(p.Rest, b)
	}
	if len(bad) > 0 {
		b := page.Block{Title: v.t("counts.bad")}
		const most = 100
		for i, f := range bad {
			if i == most {
				break
			}
			b.Words = append(b.Words, v.t("counts.line", "N", f.Line)+": "+v.w.T(f.Key, map[string]any{"Value": f.Value}))
		}
		p.Rest = append(p.Rest, b)
	}
	p.Ready()
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "services/counts", p)
}
