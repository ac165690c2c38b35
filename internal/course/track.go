package course

import (
	"cmp"
	"maps"
	"slices"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/store"
)

// Track is what one learner has done in one course: a join-semilattice, so that
// merging is commutative, associative and idempotent. Times are Unix milliseconds.
type Track struct {
	store.Doc
	Learner   Learner                 `json:"learner"`
	Course    string                  `json:"course"`
	Version   int                     `json:"version,omitempty"` // newest version met
	Opened    int64                   `json:"opened,omitempty"`  // earliest
	Last      Spot                    `json:"last,omitzero"`     // latest
	Lessons   map[string]*LessonTrack `json:"lessons,omitempty"`
	Hidden    map[string]Flip         `json:"hidden,omitempty"` // «not for me»: lesson slugs, and whole for the course
	Tries     []Try                   `json:"tries,omitempty"`  // of the final check, best first
	Completed int64                   `json:"completed,omitempty"`
	Pending   string                  `json:"pending,omitempty"` // a completion that the outbox has not got yet
	Expires   string                  `json:"expires,omitempty"` // of devices
}

// Spot is where a learner was last.
type Spot struct {
	At       int64  `json:"at"`
	Lesson   string `json:"lesson,omitempty"`
	Activity string `json:"activity,omitempty"`
}

// Flip is a switch: the latest word holds.
type Flip struct {
	At int64 `json:"at"`
	On bool  `json:"on"`
}

// LessonTrack is one lesson.
type LessonTrack struct {
	Opened int64           `json:"opened,omitempty"`
	Acts   map[string]*Act `json:"acts,omitempty"`
}

// Act is one activity.
type Act struct {
	Done  int64           `json:"done,omitempty"`  // when first done
	First *Scored         `json:"first,omitempty"` // the first answer
	Best  *float64        `json:"best,omitempty"`  // best score 0…1
	Ticks map[string]Flip `json:"ticks,omitempty"` // of a checklist
	Spot  *Position       `json:"spot,omitempty"`  // of a video
}

// Scored is an answer's score 0…1 and when it was given.
type Scored struct {
	At    int64   `json:"at"`
	Score float64 `json:"score"`
}

// Position is a place in a video, in seconds.
type Position struct {
	At      int64 `json:"at"`
	Seconds int   `json:"seconds"`
}

// Try is one passing through the final check.
type Try struct {
	ID     string  `json:"id"`
	At     int64   `json:"at"`
	Score  float64 `json:"score"` // 0…1
	Passed bool    `json:"passed"`
}

// maxTries of the final check are kept: the best, then the earliest.
const maxTries = 20

func trackID(l Learner, course string) string { return string(l) + ":" + course }

// Join takes over everything the other track knows. The other is not changed and
// must be of the same course.
func (t *Track) Join(o *Track) {
	t.Version = max(t.Version, o.Version)
	t.Opened = first(t.Opened, o.Opened)
	t.Last = laterSpot(t.Last, o.Last)
	for slug, ol := range o.Lessons {
		l := t.lesson(slug)
		l.Opened = first(l.Opened, ol.Opened)
		for id, oa := range ol.Acts {
			l.act(id).join(oa)
		}
	}
	for slug, f := range o.Hidden {
		t.hide(slug, f)
	}
	t.Tries = joinTries(t.Tries, o.Tries)
	t.Completed = first(t.Completed, o.Completed)
}

func (a *Act) join(o *Act) {
	a.Done = first(a.Done, o.Done)
	a.First = earlier(a.First, o.First)
	if o.Best != nil && (a.Best == nil || *o.Best > *a.Best) {
		best := *o.Best
		a.Best = &best
	}
	for id, f := range o.Ticks {
		a.tick(id, f)
	}
	if o.Spot != nil && (a.Spot == nil || o.Spot.after(*a.Spot)) {
		spot := *o.Spot
		a.Spot = &spot
	}
}

func (t *Track) lesson(slug string) *LessonTrack {
	if t.Lessons == nil {
		t.Lessons = map[string]*LessonTrack{}
	}
	l := t.Lessons[slug]
	if l == nil {
		l = &LessonTrack{}
		t.Lessons[slug] = l
	}
	return l
}

func (l *LessonTrack) act(id string) *Act {
	if l.Acts == nil {
		l.Acts = map[string]*Act{}
	}
	a := l.Acts[id]
	if a == nil {
		a = &Act{}
		l.Acts[id] = a
	}
	return a
}

// whole stands for the course itself among the slugs: a store wants a name for every field.
const whole = "*"

func (t *Track) hide(slug string, f Flip) {
	slug = cmp.Or(slug, whole)
	if t.Hidden == nil {
		t.Hidden = map[string]Flip{}
	}
	t.Hidden[slug] = laterFlip(t.Hidden[slug], f)
}

func (a *Act) tick(id string, f Flip) {
	if a.Ticks == nil {
		a.Ticks = map[string]Flip{}
	}
	a.Ticks[id] = laterFlip(a.Ticks[id], f)
}

// first is the earlier of two times of which 0 means never.
func first(a, b int64) int64 {
	switch {
	case a == 0:
		return b
	case b == 0:
		return a
	}
	return min(a, b)
}

// laterFlip lets the later word hold; of two at once, yes.
func laterFlip(a, b Flip) Flip {
	if b.At > a.At || b.At == a.At && b.On {
		return b
	}
	return a
}

func laterSpot(a, b Spot) Spot {
	if cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Lesson, b.Lesson), cmp.Compare(a.Activity, b.Activity)) < 0 {
		return b
	}
	return a
}

func (p Position) after(o Position) bool {
	return p.At > o.At || p.At == o.At && p.Seconds > o.Seconds
}

func earlier(a, b *Scored) *Scored {
	if a == nil || b != nil && (b.At < a.At || b.At == a.At && b.Score < a.Score) {
		if b == nil {
			return nil
		}
		c := *b
		return &c
	}
	return a
}

func joinTries(a, b []Try) []Try {
	byID := make(map[string]Try, len(a)+len(b))
	for _, t := range a {
		byID[t.ID] = t
	}
	for _, t := range b {
		if old, ok := byID[t.ID]; !ok || compareTries(t, old) < 0 {
			byID[t.ID] = t
		}
	}
	if len(byID) == 0 {
		return nil
	}
	out := slices.SortedFunc(maps.Values(byID), compareTries)
	return out[:min(len(out), maxTries)]
}

// compareTries puts the best first, of equals the earliest.
func compareTries(a, b Try) int {
	return cmp.Or(-cmp.Compare(a.Score, b.Score), cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID), passedFirst(a, b))
}

func passedFirst(a, b Try) int {
	switch {
	case a.Passed == b.Passed:
		return 0
	case a.Passed:
		return -1
	}
	return 1
}

// DoneActs counts the activities of a lesson that are done, and all of them.
func (t *Track) DoneActs(l *Lesson) (done, all int) {
	track := t.of(l.Slug)
	for _, a := range l.Activities {
		if act := track.Acts[a.ID]; act != nil && act.Done != 0 {
			done++
		}
	}
	return done, len(l.Activities)
}

// Finished tells whether a lesson is finished: all its practice is done and its
// summary was reached. Who only reads is not held up by a video that does not play.
func (t *Track) Finished(l *Lesson) bool {
	track := t.of(l.Slug)
	for _, a := range l.Activities {
		if !a.Practice() && a.Type != lesson.TypeSummary {
			continue
		}
		if act := track.Acts[a.ID]; act == nil || act.Done == 0 {
			return false
		}
	}
	return len(l.Activities) > 0
}

// FinishedLessons counts the finished lessons of a course.
func (t *Track) FinishedLessons(c *Course) int {
	n := 0
	for _, l := range c.Lessons {
		if t.Finished(l) {
			n++
		}
	}
	return n
}

// NotForMe tells whether the learner put away a lesson, or with "" the course.
func (t *Track) NotForMe(lesson string) bool { return t != nil && t.Hidden[cmp.Or(lesson, whole)].On }

// Activity is what was done in one activity; never nil.
func (t *Track) Activity(lesson, activity string) *Act {
	if a := t.of(lesson).Acts[activity]; a != nil {
		return a
	}
	return &Act{}
}

var nothing = &LessonTrack{}

func (t *Track) of(lesson string) *LessonTrack {
	if t == nil {
		return nothing
	}
	if l := t.Lessons[lesson]; l != nil {
		return l
	}
	return nothing
}
