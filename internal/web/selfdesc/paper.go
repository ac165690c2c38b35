package selfdesc

import (
	"fmt"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/docx"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/person"
	"osvitlo/internal/web/page"
)

// signed is the signed version of the address with its institution.
func (v *view) signed() (*institution.Institution, *portrait.Portrait, *portrait.Version, error) {
	need := person.SchoolRead
	if v.office() {
		need = person.SchoolSummary
	}
	i, err := v.body(need)
	if err != nil {
		return nil, nil, nil, err
	}
	year, _ := strconv.Atoi(v.c.Param("year"))
	n, _ := strconv.Atoi(v.c.Param("n"))
	p := v.h.o.Portraits.Of(i.ID, year)
	x, ok := p.Version(n)
	if !ok {
		return nil, nil, nil, fault.New(fault.NotFound, "portrait.not_signed")
	}
	return i, p, x, nil
}

// document writes a signed version as a document, in Ukrainian.
func (v *view) document(i *institution.Institution, p *portrait.Portrait, x *portrait.Version) (*docx.Document, error) {
	w := v.h.o.Words.Lang(i18n.Ukrainian)
	lines, err := v.h.o.Portraits.Lines(x, w)
	if err != nil {
		return nil, err
	}
	form, err := v.h.o.Portraits.FormOf(x)
	if err != nil {
		return nil, err
	}
	t := func(key string, args map[string]any) string { return w.T("portrait."+key, args) }
	title := form.Title.UK + ", " + institution.YearName(p.Year)
	d := docx.New(docx.Meta{Title: title, Author: v.h.o.Owner, Foot: t("paper.foot", map[string]any{"Version": x.N, "Form": x.Form, "Day": w.DateTime(x.At.Time)}), When: x.At.Time})
	d.Paragraph(docx.Para{Text: i.NameOn(x.Day).UK, Align: docx.Center, Bold: true, Keep: true})
	d.Heading(1, title)
	if v.h.o.Demo {
		d.Paragraph(docx.Para{Text: w.T("lab.file.demo", nil), Align: docx.Center, Small: true})
	}
	var rows [][]string
	section := "\x00"
	flush := func() {
		if len(rows) > 0 {
			d.Table(docx.Table{Rows: rows, Columns: []docx.Column{{Head: t("paper.what", nil), Width: 55}, {Head: t("paper.answer", nil), Width: 45}}})
		}
		rows = nil
	}
	for _, l := range lines {
		name := l.Section.UK
		if name == "" {
			name = t("ratios", nil)
		}
		if name != section {
			flush()
			section = name
			d.Heading(2, name)
		}
		value := l.Value
		if value == "" {
			value = "—"
		}
		rows = append(rows, []string{l.Label.UK, value})
	}
	flush()
	d.Text(form.Sign.UK)
	d.Sign(docx.Signature{Post: x.Post, Name: x.Name})
	d.Paragraph(docx.Para{Text: w.Date(day(x.Day)), Align: docx.Left})
	return d, nil
}

// Paper is a signed version as it is printed.
func (h *Handlers) Paper(c *gin.Context) error {
	v := h.see(c)
	i, p, x, err := v.signed()
	if err != nil {
		return err
	}
	d, err := v.document(i, p, x)
	if err != nil {
		return err
	}
	base, menu, trail := at(i), "self-description", []page.Link{v.home(i)}
	if v.office() {
		base, menu, trail = Office+"/one/"+i.ID, "self-descriptions", []page.Link{v.list(), {Href: Office + "/one/" + i.ID, Text: v.in(i.Name())}}
	}
	path := paperAt(base, p.Year, x.N)
	sheet := page.NewPaper(v.w, page.Base{Lang: v.lang, Title: v.t("paper.title", "Year", institution.YearName(p.Year), "N", x.N), Path: path}, d, path+"/file")
	sheet.Menu, sheet.MenuID, sheet.Crumbs = v.menu(), menu, trail
	sheet.Wide, sheet.Full = true, true
	sheet.Lead = v.t("paper.lead")
	return v.render(200, "page/paper", sheet)
}

// PaperFile is the same as a file.
func (h *Handlers) PaperFile(c *gin.Context) error {
	v := h.see(c)
	i, p, x, err := v.signed()
	if err != nil {
		return err
	}
	d, err := v.document(i, p, x)
	if err != nil {
		return err
	}
	return page.SendDocument(c.Writer, d, fmt.Sprintf("samoopys-%d-v%d", p.Year, x.N))
}
