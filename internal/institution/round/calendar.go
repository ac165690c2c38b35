package round

import (
	"fmt"
	"time"

	"osvitlo/internal/i18n"
)

// Step is a part of the department's year.
type Step string

// The steps, in their order.
const (
	StepFrame     Step = "frame"     // September: how many people there are
	StepRound     Step = "round"     // October and November: people answer
	StepReport    Step = "report"    // January: the note on results
	StepGraduates Step = "graduates" // June: those who leave
	StepBudget    Step = "budget"    // August: what the plans cost
)

// Due is a step of a school year.
type Due struct {
	Step  Step
	From  time.Time // its first day begins
	Until time.Time // its last day ends
	Round string    // of StepRound and StepReport: the round it is about; empty: none yet
	Done  bool      // as far as rounds can tell
}

// ID is the step with its year.
func (d Due) ID(year int) string { return fmt.Sprintf("%d:%s", year, d.Step) }

// Calendar is the department's school year (2026 is 2026/27). The round's days replace
// the usual ones where it is planned. Pilots are left out.
func Calendar(year int, list []*Round) []Due {
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, i18n.Kyiv) }
	due := []Due{
		{Step: StepFrame, From: day(year, time.September, 1), Until: day(year, time.October, 1)},
		{Step: StepRound, From: day(year, time.October, 1), Until: day(year, time.December, 1)},
		{Step: StepReport, From: day(year+1, time.January, 1), Until: day(year+1, time.February, 1)},
		{Step: StepGraduates, From: day(year+1, time.June, 1), Until: day(year+1, time.July, 1)},
		{Step: StepBudget, From: day(year+1, time.August, 1), Until: day(year+1, time.September, 1)},
	}
	for _, r := range list {
		if r.Year != year || r.Pilot || r.State == Thrown || r.Opens.In(i18n.Kyiv).Month() == time.June {
			continue
		}
		due[1].Round, due[2].Round = r.ID, r.ID
		due[1].From, due[1].Until = r.Opens.In(i18n.Kyiv), r.Closes.In(i18n.Kyiv)
		due[1].Done, due[0].Done = r.State == Reported, r.State != Planned
		due[2].Done = false // whether a note was written nobody tells us
		break
	}
	return due
}

// Quiet tells whether nobody is to be written to at a moment: from 21:00 to 8:00.
func Quiet(at time.Time) bool {
	h := at.In(i18n.Kyiv).Hour()
	return h >= 21 || h < 8
}

// Evening is the end of the hours of the same day in which people may be written to.
func Evening(at time.Time) time.Time {
	at = at.In(i18n.Kyiv)
	return time.Date(at.Year(), at.Month(), at.Day(), 21, 0, 0, 0, i18n.Kyiv)
}

// Reminder is what coordinators are told while a round is open.
type Reminder string

// The reminders; each is sent once for a round.
const (
	WeekLeft Reminder = "week"
	TwoLeft  Reminder = "two"
)

// ReminderAt is the reminder that belongs to a moment; false when none does. The day on
// which a round begins has none: its people have just heard of it.
func (r *Round) ReminderAt(at time.Time) (Reminder, bool) {
	left := r.Closes.Sub(at)
	switch {
	case !r.Takes(at) || at.Sub(r.Opens.Time) < 24*time.Hour:
		return "", false
	case left <= 2*24*time.Hour:
		return TwoLeft, true
	case left <= 7*24*time.Hour && left > 4*24*time.Hour:
		return WeekLeft, true
	}
	return "", false
}
