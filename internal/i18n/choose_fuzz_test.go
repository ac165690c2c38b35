package i18n

import "testing"

// FuzzChoose: any header gives one of the two languages.
func FuzzChoose(f *testing.F) {
	f.Add("", "", "uk,en;q=0.8,ru;q=0.7")
	f.Add("xx", "en", "*")
	f.Add("", "", "en-GB-oed;q=1.0000001, -;q=")
	f.Fuzz(func(t *testing.T, asked, cookie, header string) {
		got := Choose(asked, cookie, header)
		if !Known(got) {
			t.Fatalf("language %q", got)
		}
		if Known(asked) && got != asked {
			t.Fatalf("asked for %q, got %q", asked, got)
		}
	})
}
