package resident

import (
	"strings"

	"osvitlo/internal/chart"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/web/page"
)

// modeEffect compares the ways of answering within sex and age. The index is not
// corrected by it, so it stands where everybody can see it.
func (b *driverBuilder) modeEffect(e *cityindex.ModeEffect) *breakdown {
	if e == nil {
		return nil
	}
	out := &breakdown{Title: b.say("mode"), Text: b.say("mode.text")}
	out.Table = page.Table{Caption: out.Title, Hidden: true, Foot: b.say("mode.foot")}
	if e.ReasonCode != "" {
		out.Text = b.say("mode.none", "Why", b.why(e.ReasonCode))
		return out
	}
	out.ChartTitle, out.Note = b.say("mode.chart"), b.w.T("waves.hollow", nil)
	out.Table.Head = []page.Cell{{Text: b.say("factor.mode")}, {Text: b.say("mode.difference"), Number: true}, {Text: b.say("col.interval"), Number: true}, {Text: "n", Number: true}}
	write := func(x float64) string { return tenth(b.w.Number, x) }
	d := chart.Effects{Head: chart.Head{ID: "mode-effect", Title: out.ChartTitle}, Write: write, Axis: func(x float64) string { return b.w.Number(x, 0) }}
	var desc []string
	for _, m := range e.Modes {
		name := b.groupName("mode", m.ID)
		row := []page.Cell{{Text: name}, {Text: b.say("mode.reference"), Number: true}, {Number: true, Quiet: true}, {Text: b.w.Int(m.N), Number: true, Quiet: true}}
		if m.Effect != nil {
			row[1] = page.Cell{Text: write(*m.Effect), Number: true, Strong: true}
			row[2].Text = b.say("mode.interval", "Low", write(*m.Low), "High", write(*m.High))
			d.Rows = append(d.Rows, chart.Effect{Name: name, Value: chart.Value{At: *m.Effect, Low: *m.Low, High: *m.High}, Sure: *m.Low > 0 || *m.High < 0})
			desc = append(desc, name+": "+write(*m.Effect))
		}
		out.Table.Rows = append(out.Table.Rows, row)
	}
	d.Desc = strings.Join(desc, "; ")
	out.Chart = d.SVG()
	if e.Notable {
		out.Text += " " + b.say("mode.notable")
	}
	return out
}

// sample sets the people whom the city drew beside those who came by themselves.
func (b *driverBuilder) sample(s *cityindex.SampleFigures) *breakdown {
	if s == nil {
		return nil
	}
	out := &breakdown{Title: b.say("sample"), Text: b.say("sample.text", "Title", s.Title.In(b.lang), "N", b.w.Int(s.Size))}
	out.Table = page.Table{Caption: out.Title, Hidden: true}
	if s.ReasonCode != "" {
		out.Text += " " + b.say("sample.none", "Why", b.why(s.ReasonCode))
		return out
	}
	if s.Response != nil {
		out.Text += " " + b.say("sample.response", "Share", b.w.Number(100**s.Response, 0))
	}
	if d := s.Difference; d != nil {
		key := "sample.same"
		if d.Low > 0 || d.High < 0 {
			key = "sample.differs"
		}
		write := func(x float64) string { return tenth(b.w.Number, x) }
		out.Text += " " + b.say(key, "Delta", write(d.Delta), "Low", write(d.Low), "High", write(d.High))
	}
	out.Table.Head = []page.Cell{{Text: b.say("sample.who")}, {Text: b.say("col.points"), Number: true}, {Text: b.say("col.interval"), Number: true}, {Text: b.say("sample.basic"), Number: true}, {Text: b.say("col.interval"), Number: true}, {Text: "n", Number: true}}
	for _, x := range []struct {
		name string
		part *cityindex.SamplePart
	}{{"sample.invited", s.Invited}, {"sample.others", s.Others}} {
		out.Table.Rows = append(out.Table.Rows, []page.Cell{{Text: b.say(x.name)},
			b.number(x.part.Index.Value, 1, 1, x.part.Index.ReasonCode), {Text: b.span(x.part.Index.Low, x.part.Index.High, 1, 1), Number: true, Quiet: true},
			b.number(x.part.AtLeastBasic.Share, 100, 0, x.part.AtLeastBasic.ReasonCode), {Text: b.span(x.part.AtLeastBasic.Low, x.part.AtLeastBasic.High, 100, 0), Number: true, Quiet: true},
			{Text: b.w.Int(x.part.N), Number: true, Quiet: true}})
	}
	return out
}
