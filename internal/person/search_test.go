package person

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func names(f *Found) (list []string) {
	for _, p := range f.People {
		list = append(list, p.Name)
	}
	return list
}

func TestPeopleAreFoundByNamePhoneAddressAndYear(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, reg := range []Registration{
		{Name: "Коваль Олена", Born: 1956, Phone: "0501234567", Email: "olena@example.org", Venue: "lib-1"},
		{Name: "Коваленко Микола", Born: 1956, Phone: "0671114567", Venue: "lib-1"},
		{Name: "Лук'янчук Дар'я", Born: 1990, Venue: "lib-1"},
		{Name: "Ковальчук Іван", Born: 1948, Venue: "lib-2"},
	} {
		r.adult(t, reg)
	}
	admin, mentor := r.staff(t, Administrator, ""), r.staff(t, Mentor, "lib-1")
	for q, want := range map[string]string{
		"ковал":               "Коваленко Микола|Коваль Олена|Ковальчук Іван",
		"KOVAL":               "Коваленко Микола|Коваль Олена|Ковальчук Іван",
		"коваль елена":        "Коваль Олена",
		"олена кова":          "Коваль Олена",
		"николай":             "Коваленко Микола",
		"лукянчук":            "Лук’янчук Дар’я",
		"Lukianchuk Daria":    "Лук’янчук Дар’я",
		"4567":                "Коваленко Микола|Коваль Олена",
		"+38 (050) 123-45-67": "Коваль Олена",
		"Olena@example.org":   "Коваль Олена",
		"ков 1948":            "Ковальчук Іван",
		"ков 4567":            "Коваленко Микола|Коваль Олена",
		"бондар":              "",
		"nobody@example.org":  "",
		"0999999999":          "",
	} {
		found, err := r.Search(ctx, admin, q)
		if err != nil || strings.Join(names(found), "|") != want {
			t.Errorf("%q: %v, %v; want %s", q, found, err, want)
		}
	}
	for q, want := range map[string]string{"ковал": "Коваленко Микола|Коваль Олена", "іван": "", "+380501234567": "Коваль Олена"} {
		found, err := r.Search(ctx, mentor, q)
		if err != nil || strings.Join(names(found), "|") != want {
			t.Errorf("the mentor of lib-1, %q: %v, %v; want %s", q, found, err, want)
		}
	}
	for _, q := range []string{"", " ", "к", "1", "12345", strings.Repeat("к", 300)} {
		_, err := r.Search(ctx, admin, q)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%.10q: %v", q, err)
		}
	}
	_, err := r.Search(ctx, own(newID()), "ковал")
	wants(t, err, fault.Forbidden, "")
	_, err = r.Search(ctx, Actor{}, "ковал")
	wants(t, err, fault.Unauthenticated, "")
}

func TestManyPeopleOfOneNameSayThereIsMore(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range SearchRows + 5 {
		r.adult(t, Registration{Name: fmt.Sprintf("Шевченко %c%c", 'А'+rune(i), 'а'+rune(i)), Venue: "lib-1"})
	}
	found, err := r.Search(ctx, operator, "шевч")
	if err != nil || len(found.People) != SearchRows || !found.More {
		t.Fatalf("%d rows, more %v, %v", len(found.People), found.More, err)
	}
}

// crowd fills the store with n invented people, straight into the collection.
func crowd(tb testing.TB, r *rig, n int) {
	tb.Helper()
	surnames := strings.Fields("Шевченко Коваленко Бондаренко Ткаченко Кравченко Олійник Шевчук Коваль Поліщук Бондар Ткачук Мельник Марченко Лисенко Руденко Савченко Петренко Кравчук Клименко Гончаренко Мороз Павленко Савчук Карпенко Василенко Харченко Левченко Романюк Сидоренко Гаврилюк Мартинюк Хоменко Панченко Іщенко Жук Пономаренко Назаренко Щербак Юрченко Костенко")
	given := strings.Fields("Олена Микола Наталія Іван Марія Петро Тетяна Василь Оксана Андрій Галина Сергій Ольга Юрій Світлана Дмитро Ганна Володимир Людмила Михайло")
	tails := strings.Fields("енко ук ський ська чик ець ів ай ун ко")
	rnd := rand.New(rand.NewPCG(1, 2))
	batch := make([]*record, 0, 2000)
	flush := func() {
		must(tb, r.people.InsertMany(ctx, batch))
		batch = batch[:0]
	}
	for i := range n {
		surname := surnames[rnd.IntN(len(surnames))]
		if i%2 == 0 { // half of the surnames are rare
			surname = string([]rune(surname)[:3]) + strings.ToLower(string([]rune(surnames[rnd.IntN(len(surnames))])[:3])) + tails[rnd.IntN(len(tails))]
		}
		rec := &record{Doc: store.Doc{ID: string(newID())}, State: Active, Lang: "uk", Places: []string{fmt.Sprintf("lib-%d", i%60)}, Seen: "2026-11-01"}
		p := private{Name: surname + " " + given[rnd.IntN(len(given))], Born: 1936 + rnd.IntN(70), Phone: fmt.Sprintf("+38050%07d", rnd.IntN(10_000_000)), PhoneShared: true}
		must(tb, r.Service.seal(rec, p))
		if batch = append(batch, rec); len(batch) == cap(batch) {
			flush()
		}
	}
	flush()
}

// BenchmarkSearch runs the slowest of the usual searches among 20,000 people; the
// figure at 100,000 is BenchmarkSearchAmongAHundredThousand.
func BenchmarkSearch(b *testing.B) {
	r := newRig(b)
	crowd(b, r, 20_000)
	for b.Loop() {
		if _, err := r.Search(ctx, operator, "шевч"); err != nil {
			b.Fatal(err)
		}
	}
}
