package event

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Kind is what an event is.
type Kind string

// The kinds, in the order of pages.
const (
	Course       Kind = "course"
	Lecture      Kind = "lecture"
	Consultation Kind = "consultation"
	Forum        Kind = "forum" // for older people (Concept 5.8)
	Club         Kind = "club"
)

// Kinds lists the kinds in the order of pages.
func Kinds() []Kind { return []Kind{Course, Lecture, Consultation, Forum, Club} }

// Audience is whom an event is for.
type Audience string

// The audiences, in the order of pages.
const (
	Everyone Audience = "everyone"
	Older    Audience = "older"
	Parents  Audience = "parents"
	Youth    Audience = "youth"    // 14 to 17
	Children Audience = "children" // under 14
)

// Audiences lists the audiences in the order of pages.
func Audiences() []Audience { return []Audience{Everyone, Older, Parents, Youth, Children} }

// Subjects are what events are about, in the order of pages: the six areas of the
// framework by the first thing people come with.
func Subjects() []string {
	return []string{"phone", "documents", "payments", "safety", "messages", "health", "pictures", "work", "ai"}
}

// State is what became of an occurrence.
type State string

// The states. Ended is told by the clock and never stored.
const (
	Planned   State = "planned"
	Cancelled State = "cancelled"
	Moved     State = "moved"   // «перенесено через тривогу»
	Shelter   State = "shelter" // «перейшли в укриття»
	Ended     State = "ended"
)

// Limits of an event.
const (
	MaxTitle     = 300 // characters
	MaxAbout     = 4000
	MaxSeats     = 500
	MaxMaterials = 20
	minMinutes   = 10
	maxMinutes   = 12 * 60
)

// Material is what one may read afterwards.
type Material struct {
	Title string `json:"title"`
	Href  string `json:"href"` // of this site, or https
}

// Change is what is different at one occurrence. Empty members are as in the event.
type Change struct {
	State   State     `json:"state,omitempty"`
	Day     string    `json:"day,omitempty"` // another day
	Clock   string    `json:"clock,omitempty"`
	Minutes int       `json:"minutes,omitempty"`
	Place   string    `json:"place,omitempty"`
	Room    string    `json:"room,omitempty"`
	Seats   int       `json:"seats,omitempty"`
	Note    i18n.Text `json:"note"` // shown to everybody
}

// Event is one thing that is on, once or again and again.
type Event struct {
	store.Doc
	Slug      string            `json:"slug"`
	Kind      Kind              `json:"kind"`
	Title     i18n.Text         `json:"title"`
	About     i18n.Text         `json:"about"`
	Bring     i18n.Text         `json:"bring"` // what to take along
	Subjects  []string          `json:"subjects,omitempty"`
	Audience  Audience          `json:"audience"`
	Place     string            `json:"place"`            // venue; also of an event online: who holds it
	Online    string            `json:"online,omitempty"` // address of the call: for those booked
	Room      string            `json:"room,omitempty"`
	Leader    person.ID         `json:"leader,omitempty"` // staff only
	Seats     int               `json:"seats"`
	Book      bool              `json:"book"`    // false: come without
	Waiting   bool              `json:"waiting"` // a waiting list is kept
	Day       string            `json:"day"`     // first day in Kyiv
	Clock     string            `json:"clock"`   // wall clock of Kyiv
	Minutes   int               `json:"minutes"`
	Rule      Rule              `json:"rule"`
	Changes   map[string]Change `json:"changes,omitempty"` // by key of the occurrence
	Materials []Material        `json:"materials,omitempty"`
	Draft     bool              `json:"draft,omitempty"`
	Demo      bool              `json:"demo,omitempty"`
	Made      store.Time        `json:"made"`
	Changed   int64             `json:"changed"` // stamp of the mirror, Unix microseconds
	Gone      bool              `json:"gone,omitempty"`
}

// Clone copies an event deeply enough to be edited.
func (e *Event) Clone() *Event {
	c := *e
	c.Subjects, c.Materials, c.Rule.Days = slices.Clone(e.Subjects), slices.Clone(e.Materials), slices.Clone(e.Rule.Days)
	c.Changes = make(map[string]Change, len(e.Changes))
	for k, v := range e.Changes {
		c.Changes[k] = v
	}
	return &c
}

// Occurrence is an event on one day.
type Occurrence struct {
	Event      *Event
	Key        string // day of the rule, "20261124"; it stays when the occurrence is moved
	Start, End time.Time
	State      State // without Ended
	Place      string
	Room       string
	Seats      int
	Note       i18n.Text
}

// Ref names the occurrence in bookings.
func (o *Occurrence) Ref() string { return o.Event.ID + ":" + o.Key }

// Now is the state at a moment.
func (o *Occurrence) Now(now time.Time) State {
	if o.State != Cancelled && o.State != Moved && !now.Before(o.End) {
		return Ended
	}
	return o.State
}

// Occurrences lists the occurrences by their start. An event that is broken has none.
func (e *Event) Occurrences() (list []*Occurrence) {
	days, err := e.Rule.Dates(e.Day)
	if err != nil {
		return nil
	}
	for _, day := range days {
		if o := e.occurrence(day); o != nil {
			list = append(list, o)
		}
	}
	slices.SortStableFunc(list, func(a, b *Occurrence) int { return a.Start.Compare(b.Start) })
	return list
}

func (e *Event) occurrence(day string) *Occurrence {
	key := strings.ReplaceAll(day, "-", "")
	c := e.Changes[key]
	o := &Occurrence{Event: e, Key: key, State: c.State, Place: c.Place, Room: c.Room, Seats: c.Seats, Note: c.Note}
	clock, minutes := c.Clock, c.Minutes
	if c.Day != "" {
		day = c.Day
	}
	if clock == "" {
		clock = e.Clock
	}
	if minutes == 0 {
		minutes = e.Minutes
	}
	if o.State == "" {
		o.State = Planned
	}
	if o.Place == "" {
		o.Place = e.Place
	}
	if o.Room == "" {
		o.Room = e.Room
	}
	if o.Seats == 0 {
		o.Seats = e.Seats
	}
	start, err := at(day, clock)
	if err != nil {
		return nil
	}
	o.Start, o.End = start, start.Add(time.Duration(minutes)*time.Minute)
	return o
}

// Occurrence is the one of a key; nil when there is none.
func (e *Event) Occurrence(key string) *Occurrence {
	for _, o := range e.Occurrences() {
		if o.Key == key {
			return o
		}
	}
	return nil
}

var keyForm = regexp.MustCompile(`^\d{8}$`)

// Check names what is wrong with an event that begins in the future. Errors: Invalid
// with fields of the form.
func (e *Event) Check(now time.Time) error {
	var bad []fault.Field
	say := func(pointer, key string, args map[string]any) {
		bad = append(bad, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	long := func(pointer string, t i18n.Text, most int) {
		if max(utf8.RuneCountInString(t.UK), utf8.RuneCountInString(t.EN)) > most {
			say(pointer, "event.long", map[string]any{"Max": most})
		}
	}
	if strings.TrimSpace(e.Title.UK) == "" {
		say("title", "event.no_title", nil)
	}
	long("title", e.Title, MaxTitle)
	long("about", e.About, MaxAbout)
	long("bring", e.Bring, MaxTitle)
	if !slices.Contains(Kinds(), e.Kind) {
		say("kind", "event.kind_unknown", nil)
	}
	if !slices.Contains(Audiences(), e.Audience) {
		say("audience", "event.audience_unknown", nil)
	}
	for _, x := range e.Subjects {
		if !slices.Contains(Subjects(), x) {
			say("subjects", "event.subject_unknown", nil)
		}
	}
	if e.Place == "" || len(e.Place) > 64 {
		say("place", "event.no_place", nil)
	}
	if e.Online != "" && !link(e.Online) {
		say("online", "event.online_link", nil)
	}
	if utf8.RuneCountInString(e.Room) > 120 {
		say("room", "event.long", map[string]any{"Max": 120})
	}
	if e.Audience == Children && !e.Book {
		say("book", "event.children_book", nil)
	}
	if (e.Book || e.Seats != 0) && (e.Seats < 1 || e.Seats > MaxSeats) {
		say("seats", "event.seats", map[string]any{"Max": MaxSeats})
	}
	if e.Minutes < minMinutes || e.Minutes > maxMinutes {
		say("minutes", "event.length", map[string]any{"Min": minMinutes, "Max": maxMinutes})
	}
	if len(e.Materials) > MaxMaterials {
		say("materials", "event.materials", map[string]any{"Max": MaxMaterials})
	}
	for _, m := range e.Materials {
		if utf8.RuneCountInString(m.Title) > MaxTitle || !link(m.Href) && !strings.HasPrefix(m.Href, "/") || strings.HasPrefix(m.Href, "//") {
			say("materials", "event.material_link", nil)
		}
	}
	if _, err := time.Parse(clockLayout, e.Clock); err != nil {
		say("clock", "event.clock", nil)
	}
	days, err := e.Rule.Dates(e.Day)
	if f := fault.As(err); f != nil {
		bad = append(bad, f.Fields...)
	} else if all := e.Occurrences(); len(bad) == 0 && len(days) > 0 && (len(all) == 0 || !all[len(all)-1].End.After(now)) {
		say("day", "event.past", nil)
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

func (c Change) check(e *Event, key string, now time.Time) error {
	var bad []fault.Field
	say := func(pointer, key string, args map[string]any) {
		bad = append(bad, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	if !keyForm.MatchString(key) || e.Occurrence(key) == nil {
		return fault.New(fault.NotFound, "")
	}
	if !slices.Contains([]State{"", Planned, Cancelled, Moved, Shelter}, c.State) {
		say("state", "event.state_unknown", nil)
	}
	if c.Minutes != 0 && (c.Minutes < minMinutes || c.Minutes > maxMinutes) {
		say("minutes", "event.length", map[string]any{"Min": minMinutes, "Max": maxMinutes})
	}
	if c.Seats < 0 || c.Seats > MaxSeats {
		say("seats", "event.seats", map[string]any{"Max": MaxSeats})
	}
	if len(c.Place) > 64 || utf8.RuneCountInString(c.Room) > 120 {
		say("place", "event.no_place", nil)
	}
	if max(utf8.RuneCountInString(c.Note.UK), utf8.RuneCountInString(c.Note.EN)) > MaxTitle {
		say("note", "event.long", map[string]any{"Max": MaxTitle})
	}
	if c.Clock != "" {
		if _, err := time.Parse(clockLayout, c.Clock); err != nil {
			say("clock", "event.clock", nil)
		}
	}
	if c.Day != "" {
		if _, err := time.Parse(dayLayout, c.Day); err != nil {
			say("day", "event.day", nil)
		}
	}
	if len(bad) == 0 {
		probe := e.Clone()
		probe.Changes[key] = c
		if o := probe.Occurrence(key); o == nil || (c.Day != "" || c.Clock != "") && c.State != Cancelled && !o.Start.After(now) {
			say("day", "event.past", nil)
		}
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

func link(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && len(text) <= 500
}
