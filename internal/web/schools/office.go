package schools

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// HeatPage is the heat map of institutions.
type HeatPage struct {
	page.Sheet
	Screen  *Screen
	Filters []page.Block
	Roles   []Tab
	Views   []Tab
	Downs   []page.Block
	Name    SortHead
	People  SortHead
	Answer  SortHead
	Change  SortHead
	Place   SortHead
	Help    []Need
	Median  string
	Legend  []string
	Spread  *Spread
	Below   []page.Block
	Over    bool // in a line more people answered than its frame has
	None    string
}

// Tab is a choice that is one link.
type Tab struct {
	Text, Href string
	On         bool
}

// SortHead is the head of a column that is no figure.
type SortHead struct{ Text, Href, Sort string }

// Need is an institution that needs help first, with the reason.
type Need struct{ Name, Href, Why string }

// query reads the query; the reader must be of the city.
func (h *Handlers) query(c *gin.Context) (v *view, q asked, err error) {
	v = h.see(c)
	if err := gate.Check(c, person.SchoolSummary, person.City); err != nil {
		return v, q, err
	}
	return v, q, form.DecodeQuery(c.Request, &q)
}

// Heat is the heat map.
func (h *Handlers) Heat(c *gin.Context) error {
	v, q, err := h.query(c)
	if err != nil {
		return err
	}
	p := &HeatPage{Sheet: v.sheet(Office, "schools", v.t("heat.title"))}
	p.Full = true
	if len(h.reported()) == 0 {
		p.None = v.t("heat.none")
		p.Ready()
		return v.render(http.StatusOK, "schools/heat", p)
	}
	s, err := v.screen(q)
	if err != nil {
		return err
	}
	for i := range s.Lines {
		v.draw(&s.Lines[i], s.Errors)
	}
	if s.Total != nil {
		v.draw(s.Total, s.Errors)
	}
	p.Screen, p.Title, p.Kicker = s, s.Title, s.Sub
	p.Path = s.asked.href(Office)
	p.Lead = v.lead(s)
	for _, role := range roles(s.made) {
		p.Roles = append(p.Roles, Tab{v.role(role), s.asked.href(Office, "role", role, "sort", "", "dir", ""), role == s.asked.Role})
	}
	p.Views = v.views(s, Office)
	other := "yes"
	if s.Errors {
		other = "no"
	}
	p.Views = append(p.Views, Tab{v.t("error." + other), s.asked.href(Office, "error", other), false})
	p.Filters = []page.Block{{Noprint: true, Form: v.filters(s)}}
	p.Name, p.People, p.Answer = v.head(s, "name", "col.name"), v.head(s, "n", "col.n"), v.head(s, "response", "col.response")
	p.Change, p.Place = v.head(s, "change", "col.change"), v.head(s, "place", "col.place")
	p.Help = v.needs(s)
	p.Over = slices.ContainsFunc(s.Lines, func(l Line) bool { return l.Coverage > 1 })
	p.Median = v.median(s)
	for i := range len(steps) + 1 {
		switch {
		case i == 0:
			p.Legend = append(p.Legend, v.t("legend.under", "N", int(steps[0])))
		case i == len(steps):
			p.Legend = append(p.Legend, v.t("legend.from", "N", int(steps[i-1])))
		default:
			p.Legend = append(p.Legend, v.w.Int(int64(steps[i-1]))+"–"+v.w.Int(int64(steps[i])-1))
		}
	}
	var downs []page.Button
	for _, format := range formats {
		downs = append(downs, page.Button{Text: v.t("file." + format), Href: s.asked.href(Office + "/file/" + format), Kind: "second", Small: true})
	}
	p.Downs = []page.Block{{Noprint: true, Acts: downs}}
	p.Spread, p.Below = v.spread(s), v.below(s)
	p.Ready()
	return v.render(http.StatusOK, "schools/heat", p)
}

// views are the choices of what is shown; at is where the reader is.
func (v *view) views(s *Screen, at string) (tabs []Tab) {
	if len(s.yard.Areas) > 0 {
		for _, view := range []string{"areas", "all"} {
			tabs = append(tabs, Tab{v.t("view." + view), s.asked.href(Office, "view", view, "error", "", "sort", "", "dir", ""), at == Office && view == s.asked.View})
		}
	}
	return append(tabs, Tab{v.t("view.map"), s.asked.href(MapAddress, "view", "", "error", "", "sort", "", "dir", ""), at == MapAddress})
}

// median says how groups are made; empty where the city has too few lines.
func (v *view) median(s *Screen) string {
	m := s.yard.Quarters[s.yard.Main][1]
	if math.IsNaN(m) {
		return ""
	}
	return v.t("place.text", "What", strings.ToLower(v.variable(s.yard.Main)), "Median", v.point(m))
}

func (v *view) head(s *Screen, id, words string) SortHead {
	h := SortHead{Text: v.t(words)}
	dir := "up"
	if s.asked.Sort == id || s.asked.Sort == "" && id == "name" {
		h.Sort, dir = "ascending", "down"
		if s.asked.Dir == "down" {
			h.Sort, dir = "descending", "up"
		}
	}
	h.Href = s.asked.href(Office, "sort", id, "dir", dir)
	return h
}

// lead says the two things that are seen first: what is hardest, and what changed.
func (v *view) lead(s *Screen) string {
	if s.Total == nil {
		return ""
	}
	real := 0
	for i := range s.Lines {
		if s.Lines[i].How == moved {
			real++
		}
	}
	var words []string
	switch low := s.lowest(); len(low) {
	case 0:
	case 1:
		words = append(words, v.t("heat.lead.low", "Name", low[0]))
	case 2:
		words = append(words, v.t("heat.lead.low.two", "Name", low[0], "Other", low[1]))
	default:
		words = append(words, v.t("heat.lead.low.none"))
	}
	switch {
	case s.yard.before == nil:
		words = append(words, v.t("heat.lead.first"))
	case real > 0:
		words = append(words, v.w.N("schools.heat.lead.real", int64(real), map[string]any{"All": len(s.Lines)}))
	default:
		words = append(words, v.t("heat.lead.still"))
	}
	return strings.Join(words, " ")
}

// lowest are the names of what people rate lowest: the least mean, and those whose
// interval reaches down to its interval.
func (s *Screen) lowest() (names []string) {
	var low *Cell
	for i, c := range s.Columns {
		if cell := &s.Total.Cells[i]; c.Rated && cell.known() && (low == nil || cell.Mean < low.Mean) {
			low = cell
		}
	}
	for i, c := range s.Columns {
		if cell := &s.Total.Cells[i]; c.Rated && cell.known() && (cell == low || cell.Low <= low.High) {
			names = append(names, c.Name)
		}
	}
	return names
}

func (v *view) filters(s *Screen) *page.Form {
	kinds, districts := map[string]bool{}, map[string]bool{}
	for _, l := range s.made.Members {
		kinds[l.Kind], districts[l.District] = true, true
	}
	pick := func(name, label, all, now string, have map[string]bool, text func(string) string) page.Select {
		sel := page.Select{ID: page.FieldID(name), Name: name, Label: v.t(label)}
		if all != "" {
			sel.Options = append(sel.Options, page.Option{Text: v.t(all)})
		}
		var list []string
		for id := range have {
			if id != "" {
				list = append(list, id)
			}
		}
		slices.Sort(list)
		for _, id := range list {
			sel.Options = append(sel.Options, page.Option{Value: id, Text: text(id), Selected: id == now})
		}
		return sel
	}
	years := page.Select{ID: page.FieldID("round"), Name: "round", Label: v.t("filter.round")}
	for _, r := range v.h.reported() {
		years.Options = append(years.Options, page.Option{Value: r.ID, Text: institution.YearName(r.Year), Selected: r.ID == s.round.ID})
	}
	f := &page.Form{Action: Office, Get: true, Row: true, Card: true, Parts: []any{years,
		pick("kind", "filter.kind", "filter.all", s.asked.Kind, kinds, v.kind),
		pick("district", "filter.district", "filter.all", s.asked.District, districts, func(id string) string { return v.h.o.District(id, v.lang) })},
		Buttons: []page.Button{{Text: v.t("filter.go"), Kind: "second", Small: true}}}
	for name, value := range map[string]string{"role": s.asked.Role, "view": s.asked.View} {
		f.Hidden = append(f.Hidden, page.Hidden{Name: name, Value: value})
	}
	slices.SortFunc(f.Hidden, func(a, b page.Hidden) int { return strings.Compare(a.Name, b.Name) })
	return f
}

// needs lists whose knowledge lies wholly under the city's median, by name, with the
// reason: they are no ranking.
func (v *view) needs(s *Screen) (list []Need) {
	for i := range s.Lines {
		l := &s.Lines[i]
		if l.Place != report.NeedsSupport {
			continue
		}
		f := of(l.row, s.yard.Main, s.yard.Variables)
		why := []string{v.t("need.why", "What", v.variable(s.yard.Main), "Interval", v.between(f.Low, f.High), "Median", v.point(s.yard.Quarters[s.yard.Main][1]))}
		if low := s.yard.lowest(l.row); low != "" {
			why = append(why, v.t("need.low", "Name", v.variable(low)))
		}
		if d := of(l.row, gap, s.yard.Variables); d.known() && d.Low > s.yard.Quarters[gap][1] {
			why = append(why, v.t("need.self"))
		}
		name := l.Name
		if l.Members != "" {
			name += ": " + l.Members
		}
		list = append(list, Need{Name: name, Href: l.Href, Why: strings.Join(why, " ")})
	}
	return list
}

// lowest is the area that lies furthest under the city's median; empty when none does.
func (y *yard) lowest(row *report.Row) (id string) {
	least := 0.0
	for _, area := range y.Areas {
		if f := of(row, area, y.Variables); f.known() && f.Mean-y.Quarters[area][1] < least {
			id, least = area, f.Mean-y.Quarters[area][1]
		}
	}
	return id
}

// Publish opens a round's figures to the data service, or shuts them.
func (h *Handlers) Publish(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Round string `form:"round" validate:"required,max=64"`
		Open  string `form:"open" validate:"oneof=yes no"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if _, err := h.o.Rounds.Publish(v.ctx, gate.Actor(c), f.Round, f.Open == "yes"); err != nil {
		return err
	}
	c.Header("Cache-Control", "no-store")
	page.SeeOther(c.Writer, c.Request, asked{Round: f.Round}.href(Office)+"#publish")
	return nil
}
