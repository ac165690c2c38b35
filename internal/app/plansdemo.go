package app

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
)

// demoOffers are the offers that demo plans are made of, in the order they are taken.
var demoOffers = []string{"formative-checks", "ladder-groups", "network-power", "password-manager", "pupils-club", "parents-evening", "ladder-kindergarten", "screen-time",
	"inclusive-tools", "devices-pool", "safe-ai", "outage-order", "one-platform", "early-choice", "lesson-exchange", "offline-folder", "data-meeting"}

// demoFigures are the figures that some of them answer to.
var demoFigures = map[string]plan.Answers{"formative-checks": {Role: "teacher", Variable: "edu4"}, "ladder-groups": {Role: "teacher", Variable: "knowledge"}, "pupils-club": {Role: "teacher", Variable: "edu6"},
	"ladder-kindergarten": {Role: "educator", Variable: "knowledge"}, "screen-time": {Role: "educator", Variable: "edu6"}, "lesson-exchange": {Role: "teacher", Variable: "edu3"}, "early-choice": {Role: "educator", Variable: "edu2"}}

// demoCosts are invented, in UAH; the others need no money.
var demoCosts = map[string]int64{"network-power": 48_000, "devices-pool": 320_000, "inclusive-tools": 36_500, "pupils-club": 9_000, "ladder-groups": 12_000}

// demoCounts are the numbers that an institution counts by itself.
var demoCounts = map[string]struct {
	from, to, is float64
	unit         string
}{"network-power": {1, 6, 4, "годин"}, "offline-folder": {3, 12, 12, "предметів"}, "password-manager": {10, 80, 10, "% рахунків"}}

// drawPlans fills a new demo city with plans: most institutions have one for this year, the
// first school a closed one of last year, too. A start that was cut off is finished by the
// next one.
func (a *App) drawPlans(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.drawPlans")
	if !a.Demo() || a.keys == nil || a.Plans.Offers() == nil {
		return nil
	}
	made := a.kind.Made.Time
	year := institution.YearOf(made)
	who := person.Operator("demo")
	for k, body := range a.Institutions.List(institution.Filter{}) {
		if k%4 == 3 && body.ID != demoSchool || body.Kind != institution.School && body.Kind != institution.Preschool {
			continue // nobody there has made a plan
		}
		if body.ID == demoSchool {
			k = 14 // its plan answers several figures
		}
		one := plan.Plan{Institution: body.ID, From: year, To: year + k%3, Measures: a.demoMeasures(body, k, 4+k%5, made)}
		start := fmt.Sprintf("demo-round-%d", year-1)
		if err := a.demoGoals(ctx, &one, start, year+1); err != nil {
			return err
		}
		if _, err := a.Plans.Past(ctx, &who, one, start, made.AddDate(0, 0, -40)); err != nil {
			return err
		}
		if body.ID != demoSchool {
			continue
		}
		old := plan.Plan{Institution: body.ID, From: year - 1, To: year - 1, Number: "87-о", Date: made.AddDate(-1, -1, 0).Format(time.DateOnly), Measures: a.demoMeasures(body, 0, 5, made.AddDate(-1, 0, 0))}
		for i := range old.Measures {
			old.Measures[i].Status, old.Measures[i].Reason = plan.Done, ""
			if i == 2 {
				old.Measures[i].Status = plan.Doing
			}
		}
		start = fmt.Sprintf("demo-round-%d", year-2)
		if err := a.demoGoals(ctx, &old, start, year-1); err != nil {
			return err
		}
		past, err := a.Plans.Past(ctx, &who, old, start, made.AddDate(-1, -1, 0))
		if err != nil {
			return err
		}
		if !past.IsClosed() {
			if _, err := a.Plans.Close(ctx, &who, past.ID, map[string]string{"m1": "Опитування проводять на більшості тем."}); err != nil {
				return err
			}
		}
	}
	return nil
}

// demoGoals gives most measures that answer a figure a goal some points over it, and some
// that answer none a number of their own.
func (a *App) demoGoals(ctx context.Context, p *plan.Plan, start string, year int) error {
	r, ok := a.Rounds.ByID(start)
	if !ok || r.State != round.Reported {
		return nil
	}
	made, err := a.Rounds.Report(ctx, start)
	if err != nil {
		return err
	}
	for i := range p.Measures {
		m := &p.Measures[i]
		if m.Answers.IsZero() {
			if c, ok := demoCounts[m.Rule]; ok {
				m.Goal = plan.Goal{From: &c.from, To: &c.to, Is: &c.is, Unit: c.unit, Year: year}
			}
			continue
		}
		row, ok := made.Of(m.Answers.Role, p.Institution)
		if !ok || i%4 == 3 { // hidden, or nobody has set a goal yet
			continue
		}
		if f, _, ok := row.Figure(m.Answers.Variable, made.Yard(m.Answers.Role).Variables); ok && f.Mean < 90 {
			to := math.Ceil(f.Mean) + 2 + float64(i%3)*2
			m.Goal = plan.Goal{To: &to, Year: year}
		}
	}
	return nil
}

// demoMeasures are n measures of an institution, with some gaps to be seen by the department.
func (a *App) demoMeasures(body *institution.Institution, k, n int, made time.Time) (list []plan.Measure) {
	for step := range demoOffers {
		id := demoOffers[(step*(1+k%2)+k)%len(demoOffers)]
		offer, ok := a.Plans.Offers().ByID(id)
		if !ok || !offer.Suits(string(body.Kind)) || len(list) == n || slices.ContainsFunc(list, func(m plan.Measure) bool { return m.Rule == id }) {
			continue
		}
		i := len(list)
		d := plan.Draft{Title: offer.Title.UK, Text: offer.Text.UK, Indicator: offer.Indicator.UK, Answers: demoFigures[id], Status: plan.Statuses()[(i+k)%3], Money: plan.None}
		if (i+k)%6 != 5 {
			d.Owner = offer.Owner.UK
		}
		if (i+k)%7 != 6 {
			d.Deadline = time.Date(made.Year(), made.Month()+time.Month(2*i-2), 25, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
		if cost := demoCosts[id]; cost > 0 {
			cost += int64(k%4) * cost / 10
			d.Cost, d.Money = &cost, plan.Moneys()[(i+k)%4]
		}
		if (i+k)%9 == 8 {
			d.Status, d.Reason = plan.Postponed, "Чекаємо на кошти."
		}
		list = append(list, plan.Measure{Draft: d, Rule: id})
	}
	return list
}
