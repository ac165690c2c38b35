package app

import (
	"osvitlo/internal/export"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/answers"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/resident"
)

// sets lists the templates of all pages.
func sets() []page.Set {
	return []page.Set{resident.Set(), answers.Set()}
}

// parts builds the pages of people who sign in, and of staff.
func (a *App) parts(pages *page.Renderer, sessions *person.Sessions, city page.City, overTLS bool) (list []web.Part, err error) {
	tables, err := export.NewTables(export.Config{Sittings: a.Sittings, Words: a.words, Secret: a.secret, Demo: a.Demo()})
	if err != nil {
		return nil, err
	}
	table, err := answers.New(answers.Options{Pages: pages, Words: a.words, Tables: tables, Waves: a.Waves, Audit: a.Audit, Log: a.log})
	if err != nil {
		return nil, err
	}
	return []web.Part{table}, nil
}
