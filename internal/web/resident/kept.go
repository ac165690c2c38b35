package resident

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// kept holds pages that are the same for everybody: rendered and compressed once
// per language and version, then served from memory with an ETag.
type kept struct {
	mu    sync.RWMutex
	pages map[string]*keptPage
}

type keptPage struct {
	version string
	tag     string // of the plain body, without quotes
	plain   []byte
	zipped  []byte
}

func newKept() *kept { return &kept{pages: map[string]*keptPage{}} }

func (k *kept) get(key, version string) *keptPage {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if p := k.pages[key]; p != nil && p.version == version {
		return p
	}
	return nil
}

// put keeps a page; the keys are the routes without parameters and the slugs of
// content, so they are few.
func (k *kept) put(key string, p *keptPage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.pages[key] = p
}

// keep serves a page that is the same for everybody. version names the data it was
// made of: another one renders it anew. make is called only then.
func (h *Handlers) keep(c *gin.Context, template, path, version string, make func(lang string) (page.Page, error)) error {
	l := lang(c)
	if !page.ViewerOf(c.Writer).Plain() { // somebody's own reading: rendered for them
		data, err := make(l)
		if err != nil {
			return err
		}
		c.Writer.Header().Set("Cache-Control", "no-store")
		return h.o.Pages.Render(c.Writer, http.StatusOK, "resident/"+template, data)
	}
	key := l + " " + path
	p := h.kept.get(key, version)
	if p == nil {
		data, err := make(l)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := h.o.Pages.Execute(&b, "resident/"+template, data); err != nil {
			return err
		}
		if p, err = newKeptPage(version, b.Bytes()); err != nil {
			return err
		}
		h.kept.put(key, p)
	}
	p.serve(c)
	return nil
}

func newKeptPage(version string, body []byte) (*keptPage, error) {
	sum := sha256.Sum256(body)
	p := &keptPage{version: version, plain: body, tag: hex.EncodeToString(sum[:8])}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(body); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	p.zipped = b.Bytes()
	return p, nil
}

func (p *keptPage) serve(c *gin.Context) {
	head := c.Writer.Header()
	head.Set("Cache-Control", "no-cache")
	head.Add("Vary", "Accept-Encoding")
	head.Set("Content-Language", lang(c))
	head.Set("Content-Type", "text/html; charset=utf-8")
	body, tag := p.plain, `"`+p.tag+`"`
	if acceptsGzip(c.GetHeader("Accept-Encoding")) {
		body, tag = p.zipped, `"`+p.tag+`-gz"`
		head.Set("Content-Encoding", "gzip")
	}
	head.Set("ETag", tag)
	if match := c.GetHeader("If-None-Match"); match != "" && strings.Contains(match, p.tag) {
		head.Del("Content-Encoding")
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return
	}
	head.Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(http.StatusOK)
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // the reader may have left
	} else {
		c.Writer.WriteHeaderNow()
	}
}

func acceptsGzip(header string) bool {
	for _, one := range strings.Split(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.ReplaceAll(params, " ", "") != "q=0"
		}
	}
	return false
}
