package form

import (
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzDecode: any body gives a filled struct of clean texts, or faults that name
// fields; nothing passes the bounds.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"name=x&age=7&many=a&many=b&pair.a=1&on=1", "name=%00&age=7,5", "age=1e400", "name=" + strings.Repeat("я", 60), "pair.=", "%zz", strings.Repeat("many=a&", 500), "name=a%0Ab&raw=+x+"} {
		f.Add(s, "application/x-www-form-urlencoded")
	}
	f.Add("--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b")
	f.Add("{}", "application/json")
	f.Fuzz(func(t *testing.T, body, kind string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header.Set("Content-Type", kind)
		var dst struct {
			Name string            `form:"name" validate:"max=40"`
			Raw  string            `form:"raw,raw"`
			Age  int               `form:"age" validate:"min=0,max=120"`
			Far  *float64          `form:"far"`
			On   bool              `form:"on"`
			Many []string          `form:"many" validate:"max=5"`
			Pair map[string]string `form:"pair.*"`
		}
		if err := Decode(r, &dst); err == nil && (utf8.RuneCountInString(dst.Name) > 40 || dst.Age < 0 || dst.Age > 120 || len(dst.Many) > 5) {
			t.Fatalf("%q passed the rules: %+v", body, dst)
		}
		for _, text := range append([]string{dst.Name}, dst.Many...) {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\t' }) {
				t.Fatalf("%q let %q through", body, text)
			}
		}
		_ = Typed(r, "name")
	})
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1", "-1,5", "1 000", "−3", "1e5", "0x10", "NaN", ".", "1.2.3", "١"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if x, ok := Number(s); ok && (math.IsNaN(x) || math.IsInf(x, 0)) {
			t.Fatalf("%q is %v", s, x)
		}
	})
}
