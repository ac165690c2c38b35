package account

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Guardian tells a parent what a link is about.
func (h *Handlers) Guardian(c *gin.Context) error {
	initials, err := h.o.People.GuardianAsk(c.Request.Context(), c.Param("token"))
	if err != nil {
		return h.fail(c, err)
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.guardian.title", ""), Lead: []string{w.T("account.guardian.lead", nil), w.T("account.guardian.text", nil)}}
	s.Path = "/"
	if initials != "" {
		s.Rows = append(s.Rows, page.Row{Key: w.T("account.guardian.who", nil), Value: initials})
	}
	for _, l := range h.o.Notice.Lines(person.Guardian) {
		if text := l.Text.In(w.Language); text != "" {
			s.Rows = append(s.Rows, page.Row{Key: l.Label.In(w.Language), Value: text})
		}
	}
	s.Forms = []Form{{Action: c.Request.URL.Path, Buttons: []page.Button{button(w, "account.guardian.go")}}}
	s.After = []string{w.T("account.guardian.not", nil)}
	return h.sheet(c, http.StatusOK, s)
}

// GuardianConfirm is a parent's confirmation.
func (h *Handlers) GuardianConfirm(c *gin.Context) error {
	if err := h.o.People.ConfirmByLink(c.Request.Context(), c.Param("token")); err != nil {
		return h.fail(c, err)
	}
	return see(c, "/guardian")
}

// GuardianDone thanks the parent.
func (h *Handlers) GuardianDone(c *gin.Context) error {
	w := h.words(c)
	return h.say(c, http.StatusOK, "account.guardian.done", "", link(w, "/", "page.error.home"), link(w, "/privacy", "page.nav.privacy"))
}

// place names a place in the reader's language.
func (h *Handlers) place(c *gin.Context, r person.Role, id string) string {
	if id == "" {
		return h.words(c).T("account.wholecity", nil)
	}
	if h.o.PlaceName != nil {
		if name := h.o.PlaceName(c.Request.Context(), r.PlaceKind(), id, lang(c)); name != "" {
			return name
		}
	}
	return id
}

// Join shows an invitation to a role.
func (h *Handlers) Join(c *gin.Context) error {
	for _, serve := range h.codes {
		if mine, err := serve(c); mine {
			return err
		}
	}
	if code, err := sitting.ReadCode(c.Param("code")); err == nil { // six letters: a group of learners
		page.SeeOther(c.Writer, c.Request, "/courses/groups/"+code)
		return nil
	}
	inv, err := h.o.People.Invited(c.Request.Context(), c.Param("code"))
	if err != nil {
		return h.fail(c, err)
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.join.title", ""), Lead: []string{w.T("account.join.lead", nil)},
		Rows: []page.Row{{Key: w.T("account.join.role", nil), Value: capital(w.T("role."+inv.Role.String(), nil))}, {Key: w.T("account.join.place", nil), Value: h.place(c, inv.Role, inv.Place)},
			{Key: w.T("account.join.by", nil), Value: h.o.City.Owner.In(w.Language)}}}
	if !inv.Until.IsZero() {
		s.Rows = append(s.Rows, page.Row{Key: w.T("account.join.until", nil), Value: w.Date(inv.Until)})
	}
	if s.Rows[2].Value == "" {
		s.Rows = append(s.Rows[:2], s.Rows[3:]...)
	}
	s.Path = c.Request.URL.Path
	switch {
	case gate.Actor(c).Person == "":
		q := url.Values{"back": {c.Request.URL.Path}}.Encode()
		s.Forms = nil
		s.Links = []page.Link{{Href: "/sign-in?" + q, Text: w.T("account.join.signin", nil)}, {Href: "/register?" + q, Text: w.T("account.join.register", nil)}}
		s.After = []string{w.T("account.join.factor", nil)}
	case gate.Shared(c):
		s.Notes = []page.Note{{Kind: "sun", Title: w.T("account.join.shared", nil), Text: []string{w.T("account.join.shared.text", nil)}}}
	default:
		s.Forms = []Form{{Action: c.Request.URL.Path, Buttons: []page.Button{button(w, "account.join.go")}}}
		s.After = []string{w.T("account.join.factor", nil)}
	}
	return h.sheet(c, http.StatusOK, s)
}

// Accept takes an invitation up. All sessions of the person end with it, since a right
// was gained: this browser begins a new one and goes on to the second factor.
func (h *Handlers) Accept(c *gin.Context) error {
	for _, serve := range h.codes {
		if mine, err := serve(c); mine {
			return err
		}
	}
	a := me(c)
	if a.Person == "" {
		return person.SignIn.Err()
	}
	ctx := c.Request.Context()
	if err := h.o.People.Accept(ctx, a, c.Param("code")); err != nil {
		if gateLeads(err) {
			return err
		}
		return h.fail(c, err)
	}
	in := &person.SignedIn{Person: a.Person, Via: person.ViaLink, Strong: a.Strong, Staff: true, At: h.o.Now()}
	if err := h.o.Sessions.Begin(ctx, in, person.Device{Label: deviceLabel(c.GetHeader("User-Agent")), Shared: gate.Shared(c)}); err != nil {
		return err
	}
	if in.NeedsFactor() {
		return see(c, gate.FactorPath)
	}
	return see(c, "/me")
}
