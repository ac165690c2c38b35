package store

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSegmentsCoverExactlyTheRowsBehindACursor walks a small index from every row and
// compares the segments with the rows that a plain comparison puts behind it.
func TestSegmentsCoverExactlyTheRowsBehindACursor(t *testing.T) {
	t.Parallel()
	shape, err := Compile(Spec{Name: "c", Indexes: []Index{{Name: "i", Fields: []string{"a", "b"}}}})
	if err != nil {
		t.Fatal(err)
	}
	// A field is of one type in a collection; each draw takes one.
	kinds := [][]any{{nil, int64(-1), int64(2), 2.5}, {nil, "", "a", "ї"}, {nil, false, true}}
	rapid.Check(t, func(t *rapid.T) {
		as := kinds[rapid.IntRange(0, 2).Draw(t, "kind of a")]
		bs := kinds[rapid.IntRange(0, 2).Draw(t, "kind of b")]
		var rows [][]any
		for _, a := range as {
			for _, b := range bs {
				for _, id := range []string{"p", "q"} {
					rows = append(rows, []any{a, b, id})
				}
			}
		}
		q := Query{Index: "i", Desc: rapid.Bool().Draw(t, "desc")}
		value := func(from []any, label string) any { return rapid.SampledFrom(from[1:]).Draw(t, label) }
		next := as
		if rapid.Bool().Draw(t, "eq") {
			q.Eq, next = []any{value(as, "eq value")}, bs
		}
		switch rapid.IntRange(0, 5).Draw(t, "form") {
		case 1:
			q.In = []any{value(next, "in 1"), value(next, "in 2")}
		case 2:
			q.From = value(next, "from")
		case 3:
			q.After, q.To = value(next, "after"), value(next, "to")
		case 4:
			q.To = value(next, "to")
		}
		plan, err := shape.Plan(q)
		if err != nil {
			t.Fatal(err)
		}
		before := walk(plan.Segments, rows, q.Desc)
		for i, at := range before {
			got := walk(plan.Behind(at[:2], at[2].(string)), rows, q.Desc)
			if want := before[i+1:]; !slices.EqualFunc(got, want, equal) {
				t.Fatalf("%+v behind %v: %v, want %v", q, at, got, want)
			}
			// The same through a cursor's text.
			p := q
			p.Cursor = shape.cursorAt(plan.Index, q.Desc, false, at[:2], at[2].(string))
			again, err := shape.Plan(p)
			if err != nil {
				t.Fatal(err)
			}
			if got := walk(again.Segments, rows, q.Desc); !slices.EqualFunc(got, before[i+1:], equal) {
				t.Fatalf("%+v with a cursor behind %v: %v", q, at, got)
			}
		}
	})
}

func equal(a, b []any) bool { return compareRows(a, b) == 0 }

func compareRows(a, b []any) int {
	return cmp.Or(Compare(a[0], b[0]), Compare(a[1], b[1]), Compare(a[2], b[2]))
}

// walk reads the segments one after the other, as an engine does.
func walk(segments []Segment, rows [][]any, desc bool) (out [][]any) {
	for _, g := range segments {
		var part [][]any
		for _, r := range rows {
			if inside(g, r) {
				part = append(part, r)
			}
		}
		slices.SortFunc(part, compareRows)
		if desc {
			slices.Reverse(part)
		}
		out = append(out, part...)
	}
	return out
}

func inside(g Segment, row []any) bool {
	for i, v := range g.Eq {
		if Compare(row[i], v) != 0 {
			return false
		}
	}
	if len(g.Eq) == len(row) {
		return true
	}
	v := row[len(g.Eq)]
	if v == nil && (g.Lo != nil || g.Hi != nil || g.Present) {
		return false
	}
	if g.Lo != nil {
		if c := Compare(v, g.Lo.Value); c < 0 || c == 0 && !g.Lo.Inclusive {
			return false
		}
	}
	if g.Hi != nil {
		if c := Compare(v, g.Hi.Value); c > 0 || c == 0 && !g.Hi.Inclusive {
			return false
		}
	}
	return true
}
