package learning

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// editText shows a file as it is written.
func (v *view) editText() error {
	d, _, err := v.fileOfDraft()
	if err != nil {
		return err
	}
	p, err := v.textPage(d, nil)
	if err != nil {
		return err
	}
	return v.showEdit(http.StatusOK, p)
}

func (v *view) textPage(d *draft.Draft, typed url.Values) (*EditPage, error) {
	file := v.c.Param("file")
	p := v.editSheet(d.ID, v.titleOfFile(d, file), page.Link{Href: atOffice(d.ID, "edit"), Text: v.titleOfDraft(d)})
	p.Kicker, p.Lead = v.e("text.title"), v.e("text.lead")
	text, rev := "", int64(0)
	var faults []draft.Fault
	if f := d.File(file); f != nil {
		text, rev = f.Text, f.Rev
		faults = v.h.o.Drafts.Check(d).Of(file)
	}
	if typed != nil {
		text = lines(typed.Get("text"))
	}
	var said []string
	for _, f := range faults {
		if f.Severity == instrument.Error {
			said = append(said, v.e("text.line", "Line", f.Line, "Text", v.faultWords(f)))
		}
	}
	if len(said) > 0 {
		p.Blocks = append(p.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.en("faults", len(said)), List: said[:min(len(said), 30)]}})
	}
	p.Form = &EditForm{ID: "edit", Action: atOffice(d.ID, "text", file), Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(rev, 10)}},
		Parts: []EditPart{{One: page.Field{ID: "f-text", Name: "text", Label: v.e("text.label"), Value: text, Rows: 30, Plain: true}}},
		Save:  page.Button{Text: v.e("save"), Busy: v.w.T("page.busy", nil)}}
	return p, nil
}

func (v *view) saveText() error {
	slug, file := v.c.Param("slug"), v.c.Param("file")
	values, err := v.editForm()
	if err != nil {
		return err
	}
	a, name := v.editor()
	rev, _ := strconv.ParseInt(values.Get("rev"), 10, 64)
	text := strings.TrimRight(lines(values.Get("text")), "\n") + "\n"
	if _, err := v.h.o.Drafts.WriteText(v.ctx, a, name, slug, draft.Edit{File: file, Rev: max(rev, 1), What: "text"}, text); err != nil {
		g := v.fileThing(blankDraft(slug), file)
		g.shapes = func(draft.Tree) []shape { return nil }
		return v.refused(g, values, err, v.textPage)
	}
	return v.done(atOffice(slug, "text", file), "saved", "")
}
