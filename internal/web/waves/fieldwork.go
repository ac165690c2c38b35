package waves

import (
	"math"
	"net/http"
	"strings"
	"unicode"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/chart"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// Fieldwork shows how a wave goes: for staff only, with every single answer.
func (h *Handlers) Fieldwork(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.IndexInternal); err != nil {
		return err
	}
	f, err := h.o.Index.Fieldwork(c.Param("wave"))
	if err != nil {
		return err
	}
	w := f.Wave
	s := v.sheet(w.Title.In(v.lang), v.list())
	s.Kicker = v.t("field.kicker")
	s.Lead = v.span(w)
	s.Parts = append(s.Parts, Part{Block: page.Block{Note: &page.Note{Kind: "sun", Title: v.t("internal"), Text: []string{v.t("internal.text")}}, Figs: v.figures(f), Acts: v.acts(f)}})
	s.Parts = append(s.Parts, Part{Block: v.alerts(f)}, v.cells(f), v.days(f), v.parts("modes", f.Modes, true), v.parts("kinds", f.Kinds, false), v.parts("places", f.Places, false),
		Part{Block: v.weights(f)}, v.modeEffect(f.Mode))
	if f.Sample != nil {
		s.Parts = append(s.Parts, Part{Block: v.sample(f.Sample)})
	}
	s.Parts = append(s.Parts, Part{Block: v.releases(w.ID)})
	return v.render(http.StatusOK, s)
}

func (v *view) figures(f *cityindex.Fieldwork) []page.Figure {
	out := []page.Figure{{Value: v.w.Int(f.Count.Counted), Text: v.t("fig.counted"), Lead: true}}
	if f.Planned > 0 {
		var done int64 // of the groups with a target, each up to it
		for _, c := range f.Cells {
			done += min(c.N, c.Target)
		}
		out[0].Interval = v.t("fig.planned", "N", v.w.Int(f.Planned), "Share", v.w.Number(math.Floor(100*float64(done)/float64(f.Planned)), 0))
	}
	out = append(out, page.Figure{Value: v.w.Int(f.Count.Public), Text: v.t("fig.public"), Interval: v.t("fig.waiting", "N", v.w.Int(f.Count.Waiting))})
	if f.Response != nil {
		out = append(out, page.Figure{Value: v.w.Number(100**f.Response, 0) + " %", Text: v.t("fig.response"), Interval: v.t("fig.base", "N", v.w.Int(f.Invited), "Of", v.w.Int(f.RateBase))})
	}
	if f.Index.Value != nil {
		out = append(out, page.Figure{Value: v.w.Number(*f.Index.Value, 1), Text: v.t("fig.index"), Interval: v.from(*f.Index.Low, *f.Index.High, 1)})
	}
	return out
}

func (v *view) from(low, high float64, decimals int) string {
	return v.t("interval", "Low", v.w.Number(low, decimals), "High", v.w.Number(high, decimals))
}

// acts are what the reader may do with the wave.
func (v *view) acts(f *cityindex.Fieldwork) []page.Button {
	var out []page.Button
	at := Address + "/" + f.Wave.ID
	if v.may(person.IndexRelease) {
		out = append(out, page.Button{Text: v.t("act.release"), Href: at + "/release", Small: true})
	}
	if v.may(person.WaveEdit) {
		out = append(out, page.Button{Text: v.t("act.edit"), Href: at + "/edit", Kind: "second", Small: true})
		if v.h.o.Now().Before(f.Wave.Closes.Time) {
			out = append(out, page.Button{Text: v.t("act.close"), Href: at + "/close", Kind: "second", Small: true})
		}
	}
	return out
}

// alerts say what needs an eye; empty cells are told in one line.
func (v *view) alerts(f *cityindex.Fieldwork) page.Block {
	b := page.Block{Title: v.t("alerts")}
	var lines []string
	grouped := map[string][]string{}
	for _, a := range f.Alerts {
		switch a.Kind {
		case cityindex.AlertEmpty, cityindex.AlertBehind:
			if grouped[a.Kind] == nil {
				lines = append(lines, a.Kind)
			}
			sex, age, _ := strings.Cut(a.Text, " ")
			grouped[a.Kind] = append(grouped[a.Kind], v.cell(sex+"."+age))
		case cityindex.AlertModeShift:
			key := "alert.mode_up"
			if a.N < 0 {
				key = "alert.mode_down"
			}
			lines = append(lines, v.t(key, "Mode", v.t("mode."+a.Text), "N", v.w.Int(max(a.N, -a.N))))
		case cityindex.AlertOffMode:
			lines = append(lines, v.t("alert.mode_not_planned", "Mode", v.t("mode."+a.Text), "N", v.w.Int(a.N)))
		case cityindex.AlertUneven:
			lines = append(lines, v.t("alert.weights_uneven", "Deff", v.w.Number(f.Weights.Deff, 2)))
		default:
			lines = append(lines, v.t("alert."+a.Kind, "N", v.w.Int(a.N)))
		}
	}
	for i, l := range lines {
		if list := grouped[l]; list != nil {
			lines[i] = v.t("alert."+l, "List", strings.Join(list, "; "))
		}
	}
	if len(lines) == 0 {
		b.Text = []string{v.t("alerts.none")}
		return b
	}
	b.Note = &page.Note{Kind: "bad", List: lines}
	return b
}

// count is a number that needs no decimals.
func (v *view) count(x float64) string { return v.w.Number(x, 0) }

// cells are the classes of sex and age against their targets.
func (v *view) cells(f *cityindex.Fieldwork) Part {
	grid := &page.Grid{Caption: v.t("cells"), Hidden: true, Empty: v.t("cells.none"),
		Head: []page.GridHead{{Text: v.t("col.cell")}, {Text: v.t("col.n"), Number: true}, {Text: v.t("col.target"), Number: true}, {Text: v.t("col.done"), Number: true}, {Text: v.t("col.tested"), Number: true}, {Text: v.t("col.weight"), Number: true}}}
	bars := chart.Goals{Head: chart.Head{ID: "cells", Title: v.t("cells.chart")}, Write: v.count}
	var desc []string
	for _, c := range f.Cells {
		name := upper(v.cell(c.Sex + "." + c.Age))
		row := page.GridRow{Bad: c.N == 0 && f.Count.Counted > 0, Cells: []page.GridCell{{Text: name}, {Text: v.w.Int(c.N)}, {Text: "–"}, {Text: "–"}, {Text: v.w.Int(c.Tested)}, {Text: "–"}}}
		if c.Target > 0 {
			row.Cells[2].Text, row.Cells[3].Text = v.w.Int(c.Target), v.w.Number(100*float64(c.N)/float64(c.Target), 0)+" %"
		}
		if c.Weight > 0 {
			row.Cells[5].Text = v.w.Number(c.Weight, 2)
		}
		grid.Rows = append(grid.Rows, row)
		bars.Rows = append(bars.Rows, chart.Goal{Name: name, N: float64(c.N), Target: float64(c.Target)})
		desc = append(desc, name+": "+v.w.Int(c.N))
	}
	bars.Desc = strings.Join(desc, "; ")
	p := Part{Block: page.Block{Title: v.t("cells"), Small: v.t("cells.text"), Grid: grid}, Chart: bars.SVG(), ChartTitle: v.t("cells.chart")}
	if f.Planned > 0 {
		p.ChartNote = v.t("cells.mark")
	}
	return p
}

// days are the answers by day.
func (v *view) days(f *cityindex.Fieldwork) Part {
	grid := &page.Grid{Caption: v.t("days"), Hidden: true, Empty: v.t("days.none"), Head: []page.GridHead{{Text: v.t("col.day")}, {Text: v.t("col.n"), Number: true}, {Text: v.t("col.sum"), Number: true}}}
	part := Part{Block: page.Block{Title: v.t("days"), Grid: grid}}
	var sum int64
	cols := chart.Columns{Head: chart.Head{ID: "days", Title: v.t("days.chart")}, Write: v.count}
	for _, d := range f.Days {
		day, _ := dayOf(d.ID)
		sum += d.N
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.Date(day)}, {Text: v.w.Int(d.N)}, {Text: v.w.Int(sum)}}})
		cols.Rows = append(cols.Rows, float64(d.N))
	}
	if n := len(grid.Rows); n > 0 {
		cols.First, cols.Last = grid.Rows[0].Cells[0].Text, grid.Rows[n-1].Cells[0].Text
		cols.Desc = v.t("days.desc", "N", v.w.Int(sum), "First", cols.First, "Last", cols.Last)
		if n > lastDays {
			grid.Rows = grid.Rows[n-lastDays:]
			grid.Foot = v.t("days.last", "N", v.w.Int(lastDays))
		}
		part.Chart, part.ChartTitle = cols.SVG(), v.t("days.chart")
	}
	return part
}

// lastDays is how many days the table shows; the drawing shows all.
const lastDays = 14

// parts is one way to split the answers.
func (v *view) parts(name string, list []cityindex.FieldPart, before bool) Part {
	grid := &page.Grid{Caption: v.t(name), Hidden: true, Head: []page.GridHead{{Text: v.t("col." + name)}, {Text: v.t("col.n"), Number: true}, {Text: v.t("col.share"), Number: true}}}
	target := false
	for _, p := range list {
		before = before && !math.IsNaN(p.Before)
		target = target || p.Target > 0
	}
	if before {
		grid.Head = append(grid.Head, page.GridHead{Text: v.t("col.before"), Number: true})
	}
	if target {
		grid.Head = append(grid.Head, page.GridHead{Text: v.t("col.target"), Number: true})
	}
	bars := chart.Goals{Head: chart.Head{ID: name, Title: v.t(name + ".chart")}, Write: v.count}
	var desc []string
	for _, p := range list {
		label := upper(v.part(name, p.ID))
		row := page.GridRow{Cells: []page.GridCell{{Text: label}, {Text: v.w.Int(p.N)}, {Text: v.w.Number(100*p.Share, 0) + " %"}}}
		if p.Off {
			row.Cells[0].Tag = &page.Tag{Text: v.t("off")}
		}
		if before {
			row.Cells = append(row.Cells, page.GridCell{Text: v.w.Number(100*p.Before, 0) + " %"})
		}
		if target {
			text := "–"
			if p.Target > 0 {
				text = v.w.Int(p.Target)
			}
			row.Cells = append(row.Cells, page.GridCell{Text: text})
		}
		grid.Rows = append(grid.Rows, row)
		bars.Rows = append(bars.Rows, chart.Goal{Name: label, N: float64(p.N), Target: float64(p.Target)})
		desc = append(desc, label+": "+v.w.Int(p.N))
	}
	bars.Desc = strings.Join(desc, "; ")
	return Part{Block: page.Block{Title: v.t(name), Grid: grid}, Chart: bars.SVG(), ChartTitle: v.t(name + ".chart")}
}

func (v *view) part(name, id string) string {
	switch name {
	case "modes":
		return v.t("mode." + id)
	case "kinds":
		return v.t("kind." + id)
	}
	return v.district(id)
}

// weights say how uneven the weights are.
func (v *view) weights(f *cityindex.Fieldwork) page.Block {
	b := page.Block{Title: v.t("weights")}
	if f.Weights == nil {
		b.Text = []string{v.t("weights.none")}
		return b
	}
	k := f.Weights
	b.Facts = []page.Row{
		{Key: v.t("weights.rung"), Value: v.rung(f.Rung)},
		{Key: v.t("weights.least"), Value: v.w.Number(k.Min, 2)}, {Key: v.t("weights.most"), Value: v.w.Number(k.Max, 2)},
		{Key: v.t("weights.deff"), Value: v.w.Number(k.Deff, 2)}, {Key: v.t("weights.neff"), Value: v.w.Number(k.Neff, 0)},
	}
	return b
}

// rung is how the answers are weighted, in words.
func (v *view) rung(id string) string {
	key := "resident.index.rung." + id
	if text := v.w.T(key, nil); text != key {
		return text
	}
	return id
}

// upper begins a cell with a capital.
func upper(text string) string {
	r := []rune(text)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// modeEffect compares the ways of answering within sex and age.
func (v *view) modeEffect(e *cityindex.ModeEffect) Part {
	p := Part{Block: page.Block{Title: v.t("effect"), Small: v.t("effect.text")}}
	if e == nil || e.ReasonCode != "" {
		code := cityindex.ReasonTooFew
		if e != nil {
			code = e.ReasonCode
		}
		p.Text = []string{v.t("effect.none", "Why", v.reason(code))}
		return p
	}
	grid := &page.Grid{Caption: v.t("effect"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.modes")}, {Text: v.t("col.n"), Number: true}, {Text: v.t("col.effect"), Number: true}, {Text: v.t("col.interval"), Number: true}}}
	d := chart.Effects{Head: chart.Head{ID: "effect", Title: v.t("effect.chart")}, Write: v.signed, Axis: v.count}
	var desc []string
	for _, m := range e.Modes {
		label := upper(v.t("mode." + m.ID))
		row := page.GridRow{Cells: []page.GridCell{{Text: label}, {Text: v.w.Int(m.N)}, {Text: v.t("effect.reference")}, {}}}
		if m.Effect != nil {
			row.Cells[2].Text, row.Cells[3].Text = v.signed(*m.Effect), v.from(*m.Low, *m.High, 1)
			if m.Notable {
				row.Cells[0].Tag = &page.Tag{Text: v.t("effect.notable"), Kind: "sun"}
			}
			d.Rows = append(d.Rows, chart.Effect{Name: label, Value: chart.Value{At: *m.Effect, Low: *m.Low, High: *m.High}, Sure: *m.Low > 0 || *m.High < 0})
			desc = append(desc, label+": "+v.signed(*m.Effect))
		}
		grid.Rows = append(grid.Rows, row)
	}
	d.Desc = strings.Join(desc, "; ")
	p.Grid, p.Chart, p.ChartTitle, p.ChartNote = grid, d.SVG(), v.t("effect.chart"), v.t("hollow")
	if e.Notable {
		p.Text = []string{v.t("effect.warn")}
	}
	return p
}

// signed writes a difference with its sign and one decimal.
func (v *view) signed(x float64) string { return signed(v.w.Number, x) }

func signed(write func(float64, int) string, x float64) string {
	text := write(math.Abs(x), 1)
	switch {
	case math.Round(x*10) > 0:
		return "+" + text
	case math.Round(x*10) < 0:
		return "−" + text
	}
	return text
}

func (v *view) reason(code string) string {
	key := "waves.reason." + code
	if text := v.w.T(key, nil); text != key {
		return text
	}
	return code
}

// sample sets those whom the city drew beside those who came by themselves.
func (v *view) sample(s *cityindex.SampleFigures) page.Block {
	b := page.Block{Title: v.t("sample"), Small: v.t("sample.text", "Title", s.Title.In(v.lang), "Day", v.day(s.Drawn), "N", v.w.Int(s.Size))}
	if s.ReasonCode != "" {
		b.Text = []string{v.t("sample.none", "Why", v.reason(s.ReasonCode))}
		return b
	}
	mean := func(m cityindex.Mean) string {
		if m.Value == nil {
			return v.reason(m.ReasonCode)
		}
		return v.w.Number(*m.Value, 1) + " (" + v.from(*m.Low, *m.High, 1) + ")"
	}
	share := func(m cityindex.Share) string {
		if m.Share == nil {
			return v.reason(m.ReasonCode)
		}
		return v.w.Number(100**m.Share, 0) + " % (" + v.from(100**m.Low, 100**m.High, 0) + ")"
	}
	b.Pair = &page.Compare{Caption: v.t("sample"), A: v.t("sample.invited"), B: v.t("sample.others"), Rows: []page.CompareRow{
		{Name: v.t("col.n"), A: v.w.Int(s.Invited.N), B: v.w.Int(s.Others.N)},
		{Name: v.t("fig.index"), A: mean(s.Invited.Index), B: mean(s.Others.Index)},
		{Name: v.t("basic"), A: share(s.Invited.AtLeastBasic), B: share(s.Others.AtLeastBasic)},
		{Name: v.t("offline"), A: share(s.Invited.NoInternet), B: share(s.Others.NoInternet)},
	}}
	if d := s.Difference; d != nil {
		key := "sample.same"
		if d.Low > 0 || d.High < 0 {
			key = "sample.differs"
		}
		b.Text = []string{v.t(key, "Delta", v.signed(d.Delta), "Low", v.signed(d.Low), "High", v.signed(d.High))}
	}
	return b
}

// day writes a day that is kept as text.
func (v *view) day(text string) string {
	if t, ok := dayOf(text); ok {
		return v.w.Date(t)
	}
	return text
}

// releases of a wave with what may be done to them.
func (v *view) releases(wave string) page.Block {
	grid := &page.Grid{Caption: v.t("releases"), Hidden: true, Empty: v.t("releases.none"), Cards: true,
		Head: []page.GridHead{{Text: v.t("col.release")}, {Text: v.t("col.asof")}, {Text: v.t("col.cut")}, {Text: v.t("col.state")}}}
	for _, r := range v.h.o.Index.Snapshot().View.Releases {
		if r.Wave != wave {
			continue
		}
		row := page.GridRow{Cells: []page.GridCell{{Text: r.ID, Href: r.Path}, {Text: v.w.DateTime(r.AsOf)}, {Text: v.w.DateTime(r.Cut)}, {Tag: &page.Tag{Text: v.t("release.former")}}}}
		switch {
		case r.Withdrawn != nil:
			row.Cells[3] = page.GridCell{Tag: &page.Tag{Text: v.t("release.withdrawn"), Kind: "bad"}, Small: r.Withdrawn.Text.In(v.lang)}
		case r.Latest:
			row.Cells[3].Tag = &page.Tag{Text: v.t("release.stands"), Kind: "good"}
		}
		if v.may(person.IndexRelease) {
			row.Cells[3].Acts = []page.Button{{Text: v.t("act.note"), Href: Address + "/" + wave + "/releases/" + r.ID, Kind: "quiet", Small: true}}
		}
		grid.Rows = append(grid.Rows, row)
	}
	return page.Block{Title: v.t("releases"), Grid: grid}
}
