package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/telemetry"
)

const (
	requestKey = "request"
	faultKey   = "fault"
	langCookie = "lang"
	unmatched  = "unmatched" // the route of an address that no route has
)

func requestID(c *gin.Context) string { return c.GetString(requestKey) }

// event gives each request an id and writes one log line and one metric when it
// is answered. The path never goes there, only the route's pattern.
func event(log *slog.Logger, m *telemetry.Metrics) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		end := m.Begin()
		id := uuid.NewString()
		c.Set(requestKey, id)
		c.Header("X-Request-Id", id)
		c.Next()
		route := c.FullPath()
		if route == "" {
			route = unmatched
		}
		took := time.Since(start)
		end(route, c.Request.Method, c.Writer.Status(), took)
		log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request",
			slog.String("route", route), slog.String("method", c.Request.Method), slog.Int("status", c.Writer.Status()),
			slog.Int64("micros", took.Microseconds()), slog.Int("bytes", max(c.Writer.Size(), 0)),
			slog.String("lang", i18n.FromContext(c.Request.Context())), slog.String("fault", c.GetString(faultKey)),
			slog.String("request", id))
	}
}

// recovered turns a panic into an internal fault, so that one request's bug never
// stops the program and the reader still gets a page.
func (e *edge) recovered() gin.HandlerFunc {
	return func(c *gin.Context) {
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p) // net/http's own way to drop a connection
				}
				e.fail(c, fault.Newf(fault.Internal, "", "panic: %v\n%s", p, debug.Stack()))
			}
		}()
		c.Next()
	}
}

// policy allows only what the site itself serves. No page loads or sends anything elsewhere.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; media-src 'self'; worker-src 'self'; form-action 'self'; " +
	"frame-ancestors 'none'; base-uri 'none'"

// secure sets the headers that keep a page to itself. media is an origin that pictures
// and media may come from, or empty.
func secure(overTLS bool, media string) gin.HandlerFunc {
	policy := policy
	if at, err := url.Parse(media); err == nil && at.Host != "" {
		from := "'self' " + at.Scheme + "://" + at.Host
		policy = strings.NewReplacer("img-src 'self'", "img-src "+from, "media-src 'self'", "media-src "+from).Replace(policy)
	}
	return func(c *gin.Context) {
		h := c.Writer.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		// Not "no-referrer": browsers then send Origin: null with a form, and one without
		// Sec-Fetch-Site (Firefox 78) would be taken for another site.
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(self), payment=()")
		h.Set("Cache-Control", "no-store") // a page may say otherwise
		if overTLS {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		c.Next()
	}
}

// speak chooses the language and remembers it when the address asked for one.
func speak(overTLS bool) gin.HandlerFunc {
	return func(c *gin.Context) {
		asked := ""
		if c.Request.URL.RawQuery != "" {
			asked = c.Query("lang")
		}
		kept, _ := c.Cookie(langCookie)
		lang := i18n.Choose(asked, kept, c.GetHeader("Accept-Language"))
		if i18n.Known(asked) && asked != kept {
			http.SetCookie(c.Writer, &http.Cookie{Name: langCookie, Value: asked, Path: "/", MaxAge: 365 * 24 * 3600,
				HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: overTLS})
		}
		c.Writer.Header().Add("Vary", "Accept-Language, Cookie")
		c.Request = c.Request.WithContext(i18n.NewContext(c.Request.Context(), lang))
		c.Next()
	}
}

// within gives a request a deadline and a bound on its body.
func within(limit time.Duration, body int64) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeoutCause(c.Request.Context(), limit, fmt.Errorf("request over %s", limit))
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, body)
		c.Next()
	}
}
