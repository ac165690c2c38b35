package store

import (
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"osvitlo/internal/fault"
)

// anyJSON draws a JSON value: objects with odd keys, arrays, nulls if wanted.
func anyJSON(nulls bool, depth int) *rapid.Generator[any] {
	key := rapid.SampledFrom([]string{"a", "b", "null", "_id", "rev", "x.y", "ключ", `"`, `\`, "a\nb", "😀"})
	scalars := []*rapid.Generator[any]{
		rapid.Map(rapid.String(), func(s string) any { return s }),
		rapid.Map(rapid.Int64Range(-MaxInt, MaxInt), func(n int64) any { return n }),
		rapid.Map(rapid.Float64Range(-1e6, 1e6), func(f float64) any { return f }),
		rapid.Map(rapid.Bool(), func(b bool) any { return b }),
	}
	all := append([]*rapid.Generator[any]{}, scalars...)
	if nulls {
		all = append(all, rapid.Just[any](nil))
	}
	if depth > 0 {
		inner := anyJSON(nulls, depth-1)
		list := anyJSON(false, depth-1)
		all = append(all,
			rapid.Map(rapid.MapOfN(key, inner, 0, 4), func(m map[string]any) any { return m }),
			rapid.Map(rapid.SliceOfN(list, 0, 4), func(l []any) any { return l }))
	}
	return rapid.OneOf(all...)
}

func object(nulls bool) *rapid.Generator[map[string]any] {
	key := rapid.SampledFrom([]string{"a", "b", "null", "_id", "rev", "deep", "ї", `q"\`})
	return rapid.MapOfN(key, anyJSON(nulls, 3), 0, 6)
}

// stripped is what clean should leave, worked out on decoded values.
func stripped(v any, top bool) any {
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	out := map[string]any{}
	for k, x := range m {
		if x == nil || top && (k == "_id" || k == "rev") {
			continue
		}
		out[k] = stripped(x, false)
	}
	return out
}

func parse(t *rapid.T, body []byte) any {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func TestCleanDropsNullsAndReservedFieldsOnly(t *testing.T) {
	t.Parallel()
	shape, err := Compile(Spec{Name: "c"})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := object(true).Draw(t, "doc")
		// A reserved field at the top holds what Doc writes there.
		for _, k := range []string{"_id", "rev"} {
			if _, there := doc[k]; there {
				doc[k] = "x"
			}
		}
		indent := rapid.Bool().Draw(t, "indent")
		body, err := json.Marshal(doc)
		if indent {
			body, err = json.MarshalIndent(doc, "", " ")
		}
		if err != nil {
			t.Fatal(err)
		}
		want := stripped(parse(t, body), true)
		got, err := clean(body)
		if err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		if v := parse(t, got); !reflect.DeepEqual(v, want) {
			t.Fatalf("got %s, want %v", got, want)
		}
		if _, err := shape.Check("id", got); err != nil {
			t.Fatalf("the cleaned text is refused: %v: %s", err, got)
		}
	})
}

func TestCleanCutsTheUsualFront(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"_id":"x","rev":1,"a":1}`:      `{"a":1}`,
		`{"_id":"","rev":0}`:             `{}`,
		`{"_id":"x","rev":-12}`:          `{}`,
		`{"_id":"q\"","rev":1,"a":1}`:    `{"a":1}`,
		`{"a":1,"_id":"x","rev":1}`:      `{"a":1}`,
		`{"_id":"x","rev":1,"a":null}`:   `{}`,
		`{"_id":"x","a":{"rev":3}}`:      `{"a":{"rev":3}}`,
		`{"_id":"x","rev":1,"b":"null"}`: `{"b":"null"}`,
	} {
		got, err := clean([]byte(in))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v; want %s", in, got, err, want)
		}
	}
}

func TestCheckNeverPanicsAndTakesOnlyJSON(t *testing.T) {
	t.Parallel()
	shape, err := Compile(Spec{Name: "c", Indexes: []Index{
		{Name: "i", Fields: []string{"a.b", "c"}}, {Name: "l", Fields: []string{"l"}, Array: true}}})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(object(false).Draw(t, "doc"))
		if err != nil {
			t.Fatal(err)
		}
		// Break the text at a random place.
		for range rapid.IntRange(0, 3).Draw(t, "breaks") {
			if len(body) == 0 {
				break
			}
			at := rapid.IntRange(0, len(body)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				body = append(body[:at:at], body[at+1:]...)
			case 1:
				body[at] = rapid.SampledFrom([]byte("{}[]\",:\\n0-+.eE1t\x01\xff ")).Draw(t, "byte")
			default:
				body = body[:at+1]
			}
		}
		_, err = shape.Check("id", body)
		if err == nil && (!json.Valid(body) || !utf8.Valid(body) || body[0] != '{') {
			t.Fatalf("accepted %s", body)
		}
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("kind of %v", err)
		}
	})
}

func TestCheckPicksUpIndexedValues(t *testing.T) {
	t.Parallel()
	shape, err := Compile(Spec{Name: "c", Indexes: []Index{
		{Name: "one", Fields: []string{"s", "o.n"}}, {Name: "two", Fields: []string{"o.f", "b"}},
		{Name: "list", Fields: []string{"l", "s"}, Array: true}}})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.StringMatching(`[^\x00]*`).Draw(t, "s"), rapid.Int64Range(-MaxInt, MaxInt).Draw(t, "n")
		f, b := rapid.Float64Range(-9, 9).Draw(t, "f"), rapid.Bool().Draw(t, "b")
		if len(s) > MaxIndexValue || !utf8.ValidString(s) {
			t.Skip()
		}
		body, err := json.Marshal(map[string]any{"s": s, "o": map[string]any{"n": n, "f": f, "s": "other"}, "b": b, "l": []any{s, n, b}, "z": []any{map[string]any{"s": 1}}})
		if err != nil {
			t.Fatal(err)
		}
		got, err := shape.Check("id", body)
		if err != nil {
			t.Fatal(err)
		}
		var wantF any = f
		if f == float64(int64(f)) {
			wantF = int64(f)
		}
		if want := []any{s, n, wantF, b, nil}; !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v of %s", got, want, body)
		}
	})
}

func TestCompileRefuses(t *testing.T) {
	t.Parallel()
	ix := func(fields ...string) []Index { return []Index{{Name: "i", Fields: fields}} }
	for name, spec := range map[string]Spec{
		"no name":         {},
		"capital":         {Name: "Notes"},
		"index name":      {Name: "c", Indexes: []Index{{Name: "_id", Fields: []string{"a"}}}},
		"twice":           {Name: "c", Indexes: append(ix("a"), ix("b")...)},
		"no fields":       {Name: "c", Indexes: ix()},
		"nine fields":     {Name: "c", Indexes: ix("a", "b", "c", "d", "e", "f", "g", "h", "i")},
		"quote":           {Name: "c", Indexes: ix(`a"b`)},
		"empty step":      {Name: "c", Indexes: ix("a..b")},
		"id":              {Name: "c", Indexes: ix("_id")},
		"rev":             {Name: "c", Indexes: ix("rev")},
		"same field":      {Name: "c", Indexes: ix("a", "a")},
		"inside another":  {Name: "c", Indexes: ix("a", "a.b")},
		"around another":  {Name: "c", Indexes: ix("a.b", "a")},
		"array and value": {Name: "c", Indexes: []Index{{Name: "i", Fields: []string{"a"}, Array: true}, {Name: "j", Fields: []string{"a"}}}},
		"many":            {Name: "c", Indexes: make([]Index, MaxIndexes+1)},
	} {
		if _, err := Compile(spec); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want Invalid", name, err)
		}
	}
}

func TestPrefixEndBoundsExactlyThePrefix(t *testing.T) {
	t.Parallel()
	text := rapid.StringOf(rapid.RuneFrom([]rune{'a', 'b', 'ї', 0xD7FF, 0xE000, 0xFFFF, utf8.MaxRune}))
	rapid.Check(t, func(t *rapid.T) {
		p, s := text.Draw(t, "prefix"), text.Draw(t, "text")
		if p == "" {
			t.Skip()
		}
		end := prefixEnd(p)
		if end != "" && !utf8.ValidString(end) {
			t.Fatalf("the end %q of %q is not UTF-8", end, p)
		}
		if got := s >= p && (end == "" || s < end); got != strings.HasPrefix(s, p) {
			t.Fatalf("prefix %q, text %q, end %q", p, s, end)
		}
	})
}

func TestNormalRefusesWhatCannotBeStored(t *testing.T) {
	t.Parallel()
	type code string
	for _, ok := range []struct{ in, want any }{
		{code("x"), "x"}, {3, int64(3)}, {uint8(3), int64(3)}, {2.0, int64(2)}, {2.5, 2.5}, {true, true}, {Time{}, ""}, {math.Copysign(0, -1), int64(0)},
	} {
		if got, err := normal(ok.in); err != nil || got != ok.want {
			t.Errorf("%v: got %v, %v", ok.in, got, err)
		}
	}
	for _, bad := range []any{nil, math.NaN(), math.Inf(1), int64(MaxInt + 1), uint64(1), "a\x00", "\xff", []string{"a"}, struct{}{}, (*int)(nil)} {
		if v, err := normal(bad); err == nil {
			t.Errorf("%v became %v", bad, v)
		}
	}
}

func TestAddToKeepsTheRest(t *testing.T) {
	t.Parallel()
	body, sums, err := AddTo([]byte(`{"a":1,"t":"<ї>","o":{"n":5,"x":[1,{"y":null}]}}`), map[string]int64{"a": 2, "o.n": -6, "o.new.deep": 7})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"a":3,"o":{"n":-1,"new":{"deep":7},"x":[1,{"y":null}]},"t":"<ї>"}`; string(body) != want {
		t.Fatalf("got %s", body)
	}
	if want := map[string]int64{"a": 3, "o.n": -1, "o.new.deep": 7}; !reflect.DeepEqual(sums, want) {
		t.Fatalf("got %v", sums)
	}
	for _, path := range []string{"t", "o", "t.x", "o.x.y", "f"} {
		if _, _, err := AddTo([]byte(`{"t":"x","o":{"x":[]},"f":1.5}`), map[string]int64{path: 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v, want Invalid", path, err)
		}
	}
}

func TestCollationKeyIsBoundedText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		k := CollationKey(strings.Repeat(s, rapid.IntRange(0, 40).Draw(t, "times")))
		if len(k) > MaxIndexValue {
			t.Fatalf("a key of %d bytes", len(k))
		}
		if strings.Trim(k, "0123456789ABCDEFGHIJKLMNOPQRSTUV") != "" {
			t.Fatalf("the key %q", k)
		}
	})
	if CollationKey("  Іван \t Франко ") != CollationKey("Іван Франко") {
		t.Fatal("spaces change the order")
	}
	order := []string{"Гай", "гай", "Ґава", "Дім", "Ель", "Єва", "Жук", "Зуб", "Ирій", "Іван", "Їжак", "Йод", "Щука", "ь", "Юрба", "Яр"}
	for i := 1; i < len(order); i++ {
		if a, b := CollationKey(order[i-1]), CollationKey(order[i]); a >= b && !strings.EqualFold(order[i-1], order[i]) {
			t.Fatalf("%s does not stand before %s", order[i-1], order[i])
		}
	}
}
