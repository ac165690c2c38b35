package schools

import (
	"cmp"
	"html/template"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/store"
)

// asked is the query of the heat map and of its files.
type asked struct {
	Round    string `form:"round" validate:"max=64"`
	Role     string `form:"role" validate:"max=20"`
	Kind     string `form:"kind" validate:"max=20"`
	District string `form:"district" validate:"max=64"`
	View     string `form:"view" validate:"omitempty,oneof=areas all"`
	Error    string `form:"error" validate:"omitempty,oneof=yes no"`
	Sort     string `form:"sort" validate:"max=64"`
	Dir      string `form:"dir" validate:"omitempty,oneof=up down"`
}

// href is the page with some of the query changed.
func (a asked) href(path string, pairs ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		q.Del(name)
		if value != "" {
			q.Set(name, value)
		}
	}
	set("round", a.Round)
	set("role", a.Role)
	set("kind", a.Kind)
	set("district", a.District)
	set("view", a.View)
	set("error", a.Error)
	set("sort", a.Sort)
	set("dir", a.Dir)
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// Column is a column of figures.
type Column struct {
	ID, Name, Full string
	Area           int    // 1 to 6 for the colour of its number; 0: none
	Mark           string // what stands in the coloured square
	Kind           string // what it is, in words: a test, a self-rating, the gap
	Rated          bool   // what people say of themselves in an area or a competence
	Href, Sort     string
}

// Cell is a figure as it stands on the page.
type Cell struct {
	figure
	Text, Small, Change string
	Up                  bool
	Step                int    // of the scale of colours, 0 to 5; -1: no figure; -2: a gap, which has none
	With                string // institutions with which it is shared
}

// Move is a real change of a line, in words.
type Move struct {
	Text, Small string
	Up          bool
}

// Line is a row of the heat map.
type Line struct {
	ID       string // one of its institutions
	Name     string
	Members  string // of a joined block
	District string
	Href     string
	N        int64
	Coverage float64
	Count    string
	Response string
	Cells    []Cell
	How      shift
	Move     *Move
	More     string // how many other real changes there are
	Place    report.Place
	Group    string
	Drawn    template.HTML // its cells; on the page only
	row      *report.Row
	key      string // by which names are sorted
}

// Screen is a table with everything that its page and its files show.
type Screen struct {
	Title, Sub string
	Columns    []Column
	Lines      []Line
	Total      *Line
	Sums       string   // how lines count in the total
	Cut, Empty []string // names
	Errors     bool
	asked      asked
	round      *round.Round
	made       *report.Report
	yard       *yard
	table      report.Table
}

// screen answers a query.
func (v *view) screen(q asked) (*Screen, error) {
	r, made, err := v.round(q.Round)
	if err != nil {
		return nil, err
	}
	q.Round = r.ID
	have := roles(made)
	if !slices.Contains(have, q.Role) {
		q.Role = ""
		if len(have) > 0 {
			q.Role = have[0]
		}
		if slices.Contains(have, "teacher") {
			q.Role = "teacher"
		}
	}
	q.View = cmp.Or(q.View, "areas")
	q.Error = cmp.Or(q.Error, map[string]string{"areas": "yes", "all": "no"}[q.View])
	y, err := v.h.yardOf(v.ctx, r, made, q.Role)
	if err != nil {
		return nil, err
	}
	s := &Screen{asked: q, round: r, made: made, yard: y, Errors: q.Error == "yes", table: made.Table(q.Role, report.Filter{Kind: q.Kind, District: q.District})}
	s.Title = v.t("heat.title." + q.Role)
	sub := []string{v.in(r.Title)}
	if q.Kind != "" {
		sub = append(sub, v.kind(q.Kind))
	}
	if q.District != "" {
		sub = append(sub, v.h.o.District(q.District, v.lang))
	}
	s.Sub = strings.Join(sub, " · ")
	for _, id := range y.columns(q.View == "all") {
		s.Columns = append(s.Columns, v.column(s, id))
	}
	for i := range s.table.Rows {
		s.Lines = append(s.Lines, v.line(s, &s.table.Rows[i]))
	}
	s.sort()
	if len(s.Lines) > 0 {
		total := v.line(s, &s.table.Total)
		total.Name, total.Members, total.Href, total.Group, total.Place = v.t("heat.total"), "", "", "", report.NotKnown
		if q.Kind != "" || q.District != "" {
			total.Name = v.t("heat.total.part")
		}
		if total.How == noShift && y.before != nil {
			total.How = others
		}
		s.Total = &total
		if s.Sums = v.t("total.plain"); s.table.Total.Weighted {
			s.Sums = v.t("total.asked")
		}
	}
	for _, id := range s.table.Cut {
		s.Cut = append(s.Cut, v.body(r, id))
	}
	for _, id := range s.table.Empty {
		s.Empty = append(s.Empty, v.body(r, id))
	}
	slices.SortFunc(s.Cut, byName)
	slices.SortFunc(s.Empty, byName)
	return s, nil
}

func byName(a, b string) int { return cmp.Compare(store.CollationKey(a), store.CollationKey(b)) }

func (v *view) column(s *Screen, id string) Column {
	c := Column{ID: id, Name: v.variable(id), Kind: v.t("self")}
	c.Full = c.Name
	area, _, single := strings.Cut(id, ".")
	switch {
	case id == knowledge:
		c.Kind = v.t("test")
	case id == overall:
		c.Name = v.t("overall.short")
	case id == gap:
		c.Kind = v.t("gap.kind")
	case strings.HasPrefix(id, "item:"):
	default:
		c.Rated, c.Area = true, slices.Index(s.yard.Areas, area)+1
		c.Mark = strconv.Itoa(c.Area)
		if single {
			c.Mark = strings.TrimPrefix(id, "edu")
		}
	}
	dir := "up"
	if s.asked.Sort == id {
		c.Sort = "ascending"
		if s.asked.Dir == "down" {
			c.Sort = "descending"
		} else {
			dir = "down"
		}
	}
	c.Href = s.asked.href(Office, "sort", id, "dir", dir)
	return c
}

// steps are the lower ends of the scale's colours.
var steps = [...]float64{35, 42, 48, 54, 60}

func step(x float64) int {
	if math.IsNaN(x) {
		return -1
	}
	n := 0
	for n < len(steps) && x >= steps[n] {
		n++
	}
	return n
}

func (v *view) line(s *Screen, row *report.Row) Line {
	l := Line{row: row, N: row.N, Count: v.w.Int(row.N), Coverage: math.NaN()}
	if len(row.Units) > 0 {
		l.ID = row.Units[0]
	}
	if row.Frame > 0 {
		l.Coverage = float64(row.N) / float64(row.Frame)
	}
	l.Response = v.share(l.Coverage)
	districts := []string{}
	for _, id := range row.Units {
		if d := s.made.Members[id].District; d != "" && !slices.Contains(districts, d) {
			districts = append(districts, d)
		}
	}
	for i, d := range districts {
		districts[i] = v.h.o.District(d, v.lang)
	}
	l.District = strings.Join(districts, ", ")
	if len(row.Units) == 1 {
		l.Name = v.body(s.round, l.ID)
	} else {
		l.Name = v.t("heat.together", "N", len(row.Units))
		l.Members = v.names(s.round, row.Units)
	}
	l.key = store.CollationKey(l.Name)
	l.Href = asked{Round: s.round.ID, Role: s.asked.Role}.href(Office + "/one/" + l.ID)
	for _, c := range s.Columns {
		f := s.yard.figure(row, c.ID, s.view())
		cell := Cell{figure: f, Step: step(f.Mean), Text: v.value(c.ID, f), Small: v.interval(c.ID, f)}
		if c.ID == gap && f.known() {
			cell.Step = gapStep
		}
		if real := f.real(); real != nil && c.ID != gap {
			cell.Change, cell.Up = v.signed(real.Difference), real.Difference > 0
		}
		if len(f.Shared) > 0 {
			cell.With = v.names(s.round, f.Shared)
		}
		l.Cells = append(l.Cells, cell)
	}
	list, how := s.yard.shifts(row, s.view())
	l.How = how
	if len(list) > 0 {
		l.Move = v.move(&list[0], s.yard.Main)
	}
	if len(list) > 1 {
		l.More = v.t("heat.change.more", "N", len(list)-1)
	}
	l.Place = s.yard.place(of(row, s.yard.Main, s.yard.Variables), s.yard.Main)
	l.Group = v.t("place." + string(l.Place))
	return l
}

// placeOrder puts those who need help first.
var placeOrder = []report.Place{report.NeedsSupport, report.Middle, report.CanShare, report.NotKnown}

// gapStep is the step of a cell that has no colour of the scale.
const gapStep = -2

func (s *Screen) view() int {
	if s.asked.View == "all" {
		return allView
	}
	return areasView
}

// move puts a real change into words. The interval is that of the difference alone; that it
// is real says the correction for all comparisons of the table, which is stricter.
func (v *view) move(c *change, main string) *Move {
	m := &Move{Text: v.t("change.up"), Up: c.Difference > 0, Small: v.signed(c.Difference) + ", " + v.fromTo(c.Low, c.High)}
	if !m.Up {
		m.Text = v.t("change.down")
	}
	if c.Variable != main {
		m.Small = v.variable(c.Variable) + ": " + m.Small
	}
	return m
}

// draw writes a line's cells for the page. A table of a large city has ten thousand of
// them: a template takes longer for these than for everything else.
func (v *view) draw(l *Line, errors bool) {
	var b strings.Builder
	put := func(parts ...string) {
		for _, part := range parts {
			b.WriteString(part)
		}
	}
	esc := template.HTMLEscapeString
	for i := range l.Cells {
		c := &l.Cells[i]
		if c.Step == -1 {
			put(`<td class="os-heat__c os-heat__c--none"><span>`, esc(v.t("cell.none")), `</span></td>`)
			continue
		}
		put(`<td class="os-heat__c`)
		if c.Step >= 0 {
			put(` os-heat__s`, strconv.Itoa(c.Step))
		}
		put(`"><b>`, esc(c.Text), `</b>`)
		if errors && c.Small != "" {
			put(`<small>`, esc(c.Small), `</small>`)
		}
		if c.Change != "" {
			arrow := "▼"
			if c.Up {
				arrow = "▲"
			}
			put(`<small class="os-heat__chg"><span aria-hidden="true">`, arrow, `</span> <span class="os-hidden">`, esc(v.t("col.moved")), ` </span>`, esc(c.Change), `</small>`)
		}
		if c.With != "" {
			put(`<small>`, esc(v.t("cell.shared")), `<span class="os-hidden">: `, esc(c.With), `</span></small>`)
		}
		put(`</td>`)
	}
	l.Drawn = template.HTML(b.String()) // every text above is escaped
}

// sort orders the lines by the asked column; those without a figure stand last.
func (s *Screen) sort() {
	column := slices.IndexFunc(s.Columns, func(c Column) bool { return c.ID == s.asked.Sort })
	value := func(l *Line) float64 {
		switch {
		case column >= 0:
			return l.Cells[column].Mean
		case s.asked.Sort == "n":
			return float64(l.N)
		case s.asked.Sort == "response":
			return l.Coverage
		case s.asked.Sort == "change": // those that are not real stand last
			if c := s.yard.figure(l.row, s.yard.Main, s.view()).real(); c != nil {
				return c.Difference
			}
			return math.NaN()
		case s.asked.Sort == "place":
			return float64(slices.Index(placeOrder, l.Place))
		}
		return 0
	}
	slices.SortStableFunc(s.Lines, func(a, b Line) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.ID, b.ID)) })
	down := s.asked.Dir == "down"
	if s.asked.Sort == "" || s.asked.Sort == "name" {
		if down {
			slices.Reverse(s.Lines)
		}
		return
	}
	slices.SortStableFunc(s.Lines, func(a, b Line) int {
		x, y := value(&a), value(&b)
		switch {
		case math.IsNaN(x) || math.IsNaN(y):
			return cmp.Compare(truth(math.IsNaN(x)), truth(math.IsNaN(y)))
		case down:
			return cmp.Compare(y, x)
		}
		return cmp.Compare(x, y)
	})
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Head is the column's head as a link that sorts.
func (c Column) Head() SortHead { return SortHead{Text: c.Name, Href: c.Href, Sort: c.Sort} }
