package sitting

import (
	"context"
	"sync"
	"testing"
	"time"
)

func TestGuardedAdmission(t *testing.T) {
	t.Parallel()
	guarded := func(c *Config) { c.Guarded = true }
	r := newRig(t, guarded)
	ctx := context.Background()
	states := map[State]int{}
	var held string
	for i := range 40 {
		doc := mustPut(t, r.Service, uid(i), body(full(12))).Sitting
		states[doc.State]++
		if doc.State == Held {
			held = doc.ID
		}
	}
	if states[Counted] != 30 || states[Held] != 10 {
		t.Fatalf("%v", states)
	}
	if doc := mustPut(t, r.Service, uid(0), body(full(12))); doc.Created || doc.Sitting.State != Counted {
		t.Fatal("a replay at the full door changed its state")
	}
	if doc := mustPut(t, r.Service, uid(50), body(map[string]any{"must": "x"}, set("instrument", "poll"), set("version", 1))).Sitting; doc.State != Counted {
		t.Fatal("the bound is per instrument")
	}
	// a new start of the program knows the hour
	if doc := mustPut(t, r.again(t, guarded), uid(51), body(full(12))).Sitting; doc.State != Held {
		t.Fatal("a restart opens the door")
	}
	page, err := r.Held(ctx, analyst, HeldQuery{Wave: "autumn", Limit: 4})
	if err != nil || len(page.Items) != 4 || page.Next == 0 {
		t.Fatalf("%+v %v", page, err)
	}
	rest, err := r.Held(ctx, analyst, HeldQuery{Wave: "autumn", After: page.Next})
	if err != nil || len(rest.Items) != 7 || rest.Next != 0 || rest.Items[0].ID == page.Items[3].ID {
		t.Fatalf("%+v %v", rest, err)
	}
	if d, err := r.Release(ctx, analyst, []string{held, held, uid(0), uid(999)}, "checked"); err != nil || d.Changed != 1 || d.Already != 0 || len(d.Other) != 2 {
		t.Fatalf("%+v %v", d, err)
	}
	if d, err := r.Release(ctx, analyst, []string{held}, "checked"); err != nil || d.Changed != 0 || d.Already != 1 {
		t.Fatalf("released twice: %+v %v", d, err)
	}
	if d, err := r.Reject(ctx, analyst, []string{held}, "flood"); err != nil || d.Changed != 0 || len(d.Other) != 1 {
		t.Fatalf("a released one rejected: %+v %v", d, err)
	}
	doc, _ := r.sittings.Get(ctx, held)
	tally, err := ParseTally(doc.Tally)
	if err != nil || doc.State != Counted || tally.Now.State != Counted || len(tally.Was) != 1 || tally.Was[0].Row.State != Held {
		t.Fatalf("%+v %v", tally, err)
	}
	// the next hour has room again; a busy week raises the bound
	r.clock.pass(time.Hour)
	if doc := mustPut(t, r.Service, uid(60), body(full(12))).Sitting; doc.State != Counted {
		t.Fatal(doc.State)
	}
	h := r.admission.of("test")
	for i := range 100 * admissionHours {
		h.add(stepOf(r.clock.now()) - stepsAnHour*int64(1+i%admissionHours))
	}
	if b := h.bound(); b != 300 {
		t.Fatalf("bound %d after a week of 100 an hour", b)
	}
	r.clock.pass(9 * 24 * time.Hour)
	h.roll(stepOf(r.clock.now()))
	if h.sum != 0 || h.bound() != admissionFloor {
		t.Fatalf("a quiet week leaves %d", h.sum)
	}
}

// Around the full hour there is no room of two hours.
func TestTheHourSlides(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded = true })
	r.clock.pass(58 * time.Minute)
	states := map[State]int{}
	for i := range 70 {
		states[mustPut(t, r.Service, uid(i), body(full(12))).Sitting.State]++
		r.clock.pass(5 * time.Second)
	}
	if states[Counted] != admissionFloor || states[Held] != 40 {
		t.Fatalf("%v", states)
	}
}

// When more are held than let in, an alert stands for a day, also after a restart.
func TestAFloodRaisesTheAlert(t *testing.T) {
	t.Parallel()
	guarded := func(c *Config) { c.Guarded = true }
	r := newRig(t, guarded)
	state := func(s *Service) Admission {
		t.Helper()
		list := s.Admission()
		if len(list) != 1 || list[0].Instrument != "test" {
			t.Fatalf("%+v", list)
		}
		return list[0]
	}
	for i := range 60 {
		mustPut(t, r.Service, uid(i), body(full(12)))
	}
	if a := state(r.Service); a.Alert || a.Counted != 30 || a.Held != 30 || a.Bound != 30 || a.HeldDay != 30 {
		t.Fatalf("a busy hour: %+v", a)
	}
	mustPut(t, r.Service, uid(60), body(full(12)))
	for _, s := range []*Service{r.Service, r.again(t, guarded)} {
		if a := state(s); !a.Alert || a.Held != 31 || !a.AlertAt.Equal(noon) {
			t.Fatalf("a flood: %+v", a)
		}
	}
	r.clock.pass(23 * time.Hour)
	if a := state(r.Service); !a.Alert || a.Held != 0 || a.HeldDay != 31 {
		t.Fatalf("the evening after: %+v", a)
	}
	r.clock.pass(2 * time.Hour)
	if a := state(r.Service); a.Alert || a.HeldDay != 0 {
		t.Fatalf("two days after: %+v", a)
	}
	if open := newRig(t).Admission(); len(open) != 0 {
		t.Fatalf("open admission: %+v", open)
	}
}

func TestReplaysAtTheGuardedDoorCountOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded = true })
	raw := body(full(12))
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if out, err := put(t, r.Service, uid(1), raw); err != nil || out.Sitting.State != Counted {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if n := r.admission.of("test").present(); n != 1 {
		t.Fatalf("%d counted at the door", n)
	}
}

func TestReject(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded = true })
	for i := range 31 {
		mustPut(t, r.Service, uid(i), body(full(12)))
	}
	if d, err := r.Reject(context.Background(), analyst, []string{uid(30)}, "flood"); err != nil || d.Changed != 1 {
		t.Fatal(d, err)
	}
	out, err := r.Result(context.Background(), uid(30), Access{Key: r.locks.resultKey(uid(30))})
	if err != nil || out.Sitting.State != Excluded || out.Sitting.Reasons[0] != ReasonRejected {
		t.Fatalf("%+v %v", out, err)
	}
}
