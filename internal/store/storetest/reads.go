package storetest

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// fill stores random notes in random order and returns them.
func (s *suite) fill(t testing.TB, c *Notes, seed uint64, count int) ([]*Note, *rand.Rand) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	notes := randomNotes(r, count)
	ok(t, c.InsertMany(t.Context(), notes))
	return notes, r
}

func (s *suite) everyIndex(t *testing.T) {
	ctx, c := s.notes(t)
	notes, r := s.fill(t, c, 11, 150)
	for _, ix := range append(slices.Clone(Spec.Indexes), store.Index{Name: store.BuiltinID}) {
		if ix.Name == store.BuiltinID {
			continue // held by "pages" and "refused queries"
		}
		rows := entries(notes, ix)
		for _, q := range queries(r, ix, rows) {
			want := answer(rows, q)
			if got := all(t, c.Find(ctx, q)); !sameIDs(got, want) {
				t.Fatalf("Find %+v: %d documents, want %d, or another order", q, len(got), len(want))
			}
			if got := all(t, c.Keys(ctx, q)); !sameKeys(got, want) {
				t.Fatalf("Keys %+v: got %v, want %v", q, got, want)
			}
		}
	}
	byID := slices.Clone(notes)
	slices.SortFunc(byID, func(a, b *Note) int { return strings.Compare(a.ID, b.ID) })
	got := all(t, c.Keys(ctx, store.Query{Index: store.BuiltinID, Prefix: byID[40].ID[:3]}))
	want := 0
	for _, n := range byID {
		if strings.HasPrefix(n.ID, byID[40].ID[:3]) {
			if got[want].ID != n.ID || !reflect.DeepEqual(got[want].Values, []any{n.ID}) {
				t.Fatalf("place %d holds %v, want %s", want, got[want], n.ID)
			}
			want++
		}
	}
	if want != len(got) {
		t.Fatalf("%d ids with the prefix, want %d", len(got), want)
	}
}

// afterChange checks that every index follows replacing, upserting and deleting.
func (s *suite) afterChange(t *testing.T) {
	ctx, c := s.notes(t)
	notes, r := s.fill(t, c, 12, 90)
	fresh := randomNotes(r, 90)
	for i := range notes {
		fresh[i].Doc = notes[i].Doc
		switch i % 3 {
		case 0:
			ok(t, c.Replace(ctx, fresh[i]))
		case 1:
			ok(t, c.Upsert(ctx, fresh[i]))
		default:
			ok(t, c.Delete(ctx, notes[i].ID, 1))
		}
	}
	var left []*Note
	for i, n := range fresh {
		if i%3 != 2 {
			left = append(left, n)
		}
	}
	for _, ix := range Spec.Indexes {
		rows := entries(left, ix)
		var got []store.Key
		if !ix.Array {
			got = all(t, c.Keys(ctx, store.Query{Index: ix.Name}))
		} else {
			for i, row := range rows {
				if i == 0 || row.values[0] != rows[i-1].values[0] {
					got = append(got, all(t, c.Keys(ctx, store.Query{Index: ix.Name, Eq: row.values[:1]}))...)
				}
			}
		}
		if !sameKeys(got, rows) {
			t.Fatalf("%s: got %v, want %v", ix.Name, got, rows)
		}
	}
}

func (s *suite) refusedQueries(t *testing.T) {
	ctx, c := s.notes(t)
	ok(t, c.Insert(ctx, note("a")))
	for name, q := range map[string]store.Query{
		"zero":              {},
		"no such index":     {Index: "by_text"},
		"too many eq":       {Index: "by_n", Eq: []any{1, 2}},
		"in and range":      {Index: "by_n", In: []any{1}, From: 1},
		"range and prefix":  {Index: "by_town_n", From: "a", Prefix: "a"},
		"from and after":    {Index: "by_n", From: 1, After: 1},
		"no field left":     {Index: "by_n", Eq: []any{1}, From: 1},
		"array without eq":  {Index: "by_tag"},
		"array with in":     {Index: "by_tag", In: []any{"a", "b"}},
		"null":              {Index: "by_n", Eq: []any{nil}},
		"struct":            {Index: "by_n", Eq: []any{struct{}{}}},
		"big integer":       {Index: "by_n", Eq: []any{int64(store.MaxInt + 1)}},
		"long text":         {Index: "by_key", Eq: []any{strings.Repeat("x", store.MaxIndexValue+1)}},
		"mixed range":       {Index: "by_n", From: 1, To: "a"},
		"negative limit":    {Index: "by_n", Limit: -1},
		"too many in":       {Index: "by_n", In: make([]any, store.MaxIn+1)},
		"made-up cursor":    {Index: "by_n", Cursor: "zzz"},
		"too long a cursor": {Index: "by_n", Cursor: store.Cursor(strings.Repeat("A", 1<<20))},
	} {
		for _, err := range c.Find(ctx, q) {
			if !fault.Is(err, fault.Invalid) {
				t.Errorf("Find, %s: %v, want Invalid", name, err)
			}
		}
		seen := 0
		for _, err := range c.Keys(ctx, q) {
			if seen++; !fault.Is(err, fault.Invalid) {
				t.Errorf("Keys, %s: %v, want Invalid", name, err)
			}
		}
		if seen != 1 {
			t.Errorf("Keys, %s: no error", name)
		}
		q.Limit = max(q.Limit, 1)
		if name == "negative limit" {
			q.Limit = store.MaxPage + 1
		}
		if _, err := c.Page(ctx, q); !fault.Is(err, fault.Invalid) {
			t.Errorf("Page, %s: %v, want Invalid", name, err)
		}
	}
	_, err := c.Page(ctx, store.Query{Index: "by_n"})
	kind(t, err, fault.Invalid)
}

func (s *suite) ukrainian(t *testing.T) {
	ctx, c := s.notes(t)
	var want []string
	for _, l := range "АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ" {
		want = append(want, string(l)+"а", string(l)+"я")
	}
	want = slices.Insert(want, len(want)-1, "Яблуко 1", "Яблуко 2")
	r := rand.New(rand.NewPCG(14, 1))
	for _, i := range r.Perm(len(want)) {
		n := note(id(r.IntN(100000)) + id(i))
		n.Name = want[i]
		if i%2 == 1 {
			n.Name = strings.ToLower(n.Name)
		}
		n.Key = store.CollationKey(n.Name)
		ok(t, c.Insert(ctx, n))
	}
	var got []string
	for n, err := range c.Find(ctx, store.Query{Index: "by_key"}) {
		ok(t, err)
		got = append(got, strings.ToLower(n.Name))
	}
	for i := range want {
		if got[i] != strings.ToLower(want[i]) {
			t.Fatalf("place %d holds %q, want %q\n%v", i, got[i], want[i], got)
		}
	}
	if store.CollationKey("Мар’яна") != store.CollationKey("Мар'яна") {
		t.Fatal("two spellings of the apostrophe sort apart")
	}
}

func (s *suite) membership(t *testing.T) {
	ctx, c := s.notes(t)
	n := note("m")
	n.Tags, n.Nums, n.Town = []string{"одне", "два", "одне"}, []int64{3, 5}, ptr("a")
	ok(t, c.Insert(ctx, n))
	other := note("o")
	other.Tags = []string{"два"}
	ok(t, c.Insert(ctx, other))
	find := func(index string, eq ...any) []string {
		return ids(all(t, c.Find(ctx, store.Query{Index: index, Eq: eq})))
	}
	for _, want := range []struct {
		index string
		eq    []any
		ids   []string
	}{
		{"by_tag", []any{"одне"}, []string{"m"}},
		{"by_tag", []any{"два"}, []string{"m", "o"}},
		{"by_tag", []any{"три"}, nil},
		{"by_num_town", []any{5}, []string{"m"}},
		{"by_num_town", []any{5, "a"}, []string{"m"}},
		{"by_num_town", []any{5, "b"}, nil},
	} {
		if got := find(want.index, want.eq...); !slices.Equal(got, want.ids) {
			t.Fatalf("%s %v: %v, want %v", want.index, want.eq, got, want.ids)
		}
	}
	n.Tags = []string{"три"}
	ok(t, c.Replace(ctx, n))
	if a, b := find("by_tag", "одне"), find("by_tag", "три"); len(a) != 0 || !slices.Equal(b, []string{"m"}) {
		t.Fatalf("after a change: %v %v", a, b)
	}
	ok(t, c.Delete(ctx, "o", 0))
	if got := find("by_tag", "два"); len(got) != 0 {
		t.Fatalf("after a deletion: %v", got)
	}
}

// nested reads and writes inside the loop of a stream, deeper than any engine has
// connections.
func (s *suite) nested(t *testing.T) {
	ctx, c := s.notes(t)
	for i := range 3 {
		n := note(id(i))
		n.N = ptr(int64(i))
		ok(t, c.Insert(ctx, n))
	}
	var dive func(depth int) int
	dive = func(depth int) int {
		if depth == 0 {
			return len(must(c.Add(ctx, "count", map[string]int64{"place.house": 1}))(t))
		}
		for n, err := range c.Find(ctx, store.Query{Index: "by_n", From: 0, To: 3}) {
			ok(t, err)
			must(c.Get(ctx, n.ID))(t)
			return dive(depth - 1)
		}
		return 0
	}
	if dive(20) != 1 {
		t.Fatal("the innermost step was not reached")
	}
}
