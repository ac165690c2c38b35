package page

import (
	"html/template"
	"math"
	"os"
	"strings"
	"testing"

	"osvitlo/internal/chart"
	"osvitlo/internal/i18n"
)

// The living style sheet: every component in both languages with invented data.

type sheetPage struct {
	name string
	data func(in func(uk, en string) string, words *i18n.Localizer) Page
}

type both = func(uk, en string) string

type landingPage struct {
	Base
	Heading, Lead, Tip, Index, IndexHeading, Week string
	Go                                            Button
	Tiles                                         []Tile
	Warning                                       Note
	Events                                        []Event
}

type trustPage struct {
	Base
	Heading, Lead, Consent string
	Facts                  []Fact
	Get                    Note
	Check                  Check
	Go, Not                Button
}

type questionPage struct {
	Base
	Progress Progress
	Errors   ErrorSummary
	Area     *Plate
	Stem     string
	Scene    Scene
	Answer   Choices
	Text     Field
	Pick     []Select
	Go       Button
	Terms    []Term
	Resume   Resume
}

type pausePage struct {
	Base
	Progress      Progress
	Heading, Lead string
	Cards         []Note
	Go, More      Button
	Resume        Resume
}

type resultPage struct {
	Base
	Heading, LevelHeading, LevelText, LevelTip, AreasHeading, AreasTip, StepsHeading, SaveHeading string
	Cans                                                                                          []string
	Level                                                                                         Level
	Areas                                                                                         []Area
	Steps                                                                                         []Step
	Go                                                                                            Button
	Counted, City2                                                                                Note
	Resume                                                                                        Resume
	More                                                                                          Details
	Answers                                                                                       []Row
}

type smallChart struct {
	Name string
	SVG  template.HTML
}

type indexPage struct {
	Base
	Heading, Lead, When, HundredHeading, HundredText, ChangeHeading, ChangeText, SeriesNote string
	AreasHeading, AreasText, PointsTitle, PointsNote, AgesHeading, BarsTitle, DownHeading   string
	Release                                                                                 Tag
	Figures                                                                                 []Figure
	Hundred, Series, Points, Bars, Stacked                                                  template.HTML
	Areas, Ages                                                                             Table
	Smalls                                                                                  []smallChart
	Unheard                                                                                 Note
	Downs                                                                                   []Download
}

type marksPage struct {
	Base
	Tags    []Tag
	Plates  []Plate
	Levels  []Level
	Buttons []Button
	Notes   []Note
	Pager   Pager
}

var areaNames = [][2]string{{"Основи комп’ютера", "Computer basics"}, {"Інформація й медіа", "Information and media"},
	{"Створення матеріалів", "Making materials"}, {"Спілкування онлайн", "Talking online"}, {"Безпека", "Safety"},
	{"Технічні проблеми й навчання", "Technical problems and learning"}}

func resume(in both) Resume {
	return Resume{Code: in("КЛЕНДА", "KLVNDA"), Share: in("Мій код: КЛЕНДА", "My code: KLVNDA"), URL: "/surveys"}
}

func backTo(in both) *Link { return &Link{Href: "/", Text: in("Назад", "Back")} }

func progress(in both, at int) Progress {
	return Progress{Text: in("Питання", "Question"), At: at, Of: 30, Mark: 12,
		MarkTip: in("після 12-го можна зупинитися", "after the 12th you can stop")}
}

var sheetPages = []sheetPage{
	{"landing", func(in both, _ *i18n.Localizer) Page {
		return &landingPage{Base: Base{Title: in("Цифрові навички", "Digital skills"), Path: "/", Wide: true},
			Heading: in("Цифрові навички — крок за кроком", "Digital skills, step by step"),
			Lead:    in("Дізнайтеся, що ви вже вмієте. Решти навчимо безкоштовно і без поспіху.", "Find out what you can already do. We will teach the rest, free and unhurried."),
			Go:      Button{Text: in("Пройти тест", "Take the test"), Href: "/surveys/resident-test"},
			Tip:     in("12–40 хвилин, можна з перервами. Без реєстрації.", "12–40 minutes, with breaks if you like. No account."),
			Tiles: []Tile{{"book", "/courses", in("Навчатися", "Learn"), in("Короткі уроки: платежі, безпека, документи", "Short lessons: payments, safety, documents")},
				{"pin", "/map", in("Допомога поруч", "Help nearby"), in("Бібліотеки й ЦНАП, де покажуть і пояснять", "Libraries where people show and explain")},
				{"phone", "tel:+380522000000", in("Допомога телефоном", "Help by phone"), "(0522) 00-00-00"}},
			Warning: Note{Kind: "bad", Title: in("Увага, шахраї", "Beware of fraud"), Text: []string{in("Надсилають SMS про «перевірку пенсії» з посиланням. Не відкривайте його.", "Texts about a “pension check” carry a link. Do not open it.")},
				Link: &Link{"/help", in("Як це виглядає і що робити", "What it looks like and what to do")}, Small: in("Перевірили 20 листопада 2026", "Checked on 20 November 2026")},
			IndexHeading: in("Як справи в місті", "How the city is doing"),
			Index:        in("Зі 100 жителів базові цифрові навички мають від 54 до 58. Точніше сказати поки не можемо.", "Of 100 residents, 54 to 58 have basic digital skills. We cannot say more exactly yet."),
			Week:         in("Цього тижня", "This week"),
			Events: []Event{{"24", in("вт", "Tue"), "/events", in("Телефон без страху: перші кроки", "The phone without fear"), in("11:00, бібліотека «Сонячна»", "11:00, Soniachna library"), &Tag{Kind: "good", Text: in("Є вільні місця", "Places free")}},
				{"25", in("ср", "Wed"), "/events", in("Як сплатити комунальні з телефона", "Paying bills by phone"), in("15:00, ЦНАП на Зоряній", "15:00, service centre"), &Tag{Kind: "sun", Text: in("Лишилося 2 місця", "2 places left")}}},
		}
	}},
	{"trust", func(in both, _ *i18n.Localizer) Page {
		return &trustPage{Base: Base{Title: in("Перш ніж почати", "Before you start"), Path: "/s/x", Back: backTo(in)},
			Heading: in("Перш ніж почати", "Before you start"),
			Lead:    in("Обережно з незнайомими анкетами — це правильно. Ось що варто знати про нашу.", "It is right to be careful with unknown forms. Here is what to know about ours."),
			Facts: []Fact{{Icon: "bank", Title: in("Хто питає", "Who asks"), Text: in("Міська рада. Розпорядження від 9 лютого 2022 року № 14.", "The city council. Order No 14 of 9 February 2022.")},
				{Icon: "bulb", Title: in("Навіщо", "What for"), Text: in("Щоб знати, чого навчати і де людям потрібна допомога.", "To know what to teach and where people need help.")},
				{Icon: "clock", Title: in("Скільки часу", "How long"), Text: in("12–40 хвилин, можна з перервами. Поспішати не треба.", "12–40 minutes, with breaks. No need to hurry.")},
				{Icon: "shield", Title: in("Чого ніколи не питаємо", "What we never ask"), Text: in("Номер картки, коди з SMS, паспорт, адресу, військовий облік.", "Card number, codes from texts, passport, address, military record.")},
				{Icon: "lock", Title: in("Чого ніхто не отримає", "What nobody can get"), Text: in("Ми не записуємо ваше ім’я й телефон, тому не можемо передати їх нікому.", "We do not record your name or phone, so we cannot pass them on.")},
				{Icon: "phone", Title: in("Як перевірити", "How to check"), Text: in("Зателефонуйте", "Call"), Link: &Link{"tel:+380522000000", "(0522) 00-00-00"}, After: in(". Цей номер є і на сайті міської ради.", ". The number is on the council’s site too.")}},
			Get:     Note{Kind: "sun", Title: in("Що отримаєте ви", "What you get"), Text: []string{in("Результат звичайними словами, три кроки далі й адресу найближчої допомоги.", "A result in plain words, three next steps and the nearest help.")}},
			Consent: in("Ваша згода", "Your consent"),
			Check: Check{ID: "f-statistics", Name: "statistics", Value: "yes", Label: in("Врахуйте мої відповіді в показнику міста", "Count my answers in the city index"),
				Hint: in("Без цієї позначки ви теж побачите результат. Відповіді видалимо через 30 днів.", "Without it you will see your result too. We delete the answers after 30 days.")},
			Go: Button{Text: in("Почати", "Start")}, Not: Button{Text: in("Не зараз", "Not now"), Href: "/", Kind: "quiet"},
		}
	}},
	{"question", func(in both, _ *i18n.Localizer) Page {
		return &questionPage{Base: Base{Title: in("Питання 7 з 30", "Question 7 of 30"), Path: "/s/x/q7", Back: backTo(in), Alarm: &Alarm{Action: "/s/x/alarm", Form: "answer"}},
			Progress: progress(in, 7), Area: &Plate{5, in("Безпека", "Safety")},
			Answer: Choices{ID: "f-answer", Name: "answer", Title: true, Read: true, Legend: in("Вам дзвонять «із банку» і просять код із SMS. Що зробите?", "A caller “from the bank” asks for the code from a text. What do you do?"),
				Items: []Choice{{Value: "a", Label: in("Назву код, щоб урятувати гроші", "Tell the code to save the money")},
					{Value: "b", Label: in("Покладу слухавку й подзвоню за номером на картці", "Hang up and call the number on my card"), Checked: true},
					{Value: "c", Label: in("Попрошу передзвонити завтра", "Ask them to call tomorrow")}},
				Or: []Choice{{Value: "dont_know", Label: in("Не знаю", "I don’t know"), Hint: in("Це теж відповідь, вона допоможе підібрати уроки", "This is an answer too, it helps to choose lessons")}}},
			Go: Button{Text: in("Далі", "Next"), Busy: in("Надсилаємо…", "Sending…")}, Terms: []Term{{in("код із SMS", "code from a text"), in("Цифри, якими банк перевіряє, що це ви.", "Digits with which the bank checks that it is you.")}}, Resume: resume(in)}
	}},
	{"spot", func(in both, _ *i18n.Localizer) Page {
		return &questionPage{Base: Base{Title: in("Питання 11 з 30", "Question 11 of 30"), Path: "/s/x/q11", Back: backTo(in), Alarm: &Alarm{Action: "/s/x/alarm"}},
			Progress: progress(in, 11), Area: &Plate{5, in("Безпека", "Safety")}, Stem: in("Що в цьому SMS має насторожити?", "What in this text should make you careful?"),
			Scene: Scene{Kind: "sms", Title: in("Від: VYPLATY-UA", "From: VYPLATY-UA"), Fragments: []Fragment{{"1", in("Добрий день!", "Good day!")}, {"2", in("Вашу пенсію зупинено.", "Your pension is stopped.")}, {"3", in("Підтвердьте вік до 18:00", "Confirm your age by 18:00")}, {"4", in("на сайті vyplaty.example", "at vyplaty.example")}}},
			Answer: Choices{ID: "f-answer", Name: "answer", Many: true, Legend: in("Позначте все підозріле", "Mark everything suspicious"), Hint: in("Можна кілька відповідей. Номери ті самі, що на малюнку.", "Several answers are possible. The numbers are those in the picture."),
				Items: []Choice{{Value: "a", Number: "1", Label: in("Привітання", "The greeting")}, {Value: "b", Number: "2", Label: in("Лякають: «зупинено»", "It frightens: “stopped”"), Checked: true}, {Value: "c", Number: "3", Label: in("Підганяють: «до 18:00»", "It hurries: “by 18:00”"), Checked: true}, {Value: "d", Number: "4", Label: in("Посилання на чужий сайт", "A link to a strange site")}},
				Or:    []Choice{{Value: "dont_know", Label: in("Не знаю", "I don’t know")}}, OrName: "other"},
			Go: Button{Text: in("Далі", "Next")}, Resume: resume(in)}
	}},
	{"errors", func(in both, _ *i18n.Localizer) Page {
		return &questionPage{Base: Base{Title: in("Питання 3 з 30", "Question 3 of 30"), Path: "/s/x/q3", Back: backTo(in), Failed: true}, Stem: "",
			Progress: progress(in, 12),
			Errors:   ErrorSummary{Items: []ErrorItem{{"#f-code", in("Код повернення: такого коду немає", "Code: there is no such code")}, {"#f-age", in("Виберіть вік або «не кажу»", "Choose an age or “rather not say”")}}},
			Text:     Field{ID: "f-code", Name: "code", Title: true, Label: in("Код повернення", "Code"), Hint: in("Шість літер, наприклад КЛЕНДА", "Six letters, such as KLVNDA"), Error: in("Такого коду немає. Перевірте літери й спробуйте ще раз", "There is no such code. Check the letters and try again"), Value: in("КЛЕНДО", "KLVNDO"), Code: true, Width: "10", MaxLength: 12, Autocomplete: "off"},
			Answer: Choices{ID: "f-age", Name: "age", Legend: in("Скільки вам років?", "How old are you?"), Error: in("Виберіть вік або «не кажу»", "Choose an age or “rather not say”"),
				Items: []Choice{{Value: "14-17", Label: "14–17"}, {Value: "18-29", Label: "18–29"}}, Or: []Choice{{Value: "refused", Label: in("Не кажу", "Rather not say")}}},
			Pick: []Select{{ID: "f-o1", Name: "o.1", Label: in("Відкрити застосунок", "Open the app"), Number: "1", Options: []Option{{Text: "—"}, {Value: "1", Text: "1"}, {Value: "2", Text: "2", Selected: true, Group: "<2>"}, {Value: "3", Text: "3", Group: "<2>"}}}},
			Go:   Button{Text: in("Далі", "Next")}, Resume: resume(in)}
	}},
	{"pause", func(in both, _ *i18n.Localizer) Page {
		p := progress(in, 12)
		p.Text = in("Ви відповіли на", "You have answered")
		return &pausePage{Base: Base{Title: in("Перша частина позаду", "The first part is behind you"), Path: "/s/x/pause", Back: backTo(in), Alarm: &Alarm{Action: "/s/x/alarm"}},
			Progress: p, Heading: in("Перша частина позаду", "The first part is behind you"), Lead: in("Далі буде складніше. Можете зупинитися тут і побачити результат.", "It gets harder. You can stop here and see your result."),
			Cards: []Note{{Title: in("Якщо зупинитеся", "If you stop"), Text: []string{in("Результат буде справжній, лише менш точний. Питання, яких ви не бачили, не шкодять.", "The result will be real, only less exact. Questions you did not see do no harm.")}},
				{Title: in("Якщо підете далі", "If you go on"), Text: []string{in("Ще 18 питань. Можна зупинитися будь-коли, усе збережеться.", "18 more questions. You can stop at any time; everything is saved.")}}},
			Go: Button{Text: in("Побачити результат", "See the result")}, More: Button{Text: in("Продовжити тест", "Go on with the test"), Kind: "second"}, Resume: resume(in)}
	}},
	{"result", func(in both, _ *i18n.Localizer) Page {
		r := &resultPage{Base: Base{Title: in("Ось що ви вже вмієте", "What you can already do"), Path: "/results/x", NoIndex: true, Back: backTo(in)},
			Heading: in("Ось що ви вже вмієте", "What you can already do"),
			Cans:    []string{in("Знаходити потрібне в інтернеті", "Find what you need online"), in("Писати близьким і дзвонити з відео", "Write and make video calls"), in("Помічати шахрайський дзвінок", "Notice a scam call")},

			LevelHeading: in("Ваш рівень", "Your level"), LevelText: in("Між A2 і B1. Звичні справи вдаються самостійно, нові — з підказкою.", "Between A2 and B1. Usual things go well; new ones with a hint."),
			LevelTip: in("Ви відповіли на 30 питань. Точніше сказати поки не можемо.", "You answered 30 questions. We cannot say more exactly yet."),
			Level:    Level{Low: 1, High: 2, Tip: in("ви десь тут", "you are about here"), Label: in("Рівень від A2 до B1", "Level from A2 to B1")}, AreasHeading: in("Шість напрямів", "Six areas"), AreasTip: in("Порівнюємо з вашим загальним рівнем, а не з іншими людьми.", "Compared with your own overall level, not with other people."),
			StepsHeading: in("Три кроки далі", "Three next steps"), SaveHeading: in("Зберегти результат", "Save the result"),
			Steps:   []Step{{1, "/advice", in("Урок «Телефонують із банку»", "Lesson “A call from the bank”"), in("10 хвилин, з нього найкраще почати", "10 minutes, the best place to start")}, {2, "/events", in("Заняття «Безпечний телефон»", "Class “A safe phone”"), in("26 листопада, 11:00", "26 November, 11:00")}, {3, "", in("Повторити тест узимку", "Take the test again in winter"), in("Побачите, що змінилося", "See what has changed")}},
			Go:      Button{Text: in("Почати перший урок", "Start the first lesson"), Href: "/advice"},
			Counted: Note{Kind: "good", Title: in("Вашу відповідь зараховано", "Your answer is counted"), Text: []string{in("Показник міста оновлюємо групами по 10 і більше відповідей, щоб ніхто не дізнався вашого результату.", "We update the city index in groups of 10 or more, so that nobody learns your result.")}},
			City2:   Note{Kind: "sun", Title: in("Що місто зробить із відповідями", "What the city will do with the answers"), Text: []string{in("Минулого разу найважчою була безпека.", "Last time safety was the hardest.")}},
			Resume:  resume(in), More: Details{Summary: in("Показати число зі 100", "Show the number out of 100"), Text: []string{in("47 зі 100, від 41 до 53.", "47 of 100, from 41 to 53.")}},
			Answers: []Row{{in("Вам дзвонять «із банку». Що зробите?", "A call “from the bank”. What do you do?"), in("Покладу слухавку", "Hang up"), "/s/x/q7", ""}}}
		states := []chart.State{chart.Same, chart.Stronger, chart.Unknown, chart.Stronger, chart.Start, chart.Same}
		words := map[chart.State]string{chart.Same: in("так само", "about the same"), chart.Stronger: in("сильніше", "stronger"), chart.Unknown: in("ще не знаємо", "we don’t know yet"), chart.Start: in("варто почати звідси", "a good place to start")}
		for i, n := range areaNames {
			r.Areas = append(r.Areas, Area{Number: i + 1, Name: in(n[0], n[1]), Word: words[states[i]], Known: states[i] != chart.Unknown, Glyph: chart.AreaGlyph(i+1, states[i])})
		}
		return r
	}},
	{"index", indexSample},
	{"marks", func(in both, _ *i18n.Localizer) Page {
		p := &marksPage{Base: Base{Title: in("Знаки й кнопки", "Marks and buttons"), Path: "/sheet"},
			Tags: []Tag{{in("попередньо", "provisional"), "main"}, {in("Офіційний випуск", "Official release"), "good"}, {in("за графіком відключень", "by the power-cut plan"), "sun"}, {in("перевірка протермінована", "check is overdue"), "bad"}, {in("працює без світла", "works without power"), ""}},
			Buttons: []Button{{Text: in("Почати", "Start")}, {Text: in("Друга дія", "Second act"), Kind: "second"}, {Text: in("Стерти мої відповіді", "Erase my answers"), Kind: "bad", Icon: "erase", Confirm: "?"},
				{Text: in("Не зараз", "Not now"), Kind: "quiet", Href: "/"}, {Text: in("Надрукувати", "Print"), Kind: "second", Small: true, Icon: "print", Href: "/"}},
			Notes: []Note{{Title: in("Не знайшли?", "Not found?"), Text: []string{in("Зателефонуйте нам.", "Call us.")}, List: []string{in("Перше", "First"), in("Друге", "Second")}}},
			Pager: Pager{Previous: &Link{"/a", in("Попередні", "Previous")}, Next: &Link{"/b", in("Наступні", "Next")}}}
		for i, n := range areaNames {
			p.Plates = append(p.Plates, Plate{i + 1, in(n[0], n[1])})
		}
		for _, l := range [][2]int{{0, 0}, {0, 1}, {2, 4}, {5, 5}, {-1, -1}} {
			p.Levels = append(p.Levels, Level{l[0], l[1], in("ви десь тут", "you are about here"), in("Рівень", "Level")})
		}
		return p
	}},
}

func indexSample(in both, words *i18n.Localizer) Page {
	whole := func(x float64) string { return words.Number(x, 0) }
	one := func(x float64) string { return words.Number(x, 1) }
	v := func(at, low, high float64) chart.Value { return chart.Value{At: at, Low: low, High: high} }
	p := &indexPage{Base: Base{Title: in("Цифрова грамотність міста", "Digital literacy of the city"), Path: "/index", Nav: "index", Wide: true},
		Heading: in("Цифрова грамотність міста", "Digital literacy of the city"), Lead: in("Зі 100 жителів щонайменше базові навички мають від 54 до 58. Точніше сказати поки не можемо.", "Of 100 residents, 54 to 58 have at least basic skills. We cannot say more exactly yet."),
		Release: Tag{in("Офіційний випуск 5.1", "Official release 5.1"), "good"}, When: in("18 листопада 2026 · відповіло 3 198 людей", "18 November 2026 · 3,198 people answered"),
		Figures: []Figure{{"56", in("зі 100", "of 100"), in("мають щонайменше базовий рівень", "have at least the basic level"), in("від 54 до 58", "from 54 to 58"), true}, {"11", in("зі 100", "of 100"), in("не користуються інтернетом", "do not use the internet"), in("від 10 до 12", "from 10 to 12"), false}, {one(47.3), in("бала", "points"), in("середній результат зі 100 у тих, хто пройшов тест", "mean result of 100 among those tested"), in("від 46,4 до 48,2", "from 46.4 to 48.2"), false}},

		HundredHeading: in("Якби в місті жило 100 людей", "If 100 people lived in the city"), HundredText: in("Жовті кружечки — те, у чому ми не певні.", "Yellow dots are what we are not sure of."), ChangeHeading: in("Що змінилося", "What has changed"), ChangeText: in("Від весни +3, інтервал від 0 до +6. Чи це справжня зміна, ще не видно.", "+3 since spring, interval 0 to +6. Whether it is real cannot be seen yet."), SeriesNote: in("Восени 2025 року ми змінили запитання. Сірі й сині точки не порівнюйте.", "In autumn 2025 the questions changed. Do not compare grey and blue points."),
		AreasHeading: in("Шість напрямів", "Six areas"), AreasText: in("Найкраще вдаються основи комп’ютера.", "Computer basics go best."), PointsTitle: in("Середній бал та інтервал 95 %", "Mean and 95% interval"), PointsNote: in("Шкала від 30 до 60, не від нуля.", "The axis runs from 30 to 60, not from zero."), AgesHeading: in("За віком", "By age"), BarsTitle: in("Мають щонайменше базовий рівень, %", "At least the basic level, %"), DownHeading: in("Завантажити", "Download"),
		Unheard: Note{Kind: "sun", Title: in("Кого ми не чуємо", "Whom we do not hear"), Text: []string{in("У цих групах менше ніж 10 відповідей:", "Fewer than 10 answers in these groups:")}, List: []string{in("чоловіки 70+, Подільський район", "men 70+, Podilskyi district")}},
		Downs:   []Download{{"/open-data", in("Показники", "Figures"), in("CSV, 14 кБ", "CSV, 14 kB")}, {"/open-data", in("Клітинки, n від 10", "Cells, n from 10"), in("CSV, 38 кБ", "CSV, 38 kB")}},
	}
	head := func(id, uk, en string) chart.Head {
		return chart.Head{ID: id, Title: in(uk, en), Desc: in("Числа стоять у таблиці.", "The figures are in the table.")}
	}
	p.Hundred = chart.Hundred{Head: head("hundred", "Сто людей", "A hundred people"), Parts: []chart.Part{{Kind: chart.Yes, Count: 54, Name: in("мають базовий рівень", "have the basic level")}, {Kind: chart.Maybe, Count: 4, Name: in("можливо, мають", "may have it")}, {Kind: chart.No, Count: 31, Name: in("в інтернеті, базового ще немає", "online, not basic yet")}, {Kind: chart.Off, Count: 11, Name: in("не користуються інтернетом", "do not use the internet")}}}.SVG()
	p.Series = chart.Series{Head: head("series", "Показник у часі", "The index over time"), Max: 75, Step: 25, Write: whole, Points: []chart.Moment{{Name: in("осінь", "autumn"), Under: "2024", Value: v(44, 40, 48), Break: false}, {Name: in("весна", "spring"), Under: "2025", Value: v(46, 43, 49), Break: false}, {Name: in("осінь", "autumn"), Under: "2025", Value: v(51, 48, 54), Break: true}, {Name: in("весна", "spring"), Under: "2026", Value: v(53, 51, 55), Break: false}, {Name: in("осінь", "autumn"), Under: "2026", Value: v(56, 54, 58), Break: false}}}.SVG()
	means := [][3]float64{{55.2, 54.1, 56.3}, {48.6, 47.5, 49.7}, {38.9, 37.8, 40}, {52.4, 51.3, 53.5}, {44.1, 43, 45.2}, {math.NaN(), 0, 0}}
	pts := chart.Points{Head: head("points", "Напрями", "Areas"), Min: 30, Max: 60, Step: 10, Whole: v(47.3, 46.4, 48.2), WholeName: in("місто 47,3", "city 47.3"), Write: whole}
	p.Areas = Table{Caption: in("Шість напрямів", "Six areas"), Hidden: true, Head: []Cell{{Text: in("Напрям", "Area")}, {Text: in("Бал зі 100", "Of 100"), Number: true}, {Text: in("Інтервал", "Interval"), Number: true}, {Text: "n", Number: true}}}
	for i, m := range means {
		val := v(m[0], m[1], m[2])
		name := in(areaNames[i][0], areaNames[i][1])
		if math.IsNaN(m[0]) {
			val = chart.Gap(in("замало", "too few"))
			p.Areas.Rows = append(p.Areas.Rows, []Cell{{Text: name, Area: i + 1}, {Note: in("замало", "too few"), Number: true}, {Text: "", Quiet: true}, {Text: "", Quiet: true}})
		} else {
			p.Areas.Rows = append(p.Areas.Rows, []Cell{{Text: name, Area: i + 1}, {Text: one(m[0]), Number: true, Strong: true}, {Text: one(m[1]) + "–" + one(m[2]), Number: true, Quiet: true}, {Text: "2 846", Number: true, Quiet: true}})
		}
		pts.Rows = append(pts.Rows, chart.Point{Area: i + 1, Value: val})
	}
	p.Points = pts.SVG()
	ages := []string{"14–17", "18–29", "30–39", "40–49", "50–59", "60–69", "70+"}
	shares := [][3]float64{{78, 71, 84}, {82, 77, 86}, {76, 72, 80}, {64, 59, 69}, {50, 45, 55}, {31, 26, 36}, {12, 8, 16}}
	bars := chart.Bars{Head: head("ages", "За віком", "By age"), Max: 100, Step: 25, Write: whole}
	p.Ages = Table{Caption: in("За віком", "By age"), Hidden: true, Head: []Cell{{Text: in("Вік, років", "Age")}, {Text: in("Зі 100", "Of 100"), Number: true}, {Text: in("Інтервал", "Interval"), Number: true}, {Text: "n", Number: true}}}
	for i, s := range shares {
		bars.Rows = append(bars.Rows, chart.Bar{Name: ages[i], Value: v(s[0], s[1], s[2])})
		p.Ages.Rows = append(p.Ages.Rows, []Cell{{Text: ages[i]}, {Text: whole(s[0]), Number: true, Strong: true}, {Text: whole(s[1]) + "–" + whole(s[2]), Number: true, Quiet: true}, {Text: "407", Number: true, Quiet: true}})
	}
	p.Bars = bars.SVG()
	p.Stacked = chart.Bars{Head: head("levels", "Рівні", "Levels"), Max: 40, Step: 10, Write: whole, Stacked: true, Rows: []chart.Bar{{Name: in("Початковий, A1", "Starting, A1"), Value: v(20, 17, 23), Level: 1}, {Name: in("Середній, B1", "Middle, B1"), Value: v(31, 28, 34), Level: 3}, {Name: in("Високий, C2", "High, C2"), Value: chart.Gap(in("замало", "too few")), Level: 6}}}.SVG()
	for i, n := range [][2]string{{"Фортечний", "Fortechnyi"}, {"Подільський", "Podilskyi"}, {"Нове", "Nove"}} {
		p.Smalls = append(p.Smalls, smallChart{in(n[0], n[1]), chart.Small{Head: head("s"+n[1], n[0], n[1]), Max: 75, Write: whole, Points: []chart.Value{v(44, 40, 48), v(46, 43, 49), v(50+float64(i), 47, 53)}}.SVG()})
	}
	return p
}

// sheets renders every page of the style sheet, keyed "index.uk".
func sheets(t *testing.T) map[string]string {
	t.Helper()
	b := words(t)
	r, err := New(Options{Words: b, Site: testSite(), Sets: []Set{{Name: "sheet", FS: os.DirFS("testdata/sheet")}},
		Funcs: template.FuncMap{"icons": IconNames}})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, lang := range i18n.Languages {
		in := func(uk, en string) string { return i18n.Text{UK: uk, EN: en}.In(lang) }
		for _, p := range sheetPages {
			name := p.name
			if name == "spot" || name == "errors" {
				name = "question"
			}
			data := p.data(in, b.Lang(lang))
			data.base().Lang = lang
			var w strings.Builder
			if err := r.Execute(&w, "sheet/"+name, data); err != nil {
				t.Fatalf("%s %s: %v", p.name, lang, err)
			}
			out[p.name+"."+lang] = w.String()
		}
	}
	return out
}
