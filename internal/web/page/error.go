package page

import (
	"net/http"

	"osvitlo/internal/fault"
)

// Failure is the page shown instead of the one that was asked for. It says what
// happened, that nothing is lost, and what to do; never the error's own text.
type Failure struct {
	Base
	Kept     string // what is not lost
	Do       string // what to do
	Next     Link   // the one action
	Incident string // number to tell on the telephone; only for Internal and Unavailable
}

// Status is the HTTP status of a kind of fault.
func Status(kind fault.Kind) int {
	switch kind {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.Gone:
		return http.StatusGone
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// Error writes the page of a fault of a kind with its status. next may be empty: then
// the way leads to the first page. The base needs Lang and Path only.
func (r *Renderer) Error(w http.ResponseWriter, base Base, kind fault.Kind, incident string, next Link) error {
	words := r.words.Lang(base.Lang)
	stem := "page.error." + kind.String()
	base.Title = words.T(stem+".title", nil)
	base.NoIndex = true
	if next.Href == "" {
		next = Link{Href: "/", Text: words.T("page.error.home", nil)}
	}
	if kind != fault.Internal && kind != fault.Unavailable {
		incident = ""
	}
	return r.Render(w, Status(kind), "page/error", &Failure{Base: base,
		Kept: words.T(stem+".kept", nil), Do: words.T(stem+".do", nil), Next: next, Incident: incident})
}
