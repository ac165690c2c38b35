package spelling_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"osvitlo/internal/fault"
	"osvitlo/internal/person/spelling"
)

func TestNamesComeToOneForm(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  олена   Коваль ":    "олена Коваль",
		"Лук'янчук Дар`я":      "Лук’янчук Дар’я",
		"Нечуй–Левицький Іван": "Нечуй-Левицький Іван",
		"Oлeнa Кoвaль":         "Олена Коваль", // Latin O, e, a inside
		"Anna-Maria O'Neill":   "Anna-Maria O’Neill",
		"Коваль О. П.":         "Коваль О. П.",
		"Ма\u200bрія":          "Марія",
		"Йосип":                "Йосип", // и with a separate breve
	} {
		if got, err := spelling.Name(in); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
	for in, key := range map[string]string{
		"": "person.name_empty", " .- ": "person.name_empty", "Олена 2": "person.name_letters", "=1+1": "person.name_letters",
		"<b>Олена": "person.name_letters", strings.Repeat("а", 121): "person.name_long", strings.Repeat("б", 5000): "person.name_long",
	} {
		_, err := spelling.Name(in)
		if !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Key != key {
			t.Errorf("%.20q: %v, want %s", in, err, key)
		}
	}
	if got := spelling.Initials("Коваль Олена Петрівна"); got != "К. О. П." {
		t.Errorf("initials %q", got)
	}
}

// meets tells whether a typed search finds a stored name.
func meets(stored, typed string) bool {
	prefixes, asked := spelling.Prefixes(stored), spelling.Asked(typed)
	if len(asked) == 0 {
		return false
	}
	for _, word := range asked {
		if !slices.ContainsFunc(word, func(p string) bool { return slices.Contains(prefixes, p) }) {
			return false
		}
	}
	return true
}

func TestOneNameIsFoundInItsSpellings(t *testing.T) {
	t.Parallel()
	for stored, typed := range map[string][]string{
		"Лук’янчук Дар’я":        {"лукянчук", "Лук'янчук", "Lukianchuk", "Luk'ianchuk Dar'ia", "дарья", "Дарія лук"},
		"Шевченко Тарас":         {"шевч", "Shevchenko", "Taras SHEV", "ше", "Тар Шев"},
		"Щербак Юлія":            {"Shcherbak", "щерб юля", "Yuliia", "Yulia", "Julia Scherbak"},
		"Гаврилюк Михайло":       {"Havryliuk", "Gavriluk", "Михаил гаврилюк", "Mykhailo"},
		"Коваленко Микола":       {"Николай", "Mykola Kovalenko", "микола"},
		"Жук Наталія":            {"Наталья", "Наталя жук", "Zhuk Nataliia", "Natalia"},
		"Сергієнко Сергій":       {"Сергиенко", "Sergey", "Serhii Serhiienko"},
		"Йосипенко Ілля":         {"Илья", "Illia Yosypenko", "Йосипенко"},
		"Цвєткова Світлана":      {"Цветкова Светлана", "Tsvietkova", "Tsvetkova Svitlana"},
		"Хоменко Анна":           {"Khomenko Hanna", "Ганна", "хоменко анна"},
		"Нечуй-Левицький Андрій": {"Левицкий", "Levytskyi Andrii", "Нечуй андрей"},
	} {
		for _, q := range typed {
			if !meets(stored, q) {
				t.Errorf("%q does not find %q: %v in %v", q, stored, spelling.Asked(q), spelling.Prefixes(stored))
			}
		}
	}
	for stored, q := range map[string]string{"Шевченко Тарас": "Шевчук", "Коваль Олена": "Коваль Ольга", "Бондар Іван": "б"} {
		if meets(stored, q) {
			t.Errorf("%q finds %q", q, stored)
		}
	}
}

func TestAPrefixOfANameFindsIt(t *testing.T) {
	t.Parallel()
	letters := []rune("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя’")
	rapid.Check(t, func(t *rapid.T) {
		name := string(rapid.SliceOfN(rapid.SampledFrom(letters), 3, 20).Draw(t, "name"))
		runes := []rune(name)
		part := string(runes[:rapid.IntRange(1, len(runes)).Draw(t, "n")])
		if k := spelling.Fold(part); len(k) == 0 || len(k[0]) < spelling.MinPrefix {
			return
		}
		if !meets(name, part) {
			t.Fatalf("%q does not find %q", part, name)
		}
		for _, p := range spelling.Prefixes(name) {
			if len(p) < spelling.MinPrefix || len(p) > spelling.MaxPrefix {
				t.Fatalf("prefix %q", p)
			}
		}
	})
}

func TestNamesThatSoundAlikeShareAKey(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"Коваленко", "Ковалєнко"}, {"Божко", "Бошко"}, {"Олена", "Елена"}, {"Заєць", "Заяц"}} {
		a, b := spelling.Phonetic(pair[0]), spelling.Phonetic(pair[1])
		if a == "" || a != b {
			t.Errorf("%s %q, %s %q", pair[0], a, pair[1], b)
		}
	}
	if spelling.Phonetic("Коваленко") == spelling.Phonetic("Шевченко") || spelling.Phonetic("123") != "" {
		t.Error("strangers share a key")
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"+380501234567", "380501234567", "0501234567", "80501234567", "050 123-45-67", "(050) 123 45 67", "501234567", "00380501234567", " +38 (050) 123.45.67 "} {
		if got, err := spelling.Phone(in); err != nil || got != "+380501234567" {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	if got, err := spelling.Phone("+48 22 123 45 67"); err != nil || got != "+48221234567" || spelling.Tail(got) != "4567" {
		t.Errorf("abroad: %q, %v", got, err)
	}
	for _, in := range []string{"", "12", "+", "050123456", "05012345678", "050-CALL-ME", "+380001234567", "+3805012345", "++380501234567", "050+1234567", "+1234567890123456", "О501234567", strings.Repeat("1", 80)} {
		if got, err := spelling.Phone(in); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q passed as %q: %v", in, got, err)
		}
	}
}

func TestEmails(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Olena.Koval@Example.ORG ": "olena.koval@example.org", "<a+b@x-y.ua>": "a+b@x-y.ua", "mailto:a@b.co": "a@b.co",
	} {
		if got, err := spelling.Email(in); err != nil || got != want {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	for in, key := range map[string]string{
		"":                       "person.email_empty",
		"оlena@example.org":      "person.email_lookalike", // Cyrillic о
		"olena@exаmple.org":      "person.email_lookalike", // Cyrillic а in the domain
		"olena@ｅxample.org":      "person.email_lookalike", // full width
		"a":                      "person.email_form",
		"a@b":                    "person.email_form",
		"a@b.1":                  "person.email_form",
		"a@@b.co":                "person.email_form",
		".a@b.co":                "person.email_form",
		"a..b@b.co":              "person.email_form",
		"a b@b.co":               "person.email_form",
		"a@-b.co":                "person.email_form",
		"a@b.co\r\nBcc: x@y.z":   "person.email_form",
		"\"a b\"@b.co":           "person.email_form",
		"a@[127.0.0.1]":          "person.email_form",
		strings.Repeat("a", 300): "person.email_form",
	} {
		_, err := spelling.Email(in)
		if !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Key != key {
			t.Errorf("%.30q: %v, want %s", in, err, key)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"Олена Коваль", "Luk'ianchuk", "й", "\xff", "ia", "ß-ł", "а́"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := spelling.Name(s)
		for _, text := range []string{s, name} { // search takes anything
			if n := len(spelling.Prefixes(text)); n > 6*40*11 {
				t.Fatalf("%d prefixes of %q", n, text)
			}
			spelling.Asked(text)
			spelling.Sounds(text)
		}
		if err != nil {
			return
		}
		if !utf8.ValidString(name) || utf8.RuneCountInString(name) > spelling.MaxName {
			t.Fatalf("%q became %q", s, name)
		}
		if again, err := spelling.Name(name); err != nil || again != name {
			t.Fatalf("%q: %q, then %q, %v", s, name, again, err)
		}
	})
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"+380501234567", "050 123 45 67", "+1", "００"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := spelling.Phone(s)
		if err != nil {
			return
		}
		if len(got) < 9 || len(got) > 16 || got[0] != '+' || strings.Trim(got[1:], "0123456789") != "" {
			t.Fatalf("%q became %q", s, got)
		}
		if again, err := spelling.Phone(got); err != nil || again != got {
			t.Fatalf("%q: %q, then %q, %v", s, got, again, err)
		}
	})
}

func FuzzEmail(f *testing.F) {
	for _, s := range []string{"a@b.co", "Оlena@x.ua", "<a@b.co>", "a@b.co\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := spelling.Email(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(got, " \r\n<>,;\"\\()[]") || strings.Count(got, "@") != 1 || got != strings.ToLower(got) {
			t.Fatalf("%q became %q", s, got)
		}
		if again, err := spelling.Email(got); err != nil || again != got {
			t.Fatalf("%q: %q, then %q, %v", s, got, again, err)
		}
	})
}
