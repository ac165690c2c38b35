package learning

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"osvitlo/internal/course/draft"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// doDraft begins a draft, puts it away, takes it back, or takes the last change back.
func (v *view) doDraft() error {
	values, err := v.editForm()
	if err != nil {
		return err
	}
	a, name := v.editor()
	slug := v.c.Param("slug")
	key := ""
	switch values.Get("do") {
	case "copy":
		_, err = v.h.o.Drafts.Copy(v.ctx, a, name, slug, 0)
		key = "copied"
	case "away":
		if _, err = v.h.o.Drafts.PutAway(v.ctx, a, name, slug, true); err == nil {
			return v.done(OfficeAddress, "away", "drafts")
		}
	case "back":
		_, err = v.h.o.Drafts.PutAway(v.ctx, a, name, slug, false)
		key = "back"
	case "undo":
		_, _, err = v.h.o.Drafts.Revert(v.ctx, a, name, slug)
		key = "undone"
		if fault.Is(err, fault.Conflict) {
			return v.courseAgain(err)
		}
	default:
		return fault.New(fault.Invalid, "page.form.bad")
	}
	if err != nil {
		return err
	}
	return v.done(atOffice(slug, "edit"), key, "")
}

// courseThing is the course as a form.
func (v *view) courseThing(slug string) *thing {
	return &thing{file: draft.CourseFile, find: func(draft.Tree) string { return "" }, shapes: func(draft.Tree) []shape { return v.courseShapes() }, action: atOffice(slug, "edit")}
}

func (v *view) editCourse() error {
	d, err := v.draft()
	if err != nil {
		return err
	}
	p, err := v.coursePage(d, nil)
	if err != nil {
		return err
	}
	return v.showEdit(http.StatusOK, p)
}

func (v *view) saveCourse() error {
	slug := v.c.Param("slug")
	return v.save(v.courseThing(slug), atOffice(slug, "edit"), v.coursePage)
}

// courseAgain shows the draft with what refused an act.
func (v *view) courseAgain(refusal error) error {
	d, err := v.draft()
	if err != nil {
		return err
	}
	p, err := v.coursePage(d, nil)
	if err != nil {
		return err
	}
	f := fault.As(refusal)
	said := v.e("trouble")
	if f != nil && f.Key != "" {
		said = v.w.T(f.Key, f.Args)
	}
	if f != nil && len(f.Fields) > 0 {
		said = v.w.T(f.Fields[0].Key, f.Fields[0].Args)
	}
	p.Done, p.Failed = "", true
	p.Errors = &page.ErrorSummary{Title: said, Lead: v.e("trouble.nothing"), Items: []page.ErrorItem{{Href: "#flow", Text: said}}}
	return v.showEdit(page.Status(fault.KindOf(refusal)), p)
}

// titleOfFile is what a file of a draft is called.
func (v *view) titleOfFile(d *draft.Draft, file string) string {
	switch file {
	case draft.CourseFile:
		return v.e("file.course")
	case draft.FinalFile:
		return v.t("final.title")
	}
	if f := d.File(file); f != nil {
		if tree, err := draft.Parse(file, f.Text); err == nil {
			if s := v.in(i18n.Text{UK: draft.Text(tree, "/title/uk"), EN: draft.Text(tree, "/title/en")}); s != "" {
				return s
			}
		}
	}
	return file
}

func (v *view) titleOfDraft(d *draft.Draft) string {
	if f := d.File(draft.CourseFile); f != nil {
		if tree, err := draft.Parse(draft.CourseFile, f.Text); err == nil {
			if s := v.in(i18n.Text{UK: draft.Text(tree, "/title/uk"), EN: draft.Text(tree, "/title/en")}); s != "" {
				return s
			}
		}
	}
	return d.ID
}

func (v *view) coursePage(d *draft.Draft, typed url.Values) (*EditPage, error) {
	c := v.h.o.Drafts.Check(d)
	p := v.editSheet(d.ID, v.titleOfDraft(d))
	p.Kicker = v.e("kicker", "Version", d.Base+1, "Step", v.e("step."+string(cmp.Or(d.Step, draft.Writing))))
	v.formOf(p, d, v.courseThing(d.ID), typed)
	p.Form.Title = v.e("file.course")
	summary := p.Errors
	p.Errors = nil
	p.Blocks = append(p.Blocks, v.flowBlock(d, c), v.lessonsBlock(d, c), v.addBlock(d))
	if typed != nil {
		p.Errors = summary
	}
	p.After = append(p.After, page.Block{Title: v.e("more.title"), Acts: []page.Button{
		{Text: v.e("text.open"), Href: atOffice(d.ID, "text", draft.CourseFile), Kind: "second", Small: true},
		{Text: v.e("versions.title"), Href: atOffice(d.ID, "versions"), Kind: "second", Small: true}},
		Forms: []page.Form{{Action: atOffice(d.ID, "draft"), Buttons: []page.Button{{Text: v.e("away"), Name: "do", Value: "away", Kind: "quiet", Small: true, Confirm: v.e("away.sure")}}}}})
	return p, nil
}

// flowBlock says where the draft is on its way and what can be done next.
func (v *view) flowBlock(d *draft.Draft, c *draft.Checked) page.Block {
	b := page.Block{ID: "flow", Title: v.e("flow.title")}
	act := atOffice(d.ID, "flow")
	me := gate.Actor(v.c).Person
	note := &page.Note{Level: 3}
	b.Note = note
	b.Acts = append(b.Acts, page.Button{Text: v.e("preview"), Href: atOffice(d.ID, "preview"), Kind: "second", Small: true})
	if d.Base > 0 {
		b.Acts = append(b.Acts, page.Button{Text: v.e("compare.with", "Version", d.Base), Href: atOffice(d.ID, "compare"), Kind: "second", Small: true})
	}
	if n := len(d.Undo); n > 0 {
		last := d.Undo[n-1]
		b.Forms = append(b.Forms, page.Form{Action: atOffice(d.ID, "draft"), Buttons: []page.Button{{Text: v.e("undo", "What", v.e("what."+whatKey(last.What))), Name: "do", Value: "undo", Kind: "second", Small: true}}})
		b.Small = v.e("last", "Who", v.who(d.Last), "When", v.moment(d.Last))
	}
	noteField := func(key string) page.Field {
		return page.Field{ID: page.FieldID("note"), Name: "note", Label: v.e(key), Rows: 3, MaxLength: 2000}
	}
	errs := c.Errors()
	switch {
	case d.Step == draft.Away:
		note.Kind, note.Title = "sun", v.e("flow.away")
		b.Form = &page.Form{Action: atOffice(d.ID, "draft"), Buttons: []page.Button{{Text: v.e("back"), Name: "do", Value: "back", Small: true}}}
	case d.Step == draft.Reviewed && d.Review != nil:
		note.Kind, note.Title, note.Text = "good", v.e("flow.reviewed", "Who", d.Review.Name, "When", v.moment(d.Review.Hand)), []string{v.e("flow.reviewed.lead", "Version", d.Base+1)}
		if d.Review.Note != "" {
			note.List = []string{d.Review.Note}
		}
		b.Form = &page.Form{Action: atOffice(d.ID, "publish"), Buttons: []page.Button{{Text: v.e("publish", "Version", d.Base+1), Small: true, Busy: v.w.T("page.busy", nil)}}}
	case d.Step == draft.Asked && d.Wrote(me):
		note.Title, note.Text = v.e("flow.asked"), []string{v.e("flow.asked.own")}
	case d.Step == draft.Asked && errs == 0 && c.Course != nil:
		note.Title, note.Text = v.e("flow.asked"), []string{v.e("flow.asked.lead")}
		if d.Ask != nil && d.Ask.Text != "" {
			note.List = []string{v.who(d.Ask.Hand) + ": " + d.Ask.Text}
		}
		_, name := v.editor()
		b.Form = &page.Form{Action: act, Card: true, Hidden: []page.Hidden{{Name: "hash", Value: c.Course.Hash}}, Parts: []any{
			page.Field{ID: page.FieldID("name"), Name: "name", Label: v.e("sign.name"), Hint: v.e("sign.name.hint"), Value: name, MaxLength: 120, Autocomplete: "name"}, noteField("sign.note")},
			Buttons: []page.Button{{Text: v.e("sign"), Name: "do", Value: "sign", Small: true}, {Text: v.e("return"), Name: "do", Value: "return", Kind: "second", Small: true}}}
	case errs > 0 || c.Course == nil:
		note.Kind, note.Title, note.Text = "sun", v.en("flow.errors", max(errs, 1)), []string{v.e("flow.errors.lead")}
	default:
		note.Title, note.Text = v.e("flow.writing"), []string{v.e("flow.writing.lead")}
		b.Form = &page.Form{Action: act, Card: true, Parts: []any{noteField("ask.note")}, Buttons: []page.Button{{Text: v.e("ask"), Name: "do", Value: "ask", Small: true}}}
	}
	if d.Step == draft.Writing && d.Back != nil {
		note.Kind = "sun"
		note.List = append([]string{v.e("flow.back", "Who", v.who(d.Back.Hand), "When", v.moment(d.Back.Hand), "Text", d.Back.Text)}, note.List...)
	}
	return b
}

// whats are the acts that can be undone, as the words know them.
var whats = []string{"save", "text", "lesson.new", "lesson.remove", "lesson.move", "final.new", "act.new", "act.remove", "act.move"}

func whatKey(what string) string {
	if slices.Contains(whats, what) {
		return what
	}
	return "save"
}

// lessonsBlock lists the lessons with what is wrong, and the final check.
func (v *view) lessonsBlock(d *draft.Draft, c *draft.Checked) page.Block {
	g := &page.Grid{Caption: v.t("office.lessons"), Hidden: true, Cards: true, Empty: v.e("lessons.none"), Head: []page.GridHead{{Text: v.t("office.lesson")}, {Text: v.e("check")}, {Text: v.e("last.head")}, {Text: v.e("acts")}}}
	slugs := d.Lessons()
	for i, slug := range slugs {
		f := d.File(slug)
		errs, advice := count(c.Of(slug), "")
		title := v.titleOfFile(d, slug)
		row := page.GridRow{Bad: errs > 0, Cells: []page.GridCell{{Text: title, Href: atOffice(d.ID, "edit", slug), Small: slug}, {Tag: v.faultTag(errs, advice)},
			{Text: v.who(f.Last), Small: v.moment(f.Last)}}}
		acts := page.GridCell{Acts: []page.Button{{Text: v.e("preview.short"), Href: atOffice(d.ID, "preview", slug), Kind: "quiet", Small: true}}}
		form := page.Form{Action: atOffice(d.ID, "lessons"), Hidden: []page.Hidden{{Name: "lesson", Value: slug}}}
		if i > 0 {
			form.Buttons = append(form.Buttons, page.Button{Text: v.e("up"), Name: "do", Value: "up", Kind: "quiet", Small: true})
		}
		if i < len(slugs)-1 {
			form.Buttons = append(form.Buttons, page.Button{Text: v.e("down"), Name: "do", Value: "down", Kind: "quiet", Small: true})
		}
		form.Buttons = append(form.Buttons, page.Button{Text: v.e("remove"), Name: "do", Value: "remove", Kind: "quiet", Small: true})
		acts.Forms = []page.Form{form}
		row.Cells = append(row.Cells, acts)
		g.Rows = append(g.Rows, row)
	}
	if f := d.File(draft.FinalFile); f != nil {
		errs, advice := count(c.Of(draft.FinalFile), "")
		g.Rows = append(g.Rows, page.GridRow{Bad: errs > 0, Cells: []page.GridCell{{Text: v.t("final.title"), Href: atOffice(d.ID, "edit", draft.FinalFile)}, {Tag: v.faultTag(errs, advice)},
			{Text: v.who(f.Last), Small: v.moment(f.Last)}, {}}})
	}
	return page.Block{ID: "lessons", Title: v.t("office.lessons"), Grid: g}
}

func (v *view) addBlock(d *draft.Draft) page.Block {
	b := page.Block{ID: "add", Title: v.e("lesson.add"), Form: &page.Form{Action: atOffice(d.ID, "lessons"), Row: true, Parts: v.nameParts(nil, nil, ""),
		Buttons: []page.Button{{Text: v.e("lesson.add.go"), Name: "do", Value: "add", Kind: "second", Small: true}}}}
	if d.File(draft.FinalFile) == nil {
		b.Forms = []page.Form{{Action: atOffice(d.ID, "lessons"), Buttons: []page.Button{{Text: v.e("final.add"), Name: "do", Value: "final", Kind: "second", Small: true}}}}
	}
	return b
}

// doLessons adds, moves and removes lessons.
func (v *view) doLessons() error {
	values, err := v.editForm()
	if err != nil {
		return err
	}
	a, name := v.editor()
	slug, lesson := v.c.Param("slug"), values.Get("lesson")
	key, to := "", atOffice(slug, "edit")
	switch values.Get("do") {
	case "add":
		if lesson = strings.TrimSpace(values.Get("slug")); lesson == "" {
			lesson = slugOf(values.Get("title_en"), values.Get("title_uk"))
		}
		_, err = v.h.o.Drafts.AddLesson(v.ctx, a, name, slug, lesson, i18n.Text{UK: strings.TrimSpace(values.Get("title_uk")), EN: strings.TrimSpace(values.Get("title_en"))}, nil)
		key, to = "added", atOffice(slug, "edit", lesson)
	case "final":
		_, err = v.h.o.Drafts.AddFinal(v.ctx, a, name, slug)
		key, to = "added", atOffice(slug, "edit", draft.FinalFile)
	case "up", "down":
		by := 1
		if values.Get("do") == "up" {
			by = -1
		}
		_, err = v.h.o.Drafts.MoveLesson(v.ctx, a, name, slug, lesson, by)
		key = "moved"
	case "remove":
		_, err = v.h.o.Drafts.RemoveFile(v.ctx, a, name, slug, lesson)
		key = "removed"
	default:
		return fault.New(fault.Invalid, "page.form.bad")
	}
	if bad := refusedFields(err); len(bad) > 0 {
		return v.lessonAgain(values, bad)
	}
	if fault.Is(err, fault.Conflict) {
		return v.courseAgain(err)
	}
	if err != nil {
		return err
	}
	anchor := ""
	if to == atOffice(slug, "edit") {
		anchor = "lessons"
	}
	return v.done(to, key, anchor)
}

// lessonAgain shows the form of a new lesson with what is wrong.
func (v *view) lessonAgain(values url.Values, bad []fault.Field) error {
	d, err := v.draft()
	if err != nil {
		return err
	}
	p, err := v.coursePage(d, nil)
	if err != nil {
		return err
	}
	for i := range p.Blocks {
		if p.Blocks[i].ID == "add" && p.Blocks[i].Form != nil {
			p.Blocks[i].Form.Parts = v.nameParts(values, bad, "")
		}
	}
	sum := page.Summary(v.w, bad, nil)
	p.Errors, p.Failed, p.Done = &sum, true, ""
	return v.showEdit(http.StatusUnprocessableEntity, p)
}

// doFlow asks for a review, signs it, or sends the draft back.
func (v *view) doFlow() error {
	values, err := v.editForm()
	if err != nil {
		return err
	}
	a, name := v.editor()
	slug, key := v.c.Param("slug"), ""
	switch values.Get("do") {
	case "ask":
		_, err = v.h.o.Drafts.Ask(v.ctx, a, name, slug, values.Get("note"))
		key = "asked"
	case "sign":
		_, err = v.h.o.Drafts.Sign(v.ctx, a, values.Get("name"), slug, values.Get("hash"), values.Get("note"))
		key = "signed"
	case "return":
		_, err = v.h.o.Drafts.Return(v.ctx, a, name, slug, values.Get("note"))
		key = "returned"
	default:
		return fault.New(fault.Invalid, "page.form.bad")
	}
	if err != nil {
		return v.flowRefused(err)
	}
	return v.done(atOffice(slug, "edit"), key, "flow")
}

func (v *view) flowRefused(err error) error {
	switch fault.KindOf(err) {
	case fault.Conflict, fault.Invalid:
		return v.courseAgain(err)
	case fault.Forbidden:
		if f := fault.As(err); f != nil && strings.HasPrefix(f.Key, "courseedit.") {
			return v.courseAgain(err)
		}
	}
	return err
}

func (v *view) publish() error {
	a, name := v.editor()
	slug := v.c.Param("slug")
	if _, err := v.h.o.Drafts.Publish(v.ctx, a, name, slug); err != nil {
		return v.flowRefused(err)
	}
	return v.done(atOffice(slug, "versions"), "published", "")
}
