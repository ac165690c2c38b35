package sitting

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"

	"pgregory.net/rapid"
)

var (
	ctx     = context.Background()
	yes     = instrument.Word("yes")
	skipped = instrument.Value{}
)

func start(tb testing.TB, s *Service, slug string, consent ...string) (string, Access) {
	tb.Helper()
	st, err := s.Start(ctx, StartRequest{Instrument: slug, Language: "uk", Consent: consent})
	if err != nil {
		tb.Fatal(err)
	}
	return st.ID, Access{Token: st.Token}
}

func view(tb testing.TB, s *Service, id string, a Access) *View {
	tb.Helper()
	v, err := s.View(ctx, id, a)
	if err != nil {
		tb.Fatal(err)
	}
	return v
}

func say(tb testing.TB, s *Service, id string, a Access, block string, v instrument.Value) *View {
	tb.Helper()
	out, err := s.Answer(ctx, id, a, Given{Rev: view(tb, s, id, a).Rev, Block: block, Value: v, Spent: 5 * time.Second})
	if err != nil {
		tb.Fatalf("%s: %v", block, err)
	}
	return out
}

// walk answers every block still ahead: items by answer, the background by its first option but one.
func walk(tb testing.TB, s *Service, id string, a Access, answer func(st instrument.Step) Given) *View {
	tb.Helper()
	v := view(tb, s, id, a)
	for v.Next != "" {
		g := answer(v.Path.Steps[v.Path.Index(v.Next)])
		g.Block, g.Rev = v.Next, v.Rev
		var err error
		if v, err = s.Answer(ctx, id, a, g); err != nil {
			tb.Fatalf("%s: %v", g.Block, err)
		}
	}
	return v
}

func plain(st instrument.Step) Given {
	switch {
	case st.ID() == AskAge:
		return Given{Value: instrument.Word(string(Age70plus))}
	case st.Question != nil:
		return Given{Value: instrument.Word(st.Question.Options[0].ID)}
	case st.Item != nil && st.Item.Type == instrument.Single:
		return Given{Value: instrument.Word(st.Item.Options[0].ID), Spent: 3 * time.Second}
	}
	return Given{}
}

func TestWalkFromStartToResult(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	v := view(t, r.Service, id, a)
	if v.Rev != 0 || v.Next != AskInternet || v.Total != 36 || v.Left != 0 || v.Code.Latin != "" {
		t.Fatalf("%+v", v)
	}
	if _, err := r.sittings.Get(ctx, id); !fault.Is(err, fault.NotFound) {
		t.Fatal("a record before the first answer")
	}
	if _, err := r.Submit(ctx, id, a, ""); !fault.Is(err, fault.NotFound) {
		t.Fatalf("submitted without an answer: %v", err)
	}
	v = say(t, r.Service, id, a, AskInternet, yes)
	if v.Rev != 1 || v.Next != "k11" || len(v.Code.Latin) != CodeLetters || v.Before("k11") != AskInternet || v.After("k11") != "k21" {
		t.Fatalf("%+v", v)
	}
	if _, err := r.Result(ctx, id, a); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a result before the end: %v", err)
	}
	v = walk(t, r.Service, id, a, func(st instrument.Step) Given {
		switch st.ID() {
		case AskLives:
			return Given{Value: instrument.Word("community")}
		case AskSex:
			return Given{Value: instrument.Refused()}
		case "k12":
			return Given{Value: skipped, Spent: 40 * time.Minute}
		}
		return plain(st)
	})
	if v.Left != v.Total || v.Respondent(AskSex) != Refused || !v.WasLeft("k12") || !v.Value("k12").IsZero() {
		t.Fatalf("%+v", v)
	}
	if !slices.Contains(v.Sitting.Breaks, "k12") || v.Sitting.Spent["k12"] != 0 || v.Sitting.Spent["k11"] != 3 {
		t.Fatalf("paradata %v %v", v.Sitting.Spent, v.Sitting.Breaks)
	}
	out, err := r.Submit(ctx, id, a, "phone")
	if err != nil {
		t.Fatal(err)
	}
	doc := out.Sitting
	if doc.State != Unweightable || doc.Reasons[0] != ReasonNoSex || doc.Disposition != Complete || len(out.Key) != 22 || *doc.Score.Overall < 95 || *doc.Score.Overall >= 100 {
		t.Fatalf("%+v %+v", doc, doc.Score)
	}
	again, err := r.Submit(ctx, id, a, "phone")
	if err != nil || again.Key != out.Key || again.Sitting.Seq != doc.Seq {
		t.Fatalf("a second submit: %v", err)
	}
	if _, err := r.Answer(ctx, id, a, Given{Rev: doc.Rev, Block: "k11", Value: instrument.Word("b")}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("changed after the submit: %v", err)
	}
	byKey, err := r.Result(ctx, id, Access{Key: out.Key})
	if err != nil || byKey.Sitting.ID != id {
		t.Fatal(err)
	}
	if _, err := put(t, r.Service, id, body(full(3))); !fault.Is(err, fault.Conflict) {
		t.Fatalf("PUT over a sitting of the pages: %v", err)
	}
}

func TestStopAfterTheFirstHalf(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	stopping := func(st instrument.Step) Given {
		if st.Block.Pause != "" {
			return Given{Stop: true}
		}
		return plain(st)
	}
	v := walk(t, r.Service, id, a, stopping)
	if v.Path.Has("k13") || !v.Path.Has("helped") || v.Total != 18 {
		t.Fatalf("the second half is still on the path: %d", v.Total)
	}
	// changing one's mind brings it back
	v, err := r.Answer(ctx, id, a, Given{Rev: v.Rev, Block: "stop"})
	if err != nil || v.Next != "k13" || v.Total != 36 {
		t.Fatalf("%v %+v", err, v)
	}
	v = say(t, r.Service, id, a, "k13", instrument.Word("b"))
	if v, err = r.Answer(ctx, id, a, Given{Rev: v.Rev, Block: "stop", Stop: true}); err != nil || v.Next != "" {
		t.Fatal(err)
	}
	out, err := r.Submit(ctx, id, a, "")
	if err != nil {
		t.Fatal(err)
	}
	s := out.Sitting
	if s.Score.Form != FormStopped || s.Disposition != Partial || s.State != Counted || s.Score.Asked != 12 {
		t.Fatalf("%+v %+v", s, s.Score)
	}
	if _, kept := s.Answers["k13"]; kept {
		t.Fatal("an answer behind the stop was kept")
	}
}

func TestAccess(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	other, b := start(t, r.Service, "test", ConsentStatistics)
	say(t, r.Service, id, a, AskInternet, yes)
	key := r.locks.resultKey(id)
	strange := newRig(t, func(c *Config) { c.Secret = []byte(strings.Repeat("z", 40)) })
	_, foreign := start(t, strange.Service, "test")
	for name, bad := range map[string]Access{"none": {}, "another's token": b, "another's key": {Key: r.locks.resultKey(other)},
		"cut key": {Key: key[:21]}, "cut token": {Token: a.Token[:len(a.Token)-1]}, "changed token": {Token: "A" + a.Token[1:]},
		"foreign token": foreign, "long": {Token: strings.Repeat("A", 5000), Key: strings.Repeat("A", 5000)}, "id as key": {Key: id, Token: id}} {
		if _, err := r.View(ctx, id, bad); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: View %v", name, err)
		}
		if _, err := r.Answer(ctx, id, bad, Given{Rev: 1, Block: "k11"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: Answer %v", name, err)
		}
		if err := r.Erase(ctx, id, bad); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: Erase %v", name, err)
		}
	}
	if view(t, r.Service, id, Access{Key: key}).Rev != 1 {
		t.Fatal("the key does not open")
	}
	link := r.LinkKey(id)
	gotID, got, err := r.OpenLink(link)
	if err != nil || gotID != id || view(t, r.Service, gotID, got).Rev != 1 {
		t.Fatalf("link %v", err)
	}
	for _, bad := range []string{"", link[1:], link + "A", strings.Repeat("-", 44), "!" + link[1:]} {
		if _, _, err := r.OpenLink(bad); err != nil && !fault.Is(err, fault.NotFound) {
			t.Fatal(err)
		}
	}
	if got, ok := r.TokenID(a.Token); !ok || got != id {
		t.Fatal(got)
	}
	doc, _ := r.sittings.Get(ctx, id)
	if raw := string(mustJSON(t, doc)); strings.Contains(raw, key) || strings.Contains(raw, view(t, r.Service, id, a).Code.Latin) {
		t.Fatal("a key or a code stands in the store")
	}
}

func TestResumeByCode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	code := say(t, r.Service, id, a, AskInternet, yes).Code
	for _, typed := range []string{code.Latin, code.Cyrillic, strings.ToLower(code.Cyrillic), " " + code.Latin[:3] + "-" + strings.ToLower(code.Latin[3:]) + " "} {
		got, sealed, err := r.Resume(ctx, typed)
		if err != nil || got != id {
			t.Fatalf("%q: %v", typed, err)
		}
		if view(t, r.Service, id, Access{Token: sealed}).Next != "k11" {
			t.Fatal("the new token does not open")
		}
	}
	for _, typed := range []string{"", "BKM", "BKMHPAA", "АЕИОУЮ", "123456", strings.Repeat("B", 10000)} {
		if _, _, err := r.Resume(ctx, typed); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.10q: %v", typed, err)
		}
	}
	if len(r.budget.wrong) != 0 {
		t.Fatal("a slip of the finger was counted as a guess")
	}
	walk(t, r.Service, id, a, plain)
	if _, err := r.Submit(ctx, id, a, ""); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Resume(ctx, code.Latin); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a code opened a result: %v", err)
	}
	second, b := start(t, r.Service, "test")
	code = say(t, r.Service, second, b, AskInternet, yes).Code
	r.clock.pass(CodeLife)
	if _, _, err := r.Resume(ctx, code.Latin); !fault.Is(err, fault.NotFound) {
		t.Fatalf("after 14 days: %v", err)
	}
}

func TestTakenCodesAreSteppedOver(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test")
	for n := range 2 {
		c := &Claim{Doc: store.Doc{ID: r.locks.codeClaim(r.locks.resumeCode(id, n).Latin)}, Sitting: uid(5), Expires: store.At(noon.Add(CodeLife))}
		if err := r.claims.Insert(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	v := say(t, r.Service, id, a, AskInternet, yes)
	if v.Sitting.CodeTry != 2 {
		t.Fatal(v.Sitting.CodeTry)
	}
	if got, _, err := r.Resume(ctx, v.Code.Cyrillic); err != nil || got != id {
		t.Fatal(err)
	}
}

// A crash between the code's claim and the first answer.
func TestFirstAnswerAfterACrashKeepsItsCode(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test")
	if err := r.claimCode(ctx, &Sitting{Doc: store.Doc{ID: id}}, noon); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Resume(ctx, r.locks.resumeCode(id, 0).Latin); !fault.Is(err, fault.NotFound) {
		t.Fatalf("a code without a sitting: %v", err)
	}
	v := say(t, r.Service, id, a, AskInternet, yes)
	if v.Sitting.CodeTry != 0 {
		t.Fatal("the code was lost")
	}
	if got, _, err := r.Resume(ctx, v.Code.Latin); err != nil || got != id {
		t.Fatal(err)
	}
}

func TestGuessingCodesGetsSlow(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	tries, waited := 0, time.Duration(0)
	for range 4000 {
		_, _, err := r.Resume(ctx, "BKMHPC")
		switch {
		case fault.Is(err, fault.NotFound):
			tries++
		case fault.Is(err, fault.TooMany):
			wait := time.Duration(fault.As(err).Args["Seconds"].(int)) * time.Second
			r.clock.pass(wait)
			waited += wait
		default:
			t.Fatal(err)
		}
		if waited > 10*time.Hour {
			break
		}
	}
	if perHour := float64(tries) / waited.Hours(); waited < 10*time.Hour || perHour > 150 {
		t.Fatalf("%d guesses in %v", tries, waited)
	}
	r.clock.pass(2 * time.Hour)
	id, a := start(t, r.Service, "test")
	code := say(t, r.Service, id, a, AskInternet, yes).Code
	if _, _, err := r.Resume(ctx, code.Latin); err != nil {
		t.Fatalf("the next day a right code is not opened: %v", err)
	}
}

func TestAnswerRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test")
	say(t, r.Service, id, a, AskInternet, yes)
	for name, c := range map[string]struct {
		g    Given
		kind fault.Kind
	}{
		"unknown option":            {Given{Rev: 1, Block: "k11", Value: instrument.Word("z")}, fault.Invalid},
		"another type":              {Given{Rev: 1, Block: "k11", Value: instrument.List("a")}, fault.Invalid},
		"unknown block":             {Given{Rev: 1, Block: "nothing"}, fault.NotFound},
		"old page":                  {Given{Rev: 0, Block: "k11", Value: instrument.Word("a")}, fault.Conflict},
		"page of the future":        {Given{Rev: 7, Block: "k11", Value: instrument.Word("a")}, fault.Conflict},
		"unknown background option": {Given{Rev: 1, Block: AskInternet, Value: instrument.Word("maybe")}, fault.Invalid},
		"number for the background": {Given{Rev: 1, Block: AskInternet, Value: instrument.Num(1)}, fault.Invalid},
	} {
		if _, err := r.Answer(ctx, id, a, c.g); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.View(ctx, "no-uuid", a); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	// the same answer twice, as a double tap sends it
	g := Given{Rev: 1, Block: "k11", Value: instrument.Word("a")}
	for range 2 {
		if v, err := r.Answer(ctx, id, a, g); err != nil || v.Rev != 2 {
			t.Fatalf("%v", err)
		}
	}
	v, err := r.Answer(ctx, id, a, Given{Rev: 1, Block: "k11", Value: instrument.Word("b")})
	if !fault.Is(err, fault.Conflict) || v == nil || v.Rev != 2 || !v.Value("k11").Equal(instrument.Word("a")) {
		t.Fatalf("a conflict must show what is stored: %v", err)
	}
	poll, b := start(t, r.Service, "poll")
	v = say(t, r.Service, poll, b, "gate", instrument.Word("shut"))
	if v.Path.Has("behind") {
		t.Fatal("a skipped block is on the path")
	}
	if _, err := r.Answer(ctx, poll, b, Given{Rev: v.Rev, Block: "behind", Value: instrument.Word("x")}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("off the path: %v", err)
	}
	if _, err := r.Answer(ctx, poll, b, Given{Rev: v.Rev, Block: "must"}); !fault.Is(err, fault.Invalid) {
		t.Fatalf("a required item was skipped: %v", err)
	}
	if _, err := r.Submit(ctx, poll, b, ""); fault.As(err).Kind != fault.Invalid || fault.As(err).Fields[0].Pointer != "must" {
		t.Fatalf("submitted without a required item: %v", err)
	}
	for _, q := range []StartRequest{{Instrument: "none", Language: "uk"}, {Instrument: "test", Language: "ru"}, {Instrument: "test", Language: "uk", Purpose: "proof"},
		{Instrument: "test", Language: "uk", Consent: []string{"ads"}}, {Instrument: "test", Language: "uk", Invitation: "ABC"}, {Instrument: "test", Language: "uk", Campaign: "x"}} {
		if _, err := r.Start(ctx, q); err == nil {
			t.Errorf("%+v was started", q)
		}
	}
}

func TestWithoutInternetLeadsToTheShortForm(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	id, a := start(t, r.Service, "test", ConsentStatistics)
	say(t, r.Service, id, a, AskInternet, yes)
	say(t, r.Service, id, a, "k11", instrument.Word("a"))
	v := say(t, r.Service, id, a, AskInternet, instrument.Word("no"))
	if v.Instrument.Slug != "short" || v.Next != "device" || len(v.Sitting.Answers) != 0 {
		t.Fatalf("%s %s", v.Instrument.Slug, v.Next)
	}
	// a slip: back to the test with what was answered there
	v = say(t, r.Service, id, a, AskInternet, yes)
	if v.Instrument.Slug != "test" || v.Next != "k21" || !v.Value("k11").Equal(instrument.Word("a")) {
		t.Fatalf("%s %s %v", v.Instrument.Slug, v.Next, v.Sitting.Answers)
	}
	say(t, r.Service, id, a, AskInternet, instrument.Word("no"))
	say(t, r.Service, id, a, "device", instrument.Word("none"))
	walk(t, r.Service, id, a, plain)
	out, err := r.Submit(ctx, id, a, "")
	if err != nil || out.Sitting.Role != RoleOffline || out.Sitting.State != Counted || out.Sitting.Score.Form != FormNone || out.Sitting.Parked != nil {
		t.Fatalf("%v %+v", err, out.Sitting)
	}
}

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

// Two tabs on one sitting, in any order: whatever was acknowledged and is on the
// path is stored, unless its own writer or one who had seen it wrote over it.
func TestTwoTabsLoseNothingSilently(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	blocks := []string{"gate", "behind", "many", "last", "must", AskSex, AskAge}
	rapid.Check(t, func(t *rapid.T) {
		st, err := r.Start(ctx, StartRequest{Instrument: "poll", Language: "uk", Consent: []string{ConsentStatistics}})
		if err != nil {
			t.Fatal(err)
		}
		id, a := st.ID, Access{Token: st.Token}
		var seen [2]*View // what each tab shows
		model := map[string]instrument.Value{}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			tab := rapid.IntRange(0, 1).Draw(t, "tab")
			if seen[tab] == nil || rapid.Bool().Draw(t, "reload") {
				if seen[tab], err = r.View(ctx, id, a); err != nil {
					t.Fatal(err)
				}
			}
			g := Given{Rev: seen[tab].Rev, Block: rapid.SampledFrom(blocks).Draw(t, "block")}
			step, err := seen[tab].Instrument.Block(g.Block)
			if err != nil {
				t.Fatal(err)
			}
			options := []string{"female", "male"}
			if g.Block == AskAge {
				options = []string{"14-17", "70+"}
			}
			if step.Item != nil {
				options = []string{step.Item.Options[0].ID, step.Item.Options[1].ID}
			}
			g.Value = instrument.Word(rapid.SampledFrom(options).Draw(t, "value"))
			if g.Block == "many" {
				w, _ := g.Value.Word()
				g.Value = instrument.List(w)
			}
			before, err := r.View(ctx, id, a)
			if err != nil {
				t.Fatal(err)
			}
			v, err := r.Answer(ctx, id, a, g)
			switch {
			case err == nil && g.Rev != before.Rev: // taken from an old page: only as no change
				if v.Rev != before.Rev {
					t.Fatalf("an old page changed the sitting")
				}
			case err == nil:
				model[g.Block] = g.Value
				seen[tab] = v
			case fault.Is(err, fault.Conflict):
				if v == nil || v.Rev != before.Rev {
					t.Fatal("a conflict does not show the stored state, or changed it")
				}
			default:
				t.Fatal(err)
			}
			now, err := r.View(ctx, id, a)
			if err != nil {
				t.Fatal(err)
			}
			for block, want := range model {
				if !now.Path.Has(block) {
					delete(model, block) // routed away by an acknowledged answer
					continue
				}
				got := now.Value(block)
				if block == AskSex || block == AskAge {
					got = instrument.Word(now.Respondent(block))
				}
				if !got.Equal(want) {
					t.Fatalf("%s is %v, acknowledged was %v", block, got, want)
				}
			}
			for item := range now.Sitting.Answers {
				if !now.Path.Has(item) {
					t.Fatalf("%s is stored off the path", item)
				}
			}
		}
	})
}

// Answers off the path never change a score.
func TestOffPathIsNeverScored(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		answers := map[string]any{"must": "x", "gate": "shut"}
		if rapid.Bool().Draw(t, "off the path") {
			answers["behind"] = rapid.SampledFrom([]string{"x", "y"}).Draw(t, "behind")
		}
		n++
		sub, err := Decode(body(answers, set("instrument", "poll"), set("version", 1)))
		out, err := r.Put(ctx, uid(n), sub, err, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, kept := out.Sitting.Answers["behind"]; kept {
			t.Fatal("kept")
		}
	})
	// a test stopped on a page: right answers behind the stop earn nothing
	base, b := start(t, r.Service, "test", ConsentStatistics)
	more, m := start(t, r.Service, "test", ConsentStatistics)
	stop := func(st instrument.Step) Given {
		if st.Block.Pause != "" {
			return Given{Stop: true}
		}
		return plain(st)
	}
	walk(t, r.Service, base, b, stop)
	walk(t, r.Service, more, m, plain)
	if _, err := r.Answer(ctx, more, m, Given{Rev: view(t, r.Service, more, m).Rev, Block: "stop", Stop: true}); err != nil {
		t.Fatal(err)
	}
	one, err := r.Submit(ctx, base, b, "")
	if err != nil {
		t.Fatal(err)
	}
	two, err := r.Submit(ctx, more, m, "")
	if err != nil || *one.Sitting.Score.Overall != *two.Sitting.Score.Overall {
		t.Fatalf("%v: %v and %v", err, *one.Sitting.Score.Overall, *two.Sitting.Score.Overall)
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
		out, err := r.Put(ctx, id, sub, derr, "")
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
				_, err = r.Put(ctx, id, sub, derr, "")
			case 1:
				other, oerr := Decode(body(full(7), set("language", "en")))
				_, err = r.Put(ctx, id, other, oerr, "tablet")
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

func TestAgeBands(t *testing.T) {
	t.Parallel()
	for age, want := range map[int]string{13: "under-14//", 14: "14-17/14-15/14-34", 17: "14-17/16-17/14-34", 18: "18-29/18-24/14-34", 29: "18-29/25-29/14-34",
		30: "30-39/30-34/14-34", 34: "30-39/30-34/14-34", 35: "30-39/35-39/35-59", 59: "50-59/55-59/35-59", 60: "60-69/60-64/60+", 74: "70+/70-74/60+", 75: "70+/75+/60+", 120: "70+/75+/60+"} {
		got := fmt.Sprintf("%s/%s/%s", groupOf(age), bandOf(age), broadOf(groupOf(age), bandOf(age)))
		if got != want {
			t.Errorf("%d: %s, want %s", age, got, want)
		}
	}
	if broadOf(Age30to39, "") != "" {
		t.Error("30–39 without years has no broad age")
	}
}
