package lesson

import (
	"encoding/json"
	"fmt"
	"slices"

	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// Type is the name of an activity type in the registry.
type Type string

// The activity types.
const (
	TypeText      Type = "text"
	TypePicture   Type = "picture"
	TypeVideo     Type = "video"
	TypeImitation Type = "imitation"
	TypeCheck     Type = "check"
	TypeCards     Type = "cards"
	TypeChecklist Type = "checklist"
	TypeSummary   Type = "summary"
	TypePackage   Type = "package"
)

// Body is what an activity of one type holds. A new type is one Go file with its
// body, one schema content/schema/course-activity-<type>.json, one line in bodies,
// and one template.
type Body interface {
	// Texts visits every human text with its JSON pointer below the activity.
	Texts(visit func(pointer string, t i18n.Text, v Voice))
	// Media lists the files that the body shows.
	Media() []Media
	lint(l *Lesson, r *instrument.Report, at string)
}

// Media is a file that a lesson shows, of content/media or uploaded (Uploads), the JSON
// pointer that names it, and what it must be.
type Media struct {
	Pointer, File string
	Is            MediaKind
}

// MediaKind is what a file of a lesson must be.
type MediaKind string

// The kinds: those of uploaded files, and words that run with a film.
const (
	MediaPicture MediaKind = "image"
	MediaFilm    MediaKind = "video"
	MediaWords   MediaKind = "subtitles"
)

// bodies is the registry.
var bodies = map[Type]func() Body{
	TypeText:      func() Body { return &Text{} },
	TypePicture:   func() Body { return &Picture{} },
	TypeVideo:     func() Body { return &Video{} },
	TypeImitation: func() Body { return &Imitation{} },
	TypeCheck:     func() Body { return &Check{} },
	TypeCards:     func() Body { return &Cards{} },
	TypeChecklist: func() Body { return &Checklist{} },
	TypeSummary:   func() Body { return &Summary{} },
	TypePackage:   func() Body { return &Package{} },
}

// Types lists the registered activity types.
func Types() []Type {
	return []Type{TypeText, TypePicture, TypeVideo, TypeImitation, TypeCheck, TypeCards, TypeChecklist, TypeSummary, TypePackage}
}

// Activity is one short act of a lesson. A template reads .Body by .Type.
type Activity struct {
	ID    string
	Type  Type
	Title i18n.Text // empty: the type's usual heading
	Body  Body
}

type activityHead struct {
	ID    string    `json:"id"`
	Type  Type      `json:"type"`
	Title i18n.Text `json:"title,omitzero"`
}

// UnmarshalJSON reads an activity by its type; an unknown one is an error.
func (a *Activity) UnmarshalJSON(raw []byte) error {
	var head activityHead
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	made, ok := bodies[head.Type]
	if !ok {
		return fmt.Errorf("activity %q: no type %q", head.ID, head.Type)
	}
	a.ID, a.Type, a.Title, a.Body = head.ID, head.Type, head.Title, made()
	return json.Unmarshal(raw, a.Body)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (a Activity) MarshalJSON() ([]byte, error) {
	out := map[string]json.RawMessage{}
	for _, part := range []any{a.Body, activityHead{a.ID, a.Type, a.Title}} {
		raw, err := json.Marshal(part)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(raw, &out); err != nil {
			return nil, err
		}
	}
	return json.Marshal(out)
}

// Practice tells whether the learner does something: an imitation or a check.
func (a *Activity) Practice() bool {
	return slices.Contains([]Type{TypeImitation, TypeCheck}, a.Type)
}

// Voice says who speaks in a text.
type Voice uint8

// Plain is our own words in one paragraph; Markdown is our own words with marks;
// Quoted is invented speech of others, such as a fraudster's message.
const (
	Plain Voice = iota
	Markdown
	Quoted
)
