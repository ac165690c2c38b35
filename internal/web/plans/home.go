package plans

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Home lists the plans of the reader's institutions; a single one is shown at once.
func (h *Handlers) Home(c *gin.Context) error {
	v := h.see(c)
	list := v.mine()
	if len(list) == 1 && c.Query("all") == "" && c.Query("done") == "" {
		if plans := h.o.Plans.Of(list[0].ID); len(plans) == 1 {
			c.Header("Cache-Control", "no-store")
			page.SeeOther(c.Writer, c.Request, Own+"/"+plans[0].ID)
			return nil
		}
	}
	return v.home(nil)
}

func (v *view) home(refused error) error {
	s := v.sheet("plan", Own, v.t("title"), page.Link{Href: "/school", Text: v.t("school")})
	s.Lead = v.t("lead")
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	typed := v.value("body", "")
	for _, i := range v.mine() {
		g := &page.Grid{Caption: v.t("plans", "Name", v.in(i.Name())), Hidden: true, Cards: true, Empty: v.t("plans.none"),
			Head: []page.GridHead{{Text: v.t("col.years")}, {Text: v.t("col.measures"), Number: true}, {Text: v.column("done"), Number: true}, {Text: v.column("overdue"), Number: true}, {Text: v.t("col.state")}}}
		for _, p := range v.h.o.Plans.Of(i.ID) {
			l := v.count(p)
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: p.Name(), Href: Own + "/" + p.ID}, {Text: v.w.Int(int64(l.All))}, {Text: v.w.Int(int64(l.By[plan.Done]))}, {Text: v.w.Int(int64(l.Overdue))}, {Tag: v.planTag(p)}}})
		}
		b := page.Block{Title: v.in(i.Name()), Grid: g}
		s.Blocks = append(s.Blocks, b)
		if i.State == institution.Merged || i.State == institution.Closed || gate.Check(v.c, person.SchoolEdit, person.Of(i.ID)) != nil {
			continue
		}
		failed := v.failed
		v.failed = failed && typed == i.ID // of several forms only the refused one keeps what was typed
		now := institution.YearOf(v.h.o.Now())
		var from, years []page.Option
		for y := now - 1; y <= now+1; y++ {
			from = append(from, page.Option{Value: strconv.Itoa(y), Text: institution.YearName(y)})
		}
		for n := 1; n <= 5; n++ {
			years = append(years, page.Option{Value: strconv.Itoa(n), Text: v.n("years", int64(n))})
		}
		f := &page.Form{Action: Own, Card: true, Row: true, Hidden: []page.Hidden{{Name: "body", Value: i.ID}},
			Parts: []any{v.pick("from", strconv.Itoa(now), from), v.pick("years", "1", years)}, Buttons: []page.Button{{Text: v.t("begin"), Small: true}}}
		v.failed = failed
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Form: f})
	}
	if len(s.Blocks) == 0 {
		s.Blocks = []page.Block{{Text: []string{v.t("nobody")}}}
	}
	return v.show(status, s)
}

// Begin makes a plan.
func (h *Handlers) Begin(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Body  string `form:"body" validate:"required,max=64"`
		From  int    `form:"from" validate:"min=2000,max=2100"`
		Years int    `form:"years" validate:"min=1,max=5"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.home(err)
	}
	if err := gate.Check(c, person.SchoolEdit, person.Of(f.Body)); err != nil {
		return err
	}
	p, err := h.o.Plans.Begin(v.ctx, gate.Actor(c), f.Body, f.From, f.From+f.Years-1)
	if p != nil && fault.Is(err, fault.Conflict) {
		return v.to(Own+"/"+p.ID, "there")
	}
	if err != nil {
		return v.home(err)
	}
	return v.to(Own+"/"+p.ID, "begun")
}
