// Package web is the public face: one gin engine, its middleware, the list of all
// routes on one screen, and the edge where errors become pages.
//
// Guarantees: every answer carries the security headers; state changes from other
// origins are refused; a body over its bound is cut off; a request that panics or
// fails leaves a whole page and one log line with the route's pattern, never the
// path. The package holds no rule of the domain: handlers live in web/resident,
// web/api and web/opendata.
package web

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"osvitlo/internal/person"
	"osvitlo/internal/telemetry"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Options are what the server needs besides its handlers.
type Options struct {
	Log            *slog.Logger
	Metrics        *telemetry.Metrics
	Health         *telemetry.Health
	Pages          *page.Renderer
	Sessions       *person.Sessions
	TrustedProxies []string // networks whose forwarding headers are believed
	OverTLS        bool     // people reach the site over https: cookies are Secure
	CityStyle      string   // the city's colours as CSS, or empty
	HandlerLimit   time.Duration
	BodyLimit      int64  // bytes of a form
	MediaOrigin    string // where pictures and media may come from besides the site itself; or empty
}

// New builds the handler of the whole public site.
func New(o Options, h Handlers) (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	g := gin.New()
	g.HandleMethodNotAllowed = true
	g.RedirectTrailingSlash = true
	g.ContextWithFallback = true
	if err := g.SetTrustedProxies(o.TrustedProxies); err != nil {
		return nil, err
	}
	e := &edge{pages: o.Pages, log: o.Log}
	g.Use(event(o.Log, o.Metrics), e.recovered(), secure(o.OverTLS, o.MediaOrigin), speak(o.OverTLS))
	for _, p := range h.Parts { // of pages that say that nothing is there too
		if f, ok := p.(Framed); ok {
			g.Use(f.Frame())
		}
	}
	sessions := gate.New(o.Sessions, o.Log).Sessions(e.fail) // the frame of such pages shows who reads them
	g.NoRoute(known(sessions), e.nothing)
	g.NoMethod(known(sessions), e.otherwise)
	if err := routes(g, o, e, h); err != nil {
		return nil, err
	}

	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(700), gzhttp.CompressionLevel(1))
	if err != nil {
		return nil, err
	}
	origin := http.NewCrossOriginProtection()
	return compress(origin.Handler(g)), nil
}
