package schools

import (
	"bytes"
	"slices"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"osvitlo/internal/fault"
	"osvitlo/internal/web/typeface"
)

// sheetPDF is a document in the making: A4, the embedded Ukrainian letters.
type sheetPDF struct {
	*fpdf.Fpdf
	wide float64 // between the margins
}

const (
	margin = 12.0
)

func (v *view) newPDF(orientation, title string) *sheetPDF {
	f := fpdf.New(orientation, "mm", "A4", "")
	f.AddUTF8FontFromBytes("noto", "", typeface.Regular)
	f.AddUTF8FontFromBytes("noto", "B", typeface.Bold)
	f.SetMargins(margin, margin, margin)
	f.SetAutoPageBreak(true, margin+5)
	f.SetTitle(title, true)
	f.SetCreator("Osvitlo", false)
	f.SetLang(v.lang)
	now := v.h.o.Now()
	f.SetCreationDate(now)
	f.SetModificationDate(now)
	f.AliasNbPages("{pages}")
	foot := v.w.Date(now)
	if v.h.o.Demo {
		foot += " · " + v.t("demo")
	}
	f.SetFooterFunc(func() {
		f.SetY(-margin)
		f.SetFont("noto", "", 8)
		f.SetTextColor(70, 88, 106)
		f.CellFormat(0, 4, typeface.Fit(foot), "", 0, "L", false, 0, "")
		f.SetX(margin)
		f.CellFormat(0, 4, typeface.Fit(v.t("file.page", "N", f.PageNo())), "", 0, "R", false, 0, "")
	})
	f.AddPage()
	w, _ := f.GetPageSize()
	return &sheetPDF{Fpdf: f, wide: w - 2*margin}
}

func (s *sheetPDF) words(text string, size float64, bold bool, after float64) {
	if text == "" {
		return
	}
	s.letters(size, bold)
	s.MultiCell(s.wide, size*0.3528*1.35, typeface.Fit(text), "", "L", false)
	s.Ln(after)
}

func (s *sheetPDF) letters(size float64, bold bool) {
	style := ""
	if bold {
		style = "B"
	}
	s.SetFont("noto", style, size)
	s.SetTextColor(20, 40, 60)
}

// cellPDF is a cell of a table; Step colours its ground as on the page, -1 leaves it.
type cellPDF struct {
	text  string
	bold  bool
	right bool
	step  int
}

// grounds are the colours of the heat map.
var grounds = [6][3]int{{0xf3, 0xf6, 0xfa}, {0xdc, 0xe8, 0xf4}, {0xba, 0xd3, 0xec}, {0x8d, 0xb6, 0xe0}, {0x2a, 0x6f, 0xb4}, {0x0a, 0x42, 0x80}}

// table draws rows; the head stands on every page.
func (s *sheetPDF) table(widths []float64, size float64, head []string, rows [][]cellPDF) {
	heads := make([]cellPDF, len(head))
	for i, h := range head {
		heads[i] = cellPDF{text: h, bold: true, step: -1, right: i > 0 && len(rows) > 0 && rows[0][i].right}
	}
	s.row(widths, size, heads)
	_, high := s.GetPageSize()
	for _, row := range rows {
		if s.GetY()+s.height(widths, size, row) > high-margin-6 {
			s.AddPage()
			s.row(widths, size, heads)
		}
		s.row(widths, size, row)
	}
	s.Ln(3)
}

func (s *sheetPDF) split(c cellPDF, width, size float64) []string {
	s.letters(size, c.bold)
	var out []string
	for _, part := range strings.Split(c.text, "\n") {
		out = append(out, s.SplitText(typeface.Fit(part), width-2)...)
	}
	return out
}

func (s *sheetPDF) height(widths []float64, size float64, row []cellPDF) float64 {
	most := 1
	for i, c := range row {
		most = max(most, len(s.split(c, widths[i], size)))
	}
	return float64(most)*size*0.3528*1.25 + 2
}

func (s *sheetPDF) row(widths []float64, size float64, row []cellPDF) {
	high, x, y := s.height(widths, size, row), margin, s.GetY()
	line := size * 0.3528 * 1.25
	s.SetDrawColor(217, 213, 201)
	for i, c := range row {
		if c.step >= 0 {
			g := grounds[min(c.step, len(grounds)-1)]
			s.SetFillColor(g[0], g[1], g[2])
			s.Rect(x, y, widths[i]-0.4, high, "F")
		}
		for k, text := range s.split(c, widths[i], size) {
			s.letters(size, c.bold)
			if c.step > 3 {
				s.SetTextColor(255, 255, 255)
			}
			at := x + 1
			if c.right {
				at = x + widths[i] - 1.4 - s.GetStringWidth(text)
			}
			s.Text(at, y+1+line*(float64(k)+0.78), text)
		}
		x += widths[i]
	}
	s.Line(margin, y+high, x, y+high)
	s.SetXY(margin, y+high)
}

func (s *sheetPDF) bytes() ([]byte, error) {
	var b bytes.Buffer
	if err := s.Output(&b); err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return b.Bytes(), nil
}

// heatPDF is the heat map for a meeting: what the page of the same query shows.
func (v *view) heatPDF(s *Screen) ([]byte, error) {
	f := v.newPDF("L", s.Title)
	f.words(s.Title, 16, true, 1)
	f.words(s.Sub, 10, false, 1)
	f.words(v.lead(s), 11, false, 3)
	size := 6.6
	widths := []float64{36, 13, 16}
	change, place := 32.0, 23.0
	if len(s.Columns) > 10 {
		size, widths, change, place = 5.5, []float64{34, 9, 10}, 24, 16
	}
	left := f.wide - widths[0] - widths[1] - widths[2] - change - place
	head := []string{v.t("col.name"), v.t("col.n"), v.t("col.response")}
	each := left / (float64(len(s.Columns)) + 0.15) // a gap has signs: it is a little wider
	if !slices.ContainsFunc(s.Columns, func(c Column) bool { return c.ID == gap }) {
		each = left / float64(len(s.Columns))
	}
	for _, c := range s.Columns {
		width := each
		if c.ID == gap {
			width *= 1.15
		}
		widths = append(widths, width)
		name := c.Name
		if len(s.Columns) > 10 && c.Mark != "" {
			name = c.Mark
		}
		head = append(head, name)
	}
	widths = append(widths, change, place)
	head = append(head, v.t("col.change"), v.t("col.place"))
	var rows [][]cellPDF
	add := func(l *Line, bold bool) {
		name := l.Name
		if l.Members != "" {
			name += "\n" + l.Members
		}
		row := []cellPDF{{text: name, bold: true, step: -1}, {text: l.Count, right: true, step: -1}, {text: l.Response, right: true, step: -1}}
		for _, c := range l.Cells {
			text := c.Text
			if s.Errors && c.Small != "" {
				text += "\n" + c.Small
			}
			if c.Change != "" {
				text += "\n" + v.t("cell.change", "By", c.Change)
			}
			row = append(row, cellPDF{text: text, right: true, step: c.Step, bold: bold})
		}
		rows = append(rows, append(row, cellPDF{text: v.changeWords(l), step: -1}, cellPDF{text: l.Group, step: -1}))
	}
	for i := range s.Lines {
		add(&s.Lines[i], false)
	}
	if s.Total != nil {
		add(s.Total, true)
	}
	f.table(widths, size, head, rows)
	if len(s.Columns) > 10 {
		var list []string
		for _, c := range s.Columns {
			if c.Mark != "" {
				list = append(list, c.Mark+" — "+c.Name)
			}
		}
		f.words(strings.Join(list, "; "), 8, false, 2)
	}
	for _, note := range v.notes("", s) {
		f.words(note, 9, false, 1)
	}
	f.words(v.t("hidden.text"), 9, false, 1)
	return f.bytes()
}

// profilePDF is a school's results for a council or a staff meeting.
func (v *view) profilePDF(p *profile) ([]byte, error) {
	f := v.newPDF("P", p.name)
	f.words(p.name, 17, true, 1)
	f.words(v.in(p.round.Title)+" · "+v.role(p.role), 11, false, 2)
	f.words(v.t("own.lead"), 10, false, 3)
	if p.why != "" {
		f.words(v.t("why.title"), 12, true, 1)
		f.words(p.why, 10, false, 3)
	}
	if p.row == nil {
		return f.bytes()
	}
	f.words(p.people+" "+v.t("people.text"), 10, false, 3)
	section := func(title string, list []string, none string) {
		f.words(title, 12, true, 1)
		if len(list) == 0 {
			list = []string{none}
		}
		for _, one := range list {
			f.words("• "+one, 10, false, 0.5)
		}
		f.Ln(2)
	}
	section(v.t("strong.title"), p.strong, v.t("strong.none"))
	section(v.t("weak.title"), p.weak, v.t("weak.none"))
	f.words(v.t("own.table"), 12, true, 1)
	var rows [][]cellPDF
	for _, l := range v.lines(p) {
		rows = append(rows, []cellPDF{{text: l.name + "\n" + l.kind, step: -1}, {text: l.mean + "\n" + l.between, right: true, step: step(l.figure.Mean)}, {text: l.median, right: true, step: -1},
			{text: l.quartiles, right: true, step: -1}, {text: l.group, step: -1}, {text: l.change, step: -1}})
	}
	f.table([]float64{50, 24, 20, 24, 30, f.wide - 148}, 9, v.heads(), rows)
	f.words(v.t("own.foot"), 9, false, 3)
	if len(p.years) > 0 {
		f.words(v.t("own.years"), 12, true, 1)
		widths, rows := []float64{60}, [][]cellPDF{}
		for range p.yearNames {
			widths = append(widths, min(30, (f.wide-60)/float64(len(p.yearNames))))
		}
		for _, y := range p.years {
			row := []cellPDF{{text: v.variable(y.column), step: -1}}
			for _, x := range y.figures {
				row = append(row, cellPDF{text: v.value(y.column, x) + "\n" + v.interval(y.column, x), right: true, step: -1})
			}
			rows = append(rows, row)
		}
		f.table(widths, 9, append([]string{v.t("col.area")}, p.yearNames...), rows)
		f.words(v.t("own.years.foot"), 9, false, 1)
	}
	for _, note := range v.notes("", nil) {
		f.words(note, 9, false, 1)
	}
	return f.bytes()
}
