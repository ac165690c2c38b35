package items

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/content"
	"osvitlo/internal/framework"
	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

const pageRows = 50

var levels = []string{"A1", "A2", "B1", "B2", "C1", "C2"}

// asked is the query of the list.
type asked struct {
	Text       string `form:"q" validate:"max=100"`
	Competence string `form:"competence" validate:"max=20"`
	Level      string `form:"level" validate:"max=2"`
	Type       string `form:"type" validate:"max=20"`
	State      string `form:"state" validate:"max=20"`
	Sort       string `form:"sort" validate:"max=20"`
	Check      string `form:"check" validate:"max=20"`
	Survey     bool   `form:"survey"`
	Page       string `form:"page" validate:"max=6"`
}

func (a *asked) filter() itembank.Filter {
	return itembank.Filter{Text: a.Text, Competence: a.Competence, Level: a.Level, Type: instrument.Type(a.Type),
		State: itembank.State(a.State), Check: itembank.Check(a.Check), Sort: itembank.Sort(a.Sort), Survey: a.Survey}
}

// address is the list with a query; changes are pairs of name and value.
func (a *asked) address(changes ...string) string {
	q := url.Values{}
	for _, p := range [][2]string{{"q", a.Text}, {"competence", a.Competence}, {"level", a.Level}, {"type", a.Type}, {"state", a.State}, {"check", a.Check}, {"sort", a.Sort}} {
		if p[1] != "" {
			q.Set(p[0], p[1])
		}
	}
	if a.Survey {
		q.Set("survey", "1")
	}
	for i := 0; i+1 < len(changes); i += 2 {
		if q.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			q.Del(changes[i])
		}
	}
	if len(q) == 0 {
		return Address
	}
	return Address + "?" + q.Encode()
}

// List shows the bank: search, a page of items, and how they are spread.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	var a asked
	err := form.DecodeQuery(c.Request, &a)
	number := 1
	if n, bad := strconv.Atoi(a.Page); bad == nil && n > 1 && n < 10_000 {
		number = n
	}
	var own []string
	if number > 1 {
		own = []string{"page", strconv.Itoa(number)}
	}
	s := v.sheet(a.address(own...), v.t("list.title"))
	s.Lead = v.t("list.lead")
	status, err := v.wrong(&s, err)
	if err != nil {
		return err
	}
	rows := h.o.Bank.Find(a.filter())
	s.Blocks = append(s.Blocks, page.Block{Noprint: true, Form: v.search(&a)})
	last := max(1, (len(rows)+pageRows-1)/pageRows)
	number = min(number, last)
	part := rows[(number-1)*pageRows : min(number*pageRows, len(rows))]
	block := page.Block{Text: []string{v.n("list.found", len(rows))}, Grid: v.grid(&a, part)}
	if last > 1 {
		p := &page.Pager{}
		if number > 1 {
			p.Previous = &page.Link{Href: a.address("page", strconv.Itoa(number-1)), Text: v.t("list.before")}
		}
		if number < last {
			p.Next = &page.Link{Href: a.address("page", strconv.Itoa(number+1)), Text: v.t("list.after")}
		}
		block.Pager = p
	}
	s.Blocks = append(s.Blocks, block, page.Block{ID: "spread", Title: v.t("spread.title"), Small: v.t("spread.lead"), Grid: v.spread()})
	s.Blocks = append(s.Blocks, v.machine()...)
	s.Blocks = append(s.Blocks,
		page.Block{Noprint: true, Acts: []page.Button{{Text: v.t("instruments.title"), Href: Instruments, Kind: "second", Small: true},
			{Text: v.t("cal.title"), Href: CalibrationPath, Kind: "second", Small: true},
			{Text: v.t("export.title"), Href: ExportPath, Kind: "second", Small: true}}})
	return v.render(status, "page/sheet", s.Ready())
}

// search is the form over the list.
func (v *view) search(a *asked) *page.Form {
	choose := func(name, label, chosen string, options []page.Option) page.Select {
		options = append([]page.Option{{Text: v.t("search.all")}}, options...)
		for i := range options {
			options[i].Selected = options[i].Value == chosen
		}
		return page.Select{ID: page.FieldID(name), Name: name, Label: v.t(label), Options: options}
	}
	var competences, level, kinds, states, checks, sorts []page.Option
	for _, area := range v.framework().Areas {
		competences = append(competences, page.Option{Value: area.ID, Text: v.areaName(area)})
		for _, k := range area.Competences {
			competences = append(competences, page.Option{Value: k.ID, Text: strings.TrimPrefix(k.ID, "ua") + " " + k.Title.In(v.lang)})
		}
	}
	for _, l := range levels {
		level = append(level, page.Option{Value: l, Text: l})
	}
	for _, t := range instrument.Types() {
		if t != instrument.Info {
			kinds = append(kinds, page.Option{Value: string(t), Text: v.t("type." + string(t))})
		}
	}
	for _, st := range itembank.States() {
		states = append(states, page.Option{Value: string(st), Text: v.t("state." + string(st))})
	}
	for _, k := range itembank.Checks() {
		checks = append(checks, page.Option{Value: string(k), Text: v.t("check." + string(k))})
	}
	for _, so := range []itembank.Sort{itembank.SortCompetence, itembank.SortLevel, itembank.SortP, itembank.SortRRest, itembank.SortN} {
		sorts = append(sorts, page.Option{Value: string(so), Text: v.t("sort." + string(so))})
	}
	order := choose("sort", "search.sort", a.Sort, sorts)
	order.Options[0].Text = v.t("sort.id")
	return &page.Form{Action: Address, Get: true, Row: true, Card: true, Parts: []any{
		page.Field{ID: page.FieldID("q"), Name: "q", Label: v.t("search.text"), Value: a.Text, Type: "search", MaxLength: 100, Plain: true, Error: v.fault("q")},
		choose("competence", "search.competence", a.Competence, competences),
		choose("level", "search.level", a.Level, level),
		choose("type", "search.type", a.Type, kinds),
		choose("state", "search.state", a.State, states),
		choose("check", "search.check", a.Check, checks),
		order,
		page.Check{ID: page.FieldID("survey"), Name: "survey", Value: "1", Label: v.t("search.survey"), Checked: a.Survey},
	}, Buttons: []page.Button{{Text: v.t("search.go"), Small: true}, {Text: v.t("search.clear"), Href: Address, Kind: "quiet", Small: true}}}
}

// grid is a page of items. Heads sort.
func (v *view) grid(a *asked, rows []itembank.Row) *page.Grid {
	head := func(key string, by itembank.Sort, down, number bool) page.GridHead {
		g := page.GridHead{Text: v.t(key), Number: number, Href: a.address("sort", string(by))}
		if a.Sort == string(by) || a.Sort == "" && by == itembank.SortID {
			if g.Sort = "ascending"; down {
				g.Sort = "descending"
			}
		}
		return g
	}
	g := &page.Grid{Caption: v.t("list.title"), Hidden: true, Cards: true, Empty: v.t("list.none"), Head: []page.GridHead{
		head("list.item", itembank.SortID, false, false), head("list.competence", itembank.SortCompetence, false, false),
		head("list.level", itembank.SortLevel, false, false), {Text: v.t("list.type")}, {Text: v.t("list.state")},
		head("list.n", itembank.SortN, true, true), head("list.p", itembank.SortP, false, true), head("list.r", itembank.SortRRest, false, true)}}
	for _, r := range rows {
		it := r.Item
		n, p, rest := "—", "—", "—"
		if f := r.Figures; f != nil {
			n = v.w.Int(int64(f.N))
			if f.P.Known() {
				p = v.share(f.P.Of())
			}
			if f.RRest.Known() {
				rest = v.dec(f.RRest.Of())
			}
		}
		state := page.GridCell{Tags: []page.Tag{v.stateTag(r.State)}}
		if len(r.Published) > 0 {
			state.Small = v.t("list.published")
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{
			{Text: it.Stem.In(v.lang), Small: it.ID, Href: Address + "/" + it.ID},
			{Text: strings.TrimPrefix(it.Competence, "ua")}, {Text: it.Level}, {Text: v.t("type." + string(it.Type))},
			state, {Text: n, Number: true}, {Text: p, Number: true}, {Text: rest, Number: true}},
			Bad: r.State == itembank.StateQuarantined || r.State == itembank.StateProposed})
	}
	return g
}

func (v *view) stateTag(s itembank.State) page.Tag {
	kind := map[itembank.State]string{itembank.StateQuarantined: "bad", itembank.StateExpired: "bad", itembank.StateProposed: "sun",
		itembank.StateMend: "sun", itembank.StateReviewed: "good"}[s]
	if kind == "" {
		kind = "plain"
	}
	return page.Tag{Text: v.t("state." + string(s)), Kind: kind}
}

// spread is how many items each competence has at each level.
func (v *view) spread() *page.Grid {
	counts := v.h.o.Bank.Spread()
	g := &page.Grid{Caption: v.t("spread.title"), Hidden: true, Empty: v.t("list.none"), Head: []page.GridHead{{Text: v.t("list.competence")}}}
	for _, l := range levels {
		g.Head = append(g.Head, page.GridHead{Text: l, Number: true})
	}
	g.Head = append(g.Head, page.GridHead{Text: v.t("spread.all"), Number: true})
	sums, all := make([]int, len(levels)), 0
	for _, k := range v.framework().Competences() {
		row := page.GridRow{Cells: []page.GridCell{{Text: strings.TrimPrefix(k.ID, "ua") + " " + k.Title.In(v.lang), Href: Address + "?competence=" + k.ID}}}
		total := 0
		for i, l := range levels {
			n := counts[k.ID][l]
			total += n
			sums[i] += n
			cell := page.GridCell{Text: v.w.Int(int64(n)), Number: true}
			if n > 0 {
				cell.Href = Address + "?competence=" + k.ID + "&level=" + l
			}
			row.Cells = append(row.Cells, cell)
		}
		all += total
		row.Cells = append(row.Cells, page.GridCell{Text: v.w.Int(int64(total)), Number: true})
		row.Bad = total < 8
		g.Rows = append(g.Rows, row)
	}
	foot := page.GridRow{Cells: []page.GridCell{{Text: v.t("spread.all")}}}
	for i, n := range sums {
		foot.Cells = append(foot.Cells, page.GridCell{Text: v.w.Int(int64(n)), Number: true, Href: Address + "?level=" + levels[i]})
	}
	foot.Cells = append(foot.Cells, page.GridCell{Text: v.w.Int(int64(all)), Number: true})
	g.Rows = append(g.Rows, foot)
	g.Foot = v.t("spread.foot")
	return g
}

// framework is the national one; an empty one only where the library is broken.
func (v *view) framework() *framework.Framework {
	f, err := v.h.o.Library.Framework(content.OurFramework)
	if err != nil {
		return &framework.Framework{}
	}
	return f
}

func (v *view) areaName(a framework.Area) string {
	return strings.TrimPrefix(a.ID, "ua") + " " + a.Title.In(v.lang)
}
