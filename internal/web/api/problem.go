package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
)

// problem is a problem document of RFC 9457 with our errors member.
type problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail"`
	Instance string         `json:"instance,omitempty"`
	Errors   []problemField `json:"errors,omitempty"`
}

// problemField is one fault in the body.
type problemField struct {
	Pointer string `json:"pointer"` // JSON pointer into the request body
	Detail  string `json:"detail"`
	Code    string `json:"code"` // stable, for programs
}

// kinds gives each kind of fault its status.
var kinds = map[fault.Kind]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Forbidden:       http.StatusForbidden,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Gone:            http.StatusGone,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// typePrefix names our problem types; they are names, not addresses.
const typePrefix = "urn:osvitlo:problem:"

// retryAfter is the pause asked for when a service is away.
const retryAfter = "5"

func (h *handlers) problem(c *gin.Context, err error) {
	ctx := c.Request.Context()
	f := fault.As(err)
	if context.Cause(ctx) == context.Canceled {
		c.Abort() // the sender has left
		return
	}
	say := h.Messages.Lang(i18n.FromContext(ctx))
	p := problem{Type: typePrefix + strings.ReplaceAll(f.Kind.String(), "_", "-"), Status: kinds[f.Kind],
		Title: say.T("problem."+f.Kind.String(), nil)}
	key := f.Key
	if key == "" {
		key = "fault." + f.Kind.String()
	}
	p.Detail = say.T(key, f.Args)
	for _, e := range f.Fields {
		p.Errors = append(p.Errors, problemField{Pointer: e.Pointer, Detail: say.T(e.Key, e.Args), Code: e.Key})
	}
	switch f.Kind {
	case fault.Internal, fault.Unavailable:
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails since Go 1.24
		incident := hex.EncodeToString(b[:])
		p.Instance = "urn:osvitlo:incident:" + incident
		h.Log.ErrorContext(ctx, "fault", "route", c.FullPath(), "incident", incident, "error", err.Error())
	default:
		c.Set("fault", f.Kind.String()) // for the log of requests
		if id := c.GetString("request"); id != "" {
			p.Instance = "urn:uuid:" + id
		}
	}
	head := c.Writer.Header()
	switch f.Kind {
	case fault.Unavailable:
		head.Set("Retry-After", retryAfter)
	case fault.TooMany:
		head.Set("Retry-After", retryAfter)
		if s, ok := f.Args["Seconds"].(int); ok {
			head.Set("Retry-After", strconv.Itoa(s))
		}
	case fault.Forbidden, fault.Unauthenticated:
		head.Set("WWW-Authenticate", "Bearer")
	}
	body, merr := json.Marshal(p)
	if merr != nil {
		c.AbortWithStatus(http.StatusInternalServerError)
		return
	}
	noStore(c)
	head.Set("Content-Language", say.Language)
	c.Data(p.Status, typeProblem, body)
	c.Abort()
}
