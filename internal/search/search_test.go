package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var town = []Doc{
	{"pension", []Field{{"Портал Пенсійного фонду: стаж і довідка", 3}, {"Як увійти на портал, подати заяву на пенсію та отримати довідку про стаж.", 1}}},
	{"subsidy", []Field{{"Житлова субсидія онлайн", 3}, {"Заява на субсидію для оплати комунальних послуг.", 1}}},
	{"password", []Field{{"Забули пароль: як відновити", 3}, {"Пароль змінюють у налаштуваннях облікового запису.", 1}}},
	{"fraud", []Field{{"Мене щойно обдурили шахраї", 3}, {"Зателефонуйте до банку за номером на картці, потім 102 і кіберполіція.", 1}}},
	{"diia", []Field{{"Застосунок Дія", 3}, {"Встановити з крамниці, увійти через BankID. Дія.Підпис.", 1}}},
	{"wifi", []Field{{"Підключити Wi-Fi вдома", 3}, {"Інтернет у телефоні та на комп'ютері. Мережа й роутер.", 1}}},
	{"card", []Field{{"Банківська картка", 3}, {"Кілька карток, дані картки нікому не кажіть. У картці номер і строк.", 1}}},
	{"doctor", []Field{{"Сімейний лікар і запис", 3}, {"Декларація з лікарем, медична система лікарні.", 1}}},
	{"help", []Field{{"Допомога телефоном", 3}, {"Хто допоможе і де шукати допомоги. Для допомозі подяка.", 1}}},
	{"signature", []Field{{"Кваліфікований електронний підпис", 3}, {"КЕП отримати та поновити.", 1}}},
	{"english", []Field{{"Changing a password", 3}, {"Passwords, accounts and codes.", 1}}},
	{"idp", []Field{{"Довідка ВПО для переселенців", 3}, {"Внутрішньо переміщена особа змінює адресу.", 1}}},
}

// People type what they say. Every line is a query and what must come first.
func TestWhatPeopleType(t *testing.T) {
	t.Parallel()
	ix := New(town)
	for query, want := range map[string]string{
		"пенсійний": "pension", "пенсія": "pension", "пенсії": "pension", "пенсию": "pension", "пенсионный фонд": "pension", "ПЕНСИОННЫЙ": "pension",
		"субсидія": "subsidy", "субсидия": "subsidy", "субсидию оформить": "subsidy", "субсідія": "subsidy", "субсдия": "subsidy", "subsydiia": "subsidy", "subsidiya": "subsidy", "субсид": "subsidy", "ceçcblbz": "", "ce,cblbz": "subsidy",
		"пароль забыла": "password", "забула пароль": "password", "gfhjkm": "password", "parol": "password", "паролі": "password", "пороль": "password",
		"мошенники": "fraud", "обманули": "fraud", "шахрая": "fraud", "shahrai": "fraud", "мене обдурили": "fraud",
		"дия": "diia", "Diia": "diia", "дию": "diia", "lsz": "diia", "дійа": "diia",
		"вайфай": "wifi", "wi-fi": "wifi", "wifi": "wifi", "цшаш": "wifi", "інтернету": "wifi", "компьютер": "wifi", "компютер": "wifi",
		"картці": "card", "карток": "card", "карточка": "card", "банковская карта": "card",
		"врач": "doctor", "лікаря": "doctor", "записаться к врачу": "doctor",
		"помощь": "help", "допомозі": "help", "допомогу": "help", "ljgjvjuf": "help",
		"эцп": "signature", "електронного підпису": "signature", "кеп": "signature",
		"passwords": "english", "password change": "english",
		"переселенцы": "idp", "впо": "idp", "справка переселенца": "idp",
	} {
		got := ""
		if hits := ix.Find(query, 3); len(hits) > 0 {
			got = hits[0].ID
		}
		if got != want {
			t.Errorf("%q finds %q, want %q (all %v)", query, got, want, ix.Find(query, 5))
		}
	}
	for _, none := range []string{"", "   ", "як", "що це", "??", "12", "\x00", "ы"} {
		if hits := ix.Find(none, 5); len(hits) > 0 {
			t.Errorf("%q finds %v", none, hits)
		}
	}
	if (*Index)(nil).Find("пенсія", 3) != nil || ix.Find("пенсія", 0) != nil || ix.Find("пенсія", -1) != nil || New(nil).Find("пенсія", 1) != nil {
		t.Error("nothing to find in gives hits")
	}
}

// Forms of one word share a stem; the table says which they are.
func TestStem(t *testing.T) {
	t.Parallel()
	for _, forms := range []string{
		"картка картки картці картку карткою картками карток карткам",
		"субсидія субсидії субсидію субсидією субсидій субсидіями субсидия субсидии субсидию субсидией",
		"пенсія пенсії пенсію пенсійний пенсійного пенсійному пенсійна пенсионный пенсионного",
		"допомога допомоги допомозі допомогу допомогою",
		"застосунок застосунку застосунки застосунків застосунком",
		"рахунок рахунку рахунки рахунків",
		"бібліотека бібліотеки бібліотеці бібліотек бібліотеку",
		"навчання навчанню навчатися навчати",
		"електронний електронна електронного електронній електронних електронными",
		"адреса адреси адресу адресою адресі",
		"вулиця вулиці вулицю вулицею",
		"підпис підпису підписом підписів",
		"лікар лікаря лікарю лікарем лікарів",
		"passwords password", "policies policy",
	} {
		list := strings.Fields(forms)
		for _, w := range list[1:] {
			if a, b := stem(fold(list[0])), stem(fold(w)); a != b {
				t.Errorf("%s gives %s, %s gives %s", list[0], a, w, b)
			}
		}
	}
	for _, pair := range [][2]string{{"банк", "банкомат"}, {"поліція", "політика"}, {"картка", "карта"}, {"сайт", "садок"}} {
		if stem(fold(pair[0])) == stem(fold(pair[1])) {
			t.Errorf("%v share a stem", pair)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"пароль", "пароль", 0}, {"пороль", "пароль", 1}, {"парольь", "пароль", 1}, {"праоль", "пароль", 1}, {"паоль", "пароль", 1}, {"прль", "пароль", 2}, {"школа", "пароль", 3}, {"", "аб", 2}} {
		if got := distance([]rune(c.a), []rune(c.b), 2); got != c.want {
			t.Errorf("%s %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// The distance is a distance: symmetric, zero only for equal words, never above the limit
// by more than one, and equal to the plain recurrence.
func TestDistanceProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.RuneFrom([]rune("абвг")), 0, 9, -1)
		a, b := []rune(word.Draw(t, "a")), []rune(word.Draw(t, "b"))
		d := distance(a, b, 2)
		if d != distance(b, a, 2) || (d == 0) != slices.Equal(a, b) || d > 3 {
			t.Fatalf("%s %s: %d, %d", string(a), string(b), d, distance(b, a, 2))
		}
		if d > 2 && distance(a, b, 9) <= 2 {
			t.Fatalf("the limit changes the distance")
		}
	})
}

// Every document is found by each word of its own text, and results are sorted, unique
// and bounded, whatever the texts are.
func TestFindProperties(t *testing.T) {
	t.Parallel()
	vocabulary := strings.Fields("пенсія субсидія пароль картка лікар довідка заява світло укриття бібліотека курс урок password account wifi дія підпис банк шахраї телефон")
	rapid.Check(t, func(t *rapid.T) {
		docs := make([]Doc, rapid.IntRange(1, 30).Draw(t, "docs"))
		for i := range docs {
			docs[i] = Doc{fmt.Sprint(i), []Field{{strings.Join(rapid.SliceOfN(rapid.SampledFrom(vocabulary), 0, 8).Draw(t, "text"), " "), rapid.Float64Range(0.1, 5).Draw(t, "weight")}}}
		}
		ix := New(docs)
		n := rapid.IntRange(0, len(docs)-1).Draw(t, "doc")
		for _, w := range strings.Fields(docs[n].Fields[0].Text) {
			hits := ix.Find(w, 200)
			if !slices.ContainsFunc(hits, func(h Hit) bool { return h.ID == docs[n].ID }) {
				t.Fatalf("%q does not find %v", w, docs[n])
			}
			seen := map[string]bool{}
			for i, h := range hits {
				if !(h.Score > 0) || seen[h.ID] || i > 0 && hits[i-1].Score < h.Score {
					t.Fatalf("%q: %v", w, hits)
				}
				seen[h.ID] = true
			}
			if some := ix.Find(w, 2); len(some) > 2 || !slices.Equal(some, hits[:len(some)]) {
				t.Fatalf("the first two differ: %v %v", some, hits)
			}
		}
	})
}

// One wrong letter in a word of six or more still finds it.
func TestOneWrongLetter(t *testing.T) {
	t.Parallel()
	ix := New(town)
	letters := []rune("абвгдежиклмнопрстухц")
	rapid.Check(t, func(t *rapid.T) {
		word := []rune(rapid.SampledFrom([]string{"субсидія", "застосунок", "декларація", "комунальних", "кіберполіція", "налаштуваннях"}).Draw(t, "word"))
		i := rapid.IntRange(1, len(word)-4).Draw(t, "at")
		want := ix.Find(string(word), 1)[0].ID
		word[i] = rapid.SampledFrom(letters).Draw(t, "letter")
		if !slices.ContainsFunc(ix.Find(string(word), 5), func(h Hit) bool { return h.ID == want }) {
			t.Fatalf("%s does not find %s", string(word), want)
		}
	})
}

func FuzzFind(f *testing.F) {
	ix := New(town)
	for _, s := range []string{"пенсія", "gfhjkm", "wi-fi", "'", "----", "\xff\xfe", strings.Repeat("а", 3000), strings.Repeat("а ", 3000), "🙂", "їй̆"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, q string) {
		hits := ix.Find(q, 5)
		if len(hits) > 5 {
			t.Fatal(len(hits))
		}
		New([]Doc{{"one", []Field{{q, 1}}}}).Find(q, 1)
	})
}

func TestTable(t *testing.T) {
	t.Parallel()
	if len(meant) < 300 {
		t.Errorf("%d words in the table", len(meant))
	}
	for s, to := range meant {
		if s == "" || len(to) == 0 || slices.Contains(to, "") || slices.Contains(to, s) {
			t.Errorf("%q leads to %q", s, to)
		}
	}
}

// articles builds texts with a vocabulary like that of a real knowledge base: 5,000
// articles of 150 words out of 20,000 different ones.
func articles(n int) []Doc {
	r := rand.New(rand.NewPCG(6, 19))
	parts := strings.Fields("пен сі суб ди па роль кар тка лі кар до від ка за я ва сві тло у крит тя бі блі о те ка курс у рок бан кт шах ра ї те ле фон ін тер нет ко му наль ні ре єс тра ці")
	vocabulary := make([]string, 20_000)
	for i := range vocabulary {
		for range 2 + r.IntN(3) {
			vocabulary[i] += parts[r.IntN(len(parts))]
		}
	}
	docs := make([]Doc, n)
	for i := range docs {
		var b strings.Builder
		for range 150 {
			b.WriteString(vocabulary[int(float64(len(vocabulary))*r.Float64()*r.Float64())])
			b.WriteByte(' ')
		}
		own := town[i%len(town)]
		docs[i] = Doc{fmt.Sprint(i), append([]Field{{b.String(), 1}}, own.Fields...)}
	}
	return docs
}

var hard = []string{"пенсионный фонд справка", "забула пароль від пошти", "субсдия", "gfhjkm", "shahrai obduryly", "реєстраціїкан телефн банкоматт", "картка", "як увійти в дію з телефону", "комунальніре заяваа інтернеткта сітта"}

func BenchmarkFind(b *testing.B) {
	ix := New(articles(5000))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ix.Find(hard[i%len(hard)], 10)
	}
}
