package plans

import (
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// offerDraft is an offer as a draft, in the reader's language.
func (v *view) offerDraft(x place, m *measure.Measure) (plan.Draft, error) {
	d := plan.Draft{Title: v.in(m.Title), Text: v.in(m.Text), Owner: v.in(m.Owner), Indicator: v.in(m.Indicator), Status: plan.Planned}
	offers, err := v.h.o.Plans.Propose(v.ctx, x.plan)
	if err != nil {
		return d, err
	}
	for _, p := range slices.Concat(offers.List, offers.Refused) {
		if p.ID == m.ID {
			d.Answers = p.Because.Answers
		}
	}
	return d, nil
}

// Offers shows what is offered, each with its reason.
func (h *Handlers) Offers(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	return v.offers(x, nil)
}

func (v *view) offers(x place, refused error) error {
	s := v.sheet(x.menu, x.at+"/offers", v.t("offers"), v.trail(x, true)...)
	s.Kicker, s.Lead = v.in(x.body.Name()), v.t("offers.lead")
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	list, err := v.h.o.Plans.Propose(v.ctx, x.plan)
	if err != nil {
		return err
	}
	note := &page.Note{}
	if list.Unasked {
		note.Text = append(note.Text, v.t("offers.unasked"))
	}
	if len(list.Hidden) > 0 {
		var roles []string
		for _, r := range list.Hidden {
			roles = append(roles, v.w.T("schools.role."+string(r), nil))
		}
		note.Text = append(note.Text, v.t("offers.hidden", "Roles", strings.Join(roles, ", ")))
	}
	if list.Silent {
		note.Text = append(note.Text, v.t("offers.silent"))
	}
	if len(note.Text) > 0 {
		s.Blocks = append(s.Blocks, page.Block{Note: note})
	}
	if len(list.List) == 0 {
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.t("offers.none")}, Acts: []page.Button{{Text: v.t("add"), Href: x.at + "/new", Small: true}}})
	}
	for _, group := range measure.Groups() {
		if g := v.offerGrid(x, list.List, group); len(g.Rows) > 0 {
			s.Blocks = append(s.Blocks, page.Block{ID: string(group), Title: v.t("group." + string(group)), Grid: g})
		}
	}
	if len(list.Refused) > 0 {
		g := &page.Grid{Caption: v.t("refused"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("col.measure")}, {Text: v.t("col.act")}}}
		for _, p := range list.Refused {
			row := page.GridRow{Cells: []page.GridCell{{Text: v.in(p.Title)}, {}}}
			if x.edit {
				row.Cells[1].Forms = []page.Form{v.act(x, p.ID, "again", "second")}
			}
			g.Rows = append(g.Rows, row)
		}
		s.Blocks = append(s.Blocks, page.Block{ID: "refused", Title: v.t("refused"), Grid: g})
	}
	return v.show(status, s)
}

func (v *view) act(x place, rule, what, kind string) page.Form {
	return one(x.at+"/offers", v.t("offer."+what), kind, "", page.Hidden{Name: "rule", Value: rule}, page.Hidden{Name: "act", Value: what})
}

func (v *view) offerGrid(x place, list []plan.Proposal, group measure.Group) *page.Grid {
	g := &page.Grid{Caption: v.t("group." + string(group)), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("col.measure")}, {Text: v.t("col.because")}, {Text: v.t("col.act")}}}
	for _, p := range list {
		if p.Group != group {
			continue
		}
		row := page.GridRow{Cells: []page.GridCell{{Text: v.in(p.Title), Small: v.in(p.Text)}, {Text: v.because(p.Because)}, {}}}
		if x.edit {
			row.Cells[2].Forms = []page.Form{v.act(x, p.ID, "take", ""), v.act(x, p.ID, "refuse", "quiet")}
			row.Cells[2].Acts = []page.Button{{Text: v.t("offer.change"), Href: x.at + "/new?rule=" + p.ID, Kind: "second", Small: true}}
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// Answer takes an offer, refuses it, or asks for it again.
func (h *Handlers) Answer(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Rule string `form:"rule" validate:"required,max=64"`
		Act  string `form:"act" validate:"oneof=take refuse again"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.offers(x, err)
	}
	m, ok := h.o.Plans.Offers().ByID(f.Rule)
	if !ok || !m.Suits(string(x.body.Kind)) {
		return fault.New(fault.NotFound, "plan.no_offer")
	}
	said := map[string]string{"take": "taken", "refuse": "refused", "again": "again"}[f.Act]
	switch f.Act {
	case "take":
		var d plan.Draft
		if d, err = v.offerDraft(x, m); err == nil {
			_, err = h.o.Plans.Add(v.ctx, gate.Actor(c), x.plan.ID, m.ID, d)
		}
	case "refuse":
		err = h.o.Plans.Refuse(v.ctx, gate.Actor(c), x.plan.ID, m.ID)
	default:
		err = h.o.Plans.Reconsider(v.ctx, gate.Actor(c), x.plan.ID, m.ID)
	}
	if err != nil {
		if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0 { // this page has no such field
			f.Fields[0].Pointer = ""
		}
		return v.offers(x, err)
	}
	return v.to(x.at+"/offers", said)
}
