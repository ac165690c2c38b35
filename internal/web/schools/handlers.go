package schools

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("schools: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "schools", FS: sub}
}

// Addresses of this package.
const (
	Office     = "/office/schools"
	MapAddress = Office + "/map"
	Results    = "/school/results"
)

// Options are what the pages are made of.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle
	Bodies *institution.Service
	Rounds *round.Service
	Menu   func(*gin.Context) []page.MenuGroup
	// Name names a variable of a report or an area; empty: it has no name.
	Name     func(variable, lang string) string
	District func(id, lang string) string
	// Beside are blocks that stand with an institution's results of a school year: its
	// signed self-description, its plan, its laboratories. Office tells who reads.
	Beside func(body string, year int, w *i18n.Localizer, office bool) []page.Block
	// More are lines under the department's table that lead on.
	More func(year int, w *i18n.Localizer) []Onward
	Map  MapOptions
	Demo bool // files say so
	Now  func() time.Time
}

// Onward is a line that leads to another page of institutions.
type Onward struct{ Title, Text, Href string }

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct {
	o       Options
	mu      sync.Mutex
	changes map[string]changes // by two rounds and a role; reports never change
}

// New prepares the handlers. Errors: a part that every page needs is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Bodies == nil || o.Rounds == nil {
		return nil, errors.New("schools: pages, words, the register and the rounds are needed")
	}
	if o.Menu == nil {
		o.Menu = func(*gin.Context) []page.MenuGroup { return nil }
	}
	if o.Name == nil {
		o.Name = func(string, string) string { return "" }
	}
	if o.District == nil {
		o.District = func(id, _ string) string { return id }
	}
	if o.Beside == nil {
		o.Beside = func(string, int, *i18n.Localizer, bool) []page.Block { return nil }
	}
	if o.More == nil {
		o.More = func(int, *i18n.Localizer) []Onward { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o, changes: map[string]changes{}}, nil
}

// Routes is the list of the addresses.
func (h *Handlers) Routes() []gate.Route {
	const get, post = http.MethodGet, http.MethodPost
	city, own := gate.May(person.SchoolSummary), gate.May(person.SchoolRead)
	return []gate.Route{
		{Method: get, Path: Office, Need: city, Do: h.Heat},
		{Method: get, Path: Office + "/file/:format", Need: city, Do: h.HeatFile},
		{Method: get, Path: MapAddress, Need: city, Do: h.Map},
		{Method: get, Path: MapAddress + "/points.json", Need: city, Do: h.Points},
		{Method: get, Path: Office + "/one/:id", Need: city, Do: h.One},
		{Method: get, Path: Office + "/one/:id/:format", Need: city, Do: h.OneFile},
		{Method: post, Path: Office + "/publish", Need: gate.May(person.RoundOpen), Do: h.Publish},
		{Method: get, Path: Results, Need: own, Do: h.Latest},
		{Method: get, Path: Results + "/:round", Need: own, Do: h.Own},
		{Method: get, Path: Results + "/:round/:format", Need: own, Do: h.OwnFile},
	}
}
