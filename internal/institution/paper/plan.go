package paper

import (
	"fmt"
	"time"

	"osvitlo/internal/docx"
)

// Plan is an institution's plan of digitalisation as an annex to its order.
type Plan struct {
	Institution string
	Number      string    // of the order; empty: room for it
	Date        string    // of the order in words; empty: room for it
	Period      string    // «2026/2027–2028/2029 навчальні роки»
	Figures     string    // which figures it rests on, with version and day; empty: none
	Measures    []Measure // in the order of the plan
	Total       string    // cost of all, «125 000 грн»; empty: not known
	Head        string    // post of who signs; empty: «Керівник закладу»
}

// Measure is a line of a plan. Empty fields stay lines to fill in.
type Measure struct {
	Title, Why, Owner, Deadline, Cost, Source, Indicator, Status string
}

// PlanAnnex writes a plan as an annex to an order.
func PlanAnnex(c City, p Plan, now time.Time) *docx.Document {
	d := begin(c, "Стратегічний план цифровізації: "+p.Institution, "Роздруковано "+short(now), now)
	d.Landscape()
	annex(d, "Додаток", "до наказу від "+docx.Or(p.Date, 14)+" № "+docx.Or(p.Number, 6))
	d.Heading(1, "СТРАТЕГІЧНИЙ ПЛАН ЦИФРОВІЗАЦІЇ\n"+docx.Or(p.Institution, 50))
	d.Paragraph(docx.Para{Text: docx.Or(p.Period, 30), Align: docx.Center})
	if p.Figures != "" {
		d.Paragraph(docx.Para{Text: "План спирається на підсумки: " + p.Figures, Align: docx.Left, Small: true})
	}
	rows := make([][]string, 0, len(p.Measures)+1)
	for i, m := range p.Measures {
		cost := docx.Or(m.Cost, 8)
		if m.Source != "" {
			cost += "\n" + m.Source
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), docx.Or(m.Title, 16), m.Why, docx.Or(m.Owner, 12), docx.Or(m.Deadline, 10), cost, docx.Or(m.Indicator, 12), m.Status})
	}
	if len(rows) == 0 {
		for range 5 {
			rows = append(rows, make([]string, 8))
		}
	}
	if p.Total != "" {
		rows = append(rows, []string{"", "Разом", "", "", "", p.Total, "", ""})
	}
	d.Table(docx.Table{Small: true, Total: p.Total != "", Tall: len(p.Measures) == 0, Rows: rows, Columns: []docx.Column{{Head: "№", Width: 4, Number: true}, {Head: "Захід", Width: 19}, {Head: "Чому він потрібен", Width: 16},
		{Head: "Відповідальна посада", Width: 14}, {Head: "Строк", Width: 10}, {Head: "Кошти й джерело", Width: 12}, {Head: "Показник і ціль", Width: 17}, {Head: "Стан", Width: 12}}})
	d.Sign(docx.Signature{Post: orElse(p.Head, "Керівник закладу")})
	return d
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}
