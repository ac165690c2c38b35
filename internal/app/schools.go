package app

import (
	"context"
	"errors"
	"slices"

	"osvitlo/content"
	"osvitlo/internal/asset"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/instrument"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/rounds"
	"osvitlo/internal/web/school"
)

// institutionsFolder is where the shipped register stands in the content.
const institutionsFolder = "institutions/register"

// openSchools opens the register of institutions and the rounds in them. It comes before
// the sittings: they take the answers of a round.
func (a *App) openSchools(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "app.openSchools")
	districts := a.margins.DistrictIDs()
	register := institution.Options{Engine: a.engine, Media: a.media, Districts: districts, Words: a.districtWords(), Inside: a.insideCity, Now: a.now}
	rounds := round.Options{Engine: a.engine, Media: a.media, Secret: a.secret, Now: a.now, Known: a.asksRounds}
	if a.Audit != nil {
		register.Audit, rounds.Audit = a.Audit, a.Audit
	}
	if a.Institutions, err = institution.New(ctx, register); err != nil {
		return err
	}
	rounds.Bodies = a.Institutions
	if a.config.ClamAV != "" {
		rounds.Scanner = asset.NewClamd(a.config.ClamAV, 0)
	}
	for _, more := range []func(context.Context) error{a.openLabs, a.openPortraits} {
		if err := more(ctx); err != nil {
			return err
		}
	}
	if a.Rounds, err = round.New(ctx, rounds); err != nil {
		return err
	}
	if err := a.openPlans(ctx); err != nil || a.reading {
		return err
	}
	a.Institutions.UsedBy(a.asked)
	// a demonstration asks invented schools, never real ones
	if !a.Demo() {
		list, err := institution.Files(content.FS, institutionsFolder, districts)
		if err != nil {
			return err
		}
		if _, err := a.Institutions.Seed(ctx, list); err != nil {
			return err
		}
	}
	if err := a.drawSchools(ctx); err != nil {
		return err
	}
	if err := a.drawRooms(ctx); err != nil {
		return err
	}
	if err := a.drawPlans(ctx); err != nil {
		return err
	}
	if a.Jobs == nil {
		return nil
	}
	if err := errors.Join(a.coordinatorJob(), a.calendarJob()); err != nil {
		return err
	}
	// once a day: more often would show a school each colleague arriving
	return a.Jobs.Add(job.Job{Name: "round-counts", When: job.Daily(5, 10), Run: func(ctx context.Context, _ job.Run) error {
		return errors.Join(a.Rounds.Count(ctx), a.Rounds.Tidy(ctx), a.Institutions.Sweep(ctx))
	}})
}

// asksRounds tells whether an instrument is one of rounds.
func (a *App) asksRounds(slug string) bool {
	for _, in := range a.Library.Instruments() {
		if in.Slug == slug && in.Role == instrument.RoleRound {
			return true
		}
	}
	return false
}

// refreshSchools reads what other replicas changed.
func (a *App) refreshSchools(ctx context.Context) error {
	return errors.Join(a.Institutions.Refresh(ctx), a.Rounds.Refresh(ctx), a.Plans.Refresh(ctx), a.Staffing.Refresh(ctx), a.Labs.Refresh(ctx), a.Portraits.Refresh(ctx))
}

// roundFields is what rounds hold: answers of people who are nowhere named.
func roundFields() []person.Field {
	return []person.Field{{Kind: "rounds", Stored: "round_rows, round_codes, round_bindings",
		What:      i18n.Text{UK: "відповіді в закладі без імені, коду й часу; коди запрошень як відбитки", EN: "answers in an institution without name, code or time; codes of invitations as hashes"},
		Basis:     i18n.Text{UK: "наказ про моніторинг; участь добровільна", EN: "the order on the monitoring; taking part is voluntary"},
		Recipient: i18n.Text{UK: "нікому; закладу й управлінню — лише підсумки груп від 10 людей", EN: "nobody; the institution and the department see only totals of groups of 10 people and more"}}}
}

func roundPeriods() []person.Period {
	return []person.Period{{Kind: "rounds", Keep: i18n.Text{
		UK: "до складання підсумків збору, за дві доби після завершення; власний профіль людини — 30 днів",
		EN: "until the results of the round are made, two days after its end; a person's own profile for 30 days"}}}
}

// roundPages builds the staff's pages of the register and of the rounds.
func (a *App) roundPages(s site) (web.Part, error) {
	o := rounds.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Rounds: a.Rounds, Papers: a.papers(s), Menu: a.desk.Menu, Now: a.now,
		Instruments: func() (list []rounds.Named) {
			for _, in := range a.Library.Instruments() {
				if in.Role == instrument.RoleRound && !slices.ContainsFunc(list, func(n rounds.Named) bool { return n.ID == in.Slug }) {
					list = append(list, rounds.Named{ID: in.Slug, Name: a.instrumentTitle(in.Slug)})
				}
			}
			return list
		}}
	for _, d := range a.margins.Districts {
		o.Districts = append(o.Districts, rounds.Named{ID: d.ID, Name: d.Title})
	}
	return rounds.New(o)
}

// schoolPages builds the pages of coordinators and of people who answer with a code.
func (a *App) schoolPages(s site) (web.Part, error) {
	h, err := school.New(school.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Rounds: a.Rounds, Papers: a.papers(s), Sittings: a.Sittings, Menu: a.desk.Menu,
		Enter: a.handlers.Resident.Remember, Area: a.areaName, Course: a.courseAfter, Other: a.employerCode, Text: a.textOf, Origin: a.config.PublicURL, TLS: s.overTLS, Now: a.now})
	if err != nil {
		return nil, err
	}
	a.handlers.Resident.Own(h.Profile)
	a.account.Codes(h.ByCode)
	return h, nil
}

// textOf is a text of the content; an empty one where there is none.
func (a *App) textOf(key string) i18n.Text {
	text, err := a.Library.Text(key)
	if err != nil {
		return i18n.Text{}
	}
	return text
}

// areaName names an area of any framework.
func (a *App) areaName(id string) (i18n.Text, bool) {
	for _, f := range a.Library.Frameworks() {
		if area, err := f.Area(id); err == nil {
			return area.Title, true
		}
	}
	return i18n.Text{}, false
}

// coursesAfter are the courses offered at the end of a round's questionnaire.
var coursesAfter = map[string]string{"teacher-round": "teachers", "educator-round": "teachers", "head-round": "officials", "graduate-round": "basics-area"}

func (a *App) courseAfter(slug string) (path string, title i18n.Text, ok bool) {
	for _, one := range a.catalogue().Courses() {
		if one.Slug == coursesAfter[slug] {
			return "/courses/" + one.Slug, one.Title, true
		}
	}
	return "", i18n.Text{}, false
}
