package instrument

import (
	"net/url"
	"slices"
	"strconv"

	"osvitlo/internal/fault"
	"osvitlo/internal/scoring"
)

// What single, multiple, scale, ordering and spot share: options.

// checkOne tells whether v is the id of one option.
func checkOne(it *Item, v Value) *fault.Field {
	id, ok := v.Word()
	if !ok {
		return bad("", "answer.want_option", nil)
	}
	if _, known := it.Option(id); !known {
		return bad("", "answer.unknown_option", nil)
	}
	return nil
}

// checkSome tells whether v is a list of different option ids.
func checkSome(it *Item, v Value) *fault.Field {
	if v.kind != kindList {
		return bad("", "answer.want_options", nil)
	}
	if len(v.list) > len(it.Options) {
		return bad("", "answer.too_many", map[string]any{"Max": len(it.Options)})
	}
	for i, id := range v.list {
		if _, known := it.Option(id); !known {
			return bad("/"+strconv.Itoa(i), "answer.unknown_option", nil)
		}
		if slices.Contains(v.list[:i], id) {
			return bad("/"+strconv.Itoa(i), "answer.twice", nil)
		}
		if slices.Contains(it.Exclusive, id) && len(v.list) > 1 {
			return bad("/"+strconv.Itoa(i), "answer.exclusive", nil)
		}
	}
	return nil
}

// proportion is METHOD §1, several right answers: max(0, c/C − f/F), with c right
// picked of C and f wrong picked of F; no penalty where F = 0.
func proportion(it *Item, v Value) float64 {
	var right, wrong int
	for _, id := range v.list {
		if slices.Contains(it.Key.IDs, id) {
			right++
		} else {
			wrong++
		}
	}
	return points(scoring.MultipleCounts(right, len(it.Key.IDs), wrong,
		len(it.Options)-len(it.Key.IDs), scoring.ProportionWithPenalty))
}

// points turns what scoring refuses into no points: lint has proved the keys, so
// it refuses nothing that a published item can hold.
func points(s float64, err error) float64 {
	if err != nil {
		return 0
	}
	return s
}

func oneColumn(it *Item, kind string) []Column {
	return []Column{{Name: it.ID, Type: kind, Title: it.Stem}}
}

func optionColumns(it *Item, list []Option, kind string) []Column {
	out := make([]Column, len(list))
	for i, o := range list {
		out[i] = Column{Name: it.ID + "." + o.ID, Type: kind, Title: o.Text}
	}
	return out
}

func pickedCells(it *Item, v Value) []string {
	out := make([]string, len(it.Options))
	for i, o := range it.Options {
		out[i] = "0"
		if slices.Contains(v.list, o.ID) {
			out[i] = "1"
		}
	}
	return out
}

// oneFromForm reads answer=<id>.
func oneFromForm(values url.Values) (Value, *fault.Field) {
	switch ids := given(values); len(ids) {
	case 0:
		return Value{}, nil
	case 1:
		return Word(ids[0]), nil
	default:
		return Value{}, bad(FieldAnswer, "answer.want_option", nil)
	}
}

// someFromForm reads answer=<id>, repeated.
func someFromForm(values url.Values) (Value, *fault.Field) {
	if ids := given(values); len(ids) > 0 {
		return Value{kind: kindList, list: ids}, nil
	}
	return Value{}, nil
}
