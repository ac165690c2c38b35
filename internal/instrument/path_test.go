package instrument_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"osvitlo/internal/instrument"
)

const whole30 = "internet info single multiple spot rest ordering matching number short ask scale why "

func TestPath(t *testing.T) {
	t.Parallel()
	type answers = instrument.Answers
	item := func(id string) instrument.Condition { return instrument.Condition{Item: id} }
	with := func(c instrument.Condition, change func(*instrument.Condition)) instrument.Condition {
		change(&c)
		return c
	}
	in := func(ids ...string) func(*instrument.Condition) {
		return func(c *instrument.Condition) { c.In = ids }
	}
	for _, c := range []struct {
		name       string
		rules      []instrument.Rule
		answers    answers
		respondent instrument.Respondent
		want       string
		off        []string
	}{
		{"no rules", nil, answers{}, nil, whole30, nil},
		{"switch", []instrument.Rule{rule("r", with(instrument.Condition{Respondent: "internet"}, in("no")), func(r *instrument.Rule) { r.SwitchTo = "short-form" })},
			answers{"single": instrument.Word("a")}, instrument.Respondent{"internet": "no"}, "internet -> short-form", []string{"single"}},
		{"no switch", []instrument.Rule{rule("r", with(instrument.Condition{Respondent: "internet"}, in("no")), func(r *instrument.Rule) { r.SwitchTo = "short-form" })},
			answers{}, instrument.Respondent{"internet": "yes"}, whole30, nil},
		{"skip a section", []instrument.Rule{rule("r", with(item("ask"), in("no")), skip("scale", "why"))},
			answers{"ask": instrument.Word("no"), "why": instrument.Word("because")}, nil,
			"internet info single multiple spot rest ordering matching number short ask ", []string{"why"}},
		{"skip a whole section", []instrument.Rule{rule("r", with(item("single"), in("a")), skip("second"))},
			answers{"single": instrument.Word("a")}, nil, "internet info single multiple spot rest ask scale why ", nil},
		{"any of several chosen", []instrument.Rule{rule("r", with(item("multiple"), in("c")), skip("why"))},
			answers{"multiple": instrument.List("a", "c")}, nil, "internet info single multiple spot rest ordering matching number short ask scale ", nil},
		{"go to", []instrument.Rule{rule("r", with(item("spot"), in("f1")), func(r *instrument.Rule) { r.GoTo = "survey" })},
			answers{"spot": instrument.List("f1"), "short": instrument.Word("x")}, nil, "internet info single multiple spot ask scale why ", []string{"short"}},
		{"require", []instrument.Rule{rule("r", with(item("ask"), in("yes")), func(r *instrument.Rule) { r.Require = []string{"why"} })},
			answers{"ask": instrument.Word("yes")}, nil, "internet info single multiple spot rest ordering matching number short ask scale why! ", nil},
		{"at least, of a scale", []instrument.Rule{rule("r", with(item("scale"), func(c *instrument.Condition) { c.AtLeast = num(2) }), skip("why"))},
			answers{"scale": instrument.Word("high")}, nil, "internet info single multiple spot rest ordering matching number short ask scale ", nil},
		{"at least, of a number", []instrument.Rule{rule("r", with(item("number"), func(c *instrument.Condition) { c.AtLeast = num(50) }), skip("why"))},
			answers{"number": instrument.Num(49)}, nil, whole30, nil},
		{"answered: «не знаю» is not", []instrument.Rule{rule("r", with(item("single"), func(c *instrument.Condition) { c.Answered = yes(false) }), skip("why"))},
			answers{"single": instrument.DontKnow()}, nil, "internet info single multiple spot rest ordering matching number short ask scale ", nil},
		{"not in, of nothing answered", []instrument.Rule{rule("r", with(item("ask"), func(c *instrument.Condition) { c.NotIn = []string{"yes"} }), skip("why"))},
			answers{}, nil, whole30, nil},
		{"not in, of a refusal", []instrument.Rule{rule("r", with(item("ask"), func(c *instrument.Condition) { c.NotIn = []string{"yes"} }), skip("why"))},
			answers{"ask": instrument.Refused()}, nil, "internet info single multiple spot rest ordering matching number short ask scale ", nil},
		{"all", []instrument.Rule{rule("r", instrument.Condition{All: []instrument.Condition{with(item("single"), in("a")), with(item("ask"), in("yes"))}}, skip("why"))},
			answers{"single": instrument.Word("a"), "ask": instrument.Word("no")}, nil, whole30, nil},
		{"any", []instrument.Rule{rule("r", instrument.Condition{Any: []instrument.Condition{with(item("single"), in("a")), with(item("ask"), in("yes"))}}, skip("why"))},
			answers{"single": instrument.Word("a"), "ask": instrument.Word("no")}, nil, "internet info single multiple spot rest ordering matching number short ask scale ", nil},
		{"an answer that fell off moves nothing", []instrument.Rule{
			rule("off", with(item("single"), in("a")), skip("ask")),
			rule("on", with(item("ask"), in("no")), skip("why"))},
			answers{"single": instrument.Word("a"), "ask": instrument.Word("no")}, nil,
			"internet info single multiple spot rest ordering matching number short scale why ", []string{"ask"}},
		{"an unknown item is off", nil, answers{"ghost": instrument.Word("a")}, nil, whole30, []string{"ghost"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := sample(t, c.rules...).Path(c.answers, c.respondent)
			if got := ids(p); got != c.want {
				t.Errorf("path %q\nwant %q", got, c.want)
			}
			if diff := cmp.Diff(c.off, p.OffPath); diff != "" {
				t.Errorf("off path (-want +got)\n%s", diff)
			}
		})
	}
}

// anyValue draws a value that the item accepts.
func anyValue(t *rapid.T, it *instrument.Item) instrument.Value {
	pick := func(list []instrument.Option, label string) string {
		return rapid.SampledFrom(list).Draw(t, label).ID
	}
	switch rapid.IntRange(0, 9).Draw(t, "special") {
	case 0:
		return instrument.DontKnow()
	case 1:
		return instrument.Refused()
	}
	switch it.Type {
	case instrument.Single, instrument.Scale:
		return instrument.Word(pick(it.Options, "option"))
	case instrument.Multiple, instrument.Spot:
		var ids []string
		for _, o := range it.Options {
			if !slices.Contains(it.Exclusive, o.ID) && rapid.Bool().Draw(t, o.ID) {
				ids = append(ids, o.ID)
			}
		}
		return instrument.List(ids...)
	case instrument.Ordering:
		var ids []string
		for _, o := range rapid.Permutation(it.Options).Draw(t, "order") {
			ids = append(ids, o.ID)
		}
		return instrument.List(ids...)
	case instrument.Matching:
		m := map[string]string{}
		for _, l := range it.Left {
			if rapid.Bool().Draw(t, l.ID) {
				m[l.ID] = pick(it.Right, "right")
			}
		}
		return instrument.Pairs(m)
	case instrument.Number:
		return instrument.Num(float64(rapid.IntRange(0, 10000).Draw(t, "hundredths")) / 100)
	case instrument.Text:
		return instrument.Word(rapid.StringMatching(`[а-яєіїґ ’a-z0-9]{0,40}`).Draw(t, "text"))
	}
	return instrument.Value{}
}

func anyAnswers(t *rapid.T, in *instrument.Instrument) instrument.Answers {
	out := instrument.Answers{}
	for _, it := range in.Items() {
		if it.TakesAnswer() && rapid.Bool().Draw(t, "answer "+it.ID) {
			out[it.ID] = anyValue(t, it)
		}
	}
	return out
}

func rules() []instrument.Rule {
	return []instrument.Rule{
		{ID: "switch", When: instrument.Condition{Respondent: "internet", In: []string{"no"}}, SwitchTo: "short-form"},
		{ID: "skip", When: instrument.Condition{Item: "single", In: []string{"a", "dont_know"}}, Skip: []string{"spot", "second"}},
		{ID: "jump", When: instrument.Condition{Item: "multiple", In: []string{"b"}}, GoTo: "ask"},
		{ID: "must", When: instrument.Condition{Item: "ask", In: []string{"yes"}}, Require: []string{"why"}},
		{ID: "drop", When: instrument.Condition{Any: []instrument.Condition{{Item: "number", AtLeast: num(50)}, {Item: "ask", NotIn: []string{"yes"}}}}, Skip: []string{"why"}},
	}
}

// Dropping what fell off the path changes nothing: the path is a fixed point, and
// no answer off the path is ever scored by somebody who follows it.
func TestPathIsStable(t *testing.T) {
	t.Parallel()
	in := sample(t, rules()...)
	rapid.Check(t, func(t *rapid.T) {
		answers := anyAnswers(t, in)
		respondent := instrument.Respondent{"internet": rapid.SampledFrom([]string{"", "yes", "with-help", "no", "refused"}).Draw(t, "internet")}
		p := in.Path(answers, respondent)
		if again := in.Path(answers, respondent); ids(again) != ids(p) {
			t.Fatalf("the same answers gave %q and %q", ids(p), ids(again))
		}
		kept := instrument.Answers{}
		for id, v := range answers {
			if !slices.Contains(p.OffPath, id) {
				kept[id] = v
			}
		}
		q := in.Path(kept, respondent)
		if ids(q) != ids(p) || len(q.OffPath) != 0 {
			t.Fatalf("without what fell off: %q and %v, before %q", ids(q), q.OffPath, ids(p))
		}
		scored := 0.0
		for _, s := range p.Steps {
			if s.Item == nil {
				continue
			}
			if slices.Contains(p.OffPath, s.ID()) {
				t.Fatalf("%s is on the path and off it", s.ID())
			}
			x, _, _ := s.Item.Score(answers[s.ID()])
			scored += x
		}
		var clean float64
		for _, s := range q.Steps {
			if s.Item != nil {
				x, _, _ := s.Item.Score(kept[s.ID()])
				clean += x
			}
		}
		if scored != clean {
			t.Fatalf("score %v with, %v without the answers off the path", scored, clean)
		}
		for i := 1; i < len(p.Steps); i++ {
			a, _ := in.Block(p.Steps[i-1].ID())
			b, _ := in.Block(p.Steps[i].ID())
			if slices.IndexFunc(in.Blocks(), func(s instrument.Step) bool { return s.ID() == a.ID() }) >=
				slices.IndexFunc(in.Blocks(), func(s instrument.Step) bool { return s.ID() == b.ID() }) {
				t.Fatalf("the path goes back from %s to %s", a.ID(), b.ID())
			}
		}
	})
}

func TestParseAfterMarshalIsIdentity(t *testing.T) {
	t.Parallel()
	in := sample(t)
	rapid.Check(t, func(t *rapid.T) {
		it := rapid.SampledFrom(in.Items()).Draw(t, "item")
		v := anyValue(t, it)
		if !it.TakesAnswer() || v.IsZero() {
			return
		}
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		w, bad := it.Parse(raw)
		if bad != nil || !w.Equal(v) {
			t.Fatalf("%s: %s became %+v, %v", it.ID, raw, w, bad)
		}
		score, right, know := it.Score(v)
		if score < 0 || score > 1 || (right && score < 1) || (know && score != 0) || (!it.Scored() && score != 0) {
			t.Fatalf("%s: %s scores %v %v %v", it.ID, raw, score, right, know)
		}
		if len(it.Cells(v)) != len(it.Columns()) {
			t.Fatalf("%s: %d cells for %d columns", it.ID, len(it.Cells(v)), len(it.Columns()))
		}
		if back, bad := it.FromForm(it.ToForm(v)); v.Answered() && it.Type != instrument.Text && (bad != nil || !back.Equal(v)) {
			t.Fatalf("%s: %s through the form became %+v, %v", it.ID, raw, back, bad)
		}
	})
}

// Whatever arrives, nothing panics, and what is accepted is bounded.
func TestParseNeverPanics(t *testing.T) {
	t.Parallel()
	in := sample(t)
	rapid.Check(t, func(t *rapid.T) {
		it := rapid.SampledFrom(in.Items()).Draw(t, "item")
		raw := rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.StringMatching(`[\[\]{}":,a-z0-9.e+-]{0,40}`), func(s string) []byte { return []byte(s) })).Draw(t, "raw")
		if v, bad := it.Parse(raw); bad == nil {
			if back, err := json.Marshal(v); err != nil || len(back) > instrument.MaxValue {
				t.Fatalf("%q became %s, %v", raw, back, err)
			}
		}
		values := map[string][]string{"answer": {string(raw)}, "answer.l1": {string(raw)}, "answer.p": {string(raw)}}
		it.FormTyped(values, string(raw))
		if v, bad := it.FromForm(values); bad == nil {
			if again := it.Check(v); again != nil {
				t.Fatalf("the form let through what Check refuses: %s", again.Key)
			}
		}
	})
}
