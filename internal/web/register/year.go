package register

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"

	"osvitlo/internal/person"
)

const yearAt = Institutions + "/year"

// Year lists the institutions whose numbers of this school year nobody has confirmed.
func (h *Handlers) Year(c *gin.Context) error { return h.see(c).yearPage(nil) }

func (v *view) yearPage(refused error) error {
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	year := institution.YearOf(v.h.o.Now())
	s := v.sheet("institutions", yearAt, v.t("year.title", "Year", institution.YearName(year)), v.back())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("year.lead")
	open := v.h.o.Bodies.Unconfirmed(year)
	all := v.h.o.Bodies.List(institution.Filter{State: institution.Working})
	carried, carriable := 0, 0
	q := v.c.Request.URL.Query()
	f := institution.Filter{State: institution.Working, District: q.Get("district"), Words: q.Get("q")}
	if k := institution.Kind(q.Get("kind")); k != "" {
		f.Kinds = []institution.Kind{k}
	}
	found := map[*institution.Institution]bool{}
	for _, i := range v.h.o.Bodies.List(f) {
		found[i] = true
	}
	var list []*institution.Institution
	for _, i := range open {
		frame, has := i.FrameOf(year)
		_, before := i.FrameOf(year - 1)
		switch {
		case has && frame.Carried:
			carried++
		case before:
			carriable++
		}
		if found[i] && (q.Get("which") == "" || has == (q.Get("which") == "carried")) {
			list = append(list, i)
		}
	}
	order := v.sorted(yearAt, list, map[string]comparing{"kind": byKind, "people": byPeople(year), "before": byPeople(year - 1)})
	g := &page.Grid{Caption: v.t("year.open"), Hidden: true, Cards: true, Empty: v.t("year.none"),
		Head: []page.GridHead{order("name", v.t("col.name")), order("kind", v.t("col.kind")), order("people", v.t("col.people", "Year", institution.YearName(year))), order("before", v.t("col.people", "Year", institution.YearName(year-1)))}}
	if len(list) > 0 {
		g.Foot = v.t("institutions.count", "N", v.num(len(list)))
	} else if len(open) > 0 {
		g.Empty = v.t("year.found_none")
	}
	part, pager := v.paged(yearAt, list)
	for _, i := range part {
		f, has := i.FrameOf(year)
		cell := page.GridCell{Text: v.in(i.Name()), Href: Institutions + "/" + i.ID + "#frames"}
		if has && f.Carried {
			cell.Check = &page.GridCheck{Name: "body", Value: i.ID, Label: v.in(i.Name()), Form: "confirm"}
		}
		g.Rows = append(g.Rows, page.GridRow{Bad: !has, Cells: []page.GridCell{cell, {Text: v.kind(i.Kind)}, {Text: v.frame(i, year)}, {Text: v.frame(i, year-1)}}})
	}
	if carried > 0 {
		g.Form = &page.Form{ID: "confirm", Action: v.address(yearAt+"/confirm", "sort", q.Get("sort")), Buttons: []page.Button{{Text: v.t("year.confirm"), Small: true}, {Text: v.t("year.confirm.all", "N", v.num(carried)), Name: "all", Value: "yes", Kind: "second", Small: true, Confirm: v.t("year.confirm.sure")}}}
	}
	figs := page.Block{Figs: []page.Figure{{Value: v.num(len(all) - len(open)), Text: v.t("year.confirmed"), Lead: true}, {Value: v.num(carried), Text: v.t("year.carried")}, {Value: v.num(len(open) - carried), Text: v.t("year.missing")}}}
	if carriable > 0 {
		figs.Forms = []page.Form{one(yearAt, v.t("rollover", "Year", institution.YearName(year), "N", v.num(carriable)), "", v.t("rollover.sure"), nil)}
	}
	which := []page.Option{{Text: v.t("year.all")}, {Value: "carried", Text: v.t("year.carried")}, {Value: "missing", Text: v.t("year.missing")}}
	search := page.Form{Get: true, Hidden: kept(q, "sort"), Action: yearAt, Row: true, Card: true, Parts: []any{
		page.Field{ID: "f-q", Name: "q", Label: v.t("field.q"), Value: f.Words, Type: "search", MaxLength: 100},
		v.pick("", "kind", v.t("field.kind"), q.Get("kind"), v.kinds(v.t("all.kinds"))), v.pick("", "district", v.t("field.district"), f.District, v.districts(v.t("all.districts"))),
		v.pick("", "which", v.t("year.which"), q.Get("which"), which),
	}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	s.Blocks = []page.Block{figs}
	if len(open) > 0 {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("year.open"), Form: &search, Noprint: true})
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: g, Pager: pager})
	return v.show(status, s)
}

// RollOver carries last year's numbers into this school year.
func (h *Handlers) RollOver(c *gin.Context) error {
	v := h.see(c)
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	if _, err := h.o.Bodies.RollOver(v.ctx, gate.Actor(c), institution.YearOf(h.o.Now())); err != nil {
		return v.yearPage(err)
	}
	return v.to(yearAt, "year")
}

// ConfirmMany confirms the carried numbers of several institutions.
func (h *Handlers) ConfirmMany(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	var f struct {
		Body []string `form:"body"`
		All  bool     `form:"all"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	year := institution.YearOf(h.o.Now())
	if f.All {
		f.Body = nil
		for _, i := range h.o.Bodies.Unconfirmed(year) {
			if frame, has := i.FrameOf(year); has && frame.Carried {
				f.Body = append(f.Body, i.ID)
			}
		}
	}
	for _, id := range f.Body {
		_, err := h.o.Bodies.ConfirmCarried(v.ctx, gate.Actor(c), id, year)
		if err != nil && !fault.Is(err, fault.Conflict) { // confirmed in this very moment
			return err
		}
	}
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(c.Writer, c.Request, v.address(yearAt, "done", "confirmed"))
	return nil
}
