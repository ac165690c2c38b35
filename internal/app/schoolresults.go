package app

import (
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/web"
	"osvitlo/internal/web/labs"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/plans"
	"osvitlo/internal/web/register"
	"osvitlo/internal/web/schools"
	"osvitlo/internal/web/selfdesc"
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
	signed, err := a.selfDescriptionPages(s)
	if err != nil {
		return nil, err
	}
	documents, ok := signed.(*selfdesc.Handlers)
	ground := schools.MapOptions{Edit: func(body string) string { return register.Institutions + "/" + body }}
	if a.Places != nil {
		ground.City = a.Places.City()
	}
	if a.config.Map.TilesURL != "" {
		ground.Tiles, ground.Attribution = "/tiles/{z}/{x}/{y}", a.config.Map.TilesAttribution
	}
	return schools.New(schools.Options{Pages: s.pages, Words: a.words, Bodies: a.Institutions, Rounds: a.Rounds, Menu: a.desk.Menu,
		Name: in(names), District: in(districts), Demo: a.Demo(), Now: a.now, More: a.onward, Map: ground,
		Beside: func(body string, year int, w *i18n.Localizer, office bool) (list []page.Block) {
			if ok {
				if b, have := documents.Beside(body, year, w); have {
					list = append(list, b)
				}
			}
			return append(list, a.besideResults(body, year, w, office))
		}})
}

// besideResults says how far an institution's plan is and which laboratories it has.
func (a *App) besideResults(body string, year int, w *i18n.Localizer, office bool) page.Block {
	at, rooms := plans.Own, labs.School
	if office {
		at, rooms = plans.Office, labs.Office
	}
	state := w.T("schools.beside.plan.none", nil)
	if p, ok := a.Plans.In(body, year); ok {
		if !office {
			at += "/" + p.ID
		}
		l := a.Plans.Count(p)
		state = w.T("schools.beside.plan.text", map[string]any{"N": l.All, "Done": l.By[plan.Done], "Late": l.Overdue})
	}
	seats, list := 0, a.Labs.Of(body)
	for _, l := range list {
		seats += l.Seats
	}
	return page.Block{ID: "beside", Noprint: true, Title: w.T("schools.beside.title", nil), Facts: []page.Row{{Key: w.T("schools.beside.plan", nil), Value: state},
		{Key: w.T("schools.beside.labs", nil), Value: w.T("schools.beside.labs.text", map[string]any{"N": len(list), "Seats": seats})}},
		Acts: []page.Button{{Text: w.T("schools.beside.plan.go", nil), Href: at, Kind: "second", Small: true}, {Text: w.T("schools.beside.labs.go", nil), Href: rooms, Kind: "second", Small: true}}}
}

// onward leads the education department from results to what is done about them.
func (a *App) onward(year int, w *i18n.Localizer) []schools.Onward {
	have, n, done, late := 0, 0, 0, 0
	all := a.Plans.Progress(year, institution.Filter{})
	for i := range all {
		if all[i].Plan != nil {
			have++
		}
		n, done, late = n+all[i].All, done+all[i].By[plan.Done], late+all[i].Overdue
	}
	seats, rooms := 0, a.Labs.All()
	for _, l := range rooms {
		seats += l.Seats
	}
	return []schools.Onward{
		{Title: w.T("schools.more.plans", nil), Href: plans.Office, Text: w.T("schools.more.plans.text", map[string]any{"Have": have, "All": len(all), "N": n, "Done": done, "Late": late})},
		{Title: w.T("schools.more.labs", nil), Href: labs.Office, Text: w.T("schools.more.labs.text", map[string]any{"N": len(rooms), "Seats": seats})},
		{Title: w.T("schools.more.selfdesc", nil), Href: selfdesc.Office, Text: w.T("schools.more.selfdesc.text", nil)},
	}
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
