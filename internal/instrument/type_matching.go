package instrument

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/scoring"
)

// matchingType: a right id for each left id; may be partial, a right id may serve
// twice or never. Without script: a select per left id. Score (METHOD §1,
// points/m): one point per right pair of the m left ids; a wrong pair costs nothing.
type matchingType struct{}

func (matchingType) name() Type { return Matching }

func (matchingType) check(it *Item, v Value) *fault.Field {
	if v.kind != kindPairs {
		return bad("", "answer.want_pairs", nil)
	}
	if len(v.pairs) > len(it.Left) {
		return bad("", "answer.too_many", map[string]any{"Max": len(it.Left)})
	}
	lefts := make([]string, 0, len(v.pairs))
	for l := range v.pairs {
		lefts = append(lefts, l)
	}
	slices.Sort(lefts) // the first fault is always the same one
	for _, l := range lefts {
		if _, known := option(it.Left, l); !known {
			return bad("/"+escapePointer(l), "answer.unknown_left", nil)
		}
		if _, known := option(it.Right, v.pairs[l]); !known {
			return bad("/"+escapePointer(l), "answer.unknown_option", nil)
		}
	}
	return nil
}

func (matchingType) score(it *Item, v Value) float64 {
	return points(scoring.Matching(it.Key.Pairs, v.pairs))
}

func (matchingType) columns(it *Item) []Column { return optionColumns(it, it.Left, "string") }

func (matchingType) cells(it *Item, v Value) []string {
	out := make([]string, len(it.Left))
	for i, l := range it.Left {
		out[i] = v.pairs[l.ID]
	}
	return out
}

func (matchingType) public(it *Item, p *PublicItem) {
	p.Left, p.Right = bare(it.Left), bare(shuffled(it.Right, it.ID+"@public"))
}

func (matchingType) toForm(_ *Item, v Value, out url.Values) {
	for l, r := range v.pairs {
		out.Set(field(l), r)
	}
}

func (matchingType) form(it *Item, values url.Values, seed string, m *FormModel) {
	m.Layout = Selects
	right := ShuffledRight(it, seed)
	for i, l := range it.Left {
		name := field(l.ID)
		row := FormRow{Number: i + 1, ID: l.ID, Name: name, Text: l.Text}
		for _, r := range right {
			row.Choices = append(row.Choices, FormChoice{Offered: true, Name: name, Value: r.ID, Text: r.Text,
				Checked: values.Get(name) == r.ID})
		}
		m.Rows = append(m.Rows, row)
	}
}

func (matchingType) fromForm(it *Item, values url.Values) (Value, *fault.Field) {
	pairs := map[string]string{}
	for _, l := range it.Left {
		name := field(l.ID)
		typed := strings.TrimSpace(values.Get(name))
		if typed == "" {
			continue
		}
		if _, known := option(it.Right, typed); !known {
			return Value{}, bad(name, "answer.unknown_option", nil)
		}
		pairs[l.ID] = typed
	}
	if len(pairs) == 0 {
		return Value{}, nil
	}
	return Value{kind: kindPairs, pairs: pairs}, nil
}

func (matchingType) lint(it *Item, r *Report) {
	if len(it.Left) < 2 || len(it.Right) < 2 {
		r.Error("", "matching-sides", "a matching item needs at least two things on each side",
			"write left: and right: with two or more entries")
	}
	lintIDs(r, "/left", it.Left)
	lintIDs(r, "/right", it.Right)
	if !it.Scored() {
		r.Error("/type", "matching-knowledge", "a matching item has no key outside knowledge",
			"set measures: knowledge, or use another type")
		return
	}
	for i, l := range it.Left {
		if _, ok := it.Key.Pairs[l.ID]; !ok {
			r.Error("/key", "key-missing", "the key has no pair for "+quote(l.ID)+" (left "+strconv.Itoa(i+1)+")",
				"add "+l.ID+": <right id>")
		}
	}
	for _, l := range sortedKeys(it.Key.Pairs) {
		if _, ok := option(it.Left, l); !ok {
			r.Error("/key", "key-unknown", "the key names "+quote(l)+", which is not on the left", "use an id of left:")
		}
		if _, ok := option(it.Right, it.Key.Pairs[l]); !ok {
			r.Error("/key", "key-unknown", "the key names "+quote(it.Key.Pairs[l])+", which is not on the right",
				"use an id of right:")
		}
	}
}
