package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// CityStylePath is where the city's own colours are served, if it has any.
const CityStylePath = "/city.css"

// Sections are the entries of the navigation, in order.
func Sections() []page.Item {
	return []page.Item{
		{ID: "test", Href: "/surveys", Key: "page.nav.test"},
		{ID: "courses", Href: "/courses", Key: "page.nav.learn"},
		{ID: "places", Href: "/map", Key: "page.nav.places"},
		{ID: "events", Href: "/events", Key: "page.nav.events"},
		{ID: "services", Href: "/services", Key: "page.nav.services"},
		{ID: "index", Href: "/index", Key: "page.nav.index"},
		{ID: "help", Href: "/help", Key: "page.nav.help"},
	}
}

// FooterLinks stand at the foot of every page.
func FooterLinks() []page.Item {
	return []page.Item{
		{Href: "/privacy", Key: "page.nav.privacy"},
		{Href: "/preferences", Key: "page.nav.prefs"},
		{Href: "/accessibility", Key: "page.nav.accessibility"},
		{Href: "/framework", Key: "page.nav.framework"},
		{Href: "/open-data", Key: "page.nav.data"},
		{Href: "/r", Key: "page.nav.code"},
	}
}

// cityStyle serves the style sheet of the city's colours.
func cityStyle(css string) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Cache-Control", "public, max-age=3600")
		c.Data(http.StatusOK, "text/css; charset=utf-8", []byte(css))
	}
}
