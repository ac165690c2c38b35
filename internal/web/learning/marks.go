package learning

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/form"
)

// marks reads the form of an activity. echo is what the page of the answer shows; bad is
// what is missing.
func (v *view) marks(c *course.Course, l *course.Lesson, a *course.Activity, values url.Values) (marks []course.Mark, echo url.Values, bad *fault.Field) {
	m := course.Mark{Kind: course.Done, Course: c.Slug, Lesson: l.Slug, Activity: a.ID, At: v.h.o.Now()}
	switch b := a.Body.(type) {
	case *lesson.Check:
		value, wrong := b.Item.FromForm(values)
		if wrong != nil {
			return nil, nil, wrong
		}
		if value.IsZero() {
			return nil, nil, &fault.Field{Pointer: instrument.FieldAnswer, Key: "learning.choose_first"}
		}
		raw, err := json.Marshal(value)
		if err != nil {
			return nil, nil, &fault.Field{Pointer: instrument.FieldAnswer, Key: "answer.bad"}
		}
		m.Kind, m.Answer = course.Answered, raw
		return []course.Mark{m}, b.Item.ToForm(value), nil
	case *lesson.Imitation:
		m.Kind, echo = course.Answered, url.Values{}
		for _, e := range b.Elements { // only what the imitation has: nothing typed can come along
			if slices.Contains(values[fieldMark], e.ID) {
				m.Chosen = append(m.Chosen, e.ID)
				echo.Add(fieldMark, e.ID)
			}
		}
		return []course.Mark{m}, echo, nil
	case *lesson.Video:
		if at := values.Get(fieldPosition); at != "" { // the player tells where it is; the film is not done by that
			n, err := strconv.Atoi(at)
			if err != nil || n < 0 || n > course.MaxSeconds {
				return nil, nil, &fault.Field{Pointer: fieldPosition, Key: "answer.bad"}
			}
			m.Kind, m.Seconds = course.Watched, n
		}
	case *lesson.Checklist:
		for _, x := range b.Items {
			tick := m
			tick.Kind, tick.Item, tick.On = course.Ticked, x.ID, slices.Contains(values[fieldTick], x.ID)
			marks = append(marks, tick)
		}
		return append(marks, m), nil, nil
	}
	return []course.Mark{m}, nil, nil
}

// marksBody bounds an upload of marks.
const marksBody = 256 << 10

// Marks takes what a device kept while the network was away: {"marks": […]} as package
// course writes them. It may be sent again; the answer says what was taken.
func (h *Handlers) Marks(c *gin.Context) error {
	v, err := h.see(c)
	if err != nil {
		return err
	}
	var in struct {
		Marks []kept `json:"marks"`
	}
	if err := json.NewDecoder(c.Request.Body).Decode(&in); err != nil {
		return fault.From(err, fault.Invalid, form.KeyBad)
	}
	if len(in.Marks) > course.MaxMarks {
		return fault.New(fault.Invalid, "course.too_many_marks")
	}
	var marks []course.Mark
	for _, k := range in.Marks {
		one, err := h.o.Catalogue.Course(k.Course)
		if err != nil {
			continue // a course that is gone
		}
		l := one.Lesson(k.Lesson)
		if l == nil {
			continue
		}
		a := l.Activity(k.Activity)
		values, err := url.ParseQuery(k.Form)
		if a == nil || err != nil {
			continue
		}
		list, _, bad := v.marks(one, l, a, values)
		if bad != nil {
			continue
		}
		for i := range list {
			list[i].At = time.UnixMilli(k.At)
		}
		marks = append(marks, list...)
	}
	out := course.Recorded{}
	if len(marks) > 0 {
		if out, err = h.o.Courses.Record(v.ctx, v.learner(), marks); err != nil {
			return err
		}
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, out)
	return nil
}

// kept is one form of an activity as a device kept it.
type kept struct {
	Course   string `json:"course"`
	Lesson   string `json:"lesson"`
	Activity string `json:"activity"`
	At       int64  `json:"at"`   // milliseconds
	Form     string `json:"form"` // as a browser would have sent it
}
