package api

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
)

// buffers are reused for bodies: a sitting is 1 to 3 kB, so few are ever large.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 8<<10); return &b }}

// readBody reads at most limit bytes. A longer body is TooLarge: by its declared
// length before a byte is read, else after limit bytes; the connection is then
// closed so that the rest is never read. The result is valid until the next use
// of buf.
func readBody(c *gin.Context, buf []byte, limit int) ([]byte, error) {
	r := c.Request
	if r.ContentLength > int64(limit) {
		c.Writer.Header().Set("Connection", "close")
		return nil, fault.New(fault.TooLarge, "sitting.too_large")
	}
	buf = buf[:0]
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Body.Read(buf[len(buf):min(cap(buf), limit+1)])
		buf = buf[:len(buf)+n]
		if len(buf) > limit {
			c.Writer.Header().Set("Connection", "close")
			return nil, fault.New(fault.TooLarge, "sitting.too_large")
		}
		var tooLong *http.MaxBytesError
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			return buf, nil
		case errors.As(err, &tooLong):
			return nil, fault.New(fault.TooLarge, "sitting.too_large")
		default:
			return nil, fault.From(err, fault.Unavailable, "sitting.cut_off")
		}
	}
}

func (h *handlers) putSitting(c *gin.Context) error {
	noStore(c)
	id, err := sitting.ParseID(c.Param("sitting"))
	if err != nil {
		return err
	}
	buf := buffers.Get().(*[]byte)
	body, err := readBody(c, *buf, sitting.MaxBody)
	if err != nil {
		buffers.Put(buf)
		return err
	}
	sub, decodeErr := sitting.Decode(body) // copies what it keeps
	if cap(body) <= 32<<10 {
		*buf = body
	}
	buffers.Put(buf)
	out, err := h.Sittings.Put(c.Request.Context(), id, sub, decodeErr, h.Device(c))
	if err != nil {
		return err
	}
	code := http.StatusOK
	if out.Created {
		code = http.StatusCreated
		c.Writer.Header().Set("Location", "/api/v1/sittings/"+id)
	}
	answer(c, code, receipt(out))
	return nil
}

// accessOf reads the result key: the bearer's, or ?key= of the address.
func accessOf(c *gin.Context) sitting.Access {
	if scheme, key, ok := strings.Cut(c.GetHeader("Authorization"), " "); ok && strings.EqualFold(scheme, "Bearer") {
		return sitting.Access{Key: strings.TrimSpace(key)}
	}
	return sitting.Access{Key: c.Query("key")}
}

func (h *handlers) readSitting(c *gin.Context) error {
	noStore(c)
	out, err := h.Sittings.Result(c.Request.Context(), c.Param("sitting"), accessOf(c))
	if err != nil {
		return err
	}
	answer(c, http.StatusOK, wholeReceipt(out))
	return nil
}

func (h *handlers) eraseSitting(c *gin.Context) error {
	noStore(c)
	if err := h.Sittings.Erase(c.Request.Context(), c.Param("sitting"), accessOf(c)); err != nil {
		return err
	}
	status(c, http.StatusNoContent)
	return nil
}
