package schools

import (
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/tablefile"

	"github.com/gin-gonic/gin"
)

// formats are the files of the heat map.
var formats = []string{"xlsx", "csv", "pdf"}

// HeatFile is the heat map as a file: what the page of the same query shows.
func (h *Handlers) HeatFile(c *gin.Context) error {
	v, q, err := h.query(c)
	if err != nil {
		return err
	}
	s, err := v.screen(q)
	if err != nil {
		return err
	}
	name := "zaklady-" + strconv.Itoa(s.round.Year) + "-" + s.asked.Role
	if c.Param("format") == "pdf" {
		raw, err := v.heatPDF(s)
		if err != nil {
			return err
		}
		return v.give(name, "pdf", raw)
	}
	return v.file(name, c.Param("format"), v.heatSheet(s))
}

// heatSheet is what the page shows.
func (v *view) heatSheet(s *Screen) tablefile.Table {
	t := tablefile.Table{Title: s.Title, Notes: v.notes(s.Sub, s)}
	t.Heads = []string{v.t("col.name"), v.t("col.members"), v.t("filter.district"), v.t("col.n"), v.t("col.response.file")}
	changed := make([]bool, len(s.Columns)) // columns in which something is real
	for i, c := range s.Columns {
		for k := range s.Lines {
			changed[i] = changed[i] || s.Lines[k].Cells[i].Change != ""
		}
		changed[i] = changed[i] || s.Total != nil && s.Total.Cells[i].Change != ""
		t.Heads = append(t.Heads, c.Full+" ("+c.Kind+")")
		if s.Errors {
			t.Heads = append(t.Heads, c.Full+": "+v.t("col.low"), c.Full+": "+v.t("col.high"))
		}
		if changed[i] {
			t.Heads = append(t.Heads, c.Full+": "+v.t("col.moved"))
		}
	}
	t.Heads = append(t.Heads, v.t("col.change"), v.t("col.place"))
	add := func(l *Line) {
		row := []any{l.Name, l.Members, l.District, float64(l.N), math.Round(1000*l.Coverage) / 10}
		for i, c := range l.Cells {
			row = append(row, tenth(c.Mean))
			if s.Errors {
				row = append(row, tenth(c.Low), tenth(c.High))
			}
			if changed[i] {
				by := math.NaN()
				if c.Change != "" {
					by = tenth(c.Moved.Difference)
				}
				row = append(row, by)
			}
		}
		t.Rows = append(t.Rows, append(row, v.changeWords(l), l.Group))
	}
	for i := range s.Lines {
		add(&s.Lines[i])
	}
	if s.Total != nil {
		add(s.Total)
	}
	return t
}

func (v *view) changeWords(l *Line) string {
	switch {
	case l.Move != nil:
		words := l.Move.Text + ": " + l.Move.Small
		if l.More != "" {
			words += "; " + l.More
		}
		return words
	case l.How == notSeen:
		return v.t("change.notyet")
	case l.How == others:
		return "–"
	}
	return v.t("change.none")
}

func (v *view) notes(sub string, s *Screen) []string {
	list := []string{sub}
	if v.h.o.Demo {
		list = append(list, v.t("demo"))
	}
	list = append(list, v.t("file.how"))
	if s != nil && len(s.Cut) > 0 {
		list = append(list, v.t("hidden.cut")+" "+strings.Join(s.Cut, ", "))
	}
	if s != nil && len(s.Empty) > 0 {
		list = append(list, v.t("hidden.empty")+" "+strings.Join(s.Empty, ", "))
	}
	if s != nil {
		list = append(list, v.together(s)...)
	}
	return list
}

// together names the figures that several lines share.
func (v *view) together(s *Screen) (list []string) {
	for i, c := range s.Columns {
		var seen []string
		for k := range s.Lines {
			if with := s.Lines[k].Cells[i].With; with != "" && !slices.Contains(seen, with) {
				seen = append(seen, with)
				list = append(list, c.Full+", "+v.t("cell.shared")+": "+with)
			}
		}
	}
	return list
}

// tenth is what the page shows: one decimal.
func tenth(x float64) float64 { return math.Round(10*x) / 10 }

func (v *view) file(name, format string, t tablefile.Table) error {
	raw, err := t.Write(format)
	if err != nil {
		return err
	}
	return v.give(name, format, raw)
}

func (v *view) give(name, format string, raw []byte) error {
	kind := tablefile.Type(format)
	if kind == "" {
		kind = "application/pdf"
	}
	head := v.c.Writer.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", `attachment; filename="`+name+"."+format+`"`)
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

// OwnFile is a school's results as a file.
func (h *Handlers) OwnFile(c *gin.Context) error {
	v, p, err := h.own(c)
	if err != nil {
		return err
	}
	return v.profileFile(p)
}

// OneFile is the same for the department.
func (h *Handlers) OneFile(c *gin.Context) error {
	v, p, err := h.one(c)
	if err != nil {
		return err
	}
	return v.profileFile(p)
}

func (v *view) profileFile(p *profile) error {
	name := "zaklad-" + strconv.Itoa(p.round.Year) + "-" + p.role
	if v.c.Param("format") == "pdf" {
		raw, err := v.profilePDF(p)
		if err != nil {
			return err
		}
		return v.give(name, "pdf", raw)
	}
	t := tablefile.Table{Title: p.name, Notes: v.notes(v.in(p.round.Title)+" · "+v.role(p.role), nil)}
	if p.why != "" {
		t.Notes = append(t.Notes, p.why)
	}
	t.Heads = []string{v.t("col.area"), v.t("col.kind"), v.t("col.n"), v.t("col.mean"), v.t("col.low"), v.t("col.high"), v.t("spread.low"), v.t("col.median"), v.t("spread.high"), v.t("col.place"), v.t("col.change")}
	if p.row != nil {
		t.Notes = append(t.Notes, p.people)
		for _, l := range v.lines(p) {
			q := p.yard.Quarters[l.column]
			t.Rows = append(t.Rows, []any{l.name, l.kind, float64(l.figure.N), tenth(l.figure.Mean), tenth(l.figure.Low), tenth(l.figure.High), tenth(q[0]), tenth(q[1]), tenth(q[2]), l.group, l.change})
		}
	}
	return v.file(name, v.c.Param("format"), t)
}
