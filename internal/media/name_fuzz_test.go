package media

import (
	"path/filepath"
	"strings"
	"testing"
)

// FuzzCheckName: a name that is taken stays inside the folder.
func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"a.png", "items/a.png", "../a", "/a", "a//b", "a/./b", "C:a", "a\x00", "con", ".hidden", "", "a\\..\\b", "%2e%2e/a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if CheckName(s) != nil {
			return
		}
		if !filepath.IsLocal(s) || strings.ContainsAny(s, "\\\x00\r\n") || filepath.Clean(s) != s {
			t.Fatalf("%q was taken", s)
		}
	})
}
