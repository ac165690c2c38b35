package app

import (
	"slices"

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
