package event

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// Every is how often an event repeats.
type Every string

// The repetitions. Monthly repeats on the same day of the month and skips months without
// it; MonthlyDay on the same weekday of the same week of the month.
const (
	Once       Every = ""
	Weekly     Every = "weekly"
	Monthly    Every = "monthly"
	MonthlyDay Every = "monthly-day"
)

// Limits of a repetition.
const (
	MaxOccurrences = 200
	MaxStep        = 12
	horizon        = 2 * 366 // days from the first to the last
)

// Rule says on which days an event is.
type Rule struct {
	Every Every          `json:"every,omitempty"`
	Step  int            `json:"step,omitempty"`  // 2: every second week or month; 0 means 1
	Days  []time.Weekday `json:"days,omitempty"`  // of Weekly; none: the weekday of the first
	Until string         `json:"until,omitempty"` // last day, "2026-12-31"
}

const (
	dayLayout   = time.DateOnly
	clockLayout = "15:04"
	keyLayout   = "20060102"
)

// Moment is the time of a wall clock of Kyiv on a day.
func Moment(y int, m time.Month, d, hour, minute int) time.Time {
	t := time.Date(y, m, d, hour, minute, 0, 0, i18n.Kyiv)
	want := time.Date(y, m, d, hour, minute, 0, 0, time.UTC)
	wall := func(t time.Time) time.Time {
		t = t.In(i18n.Kyiv)
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
	}
	if w := wall(t); w.Before(want) { // in the gap: time.Date may go either way
		return t.Add(want.Sub(w))
	}
	if earlier := t.Add(-time.Hour); wall(earlier).Equal(want) {
		return earlier
	}
	return t
}

// at is the moment of a wall clock "11:00" on a day "2026-11-24".
func at(day, clock string) (time.Time, error) {
	d, err := time.Parse(dayLayout, day)
	if err != nil {
		return time.Time{}, fault.From(err, fault.Invalid, "")
	}
	c, err := time.Parse(clockLayout, clock)
	if err != nil {
		return time.Time{}, fault.From(err, fault.Invalid, "")
	}
	return Moment(d.Year(), d.Month(), d.Day(), c.Hour(), c.Minute()), nil
}

// Days lists the days of an event whose first one is given, in order, at most
// MaxOccurrences. Errors: Invalid with fields of the form.
func (r Rule) Dates(first string) (days []string, err error) {
	begin, err := time.Parse(dayLayout, first)
	if err != nil {
		return nil, fault.InvalidFields(fault.Field{Pointer: "day", Key: "event.day"})
	}
	if r.Every == Once {
		return []string{first}, nil
	}
	bad := func(pointer, key string, args map[string]any) error {
		return fault.InvalidFields(fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	step := max(r.Step, 1)
	if step > MaxStep {
		return nil, bad("step", "event.step", map[string]any{"Max": MaxStep})
	}
	until, err := time.Parse(dayLayout, r.Until)
	if err != nil {
		return nil, bad("until", "event.until", nil)
	}
	if until.Before(begin) {
		return nil, bad("until", "event.until_before", nil)
	}
	if until.Sub(begin) > horizon*24*time.Hour {
		return nil, bad("until", "event.until_far", nil)
	}
	add := func(d time.Time) bool {
		if !d.Before(begin) && !d.After(until) {
			days = append(days, d.Format(dayLayout))
		}
		return d.After(until) || len(days) > MaxOccurrences
	}
	switch r.Every {
	case Weekly:
		r.weekly(begin, step, add)
	case Monthly:
		for i := 0; i <= 12*3; i += step {
			m := time.Date(begin.Year(), begin.Month()+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
			if d := m.AddDate(0, 0, begin.Day()-1); d.Month() == m.Month() && add(d) || m.After(until) {
				break
			}
		}
	case MonthlyDay:
		week := (begin.Day() - 1) / 7
		for i := 0; i <= 12*3; i += step {
			m := time.Date(begin.Year(), begin.Month()+time.Month(i), 1, 0, 0, 0, 0, time.UTC)
			d := m.AddDate(0, 0, (int(begin.Weekday())-int(m.Weekday())+7)%7+7*week)
			if d.Month() == m.Month() && add(d) || m.After(until) {
				break
			}
		}
	default:
		return nil, bad("every", "event.every", nil)
	}
	if len(days) > MaxOccurrences {
		return nil, bad("until", "event.many", map[string]any{"Max": MaxOccurrences})
	}
	if len(days) == 0 {
		return nil, bad("until", "event.never", nil)
	}
	return days, nil
}

func (r Rule) weekly(begin time.Time, step int, add func(time.Time) bool) {
	days := slices.Clone(r.Days)
	if len(days) == 0 {
		days = []time.Weekday{begin.Weekday()}
	}
	slices.SortFunc(days, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 })
	days = slices.Compact(days)
	monday := begin.AddDate(0, 0, -((int(begin.Weekday()) + 6) % 7))
	for {
		for _, d := range days {
			if add(monday.AddDate(0, 0, (int(d)+6)%7)) {
				return
			}
		}
		monday = monday.AddDate(0, 0, 7*step)
	}
}

// RFC is the rule as RFC 5545 writes it, empty for Once. UNTIL is the end of its day in
// UTC, for a start written with a time zone.
func (r Rule) RFC(first string) string {
	begin, err := time.Parse(dayLayout, first)
	last, err2 := at(r.Until, "23:59")
	if err != nil || err2 != nil || r.Every == Once {
		return ""
	}
	names := [...]string{"SU", "MO", "TU", "WE", "TH", "FR", "SA"}
	text := ""
	switch r.Every {
	case Weekly:
		days := r.Days
		if len(days) == 0 {
			days = []time.Weekday{begin.Weekday()}
		}
		list := make([]string, len(days))
		for i, d := range days {
			list[i] = names[d%7]
		}
		text = "FREQ=WEEKLY;WKST=MO;BYDAY=" + strings.Join(list, ",")
	case Monthly:
		text = fmt.Sprintf("FREQ=MONTHLY;BYMONTHDAY=%d", begin.Day())
	case MonthlyDay:
		text = fmt.Sprintf("FREQ=MONTHLY;BYDAY=%d%s", (begin.Day()-1)/7+1, names[begin.Weekday()])
	}
	if r.Step > 1 {
		text += fmt.Sprintf(";INTERVAL=%d", r.Step)
	}
	return text + ";UNTIL=" + last.UTC().Format("20060102T150405Z")
}
