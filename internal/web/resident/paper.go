package resident

import (
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// SheetPage is the short form on paper: one A4 sheet in 13 pt, or several in 16 pt for
// weak eyes.
type SheetPage struct {
	page.Base
	Large        bool
	Other        page.Link // the sheet in the other size
	Note, Return string
	Questions    []SheetQuestion
	Print        page.Button
}

// SheetQuestion is one question with a square before each answer.
type SheetQuestion struct {
	Number  int
	Stem    string
	Many    bool // several squares may be marked
	Short   bool // the answers fit side by side
	Options []string
}

// shortAnswer is how many letters an answer may have to stand beside another.
const shortAnswer = 14

// Sheet prints the short form for people without the internet.
func (h *Handlers) Sheet(c *gin.Context) error {
	pub, err := h.current(c.Param("slug"))
	if err != nil {
		return err
	}
	if pub.Role != instrument.RoleOffline {
		return fault.New(fault.NotFound, "") // tests and long surveys have no paper form yet
	}
	path, other, word := "/surveys/"+pub.Slug+"/sheet", "?size=large", "resident.sheet.large"
	large := c.Query("size") == "large"
	if large {
		path, other, word = path+"?size=large", "", "resident.sheet.one"
	}
	return h.keep(c, "sheet", path, pub.Hash, func(lang string) (page.Page, error) {
		s := h.says[lang]
		if err := s.need("sheet-title", "sheet-note", "sheet-return"); err != nil {
			return nil, err
		}
		p := &SheetPage{Base: page.Base{Lang: lang, Title: s.get("sheet-title"), Path: path, Nav: "test",
			Back: &page.Link{Href: "/surveys/" + pub.Slug}}, Note: s.get("sheet-note"), Return: s.get("sheet-return"), Print: h.print(lang), Large: large,
			Other: page.Link{Href: "/surveys/" + pub.Slug + "/sheet" + other, Text: h.o.Words.Lang(lang).T(word, nil)}}
		for _, st := range pub.Blocks() {
			q := SheetQuestion{Number: len(p.Questions) + 1}
			var options []instrument.Option
			switch {
			case st.Question != nil:
				q.Stem, options = st.Question.Stem.In(lang), st.Question.Options
			case st.Item != nil && asks(st):
				q.Stem, q.Many, options = st.Item.Stem.In(lang), st.Item.Type == instrument.Multiple, st.Item.Options
			default:
				continue
			}
			q.Short = len(options) > 0
			for _, o := range options {
				text := o.Text.In(lang)
				q.Options = append(q.Options, text)
				q.Short = q.Short && utf8.RuneCountInString(text) <= shortAnswer
			}
			p.Questions = append(p.Questions, q)
		}
		return p, nil
	})
}
