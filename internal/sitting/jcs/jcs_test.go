package jcs

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	peer "github.com/gowebpki/jcs"
	"pgregory.net/rapid"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Error{
		``:                              {Code: Syntax},
		`{`:                             {Code: Syntax},
		`{"a":}`:                        {Code: Syntax, Pointer: "/a"},
		`{"a":1,}`:                      {Code: Syntax},
		`[1,]`:                          {Code: Syntax, Pointer: "/1"},
		`[01]`:                          {Code: Syntax},
		`[.5]`:                          {Code: Syntax, Pointer: "/0"},
		`[1.]`:                          {Code: Syntax, Pointer: "/0"},
		`[1e]`:                          {Code: Syntax, Pointer: "/0"},
		`[-]`:                           {Code: Syntax, Pointer: "/0"},
		`{"x":[NaN]}`:                   {Code: Syntax, Pointer: "/x/0"},
		`[Infinity]`:                    {Code: Syntax, Pointer: "/0"},
		`[1e999]`:                       {Code: Overflow, Pointer: "/0"},
		"[\"a\nb\"]":                    {Code: Syntax, Pointer: "/0"},
		`["\x"]`:                        {Code: Syntax, Pointer: "/0"},
		`["\u12"]`:                      {Code: Syntax, Pointer: "/0"},
		`["\ud800"]`:                    {Code: UTF8, Pointer: "/0"},
		`["\ud800\u0041"]`:              {Code: UTF8, Pointer: "/0"},
		`["\udc00"]`:                    {Code: UTF8, Pointer: "/0"},
		"{\"a\":{\"b\":\"\xff\"}}":      {Code: UTF8, Pointer: "/a/b"},
		"{\"\xff\":1}":                  {Code: UTF8},
		"[\"\\n\xff\"]":                 {Code: UTF8, Pointer: "/0"},
		`{"a":1,"a":1}`:                 {Code: Duplicate, Pointer: "/a"},
		`{"a/b":{"~":1,"\u007e":2}}`:    {Code: Duplicate, Pointer: "/a~1b/~0"},
		`{} {}`:                         {Code: Trailing},
		`1 x`:                           {Code: Trailing},
		strings.Repeat("[", MaxDepth+1): {Code: Depth, Pointer: strings.Repeat("/0", MaxDepth)},
		strings.Repeat(`{"a":`, 100000): {Code: Depth, Pointer: strings.Repeat("/a", MaxDepth)},
	} {
		_, err := Parse([]byte(text))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.40q was read", text)
			continue
		}
		if e.Code != want.Code || want.Pointer != "" && e.Pointer != want.Pointer {
			t.Errorf("%.40q: %s at %q, want %s at %q", text, e.Code, e.Pointer, want.Code, want.Pointer)
		}
	}
}

func TestManyMembersAreCheckedForTwins(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteByte('{')
	for i := range 5000 {
		b.WriteString(`"k` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + `_`)
		b.WriteString(strings.Repeat("y", i/200))
		b.WriteString(string(rune('0'+i%10)) + string(rune('0'+i/10%10)) + string(rune('0'+i/100%10)) + string(rune('0'+i/1000)) + `":1,`)
	}
	once := b.String() + `"last":1}`
	if _, err := Parse([]byte(once)); err != nil {
		t.Fatal(err)
	}
	if _, err := Parse([]byte(b.String() + `"last":1,"last":2}`)); err == nil {
		t.Fatal("a name twice was read")
	}
}

// The published examples of RFC 8785, §3.2.2 and §3.2.3.
func TestCanonicalExamples(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`:                                        `{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`: "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		`[-0, 1e21, 1e-7, 123456789012345678]`: `[0,1e+21,1e-7,123456789012345680]`,
	} {
		v, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(v.Append(nil)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func drawJSON(t *rapid.T, depth int) any {
	switch k := rapid.IntRange(0, 6).Draw(t, "kind"); {
	case k == 0:
		return nil
	case k == 1:
		return rapid.Bool().Draw(t, "bool")
	case k == 2:
		return rapid.Float64Range(-1e300, 1e300).Draw(t, "number")
	case k == 3 || depth > 4:
		return rapid.String().Draw(t, "text")
	case k == 4:
		list := make([]any, rapid.IntRange(0, 4).Draw(t, "length"))
		for i := range list {
			list[i] = drawJSON(t, depth+1)
		}
		return list
	}
	m := map[string]any{}
	for range rapid.IntRange(0, 5).Draw(t, "members") {
		m[rapid.String().Draw(t, "name")] = drawJSON(t, depth+1)
	}
	return m
}

// The peer is the reference implementation by the author of the RFC.
func TestCanonicalFormEqualsThePeer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(drawJSON(t, 0))
		if err != nil {
			t.Fatal(err)
		}
		v, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		got := v.Append(nil)
		if text[0] == '{' || text[0] == '[' { // the peer takes only these
			want, err := peer.Transform(text)
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			if string(got) != string(want) {
				t.Fatalf("%s\ngot  %s\nwant %s", text, got, want)
			}
		}
		again, err := Parse(got)
		if err != nil || string(again.Append(nil)) != string(got) {
			t.Fatalf("%s is not a fixed point: %v", got, err)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"a":[1,"x",null]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := Parse(text)
		if err != nil {
			return
		}
		if !json.Valid(text) {
			t.Fatalf("%q is not JSON", text)
		}
		if _, err := Parse(v.Append(nil)); err != nil {
			t.Fatal(err)
		}
	})
}
