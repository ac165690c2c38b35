package mentor

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// DeskPage is the first page of a mentor.
type DeskPage struct {
	page.Base
	Venue  string // its name; empty: choose one first
	Done   string
	Choose *page.Form
	Note   *page.Note
	Help   *page.Note
	Fraud  []page.Note
	Office []page.Tile
}

// Desk shows what a mentor can do now.
func (h *Handlers) Desk(c *gin.Context) error {
	v := h.see(c)
	p := &DeskPage{Base: page.Base{Lang: v.lang, Title: v.t("hello"), Path: "/mentor", NoIndex: true}, Done: v.done()}
	if v.venue != "" {
		p.Venue = v.place(v.venue)
	}
	if len(v.venues) > 1 {
		items := make([]page.Choice, len(v.venues))
		for i, one := range v.venues {
			items[i] = page.Choice{Value: one.ID, Label: one.Name.In(v.lang)}
		}
		p.Choose = &page.Form{Action: "/mentor/venue", Card: true, Parts: []any{v.choice("venue", "venue.choose", v.venue, items)}, Buttons: []page.Button{{Text: v.t("venue.go"), Kind: "second"}}}
	}
	p.Note = &page.Note{Kind: "sun", Title: v.t("never"), List: []string{v.t("never.1"), v.t("never.2"), v.t("never.3")}}
	p.Help = &page.Note{Title: v.t("test.how"), List: []string{v.t("test.1"), v.t("test.2"), v.t("test.3")}, Small: v.t("test.note"), Link: &page.Link{Href: "/sign-in/device", Text: v.t("test.enrol")}}
	a := v.a
	a.Fresh = true
	if person.Can(&a, person.RoleList, person.Somewhere).OK() {
		p.Office = append(p.Office, page.Tile{Icon: "people", Href: "/office/people", Title: v.t("office.people"), Text: v.t("office.people.for")})
	}
	if person.Can(&a, person.PersonDuplicates, person.Somewhere).OK() {
		p.Office = append(p.Office, page.Tile{Icon: "search", Href: "/office/duplicates", Title: v.t("office.duplicates"), Text: v.t("office.duplicates.for")})
	}
	if person.Can(&a, person.TokenList, person.Somewhere).OK() {
		p.Office = append(p.Office, page.Tile{Icon: "lock", Href: "/office/tokens", Title: v.t("office.tokens"), Text: v.t("office.tokens.for")})
	}
	if h.o.Warnings != nil {
		p.Fraud, _ = h.o.Warnings(v.lang)
	}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "mentor/desk", p)
}

// Venue keeps where a mentor of several venues works now.
func (h *Handlers) Venue(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Venue string `form:"venue,choice" validate:"required,max=63"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if !v.works(f.Venue) {
		return fault.New(fault.NotFound, "person.not_here")
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: venueCookie, Value: f.Venue, Path: "/mentor", MaxAge: 30 * 24 * 3600, HttpOnly: true, Secure: h.o.OverTLS, SameSite: http.SameSiteLaxMode})
	return v.to("/mentor", "venue")
}
