package app

import (
	"context"

	"osvitlo/internal/course"
	"osvitlo/internal/demo"
	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/scoring"
)

func (a *App) demoDeps() demo.Deps {
	from := 0.0
	for _, c := range scoring.DefaultCutoffs().Cuts {
		if c.Level == basicLevel {
			from = c.From
		}
	}
	return demo.Deps{Sittings: a.Sittings, Waves: a.Waves, Margins: a.margins, BasicFrom: from}
}

// demoOptions are those the city was first drawn with: a second start with other
// flags keeps the city that is there.
func (a *App) demoOptions() demo.Options {
	return demo.Options{People: a.kind.People, Seed: a.kind.Seed, Now: a.kind.Made.Time}
}

// fillDemo draws the demo city into a new demo store. A start that was cut off in
// the middle is finished by the next one: ids repeat and what is there stays.
func (a *App) fillDemo(ctx context.Context, progress func(done, all int)) (err error) {
	defer fault.Wrap(&err, "app.fillDemo")
	if !a.Demo() || a.kind.Ready {
		return nil
	}
	o := a.demoOptions()
	o.Progress = progress
	_, err = demo.Generate(ctx, a.demoDeps(), o)
	return err
}

// finishDemo cuts the first official releases of the demo city, oldest wave first,
// and marks the city as whole.
func (a *App) finishDemo(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.finishDemo")
	if !a.Demo() || a.kind.Ready {
		return nil
	}
	for _, w := range a.Waves.Waves() {
		_, err := a.Index.Release(ctx, w.ID)
		if err != nil && !fault.Is(err, fault.Conflict) { // a small city has too few people for one
			return err
		}
	}
	if err := a.Bank.Compute(ctx, a.Sittings); err != nil { // gains of courses rest on its reliabilities
		return err
	}
	a.kind.Ready = true
	return a.known.Replace(ctx, a.kind)
}

// demoLearning draws learners, their courses and groups into a new demo city.
func (a *App) demoLearning(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.demoLearning")
	if !a.Demo() || a.People == nil || a.kind.Learning {
		return nil
	}
	clock := &demo.Clock{}
	d := demo.Learning{Clock: clock, Catalogue: a.Library, Bank: a.Library.Items()}
	if d.Courses, err = course.New(course.Config{Engine: a.engine, Catalogue: a.Library, Outbox: a.Outbox, Log: a.log, Now: clock.Now}); err != nil {
		return err
	}
	for _, v := range demoVenues {
		d.Venues = append(d.Venues, v.ID)
	}
	for _, p := range a.kind.Staff {
		if p.Role == person.Mentor.String() {
			d.Mentor = p.ID
		}
	}
	for _, name := range demo.LearnerNames[min(len(a.kind.Learners), len(demo.LearnerNames)):] {
		out, err := a.People.Register(ctx, person.Operator("demo"), person.Registration{Name: name, Adult: true, Venue: demoVenues[0].ID})
		if err != nil {
			return err
		}
		a.kind.Learners = append(a.kind.Learners, out.Person.ID)
	}
	for _, id := range a.kind.Learners {
		d.Learners = append(d.Learners, course.OfPerson(id))
	}
	if err := demo.DrawLearning(ctx, d, a.demoOptions()); err != nil {
		return err
	}
	if err := a.Courses.CountGains(ctx); err != nil {
		return err
	}
	a.kind.Learning = true
	return a.known.Replace(ctx, a.kind)
}

// DemoTruth tells what the present wave of the demo city really is.
func (a *App) DemoTruth(context.Context) (demo.Truth, error) {
	all, err := demo.Truths(a.demoDeps(), a.demoOptions())
	if err != nil || len(all) == 0 {
		return demo.Truth{}, err
	}
	return all[len(all)-1], nil
}
