package school

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// paperRoutes are the addresses of an institution's own documents of a round.
func (h *Handlers) paperRoutes() []gate.Route {
	return []gate.Route{
		{Method: http.MethodGet, Path: within + "/documents/:kind", Need: gate.May(person.SchoolRead), Do: h.Document},
		{Method: http.MethodGet, Path: within + "/documents/:kind/file", Need: gate.May(person.SchoolRead), Do: h.DocumentFile},
	}
}

// papers lists the documents of an institution in a round.
func (v *view) papers(i *institution.Institution, r *round.Round) page.Block {
	return page.Block{ID: "documents", Title: v.w.T("paper.title", nil), Grid: page.PaperGrid(v.w, Address+"/at/"+i.ID+"/"+r.ID+"/documents", v.h.o.Papers.OfSchool(r))}
}

// document makes the document of the address.
func (v *view) document() (i *institution.Institution, r *round.Round, kind string, d page.Document, err error) {
	if i, r, _, err = v.here(person.SchoolRead); err != nil {
		return nil, nil, "", nil, err
	}
	kind = v.c.Param("kind")
	d, err = v.h.o.Papers.Make(v.ctx, r, kind, i.ID)
	return i, r, kind, d, err
}

// Document shows a document to read and print.
func (h *Handlers) Document(c *gin.Context) error {
	v := h.see(c)
	i, r, kind, d, err := v.document()
	if err != nil {
		return err
	}
	at := Address + "/at/" + i.ID + "/" + r.ID
	p := page.NewPaper(v.w, page.Base{Lang: v.lang, Title: v.w.T("paper.kind."+kind, nil), Path: at + "/documents/" + kind}, d, at+"/documents/"+kind+"/file")
	if h.o.Menu != nil {
		p.Menu, p.MenuID = h.o.Menu(c), "school"
	}
	p.Crumbs = []page.Link{v.home(), {Href: at, Text: v.in(r.Title)}}
	return v.render(http.StatusOK, "page/paper", p)
}

// DocumentFile gives a document as a file to change.
func (h *Handlers) DocumentFile(c *gin.Context) error {
	_, r, kind, d, err := h.see(c).document()
	if err != nil {
		return err
	}
	return page.SendDocument(c.Writer, d, kind+"-"+page.FileYear(r.Year))
}
