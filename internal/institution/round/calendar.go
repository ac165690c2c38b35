package round

import (
	"fmt"
	"slices"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
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

// Reminder is what coordinators are told while a round is open.
type Reminder string

// The reminders; each is sent once for a round.
const (
	WeekLeft Reminder = "week"
	TwoLeft  Reminder = "two"
)

// ReminderAt is the reminder that belongs to a moment, and until when it is true; false
// when none does. The day on which a round begins has none: its people have just heard.
func (r *Round) ReminderAt(at time.Time) (what Reminder, until time.Time, ok bool) {
	left := r.Closes.Sub(at)
	switch {
	case !r.Takes(at) || at.Sub(r.Opens.Time) < day:
		return "", time.Time{}, false
	case left <= 2*day:
		return TwoLeft, at.Add(min(left, max(left-day, 6*time.Hour))), true
	case left <= 7*day && left > 4*day:
		return WeekLeft, r.Closes.Add(-4 * day), true
	}
	return "", time.Time{}, false
}

const day = 24 * time.Hour

// missingBefore are how long before a round begins the department hears of institutions
// without a coordinator.
var missingBefore = [...]time.Duration{3 * day, 14 * day, 30 * day}

// MissingAt tells which of those messages belongs to a moment, as the days of its stage
// (0: the round is open), and until when it is true; false when none does.
func (r *Round) MissingAt(at time.Time) (days int, until time.Time, ok bool) {
	if r.Takes(at) {
		return 0, r.Closes.Time, true
	}
	left := r.Opens.Sub(at)
	if r.State != Planned || left <= 0 {
		return 0, time.Time{}, false
	}
	until = r.Opens.Time
	for _, before := range missingBefore {
		if left <= before {
			return int(before / day), until, true
		}
		until = r.Opens.Add(-before)
	}
	return 0, time.Time{}, false
}

// Uncovered lists the working institutions of a round without a coordinator whose duty
// lasts until the round begins, in the order they come in.
func (r *Round) Uncovered(bodies []*institution.Institution, staff []person.Staff) (list []*institution.Institution) {
	covered := map[string]bool{}
	for _, one := range staff {
		for _, g := range one.Grants {
			if g.Role == person.Coordinator && (g.Until.IsZero() || g.Until.After(r.Opens.Time)) {
				covered[g.Place] = true
			}
		}
	}
	for _, i := range bodies {
		if i.State == institution.Working && !covered[i.ID] && slices.Contains(r.Bodies, i.ID) {
			list = append(list, i)
		}
	}
	return list
}
