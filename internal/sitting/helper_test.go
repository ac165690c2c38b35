package sitting

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/quality"
)

func putFrom(t *testing.T, s *Service, id int, raw []byte, from From) *Sitting {
	t.Helper()
	sub, derr := Decode(raw)
	out, err := s.Put(context.Background(), uid(id), sub, derr, from)
	if err != nil {
		t.Fatal(err)
	}
	return out.Sitting
}

func TestWhichModesAHelperMayUse(t *testing.T) {
	t.Parallel()
	modes := []Mode{ModeSelf, ModeMentor, ModePaper, ModePhone}
	for kind, want := range map[HelperKind]string{HelperVenue: "++++", HelperOperator: "---+", HelperDevice: "+---", "other": "----", "": "----"} {
		for i, m := range modes {
			if h := (&Helper{Kind: kind}); h.Allows(m) != (want[i] == '+') {
				t.Errorf("%q in %s: %v", kind, m, h.Allows(m))
			}
		}
	}
	for _, m := range modes {
		if (*Helper)(nil).Allows(m) != (m == ModeSelf) {
			t.Errorf("nobody in %s", m)
		}
	}
}

// One measurement per person and wave: an account is claimed, not its device, so
// that a family shares a computer; under a token neither is.
func TestAnAccountCountsOnceInAWave(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	raw := body(full(12))
	venue := &Helper{Kind: HelperVenue, Venue: "lib-1", Token: "t"}
	for i, c := range []struct {
		from     From
		state    State
		reason   string
		evidence Evidence
	}{
		{From{Device: "pc", Account: "pmother"}, Counted, "", EvidenceAccount},
		{From{Device: "pc", Account: "pfather"}, Counted, "", EvidenceAccount},
		{From{Device: "phone", Account: "pmother"}, Excluded, ReasonSecond, EvidenceAccount},
		{From{Device: "pc"}, Counted, "", EvidenceOpen},
		{From{Device: "pc"}, Excluded, ReasonDuplicate, EvidenceOpen},
		{From{Device: "pc", Helper: venue}, Counted, "", EvidenceVenue},
		{From{Device: "pc", Account: "pmother", Helper: venue}, Counted, "", EvidenceVenue},
	} {
		doc := putFrom(t, r.Service, i, raw, c.from)
		if doc.State != c.state || doc.Evidence != c.evidence || c.reason != "" && doc.Reasons[0] != c.reason {
			t.Errorf("%d: %s %v %s", i, doc.State, doc.Reasons, doc.Evidence)
		}
		stored, _ := json.Marshal(doc)
		if strings.Contains(string(stored), "pmother") || strings.Contains(string(stored), "pfather") {
			t.Fatalf("the account stands in the document: %s", stored)
		}
	}
	// erased: the person may take part again
	if err := ForPeople(r.Service).Erase(context.Background(), uid(0)); err != nil {
		t.Fatal(err)
	}
	if doc := putFrom(t, r.Service, 20, raw, From{Account: "pmother"}); doc.State != Counted {
		t.Error(doc.State, doc.Reasons)
	}
}

// A sitting in the browser, on an enrolled computer of a school: marked before it
// is submitted.
func TestUnder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	school := &Helper{Kind: HelperDevice, Venue: "school-7", Token: "abc"}
	begin := func() (string, Access) {
		t.Helper()
		st, err := r.Start(ctx, StartRequest{Instrument: "test", Language: "uk", Consent: []string{ConsentStatistics}})
		if err != nil {
			t.Fatal(err)
		}
		a := Access{Token: st.Token}
		if err := r.Under(ctx, st.ID, a, From{Helper: school}); !fault.Is(err, fault.NotFound) {
			t.Fatalf("nothing answered yet: %v", err)
		}
		rev := int64(0)
		say := func(block string, v instrument.Value) {
			v2, err := r.Answer(ctx, st.ID, a, Given{Rev: rev, Block: block, Value: v, Spent: 20 * time.Second})
			if err != nil {
				t.Fatalf("%s: %v", block, err)
			}
			rev = v2.Rev
		}
		say("internet", instrument.Word("yes"))
		for n := 1; n <= 2; n++ {
			for area := 1; area <= Areas; area++ {
				say(fmt.Sprintf("k%d%d", area, n), instrument.Word("a"))
			}
		}
		say("lives", instrument.Word("community"))
		say("sex", instrument.Word("male"))
		say("age_group", instrument.Word("14-17"))
		return st.ID, a
	}
	for range 3 { // three pupils, one computer
		id, a := begin()
		if err := r.Under(ctx, id, Access{}, From{Helper: school}); !fault.Is(err, fault.NotFound) {
			t.Fatalf("without access: %v", err)
		}
		if err := r.Under(ctx, id, a, From{Helper: &Helper{Kind: HelperOperator}}); !fault.Is(err, fault.Forbidden) {
			t.Fatalf("an operator's token in self: %v", err)
		}
		for range 2 {
			if err := r.Under(ctx, id, a, From{Helper: school}); err != nil {
				t.Fatal(err)
			}
		}
		out, err := r.Submit(ctx, id, a, "computer")
		if err != nil {
			t.Fatal(err)
		}
		doc := out.Sitting
		if doc.State != Counted || doc.Evidence != EvidenceVenue || *doc.Helper != *school || doc.Device != "" || strings.Contains(doc.Tally, "school") {
			t.Fatalf("%s %v %+v %s", doc.State, doc.Reasons, doc.Helper, doc.Tally)
		}
		if err := r.Under(ctx, id, a, From{Helper: school}); !fault.Is(err, fault.Conflict) {
			t.Fatalf("after the submit: %v", err)
		}
	}
}

func TestTokenLimitsAreByTheHour(t *testing.T) {
	t.Parallel()
	var l tokenLimits
	for i := range 5 {
		if wait := l.take("a", uid(i), 3, noon); (wait > 0) != (i >= 3) || wait > time.Hour {
			t.Fatalf("%d: %v", i, wait)
		}
	}
	if l.take("a", uid(1), 3, noon) > 0 {
		t.Fatal("the same sitting again")
	}
	if l.take("b", uid(9), 3, noon) > 0 || l.take("a", uid(9), 3, noon.Add(time.Hour)) > 0 {
		t.Fatal("another token, another hour")
	}
}

// A tablet's queue sends everything again and again: one record, one counted.
func TestThousandReplaysUnderATokenAreOne(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded, c.PerToken = true, 2 })
	raw := body(full(12), set("mode", "mentor"))
	from := From{Device: "tablet", Helper: &Helper{Kind: HelperVenue, Venue: "lib-1", Token: "t"}}
	var created atomic.Int64
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() {
			sub, derr := Decode(raw)
			out, err := r.Put(context.Background(), uid(1), sub, derr, from)
			if err != nil || out.Sitting.State != Counted {
				t.Errorf("%v", err)
			} else if out.Created {
				created.Add(1)
			}
		})
	}
	wg.Wait()
	if created.Load() != 1 {
		t.Fatalf("%d created", created.Load())
	}
	if doc := putFrom(t, r.Service, 2, raw, from); doc.State != Counted {
		t.Fatal("the replays used up the token's hour")
	}
}

// Quality is written down and decides nothing.
func TestQualityIsKeptAndDecidesNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) {
		c.Timing = func(string, int) *quality.Timing {
			return &quality.Timing{Basis: quality.BasisPilot, SecondsPerItem: 24}
		}
	})
	fast := set("submitted_at", "2026-11-21T09:41:00Z") // a minute for 30 items
	for i := range 3 {
		doc := putFrom(t, r.Service, i, body(full(12), fast), From{})
		q := doc.Quality
		if doc.State != Counted || q == nil || !q.Has(quality.Speed) || q.Has(quality.Duplicate) != (i > 0) || !q.Doubtful() || q.Rules != quality.Rules {
			t.Fatalf("%d: %s %+v", i, doc.State, q)
		}
	}
	paper := putFrom(t, r.Service, 5, body(full(12), fast, set("mode", "paper")), From{Helper: &Helper{Kind: HelperVenue, Venue: "lib-1"}})
	if paper.Quality.Has(quality.Speed) || paper.Quality.Pace != nil || paper.Quality.Has(quality.Duplicate) {
		t.Fatalf("%+v", paper.Quality)
	}
	// an erased sitting is not compared with any more
	for i := range 3 {
		if err := ForPeople(r.Service).Erase(context.Background(), uid(i)); err != nil {
			t.Fatal(err)
		}
	}
	if doc := putFrom(t, r.Service, 6, body(full(12)), From{}); len(doc.Quality.Flags) != 0 {
		t.Fatalf("%+v", doc.Quality)
	}
}

// What an analyst sees names nobody, opens nothing, and is written down.
func TestHeldListIsCarefulAndWrittenDown(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded = true })
	ctx := context.Background()
	for i := range 35 {
		mustPut(t, r.Service, uid(i), body(full(12)))
		r.clock.pass(time.Second)
	}
	page, err := r.Held(ctx, analyst, HeldQuery{})
	if err != nil || len(page.Items) != 5 || page.Next != 0 {
		t.Fatalf("%+v %v", page, err)
	}
	h := page.Items[0]
	if h.ID != uid(30) || h.Wave != "autumn" || h.Level == "" || h.Sex != Female || h.Quality == nil || h.Answers != 30 || !h.Received.Equal(noon.Add(30*time.Second)) {
		t.Fatalf("%+v", h)
	}
	from := noon.Add(32 * time.Second)
	if page, err = r.Held(ctx, analyst, HeldQuery{From: from, To: from.Add(2 * time.Second)}); err != nil || len(page.Items) != 2 || page.Items[0].ID != uid(32) {
		t.Fatalf("%+v %v", page, err)
	}
	for _, q := range []HeldQuery{{Wave: "spring"}, {Instrument: "poll"}} {
		if page, err = r.Held(ctx, analyst, q); err != nil || len(page.Items) != 0 {
			t.Fatalf("%+v %v", page, err)
		}
	}
	hours, err := r.HeldHours(ctx)
	if err != nil || len(hours) != 1 || hours[0].Held != 5 || !hours[0].Hour.Equal(noon) || hours[0].Wave != "autumn" {
		t.Fatalf("%+v %v", hours, err)
	}
	if n := r.audit.of(actList); n != 4 {
		t.Errorf("%d readings written down", n)
	}
	ids := []string{uid(30), uid(31)}
	if _, err := r.Release(ctx, analyst, ids, "they came all at once"); !fault.Is(err, fault.Invalid) {
		t.Errorf("a reason that is no code: %v", err)
	}
	if _, err := r.Release(ctx, analyst, make([]string, decideMost+1), "checked"); !fault.Is(err, fault.Invalid) {
		t.Errorf("too many: %v", err)
	}
	if _, err := r.Release(ctx, By{}, ids, "checked"); err == nil || r.audit.of(actRelease) != 0 {
		t.Errorf("nobody decided: %v", err)
	}
	if d, err := r.Release(ctx, analyst, ids, "checked"); err != nil || d.Changed != 2 || r.audit.of(actRelease) != 2 {
		t.Errorf("%+v %v", d, err)
	}
	if d, err := r.Release(ctx, analyst, ids, "checked"); err != nil || d.Already != 2 || r.audit.of(actRelease) != 2 {
		t.Errorf("again: %+v %v", d, err)
	}
	blind := r.again(t, func(c *Config) { c.Audit = nil })
	if _, err := blind.Reject(ctx, analyst, []string{uid(33)}, "flood"); err == nil {
		t.Error("a decision that nobody writes down")
	}
	if _, err := blind.Held(ctx, analyst, HeldQuery{}); err == nil {
		t.Error("a reading that nobody writes down")
	}
	// an erased one is not held any more
	if err := ForPeople(r.Service).Erase(ctx, uid(34)); err != nil {
		t.Fatal(err)
	}
	if d, err := r.Reject(ctx, analyst, []string{uid(34), "no-such"}, "flood"); err != nil || d.Changed != 0 || len(d.Other) != 2 {
		t.Errorf("%+v %v", d, err)
	}
}

// Two analysts at once: each sitting is decided once, and the tallies tell one story.
func TestTwoAnalystsAtOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(c *Config) { c.Guarded = true })
	ctx := context.Background()
	var ids []string
	for i := range 40 {
		if doc := mustPut(t, r.Service, uid(i), body(full(12))).Sitting; doc.State == Held {
			ids = append(ids, doc.ID)
		}
	}
	done := make(chan Decided, 2)
	for _, decide := range []func() (Decided, error){
		func() (Decided, error) { return r.Release(ctx, analyst, ids, "checked") },
		func() (Decided, error) { return r.Reject(ctx, analyst, ids, "flood") },
	} {
		go func() {
			d, err := decide()
			if err != nil {
				t.Error(err)
			}
			done <- d
		}()
	}
	a, b := <-done, <-done
	if a.Changed+b.Changed != len(ids) || a.Already+b.Already != 0 {
		t.Fatalf("%+v %+v", a, b)
	}
	for e, err := range r.Entries(ctx, 0) {
		tally, perr := ParseTally(e.Tally)
		if err != nil || perr != nil || tally.Now.State == Held {
			t.Fatalf("%+v %v %v", tally, err, perr)
		}
	}
}

func TestExportTellsEverythingToItsOwner(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := context.Background()
	doc := mustPut(t, r.Service, uid(1), body(full(12))).Sitting
	held, err := ForPeople(r.Service).Export(ctx, uid(1))
	if err != nil {
		t.Fatal(err)
	}
	raw, _ := json.Marshal(held)
	for _, want := range []string{`"k11":"a"`, `"age_band":"60-64"`, `"state":"counted"`, `"quality":{`, `"title":{`, `"wave":"autumn"`} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("the export lacks %s: %s", want, raw)
		}
	}
	for _, never := range []string{doc.KeyHash, doc.BodyHash, doc.Tally, r.locks.resultKey(uid(1))} {
		if strings.Contains(string(raw), never) {
			t.Errorf("the export holds %s", never)
		}
	}
	for _, none := range []string{uid(2), "", "x"} {
		if held, err := ForPeople(r.Service).Export(ctx, none); err != nil || held != nil {
			t.Errorf("%q: %v %v", none, held, err)
		}
	}
	if err := ForPeople(r.Service).Erase(ctx, uid(1)); err != nil {
		t.Fatal(err)
	}
	if held, err := ForPeople(r.Service).Export(ctx, uid(1)); err != nil || held != nil {
		t.Errorf("after the erasure: %v %v", held, err)
	}
}

// The list is read from where the oldest held sitting lies; what is held later, by
// this process or another, is still found.
func TestHeldIsFoundAfterWhatWasLearnt(t *testing.T) {
	t.Parallel()
	guarded := func(c *Config) { c.Guarded = true }
	r := newRig(t, guarded)
	ctx := context.Background()
	n := 0
	flood := func(s *Service, times int) {
		t.Helper()
		for range times {
			mustPut(t, s, uid(n), body(full(12)))
			n++
			r.clock.pass(time.Second)
		}
	}
	held := func(q HeldQuery) (ids []string) {
		t.Helper()
		page, err := r.Held(ctx, analyst, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.Items {
			ids = append(ids, h.ID)
		}
		return ids
	}
	if len(held(HeldQuery{})) != 0 {
		t.Fatal("nothing is held yet")
	}
	flood(r.Service, 60)
	first := held(HeldQuery{})
	if len(first) != 30 || len(held(HeldQuery{Wave: "other"})) != 0 || len(held(HeldQuery{})) != 30 {
		t.Fatalf("%d held", len(first))
	}
	if _, err := r.Release(ctx, analyst, first, "checked"); err != nil {
		t.Fatal(err)
	}
	if len(held(HeldQuery{})) != 0 || len(held(HeldQuery{})) != 0 {
		t.Fatal("released ones are listed")
	}
	flood(r.again(t, guarded), 3) // another process
	if got := held(HeldQuery{}); len(got) != 3 {
		t.Fatalf("%d held by another process", len(got))
	}
	if r.heldFrom.Load() == 0 {
		t.Fatal("nothing was learnt")
	}
}

// A sitting that a helper enters starts as such, keeps the helper when the person ends
// it alone, and one that began alone can be taken over; a certificate cannot.
func TestAssist(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx := t.Context()
	operator := &Helper{Kind: HelperOperator, Person: "pop"}
	if _, err := r.Start(ctx, StartRequest{Instrument: "test", Language: "uk", Mode: ModePhone}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("by phone without an operator: %v", err)
	}
	if _, err := r.Start(ctx, StartRequest{Instrument: "test", Language: "uk", Mode: ModePaper, Helper: operator}); !fault.Is(err, fault.Forbidden) {
		t.Errorf("paper by an operator: %v", err)
	}
	begin := func(q StartRequest) (string, Access) {
		t.Helper()
		q.Instrument, q.Language = "test", "uk"
		st, err := r.Start(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		a := Access{Token: st.Token}
		if err := r.Assist(ctx, st.ID, a, operator, ModePhone); !fault.Is(err, fault.NotFound) {
			t.Errorf("before the first answer: %v", err)
		}
		v, err := r.View(ctx, st.ID, a)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = r.Answer(ctx, st.ID, a, Given{Rev: v.Rev, Block: v.Next}); err != nil {
			t.Fatal(err)
		}
		return st.ID, a
	}
	mode := func(id string, a Access) (Mode, *Helper) {
		t.Helper()
		v, err := r.View(ctx, id, a)
		if err != nil {
			t.Fatal(err)
		}
		return v.Sitting.Mode, v.Sitting.Helper
	}

	id, a := begin(StartRequest{Mode: ModePhone, Helper: operator})
	if m, h := mode(id, a); m != ModePhone || !same(h, operator) {
		t.Errorf("begun by phone: %s, %+v", m, h)
	}
	for _, from := range []From{{Account: "pmother"}, {Helper: &Helper{Kind: HelperDevice, Venue: "lib-1"}}} {
		if err := r.Under(ctx, id, a, from); err != nil {
			t.Fatal(err)
		}
		if m, h := mode(id, a); m != ModePhone || !same(h, operator) {
			t.Errorf("ended alone under %+v: %s, %+v", from, m, h)
		}
	}

	id, a = begin(StartRequest{})
	if err := r.Assist(ctx, id, a, operator, ModeMentor); !fault.Is(err, fault.Forbidden) {
		t.Errorf("an operator as a mentor: %v", err)
	}
	if err := r.Assist(ctx, id, Access{}, operator, ModePhone); !fault.Is(err, fault.NotFound) {
		t.Errorf("without a way in: %v", err)
	}
	for range 2 { // again is no fault
		if err := r.Assist(ctx, id, a, operator, ModePhone); err != nil {
			t.Fatal(err)
		}
	}
	if m, h := mode(id, a); m != ModePhone || !same(h, operator) {
		t.Errorf("taken over: %s, %+v", m, h)
	}
	if _, err := r.Submit(ctx, id, a, ""); err == nil {
		if err := r.Assist(ctx, id, a, operator, ModePhone); !fault.Is(err, fault.Conflict) {
			t.Errorf("after the end: %v", err)
		}
	} else {
		t.Fatal(err)
	}
}
