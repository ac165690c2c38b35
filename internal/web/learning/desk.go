package learning

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// venues are where the mentor works.
func (v *view) venues() (list []Place) {
	ids, all := gate.Actor(v.c).Venues(person.MentorDesk)
	for _, p := range v.h.o.Places() {
		if all || slices.Contains(ids, p.ID) {
			list = append(list, p)
		}
	}
	for _, id := range ids { // a venue that nobody has named yet
		if !slices.ContainsFunc(list, func(p Place) bool { return p.ID == id }) {
			list = append(list, Place{id, i18n.Text{UK: id, EN: id}})
		}
	}
	return list
}

func (v *view) desk(title string, crumbs ...page.Link) *page.Sheet {
	s := &page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: v.c.Request.URL.Path}, Narrow: true,
		Crumbs: append([]page.Link{{Href: "/mentor", Text: v.w.T("mentor.desk", nil)}}, crumbs...)}
	if done := "learning.groups.done." + v.c.Query("done"); v.c.Query("done") != "" && v.w.T(done, nil) != done {
		s.Done = v.w.T(done, nil)
	}
	return s
}

// Groups lists the groups of the mentor's venues.
func (h *Handlers) Groups(c *gin.Context) error {
	v := h.words(c)
	s := v.desk(v.t("groups.title"))
	past := c.Query("past") != ""
	for _, place := range v.venues() {
		list, err := h.o.Courses.Cohorts(v.ctx, course.ByVenue, place.ID, past, store.Cursor(""), 100)
		if err != nil {
			return err
		}
		grid := &page.Grid{Caption: place.Name.In(v.lang), Hidden: true, Empty: v.t("groups.none"), Cards: true, Head: []page.GridHead{{Text: v.t("office.course")}, {Text: v.t("groups.until")}, {Text: v.t("groups.seats"), Number: true}, {Text: v.t("office.state")}}}
		for _, g := range list.Items {
			title := g.Course
			if one, err := h.o.Catalogue.Course(g.Course); err == nil {
				title = v.in(one.Title)
			}
			seated, waiting, err := h.o.Courses.Roster(v.ctx, g.ID)
			if err != nil {
				return err
			}
			seats := strconv.Itoa(len(seated)) + "/" + strconv.Itoa(g.Seats)
			if len(waiting) > 0 {
				seats += " +" + strconv.Itoa(len(waiting))
			}
			grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: title, Href: "/mentor/groups/" + g.ID}, {Text: v.day(g.Until)}, {Text: seats}, {Tag: v.groupTag(g.State)}}})
		}
		s.Blocks = append(s.Blocks, page.Block{Title: place.Name.In(v.lang), Grid: grid})
	}
	acts := page.Block{Acts: []page.Button{{Text: v.t("groups.new"), Href: "/mentor/groups/new"}}}
	if !past {
		acts.Acts = append(acts.Acts, page.Button{Text: v.t("groups.past"), Href: "/mentor/groups?past=1", Kind: "second"})
	}
	s.Blocks = append([]page.Block{acts}, s.Blocks...)
	return v.show(http.StatusOK, s)
}

func (v *view) day(text string) string {
	t, err := time.ParseInLocation("2006-01-02", text, i18n.Kyiv)
	if err != nil {
		return text
	}
	return v.w.Date(t)
}

func (v *view) groupTag(s course.CohortState) *page.Tag {
	return &page.Tag{Text: v.t("groups.state." + string(s)), Kind: map[course.CohortState]string{course.Open: "good", course.Cancelled: "bad"}[s]}
}

// groupForm is a new group as a mentor types it.
type groupForm struct {
	Course string `form:"course,choice" validate:"required,max=80"`
	Venue  string `form:"venue" validate:"max=64"`
	Seats  *int   `form:"seats"`
	Day    string `form:"day" validate:"max=10"`
	At     string `form:"at" validate:"max=5"`
	Length *int   `form:"length"`
	Count  *int   `form:"count"`
	Every  *int   `form:"every"`
	Room   string `form:"room" validate:"max=200"`
}

func or(p *int, usual int) int {
	if p == nil {
		return usual
	}
	return *p
}

// NewGroupForm asks what a group needs.
func (h *Handlers) NewGroupForm(c *gin.Context) error {
	v := h.words(c)
	return v.newGroup(http.StatusOK, &groupForm{Course: c.Query("course")}, nil, nil)
}

func (v *view) newGroup(status int, f *groupForm, sum *page.ErrorSummary, bad []fault.Field) error {
	s := v.desk(v.t("groups.new"), page.Link{Href: "/mentor/groups", Text: v.t("groups.title")})
	s.Lead, s.Errors, s.Failed = v.t("groups.new.lead"), sum, sum != nil
	field := func(name, kind, value, width string) page.Field {
		return page.Field{ID: page.FieldID(name), Name: name, Label: v.t("groups." + name), Value: value, Type: kind, Width: width, Error: page.FaultText(v.w, bad, name), MaxLength: 120, Autocomplete: "off"}
	}
	number := func(name string, value *int, usual int) page.Field {
		x := field(name, "text", strconv.Itoa(or(value, usual)), "4")
		x.InputMode, x.MaxLength = "numeric", 4
		return x
	}
	courses := page.Select{ID: "f-course", Name: "course", Label: v.t("office.course"), Error: page.FaultText(v.w, bad, "course"), Options: []page.Option{{Text: v.t("choose")}}}
	for _, one := range v.h.o.Catalogue.Courses() {
		courses.Options = append(courses.Options, page.Option{Value: one.Slug, Text: v.in(one.Title), Selected: one.Slug == f.Course})
	}
	parts := []any{courses}
	if places := v.venues(); len(places) > 1 {
		x := page.Select{ID: "f-venue", Name: "venue", Label: v.t("groups.venue"), Error: page.FaultText(v.w, bad, "venue")}
		for _, p := range places {
			x.Options = append(x.Options, page.Option{Value: p.ID, Text: p.Name.In(v.lang), Selected: p.ID == f.Venue})
		}
		parts = append(parts, x)
	}
	day, at := field("day", "date", f.Day, "10"), field("at", "time", f.At, "6")
	day.Error, day.Hint = page.FaultText(v.w, bad, "meetings"), v.t("groups.day.hint")
	parts = append(parts, number("seats", f.Seats, 10), page.Heading(v.t("groups.meetings")), day, at, number("length", f.Length, 60), number("count", f.Count, 6), number("every", f.Every, 7), field("room", "text", f.Room, ""))
	s.Blocks = []page.Block{{Form: &page.Form{Action: "/mentor/groups/new", Parts: parts, Buttons: []page.Button{{Text: v.t("groups.make")}, {Text: v.w.T("mentor.cancel", nil), Href: "/mentor/groups", Kind: "second"}}}}}
	return v.show(status, s)
}

// NewGroup opens a group at a venue of the mentor: meetings at equal distances, one
// lesson after another.
func (h *Handlers) NewGroup(c *gin.Context) error {
	v := h.words(c)
	var f groupForm
	err := form.Decode(c.Request, &f)
	var made *course.Cohort
	if err == nil {
		made, err = v.makeGroup(&f)
	}
	if err != nil {
		if sum, bad, status, ok := page.Refused(v.w, err); ok {
			return v.newGroup(status, &f, sum, bad)
		}
		return err
	}
	return v.to("/mentor/groups/" + made.ID + "?done=made")
}

func (v *view) makeGroup(f *groupForm) (*course.Cohort, error) {
	places := v.venues()
	if f.Venue == "" && len(places) == 1 {
		f.Venue = places[0].ID
	}
	if !slices.ContainsFunc(places, func(p Place) bool { return p.ID == f.Venue }) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "venue", Key: "course.no_venue"})
	}
	if err := gate.Check(v.c, person.MentorDesk, person.At(f.Venue)); err != nil {
		return nil, err
	}
	one, err := v.h.o.Catalogue.Course(f.Course)
	if err != nil {
		return nil, fault.InvalidFields(fault.Field{Pointer: "course", Key: form.KeyChoice})
	}
	g := course.Cohort{Course: one.Slug, Venue: f.Venue, Mentor: gate.Actor(v.c).Person, Language: i18n.Ukrainian, Seats: or(f.Seats, 0)}
	first, err := time.ParseInLocation("2006-01-02 15:04", f.Day+" "+f.At, i18n.Kyiv)
	count, every := or(f.Count, 0), or(f.Every, 0)
	if err != nil || count < 1 || count > course.MaxMeetings || every < 1 || every > 60 {
		return nil, fault.InvalidFields(fault.Field{Pointer: "meetings", Key: "course.meetings", Args: map[string]any{"Max": course.MaxMeetings}})
	}
	for i := range count {
		m := course.Meeting{At: store.At(first.AddDate(0, 0, i*every)), Minutes: or(f.Length, 0), Room: f.Room}
		if i < len(one.Lessons) {
			m.Lesson = one.Lessons[i].Slug
		}
		g.Meetings = append(g.Meetings, m)
	}
	return v.h.o.Courses.NewCohort(v.ctx, g)
}

// group is the group of the address, if it is of the mentor's venue; any other is not there.
func (v *view) group() (*course.Cohort, *course.Course, error) {
	g, err := v.h.o.Courses.Cohort(v.ctx, v.c.Param("id"))
	if err != nil {
		return nil, nil, err
	}
	if err := gate.Check(v.c, person.MentorDesk, person.At(g.Venue)); err != nil {
		return nil, nil, fault.New(fault.NotFound, "")
	}
	one, err := v.h.o.Catalogue.Course(g.Course)
	return g, one, err
}

// called is what a learner is called on the mentor's list.
func (v *view) called(l course.Learner, i int) (string, error) {
	if !l.Anonymous() {
		a := *gate.Actor(v.c)
		a.Why = "group"
		name, err := v.h.o.Name(v.ctx, a, l.Person())
		if err != nil || name != "" {
			return name, err
		}
	}
	return v.t("groups.noname", "Number", i), nil
}

// Roster shows a group with its people, meetings and materials.
func (h *Handlers) Roster(c *gin.Context) error {
	v := h.words(c)
	g, one, err := v.group()
	if err != nil {
		return err
	}
	seated, waiting, err := h.o.Courses.Roster(v.ctx, g.ID)
	if err != nil {
		return err
	}
	held, err := h.o.Courses.AttendanceOf(v.ctx, g.ID)
	if err != nil {
		return err
	}
	s := v.desk(v.in(one.Title), page.Link{Href: "/mentor/groups", Text: v.t("groups.title")})
	s.Kicker = v.placeName(g.Venue)
	code := page.Block{Secret: &page.Secret{Title: v.t("groups.code"), Value: g.Code, Text: v.t("groups.code.text", "Link", v.origin()+"/join/"+g.Code)}}
	people := &page.Grid{Caption: v.t("groups.people"), Empty: v.t("groups.nobody"), Cards: true, Head: []page.GridHead{{Text: v.t("groups.person")}, {Text: v.t("groups.seat"), Number: true}, {Text: v.t("groups.attended"), Number: true}}}
	for i, e := range append(slices.Clone(seated), waiting...) {
		name, err := v.called(e.Learner, i+1)
		if err != nil {
			return err
		}
		seat, was := v.t("groups.inline"), "–"
		if e.State == course.Seated {
			seat = strconv.Itoa(e.Seat)
		}
		if present, of := course.PresentAt(held, e.Learner); of > 0 && e.State == course.Seated {
			was = strconv.Itoa(present) + "/" + strconv.Itoa(of)
		}
		people.Rows = append(people.Rows, page.GridRow{Cells: []page.GridCell{{Text: name}, {Text: seat}, {Text: was}}})
	}
	meetings := &page.Grid{Caption: v.t("groups.meetings"), Cards: true, Head: []page.GridHead{{Text: v.t("groups.when")}, {Text: v.t("office.lesson")}, {Text: v.t("office.state")}}}
	for i, m := range g.Meetings {
		row := []page.GridCell{{Text: v.w.DateTime(m.At.Time), Href: "/mentor/groups/" + g.ID + "/" + strconv.Itoa(i+1)}, {Text: "–"}, {Text: "–"}}
		if l := one.Lesson(m.Lesson); l != nil {
			row[1] = page.GridCell{Text: v.in(l.Title), Acts: []page.Button{{Text: v.t("groups.plan"), Href: atCourse(one.Slug, l.Slug, "plan"), Kind: "second", Small: true},
				{Text: v.t("paper.handout"), Href: atCourse(one.Slug, l.Slug, "handout"), Kind: "second", Small: true}}}
		}
		for _, a := range held {
			if a.Number == i+1 {
				row[2].Text = v.t("groups.meeting." + string(a.State))
			}
		}
		meetings.Rows = append(meetings.Rows, page.GridRow{Cells: row})
	}
	state := page.Block{Title: v.t("groups.state"), Text: []string{v.t("groups.state." + string(g.State))}}
	for _, to := range []course.CohortState{course.Open, course.Closed, course.Cancelled} {
		if to != g.State {
			b := page.Button{Text: v.t("groups.to." + string(to)), Kind: "second", Small: true, Name: "state", Value: string(to)}
			if to == course.Cancelled {
				b.Kind, b.Confirm = "bad", v.t("groups.cancel.sure")
			}
			state.Forms = append(state.Forms, page.Form{Action: "/mentor/groups/" + g.ID + "/state", Buttons: []page.Button{b}})
		}
	}
	s.Blocks = []page.Block{code, {Grid: people}, {Grid: meetings}, state}
	return v.show(http.StatusOK, s)
}

// GroupState opens, closes or cancels a group.
func (h *Handlers) GroupState(c *gin.Context) error {
	v := h.words(c)
	g, _, err := v.group()
	if err != nil {
		return err
	}
	var f struct {
		State string `form:"state,choice" validate:"required,oneof=open closed cancelled"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	g.State = course.CohortState(f.State)
	if err := h.o.Courses.ChangeCohort(v.ctx, g); err != nil {
		return err
	}
	return v.to("/mentor/groups/" + g.ID + "?done=changed")
}
