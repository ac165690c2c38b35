package office

import (
	"bytes"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/page"
)

// Retention shows how long each kind of data is kept, and what the job did.
func (h *Handlers) Retention(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("retention", "retention.title")
	s.Lead = v.t("retention.lead")
	periods := page.Grid{Caption: v.t("retention.periods"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("retention.kind")}, {Text: v.t("retention.keep")}, {Text: v.t("retention.by")}}}
	for _, p := range h.o.People.Periods() {
		by := v.t("retention.act")
		switch {
		case p.For > 0:
			by = v.t("retention.job")
		case p.Kind == "receipts":
			by = "–"
		}
		periods.Rows = append(periods.Rows, page.GridRow{Cells: []page.GridCell{{Text: upper(v.t("kind." + p.Kind))}, {Text: upper(p.Keep.In(v.lang))}, {Text: by}}})
	}
	found, err := h.o.People.Reports(v.ctx, v.a, store.Cursor(c.Query("cursor")), 30)
	if err != nil {
		return err
	}
	reports := page.Grid{Caption: v.t("retention.reports"), Hidden: true, Cards: true, Empty: v.t("retention.none"),
		Head: []page.GridHead{{Text: v.t("retention.at")}, {Text: v.t("retention.unused"), Number: true}, {Text: v.t("retention.waiting"), Number: true}, {Text: v.t("retention.replayed"), Number: true}, {Text: v.t("retention.resealed"), Number: true}, {Text: v.t("retention.gone")}}}
	for _, r := range found.Items {
		var gone []string
		for _, kind := range slices.Sorted(maps.Keys(r.Gone)) {
			if r.Gone[kind] > 0 {
				gone = append(gone, v.t("gone."+kind)+": "+v.w.Int(int64(r.Gone[kind])))
			}
		}
		all := strings.Join(gone, ", ")
		if all == "" {
			all = v.t("retention.nothing")
		}
		reports.Rows = append(reports.Rows, page.GridRow{Cells: []page.GridCell{v.when(r.At.Time), {Text: v.w.Int(int64(r.Unused))}, {Text: v.w.Int(int64(r.Waiting))},
			{Text: v.w.Int(int64(r.Replayed))}, {Text: v.w.Int(int64(r.Resealed))}, {Text: all}}})
	}
	s.Blocks = []page.Block{{Title: v.t("retention.reports"), Grid: &reports, Pager: v.pager("/office/retention", url.QueryEscape(string(found.Next)), c.Query("cursor"))},
		{Title: v.t("retention.periods"), Grid: &periods}}
	return v.render(200, s)
}

// Fields is the table for the city's lawyer: every field, its basis, term and recipient.
func (h *Handlers) Fields(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("privacy-fields", "fields.title")
	s.Lead = v.t("fields.lead")
	n := h.o.People.Notice()
	terms := map[string]string{}
	for _, p := range h.o.People.Periods() {
		terms[p.Kind] = p.Keep.In(v.lang)
	}
	grid := page.Grid{Caption: v.t("fields.title"), Hidden: true, Cards: true,
		Head: []page.GridHead{{Text: v.t("fields.what")}, {Text: v.t("fields.stored")}, {Text: v.t("fields.basis")}, {Text: v.t("fields.term")}, {Text: v.t("fields.recipient")}}}
	for _, f := range h.o.People.Fields() {
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: upper(f.What.In(v.lang))}, {Text: f.Stored, Mono: true}, {Text: f.Basis.In(v.lang)}, {Text: terms[f.Kind]}, {Text: f.Recipient.In(v.lang)}}})
	}
	s.Blocks = []page.Block{
		{Facts: v.owner(n)},
		{Grid: &grid, Acts: []page.Button{{Text: v.t("fields.csv"), Href: "/office/privacy-fields.csv?lang=" + v.lang, Kind: "second", Small: true, Icon: "download"},
			{Text: v.t("print"), Kind: "second", Small: true, Does: "print"}}},
	}
	return v.render(200, s)
}

// owner tells who answers for the data, and whether a lawyer has read the text.
func (v *view) owner(n person.Notice) []page.Row {
	checked, processor := n.CheckedBy, n.Processor.In(v.lang)
	if checked == "" {
		checked = "—"
	}
	if processor == "" {
		processor = v.t("fields.self")
	}
	return []page.Row{{Key: v.t("fields.owner"), Value: n.Owner.In(v.lang)}, {Key: v.t("fields.processor"), Value: processor}, {Key: v.t("fields.contact"), Value: n.Contact},
		{Key: v.t("fields.checked"), Value: checked}, {Key: v.t("fields.version"), Value: v.w.Int(int64(n.Version))}}
}

// FieldsCSV is the same table as a file.
func (h *Handlers) FieldsCSV(c *gin.Context) error {
	v := h.see(c)
	var b bytes.Buffer
	b.WriteString("\ufeff") // spreadsheets read it as UTF-8 then
	if err := h.o.People.WriteFields(&b, v.lang); err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="osvitlo-fields-`+v.lang+`.csv"`)
	c.Data(200, "text/csv; charset=utf-8", b.Bytes())
	return nil
}

// ConsentTexts shows the texts of consent as people read them.
func (h *Handlers) ConsentTexts(c *gin.Context) error {
	v := h.see(c)
	n := h.o.People.Notice()
	s := v.sheet("consent-texts", "texts.title")
	s.Lead = v.t("texts.lead")
	s.Blocks = []page.Block{{Facts: v.owner(n)}}
	for _, p := range append(person.Purposes(), person.Guardian) {
		var rows []page.Row
		for _, l := range n.Lines(p) {
			rows = append(rows, page.Row{Key: l.Label.In(v.lang), Value: l.Text.In(v.lang)})
		}
		s.Blocks = append(s.Blocks, page.Block{Title: upper(v.code("purpose", string(p))), Facts: rows})
	}
	return v.render(200, s)
}
