package register

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// perPage is how many institutions stand on a page of the list.
const perPage = 60

func (v *view) list() page.Link {
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
	states := []page.Option{{Text: v.t("all.states")}}
	for _, st := range []institution.State{institution.Working, institution.Paused, institution.Merged, institution.Closed} {
		states = append(states, page.Option{Value: string(st), Text: v.state(st)})
	}
	search := page.Form{Get: true, Action: Institutions, Row: true, Card: true, Parts: []any{
		page.Field{ID: "f-q", Name: "q", Label: v.t("field.q"), Value: f.Words, Type: "search", MaxLength: 100},
		v.pick("", "kind", v.t("field.kind"), q.Get("kind"), v.kinds(v.t("all.kinds"))),
		v.pick("", "district", v.t("field.district"), f.District, v.districts(v.t("all.districts"))),
		v.pick("", "state", v.t("field.state"), string(f.State), states),
	}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	at, _ := strconv.Atoi(q.Get("page"))
	at = min(max(at, 1), max(1, (len(list)+perPage-1)/perPage))
	g := &page.Grid{Caption: v.t("institutions"), Hidden: true, Cards: true, Empty: v.t("institutions.none"),
		Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.kind")}, {Text: v.t("col.district")}, {Text: v.t("col.code")}, {Text: v.t("col.people", "Year", institution.YearName(year))}}}
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
	acts := page.Block{Acts: []page.Button{{Text: v.t("add"), Href: Institutions + "/new", Small: true}}}
	if id := q.Get("undo"); id != "" { // taken out a moment ago
		acts.Forms = append(acts.Forms, one(Institutions+"/"+url.PathEscape(id)+"/back", v.t("put_back"), "second", "", nil))
	}
	acts.Forms = append(acts.Forms, one(Institutions+"/year", v.t("rollover", "Year", institution.YearName(year)), "second", v.t("rollover.sure"), nil))
	s.Blocks = []page.Block{acts, {Form: &search, Noprint: true}, {Grid: g, Pager: &page.Pager{Previous: to(at - 1), Next: to(at + 1)}}}
	return v.show(status, s)
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

// RollOver carries last year's numbers into this school year.
func (h *Handlers) RollOver(c *gin.Context) error {
	v := h.see(c)
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	if _, err := h.o.Bodies.RollOver(v.ctx, gate.Actor(c), institution.YearOf(h.o.Now())); err != nil {
		return v.registerPage(err)
	}
	return v.to(Institutions, "year")
}
