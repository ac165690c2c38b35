package plans

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/web/page"
)

func (v *view) day(s string) string {
	t, err := time.ParseInLocation(time.DateOnly, s, i18n.Kyiv)
	if err != nil {
		return ""
	}
	return v.w.Date(t)
}

func (v *view) money(n int64) string { return v.t("uah", "N", v.w.Int(n)) }

func (v *view) cost(m *plan.Measure) string {
	switch {
	case m.Cost != nil && *m.Cost > 0:
		return v.money(*m.Cost)
	case m.Cost != nil || m.Money == plan.None:
		return v.t("money.none")
	}
	return ""
}

func (v *view) source(m plan.Money) string {
	if m == "" {
		return v.t("money.unknown")
	}
	return v.t("money." + string(m))
}

func (v *view) status(s plan.Status) string { return v.t("status." + string(s)) }

// capital begins a heading.
func (v *view) capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

func (v *view) tag(s plan.Status) *page.Tag {
	kind := map[plan.Status]string{plan.Doing: "main", plan.Done: "good", plan.Postponed: "sun"}[s]
	return &page.Tag{Text: v.status(s), Kind: kind}
}

// variable names a column of a report.
func (v *view) variable(id string) string {
	if id == "knowledge" {
		return v.w.T("schools.knowledge", nil)
	}
	if name := v.h.o.Name(id, v.lang); name != "" {
		return name
	}
	return id
}

// answered names what a measure answers to.
func (v *view) answered(a plan.Answers) string {
	switch {
	case a.Field != "":
		return v.t("answers.field", "Name", v.fieldName(a.Field))
	case a.Variable != "":
		return v.t("answers.figure", "Role", v.w.T("schools.role."+a.Role, nil), "Name", v.variable(a.Variable))
	}
	return ""
}

func (v *view) fieldName(id string) string {
	form := v.h.o.Form
	if form == nil {
		return id
	}
	for i := range form.Ratios {
		if form.Ratios[i].ID == id {
			return v.in(form.Ratios[i].Label)
		}
	}
	if f, err := form.Field(id); err == nil {
		return strings.TrimSuffix(v.in(f.Label), "?")
	}
	return id
}

// said is an answer of the self-description in words.
func (v *view) said(id string, value []string, number *float64) string {
	unit, decimals := "", 0
	if form := v.h.o.Form; form != nil {
		for i := range form.Ratios {
			if r := &form.Ratios[i]; r.ID == id {
				unit, decimals = v.in(r.Unit), r.Decimals
			}
		}
		if f, err := form.Field(id); err == nil {
			unit, decimals = v.in(f.Unit), f.Decimals
			if f.Type == selfdesc.YesNo && len(value) == 1 {
				return strings.ToLower(v.w.T("selfdesc."+value[0], nil))
			}
			var words []string
			for _, one := range value {
				if o, ok := f.Option(one); ok {
					words = append(words, v.in(o.Text))
				}
			}
			if len(words) > 0 {
				return strings.Join(words, "; ")
			}
		}
	}
	if number == nil {
		return v.t("nothing")
	}
	return strings.TrimSpace(v.w.Number(*number, decimals) + "\u00a0" + unit)
}

func (v *view) point(x float64) string { return v.w.Number(x, 1) }

// figure is a number of a report with its interval and its day.
func (v *view) figure(f *plan.Figure) string {
	text := v.t("figure", "Mean", v.point(f.Mean), "Low", v.point(f.Low), "High", v.point(f.High), "N", v.w.Int(f.N), "Day", v.day(f.Day))
	if len(f.With) > 0 {
		text += " " + v.t("figure.with", "Names", v.names(f.With))
	}
	return text
}

func (v *view) short(f *plan.Figure) string {
	return v.t("figure.short", "Mean", v.point(f.Mean), "Low", v.point(f.Low), "High", v.point(f.High))
}

func (v *view) names(ids []string) string {
	var list []string
	for n, id := range ids {
		if n == 3 {
			list = append(list, v.t("more", "N", len(ids)-n))
			break
		}
		if i, ok := v.h.o.Bodies.ByID(id); ok {
			list = append(list, v.in(i.Name()))
		}
	}
	return strings.Join(list, ", ")
}

// exact writes a number as it was typed.
func (v *view) exact(x *float64) string {
	if x == nil {
		return ""
	}
	text := strconv.FormatFloat(*x, 'f', -1, 64)
	if v.lang == i18n.Ukrainian {
		text = strings.Replace(text, ".", ",", 1)
	}
	return text
}

// counted is a number of a goal with its unit.
func (v *view) counted(m *plan.Measure, x *float64) string {
	switch {
	case m.Answers.Variable != "":
		return v.t("goal.points", "N", v.exact(x))
	case m.Answers.Field != "":
		return strings.TrimSpace(v.exact(x) + "\u00a0" + v.unitOf(m.Answers.Field))
	}
	return strings.TrimSpace(v.exact(x) + "\u00a0" + m.Goal.Unit)
}

// aim is the number that a goal is, with its unit; empty without one.
func (v *view) aim(m *plan.Measure) string {
	if m.Goal.To == nil {
		return ""
	}
	return v.counted(m, m.Goal.To)
}

// goal is the same with its year.
func (v *view) goal(m *plan.Measure) string {
	if m.Goal.To == nil {
		return ""
	}
	return v.t("goal", "To", v.aim(m), "Year", institution.YearName(m.Goal.Year))
}

// why says what a measure rests on.
func (v *view) why(m *plan.Measure) string {
	switch {
	case !m.Answers.IsZero():
		return v.answered(m.Answers)
	case m.Goal.To != nil:
		return v.t("answers.own")
	}
	return v.t("answers.none")
}

func (v *view) standing(s plan.Standing) string {
	if s == "" {
		return ""
	}
	return v.t("standing." + string(s))
}

// standingTag is the same as a tag; nil without a goal.
func (v *view) standingTag(s plan.Standing) *page.Tag {
	if s == "" {
		return nil
	}
	return &page.Tag{Text: v.standing(s), Kind: map[plan.Standing]string{plan.Reached: "good", plan.OnWay: "main", plan.NotYet: "sun"}[s]}
}

// unitOf is the unit of a number of the self-description.
func (v *view) unitOf(id string) string {
	form := v.h.o.Form
	if form == nil {
		return ""
	}
	for i := range form.Ratios {
		if form.Ratios[i].ID == id {
			return v.in(form.Ratios[i].Unit)
		}
	}
	if f, err := form.Field(id); err == nil {
		return v.in(f.Unit)
	}
	return ""
}

// start is what stood there when the measure was planned.
func (v *view) start(m *plan.Measure) string {
	switch {
	case m.Answers.IsZero() && m.Goal.From != nil:
		return v.counted(m, m.Goal.From)
	case m.Answers.IsZero():
		return ""
	case m.Start.Figure != nil:
		return v.figure(m.Start.Figure)
	case m.Answers.Field != "" && m.Start.Day != "":
		return v.t("said.day", "Value", v.said(m.Answers.Field, m.Start.Value, m.Start.Number), "Day", v.day(m.Start.Day))
	}
	return v.t("start.none")
}

// now is what stands there now, and what of it is a change.
func (v *view) now(m *plan.Measure, o *plan.Outcome) string {
	switch {
	case m.Answers.IsZero() && m.Goal.Is != nil:
		return v.counted(m, m.Goal.Is)
	case m.Answers.IsZero():
		return ""
	case o == nil:
		return v.t("now.none")
	case o.Hidden:
		return v.t("now.hidden", "Day", v.day(o.Day))
	case o.Figure != nil:
		return v.figure(o.Figure)
	}
	return v.t("said.day", "Value", v.said(m.Answers.Field, o.Value, o.Number), "Day", v.day(o.Day))
}

func (v *view) moved(m *plan.Measure, o *plan.Outcome) string {
	switch {
	case o == nil || o.Figure == nil || m.Start.Figure == nil:
		return ""
	case !o.Compared:
		return v.t("change.none")
	case len(o.Moved) == 0:
		return v.t("change.notyet")
	}
	var words []string
	for _, one := range o.Moved {
		by := v.point(one.By)
		if one.By > 0 {
			by = "+" + by
		}
		words = append(words, v.t("change.one", "Name", v.variable(one.Variable), "By", strings.Replace(by, "-", "−", 1)))
	}
	return strings.Join(words, "; ")
}

// because is the reason of an offer in one sentence.
func (v *view) because(b plan.Because) string {
	yard := v.t("yard." + string(b.Yard))
	if b.Yard == measure.Quarter && b.Over {
		yard = v.t("yard.upper")
	}
	switch b.Kind {
	case plan.LowFigure:
		text := v.t("because.figure", "What", v.answered(b.Answers), "Figure", v.short(b.Figure), "Yard", yard, "City", v.point(b.City), "Day", v.day(b.Figure.Day))
		if len(b.Figure.With) > 0 {
			text += " " + v.t("figure.with", "Names", v.names(b.Figure.With))
		}
		return text
	case plan.CityWeak:
		return v.t("because.city", "What", v.answered(b.Answers), "City", v.point(b.City))
	case plan.Missing:
		return v.t("because.missing", "Name", v.fieldName(b.Field))
	case plan.Answered, plan.AtMost:
		return v.t("because.answer", "Name", v.fieldName(b.Field), "Value", v.said(b.Field, b.Value, b.Number))
	case plan.LowNumber:
		city := b.City
		return v.t("because.number", "Name", v.fieldName(b.Field), "Value", v.said(b.Field, nil, b.Number), "Yard", yard, "City", v.said(b.Field, nil, &city))
	}
	return ""
}

// who names an account without saying whose it is.
func (v *view) who(id, me string) string {
	switch {
	case id == "operator":
		return v.t("who.operator")
	case id == me:
		return v.t("who.me")
	case len(id) > 4:
		id = id[len(id)-4:]
	}
	return v.t("who.other", "ID", id)
}
