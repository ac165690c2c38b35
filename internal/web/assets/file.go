package assets

import (
	"context"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/web/page"
)

// File serves a finished file: name is its name in package media. It is not a route of
// its own: the address of all media asks it for what is not a picture of the content.
func (h *Handlers) File(c *gin.Context, name string) error {
	ctx := c.Request.Context()
	f, err := h.o.Assets.Serve(ctx, name, c.Query("until"), c.Query("sign"))
	if err != nil {
		return err
	}
	head := c.Writer.Header()
	to, err := h.o.Assets.Direct(ctx, f)
	if err != nil {
		return err
	}
	if to != "" {
		head.Set("Cache-Control", "no-store") // the address is good for a short time
		http.Redirect(c.Writer, c.Request, to, http.StatusFound)
		return nil
	}
	cache := "private, no-cache"
	if f.Public {
		cache = "public, max-age=31536000, immutable" // the name is made of the bytes
	}
	head.Set("Cache-Control", cache)
	base := path.Base(f.Name)
	head.Set("ETag", `"`+strings.TrimSuffix(base, path.Ext(base))+`"`)
	head.Set("Content-Type", f.Type)
	// Opened on its own it must not be able to act in our name; a viewer of PDF does not
	// run in a sandbox, so that one is saved.
	head.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox")
	if f.Type == "application/pdf" {
		head.Set("Content-Disposition", `attachment; filename="`+base+`"`)
	}
	r := h.o.Assets.Open(context.WithoutCancel(ctx), f)
	defer func() { _ = r.Close() }() // read to its end, or the reader has left
	http.ServeContent(page.Patient(c.Writer), c.Request, "", time.Time{}, r)
	return nil
}

var _ page.Page = (*ListPage)(nil)
