package credential

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// trialForm is the colleague's word about a trial lesson.
type trialForm struct {
	Course string   `form:"course,choice" validate:"required,max=80"`
	Day    string   `form:"day" validate:"max=10"`
	Seen   []string `form:"seen" validate:"max=10"`
}

// trials are the courses that end with a trial lesson: who signed, or the form for it.
func (v *view) trials(who *Learner, failed bool, refused error) (blocks []page.Block, err error) {
	var faults []fault.Field
	if f := fault.As(refused); failed && f != nil {
		faults = f.Fields
	}
	for _, c := range v.h.o.Catalogue.Courses() {
		if !credential.Practical(c) {
			continue
		}
		b := page.Block{ID: "trial", Title: v.t("trial.title"), Small: c.Title.In(v.lang)}
		t, err := v.h.o.Credentials.Trial(v.ctx, course.OfPerson(who.ID), c.Slug)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if t != nil && t.Signed != nil {
			day := t.Signed.Day
			if at, err := time.ParseInLocation(time.DateOnly, day, i18n.Kyiv); err == nil {
				day = v.w.Date(at)
			}
			b.Text = []string{v.t("trial.signed", "Day", day)}
			if t.Completed == nil {
				b.Text = append(b.Text, v.t("trial.waits"))
			}
			blocks = append(blocks, b)
			continue
		}
		b.Text = []string{v.t("trial.lead")}
		if who.ID == gate.Actor(v.c).Person {
			b.Text = append(b.Text, v.w.T("credential.trial.own", nil))
			blocks = append(blocks, b)
			continue
		}
		seen := page.Choices{ID: page.FieldID("seen"), Name: "seen", Many: true, Legend: v.t("trial.seen"), Error: page.FaultText(v.w, faults, "seen")}
		for i, x := range credential.Observed {
			id := page.FieldID("seen")
			if i > 0 {
				id += "-" + strconv.Itoa(i)
			}
			seen.Items = append(seen.Items, page.Choice{ID: id, Value: x, Label: v.t("trial.seen." + x), Checked: slices.Contains(v.c.Request.PostForm["seen"], x)})
		}
		day := page.Field{ID: page.FieldID("day"), Name: "day", Type: "date", Label: v.t("trial.day"), Hint: v.t("trial.day.hint"), Value: v.c.Request.PostForm.Get("day"), MaxLength: 10, Width: "10",
			Autocomplete: "off", Error: page.FaultText(v.w, faults, "day")}
		b.Form = &page.Form{Action: "/mentor/learners/" + string(who.ID) + "/trial", Hidden: []page.Hidden{{Name: "course", Value: c.Slug}}, Parts: []any{seen, day},
			Buttons: []page.Button{{Text: v.t("trial.do")}}}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// SignTrial keeps the word of a mentor who saw somebody else's trial lesson.
func (h *Handlers) SignTrial(c *gin.Context) error {
	v := h.see(c)
	who, err := v.pupil()
	if err != nil {
		return err
	}
	var f trialForm
	err = form.Decode(c.Request, &f)
	if err == nil {
		venue := ""
		if ids, _ := gate.Actor(c).Venues(person.CardIssue); len(ids) > 0 {
			venue = ids[0]
		}
		_, err = h.o.Credentials.SignTrial(v.ctx, *gate.Actor(c), who.ID, f.Course, venue, f.Day, f.Seen)
	}
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Forbidden) {
		status := http.StatusUnprocessableEntity
		if fault.Is(err, fault.Forbidden) {
			status = http.StatusForbidden
		}
		return v.learner(status, err)
	}
	if err != nil {
		return err
	}
	return v.to("/mentor/learners/"+string(who.ID)+"/certificates", "trial")
}
