package selfdesc

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/portrait"
	domain "osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// day is the beginning of a day in Kyiv; the zero time for what is none.
func day(s string) time.Time {
	at, _ := time.ParseInLocation(time.DateOnly, s, i18n.Kyiv)
	return at
}

func (v *view) list() page.Link { return page.Link{Href: Office, Text: v.t("all")} }

// asked is the query of the list.
type asked struct {
	Year     int64  `form:"year"`
	State    string `form:"state" validate:"max=20"`
	Kind     string `form:"kind" validate:"max=20"`
	District string `form:"district" validate:"max=40"`
}

func (q asked) href(path string) string {
	u := url.Values{"year": {strconv.FormatInt(q.Year, 10)}}
	for _, x := range [][2]string{{"state", q.State}, {"kind", q.Kind}, {"district", q.District}} {
		if x[1] != "" {
			u.Set(x[0], x[1])
		}
	}
	return path + "?" + u.Encode()
}

// unsigned is the filter for institutions that have signed nothing this year.
const unsigned = "unsigned"

// row is an institution with its self-description of the year.
type row struct {
	body *institution.Institution
	p    *portrait.Portrait
}

func (v *view) query() (q asked, err error) {
	if err := gate.Check(v.c, person.SchoolSummary, person.City); err != nil {
		return q, err
	}
	if err := form.DecodeQuery(v.c.Request, &q); err != nil {
		return q, err
	}
	if q.Year < 2000 || q.Year > 2100 {
		q.Year = int64(v.year())
	}
	return q, nil
}

// rows are the institutions of a query by name.
func (v *view) rows(q asked) (list []row) {
	for _, i := range v.h.o.Bodies.List(institution.Filter{State: institution.Working, District: q.District}) {
		if !v.h.o.Portraits.Asks(i) || q.Kind != "" && string(i.Kind) != q.Kind {
			continue
		}
		p := v.h.o.Portraits.Of(i.ID, int(q.Year))
		_, signed := p.Last()
		if q.State == unsigned && signed || q.State != "" && q.State != unsigned && string(p.State()) != q.State {
			continue
		}
		list = append(list, row{i, p})
	}
	return list
}

// years are the school years to choose from, this one first.
func (v *view) years() []int {
	list := v.h.o.Portraits.Years()
	if !slices.Contains(list, v.year()) {
		list = append(list, v.year())
	}
	slices.SortFunc(list, func(a, b int) int { return cmp.Compare(b, a) })
	return list
}

// List is who has signed and who has not.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	q, err := v.query()
	if err != nil {
		return err
	}
	s := v.sheet("self-descriptions", q.href(Office), v.t("all"), page.Link{Href: "/office", Text: v.t("office")})
	s.Lead = v.t("all.lead")
	signed, shown, of := 0, 0, 0
	for _, r := range v.rows(asked{Year: q.Year}) {
		of++
		if _, ok := r.p.Last(); ok {
			signed++
		}
		if r.p.Published != nil {
			shown++
		}
	}
	s.Blocks = append(s.Blocks, page.Block{Figs: []page.Figure{{Value: v.w.Int(int64(signed)), Unit: v.t("fig.of", "N", v.w.Int(int64(of))), Text: v.t("fig.signed")}, {Value: v.w.Int(int64(shown)), Text: v.t("fig.shown")}}})
	year := page.Select{ID: page.FieldID("year"), Name: "year", Label: v.t("col.year")}
	for _, y := range v.years() {
		year.Options = append(year.Options, page.Option{Value: strconv.Itoa(y), Text: institution.YearName(y), Selected: int64(y) == q.Year})
	}
	state := page.Select{ID: page.FieldID("state"), Name: "state", Label: v.t("col.state"), Options: []page.Option{{Text: v.t("state.any")}, {Value: unsigned, Text: v.t("state.unsigned"), Selected: q.State == unsigned}}}
	for _, st := range portrait.States() {
		state.Options = append(state.Options, page.Option{Value: string(st), Text: v.t("state." + string(st)), Selected: string(st) == q.State})
	}
	kind := page.Select{ID: page.FieldID("kind"), Name: "kind", Label: v.t("col.kind"), Options: []page.Option{{Text: v.t("kind.any")}}}
	for _, k := range institution.Kinds() {
		if v.h.o.Portraits.Form().Asks(string(k)) {
			kind.Options = append(kind.Options, page.Option{Value: string(k), Text: v.kind(k), Selected: string(k) == q.Kind})
		}
	}
	district := page.Select{ID: page.FieldID("district"), Name: "district", Label: v.t("col.district"), Options: []page.Option{{Text: v.t("district.any")}}}
	for _, d := range h.o.Districts {
		district.Options = append(district.Options, page.Option{Value: d.ID, Text: v.in(d.Name), Selected: d.ID == q.District})
	}
	s.Blocks = append(s.Blocks, page.Block{Noprint: true, Form: &page.Form{Action: Office, Get: true, Row: true, Card: true, Parts: []any{year, state, kind, district}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}})
	publishes := person.Can(fresh(c), person.RoundOpen, person.City).OK()
	g := &page.Grid{Caption: v.t("all"), Hidden: true, Cards: true, Empty: v.t("all.none"),
		Head: []page.GridHead{{Text: v.t("col.body")}, {Text: v.t("col.kind")}, {Text: v.t("col.district")}, {Text: v.t("col.state")}, {Text: v.t("col.signed")}, {Text: v.t("col.published")}}}
	any := false
	for _, r := range v.rows(q) {
		day, shown := "–", "–"
		last, ok := r.p.Last()
		if ok {
			day = v.day(last.Day)
		}
		if r.p.Published != nil {
			shown = v.t("shown.is", "N", r.p.Published.N, "Decision", r.p.Published.Decision)
		}
		cell := page.GridCell{Text: v.in(r.body.Name()), Href: Office + "/one/" + r.body.ID + "?year=" + strconv.FormatInt(q.Year, 10)}
		if ok && publishes {
			any = true
			cell.Check = &page.GridCheck{Name: "body", Value: r.body.ID, Label: v.t("choose", "Name", v.in(r.body.Name())), Form: "publish"}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{cell, {Text: v.kind(r.body.Kind)}, {Text: v.district(r.body.District)}, {Tag: v.state(r.p)}, {Text: day}, {Text: shown}}})
	}
	g.Foot = v.t("all.count", "N", v.w.Int(int64(len(g.Rows))))
	if any {
		g.Form = &page.Form{ID: "publish", Action: Office + "/publish", Get: true, Hidden: []page.Hidden{{Name: "year", Value: strconv.FormatInt(q.Year, 10)}},
			Buttons: []page.Button{{Text: v.t("publish.go"), Small: true}}}
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: g}, page.Block{Noprint: true, Acts: []page.Button{{Text: v.t("file.xlsx"), Href: q.href(Office + "/file/xlsx"), Kind: "second", Small: true}, {Text: v.t("file.csv"), Href: q.href(Office + "/file/csv"), Kind: "second", Small: true}}},
		page.Block{Note: &page.Note{Kind: "main", Title: v.t("shown.title"), Text: []string{v.t("shown.text")}, Link: &page.Link{Href: OpenData, Text: v.t("open")}}})
	return v.show(http.StatusOK, s)
}

// fresh is the reader as if just proved: what may be offered.
func fresh(c *gin.Context) *person.Actor {
	a := *gate.Actor(c)
	a.Fresh = true
	return &a
}

// ListFile is the list of the same query with the answers, as a file.
func (h *Handlers) ListFile(c *gin.Context) error {
	v := h.see(c)
	q, err := v.query()
	if err != nil {
		return err
	}
	d := h.o.Portraits.Form()
	t := tablefile.Table{Title: v.t("all") + ", " + institution.YearName(int(q.Year)), Notes: []string{v.t("file.day", "Day", v.w.Date(h.o.Now())), v.t("file.staff")},
		Heads: []string{v.t("col.body"), v.t("col.kind"), v.t("col.district"), v.t("col.state"), v.t("col.signed"), v.t("col.version"), v.t("col.published")}}
	if h.o.Demo {
		t.Notes = append(t.Notes, v.w.T("lab.file.demo", nil))
	}
	var ids []string
	for _, s := range d.Sections {
		for k := range s.Fields {
			ids = append(ids, s.Fields[k].ID)
			t.Heads = append(t.Heads, v.in(s.Fields[k].Label))
		}
	}
	for k := range d.Ratios {
		ids = append(ids, d.Ratios[k].ID)
		t.Heads = append(t.Heads, v.in(d.Ratios[k].Label))
	}
	for _, r := range v.rows(q) {
		line := []any{v.in(r.body.Name()), v.kind(r.body.Kind), v.district(r.body.District), v.t("state." + string(r.p.State())), "", "", ""}
		values := map[string]domain.Line{}
		if r.p.Published != nil {
			line[6] = r.p.Published.Decision
		}
		if last, ok := r.p.Last(); ok {
			line[4], line[5] = last.Day, last.N
			lines, err := h.o.Portraits.Lines(last, v.w)
			if err != nil {
				return err
			}
			for _, l := range lines {
				values[l.ID] = l
			}
			for _, id := range ids {
				if x, ok := last.Answers.Number(id); ok {
					line = append(line, x)
				} else {
					line = append(line, values[id].Value)
				}
			}
		}
		t.Rows = append(t.Rows, line)
	}
	return v.file("samoopysy-"+strconv.FormatInt(q.Year, 10), t)
}

// One is what one institution signed in a year; its draft is not shown.
func (h *Handlers) One(c *gin.Context) error {
	v := h.see(c)
	i, err := v.body(person.SchoolSummary)
	if err != nil {
		return err
	}
	q, err := v.query()
	if err != nil {
		return err
	}
	base := Office + "/one/" + i.ID
	p := h.o.Portraits.Of(i.ID, int(q.Year))
	s := v.sheet("self-descriptions", base+"?year="+strconv.Itoa(p.Year), v.in(i.Name()), v.list())
	s.Kicker = v.t("own") + ", " + institution.YearName(p.Year) + " · " + v.t("state."+string(p.State()))
	last, ok := p.Last()
	if !ok {
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.t("one.none")}})
	} else {
		b := page.Block{Facts: []page.Row{{Key: v.t("col.signed"), Value: v.day(last.Day)}, {Key: v.t("col.signer"), Value: last.Name + ", " + last.Post}, {Key: v.t("col.version"), Value: strconv.Itoa(last.N)}}}
		if p.Published != nil {
			b.Facts = append(b.Facts, page.Row{Key: v.t("col.published"), Value: v.t("shown.is", "N", p.Published.N, "Decision", p.Published.Decision)})
		}
		acts := page.Block{Noprint: true, Acts: []page.Button{{Text: v.t("paper"), Href: paperAt(base, p.Year, last.N), Small: true}}}
		if person.Can(fresh(c), person.RoundOpen, person.City).OK() {
			hidden := []page.Hidden{{Name: "year", Value: strconv.Itoa(p.Year)}, {Name: "body", Value: i.ID}}
			if p.Published == nil || p.Published.N != last.N {
				acts.Acts = append(acts.Acts, page.Button{Text: v.t("publish.one"), Href: Office + "/publish?" + url.Values{"year": {strconv.Itoa(p.Year)}, "body": {i.ID}}.Encode(), Kind: "second", Small: true})
			}
			if p.Published != nil {
				acts.Forms = append(acts.Forms, page.Form{Action: Office + "/hide", Hidden: hidden, Buttons: []page.Button{{Text: v.t("hide"), Kind: "bad", Small: true, Confirm: v.t("hide.sure")}}})
			}
		}
		s.Blocks = append(s.Blocks, b, acts)
		blocks, err := v.answers(last)
		if err != nil {
			return err
		}
		s.Blocks = append(s.Blocks, blocks...)
	}
	s.Blocks = append(s.Blocks, v.versions(i, base))
	return v.show(http.StatusOK, s)
}
