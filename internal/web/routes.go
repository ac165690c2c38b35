package web

import (
	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/api"
	"osvitlo/internal/web/opendata"
	"osvitlo/internal/web/resident"
	"osvitlo/static"
)

// Handlers answer the addresses. The API and the open data mount their own.
type Handlers struct {
	Resident *resident.Handlers
	API      api.Deps
	OpenData opendata.Deps
}

// routes is the list of all addresses.
func routes(g *gin.Engine, o Options, e *edge, h Handlers) error {
	g.GET("/healthz", gin.WrapF(o.Health.Live))
	g.GET("/readyz", gin.WrapF(o.Health.Ready))
	files := gin.WrapH(static.Handler())
	g.GET(static.Prefix+"*name", files)
	g.HEAD(static.Prefix+"*name", files)
	if o.CityStyle != "" {
		g.GET(CityStylePath, cityStyle(o.CityStyle))
	}

	r := h.Resident
	pages := g.Group("", within(o.HandlerLimit, o.BodyLimit))
	get := func(path string, do func(*gin.Context) error) {
		pages.GET(path, e.handle(do))
		pages.HEAD(path, e.handle(do))
	}
	post := func(path string, do func(*gin.Context) error) { pages.POST(path, e.handle(do)) }

	get("/", r.Landing)
	get("/help", r.Help)
	get("/privacy", r.Privacy)
	get("/accessibility", r.Accessibility)
	get("/framework", r.Framework)
	get("/courses", r.Courses)
	get("/courses/:slug", r.Course)
	get("/index", r.IndexPage)
	get("/index/method", r.Method)
	get("/open-data", r.OpenData)
	get("/media/*name", r.Picture)

	get("/surveys", r.Surveys)
	get("/surveys/:slug", r.Trust)
	post("/surveys/:slug", r.Start)
	get("/surveys/:slug/sheet", r.Sheet)

	get("/s/:sitting", r.Sitting)
	get("/s/:sitting/review", r.Review)
	post("/s/:sitting/submit", r.Submit)
	get("/s/:sitting/safe", r.Safe)
	get("/s/:sitting/:block", r.Block)
	post("/s/:sitting/:block", r.Save)

	get("/r", r.ResumeForm)
	post("/r", r.ResumeCode)
	get("/r/:key", r.ResumeLink)

	get("/results/:sitting", r.Result)
	get("/results/:sitting/answers", r.Answers)
	get("/results/:sitting/pdf", r.PDF)
	get("/results/:sitting/erase", r.EraseAsk)
	post("/results/:sitting/erase", r.Erase)

	h.API.Device = resident.Device
	if err := api.Routes(g.Group("", within(o.HandlerLimit, apiBody)), h.API); err != nil {
		return err
	}
	return opendata.Routes(g.Group("", within(o.HandlerLimit, o.BodyLimit)), h.OpenData)
}

// apiBody bounds a body of the API: a whole sitting may have 256 kB, and the API
// itself says so kindly; this is the wall behind it.
const apiBody = 1 << 20
