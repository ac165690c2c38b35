package framework_test

import (
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/framework"
)

func small() *framework.Framework {
	f := &framework.Framework{ID: "f", Areas: []framework.Area{
		{ID: "1", Number: "1", Competences: []framework.Competence{{ID: "1.1", Number: "1.1"}, {ID: "1.2", Number: "1.2"}}},
		{ID: "2", Number: "2", Competences: []framework.Competence{{ID: "2.1", Number: "2.1"}}},
	}, Levels: []framework.Level{{ID: "A1", Order: 1}, {ID: "A2", Order: 2}}}
	f.Place()
	return f
}

func TestLookups(t *testing.T) {
	t.Parallel()
	f := small()
	c, err := f.Competence("2.1")
	if err != nil || c.Area != "2" {
		t.Fatalf("%+v, %v", c, err)
	}
	if n := len(f.Competences()); n != 3 {
		t.Fatalf("%d competences", n)
	}
	_, noArea := f.Area("9")
	_, noCompetence := f.Competence("9.9")
	_, noLevel := f.Level("C9")
	for _, err := range []error{noArea, noCompetence, noLevel} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
	}
}

func TestLintOfOneFramework(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(*framework.Framework)
		want   string // pointer, or nothing
	}{
		{"whole", func(*framework.Framework) {}, ""},
		{"twice", func(f *framework.Framework) { f.Areas[1].Competences[0].ID = "1.1" }, "/areas/1/competences/0/id"},
		{"number", func(f *framework.Framework) { f.Areas[0].Competences[1].Number = "2.2" }, "/areas/0/competences/1/number"},
		{"levels", func(f *framework.Framework) { f.Levels[1].Order = 1 }, "/levels/1/order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := small()
			c.change(f)
			got := f.Lint()
			switch {
			case c.want == "" && len(got) > 0:
				t.Errorf("unexpected %v", got)
			case c.want != "" && (len(got) != 1 || got[0].Pointer != c.want):
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestCoverCountsExactAndBroadOnly(t *testing.T) {
	t.Parallel()
	f := small()
	x := &framework.Crosswalk{Rows: []framework.CrosswalkRow{
		{UA: "1.1", Relation: framework.Exact, DigComp22: []string{"1.1"}},
		{UA: "1.2", Relation: framework.Broad, DigComp22: []string{"1.2", "2.1"}},
		{UA: "2.1", Relation: framework.Extension, DigComp22: []string{"1.1"}},
	}}
	got := x.Lint(f, f, f)
	if len(got) != 1 || got[0].Rule != "crosswalk-size" { // the small one has 3, not 21
		t.Fatalf("got %v", got)
	}
	x.Rows[2].Relation = framework.Exact
	rules := map[string]bool{}
	for _, g := range x.Lint(f, f, f) {
		rules[g.Rule] = true
	}
	if !rules["crosswalk-cover"] {
		t.Fatal("a double cover was not noticed")
	}
}
