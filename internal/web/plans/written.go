package plans

import (
	"cmp"
	"strconv"
	"strings"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// written is a draft as rows.
func (v *view) written(d *plan.Draft) (list []page.Row) {
	for _, name := range []string{"text", "owner", "deadline", "cost", "money", "indicator", "status", "reason", "notes"} {
		if text := v.worded(name, d); text != "" {
			list = append(list, page.Row{Key: v.t("field." + name), Value: text})
		}
	}
	return list
}

// worded is a field of a draft in words.
func (v *view) worded(name string, d *plan.Draft) string {
	switch name {
	case "title":
		return d.Title
	case "text":
		return d.Text
	case "answers":
		return v.answered(d.Answers)
	case "goal_to":
		return v.exact(d.Goal.To)
	case "goal_from":
		return v.exact(d.Goal.From)
	case "goal_is":
		return v.exact(d.Goal.Is)
	case "goal_unit":
		return d.Goal.Unit
	case "goal_year":
		if d.Goal.To != nil {
			return institution.YearName(d.Goal.Year)
		}
	case "target":
		return d.Target
	case "owner":
		return d.Owner
	case "deadline":
		return v.day(d.Deadline)
	case "cost":
		return v.cost(&plan.Measure{Draft: *d})
	case "money":
		if d.Money != "" {
			return v.source(d.Money)
		}
	case "indicator":
		return d.Indicator
	case "status":
		if d.Status != "" {
			return v.status(d.Status)
		}
	case "reason":
		return d.Reason
	case "notes":
		return d.Notes
	}
	return ""
}

// both puts what was typed beside what was saved meanwhile.
func (v *view) both(typed, saved *plan.Draft) *page.Compare {
	c := &page.Compare{Caption: v.t("both"), A: v.t("both.yours"), B: v.t("both.theirs")}
	for _, name := range []string{"title", "text", "answers", "goal_to", "goal_year", "goal_from", "goal_is", "goal_unit", "target", "owner", "deadline", "cost", "money", "indicator", "status", "reason", "notes"} {
		a, b := v.worded(name, typed), v.worded(name, saved)
		if a != b {
			c.Rows = append(c.Rows, page.CompareRow{Name: v.t("field." + name), A: a, B: b})
		}
	}
	return c
}

// history is what was done to a measure.
func (v *view) history(m *plan.Measure) page.Block {
	me := string(gate.Actor(v.c).Person)
	g := &page.Grid{Caption: v.t("history"), Hidden: true, Cards: true, Head: []page.GridHead{{Text: v.t("col.when")}, {Text: v.t("col.who")}, {Text: v.t("col.what")}}}
	for i := len(m.Acts) - 1; i >= 0; i-- {
		a := &m.Acts[i]
		var fields []string
		for _, f := range a.Fields {
			fields = append(fields, v.changed(f))
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(a.At.Time)}, {Text: v.who(a.By, me)}, {Text: v.t("act." + a.What), Small: strings.Join(fields, "; ")}}})
	}
	return page.Block{ID: "history", Title: v.t("history"), Grid: g}
}

// changed is one changed field in words.
func (v *view) changed(f plan.Was) string {
	if f.Field == "copied" {
		return f.From
	}
	name := v.t("field." + f.Field)
	if f.From == "" && f.To == "" {
		return name
	}
	word := func(s string) string {
		if strings.HasPrefix(f.Field, "goal_") { // numbers and years read alike everywhere
			return cmp.Or(s, v.t("nothing"))
		}
		d := plan.Draft{Owner: s, Title: s, Target: s}
		switch f.Field {
		case "status":
			d.Status = plan.Status(s)
		case "money":
			d.Money = plan.Money(s)
		case "deadline":
			d.Deadline = s
		case "answers":
			d.Answers, _ = plan.ParseAnswers(s)
		case "cost":
			if n, err := strconv.ParseInt(s, 10, 64); err == nil {
				d.Cost = &n
			}
		}
		if text := v.worded(f.Field, &d); text != "" {
			return text
		}
		return v.t("nothing")
	}
	return v.t("changed", "Field", name, "From", word(f.From), "To", word(f.To))
}
