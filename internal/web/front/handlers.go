package front

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/static"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("front: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "front", FS: sub}
}

// Options are what the package works with.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle
	City   page.City
	Origin string // "https://…" of the site; empty: no sitemap
	Demo   bool
	// Listed are the sources of addresses for search engines, without those that
	// listed names already.
	Listed []func() []string
	// Cards are the pictures by kind: what to write for a name of the kind in a language
	// and the version of its data; false when there is no such name.
	Cards map[string]func(name, lang string) (card Card, version string, ok bool)
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct {
	o     Options
	drawn *drawn
}

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil {
		return nil, errors.New("front: pages and words are needed")
	}
	return &Handlers{o: o, drawn: newDrawn()}, nil
}

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "GET", Path: path, Need: gate.Open, Do: do}
	}
	return []gate.Route{
		get("/robots.txt", h.Robots),
		get("/sitemap.xml", h.Sitemap),
		get("/share/:kind/:name", h.Share),
		get("/sw.js", h.Worker),
		get("/offline", h.Offline),
	}
}

// OfflinePage is what a device shows without a network.
type OfflinePage struct {
	page.Base
	Fraud page.Note
}

// Offline shows the page that the worker keeps.
func (h *Handlers) Offline(c *gin.Context) error {
	lang := i18n.FromContext(c.Request.Context())
	w := h.o.Words.Lang(lang)
	p := &OfflinePage{Base: page.Base{Lang: lang, Title: w.T("front.offline", nil), Path: "/offline", NoIndex: true}}
	p.Fraud = page.Note{Kind: "bad", Title: w.T("resident.landing.fraud", nil), Text: []string{w.T("resident.landing.fraud.text", nil)}}
	c.Header("Cache-Control", "no-cache")
	return h.o.Pages.Render(c.Writer, http.StatusOK, "front/offline", p)
}

// Worker is the script that shows the offline page when the network is away. It stands
// here, not among the static files, because a worker reaches no further than the folder
// it comes from.
func (h *Handlers) Worker(c *gin.Context) error {
	raw, err := fs.ReadFile(static.FS(), strings.TrimPrefix(static.Path("offline.js"), static.Prefix))
	if err != nil {
		return fault.From(err, fault.Internal, "")
	}
	c.Header("Cache-Control", "no-cache")
	c.Data(http.StatusOK, "text/javascript; charset=utf-8", raw)
	return nil
}
