package app

import (
	"context"
	"fmt"
	"time"

	"osvitlo/internal/demo"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// demoAsked are the questionnaires of the demo's rounds.
var demoAsked = []round.Asked{{Role: institution.Administration, Instrument: "head-round"}, {Role: institution.Teacher, Instrument: "teacher-round"},
	{Role: institution.Educator, Instrument: "educator-round"}, {Role: institution.Graduate, Instrument: "graduate-round"}}

// drawSchools fills a new demo city with invented schools, two rounds with reports and an
// open one. A start that was cut off is finished by the next one.
func (a *App) drawSchools(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.drawSchools")
	if !a.Demo() || a.keys == nil {
		return nil
	}
	made := a.kind.Made.Time
	year := institution.YearOf(made)
	list := demo.Institutions(year, 3)
	if _, err := a.Institutions.Seed(ctx, list); err != nil {
		return err
	}
	bodies := make([]string, 0, len(list))
	for _, i := range list {
		bodies = append(bodies, i.ID)
	}
	who := person.Operator("demo")
	plan := func(y int, opens time.Time, days int) round.Round {
		return round.Round{Year: y, Title: i18n.Text{UK: "Моніторинг закладів " + institution.YearName(y), EN: "Monitoring of schools " + institution.YearName(y)},
			Asked: demoAsked, Bodies: bodies, Opens: store.At(opens), Closes: store.At(opens.AddDate(0, 0, days)),
			Order: round.Order{Number: fmt.Sprintf("%d-о", 100+y%100), Date: opens.AddDate(0, 0, -7).In(i18n.Kyiv).Format(time.DateOnly), Promise: true}}
	}
	for y := year - 2; y < year; y++ {
		r := plan(y, time.Date(y, 10, 14, 9, 0, 0, 0, i18n.Kyiv), 30)
		r.ID = fmt.Sprintf("demo-round-%d", y)
		if _, ok := a.Rounds.ByID(r.ID); ok {
			continue
		}
		sums, err := demo.SchoolSums(uint64(a.kind.Seed), list, y)
		if err != nil {
			return err
		}
		if _, err := a.Rounds.Past(ctx, &who, r, sums); err != nil {
			return err
		}
		if _, err := a.Rounds.Publish(ctx, &who, r.ID, true); err != nil {
			return err
		}
	}
	return a.openDemoRound(ctx, &who, plan(year, made.AddDate(0, 0, -7), 30), list)
}

// openDemoRound opens this year's round and lets people of the first schools answer.
func (a *App) openDemoRound(ctx context.Context, who *person.Actor, r round.Round, list []*institution.Institution) error {
	for _, have := range a.Rounds.List() {
		if have.State != round.Reported {
			return nil
		}
	}
	var asked []round.Asked
	for _, one := range r.Asked {
		if a.asksRounds(one.Instrument) {
			asked = append(asked, one)
		}
	}
	if r.Asked = asked; len(asked) == 0 {
		return nil // the questionnaires are not there
	}
	planned, err := a.Rounds.Plan(ctx, who, r)
	if err != nil {
		return err
	}
	order, err := demoOrder()
	if err != nil {
		return err
	}
	if planned, err = a.Rounds.KeepOrder(ctx, who, planned.ID, planned.Rev, "nakaz.png", order); err != nil {
		return err
	}
	opened, err := a.Rounds.Open(ctx, who, planned.ID, planned.Rev)
	if err != nil {
		return err
	}
	for k, i := range list[:6] {
		role := institution.Teacher
		instrument, ok := opened.InstrumentOf(role)
		if _, member := opened.Member(i.ID, role); !ok || !member {
			continue
		}
		codes, err := a.Rounds.Codes(ctx, who, opened.ID, i.ID, role, 8+2*k)
		if err != nil {
			return err
		}
		for n, c := range codes {
			var ticket sitting.Ticket
			if ticket, err = a.Rounds.Find(ctx, c.Latin, instrument); err != nil {
				return err
			}
			id := fmt.Sprintf("demo-%s-%d", i.ID, n)
			if err := a.Rounds.Bind(ctx, ticket.Key, id); err != nil {
				return err
			}
			if err := a.Rounds.Take(ctx, ticket.Key, id, map[string]float64{sitting.KnowledgePoints: float64(n%9) * 12.5}); err != nil {
				return err
			}
		}
	}
	return a.Rounds.Count(ctx)
}
