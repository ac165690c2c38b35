package learning

import (
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
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

// put names the course that was just put away in the address of the page that asked.
const put = "put"

// NextSteps are the up to three next steps of whoever asks, for the pages of other
// packages: the result and one's own page. They follow the newest result that this
// device or account holds; without one they are good beginnings. back is the address
// of the page: «не для мене» comes back to it.
func (h *Handlers) NextSteps(c *gin.Context, back string) (*page.Next, error) {
	v, err := h.see(c)
	if err != nil {
		return nil, err
	}
	tracks, err := v.tracks()
	if err != nil {
		return nil, err
	}
	profile, known, err := v.profile()
	if err != nil {
		return nil, err
	}
	n := &page.Next{Title: v.t("steps.start"), Back: back}
	if known {
		n.Title = v.t("steps.yours")
	}
	if slug := c.Query(put); slug != "" && tracks[slug].NotForMe("") {
		if one, err := h.o.Catalogue.Course(slug); err == nil {
			n.Undo = &page.NextUndo{Course: slug, Title: v.in(one.Title)}
		}
	}
	for i, s := range course.Recommend(profile, h.o.Catalogue.Courses(), tracks) {
		n.Steps = append(n.Steps, v.nextStep(i+1, v.step(s)))
	}
	return n, nil
}

func (v *view) nextStep(number int, s Step) page.NextStep {
	return page.NextStep{Number: number, Course: s.Course, Href: s.Href, Title: s.Title, Of: s.Of, Why: s.Why,
		Facts: v.n("minutes", s.Minutes) + " · " + v.t("level", "Level", s.Level)}
}

// Continue is where the reader goes on with a course that they have begun; nil when
// there is none. A visitor without the learner's cookie costs nothing.
func (h *Handlers) Continue(c *gin.Context) (*page.NextStep, error) {
	v, err := h.see(c)
	if err != nil || v.me == "" {
		return nil, err
	}
	tracks, err := v.tracks()
	if err != nil {
		return nil, err
	}
	n, ok := course.Continue(h.o.Catalogue.Courses(), tracks)
	if !ok {
		return nil, nil //nolint:nilnil // nobody has begun anything, and that is the answer
	}
	s := v.nextStep(1, v.step(n))
	return &s, nil
}

// backTo is a page of this site that may be come back to, with the course that was put
// away; empty for any other.
func backTo(back, slug string, on bool) string {
	u, err := url.Parse(back)
	if err != nil || u.IsAbs() || u.Host != "" || len(back) > 300 || (u.Path != "/me" && !strings.HasPrefix(u.Path, "/results/")) || strings.Contains(u.Path, "//") {
		return ""
	}
	q := u.Query()
	q.Del(put)
	if on {
		q.Set(put, slug)
	}
	u.RawQuery, u.Fragment = q.Encode(), "next"
	return u.String()
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
