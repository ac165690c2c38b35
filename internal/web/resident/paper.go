package resident

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// SheetPage is the short form on paper: one A4 side in 16 pt.
type SheetPage struct {
	page.Base
	Note, Return string
	Questions    []SheetQuestion
	Print        page.Button
}

// SheetQuestion is one question with a square before each answer.
type SheetQuestion struct {
	Number  int
	Stem    string
	Hint    string
	Options []string
}

// Sheet prints the short form for people without the internet.
func (h *Handlers) Sheet(c *gin.Context) error {
	pub, err := h.current(c.Param("slug"))
	if err != nil {
		return err
	}
	if pub.Role != instrument.RoleOffline {
		return fault.New(fault.NotFound, "") // tests and long surveys have no paper form yet
	}
	path := "/surveys/" + pub.Slug + "/sheet"
	return h.keep(c, "sheet", path, pub.Hash, func(lang string) (page.Page, error) {
		s := h.says[lang]
		if err := s.need("sheet-title", "sheet-note", "sheet-return"); err != nil {
			return nil, err
		}
		p := &SheetPage{Base: page.Base{Lang: lang, Title: s.get("sheet-title"), Path: path, Nav: "test",
			Back: &page.Link{Href: "/surveys/" + pub.Slug}}, Note: s.get("sheet-note"), Return: s.get("sheet-return"), Print: h.print(lang)}
		for _, st := range pub.Blocks() {
			q := SheetQuestion{Number: len(p.Questions) + 1}
			var options []instrument.Option
			switch {
			case st.Question != nil:
				q.Stem, options = st.Question.Stem.In(lang), st.Question.Options
			case st.Item != nil && asks(st):
				q.Stem, q.Hint, options = st.Item.Stem.In(lang), st.Item.Hint.In(lang), st.Item.Options
			default:
				continue
			}
			for _, o := range options {
				q.Options = append(q.Options, o.Text.In(lang))
			}
			p.Questions = append(p.Questions, q)
		}
		return p, nil
	})
}
