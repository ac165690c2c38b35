package mongodb

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"osvitlo/internal/store"
)

// TestTextComesBack pins texts that must come back to the byte.
func TestTextComesBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{}`,
		`{"z":1,"a":2,"m":{"y":[1,"two",true,{},[]],"b":false}}`,
		`{"big":9007199254740992,"small":-9007199254740992,"zero":0}`,
		`{"f":2.0,"g":0.5,"h":-1e+300,"i":5e-324,"k":0.000001,"l":1e-07}`,
		`{"s":"<b>Ґанна & Єва</b> \"\\/ \n\t\r \u0001 😀 null"}`,
		"{\"sep\":\"\u2028\",\"null\":\"null\",\"zero byte\":\"a\\u0000b\"}",
		`{"a.b":1,"c":{"d.e":"dots are part of the name","_id":1,"rev":2}}`,
		`{"ключ":{"ї":"є"}}`,
	} {
		doc, err := pack("id", 7, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if err := doc.Validate(); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		got, err := unpack(doc)
		if err != nil || got.ID != "id" || got.Rev != 7 || string(got.Body) != text {
			t.Errorf("%s\ncame back as %s, %+v, %v", text, got.Body, got, err)
		}
	}
}

func TestTypes(t *testing.T) {
	t.Parallel()
	doc, err := pack("x", 1, []byte(`{"i":2,"d":2.0,"e":1e2,"s":"2","b":true,"n":-0}`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bson.Type{"i": bson.TypeInt64, "d": bson.TypeDouble, "e": bson.TypeDouble, "s": bson.TypeString, "b": bson.TypeBoolean, "n": bson.TypeInt64, "rev": bson.TypeInt64, "_id": bson.TypeString} {
		if got := doc.Lookup(path).Type; got != want {
			t.Errorf("%s is a %v, want %v", path, got, want)
		}
	}
	if v := value(doc, "d"); v != int64(2) {
		t.Errorf("the index value of 2.0 is %v (%T)", v, v)
	}
	if v := value(doc, "s.deeper"); v != nil {
		t.Errorf("a path through a text leads to %v", v)
	}
}

func TestRefusedTexts(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `[]`, `"x"`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,}`, `{} {}`, `{"a":null}`, `{"a":[null]}`, `{"$set":1}`, `{"":1}`, `{"a\u0000b":1}`,
		`{"a":1,"a":2}`, `{"a":{"b":1,"b":1}}`, `{"a":9007199254740993}`, `{"a":-9007199254740993}`, `{"a":99999999999999999999}`, `{"a":1e999}`,
		`{"a":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
	} {
		if doc, err := pack("x", 1, []byte(text)); err == nil {
			t.Errorf("%.80s was packed as %v", text, doc)
		}
	}
	var many strings.Builder
	for i := range 40 {
		fmt.Fprintf(&many, `"k%d":1,`, i)
	}
	if _, err := pack("x", 1, []byte(`{`+many.String()+`"k3":2}`)); err == nil {
		t.Error("a name that comes twice among many was packed")
	}
	if _, err := pack("x", 1, []byte(`{`+many.String()+`"k":2}`)); err != nil {
		t.Error(err)
	}
}

func TestForeignDocumentsAreNamedBroken(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]bson.D{
		"no id":       {{Key: "rev", Value: int64(1)}},
		"id no text":  {{Key: "_id", Value: 5}, {Key: "rev", Value: int64(1)}},
		"no revision": {{Key: "_id", Value: "a"}},
		"null":        {{Key: "_id", Value: "a"}, {Key: "rev", Value: int64(1)}, {Key: "x", Value: nil}},
		"date":        {{Key: "_id", Value: "a"}, {Key: "rev", Value: int64(1)}, {Key: "x", Value: bson.A{bson.DateTime(1)}}},
		"infinite":    {{Key: "_id", Value: "a"}, {Key: "rev", Value: int64(1)}, {Key: "x", Value: math.Inf(1)}},
		"not number":  {{Key: "_id", Value: "a"}, {Key: "rev", Value: int64(1)}, {Key: "x", Value: math.NaN()}},
	} {
		raw, err := bson.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpack(raw); err == nil {
			t.Errorf("%s came back as %s", name, got.Body)
		}
	}
	if _, err := unpack(bson.Raw{1, 2, 3}); err == nil {
		t.Error("no document at all came back")
	}
}

// jsonValue draws any value the port stores.
func jsonValue(depth int) *rapid.Generator[any] {
	scalar := []*rapid.Generator[any]{
		rapid.String().AsAny(), rapid.Bool().AsAny(),
		rapid.Int64Range(-store.MaxInt, store.MaxInt).AsAny(),
		rapid.Float64().Filter(func(f float64) bool { // Go writes these without a point: integers out of bounds
			return math.Abs(f) <= store.MaxInt || math.Abs(f) >= 1e21
		}).AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(scalar...)
	}
	key := rapid.StringMatching(`[\pL0-9_. -][\pL0-9_. $-]{0,8}`)
	return rapid.OneOf(append(scalar,
		rapid.SliceOfN(jsonValue(depth-1), 0, 5).AsAny(),
		rapid.MapOfN(key, jsonValue(depth-1), 0, 20).AsAny())...)
}

// TestAnyDocumentComesBack: what the typed face may write means the same afterwards, and
// a second trip changes nothing at all.
func TestAnyDocumentComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := map[string]any{"v": jsonValue(4).Draw(t, "value")}
		text, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := pack("x", 1, text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		out, err := unpack(doc)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(text, &a) != nil || json.Unmarshal(out.Body, &b) != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%s\ncame back as\n%s", text, out.Body)
		}
		again, err := pack("x", 1, out.Body)
		if err != nil || !bytes.Equal(again, doc) {
			t.Fatalf("%s is stored otherwise the second time: %v", out.Body, err)
		}
	})
}

// TestPackAgreesWithThePort: what the port's check lets pass can be stored, and nothing
// panics on noise.
func TestPackAgreesWithThePort(t *testing.T) {
	t.Parallel()
	shape, err := store.Compile(store.Spec{Name: "x"})
	if err != nil {
		t.Fatal(err)
	}
	piece := rapid.SampledFrom([]string{"{", "}", "[", "]", ",", ":", `"a"`, `"b"`, `"$c"`, `""`, "1", "-2.5", "1e3", "true", "null", " ", "9007199254740993", `"\u0000"`, `"`, "\xff"})
	rapid.Check(t, func(t *rapid.T) {
		text := "{" + strings.Join(rapid.SliceOfN(piece, 0, 12).Draw(t, "pieces"), "") + "}"
		_, stored := pack("x", 1, []byte(text))
		_, checked := shape.Check("x", []byte(text))
		if checked != nil && stored == nil && json.Valid([]byte(text)) && !strings.Contains(text, `"rev"`) {
			t.Fatalf("%q is stored, though the port refuses it: %v", text, checked)
		}
		if checked == nil && stored != nil && json.Valid([]byte(text)) && !strings.Contains(stored.Error(), "twice") {
			t.Fatalf("%q cannot be stored: %v", text, stored)
		}
	})
}

func TestGatherJoinsInAndNothingElse(t *testing.T) {
	t.Parallel()
	shape, err := store.Compile(store.Spec{Name: "x", Indexes: []store.Index{{Name: "i", Fields: []string{"a", "b"}}}})
	if err != nil {
		t.Fatal(err)
	}
	var in []any
	for i := range store.MaxIn {
		in = append(in, i)
	}
	for _, row := range []struct {
		q    store.Query
		want int
	}{
		{store.Query{Index: "i"}, 1},
		{store.Query{Index: "i", In: in}, 1},
		{store.Query{Index: "i", In: in, Desc: true}, 1},
		{store.Query{Index: "i", In: []any{}}, 0},
		{store.Query{Index: "i", Eq: []any{1}, In: in}, 1},
		{store.Query{Index: "i", Eq: []any{1}, From: 2}, 1},
	} {
		plan, err := shape.Plan(row.q)
		if err != nil {
			t.Fatal(err)
		}
		got := gather(plan.Segments)
		if len(got) != row.want {
			t.Errorf("%d stretches, want %d", len(got), row.want)
		}
		for _, g := range got {
			if row.q.In != nil && len(g.in) != len(in) {
				t.Errorf("%d values, want %d", len(g.in), len(in))
			}
		}
		if row.q.In == nil || len(got) == 0 {
			continue
		}
		// Behind a row in the middle: the rest of its value, then the other values at once.
		at := []any{int64(500), nil}
		if row.q.Eq != nil {
			at = []any{int64(1), int64(500)}
		}
		rest := gather(plan.Behind(at, "x"))
		last := rest[len(rest)-1]
		if n := len(last.in); n != 499 && n != 500 {
			t.Errorf("%d values are left behind the middle", n)
		}
	}
}
