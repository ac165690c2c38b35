package paper

import (
	"fmt"
	"math"
	"strings"

	"osvitlo/internal/docx"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
)

// Variable is a column of figures with its name.
type Variable struct {
	ID, Name string
	// Self says that people judge themselves in it; it is never shown without Knowledge.
	Self bool
}

// Knowledge is the mean of the tasks.
const Knowledge = "knowledge"

// Outcome is the figures of a role, as report.Table and report.Changes give them out.
type Outcome struct {
	Role      institution.Role
	Variables []Variable
	Table     report.Table
	Changes   []report.Change // since the last round; nil: none to compare with
}

// Name names an institution by its id.
type Name func(id string) string

// number is points with one decimal; a dash where there is nothing to say.
func number(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return uk.Number(x, 1)
}

// figure is a mean with its interval.
func figure(f report.Figures, ok bool) string {
	if !ok || math.IsNaN(f.Mean) {
		return "–"
	}
	if math.IsNaN(f.Low) {
		return number(f.Mean)
	}
	return fmt.Sprintf("%s (%s–%s)", number(f.Mean), number(f.Low), number(f.High))
}

// share is how many of the frame answered.
func share(n, frame int64) string {
	if frame <= 0 {
		return "–"
	}
	return uk.Number(math.Round(100*float64(n)/float64(frame)), 0) + " %"
}

// version says which figures a document holds.
func version(r *round.Round) string {
	return fmt.Sprintf("підсумки збору «%s», складені %s, версія %s", r.Title.UK, date(r.Cut.Time), r.ID)
}

// shown are the variables a table may hold: a self-rating never without the knowledge
// part beside it (the people's findings, 9).
func (o Outcome) shown() (list []Variable) {
	_, knows := o.Table.Total.Cells[Knowledge]
	for _, r := range o.Table.Rows {
		if _, ok := r.Cells[Knowledge]; ok {
			knows = true
		}
	}
	for _, v := range o.Variables {
		if !v.Self || knows {
			list = append(list, v)
		}
	}
	return list
}

// Results is the note on the results of a round.
func Results(m Monitoring, outcomes []Outcome, name Name) *docx.Document {
	c := m.City
	d := begin(c, "Довідка про підсумки моніторингу", "Числа: "+version(m.Round), m.Now)
	letterhead(d, c, "ДОВІДКА\nпро підсумки моніторингу цифрової грамотності\nу "+year(m.Round.Year)+" навчальному році")
	d.Text(fmt.Sprintf("Моніторинг тривав з %s до %s. Підстава: наказ від %s № %s.", date(m.first()), date(m.last()), dayOr(m.Round.Order.Date), docx.Or(m.Round.Order.Number, 6)),
		"Числа в довідці: "+version(m.Round)+". Довідку роздруковано "+date(m.Now)+".")
	d.Heading(2, "1. Скільки людей відповіли")
	var rows [][]string
	for _, o := range outcomes {
		t := o.Table.Total
		n, frame := "менше 10", "–"
		if t.N > 0 {
			n = uk.Int(t.N)
		}
		if t.Frame > 0 {
			frame = uk.Int(t.Frame)
		}
		rows = append(rows, []string{called[o.Role], n, frame, share(t.N, t.Frame)})
	}
	d.Table(docx.Table{Rows: rows, Columns: []docx.Column{{Head: "Хто", Width: 40}, {Head: "Відповіли", Width: 20, Number: true}, {Head: "З усіх", Width: 20, Number: true}, {Head: "Частка", Width: 20, Number: true}}})
	d.Text("Що менша частка, то обережніше читаємо підсумки: хто не відповів, міг відповісти інакше.")
	d.Heading(2, "2. Що вийшло")
	d.Text("Бали від 0 до 100. У дужках — межі, у яких справжнє середнє лежить із певністю 95 %. «Завдання» — те, що люди зробили; інші рядки — те, як вони оцінили себе самі.")
	for _, o := range outcomes {
		m.outcome(d, o)
	}
	d.Heading(2, "3. Як змінилося за рік")
	m.changes(d, outcomes, name)
	d.Heading(2, "4. Висновки")
	d.Text("Найбільше підтримки потребують: "+docx.Line(40), docx.Line(60), "Що пропонуємо: "+docx.Line(40), docx.Line(60), "Скільки це коштує й звідки кошти: "+docx.Line(36))
	d.Heading(2, "5. Як читати ці числа")
	d.Bullets("Підсумки подано для груп від 10 людей. Менші групи об'єднано зі схожими або не показано.",
		"Місць закладам не присвоюємо: різниця в межах похибки нічого не означає.",
		"Самооцінка без завдань не показує вміння, тому вони стоять поруч.")
	d.Sign(docx.Signature{Post: "Начальник управління освіти"})
	for _, o := range outcomes {
		m.byInstitution(d, o, name)
	}
	return d
}

func (m Monitoring) outcome(d *docx.Document, o Outcome) {
	d.Heading(3, upper(called[o.Role]))
	if o.Table.Total.N == 0 {
		d.Text("Відповіли менше 10 людей, тому підсумків немає.")
		return
	}
	var rows [][]string
	for _, v := range o.shown() {
		f, ok := o.Table.Total.Cells[v.ID]
		quarter := "–"
		if ok && len(f.Quarter) == 3 {
			quarter = fmt.Sprintf("%s / %s / %s", uk.Number(f.Quarter[0], 0), uk.Number(f.Quarter[1], 0), uk.Number(f.Quarter[2], 0))
		}
		rows = append(rows, []string{v.Name, figure(f, ok), quarter})
	}
	d.Table(docx.Table{Rows: rows, Columns: []docx.Column{{Head: "Показник", Width: 56}, {Head: "Середнє", Width: 24, Center: true}, {Head: "Чверть / медіана / три чверті", Width: 20, Center: true}}})
}

func (m Monitoring) changes(d *docx.Document, outcomes []Outcome, name Name) {
	var rows [][]string
	compared := false
	for _, o := range outcomes {
		compared = compared || len(o.Changes) > 0
		names := map[string]string{}
		for _, v := range o.shown() {
			names[v.ID] = v.Name
		}
		for _, c := range o.Changes {
			title, ok := names[c.Variable]
			if !c.Real || !ok {
				continue
			}
			var who []string
			for _, id := range c.Units {
				who = append(who, name(id))
			}
			sign := "+"
			if c.Difference < 0 {
				sign = "−"
			}
			set := strings.Join(who, "; ")
			if len(who) > 12 {
				set = fmt.Sprintf("разом закладів: %d", len(who))
			}
			rows = append(rows, []string{set, called[o.Role], title, number(c.Before.Mean), number(c.Now.Mean), sign + number(math.Abs(c.Difference))})
		}
	}
	switch {
	case !compared:
		d.Text("Порівнювати ще немає з чим: це перший збір, або торішні числа не можна зіставити.")
	case len(rows) == 0:
		d.Text("Справжніх змін не виявлено: усі різниці з торішніми числами в межах похибки.")
	default:
		d.Text("Подано лише зміни, більші за похибку з поправкою на кількість порівнянь.")
		d.Table(docx.Table{Small: true, Rows: rows, Columns: []docx.Column{{Head: "Заклади", Width: 34}, {Head: "Хто", Width: 14}, {Head: "Показник", Width: 24}, {Head: "Було", Width: 9, Number: true}, {Head: "Стало", Width: 9, Number: true}, {Head: "Зміна", Width: 10, Number: true}}})
	}
}

// byInstitution is an annex: the knowledge part and the mean of each row that the report
// gives out, in the order of names.
func (m Monitoring) byInstitution(d *docx.Document, o Outcome, name Name) {
	variables := o.shown()
	if len(o.Table.Rows) == 0 || len(variables) == 0 {
		return
	}
	// eight columns of figures fit on a page
	for from := 0; from < len(variables); from += 8 {
		part := variables[from:min(from+8, len(variables))]
		if from > 0 && part[0].ID != Knowledge {
			part = append([]Variable{variables[0]}, part...)
		}
		d.Landscape()
		annex(d, "Додаток", "до довідки")
		d.Heading(1, "ПІДСУМКИ ЗА ЗАКЛАДАМИ: "+strings.ToUpper(called[o.Role]))
		columns := []docx.Column{{Head: "Заклад або група закладів", Width: 30}, {Head: "Відпо-\nвіли", Width: 7, Number: true}}
		for _, v := range part {
			columns = append(columns, docx.Column{Head: v.Name, Width: 9, Number: true})
		}
		rows := make([][]string, 0, len(o.Table.Rows))
		for _, r := range o.Table.Rows {
			var who []string
			for _, id := range r.Units {
				who = append(who, name(id))
			}
			row := []string{strings.Join(who, "; "), uk.Int(r.N)}
			for _, v := range part {
				f, ok := r.Cells[v.ID]
				if !ok {
					row = append(row, "–")
					continue
				}
				row = append(row, number(f.Mean))
			}
			rows = append(rows, row)
		}
		d.Table(docx.Table{Small: true, Rows: rows, Columns: columns})
		d.Paragraph(docx.Para{Small: true, Align: docx.Left, Text: "«–» означає, що число не показано: воно дало б змогу обчислити відповіді менш ніж 10 людей. Числа: " + version(m.Round) + "."})
	}
}

// upper begins a word with a capital.
func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// Minutes are those of the meeting that looks at the results. Without a name they are of
// the department; outcomes may be empty.
func Minutes(m Monitoring, school string, outcomes []Outcome) *docx.Document {
	d := begin(m.City, "Протокол про розгляд підсумків моніторингу", m.foot(), m.Now)
	if school == "" {
		letterhead(d, m.City, "ПРОТОКОЛ")
	} else {
		atSchool(d, school, "ПРОТОКОЛ\nзасідання "+docx.Line(30))
	}
	dateline(d, m.City, "", "")
	d.Paragraph(docx.Para{Align: docx.Left, Text: "Голова: " + docx.Line(36) + "\nСекретар: " + docx.Line(34) + "\nПрисутні: " + docx.Line(6) + " осіб (список додається)"})
	d.Heading(2, "Порядок денний")
	n := d.Numbers()
	n.Point("Про підсумки моніторингу «" + m.Round.Title.UK + "».")
	n.Point("Про план цифровізації.")
	d.Heading(2, "1. Слухали")
	d.Text(docx.Line(30) + " про підсумки моніторингу у " + year(m.Round.Year) + " навчальному році.")
	if !m.Round.Cut.IsZero() {
		d.Text("Числа: " + version(m.Round) + ".")
	}
	said := false
	for _, o := range outcomes {
		t := o.Table.Total
		if t.N == 0 {
			continue
		}
		said = true
		line := fmt.Sprintf("%s: відповіли %s", upper(called[o.Role]), uk.Int(t.N))
		if t.Frame > 0 {
			line += " з " + uk.Int(t.Frame)
		}
		if f, ok := t.Cells[Knowledge]; ok {
			line += "; завдання — " + figure(f, ok) + " зі 100 балів"
		}
		d.Bullets(line + ".")
	}
	if !said {
		d.Text("Підсумки: " + docx.Line(50) + ".")
	}
	d.Paragraph(docx.Para{Align: docx.Left, Text: "Виступили: " + docx.Line(50) + "\n" + docx.Line(60)})
	d.Paragraph(docx.Para{Text: "Ухвалили:", Align: docx.Left, Bold: true, Keep: true})
	n = d.Numbers()
	n.Point("Підсумки взяти до відома. Не шукати, хто що відповів, і не робити з підсумків висновків про окремих людей.")
	n.Point("Найважливіші потреби: " + docx.Line(40) + ".")
	n.Point("До " + docx.Line(14) + " підготувати план цифровізації. Відповідає " + docx.Line(20) + ".")
	n.Point(docx.Line(50))
	d.Paragraph(docx.Para{Align: docx.Left, Text: "Голосували: за — " + docx.Line(4) + ", проти — " + docx.Line(4) + ", утрималися — " + docx.Line(4) + "."})
	d.Sign(docx.Signature{Post: "Голова"}, docx.Signature{Post: "Секретар"})
	return d
}

// Printed is how many codes of a role an institution had printed.
type Printed struct {
	Role institution.Role
	N    int64
}

// Destroyed is the act on the sheets with codes that were left over.
func Destroyed(m Monitoring, school string, printed []Printed) *docx.Document {
	d := begin(m.City, "Акт про знищення аркушів із кодами", m.foot(), m.Now)
	annex(d, "ЗАТВЕРДЖУЮ", "Керівник закладу", docx.Line(24), "(підпис, ім'я та прізвище)", "«___» ______________ 20___ року")
	atSchool(d, school, "АКТ\nпро знищення аркушів із кодами")
	d.Paragraph(docx.Para{Align: docx.Center, Text: "«___» ______________ 20___ року   № " + docx.Line(6)})
	d.Text("Комісія в складі: голова "+docx.Line(36)+", члени "+docx.Line(36)+", "+docx.Line(36)+" склала цей акт про таке.",
		fmt.Sprintf("Для моніторингу «%s» (%s – %s) заклад надрукував аркуші з одноразовими кодами. Невикористані та зіпсовані аркуші комісія порахувала і знищила.", m.Round.Title.UK, short(m.first()), short(m.last())))
	rows := make([][]string, 0, len(printed)+1)
	for _, p := range printed {
		rows = append(rows, []string{called[p.Role], uk.Int(p.N), "", "", "", ""})
	}
	for len(rows) < 3 {
		rows = append(rows, make([]string, 6))
	}
	d.Table(docx.Table{Tall: true, Rows: rows, Columns: []docx.Column{{Head: "Для кого", Width: 25}, {Head: "Надруковано", Width: 15, Number: true}, {Head: "Взяли люди", Width: 15}, {Head: "Зіпсовано", Width: 15}, {Head: "Лишилося", Width: 15}, {Head: "Знищено", Width: 15}}})
	d.Text("Як знищено: "+docx.Line(36)+" (подрібнено, спалено).",
		"Коди не переписували й не фотографували. Списку, хто взяв аркуш, не складали.")
	d.Sign(docx.Signature{Post: "Голова комісії"}, docx.Signature{Post: "Член комісії"}, docx.Signature{Post: "Член комісії"})
	return d
}
