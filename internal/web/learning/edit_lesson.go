package learning

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// fileOfDraft is the file of the address. Errors: NotFound.
func (v *view) fileOfDraft() (*draft.Draft, *draft.File, error) {
	d, err := v.draft()
	if err != nil {
		return nil, nil, err
	}
	f := d.File(v.c.Param("file"))
	if f == nil || f.Name == draft.CourseFile && !strings.Contains(v.c.FullPath(), "/text/") {
		return nil, nil, fault.New(fault.NotFound, "")
	}
	return d, f, nil
}

func (v *view) ofCourse(d *draft.Draft) []string {
	if f := d.File(draft.CourseFile); f != nil {
		if tree, err := draft.Parse(draft.CourseFile, f.Text); err == nil {
			return wordsOf(tree["competences"])
		}
	}
	return nil
}

// fileThing is a lesson without its activities, or the final check without its items.
func (v *view) fileThing(d *draft.Draft, file string) *thing {
	g := &thing{file: file, find: func(draft.Tree) string { return "" }, action: atOffice(d.ID, "edit", file), skip: listOf(file)}
	g.shapes = func(draft.Tree) []shape {
		if file == draft.FinalFile {
			return finalShapes
		}
		return v.lessonShapes(v.ofCourse(d))
	}
	return g
}

// listOf is where the steps of a file stand.
func listOf(file string) string {
	if file == draft.FinalFile {
		return "/items"
	}
	return "/activities"
}

func (v *view) editFile() error {
	d, f, err := v.fileOfDraft()
	if err != nil {
		return err
	}
	if _, err := draft.Parse(f.Name, f.Text); err != nil { // only its text can be mended
		return v.to(atOffice(d.ID, "text", f.Name))
	}
	p, err := v.filePage(d, nil)
	if err != nil {
		return err
	}
	return v.showEdit(http.StatusOK, p)
}

func (v *view) saveFile() error {
	slug, file := v.c.Param("slug"), v.c.Param("file")
	d, err := v.draft()
	if err != nil && !fault.Is(err, fault.Unavailable) {
		return err
	}
	if d == nil {
		d = &draft.Draft{}
		d.ID = slug
	}
	return v.save(v.fileThing(d, file), atOffice(slug, "edit", file), v.filePage)
}

func (v *view) filePage(d *draft.Draft, typed url.Values) (*EditPage, error) {
	file := v.c.Param("file")
	title := v.titleOfFile(d, file)
	p := v.editSheet(d.ID, title, page.Link{Href: atOffice(d.ID, "edit"), Text: v.titleOfDraft(d)})
	p.Kicker = v.e("file.lesson")
	if file == draft.FinalFile {
		p.Kicker = v.titleOfDraft(d)
	}
	v.formOf(p, d, v.fileThing(d, file), typed)
	p.Blocks = append(p.Blocks, v.stepsBlock(d, file), v.addStep(d, file))
	p.Form.Title = v.e("file.data")
	more := page.Block{Title: v.e("more.title"), Acts: []page.Button{{Text: v.e("text.open"), Href: atOffice(d.ID, "text", file), Kind: "second", Small: true}}}
	if file != draft.FinalFile {
		more.Acts = append(more.Acts, page.Button{Text: v.e("print"), Href: atOffice(d.ID, "print", file), Kind: "second", Small: true, Icon: "print"})
	}
	p.After = append(p.After, more)
	return p, nil
}

// stepsBlock lists the activities of a lesson, or the items of the final check.
func (v *view) stepsBlock(d *draft.Draft, file string) page.Block {
	b := page.Block{ID: "steps", Title: v.e("steps.title")}
	if file == draft.FinalFile {
		b.Title = v.e("items.title")
	} else {
		b.Acts = []page.Button{{Text: v.e("preview"), Href: atOffice(d.ID, "preview", file), Kind: "second", Small: true}}
	}
	f := d.File(file)
	if f == nil {
		return b
	}
	tree, err := draft.Parse(file, f.Text)
	if err != nil {
		return b
	}
	faults := v.h.o.Drafts.Check(d).Of(file)
	list := draft.List(tree, listOf(file))
	g := &page.Grid{Caption: b.Title, Hidden: true, Cards: true, Empty: v.e("steps.none"), Head: []page.GridHead{{Text: v.e("step")}, {Text: v.e("kind")}, {Text: v.e("check")}, {Text: v.e("acts")}}}
	for i, one := range list {
		id := draft.Text(one, "/id")
		errs, advice := count(faults, listOf(file)+"/"+strconv.Itoa(i))
		form := page.Form{Action: atOffice(d.ID, "edit", file, "acts"), Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(f.Rev, 10)}, {Name: "at", Value: strconv.Itoa(i)}}}
		if i > 0 {
			form.Buttons = append(form.Buttons, page.Button{Text: v.e("up"), Name: "do", Value: "up", Kind: "quiet", Small: true})
		}
		if i < len(list)-1 {
			form.Buttons = append(form.Buttons, page.Button{Text: v.e("down"), Name: "do", Value: "down", Kind: "quiet", Small: true})
		}
		form.Buttons = append(form.Buttons, page.Button{Text: v.e("remove"), Name: "do", Value: "remove", Kind: "quiet", Small: true})
		g.Rows = append(g.Rows, page.GridRow{Bad: errs > 0, Cells: []page.GridCell{{Text: strconv.Itoa(i+1) + ". " + v.stepTitle(one), Href: atOffice(d.ID, "edit", file, url.PathEscape(id))},
			{Text: v.kindWords(file, one)}, {Tag: v.faultTag(errs, advice)}, {Forms: []page.Form{form}}}})
	}
	b.Grid = g
	return b
}

// stepTitle is what stands in a list for an activity or an item.
func (v *view) stepTitle(one any) string {
	for _, at := range []string{"/title", "/stem", "/item/stem", "/task", "/alt"} {
		if s := v.in(i18n.Text{UK: draft.Text(one, at+"/uk"), EN: draft.Text(one, at+"/en")}); s != "" {
			return short(s)
		}
	}
	return draft.Text(one, "/id")
}

func (v *view) kindWords(file string, one any) string {
	kind := draft.Text(one, "/type")
	if file == draft.FinalFile {
		return v.itemWords(kind)
	}
	if kind == string(lesson.TypeCheck) {
		return v.w.T("course.type_check", nil) + ": " + v.itemWords(draft.Text(one, "/item/type"))
	}
	if slices.Contains(lesson.Types(), lesson.Type(kind)) {
		return v.e("type." + kind)
	}
	return kind
}

func (v *view) itemWords(kind string) string {
	if slices.Contains(itemKinds, instrument.Type(kind)) {
		return v.e("item." + kind)
	}
	return kind
}

// addStep offers the types of activities.
func (v *view) addStep(d *draft.Draft, file string) page.Block {
	sel := page.Select{ID: page.FieldID("kind"), Name: "kind", Label: v.e("step.kind")}
	if file != draft.FinalFile {
		for _, t := range lesson.Types() {
			if t != lesson.TypeCheck {
				sel.Options = append(sel.Options, page.Option{Value: string(t), Text: v.e("type." + string(t))})
			}
		}
	}
	for _, t := range itemKinds {
		sel.Options = append(sel.Options, page.Option{Value: "check." + string(t), Text: v.w.T("course.type_check", nil) + ": " + v.itemWords(string(t))})
	}
	rev := int64(0)
	if f := d.File(file); f != nil {
		rev = f.Rev
	}
	return page.Block{ID: "add", Title: v.e("step.add"), Form: &page.Form{Action: atOffice(d.ID, "edit", file, "acts"), Row: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(rev, 10)}}, Parts: []any{sel},
		Buttons: []page.Button{{Text: v.e("step.add.go"), Name: "do", Value: "add", Kind: "second", Small: true}}}}
}
