package demo

import (
	"context"
	"fmt"
	"time"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	people "osvitlo/internal/person"
)

// eventTemplate is an event of the demo city: it repeats weekly from the week the city
// was drawn in.
type eventTemplate struct {
	kind     event.Kind
	audience event.Audience
	title    i18n.Text
	about    i18n.Text
	bring    i18n.Text
	place    string
	weekday  time.Weekday
	clock    string
	minutes  int
	seats    int
	booked   int // how many invented people have a seat in the first two weeks
	book     bool
	weeks    int // of repetition; 0: once
	every    event.Every
	subjects []string
}

func bi(uk, en string) i18n.Text { return i18n.Text{UK: uk, EN: en} }

var eventTemplates = []eventTemplate{
	{event.Course, event.Older, bi("Телефон без страху: перші кроки", "A phone without fear: first steps"), bi("Увімкнути, зателефонувати, збільшити літери, зберегти номер.\nУсе показуємо повільно, на вашому телефоні.", "Switch on, call, make letters larger, save a number.\nEverything slowly, on your own phone."), bi("свій телефон і зарядку", "your phone and its charger"), "demo-smart-library", time.Tuesday, "11:00", 90, 12, 5, true, 10, event.Weekly, []string{"phone"}},
	{event.Course, event.Everyone, bi("Як сплатити комунальні з телефона", "How to pay bills with your phone"), bi("Де взяти рахунок, як перевірити адресу, як не заплатити двічі.", "Where to find the bill, how to check the address, how not to pay twice."), bi("рахунок і телефон; картку показувати не треба", "a bill and your phone; nobody asks for your card"), "demo-cnap", time.Wednesday, "15:00", 60, 10, 8, true, 8, event.Weekly, []string{"payments"}},
	{event.Lecture, event.Parents, bi("Батькам: дитина і телефон", "For parents: a child and a phone"), bi("Про що домовитися вдома, які налаштування допоможуть, коли хвилюватися.", "What to agree on at home, which settings help, when to worry."), i18n.Text{}, "demo-library-1", time.Friday, "17:30", 75, 30, 11, true, 0, event.Once, []string{"safety"}},
	{event.Club, event.Children, bi("Гурток: мультфільм своїми руками", "Workshop: make your own cartoon"), bi("Знімаємо короткий мультфільм із пластиліну.", "We shoot a short cartoon of plasticine."), i18n.Text{}, "demo-laboratory", time.Saturday, "12:00", 90, 10, 4, true, 6, event.Weekly, []string{"pictures"}},
	{event.Consultation, event.Everyone, bi("Година питань: будь-що про телефон", "An hour of questions: anything about phones"), bi("Прийдіть зі своїм питанням. Розберемося разом.", "Come with your question. We will sort it out together."), i18n.Text{}, "demo-library-2", time.Thursday, "10:30", 90, 0, 0, false, 12, event.Weekly, []string{"phone", "messages"}},
	{event.Lecture, event.Everyone, bi("Увага, шахраї: як упізнати дзвінок «із банку»", "Beware of fraud: a call “from the bank”"), bi("Слухаємо справжні приклади, вчимося класти слухавку.", "Real examples, and how to hang up."), i18n.Text{}, "demo-university", time.Thursday, "17:00", 60, 50, 21, true, 3, event.Monthly, []string{"safety"}},
	{event.Forum, event.Older, bi("Форум для людей 60+ «Разом у мережі»", "Forum for people over 60, “Together online”"), bi("Цілий день: майстерні, консультації, розмови, чай.", "A whole day of workshops, advice, talks and tea."), bi("окуляри й добрий настрій", "glasses and a good mood"), "demo-club", time.Saturday, "10:00", 300, 120, 34, true, 0, event.Once, []string{"phone", "messages", "health"}},
	{event.Club, event.Older, bi("Клуб «Друге дихання»: фото для родини", "Second Wind club: photos for the family"), bi("Робимо фото, підписуємо, надсилаємо рідним.", "We take photos, name them and send them to the family."), i18n.Text{}, "demo-club", time.Monday, "13:00", 90, 14, 14, true, 8, event.Weekly, []string{"pictures", "messages"}},
	{event.Course, event.Everyone, bi("Державні послуги онлайн: від витягу до довідки", "Public services online: from an extract to a certificate"), bi("Замовляємо витяг і довідку крок за кроком.", "We order an extract and a certificate step by step."), bi("паспорт або ID-картку, телефон", "an identity document and your phone"), "demo-hub", time.Tuesday, "18:00", 90, 12, 9, true, 6, event.Weekly, []string{"documents"}},
	{event.Lecture, event.Youth, bi("Штучний інтелект: помічник чи обманщик", "Artificial intelligence: helper or trickster"), bi("Пробуємо, перевіряємо, ловимо на помилках.", "We try it, check it and catch its mistakes."), i18n.Text{}, "demo-university", time.Wednesday, "16:30", 60, 40, 6, true, 2, event.Monthly, []string{"ai"}},
}

// Events puts the invented events and desks of the demo city into a store that has none.
// now keeps those out that would be over. Running it again changes nothing.
func Events(ctx context.Context, s *event.Service, made, now time.Time) error {
	maker := people.Operator("demo")
	begin := made.In(i18n.Kyiv)
	for i, t := range eventTemplates {
		id := fmt.Sprintf("edemo%02d", i+1)
		if _, ok := s.ByID(id); ok {
			continue
		}
		day := begin.AddDate(0, 0, (int(t.weekday)-int(begin.Weekday())+7)%7)
		if t.weeks == 0 {
			day = day.AddDate(0, 0, 7*(i%3))
		}
		if day.Format(time.DateOnly) == begin.Format(time.DateOnly) {
			day = day.AddDate(0, 0, 7)
		}
		e := &event.Event{Slug: fmt.Sprintf("demo-%02d", i+1), Kind: t.kind, Audience: t.audience, Title: t.title, About: t.about, Bring: t.bring, Place: t.place, Seats: t.seats, Book: t.book, Waiting: t.book,
			Day: day.Format(time.DateOnly), Clock: t.clock, Minutes: t.minutes, Subjects: t.subjects, Demo: true}
		e.ID = id
		if t.weeks > 0 {
			e.Rule = event.Rule{Every: t.every, Until: day.AddDate(0, 0, 7*(t.weeks-1)).Format(time.DateOnly)}
			if t.every == event.Monthly {
				e.Rule.Until = day.AddDate(0, t.weeks, 0).Format(time.DateOnly)
			}
		}
		err := s.Add(ctx, maker, e)
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.Invalid) && made.Before(now.AddDate(0, -1, 0)) {
			continue // another replica was faster, or this old city's weeks are over
		}
		if err != nil {
			return err
		}
		if !t.book {
			continue
		}
		for n, o := range e.Occurrences()[:min(2, len(e.Occurrences()))] {
			for k := range max(0, t.booked-3*n) {
				_, err := s.Book(ctx, o.Ref(), event.Contact{Name: fmt.Sprintf("%c. %c.", []rune("АБВГДЗКЛМНОПРСТ")[(k*7+i)%15], []rune("БВДКЛМНПРСТШ")[(k*5+i)%12]), Card: fmt.Sprintf("DEMO %d %d", i, k), Lang: i18n.Ukrainian, Via: event.ByPhone})
				if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
					return err
				}
			}
		}
	}
	return desks(ctx, s, maker)
}

func desks(ctx context.Context, s *event.Service, maker people.Actor) error {
	if len(s.Desks("")) > 0 {
		return nil
	}
	week := func(from, to string, days ...time.Weekday) (list []event.Span) {
		for _, d := range days {
			list = append(list, event.Span{Day: d, From: from, To: to})
		}
		return list
	}
	for _, d := range []*event.Desk{
		{Place: "demo-library-1", Kind: event.Advice, Name: bi("Консультація ментора, 20 хвилин", "Consultation of a mentor, 20 minutes"), Minutes: 20, Count: 1, Screen: true, Spans: week("10:00", "13:00", 1, 2, 3, 4, 5)},
		{Place: "demo-library-1", Kind: event.Computer, Name: bi("Комп’ютер", "Computer"), Minutes: 60, Count: 4, Scanner: true, Spans: week("09:00", "17:00", 1, 2, 3, 4, 5)},
		{Place: "demo-cnap", Kind: event.Computer, Name: bi("Віддалене робоче місце", "Remote workplace"), Minutes: 30, Count: 1, Screen: true, Reader: true, Scanner: true, Spans: week("09:00", "16:00", 1, 2, 4)},
		{Place: "demo-library-2", Kind: event.Computer, Name: bi("Комп’ютер із великим екраном", "Computer with a large screen"), Minutes: 60, Count: 2, Reader: true, Spans: week("11:00", "17:00", 2, 3, 4, 5, 6)},
	} {
		d.Demo = true
		if err := s.SaveDesk(ctx, maker, d); err != nil {
			return err
		}
	}
	return nil
}
