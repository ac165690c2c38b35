package round

import (
	"testing"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
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

func TestTheDepartmentHearsWhereNobodyCoordinates(t *testing.T) {
	t.Parallel()
	r := &Round{State: Planned, Opens: store.At(kyiv(2026, 10, 12, 9)), Closes: store.At(kyiv(2026, 11, 7, 0)), Bodies: []string{"a", "b", "c", "d", "e"}}
	for _, c := range []struct {
		at   time.Time
		days int
		ok   bool
	}{{kyiv(2026, 9, 1, 9), 0, false}, {kyiv(2026, 9, 13, 10), 30, true}, {kyiv(2026, 9, 28, 8), 30, true}, {kyiv(2026, 9, 28, 10), 14, true}, {kyiv(2026, 10, 11, 10), 3, true}, {kyiv(2026, 10, 12, 10), 0, false}} {
		days, until, ok := r.MissingAt(c.at)
		if days != c.days || ok != c.ok || ok && (!until.After(c.at) || until.After(r.Opens.Time)) {
			t.Errorf("%s: %d, %v, until %s", c.at, days, ok, until)
		}
	}
	opened := *r
	opened.State = Open
	if days, until, ok := opened.MissingAt(kyiv(2026, 10, 20, 10)); days != 0 || !ok || !until.Equal(opened.Closes.Time) {
		t.Errorf("open: %d, %v, until %s", days, ok, until)
	}
	var bodies []*institution.Institution
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		bodies = append(bodies, &institution.Institution{Doc: store.Doc{ID: id}, State: institution.Working})
	}
	bodies[3].State = institution.Closed
	staff := []person.Staff{{Grants: []person.Grant{{Role: person.Coordinator, Place: "a"}, {Role: person.Coordinator, Place: "b", Until: store.At(kyiv(2026, 8, 31, 23))}}},
		{Grants: []person.Grant{{Role: person.Analyst, Place: "c"}, {Role: person.Coordinator, Place: "e", Until: store.At(kyiv(2027, 8, 31, 23))}}}}
	got := ""
	for _, i := range r.Uncovered(bodies, staff) {
		got += i.ID
	}
	if got != "bc" { // a is covered, b ends before the round, d is closed, e is covered, f is not asked
		t.Errorf("without a coordinator: %q", got)
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
		got, until, ok := r.ReminderAt(c.at)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q", c.at, got)
		}
		if ok && (!until.After(c.at) || until.After(r.Closes.Time) || until.Sub(c.at) < time.Hour) {
			t.Errorf("%s: true until %s", c.at, until)
		}
	}
	r.State = Planned
	if _, _, ok := r.ReminderAt(kyiv(2026, 11, 5, 10)); ok {
		t.Error("a plan reminds")
	}
	short := &Round{State: Open, Opens: store.At(kyiv(2026, 11, 5, 9)), Closes: store.At(kyiv(2026, 11, 7, 0))}
	if _, _, ok := short.ReminderAt(kyiv(2026, 11, 5, 10)); ok {
		t.Error("reminded on the first day")
	}
}
