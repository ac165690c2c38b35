package sitting

import (
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"

	"pgregory.net/rapid"
)

func TestErase(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	say(t, r.Service, id, a, AskInternet, yes)
	say(t, r.Service, id, a, "k11", instrument.Word("a"))
	walk(t, r.Service, id, a, plain)
	out, err := r.Submit(ctx, id, a, "")
	if err != nil {
		t.Fatal(err)
	}
	before := out.Sitting.Seq
	if err := r.Erase(ctx, id, a); err != nil {
		t.Fatal(err)
	}
	var entries []Entry
	for e, err := range r.Entries(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e)
	}
	if len(entries) != 1 || entries[0].Seq <= before {
		t.Fatalf("%+v", entries)
	}
	tally, err := ParseTally(entries[0].Tally)
	remove, add := tally.Change(func(seq int64) bool { return seq == before })
	if err != nil || add != nil || remove == nil || remove.State != Counted {
		t.Fatalf("%+v %v", tally, err)
	}
	raw, err := r.sittings.Get(ctx, id)
	if err != nil || raw.Answers != nil || raw.Score != nil || raw.KeyHash != "" || raw.Respondent.Sex != "" {
		t.Fatalf("left behind: %+v", raw)
	}
	for _, acc := range []Access{a, {Key: out.Key}} {
		if _, err := r.View(ctx, id, acc); !fault.Is(err, fault.Gone) {
			t.Fatal(err)
		}
		if _, err := r.Submit(ctx, id, acc, ""); !fault.Is(err, fault.Gone) {
			t.Fatal(err)
		}
		if _, err := r.Answer(ctx, id, acc, Given{Block: AskInternet, Value: yes}); !fault.Is(err, fault.Gone) {
			t.Fatal(err)
		}
		if err := r.Erase(ctx, id, acc); !fault.Is(err, fault.Gone) {
			t.Fatal(err)
		}
	}
	if n, err := r.Sweep(ctx, noon.Add(tombTally+time.Hour)); err != nil || n.Stripped != 1 {
		t.Fatalf("%+v %v", n, err)
	}
	if _, err := r.View(ctx, id, a); !fault.Is(err, fault.Gone) {
		t.Fatal("gone is not for ever")
	}
	for range r.Entries(ctx, 0) {
		t.Fatal("the row of an erased person was kept")
	}
	// a draft can be erased too
	draft, b := start(t, r.Service, "test")
	say(t, r.Service, draft, b, AskInternet, yes)
	if err := r.Erase(ctx, draft, b); err != nil {
		t.Fatal(err)
	}
	if _, err := r.View(ctx, draft, b); !fault.Is(err, fault.Gone) {
		t.Fatal(err)
	}
}

// Erased stays erased, whatever is tried afterwards.
func TestErasedStaysErased(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	n := 1000
	rapid.Check(t, func(t *rapid.T) {
		n++
		id := uid(n)
		raw := body(full(n % 30))
		sub, derr := Decode(raw)
		out, err := r.Put(ctx, id, sub, derr, From{})
		if err != nil {
			t.Fatal(err)
		}
		a := Access{Key: out.Key}
		if err := r.Erase(ctx, id, a); err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 6).Draw(t, "tries") {
			switch rapid.IntRange(0, 6).Draw(t, "act") {
			case 0:
				_, err = r.Put(ctx, id, sub, derr, From{})
			case 1:
				other, oerr := Decode(body(full(7), set("language", "en")))
				_, err = r.Put(ctx, id, other, oerr, From{Device: "tablet"})
			case 2:
				_, err = r.View(ctx, id, a)
			case 3:
				_, err = r.Answer(ctx, id, a, Given{Block: AskInternet, Value: yes})
			case 4:
				err = r.Erase(ctx, id, a)
			case 5:
				_, err = r.Submit(ctx, id, a, "tablet")
			case 6:
				_, err = r.Sweep(ctx, noon.Add(365*24*time.Hour))
				if err == nil {
					continue
				}
			}
			if !fault.Is(err, fault.Gone) {
				t.Fatalf("%v", err)
			}
		}
	})
}
