package gate

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/gin-gonic/gin"
)

// Sessions loads the session of a request and stores it, if it was changed, before
// the first byte of the answer. fail answers when the store is away.
func (g *Gate) Sessions(fail func(*gin.Context, error)) gin.HandlerFunc {
	m := g.sessions.Manager
	return func(c *gin.Context) {
		token := ""
		if cookie, err := c.Request.Cookie(m.Cookie.Name); err == nil {
			token = cookie.Value
		}
		ctx, err := m.Load(c.Request.Context(), token)
		if err != nil {
			fail(c, err)
			return
		}
		c.Request = c.Request.WithContext(ctx)
		if token != "" {
			a, err := g.sessions.Actor(ctx, where)
			if err != nil {
				fail(c, err)
				return
			}
			c.Set(actorKey, &a)
			c.Set(sharedKey, g.sessions.Shared(ctx))
		}
		w := &writer{ResponseWriter: c.Writer, c: c, m: m, log: g.log}
		c.Writer = w
		c.Next()
		w.keep()
		c.Writer = w.ResponseWriter
	}
}

// writer stores the session and sets its cookie right before the answer begins.
type writer struct {
	gin.ResponseWriter
	c    *gin.Context
	m    *scs.SessionManager
	log  *slog.Logger
	done bool
}

func (w *writer) keep() {
	if w.done {
		return
	}
	w.done = true
	ctx := w.c.Request.Context()
	switch w.m.Status(ctx) {
	case scs.Modified:
		token, expiry, err := w.m.Commit(ctx)
		if err != nil {
			w.log.ErrorContext(ctx, "session", "route", w.c.FullPath(), "error", err.Error())
			w.Header().Del("Location")
			w.ResponseWriter.WriteHeader(http.StatusServiceUnavailable) // nobody is told to be signed in who is not
			return
		}
		w.m.WriteSessionCookie(ctx, w.ResponseWriter, token, expiry)
	case scs.Destroyed:
		w.m.WriteSessionCookie(ctx, w.ResponseWriter, "", time.Time{})
	}
}

// Write implements io.Writer.
func (w *writer) Write(b []byte) (int, error) {
	w.keep()
	return w.ResponseWriter.Write(b)
}

// WriteString implements io.StringWriter.
func (w *writer) WriteString(s string) (int, error) {
	w.keep()
	return w.ResponseWriter.WriteString(s)
}

// WriteHeaderNow sends the header.
func (w *writer) WriteHeaderNow() {
	w.keep()
	w.ResponseWriter.WriteHeaderNow()
}

// Flush sends what is there.
func (w *writer) Flush() {
	w.keep()
	w.ResponseWriter.Flush()
}

// Unwrap lets net/http reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
