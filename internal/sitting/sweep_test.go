package sitting

import (
	"testing"
	"time"

	"osvitlo/internal/fault"
)

func TestSweep(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	agreed, a := start(t, r.Service, "test", ConsentStatistics)
	silent, b := start(t, r.Service, "test")
	for id, acc := range map[string]Access{agreed: a, silent: b} {
		say(t, r.Service, id, acc, AskInternet, yes)
	}
	mustPut(t, r.Service, uid(1), body(full(3), set("consent", []string{})))
	mustPut(t, r.Service, uid(2), body(full(3)))
	unbegun, u := start(t, r.Service, "test")
	day := 24 * time.Hour
	for _, c := range []struct {
		after time.Duration
		want  Swept
	}{
		{13 * day, Swept{}},
		{2 * day, Swept{BrokenOff: 2, Claims: 2}},
		{14 * day, Swept{}},
		{2 * day, Swept{Deleted: 1}},
		{15 * day, Swept{Deleted: 1}},
		{400 * day, Swept{}},
	} {
		r.clock.pass(c.after)
		if got, err := r.Sweep(ctx, r.clock.now()); err != nil || got != c.want {
			t.Fatalf("at %v: %+v %v, want %+v", r.clock.now().Sub(noon), got, err, c.want)
		}
	}
	if _, err := r.View(ctx, agreed, a); !fault.Is(err, fault.Gone) {
		t.Fatalf("a break-off is open: %v", err)
	}
	if doc, err := r.sittings.Get(ctx, agreed); err != nil || doc.Disposition != BreakOff {
		t.Fatal("a break-off with consent was not kept")
	}
	if _, err := r.sittings.Get(ctx, silent); !fault.Is(err, fault.NotFound) {
		t.Fatal("a break-off without consent was kept")
	}
	if _, err := put(t, r.Service, uid(1), body(full(3), set("consent", []string{}))); !fault.Is(err, fault.Gone) {
		t.Fatalf("a late replay brought a deleted sitting back: %v", err)
	}
	if doc, err := r.sittings.Get(ctx, uid(2)); err != nil || doc.State != Counted {
		t.Fatal("a counted sitting is gone")
	}
	if _, err := r.View(ctx, unbegun, u); !fault.Is(err, fault.NotFound) {
		t.Fatalf("an unbegun draft never expires: %v", err)
	}
}
