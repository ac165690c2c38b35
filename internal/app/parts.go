package app

import (
	"context"

	"osvitlo/internal/config"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web"
	"osvitlo/internal/web/account"
	"osvitlo/internal/web/answers"
	"osvitlo/internal/web/assets"
	"osvitlo/internal/web/credential"
	"osvitlo/internal/web/employers"
	"osvitlo/internal/web/events"
	"osvitlo/internal/web/front"
	"osvitlo/internal/web/help"
	"osvitlo/internal/web/items"
	"osvitlo/internal/web/learning"
	"osvitlo/internal/web/mentor"
	"osvitlo/internal/web/packages"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/places"
	"osvitlo/internal/web/plans"
	"osvitlo/internal/web/resident"
	"osvitlo/internal/web/school"
	"osvitlo/internal/web/schools"
	"osvitlo/internal/web/services"
	"osvitlo/internal/web/waves"
)

// sets lists the templates of all pages.
func sets() []page.Set {
	return []page.Set{
		resident.Set(),
		front.Set(),
		account.Set(),
		mentor.Set(),
		waves.Set(),
		answers.Set(),
		items.Set(),
		learning.Set(),
		credential.Set(),
		places.Set(),
		events.Set(),
		services.Set(),
		assets.Set(), help.Set(), packages.Set(), school.Set(), schools.Set(), employers.Set(), plans.Set(),
	}
}

// site is what every group of pages is built with.
type site struct {
	pages    *page.Renderer
	sessions *person.Sessions
	city     page.City
	overTLS  bool
}

// parts builds the pages of people who sign in, and of staff.
func (a *App) parts(s site) (list []web.Part, err error) {
	for _, build := range []func(site) (web.Part, error){
		a.frontPages,
		a.accountPages,
		a.officePages,
		a.mentorPages,
		a.wavePages,
		a.answerPages,
		a.itemPages,
		a.learningPages,
		a.credentialPages,
		a.placePages,
		a.eventPages,
		a.servicePages,
		a.assetPages, a.helpPages, a.callPages, a.packagePages,
		a.registerPages, a.roundPages, a.schoolResultPages, a.planPages, a.schoolPages, a.employerPages, a.labPages, a.selfDescriptionPages,
	} {
		part, err := build(s)
		if err != nil {
			return nil, err
		}
		list = append(list, part)
	}
	return list, nil
}

func (a *App) accountPages(s site) (web.Part, error) {
	o := account.Options{Pages: s.pages, Words: a.words, People: a.People, Sessions: s.sessions, Services: map[string]i18n.Text{},
		Kept: kept{a.Sittings, a.words}, PlaceName: a.placeName, Mail: a.post.Ready(), Next: a.handlers.Resident.NextLessons, Advice: a.employerAdvice, City: s.city, Notice: a.notice(),
		Origin: a.config.PublicURL, OverTLS: s.overTLS, Demo: a.Demo(), Log: a.log, Now: a.now}
	var err error
	if a.config.PublicURL != "" {
		if o.Passkeys, err = person.NewPasskeys(a.People, a.config.PublicURL, a.issuer()); err != nil {
			return nil, err
		}
	}
	var providers []person.Provider
	for id, c := range map[string]struct {
		oidc  config.OIDC
		title i18n.Text
	}{
		"staff":  {a.config.Staff, i18n.Text{UK: "Вхід для працівників", EN: "Sign-in for staff"}},
		"people": {a.config.People, i18n.Text{UK: "Державний вхід", EN: "National sign-in"}},
	} {
		if c.oidc.Issuer == "" {
			continue
		}
		p, err := person.NewOIDC(person.OIDCConfig{ID: id, Issuer: c.oidc.Issuer, ClientID: c.oidc.ClientID, ClientSecret: c.oidc.Secret.Reveal(),
			RedirectURL: a.config.PublicURL + "/sign-in/oidc/" + id + "/callback", Scopes: c.oidc.Scopes, StrongACR: c.oidc.Strong, Now: a.now})
		if err != nil {
			return nil, err
		}
		providers = append(providers, p)
		o.Services[id] = orElse(either(i18n.Text{UK: c.oidc.TitleUK, EN: c.oidc.TitleEN}), c.title)
	}
	if len(providers) > 0 {
		if o.Identities, err = person.NewIdentities(a.People, providers...); err != nil {
			return nil, err
		}
	}
	part, err := account.New(o)
	if err != nil {
		return nil, err
	}
	a.handlers.Frame, a.account = part.Frame(), part
	return part, nil
}

func (a *App) answerPages(s site) (web.Part, error) {
	tables, err := a.Answers()
	if err != nil {
		return nil, err
	}
	return answers.New(answers.Options{Pages: s.pages, Words: a.words, Tables: tables, Waves: a.Waves, Audit: a.Audit, Log: a.log, Menu: a.desk.Menu,
		Title: func(slug, lang string) string { return a.instrumentTitle(slug).In(lang) }})
}

// placeName names a venue; a place that is not known keeps its id.
func (a *App) placeName(_ context.Context, kind person.PlaceKind, id, lang string) string {
	if i, ok := a.Institutions.ByID(id); ok && kind == person.Institution {
		return i.Name().In(lang)
	}
	for _, v := range a.Venues() {
		if v.ID == id {
			return v.Name.In(lang)
		}
	}
	return id
}
