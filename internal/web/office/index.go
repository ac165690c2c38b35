package office

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// Index shows the counts of each wave that are not public yet, and the releases.
func (h *Handlers) Index(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("index", "index.title")
	s.Lead = v.t("index.lead")
	num := func(key string) page.GridHead { return page.GridHead{Text: v.t(key), Number: true} }
	grid := page.Grid{Caption: v.t("index.waves"), Hidden: true, Cards: true, Empty: v.t("index.none"),
		Head: []page.GridHead{{Text: v.t("index.wave")}, num("index.counted"), num("index.public"), num("index.waiting"), num("index.tested"), num("index.offline"), num("index.unweightable"), num("index.held"), num("index.excluded")}}
	if h.o.Waves != nil {
		now := h.o.Now()
		for _, w := range h.o.Waves.Waves() {
			n := h.o.Index.Staff(w.ID)
			title := w.Title.In(v.lang)
			if title == "" {
				title = w.ID
			}
			small := v.t("index.closed", "Day", v.date(w.Closes.Time))
			switch {
			case w.OpenAt(now):
				small = v.t("index.open", "Day", v.date(w.Closes.Time))
			case now.Before(w.Opens.Time):
				small = v.t("index.planned", "Day", v.date(w.Opens.Time))
			}
			row := page.GridRow{Bad: n.Damaged > 0, Cells: []page.GridCell{{Text: title, Small: small}}}
			for _, x := range []int64{n.Counted, n.Public, n.Waiting, n.Tested, n.Offline, n.Unweightable, n.Held, n.Excluded} {
				row.Cells = append(row.Cells, page.GridCell{Text: v.w.Int(x)})
			}
			grid.Rows = append(grid.Rows, row)
		}
	}
	grid.Foot = v.t("index.foot")
	releases := page.Grid{Caption: v.t("index.releases"), Hidden: true, Cards: true, Empty: v.t("index.releases.none"),
		Head: []page.GridHead{{Text: v.t("index.release")}, {Text: v.t("index.wave")}, {Text: v.t("index.asof")}, {Text: v.t("index.cut")}, {Text: v.t("index.state")}}}
	if snap := h.o.Index.Snapshot(); snap != nil && snap.View != nil {
		for i, r := range snap.View.Releases {
			if i == 20 {
				break
			}
			tag := &page.Tag{Text: v.t("index.former")}
			switch {
			case r.Withdrawn != nil:
				tag = &page.Tag{Text: v.t("index.withdrawn"), Kind: "bad"}
			case r.Latest:
				tag = &page.Tag{Text: v.t("index.stands"), Kind: "good"}
			}
			releases.Rows = append(releases.Rows, page.GridRow{Cells: []page.GridCell{{Text: r.ID, Href: r.Path}, {Text: r.Wave}, v.when(r.AsOf), v.when(r.Cut), {Tag: tag}}})
		}
	}
	s.Blocks = []page.Block{{Title: v.t("index.waves"), Grid: &grid}, {Title: v.t("index.releases"), Grid: &releases,
		Acts: []page.Button{{Text: v.t("index.page"), Href: "/index", Kind: "second", Small: true}, {Text: v.t("index.data"), Href: "/open-data", Kind: "second", Small: true}}}}
	return v.render(200, s)
}
