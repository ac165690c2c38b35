package course

import (
	"encoding/json"
	"slices"
	"time"

	"osvitlo/internal/course/lesson"
	"osvitlo/internal/instrument"
)

// Kind says what a mark tells.
type Kind string

// The kinds of marks.
const (
	Opened   Kind = "open"     // a lesson was opened
	Done     Kind = "done"     // an activity was read, watched or done
	Answered Kind = "answer"   // a check or an imitation was answered
	Ticked   Kind = "tick"     // an item of a checklist, On or off
	Watched  Kind = "position" // a place in a video
	Hid      Kind = "hide"     // «not for me», On or off; without Lesson: the course
)

// Mark is one act of a learner. It may be told more than once.
type Mark struct {
	Kind     Kind            `json:"kind"`
	Course   string          `json:"course"`
	Lesson   string          `json:"lesson,omitempty"`
	Activity string          `json:"activity,omitempty"`
	At       time.Time       `json:"at"`                // by the device's clock
	Item     string          `json:"item,omitempty"`    // of a checklist
	On       bool            `json:"on,omitempty"`      // tick and hide
	Seconds  int             `json:"seconds,omitempty"` // position
	Answer   json.RawMessage `json:"answer,omitempty"`  // of a check, as CONTRACT §3 writes values
	Chosen   []string        `json:"chosen,omitempty"`  // of an imitation: ids of elements
}

// Limits of marks.
const (
	MaxMarks   = 500                  // of one upload
	MaxAge     = 365 * 24 * time.Hour // of a mark; older ones are taken as that old
	MaxSeconds = 4 * 3600
)

// Skip is a mark that was not taken, with a message key.
type Skip struct {
	Index int    `json:"index"`
	Key   string `json:"key"`
}

// stamp bounds a device's time: not after now, not over a year ago.
func stamp(at, now time.Time) int64 {
	switch {
	case at.After(now):
		at = now
	case at.Before(now.Add(-MaxAge)):
		at = now.Add(-MaxAge)
	}
	return at.UnixMilli()
}

// apply joins a mark into a track; the key of a message when it does not fit.
func (t *Track) apply(c *Course, m Mark, now time.Time) (key string) {
	at := stamp(m.At, now)
	if m.Kind == Hid {
		if m.Lesson != "" && c.Lesson(m.Lesson) == nil {
			return "course.no_lesson"
		}
		t.hide(m.Lesson, Flip{at, m.On})
		return ""
	}
	l := c.Lesson(m.Lesson)
	if l == nil {
		return "course.no_lesson"
	}
	var a *Activity
	if m.Kind != Opened {
		if a = l.Activity(m.Activity); a == nil {
			return "course.no_activity"
		}
	}
	one := &Track{Opened: at, Version: c.Version, Last: Spot{at, m.Lesson, m.Activity}}
	one.lesson(l.Slug).Opened = at
	if a != nil {
		if key := one.lesson(l.Slug).act(a.ID).apply(a, m, at); key != "" {
			return key
		}
	}
	t.Join(one)
	return ""
}

func (act *Act) apply(a *Activity, m Mark, at int64) (key string) {
	switch m.Kind {
	case Done:
		if a.Practice() {
			return "course.wants_answer"
		}
		act.Done = at
	case Answered:
		score, ok := Score(a, m.Answer, m.Chosen)
		if !ok {
			return "course.wrong_answer_form"
		}
		act.Done, act.First, act.Best = at, &Scored{at, score}, &score
	case Ticked:
		list, ok := a.Body.(*lesson.Checklist)
		if !ok || !slices.ContainsFunc(list.Items, func(x lesson.Task) bool { return x.ID == m.Item }) {
			return "course.no_item"
		}
		act.tick(m.Item, Flip{at, m.On})
	case Watched:
		if a.Type != lesson.TypeVideo || m.Seconds < 0 || m.Seconds > MaxSeconds {
			return "course.no_video"
		}
		act.Spot = &Position{at, m.Seconds}
	default:
		return "course.unknown_mark"
	}
	return ""
}

// Score is the score 0…1 of an answer to a check or an imitation, or what a package
// said of itself, {"score": 0…1}; false when it is no answer to it.
func Score(a *Activity, answer json.RawMessage, chosen []string) (float64, bool) {
	switch b := a.Body.(type) {
	case *lesson.Check:
		if b.Item == nil || len(answer) == 0 {
			return 0, false
		}
		v, bad := b.Item.Parse(answer)
		if bad != nil {
			return 0, false
		}
		return scoreItem(b.Item, v), true
	case *lesson.Imitation:
		return scoreImitation(b, chosen)
	case *lesson.Package:
		var said struct {
			Score *float64 `json:"score"`
		}
		if json.Unmarshal(answer, &said) != nil || said.Score == nil || !(*said.Score >= 0 && *said.Score <= 1) {
			return 0, false
		}
		return *said.Score, true
	}
	return 0, false
}

func scoreItem(it *instrument.Item, v instrument.Value) float64 {
	score, _, _ := it.Score(v)
	return score
}

// scoreImitation is the share of elements that were judged right: marked when
// suspicious, left alone when not.
func scoreImitation(b *lesson.Imitation, chosen []string) (float64, bool) {
	for _, id := range chosen {
		if !slices.ContainsFunc(b.Elements, func(e lesson.Element) bool { return e.ID == id }) {
			return 0, false
		}
	}
	right := 0
	for _, e := range b.Elements {
		if e.Suspicious == slices.Contains(chosen, e.ID) {
			right++
		}
	}
	return float64(right) / float64(len(b.Elements)), len(b.Elements) > 0
}
