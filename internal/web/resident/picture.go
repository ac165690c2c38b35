package resident

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
)

// Uploaded gives the address of media to files that are no pictures of items: serve
// answers for their names. Call it before the first request.
func (h *Handlers) Uploaded(serve func(c *gin.Context, name string) error) { h.uploaded = serve }

// Picture serves a picture of an item from the media port.
func (h *Handlers) Picture(c *gin.Context) error {
	name := strings.TrimPrefix(c.Param("name"), "/")
	if h.uploaded != nil && !h.forms.pictures[name] {
		return h.uploaded(c, name)
	}
	if h.o.Media == nil || !h.forms.pictures[name] {
		return fault.New(fault.NotFound, "")
	}
	ctx := c.Request.Context()
	info, err := h.o.Media.Stat(ctx, name)
	if err != nil {
		return err
	}
	tag := fmt.Sprintf(`"%x-%x"`, info.Modified.UnixNano(), info.Size)
	head := c.Writer.Header()
	head.Set("Cache-Control", "public, max-age=86400")
	head.Set("ETag", tag)
	if c.GetHeader("If-None-Match") == tag {
		c.Status(http.StatusNotModified)
		c.Writer.WriteHeaderNow()
		return nil
	}
	r, info, err := h.o.Media.Open(ctx, name, 0)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // read to its end, or the reader has left
	head.Set("Content-Type", info.ContentType)
	head.Set("Content-Length", strconv.FormatInt(info.Size, 10))
	// A drawing opened on its own must not be able to act in our name.
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	_, _ = io.Copy(c.Writer, r) // half a picture is out already when this fails
	return nil
}
