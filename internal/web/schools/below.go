package schools

import (
	"math"
	"slices"

	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// below are the districts, what leads on and what the department may open to others.
func (v *view) below(s *Screen) (blocks []page.Block) {
	if s.Total == nil {
		return nil
	}
	places := &page.Grid{Caption: v.t("district.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("filter.district")}, {Text: v.t("district.groups"), Number: true}, {Text: v.t("col.n"), Number: true}}}
	shown := []string{s.yard.Main}
	if s.yard.Main != overall && len(s.yard.Areas) > 0 {
		shown = append(shown, overall)
	}
	for _, id := range shown {
		places.Head = append(places.Head, page.GridHead{Text: v.variable(id), Number: true})
	}
	have := map[string]bool{}
	for _, l := range s.made.Members {
		have[l.District] = true
	}
	var all []string
	for id := range have {
		if id != "" {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	for _, id := range all {
		t := s.made.Table(s.asked.Role, report.Filter{Kind: s.asked.Kind, District: id})
		if len(t.Rows) == 0 {
			continue
		}
		coverage := math.NaN()
		if t.Total.Frame > 0 {
			coverage = float64(t.Total.N) / float64(t.Total.Frame)
		}
		row := page.GridRow{Cells: []page.GridCell{{Text: v.h.o.District(id, v.lang), Href: s.asked.href(Office, "district", id)}, {Text: v.w.Int(int64(len(t.Rows))), Number: true}, {Text: v.w.Int(t.Total.N), Small: v.share(coverage), Number: true}}}
		for _, column := range shown {
			f := of(&t.Total, column, s.yard.Variables)
			row.Cells = append(row.Cells, page.GridCell{Text: v.point(f.Mean), Small: v.between(f.Low, f.High), Number: true})
		}
		places.Rows = append(places.Rows, row)
	}
	blocks = append(blocks, page.Block{ID: "districts", Title: v.t("district.title"), Small: v.t("district.lead"), Grid: places,
		Acts: []page.Button{{Text: v.t("district.map"), Href: s.asked.href(MapAddress, "view", "", "error", "", "sort", "", "dir", ""), Kind: "second", Small: true}}})
	if more := v.h.o.More(s.round.Year, v.w); len(more) > 0 {
		grid := &page.Grid{Caption: v.t("more.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("more.what")}, {Text: v.t("more.how")}}}
		for _, m := range more {
			grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: m.Title, Href: m.Href}, {Text: m.Text}}})
		}
		blocks = append(blocks, page.Block{ID: "more", Title: v.t("more.title"), Grid: grid})
	}
	if v.may(person.RoundOpen) {
		open, words := "yes", "publish.go"
		state := v.t("publish.shut")
		if !s.round.Published.IsZero() {
			open, words, state = "no", "publish.stop", v.t("publish.open", "Date", v.w.Date(s.round.Published.Time), "Path", "/api/v1/rounds/"+s.round.ID+"/figures")
		}
		blocks = append(blocks, page.Block{ID: "publish", Noprint: true, Title: v.t("publish.title"), Text: []string{state}, Forms: []page.Form{{Action: Office + "/publish",
			Hidden: []page.Hidden{{Name: "round", Value: s.round.ID}, {Name: "open", Value: open}}, Buttons: []page.Button{{Text: v.t(words), Kind: "second", Small: true}}}}})
	}
	return blocks
}
