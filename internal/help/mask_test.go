package help

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestMask(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"Паспорт ВМ 123456, як отримати субсидію?", "Паспорт [документ], як отримати субсидію?"},
		{"паспорт вм123456", "паспорт [документ]"},
		{"мій паспорт серії ВМ № 123456", "мій паспорт серії [документ]"},
		{"ID-картка 001234567 загублена", "ID-картка [документ] загублена"},
		{"закордонний FA123456.", "закордонний [документ]."},
		{"ІПН 1234567890", "ІПН [податковий номер]"},
		{"номер 3012345678", "номер [телефон]"},
		{"3012345678", "[податковий номер]"},
		{"Моя картка 5168 7422 1234 5678 не працює", "Моя картка [картка] не працює"},
		{"5168-7422-1234-5678", "[картка]"},
		{"рахунок UA21 3223 1300 0002 6007 2335 6600 1", "рахунок [картка]"},
		{"дзвоніть 050 123-45-67 після шостої", "дзвоніть [телефон] після шостої"},
		{"+38 (067) 123 45 67", "[телефон]"},
		{"380671234567", "[телефон]"},
		{"тел. 22-11-33-4", "тел. [телефон]"},
		{"прийшов код 4821, я сказала", "прийшов код [код], я сказала"},
		{"код із SMS: 839 221", "код із SMS: [код]"},
		{"cvv 123", "cvv [код]"},
		{"мій пароль: сонце1", "мій пароль: [пароль]"},
		{"пароль Sonce2024 не підходить", "пароль [пароль] не підходить"},
		{"мій пароль це Sonce2024", "мій пароль це [пароль]"},
		{"A password is not found", "A password is not found"},
		{"Пароль — це ключ", "Пароль — це ключ"},
		{"пишіть на olena.k@ukr.net будь ласка", "пишіть на [пошта] будь ласка"},
		{"olena (at) ukr . net", "[пошта]"},
		{"5\u200b1\u200b6\u200b8\u200b7\u200b4\u200b2\u200b2\u200b1\u200b2\u200b3\u200b4\u200b5\u200b6\u200b7\u200b8", "[картка]"},
		{"٥١٦٨٧٤٢٢١٢٣٤٥٦٧٨", "[картка]"},
		// what must stay
		{"Забула пароль від пошти", "Забула пароль від пошти"},
		{"Пенсія 4 500 грн за листопад 2026", "Пенсія 4 500 грн за листопад 2026"},
		{"Мені 72 роки, телефон Samsung A12", "Мені 72 роки, телефон Samsung A12"},
		{"21.11.2026 о 14:30 приходила", "21.11.2026 о 14:30 приходила"},
		{"зателефонуйте 102", "зателефонуйте 102"},
		{"вулиця Велика Перспективна, 41", "вулиця Велика Перспективна, 41"},
		{"", ""},
	} {
		if got, _ := Mask(c.text); got != c.want {
			t.Errorf("%q\n gives %q\n want  %q", c.text, got, c.want)
		}
		if again, _ := Mask(c.want); again != c.want {
			t.Errorf("%q: masked twice %q", c.want, again)
		}
	}
	_, found := Mask("картка 5168 7422 1234 5678, код 123, картка 5168 7422 1234 5678")
	if !slices.Equal(found, []Kind{Card, Code}) && !slices.Equal(found, []Kind{Code, Card}) {
		t.Errorf("found %v", found)
	}
	for _, k := range Kinds() {
		if Mark(k) == "" {
			t.Errorf("%s has no mark", k)
		}
	}
}

// A row of nine figures, however it is cut up.
var longRow = regexp.MustCompile(`(?:\pN[\s\-.()]{0,2}){8}\pN`)

// Whatever is written, no long row of figures stays; the pieces joined are the text.
func TestMaskProperties(t *testing.T) {
	t.Parallel()
	parts := []string{"паспорт ", "ВМ", " ", "123456", "картка ", "5168 7422 1234 5678", "+380", "67", "123-45-67", "код ", "4821", ", ", "пароль: ", "abc1", "a@b.ua", "слово ", "(", ")", ".", "№", "\n", "UA", "\u00a0", "٤", "іпн "}
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 14).Draw(t, "parts"), "")
		checkMask(t, text)
	})
}

func checkMask(t interface{ Fatalf(string, ...any) }, text string) {
	masked, found := Mask(text)
	if longRow.MatchString(masked) {
		t.Fatalf("%q leaves a row of figures: %q", text, masked)
	}
	whole := ""
	for _, p := range Pieces(text) {
		whole += p.Text
	}
	if whole != strings.ToValidUTF8(text, "") || !utf8.ValidString(masked) {
		t.Fatalf("%q: the pieces give %q", text, whole)
	}
	if len(found) == 0 && masked != whole {
		t.Fatalf("%q changed without a kind", text)
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"паспорт ВМ 123456", "5168 7422 1234 5678", "a@b.ua", "пароль: x", "\xff1234567890", strings.Repeat("1 ", 500), "код\n1234"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4000 {
			return
		}
		checkMask(t, s)
	})
}
