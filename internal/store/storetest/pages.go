package storetest

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// pages turns pages forward to the end and back to the start, over every index.
func (s *suite) pages(t *testing.T) {
	ctx, c := s.notes(t)
	notes, r := s.fill(t, c, 13, 60)
	indexes := append(slices.Clone(Spec.Indexes), store.Index{Name: store.BuiltinID})
	for _, ix := range indexes {
		rows := entries(notes, ix)
		var list []store.Query
		if ix.Name == store.BuiltinID {
			list = []store.Query{{Index: ix.Name}, {Index: ix.Name, Desc: true}}
		} else {
			for _, q := range queries(r, ix, rows) {
				if q.Limit == 7 {
					list = append(list, q)
				}
			}
		}
		for _, q := range list {
			q.Limit = 0
			want := answer(rows, q)
			for _, size := range []int{1 + r.IntN(4), max(1, len(want)), 17} {
				q.Limit = size
				s.turn(t, c, q, want)
			}
		}
	}
	_ = ctx
}

func (s *suite) turn(t *testing.T, c *Notes, q store.Query, want []entry) {
	t.Helper()
	var fwd [][]string
	var prev store.Cursor
	for {
		p := must(c.Page(t.Context(), q))(t)
		if (p.Prev == "") != (len(fwd) == 0) {
			t.Fatalf("%+v: page %d has Prev %q", q, len(fwd), p.Prev)
		}
		fwd = append(fwd, ids(p.Items))
		prev = p.Prev
		if p.Next == "" {
			break
		}
		if len(p.Items) != q.Limit {
			t.Fatalf("%+v: a page of %d in the middle", q, len(p.Items))
		}
		q.Cursor = p.Next
	}
	var flat []string
	for _, p := range fwd {
		flat = append(flat, p...)
	}
	if len(flat) != len(want) {
		t.Fatalf("%+v: %d documents over all pages, want %d", q, len(flat), len(want))
	}
	for i, e := range want {
		if flat[i] != e.id {
			t.Fatalf("%+v: place %d holds %s, want %s", q, i, flat[i], e.id)
		}
	}
	for i := len(fwd) - 2; i >= 0; i-- {
		q.Cursor = prev
		p := must(c.Page(t.Context(), q))(t)
		if got := ids(p.Items); !slices.Equal(got, fwd[i]) {
			t.Fatalf("%+v: page %d on the way back is %v, was %v", q, i, got, fwd[i])
		}
		if p.Next == "" || (p.Prev == "") != (i == 0) {
			t.Fatalf("%+v: page %d on the way back has Next %q, Prev %q", q, i, p.Next, p.Prev)
		}
		prev = p.Prev
	}
}

func ids(notes []*Note) []string {
	out := make([]string, len(notes))
	for i, n := range notes {
		out[i] = n.ID
	}
	return out
}

// cursors stay right while rows come and go, and serve their own query only.
func (s *suite) cursors(t *testing.T) {
	ctx, c := s.notes(t)
	for i := range 9 {
		n := note(id(i * 10))
		n.N, n.Town = ptr(int64(i)), ptr("a")
		ok(t, c.Insert(ctx, n))
	}
	q := store.Query{Index: "by_n", Limit: 3}
	first := must(c.Page(ctx, q))(t)
	ok(t, c.Delete(ctx, id(20), 0)) // the row the cursor points at
	early := note("early")
	early.N = ptr(int64(-5))
	ok(t, c.Insert(ctx, early))
	q.Cursor = first.Next
	second := must(c.Page(ctx, q))(t)
	if got := ids(second.Items); !slices.Equal(got, []string{id(30), id(40), id(50)}) {
		t.Fatalf("second page %v", got)
	}
	for name, other := range map[string]store.Query{
		"direction":  {Index: "by_n", Desc: true},
		"index":      {Index: "by_town_n"},
		"other eq":   {Index: "by_n", Eq: []any{0}},
		"backwards":  {Index: "by_n", Cursor: second.Prev},
		"ids":        {Index: store.BuiltinID},
		"broken":     {Index: "by_n", Cursor: first.Next[:len(first.Next)-2]},
		"not base64": {Index: "by_n", Cursor: "?" + first.Next},
	} {
		if other.Cursor == "" {
			other.Cursor = first.Next
		}
		got := 0
		for _, err := range c.Find(ctx, other) {
			if got++; !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v, want Invalid", name, err)
			}
		}
		if got != 1 {
			t.Errorf("%s: %d rows and no error", name, got)
		}
	}
	if strings.ContainsAny(string(first.Next), "+/=&?% ") {
		t.Fatalf("the cursor %q is not safe in a URL", first.Next)
	}
}

// streaming reads many documents and holds few: the heap must not grow with their number.
func (s *suite) streaming(t *testing.T) {
	ctx, c := s.notes(t)
	text := strings.Repeat("слово ", 150)
	var batch []*Note
	for i := range s.opt.Stream {
		n := note(id(i))
		n.N, n.Text = ptr(int64(s.opt.Stream-i)), text
		if batch = append(batch, n); len(batch) == 500 || i == s.opt.Stream-1 {
			ok(t, c.InsertMany(ctx, batch))
			batch = batch[:0]
		}
	}
	clear(batch[:cap(batch)])
	flat := !s.opt.Concurrency || s.opt.Stream >= 50_000 // beside parallel cases the heap tells nothing
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen, most := 0, uint64(0)
	for n, err := range c.Find(ctx, store.Query{Index: "by_n"}) {
		ok(t, err)
		if *n.N != int64(seen+1) {
			t.Fatalf("place %d holds %d", seen, *n.N)
		}
		if seen++; flat && seen%10_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
	}
	if seen != s.opt.Stream {
		t.Fatalf("%d documents, want %d", seen, s.opt.Stream)
	}
	if grown := int64(most) - int64(before.HeapAlloc); flat && grown > 16<<20 {
		t.Fatalf("the heap grew by %d bytes", grown)
	}
	keys := 0
	for k, err := range c.Keys(ctx, store.Query{Index: "by_n", Desc: true}) {
		ok(t, err)
		if k.Values[0] != int64(s.opt.Stream-keys) {
			t.Fatalf("place %d holds %v", keys, k)
		}
		keys++
	}
	if keys != s.opt.Stream {
		t.Fatalf("%d keys, want %d", keys, s.opt.Stream)
	}
}
