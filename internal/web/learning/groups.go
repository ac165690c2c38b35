package learning

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/page"
)

// GroupPage is a group as whoever has its code sees it. It names nobody.
type GroupPage struct {
	page.Base
	Course   string
	CourseAt string
	Venue    string
	Meetings []string
	State    *page.Note // where the reader stands
	Join     *page.Button
	Action   string
	Leave    bool
	SignIn   *page.Link
}

// FindGroup leads from a typed code to its group.
func (h *Handlers) FindGroup(c *gin.Context) error {
	v := h.words(c)
	code := c.Query("code")
	if _, err := h.o.Courses.CohortByCode(v.ctx, code); err != nil {
		if !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.NotFound) {
			return err
		}
		p := &CodePage{Base: v.base(v.t("group.code.title"), "/courses/groups"), Field: v.codeField(code)}
		p.Back = &page.Link{Href: "/courses", Text: v.t("back.courses")}
		status := http.StatusOK
		if code != "" {
			p.Failed, status = true, http.StatusUnprocessableEntity
			p.Field.Error = v.t("group.code.bad")
			p.Errors.Items = []page.ErrorItem{{Href: "#f-code", Text: p.Field.Error}}
		}
		return v.render(status, "code", p)
	}
	return v.to("/courses/groups/" + url.PathEscape(code))
}

// CodePage asks for the code of a group.
type CodePage struct {
	page.Base
	Errors page.ErrorSummary
	Field  page.Field
}

func (v *view) codeField(value string) page.Field {
	return page.Field{ID: "f-code", Name: "code", Label: v.t("group.code"), Hint: v.t("group.code.hint"), Value: value, MaxLength: 20, Width: "10", Code: true, Autocomplete: "off"}
}

// cohort is the group of the code in the address; a wrong one is not there.
func (v *view) cohort() (*course.Cohort, *course.Course, error) {
	g, err := v.h.o.Courses.CohortByCode(v.ctx, v.c.Param("code"))
	if fault.Is(err, fault.Invalid) {
		err = fault.New(fault.NotFound, "")
	}
	if err != nil {
		return nil, nil, err
	}
	one, err := v.h.o.Catalogue.Course(g.Course)
	return g, one, err
}

// Group shows a group to whoever has its code.
func (h *Handlers) Group(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	g, one, err := v.cohort()
	if err != nil {
		return err
	}
	p := &GroupPage{Base: v.base(v.t("group.title"), "/courses/groups/"+c.Param("code")), Course: v.in(one.Title), CourseAt: atCourse(one.Slug), Venue: v.placeName(g.Venue), Meetings: v.meetings(g, one)}
	p.Action = p.Path
	p.Back = &page.Link{Href: "/courses", Text: v.t("back.courses")}
	var mine *course.Enrolment
	if v.me != "" {
		list, err := h.o.Courses.Enrolments(v.ctx, v.me)
		if err != nil {
			return err
		}
		for _, e := range list {
			if e.Cohort == g.ID && e.State != course.Left {
				mine = e
			}
		}
	}
	switch {
	case g.State == course.Cancelled:
		p.State = &page.Note{Kind: "bad", Title: v.t("group.cancelled"), Text: []string{v.t("group.ask")}}
	case mine != nil && mine.State == course.Seated:
		p.State, p.Leave = &page.Note{Kind: "good", Title: v.t("group.seated"), Text: []string{v.t("group.seated.text")}}, true
	case mine != nil:
		p.State, p.Leave = &page.Note{Kind: "sun", Title: v.t("group.waiting"), Text: []string{v.t("group.waiting.text")}}, true
	case g.State == course.Closed:
		p.State = &page.Note{Title: v.t("group.closed"), Text: []string{v.t("group.ask")}}
	default:
		p.Join = &page.Button{Text: v.t("group.join")}
		if v.me == "" || v.me.Anonymous() {
			p.SignIn = &page.Link{Href: "/sign-in?back=" + url.QueryEscape(p.Path), Text: v.t("group.signin")}
		}
	}
	return v.render(http.StatusOK, "group", p)
}

func (v *view) meetings(g *course.Cohort, c *course.Course) (list []string) {
	for _, m := range g.Meetings {
		text := v.w.DateTime(m.At.Time) + ", " + v.n("minutes", m.Minutes)
		if m.Room != "" {
			text += ", " + m.Room
		}
		if l := c.Lesson(m.Lesson); l != nil {
			text += ": " + v.in(l.Title)
		}
		list = append(list, text)
	}
	return list
}

// origin is the site's own address for what is written on paper.
func (v *view) origin() string {
	switch {
	case v.h.o.Origin != "":
		return v.h.o.Origin
	case v.h.o.OverTLS || v.c.Request.TLS != nil:
		return "https://" + v.c.Request.Host
	}
	return "http://" + v.c.Request.Host
}

func (v *view) placeName(id string) string {
	for _, p := range v.h.o.Places() {
		if p.ID == id {
			return p.Name.In(v.lang)
		}
	}
	return id
}

// GroupJoin takes a seat or a place in the waiting list.
func (h *Handlers) GroupJoin(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	g, _, err := v.cohort()
	if err != nil {
		return err
	}
	if _, err := posted(c); err != nil {
		return err
	}
	if _, err := h.o.Courses.Join(v.ctx, g.ID, v.learner()); err != nil && !fault.Is(err, fault.Conflict) {
		return err // a group that has closed meanwhile says so on its page
	}
	return v.to("/courses/groups/" + url.PathEscape(c.Param("code")))
}

// GroupLeave gives the seat back.
func (h *Handlers) GroupLeave(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	g, _, err := v.cohort()
	if err != nil {
		return err
	}
	if _, err := posted(c); err != nil {
		return err
	}
	if v.me != "" {
		if err := h.o.Courses.Leave(v.ctx, g.ID, v.me); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return v.to("/courses/groups/" + url.PathEscape(c.Param("code")))
}
