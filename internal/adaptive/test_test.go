package adaptive

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// bank180 is a bank like METHOD §13: 30 items per area, b evenly from −2.5 to
// 2.5, a log-normal with the given mean and spread of logs, at least BankFlat.
func bank180(t testing.TB, meanA, sd float64, seed uint64) *Bank {
	t.Helper()
	b, err := StudyBank(180, 6, meanA, sd, seed)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTraceVectors(t *testing.T) {
	t.Parallel()
	var items []BankItem
	for _, row := range readCSV(t, "cat/trace_2pl_60/items.csv") {
		items = append(items, BankItem{ID: row[0], Area: int(number(t, row[1])) - 1, Item: Item{A: number(t, row[2]), B: number(t, row[3])}})
	}
	bank, err := NewBank(items, 6, Grid{})
	if err != nil {
		t.Fatal(err)
	}
	answers := readCSV(t, "cat/trace_2pl_60/responses.csv")
	var want struct {
		Traces []struct {
			Person    int
			Items     []string
			Responses []float64
			Theta, SE []float64
			Final     float64
			FinalSE   float64 `json:"final_se"`
			Rule      []string
		}
	}
	readJSON(t, "cat/trace_2pl_60/expected.json", &want)
	if len(want.Traces) != 4 {
		t.Fatalf("%d traces", len(want.Traces))
	}
	for _, w := range want.Traces {
		test, err := NewTest(bank, Plain(0.3, 20), 0, "")
		if err != nil {
			t.Fatal(err)
		}
		for id, ok := test.Next(); ok; id, ok = test.Next() {
			if err := test.Answer(id, number(t, answers[w.Person-1][bank.place[id]])); err != nil {
				t.Fatal(err)
			}
		}
		if string(test.Stop()) != w.Rule[0] || len(test.Log()) != len(w.Items) {
			t.Errorf("person %d: %s after %d items, want %s after %d", w.Person, test.Stop(), len(test.Log()), w.Rule[0], len(w.Items))
		}
		for i, s := range test.Log() {
			if s.Item != w.Items[i] || s.Score != w.Responses[i] || math.Abs(s.Theta-w.Theta[i]) > 1e-6 || math.Abs(s.SE-w.SE[i]) > 1e-6 {
				t.Fatalf("person %d step %d: %+v, want %s %v %v", w.Person, i+1, s, w.Items[i], w.Theta[i], w.SE[i])
			}
		}
		theta, se := test.Theta()
		if math.Abs(theta-w.Final) > 1e-6 || math.Abs(se-w.FinalSE) > 1e-6 {
			t.Errorf("person %d: %v (%v), want %v (%v)", w.Person, theta, se, w.Final, w.FinalSE)
		}
	}
}

// walk answers a test by a person's ability.
func walk(t testing.TB, test *Test, theta float64, seed uint64) {
	t.Helper()
	for id, ok := test.Next(); ok; id, ok = test.Next() {
		score := 0.0
		if draw(seed, 99, hash(id)) < test.bank.items[test.bank.place[id]].Probability(theta) {
			score = 1
		}
		if err := test.Answer(id, score); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPathIsOfSeedAndAnswersAlone(t *testing.T) {
	t.Parallel()
	base := bank180(t, 1.34, 0.4, 1)
	items := slices.Clone(base.Items())
	for j := range items {
		if j%10 == 0 {
			items[j].Enemies = []string{items[(j+3)%len(items)].ID}
		}
		if j%15 == 1 {
			items[j].Group = fmt.Sprint("text ", j/30)
		}
		items[j].Pretest = j%20 == 7
		items[j].Exposure = 0.5 + float64(j%5)/10
		if j%9 == 2 {
			items[j].Languages = []string{"uk"}
		}
	}
	bank, err := NewBank(items, 6, Grid{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		rule := Express()
		if rapid.Bool().Draw(rt, "certificate") {
			rule = Certificate()
		}
		rule.Exposure = rapid.SampledFrom([]Exposure{Uncontrolled, Randomesque, SympsonHetter}).Draw(rt, "exposure")
		rule.Pretest = rapid.IntRange(0, 3).Draw(rt, "seeds")
		seed := Seed(rapid.String().Draw(rt, "sitting"))
		language := rapid.SampledFrom([]string{"", "uk", "en"}).Draw(rt, "language")
		theta := rapid.Float64Range(-3, 3).Draw(rt, "theta")
		test, err := NewTest(bank, rule, seed, language)
		if err != nil {
			rt.Fatal(err)
		}
		walk(t, test, theta, seed)
		log := test.Log()
		again, err := Replay(bank, rule, seed, language, log)
		if err != nil || again.Outcome().Theta != test.Outcome().Theta || again.Stop() != test.Stop() {
			rt.Fatalf("replay: %v", err)
		}
		// A reload in the middle shows the same item.
		at := rapid.IntRange(0, len(log)-1).Draw(rt, "reload")
		part, err := Resume(bank, rule, seed, language, log[:at])
		if err != nil {
			rt.Fatal(err)
		}
		if id, ok := part.Next(); !ok || id != log[at].Item {
			rt.Fatalf("after a reload %q, before %q", id, log[at].Item)
		}
		// A log that was touched is noticed.
		bent := slices.Clone(log)
		bent[at].Theta += 1e-9
		if _, err := Replay(bank, rule, seed, language, bent); !errors.Is(err, ErrDiverged) {
			rt.Fatalf("a bent log: %v", err)
		}
		seen := map[string]bool{}
		scored, seeds := 0, 0
		perArea := make([]int, 6)
		for _, s := range log {
			it := bank.items[bank.place[s.Item]]
			if seen[s.Item] || language == "en" && it.Languages != nil {
				rt.Fatalf("item %s", s.Item)
			}
			seen[s.Item] = true
			if it.Pretest {
				seeds++
				continue
			}
			scored++
			perArea[it.Area]++
		}
		for j, es := range bank.enemies {
			for _, e := range es {
				if seen[bank.items[j].ID] && seen[bank.items[e].ID] {
					rt.Fatalf("%s and its enemy %s in one test", bank.items[j].ID, bank.items[e].ID)
				}
			}
		}
		o := test.Outcome()
		if scored != o.Items || seeds > rule.Pretest || !slices.Equal(perArea, o.PerArea) || scored > rule.MaxItems {
			rt.Fatalf("%d scored, %d seeds, %+v", scored, seeds, o)
		}
		if slices.Max(perArea)-slices.Min(perArea) > 1 && rule.Exposure != SympsonHetter {
			rt.Fatalf("areas %v", perArea)
		}
		if o.Stop == Precision && (o.SE >= rule.MaxSE || scored < rule.MinItems || slices.Min(perArea) < rule.MinPerArea) {
			rt.Fatalf("stopped too early: %+v", o)
		}
		if o.Stop == Length && scored != rule.MaxItems {
			rt.Fatalf("stopped by length after %d", scored)
		}
		var sum, above float64
		for l := len(o.Mass) - 1; l >= 0; l-- {
			sum += o.Mass[l]
			above += o.Mass[l]
			if l > o.Certified && above >= 0.8 {
				rt.Fatalf("level %d is certain: %+v", l, o)
			}
		}
		if math.Abs(sum-1) > 1e-9 || o.Low > o.Level || o.High < o.Level || o.Border != (o.Low != o.High) || o.Certified > o.High {
			rt.Fatalf("%+v", o)
		}
	})
}

func TestOrderOfAnswersDoesNotMoveTheta(t *testing.T) {
	t.Parallel()
	bank := bank180(t, 1.34, 0.4, 2)
	rng := rand.New(rand.NewPCG(5, 5))
	log := make([]Step, 15)
	for i, j := range rng.Perm(bank.Len())[:15] {
		log[i] = Step{Item: bank.items[j].ID, Score: float64(rng.IntN(3)) / 2}
	}
	one, err := Resume(bank, Certificate(), 1, "", log)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(log)
	two, err := Resume(bank, Certificate(), 1, "", log)
	if err != nil {
		t.Fatal(err)
	}
	var r []Response
	for _, s := range log {
		r = append(r, Response{bank.items[bank.place[s.Item]].Item, s.Score})
	}
	post, err := NewPosterior(r, DefaultGrid())
	if err != nil {
		t.Fatal(err)
	}
	a, sa := one.Theta()
	b, sb := two.Theta()
	c, sc := post.EAP()
	if math.Abs(a-b)+math.Abs(sa-sb)+math.Abs(a-c)+math.Abs(sa-sc) > 1e-11 {
		t.Errorf("%v (%v), %v (%v), %v (%v)", a, sa, b, sb, c, sc)
	}
}

func TestTestRefusals(t *testing.T) {
	t.Parallel()
	ok := BankItem{ID: "a", Item: Item{1, 0}}
	for name, items := range map[string][]BankItem{
		"nothing":       {},
		"twice":         {ok, ok},
		"no name":       {{Item: Item{1, 0}}},
		"flat":          {{ID: "a", Item: Item{0, 0}}},
		"area":          {{ID: "a", Item: Item{1, 0}, Area: 1}},
		"unknown enemy": {{ID: "a", Item: Item{1, 0}, Enemies: []string{"b"}}},
		"own enemy":     {{ID: "a", Item: Item{1, 0}, Enemies: []string{"a"}}},
		"exposure":      {{ID: "a", Item: Item{1, 0}, Exposure: 1.5}},
	} {
		if _, err := NewBank(items, 1, Grid{}); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bank, err := NewBank([]BankItem{ok, {ID: "b", Item: Item{1, 1}}}, 1, Grid{})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Rule){
		"no items":        func(r *Rule) { r.MaxItems = 0 },
		"inverted":        func(r *Rule) { r.MinItems, r.MaxItems = 5, 4 },
		"areas":           func(r *Rule) { r.MinPerArea, r.MaxItems, r.MinItems = 9, 8, 1 },
		"cuts":            func(r *Rule) { r.Cuts = []float64{1, 0} },
		"targets":         func(r *Rule) { r.Targets = []float64{1, 1} },
		"negative target": func(r *Rule) { r.Targets = []float64{-1} },
		"exposure":        func(r *Rule) { r.Exposure = "luck" },
		"certain":         func(r *Rule) { r.Certain = 0.3 },
		"error":           func(r *Rule) { r.MaxSE = math.NaN() },
	} {
		r := Express()
		change(&r)
		if _, err := NewTest(bank, r, 1, ""); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewTest(&Bank{}, Plain(0, 1), 1, ""); !errors.Is(err, ErrInput) {
		t.Errorf("an unmade bank: %v", err)
	}
	test, err := NewTest(bank, Plain(0, 20), 1, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := test.Answer("b", 1); !errors.Is(err, ErrOutOfTurn) {
		t.Errorf("out of turn: %v", err)
	}
	if err := test.Answer("a", 7); !errors.Is(err, ErrInput) {
		t.Errorf("score: %v", err)
	}
	for _, id := range []string{"a", "b"} {
		if err := test.Answer(id, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := test.Answer("a", 1); !errors.Is(err, ErrOver) || test.Stop() != Exhausted {
		t.Errorf("after the end: %v, %s", err, test.Stop())
	}
	if _, err := Resume(bank, Plain(0, 20), 1, "", []Step{{Item: "gone"}}); !errors.Is(err, ErrInput) {
		t.Errorf("an item that left: %v", err)
	}
}

// BenchmarkNextItem must stay under 50 µs: a test resumed from its log, one
// answer taken, the next item chosen.
func BenchmarkNextItem(b *testing.B) {
	bank := bank180(b, 1.34, 0.4, 1)
	rule := Certificate()
	rule.MaxSE = 0
	test, err := NewTest(bank, rule, 1, "")
	if err != nil {
		b.Fatal(err)
	}
	for range 19 {
		id, _ := test.Next()
		if err := test.Answer(id, 1); err != nil {
			b.Fatal(err)
		}
	}
	log := test.Log()
	id, _ := test.Next()
	b.ReportAllocs()
	for b.Loop() {
		t, err := Resume(bank, rule, 1, "", log)
		if err != nil {
			b.Fatal(err)
		}
		if err := t.Answer(id, 0); err != nil {
			b.Fatal(err)
		}
	}
}
