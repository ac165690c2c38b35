package i18n_test

import (
	"context"
	"strings"
	"testing"

	"osvitlo/internal/i18n"
)

func TestLanguageIsAskedThenRememberedThenWished(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ asked, cookie, accept, want string }{
		{"", "", "", "uk"},
		{"en", "uk", "uk", "en"},
		{"xx", "en", "uk", "en"},
		{"", "", "en-GB,en;q=0.9", "en"},
		{"", "", "uk-UA,uk;q=0.9,en;q=0.5", "uk"},
		{"", "", "ru-RU,ru;q=0.9", "uk"},
		{"", "", "pl", "uk"},
		{"", "", ";;;", "uk"},
		{"", "", strings.Repeat("en,", 10000), "uk"},
	} {
		if got := i18n.Choose(c.asked, c.cookie, c.accept); got != c.want {
			t.Errorf("%+.60v: got %s", c, got)
		}
	}
	if i18n.FromContext(context.Background()) != "uk" || i18n.FromContext(i18n.NewContext(context.Background(), "en")) != "en" {
		t.Error("context lost the language")
	}
}
