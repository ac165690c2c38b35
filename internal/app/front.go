package app

import (
	"osvitlo/internal/web"
	"osvitlo/internal/web/front"
)

// frontPages builds what stands before the pages: robots, sitemap, pictures for sharing.
func (a *App) frontPages(s site) (web.Part, error) {
	return front.New(front.Options{Pages: s.pages, Words: a.words, City: s.city, Origin: a.config.PublicURL, Demo: a.Demo(),
		Listed: []func() []string{a.courseAddresses, a.serviceAddresses},
		Cards: map[string]func(name, lang string) (front.Card, string, bool){
			"site": func(name, lang string) (front.Card, string, bool) {
				w := a.words.Lang(lang)
				switch name {
				case "home":
					return front.Card{Title: w.T("front.share.home", nil), Text: w.T("front.share.home.text", nil)}, "", true
				case "index":
					line, version := a.handlers.Resident.CityLine(lang)
					return front.Card{Title: w.T("front.share.index", nil), Text: line.Text, Low: line.Low, High: line.High}, version, true
				}
				return front.Card{}, "", false
			},
			"service": a.serviceCard,
			"course": func(name, lang string) (front.Card, string, bool) {
				c, err := a.Library.Course(name)
				if err != nil {
					return front.Card{}, "", false
				}
				return front.Card{Over: a.words.Lang(lang).T("front.share.course", nil), Title: c.Title.In(lang), Text: c.Summary.In(lang)}, c.Hash, true
			},
		}})
}

// courseAddresses are the pages of courses and lessons.
func (a *App) courseAddresses() (list []string) {
	for _, c := range a.Library.Courses() {
		at := "/courses/" + c.Slug
		list = append(list, at)
		for _, l := range c.Lessons {
			list = append(list, at+"/"+l.Slug)
		}
	}
	return list
}
