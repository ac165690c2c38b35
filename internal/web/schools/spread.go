package schools

import (
	"html/template"
	"slices"
	"strings"

	"osvitlo/internal/chart"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/web/page"
)

// Spread is how the people of a screen lie: pictures by area and a table of the same
// numbers.
type Spread struct {
	Title, Lead string
	Charts      []Picture
	Note        string
	Grid        *page.Grid
}

// Picture is one chart with its title.
type Picture struct {
	Title string
	SVG   template.HTML
}

// spread shows the variables that have quartiles; nil where none has.
func (v *view) spread(s *Screen) *Spread {
	if s.Total == nil {
		return nil
	}
	out := &Spread{Title: v.t("spread.title"), Lead: v.t("spread.lead"), Note: v.t("spread.foot")}
	out.Grid = &page.Grid{Caption: v.t("spread.title"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("spread.what")}, {Text: v.t("col.n"), Number: true},
		{Text: v.t("spread.coverage"), Number: true}, {Text: v.t("spread.low"), Number: true}, {Text: v.t("spread.median"), Number: true},
		{Text: v.t("spread.high"), Number: true}, {Text: v.t("spread.tenth")}}}
	list := slices.Clone(s.yard.Variables)
	if at := slices.Index(list, knowledge); at > 0 { // the test first
		list = slices.Insert(slices.Delete(list, at, at+1), 0, knowledge)
	}
	var drawn []string // areas, in the order of their first variable
	charts := map[string]*chart.Spread{}
	for _, name := range list {
		f, ok := s.table.Total.Cells[name]
		if !ok || f.Quarter == nil {
			continue
		}
		out.Grid.Rows = append(out.Grid.Rows, v.spreadRow(name, f))
		area, _, single := strings.Cut(name, ".")
		if !single {
			area = name
		}
		one := charts[area]
		if one == nil {
			one = &chart.Spread{Head: chart.Head{ID: "spread-" + strings.NewReplacer(":", "-", "_", "-").Replace(area), Title: v.variable(area)}, Max: 100, Step: 25, Write: v.whole}
			charts[area], drawn = one, append(drawn, area)
		}
		strip := v.variable(name)
		if !single { // the title says it
			strip = ""
		}
		one.Rows = append(one.Rows, chart.Strip{Name: strip, Quarter: f.Quarter, Tenth: f.Tenth})
		words := v.t("spread.words", "Name", v.variable(name), "Low", v.whole(f.Quarter[0]), "Median", v.whole(f.Quarter[1]), "High", v.whole(f.Quarter[2]))
		if f.Tenth != nil {
			words += " " + v.t("spread.words.tenth", "Low", v.whole(f.Tenth[0]), "High", v.whole(f.Tenth[8]))
		}
		one.Desc = strings.TrimSpace(one.Desc + " " + words)
	}
	if len(drawn) == 0 {
		return nil
	}
	if len(s.yard.Areas) > 0 {
		out.Note += " " + v.t("spread.steps")
	}
	(&page.Sheet{Blocks: []page.Block{{Grid: out.Grid}}}).Ready() // on a telephone each number says what it is
	for _, area := range drawn {
		out.Charts = append(out.Charts, Picture{charts[area].Title, charts[area].SVG()})
	}
	return out
}

func (v *view) whole(x float64) string { return v.w.Number(x, 0) }

// spreadRow is the row of the table: what the picture shows, and all deciles.
func (v *view) spreadRow(name string, f report.Figures) page.GridRow {
	row := page.GridRow{Cells: []page.GridCell{{Text: v.variable(name)}, {Text: v.w.Int(f.N), Number: true}, {Text: v.share(f.Coverage), Number: true}}}
	for _, q := range f.Quarter {
		row.Cells = append(row.Cells, page.GridCell{Text: v.whole(q), Number: true})
	}
	tenth := v.t("spread.few")
	if f.Tenth != nil {
		var words []string
		for _, q := range f.Tenth {
			words = append(words, v.whole(q))
		}
		tenth = strings.Join(words, ", ")
	}
	row.Cells = append(row.Cells, page.GridCell{Text: tenth})
	return row
}
