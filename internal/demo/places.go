package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/place"
	"osvitlo/internal/store"
)

// The invented streets and names of the demo city. They are chosen so that nobody looks
// for them: every place says that it is invented.
var (
	demoStreets = []i18n.Text{{UK: "вул. Кленова", EN: "Klenova Street"}, {UK: "вул. Зоряна", EN: "Zoriana Street"}, {UK: "вул. Липова", EN: "Lypova Street"},
		{UK: "вул. Річкова", EN: "Richkova Street"}, {UK: "вул. Сонячна", EN: "Soniachna Street"}, {UK: "вул. Вишнева", EN: "Vyshneva Street"}, {UK: "пров. Тихий", EN: "Tykhyi Lane"},
		{UK: "вул. Казкова", EN: "Kazkova Street"}, {UK: "вул. Ялинкова", EN: "Yalynkova Street"}, {UK: "вул. Мрії", EN: "Mrii Street"}}
	demoDistricts = []struct {
		id     string
		centre place.Point
		spread float64
	}{{"fortechnyi", place.Point{Lat: 48.503, Lon: 32.248}, 0.016}, {"podilskyi", place.Point{Lat: 48.520, Lon: 32.276}, 0.018}, {"nove", place.Point{Lat: 48.489, Lon: 32.190}, 0.006}}
)

// template of a demo place: what it is called and what it has.
type doorTemplate struct {
	id      string
	kind    place.Kind
	name    i18n.Text
	summary i18n.Text
	offers  []place.Offer
	hours   string
	access  []place.Access
	noPower bool
	shelter bool
	outages bool
	days    int // since it was confirmed
}

var doors = []doorTemplate{
	{"demo-library-1", place.Library, i18n.Text{UK: "Бібліотека № 1 (вигадана)", EN: "Library No 1 (invented)"}, i18n.Text{UK: "Є ментор і комп’ютери. Приходьте без запису.", EN: "A mentor and computers. Come without booking."},
		[]place.Offer{place.Consultation, place.Workplaces, place.Internet, place.Course, place.Printing, place.TestHelp}, "пн-пт 9:00-18:00; сб 10:00-16:00", []place.Access{place.Step, place.Ramp, place.Reader}, true, true, false, 3},
	{"demo-library-2", place.Library, i18n.Text{UK: "Бібліотека № 2 (вигадана)", EN: "Library No 2 (invented)"}, i18n.Text{UK: "Допоможуть із телефоном і першими кроками.", EN: "Help with the telephone and first steps."},
		[]place.Offer{place.Consultation, place.Workplaces, place.Internet, place.TestHelp}, "вт-пт 10:00-18:00; сб, нд 10:00-16:00", []place.Access{place.Ramp}, false, true, true, 0},
	{"demo-smart-library", place.SmartLibrary, i18n.Text{UK: "Розумна бібліотека «Сонячна» (вигадана)", EN: "Smart library Soniachna (invented)"}, i18n.Text{UK: "Кімната для онлайн-курсів, сканер, тихі місця.", EN: "A room for online courses, a scanner, quiet seats."},
		[]place.Offer{place.Consultation, place.Workplaces, place.Internet, place.OnlineCourse, place.Course, place.Printing, place.Equipment}, "пн-нд 9:00-19:00", []place.Access{place.Step, place.Ramp, place.Lift, place.Toilet, place.Tactile}, true, true, false, 1},
	{"demo-hub", place.Hub, i18n.Text{UK: "Хаб цифрової освіти «Липи» (вигаданий)", EN: "Digital hub Lypy (invented)"}, i18n.Text{UK: "Курси вечорами й у суботу.", EN: "Courses in the evenings and on Saturdays."},
		[]place.Offer{place.Course, place.Workplaces, place.Internet, place.Consultation}, "пн-пт 12:00-20:00; сб 10:00-18:00", []place.Access{place.Step, place.Sign}, true, false, true, 0},
	{"demo-cnap", place.CNAP, i18n.Text{UK: "ЦНАП на Зоряній (вигаданий)", EN: "Service centre on Zoriana (invented)"}, i18n.Text{UK: "Допоможуть із заявами й підписом.", EN: "Help with applications and signatures."},
		[]place.Offer{place.Workplaces, place.Consultation, place.Printing}, "пн, вт, чт 8:00-17:00; ср 8:00-20:00; пт, сб 8:00-16:00", []place.Access{place.Step, place.Ramp, place.Toilet}, true, true, false, 12},
	{"demo-club", place.Club, i18n.Text{UK: "Клуб «Друге дихання» (вигаданий)", EN: "Second Wind club (invented)"}, i18n.Text{UK: "Для людей 60+. Приходьте без запису.", EN: "For people over 60. Come without booking."},
		[]place.Offer{place.Consultation, place.Course, place.TestHelp}, "пн, ср, пт 10:00-16:00", []place.Access{place.Step}, true, false, false, 40},
	{"demo-laboratory", place.Laboratory, i18n.Text{UK: "Цифрова лабораторія «Іскра» (вигадана)", EN: "Iskra laboratory (invented)"}, i18n.Text{UK: "Роботи, 3D-друк, гуртки для дітей і дорослих.", EN: "Robots, 3D printing, groups for children and adults."},
		[]place.Offer{place.Equipment, place.Course, place.Internet}, "пн-пт 14:00-20:00", []place.Access{place.Lift}, false, true, false, 130},
	{"demo-competence", place.Competence, i18n.Text{UK: "Центр компетенцій для педагогів (вигаданий)", EN: "Competence centre for teachers (invented)"}, i18n.Text{UK: "Навчання для вчителів і менторів.", EN: "Training for teachers and mentors."},
		[]place.Offer{place.Course, place.OnlineCourse, place.Consultation}, "пн-пт 9:00-17:00", []place.Access{place.Ramp, place.HearLoop}, true, true, false, 7},
	{"demo-university", place.University, i18n.Text{UK: "Відкрита авдиторія університету (вигадана)", EN: "Open lecture room of the university (invented)"}, i18n.Text{UK: "Лекції для всіх щочетверга.", EN: "Lectures for everybody on Thursdays."},
		[]place.Offer{place.Course, place.Internet}, "пн-пт 8:30-19:00", []place.Access{place.Lift, place.Ramp}, false, true, false, 21},
	{"demo-library-nove", place.Library, i18n.Text{UK: "Бібліотека в Новому (вигадана)", EN: "Library in Nove (invented)"}, i18n.Text{UK: "Два комп’ютери й допомога у вівторок і четвер.", EN: "Two computers, and help on Tuesdays and Thursdays."},
		[]place.Offer{place.Workplaces, place.Consultation, place.Internet}, "вт-сб 10:00-17:00", []place.Access{place.Ramp}, false, false, true, 5},
}

// Places draws the invented places of the demo city: always the same, inside the city,
// none at a real address. made is when the city was drawn.
func Places(made time.Time) (list []*place.Place) {
	r := rand.New(rand.NewPCG(20, 26))
	for i, d := range doors {
		at := demoDistricts[i%2]
		if d.id == "demo-library-nove" {
			at = demoDistricts[2]
		}
		street := demoStreets[i%len(demoStreets)]
		house := 2 + r.IntN(60)
		p := &place.Place{Kind: d.kind, Slug: d.id, Name: d.name, Summary: d.summary, District: at.id, Offers: d.offers, Access: d.access, Demo: true, Verified: true,
			Address: i18n.Text{UK: fmt.Sprintf("%s, %d", street.UK, house), EN: fmt.Sprintf("%d %s", house, street.EN)},
			Point:   scattered(r, at.centre, at.spread), Speaks: []string{"uk"}, Phone: "(0522) 00-00-00",
			NoPower: yesNo(d.noPower), Shelter: yesNo(d.shelter), Made: store.At(made), Confirmed: store.At(made.AddDate(0, 0, -d.days))}
		p.ID = d.id
		p.Hours.Week, p.Hours.Known = week(d.hours), true
		p.Hours.Outages, p.Hours.AlarmShuts = d.outages, d.shelter
		if d.outages {
			p.Hours.OutagesAt = store.At(made)
		}
		list = append(list, p)
	}
	return list
}

func yesNo(b bool) place.Tri {
	if b {
		return place.Yes
	}
	return place.No
}

func week(text string) place.Days {
	w, _ := place.ParseWeek(text) // a test reads every one
	return w
}

func scattered(r *rand.Rand, c place.Point, spread float64) *place.Point {
	six := func(x float64) float64 { return math.Round(x*1e6) / 1e6 }
	return &place.Point{Lat: six(c.Lat + (r.Float64()*2-1)*spread), Lon: six(c.Lon + (r.Float64()*2-1)*spread*1.4)}
}

// Population is an invented grid of where people of the demo city live.
func Population() (list []place.Populated) {
	r := rand.New(rand.NewPCG(9, 2))
	for _, d := range demoDistricts {
		n := 7
		if d.id == "nove" {
			n = 4
		}
		for i := range n {
			for j := range n {
				at := place.Point{Lat: d.centre.Lat + (float64(i)/float64(n-1)*2-1)*d.spread*1.5, Lon: d.centre.Lon + (float64(j)/float64(n-1)*2-1)*d.spread*2}
				far := math.Hypot(float64(i)-float64(n-1)/2, float64(j)-float64(n-1)/2) / float64(n)
				list = append(list, place.Populated{Point: at, People: math.Round(3000*math.Exp(-2*far) + 400*r.Float64()), District: d.id, Name: fmt.Sprintf("%s %c%d", d.id, 'A'+i, j+1)})
			}
		}
	}
	return list
}
