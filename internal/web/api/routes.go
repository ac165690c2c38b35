package api

import (
	"context"
	"log/slog"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
)

// Deps are what the handlers work with.
type Deps struct {
	Sittings *sitting.Service
	Messages *i18n.Bundle
	Log      *slog.Logger
	// Device reads the device cookie of a browser; nil, or an empty value, when
	// there is none.
	Device func(*gin.Context) string
	// Tokens reads the tokens of venues, operators and devices; nil: none is known,
	// and only mode self is taken.
	Tokens Tokens
	// Rounds gives the reports of institutions; nil: there are none.
	Rounds Rounds
}

// Tokens tells who stands behind a bearer token.
type Tokens interface {
	// Helper reads a token. Errors: Unauthenticated for one that is unknown, expired
	// or revoked; Unavailable.
	Helper(ctx context.Context, token string) (*sitting.Helper, error)
}

// handlers answer the addresses of this package. It is safe for concurrent use.
type handlers struct {
	Deps
	list     static            // all current instruments
	current  map[string]static // by slug
	versions map[string]static // by slug/version
	document static            // OpenAPI

}

// Routes mounts the addresses under r, the root of the site. The bodies of the
// instruments are built here once.
func Routes(r gin.IRouter, d Deps) error {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Device == nil {
		d.Device = func(*gin.Context) string { return "" }
	}
	h := &handlers{Deps: d}
	if err := h.build(); err != nil {
		return err
	}
	get := func(path string, handler func(*gin.Context) error) {
		r.GET(path, h.edge(handler))
		r.HEAD(path, h.edge(handler))
	}
	get("/api/openapi.json", h.openAPI)
	get("/api/v1/instruments", h.instruments)
	get("/api/v1/instruments/:slug", h.instrument)
	get("/api/v1/instruments/:slug/:version", h.version)
	get("/api/v1/rounds", h.rounds)
	get("/api/v1/rounds/:round/figures", h.figures)
	get("/api/v1/sittings/:sitting", h.readSitting)
	r.PUT("/api/v1/sittings/:sitting", h.edge(h.putSitting))
	r.DELETE("/api/v1/sittings/:sitting", h.edge(h.eraseSitting))
	return nil
}

// edge turns an error of a handler into a problem document.
func (h *handlers) edge(handler func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := handler(c); err != nil {
			h.problem(c, err)
		}
	}
}

const (
	typeJSON    = "application/json; charset=utf-8"
	typeProblem = "application/problem+json; charset=utf-8"
)

func noStore(c *gin.Context) { c.Writer.Header().Set("Cache-Control", "no-store") }

func status(c *gin.Context, code int) {
	c.Status(code)
	c.Writer.WriteHeaderNow()
}
