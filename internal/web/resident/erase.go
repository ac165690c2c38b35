package resident

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// ErasePage asks before the answers go for ever, and says when they are gone.
type ErasePage struct {
	page.Base
	Gone   bool
	Action string
	Keep   string
}

// EraseAsk asks whether the answers shall be erased.
func (h *Handlers) EraseAsk(c *gin.Context) error {
	at, v, err := h.open(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	p := &ErasePage{Base: h.base(c, h.words(c).T("resident.erase.title", nil)), Action: at.result("erase"), Keep: at.result()}
	if !v.Sitting.Done() {
		p.Keep = at.at()
	}
	p.Path = at.result("erase")
	p.Back = &page.Link{Href: p.Keep}
	return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/erase", p)
}

// Erase removes the answers for ever.
func (h *Handlers) Erase(c *gin.Context) error {
	at, err := h.visit(c)
	if err != nil {
		return h.lost(c, at, err)
	}
	if _, err := posted(c); err != nil {
		return err
	}
	if err := h.o.Sittings.Erase(c.Request.Context(), at.id, at.access); err != nil {
		return h.lost(c, at, err)
	}
	h.cookie(c, sittingCookie+at.id, "", -1)
	p := &ErasePage{Base: h.base(c, h.words(c).T("resident.erase.done", nil)), Gone: true}
	p.Path = "/"
	return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/erase", p)
}
