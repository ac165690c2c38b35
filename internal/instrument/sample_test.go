package instrument_test

import (
	"fmt"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// The sample questionnaire of the tests: every item type, rules of every operator.

func text(s string) i18n.Text { return i18n.Text{UK: s + " uk", EN: s + " en"} }

func options(ids ...string) []instrument.Option {
	out := make([]instrument.Option, len(ids))
	for i, id := range ids {
		out[i] = instrument.Option{ID: id, Text: text(id), Reason: text("secret reason")}
	}
	return out
}

func num(x float64) *float64 { return &x }

func whole(n int) *int { return &n }

func yes(b bool) *bool { return &b }

// bank holds one item of each type, all with keys where the type has one.
func bank() map[string]*instrument.Item {
	knowledge := func(id string, t instrument.Type) *instrument.Item {
		return &instrument.Item{ID: id, Version: 1, Type: t, Competence: "ua1.1", Measures: instrument.Knowledge,
			Level: "A2", Difficulty: -1, Stem: text(id), Explain: text("secret explanation"), Can: text("secret can"),
			DontKnow: true, Status: "draft"}
	}
	single := knowledge("single", instrument.Single)
	single.Options, single.Key, single.Shuffle = options("a", "b", "c"), instrument.Key{IDs: []string{"b"}}, true
	multiple := knowledge("multiple", instrument.Multiple)
	multiple.Options, multiple.Key, multiple.Shuffle = options("a", "b", "c", "none"), instrument.Key{IDs: []string{"a", "c"}}, true
	multiple.Exclusive = []string{"none"}
	ordering := knowledge("ordering", instrument.Ordering)
	ordering.Options, ordering.Key = options("p", "q", "r", "s"), instrument.Key{IDs: []string{"p", "q", "r", "s"}}
	spot := knowledge("spot", instrument.Spot)
	spot.Options, spot.Key, spot.Scene = options("f1", "f2", "f3"), instrument.Key{IDs: []string{"f2"}}, &instrument.Scene{Kind: "sms"}
	matching := knowledge("matching", instrument.Matching)
	matching.Left, matching.Right = options("l1", "l2"), options("r1", "r2", "r3")
	matching.Key = instrument.Key{Pairs: map[string]string{"l1": "r1", "l2": "r2"}}
	number := knowledge("number", instrument.Number)
	number.Min, number.Max, number.Decimals, number.Key = num(0), num(100), 2, instrument.Key{Range: &instrument.Range{Min: 41, Max: 43}}
	short := knowledge("short", instrument.Text)
	short.Accept, short.MaxLength = []string{"secretword"}, 60
	scale := &instrument.Item{ID: "scale", Version: 1, Type: instrument.Scale, Measures: instrument.Attitude, Stem: text("scale"), Refuse: true,
		Options: options("low", "mid", "high")}
	for i := range scale.Options {
		scale.Options[i].Value = whole(i + 1)
	}
	info := &instrument.Item{ID: "info", Version: 1, Type: instrument.Info, Measures: instrument.Background, Stem: text("info")}
	ask := &instrument.Item{ID: "ask", Version: 1, Type: instrument.Single, Measures: instrument.Activity, Stem: text("ask"),
		Options: options("yes", "no"), Refuse: true}
	why := &instrument.Item{ID: "why", Version: 1, Type: instrument.Text, Measures: instrument.Attitude, Stem: text("why"), MaxLength: 200, Refuse: true}
	out := map[string]*instrument.Item{}
	for _, it := range []*instrument.Item{single, multiple, ordering, spot, matching, number, short, scale, info, ask, why} {
		out[it.ID] = it
	}
	return out
}

var internet = &instrument.RespondentQuestion{ID: "internet", Stem: text("internet"), Options: options("yes", "with-help", "no"), Refuse: true}

func question(id string) *instrument.RespondentQuestion {
	if id == internet.ID {
		return internet
	}
	return nil
}

func lookup(items map[string]*instrument.Item) func(string, int) (*instrument.Item, error) {
	return func(id string, version int) (*instrument.Item, error) {
		if it := items[id]; it != nil && (version == 0 || version == it.Version) {
			return it, nil
		}
		return nil, fault.Newf(fault.NotFound, "", "no item %q", id)
	}
}

// sample is an instrument with two knowledge sections, a pause and a survey part.
func sample(t testing.TB, rules ...instrument.Rule) *instrument.Instrument {
	t.Helper()
	in := &instrument.Instrument{Slug: "sample", Version: 1, Role: instrument.RoleTest, Title: text("sample"), Summary: text("summary"),
		Minutes: instrument.Minutes{From: 1, To: 5}, StopAfter: "first",
		Sections: []instrument.Section{
			{ID: "start", Blocks: []instrument.Block{{Respondent: "internet"}, {Item: "info"}}},
			{ID: "first", Blocks: []instrument.Block{{Item: "single"}, {Item: "multiple"}, {Item: "spot"}}},
			{ID: "halt", Blocks: []instrument.Block{{Pause: "rest"}}},
			{ID: "second", Blocks: []instrument.Block{{Item: "ordering"}, {Item: "matching"}, {Item: "number"}, {Item: "short"}}},
			{ID: "survey", Blocks: []instrument.Block{{Item: "ask"}, {Item: "scale"}, {Item: "why"}}},
		}, Rules: rules}
	for _, f := range in.Link(lookup(bank()), question) {
		t.Fatalf("sample: %s %s", f.Pointer, f.Message)
	}
	return in
}

func rule(id string, when instrument.Condition, change func(*instrument.Rule)) instrument.Rule {
	r := instrument.Rule{ID: id, When: when}
	change(&r)
	return r
}

func skip(ids ...string) func(*instrument.Rule) { return func(r *instrument.Rule) { r.Skip = ids } }

func ids(p instrument.Path) string {
	out := ""
	for _, s := range p.Steps {
		out += s.ID()
		if s.Required {
			out += "!"
		}
		out += " "
	}
	if p.SwitchTo != "" {
		out += "-> " + p.SwitchTo
	}
	return fmt.Sprint(out)
}
