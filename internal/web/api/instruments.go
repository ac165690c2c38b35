package api

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
)

// static is a body that does not change while the program runs.
type static struct {
	body  []byte
	tag   string // without quotes
	cache string // Cache-Control
	at    string // Content-Location, if it is the same as another address
}

// Caching: a version never changes, so it may be kept for a year; what is current
// may change with the next publication.
const (
	cacheVersion = "public, max-age=31536000, immutable"
	cacheCurrent = "public, max-age=60"
)

func newStatic(v any, cache string) (static, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return static{}, err
	}
	return staticOf(b.Bytes(), cache), nil
}

func staticOf(body []byte, cache string) static {
	sum := sha256.Sum256(body)
	return static{body: body, tag: hex.EncodeToString(sum[:12]), cache: cache}
}

func (s static) serve(c *gin.Context) error {
	head := c.Writer.Header()
	head.Set("Cache-Control", s.cache)
	head.Set("ETag", `"`+s.tag+`"`)
	head.Set("Access-Control-Allow-Origin", "*") // the same for everybody, and public
	head.Set("Cross-Origin-Resource-Policy", "cross-origin")
	if s.at != "" {
		head.Set("Content-Location", s.at)
	}
	if match := c.GetHeader("If-None-Match"); match == "*" || strings.Contains(match, s.tag) {
		status(c, http.StatusNotModified)
		return nil
	}
	head.Set("Content-Type", typeJSON)
	if c.Request.Method == http.MethodHead {
		head.Set("Content-Length", strconv.Itoa(len(s.body)))
		status(c, http.StatusOK)
		return nil
	}
	c.Data(http.StatusOK, typeJSON, s.body)
	return nil
}

// build makes the bodies once.
func (h *handlers) build() (err error) {
	h.current, h.versions = map[string]static{}, map[string]static{}
	catalogue := h.Sittings.Catalogue()
	list := struct {
		Instruments []json.RawMessage `json:"instruments"`
	}{Instruments: []json.RawMessage{}}
	for _, slug := range catalogue.Slugs() {
		if p, ok := catalogue.Current(slug); ok {
			// An adaptive test is taken on the site, item by item: there is nothing to load
			// and fill in. Its offline side is the full test, on the same scale of points (ADR 012).
			if _, adaptive := p.Adaptive(); adaptive {
				continue
			}
		}
		for _, p := range catalogue.Versions(slug) {
			name := p.Slug + "/" + strconv.Itoa(p.Version)
			if h.versions[name], err = newStatic(p.Public(), cacheVersion); err != nil {
				return err
			}
		}
		if p, ok := catalogue.Current(slug); ok {
			name := p.Slug + "/" + strconv.Itoa(p.Version)
			s := h.versions[name]
			s.cache, s.at = cacheCurrent, "/api/v1/instruments/"+name
			h.current[slug] = s
			list.Instruments = append(list.Instruments, s.body)
		}
	}
	if h.list, err = newStatic(list, cacheCurrent); err != nil {
		return err
	}
	document, err := Document()
	if err != nil {
		return err
	}
	h.document = staticOf(document, cacheCurrent)
	return nil
}

func (h *handlers) instruments(c *gin.Context) error { return h.list.serve(c) }

func (h *handlers) instrument(c *gin.Context) error {
	s, ok := h.current[c.Param("slug")]
	if !ok {
		return fault.New(fault.NotFound, "sitting.no_such_instrument")
	}
	return s.serve(c)
}

func (h *handlers) version(c *gin.Context) error {
	s, ok := h.versions[c.Param("slug")+"/"+c.Param("version")]
	if !ok {
		return fault.New(fault.NotFound, "sitting.no_such_version")
	}
	return s.serve(c)
}
