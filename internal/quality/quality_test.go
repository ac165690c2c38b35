package quality

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	files "osvitlo/content"
	"osvitlo/internal/content"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

var noon = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

func both(s string) i18n.Text { return i18n.Text{UK: s, EN: s} }

func options(n int) (out []instrument.Option) {
	for i := range n {
		out = append(out, instrument.Option{ID: string(rune('a' + i)), Text: both("x")})
	}
	return out
}

// form is a test of 30 knowledge items, five per area, and a grid of 12 scales.
func form(tb testing.TB) *instrument.Instrument {
	tb.Helper()
	items := map[string]*instrument.Item{}
	var blocks []instrument.Block
	add := func(it *instrument.Item) {
		items[it.ID] = it
		blocks = append(blocks, instrument.Block{Item: it.ID})
	}
	for a := 1; a <= 6; a++ {
		for n := 1; n <= 5; n++ {
			add(&instrument.Item{ID: fmt.Sprintf("k%d%d", a, n), Version: 1, Type: instrument.Single, Competence: fmt.Sprintf("ua%d.%d", a, n),
				Measures: instrument.Knowledge, Level: "A2", Stem: both("k"), Options: options(3), Key: instrument.Key{IDs: []string{"a"}}})
		}
	}
	for n := range 12 {
		add(&instrument.Item{ID: fmt.Sprintf("s%02d", n), Version: 1, Type: instrument.Scale, Measures: instrument.Attitude, Stem: both("s"), Options: options(5)})
	}
	in := &instrument.Instrument{Slug: "form", Version: 1, Role: instrument.RoleTest, Title: both("form"), Sections: []instrument.Section{{ID: "all", Blocks: blocks}}}
	for _, f := range in.Link(func(id string, _ int) (*instrument.Item, error) { return items[id], nil }, func(string) *instrument.RespondentQuestion { return nil }) {
		if f.Severity == instrument.Error {
			tb.Fatalf("%+v", f)
		}
	}
	return in
}

func grid() Grid {
	g := Grid{Reversed: []string{"s03"}}
	for n := range 12 {
		g.Items = append(g.Items, fmt.Sprintf("s%02d", n))
	}
	return g
}

func knowledge(word func(i int) string) instrument.Answers {
	out, i := instrument.Answers{}, 0
	for a := 1; a <= 6; a++ {
		for n := 1; n <= 5; n++ {
			if w := word(i); w != "" {
				out[fmt.Sprintf("k%d%d", a, n)] = instrument.Word(w)
			}
			i++
		}
	}
	return out
}

func judge(in *instrument.Instrument, change func(*Input)) *Report {
	q := Input{Instrument: in, Answers: knowledge(func(int) string { return "a" }), Lasted: 12 * time.Minute,
		Timing: &Timing{Basis: BasisPilot, SecondsPerItem: 24}}
	change(&q)
	q.Path = in.Path(q.Answers, nil)
	return Judge(q)
}

func TestPace(t *testing.T) {
	t.Parallel()
	in := form(t)
	// spent gives every asked knowledge item the same seconds
	spent := func(n int) map[string]int {
		out := map[string]int{}
		for id := range knowledge(func(int) string { return "a" }) {
			out[id] = n
		}
		return out
	}
	for name, c := range map[string]struct {
		change func(*Input)
		points int
		pace   float64 // −1: not known
	}{
		"usual":                 {func(*Input) {}, 0, 1},
		"slow is never a flag":  {func(q *Input) { q.Lasted = 9 * time.Hour }, 0, 45},
		"at a third":            {func(q *Input) { q.Lasted = 240 * time.Second }, 0, 0.3333},
		"under a third":         {func(q *Input) { q.Lasted = 237 * time.Second }, 1, 0.3292},
		"at a fifth":            {func(q *Input) { q.Lasted = 144 * time.Second }, 1, 0.2},
		"under a fifth":         {func(q *Input) { q.Lasted = 143 * time.Second }, 2, 0.1986},
		"no time at all":        {func(q *Input) { q.Lasted = 0 }, 2, 0},
		"typed in from paper":   {func(q *Input) { q.Lasted, q.Untimed = 0, true }, 0, -1},
		"nothing frozen":        {func(q *Input) { q.Lasted, q.Timing = 0, nil }, 0, -1},
		"by screens":            {func(q *Input) { q.Spent, q.Lasted = spent(24), 0 }, 0, 1},
		"screens not measured":  {func(q *Input) { q.Spent, q.Lasted = spent(0), 0 }, 0, -1},
		"hasty screens":         {func(q *Input) { q.Spent = spent(1) }, 2, 0.0417},
		"a break is not used":   {func(q *Input) { q.Spent, q.Breaks = spent(24), []string{"k11"}; q.Spent["k11"] = 0 }, 0, 1},
		"stopped after twelve":  {func(q *Input) { q.Answers, q.Lasted = knowledge(first12), 288*time.Second }, 0, 1},
		"stopped, and too fast": {func(q *Input) { q.Answers, q.Lasted = knowledge(first12), 90*time.Second }, 1, 0.3125},
		"half hasty, half slow": {func(q *Input) {
			q.Spent = spent(40)
			for n := 1; n <= 5; n++ {
				for a := 1; a <= 3; a++ {
					q.Spent[fmt.Sprintf("k%d%d", a, n)] = 1
				}
			}
		}, 1, 0.8542},
	} {
		r := judge(in, c.change)
		if r.Points != c.points || r.Doubtful() != (c.points >= 2) || r.Has(Speed) != (c.points > 0) {
			t.Errorf("%s: %+v", name, r)
		}
		switch {
		case c.pace < 0 && r.Pace != nil:
			t.Errorf("%s: pace %v", name, *r.Pace)
		case c.pace >= 0 && (r.Pace == nil || *r.Pace != c.pace):
			t.Errorf("%s: pace %v, want %v", name, r.Pace, c.pace)
		}
	}
}

func first12(i int) string {
	if i < 12 {
		return "a"
	}
	return ""
}

func TestStraightLines(t *testing.T) {
	t.Parallel()
	in := form(t)
	with := func(g Grid, word func(n int) string) *Report {
		return judge(in, func(q *Input) {
			q.Timing.Grids = []Grid{g}
			for n := range 12 {
				if w := word(n); w != "" {
					q.Answers[fmt.Sprintf("s%02d", n)] = instrument.Word(w)
				}
			}
			q.Lasted = 40 * time.Minute
		})
	}
	same := func(int) string { return "c" }
	if r := with(grid(), same); !r.Has(Straight) || r.Points != 1 || r.Doubtful() || r.Longstring != 12 || r.IRV == nil || *r.IRV != 0 {
		t.Errorf("%+v", r)
	}
	noReverse := grid()
	noReverse.Reversed = nil
	if r := with(noReverse, same); r.Has(Straight) || r.Longstring != 12 {
		t.Errorf("a grid without a reversed item: %+v", r)
	}
	nine := func(n int) string { return map[bool]string{true: "c", false: "d"}[n < 9] }
	if r := with(grid(), nine); r.Has(Straight) || r.Longstring != 9 {
		t.Errorf("nine in a row: %+v", r)
	}
	gap := func(n int) string { return map[bool]string{true: "c", false: ""}[n != 6] }
	if r := with(grid(), gap); r.Has(Straight) || r.Longstring != 6 {
		t.Errorf("a missing answer ends a run: %+v", r)
	}
}

func TestAttentionAndDevice(t *testing.T) {
	t.Parallel()
	in := form(t)
	for word, want := range map[string]bool{"b": false, "c": true} {
		r := judge(in, func(q *Input) {
			q.Timing.Attention = map[string]string{"s00": "b", "s01": "a"} // the second was not answered
			q.Answers["s00"] = instrument.Word(word)
		})
		if r.Has(Attention) != want {
			t.Errorf("%s: %+v", word, r)
		}
	}
	if r := judge(in, func(q *Input) { q.SameDevice = true }); !r.Has(Device) || r.Points != 1 {
		t.Errorf("%+v", r)
	}
}

func TestLikenessCountsOnlyOutsideAVenue(t *testing.T) {
	t.Parallel()
	in := form(t)
	r := judge(in, func(q *Input) { q.Likeness = Likeness{Share: 0.96} })
	if !r.Has(Duplicate) || r.Points != 1 || r.Doubtful() {
		t.Errorf("%+v", r)
	}
	r = judge(in, func(q *Input) { q.Likeness = Likeness{Share: 1, Group: true} })
	if !r.Has(Dictation) || r.Has(Duplicate) || r.Points != 0 {
		t.Errorf("%+v", r)
	}
	if r = judge(in, func(q *Input) { q.Likeness = Likeness{Share: 0.94} }); len(r.Flags) != 0 || r.Alike != 0.94 {
		t.Errorf("%+v", r)
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	w := NewWindow()
	in := form(t)
	next := *in
	next.Version = 2
	base := Trace{Instrument: in, People: "female|60-69|nove", At: noon, Answers: knowledge(func(int) string { return "a" })}
	look := func(id string, change func(*Trace)) Likeness {
		x := base
		x.ID, x.Answers = id, maps.Clone(base.Answers)
		change(&x)
		return w.Look(x)
	}
	plain := func(*Trace) {}
	if l := look("1", plain); l.Share != 0 {
		t.Fatal("alike to nobody:", l)
	}
	if l := look("1", plain); l.Share != 0 {
		t.Fatal("alike to itself:", l)
	}
	if l := look("2", plain); l.Share != 1 || l.Group {
		t.Fatal(l)
	}
	if l := look("3", func(x *Trace) { x.Answers["k11"] = instrument.Word("b") }); l.Share < 0.96 || l.Share > 0.97 {
		t.Fatal("29 of 30:", l)
	}
	if l := look("4", func(x *Trace) { x.People = "male|60-69|nove" }); l.Share != 0 {
		t.Fatal("other people:", l)
	}
	if l := look("5", func(x *Trace) { x.Instrument = &next }); l.Share != 0 {
		t.Fatal("another form:", l)
	}
	if l := look("6", func(x *Trace) { x.Group = "venue:a" }); l.Share != 0 || !l.Group {
		t.Fatal("the first of a venue:", l)
	}
	if l := look("7", func(x *Trace) { x.Group, x.People = "venue:a", "male|18-29|" }); l.Share != 1 || !l.Group {
		t.Fatal("the same venue, other people:", l)
	}
	if l := look("8", func(x *Trace) { x.Answers = instrument.Answers{"k11": instrument.Word("a")} }); l.Share > 0.05 {
		t.Fatal("one answer:", l)
	}
	w.Forget("6")
	w.Forget("7")
	if l := look("9", func(x *Trace) { x.Group = "venue:a" }); l.Share != 0 {
		t.Fatal("an erased sitting is compared with:", l)
	}
	if l := look("10", func(x *Trace) { x.At = noon.Add(61 * time.Minute) }); l.Share != 0 || w.Size() != 1 {
		t.Fatal("after an hour:", l, w.Size())
	}
}

func TestWindowIsBounded(t *testing.T) {
	t.Parallel()
	w := NewWindow()
	in := form(t)
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range remembered / 2 {
				w.Look(Trace{ID: fmt.Sprint(g, "-", i), Instrument: in, People: fmt.Sprint(i % 400), At: noon, Answers: instrument.Answers{"k11": instrument.Word("a")}})
			}
		})
	}
	wg.Wait()
	if n := w.Size(); n > remembered || n < remembered/2 {
		t.Fatalf("%d remembered", n)
	}
}

// Whatever comes, a report is made, its points are those of its flags, and no
// figure is one that JSON cannot hold.
func TestReportsAreSound(t *testing.T) {
	t.Parallel()
	in := form(t)
	rapid.Check(t, func(t *rapid.T) {
		answers := knowledge(func(int) string { return rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "k") })
		for n := range 12 {
			if w := rapid.SampledFrom([]string{"", "a", "e"}).Draw(t, "s"); w != "" {
				answers[fmt.Sprintf("s%02d", n)] = instrument.Word(w)
			}
		}
		spent := map[string]int{}
		for id := range answers {
			if rapid.Bool().Draw(t, "timed") {
				spent[id] = rapid.IntRange(0, 900).Draw(t, "spent")
			}
		}
		r := judge(in, func(q *Input) {
			q.Answers, q.Spent = answers, spent
			q.Lasted = time.Duration(rapid.Int64Range(-1, 1<<50).Draw(t, "lasted"))
			q.Timing.Grids = []Grid{grid()}
			q.Likeness = Likeness{Share: rapid.Float64Range(0, 1).Draw(t, "alike"), Group: rapid.Bool().Draw(t, "group")}
		})
		if _, err := json.Marshal(r); err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, f := range r.Flags {
			sum += f.Points
		}
		if sum != r.Points || r.Rules != Rules || r.Longstring > 12 {
			t.Fatalf("%+v", r)
		}
	})
}

// Every published form has thresholds of its own, with a note that says where
// they come from.
func TestFrozenThresholds(t *testing.T) {
	t.Parallel()
	if _, err := frozenTable(); err != nil {
		t.Fatal(err)
	}
	lib, problems := content.Load(files.FS)
	if content.Failed(problems) {
		t.Fatal(problems)
	}
	table, _ := frozenTable()
	for name, f := range table {
		slug, _, _ := strings.Cut(name, "@")
		if f.SecondsPerItem <= 0 || f.Note.UK == "" || f.Note.EN == "" || f.Basis != BasisPilot && f.Basis != BasisDeclared {
			t.Errorf("%s: %+v", name, f)
		}
		if _, err := time.Parse(time.DateOnly, f.Frozen); err != nil {
			t.Errorf("%s: frozen on %q", name, f.Frozen)
		}
		var of *instrument.Instrument
		for _, in := range lib.Versions(slug) {
			if in.Name() == name {
				of = in
			}
		}
		if of == nil {
			t.Errorf("%s is no published form", name)
			continue
		}
		for _, g := range f.Grids {
			for _, id := range append(g.Items, g.Reversed...) {
				if it, err := of.Item(id); err != nil || it.Type != instrument.Scale {
					t.Errorf("%s: %s is no scale of it", name, id)
				}
			}
		}
	}
	for _, slug := range []string{"resident-test", "resident-survey", "short-form"} {
		for _, in := range lib.Versions(slug) {
			if Frozen(in.Slug, in.Version) == nil {
				t.Errorf("%s has no frozen thresholds", in.Name())
			}
		}
	}
	if Frozen("resident-test", 999) != nil {
		t.Error("thresholds of a version that is not there")
	}
}

func BenchmarkJudge(b *testing.B) {
	in := form(b)
	w := NewWindow()
	answers := knowledge(func(int) string { return "a" })
	path := in.Path(answers, nil)
	timing := &Timing{SecondsPerItem: 24}
	for i := 0; b.Loop(); i++ {
		l := w.Look(Trace{ID: fmt.Sprint(i), Instrument: in, People: "p", At: noon, Answers: answers})
		Judge(Input{Instrument: in, Path: path, Answers: answers, Lasted: time.Minute, Timing: timing, Likeness: l})
	}
}
