package app

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/web"
	"osvitlo/internal/web/schools"
)

// schoolResultPages builds the pages of what rounds found.
func (a *App) schoolResultPages(s site) (web.Part, error) {
	names := a.variableNames()
	districts := map[string]i18n.Text{}
	for _, d := range a.margins.Districts {
		districts[d.ID] = d.Title
	}
	in := func(list map[string]i18n.Text) func(id, lang string) string {
		return func(id, lang string) string {
			t := list[id]
			if name := t.In(lang); name != "" {
				return name
			}
			return t.UK
		}
	}
	return schools.New(schools.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Rounds: a.Rounds, Menu: a.desk.Menu,
		Name: in(names), District: in(districts), Demo: a.Demo(), Now: a.now})
}

// variableNames names the variables of reports: areas, competences, single questions.
func (a *App) variableNames() map[string]i18n.Text {
	names := map[string]i18n.Text{}
	for _, f := range a.Library.Frameworks() {
		for _, area := range f.Areas {
			names[area.ID] = area.Title
			if area.Short.UK != "" {
				names[area.ID] = area.Short
			}
			for _, c := range area.Competences {
				names[c.ID] = c.Title
			}
		}
	}
	for _, it := range a.Library.Items() {
		names["item:"+it.ID] = it.Stem
	}
	return names
}
