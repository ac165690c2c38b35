package app

import (
	"context"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/places"
	"osvitlo/internal/web/register"
)

// registerPages builds the pages of the register of institutions.
func (a *App) registerPages(s site) (web.Part, error) {
	o := register.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, People: a.People, Rounds: a.Rounds.List, Menu: a.desk.Menu, Origin: a.config.PublicURL, TLS: s.overTLS, Now: a.now}
	for _, d := range a.margins.Districts {
		o.Districts = append(o.Districts, register.Named{ID: d.ID, Name: d.Title})
	}
	if a.Places != nil {
		var tiles *places.Tiles
		if a.config.Map.TilesURL != "" {
			tiles = &places.Tiles{Attribution: a.config.Map.TilesAttribution}
		}
		o.Map = places.PickMap(a.Places.City().Box, tiles)
	}
	return register.New(o)
}

// districtWords are what people call the districts.
func (a *App) districtWords() map[string][]string {
	words := map[string][]string{}
	for _, d := range a.margins.Districts {
		words[d.ID] = []string{d.Title.UK, d.Title.EN}
	}
	return words
}

// asked tells whether any round has asked in an institution or is about to.
func (a *App) asked(body string) bool {
	for _, r := range a.Rounds.List() {
		if slices.Contains(r.Bodies, body) {
			return true
		}
	}
	return false
}

// remindedBefore are how long before the end of a duty its holder is told.
var remindedBefore = []time.Duration{7 * 24 * time.Hour, 30 * 24 * time.Hour}

// coordinatorJob tells coordinators once a day what waits for them.
func (a *App) coordinatorJob() error {
	return a.Jobs.Add(job.Job{Name: "coordinators", When: job.Daily(9, 20), Run: func(ctx context.Context, _ job.Run) error {
		return a.remindCoordinators(ctx)
	}})
}

// remindCoordinators writes to those whose duty ends soon, and in September and October
// once a month to those whose numbers are not confirmed. A message is queued once under its
// id. Nobody without a proved address is told: the department's page shows them all.
func (a *App) remindCoordinators(ctx context.Context) error {
	if !a.post.Ready() {
		return nil
	}
	staff, err := a.People.StaffAt(ctx, person.Operator("coordinator-reminder"), person.Coordinator, "")
	if err != nil {
		return err
	}
	now := a.now()
	year, month := institution.YearOf(now), now.In(i18n.Kyiv).Month()
	w := a.words.Lang(i18n.Ukrainian)
	for _, one := range staff {
		if one.Person.Email == "" || !one.Person.EmailProved {
			continue
		}
		tell := func(id, key string, i *institution.Institution, until time.Time) error {
			args := map[string]any{"Name": i.Name().UK, "Day": w.Date(until), "Year": institution.YearName(year), "Address": a.config.PublicURL + register.Own + "/" + i.ID}
			err := a.post.Queue(ctx, notify.Mail{ID: id, To: one.Person.Email, Subject: w.T("register.mail."+key+".subject", args), Text: w.T("register.mail."+key+".text", args), Lang: i18n.Ukrainian, Expires: now.Add(7 * 24 * time.Hour), ByDay: true})
			if fault.Is(err, fault.Unavailable) {
				return nil
			}
			return err
		}
		for _, g := range one.Grants {
			i, ok := a.Institutions.ByID(g.Place)
			if g.Role != person.Coordinator || !ok {
				continue
			}
			who := ":" + i.ID + ":" + string(one.Person.ID) + ":"
			for _, before := range remindedBefore {
				if left := g.Until.Sub(now); !g.Until.IsZero() && left < before {
					if err := tell("coordinator-end"+who+g.Until.Format(time.DateOnly)+":"+before.String(), "end", i, g.Until.Time); err != nil {
						return err
					}
					break
				}
			}
			f, has := i.FrameOf(year)
			if (month == time.September || month == time.October) && i.State == institution.Working && (!has || f.Carried) {
				if err := tell("coordinator-frame"+who+now.In(i18n.Kyiv).Format("2006-01"), "frame", i, time.Time{}); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
