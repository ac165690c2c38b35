package learning

import (
	"net/http"
	"net/url"
	"slices"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// A preview is the learner's page over the words of a draft. Nothing is recorded: the
// form goes to the preview itself, and the scripts that keep marks are not asked.

// shown is the course of the draft as far as it can be shown. Errors: NotFound.
func (v *view) shown() (*course.Course, error) {
	d, err := v.draft()
	if err != nil {
		return nil, err
	}
	c := v.h.o.Drafts.Check(d).Shown
	if c == nil || len(c.Lessons) == 0 {
		return nil, fault.New(fault.NotFound, "courseedit.fault.noshow")
	}
	return c, nil
}

// preview is the page of the course.
func (v *view) preview() error {
	one, err := v.shown()
	if err != nil {
		return err
	}
	p := &CoursePage{Base: v.base(v.in(one.Title), atOffice(one.Slug, "preview")), Picture: pictureOf(one.Icon), For: v.in(one.For), Lead: v.in(one.Summary), Slug: one.Slug, Preview: v.e("preview.says")}
	p.Back = &page.Link{Href: atOffice(one.Slug, "edit"), Text: v.e("preview.back")}
	t := &course.Track{Course: one.Slug}
	v.lessons(p, one, t)
	for i := range p.Rows {
		p.Rows[i].Href = atOffice(one.Slug, "preview", one.Lessons[i].Slug)
	}
	if len(p.Rows) > 0 {
		p.Go = page.Button{Text: v.t("go.begin"), Href: p.Rows[0].Href}
	}
	for _, a := range v.h.areas {
		if slices.Contains(one.Areas(), a.id) {
			p.Areas = append(p.Areas, page.Plate{Number: a.hue, Name: a.title.In(v.lang)})
		}
	}
	p.Facts = v.n("lessons", len(one.Lessons)) + " · " + v.n("minutes", one.Minutes())
	return v.render(http.StatusOK, "course", p)
}

// ofPreview is the lesson and the activity of the address.
func (v *view) ofPreview() (c *course.Course, l *course.Lesson, i int, err error) {
	if c, err = v.shown(); err != nil {
		return nil, nil, 0, err
	}
	if l = c.Lesson(v.c.Param("lesson")); l == nil || len(l.Activities) == 0 {
		return nil, nil, 0, fault.New(fault.NotFound, "courseedit.fault.noshow")
	}
	if id := v.c.Param("activity"); id != "" {
		i, err = v.activity(l)
	}
	return c, l, i, err
}

func (v *view) previewLesson() error {
	c, l, _, err := v.ofPreview()
	if err != nil {
		return err
	}
	return v.to(atOffice(c.Slug, "preview", l.Slug, url.PathEscape(l.Activities[0].ID)))
}

func (v *view) previewStep() error {
	c, l, i, err := v.ofPreview()
	if err != nil {
		return err
	}
	var said url.Values
	if q := v.c.Request.URL.Query(); q.Get(fieldSaid) != "" && len(q) <= form.Usual.Fields {
		said = q
	}
	return v.render(http.StatusOK, "step", v.previewPage(c, l, i, said))
}

func (v *view) previewPage(c *course.Course, l *course.Lesson, i int, said url.Values) *StepPage {
	p := v.stepPage(c, l, 0, i, &course.Track{Course: c.Slug}, said)
	at := func(i int) string {
		return atOffice(c.Slug, "preview", l.Slug, url.PathEscape(l.Activities[i].ID))
	}
	p.Alarm, p.Preview, p.NoIndex = nil, v.e("preview.says"), true
	p.Path, p.Action, p.Again = at(i), at(i), at(i)
	p.CourseAt, p.Next = atOffice(c.Slug, "preview"), atOffice(c.Slug, "edit", l.Slug)
	p.Back = &page.Link{Href: atOffice(c.Slug, "edit", l.Slug), Text: v.e("preview.back")}
	if i > 0 {
		p.Back = &page.Link{Href: at(i - 1)}
	}
	if i+1 < len(l.Activities) {
		p.Next = at(i + 1)
	}
	return p
}

func (v *view) previewDo() error {
	c, l, i, err := v.ofPreview()
	if err != nil {
		return err
	}
	values, err := posted(v.c)
	if err != nil {
		return err
	}
	a := &l.Activities[i]
	_, echo, bad := v.marks(c, l, a, values)
	p := v.previewPage(c, l, i, nil)
	if bad != nil {
		p.Failed = true
		text := v.w.T(bad.Key, bad.Args)
		if k, ok := a.Body.(*lesson.Check); ok && p.Act.Check != nil {
			*p.Act.Check = *v.check(k.Item, k.Item.FormTyped(values, seedOf(l, k.Item)), nil, text)
		}
		p.Errors.Items = []page.ErrorItem{{Href: "#a", Text: text}}
		return v.render(http.StatusUnprocessableEntity, "step", p)
	}
	if echo != nil {
		echo.Set(fieldSaid, "1")
		return v.to(p.Action + "?" + echo.Encode())
	}
	return v.to(p.Next)
}

// previewPrint is a whole lesson on paper, with its answers and its handout.
func (v *view) previewPrint() error {
	c, l, _, err := v.ofPreview()
	if err != nil {
		return err
	}
	one := *c
	one.Lessons = []*course.Lesson{l}
	raw, err := v.wholeFile(&one)
	if err != nil {
		return err
	}
	v.c.Header("Cache-Control", "no-store")
	v.c.Data(http.StatusOK, "text/html; charset=utf-8", raw)
	return nil
}
