package learning

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/web/gate"
)

// Step is one next step for a learner, in the reader's language.
type Step struct {
	Course  string // slug
	Href    string // of the lesson
	Title   string // of the lesson
	Of      string // title of the course
	Why     string // «бо у сфері «Безпека» ваш рівень A2»
	Minutes int
	Level   string
}

// NextSteps are the up to three next steps of whoever asks, for the pages of other
// packages: the result and the home page. They follow the newest result that this
// device or account holds; without one they are good beginnings.
func (h *Handlers) NextSteps(c *gin.Context) ([]Step, error) {
	v, err := h.see(c)
	if err != nil {
		return nil, err
	}
	tracks, err := v.tracks()
	if err != nil {
		return nil, err
	}
	profile, _, err := v.profile()
	if err != nil {
		return nil, err
	}
	var list []Step
	for _, n := range course.Recommend(profile, h.o.Library.Courses(), tracks) {
		list = append(list, v.step(n))
	}
	return list, nil
}

// profile is what the newest known result says; known is false without one.
func (v *view) profile() (p course.Profile, known bool, err error) {
	score, err := v.h.o.Score(v.ctx, gate.Actor(v.c).Person, v.c.Request.Cookies())
	if err != nil || score == nil {
		return p, false, err
	}
	return course.ProfileOf(score), true, nil
}

func (v *view) step(n course.Next) Step {
	return Step{Course: n.Course.Slug, Href: atCourse(n.Course.Slug, n.Lesson.Slug), Title: v.in(n.Lesson.Title), Of: v.in(n.Course.Title),
		Why: v.why(n), Minutes: n.Lesson.Minutes, Level: n.Lesson.Level}
}

// why is the reason of a step in words.
func (v *view) why(n course.Next) string {
	if n.Reason == "" {
		return ""
	}
	return v.w.T(n.Reason, map[string]any{"Area": v.areaTitle(n.Area), "Level": n.Level, "Done": n.Done, "All": n.All})
}
