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
	from := sitting.From{Device: h.Device(c)}
	if from.Helper, err = h.helper(c, id); err != nil {
		return err
	}
	out, err := h.Sittings.Put(c.Request.Context(), id, sub, decodeErr, from)
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

// bearer reads the token of the Authorization header; false without one.
func bearer(c *gin.Context) (token string, ok bool) {
	scheme, token, ok := strings.Cut(c.GetHeader("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// helper reads the token of a venue, an operator or a device. Nobody's without
// one, and with the sitting's own result key, which a client may send with every
// request. Errors: Forbidden for a token that opens nothing.
func (h *handlers) helper(c *gin.Context, id string) (*sitting.Helper, error) {
	token, ok := bearer(c)
	if !ok || h.Sittings.IsKey(id, token) {
		return nil, nil
	}
	unknown := fault.New(fault.Forbidden, "sitting.token_unknown")
	if h.Tokens == nil || token == "" {
		return nil, unknown
	}
	helper, err := h.Tokens.Helper(c.Request.Context(), token)
	if fault.Is(err, fault.Unauthenticated) || fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil, unknown
	}
	if err != nil || helper == nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	return helper, nil
}

// accessOf reads the result key: the bearer's, or ?key= of the address.
func accessOf(c *gin.Context) sitting.Access {
	if key, ok := bearer(c); ok {
		return sitting.Access{Key: key}
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
