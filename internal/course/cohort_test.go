package course

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func (r *rig) group(t testing.TB, seats int) *Cohort {
	t.Helper()
	c, err := r.NewCohort(ctx, Cohort{Course: "fraud", Venue: "lib-1", Mentor: "m", Seats: seats, Meetings: []Meeting{
		{At: store.At(noon.Add(9 * 24 * time.Hour)), Minutes: 60, Lesson: "l2"}, {At: store.At(noon.Add(2 * 24 * time.Hour)), Minutes: 60, Lesson: "l1"}}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sound checks what must always hold of a group.
func (r *rig) sound(t testing.TB, cohort string, seats int) (seated, waiting []*Enrolment) {
	t.Helper()
	seated, waiting, err := r.Roster(ctx, cohort)
	if err != nil {
		t.Fatal(err)
	}
	if len(seated) > seats {
		t.Fatalf("%d people on %d seats", len(seated), seats)
	}
	at, who := map[int]bool{}, map[Learner]bool{}
	for _, e := range seated {
		if at[e.Seat] || who[e.Learner] || e.Seat < 1 || e.Seat > seats {
			t.Fatalf("seat %d of %s twice or out of range", e.Seat, e.Learner)
		}
		at[e.Seat], who[e.Learner] = true, true
	}
	if len(waiting) > 0 && len(seated) < seats {
		t.Fatalf("%d wait while %d of %d seats are taken", len(waiting), len(seated), seats)
	}
	for i := 1; i < len(waiting); i++ {
		if waiting[i].Since.Before(waiting[i-1].Since.Time) {
			t.Fatal("the waiting list is out of order")
		}
	}
	return seated, waiting
}

// Two hundred people join at once, over two replicas, while some leave: never more
// than the seats, and in the end every seat is taken.
func TestTwoHundredJoinAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	other, err := New(r.cfg)
	must(t, err)
	const seats, people = 30, 200
	c := r.group(t, seats)
	var wg sync.WaitGroup
	errs := make(chan error, 3*people)
	for i := range people {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := []*Service{r.Service, other}[i%2]
			r.clock.pass(time.Millisecond)
			e, err := s.Join(ctx, c.ID, pupil(i))
			if err == nil && e.State == Left {
				err = fmt.Errorf("joined and left")
			}
			errs <- err
			if i%10 == 3 {
				errs <- []*Service{other, r.Service}[i%2].Leave(ctx, c.ID, pupil(i))
			}
		}()
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		must(t, err)
	}
	seated, waiting := r.sound(t, c.ID, seats)
	if len(seated) != seats || len(waiting) != people-people/10-seats {
		t.Errorf("%d seated, %d waiting", len(seated), len(waiting))
	}
}

func TestTheWaitingListIsFair(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.group(t, 2)
	for i := range 5 {
		r.clock.pass(time.Minute)
		e, err := r.Join(ctx, c.ID, pupil(i))
		must(t, err)
		if want := map[bool]EnrolmentState{true: Seated, false: Waiting}[i < 2]; e.State != want {
			t.Fatalf("%d is %s", i, e.State)
		}
	}
	again, err := r.Join(ctx, c.ID, pupil(0))
	must(t, err)
	if again.State != Seated {
		t.Error("joining again changed something")
	}
	must(t, r.Leave(ctx, c.ID, pupil(2))) // from the middle of the list
	must(t, r.Leave(ctx, c.ID, pupil(0)))
	must(t, r.Leave(ctx, c.ID, pupil(0)))
	seated, waiting := r.sound(t, c.ID, 2)
	if len(waiting) != 1 || waiting[0].Learner != pupil(4) || len(seated) != 2 {
		t.Fatalf("%d seated, waiting %v", len(seated), waiting)
	}
	r.clock.pass(time.Minute)
	e, err := r.Join(ctx, c.ID, pupil(0)) // comes back: at the end
	must(t, err)
	if e.State != Waiting {
		t.Error("jumped the queue")
	}
	_, waiting = r.sound(t, c.ID, 2)
	if len(waiting) != 2 || waiting[1].Learner != pupil(0) {
		t.Error("not at the end")
	}
	c, err = r.Cohort(ctx, c.ID)
	must(t, err)
	c.Seats = 3
	must(t, r.ChangeCohort(ctx, c))
	seated, _ = r.sound(t, c.ID, 3)
	if len(seated) != 3 {
		t.Error("a new seat stayed empty")
	}
	c.Seats = 1
	if err := r.ChangeCohort(ctx, c); !fault.Is(err, fault.Invalid) {
		t.Errorf("people were put out: %v", err)
	}
	r.work(t)
	if n := len(r.told[TopicSeat]); n != 4 {
		t.Errorf("%d were told of a seat", n)
	}
}

// What a crash may leave between the two writes is mended by the next one.
func TestACrashLeavesNothingBetween(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.group(t, 2)
	must(t, r.claims.Insert(ctx, &claim{Doc: store.Doc{ID: seatID(c.ID, 1)}, Cohort: c.ID, Learner: pupil(1)})) // claimed, never enrolled
	must(t, r.enrolments.Insert(ctx, &Enrolment{Doc: store.Doc{ID: enrolmentID(c.ID, pupil(2))}, Cohort: c.ID, Learner: pupil(2), State: Waiting, Since: store.At(noon)}))
	must(t, r.claims.Insert(ctx, &claim{Doc: store.Doc{ID: seatID(c.ID, 2)}, Cohort: c.ID, Learner: pupil(2)})) // claimed, not confirmed
	r.clock.pass(time.Minute)
	e, err := r.Join(ctx, c.ID, pupil(3))
	must(t, err)
	if e.State != Seated || e.Seat != 1 {
		t.Errorf("%+v", e)
	}
	seated, _ := r.sound(t, c.ID, 2)
	if len(seated) != 2 {
		t.Errorf("%d seated", len(seated))
	}
}

func TestRandomComingAndGoing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.group(t, 4)
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 150 {
		r.clock.pass(time.Second)
		l := pupil(rnd.IntN(12))
		if rnd.IntN(2) == 0 {
			_, err := r.Join(ctx, c.ID, l)
			must(t, err)
		} else if err := r.Leave(ctx, c.ID, l); err != nil && !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
		r.sound(t, c.ID, 4)
	}
}

func TestInvitationsOpenInBothAlphabets(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.group(t, 2)
	if len(c.Code) != 6 || c.Until != "2026-11-30" || c.Meetings[0].Lesson != "l1" {
		t.Fatalf("%+v", c)
	}
	cyrillic := strings.NewReplacer("B", "В", "K", "К", "M", "М", "H", "Н", "P", "Р", "C", "С", "T", "Т", "X", "Х", "D", "Б", "G", "Г",
		"Q", "Д", "J", "Ж", "Z", "З", "L", "Л", "N", "П", "F", "Ф", "V", "Ц", "R", "Ч", "W", "Ш").Replace(c.Code)
	for _, typed := range []string{c.Code, strings.ToLower(c.Code), cyrillic, c.Code[:3] + " " + c.Code[3:]} {
		found, err := r.CohortByCode(ctx, typed)
		if err != nil || found.ID != c.ID {
			t.Errorf("%q: %v", typed, err)
		}
	}
	if _, err := r.CohortByCode(ctx, "??"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	page, err := r.Cohorts(ctx, ByVenue, "lib-1", false, "", 10)
	must(t, err)
	if len(page.Items) != 1 {
		t.Error("the venue does not list its group")
	}
	r.clock.pass(30 * 24 * time.Hour)
	if page, _ = r.Cohorts(ctx, ByVenue, "lib-1", false, "", 10); len(page.Items) != 0 {
		t.Error("an ended group is listed")
	}
	if _, err := r.Join(ctx, c.ID, pupil(1)); !fault.Is(err, fault.Conflict) {
		t.Errorf("an ended group takes people: %v", err)
	}
}

func TestGroupsAreChecked(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ok := Meeting{At: store.At(noon), Minutes: 60}
	for name, c := range map[string]Cohort{
		"no venue":       {Course: "fraud", Seats: 5, Meetings: []Meeting{ok}},
		"no seats":       {Course: "fraud", Venue: "v", Meetings: []Meeting{ok}},
		"too many seats": {Course: "fraud", Venue: "v", Seats: MaxSeats + 1, Meetings: []Meeting{ok}},
		"no meetings":    {Course: "fraud", Venue: "v", Seats: 5},
		"no time":        {Course: "fraud", Venue: "v", Seats: 5, Meetings: []Meeting{{Minutes: 60}}},
		"no such lesson": {Course: "fraud", Venue: "v", Seats: 5, Meetings: []Meeting{{At: ok.At, Minutes: 60, Lesson: "l9"}}},
	} {
		if _, err := r.NewCohort(ctx, c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.NewCohort(ctx, Cohort{Course: "x"}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestAttendance(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.group(t, 5)
	for i := range 2 {
		_, err := r.Join(ctx, c.ID, pupil(i))
		must(t, err)
	}
	must(t, r.Attend(ctx, "m", c.ID, 1, Held, map[Learner]Presence{pupil(0): Present, pupil(1): Absent}))
	must(t, r.Attend(ctx, "m", c.ID, 1, Held, map[Learner]Presence{pupil(1): Present}))
	must(t, r.Attend(ctx, "m", c.ID, 2, MovedByAlarm, nil))
	list, err := r.AttendanceOf(ctx, c.ID)
	must(t, err)
	for i := range 2 {
		if present, held := PresentAt(list, pupil(i)); present != 1 || held != 1 {
			t.Errorf("%d: %d of %d: an alarm counted against somebody, or a mark was lost", i, present, held)
		}
	}
	for _, err := range []error{
		r.Attend(ctx, "m", c.ID, 3, Held, nil), r.Attend(ctx, "m", c.ID, 1, "party", nil),
		r.Attend(ctx, "m", c.ID, 1, Held, map[Learner]Presence{pupil(9): Present}), r.Attend(ctx, "m", c.ID, 1, Held, map[Learner]Presence{pupil(0): "late"}),
	} {
		if err == nil {
			t.Error("taken")
		}
	}
}

func TestExportEraseAndMerge(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	c := r.group(t, 2)
	a, b, third := pupil(1), pupil(2), pupil(3)
	for _, l := range []Learner{a, b, third} {
		r.clock.pass(time.Minute)
		_, err := r.Join(ctx, c.ID, l)
		must(t, err)
	}
	_, err := r.Record(ctx, a, finishLesson("fraud", "l1", noon))
	must(t, err)
	must(t, r.Say(ctx, a, "fraud", "l1", false, "Мій номер 067 123 45 67"))
	must(t, r.Attend(ctx, "m", c.ID, 1, Held, map[Learner]Presence{a: Present}))

	// a is joined into pupil 8, who was nowhere
	keep := pupil(8)
	must(t, r.Adopt(ctx, a, keep))
	seated, waiting := r.sound(t, c.ID, 2)
	if len(seated) != 2 || len(waiting) != 1 || seated[0].Learner != b && seated[1].Learner != b {
		t.Fatalf("%d seated, %d waiting", len(seated), len(waiting))
	}
	if n, err := r.Export(ctx, ids(a)); err != nil || n != nil {
		t.Errorf("something stayed with the joined one: %v %v", n, err)
	}
	part, err := r.Export(ctx, ids(keep))
	must(t, err)
	raw, err := json.Marshal(part)
	must(t, err)
	for _, want := range []string{`"fraud"`, `"seated"`, `"present"`, "Мій номер […]"} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the export lacks %s", want)
		}
	}
	for range 2 {
		must(t, r.Erase(ctx, ids(keep)))
	}
	if part, err := r.Export(ctx, ids(keep)); err != nil || part != nil {
		t.Errorf("left: %v %v", part, err)
	}
	seated, waiting = r.sound(t, c.ID, 2)
	if len(waiting) != 0 || len(seated) != 2 {
		t.Error("the seat of an erased person stayed taken")
	}
	list, err := r.AttendanceOf(ctx, c.ID)
	must(t, err)
	if len(list[0].Marks) != 0 {
		t.Error("attendance names an erased person")
	}
}
