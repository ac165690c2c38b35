package page

import (
	"fmt"
	"html/template"
	"net/http"
	"strconv"

	"osvitlo/internal/i18n"
)

// Document is what a page of a business document needs of it: internal/docx has both.
type Document interface {
	HTML() template.HTML    // safe: every text escaped; Ukrainian
	Bytes() ([]byte, error) // the file
}

// Paper is a page with a business document to read, print or take along: render it as
// "page/paper". The words around it are the reader's, the document is Ukrainian.
type Paper struct {
	Base
	Menu   []MenuGroup
	MenuID string
	Crumbs []Link
	Lead   string
	Acts   []Button
	Text   template.HTML
}

// NewPaper makes the page of a document. file is the address of its DOCX.
func NewPaper(w *i18n.Localizer, b Base, d Document, file string) *Paper {
	b.NoIndex, b.Wide, b.Full = true, true, true
	return &Paper{Base: b, Lead: w.T("page.paper.lead", nil), Text: d.HTML(),
		Acts: []Button{{Text: w.T("page.paper.docx", nil), Href: file, Icon: "download", Small: true}, {Text: w.T("page.print", nil), Does: "print", Icon: "print", Kind: "second", Small: true}}}
}

// SendDocument answers with a document's file. name has Latin letters and no ending.
func SendDocument(w http.ResponseWriter, d Document, name string) error {
	raw, err := d.Bytes()
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
	h.Set("Content-Disposition", `attachment; filename="`+name+`.docx"`)
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(raw) // the reader left: nobody to tell
	return nil
}

// PaperGrid lists kinds of documents under an address, each with what it is for and with
// its file.
func PaperGrid(w *i18n.Localizer, at string, kinds []string) *Grid {
	g := &Grid{Caption: w.T("paper.title", nil), Hidden: true, Cards: true, Empty: w.T("paper.none", nil),
		Head: []GridHead{{Text: w.T("paper.col.document", nil)}, {Text: w.T("paper.col.for", nil)}, {Text: w.T("paper.col.file", nil)}}}
	for _, k := range kinds {
		g.Rows = append(g.Rows, GridRow{Cells: []GridCell{{Text: w.T("paper.kind."+k, nil), Href: at + "/" + k}, {Text: w.T("paper.for."+k, nil)},
			{Text: "DOCX", Href: at + "/" + k + "/file"}}})
	}
	return g
}

// FileYear is a school year as names of files have it: 2026-27.
func FileYear(year int) string { return fmt.Sprintf("%d-%02d", year, (year+1)%100) }
