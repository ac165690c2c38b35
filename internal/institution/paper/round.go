package paper

import (
	"fmt"
	"strings"
	"time"

	"osvitlo/internal/docx"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
)

// Body is an institution as the lists of a round name it.
type Body struct {
	ID, Name, Address string
	Roles             []institution.Role // that are asked there
}

// Monitoring is a round with what its documents need beside it.
type Monitoring struct {
	City   City
	Round  *round.Round
	Bodies []Body // by name
	Now    time.Time
}

// Words for roles in the accusative, as orders say whom to ask.
var asked = map[institution.Role]string{
	institution.Administration: "керівників закладів та їхніх заступників",
	institution.Teacher:        "учителів і викладачів",
	institution.Educator:       "вихователів",
	institution.Graduate:       "випускників",
	institution.Employee:       "працівників",
	institution.Official:       "посадових осіб",
}

// called are words for roles as lists name them.
var called = map[institution.Role]string{
	institution.Administration: "керівник і заступники",
	institution.Teacher:        "учителі й викладачі",
	institution.Educator:       "вихователі",
	institution.Graduate:       "випускники",
	institution.Employee:       "працівники",
	institution.Official:       "посадові особи",
}

// whom lists the roles of a round in words.
func (m Monitoring) whom() string {
	var list []string
	for _, role := range institution.Roles() {
		if _, ok := m.Round.InstrumentOf(role); ok {
			list = append(list, asked[role])
		}
	}
	return orElse(strings.Join(list, ", "), docx.Line(30))
}

func (m Monitoring) asks(role institution.Role) bool {
	_, ok := m.Round.InstrumentOf(role)
	return ok
}

// first and last are the days of a round; the close is the end of its last day.
func (m Monitoring) first() time.Time { return m.Round.Opens.In(i18n.Kyiv) }
func (m Monitoring) last() time.Time  { return m.Round.Closes.In(i18n.Kyiv).Add(-time.Second) }

func (m Monitoring) closes() time.Time { return m.Round.Closes.In(i18n.Kyiv) }

// before is the working day that lies at least some days before another.
func before(t time.Time, days int) time.Time {
	t = t.AddDate(0, 0, -days)
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, -1)
	}
	return t
}

// after is the working day that comes some days after another, or the next one.
func after(t time.Time, days int) time.Time {
	t = t.AddDate(0, 0, days)
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, 1)
	}
	return t
}

func (m Monitoring) foot() string {
	return "Проєкт документа, " + short(m.Now) + ". " + m.Round.Title.UK
}

// Order is the order on a round with its three annexes.
func Order(m Monitoring) *docx.Document {
	c := m.City
	title := "Про проведення моніторингу цифрової грамотності\nу " + year(m.Round.Year) + " навчальному році"
	d := begin(c, "Наказ: "+strings.ReplaceAll(title, "\n", " "), m.foot(), m.Now)
	letterhead(d, c, "НАКАЗ")
	dateline(d, c, m.Round.Order.Date, m.Round.Order.Number)
	subject(d, title)
	d.Text("Підстава: "+docx.Or(c.Decree, 50)+".",
		"Мета: дізнатися, яких цифрових умінь і якої допомоги потребують люди в закладах освіти, і спланувати підтримку.")
	d.Paragraph(docx.Para{Text: "НАКАЗУЮ:", Align: docx.Left, Bold: true, Keep: true})
	n := d.Numbers()
	n.Point(fmt.Sprintf("Провести моніторинг «%s» з %s до %s за календарем (додаток 2) у закладах за переліком (додаток 1).", m.Round.Title.UK, date(m.first()), date(m.last())))
	n.Point("Запросити до участі " + m.whom() + ". Участь добровільна. Відмову не пояснюють, і вона не має наслідків.")
	n.Point("Дати всім учасникам таку обіцянку й дотримуватися її: «" + Promise + "»")
	n.Point("Відповіді збирати без імен, за одноразовими кодами на однакових аркушах. Не записувати, хто який код узяв, хто відповів і коли.")
	n.Point("Керівникам закладів:")
	n.Sub(fmt.Sprintf("До %s призначити відповідальну особу й подати відомості про неї (додаток 3).", date(before(m.first(), 14))))
	n.Sub("Надрукувати аркуші з кодами, розрізати їх і покласти так, щоб кожна людина взяла один навмання.")
	n.Sub("Виділити робочий час і пристрій тим, хто захоче відповісти на роботі.")
	n.Sub("Не вимагати показати код, відповіді чи результат; не складати списків тих, хто відповів або не відповів.")
	if m.asks(institution.Graduate) {
		n.Sub(fmt.Sprintf("До %s передати інформаційний аркуш батькам випускників. Тим, хто не бере участі, дати на цей час нейтральне завдання.", date(before(m.first(), 7))))
	}
	n.Sub(fmt.Sprintf("До %s знищити за актом аркуші, які лишилися.", date(after(m.closes(), 7))))
	n.Point("Відповідальній особі управління освіти " + docx.Line(24) + ":")
	n.Sub("Перевірити перелік закладів і кількість людей у них до початку збору.")
	n.Sub("Відповідати на запитання закладів і раз на добу стежити за загальною кількістю відповідей.")
	n.Sub(fmt.Sprintf("До %s подати довідку про підсумки.", date(m.reportDue())))
	n.Point("Підсумки оприлюднювати лише для груп від 10 людей. Місць і рейтингів закладів не складати.")
	n.Point("Контроль за виконанням наказу: " + docx.Line(36) + ".")
	d.Sign(docx.Signature{Post: "Начальник управління освіти"}, docx.Signature{Post: "Погоджено: юрист"})
	m.list(d)
	m.calendar(d)
	m.responsible(d)
	return d
}

// reportDue is the last day of January after a round.
func (m Monitoring) reportDue() time.Time {
	last := m.last()
	end := time.Date(last.Year()+1, time.January, 31, 12, 0, 0, 0, last.Location())
	if last.Month() == time.January && last.Day() < 20 {
		end = end.AddDate(-1, 0, 0)
	}
	return before(end, 0)
}

func (m Monitoring) annex(d *docx.Document, n int) {
	annex(d, fmt.Sprintf("Додаток %d", n), "до наказу від "+orElse(m.orderDay(), docx.Line(14))+" № "+docx.Or(m.Round.Order.Number, 6))
}

func (m Monitoring) orderDay() string {
	t, err := time.ParseInLocation(time.DateOnly, m.Round.Order.Date, i18n.Kyiv)
	if err != nil {
		return ""
	}
	return t.Format("02.01.2006")
}

func (m Monitoring) list(d *docx.Document) {
	d.PageBreak()
	m.annex(d, 1)
	d.Heading(1, "ПЕРЕЛІК ЗАКЛАДІВ")
	rows := make([][]string, 0, len(m.Bodies))
	for i, b := range m.Bodies {
		var roles []string
		for _, r := range b.Roles {
			roles = append(roles, called[r])
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), b.Name, b.Address, strings.Join(roles, ", ")})
	}
	d.Table(docx.Table{Rows: rows, Columns: []docx.Column{{Head: "№", Width: 6, Number: true}, {Head: "Заклад", Width: 36}, {Head: "Адреса", Width: 24}, {Head: "Кого запрошуємо", Width: 34}}})
}

func (m Monitoring) calendar(d *docx.Document) {
	d.PageBreak()
	m.annex(d, 2)
	d.Heading(1, "КАЛЕНДАР МОНІТОРИНГУ")
	until := func(t time.Time) string { return "до " + short(t) }
	rows := [][]string{
		{until(before(m.first(), 14)), "Призначити відповідальних у закладах; уточнити кількість людей", "Керівники закладів"},
	}
	if m.asks(institution.Graduate) {
		rows = append(rows, []string{until(before(m.first(), 7)), "Передати інформаційний аркуш батькам випускників", "Керівники закладів"})
	}
	rows = append(rows,
		[]string{until(before(m.first(), 1)), "Розповісти колективу про моніторинг і прочитати обіцянку", "Керівники закладів"},
		[]string{"з " + short(m.first()), "Надрукувати, розрізати й роздати аркуші з кодами", "Відповідальні в закладах"},
		[]string{short(m.first()) + " – " + short(m.last()), "Відповіді на запитання анкет", "Усі, хто хоче взяти участь"},
		[]string{short(before(m.last(), 7)), "Нагадати про останній тиждень", "Відповідальні в закладах"},
		[]string{until(m.closes().Add(round.Grace)), "Закінчити те, що розпочали вчасно", "Учасники"},
		[]string{until(after(m.closes(), 7)), "Знищити за актом аркуші, які лишилися", "Керівники закладів"},
		[]string{"після " + short(m.closes().Add(round.Grace)), "Скласти підсумки; заклади бачать свої", "Управління освіти"},
		[]string{until(m.reportDue()), "Подати довідку про підсумки", "Управління освіти"},
		[]string{"до 31.08." + fmt.Sprint(m.Round.Year+1), "Подати пропозиції до бюджетного запиту за планами закладів", "Керівники закладів, управління освіти"})
	for i := range rows {
		rows[i] = append([]string{fmt.Sprint(i + 1)}, rows[i]...)
	}
	d.Table(docx.Table{Rows: rows, Columns: []docx.Column{{Head: "№", Width: 6, Number: true}, {Head: "Коли", Width: 24}, {Head: "Що", Width: 44}, {Head: "Хто", Width: 26}}})
}

func (m Monitoring) responsible(d *docx.Document) {
	d.Landscape()
	m.annex(d, 3)
	d.Heading(1, "ВІДПОВІДАЛЬНІ ОСОБИ")
	rows := make([][]string, 0, len(m.Bodies))
	for i, b := range m.Bodies {
		rows = append(rows, []string{fmt.Sprint(i + 1), b.Name, "", "", "", ""})
	}
	d.Table(docx.Table{Tall: true, Rows: rows, Columns: []docx.Column{{Head: "№", Width: 5, Number: true}, {Head: "Заклад", Width: 37}, {Head: "Посада", Width: 15}, {Head: "Прізвище, ім'я, по батькові", Width: 22}, {Head: "Телефон", Width: 11}, {Head: "Підпис", Width: 10}}})
}

// Letter tells institutions about a round.
func Letter(m Monitoring) *docx.Document {
	c := m.City
	d := begin(c, "Інформаційний лист закладам", m.foot(), m.Now)
	letterhead(d, c, "")
	d.Paragraph(docx.Para{Text: "Від " + docx.Line(12) + " № " + docx.Line(8), Align: docx.Left})
	annex(d, "Керівникам закладів", "(за переліком)")
	subject(d, "Про моніторинг цифрової грамотності")
	d.Text(fmt.Sprintf("З %s до %s у вашому закладі триватиме моніторинг «%s».", date(m.first()), date(m.last()), m.Round.Title.UK),
		"Запрошуємо "+m.whom()+". Кожна людина вирішує сама, чи відповідати.")
	d.Heading(2, "Навіщо це закладу")
	d.Text("Після завершення ви побачите підсумки закладу, порівняння з медіаною міста й пропозиції до плану цифровізації. Учасник одразу отримує власний профіль і курс, який йому підійде.")
	d.Heading(2, "Що обіцяємо людям")
	d.Text("«"+Promise+"»", "Прочитайте ці слова колективу й дотримуйтеся їх.")
	d.Heading(2, "Що зробити")
	n := d.Numbers()
	n.Point(fmt.Sprintf("До %s назвати відповідальну особу й уточнити кількість людей.", date(before(m.first(), 14))))
	if m.asks(institution.Graduate) {
		n.Point(fmt.Sprintf("До %s передати батькам випускників інформаційний аркуш.", date(before(m.first(), 7))))
	}
	n.Point("Надрукувати аркуші з кодами. Покласти їх у коробку: кожен бере один навмання.")
	n.Point("Не записувати, хто взяв код, і не питати, хто відповів.")
	n.Point("Аркуші, які лишилися, знищити за актом.")
	n.Point("Сайт: " + site(c) + ". " + ask(c))
	d.Text("Малі групи показуємо лише разом зі схожими закладами. Тому закладу, де в якійсь ролі менше 10 людей, окремих чисел не буде.")
	d.Sign(docx.Signature{Post: "Начальник управління освіти"})
	return d
}

// Parents is the sheet of an institution for parents of graduates, with the task for those who refuse.
func Parents(m Monitoring, school string) *docx.Document {
	c := m.City
	d := begin(c, "Інформаційний аркуш для батьків випускників", m.foot(), m.Now)
	d.Heading(1, "Опитування випускників: що варто знати батькам")
	d.Paragraph(docx.Para{Align: docx.Left, Text: "Заклад: " + docx.Or(school, 44)})
	d.Text(fmt.Sprintf("Шановні батьки! З %s до %s ваша дитина може взяти участь у моніторингу «%s».", date(m.first()), date(m.last()), m.Round.Title.UK))
	d.Heading(2, "Хто запитує й навіщо")
	d.Text(docx.Or(c.Owner, 40) + " хоче знати, яких цифрових умінь бракує випускникам, щоб допомогти закладам. Підстава: " + docx.Or(c.Decree, 40) + ".")
	d.Heading(2, "Що в анкеті")
	d.Text("Завдання про цифрові вміння та запитання про навчання з пристроями й самопочуття. Оцінки за це немає.",
		"Не питаємо ім'я, адресу, телефон. Не питаємо про рідних на службі, втрати, місце, звідки родина приїхала, і насильство.")
	d.Heading(2, "Хто побачить відповіді")
	d.Text("Ніхто в закладі не бачить, хто що відповів. Дитина бере аркуш із кодом навмання; хто який узяв, не записують. Заклад і управління освіти бачать лише підсумки груп від 10 людей.")
	d.Heading(2, "Можна відмовитися")
	d.Text("Ви або дитина можете сказати «ні» будь-коли: усно, запискою або просто не починаючи анкету. Причини пояснювати не треба. На оцінки й ставлення це не впливає. Хто не бере участі, має в цей час інше спокійне завдання; його не збирають і не перевіряють.")
	d.Heading(2, "Куди звернутися")
	d.Text(ask(c)+" Сайт: "+site(c)+".", "Якщо дитині важко й потрібно поговорити: 116 111, гаряча лінія для дітей та молоді.")
	d.PageBreak()
	d.Heading(1, "Завдання на цей час")
	d.Paragraph(docx.Para{Align: docx.Center, Italic: true, Text: "Для тих, хто не заповнює анкету. Цей аркуш лишається у вас, його не перевіряють."})
	d.Text("Уявіть: п'ятикласник уперше сам планує навчальний тиждень. Складіть для нього коротку пораду на один бік аркуша.")
	n := d.Numbers()
	n.Point("Напишіть три справи, які варто робити того самого дня, коли їх задали.")
	n.Point("Намалюйте таблицю на п'ять днів. Залиште в кожному дні вільну годину.")
	n.Point("Придумайте знак для справ, які можна перенести, і для тих, які не можна.")
	n.Point("Порадьте, що робити, коли чогось не встиг.")
	n.Point("Прочитайте свою пораду: чи все в ній зрозуміло п'ятикласникові? Виправте одне речення.")
	return d
}

// Kinds of documents of a round.
const (
	KindOrder        = "order"
	KindLetter       = "letter"
	KindParents      = "parents"
	KindResults      = "results"
	KindMinutes      = "minutes"
	KindDestroyed    = "destroyed"
	KindCertificates = "certificates"
	KindRequirement  = "requirement"
)
