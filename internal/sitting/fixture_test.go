package sitting

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/survey"
)

// clock is a fixed clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var (
	noon   = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	opens  = survey.Day(2026, time.November, 1)
	closes = survey.Day(2026, time.December, 1)
	secret = []byte("a secret of this test, 32 bytes!")
)

func both(s string) i18n.Text { return i18n.Text{UK: s, EN: s} }

func question(id string) *instrument.RespondentQuestion {
	options := map[string]string{AskSex: "female male", AskLives: "community elsewhere-ua abroad refused",
		AskInternet: "yes with-help no", AskDistrict: "fortechnyi podilskyi nove",
		AskAge: "under-14 14-17 18-29 30-39 40-49 50-59 60-69 70+"}[id]
	if options == "" {
		return nil
	}
	q := &instrument.RespondentQuestion{ID: id, Stem: both(id), Refuse: id != AskLives}
	for _, o := range strings.Fields(options) {
		q.Options = append(q.Options, instrument.Option{ID: o, Text: both(o)})
	}
	return q
}

// knowledge is a single-choice item whose right answer is "a".
func knowledge(id, competence string, b float64) *instrument.Item {
	return &instrument.Item{ID: id, Version: 1, Type: instrument.Single, Competence: competence, Measures: instrument.Knowledge,
		Level: "A2", Difficulty: b, Stem: both(id), DontKnow: true, Key: instrument.Key{IDs: []string{"a"}},
		Options: []instrument.Option{{ID: "a", Text: both("a")}, {ID: "b", Text: both("b")}, {ID: "c", Text: both("c")}}}
}

func single(id string, options ...string) *instrument.Item {
	it := &instrument.Item{ID: id, Version: 1, Type: instrument.Single, Measures: instrument.Background, Stem: both(id), Refuse: true}
	for _, o := range options {
		it.Options = append(it.Options, instrument.Option{ID: o, Text: both(o)})
	}
	return it
}

// testItems are the items of the fixture: ten per area half, named k<area><n>.
func testItems() map[string]*instrument.Item {
	items := map[string]*instrument.Item{}
	for a := 1; a <= Areas; a++ {
		for n := 1; n <= 5; n++ {
			it := knowledge(fmt.Sprintf("k%d%d", a, n), fmt.Sprintf("ua%d.%d", a, n), float64(n)-3)
			items[it.ID] = it
		}
	}
	for _, it := range []*instrument.Item{single("helped", "no", "yes"), single("gate", "open", "shut"),
		single("behind", "x", "y"), single("must", "x", "y"), single("last", "x", "y"), single("device", "phone", "none")} {
		items[it.ID] = it
	}
	items["must"].Required = true
	items["many"] = &instrument.Item{ID: "many", Version: 1, Type: instrument.Multiple, Measures: instrument.Attitude,
		Stem: both("many"), Options: items["gate"].Options, Refuse: true}
	items["number"] = &instrument.Item{ID: "number", Version: 1, Type: instrument.Number, Measures: instrument.Attitude, Stem: both("number"), Refuse: true}
	items["pairs"] = &instrument.Item{ID: "pairs", Version: 1, Type: instrument.Matching, Measures: instrument.Attitude, Stem: both("pairs"),
		Left: items["gate"].Options, Right: items["must"].Options, Refuse: true}
	return items
}

func respondentBlocks(ids ...string) (blocks []instrument.Block) {
	for _, id := range ids {
		blocks = append(blocks, instrument.Block{Respondent: id})
	}
	return blocks
}

func itemBlocks(ids ...string) (blocks []instrument.Block) {
	for _, id := range ids {
		blocks = append(blocks, instrument.Block{Item: id})
	}
	return blocks
}

// fixture holds a test of 30 items with a stop after 12, a survey with every
// rule, and a short form.
func fixture(tb testing.TB) *Catalogue {
	tb.Helper()
	items := testItems()
	var first, second []string
	for n := 1; n <= 5; n++ {
		for a := 1; a <= Areas; a++ {
			if id := fmt.Sprintf("k%d%d", a, n); n <= 2 {
				first = append(first, id)
			} else {
				second = append(second, id)
			}
		}
	}
	about := instrument.Section{ID: "about", Blocks: append(respondentBlocks(AskLives, AskSex, AskAge, AskDistrict), itemBlocks("helped")...)}
	offline := instrument.Rule{ID: "offline", When: instrument.Condition{Respondent: AskInternet, In: []string{"no"}}, SwitchTo: "short"}
	test := func(version int) *instrument.Instrument {
		return &instrument.Instrument{Slug: "test", Version: version, Role: instrument.RoleTest, Title: both("test"), StopAfter: "first",
			Sections: []instrument.Section{
				{ID: "start", Blocks: respondentBlocks(AskInternet)},
				{ID: "first", Blocks: itemBlocks(first...)},
				{ID: "pause", Blocks: []instrument.Block{{Pause: "stop"}}},
				{ID: "second", Blocks: itemBlocks(second...)}, about,
			}, Rules: []instrument.Rule{offline}}
	}
	poll := &instrument.Instrument{Slug: "poll", Version: 1, Role: instrument.RoleSurvey, Title: both("poll"),
		Sections: []instrument.Section{
			{ID: "start", Blocks: itemBlocks("gate", "behind", "many", "number", "pairs", "last")},
			{ID: "end", Blocks: append(itemBlocks("must"), respondentBlocks(AskLives, AskSex, AskAge)...)}},
		Rules: []instrument.Rule{
			{ID: "shut", When: instrument.Condition{Item: "gate", In: []string{"shut"}}, Skip: []string{"behind"}},
			{ID: "say", When: instrument.Condition{Item: "gate", In: []string{"open"}}, Require: []string{"last"}}}}
	short := &instrument.Instrument{Slug: "short", Version: 1, Role: instrument.RoleOffline, Title: both("short"),
		Sections: []instrument.Section{{ID: "start", Blocks: append(respondentBlocks(AskInternet), itemBlocks("device")...)},
			{ID: "end", Blocks: respondentBlocks(AskLives, AskSex, AskAge)}}}
	var list []Published
	for _, in := range []*instrument.Instrument{test(1), test(2), poll, short} {
		findings := in.Link(func(id string, _ int) (*instrument.Item, error) {
			if it, ok := items[id]; ok {
				return it, nil
			}
			return nil, fmt.Errorf("no item %q", id)
		}, question)
		for _, f := range findings {
			if f.Severity == instrument.Error {
				tb.Fatalf("%s: %+v", in.Name(), f)
			}
		}
		p := Published{Instrument: in}
		if in.Slug == "test" && in.Version == 1 {
			p.Retired = noon.Add(-80 * 24 * time.Hour)
		}
		list = append(list, p)
	}
	c, err := NewCatalogue(list...)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func structure() (s scoring.Structure) {
	for a := 1; a <= Areas; a++ {
		area := scoring.AreaStructure{ID: fmt.Sprintf("ua%d", a)}
		for n := 1; n <= 5; n++ {
			area.Competences = append(area.Competences, fmt.Sprintf("ua%d.%d", a, n))
		}
		s = append(s, area)
	}
	return s
}

// rig is a service on a file of its own.
type rig struct {
	*Service
	clock  *clock
	engine store.Engine
	waves  *survey.Service
	path   string
	audit  auditFake
}

var analyst = By{Person: "panalyst"}

// auditFake keeps what was written down.
type auditFake struct {
	mu     sync.Mutex
	events []audit.Event
}

func (a *auditFake) RecordAll(_ context.Context, events []audit.Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range events {
		if err := e.Check(); err != nil {
			return err
		}
	}
	a.events = append(a.events, events...)
	return nil
}

// of counts the events of an action.
func (a *auditFake) of(action string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.events {
		if e.Action == action {
			n++
		}
	}
	return n
}

func newRig(tb testing.TB, change ...func(*Config)) *rig {
	tb.Helper()
	r := &rig{clock: &clock{t: noon}, path: filepath.Join(tb.TempDir(), "t.db")}
	ctx := context.Background()
	engine, err := sqlite.Open(ctx, sqlite.Config{Path: r.path})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = engine.Close() })
	r.engine = engine
	if err := engine.Migrate(ctx, append(Specs(), survey.Spec)); err != nil {
		tb.Fatal(err)
	}
	if r.waves, err = survey.New(ctx, engine, survey.Config{}, r.clock.now); err != nil {
		tb.Fatal(err)
	}
	w := survey.Wave{Doc: store.Doc{ID: "autumn"}, Campaign: "city", Title: both("autumn"), Opens: store.At(opens), Closes: store.At(closes)}
	if err := r.waves.Add(ctx, w); err != nil {
		tb.Fatal(err)
	}
	r.Service = r.again(tb, change...)
	return r
}

// again starts another service on the same file.
func (r *rig) again(tb testing.TB, change ...func(*Config)) *Service {
	tb.Helper()
	cfg := Config{Secret: secret, Structure: structure(), Now: r.clock.now, Audit: &r.audit,
		Advice: func(area, group string) (string, bool) { return area + "-" + group, area != "ua3" }}
	for _, f := range change {
		f(&cfg)
	}
	s, err := New(context.Background(), r.engine, fixture(tb), r.waves, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// body makes a submission of the test; change edits it before it is written.
func body(answers map[string]any, change ...func(m map[string]any)) []byte {
	m := map[string]any{
		"instrument": "test", "version": 2, "language": "uk", "mode": "self", "purpose": "measurement",
		"campaign": nil, "invitation": nil, "consent": []string{"statistics"},
		"respondent": map[string]any{"sex": "female", "age_group": "60-69", "age": 63, "district": "podilskyi", "lives": "community", "internet": "yes"},
		"started_at": "2026-11-21T09:40:00Z", "submitted_at": "2026-11-21T09:54:00Z", "answers": answers,
	}
	for _, f := range change {
		f(m)
	}
	raw, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return raw
}

func set(name string, v any) func(map[string]any) { return func(m map[string]any) { m[name] = v } }

func about(name string, v any) func(map[string]any) {
	return func(m map[string]any) { m["respondent"].(map[string]any)[name] = v }
}

func without(name string) func(map[string]any) { return func(m map[string]any) { delete(m, name) } }

// full answers the first n items of the whole form rightly and the rest wrongly.
func full(right int) map[string]any {
	out := map[string]any{}
	for n := 1; n <= 5; n++ {
		for a := 1; a <= Areas; a++ {
			v := "b"
			if len(out) < right {
				v = "a"
			}
			out[fmt.Sprintf("k%d%d", a, n)] = v
		}
	}
	return out
}

func put(tb testing.TB, s *Service, id string, raw []byte) (*Outcome, error) {
	tb.Helper()
	sub, err := Decode(raw)
	return s.Put(context.Background(), id, sub, err, From{})
}

func mustPut(tb testing.TB, s *Service, id string, raw []byte) *Outcome {
	tb.Helper()
	out, err := put(tb, s, id, raw)
	if err != nil {
		tb.Fatalf("%s: %v", raw, err)
	}
	return out
}

func uid(n int) string { return fmt.Sprintf("0190a000-0000-7000-8000-%012d", n) }

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}
