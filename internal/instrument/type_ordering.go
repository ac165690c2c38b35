package instrument

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/scoring"
)

// orderingType: all options in the right order. Without script: a select of
// position per option.
//
// Score (METHOD §1, points/m) by neighbours, see scoring.Ordering: a point for
// each two that stand next to each other in the key and in the answer, m−1 pairs.
// All pairs in the right relative order would give half the points for nothing.
type orderingType struct{}

func (orderingType) name() Type { return Ordering }

func (orderingType) check(it *Item, v Value) *fault.Field {
	if f := checkSome(it, v); f != nil {
		return f
	}
	if len(v.list) != len(it.Options) {
		return bad("", "answer.order_all", map[string]any{"Count": len(it.Options)})
	}
	return nil
}

func (orderingType) score(it *Item, v Value) float64 {
	return points(scoring.Ordering(it.Key.IDs, v.list))
}

func (orderingType) columns(it *Item) []Column { return optionColumns(it, it.Options, "integer") }

func (orderingType) cells(it *Item, v Value) []string {
	out := make([]string, len(it.Options))
	for i, o := range it.Options {
		out[i] = strconv.Itoa(slices.Index(v.list, o.ID) + 1)
	}
	return out
}

func (orderingType) public(it *Item, p *PublicItem) { p.Options = publicOptions(it) }

func (orderingType) toForm(_ *Item, v Value, out url.Values) {
	for i, id := range v.list {
		out.Set(field(id), strconv.Itoa(i+1))
	}
}

func (orderingType) form(it *Item, values url.Values, seed string, m *FormModel) {
	m.Layout = Selects
	options := ShuffledOptions(it, seed)
	for i, o := range options {
		name := field(o.ID)
		typed := values.Get(name)
		if ids := given(values); typed == "" && len(ids) > 0 {
			if at := slices.Index(ids, o.ID); at >= 0 {
				typed = strconv.Itoa(at + 1)
			}
		}
		row := FormRow{Number: i + 1, ID: o.ID, Name: name, Text: o.Text}
		for n := range options {
			pos := strconv.Itoa(n + 1)
			row.Choices = append(row.Choices, FormChoice{Offered: true, Name: name, Value: pos, Checked: typed == pos})
		}
		m.Rows = append(m.Rows, row)
	}
}

func (orderingType) fromForm(it *Item, values url.Values) (Value, *fault.Field) {
	if ids := given(values); len(ids) > 0 {
		return List(ids...), nil
	}
	n := len(it.Options)
	order, filled := make([]string, n), 0
	var empty string
	for _, o := range it.Options {
		name := field(o.ID)
		typed := strings.TrimSpace(values.Get(name))
		if typed == "" {
			if empty == "" {
				empty = name
			}
			continue
		}
		filled++
		pos, err := strconv.Atoi(typed)
		if err != nil || pos < 1 || pos > n {
			return Value{}, bad(name, "answer.position", map[string]any{"Count": n})
		}
		if order[pos-1] != "" {
			return Value{}, bad(name, "answer.position_twice", map[string]any{"Position": pos})
		}
		order[pos-1] = o.ID
	}
	switch {
	case filled == 0:
		return Value{}, nil
	case empty != "":
		return Value{}, bad(empty, "answer.order_all", map[string]any{"Count": n})
	}
	return Value{kind: kindList, list: order}, nil
}

func (orderingType) lint(it *Item, r *Report) {
	lintOptions(it, r, 3)
	if !it.Scored() {
		r.Error("/type", "ordering-knowledge", "an ordering item has no key outside knowledge",
			"set measures: knowledge, or use another type")
		return
	}
	lintKeyIDs(it, r, len(it.Options), len(it.Options))
	if len(it.Options) > 7 {
		r.Warn("/options", "ordering-long", "more than seven things to order do not fit a small screen",
			"keep three to six")
	}
}
