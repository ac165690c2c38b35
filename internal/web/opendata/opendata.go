// Package opendata serves the figures of the city for machines: the running
// index, the releases and their files, and the key they are signed with.
//
// Everything comes from the index's snapshot in memory or is a frozen file;
// every answer has a strong ETag and is open to other sites. The package does
// not compute figures and does not render pages.
package opendata

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
)

// Index is what the handlers read; cityindex.Service is one.
type Index interface {
	Snapshot() *cityindex.Snapshot
	ReleaseFile(ctx context.Context, id, name string) (cityindex.File, error)
	PublicKey() []byte
}

// Deps is what the handlers stand on.
type Deps struct {
	Index Index
	Log   *slog.Logger // nil: silent
}

// Addresses.
const (
	PathIndex    = "/open-data/index.json"
	PathReleases = "/open-data/releases.json"
	PathKey      = "/.well-known/osvitlo-release-key"
)

type handlers struct{ Deps }

// Routes mounts the addresses of the open data.
func Routes(r gin.IRouter, d Deps) error {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	h := &handlers{d}
	get := func(path string, handler func(*gin.Context) error) {
		r.GET(path, h.edge(handler))
		r.HEAD(path, h.edge(handler))
	}
	get(PathIndex, h.index)
	get(PathReleases, h.releases)
	get("/open-data/releases/", h.releases)
	get("/open-data/releases/:id/", h.folder)
	get("/open-data/releases/:id/:file", h.file)
	for _, name := range []string{cityindex.FileFigures, cityindex.FileCells, cityindex.FilePackage, cityindex.FileCatalog, cityindex.FileSignature, cityindex.FileZip,
		cityindex.FileDrivers, cityindex.FileDriverCSV, cityindex.FileChanges} {
		get("/open-data/"+name, h.latest(name))
	}
	get(PathKey, h.key)
	return nil
}

func (h *handlers) index(c *gin.Context) error {
	s := h.Index.Snapshot()
	send(c, "application/json; charset=utf-8", s.ETag, "public, no-cache", s.Index)
	return nil
}

func (h *handlers) releases(c *gin.Context) error {
	s := h.Index.Snapshot()
	send(c, "application/json; charset=utf-8", s.ETag, "public, no-cache", s.Releases)
	return nil
}

// folder answers the address of a release with its list of files and hashes.
func (h *handlers) folder(c *gin.Context) error {
	return h.send(c, c.Param("id"), cityindex.FilePackage)
}

func (h *handlers) file(c *gin.Context) error { return h.send(c, c.Param("id"), c.Param("file")) }

// latest leads from an address that stays to the file of the newest release that
// stands: a browser lands on the frozen copy and cites that one.
func (h *handlers) latest(name string) func(*gin.Context) error {
	return func(c *gin.Context) error {
		for _, r := range h.Index.Snapshot().View.Releases {
			if r.Latest && r.Withdrawn == nil {
				c.Header("Cache-Control", "no-cache")
				c.Header("Access-Control-Allow-Origin", "*")
				c.Redirect(http.StatusFound, r.Path+name)
				return nil
			}
		}
		return fault.New(fault.NotFound, "")
	}
}

func (h *handlers) send(c *gin.Context, id, name string) error {
	f, err := h.Index.ReleaseFile(c.Request.Context(), id, name)
	if err != nil {
		return err
	}
	if strings.HasPrefix(f.ContentType, "text/csv") || f.ContentType == "application/zip" {
		c.Header("Content-Disposition", `attachment; filename="osvitlo-`+id+`-`+name+`"`)
	}
	// A release never changes, so it may be kept for ever.
	send(c, f.ContentType, `"`+f.Hash()[:32]+`"`, "public, max-age=31536000, immutable", f.Body)
	return nil
}

func (h *handlers) key(c *gin.Context) error {
	f := cityindex.File{Body: h.Index.PublicKey()}
	send(c, "application/x-pem-file", `"`+f.Hash()[:32]+`"`, "public, max-age=3600", f.Body)
	return nil
}

// send writes a body, or 304 when the asker has it.
func send(c *gin.Context, kind, etag, cache string, body []byte) {
	head := c.Writer.Header()
	head.Set("ETag", etag)
	head.Set("Cache-Control", cache)
	head.Set("Access-Control-Allow-Origin", "*")
	if has(c.GetHeader("If-None-Match"), etag) {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	head.Set("Content-Type", kind)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return
	}
	_, _ = c.Writer.Write(body) // the reader has gone away
}

// has tells whether a list of ETags names this one; a proxy may have made it weak.
func has(list, etag string) bool {
	for _, one := range strings.Split(list, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == etag || one == "*" {
			return true
		}
	}
	return false
}

// edge turns an error into a problem document.
func (h *handlers) edge(handler func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := handler(c)
		if err == nil {
			return
		}
		status, title := http.StatusInternalServerError, "Internal error"
		switch fault.KindOf(err) {
		case fault.NotFound, fault.Invalid:
			status, title = http.StatusNotFound, "Not found"
		case fault.Unavailable:
			status, title = http.StatusServiceUnavailable, "Try again later"
		}
		if status >= http.StatusInternalServerError {
			h.Log.ErrorContext(c.Request.Context(), "open data", "error", err)
		}
		c.Header("Cache-Control", "no-store")
		c.Header("Content-Type", "application/problem+json; charset=utf-8")
		c.JSON(status, gin.H{"type": "about:blank", "title": title, "status": status})
	}
}
