package plans

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Closing shows what came of each measure, and asks for words before the plan is closed.
func (h *Handlers) Closing(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolRead)
	if err != nil {
		return err
	}
	return v.closing(x, nil)
}

func (v *view) closing(x place, refused error) error {
	s := v.sheet(x.menu, x.at+"/close", v.t("close.title"), v.trail(x, true)...)
	s.Lead = v.t("close.lead")
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	g := &page.Grid{Caption: v.t("results"), Cards: true, Hidden: true, Empty: v.t("measures.none"), Foot: v.t("change.text"),
		Head: []page.GridHead{{Text: v.t("col.measure")}, {Text: v.t("col.status")}, {Text: v.t("col.start")}, {Text: v.t("col.now")}, {Text: v.t("col.change")}, {Text: v.t("col.result")}}}
	f := &page.Form{Action: x.at + "/close", Card: true}
	for _, m := range x.plan.Live() {
		out, err := v.outcome(x, m)
		if err != nil {
			return err
		}
		start := page.GridCell{Text: v.start(m)}
		if m.Answers.IsZero() && m.Goal.To == nil {
			start.Text = v.t("answers.none")
		}
		if m.Goal.To != nil {
			start.Small = v.t("goal.is", "Goal", v.goal(m))
		}
		title := page.GridCell{Text: m.Title, Small: v.answered(m.Answers)}
		if m.Answers.IsZero() && m.Goal.To != nil {
			title.Small = m.Indicator
		}
		change := page.GridCell{Text: v.moved(m, out)}
		if tag := v.standingTag(m.Stands(out)); tag != nil {
			change = page.GridCell{Tag: tag, Small: change.Text}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{title, {Tag: v.tag(m.Status)}, start, {Text: v.now(m, out)}, change, {Text: m.Result}}})
		name := "result." + m.ID
		f.Parts = append(f.Parts, page.Field{ID: page.FieldID(name), Name: name, Label: m.Title, Hint: v.t("hint.result"), Rows: 2, MaxLength: plan.MaxText, Value: v.value(name, m.Result), Error: page.FaultText(v.w, v.faults, name)})
	}
	s.Blocks = []page.Block{{Title: v.t("results"), Grid: g}}
	if x.edit {
		f.Buttons = []page.Button{{Text: v.t("close.do"), Small: true, Confirm: v.t("close.sure")}}
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Title: v.t("close.words"), Form: f})
	}
	return v.show(status, s)
}

// closing bounds the words about all measures of a plan.
var closing = form.Limits{Bytes: 512 << 10, Fields: 100, Value: 16 << 10}

// Close closes a plan.
func (h *Handlers) Close(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Results map[string]string `form:"result.*"`
	}
	if err = form.DecodeWithin(c.Request, &f, closing); err == nil {
		_, err = h.o.Plans.Close(v.ctx, gate.Actor(c), x.plan.ID, f.Results)
	}
	if err != nil {
		return v.closing(x, err)
	}
	return v.to(x.at, "closed")
}

// Reopen opens a closed plan again.
func (h *Handlers) Reopen(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	if _, err := h.o.Plans.Reopen(v.ctx, gate.Actor(c), x.plan.ID); err != nil {
		return v.plan(x, err)
	}
	return v.to(x.at, "reopened")
}
