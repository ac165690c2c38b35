package plans

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

func (v *view) planTag(p *plan.Plan) *page.Tag {
	if p.IsClosed() {
		return &page.Tag{Text: v.t("state.closed"), Kind: "good"}
	}
	return &page.Tag{Text: v.t("state.open"), Kind: "main"}
}

// count is how far one plan is.
func (v *view) count(p *plan.Plan) plan.Line { return v.h.o.Plans.Count(p) }

// Plan is an institution's own plan.
func (h *Handlers) Plan(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolRead)
	if err != nil {
		return err
	}
	return v.plan(x, nil)
}

// One is the same for the department, to be read.
func (h *Handlers) One(c *gin.Context) error {
	v := h.see(c)
	x, err := v.city()
	if err != nil {
		return err
	}
	return v.plan(x, nil)
}

func (v *view) plan(x place, refused error) error {
	s := v.sheet(x.menu, x.at, v.t("one", "Years", x.plan.Name()), v.trail(x, false)...)
	s.Kicker = v.in(x.body.Name())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	l := v.count(x.plan)
	s.Lead = v.n("lead.count", int64(l.All), "Done", v.w.Int(int64(l.By[plan.Done])), "Doing", v.w.Int(int64(l.By[plan.Doing])))
	if x.plan.IsClosed() {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "good", Title: v.t("closed", "Day", v.w.Date(x.plan.Closed.In(i18n.Kyiv))), Text: []string{v.t("closed.text")}}})
	}
	if x.edit {
		if err := v.offered(&s, x); err != nil {
			return err
		}
	}
	list, err := v.measures(x)
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, v.figures(l), list)
	if x.edit {
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Acts: []page.Button{{Text: v.t("add"), Href: x.at + "/new", Small: true}, {Text: v.t("offers"), Href: x.at + "/offers", Kind: "second", Small: true}}})
	}
	if l.Sum() > 0 {
		s.Blocks = append(s.Blocks, v.budget(l))
	}
	if b := v.outs(x); b != nil {
		s.Blocks = append(s.Blocks, *b)
	}
	files := page.Block{ID: "files", Title: v.t("files"), Noprint: true, Acts: []page.Button{{Text: v.t("print"), Href: x.at + "/print", Kind: "second", Small: true}, {Text: v.t("docx"), Href: x.at + "/file/docx", Kind: "second", Small: true}, {Text: v.t("xlsx"), Href: x.at + "/file/xlsx", Kind: "second", Small: true}}}
	s.Blocks = append(s.Blocks, files)
	if x.own {
		s.Blocks = append(s.Blocks, v.keep(x)...)
	}
	return v.show(status, s)
}

// offered says how many measures are offered.
func (v *view) offered(s *page.Sheet, x place) error {
	offers, err := v.h.o.Plans.Propose(v.ctx, x.plan)
	if err != nil {
		return err
	}
	if n := len(offers.List); n > 0 {
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Note: &page.Note{Kind: "sun", Text: []string{v.n("offered", int64(n))}, Link: &page.Link{Href: x.at + "/offers", Text: v.t("offers")}}})
	}
	return nil
}

func (v *view) figures(l plan.Line) page.Block {
	n := func(x int) string { return v.w.Int(int64(x)) }
	return page.Block{Figs: []page.Figure{{Value: n(l.By[plan.Planned]), Text: v.capital(v.status(plan.Planned))}, {Value: n(l.By[plan.Doing]), Text: v.capital(v.status(plan.Doing))}, {Value: n(l.By[plan.Done]), Text: v.capital(v.status(plan.Done))},
		{Value: n(l.By[plan.Postponed]), Text: v.capital(v.status(plan.Postponed))}, {Value: n(l.Overdue), Text: v.capital(v.t("overdue"))}}}
}

// measures is the table of a plan.
func (v *view) measures(x place) (page.Block, error) {
	g := &page.Grid{Caption: v.t("measures"), Hidden: true, Cards: true, Empty: v.t("measures.none"),
		Head: []page.GridHead{{Text: v.t("col.measure")}, {Text: v.t("col.why")}, {Text: v.t("col.owner")}, {Text: v.t("col.deadline")}, {Text: v.t("col.cost"), Number: true}, {Text: v.t("col.status")}}}
	day := v.h.o.Now().In(i18n.Kyiv).Format("2006-01-02")
	for _, m := range x.plan.Live() {
		owner, deadline, cost := m.Owner, v.day(m.Deadline), v.cost(m)
		if owner == "" {
			owner = v.t("owner.none")
		}
		if deadline == "" {
			deadline = v.t("deadline.none")
		}
		if cost == "" {
			cost = v.t("cost.none")
		}
		out, err := v.outcome(x, m)
		if err != nil {
			return page.Block{}, err
		}
		why := page.GridCell{Text: v.why(m), Small: v.was(m)}
		if m.Goal.To != nil {
			why.Small = strings.TrimSpace(why.Small+" → "+v.goal(m)) + ", " + v.standing(m.Stands(out))
		}
		when := page.GridCell{Text: deadline}
		if m.Overdue(day) {
			when.Tag = &page.Tag{Text: v.t("overdue"), Kind: "bad"}
		}
		money := page.GridCell{Text: cost}
		if m.Cost != nil && *m.Cost > 0 {
			money.Small = v.source(m.Money)
		}
		state := page.GridCell{Tag: v.tag(m.Status), Small: m.Result}
		if m.Status == plan.Postponed {
			state.Small = m.Reason
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: m.Title, Href: x.at + "/measure/" + m.ID, Small: m.Indicator}, why, {Text: owner}, when, money, state}})
	}
	return page.Block{ID: "measures", Title: v.t("measures"), Grid: g}, nil
}

// was is what stood there when a measure was planned, in short.
func (v *view) was(m *plan.Measure) string {
	switch {
	case m.Start.Figure != nil:
		return v.short(m.Start.Figure)
	case m.Start.Day != "":
		return v.said(m.Answers.Field, m.Start.Value, m.Start.Number)
	}
	return v.exact(m.Goal.From)
}

// budget is what is needed by the year of the budget.
func (v *view) budget(l plan.Line) page.Block {
	g := &page.Grid{Caption: v.t("budget"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("col.budget")}, {Text: v.t("col.source")}, {Text: v.t("col.cost"), Number: true}}, Foot: v.t("budget.text")}
	for _, row := range v.needed(l) {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: row.year}, {Text: row.from}, {Text: v.money(row.n)}}})
	}
	return page.Block{ID: "budget", Title: v.t("budget"), Grid: g}
}

type need struct {
	year, from string
	n          int64
}

// needed lists the cost by year and source, then the sum of each year.
func (v *view) needed(l plan.Line) (list []need) {
	var years []int
	for y := range l.Needed {
		years = append(years, y)
	}
	slices.Sort(years)
	for _, y := range years {
		name, sum := strconv.Itoa(y), int64(0)
		if y == 0 {
			name = v.t("budget.undated")
		}
		for _, from := range append(plan.Moneys(), "") {
			if n := l.Needed[y][from]; n > 0 {
				list, sum = append(list, need{name, v.source(from), n}), sum+n
			}
		}
		if len(l.Needed[y]) > 1 {
			list = append(list, need{name, v.t("sum"), sum})
		}
	}
	return list
}

// outs are the measures that were taken out, each to be put back.
func (v *view) outs(x place) *page.Block {
	g := &page.Grid{Caption: v.t("outs"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("col.measure")}, {Text: v.t("col.act")}}}
	for i := range x.plan.Measures {
		if m := &x.plan.Measures[i]; m.Gone && x.edit {
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: m.Title}, {Forms: []page.Form{one(x.at+"/measure/"+m.ID+"/back", v.t("put_back"), "second", "")}}}})
		}
	}
	if len(g.Rows) == 0 {
		return nil
	}
	return &page.Block{ID: "outs", Noprint: true, Title: v.t("outs"), Grid: g}
}

// keep is what is done with a whole plan.
func (v *view) keep(x place) (list []page.Block) {
	if x.edit {
		if old := v.before(x.plan); old != nil {
			list = append(list, page.Block{ID: "copy", Noprint: true, Title: v.t("copy"), Small: v.t("copy.text", "Years", old.Name()), Forms: []page.Form{one(x.at+"/copy", v.t("copy.go"), "second", "")}})
		}
		var to []page.Option
		for n := range 5 {
			to = append(to, page.Option{Value: strconv.Itoa(x.plan.From + n), Text: institution.YearName(x.plan.From + n)})
		}
		date := v.field("date", x.plan.Date, 0, 10)
		date.Type, date.Width = "date", "10"
		list = append(list, page.Block{ID: "order", Noprint: true, Title: v.t("order"), Small: v.t("order.text"), Form: &page.Form{Action: x.at, Row: true, Card: true,
			Parts: []any{v.field("number", x.plan.Number, 0, plan.MaxNumber), date, v.pick("to", strconv.Itoa(x.plan.To), to)}, Buttons: []page.Button{{Text: v.t("save"), Kind: "second", Small: true}}}})
		list = append(list, page.Block{ID: "closing", Noprint: true, Title: v.t("close"), Small: v.t("close.text"), Acts: []page.Button{{Text: v.t("close.go"), Href: x.at + "/close", Kind: "second", Small: true}}})
	}
	if x.plan.IsClosed() {
		list = append(list, page.Block{Noprint: true, Acts: []page.Button{{Text: v.t("results"), Href: x.at + "/close", Kind: "second", Small: true}}, Forms: []page.Form{one(x.at+"/reopen", v.t("reopen"), "quiet", v.t("reopen.sure"))}})
	}
	return list
}

// before is the plan of the same institution that came before, if it is not closed with
// everything done.
func (v *view) before(p *plan.Plan) *plan.Plan {
	for _, old := range v.h.o.Plans.Of(p.Institution) {
		if old.From < p.From {
			if slices.ContainsFunc(old.Live(), func(m *plan.Measure) bool { return m.Status != plan.Done }) {
				return old
			}
			return nil
		}
	}
	return nil
}

// Describe changes the years and the order.
func (h *Handlers) Describe(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Number string `form:"number" validate:"max=200"`
		Date   string `form:"date" validate:"max=20"`
		To     int    `form:"to" validate:"min=2000,max=2100"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		_, err = h.o.Plans.Describe(v.ctx, gate.Actor(c), x.plan.ID, plan.Details{To: f.To, Number: f.Number, Date: strings.TrimSpace(f.Date)})
	}
	if err != nil {
		return v.plan(x, err)
	}
	return v.to(x.at, "saved")
}

// Copy carries what was not done in the plan before.
func (h *Handlers) Copy(c *gin.Context) error {
	v := h.see(c)
	x, err := v.own(person.SchoolEdit)
	if err != nil {
		return err
	}
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	old := v.before(x.plan)
	if old == nil {
		return v.to(x.at, "nocopy")
	}
	n, err := h.o.Plans.CopyFrom(v.ctx, gate.Actor(c), x.plan.ID, old.ID)
	switch {
	case err != nil:
		return v.plan(x, err)
	case n == 0:
		return v.to(x.at, "nocopy")
	}
	return v.to(x.at, "copied")
}
