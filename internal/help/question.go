package help

import (
	"slices"
	"time"
	"unicode/utf8"

	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Way is how a question came.
type Way string

// The ways.
const (
	ByForm  Way = "form"
	ByPhone Way = "phone" // an operator wrote it down
	AtDesk  Way = "desk"  // somebody of a place wrote it down
)

// Reply is where the asker wants the answer.
type Reply string

// The ways back. By page the asker needs nothing but number and code.
const (
	OnPage  Reply = "page"
	ByEmail Reply = "email"
	ByCall  Reply = "phone" // the asker asked to be called; nobody is called otherwise
	InDesk  Reply = "desk"
)

// Replies lists the ways back.
func Replies() []Reply { return []Reply{OnPage, ByEmail, ByCall, InDesk} }

// Reason is why a question was closed without an answer.
type Reason string

// The reasons.
const (
	Double Reason = "double"
	Spam   Reason = "spam"
	Spoken Reason = "spoken" // settled while it was being written down
)

// Reasons lists them.
func Reasons() []Reason { return []Reason{Spoken, Double, Spam} }

// State is how far a question is.
type State string

// The states. A taken question is an open one that somebody holds.
const (
	Open     State = "open"
	Answered State = "answered"
	Closed   State = "closed"
)

// Bounds and terms.
const (
	MaxText   = 4000                 // letters of a question or an answer
	MaxNote   = 2000                 // letters of a note
	MaxNotes  = 50                   // notes of a question
	MaxShort  = 80                   // letters of a name
	Held      = 30 * time.Minute     // how long one operator holds a question without an act
	Keep      = 90 * 24 * time.Hour  // after the answer
	KeepOpen  = 180 * 24 * time.Hour // after the question, if nobody answered
	MaxWrong  = 30                   // wrong codes until only the telephone helps
	slowFrom  = 5                    // wrong codes in a row before each costs time
	slowWrong = 10 * time.Minute
)

// Question is one request. Its id is its number: six figures.
type Question struct {
	store.Doc
	Seed   string     `json:"seed"`            // hash of the form it came with
	Code   string     `json:"code"`            // keyed hash
	Token  string     `json:"token"`           // keyed hash of what the asker's browser holds
	Wrong  int64      `json:"wrong,omitempty"` // wrong codes so far
	Last   store.Time `json:"last"`            // of them
	At     store.Time `json:"at"`
	Topic  string     `json:"topic"`
	Area   string     `json:"area,omitempty"`
	Lang   string     `json:"lang"`
	Way    Way        `json:"way"`
	Place  string     `json:"place,omitempty"` // of a desk
	Reply  Reply      `json:"reply"`
	State  State      `json:"state"`
	Due    store.Time `json:"due"`
	Open   string     `json:"open,omitempty"` // Due while open, for the queue
	Done   string     `json:"done,omitempty"` // when answered or closed
	Late   bool       `json:"late,omitempty"`
	Holder person.ID  `json:"holder,omitempty"`
	Until  store.Time `json:"until"` // of the hold
	By     person.ID  `json:"by,omitempty"`
	Masked string     `json:"masked"`          // the question without personal data
	Found  []Kind     `json:"found,omitempty"` // what was taken out
	Sealed string     `json:"sealed"`          // Secret
	Notes  []Note     `json:"notes,omitempty"`
	Answer string     `json:"answer,omitempty"` // sealed
	Who    person.ID  `json:"who,omitempty"`    // answered
	Reason Reason     `json:"reason,omitempty"`
	Public string     `json:"public,omitempty"` // article made of it
	Helped string     `json:"helped,omitempty"` // yes or no, by the asker
	Ends   string     `json:"ends"`             // erased from then on
}

// Note is what one operator tells the next. The text is sealed.
type Note struct {
	At   store.Time `json:"at"`
	By   person.ID  `json:"by"`
	Text string     `json:"text"`
}

// Secret is what a question says and who asked: kept sealed.
type Secret struct {
	Text    string `json:"text"`
	Name    string `json:"name,omitempty"`
	Contact string `json:"contact,omitempty"` // phone or e-mail, by Reply
}

// HeldBy tells who holds the question now; empty for nobody.
func (q *Question) HeldBy(now time.Time) person.ID {
	if q.State == Open && now.Before(q.Until.Time) {
		return q.Holder
	}
	return ""
}

// Spoken is the number as it is said: two groups of three.
func (q *Question) Spoken() string { return Grouped(q.ID) }

// Grouped writes six figures as two groups.
func Grouped(six string) string {
	if len(six) != 6 {
		return six
	}
	return six[:3] + "\u202f" + six[3:]
}

// Opened is a question with what it says.
type Opened struct {
	*Question
	Secret Secret
	Notes  []Told
	Answer string
}

// Told is a note that was opened.
type Told struct {
	At   time.Time
	By   person.ID
	Text string
}

// Indexes of the questions.
const (
	indexOpen = "open"
	indexDone = "done"
	indexEnds = "ends"
)

// QuestionSpec, ArticleSpec, CountSpec and SettingsSpec declare the collections.
var (
	QuestionSpec = store.Spec{Name: "help_questions", Indexes: []store.Index{
		{Name: indexOpen, Fields: []string{"open"}}, {Name: indexDone, Fields: []string{"done"}}, {Name: indexEnds, Fields: []string{"ends"}}}}
	ArticleSpec  = store.Spec{Name: "help_articles", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}
	CountSpec    = store.Spec{Name: "help_counts"}
	SettingsSpec = store.Spec{Name: "help_settings"}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{QuestionSpec, ArticleSpec, CountSpec, SettingsSpec} }

func letters(s string) int { return utf8.RuneCountInString(s) }

func known[T comparable](x T, list []T) bool { return slices.Contains(list, x) }
