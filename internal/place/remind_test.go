package place

import (
	"context"
	"testing"
	"time"

	"osvitlo/internal/person"
)

func TestLeadsAreRemindedOfOldEntries(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	old, cuts := r.add(named("Старе")), named("За графіком")
	cuts.Hours.Outages = true
	cuts = r.add(cuts)
	var told []string
	run := func() int {
		told = nil
		n, err := r.Remind(r.ctx, func(_ context.Context, d Due) (bool, error) {
			kind := "all"
			if d.Outages {
				kind = "hours"
			}
			told = append(told, d.Place.ID+" "+kind)
			return true, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	if n := run(); n != 1 || told[0] != cuts.ID+" hours" {
		t.Fatalf("%v", told)
	}
	if n := run(); n != 0 {
		t.Errorf("told twice on one day: %v", told)
	}
	if _, err := r.Confirm(r.ctx, r.editor, cuts.ID, true); err != nil {
		t.Fatal(err)
	}
	r.pass(StaleAfter + time.Hour)
	if f, _ := r.Public(old.Slug); f.Fresh != Stale {
		t.Errorf("%+v is not shown as old", f.Fresh)
	}
	if n := run(); n != 2 {
		t.Errorf("%v", told)
	}
	r.pass(RemindNotBefore - 2*time.Hour)
	if _, err := r.Confirm(r.ctx, r.editor, old.ID, false); err != nil {
		t.Fatal(err)
	}
	r.pass(3 * time.Hour)
	if n := run(); n != 1 || told[0] != cuts.ID+" all" {
		t.Errorf("%v", told)
	}
	if _, err := r.Remind(r.ctx, func(context.Context, Due) (bool, error) { return false, nil }); err != nil {
		t.Fatal(err)
	}
}

func TestWorkplacesAndTheirLoad(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := named("ЦНАП")
	p.Hours.Week[0], p.Hours.Week[1] = []Span{{480, 1020}}, []Span{{480, 1020}} // 18 h
	p = r.add(p)
	for _, label := range []string{"Комп’ютер 1", "Комп’ютер 2"} {
		if err := r.SaveWorkplace(r.ctx, r.editor, &Workplace{Place: p.ID, Label: label, Device: "ПК", Reader: true, Condition: Working}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := r.Workplaces(r.ctx, r.editor, p.ID)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v %d", err, len(list))
	}
	week := Week(r.clock())
	if week != "2026-W48" {
		t.Errorf("week %s", week)
	}
	if err := r.Use(r.ctx, r.editor, p.ID, list[0].ID, week, 9); err != nil {
		t.Fatal(err)
	}
	if err := r.Report(r.ctx, r.editor, p.ID, list[1].ID, "не вмикається", Broken); err != nil {
		t.Fatal(err)
	}
	loads, err := r.Loads(r.ctx, staff(person.CDTO, ""), week)
	if err != nil || len(loads) != 1 {
		t.Fatalf("%v %v", err, loads)
	}
	if l := loads[0]; l.Seats != 2 || l.Working != 1 || l.Faults != 1 || l.Hours != 9 || l.Of != 18 || l.Share() != 0.5 {
		t.Errorf("%+v", l)
	}
	for _, bad := range []struct {
		week  string
		hours float64
	}{{week, 169}, {week, -1}, {"2027-W01", 1}, {"x", 1}} {
		if err := r.Use(r.ctx, r.editor, p.ID, list[0].ID, bad.week, bad.hours); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	if err := r.Fixed(r.ctx, r.editor, p.ID, list[1].ID); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Workplaces(r.ctx, staff(person.Analyst, ""), p.ID); err == nil {
		t.Error("a stranger reads the register of devices")
	}
}

// Coverage: the walk is the straight line times the factor, to the nearest place of the
// kind that everybody may know.
func TestCoverage(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	a := named("Близько")
	a.Point = &Point{48.50, 32.20}
	a = r.add(a)
	people := []Populated{{Point{48.50, 32.20}, 100, "fortechnyi", "A"}, {Point{48.51, 32.20}, 300, "podilskyi", "B"}}
	s := r.Cover(people, []Kind{"", Hub}, 1.3, 1200)
	if len(s.Reaches) != 6 || len(s.Gaps) != 3 {
		t.Fatalf("%+v", s)
	}
	city := s.Reaches[0]
	if city.People != 400 || city.Within != 100 || city.Share() != 0.25 {
		t.Errorf("%+v", city)
	}
	if far := city.Farthest; far < 1440 || far > 1450 { // 0.01° of latitude is 1112 m
		t.Errorf("%f m", far)
	}
	if s.Gaps[0].At.Name != "B" || s.Gaps[0].Nearest != a.ID {
		t.Errorf("%+v", s.Gaps[0])
	}
	if _, err := r.Hide(r.ctx, r.editor, a.ID, "x"); err != nil {
		t.Fatal(err)
	}
	if s := r.Cover(people, []Kind{""}, 1.3, 1200); s.Gaps[0].Nearest != "" {
		t.Error("a hidden place covers people")
	}
}
