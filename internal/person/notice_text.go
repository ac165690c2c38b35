package person

import "osvitlo/internal/i18n"

// Line is one line of a text of consent: what it is called and what it says.
type Line struct {
	Label i18n.Text
	Text  i18n.Text
}

type purposeText struct{ aim, data, recipient i18n.Text }

var purposeTexts = map[Purpose]purposeText{
	Statistics: {both("порахувати цифрову грамотність міста", "to count the digital skills of the city"),
		both("відповіді, стать, вік, район", "answers, sex, age, district"), both("усім — лише підсумки груп від 10 людей", "everybody: sums of groups of 10 people or more")},
	Learning: {both("зберігати ваші результати й уроки, щоб ви могли продовжити", "to keep your results and lessons, so that you can go on"),
		both("результати тестів, пройдені уроки, сертифікати", "test results, lessons, certificates"), mentors},
	ContactUse: {both("написати або зателефонувати вам про заняття й результати", "to write or call you about classes and results"),
		both("телефон, електронна адреса", "phone, e-mail address"), mentors},
	Research: {both("дослідження без імен", "research without names"),
		both("відповіді без імені, телефону й адреси", "answers without name, phone and address"), both("дослідникам за угодою з містом", "researchers under an agreement with the city")},
	Club: {both("бали й стіна клубу", "points and the wall of the club"),
		both("бали, ім’я на стіні, якщо ви його ввімкнете", "points, and your name on the wall if you switch it on"), both("відвідувачам сайту — лише те, що ви ввімкнули", "visitors of the site: only what you switched on")},
	Photo:  {both("фото із заходів", "photos of events"), both("ваше фото без імені", "your photo without your name"), both("відвідувачам сайту", "visitors of the site")},
	Prizes: {both("розіграші й подарунки", "draws and gifts"), both("номер рахунку, контакт", "number of the account, contact"), both("тому, хто вручає подарунок", "whoever hands the gift over")},
	Special: {both("бачити, чи навчання доступне людям з інвалідністю, переселенцям, ветеранам", "to see whether learning reaches people with disabilities, displaced people, veterans"),
		both("статус, який ви самі назвете", "the status you name yourself"), both("усім — лише підсумки груп від 10 людей, ніколи разом із районом", "everybody: sums of groups of 10 people or more, never with a district")},
	Guardian: {both("дозволити дитині мати рахунок", "to let the child have an account"),
		both("номер паперу або час підтвердження", "number of the paper, or time of the confirmation"), nobody},
}

// Lines is the text of consent to a purpose, made of the configuration: the same on
// the page of consent, on /privacy and on paper.
func (n Notice) Lines(p Purpose) []Line {
	t, ok := purposeTexts[p]
	if !ok {
		return nil
	}
	processor := n.Processor
	if processor.IsZero() {
		processor = both("сам володілець", "the owner itself")
	}
	keep := ""
	keepEN := ""
	for _, period := range Periods() {
		if period.Kind == "account" {
			keep, keepEN = period.Keep.UK, period.Keep.EN
		}
	}
	return []Line{
		{both("Володілець даних", "Owner of the data"), n.Owner},
		{both("Розпорядник", "Processor"), processor},
		{both("Мета", "Aim"), t.aim},
		{both("Які дані", "Which data"), t.data},
		{both("Кому передаємо", "Who receives them"), t.recipient},
		{both("Як довго", "How long"), both("поки ви не відкличете згоду або не зітрете рахунок; "+keep, "until you withdraw or erase the account; "+keepEN)},
		{both("Ваші права", "Your rights"), both("знати, виправити, завантажити, стерти, відкликати згоду будь-коли: сторінка «Мої дані» або "+n.Contact,
			"to know, correct, download, erase, and withdraw at any time: the page “My data”, or "+n.Contact)},
		{both("Скарга", "Complaint"), both("Уповноважений Верховної Ради України з прав людини: hotline@ombudsman.gov.ua", "Ukrainian Parliament Commissioner for Human Rights: hotline@ombudsman.gov.ua")},
	}
}
