package register

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// perPage is how many institutions stand on a page of the list.
const perPage = 60

func (v *view) back() page.Link {
	return page.Link{Href: Institutions, Text: v.t("institutions")}
}

// Register lists the institutions.
func (h *Handlers) Register(c *gin.Context) error { return h.see(c).registerPage(nil) }

func (v *view) registerPage(refused error) error {
	if err := v.check(person.InstitutionEdit); err != nil {
		return err
	}
	s := v.sheet("institutions", Institutions, v.t("institutions"))
	s.Lead = v.t("institutions.lead")
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	q := v.c.Request.URL.Query()
	f := institution.Filter{District: q.Get("district"), State: institution.State(q.Get("state")), Words: q.Get("q")}
	if k := institution.Kind(q.Get("kind")); k != "" {
		f.Kinds = []institution.Kind{k}
	}
	list := v.h.o.Bodies.List(f)
	year := institution.YearOf(v.h.o.Now())
	order := v.sorted(list, q.Get("sort"), year)
	states := []page.Option{{Text: v.t("all.states")}}
	for _, st := range []institution.State{institution.Working, institution.Paused, institution.Merged, institution.Closed} {
		states = append(states, page.Option{Value: string(st), Text: v.state(st)})
	}
	search := page.Form{Get: true, Hidden: kept(q, "sort"), Action: Institutions, Row: true, Card: true, Parts: []any{
		page.Field{ID: "f-q", Name: "q", Label: v.t("field.q"), Value: f.Words, Type: "search", MaxLength: 100},
		v.pick("", "kind", v.t("field.kind"), q.Get("kind"), v.kinds(v.t("all.kinds"))),
		v.pick("", "district", v.t("field.district"), f.District, v.districts(v.t("all.districts"))),
		v.pick("", "state", v.t("field.state"), string(f.State), states),
	}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	at, _ := strconv.Atoi(q.Get("page"))
	at = min(max(at, 1), max(1, (len(list)+perPage-1)/perPage))
	g := &page.Grid{Caption: v.t("institutions"), Hidden: true, Cards: true, Empty: v.t("institutions.none"),
		Head: []page.GridHead{order("name", v.t("col.name")), order("kind", v.t("col.kind")), order("district", v.t("col.district")), order("code", v.t("col.code")), order("people", v.t("col.people", "Year", institution.YearName(year)))}}
	for _, i := range list[(at-1)*perPage : min(at*perPage, len(list))] {
		row := page.GridRow{Cells: []page.GridCell{{Text: v.in(i.Name()), Href: Institutions + "/" + i.ID}, {Text: v.kind(i.Kind)}, {Text: v.district(i.District)}, {Text: i.Code, Mono: true}, {Text: v.frame(i, year)}}}
		if i.State != institution.Working {
			row.Cells[0].Tag = &page.Tag{Text: v.state(i.State)}
		}
		g.Rows = append(g.Rows, row)
	}
	g.Foot = v.t("institutions.count", "N", v.w.Int(int64(len(list))))
	to := func(n int) *page.Link {
		if n < 1 || (n-1)*perPage >= len(list) || n == at {
			return nil
		}
		next := url.Values{}
		for k := range q {
			next.Set(k, q.Get(k))
		}
		next.Del("done")
		next.Set("page", strconv.Itoa(n))
		return &page.Link{Href: Institutions + "?" + next.Encode(), Text: v.t("page", "N", n)}
	}
	acts := page.Block{Acts: []page.Button{{Text: v.t("add"), Href: Institutions + "/new", Small: true}, {Text: v.t("imports"), Href: Imports, Kind: "second", Small: true},
		{Text: v.t("year.title", "Year", institution.YearName(year)), Href: Institutions + "/year", Kind: "second", Small: true}, {Text: v.t("coordinators"), Href: Coordinators, Kind: "second", Small: true}}}
	if id := q.Get("undo"); id != "" { // taken out a moment ago
		acts.Forms = append(acts.Forms, one(Institutions+"/"+url.PathEscape(id)+"/back", v.t("put_back"), "second", "", nil))
	}
	s.Blocks = []page.Block{acts, {Form: &search, Noprint: true}, {Grid: g, Pager: &page.Pager{Previous: to(at - 1), Next: to(at + 1)}}}
	return v.show(status, s)
}

// sorted puts a list of institutions into the order that was asked for ("kind", "-people")
// and makes the heads that ask for another one. They come by name.
func (v *view) sorted(list []*institution.Institution, by string, year int) func(id, text string) page.GridHead {
	id, down := strings.CutPrefix(by, "-")
	var compare func(a, b *institution.Institution) int
	switch id {
	case "kind":
		compare = func(a, b *institution.Institution) int {
			return cmp.Compare(slices.Index(institution.Kinds(), a.Kind), slices.Index(institution.Kinds(), b.Kind))
		}
	case "district":
		compare = func(a, b *institution.Institution) int { return cmp.Compare(a.District, b.District) }
	case "code":
		compare = func(a, b *institution.Institution) int {
			return cmp.Or(cmp.Compare(len(a.Code), len(b.Code)), cmp.Compare(a.Code, b.Code)) // numbers by size
		}
	case "people":
		compare = func(a, b *institution.Institution) int { return cmp.Compare(people(a, year), people(b, year)) }
	default:
		id = "name"
		compare = func(*institution.Institution, *institution.Institution) int { return 0 }
	}
	slices.SortStableFunc(list, compare)
	if down {
		slices.Reverse(list)
	}
	return func(column, text string) page.GridHead {
		q := url.Values{}
		for k := range v.c.Request.URL.Query() {
			if k != "page" && k != "done" && k != "undo" {
				q.Set(k, v.c.Query(k))
			}
		}
		head := page.GridHead{Text: text}
		q.Set("sort", column)
		if column == id {
			head.Sort = "ascending"
			if down {
				head.Sort = "descending"
			} else {
				q.Set("sort", "-"+column)
			}
		}
		head.Href = Institutions + "?" + q.Encode()
		return head
	}
}

// people is how many people an institution has in a year.
func people(i *institution.Institution, year int) (n int) {
	f, _ := i.FrameOf(year)
	for _, role := range f.Count {
		n += role
	}
	return n
}

// frame is how many people of which roles an institution has in a year.
func (v *view) frame(i *institution.Institution, year int) string {
	f, ok := i.FrameOf(year)
	if !ok {
		return v.t("frame.none")
	}
	text := ""
	for _, r := range institution.RolesOf(i.Kind) {
		if n, ok := f.Count[r]; ok {
			if text != "" {
				text += ", "
			}
			text += v.role(r) + " — " + v.w.Int(int64(n))
		}
	}
	if f.Carried {
		text += " " + v.t("frame.carried")
	}
	return text
}

// kept carries values of the address through a search.
func kept(q url.Values, names ...string) (list []page.Hidden) {
	for _, name := range names {
		if value := q.Get(name); value != "" {
			list = append(list, page.Hidden{Name: name, Value: value})
		}
	}
	return list
}
