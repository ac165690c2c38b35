package round

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// State is how far a round is.
type State string

// The states.
const (
	Planned  State = "planned"
	Open     State = "open"   // people answer from Opens to Closes
	Reported State = "report" // closed, and its report is cut
	Thrown   State = "thrown" // a pilot whose answers were thrown away
)

// Grace is how long what was begun before the close may still be ended: a class whose
// lesson ran over, an answer kept on a phone without a network.
const Grace = 48 * time.Hour

// Asked is a role with its questionnaire.
type Asked struct {
	Role       institution.Role `json:"role"`
	Instrument string           `json:"instrument"`
}

// Order is the document that a round rests on.
type Order struct {
	Number string `json:"number"`
	Date   string `json:"date"` // day
	// Promise says that the order holds the sentence about answers having no
	// consequences; somebody who read it ticked that.
	Promise bool `json:"promise"`
	// Paper is the signed order itself; KeepOrder alone changes it.
	Paper OrderPaper `json:"paper,omitzero"`
}

// OrderPaper is the file of a signed order.
type OrderPaper struct {
	File string     `json:"file"` // in package media
	Name string     `json:"name"` // as it came
	Type string     `json:"type"` // content type its bytes say
	Size int64      `json:"size"` // bytes
	At   store.Time `json:"at"`
}

// Member is an institution in a role as it stood when the round opened.
type Member struct {
	Institution string           `json:"i"`
	Role        institution.Role `json:"r"`
	Frame       int64            `json:"n"` // 0: nobody knows
	Kind        institution.Kind `json:"k"`
	District    string           `json:"d,omitempty"`
	Path        []string         `json:"p"`
	Name        i18n.Text        `json:"t"` // on the day it opened
}

// Moved is a close that was put off.
type Moved struct {
	At   store.Time `json:"at"`
	From store.Time `json:"from"`
	To   store.Time `json:"to"`
}

// Round is one monitoring.
type Round struct {
	store.Doc
	Year    int        `json:"year"` // school year
	Title   i18n.Text  `json:"title"`
	Pilot   bool       `json:"pilot,omitempty"`
	Asked   []Asked    `json:"asked"`
	Bodies  []string   `json:"bodies"` // institutions
	Opens   store.Time `json:"opens"`
	Closes  store.Time `json:"closes"`
	Order   Order      `json:"order,omitzero"`
	State   State      `json:"state"`
	Members []Member   `json:"members,omitempty"` // settled when it opens
	Moves   []Moved    `json:"moves,omitempty"`
	Cut     store.Time `json:"cut,omitzero"`   // when the report was cut
	File    string     `json:"file,omitempty"` // where the report is kept; empty: by the round's id
	// Published says since when the data service gives the report to everybody.
	Published store.Time `json:"published,omitzero"`
	Changed   int64      `json:"changed"`
	Gone      bool       `json:"gone,omitempty"`
}

const indexChanged = "changed"

var roundSpec = store.Spec{Name: "rounds", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}

func mirrored(r *Round) mirror.Doc { return mirror.Doc{ID: r.ID, Changed: r.Changed, Gone: r.Gone} }

// Takes tells whether somebody may begin at a moment.
func (r *Round) Takes(at time.Time) bool {
	return r.State == Open && !at.Before(r.Opens.Time) && at.Before(r.Closes.Time)
}

// Ends tells whether what was begun may be ended at a moment.
func (r *Round) Ends(at time.Time) bool {
	return r.State == Open && !at.Before(r.Opens.Time) && at.Before(r.Closes.Add(Grace))
}

// Due tells whether the report may be cut.
func (r *Round) Due(at time.Time) bool { return r.State == Open && !at.Before(r.Closes.Add(Grace)) }

// InstrumentOf is the questionnaire of a role.
func (r *Round) InstrumentOf(role institution.Role) (string, bool) {
	for _, a := range r.Asked {
		if a.Role == role {
			return a.Instrument, true
		}
	}
	return "", false
}

// Member returns what an institution was asked for in a role.
func (r *Round) Member(id string, role institution.Role) (*Member, bool) {
	for i := range r.Members {
		if r.Members[i].Institution == id && r.Members[i].Role == role {
			return &r.Members[i], true
		}
	}
	return nil, false
}

// Bounds.
const (
	maxBodies = 3000
	maxTitle  = 200
	maxDays   = 200
)

// check names everything that is wrong with a plan. The pointers are the form's fields.
func (r *Round) check(known func(slug string) bool) error {
	var faults []fault.Field
	add := func(pointer, key string, args map[string]any) {
		faults = append(faults, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	if strings.TrimSpace(r.Title.UK) == "" {
		add("title_uk", "round.title", nil)
	}
	if utf8.RuneCountInString(r.Title.UK) > maxTitle || utf8.RuneCountInString(r.Title.EN) > maxTitle {
		add("title_uk", "institution.long", map[string]any{"N": maxTitle})
	}
	if r.Year < 2000 || r.Year > 2100 {
		add("year", "institution.year", nil)
	}
	if len(r.Asked) == 0 {
		add("asked", "round.asked", nil)
	}
	seen := map[institution.Role]bool{}
	for _, a := range r.Asked {
		if seen[a.Role] || !slices.Contains(institution.Roles(), a.Role) {
			add("asked", "round.asked_twice", nil)
		}
		seen[a.Role] = true
		if !known(a.Instrument) {
			add("instrument_"+string(a.Role), "round.instrument", nil)
		}
	}
	if len(r.Bodies) == 0 || len(r.Bodies) > maxBodies {
		add("bodies", "round.bodies", map[string]any{"N": maxBodies})
	}
	if !r.Closes.After(r.Opens.Time) {
		add("closes", "round.closes", nil)
	} else if r.Closes.Sub(r.Opens.Time) > maxDays*24*time.Hour {
		add("closes", "round.too_long", map[string]any{"N": maxDays})
	}
	if len(faults) == 0 {
		return nil
	}
	slices.SortStableFunc(faults, func(a, b fault.Field) int { return cmp.Compare(a.Pointer, b.Pointer) })
	return fault.InvalidFields(faults...)
}
