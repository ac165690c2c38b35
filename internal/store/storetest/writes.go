package storetest

import (
	"context"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func (s *suite) identity(t *testing.T) {
	ctx, c := s.notes(t)
	n := note("id/ї 1")
	n.Name, n.Town, n.N, n.F, n.B = "<b>Ґанна & Єва</b>", ptr("Кропивницький"), ptr(int64(-7)), ptr(2.5), ptr(false)
	n.Tags, n.Nums, n.Place = []string{"a", "ґ"}, []int64{1, 2}, Place{Street: "Світла", House: 12}
	n.At = store.At(time.Date(2026, 11, 21, 10, 0, 0, 123456000, time.UTC))
	n.Text = "\"quotes\" \\ \n \t \u2028 😀 null"
	ok(t, c.Insert(ctx, n))
	if n.Rev != 1 {
		t.Fatalf("revision %d after Insert, want 1", n.Rev)
	}
	got := must(c.Get(ctx, n.ID))(t)
	if !reflect.DeepEqual(got, n) {
		t.Fatalf("got %+v, want %+v", got, n)
	}
	_, err := c.Get(ctx, "other")
	kind(t, err, fault.NotFound)
	for _, bad := range []string{"", strings.Repeat("x", store.MaxID+1), "a\x00b", "\xff"} {
		kind(t, c.Insert(ctx, note(bad)), fault.Invalid)
		_, err := c.Get(ctx, bad)
		kind(t, err, fault.Invalid)
	}
	long := note(strings.Repeat("ї", store.MaxID/2))
	ok(t, c.Insert(ctx, long))
	must(c.Get(ctx, long.ID))(t)
}

func (s *suite) claims(t *testing.T) {
	ctx, c := s.notes(t)
	first, second := note("phone:1"), note("phone:1")
	first.Name, second.Name = "first", "second"
	ok(t, c.Insert(ctx, first))
	kind(t, c.Insert(ctx, second), fault.Conflict)
	if got := must(c.Get(ctx, "phone:1"))(t); got.Name != "first" || got.Rev != 1 {
		t.Fatalf("the first claim was lost: %+v", got)
	}
	ok(t, c.Delete(ctx, "phone:1", 0))
	ok(t, c.Insert(ctx, second))
	if second.Rev != 1 {
		t.Fatalf("revision %d of a new claim, want 1", second.Rev)
	}
}

func (s *suite) revisions(t *testing.T) {
	ctx, c := s.notes(t)
	n := note("a")
	n.Name = "one"
	ok(t, c.Insert(ctx, n))
	stale := must(c.Get(ctx, "a"))(t)
	for want := int64(2); want < 6; want++ {
		n.Name += "."
		ok(t, c.Replace(ctx, n))
		if n.Rev != want {
			t.Fatalf("revision %d, want %d", n.Rev, want)
		}
	}
	stale.Name = "late"
	kind(t, c.Replace(ctx, stale), fault.Conflict)
	if stale.Rev != 1 {
		t.Fatalf("a refused Replace changed the revision to %d", stale.Rev)
	}
	got := must(c.Get(ctx, "a"))(t)
	if got.Name != "one...." || got.Rev != 5 {
		t.Fatalf("got %+v", got)
	}
	ahead := *got
	ahead.Rev = 6
	kind(t, c.Replace(ctx, &ahead), fault.Conflict)
	gone := note("gone")
	gone.Rev = 1
	kind(t, c.Replace(ctx, gone), fault.NotFound)
	kind(t, c.Replace(ctx, note("a")), fault.Invalid)
	got.Name, got.Town = "", nil
	ok(t, c.Replace(ctx, got))
	if again := must(c.Get(ctx, "a"))(t); again.Name != "" {
		t.Fatalf("an omitted field stayed: %+v", again)
	}
}

func (s *suite) upsert(t *testing.T) {
	ctx, c := s.notes(t)
	for want := int64(1); want < 4; want++ {
		n := note("u")
		n.N = ptr(want)
		ok(t, c.Upsert(ctx, n))
		if n.Rev != want {
			t.Fatalf("revision %d, want %d", n.Rev, want)
		}
		got := must(c.Get(ctx, "u"))(t)
		if *got.N != want || got.Rev != want {
			t.Fatalf("got %+v", got)
		}
	}
}

func (s *suite) delete(t *testing.T) {
	ctx, c := s.notes(t)
	n := note("d")
	ok(t, c.Insert(ctx, n))
	kind(t, c.Delete(ctx, "d", 2), fault.Conflict)
	kind(t, c.Delete(ctx, "d", -1), fault.Invalid)
	must(c.Get(ctx, "d"))(t)
	ok(t, c.Delete(ctx, "d", 1))
	_, err := c.Get(ctx, "d")
	kind(t, err, fault.NotFound)
	kind(t, c.Delete(ctx, "d", 1), fault.NotFound)
	kind(t, c.Delete(ctx, "d", 0), fault.NotFound)
}

func (s *suite) add(t *testing.T) {
	ctx, c := s.notes(t)
	got := must(c.Add(ctx, "count", map[string]int64{"n": 2, "place.house": 5}))(t)
	if want := map[string]int64{"n": 2, "place.house": 5}; !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	got = must(c.Add(ctx, "count", map[string]int64{"n": -3}))(t)
	if got["n"] != -1 || len(got) != 1 {
		t.Fatalf("got %v", got)
	}
	n := must(c.Get(ctx, "count"))(t)
	if *n.N != -1 || n.Place.House != 5 || n.Rev != 2 {
		t.Fatalf("got %+v", n)
	}
	// The index follows, and the document's other fields stay.
	n.Name = "kept <&>"
	ok(t, c.Replace(ctx, n))
	must(c.Add(ctx, "count", map[string]int64{"n": 41}))(t)
	rows := all(t, c.Find(ctx, store.Query{Index: "by_n", Eq: []any{40}}))
	if len(rows) != 1 || rows[0].Name != "kept <&>" || rows[0].Rev != 4 {
		t.Fatalf("got %+v", rows)
	}
}

func (s *suite) addRefuses(t *testing.T) {
	ctx, c := s.notes(t)
	n := note("x")
	n.Name, n.N, n.F = "text", ptr(int64(math.MaxInt32)), ptr(0.5)
	ok(t, c.Insert(ctx, n))
	for name, delta := range map[string]map[string]int64{
		"nothing":           {},
		"text":              {"name": 1},
		"inside a text":     {"name.x": 1},
		"reserved":          {"_id": 1},
		"revision":          {"rev": 1},
		"operator":          {"$inc": 1},
		"empty step":        {"a..b": 1},
		"over the bound":    {"n": store.MaxInt + 1},
		"one inside one":    {"a": 1, "a.b": 1},
		"sum over bound":    {"n": store.MaxInt - 1},
		"half is refused":   {"m": 1, "name": 1},
		"array is no count": {"place": 1},
	} {
		_, err := c.Add(ctx, "x", delta)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: error %v, want Invalid", name, err)
		}
	}
	if got := must(c.Get(ctx, "x"))(t); !reflect.DeepEqual(got, n) {
		t.Fatalf("a refused Add changed the document: %+v", got)
	}
	_, err := c.Add(ctx, "", map[string]int64{"n": 1})
	kind(t, err, fault.Invalid)
}

func (s *suite) insertMany(t *testing.T) {
	ctx, c := s.notes(t)
	ok(t, c.InsertMany(ctx, nil))
	var batch []*Note
	for i := range 700 {
		n := note(id(i))
		n.N = ptr(int64(i))
		batch = append(batch, n)
	}
	ok(t, c.InsertMany(ctx, batch[:350]))
	if batch[349].Rev != 1 {
		t.Fatal("InsertMany does not set the revision")
	}
	// Running a half-done batch again stores the rest and tells of the conflict.
	kind(t, c.InsertMany(ctx, batch), fault.Conflict)
	if got := all(t, c.Find(ctx, store.Query{Index: "by_n"})); len(got) != 700 || *got[699].N != 699 {
		t.Fatalf("%d documents, want 700", len(got))
	}
	kind(t, c.InsertMany(ctx, []*Note{note("fine"), note("")}), fault.Invalid)
	_, err := c.Get(ctx, "fine")
	kind(t, err, fault.NotFound)
}

func (s *suite) getMany(t *testing.T) {
	ctx, c := s.notes(t)
	for i := range 300 {
		ok(t, c.Insert(ctx, note(id(i))))
	}
	ids := []string{id(299), "missing", id(0), id(7)}
	for i := range 300 {
		ids = append(ids, id(299-i))
	}
	got := must(c.GetMany(ctx, ids))(t)
	var have []string
	for _, n := range got {
		have = append(have, n.ID)
	}
	want := append([]string{ids[0]}, ids[2:]...)
	if !reflect.DeepEqual(have, want) {
		t.Fatalf("got %v, want %v", have, want)
	}
	if got := must(c.GetMany(ctx, nil))(t); len(got) != 0 {
		t.Fatal("documents out of nothing")
	}
}

// loose has what the typed face must sort out.
type loose struct {
	store.Doc
	Nil   *string        `json:"nil"`
	List  []string       `json:"list"`
	Map   map[string]any `json:"map"`
	Big   int64          `json:"big,omitempty"`
	Float float64        `json:"float,omitempty"`
	Any   any            `json:"any,omitempty"`
	Town  any            `json:"town,omitempty"`
}

func (s *suite) bounds(t *testing.T) {
	ctx, e := s.engine(t)
	c := must(store.Open[loose](e, Spec))(t)
	d := &loose{Doc: store.Doc{ID: "nulls"}, Map: map[string]any{"gone": nil, "kept": "null", "in": map[string]any{"x": nil}}}
	ok(t, c.Insert(ctx, d))
	got := must(c.Get(ctx, "nulls"))(t)
	want := map[string]any{"kept": "null", "in": map[string]any{}}
	if got.Nil != nil || got.List != nil || !reflect.DeepEqual(got.Map, want) {
		t.Fatalf("got %+v", got)
	}
	for _, n := range []int64{store.MaxInt, -store.MaxInt} {
		d := &loose{Doc: store.Doc{ID: "edge"}, Big: n}
		ok(t, c.Upsert(ctx, d))
		if got := must(c.Get(ctx, "edge"))(t); got.Big != n {
			t.Fatalf("got %d, want %d", got.Big, n)
		}
	}
	deep := any("x")
	for range store.MaxDepth {
		deep = []any{deep}
	}
	for name, d := range map[string]loose{
		"integer above":    {Big: store.MaxInt + 1},
		"integer below":    {Big: -store.MaxInt - 1},
		"null in array":    {Any: []any{1, nil}},
		"body over 1 MiB":  {Any: strings.Repeat("x", store.MaxBody)},
		"too deep":         {Any: deep},
		"object in index":  {Town: map[string]string{"a": "b"}},
		"array in index":   {Town: []string{"a"}},
		"long index value": {Town: strings.Repeat("x", store.MaxIndexValue+1)},
		"operator key":     {Any: map[string]any{"$set": 1}},
		"not a number":     {Float: math.Inf(1)},
	} {
		d.ID = "bad"
		if err := c.Insert(ctx, &d); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: error %v, want Invalid", name, err)
		}
	}
	_, err := c.Get(ctx, "bad")
	kind(t, err, fault.NotFound)
	full := &loose{Doc: store.Doc{ID: "full"}, Any: strings.Repeat("ї", (store.MaxBody-64)/2)}
	ok(t, c.Insert(ctx, full))
	if got := must(c.Get(ctx, "full"))(t); got.Any != full.Any {
		t.Fatal("a document at the bound came back changed")
	}
}

// rawRules checks that the engine itself refuses what the typed face would have sorted out.
func (s *suite) rawRules(t *testing.T) {
	ctx, e := s.engine(t)
	r := must(e.Raw(Spec))(t)
	for name, body := range map[string]string{
		"null": `{"a":null}`, "null in array": `{"a":[null]}`, "id": `{"_id":"x"}`, "rev": `{"rev":1}`,
		"array": `[]`, "text": `"x"`, "broken": `{"a":`, "trailing": `{} {}`, "empty": ``,
		"big": `{"a":9007199254740993}`, "tags no array": `{"tags":"x"}`, "object in tags": `{"tags":[{}]}`,
		"path through array": `{"place":[{"street":"x"}]}`,
	} {
		if err := r.Insert(ctx, "bad", []byte(body)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: error %v, want Invalid", name, err)
		}
	}
	ok(t, r.Insert(ctx, "good", []byte(`{"place":"no object","nested":{"_id":1,"rev":2},"e":1e300,"tags":[]}`)))
	got := must(r.Get(ctx, "good"))(t)
	if got.ID != "good" || got.Rev != 1 || strings.Contains(string(got.Body), "good") {
		t.Fatalf("got %+v %s", got, got.Body)
	}
	_, err := e.Raw(store.Spec{Name: "unknown"})
	kind(t, err, fault.Unavailable)
	_, err = e.Raw(store.Spec{Name: "Bad Name"})
	kind(t, err, fault.Invalid)
}

func (s *suite) times(t *testing.T) {
	ctx, c := s.notes(t)
	kyiv := time.FixedZone("EET", 2*3600)
	moments := []time.Time{
		{}, time.Date(1960, 1, 2, 3, 4, 5, 0, time.UTC),
		time.Date(2026, 11, 21, 12, 0, 0, 0, kyiv),
		time.Date(2026, 11, 21, 10, 0, 0, 1500, time.UTC),
		time.Date(2026, 11, 21, 12, 0, 1, 0, kyiv),
	}
	for i, m := range moments {
		n := note(id(i))
		n.At = store.At(m)
		ok(t, c.Insert(ctx, n))
	}
	rows := all(t, c.Find(ctx, store.Query{Index: "by_at"}))
	for i, n := range rows {
		if n.ID != id(i) || !n.At.Equal(moments[i].Truncate(time.Microsecond)) {
			t.Fatalf("place %d holds %s at %s", i, n.ID, n.At)
		}
	}
	if !rows[0].At.IsZero() {
		t.Fatal("the zero time came back as another")
	}
	got := all(t, c.Find(ctx, store.Query{Index: "by_at", From: store.At(moments[2]), To: store.At(moments[4])}))
	if len(got) != 2 || got[0].ID != id(2) {
		t.Fatalf("got %d documents in the range", len(got))
	}
}

func (s *suite) cancel(t *testing.T) {
	ctx, c := s.notes(t)
	for i := range 200 {
		ok(t, c.Insert(ctx, note(id(i))))
	}
	gone, stop := context.WithCancel(ctx)
	defer stop()
	seen := 0
	var end error
	for _, err := range c.Find(gone, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			end = err
			break
		}
		if seen++; seen == 3 {
			stop()
		}
	}
	if kind(t, end, fault.Unavailable); seen < 3 || seen == 200 {
		t.Fatalf("%d documents after the context ended", seen)
	}
	n := note("late")
	kind(t, c.Insert(gone, n), fault.Unavailable)
	kind(t, c.Upsert(gone, n), fault.Unavailable)
	kind(t, c.Delete(gone, id(0), 0), fault.Unavailable)
	_, err := c.Add(gone, "late", map[string]int64{"n": 1})
	kind(t, err, fault.Unavailable)
	_, err = c.Get(gone, id(0))
	kind(t, err, fault.Unavailable)
	_, err = c.GetMany(gone, []string{id(0)})
	kind(t, err, fault.Unavailable)
	_, err = c.Page(gone, store.Query{Index: "by_n", Limit: 5})
	kind(t, err, fault.Unavailable)
	_, err = c.Get(ctx, "late")
	kind(t, err, fault.NotFound)
}
