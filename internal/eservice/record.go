package eservice

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Record is what the city has said about one instruction; its id is the slug.
type Record struct {
	store.Doc
	Changed int64 `json:"changed"`
	Gone    bool  `json:"gone,omitempty"`

	Verified *Verified           `json:"verified,omitempty"`
	Until    string              `json:"until,omitempty"` // day; over the file's valid_until
	Hidden   bool                `json:"hidden,omitempty"`
	Version  int                 `json:"version,omitempty"` // of Text, from 1
	Text     *manual.Instruction `json:"text,omitempty"`    // corrected in the browser; nil: as in the file
	From     string              `json:"from,omitempty"`    // hash of the file that was corrected
	History  []Act               `json:"history,omitempty"` // newest first, at most maxHistory
}

// Verified is a confirmation by a named person.
type Verified struct {
	Name   string     `json:"name"`   // as people read it: name and office
	Source string     `json:"source"` // the official page that was opened
	On     string     `json:"on"`     // day
	By     person.ID  `json:"by"`
	At     store.Time `json:"at"`
	Hash   string     `json:"hash"` // of the text that was confirmed
}

// Act is one line of an instruction's history.
type Act struct {
	What string     `json:"what"` // "verified", "expired", "hidden", "shown", "corrected", "restored"
	Step string     `json:"step,omitempty"`
	By   person.ID  `json:"by"`
	At   store.Time `json:"at"`
}

const maxHistory = 50

// Warning is a public warning against a fraud.
type Warning struct {
	store.Doc
	Changed int64 `json:"changed"`
	Gone    bool  `json:"gone,omitempty"`

	Title   i18n.Text  `json:"title"`
	Looks   i18n.Text  `json:"looks"` // how it looks
	Act     i18n.Text  `json:"act"`   // what to do
	Scheme  int        `json:"scheme,omitempty"`
	Picture string     `json:"picture,omitempty"` // address of an uploaded file below /media/
	Alt     i18n.Text  `json:"alt,omitzero"`
	Made    store.Time `json:"made"`
	Until   store.Time `json:"until"` // it disappears by itself then
	By      person.ID  `json:"by"`
	Ended   bool       `json:"ended,omitempty"` // taken back before its time
	Demo    bool       `json:"demo,omitempty"`
}

// Live tells whether the public sees the warning.
func (w *Warning) Live(now time.Time) bool {
	return !w.Gone && !w.Ended && !now.Before(w.Made.Time) && now.Before(w.Until.Time)
}

// Month counts what the service centre did with one service in one month. Its id is
// "2026-10.slug".
type Month struct {
	store.Doc
	Service string     `json:"service"` // slug of an instruction, or the name the centre uses
	Online  int64      `json:"online"`
	Desk    int64      `json:"desk"`
	Helped  int64      `json:"helped"` // came to the centre and were helped with the online way
	By      person.ID  `json:"by"`
	At      store.Time `json:"at"`
	Demo    bool       `json:"demo,omitempty"`
}

// counter is the use of an instruction on one day. Its id is "2026-11-22.slug"; "stop"
// counts by step.
type counter struct {
	store.Doc
	Open  int64            `json:"open"`
	Out   int64            `json:"out"`
	Yes   int64            `json:"yes"`
	No    int64            `json:"no"`
	Print int64            `json:"print"`
	Stop  map[string]int64 `json:"stop"`
}

const byChanged = "by_changed"

var (
	recordSpec  = store.Spec{Name: "service_records", Indexes: []store.Index{{Name: byChanged, Fields: []string{"changed"}}}}
	warningSpec = store.Spec{Name: "service_warnings", Indexes: []store.Index{{Name: byChanged, Fields: []string{"changed"}}}}
	monthSpec   = store.Spec{Name: "service_months"}
	counterSpec = store.Spec{Name: "service_counters"}
)

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{recordSpec, warningSpec, monthSpec, counterSpec} }

// Fields are the data about people that this package holds: pseudonyms of staff, and
// the name a confirming person chose to sign with.
func Fields() []person.Field {
	basis := i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"}
	return []person.Field{
		{Kind: "items", Stored: "service_records.history.by, service_warnings.by, service_months.by", What: i18n.Text{UK: "хто з персоналу підтвердив, виправив, попередив, вніс дані ЦНАП", EN: "who of the staff confirmed, corrected, warned, brought counts"},
			Basis: basis, Recipient: i18n.Text{UK: "редактори міста", EN: "the city's editors"}},
		{Kind: "items", Stored: "service_records.verified.name", What: i18n.Text{UK: "ім’я й посада, якими людина підписала перевірку інструкції", EN: "name and office with which somebody signed a check of an instruction"},
			Basis: basis, Recipient: i18n.Text{UK: "усі, хто читає інструкцію", EN: "everybody who reads the instruction"}},
	}
}

// hashOf names a text: any change of a word, a date or an address gives another one.
func hashOf(in *manual.Instruction) string {
	raw, err := json.Marshal(in)
	if err != nil {
		return "" // an instruction holds only texts and numbers
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:12])
}
