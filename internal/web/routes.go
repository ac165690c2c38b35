package web

import (
	"fmt"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/api"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/opendata"
	"osvitlo/internal/web/resident"
	"osvitlo/static"
)

// Part is a group of pages. Its own list of routes stands on one screen of its package.
type Part interface{ Routes() []gate.Route }

// Framed is a part that tells every page who reads it (see page.Viewed).
type Framed interface{ Frame() gin.HandlerFunc }

// Handlers answer the addresses. The API and the open data mount their own.
type Handlers struct {
	Resident *resident.Handlers
	Parts    []Part          // pages for people who sign in, and for staff
	Frame    gin.HandlerFunc // tells every page's frame who reads it, behind the sessions
	API      api.Deps
	OpenData opendata.Deps
}

// residents lists the pages that are open to everybody.
func residents(r *resident.Handlers) []gate.Route {
	get := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "GET", Path: path, Need: gate.Open, Do: do}
	}
	post := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "POST", Path: path, Need: gate.Open, Do: do}
	}
	return []gate.Route{
		get("/", r.Landing),
		get("/privacy", r.Privacy),
		get("/accessibility", r.Accessibility),
		get("/framework", r.Framework),
		get("/index", r.IndexPage),
		get("/index/method", r.Method),
		get("/index/drivers", r.DriversPage),
		get("/index/changes", r.ChangesPage),
		get("/open-data", r.OpenData),
		get("/media/*name", r.Picture),

		get("/surveys", r.Surveys),
		get("/surveys/:slug", r.Trust),
		post("/surveys/:slug", r.Start),
		get("/surveys/:slug/sheet", r.Sheet),

		get("/s/:sitting", r.Sitting),
		get("/s/:sitting/review", r.Review),
		post("/s/:sitting/submit", r.Submit),
		get("/s/:sitting/safe", r.Safe),
		get("/s/:sitting/:block", r.Block),
		post("/s/:sitting/:block", r.Save),

		get("/r", r.ResumeForm),
		post("/r", r.ResumeCode),
		get("/r/:key", r.ResumeLink),

		get("/results/:sitting", r.Result),
		get("/results/:sitting/answers", r.Answers),
		get("/results/:sitting/pdf", r.PDF),
		get("/results/:sitting/erase", r.EraseAsk),
		post("/results/:sitting/erase", r.Erase),
	}
}

// Pages lists every page of the site with who may reach it.
func (h *Handlers) Pages() []gate.Route {
	list := residents(h.Resident)
	for _, p := range h.Parts {
		list = append(list, p.Routes()...)
	}
	return list
}

// routes mounts all addresses.
func routes(g *gin.Engine, o Options, e *edge, h Handlers) error {
	g.GET("/healthz", gin.WrapF(o.Health.Live))
	g.GET("/readyz", gin.WrapF(o.Health.Ready))
	files := gin.WrapH(static.Handler())
	g.GET(static.Prefix+"*name", files)
	g.HEAD(static.Prefix+"*name", files)
	if o.CityStyle != "" {
		g.GET(CityStylePath, cityStyle(o.CityStyle))
	}

	guard := gate.New(o.Sessions, o.Log)
	sessions := guard.Sessions(e.fail)
	for _, r := range h.Pages() {
		body := o.BodyLimit
		if r.Body > 0 {
			body = r.Body
		}
		chain := []gin.HandlerFunc{within(o.HandlerLimit, body), sessions}
		if !r.Need.Public() {
			chain = append(chain, guard.Guard(r.Need, e.fail))
		}
		chain = append(chain, e.handle(r.Do))
		switch r.Method {
		case "GET":
			g.GET(r.Path, chain...)
			g.HEAD(r.Path, chain...)
		case "POST":
			g.POST(r.Path, chain...)
		default:
			return fmt.Errorf("web: %s %s: pages know GET and POST", r.Method, r.Path)
		}
	}

	h.API.Device = resident.Device
	if err := api.Routes(g.Group("", within(o.HandlerLimit, apiBody)), h.API); err != nil {
		return err
	}
	return opendata.Routes(g.Group("", within(o.HandlerLimit, o.BodyLimit)), h.OpenData)
}

// apiBody bounds a body of the API: a whole sitting may have 256 kB, and the API
// itself says so kindly; this is the wall behind it.
const apiBody = 1 << 20
