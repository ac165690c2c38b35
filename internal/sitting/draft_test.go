package sitting

import (
	"context"
	"slices"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
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
