package schools

import (
	"math"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// profile is what one institution sees of a round in a role. Where it is joined with
// others, it is what they see together.
type profile struct {
	id        string
	name      string
	round     *round.Round
	made      *report.Report
	role      string
	yard      *yard
	row       *report.Row // nil: hidden
	why       string      // why it is hidden, or with whom it is shown
	columns   []string
	strong    []string // sentences
	weak      []string
	people    string
	years     []yearRow
	yearNames []string
}

// yearRow is a column's figures in several rounds.
type yearRow struct {
	column  string
	figures []figure
}

// maxYears bounds the rounds that stand beside each other.
const maxYears = 5

// rolesOf are the roles in which a round asked an institution.
func rolesOf(r *round.Round, id string) (list []string) {
	for _, role := range institution.Roles() {
		if _, ok := r.Member(id, role); ok {
			list = append(list, string(role))
		}
	}
	return list
}

// rowOf finds the row that an institution stands in, and why there is none.
func rowOf(made *report.Report, role, id string) (row *report.Row, empty bool) {
	if one, ok := made.Of(role, id); ok {
		return &one, false
	}
	return nil, slices.Contains(made.Table(role, report.Filter{}).Empty, id)
}

func (v *view) profile(r *round.Round, made *report.Report, id, role string) (*profile, error) {
	have := rolesOf(r, id)
	if len(have) == 0 {
		return nil, fault.New(fault.NotFound, "round.no_member")
	}
	if !slices.Contains(have, role) {
		role = have[0]
		for _, usual := range []string{"teacher", "educator"} {
			if slices.Contains(have, usual) {
				role = usual
			}
		}
	}
	y, err := v.h.yardOf(v.ctx, r, made, role)
	if err != nil {
		return nil, err
	}
	p := &profile{id: id, name: v.body(r, id), round: r, made: made, role: role, yard: y, columns: y.columns(false)}
	var empty bool
	p.row, empty = rowOf(made, role, id)
	switch {
	case p.row == nil && empty:
		p.why = v.t("why.empty")
	case p.row == nil:
		p.why = v.t("why.few", "K", report.K)
	case len(p.row.Units) > 1:
		var others []string
		for _, other := range p.row.Units {
			if other != id {
				others = append(others, other)
			}
		}
		p.why = v.t("why.joined", "K", report.K, "Names", v.names(r, others))
	}
	if p.row == nil {
		return p, nil
	}
	response := math.NaN()
	if p.row.Frame > 0 {
		response = float64(p.row.N) / float64(p.row.Frame)
	}
	p.people = v.w.N("schools.people", p.row.N, map[string]any{"Share": v.share(response)})
	for _, column := range p.columns {
		f := of(p.row, column, y.Variables)
		if !f.known() || column == gap {
			continue
		}
		args := []any{"Name", v.variable(column), "Interval", v.between(f.Low, f.High), "Median", v.point(y.Quarters[column][1])}
		switch y.place(f, column) {
		case report.CanShare:
			p.strong = append(p.strong, v.t("strong.one", args...))
		case report.NeedsSupport:
			p.weak = append(p.weak, v.t("weak.one", args...))
		}
	}
	return p, v.years(p)
}

// years puts the same institution's earlier rounds beside this one.
func (v *view) years(p *profile) error {
	type one struct {
		row *report.Row
		y   *yard
	}
	var list []one
	for _, r := range v.h.reported() {
		if r.Year > p.round.Year || len(list) == maxYears {
			continue
		}
		made, err := v.h.o.Rounds.Report(v.ctx, r.ID)
		if err != nil {
			return err
		}
		row, _ := rowOf(made, p.role, p.id)
		if row == nil {
			continue
		}
		y, err := v.h.yardOf(v.ctx, r, made, p.role)
		if err != nil {
			return err
		}
		name := institution.YearName(r.Year)
		if !slices.Equal(row.Units, p.row.Units) {
			name += " *"
		}
		p.yearNames, list = append(p.yearNames, name), append(list, one{row, y})
	}
	if len(list) < 2 {
		p.yearNames = nil
		return nil
	}
	for _, column := range p.columns {
		y := yearRow{column: column}
		for _, x := range list {
			y.figures = append(y.figures, of(x.row, column, x.y.Variables))
		}
		p.years = append(p.years, y)
	}
	return nil
}

// schoolQuery is the query of a school's own results.
type schoolQuery struct {
	School string `form:"school" validate:"max=64"`
	Role   string `form:"role" validate:"max=20"`
	Round  string `form:"round" validate:"max=64"`
}

// mine are the institutions whose coordinator reads.
func mine(c *gin.Context) (list []string) {
	for _, g := range gate.Actor(c).Grants {
		if g.Role == person.Coordinator && g.Place != "" && !slices.Contains(list, g.Place) {
			list = append(list, g.Place)
		}
	}
	return list
}

// own reads whose results are asked: of the coordinator's schools only.
func (h *Handlers) own(c *gin.Context) (*view, *profile, error) {
	v := h.see(c)
	var q schoolQuery
	if err := form.DecodeQuery(c.Request, &q); err != nil {
		return v, nil, err
	}
	if list := mine(c); q.School == "" && len(list) > 0 {
		q.School = list[0]
	}
	if err := gate.Check(c, person.SchoolRead, person.Of(q.School)); err != nil {
		return v, nil, err
	}
	r, made, err := v.round(c.Param("round"))
	if err != nil {
		return v, nil, err
	}
	p, err := v.profile(r, made, q.School, q.Role)
	return v, p, err
}

// Latest leads to the latest round's results.
func (h *Handlers) Latest(c *gin.Context) error {
	v := h.see(c)
	if list := h.reported(); len(list) > 0 {
		c.Header("Cache-Control", "no-store")
		page.SeeOther(c.Writer, c.Request, Results+"/"+list[0].ID)
		return nil
	}
	s := v.sheet(Results, "school", v.t("own.title"))
	s.Lead = v.t("own.none")
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

// Own is a school's own results.
func (h *Handlers) Own(c *gin.Context) error {
	v, p, err := h.own(c)
	if err != nil {
		return err
	}
	link := func(format string, pairs ...string) string {
		q := url.Values{"school": {p.id}, "role": {p.role}}
		for i := 0; i+1 < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return Results + "/" + p.round.ID + format + "?" + q.Encode()
	}
	s := v.sheet(link(""), "school", p.name, page.Link{Href: "/school", Text: v.t("own.school")})
	var rounds, schools []page.Button
	for _, r := range h.reported() {
		if len(rolesOf(r, p.id)) > 0 {
			rounds = append(rounds, tab(institution.YearName(r.Year), Results+"/"+r.ID+"?"+url.Values{"school": {p.id}, "role": {p.role}}.Encode(), r.ID == p.round.ID))
		}
	}
	if list := mine(c); len(list) > 1 {
		for _, id := range list {
			schools = append(schools, tab(v.body(p.round, id), Results+"/"+p.round.ID+"?"+url.Values{"school": {id}}.Encode(), id == p.id))
		}
	}
	v.show(&s, p, link, append(schools, rounds...), false)
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

// One is what the department sees of one institution: the same.
func (h *Handlers) One(c *gin.Context) error {
	v, p, err := h.one(c)
	if err != nil {
		return err
	}
	link := func(format string, pairs ...string) string {
		q := url.Values{"round": {p.round.ID}, "role": {p.role}}
		for i := 0; i+1 < len(pairs); i += 2 {
			q.Set(pairs[i], pairs[i+1])
		}
		return Office + "/one/" + url.PathEscape(p.id) + format + "?" + q.Encode()
	}
	s := v.sheet(link(""), "schools", p.name, page.Link{Href: asked{Round: p.round.ID, Role: p.role}.href(Office), Text: v.t("heat.title")})
	var rounds []page.Button
	for _, r := range h.reported() {
		if len(rolesOf(r, p.id)) > 0 {
			rounds = append(rounds, tab(institution.YearName(r.Year), link("", "round", r.ID), r.ID == p.round.ID))
		}
	}
	v.show(&s, p, link, rounds, true)
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

func (h *Handlers) one(c *gin.Context) (*view, *profile, error) {
	v := h.see(c)
	if err := gate.Check(c, person.SchoolSummary, person.City); err != nil {
		return v, nil, err
	}
	var q schoolQuery
	if err := form.DecodeQuery(c.Request, &q); err != nil {
		return v, nil, err
	}
	r, made, err := v.round(q.Round)
	if err != nil {
		return v, nil, err
	}
	p, err := v.profile(r, made, c.Param("id"), q.Role)
	return v, p, err
}

func tab(text, href string, on bool) page.Button {
	b := page.Button{Text: text, Href: href, Small: true, Kind: "quiet"}
	if on {
		b.Kind = "second"
	}
	return b
}

// show writes a profile onto a sheet.
func (v *view) show(s *page.Sheet, p *profile, link func(string, ...string) string, tabs []page.Button, office bool) {
	s.Kicker = v.in(p.round.Title) + " · " + v.role(p.role)
	s.Lead = v.t("own.lead")
	for _, role := range rolesOf(p.round, p.id) {
		tabs = append(tabs, tab(v.role(role), link("", "role", role), role == p.role))
	}
	s.Blocks = append(s.Blocks, page.Block{Acts: tabs, Noprint: true})
	if p.why != "" {
		s.Blocks = append(s.Blocks, page.Block{ID: "why", Note: &page.Note{Kind: "sun", Title: v.t("why.title"), Text: []string{p.why}}})
	}
	defer func() { s.Blocks = append(s.Blocks, v.h.o.Beside(p.id, p.round.Year, v.w, office)...) }()
	if p.row == nil {
		return
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "people", Text: []string{p.people, v.t("people.text")}})
	strong, weak := p.strong, p.weak
	if len(strong) == 0 {
		strong = []string{v.t("strong.none")}
	}
	if len(weak) == 0 {
		weak = []string{v.t("weak.none")}
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "strong", Title: v.t("strong.title"), Words: strong}, page.Block{ID: "weak", Title: v.t("weak.title"), Words: weak})
	grid := &page.Grid{Caption: v.t("own.table"), Hidden: true, Cards: true, Foot: v.t("own.foot")}
	for i, text := range v.heads() {
		grid.Head = append(grid.Head, page.GridHead{Text: text, Number: i > 0 && i < 4})
	}
	for _, l := range v.lines(p) {
		cells := []page.GridCell{{Text: l.name, Small: l.kind}, {Text: l.mean, Small: l.between}, {Text: l.median}, {Text: l.quartiles}, {Text: l.group}, {Text: l.change}}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: cells})
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "profile", Title: v.t("own.table"), Small: v.t("own.table.text"), Grid: grid})
	if len(p.years) > 0 {
		years := &page.Grid{Caption: v.t("own.years"), Hidden: true, Foot: v.t("own.years.foot"), Head: []page.GridHead{{Text: v.t("col.area")}}}
		for _, name := range p.yearNames {
			years.Head = append(years.Head, page.GridHead{Text: name, Number: true})
		}
		for _, y := range p.years {
			row := page.GridRow{Cells: []page.GridCell{{Text: v.variable(y.column)}}}
			for _, f := range y.figures {
				row.Cells = append(row.Cells, page.GridCell{Text: v.value(y.column, f), Small: v.interval(y.column, f)})
			}
			years.Rows = append(years.Rows, row)
		}
		s.Blocks = append(s.Blocks, page.Block{ID: "years", Title: v.t("own.years"), Grid: years})
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "files", Noprint: true, Title: v.t("own.files"), Acts: []page.Button{
		{Text: v.t("own.pdf"), Href: link("/pdf"), Kind: "second", Small: true}, {Text: v.t("own.xlsx"), Href: link("/xlsx"), Kind: "second", Small: true}}})
}

// heads are those of the table of a profile.
func (v *view) heads() []string {
	return []string{v.t("col.area"), v.t("col.mean"), v.t("col.median"), v.t("col.quartiles"), v.t("col.place"), v.t("col.change")}
}

// profileLine is a row of a profile, in words.
type profileLine struct {
	column, name, kind, mean, between, median, quartiles, group, change string
	figure                                                              figure
}

func (v *view) lines(p *profile) (list []profileLine) {
	for _, column := range p.columns {
		f := p.yard.figure(p.row, column, areasView)
		l := profileLine{column: column, name: v.variable(column), kind: v.t("self"), mean: v.value(column, f), between: v.interval(column, f), figure: f,
			median: v.point(p.yard.Quarters[column][1]), quartiles: v.between(p.yard.Quarters[column][0], p.yard.Quarters[column][2]), group: v.t("place." + string(p.yard.place(f, column)))}
		switch column {
		case knowledge:
			l.kind = v.t("test")
		case gap: // no scale on which more is better
			q := p.yard.Quarters[gap]
			l.kind, l.group, l.median = v.t("gap.kind"), "", v.signed(q[1])
			if l.quartiles = ""; !math.IsNaN(q[0]) {
				l.quartiles = v.span(q[0], q[2])
			}
		}
		l.change = v.moved(p, column)
		list = append(list, l)
	}
	return list
}

// moved says whether a column changed since the round before.
func (v *view) moved(p *profile, column string) string {
	c := p.yard.figure(p.row, column, areasView)
	switch {
	case c.Moved == nil:
		return v.t("change.none")
	case c.real() == nil:
		return v.t("change.notyet")
	}
	m := v.move(c.Moved, column)
	if column == gap {
		return m.Small
	}
	return m.Text + " " + m.Small
}
