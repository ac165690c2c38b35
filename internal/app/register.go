package app

import (
	"osvitlo/internal/web"
	"osvitlo/internal/web/register"
)

// registerPages builds the pages of the register of institutions.
func (a *App) registerPages(s site) (web.Part, error) {
	o := register.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Menu: a.desk.Menu, Now: a.now}
	for _, d := range a.margins.Districts {
		o.Districts = append(o.Districts, register.Named{ID: d.ID, Name: d.Title})
	}
	return register.New(o)
}
