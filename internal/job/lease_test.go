package job_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
)

func TestALeaseIsHeldByOneAndItsTokenGrows(t *testing.T) {
	t.Parallel()
	ctx, c, e := context.Background(), newClock(), engine(t)
	a, err := job.NewLeases(e, "a", c.now)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := job.NewLeases(e, "b", c.now)
	first, err := a.Acquire(ctx, "x", time.Minute)
	if err != nil || first.Token != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	for _, l := range []*job.Leases{a, b} {
		if _, err := l.Acquire(ctx, "x", time.Minute); !fault.Is(err, fault.Conflict) {
			t.Fatalf("a held lease was given out: %v", err)
		}
	}
	c.pass(40 * time.Second)
	if err := a.Renew(ctx, first, time.Minute); err != nil {
		t.Fatal(err)
	}
	c.pass(50 * time.Second) // past the first end, inside the renewed one
	if _, err := b.Acquire(ctx, "x", time.Minute); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a renewed lease was given out: %v", err)
	}
	c.pass(11 * time.Second)
	second, err := b.Acquire(ctx, "x", time.Minute)
	if err != nil || second.Token != 2 {
		t.Fatalf("%+v, %v", second, err)
	}
	if err := a.Renew(ctx, first, time.Minute); !fault.Is(err, fault.Conflict) {
		t.Fatalf("the sleeper renewed: %v", err)
	}
	if err := a.Release(ctx, first); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Acquire(ctx, "x", time.Minute); !fault.Is(err, fault.Conflict) {
		t.Fatalf("the sleeper's release freed another's lease: %v", err)
	}
	if err := b.Release(ctx, second); err != nil {
		t.Fatal(err)
	}
	third, err := a.Acquire(ctx, "x", time.Minute)
	if err != nil || third.Token != 3 {
		t.Fatalf("%+v, %v", third, err)
	}
}

func TestOfManyAtOnceOneGetsTheLease(t *testing.T) {
	t.Parallel()
	c, e := newClock(), engine(t)
	for round := range 5 {
		var got atomic.Int32
		var all sync.WaitGroup
		for range 12 {
			all.Go(func() {
				l, err := job.NewLeases(e, job.Holder(), c.now)
				if err != nil {
					t.Error(err)
					return
				}
				switch _, err := l.Acquire(context.Background(), "x", time.Minute); {
				case err == nil:
					got.Add(1)
				case !fault.Is(err, fault.Conflict):
					t.Error(err)
				}
			})
		}
		all.Wait()
		if got.Load() != 1 {
			t.Fatalf("round %d: %d holders", round, got.Load())
		}
		c.pass(2 * time.Minute)
	}
}
