// Package page turns typed data into whole HTML pages in the reader's language.
//
// It owns the frame that every page stands in (head, skip link, «демонстраційні
// дані», header, way back, footer with the telephone), the partials of the
// components, the words bound to a language and the one place where a page is
// written to the network. Guarantees: every template of every language is parsed
// and escaped at start, a missing word refuses to start, a page is rendered to
// memory first so an error never leaves half a page behind, and nothing inline
// (style or script) is written, so a strict content security policy holds.
//
// The package does not route, does not read requests, sessions or stores, and
// does not decide a page's status.
package page

import (
	"strings"

	"osvitlo/internal/i18n"
)

// Link is an address with the words of its link.
type Link struct {
	Href string
	Text string // in the reader's language
}

// City is who stands behind the site. Everything comes from configuration;
// what is empty is not shown.
type City struct {
	Name      i18n.Text // «Кропивницький»
	Owner     i18n.Text // owner of the data: «Кропивницька міська рада»
	Decree    i18n.Text // «Розпорядження від 9 лютого 2022 року № 14»
	DecreeURL string    // page of the decree on the council's own site
	Phone     string    // as people read it: "(0522) 00-00-00"
	PhoneHref string    // "tel:+380522000000"
	Hours     i18n.Text // «Пн–пт, 9:00–18:00»
	Charge    i18n.Text // what a call costs, «За тарифом вашого оператора»
	Crest     string    // address of a picture served by this site, or empty
	Style     string    // address of the city's colours (see CityStyle), or empty
}

// Site is what all pages of one running program have in common.
type Site struct {
	City City
	Demo bool   // every page says «демонстраційні дані»
	Nav  []Item // main sections, in order
	// Footer are the links at the foot of every page.
	Footer []Item
	Origin string // "https://osvitlo.example" for canonical links, or empty
	// Picture is the path of the picture of a language («%s») that stands for pages
	// without one of their own where they are shared, or empty.
	Picture string
}

// Item is an entry of the navigation.
type Item struct {
	ID   string // what Base.Nav is compared with
	Href string
	Key  string // message key of its words
}

// Alarm is the form behind «Тривога: зберегти й вийти».
type Alarm struct {
	Action string // POST address
	Form   string // id of the form on the page whose answers go with it; may be empty
	Name   string // field that marks the alarm, with Value; both may be empty
	Value  string
}

// Base is what the frame needs of every page. Embed it in the page's own struct:
//
//	type Landing struct {
//		page.Base
//		Warning *Note
//	}
//
// and pass a pointer to Render. Lang and Title must be set.
type Base struct {
	Lang        string // i18n.Ukrainian or i18n.English
	Title       string // the page's own title, without the name of the site
	Description string // one sentence for search engines; may be empty
	Path        string // path and query without lang; for the language links
	Nav         string // ID of the current navigation item
	NoIndex     bool   // keep the page out of search engines
	Picture     string // path of the picture shown where somebody shares the page; empty: the site's own
	Data        any    // schema.org data of the page, marshalled as JSON-LD; nil: none. Never of a person
	Wide        bool   // two-column pages (index, open data); otherwise one reading column
	Full        bool   // as wide as the screen: tables of staff
	Failed      bool   // the page shows an error summary: the title says so
	Back        *Link
	Alarm       *Alarm
	NoScript    bool // leave the script out altogether (static error pages, print)

	site   *Site
	viewer Viewer
}

func (b *Base) base() *Base { return b }

// Page is any pointer to a struct that embeds Base.
type Page interface{ base() *Base }

// City is the city of the running site.
func (b *Base) City() City {
	if b.site == nil {
		return City{}
	}
	return b.site.City
}

// Demo tells whether the data is made up.
func (b *Base) Demo() bool { return b.site != nil && b.site.Demo }

// InLang is the address of this page in a language. An address of another site
// becomes the first page.
func (b *Base) InLang(lang string) string {
	path := b.Path
	if path == "" || path[0] != '/' || strings.HasPrefix(path, "//") || strings.HasPrefix(path, `/\`) {
		path = "/"
	}
	if strings.Contains(path, "?") {
		return path + "&lang=" + lang
	}
	return path + "?lang=" + lang
}
