package place

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// Span is a stretch of a day in minutes after midnight of Kyiv, the end excluded.
// An end of 1440 is midnight; a span does not run into the next day.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// String writes «8:00–17:00».
func (s Span) String() string { return clock(s.From) + "–" + clock(s.To) }

func clock(m int) string { return fmt.Sprintf("%d:%02d", m/60, m%60) }

// Reason is why a day is not as usual.
type Reason string

// The reasons, in the order of pages.
const (
	Holiday  Reason = "holiday"
	Repair   Reason = "repair"
	AirRaid  Reason = "air-raid" // closed after an attack, or while alarms are many
	PowerCut Reason = "power-cut"
	Sanitary Reason = "sanitary" // the monthly cleaning day
	Event    Reason = "event"
	Special  Reason = "special"
)

// Reasons lists them.
func Reasons() []Reason {
	return []Reason{Holiday, Sanitary, Repair, AirRaid, PowerCut, Event, Special}
}

// Exception is a stretch of days that are not as usual. No spans: closed.
type Exception struct {
	From   string `json:"from"` // 2026-12-31
	To     string `json:"to"`   // included
	Spans  []Span `json:"spans,omitempty"`
	Reason Reason `json:"reason"`
}

// Days is a week, Monday first.
type Days [7][]Span

// MarshalJSON writes a day without hours as an empty list: the store takes no null there.
func (d Days) MarshalJSON() ([]byte, error) {
	var full [7][]Span
	for i, spans := range d {
		full[i] = append([]Span{}, spans...)
	}
	return json.Marshal(full)
}

// Hours is when a place is open.
type Hours struct {
	Week       Days        `json:"week"`                  // Monday first
	Known      bool        `json:"known"`                 // false: nobody has said when it is open
	Exceptions []Exception `json:"exceptions,omitempty"`  // by From
	Outages    bool        `json:"outages,omitempty"`     // «за графіком відключень»
	OutagesAt  store.Time  `json:"outages_at"`            // when that was last confirmed
	AlarmShuts bool        `json:"alarm_shuts,omitempty"` // closes during an air raid alarm
}

// Clone copies the hours deeply.
func (h Hours) Clone() Hours {
	for i := range h.Week {
		h.Week[i] = slices.Clone(h.Week[i])
	}
	h.Exceptions = slices.Clone(h.Exceptions)
	for i := range h.Exceptions {
		h.Exceptions[i].Spans = slices.Clone(h.Exceptions[i].Spans)
	}
	return h
}

// Bounds of hours.
const (
	maxSpans      = 4   // of a day
	maxExceptions = 120 // of a place
	maxStretch    = 370 // days of an exception
)

// day is a day of Kyiv without a zone.
func day(text string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, text)
	return t, err == nil && t.Year() > 2000 && t.Year() < 2200
}

// checkSpans names what is wrong with the spans of a day.
func checkSpans(pointer string, spans []Span) []fault.Field {
	if len(spans) > maxSpans {
		return []fault.Field{{Pointer: pointer, Key: "place.hours_many", Args: map[string]any{"N": maxSpans}}}
	}
	for i, s := range spans {
		if s.From < 0 || s.To > 24*60 || s.From >= s.To {
			return []fault.Field{{Pointer: pointer, Key: "place.hours_order", Args: map[string]any{"Span": s.String()}}}
		}
		if i > 0 && s.From < spans[i-1].To {
			return []fault.Field{{Pointer: pointer, Key: "place.hours_overlap", Args: map[string]any{"A": spans[i-1].String(), "B": s.String()}}}
		}
	}
	return nil
}

// Check names what is wrong; spans must be in order.
func (h *Hours) Check() (faults []fault.Field) {
	for i, spans := range h.Week {
		faults = append(faults, checkSpans("day"+strconv.Itoa(i), spans)...)
	}
	if len(h.Exceptions) > maxExceptions {
		return append(faults, fault.Field{Pointer: "exceptions", Key: "place.exceptions_many", Args: map[string]any{"N": maxExceptions}})
	}
	last := ""
	for _, e := range h.Exceptions {
		from, ok1 := day(e.From)
		to, ok2 := day(e.To)
		switch {
		case !ok1 || !ok2:
			faults = append(faults, fault.Field{Pointer: "exceptions", Key: "place.exception_day", Args: map[string]any{"Day": e.From + " – " + e.To}})
		case to.Before(from) || to.Sub(from) > maxStretch*24*time.Hour:
			faults = append(faults, fault.Field{Pointer: "exceptions", Key: "place.exception_order", Args: map[string]any{"Day": e.From + " – " + e.To}})
		case e.From <= last:
			faults = append(faults, fault.Field{Pointer: "exceptions", Key: "place.exception_overlap", Args: map[string]any{"Day": e.From}})
		case !slices.Contains(Reasons(), e.Reason):
			faults = append(faults, fault.Field{Pointer: "exceptions", Key: "place.exception_reason"})
		}
		faults = append(faults, checkSpans("exceptions", e.Spans)...)
		last = e.To
	}
	return faults
}

// Sort puts spans and exceptions in order.
func (h *Hours) Sort() {
	by := func(list []Span) { sort.Slice(list, func(i, j int) bool { return list[i].From < list[j].From }) }
	for i := range h.Week {
		by(h.Week[i])
	}
	sort.Slice(h.Exceptions, func(i, j int) bool { return h.Exceptions[i].From < h.Exceptions[j].From })
	for i := range h.Exceptions {
		by(h.Exceptions[i].Spans)
	}
}

// On lists the spans of a day of Kyiv, and the exception that made them, if one did.
func (h *Hours) On(t time.Time) ([]Span, *Exception) {
	t = t.In(i18n.Kyiv)
	return h.on(t.Weekday(), h.dayIfNeeded(t))
}

func (h *Hours) dayIfNeeded(local time.Time) string {
	if len(h.Exceptions) == 0 {
		return ""
	}
	return local.Format(time.DateOnly)
}

func (h *Hours) on(weekday time.Weekday, date string) ([]Span, *Exception) {
	for i := range h.Exceptions {
		if e := &h.Exceptions[i]; e.From <= date && date <= e.To {
			return e.Spans, e
		}
	}
	return h.Week[(int(weekday)+6)%7], nil
}

// State is what the hours say of a moment.
type State struct {
	Open    bool
	Known   bool       // false: nobody has said when it is open
	Until   time.Time  // when it closes, or opens next; zero: not within two weeks
	Why     Reason     // of a day that is not as usual
	Outages bool       // the hours hold only as far as the power cuts let them
	Seen    time.Time  // when that was last confirmed; zero: never
	Today   []Span     // of this day
	Except  *Exception // that holds today
}

// At tells what the hours say of a moment.
func (h *Hours) At(t time.Time) State {
	s := State{Known: h.Known, Outages: h.Outages, Seen: h.OutagesAt.Time}
	if !h.Known {
		return s
	}
	local := t.In(i18n.Kyiv)
	minute := local.Hour()*60 + local.Minute()
	s.Today, s.Except = h.on(local.Weekday(), h.dayIfNeeded(local))
	if s.Except != nil {
		s.Why = s.Except.Reason
	}
	for i, sp := range s.Today {
		if minute >= sp.From && minute < sp.To {
			s.Open = true
			end := sp.To
			for _, next := range s.Today[i+1:] { // spans that touch are one
				if next.From == end {
					end = next.To
				}
			}
			s.Until = at(local, 0, end)
			return s
		}
		if minute < sp.From {
			s.Until = at(local, 0, sp.From)
			return s
		}
	}
	for ahead := 1; ahead <= 14; ahead++ {
		next := at(local, ahead, 12*60)
		if spans, _ := h.On(next); len(spans) > 0 {
			s.Until = at(local, ahead, spans[0].From)
			return s
		}
	}
	return s
}

// at is a minute of a day so many days ahead; clock changes are the calendar's matter.
func at(local time.Time, days, minute int) time.Time {
	return time.Date(local.Year(), local.Month(), local.Day()+days, minute/60, minute%60, 0, 0, local.Location())
}

// openAt answers Open for many places at one moment: what does not change between them
// is computed once.
type moment struct {
	weekday time.Weekday
	date    string
	minute  int
}

func momentOf(t time.Time) moment {
	local := t.In(i18n.Kyiv)
	return moment{local.Weekday(), local.Format(time.DateOnly), local.Hour()*60 + local.Minute()}
}

func (h *Hours) open(m moment) bool {
	if !h.Known {
		return false
	}
	spans, _ := h.on(m.weekday, m.date)
	for _, s := range spans {
		if m.minute >= s.From && m.minute < s.To {
			return true
		}
	}
	return false
}

// Minutes counts the open minutes of a usual week.
func (h *Hours) Minutes() (n int) {
	for _, d := range h.Week {
		for _, s := range d {
			n += s.To - s.From
		}
	}
	return n
}

// ParseSpans reads the hours of a day as people write them: «8:00–17:00», «8.00-13.00,
// 14.00-17.00», «9-18»; empty, «вихідний», «–» are closed. ok is false for what is no time.
func ParseSpans(text string) (spans []Span, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	switch text {
	case "", "-", "–", "—", "вихідний", "зачинено", "closed", "вих", "вих.":
		return nil, true
	case "цілодобово", "24/7":
		return []Span{{0, 24 * 60}}, true
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ';' }) {
		part = strings.NewReplacer("–", "-", "—", "-", "−", "-", " до ", "-", "з ", "", " to ", "-").Replace(strings.TrimSpace(part))
		a, b, two := strings.Cut(part, "-")
		from, ok1 := parseClock(a)
		to, ok2 := parseClock(b)
		if !two || !ok1 || !ok2 {
			return nil, false
		}
		if to == 0 {
			to = 24 * 60
		}
		spans = append(spans, Span{from, to})
	}
	return spans, len(spans) > 0
}

func parseClock(text string) (int, bool) {
	text = strings.TrimSpace(text)
	h, m, has := strings.Cut(strings.ReplaceAll(text, ".", ":"), ":")
	if !has {
		m = "0"
	}
	hour, err1 := strconv.Atoi(strings.TrimSpace(h))
	minute, err2 := strconv.Atoi(strings.TrimSpace(m))
	if err1 != nil || err2 != nil || hour < 0 || hour > 24 || minute < 0 || minute > 59 || hour == 24 && minute > 0 {
		return 0, false
	}
	return hour*60 + minute, true
}

// WriteSpans writes the hours of a day so that ParseSpans reads them again.
func WriteSpans(spans []Span) string {
	list := make([]string, len(spans))
	for i, s := range spans {
		list[i] = s.String()
	}
	return strings.Join(list, ", ")
}

var weekNames = map[string]int{
	"пн": 0, "вт": 1, "ср": 2, "чт": 3, "пт": 4, "сб": 5, "нд": 6, "mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6,
	"mo": 0, "tu": 1, "we": 2, "th": 3, "fr": 4, "sa": 5, "su": 6, "неділя": 6, "понеділок": 0, "вівторок": 1, "середа": 2, "четвер": 3, "п’ятниця": 4, "п'ятниця": 4, "субота": 5,
}

// ParseWeek reads a week in one line: «пн, вт, чт 8.00–17.00; ср 8.00–20.00; пт–сб
// 8.00–16.00», also "Mo-Fr 09:00-18:00". Days that are not named are closed.
func ParseWeek(text string) (week [7][]Span, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "цілодобово" || text == "24/7" {
		for i := range week {
			week[i] = []Span{{0, 24 * 60}}
		}
		return week, true
	}
	if strings.HasPrefix(text, "щодня ") || strings.HasPrefix(text, "щодня:") {
		text = "пн-нд" + strings.TrimPrefix(text[len("щодня"):], ":")
	}
	any := false
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ';' || r == '\n' }) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		cut := strings.IndexAny(part, "0123456789")
		closed := false
		if cut < 0 {
			for _, word := range []string{"вихідний", "вихідні", "зачинено", "closed", "off"} {
				if at := strings.Index(part, word); at > 0 {
					cut, closed = at, true
				}
			}
		}
		if cut <= 0 {
			return week, false
		}
		days, ok := parseDays(part[:cut])
		if !ok {
			return week, false
		}
		var spans []Span
		if !closed {
			if spans, ok = ParseSpans(part[cut:]); !ok {
				return week, false
			}
		}
		for _, d := range days {
			week[d] = spans
		}
		any = true
	}
	return week, any
}

func parseDays(text string) (days []int, ok bool) {
	text = strings.NewReplacer("–", "-", "—", "-", ":", " ", " та ", ",", " і ", ",", "з ", " ", ".", "").Replace(text)
	for _, part := range strings.Split(text, ",") {
		a, b, is := strings.Cut(strings.TrimSpace(part), "-")
		from, ok1 := weekNames[strings.TrimSpace(a)]
		if !is {
			b = a
		}
		to, ok2 := weekNames[strings.TrimSpace(b)]
		if !ok1 || !ok2 || to < from {
			return nil, false
		}
		for d := from; d <= to; d++ {
			days = append(days, d)
		}
	}
	return days, len(days) > 0
}
