package schools

import (
	"bytes"
	"encoding/csv"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/xuri/excelize/v2"

	"osvitlo/internal/fault"
)

// formats are the files of the heat map.
var formats = []string{"xlsx", "csv", "pdf"}

// sheetOf is a table as it goes into a file: words and numbers, no sums of it.
type sheetOf struct {
	title string
	notes []string // over the table
	heads []string
	rows  [][]any // string or float64; NaN is an empty cell
}

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
func (v *view) heatSheet(s *Screen) sheetOf {
	t := sheetOf{title: s.Title, notes: v.notes(s.Sub, s)}
	t.heads = []string{v.t("col.name"), v.t("col.members"), v.t("filter.district"), v.t("col.n"), v.t("col.response.file")}
	changed := make([]bool, len(s.Columns)) // columns in which something is real
	for i, c := range s.Columns {
		for k := range s.Lines {
			changed[i] = changed[i] || s.Lines[k].Cells[i].Change != ""
		}
		changed[i] = changed[i] || s.Total != nil && s.Total.Cells[i].Change != ""
		t.heads = append(t.heads, c.Full+" ("+c.Kind+")")
		if s.Errors {
			t.heads = append(t.heads, c.Full+": "+v.t("col.low"), c.Full+": "+v.t("col.high"))
		}
		if changed[i] {
			t.heads = append(t.heads, c.Full+": "+v.t("col.moved"))
		}
	}
	t.heads = append(t.heads, v.t("col.change"), v.t("col.place"))
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
		t.rows = append(t.rows, append(row, v.changeWords(l), l.Group))
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

func (v *view) file(name, format string, t sheetOf) error {
	var raw []byte
	var err error
	switch format {
	case "csv":
		raw, err = v.asCSV(t)
	case "xlsx":
		raw, err = asXLSX(t)
	default:
		return fault.New(fault.NotFound, "")
	}
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return v.give(name, format, raw)
}

var kinds = map[string]string{"csv": "text/csv; charset=utf-8", "pdf": "application/pdf",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

func (v *view) give(name, format string, raw []byte) error {
	head := v.c.Writer.Header()
	head.Set("Content-Type", kinds[format])
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

// defused keeps a spreadsheet from running a name as a formula.
func defused(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func (v *view) asCSV(t sheetOf) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Comma, w.UseCRLF = ';', true
	write := func(cells ...string) { _ = w.Write(cells) } // to memory: Error below tells
	write(defused(t.title))
	for _, n := range t.notes {
		write(defused(n))
	}
	head := make([]string, len(t.heads))
	for i, h := range t.heads {
		head[i] = defused(h)
	}
	write(head...)
	for _, row := range t.rows {
		cells := make([]string, len(row))
		for i, x := range row {
			switch x := x.(type) {
			case string:
				cells[i] = defused(x)
			case float64:
				if !math.IsNaN(x) {
					cells[i] = strings.Replace(strconv.FormatFloat(x, 'f', -1, 64), ".", ",", 1)
				}
			}
		}
		write(cells...)
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func asXLSX(t sheetOf) (raw []byte, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	const sheet = "Sheet1"
	put := func(col, row int, value any) {
		cell, e := excelize.CoordinatesToCellName(col, row)
		if err == nil && e != nil {
			err = e
		}
		if x, ok := value.(float64); ok && math.IsNaN(x) {
			return
		}
		if e := f.SetCellValue(sheet, cell, value); err == nil && e != nil {
			err = e
		}
	}
	row := 1
	put(1, row, t.title)
	for _, n := range t.notes {
		row++
		put(1, row, n)
	}
	row += 2
	top := row
	for i, h := range t.heads {
		put(i+1, row, h)
	}
	for _, line := range t.rows {
		row++
		for i, x := range line {
			put(i+1, row, x)
		}
	}
	if err != nil {
		return nil, err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return nil, err
	}
	last, err := excelize.CoordinatesToCellName(len(t.heads), top)
	if err != nil {
		return nil, err
	}
	first, err := excelize.CoordinatesToCellName(1, top)
	if err != nil {
		return nil, err
	}
	below, err := excelize.CoordinatesToCellName(2, top+1)
	if err != nil {
		return nil, err
	}
	for _, act := range []func() error{
		func() error { return f.SetCellStyle(sheet, "A1", "A1", bold) },
		func() error { return f.SetCellStyle(sheet, first, last, bold) },
		func() error { return f.SetColWidth(sheet, "A", "A", 36) },
		func() error {
			return f.SetPanes(sheet, &excelize.Panes{Freeze: true, XSplit: 1, YSplit: top, TopLeftCell: below, ActivePane: "bottomRight"})
		},
	} {
		if err := act(); err != nil {
			return nil, err
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
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
	t := sheetOf{title: p.name, notes: v.notes(v.in(p.round.Title)+" · "+v.role(p.role), nil)}
	if p.why != "" {
		t.notes = append(t.notes, p.why)
	}
	t.heads = []string{v.t("col.area"), v.t("col.kind"), v.t("col.n"), v.t("col.mean"), v.t("col.low"), v.t("col.high"), v.t("spread.low"), v.t("col.median"), v.t("spread.high"), v.t("col.place"), v.t("col.change")}
	if p.row != nil {
		t.notes = append(t.notes, p.people)
		for _, l := range v.lines(p) {
			q := p.yard.Quarters[l.column]
			t.rows = append(t.rows, []any{l.name, l.kind, float64(l.figure.N), tenth(l.figure.Mean), tenth(l.figure.Low), tenth(l.figure.High), tenth(q[0]), tenth(q[1]), tenth(q[2]), l.group, l.change})
		}
	}
	return v.file(name, v.c.Param("format"), t)
}
