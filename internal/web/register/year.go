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

// shownYear is how many institutions stand on the page of the year.
const shownYear = 200

// Year lists the institutions whose numbers of this school year nobody has confirmed.
func (h *Handlers) Year(c *gin.Context) error { return h.see(c).yearPage(nil) }

func (v *view) yearPage(refused error) error {
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	year := institution.YearOf(v.h.o.Now())
	s := v.sheet("institutions", Institutions+"/year", v.t("year.title", "Year", institution.YearName(year)), v.back())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("year.lead")
	open := v.h.o.Bodies.Unconfirmed(year)
	all := v.h.o.Bodies.List(institution.Filter{State: institution.Working})
	carried, carriable := 0, 0
	g := &page.Grid{Caption: v.t("year.open"), Hidden: true, Cards: true, Empty: v.t("year.none"), Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.kind")}, {Text: v.t("col.people", "Year", institution.YearName(year))}, {Text: v.t("col.people", "Year", institution.YearName(year-1))}}}
	for _, i := range open {
		f, has := i.FrameOf(year)
		_, before := i.FrameOf(year - 1)
		switch {
		case has && f.Carried:
			carried++
		case before:
			carriable++
		}
		if len(g.Rows) >= shownYear {
			continue
		}
		cell := page.GridCell{Text: v.in(i.Name()), Href: Institutions + "/" + i.ID + "#frames"}
		if has && f.Carried {
			cell.Check = &page.GridCheck{Name: "body", Value: i.ID, Label: v.in(i.Name()), Form: "confirm"}
		}
		g.Rows = append(g.Rows, page.GridRow{Bad: !has, Cells: []page.GridCell{cell, {Text: v.kind(i.Kind)}, {Text: v.frame(i, year)}, {Text: v.frame(i, year-1)}}})
	}
	if len(open) > len(g.Rows) {
		g.Foot = v.t("year.more", "N", v.num(len(open)-len(g.Rows)))
	}
	if carried > 0 {
		g.Form = &page.Form{ID: "confirm", Action: Institutions + "/year/confirm", Buttons: []page.Button{{Text: v.t("year.confirm"), Small: true}, {Text: v.t("year.confirm.all", "N", v.num(carried)), Name: "all", Value: "yes", Kind: "second", Small: true, Confirm: v.t("year.confirm.sure")}}}
	}
	figs := page.Block{Figs: []page.Figure{{Value: v.num(len(all) - len(open)), Text: v.t("year.confirmed"), Lead: true}, {Value: v.num(carried), Text: v.t("year.carried")}, {Value: v.num(len(open) - carried), Text: v.t("year.missing")}}}
	if carriable > 0 {
		figs.Forms = []page.Form{one(Institutions+"/year", v.t("rollover", "Year", institution.YearName(year), "N", v.num(carriable)), "", v.t("rollover.sure"), nil)}
	}
	s.Blocks = []page.Block{figs, {Title: v.t("year.open"), Grid: g}}
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
	return v.to(Institutions+"/year", "year")
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
	return v.to(Institutions+"/year", "confirmed")
}
