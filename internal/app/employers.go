package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"osvitlo/internal/course"
	"osvitlo/internal/credential"
	"osvitlo/internal/demo"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/institution/staffing"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/employers"
	"osvitlo/internal/web/page"
)

// openEmployers opens who learns with which employer. It comes before the people: it must
// be known when somebody is erased.
func (a *App) openEmployers(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openEmployers")
	m := a.config.Mark
	o := staffing.Options{Engine: a.engine, Bodies: a.Institutions, Secret: a.secret, Standing: a.standing, Now: a.now,
		Rule: staffing.MarkRule{Level: m.Level, Course: m.Course, Share: m.Share, Frame: m.Frame},
		Offers: func(slug, lesson string) bool {
			c, err := a.catalogue().Course(slug)
			return err == nil && (lesson == "" || c.Lesson(lesson) != nil)
		}}
	if o.Rule.Course != "" {
		o.Rule.Level = ""
	}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	if a.Staffing, err = staffing.New(ctx, o); err != nil || a.Jobs == nil {
		return err
	}
	return errors.Join(
		// at night: a figure that moved at once would show who moved it
		a.Jobs.Add(job.Job{Name: "employer-counts", When: job.Daily(4, 40), Lease: 20 * time.Minute, Run: func(ctx context.Context, _ job.Run) error { return a.Staffing.Count(ctx) }}),
		a.Jobs.Add(job.Job{Name: "employer-reminders", When: job.Daily(10, 0), Lease: 20 * time.Minute, Run: func(ctx context.Context, _ job.Run) error { return a.Staffing.Remind(ctx, a.remind) }}),
	)
}

// standing is how far somebody is in the city's courses and tests. Errors: NotFound for an
// account that is gone.
func (a *App) standing(ctx context.Context, id person.ID) (at staffing.Standing, err error) {
	if begun, done, level, invented := demo.Employed(string(id)); invented && a.Demo() {
		at = staffing.Standing{Begun: begun, Level: level, Done: map[string]bool{}}
		for _, slug := range done {
			at.Done[slug] = true
		}
		return at, nil
	}
	score, err := a.scoreOf(ctx, id, nil)
	if err != nil {
		return at, err
	}
	if score != nil {
		at.Level = course.ProfileOf(score).Level
	}
	tracks, err := a.Courses.Tracks(ctx, course.OfPerson(id))
	if err != nil {
		return at, err
	}
	at.Done = map[string]bool{}
	for slug, t := range tracks {
		at.Begun = at.Begun || t.Opened > 0
		at.Done[slug] = t.Completed > 0
		c, err := a.catalogue().Course(slug)
		if err != nil { // offered no more
			continue
		}
		for _, l := range c.Lessons {
			at.Done[staffing.Step{Course: slug, Lesson: l.Slug}.Part()] = t.Finished(l)
		}
	}
	return at, nil
}

// writable is the proved address of somebody who agreed to be written to; empty for
// everybody else.
func (a *App) writable(ctx context.Context, id person.ID, why string) (to string, err error) {
	self := person.Actor{Person: id, Where: "outbox", Why: why}
	p, err := a.People.ByID(ctx, self, id)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
		return "", nil
	}
	if err != nil || p.Email == "" || !p.EmailProved {
		return "", err
	}
	held, err := a.People.Consents(ctx, self, id)
	if err != nil || !slices.ContainsFunc(held, func(h person.Held) bool { return h.Purpose == person.ContactUse && h.Given }) {
		return "", err
	}
	return p.Email, nil
}

// remind writes to somebody before the deadline of a course or a lesson.
func (a *App) remind(ctx context.Context, r staffing.Reminder) error {
	body, ok := a.Institutions.ByID(r.Institution)
	if !ok || !a.post.Ready() {
		return nil
	}
	to, err := a.writable(ctx, r.Person, "employer")
	if err != nil || to == "" {
		return err
	}
	one, err := a.catalogue().Course(r.Step.Course)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	due, err := time.ParseInLocation(time.DateOnly, r.Step.Due, i18n.Kyiv)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	w := a.words.Lang(i18n.Ukrainian)
	what := w.T("employer.remind.course", map[string]any{"Course": one.Title.UK})
	if r.Step.Lesson != "" {
		l := one.Lesson(r.Step.Lesson)
		if l == nil {
			return nil
		}
		what = w.T("employer.remind.lesson", map[string]any{"Course": one.Title.UK, "Lesson": l.Title.UK})
	}
	args := map[string]any{"What": what, "Employer": body.Name().UK, "Day": w.Date(due)}
	return a.post.Queue(ctx, notify.Mail{ID: r.ID, To: to, Subject: w.T("employer.remind.subject", args), Text: w.T("employer.remind.text", args), Lang: i18n.Ukrainian, Expires: due.AddDate(0, 0, 1)})
}

// employerPages builds the pages of employers, of people with them, and of the public.
func (a *App) employerPages(s site) (web.Part, error) {
	o := employers.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Staffing: a.Staffing, Standing: a.standing, Name: a.holderName, Menu: a.desk.Menu,
		Courses: func() (list []employers.Course) {
			for _, c := range a.catalogue().Courses() {
				one := employers.Course{Slug: c.Slug, Title: c.Title, Minutes: c.Minutes()}
				for _, l := range c.Lessons {
					one.Lessons = append(one.Lessons, employers.Course{Slug: l.Slug, Title: l.Title, Minutes: l.Minutes})
				}
				list = append(list, one)
			}
			return list
		},
		Held: func(ctx context.Context, id person.ID) ([]*credential.View, error) {
			return a.Credentials.Held(ctx, course.OfPerson(id))
		},
		Writable: func(ctx context.Context, id person.ID) (bool, error) {
			to, err := a.writable(ctx, id, "employer")
			return to != "", err
		},
		City:   paper.City{Name: s.city.Name.UK, Owner: s.city.Owner.UK, Decree: s.city.Decree.UK, Phone: s.city.Phone, Hours: s.city.Hours.UK, Origin: a.config.PublicURL},
		Origin: a.config.PublicURL, Demo: a.Demo(), TLS: s.overTLS, Now: a.now}
	if a.post.Ready() {
		o.Mail = func(ctx context.Context, l employers.Letter) error {
			return a.post.Queue(ctx, notify.Mail{ID: l.ID, To: l.To, Subject: l.Subject, Text: l.Text, Lang: l.Lang, Expires: a.now().AddDate(0, 0, 7)})
		}
	}
	h, err := employers.New(o)
	if err != nil {
		return nil, err
	}
	a.account.Codes(h.ByCode)
	a.advised = h.Advice
	return h, nil
}

// employerCode leads from a typed code of an employer to its page.
func (a *App) employerCode(ctx context.Context, code string) (path string, ok bool, err error) {
	return employers.Typed(ctx, a.Staffing, code)
}

// employerAdvice is what somebody's employers propose; the pages that show it are built
// before the one that knows it.
func (a *App) employerAdvice(ctx context.Context, who person.ID, lang string) (*page.Note, error) {
	if a.advised == nil {
		return nil, nil
	}
	return a.advised(ctx, who, lang)
}

// drawEmployers fills a new demo city with invented employers and their people.
func (a *App) drawEmployers(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.drawEmployers")
	if !a.Demo() || a.Staffing == nil || a.People == nil {
		return nil
	}
	list := demo.Employers(institution.YearOf(a.kind.Made.Time))
	if _, have := a.Institutions.ByID(list[len(list)-1].Body.ID); have && !a.Staffing.Progress(list[0].Body.ID).At().IsZero() {
		return nil
	}
	bodies := make([]*institution.Institution, 0, len(list))
	for _, e := range list {
		bodies = append(bodies, e.Body)
	}
	if _, err := a.Institutions.Seed(ctx, bodies); err != nil {
		return err
	}
	who := person.Operator("demo")
	due := a.kind.Made.AddDate(0, 2, 0).In(i18n.Kyiv).Format(time.DateOnly)
	plan := func(id string, listed bool, note string, steps ...staffing.Step) error {
		e := *a.Staffing.ByID(id)
		if e.Rev > 0 {
			return nil
		}
		e.Steps, e.Note, e.Listed = steps, note, listed
		_, err := a.Staffing.Edit(ctx, &who, e)
		return err
	}
	if err := plan(staffing.Programme, false, "", staffing.Step{Course: "officials", Must: true, Due: due}, staffing.Step{Course: "fraud-protection", Lesson: "call-from-bank", Must: true, Due: due}, staffing.Step{Course: "fraud-protection"}); err != nil {
		return err
	}
	for _, e := range list {
		people := make([]person.ID, 0, e.Enrolled+1)
		for n := range e.Enrolled {
			people = append(people, person.ID(demo.Employee(e.Body.ID, n)))
		}
		if e.Body.ID == demo.DemoEmployer {
			people = append(people, a.demoResident())
			if err := plan(e.Body.ID, e.Listed, "Учитися можна щоп’ятниці з 15:00 у робочий час.", staffing.Step{Course: "first-steps", Must: true, Due: due}, staffing.Step{Course: "fraud-protection"}); err != nil {
				return err
			}
		}
		if err := a.Staffing.Seed(ctx, e.Body.ID, people); err != nil {
			return err
		}
	}
	return a.Staffing.Count(ctx)
}

// demoResident is the demo person without a role.
func (a *App) demoResident() person.ID {
	for _, p := range a.kind.Staff {
		if p.Role == person.Resident.String() {
			return p.ID
		}
	}
	return ""
}
