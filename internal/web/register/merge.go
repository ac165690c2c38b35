package register

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// mergers are what an institution lives on in, what lives on in it, and the way to more.
func (v *view) mergers(i *institution.Institution, at string) page.Block {
	b := page.Block{ID: "merge", Title: v.t("mergers")}
	g := &page.Grid{Caption: v.t("mergers"), Hidden: true, Cards: true, Empty: v.t("mergers.none"), Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.what")}, {Text: v.t("col.from")}, {Text: v.t("col.to")}}}
	add := func(id, what string, m institution.Merger) {
		other, ok := v.h.o.Bodies.ByID(id)
		if !ok {
			return
		}
		to := v.t("to.now")
		if m.To != "" {
			to = v.day(m.To)
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(other.Name()), Href: Institutions + "/" + other.ID}, {Text: v.t(what)}, {Text: v.day(m.From)}, {Text: to}}})
	}
	for _, m := range i.Mergers {
		add(m.Into, "merged.into", m)
	}
	if i.Into != "" && len(i.Mergers) == 0 {
		add(i.Into, "merged.into", institution.Merger{From: i.Since})
	}
	for _, j := range v.h.o.Bodies.JoinedTo(i.ID) {
		add(j.Institution.ID, "merged.from", j.Merger)
	}
	b.Grid = g
	if i.State == institution.Merged {
		b.Acts = []page.Button{{Text: v.t("split"), Href: at + "/split", Kind: "second", Small: true}}
		return b
	}
	if v.h.o.Bodies.CanUnsplit(i) {
		b.Forms = []page.Form{one(at+"/unsplit", v.t("unsplit"), "second", v.t("unsplit.sure"), rev(i.Rev))}
	}
	into := []page.Option{{Text: v.t("merge.choose")}}
	for _, other := range v.h.o.Bodies.List(institution.Filter{State: institution.Working, Kinds: []institution.Kind{i.Kind}}) {
		if other.ID != i.ID {
			into = append(into, page.Option{Value: other.ID, Text: v.in(other.Name())})
		}
	}
	b.Form = &page.Form{Action: at + "/merge", Get: true, Card: true,
		Parts:   []any{page.Plain(v.t("merge.text")), v.pick("merge", "into", v.t("field.into"), v.c.Query("into"), into), v.field("merge", "since", v.c.Query("since"), "10")},
		Buttons: []page.Button{{Text: v.t("merge.look"), Kind: "second", Small: true}}}
	return b
}

// MergePreview shows what a merger would do.
func (h *Handlers) MergePreview(c *gin.Context) error {
	return h.see(c).mergePage(c.Query("into"), typedDay(c.Query("since")), nil)
}

func (v *view) mergePage(into, since string, refused error) error {
	i, err := v.body()
	if err != nil {
		return err
	}
	other, ok := v.h.o.Bodies.ByID(into)
	if !ok || other.ID == i.ID {
		page.SeeOther(v.c.Writer, v.c.Request, Institutions+"/"+i.ID+"#merge")
		return nil
	}
	at := Institutions + "/" + i.ID
	s := v.sheet("institutions", at+"/merge?"+url.Values{"into": {into}, "since": {since}}.Encode(), v.t("merge.title"), v.back(), page.Link{Href: at, Text: v.in(i.Name())})
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	day := v.t("today")
	if since != "" {
		day = v.day(since)
	}
	s.Lead = v.t("merge.lead", "A", v.in(i.Name()), "B", v.in(other.Name()), "Day", day)
	year := institution.YearOf(v.h.o.Now())
	s.Blocks = []page.Block{{Pair: v.pair(i, other)}, v.together(i, other, year), {Words: []string{v.t("merge.1"), v.t("merge.2"), v.t("merge.3"), v.t("merge.4")}}}
	add := page.Check{ID: page.FieldID("together"), Name: "together", Value: "yes", Label: v.t("merge.together", "Year", institution.YearName(year)), Hint: v.t("merge.together.hint"), Checked: true}
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: at + "/merge", Card: true, Parts: []any{add},
		Hidden:  append(rev(i.Rev), page.Hidden{Name: "into", Value: into}, page.Hidden{Name: "since", Value: since}),
		Buttons: []page.Button{{Text: v.t("merge.do"), Kind: "bad", Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}})
	return v.show(status, s)
}

// pair stands two institutions side by side.
func (v *view) pair(i, other *institution.Institution) *page.Compare {
	p := &page.Compare{Caption: v.t("merge.title"), A: v.in(i.Name()), B: v.in(other.Name())}
	line := func(name, a, b string) {
		if a == "" && b == "" {
			return
		}
		p.Rows = append(p.Rows, page.CompareRow{Name: name, A: a, B: b, Same: a == b})
	}
	line(v.t("field.code"), i.Code, other.Code)
	line(v.t("field.kind"), v.kind(i.Kind), v.kind(other.Kind))
	line(v.t("to.address"), v.in(i.Address), v.in(other.Address))
	line(v.t("field.district"), v.district(i.District), v.district(other.District))
	line(v.t("field.state"), v.state(i.State), v.state(other.State))
	return p
}

// together are the numbers of people of two institutions before a merger, and after it.
func (v *view) together(i, other *institution.Institution, year int) page.Block {
	g := &page.Grid{Caption: v.t("merge.people", "Year", institution.YearName(year)), Hidden: true, Cards: true, Empty: v.t("split.no_people", "B", v.in(other.Name())),
		Head: []page.GridHead{{Text: v.t("split.role")}, {Text: v.in(i.Name()), Number: true}, {Text: v.in(other.Name()), Number: true}, {Text: v.t("merge.after"), Number: true}}}
	own, _ := i.FrameOf(year)
	have, _ := other.FrameOf(year)
	for _, role := range institution.RolesOf(other.Kind) {
		n, known := own.Count[role]
		m, also := have.Count[role]
		if known || also {
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.role(role)}, v.count(n, known), v.count(m, also), v.count(n+m, true)}})
		}
	}
	return page.Block{Title: v.t("merge.people", "Year", institution.YearName(year)), Grid: g}
}

// count is a number of people, or that it is not known.
func (v *view) count(n int, known bool) page.GridCell {
	if !known {
		return page.GridCell{Text: "–", Number: true}
	}
	return page.GridCell{Text: v.num(n), Number: true}
}

// Merge lets an institution live on in another one.
func (h *Handlers) Merge(c *gin.Context) error {
	v := h.see(c)
	i, err := v.body()
	if err != nil {
		return err
	}
	var f struct {
		Rev      int64  `form:"rev"`
		Into     string `form:"into" validate:"max=40"`
		Since    string `form:"since" validate:"max=20"`
		Together bool   `form:"together"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		if _, err = h.o.Bodies.Merge(v.ctx, gate.Actor(c), i.ID, f.Into, typedDay(f.Since), f.Rev); err == nil && f.Together {
			err = h.o.Bodies.AddFrame(v.ctx, gate.Actor(c), i.ID, f.Into, institution.YearOf(h.o.Now()))
		}
	}
	if err != nil {
		return v.mergePage(f.Into, f.Since, err)
	}
	return v.to(Institutions+"/"+i.ID, "merged")
}

// SplitPreview shows what undoing a merger would do.
func (h *Handlers) SplitPreview(c *gin.Context) error { return h.see(c).splitPage(nil) }

// splitPage asks how many people go with an institution that is split off, and shows what
// both have then.
func (v *view) splitPage(refused error) error {
	i, err := v.body()
	if err != nil {
		return err
	}
	at := Institutions + "/" + i.ID
	other, ok := v.h.o.Bodies.ByID(i.Into)
	if !ok && refused == nil {
		page.SeeOther(v.c.Writer, v.c.Request, at)
		return nil
	}
	year := institution.YearOf(v.h.o.Now())
	var part map[institution.Role]int
	var parted *institution.Parted
	if ok && refused == nil {
		if part, err = v.part(i, other, year); err == nil {
			parted, err = institution.Part(i, other, year, part)
		}
		refused = err
	}
	s := v.sheet("institutions", at+"/split", v.t("split.title"), v.back(), page.Link{Href: at, Text: v.in(i.Name())})
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	if !ok {
		return v.show(status, s)
	}
	s.Lead = v.t("split.lead", "A", v.in(i.Name()), "B", v.in(other.Name()))
	have, _ := other.FrameOf(year)
	ask := page.Form{Get: true, Action: at + "/split", Card: true, Row: true, Buttons: []page.Button{{Text: v.t("split.look"), Kind: "second", Small: true}}}
	for _, role := range institution.RolesOf(i.Kind) {
		name := "count_" + string(role)
		n, known := part[role]
		f := v.number("split", name, v.role(role), n, known)
		if v.c.Request.URL.Query().Has(name) {
			f.Value = v.c.Query(name)
		}
		if all, counted := have.Count[role]; counted {
			f.Hint = v.t("split.of", "N", v.num(all))
		}
		ask.Parts = append(ask.Parts, f)
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("split.people", "A", v.in(i.Name())), Small: v.t("split.people.text", "B", v.in(other.Name()), "Year", institution.YearName(year)), Form: &ask})
	if parted == nil {
		return v.show(status, s)
	}
	g := &page.Grid{Caption: v.t("split.title"), Hidden: true, Cards: true, Empty: v.t("split.no_people", "B", v.in(other.Name())),
		Head: []page.GridHead{{Text: v.t("split.role")}, {Text: v.t("split.now", "B", v.in(other.Name())), Number: true}, {Text: v.t("split.then", "B", v.in(other.Name())), Number: true}, {Text: v.t("split.then", "B", v.in(i.Name())), Number: true}}}
	do := &page.Form{Action: at + "/split", Hidden: append(rev(i.Rev), page.Hidden{Name: "other_rev", Value: strconv.FormatInt(other.Rev, 10)}), Card: true,
		Buttons: []page.Button{{Text: v.t("split.do"), Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}
	for _, role := range institution.RolesOf(i.Kind) {
		before, counted := have.Count[role]
		own, known := parted.Own[1].Count[role]
		if n, goes := part[role]; goes {
			do.Hidden = append(do.Hidden, page.Hidden{Name: "count_" + string(role), Value: strconv.Itoa(n)})
		}
		if counted || known {
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.role(role)}, v.count(before, counted), v.count(parted.Other[1].Count[role], counted), v.count(own, known)}})
		}
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("split.after"), Grid: g}, page.Block{Words: []string{v.t("split.1"), v.t("split.2"), v.t("split.3"), v.t("split.4")}, Form: do})
	return v.show(status, s)
}

// part is how many people go: as typed, else as many as the institution had when it was
// merged.
func (v *view) part(i, other *institution.Institution, year int) (map[institution.Role]int, error) {
	typed := map[string]string{}
	for name, values := range v.c.Request.URL.Query() {
		if role, ok := strings.CutPrefix(name, "count_"); ok {
			typed[role] = strings.TrimSpace(values[0])
		}
	}
	if len(typed) > 0 {
		return counted(typed)
	}
	own, _ := i.FrameOf(year)
	have, _ := other.FrameOf(year)
	part := map[institution.Role]int{}
	for role, n := range own.Count {
		if all, counted := have.Count[role]; counted {
			part[role] = min(n, all)
		}
	}
	return part, nil
}

// Split lets a merged institution work on its own again.
func (h *Handlers) Split(c *gin.Context) error {
	v := h.see(c)
	i, err := v.body()
	if err != nil {
		return err
	}
	var f struct {
		Rev      int64             `form:"rev"`
		OtherRev int64             `form:"other_rev"`
		Count    map[string]string `form:"count_*"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		var part map[institution.Role]int
		if part, err = counted(f.Count); err == nil {
			_, err = h.o.Bodies.Split(v.ctx, gate.Actor(c), i.ID, f.Rev, f.OtherRev, institution.YearOf(h.o.Now()), part)
		}
	}
	if err != nil {
		return v.splitPage(err)
	}
	return v.to(Institutions+"/"+i.ID, "split")
}

// Unsplit takes a split back.
func (h *Handlers) Unsplit(c *gin.Context) error {
	var f struct {
		Rev int64 `form:"rev"`
	}
	return h.act(c, "", "unsplit", &f, func(v *view, i *institution.Institution) error {
		_, err := h.o.Bodies.Unsplit(v.ctx, gate.Actor(c), i.ID, f.Rev)
		return err
	})
}
