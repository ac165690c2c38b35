package statsbench_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/statsbench"
)

func TestAnyBytesAreATableOrANamedError(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-c,;"\n 0-9.\-\t]{0,60}`).Draw(t, "text")
		tab, err := statsbench.ReadCSV(strings.NewReader(text), "x.csv")
		if err != nil {
			if !errors.Is(err, statsbench.ErrInput) || !strings.Contains(err.Error(), "x.csv") {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if tab.Rows() < 1 || len(tab.Columns) < 1 {
			t.Fatalf("%q: %d rows", text, tab.Rows())
		}
		for _, c := range tab.Columns {
			if _, err := tab.Numbers(c); err != nil && !errors.Is(err, statsbench.ErrInput) {
				t.Fatal(err)
			}
			codes, labels, err := tab.Codes(c)
			if err != nil || len(codes) != tab.Rows() {
				t.Fatalf("%d codes, %v", len(codes), err)
			}
			for _, k := range codes {
				if k < -1 || k >= len(labels) {
					t.Fatalf("code %d of %d", k, len(labels))
				}
			}
		}
	})
}

func TestAnyJSONIsASpecOrANamedError(t *testing.T) {
	t.Parallel()
	words := []string{`"design"`, `"margins"`, `"trim"`, `"estimates"`, `"compare"`, `"mean"`, `"by"`, `"a"`, `"b"`, `"weights"`, `"upper"`, `"files"`, `"where"`, `"collapse"`, `"replicate_weights"`}
	var value func(t *rapid.T, depth int) string
	value = func(t *rapid.T, depth int) string {
		kind := rapid.IntRange(0, 5).Draw(t, "kind")
		if depth > 3 {
			kind %= 4
		}
		switch kind {
		case 0:
			return rapid.SampledFrom(words).Draw(t, "word")
		case 1:
			return "1.5"
		case 2:
			return "true"
		case 3:
			return "null"
		case 4:
			n := rapid.IntRange(0, 3).Draw(t, "n")
			var parts []string
			for range n {
				parts = append(parts, value(t, depth+1))
			}
			return "[" + strings.Join(parts, ",") + "]"
		}
		n := rapid.IntRange(0, 3).Draw(t, "n")
		var parts []string
		for range n {
			parts = append(parts, rapid.SampledFrom(words).Draw(t, "key")+":"+value(t, depth+1))
		}
		return "{" + strings.Join(parts, ",") + "}"
	}
	data, err := statsbench.ReadCSV(strings.NewReader("a,b\n1,x\n2,y\n3,x\n"), "d.csv")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := value(t, 0)
		s, err := statsbench.ParseSpec([]byte(text))
		if err != nil {
			if !errors.Is(err, statsbench.ErrInput) {
				t.Fatalf("%s: %v", text, err)
			}
			return
		}
		var un *statsbench.UnreachedError
		if _, err := statsbench.Estimate(s, []*statsbench.Table{data}, nil); err != nil && !errors.Is(err, statsbench.ErrInput) && !errors.As(err, &un) {
			t.Fatalf("%s: %v", text, err)
		}
	})
}

func TestMarginsInEveryForm(t *testing.T) {
	t.Parallel()
	data, err := statsbench.ReadCSV(strings.NewReader("sex,age,y\nf,a,1\nm,b,2\nf,b,3\nm,a,4\nf,a,5\nm,,6\n"), "d.csv")
	if err != nil {
		t.Fatal(err)
	}
	var first any
	for _, margins := range []string{
		`{"sex:age": {"f:a": 10, "f:b": 20, "m:a": 30, "m:b": 40}}`,
		`{"sex*age": {"f*a": 10, "f*b": 20, "m*a": 30, "m*b": 40}}`,
		`{"sex:age": {"f": {"a": 10, "b": 20}, "m": {"a": 30, "b": 40}}}`,
		`[{"columns": ["sex", "age"], "totals": {"f:a": 10, "f:b": 20, "m:a": 30, "m:b": 40}}]`,
		`[{"sex": "f", "age": "a", "Freq": 10}, {"sex": "f", "age": "b", "Freq": 20}, {"sex": "m", "age": "a", "Freq": 30}, {"sex": "m", "age": "b", "Freq": 40}]`,
		`{"~sex+age": [{"age": "a", "sex": "f", "Freq": 10}, {"sex": "f", "age": "b", "Freq": "20"}, {"sex": "m", "age": "a", "Freq": 30}, {"sex": "m", "age": "b", "Freq": 40}]}`,
	} {
		s, err := statsbench.ParseSpec([]byte(`{"margins": ` + margins + `, "estimates": [{"mean": "y"}]}`))
		if err != nil {
			t.Fatalf("%s: %v", margins, err)
		}
		r, err := statsbench.Estimate(s, []*statsbench.Table{data}, nil)
		if err != nil {
			t.Fatalf("%s: %v", margins, err)
		}
		got := plain(t, r)
		if first == nil {
			first = got["mean_y"]
			if got["n_unweightable"] != 1.0 || got["n"] != 5.0 || got["alerts"] == nil {
				t.Errorf("a row without age: n %v, unweightable %v, alerts %v", got["n"], got["n_unweightable"], got["alerts"])
			}
			// (10·3 + 20·3 + 30·4 + 40·2)/100
			if v, _ := find(got, "mean_y.y.est"); math.Abs(v.(float64)-2.9) > 1e-9 {
				t.Errorf("mean %v", v)
			}
		}
		c := &check{t: t, tolerance: by(1e-9, nil)}
		c.same("", first, got["mean_y"])
	}
}

func TestCollapseJoinsACategory(t *testing.T) {
	t.Parallel()
	data, err := statsbench.ReadCSV(strings.NewReader("age,y\na,1\nb,2\nb,3\na,4\n"), "d.csv")
	if err != nil {
		t.Fatal(err)
	}
	s, err := statsbench.ParseSpec([]byte(`{"margins": {"age": {"a": 10, "b": 10, "c": 20}}, "collapse": {"age": {"c": "b"}}, "estimates": [{"mean": "y"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := statsbench.Estimate(s, []*statsbench.Table{data}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := find(plain(t, r), "mean_y.y.est"); math.Abs(v.(float64)-2.5) > 1e-9 {
		t.Errorf("mean %v", v)
	}
}

// TestOverlappingWaves: the same persons in both files give what a panel of two
// columns gives; no person in common gives independent samples.
func TestOverlappingWaves(t *testing.T) {
	t.Parallel()
	read := func(text string) *statsbench.Table {
		tab, err := statsbench.ReadCSV(strings.NewReader(text), "w.csv")
		if err != nil {
			t.Fatal(err)
		}
		return tab
	}
	run := func(spec string, tables ...*statsbench.Table) map[string]any {
		return estimate(t, spec, nil, tables...)
	}
	one := read("id,y,w\n1,3,1\n2,5,2\n3,9,1\n4,4,1.5\n5,6,1\n")
	two := read("id,y,w\n1,4,1\n2,7,2\n3,9,1\n4,6,1.5\n5,5,1\n")
	both := read("y1,y2,w\n3,4,1\n5,7,2\n9,9,1\n4,6,1.5\n6,5,1\n")
	panel := run(`{"design": {"weights": "w"}, "compare": ["y1", "y2"]}`, both)
	stacked := run(`{"design": {"weights": "w"}, "compare": {"mean": "y", "person": "id"}}`, one, two)
	c := &check{t: t, tolerance: by(1e-9, nil)}
	c.same("diff", panel["diff"], stacked["diff"])
	if stacked["persons_in_both"] != 5.0 {
		t.Errorf("%v persons in both", stacked["persons_in_both"])
	}
	// Half of the persons in common lies between the two.
	other := read("id,y,w\n1,4,1\n2,7,2\n13,9,1\n14,6,1.5\n15,5,1\n")
	se := func(m map[string]any) float64 {
		v, _ := find(m, "diff.se")
		return v.(float64)
	}
	alone := run(`{"design": {"weights": "w"}, "compare": {"mean": "y"}}`, one, other)
	part := run(`{"design": {"weights": "w"}, "compare": {"mean": "y", "person": "id"}}`, one, other)
	if !(se(part) < se(alone)) {
		t.Errorf("SE with persons in common %v, independent %v", se(part), se(alone))
	}
}
