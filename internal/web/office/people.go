package office

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/page"
)

// staff lists everybody with a role that the actor may see, each once. Every list is
// written down by the service.
func (v *view) staff(only person.Role, place string) (list []person.Staff, err error) {
	seen := map[person.ID]bool{}
	take := func(role person.Role, at string) error {
		got, err := v.h.o.People.StaffAt(v.ctx, v.a, role, at)
		if err != nil {
			return err
		}
		for _, st := range got {
			if !seen[st.Person.ID] {
				seen[st.Person.ID] = true
				list = append(list, st)
			}
		}
		return nil
	}
	venues, all := v.a.Venues(person.RoleList)
	for _, r := range person.Roles() {
		if !r.Staff() || only != person.Visitor && r != only {
			continue
		}
		switch {
		case all && (place == "" || r.PlaceKind() != person.NoPlace):
			err = take(r, place)
		case r.PlaceKind() == person.Venue:
			for _, venue := range venues {
				if place == "" || place == venue {
					if err = take(r, venue); err != nil {
						break
					}
				}
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// one finds a member of staff whom the actor may see, or for who reads everybody
// anybody at all; NotFound otherwise.
func (v *view) one(id person.ID) (*person.Staff, error) {
	list, err := v.staff(person.Visitor, "")
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Person.ID == id {
			return &list[i], nil
		}
	}
	if !v.may(person.PersonRead, person.City) {
		return nil, fault.New(fault.NotFound, "person.not_here")
	}
	// Who reads everybody may give a first role, too.
	v.a.Why = "roles"
	p, err := v.h.o.People.ByID(v.ctx, v.a, id)
	if err != nil {
		return nil, err
	}
	return &person.Staff{Person: p}, nil
}

func (v *view) grants(list []person.Grant) (tags []page.Tag) {
	for _, g := range list {
		text := v.role(g.Role)
		if g.Place != "" {
			text += ": " + v.place(g.Place)
		}
		kind := "main"
		if !g.Until.IsZero() {
			text += ", " + v.t("until", "Day", v.date(g.Until.Time))
			if g.Until.Sub(v.h.o.Now()) < soon {
				kind = "sun"
			}
		}
		tags = append(tags, page.Tag{Text: text, Kind: kind})
	}
	return tags
}

// People lists who works here, and the invitations that wait.
func (h *Handlers) People(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("people", "people.title")
	s.Lead = v.t("people.lead")
	role, _ := person.ParseRole(c.Query("role"))
	place, sort := c.Query("place"), c.Query("sort")
	list, err := v.staff(role, place)
	if err != nil {
		return err
	}
	byName := func(a, b person.Staff) int {
		return cmp.Or(strings.Compare(store.CollationKey(v.name(a.Person)), store.CollationKey(v.name(b.Person))), strings.Compare(string(a.Person.ID), string(b.Person.ID)))
	}
	first := func(st person.Staff) person.Role {
		if len(st.Grants) == 0 {
			return person.Visitor
		}
		return st.Grants[0].Role
	}
	slices.SortFunc(list, func(a, b person.Staff) int {
		if sort == "role" {
			return cmp.Or(cmp.Compare(first(a), first(b)), byName(a, b))
		}
		return byName(a, b)
	})
	head := func(text, key string) page.GridHead {
		q := url.Values{"sort": {key}}
		if role != person.Visitor {
			q.Set("role", role.String())
		}
		if place != "" {
			q.Set("place", place)
		}
		g := page.GridHead{Text: v.t(text), Href: "/office/people?" + q.Encode()}
		if sort == key || sort == "" && key == "name" {
			g.Sort = "ascending"
		}
		return g
	}
	roles := []page.Option{{Value: "", Text: v.t("people.all")}}
	for _, r := range person.Roles() {
		if r.Staff() {
			roles = append(roles, page.Option{Value: r.String(), Text: v.role(r)})
		}
	}
	filter := page.Form{Action: "/office/people", Get: true, Row: true, Parts: []any{v.list("role", "people.role", c.Query("role"), roles),
		v.list("place", "people.place", place, v.placeOptions(person.RoleList, "people.everywhere"))}, Buttons: []page.Button{{Text: v.t("show"), Kind: "second", Small: true}}}
	grid := page.Grid{Caption: v.t("people.title"), Hidden: true, Cards: true, Empty: v.t("people.none"),
		Head: []page.GridHead{head("people.name", "name"), head("people.roles", "role"), {Text: v.t("people.factor")}}}
	for _, st := range list {
		factor := &page.Tag{Text: v.t("people.factor.yes"), Kind: "good"}
		if !st.Factor {
			factor = &page.Tag{Text: v.t("people.factor.no"), Kind: "bad"}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.name(st.Person), Href: "/office/people/" + string(st.Person.ID)},
			{Tags: v.grants(st.Grants)}, {Tag: factor}}})
	}
	grid.Foot = v.n("people.count", len(list))
	s.Blocks = append(s.Blocks, page.Block{Form: &filter, Noprint: true}, page.Block{Grid: &grid})
	if v.somewhere(person.RoleGrant) {
		s.Blocks[0].Acts = []page.Button{{Text: v.t("invite.go"), Href: "/office/people/invite", Small: true}}
	}
	waits, err := h.o.People.Invitations(v.ctx, v.a)
	if err != nil {
		return err
	}
	inv := page.Grid{Caption: v.t("invitations.title"), Hidden: true, Cards: true, Empty: v.t("invitations.none"),
		Head: []page.GridHead{{Text: v.t("people.role")}, {Text: v.t("people.place")}, {Text: v.t("invitations.made")}, {Text: v.t("invitations.ends")}, {Text: v.t("act")}}}
	for _, w := range waits {
		inv.Rows = append(inv.Rows, page.GridRow{Cells: []page.GridCell{{Text: upper(v.role(w.Role))}, {Text: v.place(w.Place)}, v.when(w.Made), v.when(w.Expires),
			{Forms: []page.Form{{Action: "/office/people/uninvite", Hidden: []page.Hidden{{Name: "id", Value: w.ID}},
				Buttons: []page.Button{{Text: v.t("invitations.back"), Kind: "second", Small: true, Confirm: v.t("invitations.sure")}}}}}}})
	}
	s.Blocks = append(s.Blocks, page.Block{ID: "invitations", Title: v.t("invitations.title"), Grid: &inv})
	return v.render(200, s)
}

func pid(c *gin.Context) person.ID { return person.ID(c.Param("id")) }

// Staff is the page of a person who works here.
func (h *Handlers) Staff(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	s := v.person(st, "")
	s.Title = v.name(st.Person)
	at := "/office/people/" + string(st.Person.ID)
	factor := v.t("people.factor.yes")
	if !st.Factor {
		factor = v.t("people.factor.no")
	}
	s.Blocks = []page.Block{{Facts: []page.Row{{Key: v.t("person.id"), Value: string(st.Person.ID)}, {Key: v.t("people.factor"), Value: factor},
		{Key: v.t("person.made"), Value: v.date(st.Person.Made)}, {Key: v.t("person.seen"), Value: v.date(stored(st.Person.Seen))}}}}
	grid := page.Grid{Caption: v.t("people.roles"), Hidden: true, Cards: true, Empty: v.t("people.roles.none"),
		Head: []page.GridHead{{Text: v.t("people.role")}, {Text: v.t("people.place")}, {Text: v.t("grant.made")}, {Text: v.t("grant.until")}, {Text: v.t("act")}}}
	for _, g := range st.Grants {
		until := v.t("grant.until.none")
		if !g.Until.IsZero() {
			until = v.date(g.Until.Time)
		}
		cell := page.GridCell{}
		if slices.Contains(v.givable(), g.Role) || st.Person.ID == v.a.Person {
			q := url.Values{"role": {g.Role.String()}, "place": {g.Place}}
			cell.Acts = []page.Button{{Text: v.t("revoke.go"), Href: at + "/revoke?" + q.Encode(), Kind: "second", Small: true}}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: upper(v.role(g.Role))}, {Text: v.place(g.Place)}, {Text: v.date(g.Made.Time)}, {Text: until}, cell}})
	}
	b := page.Block{Title: v.t("people.roles"), Grid: &grid}
	if len(v.givable()) > 0 && st.Person.ID != v.a.Person {
		b.Acts = []page.Button{{Text: v.t("grant.go"), Href: at + "/grant", Small: true}}
	}
	s.Blocks = append(s.Blocks, b)
	if v.may(person.FactorReset, person.City) && st.Person.ID != v.a.Person {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("person.trouble"), Text: []string{v.t("person.trouble.text")}, Acts: []page.Button{
			{Text: v.t("end.go"), Href: at + "/end", Kind: "second", Small: true}, {Text: v.t("reset.go"), Href: at + "/reset", Kind: "second", Small: true}}})
	}
	return v.render(200, s)
}

// person begins a page about a member of staff.
func (v *view) person(st *person.Staff, title string) *page.Sheet {
	s := v.sheet("people", "people.title")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/people", Text: v.t("people.menu")})
	if title != "" {
		s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/people/" + string(st.Person.ID), Text: v.name(st.Person)})
		s.Title = v.t(title)
		s.Kicker = v.name(st.Person)
	}
	return s
}

// EndAsk asks before all sessions of a person end.
func (h *Handlers) EndAsk(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	at := "/office/people/" + string(st.Person.ID)
	return v.ask(v.person(st, "end.title"), v.t("end.lead"), []string{v.t("end.1")}, at+"/end", nil, "end.do", at)
}

// End ends all sessions of a person.
func (h *Handlers) End(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	if err := h.o.People.EndAllOf(v.ctx, v.a, st.Person.ID); err != nil {
		return err
	}
	return v.to("/office/people/"+string(st.Person.ID), "ended")
}

// ResetAsk asks before the second factors of a person go.
func (h *Handlers) ResetAsk(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	at := "/office/people/" + string(st.Person.ID)
	return v.ask(v.person(st, "reset.title"), v.t("reset.lead"), []string{v.t("reset.1"), v.t("reset.2"), v.t("reset.3")}, at+"/reset", nil, "reset.do", at)
}

// Reset removes the second factors of a person and shows once an address to sign in.
func (h *Handlers) Reset(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	if err := h.o.People.ResetFactors(v.ctx, v.a, st.Person.ID); err != nil {
		if sum, status, ok := v.refused(err); ok {
			s := v.person(st, "reset.title")
			s.Errors, s.Failed = sum, true
			return v.render(status, s)
		}
		return err
	}
	token, err := h.o.People.SignInLink(v.ctx, v.a, st.Person.ID)
	if err != nil {
		return err
	}
	s := v.person(st, "reset.done")
	s.Lead = v.t("reset.once")
	s.Blocks = []page.Block{{Secret: &page.Secret{Title: v.t("reset.link"), Value: v.origin() + "/sign-in/link/" + token, Text: v.t("reset.minutes")}},
		{Words: []string{v.t("reset.then.1"), v.t("reset.then.2")}, Acts: []page.Button{{Text: v.t("ready"), Href: "/office/people/" + string(st.Person.ID), Small: true}}}}
	return v.render(200, s)
}
