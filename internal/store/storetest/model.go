package storetest

import (
	"cmp"
	"iter"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/store"
)

// entry is a row of an index as the model keeps it.
type entry struct {
	id     string
	values []any
}

func compare(a, b entry) int {
	for i := range a.values {
		if c := store.Compare(a.values[i], b.values[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.id, b.id)
}

// field reads an indexed field of a note, nil where it is missing.
func field(n *Note, path string) any {
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	switch path {
	case "key":
		return text(n.Key)
	case "town":
		if n.Town != nil {
			return *n.Town
		}
	case "n":
		if n.N != nil {
			return *n.N
		}
	case "f":
		switch {
		case n.F == nil:
		case *n.F == float64(int64(*n.F)):
			return int64(*n.F)
		default:
			return *n.F
		}
	case "b":
		if n.B != nil {
			return *n.B
		}
	case "place.street":
		return text(n.Place.Street)
	case "place.house":
		if n.Place.House != 0 {
			return n.Place.House
		}
	case "at":
		return n.At.String()
	}
	return nil
}

// entries lists the rows of an index over the notes, in its order.
func entries(notes []*Note, ix store.Index) []entry {
	var rows []entry
	for _, n := range notes {
		var rest []any
		for i, f := range ix.Fields {
			if ix.Array && i == 0 {
				continue
			}
			rest = append(rest, field(n, f))
		}
		if !ix.Array {
			rows = append(rows, entry{n.ID, rest})
			continue
		}
		var members []any
		for _, m := range n.Tags {
			if ix.Fields[0] == "tags" && !slices.Contains(members, any(m)) {
				members = append(members, m)
			}
		}
		for _, m := range n.Nums {
			if ix.Fields[0] == "nums" && !slices.Contains(members, any(m)) {
				members = append(members, m)
			}
		}
		for _, m := range members {
			rows = append(rows, entry{n.ID, append([]any{m}, rest...)})
		}
	}
	slices.SortFunc(rows, compare)
	return rows
}

// answer is what a query should give on the rows of its index.
func answer(rows []entry, q store.Query) []entry {
	var out []entry
	for _, r := range rows {
		if fits(r, q) {
			out = append(out, r)
		}
	}
	if q.Desc {
		slices.Reverse(out)
	}
	if q.Limit > 0 {
		out = out[:min(q.Limit, len(out))]
	}
	return out
}

func fits(r entry, q store.Query) bool {
	for i, v := range q.Eq {
		if store.Compare(r.values[i], v) != 0 {
			return false
		}
	}
	if len(q.Eq) == len(r.values) {
		return true
	}
	v := r.values[len(q.Eq)]
	switch {
	case q.In != nil:
		return slices.ContainsFunc(q.In, func(w any) bool { return store.Compare(v, w) == 0 })
	case q.Prefix != "":
		s, isText := v.(string)
		return isText && strings.HasPrefix(s, q.Prefix)
	case q.From == nil && q.To == nil && q.After == nil:
		return true
	case v == nil:
		return false
	}
	return (q.From == nil || store.Compare(v, q.From) >= 0) &&
		(q.After == nil || store.Compare(v, q.After) > 0) &&
		(q.To == nil || store.Compare(v, q.To) < 0)
}

var towns = []string{"Кропивницький", "Кропивня", "Кролевець", "Ґалаґани", "Їжаки", "Знам’янка", "a", "a b", "ab", "\U0010FFFF", "\uD7FF"}

// randomNotes draws notes with many equal and many missing fields.
func randomNotes(r *rand.Rand, count int) []*Note {
	notes := make([]*Note, count)
	for i := range notes {
		n := note(id(r.IntN(100000)) + string(rune('a'+i%26)) + id(i))
		if r.IntN(5) > 0 {
			n.Town = ptr(towns[r.IntN(len(towns))])
			n.Name = *n.Town
			n.Key = store.CollationKey(n.Name)
		}
		if r.IntN(4) > 0 {
			n.N = ptr(int64(r.IntN(12) - 6))
		}
		if r.IntN(4) > 0 {
			n.F = ptr(float64(r.IntN(20)-10) / 4)
		}
		if r.IntN(3) > 0 {
			n.B = ptr(r.IntN(2) == 0)
		}
		if r.IntN(4) > 0 {
			n.Place = Place{Street: towns[r.IntN(4)], House: int64(r.IntN(4))}
		}
		for range r.IntN(4) {
			n.Tags = append(n.Tags, towns[r.IntN(5)])
			n.Nums = append(n.Nums, int64(r.IntN(5)))
		}
		notes[i] = n
	}
	return notes
}

// queries lists every form of query over an index, with values that occur and such that
// do not.
func queries(r *rand.Rand, ix store.Index, rows []entry) []store.Query {
	value := func(i int) any { // a value of field i that is not missing
		for range 100 {
			if v := rows[r.IntN(len(rows))].values[i]; v != nil {
				return v
			}
		}
		return "nothing"
	}
	var out []store.Query
	for eq := 0; eq <= len(ix.Fields); eq++ {
		if ix.Array && eq == 0 {
			continue
		}
		base := store.Query{Index: ix.Name}
		for i := range eq {
			base.Eq = append(base.Eq, value(i))
		}
		forms := []store.Query{base}
		if eq < len(ix.Fields) {
			form := func(change func(q *store.Query)) {
				q := base
				change(&q)
				forms = append(forms, q)
			}
			a, b := value(eq), value(eq)
			form(func(q *store.Query) { q.From = a })
			form(func(q *store.Query) { q.After = a })
			form(func(q *store.Query) { q.To = a })
			form(func(q *store.Query) { q.From, q.To = a, b })
			form(func(q *store.Query) { q.From, q.To = b, a })
			form(func(q *store.Query) { q.After, q.To = b, a })
			form(func(q *store.Query) { q.In = []any{a, b, value(eq), a} })
			form(func(q *store.Query) { q.In = []any{} })
			if s, isText := a.(string); isText {
				form(func(q *store.Query) { q.Prefix = string([]rune(s)[:1]) })
				form(func(q *store.Query) { q.Prefix = s })
			}
		}
		for _, q := range forms {
			for _, desc := range []bool{false, true} {
				for _, limit := range []int{0, 1, 7} {
					q.Desc, q.Limit = desc, limit
					out = append(out, q)
				}
			}
		}
	}
	return out
}

func all[V any](t testing.TB, seq iter.Seq2[V, error]) (out []V) {
	t.Helper()
	for v, err := range seq {
		ok(t, err)
		out = append(out, v)
	}
	return out
}

func sameIDs(notes []*Note, want []entry) bool {
	return slices.EqualFunc(notes, want, func(n *Note, e entry) bool { return n.ID == e.id })
}

func sameKeys(keys []store.Key, want []entry) bool {
	return slices.EqualFunc(keys, want, func(k store.Key, e entry) bool {
		return k.ID == e.id && reflect.DeepEqual(k.Values, e.values)
	})
}
