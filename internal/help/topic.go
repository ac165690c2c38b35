package help

import (
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Topic is what a question is about: the city's own list, in the order of the form. The
// area of the framework is where a course would help; empty for none.
type Topic struct {
	ID    string
	Area  string // ua1…ua6
	Hours int    // working hours until an answer, unless the city sets others
}

// Fraud comes first everywhere.
const Fraud = "fraud"

var topics = []Topic{
	{Fraud, "ua5", 1},
	{"account", "ua5", 8},
	{"services", "ua4", 16},
	{"device", "ua1", 16},
	{"search", "ua2", 16},
	{"files", "ua3", 24},
	{"learning", "", 16},
	{"places", "", 16},
	{"other", "", 24},
}

// Topics lists all topics.
func Topics() []Topic { return slices.Clone(topics) }

func topicOf(id string) (Topic, bool) {
	i := slices.IndexFunc(topics, func(t Topic) bool { return t.ID == id })
	if i < 0 {
		return Topic{}, false
	}
	return topics[i], true
}

// Areas lists the areas a question may belong to.
func Areas() []string { return []string{"ua1", "ua2", "ua3", "ua4", "ua5", "ua6"} }

// Span is a stretch of a day in minutes from midnight in Kyiv; empty: closed.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Settings are what the city decides about the hotline. Number, charge and the hours in
// words stand in the configuration of the site.
type Settings struct {
	store.Doc
	Week    [7]Span        `json:"week"`             // Monday first
	Closed  []string       `json:"closed,omitempty"` // days off, "2026-12-25"
	Away    i18n.Text      `json:"away"`             // what is said out of hours, on the page and by the recorded voice
	Levels  map[string]int `json:"levels,omitempty"` // topic to working hours
	Changed store.Time     `json:"changed"`          // zero: nobody has set anything
	By      person.ID      `json:"by,omitempty"`
}

const settingsID = "hotline"

// MaxLevel bounds a service level, in working hours.
const MaxLevel = 200

// usual are the settings before anybody changed them.
func usual() *Settings {
	s := &Settings{Doc: store.Doc{ID: settingsID}, Levels: map[string]int{}}
	for i := range 5 {
		s.Week[i] = Span{9 * 60, 18 * 60}
	}
	return s
}

// Known tells whether somebody has set the hours: before that no page says whether
// anybody is there now.
func (s *Settings) Known() bool { return !s.Changed.IsZero() }

// Level is how many working hours an answer on a topic may take.
func (s *Settings) Level(topic string) int {
	if n := s.Levels[topic]; n > 0 {
		return n
	}
	t, _ := topicOf(topic)
	return max(t.Hours, 1)
}

// day is the span of a day; empty when closed.
func (s *Settings) day(t time.Time) Span {
	t = t.In(i18n.Kyiv)
	if slices.Contains(s.Closed, t.Format(time.DateOnly)) {
		return Span{}
	}
	return s.Week[(int(t.Weekday())+6)%7]
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(i18n.Kyiv).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, i18n.Kyiv)
}

func (x Span) on(day time.Time) (from, to time.Time) {
	y, m, d := day.In(i18n.Kyiv).Date()
	return time.Date(y, m, d, 0, x.From, 0, 0, i18n.Kyiv), time.Date(y, m, d, 0, x.To, 0, 0, i18n.Kyiv)
}

// OpenAt tells whether somebody answers at a moment.
func (s *Settings) OpenAt(t time.Time) bool {
	from, to := s.day(t).on(t)
	return !t.Before(from) && t.Before(to)
}

// maxDays bounds how far ahead working hours are looked for.
const maxDays = 120

// Opens is when somebody answers next; zero when nobody does within 120 days.
func (s *Settings) Opens(t time.Time) time.Time {
	day := midnight(t)
	for range maxDays {
		if x := s.day(day); x.To > x.From {
			if from, to := x.on(day); t.Before(to) {
				if t.After(from) {
					return t
				}
				return from
			}
		}
		day = midnight(day.Add(36 * time.Hour)) // a day may have 25 hours
	}
	return time.Time{}
}

// Due is the moment until which an answer on a topic is promised: so many working hours
// later. Without working hours it counts plain ones.
func (s *Settings) Due(topic string, asked time.Time) time.Time {
	left := time.Duration(s.Level(topic)) * time.Hour
	day, at := midnight(asked), asked
	for range maxDays {
		if x := s.day(day); x.To > x.From {
			from, to := x.on(day)
			if at.After(from) {
				from = at
			}
			if open := to.Sub(from); open > 0 {
				if left <= open {
					return from.Add(left)
				}
				left -= open
			}
		}
		day = midnight(day.Add(36 * time.Hour))
	}
	return asked.Add(time.Duration(s.Level(topic)) * time.Hour)
}

// Check names what is wrong. Errors: Invalid with the fields day0…day6, closed, away_uk
// and level.<topic>.
func (s *Settings) Check() error {
	var bad []fault.Field
	for i, x := range s.Week {
		if x != (Span{}) && (x.From < 0 || x.To > 24*60 || x.From >= x.To) {
			bad = append(bad, fault.Field{Pointer: "day" + string(rune('0'+i)), Key: "help.bad.span"})
		}
	}
	for _, d := range s.Closed {
		if _, err := time.Parse(time.DateOnly, d); err != nil || len(s.Closed) > 100 {
			bad = append(bad, fault.Field{Pointer: "closed", Key: "help.bad.day"})
			break
		}
	}
	for _, t := range topics {
		if n := s.Levels[t.ID]; n < 0 || n > MaxLevel {
			bad = append(bad, fault.Field{Pointer: "level." + t.ID, Key: "help.bad.level", Args: map[string]any{"Max": MaxLevel}})
		}
	}
	for _, x := range []struct{ name, text string }{{"away_uk", s.Away.UK}, {"away_en", s.Away.EN}} {
		if letters(x.text) > 1000 {
			bad = append(bad, fault.Field{Pointer: x.name, Key: "page.form.long", Args: map[string]any{"Max": 1000}})
		}
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}
