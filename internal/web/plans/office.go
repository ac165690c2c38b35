package plans

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// asked is the query of the department's page and of its files.
type asked struct {
	Year     int    `form:"year" validate:"omitempty,min=2000,max=2100"`
	Kind     string `form:"kind" validate:"omitempty,oneof=school preschool vocational higher"`
	District string `form:"district" validate:"max=64"`
	Only     string `form:"only" validate:"omitempty,oneof=without with overdue ownerless undated uncosted open closed"`
	Sort     string `form:"sort" validate:"omitempty,oneof=name all planned doing done postponed overdue ownerless undated cost"`
	Dir      string `form:"dir" validate:"omitempty,oneof=up down"`
}

// onlys are the choices of which institutions are shown.
var onlys = []string{"with", "without", "overdue", "ownerless", "undated", "uncosted", "open", "closed"}

func (a asked) href(path string, pairs ...string) string {
	q := url.Values{}
	set := func(name, value string) {
		q.Del(name)
		if value != "" {
			q.Set(name, value)
		}
	}
	set("year", strconv.Itoa(a.Year))
	set("kind", a.Kind)
	set("district", a.District)
	set("only", a.Only)
	set("sort", a.Sort)
	set("dir", a.Dir)
	for i := 0; i+1 < len(pairs); i += 2 {
		set(pairs[i], pairs[i+1])
	}
	return path + "?" + q.Encode()
}

// shown are the lines of a query in its order.
func (v *view) shown(q asked) (list []plan.Line) {
	f := institution.Filter{District: q.District}
	if q.Kind != "" {
		f.Kinds = []institution.Kind{institution.Kind(q.Kind)}
	}
	for _, l := range v.h.o.Plans.Progress(q.Year, f) {
		keep := true
		switch q.Only {
		case "with":
			keep = l.Plan != nil
		case "without":
			keep = l.Plan == nil
		case "overdue":
			keep = l.Overdue > 0
		case "ownerless":
			keep = l.Ownerless > 0
		case "undated":
			keep = l.Undated > 0
		case "uncosted":
			keep = l.Uncosted > 0
		case "open":
			keep = l.Plan != nil && !l.Plan.IsClosed()
		case "closed":
			keep = l.Plan != nil && l.Plan.IsClosed()
		}
		if keep {
			list = append(list, l)
		}
	}
	value := map[string]func(*plan.Line) int64{
		"all": func(l *plan.Line) int64 { return int64(l.All) }, "overdue": func(l *plan.Line) int64 { return int64(l.Overdue) },
		"ownerless": func(l *plan.Line) int64 { return int64(l.Ownerless) }, "undated": func(l *plan.Line) int64 { return int64(l.Undated) }, "cost": func(l *plan.Line) int64 { return l.Sum() },
	}
	for _, s := range plan.Statuses() {
		value[string(s)] = func(l *plan.Line) int64 { return int64(l.By[s]) }
	}
	by := value[q.Sort]
	keys := make(map[string]string, len(list))
	for i := range list {
		keys[list[i].Body.ID] = store.CollationKey(v.in(list[i].Body.Name()))
	}
	slices.SortStableFunc(list, func(a, b plan.Line) int {
		name := cmp.Or(cmp.Compare(keys[a.Body.ID], keys[b.Body.ID]), cmp.Compare(a.Body.ID, b.Body.ID))
		switch {
		case by == nil && q.Dir == "down":
			return -name
		case by == nil:
			return name
		case (a.Plan == nil) != (b.Plan == nil): // those without a plan stand last
			if a.Plan == nil {
				return 1
			}
			return -1
		case q.Dir == "down":
			return cmp.Or(cmp.Compare(by(&b), by(&a)), name)
		}
		return cmp.Or(cmp.Compare(by(&a), by(&b)), name)
	})
	return list
}

func (h *Handlers) query(c *gin.Context) (v *view, q asked, err error) {
	v = h.see(c)
	if err := gate.Check(c, person.SchoolSummary, person.City); err != nil {
		return v, q, err
	}
	if err := form.DecodeQuery(c.Request, &q); err != nil {
		return v, q, err
	}
	if q.Year == 0 {
		q.Year = institution.YearOf(h.o.Now())
	}
	return v, q, nil
}

// columns are the numbers of a line, in the order of the files. The page leaves out what is
// postponed: the other states and all measures say it.
var columns = []string{"all", "planned", "doing", "done", "postponed", "overdue", "ownerless", "undated", "cost"}

var onPage = slices.DeleteFunc(slices.Clone(columns), func(id string) bool { return id == string(plan.Postponed) })

func (v *view) numberCells(l *plan.Line) (cells []page.GridCell) {
	for i, n := range numbers(l) {
		if slices.Contains(onPage, columns[i]) {
			cells = append(cells, page.GridCell{Text: v.w.Int(n)})
		}
	}
	return cells
}

func numbers(l *plan.Line) []int64 {
	list := []int64{int64(l.All)}
	for _, s := range plan.Statuses() {
		list = append(list, int64(l.By[s]))
	}
	return append(list, int64(l.Overdue), int64(l.Ownerless), int64(l.Undated), l.Sum())
}

func (v *view) column(id string) string {
	if slices.Contains(plan.Statuses(), plan.Status(id)) {
		return v.capital(v.status(plan.Status(id)))
	}
	return v.t("col." + id)
}

// All is how far all institutions are.
func (h *Handlers) All(c *gin.Context) error {
	v, q, err := h.query(c)
	if err != nil {
		return err
	}
	s := v.sheet("plans", q.href(Office), v.t("all.title"))
	s.Kicker = institution.YearName(q.Year)
	list := v.shown(q)
	total, without := plan.Total(list)
	s.Lead = v.n("all.lead", int64(len(list)-without), "All", v.w.Int(int64(len(list))))
	n := func(x int) string { return v.w.Int(int64(x)) }
	s.Blocks = append(s.Blocks, page.Block{Figs: []page.Figure{{Value: n(total.All), Text: v.t("col.measures")}, {Value: n(total.By[plan.Done]), Text: v.column("done")}, {Value: n(total.Overdue), Text: v.column("overdue")},
		{Value: n(total.Ownerless), Text: v.t("col.ownerless")}, {Value: n(total.Undated), Text: v.t("col.undated")}, {Value: n(without), Text: v.capital(v.t("only.without"))}}}, page.Block{Noprint: true, Form: v.filters(q)})
	s.Blocks = append(s.Blocks, page.Block{ID: "progress", Grid: v.grid(q, list, total)})
	if total.Sum() > 0 {
		b := v.budget(total)
		b.Small = v.t("budget.august")
		s.Blocks = append(s.Blocks, b)
	}
	s.Blocks = append(s.Blocks, page.Block{Noprint: true, Title: v.t("files"), Acts: []page.Button{{Text: v.t("xlsx"), Href: q.href(Office + "/file/xlsx"), Kind: "second", Small: true}, {Text: v.t("csv"), Href: q.href(Office + "/file/csv"), Kind: "second", Small: true}}})
	return v.show(http.StatusOK, s)
}

func (v *view) grid(q asked, list []plan.Line, total plan.Line) *page.Grid {
	g := &page.Grid{Caption: v.t("all.title"), Hidden: true, Cards: true, Empty: v.t("all.none"), Foot: v.t("all.foot"), Head: []page.GridHead{v.head(q, "name")}}
	for _, id := range onPage {
		h := v.head(q, id)
		h.Number = true
		g.Head = append(g.Head, h)
	}
	for i := range list {
		l := &list[i]
		row := page.GridRow{Cells: []page.GridCell{{Text: v.in(l.Body.Name()), Small: v.h.o.District(l.Body.District, v.lang)}}}
		if l.Plan == nil {
			row.Cells[0].Tag = &page.Tag{Text: v.t("noplan"), Kind: "sun"}
			for range onPage {
				row.Cells = append(row.Cells, page.GridCell{Text: "–"})
			}
			g.Rows = append(g.Rows, row)
			continue
		}
		row.Cells[0].Href = Office + "/one/" + l.Plan.ID
		if l.Plan.IsClosed() {
			row.Cells[0].Tag = v.planTag(l.Plan)
		}
		row.Cells = append(row.Cells, v.numberCells(l)...)
		g.Rows = append(g.Rows, row)
	}
	if len(list) > 1 {
		row := page.GridRow{Cells: []page.GridCell{{Text: v.t("sum")}}}
		row.Cells = append(row.Cells, v.numberCells(&total)...)
		g.Rows = append(g.Rows, row)
	}
	return g
}

func (v *view) head(q asked, id string) page.GridHead {
	h, dir := page.GridHead{Text: v.column(id)}, "down"
	if id == "name" {
		dir = "up"
	}
	if q.Sort == id || q.Sort == "" && id == "name" {
		h.Sort, dir = "ascending", "down"
		if q.Dir == "down" {
			h.Sort, dir = "descending", "up"
		}
	}
	h.Href = q.href(Office, "sort", id, "dir", dir)
	return h
}

func (v *view) filters(q asked) *page.Form {
	now := institution.YearOf(v.h.o.Now())
	var years []page.Option
	for y := now + 1; y >= now-4; y-- {
		years = append(years, page.Option{Value: strconv.Itoa(y), Text: institution.YearName(y)})
	}
	kinds := []page.Option{{Text: v.t("all.kinds")}}
	for _, k := range plan.Kinds() {
		kinds = append(kinds, page.Option{Value: string(k), Text: v.w.T("schools.kind."+string(k), nil)})
	}
	districts := []page.Option{{Text: v.t("all.districts")}}
	for _, d := range v.h.o.Bodies.Districts() {
		districts = append(districts, page.Option{Value: d, Text: v.h.o.District(d, v.lang)})
	}
	only := []page.Option{{Text: v.t("all.any")}}
	for _, o := range onlys {
		only = append(only, page.Option{Value: o, Text: v.t("only." + o)})
	}
	return &page.Form{Get: true, Action: Office, Row: true, Card: true, Hidden: []page.Hidden{{Name: "sort", Value: q.Sort}, {Name: "dir", Value: q.Dir}},
		Parts:   []any{v.pick("year", strconv.Itoa(q.Year), years), v.pick("kind", q.Kind, kinds), v.pick("district", q.District, districts), v.pick("only", q.Only, only)},
		Buttons: []page.Button{{Text: v.t("filter"), Kind: "second", Small: true}}}
}
