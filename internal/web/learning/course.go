package learning

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// CoursePage is one course.
type CoursePage struct {
	page.Base
	Picture string
	For     string
	Lead    string
	Facts   string
	Can     []string // what one will be able to do
	Rows    []LessonRow
	Go      page.Button
	State   *page.Progress
	Done    *page.Note
	Final   *FinalLine
	Before  *page.Note // the tasks before the course, while they make sense
	After   *page.Note // the tasks a week later
	Draft   string
	Old     string
	Summary *page.Note // in English: the lessons are in Ukrainian
	Hidden  bool
	Slug    string
	Paper   []page.Link
	Proof   page.Link
	Keep    string // what keeping the lessons takes
	Areas   []page.Plate
	Preview string // what a preview says of itself
	Wrote   string // who wrote the course, and who has read it
	Read    string
}

// LessonRow is a lesson in the list of its course.
type LessonRow struct {
	Number            int
	Href, Title, Goal string
	Facts             string
	Tag               page.Tag
}

// FinalLine is the last row of a course.
type FinalLine struct {
	Href, Text string
	Open       bool // the lessons are done
}

// Course shows a course. The address of a short advice keeps working.
func (h *Handlers) Course(c *gin.Context) error {
	one, err := h.o.Catalogue.Course(c.Param("slug"))
	if err != nil {
		if fault.Is(err, fault.NotFound) && h.o.Advice != nil {
			return h.o.Advice(c)
		}
		return err
	}
	v, err := h.see(c)
	if err != nil {
		return err
	}
	t, err := v.track(one.Slug)
	if err != nil {
		return err
	}
	p := &CoursePage{Base: v.base(v.in(one.Title), atCourse(one.Slug)), Picture: pictureOf(one.Icon), For: v.in(one.For), Lead: v.in(one.Summary),
		Slug: one.Slug, Hidden: t.NotForMe("")}
	p.NoIndex, p.Description = false, p.Lead
	p.Back = &page.Link{Href: "/courses", Text: v.t("back.courses")}
	p.Facts = strings.Join([]string{v.n("lessons", len(one.Lessons)), v.n("minutes", one.Minutes()), v.span(one)}, " · ")
	for _, a := range h.areas {
		if slices.Contains(one.Areas(), a.id) {
			p.Areas = append(p.Areas, page.Plate{Number: a.hue, Name: a.title.In(v.lang)})
		}
	}
	v.lessons(p, one, t)
	v.ending(p, one, t)
	if !one.Reviewed() {
		p.Draft = v.t("draft")
	}
	v.signs(p, one)
	if day, err := time.ParseInLocation("2006-01-02", one.ValidUntil, i18n.Kyiv); err == nil && h.o.Now().After(day.AddDate(0, 0, 1)) {
		p.Old = v.t("old", "Day", v.w.Date(day))
	}
	if v.lang == i18n.English {
		p.Summary = &page.Note{Text: []string{v.t("uk.only")}}
	}
	p.Paper = []page.Link{{Href: atCourse(one.Slug, "handouts"), Text: v.t("paper.all")}, {Href: atCourse(one.Slug, "offline"), Text: v.t("paper.offline") + " (" + v.t("keep.mb", "MB", v.megabytes(int64(v.wholeSize(one)))) + ")"}}
	p.Keep = v.t("keep.size", "MB", v.megabytes(v.keptSize(one)))
	p.Proof = page.Link{Href: atCourse(one.Slug, "proof"), Text: v.t("proof.link")}
	if err := v.halves(p, one, t); err != nil {
		return err
	}
	return v.render(http.StatusOK, "course", p)
}

// lessons fills in the list and the button that begins or goes on.
func (v *view) lessons(p *CoursePage, c *course.Course, t *course.Track) {
	next := ""
	for i, l := range c.Lessons {
		row := LessonRow{Number: i + 1, Href: atCourse(c.Slug, l.Slug), Title: v.in(l.Title), Goal: v.in(l.Goal),
			Facts: v.n("minutes", l.Minutes) + " · " + v.t("level", "Level", l.Level)}
		p.Can = append(p.Can, v.in(l.Goal))
		switch done, all := t.DoneActs(l); {
		case t.Finished(l):
			row.Tag = page.Tag{Kind: "good", Text: v.t("state.done")}
		case done > 0:
			row.Tag = page.Tag{Kind: "main", Text: v.t("state.part", "Done", done, "All", all)}
		}
		if next == "" && !t.Finished(l) {
			next = row.Href
		}
		p.Rows = append(p.Rows, row)
	}
	done := t.FinishedLessons(c)
	if t.Opened != 0 {
		p.State = &page.Progress{Text: v.t("progress.course"), At: done, Of: len(c.Lessons)}
	}
	switch {
	case next != "" && t.Opened != 0:
		p.Go = page.Button{Text: v.t("go.on"), Href: next}
	case next != "":
		p.Go = page.Button{Text: v.t("go.begin"), Href: next}
	case c.Final != nil && t.Completed == 0:
		p.Go = page.Button{Text: v.t("final.go"), Href: atCourse(c.Slug, "final")}
	case len(c.Lessons) > 0:
		p.Go = page.Button{Text: v.t("go.again"), Href: p.Rows[0].Href + "/step/" + c.Lessons[0].Activities[0].ID, Kind: "second"}
	}
}

// ending is the final check and what stands behind it.
func (v *view) ending(p *CoursePage, c *course.Course, t *course.Track) {
	if c.Final != nil {
		p.Final = &FinalLine{Href: atCourse(c.Slug, "final"), Text: v.n("final.tasks", len(c.Final.Items)), Open: t.FinishedLessons(c) == len(c.Lessons)}
	}
	if t.Completed != 0 {
		p.Done = &page.Note{Kind: "good", Title: v.t("completed", "Day", v.w.Date(time.UnixMilli(t.Completed))),
			Link: &page.Link{Href: atCourse(c.Slug, "outcome"), Text: v.t("completed.link")}}
	}
}
