package form

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"osvitlo/internal/fault"
)

type answer struct {
	Code   string            `form:"code" validate:"required,min=6,max=12"`
	Pick   string            `form:"pick,choice" validate:"required,oneof=a b"`
	Many   []string          `form:"many" validate:"max=2"`
	Age    int               `form:"age" validate:"omitempty,min=14,max=120"`
	Speed  *float64          `form:"speed"`
	Agreed bool              `form:"agreed"`
	Pairs  map[string]string `form:"pair.*"`
	Note   string            `form:"note,raw"`
	Other  string
}

func post(body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/?code=fromquery", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func TestDecodeReadsEveryKind(t *testing.T) {
	t.Parallel()
	form := url.Values{"code": {"  КЛЕНДА "}, "pick": {"a"}, "many": {"x", "", "y"}, "age": {"18"},
		"speed": {"1\u202f250,5"}, "agreed": {"yes"}, "pair.l1": {"r2"}, "pair.l2": {""}, "note": {" a\r\nb "}, "extra": {"z"}}
	var got answer
	if err := Decode(post(form.Encode()), &got); err != nil {
		t.Fatal(err)
	}
	speed := 1250.5
	want := answer{Code: "КЛЕНДА", Pick: "a", Many: []string{"x", "y"}, Age: 18, Speed: &speed, Agreed: true,
		Pairs: map[string]string{"l1": "r2", "l2": ""}, Note: " a\nb "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeNamesEveryFaultInTheOrderOfThePage(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		form url.Values
		want []fault.Field
	}{
		{"nothing", url.Values{}, []fault.Field{{Pointer: "code", Key: KeyRequired}, {Pointer: "pick", Key: KeyChoose}}},
		{"short, unknown option, too many, too young", url.Values{"code": {"аб"}, "pick": {"c"}, "many": {"1", "2", "3"}, "age": {"9"}},
			[]fault.Field{{Pointer: "code", Key: KeyShort, Args: map[string]any{"Min": "6"}}, {Pointer: "pick", Key: KeyChoice},
				{Pointer: "many", Key: KeyMany, Args: map[string]any{"Max": "2"}}, {Pointer: "age", Key: KeySmall, Args: map[string]any{"Min": "14"}}}},
		{"not a number", url.Values{"code": {"КЛЕНДА"}, "pick": {"a"}, "age": {"сто"}, "speed": {"швидко"}},
			[]fault.Field{{Pointer: "age", Key: KeyNumber}, {Pointer: "speed", Key: KeyNumber}}},
		{"broken UTF-8 and a null", url.Values{"code": {"КЛЕНД\xff"}, "pick": {"a"}, "pair.l1": {"\x00"}},
			[]fault.Field{{Pointer: "code", Key: KeyText}, {Pointer: "pair.l1", Key: KeyText}}},
		{"too long", url.Values{"code": {strings.Repeat("а", 13)}, "pick": {"a"}, "note": {strings.Repeat("x", Usual.Value+1)}},
			[]fault.Field{{Pointer: "code", Key: KeyLong, Args: map[string]any{"Max": "12"}}, {Pointer: "note", Key: KeyLong, Args: map[string]any{"Max": "8192"}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got answer
			err := Decode(post(c.form.Encode()), &got)
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("%v", err)
			}
			if diff := cmp.Diff(c.want, fault.As(err).Fields); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	r := post(url.Values{"code": {"КЛЕНДА"}, "age": {"сто\xffрок\x00ів"}}.Encode())
	var got answer
	if err := Decode(r, &got); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	if got.Code != "КЛЕНДА" || Typed(r, "age") != "стороків" {
		t.Errorf("%q %q", got.Code, Typed(r, "age"))
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	many := url.Values{}
	for range Usual.Fields + 1 {
		many.Add("many", "x")
	}
	plain := post("{}")
	plain.Header.Set("Content-Type", "application/json")
	for name, c := range map[string]struct {
		r    *http.Request
		kind fault.Kind
	}{
		"10 MB":         {post("note=" + strings.Repeat("x", 10<<20)), fault.TooLarge},
		"too many":      {post(many.Encode()), fault.Invalid},
		"not a form":    {plain, fault.Invalid},
		"broken escape": {post("code=%zz"), fault.Invalid},
	} {
		var got answer
		if err := Decode(c.r, &got); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var notAStruct string
	if err := Decode(post("a=b"), &notAStruct); !fault.Is(err, fault.Internal) {
		t.Errorf("%v", err)
	}
}

func TestMultipart(t *testing.T) {
	t.Parallel()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("code", "КЛЕНДА")
	_ = w.WriteField("pick", "b")
	_ = w.Close()
	r := httptest.NewRequest(http.MethodPost, "/", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	var got answer
	if err := Decode(r, &got); err != nil || got.Code != "КЛЕНДА" || got.Pick != "b" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestQuery(t *testing.T) {
	t.Parallel()
	var got struct {
		Text string `form:"q" validate:"max=5"`
	}
	if err := DecodeQuery(httptest.NewRequest(http.MethodGet, "/?q=%D1%82%D0%B5%D1%81%D1%82", nil), &got); err != nil || got.Text != "тест" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestNumberAsPeopleType(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{"7": 7, "7,5": 7.5, "7.5": 7.5, "1 250": 1250, "−3": -3, "+2": 2} {
		if got, ok := Number(text); !ok || got != want {
			t.Errorf("%q: %v %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "сім", "1e5", "0x10", "NaN", "Inf", "1,2,3", "--1", strings.Repeat("9", 41)} {
		if got, ok := Number(text); ok {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

// Whatever bytes arrive, decoding ends without a panic and leaves only clean text.
func TestDecodeSurvivesAnyBytes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		form := url.Values{}
		for _, name := range []string{"code", "pick", "many", "age", "speed", "pair.x", "note"} {
			form[name] = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
				return string(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "bytes"))
			}), 0, 3).Draw(t, name)
		}
		var got answer
		err := Decode(post(form.Encode()), &got)
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatalf("%v", err)
		}
		for _, text := range append([]string{got.Code, got.Pick, got.Note, got.Pairs["x"]}, got.Many...) {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, bad) {
				t.Fatalf("%q", text)
			}
		}
	})
}
