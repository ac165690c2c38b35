package rounds

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// paperRoutes are the addresses of a round's documents and of the calendar.
func (h *Handlers) paperRoutes() []gate.Route {
	return append(h.calendarRoutes(), []gate.Route{
		{Method: http.MethodGet, Path: Rounds + "/:round/documents", Need: gate.May(person.SchoolCount), Do: h.Documents},
		{Method: http.MethodGet, Path: Rounds + "/:round/documents/:kind", Need: gate.May(person.SchoolCount), Do: h.Document},
		{Method: http.MethodGet, Path: Rounds + "/:round/documents/:kind/file", Need: gate.May(person.SchoolCount), Do: h.DocumentFile},
	}...)
}

func (v *view) documents(r *round.Round) page.Link {
	return page.Link{Href: Rounds + "/" + r.ID + "/documents", Text: v.w.T("paper.title", nil)}
}

// Documents lists a round's documents, each with what it is for.
func (h *Handlers) Documents(c *gin.Context) error {
	v := h.see(c)
	r, err := v.find(person.SchoolCount)
	if err != nil {
		return err
	}
	at := v.documents(r)
	s := v.sheet("rounds", at.Href, at.Text, v.rounds(), v.link(r))
	s.Lead = v.w.T("paper.lead", nil)
	s.Blocks = []page.Block{{Grid: page.PaperGrid(v.w, at.Href, h.o.Papers.OfRound(r))}}
	if r.State != round.Reported {
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.w.T("paper.later", nil)}})
	}
	return v.show(http.StatusOK, s)
}

// document makes the document of the address.
func (v *view) document() (r *round.Round, kind string, d page.Document, err error) {
	if r, err = v.find(person.SchoolCount); err != nil {
		return nil, "", nil, err
	}
	if r.State == round.Thrown {
		return nil, "", nil, fault.New(fault.NotFound, "paper.gone")
	}
	kind = v.c.Param("kind")
	d, err = v.h.o.Papers.Make(v.ctx, r, kind, "")
	return r, kind, d, err
}

// Document shows a document to read and print.
func (h *Handlers) Document(c *gin.Context) error {
	v := h.see(c)
	r, kind, d, err := v.document()
	if err != nil {
		return err
	}
	at := v.documents(r)
	p := page.NewPaper(v.w, page.Base{Lang: v.lang, Title: v.w.T("paper.kind."+kind, nil), Path: at.Href + "/" + kind}, d, at.Href+"/"+kind+"/file")
	if h.o.Menu != nil {
		p.Menu, p.MenuID = h.o.Menu(c), "rounds"
	}
	p.Crumbs = []page.Link{{Href: "/office", Text: v.t("office")}, v.rounds(), v.link(r), at}
	c.Header("Cache-Control", "no-store")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "page/paper", p)
}

// DocumentFile gives a document as a file to change.
func (h *Handlers) DocumentFile(c *gin.Context) error {
	r, kind, d, err := h.see(c).document()
	if err != nil {
		return err
	}
	return page.SendDocument(c.Writer, d, kind+"-"+page.FileYear(r.Year))
}
