package demo

import (
	"math/rand/v2"
	"time"

	"osvitlo/internal/help"
	"osvitlo/internal/i18n"
)

// HelpQuestion is an invented question to the hotline, with its answer if it has one.
type HelpQuestion struct {
	help.Asking
	Answer string
}

// HelpQuestions are what people of the demo city ask. Nobody wrote them.
func HelpQuestions() (list []HelpQuestion) {
	for i, q := range []struct {
		topic, text, answer string
		reply               help.Reply
		way                 help.Way
	}{
		{help.Fraud, "Подзвонили ніби з банку, я назвала код із повідомлення. Що робити?", "", help.ByCall, help.ByPhone},
		{"account", "Забула пароль від пошти, лист не приходить.", "", help.OnPage, help.ByPhone},
		{"services", "Хочу подати на субсидию, не знаю з чого почати.", "", help.OnPage, help.ByPhone},
		{"device", "Телефон пише, що пам'ять заповнена. Фото шкода.", "", help.InDesk, help.ByPhone},
		{"places", "Чи є в бібліотеці пандус?", "", help.OnPage, help.ByPhone},
		{"device", "Як зробити більші літери?", "Відкрийте «Налаштування», потім «Екран», потім «Розмір шрифту». Посуньте праворуч.", help.OnPage, help.ByPhone},
		{help.Fraud, "Прийшло посилання про виплату. Це правда?", "Не натискайте. Відкрийте сайт самі, не з повідомлення, і подивіться там.", help.OnPage, help.ByPhone},
		{"learning", "Скільки часу займає тест?", "Від 12 до 40 хвилин. Можна зупинитися після дванадцяти запитань.", help.OnPage, help.ByPhone},
	} {
		list = append(list, HelpQuestion{Answer: q.answer, Asking: help.Asking{Once: "demo-question-" + string(rune('a'+i)) + "-0000", Text: q.text, Topic: q.topic, Reply: q.reply,
			Contact: contactOf(q.reply), Lang: i18n.Ukrainian, Way: q.way}})
	}
	return list
}

// contactOf is a number that nobody has.
func contactOf(r help.Reply) string {
	if r == help.ByCall {
		return "+380500000000"
	}
	return ""
}

// HelpMonths are the counts of the year before now, drawn from a seed.
func HelpMonths(seed uint64, now time.Time) (list []help.Month) {
	r := rand.New(rand.NewPCG(seed, 19))
	often := map[string]int{help.Fraud: 9, "account": 14, "services": 22, "device": 18, "search": 3, "files": 6, "learning": 11, "places": 8, "other": 4}
	first := time.Date(now.In(i18n.Kyiv).Year(), now.In(i18n.Kyiv).Month(), 1, 12, 0, 0, 0, i18n.Kyiv)
	for back := 11; back > 0; back-- {
		m := help.Month{Topics: map[string]int64{}, Areas: map[string]int64{}, Ways: map[string]int64{}, OnTime: map[string]int64{}, Late: map[string]int64{}, Helped: map[string]int64{}}
		m.ID = first.AddDate(0, -back, 0).Format("2006-01")
		for _, t := range help.Topics() {
			area := t.Area
			if area == "" {
				area = "none"
			}
			for range r.IntN(often[t.ID] + 1) {
				m.Topics[t.ID]++
				m.Areas[area]++
				m.Ways[[]string{"form", "phone", "phone", "desk"}[r.IntN(4)]]++
				if r.IntN(8) == 0 {
					m.Late[t.ID]++
				} else {
					m.OnTime[t.ID]++
				}
				switch r.IntN(6) {
				case 0:
					m.Helped["no"]++
				case 1, 2:
					m.Helped["yes"]++
				}
			}
		}
		list = append(list, m)
	}
	return list
}

// HelpSettings are the hours of the demo line.
func HelpSettings() help.Settings {
	s := help.Settings{Away: i18n.Text{UK: "Залиште питання тут або зателефонуйте, коли відкриємося. Обдурили — телефонуйте в банк і 102, не чекайте.",
		EN: "Leave a question here, or call when we open. If you were cheated call the bank and 102, do not wait."}}
	for i := range 5 {
		s.Week[i] = help.Span{From: 9 * 60, To: 18 * 60}
	}
	return s
}
