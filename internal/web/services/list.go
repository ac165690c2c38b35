package services

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/eservice"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// ListPage is the list of instructions.
type ListPage struct {
	page.Base
	Find   page.Field
	Asked  bool
	Found  string
	Cards  []Card
	Groups []Group
	Fraud  []page.Note
	Draft  string
	Down   []page.Download
	Never  []string
}

// Card is an instruction of a list.
type Card struct {
	Number      int
	Href, Title string
	Text        string
	Tag         page.Tag
}

// Group is an entry of the index by life event.
type Group struct {
	ID, Title string
	Count     string
	Cards     []Card
}

func at(slug string, more ...string) string {
	return strings.Join(append([]string{Address, slug}, more...), "/")
}

// List shows the manual by life event, or what was found.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	var q struct {
		Q string `form:"q" validate:"max=100"`
	}
	if err := form.DecodeQuery(c.Request, &q); err != nil {
		q.Q = "" // an address that somebody mistyped shows the whole list
	}
	p := &ListPage{Base: v.base(v.t("list.title"), Address), Asked: q.Q != "", Fraud: v.notes(1), Never: v.never()}
	p.Description, p.Wide, p.NoIndex = v.t("list.lead"), true, q.Q != ""
	p.Find = page.Field{ID: "f-q", Name: "q", Type: "search", Label: v.t("list.q"), Hint: v.t("list.q.hint"), Value: q.Q, MaxLength: 100, Plain: true}
	if p.Asked {
		for _, e := range h.o.Manual.Find(q.Q, 20) {
			p.Cards = append(p.Cards, v.card(e))
		}
		p.Found = v.n("list.found", len(p.Cards))
	} else {
		for _, e := range h.o.Manual.ByEvent() {
			g := Group{ID: e.ID, Title: v.in(e.Title), Count: v.n("list.count", len(e.Entries))}
			for _, in := range e.Entries {
				g.Cards = append(g.Cards, v.card(in))
			}
			p.Groups = append(p.Groups, g)
		}
		for _, e := range h.o.Manual.Shown() {
			p.Cards = append(p.Cards, v.card(e))
			if e.Confirmed == nil {
				p.Draft = v.t("draft.some")
			}
		}
	}
	p.Down = []page.Download{
		{Href: Address + "/manual", Text: v.t("down.page"), Meta: v.t("down.page.meta")},
		{Href: Address + "/manual.pdf", Text: v.t("down.pdf"), Meta: "PDF"},
		{Href: Address + "/brochure.pdf", Text: v.t("down.brochure"), Meta: "PDF"},
		{Href: FolderAddress, Text: v.t("down.folder"), Meta: v.t("down.folder.meta")},
	}
	return v.render(http.StatusOK, "list", p)
}

func (v *view) card(e *eservice.Entry) Card {
	c := Card{Number: e.Number, Href: at(e.Slug), Title: v.in(e.Title), Text: v.in(e.Short)}
	if !e.Fresh(v.now) {
		c.Tag = page.Tag{Kind: "sun", Text: v.t("tag.old")}
	}
	return c
}

// never is what nobody may ever ask for, the same for all services.
func (v *view) never() []string {
	return []string{v.t("never.1"), v.t("never.2"), v.t("never.3"), v.t("never.4")}
}
