package items

import (
	"strconv"
	"strings"

	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
	"osvitlo/internal/web/page"
)

// machine shows what the machine checks say of the bank: found mistakes, demands on the
// whole, and the places of right options. It says on the page that this is no review.
func (v *view) machine() []page.Block {
	m := v.h.o.Bank.Machine()
	found := &page.Grid{Caption: v.t("checks.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("checks.rule")}, {Text: v.t("checks.found"), Number: true}}}
	for _, k := range itembank.Checks() {
		cell := page.GridCell{Text: v.w.Int(int64(len(m.Failed[k]))), Number: true}
		if len(m.Failed[k]) > 0 {
			cell.Href = Address + "?check=" + string(k)
		}
		found.Rows = append(found.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.t("check." + string(k)), Small: v.t("check." + string(k) + ".hint")}, cell}, Bad: len(m.Failed[k]) > 0})
	}
	asked := &page.Grid{Caption: v.t("demands.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("demands.what")},
		{Text: v.t("demands.have"), Number: true}, {Text: v.t("demands.need"), Number: true}}}
	for _, d := range m.Met {
		asked.Rows = append(asked.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.t("demand." + string(d.Demand))},
			{Text: v.w.Int(int64(d.Have)), Number: true}, {Text: v.w.Int(int64(d.Need)), Number: true}}, Bad: !d.OK()})
	}
	places := &page.Grid{Caption: v.t("places.title"), Hidden: true, Empty: v.t("list.none"), Head: []page.GridHead{{Text: v.t("places.place"), Number: true},
		{Text: v.t("places.n"), Number: true}, {Text: v.t("places.even"), Number: true}}}
	for i, p := range m.Places {
		places.Rows = append(places.Rows, page.GridRow{Cells: []page.GridCell{{Text: strconv.Itoa(i + 1), Number: true},
			{Text: v.w.Int(int64(p.N)), Number: true}, {Text: v.w.Number(p.Even, 0), Number: true}}, Bad: p.Uneven(m.Plain)})
	}
	return []page.Block{
		{ID: "demands", Title: v.t("demands.title"), Grid: asked},
		{ID: "checks", Title: v.t("checks.title"), Small: v.t("checks.lead", "Day", v.w.Date(m.Day), "N", v.w.Int(int64(m.Items))), Grid: found,
			Text: []string{v.t("checks.facts", "N", v.w.Int(int64(m.Dated)), "Source", v.w.Int(int64(m.Source)), "Seen", v.w.Int(int64(m.Seen)))}},
		{ID: "places", Title: v.t("places.title"), Small: v.t("places.lead"), Grid: places},
	}
}

// checked is what the machine checks say of one item.
func (v *view) checked(it *instrument.Item) string {
	now := v.h.o.Now()
	marks := itembank.Marks(it, now)
	if len(marks) == 0 {
		return v.t("fact.checks.none", "Day", v.w.Date(now))
	}
	var list []string
	for _, m := range marks {
		list = append(list, v.t("check."+string(m.Check))+" ("+m.Pointer+")")
	}
	return v.t("fact.checks.some", "Day", v.w.Date(now), "List", strings.Join(list, "; "))
}
