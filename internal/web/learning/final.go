package learning

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// TasksPage is a form of several tasks: the final check, or the tasks before and after
// a course.
type TasksPage struct {
	page.Base
	Lead   []string
	Errors page.ErrorSummary
	Action string
	Try    string
	Tasks  []Task
	Go     page.Button
}

// Task is one item of such a form.
type Task struct {
	Number int
	Check  *Check
}

// tasks makes the controls of items with what was typed.
func (v *view) tasks(items []*instrument.Item, seed string, values url.Values) (list []Task) {
	for i, it := range items {
		k := &Check{Stem: v.in(it.Stem), Lead: v.in(it.Lead), Hint: v.in(it.Hint)}
		v.controls(k, it, it.FormTyped(under(values, prefixOf(it)), seed), prefixOf(it), "")
		list = append(list, Task{i + 1, k})
	}
	return list
}

func prefixOf(it *instrument.Item) string { return "q." + it.ID + "." }

// under takes the fields of one item out of a form of several.
func under(values url.Values, prefix string) url.Values {
	out := url.Values{}
	for name, list := range values {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			out[rest] = list
		}
	}
	return out
}

// answered reads the answers to items out of the form that was sent; bad lists what
// cannot be one, and the first item where some answer is wanted and none was given.
func answered(c *gin.Context, items []*instrument.Item, wanted bool) (values url.Values, answers instrument.Answers, bad []fault.Field, err error) {
	if values, err = posted(c); err != nil {
		return nil, nil, nil, err
	}
	answers = instrument.Answers{}
	for _, it := range items {
		value, wrong := it.FromForm(under(values, prefixOf(it)))
		switch {
		case wrong != nil:
			wrong.Pointer = it.ID
			bad = append(bad, *wrong)
		case !value.IsZero():
			answers[it.ID] = value
		}
	}
	if wanted && len(items) > 0 && len(bad) == 0 && len(answers) == 0 {
		bad = []fault.Field{{Pointer: items[0].ID, Key: "learning.final.empty"}}
	}
	return values, answers, bad, nil
}

func (v *view) wrongTasks(p *TasksPage, bad []fault.Field) {
	p.Failed = true
	for _, f := range bad {
		p.Errors.Items = append(p.Errors.Items, page.ErrorItem{Href: "#q-" + f.Pointer, Text: v.w.T(f.Key, f.Args)})
	}
}

// Final shows the final check of a course.
func (h *Handlers) Final(c *gin.Context) error { return h.final(c, http.StatusOK, nil, nil) }

func (h *Handlers) final(c *gin.Context, status int, values url.Values, bad []fault.Field) error {
	v, one, err := h.onCourse(c)
	if err != nil {
		return err
	}
	if one.Final == nil {
		return fault.New(fault.NotFound, "course.no_final")
	}
	try := values.Get("try")
	if try == "" {
		try = strings.ToLower(rand.Text())
	}
	p := &TasksPage{Base: v.base(v.t("final.title"), atCourse(one.Slug, "final")), Action: atCourse(one.Slug, "final"), Try: try,
		Go: page.Button{Text: v.t("final.send"), Busy: v.w.T("page.busy", nil)}}
	p.Back = &page.Link{Href: atCourse(one.Slug), Text: v.in(one.Title)}
	if intro := v.in(one.Final.Intro); intro != "" {
		p.Lead = append(p.Lead, intro)
	}
	p.Lead = append(p.Lead, v.t("final.lead", "Pass", need(one), "All", len(one.Final.Items), "Tries", course.MaxTriesDay))
	p.Tasks = v.tasks(one.Final.Items, one.Slug, values)
	if len(bad) > 0 {
		v.wrongTasks(p, bad)
	}
	return v.render(status, "tasks", p)
}

// need is how many tasks of the final check must be right at least.
func need(c *course.Course) int {
	return (c.Final.Pass*len(c.Final.Items) + 99) / 100
}

// Finish takes the answers to the final check.
func (h *Handlers) Finish(c *gin.Context) error {
	v, one, err := h.onCourse(c)
	if err != nil {
		return err
	}
	if one.Final == nil {
		return fault.New(fault.NotFound, "course.no_final")
	}
	values, answers, bad, err := answered(c, one.Final.Items, true)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return h.final(c, http.StatusUnprocessableEntity, values, bad)
	}
	out, err := h.o.Courses.Finish(v.ctx, v.learner(), one.Slug, values.Get("try"), answers)
	if err != nil {
		return err
	}
	var wrong []string
	for i, it := range one.Final.Items {
		if !out.Right[it.ID] {
			wrong = append(wrong, strconv.Itoa(i+1))
		}
	}
	q := url.Values{"try": {values.Get("try")}}
	if len(wrong) > 0 {
		q.Set("wrong", strings.Join(wrong, "."))
	}
	return v.to(atCourse(one.Slug, "outcome") + "?" + q.Encode())
}

// OutcomePage tells how the final check went, and what it brings.
type OutcomePage struct {
	page.Base
	Verdict     *page.Note
	Again       *page.Button
	Look        []page.Link // lessons to look at once more
	Explain     []SaidRow   // after passing: what was not right, and why
	Certificate *page.Note
	SignIn      *page.Link
	Proof       *page.Note
	CourseAt    string
	Course      string
}

// Outcome shows the last try, or the completion of a course.
func (h *Handlers) Outcome(c *gin.Context) error {
	v, one, err := h.onCourse(c)
	if err != nil {
		return err
	}
	t, err := v.track(one.Slug)
	if err != nil {
		return err
	}
	if one.Final == nil || len(t.Tries) == 0 {
		return v.to(atCourse(one.Slug))
	}
	try := t.Tries[0] // the best
	for _, x := range t.Tries {
		if x.ID == c.Query("try") {
			try = x
		}
	}
	p := &OutcomePage{Base: v.base(v.t("outcome.title"), atCourse(one.Slug, "outcome")), Course: v.in(one.Title), CourseAt: atCourse(one.Slug)}
	p.Back = &page.Link{Href: atCourse(one.Slug), Text: p.Course}
	score := v.t("outcome.score", "Score", int(try.Score*100+0.5), "Pass", one.Final.Pass)
	if try.Passed {
		p.Verdict = &page.Note{Kind: "good", Title: v.t("outcome.passed"), Text: []string{score}}
	} else {
		p.Verdict = &page.Note{Kind: "sun", Title: v.t("outcome.not_yet"), Text: []string{score, v.t("outcome.again")}}
		p.Again = &page.Button{Text: v.t("outcome.try"), Href: atCourse(one.Slug, "final")}
	}
	v.wrong(p, one, c.Query("wrong"), try.Passed)
	if t.Completed != 0 {
		if err := v.completion(p, one, t); err != nil {
			return err
		}
	}
	return v.render(http.StatusOK, "outcome", p)
}

// wrong lists the lessons of the tasks that were not right; the right answers only
// after passing.
func (v *view) wrong(p *OutcomePage, c *course.Course, list string, passed bool) {
	seen := map[string]bool{}
	for _, part := range strings.Split(list, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > len(c.Final.Items) {
			continue
		}
		it := c.Final.Items[n-1]
		if passed && !seen[it.ID] {
			seen[it.ID] = true
			p.Explain = append(p.Explain, SaidRow{Text: v.in(it.Stem), Why: v.in(it.Explain)})
		}
		for _, l := range c.Lessons {
			if slices.Contains(l.Competences, it.Competence) && !seen["l:"+l.Slug] && !passed {
				seen["l:"+l.Slug] = true
				p.Look = append(p.Look, page.Link{Href: atStep(c.Slug, l.Slug, l.Activities[0].ID), Text: v.in(l.Title)})
			}
		}
	}
}

func (v *view) completion(p *OutcomePage, c *course.Course, t *course.Track) error {
	p.Certificate = &page.Note{Title: v.t("certificate"), Text: []string{v.t("certificate.later")}}
	if v.h.o.Credentials != nil && !v.me.Anonymous() {
		href, err := v.h.o.Credentials.Of(v.ctx, v.me, c.Slug)
		if err != nil {
			return err
		}
		p.Certificate.Text = []string{v.t("certificate.soon")}
		if slices.Contains(c.Audience, "mentors") { // only with a trial lesson that a colleague signs
			p.Certificate.Text = []string{v.t("certificate.trial")}
		}
		if href != "" {
			p.Certificate.Text, p.Certificate.Link = []string{v.t("certificate.ready")}, &page.Link{Href: href, Text: v.t("certificate.open")}
		}
	}
	if v.me.Anonymous() {
		p.SignIn = &page.Link{Href: "/sign-in?back=" + url.QueryEscape(atCourse(c.Slug, "outcome")), Text: v.t("certificate.signin")}
	}
	proof, err := v.h.o.Courses.ProofOf(v.ctx, v.me, c.Slug)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return err
	case proof.After == nil && !proof.Opens.IsZero():
		p.Proof = &page.Note{Title: v.t("after.title"), Text: []string{v.t("after.later", "Day", v.w.Date(proof.Opens.Time))}}
		if !v.h.o.Now().Before(proof.Opens.Time) {
			p.Proof.Text, p.Proof.Link = []string{v.t("after.lead")}, &page.Link{Href: atCourse(c.Slug, "after"), Text: v.t("after.go")}
		}
	}
	return nil
}
