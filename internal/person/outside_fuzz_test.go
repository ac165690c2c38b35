package person

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzSafePath: whatever a link asks for, the browser stays on this site.
func FuzzSafePath(f *testing.F) {
	for _, s := range []string{"/", "/office?x=1", "//evil.example", `/\evil.example`, "https://evil.example", "/\t/evil.example", "/%2f/evil", "javascript:alert(1)", "/a\r\nLocation: x", "/.//evil", ""} {
		f.Add(s)
	}
	site, err := url.Parse("https://osvitlo.example/sign-in")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := SafePath(s)
		if !strings.HasPrefix(got, "/") || strings.HasPrefix(got, "//") || strings.ContainsAny(got, "\\\r\n\t ") || len(got) > 500 {
			t.Fatalf("%q became %q", s, got)
		}
		if got != "/" && got != s {
			t.Fatalf("%q was rewritten to %q", s, got)
		}
		if to, err := site.Parse(got); err == nil && (to.Host != site.Host || to.Scheme != site.Scheme) {
			t.Fatalf("%q leads to %s", got, to.Host)
		}
	})
}

// FuzzParsePrefs: a cookie of anybody's making gives valid preferences, and what is
// written is read back.
func FuzzParsePrefs(f *testing.F) {
	for _, s := range []string{"", "t150.c.e.s", "t999", "t150.t200.c.c", strings.Repeat("c.", 40), "..", "T150"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p := ParsePrefs(s)
		if len(p.Cookie()) > 32 {
			t.Fatalf("%q became a cookie of %d bytes", s, len(p.Cookie()))
		}
		if again := ParsePrefs(p.Cookie()); again != p {
			t.Fatalf("%q: %+v is read back as %+v", s, p, again)
		}
	})
}

func FuzzParseRole(f *testing.F) {
	for _, r := range Roles() {
		f.Add(r.String())
	}
	f.Add("administrator ")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := ParseRole(s); err == nil && r.String() != s || err != nil && r != Visitor {
			t.Fatalf("%q became %v, %v", s, r, err)
		}
	})
}
