package job_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
)

func schedule(t *testing.T, e store.Engine, c *clock, jobs ...job.Job) *job.Schedule {
	t.Helper()
	s, err := job.NewSchedule(e, job.Holder(), nil, c.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if err := s.Add(j); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func tick(t *testing.T, s *job.Schedule) int {
	t.Helper()
	n, err := s.Tick(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSlotsFollowTheDaysOfKyiv(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		when     job.When
		at, slot string
	}{
		{job.Daily(3, 0), "2026-11-21T00:59:59Z", "2026-11-20"}, // 02:59 in Kyiv, UTC+2
		{job.Daily(3, 0), "2026-11-21T01:00:00Z", "2026-11-21"},
		{job.Daily(3, 0), "2026-07-01T00:00:00Z", "2026-07-01"},  // UTC+3
		{job.Daily(0, 0), "2026-07-01T21:00:00Z", "2026-07-02"},  // midnight in Kyiv
		{job.Daily(3, 30), "2027-03-28T01:00:00Z", "2027-03-27"}, // 04:00 after the leap: the missing 03:30 begins at 04:30
		{job.Daily(3, 30), "2027-03-28T01:30:00Z", "2027-03-28"},
		{job.Daily(3, 30), "2026-10-25T01:30:00Z", "2026-10-25"}, // 03:30 stands twice that night: one slot
		{job.Every(time.Hour), "2026-11-21T10:59:59Z", "20261121T100000Z"},
	} {
		if slot, from := c.when.Slot(at(c.at)); slot != c.slot || from.After(at(c.at)) {
			t.Errorf("%s: slot %s from %s, want %s", c.at, slot, from, c.slot)
		}
	}
}

func TestASlotRunsOnceOnAnyReplica(t *testing.T) {
	t.Parallel()
	c, e := newClock(), engine(t)
	var runs atomic.Int32
	j := job.Job{Name: "sweep", When: job.Daily(3, 0), Run: func(context.Context, job.Run) error { runs.Add(1); return nil }}
	a, b := schedule(t, e, c, j), schedule(t, e, c, j)
	for range 3 {
		tick(t, a)
		tick(t, b)
	}
	if runs.Load() != 1 {
		t.Fatalf("%d runs of one slot", runs.Load())
	}
	c.pass(24 * time.Hour)
	if tick(t, b)+tick(t, a) != 1 || runs.Load() != 2 {
		t.Fatalf("%d runs after a day", runs.Load())
	}
}

func TestAFailedSlotIsTriedAgainWithPausesAndThenGivenUp(t *testing.T) {
	t.Parallel()
	c, e := newClock(), engine(t)
	var runs atomic.Int32
	s := schedule(t, e, c, job.Job{Name: "sweep", When: job.Daily(3, 0), Tries: 3, Run: func(_ context.Context, r job.Run) error {
		if int32(r.Try) != runs.Add(1) {
			t.Errorf("try %d", r.Try)
		}
		if r.Try == 2 {
			panic("a bug")
		}
		return errors.New("no")
	}})
	for _, step := range []struct {
		pass time.Duration
		runs int32
	}{{0, 1}, {29 * time.Second, 1}, {time.Second, 2}, {59 * time.Second, 2}, {time.Second, 3}, {time.Hour, 3}} {
		c.pass(step.pass)
		tick(t, s)
		if runs.Load() != step.runs {
			t.Fatalf("after %s: %d runs, want %d", step.pass, runs.Load(), step.runs)
		}
	}
	states, err := s.States(context.Background())
	if err != nil || len(states) != 1 || states[0].GivenUp != "2026-11-21" || states[0].Error != "internal" {
		t.Fatalf("%+v, %v", states[0], err)
	}
	c.pass(24 * time.Hour)
	runs.Store(0)
	if tick(t, s) != 1 || runs.Load() != 1 {
		t.Fatal("the next slot did not run")
	}
}

func TestARunThatLostItsLeaseIsFencedOff(t *testing.T) {
	t.Parallel()
	c, e := newClock(), engine(t)
	var second *job.Schedule
	var tokens []int64
	slow := job.Job{Name: "sweep", When: job.Daily(3, 0), Run: func(ctx context.Context, r job.Run) error {
		tokens = append(tokens, r.Token)
		if r.Try > 1 {
			return nil
		}
		c.pass(10 * time.Minute) // it sleeps past its lease; another replica comes
		if tick(t, second) != 1 {
			t.Error("the second replica did not take over")
		}
		if err := r.Held(ctx); !fault.Is(err, fault.Conflict) {
			t.Errorf("the sleeper believes it holds the lease: %v", err)
		}
		return errors.New("too late to count")
	}}
	first := schedule(t, e, c, slow)
	second = schedule(t, e, c, slow)
	tick(t, first)
	if len(tokens) != 2 || tokens[1] <= tokens[0] {
		t.Fatalf("tokens %v", tokens)
	}
	states, err := first.States(context.Background())
	if err != nil || states[0].Done != "2026-11-21" || states[0].Error != "" {
		t.Fatalf("the sleeper's word counted: %+v, %v", states[0], err)
	}
}

func TestJobsAreCheckedWhenAdded(t *testing.T) {
	t.Parallel()
	s := schedule(t, engine(t), newClock())
	run := func(context.Context, job.Run) error { return nil }
	if err := s.Add(job.Job{Name: "Bad Name", When: job.Daily(1, 0), Run: run}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	if err := s.Add(job.Job{Name: "a", When: job.Daily(1, 0), Run: run}); err != nil {
		t.Fatal(err)
	}
	if err := s.Add(job.Job{Name: "a", When: job.Daily(1, 0), Run: run}); !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
}
