package round

import (
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

func kyiv(y int, m time.Month, d, h int) time.Time { return time.Date(y, m, d, h, 0, 0, 0, i18n.Kyiv) }

func TestTheYearHasFiveSteps(t *testing.T) {
	t.Parallel()
	list := Calendar(2026, nil)
	want := []struct {
		step  Step
		month time.Month
		year  int
	}{{StepFrame, 9, 2026}, {StepRound, 10, 2026}, {StepReport, 1, 2027}, {StepGraduates, 6, 2027}, {StepBudget, 8, 2027}}
	if len(list) != len(want) {
		t.Fatal(list)
	}
	for i, w := range want {
		if d := list[i]; d.Step != w.step || d.From.Month() != w.month || d.From.Year() != w.year || d.Done || !d.Until.After(d.From) {
			t.Errorf("%d: %+v", i, d)
		}
	}
	planned := &Round{Doc: store.Doc{ID: "r1"}, Year: 2026, State: Planned, Opens: store.At(kyiv(2026, 10, 12, 0)), Closes: store.At(kyiv(2026, 11, 7, 0))}
	pilot := &Round{Doc: store.Doc{ID: "r0"}, Year: 2026, Pilot: true, State: Reported}
	last := &Round{Doc: store.Doc{ID: "r2"}, Year: 2025, State: Reported}
	list = Calendar(2026, []*Round{pilot, last, planned})
	if d := list[1]; d.Round != "r1" || !d.From.Equal(kyiv(2026, 10, 12, 0)) || d.Done || list[0].Done {
		t.Errorf("%+v", list)
	}
	planned.State = Reported
	if list = Calendar(2026, []*Round{planned}); !list[0].Done || !list[1].Done || list[2].Done {
		t.Errorf("%+v", list)
	}
}

func TestNobodyIsWrittenToAtNight(t *testing.T) {
	t.Parallel()
	for hour, quiet := range map[int]bool{0: true, 7: true, 8: false, 12: false, 20: false, 21: true, 23: true} {
		if Quiet(kyiv(2026, 10, 25, hour)) != quiet { // the day the clocks go back
			t.Errorf("%d: %v", hour, !quiet)
		}
	}
	if e := Evening(kyiv(2026, 10, 25, 9)); e.Hour() != 21 || e.Day() != 25 {
		t.Error(e)
	}
}

func TestCoordinatorsAreRemindedAWeekAndTwoDaysBefore(t *testing.T) {
	t.Parallel()
	r := &Round{State: Open, Opens: store.At(kyiv(2026, 10, 12, 9)), Closes: store.At(kyiv(2026, 11, 7, 0))}
	for _, c := range []struct {
		at   time.Time
		want Reminder
	}{
		{kyiv(2026, 10, 12, 10), ""}, {kyiv(2026, 10, 20, 10), ""}, {kyiv(2026, 10, 30, 23), ""}, {kyiv(2026, 10, 31, 10), WeekLeft},
		{kyiv(2026, 11, 2, 10), WeekLeft}, {kyiv(2026, 11, 4, 10), ""}, {kyiv(2026, 11, 5, 10), TwoLeft}, {kyiv(2026, 11, 6, 23), TwoLeft}, {kyiv(2026, 11, 7, 1), ""},
	} {
		if got, ok := r.ReminderAt(c.at); got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q", c.at, got)
		}
	}
	r.State = Planned
	if _, ok := r.ReminderAt(kyiv(2026, 11, 5, 10)); ok {
		t.Error("a plan reminds")
	}
	short := &Round{State: Open, Opens: store.At(kyiv(2026, 11, 5, 9)), Closes: store.At(kyiv(2026, 11, 7, 0))}
	if _, ok := short.ReminderAt(kyiv(2026, 11, 5, 10)); ok {
		t.Error("reminded on the first day")
	}
}
