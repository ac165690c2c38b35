package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// Service sends the browser to an identity service.
func (h *Handlers) Service(c *gin.Context) error {
	if h.o.Identities == nil {
		return h.none()
	}
	d := h.door(c)
	to := d.Back
	if d.Shared { // the answer of the service carries the address to return to and nothing else
		to = door{Back: d.Back, Shared: true}.to("/sign-in")
	}
	who := me(c)
	if c.Query("again") != "" { // to prove anew who is there, not to add a way in
		who = person.Actor{Where: who.Where}
	}
	address, token, err := h.o.Identities.Begin(c.Request.Context(), who, c.Param("id"), to)
	if err != nil {
		if gateLeads(err) {
			return err
		}
		return h.fail(c, err)
	}
	h.cookie(c, cookieService, token, "/sign-in/oidc", person.CeremonyLife)
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, address)
	return nil
}

// ServiceBack takes the answer of an identity service.
func (h *Handlers) ServiceBack(c *gin.Context) error {
	if h.o.Identities == nil {
		return h.none()
	}
	token := cookie(c, cookieService)
	h.cookie(c, cookieService, "", "/sign-in/oidc", 0)
	done, err := h.o.Identities.Finish(c.Request.Context(), token, c.Query("state"), c.Query("code"), c.Query("error"), "web")
	if err != nil {
		switch fault.As(err).Key {
		case "person.ticket_unknown", "person.ticket_used", "person.ticket_expired":
			err = fault.New(fault.Unauthenticated, "person.service_refused")
		}
		return h.fail(c, err)
	}
	d := door{Back: back(done.Back)}
	if q := queryOf(done.Back); q.Path == "/sign-in" {
		d = door{Back: back(q.Query().Get("back")), Shared: q.Query().Get("shared") == "1"}
	}
	d = d.here(c)
	switch {
	case done.SignedIn != nil:
		return h.enter(c, done.SignedIn, d)
	case done.Linked:
		return see(c, "/me/ways?done=service")
	case done.Proof != "":
		return h.toRegister(c, done.Proof, d)
	}
	w := h.words(c)
	return h.say(c, http.StatusOK, "account.service.new", "/sign-in", page.Link{Href: d.to("/register"), Text: w.T("account.to.register", nil)},
		link(w, "/sign-in", "account.to.signin"))
}
