package page

import (
	"net/url"
	"strings"
	"testing"
)

// FuzzSafeHref: no address that comes out runs a script, and one of this site stays.
func FuzzSafeHref(f *testing.F) {
	for _, s := range []string{"/a?b=c:d#e", "javascript:alert(1)", "JaVaScRiPt:x", " javascript:x", "java\nscript:x", "data:text/html,x", "tel:+380", "mailto:a@b", "https://x", "#a", "vbscript:x", "a:b", "//x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := safeHref(s)
		if got != "#" && got != s {
			t.Fatalf("%q was rewritten to %q", s, got)
		}
		// A browser leaves spaces and controls out before it looks at the scheme.
		bare := strings.ToLower(strings.Map(func(c rune) rune {
			if c <= ' ' {
				return -1
			}
			return c
		}, got))
		for _, scheme := range []string{"javascript:", "vbscript:", "data:"} {
			if strings.HasPrefix(bare, scheme) {
				t.Fatalf("%q came out as %q", s, got)
			}
		}
		if u, err := url.Parse(s); err == nil && u.Scheme == "" && strings.HasPrefix(s, "/") && got != s {
			t.Fatalf("%q of this site was closed", s)
		}
	})
}
