package app

import (
	"strconv"
	"time"

	"osvitlo/internal/event"
	"osvitlo/internal/web"
	"osvitlo/internal/web/front"
)

// frontPages builds what stands before the pages: robots, sitemap, pictures for sharing.
func (a *App) frontPages(s site) (web.Part, error) {
	return front.New(front.Options{Pages: s.pages, Words: a.words, City: s.city, Origin: a.config.PublicURL, Demo: a.Demo(),
		Listed: []func() []string{a.courseAddresses, a.serviceAddresses, a.placeAddresses, a.eventAddresses, a.helpAddresses},
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
			"place": func(name, lang string) (front.Card, string, bool) {
				f, ok := a.Places.Public(name)
				return front.Card{Over: a.words.Lang(lang).T("place.title", nil), Title: f.Name.In(lang), Text: f.Address.In(lang)}, strconv.FormatUint(a.Places.Version(), 10), ok
			},
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

// placeAddresses are the pages of places that are not hidden.
func (a *App) placeAddresses() (list []string) {
	for _, p := range a.Places.All() {
		if p.Hidden == nil {
			list = append(list, "/places/"+p.Slug)
		}
	}
	return list
}

// eventAddresses are the pages of what is on in the next three months.
func (a *App) eventAddresses() (list []string) {
	now := a.now()
	for _, o := range a.Events.Occurrences(event.Filter{From: now, To: now.Add(90 * 24 * time.Hour)}) {
		list = append(list, "/events/"+o.Event.Slug)
	}
	return list
}

// helpAddresses are the answers of the hotline.
func (a *App) helpAddresses() (list []string) {
	for _, x := range a.Help.Articles() {
		list = append(list, "/help/"+x.ID)
	}
	return list
}
