package resident

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// NextLessons gives the reader's next lessons by their newest result; back is the page
// that asks. A nil answer: there are none.
type NextLessons func(c *gin.Context, back string) (*page.Next, error)

// Continue is where the reader goes on with a course; nil: they have begun none.
type Continue func(c *gin.Context) (*page.NextStep, error)

// Learn tells where lessons come from. Call it before the first request.
func (h *Handlers) Learn(next NextLessons, on Continue) { h.next, h.on = next, on }

// NextLessons are the reader's next lessons; nil while nobody gives any.
func (h *Handlers) NextLessons(c *gin.Context, back string) (*page.Next, error) {
	if h.next == nil {
		return nil, nil //nolint:nilnil // there are none, and that is the answer
	}
	return h.next(c, back)
}

// goOn is where the reader goes on with a course that they have begun.
func (h *Handlers) goOn(c *gin.Context) (*page.NextStep, error) {
	if h.on == nil {
		return nil, nil //nolint:nilnil // nobody has begun anything, and that is the answer
	}
	return h.on(c)
}

// lessons adds what to learn next, with the reason; the first one is the button.
func (h *Handlers) lessons(c *gin.Context, p *ResultPage, w *i18n.Localizer) error {
	next, err := h.NextLessons(c, p.Path)
	if err != nil || next == nil || len(next.Steps) == 0 && next.Undo == nil {
		return err
	}
	p.Next = next
	if len(next.Steps) > 0 {
		p.First = &page.Button{Text: w.T("resident.step.go.lesson", nil), Href: next.Steps[0].Href}
	}
	return nil
}
