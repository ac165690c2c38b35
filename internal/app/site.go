package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"osvitlo/content"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/telemetry"
	"osvitlo/internal/web"
	"osvitlo/internal/web/api"
	"osvitlo/internal/web/opendata"
	"osvitlo/internal/web/page"
	"osvitlo/internal/web/resident"
)

// buildSite puts pages and addresses on the services.
func (a *App) buildSite() error {
	if a.People == nil {
		return nil // a command that looks at answers has no pages
	}
	city, style, err := a.city()
	if err != nil {
		return err
	}
	pages, err := page.New(page.Options{
		Words: a.words,
		Site: page.Site{City: city, Demo: a.config.Demo, Nav: web.Sections(), Footer: web.FooterLinks(), Origin: a.config.PublicURL,
			Picture: "/share/site/home.%s.png"},
		Sets: sets(),
	})
	if err != nil {
		return err
	}
	overTLS := strings.HasPrefix(a.config.PublicURL, "https://")
	residents, err := resident.New(resident.Options{
		Pages: pages, Words: a.words, Library: a.Library, Sittings: a.Sittings, Index: a.Index, Media: a.media,
		City: city, Demo: a.config.Demo, NoNames: true, Origin: a.config.PublicURL, OverTLS: overTLS, From: web.From(tokens{a.People}), Interrupted: a.Credentials.Pause, Warnings: a.fraud, Week: a.thisWeek, Log: a.log, Now: a.now,
	})
	if err != nil {
		return err
	}
	sessions := person.NewSessions(a.People, overTLS)
	a.showAdmission()
	a.showDoors()
	a.health = telemetry.NewHealth(telemetry.Check{Name: "store", Ask: a.engine.Ping}, telemetry.Check{Name: "media", Ask: a.media.Ping})
	proxies := make([]string, len(a.config.TrustedProxies))
	for i, p := range a.config.TrustedProxies {
		proxies[i] = p.String()
	}
	a.options = web.Options{
		Log: a.log, Metrics: a.metrics, Health: a.health, Pages: pages, Sessions: sessions, CityStyle: style,
		TrustedProxies: proxies, OverTLS: overTLS, HandlerLimit: a.config.HandlerLimit, BodyLimit: a.config.BodyLimit, MediaOrigin: a.config.S3Public,
	}
	a.handlers = web.Handlers{
		Resident: residents,
		API:      api.Deps{Sittings: a.Sittings, Messages: a.words, Tokens: tokens{a.People}, Rounds: a.Rounds, Log: a.log},
		OpenData: opendata.Deps{Index: a.Index, Log: a.log},
	}
	if a.handlers.Parts, err = a.parts(site{pages, sessions, city, overTLS}); err != nil {
		return err
	}
	if a.site, err = web.New(a.options, a.handlers); err != nil {
		return err
	}
	a.site = packagesOnly(a.config.PackageURL, a.site)
	operators := map[string]http.Handler{"GET /index/count": http.HandlerFunc(a.count)}
	if a.Demo() {
		operators["GET /demo/sign-in"] = http.HandlerFunc(a.demoSignIn)
		operators["GET /demo/mail"] = http.HandlerFunc(a.demoMail)
	}
	a.admin = telemetry.Admin(a.metrics, a.health, operators)
	return nil
}

// count tells the operator what has come in, public or not. Until staff can sign in,
// the operator's own listener is the only place where the count of this second stands.
func (a *App) count(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if err := json.NewEncoder(w).Encode(a.Index.Staff(r.URL.Query().Get("wave"))); err != nil {
		a.log.Debug("count", "error", err.Error()) // the asker has left
	}
}

// Handler is the public site, for tests and benchmarks that need no socket.
func (a *App) Handler() http.Handler { return a.site }

// city is who stands behind the site. The demo names itself as one wherever the
// configuration says nothing.
func (a *App) city() (page.City, string, error) {
	c := a.config.City
	city := page.City{
		Name:  i18n.Text{UK: c.NameUK, EN: c.NameEN},
		Owner: either(i18n.Text{UK: c.OwnerUK, EN: c.OwnerEN}), Decree: either(i18n.Text{UK: c.DecreeUK, EN: c.DecreeEN}),
		Phone: c.Phone, Hours: i18n.Text{UK: c.PhoneHours, EN: c.PhoneHours},
	}
	if a.config.Demo {
		city.Owner = orElse(city.Owner, i18n.Text{UK: "Міська рада (демонстрація)", EN: "City council (demonstration)"})
		city.Decree = orElse(city.Decree, i18n.Text{UK: "розпорядження від 9 лютого 2022 року № 14", EN: "order No 14 of 9 February 2022"})
		if city.Phone == "" {
			city.Phone = "(0522) 00-00-00"
			city.Hours = i18n.Text{UK: "Пн–пт, 9:00–18:00", EN: "Mon–Fri, 9:00–18:00"}
		}
	}
	city.PhoneHref = phoneHref(city.Phone)
	if c.Colour == "" {
		return city, "", nil
	}
	style, err := page.CityStyle(page.Colours{Main: c.Colour})
	if err != nil {
		return city, "", fmt.Errorf("OSVITLO_CITY_COLOUR: %w", err)
	}
	city.Style = web.CityStylePath
	return city, style, nil
}

// either lets one language stand in for the other.
func either(t i18n.Text) i18n.Text {
	if t.UK == "" {
		t.UK = t.EN
	}
	if t.EN == "" {
		t.EN = t.UK
	}
	return t
}

func orElse(t, other i18n.Text) i18n.Text {
	if t.IsZero() {
		return other
	}
	return t
}

// phoneHref makes a dialling address of a phone number as people write it.
// A national number gets Ukraine's code.
func phoneHref(phone string) string {
	var digits strings.Builder
	for _, r := range phone {
		if r >= '0' && r <= '9' || r == '+' && digits.Len() == 0 {
			digits.WriteRune(r)
		}
	}
	d := digits.String()
	switch {
	case d == "":
		return ""
	case strings.HasPrefix(d, "+"):
		return "tel:" + d
	case strings.HasPrefix(d, "0") && len(d) == 10:
		return "tel:+38" + d
	}
	return "tel:" + d
}

// benchmarks are the national figures shown beside the city's.
func (a *App) benchmarks() (*cityindex.Benchmarks, error) {
	raw, err := content.FS.ReadFile(benchmarksFile)
	if err != nil {
		return nil, err
	}
	return cityindex.ParseBenchmarks(raw)
}
