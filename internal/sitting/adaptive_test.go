package sitting

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
)

// poolItems are ten items an area, two per competence, x<area><competence><n>, with
// difficulties from −2 to 2; the two of a competence are enemies.
func poolItems() (out []*instrument.Item) {
	for a := 1; a <= Areas; a++ {
		for c := 1; c <= 5; c++ {
			for n := 1; n <= 2; n++ {
				it := knowledge(fmt.Sprintf("x%d%d%d", a, c, n), fmt.Sprintf("ua%d.%d", a, c), float64(c)-3+0.3*float64(n)+0.02*float64(a))
				if n == 1 {
					it.Enemies = []string{fmt.Sprintf("x%d%d2", a, c)}
				}
				out = append(out, it)
			}
		}
	}
	return out
}

// measured is a pool of calibrated items: forty an area, and the full test's own.
type measured struct{ items []Pooled }

func newMeasured() *measured {
	m := &measured{}
	for a := 1; a <= Areas; a++ {
		for n := range 40 {
			it := knowledge(fmt.Sprintf("y%d%02d", a, n), fmt.Sprintf("ua%d.%d", a, 1+n%5), 0)
			m.items = append(m.items, Pooled{Item: it, Parameters: adaptive.Item{A: 1.3, B: -2.5 + float64(n)/8}})
			m.items[len(m.items)-1].Item.Difficulty = -2.5 + float64(n)/8
		}
	}
	return m
}

func (m *measured) Pool(time.Time) ([]Pooled, string) { return m.items, "one" }

// Parameters are those of the full test k<area><n>, harder by half a logit than intended.
func (m *measured) Parameters(item string) (adaptive.Item, bool) {
	return adaptive.Item{A: 1.1, B: float64(item[2]-'0') - 2.5}, item[0] == 'k'
}

func calibratedPool(c *Config) { c.Pool = newMeasured() }

// adaptiveRig has the fixture's instruments and the two adaptive ones.
func adaptiveRig(tb testing.TB, change ...func(*Config)) *rig {
	tb.Helper()
	r := newRig(tb)
	r.Service = r.adaptive(tb, change...)
	return r
}

// adaptive starts a service with the adaptive instruments on the rig's file.
func (r *rig) adaptive(tb testing.TB, change ...func(*Config)) *Service {
	tb.Helper()
	base := fixture(tb)
	var list []Published
	for _, slug := range base.Slugs() {
		list = append(list, base.Versions(slug)...)
	}
	item := testItems()["helped"]
	express := &instrument.Instrument{Slug: "express", Version: 1, Role: instrument.RoleTest, Title: both("express"),
		Sections: []instrument.Section{{ID: "start", Blocks: respondentBlocks(AskInternet)},
			{ID: "tasks", Blocks: []instrument.Block{{Adaptive: Express}}},
			{ID: "about", Blocks: append(respondentBlocks(AskLives, AskSex, AskAge, AskDistrict), itemBlocks("helped")...)}},
		Rules: []instrument.Rule{{ID: "offline", When: instrument.Condition{Respondent: AskInternet, In: []string{"no"}}, SwitchTo: "short"}}}
	paper := &instrument.Instrument{Slug: "paper", Version: 1, Role: instrument.RoleTest, Title: both("paper"),
		Sections: []instrument.Section{{ID: "tasks", Blocks: []instrument.Block{{Adaptive: Certificate}}}, {ID: "about", Blocks: itemBlocks("helped")}}}
	for _, in := range []*instrument.Instrument{express, paper} {
		for _, f := range in.Link(func(string, int) (*instrument.Item, error) { return item, nil }, question) {
			if f.Severity == instrument.Error {
				tb.Fatalf("%s: %+v", in.Name(), f)
			}
		}
		list = append(list, Published{Instrument: in})
	}
	catalogue, err := NewCatalogue(list...)
	if err != nil {
		tb.Fatal(err)
	}
	cfg := Config{Secret: secret, Structure: structure(), Now: r.clock.now, Reference: "test", Pool: ItemPool(poolItems()),
		Advice: func(area, group string) (string, bool) { return area + "-" + group, true }}
	for _, f := range change {
		f(&cfg)
	}
	s, err := New(context.Background(), r.engine, catalogue, r.waves, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	s.banks.persons = 60 // the figures of the simulation are adaptive's to test
	return s
}

// able answers as a person whose right answers are those up to a difficulty.
func able(limit float64) func(instrument.Step) Given {
	return func(st instrument.Step) Given {
		switch {
		case st.Item == nil && st.Question == nil:
			return Given{} // a pause
		case st.Question != nil && st.Question.ID == AskInternet:
			return Given{Value: yes}
		case st.Question != nil:
			return Given{Value: instrument.Word(st.Question.Options[min(1, len(st.Question.Options)-1)].ID)}
		case st.Item.ID == "helped":
			return Given{Value: instrument.Word("no")}
		case st.Item.Difficulty <= limit:
			return Given{Value: instrument.Word("a")}
		case st.Item.Difficulty > limit+1:
			return Given{Value: instrument.DontKnow()}
		}
		return Given{Value: instrument.Word("b")}
	}
}

// living answers "lives here" besides.
func living(f func(instrument.Step) Given) func(instrument.Step) Given {
	return func(st instrument.Step) Given {
		if st.Question != nil && st.Question.ID == AskLives {
			return Given{Value: instrument.Word(string(LivesCommunity))}
		}
		return f(st)
	}
}

func TestExpressIsCountedOnTheScaleOfTheFullTest(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t, calibratedPool)
	last := -1.0
	for _, limit := range []float64{-9, -1, 0, 1, 9} {
		id, a := start(t, r.Service, "express", ConsentStatistics)
		v := walk(t, r.Service, id, a, living(able(limit)))
		if v.Adaptive == nil || !v.Adaptive.Over || v.Adaptive.Given < 12 || v.Adaptive.Given > 20 {
			t.Fatalf("limit %v: %+v", limit, v.Adaptive)
		}
		out, err := r.Submit(ctx, id, a, "")
		if err != nil {
			t.Fatal(err)
		}
		doc := out.Sitting
		sc := doc.Score
		if doc.State != Counted || doc.Wave == "" || doc.Disposition != Complete || sc.Form != FormAdaptive || sc.Asked != len(doc.Log) {
			t.Fatalf("limit %v: %s %v %+v", limit, doc.State, doc.Reasons, sc)
		}
		if *sc.Overall <= last {
			t.Errorf("limit %v scores %v, an easier limit %v", limit, *sc.Overall, last)
		}
		last = *sc.Overall
		var sum float64
		for _, m := range sc.Posterior.Mass {
			sum += m
		}
		if len(sc.Posterior.Mass) != 6 || math.Abs(sum-1) > 1e-9 {
			t.Errorf("levels have the probabilities %v", sc.Posterior.Mass)
		}
		step := doc.Log[len(doc.Log)-1]
		if step.Theta != sc.Posterior.Theta || step.SE != sc.Posterior.SE {
			t.Errorf("the log ends at %v ± %v, the score at %v ± %v", step.Theta, step.SE, sc.Posterior.Theta, sc.Posterior.SE)
		}
		if sc.Posterior.Stop != adaptive.Length && sc.Posterior.Stop != adaptive.Precision {
			t.Errorf("it ended by %q", sc.Posterior.Stop)
		}
		for i, n := range sc.Posterior.PerArea {
			if n < 2 {
				t.Errorf("area %d has %d items", i+1, n)
			}
		}
		// The points are those of the full test's curve at the same ability.
		pub, _ := r.Catalogue().Current("test")
		var form []adaptive.Item
		for _, it := range pub.Items() {
			if p, ok := newMeasured().Parameters(it.ID); ok && it.Scored() {
				form = append(form, p)
			}
		}
		f, err := adaptive.NewForm(form)
		if err != nil || math.Abs(f.Expected(step.Theta)-*sc.Overall) > 1e-9 {
			t.Errorf("%v points, the curve gives %v (%v)", *sc.Overall, f.Expected(step.Theta), err)
		}
		tally, err := ParseTally(doc.Tally)
		if err != nil || tally.Now.Overall != ToPoints(*sc.Overall) || tally.Now.Level != sc.Level || tally.Now.Role != RoleTest || tally.Now.Instrument != "express" {
			t.Errorf("%q: %v", doc.Tally, err)
		}
		for i, p := range tally.Now.Areas {
			if p != Missing {
				t.Errorf("area %d of a few chosen items stands in the city's figures", i+1)
			}
		}
		if err := r.Replay(ctx, doc); err != nil {
			t.Error(err)
		}
		if len(sc.Steps) != 3 {
			t.Errorf("%d next steps", len(sc.Steps))
		}
	}
}

func TestAdaptiveAreasBelowTheMinimumAreUnknown(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t)
	known, unknown := 0, 0
	for range 12 {
		id, a := start(t, r.Service, "express", ConsentStatistics)
		walk(t, r.Service, id, a, living(able(0)))
		out, err := r.Submit(ctx, id, a, "")
		if err != nil {
			t.Fatal(err)
		}
		for i, as := range out.Sitting.Score.Areas {
			touched := map[string]bool{}
			for _, l := range out.Sitting.Log {
				if l.Item[1] == byte('1'+i) {
					touched[l.Item[:3]] = true
				}
			}
			switch is := as.Value != nil; {
			case is != (len(touched) >= 3):
				t.Errorf("area %s with %d competences: known %v", as.ID, len(touched), is)
			case is:
				known++
				if as.SEM == nil || !(*as.SEM > 0) {
					t.Errorf("area %s has no error", as.ID)
				}
			default:
				unknown++
				if as.Word != Unknown {
					t.Errorf("area %s says %q", as.ID, as.Word)
				}
			}
		}
	}
	if known == 0 {
		t.Error("no area was known")
	}
	t.Logf("%d areas known, %d not", known, unknown)
}

func TestReloadRestartAndTwoWindows(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t)
	id, a := start(t, r.Service, "express", ConsentStatistics)
	v := say(t, r.Service, id, a, AskInternet, yes)
	for range 5 {
		v = say(t, r.Service, id, a, v.Next, instrument.Word("a"))
	}
	now := v.Next
	for range 3 {
		if got := view(t, r.Service, id, a).Next; got != now {
			t.Fatalf("a reload shows %s, it was %s", got, now)
		}
	}
	// Another process on the same file, whose pool has changed: this sitting goes on
	// with the bank it began on.
	fewer := poolItems()[:55]
	other := r.adaptive(t, func(c *Config) { c.Pool = ItemPool(fewer) })
	if got := view(t, other, id, a).Next; got != now {
		t.Fatalf("after a restart comes %s, it was %s", got, now)
	}
	fresh, b := start(t, other, "express", ConsentStatistics)
	if x, y := say(t, other, fresh, b, AskInternet, yes).Sitting.Bank, v.Sitting.Bank; x == y || x == "" {
		t.Fatalf("a new pool has the bank %q, the old one %q", x, y)
	}

	// The second window still shows the item of before.
	rev := v.Rev
	if _, err := r.Answer(ctx, id, a, Given{Rev: rev, Block: now, Value: instrument.Word("b")}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Answer(ctx, id, a, Given{Rev: rev, Block: now, Value: instrument.Word("b")}); err != nil {
		t.Fatalf("the same once more: %v", err)
	}
	got, err := r.Answer(ctx, id, a, Given{Rev: rev, Block: now, Value: instrument.Word("a")})
	if !fault.Is(err, fault.Conflict) || got == nil || !got.Fixed(now) {
		t.Fatalf("another answer to it: %v", err)
	}
	v = view(t, r.Service, id, a)
	got, err = r.Answer(ctx, id, a, Given{Rev: v.Rev, Block: now, Value: instrument.Word("a")})
	if !fault.Is(err, fault.Conflict) || fault.As(err).Key != "sitting.answer_stands" || !got.Value(now).Equal(instrument.Word("b")) {
		t.Fatalf("going back: %v", err)
	}
	for _, g := range []Given{{Rev: v.Rev, Block: v.Next}, {Rev: v.Rev, Block: v.Next, Value: instrument.Word("zz")}} {
		if _, err := r.Answer(ctx, id, a, g); !fault.Is(err, fault.Invalid) {
			t.Fatalf("%v: %v", g.Value, err)
		}
	}
	for block, kind := range map[string]fault.Kind{"x999": fault.NotFound, "express": fault.Conflict, unasked(v): fault.Conflict} {
		if _, err := r.Answer(ctx, id, a, Given{Rev: v.Rev, Block: block, Value: instrument.Word("a")}); !fault.Is(err, kind) {
			t.Errorf("an answer to %s: %v", block, err)
		}
	}
	if _, err := r.Submit(ctx, id, a, ""); !fault.Is(err, fault.Invalid) {
		t.Fatalf("handed in in the middle: %v", err)
	}
	walk(t, r.Service, id, a, living(able(0)))
	out, err := r.Submit(ctx, id, a, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Replay(ctx, out.Sitting); err != nil {
		t.Fatal(err)
	}
	if err := other.Replay(ctx, out.Sitting); err != nil {
		t.Fatal("on another server:", err)
	}
	res, err := other.Result(ctx, id, Access{Key: out.Key})
	if err != nil || len(res.Given) != len(out.Sitting.Log) {
		t.Fatalf("%d items, %v", len(res.Given), err)
	}
	forged := *out.Sitting
	forged.Log = slices.Clone(forged.Log)
	forged.Log[3].Theta += 1e-9
	if err := r.Replay(ctx, &forged); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a changed log: %v", err)
	}
}

// unasked is an item of the bank that was not given.
func unasked(v *View) string {
	for _, it := range poolItems() {
		if !v.Path.Has(it.ID) {
			return it.ID
		}
	}
	return ""
}

func TestAdaptiveNeverRepeatsAndHasNoEnemies(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t)
	enemies := map[string]string{}
	for _, it := range poolItems() {
		for _, e := range it.Enemies {
			enemies[it.ID], enemies[e] = e, it.ID
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		st, err := r.Start(ctx, StartRequest{Instrument: "express", Language: "uk"})
		if err != nil {
			t.Fatal(err)
		}
		id, a := st.ID, Access{Token: st.Token}
		v, err := r.Answer(ctx, id, a, Given{Block: AskInternet, Value: yes})
		if err != nil {
			t.Fatal(err)
		}
		words := []instrument.Value{instrument.Word("a"), instrument.Word("b"), instrument.Word("c"), instrument.DontKnow()}
		for !v.Adaptive.Over {
			if v.Next != v.Adaptive.Now {
				t.Fatalf("next is %s, the adaptive part waits for %s", v.Next, v.Adaptive.Now)
			}
			for _, l := range v.Sitting.Log {
				if l.Item == v.Next || enemies[l.Item] == v.Next {
					t.Fatalf("%s after %s", v.Next, l.Item)
				}
			}
			if v, err = r.Answer(ctx, id, a, Given{Rev: v.Rev, Block: v.Next, Value: rapid.SampledFrom(words).Draw(t, "answer")}); err != nil {
				t.Fatal(err)
			}
		}
		last := v.Sitting.Log[len(v.Sitting.Log)-1]
		if n := len(v.Sitting.Log); n > 20 || n < 12 || n < 20 && last.SE >= 0.40 {
			t.Fatalf("it ended after %d items at an error of %v", n, last.SE)
		}
		if err := r.Replay(ctx, v.Sitting); err != nil {
			t.Fatal(err)
		}
	})
}

func TestItemsOutOfDateLeaveThePool(t *testing.T) {
	t.Parallel()
	items := poolItems()
	items[0].ValidUntil = "2026-11-21"
	p := ItemPool(items)
	today, one := p.Pool(noon)
	same, again := p.Pool(noon.Add(time.Hour))
	late, other := p.Pool(noon.Add(24 * time.Hour))
	if len(today) != 60 || len(same) != 60 || one != again {
		t.Fatalf("%d, then %d items; versions %s %s", len(today), len(same), one, again)
	}
	if len(late) != 59 || one == other || slices.ContainsFunc(late, func(p Pooled) bool { return p.Item.ID == items[0].ID }) {
		t.Fatalf("the day after it holds %d items", len(late))
	}
}

func TestCertificateIsClosedUntilApproved(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t)
	if _, err := r.Start(ctx, StartRequest{Instrument: "paper", Language: "uk"}); !fault.Is(err, fault.Forbidden) {
		t.Fatal(err)
	}
	pub, _ := r.Catalogue().Current("paper")
	if why := r.Closed(pub.Instrument); why != ClosedApproval {
		t.Fatal(why)
	}
	s := r.adaptive(t, func(c *Config) {
		c.Approved = func(slug string, version int) bool { return slug == "paper" && version == 1 }
	})
	certified := map[string]bool{}
	for _, limit := range []float64{-9, 0, 9} {
		id, a := start(t, s, "paper", ConsentStatistics)
		walk(t, s, id, a, able(limit))
		out, err := s.Submit(ctx, id, a, "")
		if err != nil {
			t.Fatal(err)
		}
		doc := out.Sitting
		if doc.State != Practice || doc.Purpose != PurposeCertificate || doc.Tally != "" {
			t.Fatalf("a certificate's sitting is %s for %s", doc.State, doc.Purpose)
		}
		if n := len(doc.Log); n > 40 || n < 40 && doc.Score.Posterior.Stop == adaptive.Length {
			t.Fatalf("%d items", n)
		}
		if doc.Score.Posterior.Certified > doc.Score.Level {
			t.Errorf("certified is %s, the level %s", doc.Score.Posterior.Certified, doc.Score.Level)
		}
		certified[doc.Score.Posterior.Certified] = true
	}
	if len(certified) < 2 || certified[""] {
		t.Errorf("certified were %v", certified)
	}
}

func TestAdaptiveErasedAndWithoutInternet(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t)
	id, a := start(t, r.Service, "express", ConsentStatistics)
	v := say(t, r.Service, id, a, AskInternet, yes)
	v = say(t, r.Service, id, a, v.Next, instrument.Word("a"))
	v = say(t, r.Service, id, a, v.Next, instrument.DontKnow())
	log := len(v.Sitting.Log)
	// No internet after all: the short form; and back again: nothing is lost.
	if v = say(t, r.Service, id, a, AskInternet, instrument.Word("no")); v.Instrument.Slug != "short" || v.Adaptive != nil {
		t.Fatal(v.Instrument.Slug)
	}
	if v = say(t, r.Service, id, a, AskInternet, yes); v.Instrument.Slug != "express" || len(v.Sitting.Log) != log || len(v.Sitting.Answers) != log {
		t.Fatalf("%s with %d answers", v.Instrument.Slug, len(v.Sitting.Answers))
	}
	walk(t, r.Service, id, a, living(able(1)))
	if _, err := r.Submit(ctx, id, a, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.Erase(ctx, id, a); err != nil {
		t.Fatal(err)
	}
	doc, err := r.sittings.Get(ctx, id)
	if err != nil || !doc.Erased || doc.Log != nil || doc.Bank != "" || doc.Answers != nil {
		t.Fatalf("%+v %v", doc, err)
	}
	if _, err := r.View(ctx, id, a); !fault.Is(err, fault.Gone) {
		t.Fatal(err)
	}
	// Left on the short form: what the adaptive part had is not kept.
	id, a = start(t, r.Service, "express", ConsentStatistics)
	v = say(t, r.Service, id, a, AskInternet, yes)
	say(t, r.Service, id, a, v.Next, instrument.Word("a"))
	say(t, r.Service, id, a, AskInternet, instrument.Word("no"))
	walk(t, r.Service, id, a, func(st instrument.Step) Given {
		if st.Item != nil {
			return Given{Value: instrument.Word("none")}
		}
		return living(able(0))(st)
	})
	out, err := r.Submit(ctx, id, a, "")
	if err != nil || out.Sitting.Role != RoleOffline || out.Sitting.Log != nil || out.Sitting.Bank != "" {
		t.Fatalf("%+v %v", out, err)
	}
}

func TestAdaptiveIsNotSentWhole(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t)
	_, err := put(t, r.Service, uid(1), body(map[string]any{}, set("instrument", "express"), set("version", 1)))
	if f := fault.As(err); !fault.Is(err, fault.Invalid) || len(f.Fields) == 0 || f.Fields[0].Key != "sitting.adaptive_online" {
		t.Fatal(err)
	}
}

func TestAProvisionalBankIsPractice(t *testing.T) {
	t.Parallel()
	some := newMeasured()
	for i := range 11 {
		some.items[i].Parameters = adaptive.Item{} // 29 of area 1 are left
	}
	flat := newMeasured()
	for i := range flat.items[:11] {
		flat.items[i].Parameters.A = 0.5
	}
	for name, pool := range map[string]Pool{"intended levels": ItemPool(poolItems()), "29 of an area": some, "flat items": flat,
		"no form": bare{newMeasured()}} {
		r := adaptiveRig(t, func(c *Config) { c.Pool = pool })
		pub, _ := r.Catalogue().Current("express")
		if r.Counts(pub.Instrument) {
			t.Errorf("%s: it would count", name)
		}
		id, a := start(t, r.Service, "express", ConsentStatistics)
		walk(t, r.Service, id, a, living(able(0)))
		out, err := r.Submit(ctx, id, a, "a telephone")
		if err != nil {
			t.Fatal(err)
		}
		if doc := out.Sitting; doc.State != Practice || doc.Reasons[0] != ReasonUncalibrated || doc.Tally != "" || doc.Device != "" || doc.Score.Overall == nil {
			t.Errorf("%s: %s %v", name, doc.State, doc.Reasons)
		}
		// So the full test of the same telephone counts.
		sub, err := Decode(body(full(10)))
		if out, err := r.Put(ctx, uid(7), sub, err, From{Device: "a telephone"}); err != nil || out.Sitting.State != Counted {
			t.Errorf("%s: the full test after it: %v", name, err)
		}
	}
}

// bare is a pool that does not know the full test's parameters.
type bare struct{ p Pool }

func (b bare) Pool(now time.Time) ([]Pooled, string) { return b.p.Pool(now) }

func TestOneMeasurementForBothForms(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t, calibratedPool)
	if pub, _ := r.Catalogue().Current("express"); !r.Counts(pub.Instrument) {
		t.Error("a calibrated bank does not count")
	}
	id, a := start(t, r.Service, "express", ConsentStatistics)
	walk(t, r.Service, id, a, living(able(0)))
	if out, err := r.Submit(ctx, id, a, "a telephone"); err != nil || out.Sitting.State != Counted {
		t.Fatalf("%+v %v", out, err)
	}
	sub, err := Decode(body(full(10)))
	out, err := r.Put(ctx, uid(7), sub, err, From{Device: "a telephone"})
	if err != nil || out.Sitting.State != Excluded || out.Sitting.Reasons[0] != ReasonDuplicate {
		t.Fatalf("%+v %v", out, err)
	}
}

func TestManyBeginAtOnce(t *testing.T) {
	t.Parallel()
	r := adaptiveRig(t)
	var wait sync.WaitGroup
	banks := make([]string, 8)
	for i := range banks {
		wait.Go(func() {
			id, a := start(t, r.Service, "express")
			v, err := r.Answer(ctx, id, a, Given{Block: AskInternet, Value: yes})
			if err != nil {
				t.Error(err)
				return
			}
			banks[i] = v.Sitting.Bank
		})
	}
	wait.Wait()
	if slices.Sort(banks); banks[0] == "" || banks[0] != banks[7] {
		t.Errorf("banks %v", banks)
	}
}
