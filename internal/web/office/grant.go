package office

import (
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// roleForm is what is typed to give a role.
type roleForm struct {
	Role  string `form:"role,choice" validate:"required"`
	Place string `form:"place"`
	Other string `form:"other" validate:"max=63"`
	Until string `form:"until"`
}

// read makes of the form a role, a place and an end. Errors: Invalid.
func (f *roleForm) read(now time.Time) (role person.Role, place string, until time.Time, err error) {
	if role, err = person.ParseRole(f.Role); err != nil {
		return role, "", until, err
	}
	place = f.Place
	if f.Other != "" {
		place = strings.ToLower(f.Other)
	}
	if role.PlaceKind() == person.NoPlace {
		place = ""
	}
	until, err = lastDay("until", f.Until, now)
	return role, place, until, err
}

// lastDay reads a day of the future and gives its end in Kyiv; empty is the zero time.
func lastDay(name, text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation("2006-01-02", text, i18n.Kyiv)
	if err != nil {
		return time.Time{}, fault.InvalidFields(fault.Field{Pointer: name, Key: "office.day.form"})
	}
	end := day.AddDate(0, 0, 1)
	if !end.After(now) {
		return time.Time{}, fault.InvalidFields(fault.Field{Pointer: name, Key: "office.day.past"})
	}
	return end.Add(-time.Second), nil
}

func (v *view) roleParts(f *roleForm) []any {
	return []any{
		v.choice("role", "grant.role", f.Role, v.roleChoices()),
		v.list("place", "grant.place", f.Place, v.placeOptions(person.RoleGrant, "grant.place.none"), "grant.place.hint"),
		v.field("other", "grant.other", f.Other, "grant.other.hint"),
		v.day("until", "grant.until", f.Until, "grant.until.hint"),
	}
}

// InviteForm asks to which role somebody is invited.
func (h *Handlers) InviteForm(c *gin.Context) error { return h.see(c).invite(200, &roleForm{}, nil) }

func (v *view) invite(status int, f *roleForm, sum *page.ErrorSummary) error {
	s := v.sheet("people", "invite.title")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/people", Text: v.t("people.menu")})
	s.Errors, s.Failed = sum, sum != nil
	s.Lead = v.t("invite.lead")
	s.Blocks = []page.Block{{Form: &page.Form{Action: "/office/people/invite", Parts: v.roleParts(f),
		Buttons: []page.Button{{Text: v.t("invite.make")}, {Text: v.t("cancel"), Href: "/office/people", Kind: "second"}}}}}
	return v.render(status, s)
}

// Invite makes an invitation and shows its link once.
func (h *Handlers) Invite(c *gin.Context) error {
	v := h.see(c)
	var f roleForm
	err := form.Decode(c.Request, &f)
	var role person.Role
	var place, token string
	var until time.Time
	if err == nil {
		role, place, until, err = f.read(h.o.Now())
	}
	if err == nil {
		token, err = h.o.People.Invite(v.ctx, v.a, role, place, until)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.invite(status, &f, sum)
		}
		return err
	}
	s := v.sheet("people", "invite.done")
	s.Crumbs = append(s.Crumbs, page.Link{Href: "/office/people", Text: v.t("people.menu")})
	s.Kicker = upper(v.role(role)) + " · " + v.place(place)
	s.Lead = v.t("invite.once")
	term := v.t("grant.until.none")
	if !until.IsZero() {
		term = v.date(until)
	}
	s.Blocks = []page.Block{
		{Secret: &page.Secret{Title: v.t("invite.link"), Value: v.origin() + "/join/" + token, Text: v.t("invite.week")}},
		{Facts: []page.Row{{Key: v.t("people.role"), Value: v.role(role)}, {Key: v.t("people.place"), Value: v.place(place)}, {Key: v.t("grant.until"), Value: term}}},
		{Title: v.t("invite.how"), Words: []string{v.t("invite.how.1"), v.t("invite.how.2"), v.t("invite.how.3")},
			Acts: []page.Button{{Text: v.t("print"), Kind: "second", Small: true, Does: "print"}, {Text: v.t("invite.ready"), Href: "/office/people", Small: true}}},
	}
	return v.render(200, s)
}

// Uninvite takes an invitation back.
func (h *Handlers) Uninvite(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		ID string `form:"id" validate:"required,max=100"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if err := h.o.People.Uninvite(v.ctx, v.a, f.ID); err != nil {
		return err
	}
	return v.to("/office/people", "uninvited")
}

// GrantForm asks which role a person gets.
func (h *Handlers) GrantForm(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	return v.grant(200, st, &roleForm{}, nil)
}

func (v *view) grant(status int, st *person.Staff, f *roleForm, sum *page.ErrorSummary) error {
	s := v.person(st, "grant.title")
	s.Errors, s.Failed = sum, sum != nil
	s.Lead = v.t("grant.lead")
	at := "/office/people/" + string(st.Person.ID)
	s.Blocks = []page.Block{{Form: &page.Form{Action: at + "/grant", Parts: v.roleParts(f),
		Buttons: []page.Button{{Text: v.t("grant.do")}, {Text: v.t("cancel"), Href: at, Kind: "second"}}}}}
	return v.render(status, s)
}

// Grant gives a person a role.
func (h *Handlers) Grant(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	var f roleForm
	err = form.Decode(c.Request, &f)
	if err == nil {
		var role person.Role
		var place string
		var until time.Time
		if role, place, until, err = f.read(h.o.Now()); err == nil {
			err = h.o.People.Grant(v.ctx, v.a, st.Person.ID, role, place, until)
		}
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.grant(status, st, &f, sum)
		}
		return err
	}
	return v.to("/office/people/"+string(st.Person.ID), "granted")
}

// RevokeAsk asks before a role is taken back.
func (h *Handlers) RevokeAsk(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	role, err := person.ParseRole(c.Query("role"))
	if err != nil {
		return fault.New(fault.NotFound, "person.no_such_role")
	}
	s := v.person(st, "revoke.title")
	at := "/office/people/" + string(st.Person.ID)
	return v.ask(s, v.t("revoke.lead", "Role", v.role(role), "Place", v.place(c.Query("place"))), []string{v.t("revoke.1"), v.t("revoke.2")},
		at+"/revoke", []page.Hidden{{Name: "role", Value: role.String()}, {Name: "place", Value: c.Query("place")}}, "revoke.do", at)
}

// Revoke takes a role back.
func (h *Handlers) Revoke(c *gin.Context) error {
	v := h.see(c)
	st, err := v.one(pid(c))
	if err != nil {
		return err
	}
	var f struct {
		Role  string `form:"role" validate:"required"`
		Place string `form:"place" validate:"max=63"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	role, err := person.ParseRole(f.Role)
	if err != nil {
		return err
	}
	if err := h.o.People.Revoke(v.ctx, v.a, st.Person.ID, role, f.Place); err != nil {
		return err
	}
	if len(st.Grants) <= 1 { // nobody here any more
		return v.to("/office/people", "revoked")
	}
	return v.to("/office/people/"+string(st.Person.ID), "revoked")
}
