package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// edge turns errors of page handlers into pages.
type edge struct {
	pages *page.Renderer
	log   *slog.Logger
}

// handle adapts a handler that returns an error. The error becomes a page in the
// reader's language; what is internal gets an incident number that stands in the
// log and on the page, and its text stays in the log.
func (e *edge) handle(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			e.fail(c, err)
		}
	}
}

// nothing answers an address that no route has: programs get a problem document,
// people a page.
func (e *edge) nothing(c *gin.Context) { e.absent(c, http.StatusNotFound) }

// otherwise answers a method that an address does not have; gin has named those
// it has in Allow. To people it is an address that is not there.
func (e *edge) otherwise(c *gin.Context) { e.absent(c, http.StatusMethodNotAllowed) }

// known runs sessions for addresses of pages: a program at the API gets no cookie.
func known(sessions gin.HandlerFunc) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !strings.HasPrefix(c.Request.URL.Path, "/api/") {
			sessions(c)
		}
	}
}

func (e *edge) absent(c *gin.Context, status int) {
	if !strings.HasPrefix(c.Request.URL.Path, "/api/") {
		e.fail(c, fault.New(fault.NotFound, ""))
		return
	}
	c.Header("Content-Type", "application/problem+json; charset=utf-8")
	c.AbortWithStatus(status)
	_, _ = fmt.Fprintf(c.Writer, `{"type":"about:blank","title":%q,"status":%d}`, http.StatusText(status), status) // the asker may be gone
}

func (e *edge) fail(c *gin.Context, err error) {
	if !c.Writer.Written() && gate.Lead(c, err) {
		return
	}
	ctx := c.Request.Context()
	f := fault.As(err)
	incident := ""
	switch f.Kind {
	case fault.Internal, fault.Unavailable:
		incident = incidentNumber()
		if context.Cause(ctx) == context.Canceled {
			c.Abort() // the reader has left; nobody is there to read a page
			return
		}
		e.log.ErrorContext(ctx, "fault", "route", c.FullPath(), "request", requestID(c), "incident", incident, "error", err.Error())
	default:
		c.Set(faultKey, f.Kind.String())
	}
	if c.Writer.Written() {
		c.Abort() // half an export is out already; the log has the reason
		return
	}
	c.Header("Cache-Control", "no-store")
	if f.Kind == fault.TooMany || f.Kind == fault.Unavailable {
		c.Header("Retry-After", "5")
	}
	base := page.Base{Lang: i18n.FromContext(ctx), Path: "/"}
	if rerr := e.pages.Error(c.Writer, base, f.Kind, incident, page.Link{}); rerr != nil {
		e.log.ErrorContext(ctx, "error page", "incident", incident, "error", rerr.Error())
		c.String(http.StatusInternalServerError, "Помилка %s", incident)
	}
	c.Abort()
}

// incidentNumber is eight hex digits a person can read over the phone.
func incidentNumber() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return hex.EncodeToString(b[:])
}
