package app

import (
	"context"
	"fmt"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/web/register"
	"osvitlo/internal/web/rounds"
	"osvitlo/internal/web/school"
)

// newsOf is how long after its first day a step is still told of. Ids of messages are
// remembered for longer, so nobody hears of a step twice.
const newsOf = 7 * 24 * time.Hour

// calendarJob reminds the department of its year, and coordinators of a round's end. It
// runs every hour and sends by day only; the ids of messages make each be sent once.
func (a *App) calendarJob() error {
	return a.Jobs.Add(job.Job{Name: "school-calendar", When: job.Every(time.Hour), Run: func(ctx context.Context, _ job.Run) error {
		return a.remindYear(ctx)
	}})
}

func (a *App) remindYear(ctx context.Context) error {
	now := a.now()
	if !a.post.Ready() || notify.Quiet(now) {
		return nil
	}
	for _, remind := range []func(context.Context, time.Time) error{a.remindDepartment, a.remindUncovered, a.remindRounds} {
		if err := remind(ctx, now); err != nil {
			return err
		}
	}
	return nil
}

// queue sends a message by day, as long as it is true.
func (a *App) queue(ctx context.Context, until time.Time, id, to, key string, args map[string]any) error {
	w := a.words.Lang(i18n.Ukrainian)
	err := a.post.Queue(ctx, notify.Mail{ID: id, To: to, Subject: w.T(key+".subject", args), Text: w.T(key+".text", args), Lang: i18n.Ukrainian, Expires: until, ByDay: true})
	if fault.Is(err, fault.Unavailable) { // no server is set up
		return nil
	}
	return err
}

// remindDepartment writes to the education department when a step of its year begins.
func (a *App) remindDepartment(ctx context.Context, now time.Time) error {
	year := institution.YearOf(now)
	for _, d := range round.Calendar(year, a.Rounds.List()) {
		if d.Done || now.Before(d.From) || now.Sub(d.From) >= newsOf || !now.Before(d.Until) {
			continue
		}
		staff, err := a.People.StaffAt(ctx, person.Operator("school-calendar"), person.Analyst, "")
		if err != nil {
			return err
		}
		for _, one := range staff {
			if one.Person.Email == "" || !one.Person.EmailProved {
				continue
			}
			args := map[string]any{"Year": institution.YearName(year), "Until": a.words.Lang(i18n.Ukrainian).Date(d.Until.Add(-time.Second)), "Address": a.config.PublicURL + rounds.Calendar}
			until := d.From.Add(newsOf)
			if d.Until.Before(until) {
				until = d.Until
			}
			if err := a.queue(ctx, until, "school-calendar:"+d.ID(year)+":"+string(one.Person.ID), one.Person.Email, "calendar.mail."+string(d.Step), args); err != nil {
				return err
			}
		}
	}
	return nil
}

// namedMissing bounds how many institutions a message names.
const namedMissing = 20

// remindUncovered writes to the education department which institutions of a coming round
// have no coordinator: a month, two weeks and three days before, and when it has begun.
func (a *App) remindUncovered(ctx context.Context, now time.Time) error {
	w := a.words.Lang(i18n.Ukrainian)
	for _, r := range a.Rounds.List() {
		days, until, ok := r.MissingAt(now)
		if !ok || r.Pilot {
			continue
		}
		by := person.Operator("school-calendar")
		coordinators, err := a.People.StaffAt(ctx, by, person.Coordinator, "")
		if err != nil {
			return err
		}
		missing := r.Uncovered(a.Institutions.List(institution.Filter{State: institution.Working}), coordinators)
		if len(missing) == 0 {
			continue
		}
		staff, err := a.People.StaffAt(ctx, by, person.Analyst, "")
		if err != nil {
			return err
		}
		var names []string
		for _, i := range missing[:min(len(missing), namedMissing)] {
			names = append(names, "— "+i.Name().UK)
		}
		if more := len(missing) - len(names); more > 0 {
			names = append(names, w.T("calendar.mail.nobody.more", map[string]any{"N": more}))
		}
		args := map[string]any{"Title": r.Title.UK, "Opens": w.Date(r.Opens.Time), "N": len(missing), "Names": strings.Join(names, "\n"), "Address": a.config.PublicURL + register.Coordinators + "?which=round"}
		for _, one := range staff {
			if one.Person.Email == "" || !one.Person.EmailProved {
				continue
			}
			if err := a.queue(ctx, until, fmt.Sprintf("round-uncovered:%s:%d:%s", r.ID, days, one.Person.ID), one.Person.Email, "calendar.mail.nobody", args); err != nil {
				return err
			}
		}
	}
	return nil
}

// remindRounds writes to coordinators before the end of an open round: how many have
// answered, as their own page shows it, and nothing of anybody.
func (a *App) remindRounds(ctx context.Context, now time.Time) error {
	w := a.words.Lang(i18n.Ukrainian)
	for _, r := range a.Rounds.List() {
		what, until, ok := r.ReminderAt(now)
		if !ok {
			continue
		}
		staff, err := a.People.StaffAt(ctx, person.Operator("school-calendar"), person.Coordinator, "")
		if err != nil {
			return err
		}
		for _, one := range staff {
			if one.Person.Email == "" || !one.Person.EmailProved {
				continue
			}
			for _, g := range one.Grants {
				i, known := a.Institutions.ByID(g.Place)
				if g.Role != person.Coordinator || !known || !inRound(r, i.ID) {
					continue
				}
				came, err := a.Rounds.Response(ctx, r.ID, i.ID)
				if err != nil {
					return err
				}
				args := map[string]any{"Name": i.Name().UK, "Title": r.Title.UK, "Until": w.Date(r.Closes.Add(-time.Second)), "Counts": counts(w, came), "Address": a.config.PublicURL + school.Address + "/at/" + i.ID + "/" + r.ID}
				if err := a.queue(ctx, until, fmt.Sprintf("round-reminder:%s:%s:%s:%s", r.ID, what, i.ID, one.Person.ID), one.Person.Email, "calendar.mail."+string(what), args); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func inRound(r *round.Round, body string) bool {
	for _, m := range r.Members {
		if m.Institution == body {
			return true
		}
	}
	return false
}

// counts are the lines of a response in words; fewer than ten people have no number.
func counts(w *i18n.Localizer, r round.Response) string {
	if r.At.IsZero() {
		return w.T("calendar.counts.none", nil)
	}
	var lines []string
	for _, l := range r.Lines {
		var roles []string
		for _, role := range l.Roles {
			roles = append(roles, w.T("rounds.role."+string(role), nil))
		}
		n := w.Int(l.N)
		if l.Few {
			n = w.T("rounds.few", nil)
		}
		line := strings.Join(roles, ", ") + ": " + n
		if l.Frame > 0 {
			line += " / " + w.Int(l.Frame)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
