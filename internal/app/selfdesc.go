package app

import (
	"context"

	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/web"
	"osvitlo/internal/web/selfdesc"
)

// openPortraits opens the self-descriptions of institutions. It comes after the register.
func (a *App) openPortraits(ctx context.Context) error {
	o := portrait.Options{Engine: a.engine, Book: a.Library.SelfDescription(), Bodies: a.Institutions, Now: a.now}
	if a.Audit != nil {
		o.Audit = a.Audit
	}
	var err error
	a.Portraits, err = portrait.New(ctx, o)
	return err
}

// selfDescriptionPages builds the pages of self-descriptions.
func (a *App) selfDescriptionPages(s site) (web.Part, error) {
	o := selfdesc.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Portraits: a.Portraits, Owner: s.city.Owner.UK, Menu: a.desk.Menu, Demo: a.Demo(), Now: a.now}
	for _, d := range a.margins.Districts {
		o.Districts = append(o.Districts, selfdesc.Named{ID: d.ID, Name: d.Title})
	}
	return selfdesc.New(o)
}
