package learning

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/course/lesson"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/web/page"
)

// perCompetence is how many pairs of parallel tasks a competence gives to a proof, and
// pairsMost how many a form has at most: it must not feel like a second test.
const (
	perCompetence = 2
	pairsMost     = 6
)

// pairs are the parallel tasks of a course, found once: neither the bank nor a course
// changes while the program runs.
func (v *view) pairs(c *course.Course) []course.Pair {
	key := c.Name() + c.Hash
	if made, ok := v.h.parallel.Load(key); ok {
		return made.([]course.Pair)
	}
	var bank []*instrument.Item
	for _, it := range v.h.o.Library.Items() {
		if slices.Contains(lesson.CheckTypes, it.Type) { // what a form of several tasks can show
			bank = append(bank, it)
		}
	}
	list := lesson.Pairs(bank, c.Competences, perCompetence)
	list = list[:min(len(list), pairsMost)]
	v.h.parallel.Store(key, list)
	return list
}

// half are the tasks of one half: as many and as hard as those of the other.
func (v *view) half(c *course.Course) (list []*instrument.Item) {
	for _, p := range v.pairs(c) {
		list = append(list, p.A)
	}
	return list
}

// halves offers the tasks before and after, while they make sense.
func (v *view) halves(p *CoursePage, c *course.Course, t *course.Track) error {
	var proof *course.Proof
	if v.me != "" {
		var err error
		if proof, err = v.h.o.Courses.ProofOf(v.ctx, v.me, c.Slug); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	switch {
	case proof == nil && t.FinishedLessons(c) == 0 && t.Completed == 0:
		if n := len(v.pairs(c)); n > 0 {
			p.Before = &page.Note{Title: v.t("before.title"), Text: []string{v.n("before.text", n)}, Link: &page.Link{Href: atCourse(c.Slug, "before"), Text: v.t("before.go")}}
		}
	case proof != nil && proof.After == nil && !proof.Opens.IsZero() && !v.h.o.Now().Before(proof.Opens.Time):
		p.After = &page.Note{Kind: "sun", Title: v.t("after.title"), Text: []string{v.t("after.lead")}, Link: &page.Link{Href: atCourse(c.Slug, "after"), Text: v.t("after.go")}}
	}
	return nil
}

// BeforeForm asks a few tasks before the course: with those a week after it they show
// whether the course helps.
func (h *Handlers) BeforeForm(c *gin.Context) error { return h.before(c, http.StatusOK, nil, nil) }

func (h *Handlers) before(c *gin.Context, status int, values url.Values, bad []fault.Field) error {
	v, one, err := h.onCourse(c)
	if err != nil {
		return err
	}
	// The form is dealt by a coin of the learner: the device gets its key before it sees
	// the tasks, or they would change at the answer.
	items, _ := course.Forms(v.pairs(one), v.learner(), one.Slug)
	if len(items) == 0 {
		return fault.New(fault.NotFound, "course.no_proof")
	}
	p := v.halfPage(one, "before", items, values, bad)
	return v.render(status, "tasks", p)
}

func (v *view) halfPage(c *course.Course, half string, items []*instrument.Item, values url.Values, bad []fault.Field) *TasksPage {
	p := &TasksPage{Base: v.base(v.t(half+".title"), atCourse(c.Slug, half)), Action: atCourse(c.Slug, half), Lead: []string{v.t(half + ".lead"), v.t("half.private")},
		Go: page.Button{Text: v.t("half.send")}}
	p.Back = &page.Link{Href: atCourse(c.Slug), Text: v.in(c.Title)}
	p.Tasks = v.tasks(items, c.Slug+half, values)
	if len(bad) > 0 {
		v.wrongTasks(p, bad)
	}
	return p
}

// Before takes the first half.
func (h *Handlers) Before(c *gin.Context) error {
	v, one, err := h.onCourse(c)
	if err != nil {
		return err
	}
	items, later := course.Forms(v.pairs(one), v.learner(), one.Slug)
	values, answers, bad, err := answered(c, items, true)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return h.before(c, http.StatusUnprocessableEntity, values, bad)
	}
	if err := h.o.Courses.Before(v.ctx, v.learner(), one.Slug, items, later, answers); err != nil {
		return err
	}
	return v.to(atCourse(one.Slug) + "?said=before")
}

// planned are the tasks of the second half as they were dealt.
func (v *view) planned(c *course.Course) ([]*instrument.Item, error) {
	if v.me == "" {
		return nil, fault.New(fault.NotFound, "course.no_proof")
	}
	proof, err := v.h.o.Courses.ProofOf(v.ctx, v.me, c.Slug)
	if err != nil {
		return nil, err
	}
	switch {
	case proof.After != nil:
		return nil, fault.New(fault.Conflict, "course.proof_taken")
	case proof.Opens.IsZero() || v.h.o.Now().Before(proof.Opens.Time):
		return nil, fault.New(fault.Conflict, "course.proof_early")
	}
	var list []*instrument.Item
	for _, id := range proof.Plan {
		for _, it := range v.h.o.Library.Items() {
			if it.ID == id {
				list = append(list, it)
			}
		}
	}
	if len(list) != len(proof.Plan) {
		return nil, fault.New(fault.Gone, "course.proof_other_items")
	}
	return list, nil
}

// AfterForm asks the parallel tasks a week after the course.
func (h *Handlers) AfterForm(c *gin.Context) error { return h.after(c, http.StatusOK, nil, nil) }

func (h *Handlers) after(c *gin.Context, status int, values url.Values, bad []fault.Field) error {
	v, one, err := h.onCourse(c)
	if err != nil {
		return err
	}
	items, err := v.planned(one)
	if err != nil {
		return err
	}
	return v.render(status, "tasks", v.halfPage(one, "after", items, values, bad))
}

// After takes the second half.
func (h *Handlers) After(c *gin.Context) error {
	v, one, err := h.onCourse(c)
	if err != nil {
		return err
	}
	items, err := v.planned(one)
	if err != nil {
		return err
	}
	values, answers, bad, err := answered(c, items, false)
	if err != nil {
		return err
	}
	if len(bad) > 0 {
		return h.after(c, http.StatusUnprocessableEntity, values, bad)
	}
	if err := h.o.Courses.After(v.ctx, v.me, one.Slug, items, answers); err != nil {
		return err
	}
	return v.to(atCourse(one.Slug) + "?said=after")
}

// ProofPage shows whether a course has worked.
type ProofPage struct {
	page.Base
	Course string
	Kind   string // of the note
	Text   string
	Rows   []page.Row
	Rests  []string // the wave that the correction rests on, or that there is none
	How    page.Details
	At     string
}

// Proof is the public page of a course's gain: in steps of ten, with its error.
func (h *Handlers) Proof(c *gin.Context) error {
	v := h.words(c)
	one, err := v.course()
	if err != nil {
		return err
	}
	shown, err := h.o.Courses.PublicGain(v.ctx, one.Slug, v.half(one))
	if err != nil {
		return err
	}
	p := &ProofPage{Base: v.base(v.t("proof.title"), atCourse(one.Slug, "proof")), Course: v.in(one.Title)}
	p.NoIndex = false
	p.Back = &page.Link{Href: atCourse(one.Slug), Text: p.Course}
	g := course.Gain{Verdict: course.TooFew}
	if shown != nil {
		g = shown.Gain
		if !shown.At.IsZero() {
			p.At = v.w.Date(shown.At.Time)
		}
	}
	p.Text, p.Rows = v.gain(g)
	p.Rests = v.rests(g)
	p.Kind = map[course.Verdict]string{course.Proved: "good", course.Harmful: "bad", course.NotProved: "sun"}[g.Verdict]
	p.How = page.Details{Summary: v.t("proof.how"), Text: []string{v.t("proof.how.1"), v.t("proof.how.2"), v.t("proof.how.3"), v.t("proof.how.4")}}
	return v.render(http.StatusOK, "proof", p)
}

// gain says a gain in words and figures; nothing but the verdict of fewer than ten.
func (v *view) gain(g course.Gain) (text string, rows []page.Row) {
	text = v.w.T("course.verdict_"+strings.ReplaceAll(string(g.Verdict), "-", "_"), nil)
	if g.Verdict == course.TooFew {
		return text, nil
	}
	between := func(x, low, high float64) string {
		return v.t("proof.value", "Value", signed(v, x), "Low", signed(v, low), "High", signed(v, high))
	}
	rows = append(rows, page.Row{Key: v.t("proof.people"), Value: v.w.Int(int64(g.N))}, page.Row{Key: v.t("proof.before"), Value: v.w.Number(g.Before, 1)},
		page.Row{Key: v.t("proof.after"), Value: v.w.Number(g.After, 1)}, page.Row{Key: v.t("proof.raw"), Value: between(g.Raw, g.RawLow, g.RawHigh)})
	if g.Corrected {
		rows = append(rows, page.Row{Key: v.t("proof.chance"), Value: signed(v, g.Regression)}, page.Row{Key: v.t("proof.corrected"), Value: between(g.Value, g.Low, g.High)})
	} else {
		rows = append(rows, page.Row{Key: v.t("proof.corrected"), Value: v.t("proof.uncorrected")})
	}
	if g.Lost > 0 {
		rows = append(rows, page.Row{Key: v.t("proof.lost"), Value: v.w.Int(int64(g.Lost))})
	}
	return text, rows
}

// rests says which wave of the city a gain was corrected by, or why by none.
func (v *view) rests(g course.Gain) []string {
	switch {
	case g.Verdict == course.TooFew:
		return nil
	case g.Corrected:
		return []string{v.t("proof.wave", "Wave", v.in(g.Wave), "Release", g.Release, "Mean", v.w.Number(g.City, 1))}
	case g.Missing == course.NoScale:
		return []string{v.t("proof.no_scale")}
	}
	return []string{v.t("proof.no_wave")}
}

func signed(v *view, x float64) string {
	if x > 0 {
		return "+" + v.w.Number(x, 1)
	}
	return v.w.Number(x, 1)
}
