package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// Link shows the button of an address that signs in once. Opening it uses nothing up:
// programs that check mails for harm open every address.
func (h *Handlers) Link(c *gin.Context) error {
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
