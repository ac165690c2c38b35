package learning

import (
	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/web/page"
)

// deskBlocks are the drafts on the list of courses.
func (v *view) deskBlocks() ([]page.Block, error) {
	list, err := v.h.o.Drafts.List(v.ctx)
	if err != nil {
		return nil, err
	}
	b := page.Block{ID: "drafts", Title: v.e("drafts.title"), Acts: []page.Button{{Text: v.e("new.title"), Href: OfficeAddress + "/new", Kind: "second", Small: true}}}
	g := &page.Grid{Caption: v.e("drafts.title"), Hidden: true, Cards: true, Empty: v.e("drafts.none"), Head: []page.GridHead{{Text: v.t("office.course")}, {Text: v.e("step.head")}, {Text: v.e("last.head")}, {Text: v.e("check")}}}
	for _, d := range list {
		errs, advice := count(v.h.o.Drafts.Check(d).Faults, "")
		state := page.Tag{Text: v.e("step." + string(d.Step)), Kind: map[draft.Step]string{draft.Asked: "main", draft.Reviewed: "good"}[d.Step]}
		row := page.GridRow{Cells: []page.GridCell{{Text: v.titleOfDraft(d), Href: atOffice(d.ID, "edit"), Small: v.e("version.n", "Number", d.Base+1)}, {Tag: &state},
			{Text: v.who(d.Last), Small: v.moment(d.Last)}, {Tag: v.faultTag(errs, advice)}}}
		g.Rows = append(g.Rows, row)
	}
	b.Grid = g
	return []page.Block{b}, nil
}

// editBlock is the way from a published course to its draft and its versions.
func (v *view) editBlock(c *course.Course) page.Block {
	return page.Block{Title: v.e("edit.title"), Small: v.e("edit.lead"), Acts: []page.Button{{Text: v.e("versions.title"), Href: atOffice(c.Slug, "versions"), Kind: "second", Small: true}},
		Forms: []page.Form{{Action: atOffice(c.Slug, "draft"), Buttons: []page.Button{{Text: v.e("edit.go"), Name: "do", Value: "copy", Small: true}}}}}
}
