package learning

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// StepPage is one activity of a lesson.
type StepPage struct {
	page.Base
	Course   string // title
	CourseAt string
	First    bool
	Heading  string // of the lesson
	Goal     string
	English  []string // what the lesson says, where it is not in English
	Draft    string
	Progress page.Progress
	Errors   page.ErrorSummary
	Act      Act
	Action   string
	Next     string // address after this activity
	Again    string
	Terms    []page.Term
	Preview  string // what a preview says of itself; nothing is recorded then
}

// actForm is the form of an activity; the alarm sends it along.
const actForm = "act"

// Names of the fields of an activity's form.
const (
	fieldMark     = "mark"     // elements of an imitation
	fieldTick     = "tick"     // items of a checklist
	fieldPosition = "position" // seconds of a film
	fieldSaid     = "said"     // the answer was given: show what it is worth
	fieldAct      = "activity"
	fieldAlarm    = "alarm"
)

// Lesson opens a lesson where the learner left it; a new one at its first activity,
// unless that is an imitation, which search engines must not find.
func (h *Handlers) Lesson(c *gin.Context) error {
	v, one, l, at, err := h.onLesson(c)
	if err != nil {
		return err
	}
	t, err := v.track(one.Slug)
	if err != nil {
		return err
	}
	now := nextAct(t, l)
	switch {
	case now < 0:
		return v.to(atCourse(one.Slug, l.Slug, "done"))
	case now > 0 || l.Activities[now].Type == lesson.TypeImitation:
		return v.to(atStep(one.Slug, l.Slug, l.Activities[now].ID))
	}
	p := v.stepPage(one, l, at, now, t, nil)
	p.NoIndex, p.Description, p.Path = false, v.in(l.Goal), atCourse(one.Slug, l.Slug)
	return v.render(http.StatusOK, "step", p)
}

// nextAct is the first activity that is not done; -1 when all are.
func nextAct(t *course.Track, l *course.Lesson) int {
	return slices.IndexFunc(l.Activities, func(a lesson.Activity) bool { return t.Activity(l.Slug, a.ID).Done == 0 })
}

// activity finds the activity of the address.
func (v *view) activity(l *course.Lesson) (int, error) {
	at := slices.IndexFunc(l.Activities, func(a lesson.Activity) bool { return a.ID == v.c.Param("activity") })
	if at < 0 {
		return 0, fault.New(fault.NotFound, "course.no_activity")
	}
	return at, nil
}

// Step shows one activity. An answer in the address is shown with what it is worth;
// looking at it stores nothing.
func (h *Handlers) Step(c *gin.Context) error {
	v, one, l, at, err := h.onLesson(c)
	if err != nil {
		return err
	}
	i, err := v.activity(l)
	if err != nil {
		return err
	}
	t, err := v.track(one.Slug)
	if err != nil {
		return err
	}
	var said url.Values
	if q := c.Request.URL.Query(); q.Get(fieldSaid) != "" && len(q) <= form.Usual.Fields {
		said = q
	}
	return v.render(http.StatusOK, "step", v.stepPage(one, l, at, i, t, said))
}

func (v *view) stepPage(c *course.Course, l *course.Lesson, at, i int, t *course.Track, said url.Values) *StepPage {
	a := &l.Activities[i]
	p := &StepPage{Base: v.base(v.in(l.Title), atStep(c.Slug, l.Slug, a.ID)), Course: v.in(c.Title), CourseAt: atCourse(c.Slug), First: i == 0, Heading: v.in(l.Title), Goal: v.in(l.Goal),
		Progress: page.Progress{Text: v.t("progress.step"), At: i + 1, Of: len(l.Activities)}, Action: atStep(c.Slug, l.Slug, a.ID), Next: atCourse(c.Slug, l.Slug, "done"), Again: atStep(c.Slug, l.Slug, a.ID)}
	if i+1 < len(l.Activities) {
		p.Next = atStep(c.Slug, l.Slug, l.Activities[i+1].ID)
	}
	p.Back = &page.Link{Href: atCourse(c.Slug)}
	if i > 0 {
		p.Back.Href = atStep(c.Slug, l.Slug, l.Activities[i-1].ID)
	}
	p.Act = v.act(l, a, t.Activity(l.Slug, a.ID), said)
	p.Alarm = &page.Alarm{Action: atCourse(c.Slug, l.Slug, "alarm"), Name: fieldAlarm, Value: a.ID}
	if p.Act.Form() {
		p.Alarm.Form = actForm
	}
	if p.First {
		if !c.Reviewed() || l.Status == "draft" {
			p.Draft = v.t("draft")
		}
		if v.lang == i18n.English {
			p.English = []string{v.t("uk.lesson"), l.SummaryEN}
		}
	}
	for _, term := range v.h.o.Library.Glossary() {
		if slices.Contains(l.Glossary, term.ID) {
			p.Terms = append(p.Terms, page.Term{Word: term.Term.In(v.lang), Text: term.Text.In(v.lang)})
		}
	}
	return p
}

// Do takes one activity: what was read is done, what was answered is judged, what was
// ticked is kept. A form that comes again changes nothing.
func (h *Handlers) Do(c *gin.Context) error {
	v, one, l, at, err := h.onLesson(c)
	if err != nil {
		return err
	}
	i, err := v.activity(l)
	if err != nil {
		return err
	}
	values, err := posted(c)
	if err != nil {
		return err
	}
	a := &l.Activities[i]
	marks, echo, bad := v.marks(one, l, a, values)
	if bad != nil {
		return v.again(one, l, at, i, values, bad)
	}
	if _, err := h.o.Courses.Record(v.ctx, v.learner(), marks); err != nil {
		return err
	}
	if echo != nil {
		echo.Set(fieldSaid, "1")
		return v.to(atStep(one.Slug, l.Slug, a.ID) + "?" + echo.Encode())
	}
	return v.to(v.after(one, l, i))
}

func (v *view) after(c *course.Course, l *course.Lesson, i int) string {
	if i+1 < len(l.Activities) {
		return atStep(c.Slug, l.Slug, l.Activities[i+1].ID)
	}
	return atCourse(c.Slug, l.Slug, "done")
}

// again shows the activity with what was chosen and what is missing.
func (v *view) again(c *course.Course, l *course.Lesson, at, i int, values url.Values, bad *fault.Field) error {
	t, err := v.track(c.Slug)
	if err != nil {
		return err
	}
	p := v.stepPage(c, l, at, i, t, nil)
	p.Failed = true
	text := v.w.T(bad.Key, bad.Args)
	if k := p.Act.Check; k != nil {
		b := l.Activities[i].Body.(*lesson.Check)
		*k = *v.check(b.Item, b.Item.FormTyped(values, seedOf(l, b.Item)), nil, text)
	}
	p.Errors.Items = []page.ErrorItem{{Href: "#a", Text: text}}
	return v.render(http.StatusUnprocessableEntity, "step", p)
}

// Alarm keeps what was chosen and leads to a calm page: first to a shelter, then the rest.
func (h *Handlers) Alarm(c *gin.Context) error {
	v, one, l, _, err := h.onLesson(c)
	if err != nil {
		return err
	}
	values, err := posted(c)
	if err != nil {
		return err
	}
	if a := l.Activity(values.Get(fieldAlarm)); a != nil {
		_, chose := values[fieldMark]
		_, ticked := values[fieldTick]
		if a.Type == lesson.TypeCheck || chose || ticked {
			if marks, _, bad := v.marks(one, l, a, values); bad == nil {
				if _, err := h.o.Courses.Record(v.ctx, v.learner(), marks); err != nil {
					return err
				}
			}
		}
	}
	return v.to(atCourse(one.Slug, l.Slug, "safe"))
}

// SafePage is the calm page after the alarm.
type SafePage struct {
	page.Base
	On page.Button
}

// Safe says that everything is saved.
func (h *Handlers) Safe(c *gin.Context) error {
	v, one, l, _, err := h.onLesson(c)
	if err != nil {
		return err
	}
	p := &SafePage{Base: v.base(v.t("safe.title"), atCourse(one.Slug, l.Slug, "safe")), On: page.Button{Text: v.t("safe.on"), Href: atCourse(one.Slug, l.Slug)}}
	return v.render(http.StatusOK, "safe", p)
}

// DonePage stands at the end of a lesson.
type DonePage struct {
	page.Base
	Course   string
	Left     *page.Note // practice that was left out
	Go       page.Button
	NextText string
	Thanks   bool
	Errors   page.ErrorSummary
	Helped   page.Choices
	Comment  page.Field
	Say      string
	Paper    []page.Link
	CourseAt string
}

// Done is the page after the last activity.
func (h *Handlers) Done(c *gin.Context) error {
	return h.done(c, http.StatusOK, nil, nil)
}

func (h *Handlers) done(c *gin.Context, status int, typed url.Values, bad []fault.Field) error {
	v, one, l, at, err := h.onLesson(c)
	if err != nil {
		return err
	}
	t, err := v.track(one.Slug)
	if err != nil {
		return err
	}
	p := &DonePage{Base: v.base(v.t("done.title"), atCourse(one.Slug, l.Slug, "done")), Course: v.in(one.Title), CourseAt: atCourse(one.Slug),
		Thanks: c.Query("said") != "", Say: atCourse(one.Slug, l.Slug, "feedback")}
	p.Back = &page.Link{Href: atCourse(one.Slug), Text: v.in(one.Title)}
	if now := nextAct(t, l); now >= 0 {
		p.Title = v.t("done.part")
		p.Left = &page.Note{Kind: "sun", Text: []string{v.t("done.left")}, Link: &page.Link{Href: atStep(one.Slug, l.Slug, l.Activities[now].ID), Text: v.t("done.left.go")}}
	}
	p.Go = page.Button{Text: v.t("done.course"), Href: atCourse(one.Slug)}
	if at+1 < len(one.Lessons) {
		next := one.Lessons[at+1]
		p.Go = page.Button{Text: v.t("done.next"), Href: atCourse(one.Slug, next.Slug)}
		p.NextText = v.in(next.Title) + " · " + v.n("minutes", next.Minutes)
	} else if one.Final != nil && t.Completed == 0 {
		p.Go, p.NextText = page.Button{Text: v.t("final.go"), Href: atCourse(one.Slug, "final")}, v.n("final.tasks", len(one.Final.Items))
	}
	if p.Left != nil {
		p.Go.Kind = "second"
	}
	helped := typed.Get("helped")
	p.Helped = page.Choices{ID: "f-helped", Name: "helped", Legend: v.t("feedback.helped"), Error: page.FaultText(v.w, bad, "helped"), Items: []page.Choice{
		{Value: "1", Label: v.t("feedback.yes"), Checked: helped == "1"}, {Value: "0", Label: v.t("feedback.no"), Checked: helped == "0"}}}
	p.Comment = page.Field{ID: "f-comment", Name: "comment", Label: v.t("feedback.comment"), Hint: v.t("feedback.hint"), Rows: 3, MaxLength: course.MaxComment,
		Value: typed.Get("comment"), Error: page.FaultText(v.w, bad, "comment")}
	if len(bad) > 0 {
		p.Failed, p.Errors = true, page.Summary(v.w, bad, nil)
	}
	p.Paper = []page.Link{{Href: atCourse(one.Slug, l.Slug, "handout"), Text: v.t("paper.handout")}}
	return v.render(status, "done", p)
}

// Say takes whether a lesson helped.
func (h *Handlers) Say(c *gin.Context) error {
	v, one, l, _, err := h.onLesson(c)
	if err != nil {
		return err
	}
	values, err := posted(c)
	if err != nil {
		return err
	}
	helped := values.Get("helped")
	if helped != "1" && helped != "0" {
		return h.done(c, http.StatusUnprocessableEntity, values, []fault.Field{{Pointer: "helped", Key: form.KeyChoose}})
	}
	err = h.o.Courses.Say(v.ctx, v.learner(), one.Slug, l.Slug, helped == "1", values.Get("comment"))
	if f := fault.As(err); f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0 {
		return h.done(c, http.StatusUnprocessableEntity, values, f.Fields)
	}
	if err != nil {
		return err
	}
	return v.to(atCourse(one.Slug, l.Slug, "done") + "?said=1")
}
