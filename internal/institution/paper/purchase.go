package paper

import (
	"fmt"
	"time"

	"osvitlo/internal/docx"
)

// Need is a line of a requirement: what has to be possible, never a brand.
type Need struct {
	What     string // «Ноутбук для вчителя»
	For      string // what it is for: the gap it closes
	Must     string // least properties; empty: room to write them
	N        int    // 0: room to write it
	Unit     string // «шт.»; empty: «шт.»
	Where    string // room or institution
	Priority string
}

// Requirement is a technical requirement («технічне завдання») for a purchase.
type Requirement struct {
	Institution string // who needs it; empty: room to write it
	Subject     string // «обладнання для цифрової лабораторії»
	Why         string // the reason in sentences; empty: room to write it
	Figures     string // which figures the reason rests on, with version and day
	Needs       []Need
}

// RequirementOf writes a requirement for a purchase that follows from a gap.
func RequirementOf(c City, r Requirement, now time.Time) *docx.Document {
	d := begin(c, "Технічне завдання: "+orElse(r.Subject, "закупівля"), "Проєкт. Роздруковано "+short(now), now)
	annex(d, "ЗАТВЕРДЖУЮ", docx.Line(24), "(посада)", docx.Line(24), "(підпис, ім'я та прізвище)", "«___» ______________ 20___ року")
	d.Heading(1, "ТЕХНІЧНЕ ЗАВДАННЯ\nна закупівлю: "+docx.Or(r.Subject, 30))
	d.Heading(2, "1. Для кого і навіщо")
	d.Text("Заклад: " + docx.Or(r.Institution, 40) + ".")
	d.Text("Потреба: " + docx.Or(r.Why, 60))
	if r.Figures != "" {
		d.Text("Дані, на які спирається потреба: " + r.Figures)
	}
	d.Heading(2, "2. Що потрібно")
	d.Paragraph(docx.Para{Text: "Завдання описує потреби, а не марки. Якщо назвати марку все ж необхідно, поруч пишуть «або еквівалент» і пояснюють чому.", Small: true, Align: docx.Left})
	rows := make([][]string, 0, max(len(r.Needs), 4))
	for i, n := range r.Needs {
		count := docx.Line(4)
		if n.N > 0 {
			count = fmt.Sprint(n.N)
		}
		what := docx.Or(n.What, 16)
		if n.Where != "" {
			what += "\nДе: " + n.Where
		}
		if n.Priority != "" {
			what += "\n" + n.Priority
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), what, docx.Or(n.For, 18), docx.Or(n.Must, 24), count + " " + orElse(n.Unit, "шт.")})
	}
	for i := len(rows); i < 4 && len(r.Needs) == 0; i++ {
		rows = append(rows, []string{fmt.Sprint(i + 1), "", "", "", ""})
	}
	d.Table(docx.Table{Tall: len(r.Needs) == 0, Rows: rows, Columns: []docx.Column{{Head: "№", Width: 5, Number: true}, {Head: "Що потрібно", Width: 25}, {Head: "Для якої роботи", Width: 25}, {Head: "Найменші вимоги", Width: 33}, {Head: "Кількість", Width: 12, Center: true}}})
	d.Heading(2, "3. Загальні вимоги")
	d.Bullets(
		"Товар новий, придатний до роботи одразу після передання; назви й позначення на ньому та в інструкції — українською.",
		"Гарантія: не менше "+docx.Line(4)+" місяців. Хто й за скільки днів забирає в ремонт: "+docx.Line(20)+".",
		"Програми, які постачають разом, мають строк дії ліцензії не менше "+docx.Line(4)+" місяців; після нього дані закладу лишаються доступними.",
		"Облікові записи належать закладу; постачальник не зберігає паролів і даних учнів.",
		"Обладнанням може користуватися людина з порушеннями зору, слуху або руху: "+docx.Line(30)+" (як саме).",
		"Навчання тих, хто працюватиме з обладнанням: "+docx.Line(30)+".")
	d.Heading(2, "4. Передання")
	d.Text("Місце: "+docx.Line(40)+". Строк: "+docx.Line(20)+".", "Хто приймає й перевіряє: "+docx.Line(40)+".", "Очікувана вартість і джерело коштів: "+docx.Line(40)+".")
	d.Sign(docx.Signature{Post: "Склав (склала):"}, docx.Signature{Post: "Перевірив (перевірила):"})
	return d
}
