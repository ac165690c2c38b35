package typeface

import (
	"testing"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"
	"pgregory.net/rapid"
)

func TestFit(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Марія Ґалаґан-Їжакевич": "Марія Ґалаґан-Їжакевич",
		"Łukasz Żółć":            "Lukasz Zolc",
		"José Núñez":             "Jose Nunez",
		"О’Коннор «Ім'я» № 5":    "О’Коннор «Ім'я» № 5",
		"1\u202f250":             "1\u00a0250",
		"王 小明":                   "· ··",
		"Ми\u0301ла":             "Мила",
		"a\x00b":                 "a·b",
	} {
		if got := Fit(in); got != want {
			t.Errorf("Fit(%q) = %q, not %q", in, got, want)
		}
	}
}

func TestWhatFitsIsPrintable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		out := Fit(rapid.String().Draw(t, "text"))
		if !utf8.ValidString(out) || Fit(out) != out {
			t.Fatalf("%q does not stay as it is", out)
		}
		for _, r := range out {
			if !covered(r) {
				t.Fatalf("%q holds %q", out, r)
			}
		}
	})
}

func TestTheLettersLoad(t *testing.T) {
	t.Parallel()
	f := fpdf.New("P", "mm", "A4", "")
	f.AddUTF8FontFromBytes("noto", "", Regular)
	f.AddUTF8FontFromBytes("noto", "B", Bold)
	f.AddPage()
	f.SetFont("noto", "B", 12)
	if w := f.GetStringWidth("Її"); f.Error() != nil || w <= 0 {
		t.Fatalf("width %g, %v", w, f.Error())
	}
}
