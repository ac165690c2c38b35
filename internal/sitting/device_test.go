package sitting

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"osvitlo/internal/store"
)

func TestDevice(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	with := func(id int, device string, raw []byte) *Sitting {
		t.Helper()
		sub, err := Decode(raw)
		out, err := r.Put(ctx, uid(id), sub, err, From{Device: device})
		if err != nil {
			t.Fatal(err)
		}
		return out.Sitting
	}
	first := with(1, "tablet", body(full(30)))
	if first.State != Counted {
		t.Fatal(first.State)
	}
	if s := with(1, "tablet", body(full(30))); s.State != Counted {
		t.Fatal("a replay is no second sitting")
	}
	if s := with(2, "tablet", body(full(30))); s.State != Excluded || s.Reasons[0] != ReasonDuplicate {
		t.Fatal(s.State, s.Reasons)
	}
	if s := with(3, "", body(full(30))); s.State != Counted {
		t.Fatal("no cookie, no duplicate")
	}
	if s := with(4, "tablet", body(full(30), set("purpose", "practice"))); s.State != Practice {
		t.Fatal(s.State)
	}
	if s := with(5, "tablet", body(map[string]any{"must": "x"}, set("instrument", "poll"), set("version", 1))); s.State != Counted {
		t.Fatal("another role is another sitting: ", s.State)
	}
	if strings.Contains(first.Device, "tablet") {
		t.Fatal("the cookie stands in the store")
	}
	// erased: the device is free again
	if err := r.Erase(ctx, uid(1), Access{Key: r.locks.resultKey(uid(1))}); err != nil {
		t.Fatal(err)
	}
	if s := with(6, "tablet", body(full(30))); s.State != Counted {
		t.Fatal(s.State)
	}
	// a crash after the tombstone: the claim still names the erased sitting
	claim, err := r.claims.Get(ctx, first.Device)
	if err != nil {
		t.Fatal(err)
	}
	claim.Sitting = uid(1)
	if err := r.claims.Replace(ctx, claim); err != nil {
		t.Fatal(err)
	}
	if s := with(7, "tablet", body(full(30))); s.State != Counted {
		t.Fatal("the claim of an erased sitting blocks the device")
	}
	// a crash after the claim: its sitting was never stored
	stale := &Claim{Doc: store.Doc{ID: claim.ID}, Sitting: uid(99), Made: store.At(r.clock.now()), Expires: claim.Expires}
	if err := r.claims.Upsert(ctx, stale); err != nil {
		t.Fatal(err)
	}
	if s := with(8, "tablet", body(full(30))); s.State != Excluded {
		t.Fatal("a write under way was overtaken")
	}
	r.clock.pass(2 * claimSlack)
	if s := with(9, "tablet", body(full(30))); s.State != Counted {
		t.Fatal("a claim without a sitting blocks the device")
	}
}

func TestOneDeviceAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	var counted atomic.Int64
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			sub, err := Decode(body(full(30)))
			out, err := r.Put(context.Background(), uid(i), sub, err, From{Device: "tablet"})
			if err != nil {
				t.Error(err)
			} else if out.Sitting.State == Counted {
				counted.Add(1)
			}
		})
	}
	wg.Wait()
	if counted.Load() != 1 {
		t.Fatalf("%d counted", counted.Load())
	}
}
