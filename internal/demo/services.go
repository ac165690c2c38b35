package demo

import (
	"math"
	"math/rand/v2"
	"time"

	"osvitlo/internal/eservice"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// demoWarnings are invented frauds of the demo city, named so.
var demoWarnings = []struct {
	id         string
	title      i18n.Text
	looks, act i18n.Text
	scheme     int
	age, days  int
}{
	{"demo-meter", i18n.Text{UK: "Дзвінки «перевірте лічильник» (вигаданий приклад)", EN: "Calls “check your meter” (an invented example)"},
		i18n.Text{UK: "Дзвонить «майстер» і каже, що сьогодні перевіряє лічильники у вашому будинку.\nВін просить назвати код, який щойно прийшов у SMS.", EN: "A “repairman” calls and says that he checks the meters in your house today.\nHe asks for the code that has just come by SMS."},
		i18n.Text{UK: "Покладіть слухавку. Код не називайте.\nЗателефонуйте постачальнику за номером із паперового рахунка.", EN: "Hang up. Do not tell the code.\nCall your supplier at the number on the paper bill."}, 12, 1, 20},
	{"demo-winter", i18n.Text{UK: "SMS про «зимову допомогу» з посиланням (вигаданий приклад)", EN: "SMS about “winter aid” with a link (an invented example)"},
		i18n.Text{UK: "Приходить SMS: «Заявку схвалено, введіть картку».\nСторінка схожа на державну, але її назва не закінчується на gov.ua.", EN: "An SMS comes: “Your application is approved, enter your card”.\nThe page looks official, but its name does not end with gov.ua."},
		i18n.Text{UK: "Не натискайте. Справжню допомогу перевірте в ЦНАП або на сайті, адресу якого наберете самі.", EN: "Do not tap. Check real aid at the city’s service centre or on a site whose address you type yourself."}, 1, 4, 14},
}

// Services are invented warnings, a year of use of the instructions and counts of the
// service centre: always the same for a city drawn on one day.
func Services(made time.Time, slugs []string) (d eservice.Shipped) {
	for _, w := range demoWarnings {
		at := made.AddDate(0, 0, -w.age)
		d.Warnings = append(d.Warnings, &eservice.Warning{Doc: store.Doc{ID: w.id}, Title: w.title, Looks: w.looks, Act: w.act, Scheme: w.scheme,
			Made: store.At(at), Until: store.At(made.AddDate(0, 0, w.days)), Demo: true})
	}
	r := rand.New(rand.NewPCG(18, 25))
	day := made.In(i18n.Kyiv)
	for back := 365; back >= 1; back-- {
		at := day.AddDate(0, 0, -back)
		grown := 0.4 + 0.6*float64(365-back)/365
		for i, slug := range slugs {
			mean := 14 * grown * math.Pow(0.93, float64(i))
			open := int64(mean * (0.5 + r.Float64()))
			if open == 0 {
				continue
			}
			yes, no := int64(math.Round(float64(open)*0.22*r.Float64())), int64(math.Round(float64(open)*0.08*r.Float64()))
			d.Days = append(d.Days, eservice.ShippedDay{Day: at.Format(time.DateOnly), Service: slug, Open: open, Out: int64(float64(open) * (0.2 + 0.2*r.Float64())), Yes: yes, No: no, Stop: no})
		}
	}
	first := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, i18n.Kyiv)
	for back := 12; back >= 1; back-- {
		month := first.AddDate(0, -back, 0).Format("2006-01")
		for i, slug := range slugs {
			if i%3 != 0 {
				continue // the centre counts only some of them
			}
			desk := int64(60 + r.IntN(240))
			d.Months = append(d.Months, &eservice.Month{Doc: store.Doc{ID: month + "." + slug}, Service: slug, Desk: desk, Online: desk / 3, Helped: desk / 8, At: store.At(made), Demo: true})
		}
	}
	return d
}
