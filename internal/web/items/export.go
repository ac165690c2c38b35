package items

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/framework"
	"osvitlo/internal/instrument"
	"osvitlo/internal/interchange"
	"osvitlo/internal/itembank"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// ExportPath is where items are handed to other programs.
const ExportPath = Address + "/export"

// exportQuery says which items, in which form.
type exportQuery struct {
	Format     string `form:"format" validate:"omitempty,oneof=qti gift"`
	Competence string `form:"competence" validate:"max=20"`
}

// known tells whether the bank has the competence or area that a query asks for.
func (v *view) known(q *exportQuery) bool {
	if q.Competence == "" {
		return true
	}
	for _, a := range v.framework().Areas {
		if a.ID == q.Competence || slices.ContainsFunc(a.Competences, func(k framework.Competence) bool { return k.ID == q.Competence }) {
			return true
		}
	}
	return false
}

// exported is a file for another program and what it does not carry.
type exported struct {
	name, kind string
	raw        []byte
	items      int
	report     interchange.Report
}

// pack writes the items of a query; GIFT in the reader's language.
func (v *view) pack(q *exportQuery) (*exported, error) {
	var list []*instrument.Item
	for _, r := range v.h.o.Bank.Find(itembank.Filter{Competence: q.Competence, Sort: itembank.SortCompetence}) {
		list = append(list, r.Item)
	}
	var b bytes.Buffer
	e := &exported{items: len(list)}
	var err error
	if q.Format == "gift" {
		e.name, e.kind = "osvitlo-items-"+v.lang+".gift", "text/plain; charset=utf-8"
		e.report, err = interchange.ExportGIFT(&b, list, v.lang)
	} else {
		e.name, e.kind = "osvitlo-items-qti3.zip", "application/zip"
		e.report, err = interchange.ExportQTI(&b, list)
	}
	e.raw = b.Bytes()
	return e, err
}

// Export shows what each format carries, and leads to the files.
func (h *Handlers) Export(c *gin.Context) error {
	v := h.see(c)
	var q exportQuery
	s := v.sheet(ExportPath, v.t("export.title"), page.Link{Href: Address, Text: v.t("list.title")})
	s.Lead = v.t("export.lead")
	status, err := v.wrong(&s, form.DecodeQuery(c.Request, &q))
	if err != nil {
		return err
	}
	for _, format := range []string{"qti", "gift"} {
		q := exportQuery{Format: format}
		e, err := v.pack(&q)
		if err != nil {
			return err
		}
		b := page.Block{ID: format, Title: v.t("export." + format), Small: v.t("export." + format + ".lead"),
			Text: []string{v.t("export.carried", "N", v.w.Int(int64(e.items-e.report.Lost())), "Lost", v.w.Int(int64(e.report.Lost())))},
			Down: []page.Download{{Href: ExportPath + "/file?format=" + format, Text: e.name, Meta: v.t("export.size", "KB", v.w.Int(int64(len(e.raw)+1023)/1024))}}}
		b.Grid = v.losses(&e.report)
		s.Blocks = append(s.Blocks, b)
	}
	return v.render(status, "page/sheet", s.Ready())
}

// losses counts the notes of a report by their words.
func (v *view) losses(r *interchange.Report) *page.Grid {
	type loss struct {
		text string
		n    int
		lost bool
		one  string
	}
	by := map[string]*loss{}
	for _, x := range r.Notes {
		text := x.Text.In(v.lang)
		if by[text] == nil {
			by[text] = &loss{text: text, lost: x.Lost, one: x.Item}
		}
		by[text].n++
	}
	var list []*loss
	for _, l := range by {
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b *loss) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.text, b.text)) })
	g := &page.Grid{Caption: v.t("export.losses"), Empty: v.t("export.whole"), Head: []page.GridHead{{Text: v.t("export.losses")}, {Text: v.t("reliability.items"), Number: true}, {Text: v.t("export.one")}}}
	for _, l := range list {
		cell := page.GridCell{Text: l.text}
		if l.lost {
			cell.Tag = &page.Tag{Text: v.t("export.left"), Kind: "sun"}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{cell, {Text: v.w.Int(int64(l.n)), Number: true}, {Text: l.one, Href: Address + "/" + l.one}}})
	}
	return g
}

// File is one of the files. It holds keys, so the journal says who took it, also where
// only the head is asked for.
func (h *Handlers) File(c *gin.Context) error {
	v := h.see(c)
	var q exportQuery
	if err := form.DecodeQuery(c.Request, &q); err != nil || q.Format == "" || !v.known(&q) {
		return fault.Newf(fault.NotFound, "", "no format %q", q.Format)
	}
	e, err := v.pack(&q)
	if err != nil {
		return err
	}
	if err := h.o.Bank.Hand(c.Request.Context(), gate.Actor(c), q.Format, q.Competence); err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	c.Header("Content-Disposition", `attachment; filename="`+e.name+`"`)
	c.Data(http.StatusOK, e.kind, e.raw)
	return nil
}
