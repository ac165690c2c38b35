package learning

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// meeting is the meeting of the address, numbered from 1.
func (v *view) meeting(g *course.Cohort) (int, error) {
	n, err := strconv.Atoi(v.c.Param("number"))
	if err != nil || n < 1 || n > len(g.Meetings) {
		return 0, fault.New(fault.NotFound, "course.no_meeting")
	}
	return n, nil
}

// AttendanceForm asks who was there.
func (h *Handlers) AttendanceForm(c *gin.Context) error {
	v := h.words(c)
	return v.attendance(http.StatusOK, nil, nil)
}

const fieldWho = "who."

func (v *view) attendance(status int, sum *page.ErrorSummary, bad []fault.Field) error {
	g, one, err := v.group()
	if err != nil {
		return err
	}
	n, err := v.meeting(g)
	if err != nil {
		return err
	}
	seated, _, err := v.h.o.Courses.Roster(v.ctx, g.ID)
	if err != nil {
		return err
	}
	held, err := v.h.o.Courses.AttendanceOf(v.ctx, g.ID)
	if err != nil {
		return err
	}
	was := &course.Attendance{}
	for _, a := range held {
		if a.Number == n {
			was = a
		}
	}
	s := v.desk(v.w.DateTime(g.Meetings[n-1].At.Time), page.Link{Href: "/mentor/groups", Text: v.t("groups.title")}, page.Link{Href: "/mentor/groups/" + g.ID, Text: v.in(one.Title)})
	s.Errors, s.Failed, s.Lead = sum, sum != nil, v.t("groups.attend.lead")
	how := page.Choices{ID: "f-state", Name: "state", Legend: v.t("groups.how"), Error: page.FaultText(v.w, bad, "state")}
	for _, x := range []course.MeetingState{course.Held, course.MovedByAlarm, course.ToShelter, course.NotHeld} {
		how.Items = append(how.Items, page.Choice{Value: string(x), Label: v.t("groups.meeting." + string(x)), Checked: was.State == x})
	}
	parts := []any{how}
	for i, e := range seated {
		name, err := v.called(e.Learner, i+1)
		if err != nil {
			return err
		}
		who := page.Select{ID: "f-who-" + strconv.Itoa(i+1), Name: fieldWho + string(e.Learner), Label: name, Options: []page.Option{{Text: "–"}}}
		for _, x := range []course.Presence{course.Present, course.Absent, course.Excused} {
			who.Options = append(who.Options, page.Option{Value: string(x), Text: v.t("groups." + string(x)), Selected: was.Marks[e.Learner] == x})
		}
		parts = append(parts, who)
	}
	s.Blocks = []page.Block{{Form: &page.Form{Action: "/mentor/groups/" + g.ID + "/" + strconv.Itoa(n), Parts: parts,
		Buttons: []page.Button{{Text: v.w.T("mentor.save", nil)}, {Text: v.w.T("mentor.cancel", nil), Href: "/mentor/groups/" + g.ID, Kind: "second"}}}}}
	return v.show(status, s)
}

// Attend stores who was there.
func (h *Handlers) Attend(c *gin.Context) error {
	v := h.words(c)
	g, _, err := v.group()
	if err != nil {
		return err
	}
	n, err := v.meeting(g)
	if err != nil {
		return err
	}
	var f struct {
		State string            `form:"state,choice" validate:"required,oneof=held moved shelter not-held"`
		Who   map[string]string `form:"who.*"`
	}
	err = form.Decode(c.Request, &f)
	if err == nil {
		marks := map[course.Learner]course.Presence{}
		for who, presence := range f.Who {
			if presence != "" {
				marks[course.Learner(who)] = course.Presence(presence)
			}
		}
		err = h.o.Courses.Attend(v.ctx, gate.Actor(c).Person, g.ID, n, course.MeetingState(f.State), marks)
	}
	if err != nil {
		if sum, bad, status, ok := page.Refused(v.w, err); ok {
			return v.attendance(status, sum, bad)
		}
		return err
	}
	return v.to("/mentor/groups/" + g.ID + "?done=attended")
}
