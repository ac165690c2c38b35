package learning

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// OfficeAddress is where editors see what learners say.
const OfficeAddress = "/office/courses"

func (v *view) staff(title string, crumbs ...page.Link) *page.Sheet {
	return &page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: v.c.Request.URL.Path}, Menu: v.h.o.Menu(v.c), MenuID: "courses", Crumbs: crumbs}
}

func (v *view) show(status int, s *page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

// Office lists the courses with what was said of them and what they brought.
func (h *Handlers) Office(c *gin.Context) error {
	v := h.words(c)
	if err := gate.Check(c, person.CourseEdit, person.Subject{}); err != nil {
		return err
	}
	s := v.staff(v.t("office.title"), page.Link{Href: "/office", Text: v.t("office.home")})
	s.Lead = v.t("office.lead")
	grid := &page.Grid{Caption: v.t("office.title"), Hidden: true, Empty: v.t("office.none"), Cards: true, Head: []page.GridHead{{Text: v.t("office.course")},
		{Text: v.t("office.state")}, {Text: v.t("office.lessons"), Number: true}, {Text: v.t("office.yes"), Number: true}, {Text: v.t("office.no"), Number: true}, {Text: v.t("office.gain"), Number: true}}}
	for _, one := range h.o.Catalogue.Courses() {
		votes, err := h.o.Courses.VotesOf(v.ctx, one.Slug)
		if err != nil {
			return err
		}
		sum := course.Votes{}
		for _, x := range votes {
			sum.Yes, sum.No = sum.Yes+x.Yes, sum.No+x.No
		}
		g, err := v.gainOf(one)
		if err != nil {
			return err
		}
		state := page.Tag{Text: v.t("office.draft"), Kind: "sun"}
		if one.Reviewed() {
			state = page.Tag{Text: v.t("office.reviewed"), Kind: "good"}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(one.Title), Href: OfficeAddress + "/" + one.Slug}, {Tag: &state, Small: v.t("office.until", "Day", v.day(one.ValidUntil))},
			{Text: strconv.Itoa(len(one.Lessons))}, {Text: v.w.Int(int64(sum.Yes))}, {Text: v.w.Int(int64(sum.No))}, v.gainCell(g)}, Bad: sum.No > sum.Yes})
	}
	s.Blocks = []page.Block{{Grid: grid}}
	if h.o.Drafts != nil {
		desk, err := v.deskBlocks()
		if err != nil {
			return err
		}
		s.Blocks = append(desk, s.Blocks...)
		if key := c.Query("done"); slices.Contains(doneKeys, key) {
			s.Done = v.e("done." + key)
		}
	}
	return v.show(http.StatusOK, s)
}

func (v *view) gainOf(c *course.Course) (course.Gain, error) {
	return v.h.o.Courses.GainOf(v.ctx, c.Slug, v.half(c))
}

func (v *view) gainCell(g course.Gain) page.GridCell {
	if g.Verdict == course.TooFew {
		return page.GridCell{Text: v.t("office.few")}
	}
	if g.Corrected {
		return page.GridCell{Text: signed(v, g.Value), Small: v.t("office.range", "Low", signed(v, g.Low), "High", signed(v, g.High), "N", g.N)}
	}
	return page.GridCell{Text: signed(v, g.Raw), Small: v.t("office.range.raw", "Low", signed(v, g.RawLow), "High", signed(v, g.RawHigh), "N", g.N)}
}

// comments is how many of a lesson a page shows.
const comments = 20

// OfficeCourse shows what was said of each lesson, and the gain of the course.
func (h *Handlers) OfficeCourse(c *gin.Context) error {
	v := h.words(c)
	if err := gate.Check(c, person.CourseEdit, person.Subject{}); err != nil {
		return err
	}
	one, err := v.course()
	if err != nil {
		return err
	}
	votes, err := h.o.Courses.VotesOf(v.ctx, one.Slug)
	if err != nil {
		return err
	}
	g, err := v.gainOf(one)
	if err != nil {
		return err
	}
	s := v.staff(v.in(one.Title), page.Link{Href: "/office", Text: v.t("office.home")}, page.Link{Href: OfficeAddress, Text: v.t("office.title")})
	if h.o.Drafts != nil {
		s.Blocks = append(s.Blocks, v.editBlock(one))
	}
	text, rows := v.gain(g)
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("office.gain"), Text: append([]string{text}, v.rests(g)...), Facts: rows,
		Acts: []page.Button{{Text: v.t("proof.link"), Href: atCourse(one.Slug, "proof"), Kind: "second", Small: true}, {Text: v.t("office.open"), Href: atCourse(one.Slug), Kind: "second", Small: true}}})
	grid := &page.Grid{Caption: v.t("office.lessons"), Cards: true, Head: []page.GridHead{{Text: v.t("office.lesson")}, {Text: v.t("office.yes"), Number: true}, {Text: v.t("office.no"), Number: true}}}
	var said []page.Block
	for _, l := range one.Lessons {
		x := votes[l.Slug]
		grid.Rows = append(grid.Rows, page.GridRow{Bad: x.No > x.Yes, Cells: []page.GridCell{{Text: v.in(l.Title), Href: atCourse(one.Slug, l.Slug)}, {Text: v.w.Int(int64(x.Yes))}, {Text: v.w.Int(int64(x.No))}}})
		list, err := h.o.Courses.FeedbackOf(v.ctx, one.Slug, l.Slug, store.Cursor(""), comments)
		if err != nil {
			return err
		}
		b := page.Block{Title: v.in(l.Title)}
		for _, f := range list.Items {
			if f.Comment == "" {
				continue
			}
			key := "office.said.no"
			if f.Helped {
				key = "office.said.yes"
			}
			b.Words = append(b.Words, v.t(key, "Day", v.w.Date(f.At.Time), "Text", f.Comment))
		}
		if len(b.Words) > 0 {
			said = append(said, b)
		}
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: grid, Small: v.t("office.masked")})
	s.Blocks = append(s.Blocks, said...)
	return v.show(http.StatusOK, s)
}
