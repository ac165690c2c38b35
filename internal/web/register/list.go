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
	"osvitlo/internal/tablefile"
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
	year := institution.YearOf(v.h.o.Now())
	list, order := v.found(year)
	states := []page.Option{{Text: v.t("all.states")}}
	for _, st := range []institution.State{institution.Working, institution.Paused, institution.Merged, institution.Closed} {
		states = append(states, page.Option{Value: string(st), Text: v.state(st)})
	}
	search := page.Form{Get: true, Hidden: kept(q, "sort"), Action: Institutions, Row: true, Card: true, Parts: []any{
		page.Field{ID: "f-q", Name: "q", Label: v.t("field.q"), Value: q.Get("q"), Type: "search", MaxLength: 100},
		v.pick("", "kind", v.t("field.kind"), q.Get("kind"), v.kinds(v.t("all.kinds"))),
		v.pick("", "district", v.t("field.district"), q.Get("district"), v.districts(v.t("all.districts"))),
		v.pick("", "state", v.t("field.state"), q.Get("state"), states),
	}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	part, pager := v.paged(Institutions, list)
	g := &page.Grid{Caption: v.t("institutions"), Hidden: true, Cards: true, Empty: v.t("institutions.none"),
		Head: []page.GridHead{order("name", v.t("col.name")), order("kind", v.t("col.kind")), order("district", v.t("col.district")), order("code", v.t("col.code")), order("people", v.t("col.people", "Year", institution.YearName(year)))}}
	for _, i := range part {
		row := page.GridRow{Cells: []page.GridCell{{Text: v.in(i.Name()), Href: Institutions + "/" + i.ID}, {Text: v.kind(i.Kind)}, {Text: v.district(i.District)}, {Text: i.Code, Mono: true}, {Text: v.frame(i, year)}}}
		if i.State != institution.Working {
			row.Cells[0].Tag = &page.Tag{Text: v.state(i.State)}
		}
		g.Rows = append(g.Rows, row)
	}
	g.Foot = v.t("institutions.count", "N", v.w.Int(int64(len(list))))
	acts := page.Block{Acts: []page.Button{{Text: v.t("add"), Href: Institutions + "/new", Small: true}, {Text: v.t("imports"), Href: Imports, Kind: "second", Small: true},
		{Text: v.t("year.title", "Year", institution.YearName(year)), Href: Institutions + "/year", Kind: "second", Small: true}, {Text: v.t("coordinators"), Href: Coordinators, Kind: "second", Small: true}}}
	if id := q.Get("undo"); id != "" { // taken out a moment ago
		acts.Forms = append(acts.Forms, one(Institutions+"/"+url.PathEscape(id)+"/back", v.t("put_back"), "second", "", nil))
	}
	s.Blocks = []page.Block{acts, {Form: &search, Noprint: true}, {Grid: g, Pager: pager}}
	if len(list) > 0 {
		s.Blocks[2].Down = []page.Download{{Href: v.address(listAt+tablefile.XLSX, "sort", q.Get("sort")), Text: v.t("list.file"), Meta: "XLSX"}, {Href: v.address(listAt+tablefile.CSV, "sort", q.Get("sort")), Text: v.t("list.file"), Meta: "CSV"}}
	}
	return v.show(status, s)
}

// found is the list that was searched for, in the order that was asked for.
func (v *view) found(year int) ([]*institution.Institution, func(id, text string) page.GridHead) {
	f := institution.Filter{District: v.c.Query("district"), State: institution.State(v.c.Query("state")), Words: v.c.Query("q")}
	if k := institution.Kind(v.c.Query("kind")); k != "" {
		f.Kinds = []institution.Kind{k}
	}
	list := v.h.o.Bodies.List(f)
	return list, v.sorted(Institutions, list, map[string]comparing{"kind": byKind, "district": byDistrict, "code": byCode, "people": byPeople(year)})
}

// comparing orders two institutions; the order of a list is by name where they are alike.
type comparing func(a, b *institution.Institution) int

func byKind(a, b *institution.Institution) int {
	return cmp.Compare(slices.Index(institution.Kinds(), a.Kind), slices.Index(institution.Kinds(), b.Kind))
}

func byDistrict(a, b *institution.Institution) int { return cmp.Compare(a.District, b.District) }

// byCode has numbers by size.
func byCode(a, b *institution.Institution) int {
	return cmp.Or(cmp.Compare(len(a.Code), len(b.Code)), cmp.Compare(a.Code, b.Code))
}

func byPeople(year int) comparing {
	return func(a, b *institution.Institution) int { return cmp.Compare(people(a, year), people(b, year)) }
}

// address is a page's own address with what was chosen on it, one thing changed.
func (v *view) address(path, name, value string) string {
	q := url.Values{}
	for k := range v.c.Request.URL.Query() {
		if k != "page" && k != "done" && k != "undo" {
			q.Set(k, v.c.Query(k))
		}
	}
	q.Set(name, value)
	return path + "?" + q.Encode()
}

// sorted puts a list of institutions, which comes by name, into the order that was asked
// for ("kind", "-people") and makes the heads that ask for another one.
func (v *view) sorted(path string, list []*institution.Institution, orders map[string]comparing) func(id, text string) page.GridHead {
	id, down := strings.CutPrefix(v.c.Query("sort"), "-")
	if orders[id] == nil {
		id = "name"
	} else {
		slices.SortStableFunc(list, orders[id])
	}
	if down {
		slices.Reverse(list)
	}
	return func(column, text string) page.GridHead {
		head, next := page.GridHead{Text: text}, column
		if column == id {
			head.Sort = "ascending"
			if down {
				head.Sort = "descending"
			} else {
				next = "-" + column
			}
		}
		head.Href = v.address(path, "sort", next)
		return head
	}
}

// paged is the part of a list that was asked for, and the way to its neighbours; none
// where the list fits on a page.
func (v *view) paged(path string, list []*institution.Institution) ([]*institution.Institution, *page.Pager) {
	if len(list) <= perPage {
		return list, nil
	}
	at, _ := strconv.Atoi(v.c.Query("page"))
	at = min(max(at, 1), (len(list)+perPage-1)/perPage)
	to := func(n int) *page.Link {
		if n < 1 || (n-1)*perPage >= len(list) {
			return nil
		}
		return &page.Link{Href: v.address(path, "page", strconv.Itoa(n)), Text: v.t("page", "N", n)}
	}
	return list[(at-1)*perPage : min(at*perPage, len(list))], &page.Pager{Previous: to(at - 1), Next: to(at + 1)}
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
