package sitting

import (
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
)

func TestWhatWasJustWrittenIsReadOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	v := say(t, r.Service, id, a, AskInternet, yes)
	// Another server changes the draft: for a moment the page shows what was, and
	// the answer to it is noticed as a conflict, not lost.
	other := r.again(t)
	say(t, other, id, a, "k11", instrument.Word("a"))
	if got := view(t, r.Service, id, a); got.Rev != v.Rev {
		t.Fatalf("revision %d, want the kept %d", got.Rev, v.Rev)
	}
	if _, err := r.Answer(ctx, id, a, Given{Rev: v.Rev, Block: "k21", Value: instrument.Word("a")}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("an answer to an old page: %v", err)
	}
	r.clock.pass(recentLife)
	if got := view(t, r.Service, id, a); got.Rev != v.Rev+1 {
		t.Fatalf("revision %d after a while", got.Rev)
	}
	// It opens to nobody else.
	if _, err := r.View(ctx, id, Access{}); !fault.Is(err, fault.NotFound) {
		t.Fatalf("without the cookie: %v", err)
	}
	// What is handed in or erased is never shown as a draft.
	walk(t, r.Service, id, a, able(0))
	if _, err := r.Submit(ctx, id, a, ""); err != nil {
		t.Fatal(err)
	}
	if !view(t, r.Service, id, a).Sitting.Done() {
		t.Fatal("a finished sitting is shown as a draft")
	}
	if err := r.Erase(ctx, id, a); err != nil {
		t.Fatal(err)
	}
	if _, err := r.View(ctx, id, a); !fault.Is(err, fault.Gone) {
		t.Fatal(err)
	}
}

func TestFewDraftsAreKept(t *testing.T) {
	t.Parallel()
	var r recent
	at := noon
	for i := range 3 * maxRecent {
		r.put(&Sitting{Doc: store.Doc{ID: uid(i), Rev: 1}}, at)
	}
	if len(r.held) > maxRecent || len(r.order) != len(r.held) || r.get(uid(3*maxRecent-1), at) == nil || r.get(uid(0), at) != nil {
		t.Fatalf("%d drafts, %d in order", len(r.held), len(r.order))
	}
	r.put(&Sitting{Doc: store.Doc{ID: uid(1), Rev: 3}}, at)
	r.put(&Sitting{Doc: store.Doc{ID: uid(1), Rev: 2}}, at)
	if r.get(uid(1), at).Rev != 3 {
		t.Error("an older revision took the place of a newer")
	}
	r.drop(uid(1), at)
	r.put(&Sitting{Doc: store.Doc{ID: uid(1), Rev: 4}}, at)
	if r.get(uid(1), at) != nil {
		t.Error("a late answer brought a dropped draft back")
	}
	r.put(&Sitting{Doc: store.Doc{ID: uid(2), Rev: 1}}, at.Add(recentLife))
	if len(r.held) != 1 || len(r.order) != 1 {
		t.Errorf("%d drafts after their time", len(r.held))
	}
}
