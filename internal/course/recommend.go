package course

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/sitting"
)

// Profile is what is known of a learner from a test.
type Profile struct {
	Level string                 // A1…C2 overall; empty: not known
	Areas map[string]AreaProfile // by area id, "ua5"
	// Weight of an area, 1 for those left out: the city may set safety above others.
	Weight map[string]float64
	// Audience says which groups the learner named, such as "older"; may be empty.
	Audience []string
}

// AreaProfile is one area. Gap is how far from the goal, 0…1.
type AreaProfile struct {
	Level string // empty: the overall one
	Gap   float64
	Known bool
}

// ProfileOf reads a score. An area that a fixed form does not know has the gap of
// the whole; «start here» counts as a wider gap, «stronger» as a narrower one.
func ProfileOf(score *sitting.Score) Profile {
	p := Profile{Areas: map[string]AreaProfile{}}
	if score == nil || score.Overall == nil {
		return p
	}
	p.Level = score.Level
	whole := bounded(1 - *score.Overall/100)
	for _, a := range score.Areas {
		area := AreaProfile{Gap: whole}
		if a.Value != nil {
			area.Gap, area.Known = bounded(1-*a.Value/100), true
		}
		switch a.Word {
		case sitting.StartHere:
			area.Gap, area.Known = bounded(math.Max(area.Gap, whole)+0.1), true
		case sitting.Stronger:
			area.Gap, area.Known = bounded(math.Min(area.Gap, whole)-0.1), true
		}
		p.Areas[a.ID] = area
	}
	return p
}

func bounded(x float64) float64 { return min(max(x, 0), 1) }

// Reason codes of a next step; each is a message key with the args of Next.
const (
	WhyContinue = "course.why_continue" // Done, All: lessons of a course that was begun
	WhyLevel    = "course.why_level"    // Area, Level: «бо у сфері … ваш рівень A2»
	WhyArea     = "course.why_area"     // Area: the widest gap, without a letter
	WhyStart    = "course.why_start"    // nothing is known yet: a good beginning
	WhyAudience = "course.why_audience" // written for a group the learner named
)

// Next is one next step.
type Next struct {
	Course *Course
	Lesson *Lesson
	Reason string
	Area   string // area id, of WhyLevel and WhyArea
	Level  string // of WhyLevel
	Done   int    // finished lessons, of WhyContinue
	All    int
	Gain   float64 // expected gain, for order and tests
}

// MaxNext is how many next steps a person is given.
const MaxNext = 3

// Fits of a lesson's level to the learner's, by lesson level minus learner's level:
// at or one above is right, below repeats, far above discourages.
func fit(step int) float64 {
	switch step {
	case 0, 1:
		return 1
	case -1:
		return 0.5
	case 2:
		return 0.25
	}
	return 0.05
}

// Recommend gives up to three next steps, each of another course and at most two of
// one area. The expected gain of a lesson is the widest of its areas' gap × weight ×
// fit of level; of equals, the lower level, then Order decides. A course that was
// begun goes on first. What was finished or put away is left out; a device or a
// beginner without a profile gets courses for everyone from the lowest level up. The
// same input gives the same answer. Gain is a rule of thumb, not an estimate of
// METHOD.
func Recommend(p Profile, courses []*Course, tracks map[string]*Track) []Next {
	var all []Next
	for _, c := range courses {
		t := tracks[c.Slug]
		if t.NotForMe("") || t != nil && t.Completed != 0 {
			continue
		}
		if n, ok := best(p, c, t); ok {
			all = append(all, n)
		}
	}
	slices.SortFunc(all, func(a, b Next) int {
		return cmp.Or(-cmp.Compare(began(a), began(b)), -cmp.Compare(a.Gain, b.Gain),
			cmp.Compare(lesson.Rank(a.Lesson.Level), lesson.Rank(b.Lesson.Level)), Order(a.Course, b.Course))
	})
	var out []Next
	areas := map[string]int{}
	for _, wide := range []bool{true, false} { // first with variety, then whatever is left
		for _, n := range all {
			if len(out) == MaxNext {
				return out
			}
			area := lesson.Area(n.Lesson.Competences[0])
			if slices.ContainsFunc(out, func(o Next) bool { return o.Course == n.Course }) || wide && areas[area] == 2 {
				continue
			}
			areas[area]++
			out = append(out, n)
		}
	}
	return out
}

// Order is that of a list of courses for somebody of whom nothing is known: written for
// everyone, then for everyone and a group, then for others; of those the lower level, and
// the one that ends sooner.
func Order(a, b *Course) int {
	whom := func(c *Course) int {
		switch {
		case !slices.Contains(c.Audience, "everyone"):
			return 2
		case slices.ContainsFunc(c.Audience, func(x string) bool { return x != "everyone" && x != "older" }):
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(whom(a), whom(b)), cmp.Compare(lesson.Rank(a.Levels.From), lesson.Rank(b.Levels.From)),
		cmp.Compare(lesson.Rank(a.Levels.To), lesson.Rank(b.Levels.To)), strings.Compare(a.Title.UK, b.Title.UK), strings.Compare(a.Slug, b.Slug))
}

func began(n Next) int {
	if n.Reason == WhyContinue {
		return 1
	}
	return 0
}

// best is the lesson of a course to take next: in a begun course the next one in
// order, else the first with the highest gain.
func best(p Profile, c *Course, t *Track) (n Next, ok bool) {
	done := t.FinishedLessons(c)
	for _, l := range c.Lessons {
		if t.Finished(l) || t.NotForMe(l.Slug) || len(l.Competences) == 0 {
			continue
		}
		gain, area := p.gain(c, l)
		if !ok || gain > n.Gain {
			n, ok = Next{Course: c, Lesson: l, Area: area, Gain: gain}, true
		}
		if t != nil && t.Opened != 0 {
			break
		}
	}
	if !ok {
		return n, false
	}
	switch a := p.Areas[n.Area]; {
	case t != nil && t.Opened != 0:
		n.Reason, n.Done, n.All = WhyContinue, done, len(c.Lessons)
	case p.Level == "" && len(p.Areas) == 0 && wanted(p, c):
		n.Reason = WhyAudience
	case p.Level == "" && len(p.Areas) == 0:
		n.Reason = WhyStart
	case a.Level != "":
		n.Reason, n.Level = WhyLevel, a.Level
	case a.Known:
		n.Reason = WhyArea
	case p.Level != "":
		n.Reason, n.Level = WhyLevel, p.Level
	default:
		n.Reason = WhyStart
	}
	return n, true
}

// gain of a lesson and the area that gives it.
func (p Profile) gain(c *Course, l *Lesson) (gain float64, area string) {
	gain = -1
	for _, k := range l.Competences {
		id := lesson.Area(k)
		a, known := p.Areas[id]
		level := cmp.Or(a.Level, p.Level, "A1")
		gap := a.Gap
		if !known {
			gap = 0.5 // nothing is known: as good as any
		}
		weight, set := p.Weight[id]
		if !set || weight < 0 || math.IsNaN(weight) || math.IsInf(weight, 0) {
			weight = 1
		}
		g := gap * weight * fit(lesson.Rank(l.Level)-lesson.Rank(level))
		if g > gain {
			gain, area = g, id
		}
	}
	switch {
	case wanted(p, c):
		gain *= 1.25
	case !slices.Contains(c.Audience, "everyone"):
		gain *= 0.5 // written for others
	}
	return gain, area
}

func wanted(p Profile, c *Course) bool {
	return slices.ContainsFunc(p.Audience, func(a string) bool { return a != "everyone" && slices.Contains(c.Audience, a) })
}

// Continue finds where a learner was last in a course that is not finished; false
// when there is none.
func Continue(courses []*Course, tracks map[string]*Track) (n Next, ok bool) {
	var last Spot
	for _, slug := range slices.Sorted(maps.Keys(tracks)) {
		t := tracks[slug]
		i := slices.IndexFunc(courses, func(c *Course) bool { return c.Slug == slug })
		if i < 0 || t.Last.At == 0 || t.Last.At <= last.At || t.NotForMe("") {
			continue
		}
		c := courses[i]
		l := c.Lesson(t.Last.Lesson)
		if l == nil || t.Finished(l) {
			l = nil
			for _, other := range c.Lessons {
				if !t.Finished(other) && !t.NotForMe(other.Slug) {
					l = other
					break
				}
			}
		}
		if l == nil {
			continue
		}
		last = t.Last
		n, ok = Next{Course: c, Lesson: l, Reason: WhyContinue, Done: t.FinishedLessons(c), All: len(c.Lessons)}, true
	}
	return n, ok
}
