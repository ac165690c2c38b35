package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// Link signs in by an address that works once, when a person opened it: it comes from
// the operator's screen or a sheet, never by mail. What fetches ahead, only looks, or
// comes from another site gets a button first, and nothing is used up.
func (h *Handlers) Link(c *gin.Context) error {
	from := c.GetHeader("Sec-Fetch-Site")
	if c.Request.Method == http.MethodGet && c.GetHeader("Sec-Purpose") == "" && from != "cross-site" && from != "same-site" {
		return h.UseLink(c)
	}
	w := h.words(c)
	s := &Sheet{Base: h.base(c, "account.link.title", "/"), Lead: []string{w.T("account.link.lead", nil)}}
	s.Path = "/sign-in"
	s.Forms = []Form{{Action: c.Request.URL.Path, Buttons: []page.Button{button(w, "account.signin.go")}}}
	return h.sheet(c, http.StatusOK, s)
}

// UseLink signs in by the address.
func (h *Handlers) UseLink(c *gin.Context) error {
	got, err := h.o.People.SignInByLink(c.Request.Context(), c.Param("token"), "web")
	if err != nil {
		return h.fail(c, err)
	}
	return h.enter(c, got, door{}.here(c))
}
