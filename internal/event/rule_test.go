package event

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/i18n"
)

func TestDays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule  Rule
		first string
		want  []string
	}{
		"once":                 {Rule{}, "2026-11-24", []string{"2026-11-24"}},
		"weekly":               {Rule{Every: Weekly, Until: "2026-12-08"}, "2026-11-24", []string{"2026-11-24", "2026-12-01", "2026-12-08"}},
		"two days of the week": {Rule{Every: Weekly, Days: []time.Weekday{time.Thursday, time.Tuesday}, Until: "2026-12-03"}, "2026-11-24", []string{"2026-11-24", "2026-11-26", "2026-12-01", "2026-12-03"}},
		"sunday ends the week": {Rule{Every: Weekly, Step: 2, Days: []time.Weekday{time.Sunday, time.Tuesday}, Until: "2026-12-14"}, "2026-11-24", []string{"2026-11-24", "2026-11-29", "2026-12-08", "2026-12-13"}},
		"month without a 31st": {Rule{Every: Monthly, Until: "2027-03-31"}, "2026-10-31", []string{"2026-10-31", "2026-12-31", "2027-01-31", "2027-03-31"}},
		"last of february":     {Rule{Every: Monthly, Until: "2027-04-30"}, "2026-11-30", []string{"2026-11-30", "2026-12-30", "2027-01-30", "2027-03-30", "2027-04-30"}},
		"fourth tuesday":       {Rule{Every: MonthlyDay, Until: "2027-01-31"}, "2026-11-24", []string{"2026-11-24", "2026-12-22", "2027-01-26"}},
		"fifth monday":         {Rule{Every: MonthlyDay, Until: "2027-03-31"}, "2026-11-30", []string{"2026-11-30", "2027-03-29"}},
	} {
		got, err := c.rule.Dates(c.first)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v %v, not %v", name, got, err, c.want)
		}
	}
}

func TestBadRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule  Rule
		first string
		want  string
	}{
		"no day":     {Rule{}, "2026-02-30", "day event.day"},
		"no end":     {Rule{Every: Weekly}, "2026-11-24", "until event.until"},
		"end before": {Rule{Every: Weekly, Until: "2026-11-23"}, "2026-11-24", "until event.until_before"},
		"for ever":   {Rule{Every: Weekly, Until: "2036-11-23"}, "2026-11-24", "until event.until_far"},
		"every day":  {Rule{Every: Weekly, Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, Until: "2027-11-23"}, "2026-11-24", "until event.many"},
		"step":       {Rule{Every: Weekly, Step: 13, Until: "2026-12-23"}, "2026-11-24", "step event.step"},
		"unknown":    {Rule{Every: "daily", Until: "2026-12-23"}, "2026-11-24", "every event.every"},
		"never":      {Rule{Every: Weekly, Days: []time.Weekday{time.Friday}, Until: "2026-11-25"}, "2026-11-24", "until event.never"},
	} {
		_, err := c.rule.Dates(c.first)
		if got := fieldsOf(err); !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Days stand in order, within the ends, on the weekdays asked for, and the wall clock is
// the one that was set, whatever summer time does.
func TestDaysAreOrderedAndKeepTheClock(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		first := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 700).Draw(t, "day"))
		r := Rule{Every: rapid.SampledFrom([]Every{Weekly, Monthly, MonthlyDay}).Draw(t, "every"), Step: rapid.IntRange(0, 4).Draw(t, "step"),
			Until: first.AddDate(0, 0, rapid.IntRange(0, 190).Draw(t, "length")).Format(dayLayout)}
		if r.Every == Weekly && rapid.Bool().Draw(t, "days") {
			r.Days = rapid.SliceOfNDistinct(rapid.Map(rapid.IntRange(0, 6), func(i int) time.Weekday { return time.Weekday(i) }), 1, 7, func(d time.Weekday) int { return int(d) }).Draw(t, "weekdays")
		}
		days, err := r.Dates(first.Format(dayLayout))
		if err != nil {
			if got := fieldsOf(err); !slices.Equal(got, []string{"until event.never"}) {
				t.Fatal(got)
			}
			return
		}
		hour, minute := rapid.IntRange(5, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		var last time.Time
		for i, day := range days {
			if i > 0 && day <= days[i-1] || day < first.Format(dayLayout) || day > r.Until {
				t.Fatalf("%v", days)
			}
			d, _ := time.Parse(dayLayout, day)
			if r.Every == Weekly && len(r.Days) > 0 && !slices.Contains(r.Days, d.Weekday()) || r.Every == MonthlyDay && d.Weekday() != first.Weekday() || r.Every == Monthly && d.Day() != first.Day() {
				t.Fatalf("%s is no such day", day)
			}
			at := Moment(d.Year(), d.Month(), d.Day(), hour, minute)
			if l := at.In(i18n.Kyiv); l.Hour() != hour || l.Minute() != minute || l.Format(dayLayout) != day || !at.After(last) {
				t.Fatalf("%s became %s", day, l)
			}
			last = at
		}
	})
}

func TestClockChanges(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at   time.Time
		want string
	}{
		"winter":           {Moment(2027, 3, 27, 11, 0), "2027-03-27T09:00Z"},
		"summer":           {Moment(2027, 3, 29, 11, 0), "2027-03-29T08:00Z"},
		"the hour missing": {Moment(2027, 3, 28, 3, 30), "2027-03-28T01:30Z"}, // 4:30 of summer
		"the hour twice":   {Moment(2026, 10, 25, 3, 30), "2026-10-25T00:30Z"},
		"after it":         {Moment(2026, 10, 25, 4, 0), "2026-10-25T02:00Z"},
	} {
		if got := c.at.UTC().Format("2006-01-02T15:04Z"); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}
