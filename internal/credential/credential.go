package credential

import (
	"osvitlo/internal/course"
	"osvitlo/internal/credential/badge"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Credential is one achievement of one holder as it is stored. What it says was copied
// when it was issued, so that later changes of courses and badges change nothing.
type Credential struct {
	store.Doc
	Learner course.Learner `json:"learner,omitempty"` // empty once the holder was erased
	Kind    badge.Kind     `json:"kind"`
	Badge   string         `json:"badge"` // slug of the achievement
	Version int            `json:"version"`
	Art     string         `json:"art"`

	Title       i18n.Text `json:"title"`
	Description i18n.Text `json:"description"`
	Criteria    i18n.Text `json:"criteria"`
	Competences []string  `json:"competences"`

	Course        string `json:"course,omitempty"`
	CourseVersion int    `json:"course_version,omitempty"`
	Lessons       int    `json:"lessons,omitempty"`
	Minutes       int    `json:"minutes,omitempty"`
	// Formal says that a council of teachers or a personnel department may ask for it:
	// a course for teachers or officials.
	Formal  bool   `json:"formal,omitempty"`
	Level   string `json:"level,omitempty"`
	Sitting string `json:"sitting,omitempty"`

	At   store.Time `json:"at"`   // achieved
	Made store.Time `json:"made"` // issued
	List int        `json:"list"` // its place in the status lists
	Slot int        `json:"slot"`

	Named    bool       `json:"named,omitempty"` // the holder wants the name shown
	Name     string     `json:"name,omitempty"`  // sealed; there only while Named
	Initials string     `json:"initials,omitempty"`
	Changed  store.Time `json:"changed"` // when what it says changed last

	Revoked     *Revocation `json:"revoked,omitempty"`
	RevokedList int         `json:"revoked_list,omitempty"` // = List, once revoked
}

// Revocation says who took a credential back, and why.
type Revocation struct {
	At     store.Time `json:"at"`
	By     person.ID  `json:"by"`
	Reason Reason     `json:"reason"`
}

// Reason is why a credential was taken back.
type Reason string

// The reasons.
const (
	Mistake Reason = "mistake" // it should not have been issued
	Cheated Reason = "cheated" // somebody else did the work
	Asked   Reason = "asked"   // the holder asked
	Other   Reason = "other"
)

// Reasons lists them in the order of forms.
func Reasons() []Reason { return []Reason{Mistake, Cheated, Asked, Other} }

// slot is a claimed place, or the counter of places.
type slot struct {
	store.Doc
	Given int64 `json:"given,omitempty"`
}

// State is what a check of a credential says.
type State string

// The states.
const (
	Valid   State = "valid"
	Revoked State = "revoked"
	Unknown State = "unknown"
)

// View is what anybody may see of a credential.
type View struct {
	*Credential
	State State
	Who   string // the name or the initials, as the holder chose; empty when there is neither
}
