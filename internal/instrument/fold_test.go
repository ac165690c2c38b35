package instrument_test

import (
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/instrument"
)

func TestAcceptsWhatPeopleMean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		accept, typed string
		want          bool
	}{
		{"пароль", "  ПАРОЛЬ. ", true},
		{"пароль", "пapoль", true},     // Latin a, p, o inside
		{"нет", "HET", true},           // Latin letters only
		{"деша", "ltif", true},         // keyboard in the other language
		{"пароль", "gfhjkm", true},     // the same
		{"password", "зфіыцщкв", true}, // and back, from a Russian layout
		{"п’ять", "п'ять", true},       // apostrophes
		{"п’ять", "пʼять", true},       //
		{"п’ять", "пять", true},        // none at all
		{"об’єкт", "объект", true},     // Russian sign
		{"рибалка", "рыбалка", true},   // Russian letter
		{"експеримент", "эксперимент", true},
		{"єдиний", "единий", true},
		{"ґанок", "ганок", true},
		{"wi-fi", "WiFi", true},
		{"wi-fi", "wi fi", true},
		{"112", "112", true},
		{"@", " @ ", true}, // a sign that is an answer of its own
		{"@", "&", false},
		{"їжак", "їжак", true}, // і with a separate diaeresis
		{"пароль", "логін", false},
		{"пароль", "", false},
		{"", "", false},
	} {
		if got := instrument.Accepts([]string{c.accept}, c.typed); got != c.want {
			t.Errorf("%q for %q: %v, folded %q and %q", c.typed, c.accept, got, instrument.Fold(c.accept), instrument.Spellings(c.typed))
		}
	}
}

func TestFoldIsIdempotent(t *testing.T) {
	t.Parallel()
	letters := rapid.OneOf(rapid.String(), rapid.StringMatching(`[а-яА-ЯєіїґЄІЇҐыэёъA-Za-z'’ʼ"\-. \x{0306}\x{0308}\x{0301}0-9]{0,30}`))
	rapid.Check(t, func(t *rapid.T) {
		s := letters.Draw(t, "s")
		once := instrument.Fold(s)
		if twice := instrument.Fold(once); twice != once {
			t.Fatalf("%q → %q → %q", s, once, twice)
		}
		if once != "" && !instrument.Accepts([]string{s}, s) {
			t.Fatalf("%q does not accept itself", s)
		}
	})
}
