package staffing

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Two hundred people enrol at once with one sheet of codes; then every code is tried by
// somebody else.
func TestTwoHundredEnrolAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 200)
	codes := r.codesOf(t, b.ID, 200)
	var wg sync.WaitGroup
	var failed, second atomic.Int64
	for k, c := range codes {
		r.people[someone(k)] = Standing{}
		for range 2 { // a double tap
			wg.Go(func() {
				if _, err := r.Join(context.WithoutCancel(t.Context()), someone(k), c.Latin, Wish{}); err != nil {
					failed.Add(1)
					t.Log(err)
				}
			})
		}
	}
	wg.Wait()
	if failed.Load() > 0 {
		t.Fatalf("%d of 400 tries failed", failed.Load())
	}
	for k, c := range codes[:20] {
		wg.Go(func() {
			if _, err := r.Join(context.WithoutCancel(t.Context()), someone(1000+k), c.Latin, Wish{}); fault.Is(err, fault.Forbidden) {
				second.Add(1)
			}
		})
	}
	wg.Wait()
	if second.Load() != 20 {
		t.Errorf("%d of 20 used codes were refused", second.Load())
	}
	r.look(t)
	if got := r.Progress(b.ID).Cell(CellEnrolled); got.N != 200 {
		t.Errorf("enrolled %+v", got)
	}
	if c := r.have(t, b.ID); c.N != 200 {
		t.Errorf("working %+v", c)
	}
	if _, err := r.order(t, b.ID, 51, Term); !fault.Is(err, fault.Invalid) {
		t.Errorf("more codes than people: %v", err)
	}
}

// One code that two hundred people try at once enrols one of them.
func TestOneCodeEnrolsOne(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Organisation, "Спілка", 50)
	c := r.codesOf(t, b.ID, 1)[0]
	var wg sync.WaitGroup
	var in atomic.Int64
	for k := range 200 {
		wg.Go(func() {
			if _, err := r.Join(context.WithoutCancel(t.Context()), someone(k), c.Latin, Wish{}); err == nil {
				in.Add(1)
			} else if !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if in.Load() != 1 {
		t.Errorf("%d people came in with one code", in.Load())
	}
}

func TestWhoMayWhat(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 40)
	school := r.body(t, institution.School, "Школа", 0)
	other := coordinator("somewhere-else")
	resident := &person.Actor{Person: someone(1)}
	for name, err := range map[string]error{
		"codes by a stranger":        third(r.Codes(t.Context(), other, b.ID, Order{N: 1, Days: Term})),
		"codes by a resident":        third(r.Codes(t.Context(), resident, b.ID, Order{N: 1, Days: Term})),
		"codes by a visitor":         third(r.Codes(t.Context(), nil, b.ID, Order{N: 1, Days: Term})),
		"codes of a school":          third(r.Codes(t.Context(), coordinator(school.ID), school.ID, Order{N: 1, Days: Term})),
		"taking back by a stranger":  r.TakeBack(t.Context(), other, b.ID, "1"),
		"plan by a stranger":         second(r.Edit(t.Context(), other, Employer{Doc: store.Doc{ID: b.ID}})),
		"programme by an employer":   second(r.Edit(t.Context(), coordinator(b.ID), Employer{Doc: store.Doc{ID: Programme}})),
		"certificates by a stranger": second(r.Showing(t.Context(), other, b.ID)),
	} {
		if err == nil {
			t.Errorf("%s was allowed", name)
		}
	}
	if _, err := r.Join(t.Context(), "", "ВКМНР СТХБГД", Wish{}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a visitor joins: %v", err)
	}
	if _, err := r.Join(t.Context(), someone(1), "ВКМНРС-ТХБГДЖ", Wish{}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a made-up code: %v", err)
	}
	if len(r.acts) != 2 {
		t.Errorf("what was refused was written down: %v", r.acts) // only the two bodies entered
	}
}

func second[T any](_ T, err error) error { return err }

func third[T, U any](_ T, _ U, err error) error { return err }

func TestPlanOfADepartmentHoldsTheProgramme(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Department, "Управління", 30)
	if _, err := r.Edit(t.Context(), analyst, Employer{Doc: store.Doc{ID: Programme}, Steps: []Step{{Course: "officials", Must: true, Due: "2026-12-31"}}}); err != nil {
		t.Fatal(err)
	}
	e, err := r.Edit(t.Context(), coordinator(b.ID), Employer{Doc: store.Doc{ID: b.ID}, Steps: []Step{{Course: "c1"}, {Course: "officials", Due: "2026-11-30"}}, Note: "Почніть із першого"})
	if err != nil {
		t.Fatal(err)
	}
	want := []Step{{Course: "officials", Must: true, Due: "2026-11-30"}, {Course: "c1"}}
	if got := r.Plan(b); !slices.Equal(got, want) {
		t.Errorf("plan %v, want %v", got, want)
	}
	e, err = r.Edit(t.Context(), coordinator(b.ID), Employer{Doc: store.Doc{ID: b.ID, Rev: e.Rev}, Steps: []Step{{Course: "c1"}, {Course: "officials", Lesson: "l1", Must: true}, {Course: "officials", Lesson: "l2"}}})
	if err != nil {
		t.Fatal(err)
	}
	want = []Step{{Course: "officials", Must: true, Due: "2026-12-31"}, {Course: "c1"}, {Course: "officials", Lesson: "l1", Must: true}, {Course: "officials", Lesson: "l2"}}
	if got := r.Plan(b); !slices.Equal(got, want) {
		t.Errorf("plan %v, want %v", got, want)
	}
	stale := *e
	stale.Rev = 0
	if _, err := r.Edit(t.Context(), coordinator(b.ID), stale); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old page overwrote a new one: %v", err)
	}
	for _, bad := range [][]Step{{{Course: "nothing"}}, {{Course: "c1"}, {Course: "c1"}}, {{Course: "c1", Lesson: "x"}}, {{Course: "c1", Lesson: "l1"}, {Course: "c1", Lesson: "l1"}}, {{Course: "c1", Due: "31.12.2026"}}, make([]Step, MaxSteps+1)} {
		if _, err := r.Edit(t.Context(), coordinator(b.ID), Employer{Doc: store.Doc{ID: b.ID, Rev: e.Rev}, Steps: bad}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", bad[:1], err)
		}
	}
}

// Leaving, erasing and merging take along what stood here; the code stays spent.
func TestLeavingErasingMerging(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 40)
	codes := r.codesOf(t, b.ID, 3)
	join := func(who person.ID, c int) error {
		_, err := r.Join(t.Context(), who, codes[c].Latin, Wish{All: true})
		return err
	}
	if err := join(someone(1), 0); err != nil {
		t.Fatal(err)
	}
	if err := r.Leave(t.Context(), someone(1), b.ID); err != nil {
		t.Fatal(err)
	}
	if err := join(someone(1), 0); err != nil {
		t.Errorf("coming back with the same slip: %v", err)
	}
	part, err := r.Export(t.Context(), []person.ID{someone(1)})
	if list, ok := part.([]Exported); err != nil || !ok || len(list) != 1 || list[0].Certificates != "all" || list[0].Employer.UK != "Завод" {
		t.Errorf("export %v %v", part, err)
	}
	payload, _ := json.Marshal(person.Event{Person: someone(2), Other: someone(1)})
	for range 2 {
		if err := r.Merged(t.Context(), job.Delivery{Payload: payload}); err != nil {
			t.Fatal(err)
		}
	}
	if list, _ := r.Of(t.Context(), someone(2)); len(list) != 1 || list[0].Person != someone(2) {
		t.Errorf("after merging %v", list)
	}
	if err := r.Leave(t.Context(), someone(2), b.ID); err != nil {
		t.Fatal(err)
	}
	if err := join(someone(2), 0); err != nil {
		t.Errorf("the merged account comes back with its slip: %v", err)
	}
	for range 2 {
		if err := r.Erase(t.Context(), []person.ID{someone(2)}); err != nil {
			t.Fatal(err)
		}
	}
	if part, err := r.Export(t.Context(), []person.ID{someone(2)}); part != nil || err != nil {
		t.Errorf("after erasure %v %v", part, err)
	}
	for _, who := range []person.ID{someone(2), someone(3)} {
		if err := join(who, 0); !fault.Is(err, fault.Forbidden) {
			t.Errorf("a spent code enrols %s: %v", who, err)
		}
	}
}

// The employer reads names of those only who ticked it.
func TestShowing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 40)
	r.enrol(t, b.ID, 0, 4, Standing{})
	if err := r.Change(t.Context(), someone(1), b.ID, Wish{All: true}, nil); err != nil {
		t.Fatal(err)
	}
	if err := r.Change(t.Context(), someone(2), b.ID, Wish{}, []string{"cert-b", "cert-a", "cert-a"}); err != nil {
		t.Fatal(err)
	}
	list, err := r.Showing(t.Context(), coordinator(b.ID), b.ID)
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	for _, e := range list {
		if e.Person == someone(2) && (!e.Shows("cert-a") || e.Shows("cert-c")) {
			t.Errorf("%+v", e)
		}
	}
	if err := r.Change(t.Context(), someone(1), b.ID, Wish{}, nil); err != nil {
		t.Fatal(err)
	}
	if list, _ := r.Showing(t.Context(), coordinator(b.ID), b.ID); len(list) != 1 {
		t.Errorf("a consent that was withdrawn still shows: %v", list)
	}
	if r.acts[len(r.acts)-1] != "employer.certificates" {
		t.Errorf("the reading is not written down: %v", r.acts)
	}
	if err := r.Change(t.Context(), someone(99), b.ID, Wish{}, nil); !fault.Is(err, fault.NotFound) {
		t.Errorf("somebody not enrolled: %v", err)
	}
}

func TestReminders(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 40)
	r.enrol(t, b.ID, 0, 3, Standing{})
	r.people[someone(2)] = Standing{Done: map[string]bool{"c1": true}}
	for _, k := range []int{1, 2} {
		if err := r.Change(t.Context(), someone(k), b.ID, Wish{Remind: true}, nil); err != nil {
			t.Fatal(err)
		}
	}
	due := r.clock.AddDate(0, 0, 16)
	if _, err := r.Edit(t.Context(), coordinator(b.ID), Employer{Doc: store.Doc{ID: b.ID}, Steps: []Step{{Course: "c1", Due: day(due)}, {Course: "c2"}}}); err != nil {
		t.Fatal(err)
	}
	var told []Reminder
	for range 17 {
		if err := r.Remind(t.Context(), func(_ context.Context, x Reminder) error { told = append(told, x); return nil }); err != nil {
			t.Fatal(err)
		}
		r.clock = r.clock.AddDate(0, 0, 1)
	}
	if len(told) != 2 || told[0].Person != someone(1) || told[1].Person != someone(1) || told[0].ID == told[1].ID {
		t.Errorf("told %+v", told) // only who wished it and has not completed it: 14 and 3 days before
	}
}

func TestMark(t *testing.T) {
	t.Parallel()
	rule := MarkRule{Level: "A2", Share: 70, Frame: 50}
	good, bad := map[string]int64{CellEnrolled: 40, CellLevel("A2"): 30}, map[string]int64{CellEnrolled: 40, CellLevel("A2"): 20}
	if rule.Met(good, 90) || rule.Met(good, 0) || !rule.Met(good, 80) || rule.Met(bad, 40) || rule.Met(map[string]int64{}, 5) {
		t.Error("the rule is met where it is not, or the other way round")
	}
	steps := []struct {
		day   string
		cells map[string]int64
		held  bool
		falls string
	}{
		{"2026-10-01", bad, false, ""},
		{"2026-10-02", good, true, ""},
		{"2026-12-01", bad, true, "2027-01-01"},
		{"2026-12-15", bad, true, "2027-01-01"},
		{"2026-12-20", good, true, ""}, // met again within the month
		{"2027-03-01", bad, true, "2027-04-01"},
		{"2027-04-01", bad, false, "2027-04-01"},
		{"2027-04-02", bad, false, "2027-04-01"},
		{"2027-05-01", good, true, ""},
		{"2028-05-01", good, true, ""}, // a year later it is renewed
		{"2029-05-01", bad, false, ""},
	}
	var m Mark
	for _, x := range steps {
		m = rule.next(m, x.cells, 60, x.day)
		if m.Held(x.day) != x.held || m.Falls != x.falls {
			t.Errorf("%s: %+v", x.day, m)
		}
	}
	for _, r := range []MarkRule{{}, {Level: "A2", Course: "c", Share: 50}, {Level: "X", Share: 50}, {Level: "A2", Share: 101}} {
		if r.check() == nil {
			t.Errorf("%+v passes", r)
		}
	}
}

// A mandatory lesson is counted like a course; whoever has completed the course has it.
func TestMandatoryLessons(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	b := r.body(t, institution.Enterprise, "Завод", 90)
	plan := []Step{{Course: "c1", Lesson: "l1", Must: true}, {Course: "c1", Lesson: "l2", Must: true}, {Course: "c1"}}
	if _, err := r.Edit(t.Context(), coordinator(b.ID), Employer{Doc: store.Doc{ID: b.ID}, Steps: plan}); err != nil {
		t.Fatal(err)
	}
	r.enrol(t, b.ID, 0, 20, Standing{Done: map[string]bool{"c1": true}})
	r.enrol(t, b.ID, 20, 10, Standing{Done: map[string]bool{"c1/l1": true, "c1/l2": true}})
	r.enrol(t, b.ID, 30, 30, Standing{Done: map[string]bool{"c1/l1": true}})
	r.look(t)
	for cell, want := range map[string]int64{CellMust(plan): 30, CellDone("c1/l1"): 50, CellDone("c1/l2"): 30, CellDone("c1"): 20} {
		if got := r.Progress(b.ID).Cell(cell).N; got != want {
			t.Errorf("%s: %d, want %d", cell, got, want)
		}
	}
	if StepOf(plan[0].Part()).Lesson != "l1" || StepOf("c1") != (Step{Course: "c1"}) {
		t.Error("a part is not read as it was written")
	}
}
