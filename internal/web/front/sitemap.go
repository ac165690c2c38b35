package front

import (
	"encoding/xml"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// listed are the pages of everybody that hang on no data.
var listed = []string{"/", "/surveys", "/courses", "/map", "/events", "/services", "/help", "/index", "/index/method", "/open-data", "/employers",
	"/framework", "/privacy", "/accessibility"}

// private are the beginnings of addresses that are nobody's but one person's or staff's.
// They carry noindex or need a session; robots save themselves the way.
var private = []string{"/s/", "/r/", "/results/", "/me", "/mentor", "/office", "/school", "/employer/", "/join/", "/sign-in", "/register"}

// maxListed is what a sitemap may hold by its own rules.
const maxListed = 50_000

// Robots tells search engines where to look. A demonstration that others can reach keeps
// out of them: invented places and figures must not be found as real ones.
func (h *Handlers) Robots(c *gin.Context) error {
	var b strings.Builder
	b.WriteString("User-agent: *\n")
	if h.o.Demo && h.o.Origin != "" {
		b.WriteString("Disallow: /\n")
	} else {
		for _, path := range private {
			b.WriteString("Disallow: " + path + "\n")
		}
		if h.o.Origin != "" {
			b.WriteString("\nSitemap: " + h.o.Origin + "/sitemap.xml\n")
		}
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "text/plain; charset=utf-8", []byte(b.String()))
	return nil
}

type urlset struct {
	XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	XHTML   string    `xml:"xmlns:xhtml,attr"`
	URLs    []siteURL `xml:"url"`
}

type siteURL struct {
	Loc   string    `xml:"loc"`
	Links []altLink `xml:"xhtml:link"`
}

type altLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// Sitemap lists every page of everybody in each language. It needs the site's origin.
func (h *Handlers) Sitemap(c *gin.Context) error {
	if h.o.Origin == "" || h.o.Demo {
		return fault.Newf(fault.NotFound, "", "no sitemap without an origin, and none of a demonstration")
	}
	set := urlset{XHTML: "http://www.w3.org/1999/xhtml"}
	for _, path := range h.addresses() {
		at := func(lang string) string { return h.o.Origin + path + "?lang=" + lang }
		one := siteURL{Loc: at(i18n.Ukrainian)}
		for _, lang := range i18n.Languages {
			one.Links = append(one.Links, altLink{Rel: "alternate", Lang: lang, Href: at(lang)})
		}
		set.URLs = append(set.URLs, one)
	}
	out, err := xml.Marshal(set)
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "application/xml; charset=utf-8", append([]byte(xml.Header), out...))
	return nil
}

// addresses are all listed paths, each once, in a fixed order.
func (h *Handlers) addresses() []string {
	list := slices.Clone(listed)
	seen := map[string]bool{}
	for _, source := range h.o.Listed {
		list = append(list, source()...)
	}
	list = slices.DeleteFunc(list, func(path string) bool {
		if seen[path] {
			return true
		}
		seen[path] = true
		return false
	})
	return list[:min(len(list), maxListed)]
}
