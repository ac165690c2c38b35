package office

import (
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

const pairRows = 25

// Duplicates lists people who may be the same, the likest first.
func (h *Handlers) Duplicates(c *gin.Context) error {
	v := h.see(c)
	v.a.Why = "duplicates"
	s := v.sheet("duplicates", "duplicates.title")
	s.Lead = v.t("duplicates.lead")
	list, next, err := h.o.People.Duplicates(v.ctx, v.a, store.Cursor(c.Query("cursor")), pairRows)
	if err != nil {
		return err
	}
	grid := page.Grid{Caption: v.t("duplicates.title"), Hidden: true, Cards: true, Empty: v.t("duplicates.none"),
		Head: []page.GridHead{{Text: v.t("duplicates.a")}, {Text: v.t("duplicates.b")}, {Text: v.t("duplicates.why")}, {Text: v.t("act")}}}
	who := func(p *person.Person) (string, string) {
		return v.name(p), strings.Join([]string{v.born(p), tail(p.Phone), v.places(p.Places)}, " · ")
	}
	for _, pair := range list {
		a, sa := who(pair.A)
		b, sb := who(pair.B)
		var tags []page.Tag
		for _, w := range pair.Pair.Why {
			tags = append(tags, page.Tag{Text: v.t("like." + w)})
		}
		act := page.GridCell{}
		if v.somewhere(person.PersonMerge) {
			act.Acts = []page.Button{{Text: v.t("duplicates.compare"), Href: pairPath(pair.A.ID, pair.B.ID), Small: true}}
		}
		act.Forms = []page.Form{{Action: pairPath(pair.A.ID, pair.B.ID) + "/apart", Buttons: []page.Button{{Text: v.t("duplicates.apart"), Kind: "second", Small: true}}}}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: a, Small: sa}, {Text: b, Small: sb}, {Tags: tags}, act}})
	}
	s.Blocks = []page.Block{{Grid: &grid, Pager: v.pager("/office/duplicates", string(next), c.Query("cursor"))}}
	return v.render(200, s)
}

func pairPath(a, b person.ID) string { return "/office/duplicates/" + string(a) + "/" + string(b) }

// Compare stands both people side by side before they are joined.
func (h *Handlers) Compare(c *gin.Context) error {
	return h.see(c).compare(200, &mergeForm{}, nil)
}

type mergeForm struct {
	Keep string `form:"keep,choice" validate:"required"`
	Sure bool   `form:"sure"`
}

func (v *view) both() (a, b *person.Person, err error) {
	v.a.Why = "duplicates"
	if a, err = v.h.o.People.ByID(v.ctx, v.a, person.ID(v.c.Param("a"))); err != nil {
		return nil, nil, err
	}
	if b, err = v.h.o.People.ByID(v.ctx, v.a, person.ID(v.c.Param("b"))); err != nil {
		return nil, nil, err
	}
	if a.ID == b.ID {
		return nil, nil, fault.New(fault.NotFound, "person.not_here")
	}
	return a, b, nil
}

func (v *view) compare(status int, f *mergeForm, sum *page.ErrorSummary) error {
	a, b, err := v.both()
	if err != nil {
		return err
	}
	s := v.sheet("duplicates", "compare.title")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/duplicates", Text: v.t("duplicates.menu")})
	s.Errors, s.Failed = sum, sum != nil
	s.Lead = v.t("compare.lead")
	row := func(key string, of func(*person.Person) string) page.CompareRow {
		x, y := of(a), of(b)
		return page.CompareRow{Name: v.t(key), A: x, B: y, Same: x == y}
	}
	or := func(text string) string {
		if text == "" {
			return "–"
		}
		return text
	}
	rows := []page.CompareRow{
		row("learner.name", v.name), row("learner.born", v.born),
		row("learner.phone", func(p *person.Person) string { return or(p.Phone) }),
		row("learner.email", func(p *person.Person) string { return or(p.Email) }),
		row("learner.places", func(p *person.Person) string { return v.places(p.Places) }),
		row("learner.state", func(p *person.Person) string { return v.state(p).Text }),
		row("person.made", func(p *person.Person) string { return v.date(p.Made) }),
		row("person.seen", func(p *person.Person) string { return v.date(stored(p.Seen)) }),
	}
	keep := []page.Choice{{Value: string(a.ID), Label: v.name(a), Hint: v.t("compare.first") + " · " + short(a.ID)}, {Value: string(b.ID), Label: v.name(b), Hint: v.t("compare.second") + " · " + short(b.ID)}}
	at := pairPath(a.ID, b.ID)
	s.Blocks = []page.Block{
		{Pair: &page.Compare{Caption: v.t("compare.title"), A: v.t("compare.first"), B: v.t("compare.second"), Rows: rows}},
		{Title: v.t("compare.join"), Words: []string{v.t("compare.1"), v.t("compare.2"), v.t("compare.3")},
			Form: &page.Form{Action: at + "/merge", Parts: []any{v.choice("keep", "compare.keep", f.Keep, keep, "compare.keep.hint"), v.check("sure", "compare.sure", f.Sure)},
				Buttons: []page.Button{{Text: v.t("compare.do"), Kind: "bad"}, {Text: v.t("cancel"), Href: "/office/duplicates", Kind: "second"}}}},
		{Title: v.t("compare.or"), Text: []string{v.t("compare.or.text")},
			Forms: []page.Form{{Action: at + "/apart", Buttons: []page.Button{{Text: v.t("duplicates.apart"), Kind: "second", Small: true}}}}},
	}
	return v.render(status, s)
}

// Merge joins two people.
func (h *Handlers) Merge(c *gin.Context) error {
	v := h.see(c)
	var f mergeForm
	err := form.Decode(c.Request, &f)
	a, b := person.ID(c.Param("a")), person.ID(c.Param("b"))
	keep, drop := a, b
	if err == nil {
		switch {
		case f.Keep == string(b):
			keep, drop = b, a
		case f.Keep != string(a):
			err = fault.InvalidFields(fault.Field{Pointer: "keep", Key: form.KeyChoice})
		}
		if err == nil && !f.Sure {
			err = fault.InvalidFields(fault.Field{Pointer: "sure", Key: "office.compare.sure.needed"})
		}
	}
	if err == nil {
		v.a.Why = "duplicates"
		_, err = h.o.People.Merge(v.ctx, v.a, keep, drop)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.compare(status, &f, sum)
		}
		return err
	}
	return v.to("/office/learners/"+string(keep)+"?why=duplicates", "merged")
}

// Apart says that they are two people.
func (h *Handlers) Apart(c *gin.Context) error {
	v := h.see(c)
	if err := h.o.People.Apart(v.ctx, v.a, person.ID(c.Param("a")), person.ID(c.Param("b"))); err != nil {
		return err
	}
	return v.to("/office/duplicates", "apart")
}

// UndoAsk asks before a merge is undone.
func (h *Handlers) UndoAsk(c *gin.Context) error {
	v := h.see(c)
	v.a.Why = "duplicates"
	p, err := h.o.People.ByID(v.ctx, v.a, pid(c))
	if err != nil {
		return err
	}
	s := v.sheet("learners", "undo.title")
	back := "/office/learners/" + string(p.ID) + "?why=duplicates"
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/learners", Text: v.t("learners.menu")}, page.Link{Href: back, Text: v.name(p)})
	s.Kicker = v.name(p)
	return v.ask(s, v.t("undo.lead"), []string{v.t("undo.1"), v.t("undo.2")}, "/office/learners/"+string(p.ID)+"/undo/"+c.Param("merge"), nil, "undo.do", back)
}

// Undo sets two joined people apart again.
func (h *Handlers) Undo(c *gin.Context) error {
	v := h.see(c)
	v.a.Why = "duplicates"
	if err := h.o.People.Undo(v.ctx, v.a, c.Param("merge")); err != nil {
		if sum, status, ok := v.refused(err); ok {
			s := v.sheet("learners", "undo.title")
			s.Errors, s.Failed = sum, true
			s.Blocks = []page.Block{{Acts: []page.Button{{Text: v.t("learners.menu"), Href: "/office/learners", Kind: "second", Small: true}}}}
			return v.render(status, s)
		}
		return err
	}
	return v.to("/office/learners/"+string(pid(c))+"?why=duplicates", "undone")
}
