package register

import (
	"cmp"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// endsSoon is how long before its end a duty is shown as ending.
const endsSoon = 60 * 24 * time.Hour

// endOf is the last second of a school year in Kyiv: 31 August.
func endOf(year int) time.Time {
	return time.Date(year+1, time.September, 1, 0, 0, 0, 0, i18n.Kyiv).Add(-time.Second)
}

// duty is somebody's duty as a coordinator.
type duty struct {
	person *person.Person
	until  time.Time
}

// duties are the coordinators by institution.
func (v *view) duties(body string) (map[string][]duty, error) {
	list, err := v.h.o.People.StaffAt(v.ctx, *gate.Actor(v.c), person.Coordinator, body)
	if err != nil {
		return nil, err
	}
	return dutiesOf(list, body), nil
}

func dutiesOf(list []person.Staff, body string) map[string][]duty {
	out := map[string][]duty{}
	for _, one := range list {
		for _, g := range one.Grants {
			if g.Role == person.Coordinator && (body == "" || g.Place == body) {
				out[g.Place] = append(out[g.Place], duty{one.Person, g.Until.Time})
			}
		}
	}
	return out
}

func (v *view) name(p *person.Person) string {
	if p.Name != "" {
		return p.Name
	}
	id := string(p.ID)
	return v.t("noname", "ID", id[max(0, len(id)-6):])
}

func (v *view) until(at time.Time) string {
	if at.IsZero() {
		return v.t("until.none")
	}
	return v.t("until", "Day", v.w.Date(at))
}

// Coordinators lists who coordinates which institution, and where nobody does.
func (h *Handlers) Coordinators(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.CoordinatorList); err != nil {
		return err
	}
	staff, err := h.o.People.StaffAt(v.ctx, *gate.Actor(c), person.Coordinator, "")
	if err != nil {
		return err
	}
	duties := dutiesOf(staff, "")
	waits, err := h.o.People.Invitations(v.ctx, *gate.Actor(c))
	if err != nil {
		return err
	}
	waits = slices.DeleteFunc(waits, func(w person.Waits) bool { return w.Role != person.Coordinator })
	s := v.sheet("institutions", Coordinators, v.t("coordinators"), v.back())
	s.Lead = v.t("coordinators.lead")
	f := institution.Filter{State: institution.Working, District: c.Query("district"), Words: c.Query("q")}
	if k := institution.Kind(c.Query("kind")); k != "" {
		f.Kinds = []institution.Kind{k}
	}
	which, now := c.Query("which"), h.o.Now()
	coming, uncovered := v.uncovered(staff)
	ending := func(i *institution.Institution) bool {
		return slices.ContainsFunc(duties[i.ID], func(d duty) bool { return !d.until.IsZero() && d.until.Sub(now) < endsSoon })
	}
	none, soon, with := 0, 0, 0
	var list []*institution.Institution
	for _, i := range h.o.Bodies.List(f) {
		if len(duties[i.ID]) == 0 {
			none++
		} else {
			with++
		}
		if ending(i) {
			soon++
		}
		if which == "none" && len(duties[i.ID]) > 0 || which == "soon" && !ending(i) || which == "round" && !slices.Contains(uncovered, i) {
			continue
		}
		list = append(list, i)
	}
	order := v.sorted(Coordinators, list, map[string]comparing{"kind": byKind, "district": byDistrict,
		"person": func(a, b *institution.Institution) int {
			return cmp.Compare(v.firstName(duties[a.ID]), v.firstName(duties[b.ID]))
		},
		"until": func(a, b *institution.Institution) int { return lastDuty(duties[a.ID]).Compare(lastDuty(duties[b.ID])) }})
	g := &page.Grid{Caption: v.t("coordinators"), Hidden: true, Cards: true, Empty: v.t("coordinators.none"),
		Head: []page.GridHead{order("name", v.t("col.name")), order("kind", v.t("col.kind")), order("person", v.t("coordinator")), order("until", v.t("col.until")), {Text: v.t("col.act")}}}
	if len(list) > 0 {
		g.Foot = v.t("institutions.count", "N", v.num(len(list)))
	}
	may := v.may(person.CoordinatorName)
	part, pager := v.paged(Coordinators, list)
	for _, i := range part {
		list := duties[i.ID]
		row := page.GridRow{Cells: []page.GridCell{{Text: v.in(i.Name())}, {Text: v.kind(i.Kind)}, {}, {}, {}}}
		if may {
			row.Cells[0].Href = Institutions + "/" + i.ID + "/coordinator"
			text := v.t("coordinator.change")
			if len(list) == 0 {
				text = v.t("coordinator.name")
			}
			row.Cells[4].Acts = []page.Button{{Text: text, Href: Institutions + "/" + i.ID + "/coordinator", Kind: "second", Small: true}}
		}
		for n, d := range list {
			if n > 0 {
				row.Cells[2].Text, row.Cells[3].Text = row.Cells[2].Text+", ", row.Cells[3].Text+", "
			}
			row.Cells[2].Text += v.name(d.person)
			row.Cells[3].Text += v.until(d.until)
		}
		if len(list) == 0 {
			row.Cells[2].Tag = &page.Tag{Text: v.t("coordinator.nobody"), Kind: "sun"}
		}
		for _, w := range waits {
			if w.Place == i.ID {
				row.Cells[2].Tags = append(row.Cells[2].Tags, page.Tag{Text: v.t("coordinator.waits"), Kind: "main"})
				break
			}
		}
		if ending(i) {
			row.Cells[3].Tag = &page.Tag{Text: v.t("coordinator.soon"), Kind: "sun"}
		}
		g.Rows = append(g.Rows, row)
	}
	options := []page.Option{{Text: v.t("coordinators.all")}, {Value: "none", Text: v.t("coordinators.without")}, {Value: "soon", Text: v.t("coordinators.soon")}}
	if coming != nil {
		options = append(options, page.Option{Value: "round", Text: v.t("coordinators.round", "Title", v.in(coming.Title))})
	}
	search := page.Form{Get: true, Hidden: kept(c.Request.URL.Query(), "sort"), Action: Coordinators, Row: true, Card: true, Parts: []any{
		page.Field{ID: "f-q", Name: "q", Label: v.t("field.q"), Value: f.Words, Type: "search", MaxLength: 100},
		v.pick("", "kind", v.t("field.kind"), c.Query("kind"), v.kinds(v.t("all.kinds"))), v.pick("", "district", v.t("field.district"), f.District, v.districts(v.t("all.districts"))), v.pick("", "which", v.t("coordinators.which"), which, options),
	}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	head := page.Block{Figs: []page.Figure{{Value: v.num(with), Text: v.t("coordinators.with"), Lead: true}, {Value: v.num(none), Text: v.t("coordinators.without")}, {Value: v.num(soon), Text: v.t("coordinators.soon")}, {Value: v.num(len(waits)), Text: v.t("coordinators.waiting")}}}
	if len(uncovered) > 0 {
		var warn page.Block
		warn.Note = &page.Note{Kind: "sun", Text: []string{v.t("coordinators.uncovered", "Title", v.in(coming.Title), "Opens", v.w.Date(coming.Opens.Time), "N", v.num(len(uncovered)))}}
		warn.Acts = []page.Button{{Text: v.t("coordinators.uncovered.show"), Href: Coordinators + "?which=round", Kind: "second", Small: true}}
		s.Blocks = append(s.Blocks, warn)
	}
	s.Blocks = append(s.Blocks, head, page.Block{Form: &search, Noprint: true}, page.Block{Grid: g, Pager: pager})
	return v.show(200, s)
}

func (v *view) firstName(list []duty) string {
	if len(list) == 0 {
		return ""
	}
	return store.CollationKey(v.name(list[0].person))
}

// lastDuty is the end of the longest duty; none comes first, an endless one last.
func lastDuty(list []duty) (end time.Time) {
	for _, d := range list {
		if d.until.IsZero() {
			return time.Unix(1<<40, 0)
		}
		if d.until.After(end) {
			end = d.until
		}
	}
	return end
}

// uncovered is the next round that is planned or open, and which of its institutions have
// no coordinator for it.
func (v *view) uncovered(staff []person.Staff) (next *round.Round, list []*institution.Institution) {
	if v.h.o.Rounds == nil {
		return nil, nil
	}
	now := v.h.o.Now()
	for _, r := range v.h.o.Rounds() { // the last one first
		if !r.Pilot && (r.Takes(now) || r.State == round.Planned && r.Opens.After(now)) {
			next = r
		}
	}
	if next == nil {
		return nil, nil
	}
	return next, next.Uncovered(v.h.o.Bodies.List(institution.Filter{State: institution.Working}), staff)
}

// may tells whether the reader may do something in the city, a missing proof aside.
func (v *view) may(act person.Action) bool {
	a := *gate.Actor(v.c)
	a.Fresh = true
	return person.Can(&a, act, person.City).OK()
}

// coordinates says who coordinates an institution, on its page.
func (v *view) coordinates(i *institution.Institution) (page.Block, error) {
	b := page.Block{ID: "coordinator", Title: v.t("coordinator")}
	duties, err := v.duties(i.ID)
	if err != nil {
		return b, err
	}
	for _, d := range duties[i.ID] {
		b.Facts = append(b.Facts, page.Row{Key: v.name(d.person), Value: v.until(d.until)})
	}
	if len(b.Facts) == 0 {
		b.Text = []string{v.t("coordinator.none")}
	}
	text := v.t("coordinator.change")
	if len(b.Facts) == 0 {
		text = v.t("coordinator.name")
	}
	b.Acts = []page.Button{{Text: text, Href: Institutions + "/" + i.ID + "/coordinator", Kind: "second", Small: true}}
	return b, nil
}

// named is the institution of the address for those who name coordinators.
func (v *view) named() (*institution.Institution, error) {
	if err := v.check(person.CoordinatorName); err != nil {
		return nil, err
	}
	i, ok := v.h.o.Bodies.ByID(v.c.Param("body"))
	if !ok {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	return i, nil
}

// Coordinator names, changes and ends coordinators of one institution.
func (h *Handlers) Coordinator(c *gin.Context) error { return h.see(c).coordinatorPage(nil) }

func (v *view) coordinatorPage(refused error) error {
	i, err := v.named()
	if err != nil {
		return err
	}
	at := Institutions + "/" + i.ID + "/coordinator"
	s := v.sheet("institutions", at, v.t("coordinator"), v.back(), page.Link{Href: Coordinators, Text: v.t("coordinators")})
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker = v.in(i.Name())
	s.Lead = v.t("coordinator.lead")
	duties, err := v.duties(i.ID)
	if err != nil {
		return err
	}
	g := &page.Grid{Caption: v.t("coordinator"), Hidden: true, Cards: true, Empty: v.t("coordinator.none"), Head: []page.GridHead{{Text: v.t("col.person")}, {Text: v.t("col.until")}, {Text: v.t("col.act")}}}
	instead := []page.Option{{Text: v.t("instead.nobody")}}
	for _, d := range duties[i.ID] {
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.name(d.person)}, {Text: v.until(d.until)}, {Forms: []page.Form{one(at+"/end", v.t("coordinator.end"), "bad", v.t("coordinator.end.sure"), []page.Hidden{{Name: "person", Value: string(d.person.ID)}})}}}})
		instead = append(instead, page.Option{Value: string(d.person.ID), Text: v.name(d.person)})
	}
	s.Blocks = []page.Block{{Grid: g}}
	waits, err := v.waiting(i.ID, Coordinators+"/uninvite")
	if err != nil {
		return err
	}
	s.Blocks = append(s.Blocks, waits...)
	parts := []any{v.pick("invite", "year", v.t("field.duty_year"), "", v.years())}
	if len(instead) > 1 {
		parts = append(parts, v.pick("invite", "instead", v.t("field.instead"), instead[1].Value, instead))
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("invite"), Small: v.t("invite.text"), Form: &page.Form{Action: at, Card: true, Parts: parts, Buttons: []page.Button{{Text: v.t("invite.do"), Small: true}}}})
	return v.show(status, s)
}

// waiting are the invitations of an institution that nobody has taken up.
func (v *view) waiting(body, takeBack string) ([]page.Block, error) {
	all, err := v.h.o.People.Invitations(v.ctx, *gate.Actor(v.c))
	if err != nil {
		return nil, err
	}
	g := &page.Grid{Caption: v.t("waits"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("waits.made")}, {Text: v.t("waits.till")}, {Text: v.t("col.until")}, {Text: v.t("col.act")}}}
	for _, w := range all {
		if w.Role != person.Coordinator || w.Place != body {
			continue
		}
		row := page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(w.Made)}, {Text: v.w.DateTime(w.Expires)}, {Text: v.until(w.Until)}, {}}}
		if takeBack != "" {
			row.Cells[3].Forms = []page.Form{one(takeBack, v.t("waits.back"), "quiet", "", []page.Hidden{{Name: "id", Value: w.ID}, {Name: "body", Value: body}})}
		}
		g.Rows = append(g.Rows, row)
	}
	if len(g.Rows) == 0 {
		return nil, nil
	}
	return []page.Block{{Title: v.t("waits"), Grid: g}}, nil
}

// years are the school years a duty may be given for: this one and, from June on, the next.
func (v *view) years() (list []page.Option) {
	now := v.h.o.Now()
	year := institution.YearOf(now)
	if now.In(i18n.Kyiv).Month() >= time.June && now.In(i18n.Kyiv).Month() < time.September {
		list = append(list, page.Option{Value: "next", Text: v.t("duty_year", "Year", institution.YearName(year+1), "Day", v.w.Date(endOf(year+1)))})
	}
	return append(list, page.Option{Value: "this", Text: v.t("duty_year", "Year", institution.YearName(year), "Day", v.w.Date(endOf(year)))})
}

// dutyEnd is the end of a duty as it was chosen.
func (v *view) dutyEnd(choice string) time.Time {
	year := institution.YearOf(v.h.o.Now())
	if choice == "next" && len(v.years()) > 1 {
		year++
	}
	return endOf(year)
}

// NameCoordinator makes an invitation and shows its link once.
func (h *Handlers) NameCoordinator(c *gin.Context) error {
	v := h.see(c)
	i, err := v.named()
	if err != nil {
		return err
	}
	var f struct {
		Year    string `form:"year" validate:"max=10"`
		Instead string `form:"instead" validate:"max=40"`
	}
	err = form.Decode(c.Request, &f)
	until, token := v.dutyEnd(f.Year), ""
	if err == nil {
		if f.Instead != "" {
			token, err = h.o.People.HandOver(v.ctx, *gate.Actor(c), person.ID(f.Instead), i.ID, until)
		} else {
			token, err = h.o.People.Invite(v.ctx, *gate.Actor(c), person.Coordinator, i.ID, until)
		}
	}
	if err != nil {
		return v.coordinatorPage(err)
	}
	return v.invited(i, token, until, f.Instead != "", Institutions+"/"+i.ID+"/coordinator", page.Link{Href: Coordinators, Text: v.t("coordinators")})
}

// invited shows the link of an invitation, once.
func (v *view) invited(i *institution.Institution, token string, until time.Time, instead bool, ready string, trail page.Link) error {
	s := v.sheet("institutions", ready, v.t("invited"), trail)
	s.Kicker = v.in(i.Name())
	s.Lead = v.t("invited.lead")
	words := []string{v.t("invited.1"), v.t("invited.2"), v.t("invited.3", "Day", v.w.Date(until))}
	if instead {
		words = append(words, v.t("invited.4"))
	}
	s.Blocks = []page.Block{{Secret: &page.Secret{Title: v.t("invited.link"), Value: v.origin() + "/join/" + token, Text: v.t("invited.week"), Link: true}},
		{Words: words, Acts: []page.Button{{Text: v.t("print"), Kind: "second", Small: true, Does: "print"}, {Text: v.t("ready"), Href: ready, Small: true}}}}
	return v.show(200, s)
}

// EndCoordinator takes the duty from somebody.
func (h *Handlers) EndCoordinator(c *gin.Context) error {
	v := h.see(c)
	i, err := v.named()
	if err != nil {
		return err
	}
	var f struct {
		Person string `form:"person" validate:"required,max=40"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		err = h.o.People.Revoke(v.ctx, *gate.Actor(c), person.ID(f.Person), person.Coordinator, i.ID)
	}
	if err != nil {
		return v.coordinatorPage(err)
	}
	return v.to(Institutions+"/"+i.ID+"/coordinator", "ended")
}

// Uninvite takes an invitation back.
func (h *Handlers) Uninvite(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.CoordinatorName); err != nil {
		return err
	}
	var f struct {
		ID   string `form:"id" validate:"required,max=100"`
		Body string `form:"body" validate:"max=40"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if err := h.o.People.Uninvite(v.ctx, *gate.Actor(c), f.ID); err != nil && !fault.Is(err, fault.Gone) {
		return err
	}
	to := Coordinators
	if i, ok := h.o.Bodies.ByID(f.Body); ok {
		to = Institutions + "/" + i.ID + "/coordinator"
	}
	return v.to(to, "uninvited")
}
