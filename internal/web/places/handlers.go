package places

import (
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("places: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "places", FS: sub}
}

// Person is a member of staff who may answer for a place.
type Person struct {
	ID   person.ID
	Name string
}

// Options are what the pages are made of.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle
	Places *place.Service
	City   page.City
	Origin string                              // the site's address; empty: unknown
	Limits string                              // address of the security officer's text; empty: none
	Tiles  *Tiles                              // nil: the map stands on plain ground
	Menu   func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Area   func(id, lang string) string        // name of an area of the framework; nil: none
	Book   func(place string) string           // where a computer or a consultation is booked; nil or "": nowhere
	Events func(place, lang string) []page.Event
	Photos func(ctx context.Context, who *person.Actor, s asset.Sent, alt i18n.Text, file io.Reader) (*asset.Asset, error) // stores and publishes a photo; nil: none are taken
	Leads  func(ctx context.Context, who *person.Actor, place string) []Person                                             // who may answer for a place; nil: nobody
	People []place.Populated                                                                                               // points of the population, for coverage
	Walk   float64                                                                                                         // steps for each metre of a straight line
	Log    *slog.Logger
	Now    func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct {
	o     Options
	mu    sync.Mutex
	files map[string]kept // open data as it was last made
}

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Places == nil {
		return nil, errors.New("places: pages, words and places are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Area == nil {
		o.Area = func(id, _ string) string { return id }
	}
	if o.Book == nil {
		o.Book = func(string) string { return "" }
	}
	if o.Events == nil {
		o.Events = func(string, string) []page.Event { return nil }
	}
	if o.Leads == nil {
		o.Leads = func(context.Context, *person.Actor, string) []Person { return nil }
	}
	if o.Walk < 1 {
		o.Walk = place.WalkFactor
	}
	return &Handlers{o: o, files: map[string]kept{}}, nil
}

// Addresses.
const (
	MapAddress  = "/map"
	Address     = "/places"
	OpenGeoJSON = "/places.geojson"
	OpenCSV     = "/places.csv"
	OpenPackage = "/places.datapackage.json"
	Office      = "/office/places"
	Coverage    = Office + "/coverage"
	Load        = Office + "/load"
	Imports     = Office + "/imports"
)

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	open := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.Open, Do: do}
	}
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, body int64, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: gate.May(act), Do: do, Body: body}
	}
	return []gate.Route{
		open(MapAddress, h.List),
		open(MapAddress+"/points", h.Points),
		open(MapAddress+"/print", h.Print),
		open(Address+"/:slug", h.Place),
		open(OpenGeoJSON, h.GeoJSON),
		open(OpenCSV, h.CSV),
		open(OpenPackage, h.Package),
		open("/tiles/:z/:x/:y", h.Tile),

		get(Office, person.PlaceHide, h.Register),
		get(Office+"/new", person.PlaceEdit, h.NewForm),
		post(Office, person.PlaceEdit, 0, h.Create),
		get(Coverage, person.OfficeRead, h.CoveragePage),
		get(Coverage+".csv", person.OfficeRead, h.CoverageFile),
		get(Load, person.OfficeRead, h.LoadPage),
		get(Imports, person.PlaceEdit, h.ImportList),
		post(Imports, person.PlaceEdit, importBody, h.TakeImport),
		get(Imports+"/:import", person.PlaceEdit, h.Import),
		post(Imports+"/:import", person.PlaceEdit, 0, h.Reread),
		post(Imports+"/:import/apply", person.PlaceEdit, 0, h.Apply),
		post(Imports+"/:import/undo", person.PlaceEdit, 0, h.Undo),
		get(Imports+"/:import/problems.csv", person.PlaceEdit, h.ProblemFile),
		get(Office+"/:id", person.PlaceHide, h.One),
		get(Office+"/:id/edit", person.PlaceEdit, h.EditForm),
		post(Office+"/:id/edit", person.PlaceEdit, 0, h.Edit),
		post(Office+"/:id/hide", person.PlaceHide, 0, h.Hide),
		post(Office+"/:id/show", person.PlaceHide, 0, h.ShowAgain),
		post(Office+"/:id/confirm", person.PlaceEdit, 0, h.Confirm),
		post(Office+"/:id/remove", person.PlaceEdit, 0, h.Remove),
		get(Office+"/:id/photos", person.PlaceEdit, h.PhotosForm),
		post(Office+"/:id/photos", person.PlaceEdit, photoBody, h.AddPhoto),
		post(Office+"/:id/photos/remove", person.PlaceEdit, 0, h.RemovePhoto),
		get(Office+"/:id/workplaces", person.PlaceEdit, h.Workplaces),
		post(Office+"/:id/workplaces", person.PlaceEdit, 0, h.SaveWorkplace),
		post(Office+"/:id/workplaces/fault", person.PlaceEdit, 0, h.ReportFault),
		post(Office+"/:id/workplaces/fixed", person.PlaceEdit, 0, h.Fixed),
		post(Office+"/:id/workplaces/use", person.PlaceEdit, 0, h.Use),
	}
}

// view is one request.
type view struct {
	h    *Handlers
	c    *gin.Context
	ctx  context.Context
	w    *i18n.Localizer
	lang string
	now  time.Time
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang, now: h.o.Now()}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("place."+key, m)
}

func (v *view) n(key string, count int) string { return v.w.N("place."+key, int64(count), nil) }

// render writes a page that may be kept only if it is asked for again: a hidden place
// must be gone with the next request.
func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "private, no-cache")
	return v.h.o.Pages.Render(v.c.Writer, status, "places/"+name, p)
}
