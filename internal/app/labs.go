package app

import (
	"context"
	"strings"

	"osvitlo/internal/docx"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/web"
	"osvitlo/internal/web/labs"
)

// openLabs opens the register of digital laboratories. It comes after the institutions.
func (a *App) openLabs(ctx context.Context) (err error) {
	o := lab.Options{Engine: a.engine, Bodies: a.Institutions, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	a.Labs, err = lab.New(ctx, o)
	return err
}

// labPages builds the pages of digital laboratories.
func (a *App) labPages(s site) (web.Part, error) {
	o := labs.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Labs: a.Labs, Menu: a.desk.Menu, Demo: a.Demo(), Now: a.now}
	for _, d := range a.margins.Districts {
		o.Districts = append(o.Districts, labs.Named{ID: d.ID, Name: d.Title})
	}
	city := paper.City{Name: s.city.Name.UK, Owner: s.city.Owner.UK, Decree: s.city.Decree.UK, Phone: s.city.Phone, Hours: s.city.Hours.UK, Origin: a.config.PublicURL}
	w := a.words.Lang(i18n.Ukrainian) // documents of the city are in Ukrainian
	o.Task = func(r *lab.Request, i *institution.Institution, _ string) (*docx.Document, error) {
		// the room stays out: a requirement may be published with the purchase
		return paper.RequirementOf(city, paper.Requirement{Institution: i.Name().UK, Subject: r.What, Why: strings.TrimSuffix(r.Why, ".") + ".",
			Figures: w.T("lab.task.for", map[string]any{"Day": w.Date(r.Steps[0].At.Time)}),
			Needs:   []paper.Need{{What: w.T("lab.kind."+string(r.Kind), nil), For: r.Why, Must: strings.TrimSpace(r.Needs), N: r.Count, Priority: w.T("lab.priority."+string(r.Priority), nil)}}}, a.now()), nil
	}
	return labs.New(o)
}
