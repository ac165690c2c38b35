// Package gate says who acts in a request and keeps addresses closed to those who
// may not come in.
//
// Duty: every address is a Route with a Need; the gate loads the session before the
// handler and stores it before the first byte of the answer, asks person.Can, and
// leads whoever lacks a sign-in, a second factor or a fresh proof to the page where
// it is given, and back.
//
// Guarantees: a route without a Need does not come to be (the zero Need lets nobody
// in); a request without a session costs no look into the store; what a role may not
// do is 403, what lies outside its place 404.
//
// It does not: know about concrete people, venues or schools (the handler checks its
// subject with Check), or render anything.
package gate

import (
	"log/slog"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
)

// Route is one address: who may reach it and who answers. GET answers HEAD too.
type Route struct {
	Method string // GET or POST
	Path   string // gin's pattern
	Need   Need
	Do     func(*gin.Context) error
	Body   int64 // bound of the body in bytes; 0 means the form's
}

// Need says who may reach an address. The zero Need is nobody.
type Need struct {
	kind needKind
	act  person.Action
}

type needKind uint8

const (
	nobody needKind = iota
	everybody
	whoMay
)

// Open is for everybody, signed in or not.
var Open = Need{kind: everybody}

// May is for whoever may do something somewhere, or to what is their own. The handler
// still checks the subject it works on.
func May(act person.Action) Need { return Need{kind: whoMay, act: act} }

// Public tells whether everybody may come in.
func (n Need) Public() bool { return n.kind == everybody }

// Action is what one must be allowed to do; false for Open and for the zero Need.
func (n Need) Action() (person.Action, bool) { return n.act, n.kind == whoMay }

// Ask answers for an actor, before any subject is known.
func (n Need) Ask(a *person.Actor) person.Verdict {
	switch n.kind {
	case everybody:
		return person.Allowed
	case whoMay:
		return person.Can(a, n.act, person.Subject{Owner: a.Person, Somewhere: true})
	}
	return person.Refused
}

// Gate keeps the doors. It is safe for concurrent use.
type Gate struct {
	sessions *person.Sessions
	log      *slog.Logger
}

// New makes the gate of a site.
func New(sessions *person.Sessions, log *slog.Logger) *Gate {
	return &Gate{sessions: sessions, log: log}
}

const (
	actorKey  = "gate.actor"
	sharedKey = "gate.shared"
	where     = "web" // in the audit log
)

// Actor is who acts; a visitor's is empty but for where. It is never nil.
func Actor(c *gin.Context) *person.Actor {
	if a, ok := c.Value(actorKey).(*person.Actor); ok {
		return a
	}
	return &person.Actor{Where: where}
}

// Shared tells whether this session is on a shared computer.
func Shared(c *gin.Context) bool { return c.GetBool(sharedKey) }

// Check is the handler's own question about the thing it works on. Errors: those of
// person.Verdict.
func Check(c *gin.Context, act person.Action, s person.Subject) error {
	return person.Can(Actor(c), act, s).Err()
}

// Guard lets in whoever fills the need. fail answers everybody else.
func (g *Gate) Guard(n Need, fail func(*gin.Context, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := n.Ask(Actor(c)).Err(); err != nil {
			fail(c, err)
			c.Abort()
		}
	}
}

// Addresses where a sign-in, a second factor, or a fresh proof is given.
const (
	SignInPath = "/sign-in"
	FactorPath = "/sign-in/factor"
	AgainPath  = "/sign-in/again"
)

// Lead sends a reader who lacks a sign-in, a factor or a proof to where it is given.
// It tells whether err is such a lack; then the answer is written.
func Lead(c *gin.Context, err error) bool {
	f := fault.As(err)
	if f == nil || f.Kind != fault.Unauthenticated {
		return false
	}
	to := ""
	switch f.Key {
	case "person.sign_in_first":
		to = SignInPath
	case "person.second_factor_first":
		to = FactorPath
	case "person.prove_again":
		to = AgainPath
	default:
		return false
	}
	if back := backOf(c.Request); back != "/" {
		to += "?back=" + url.QueryEscape(back)
	}
	c.Redirect(http.StatusSeeOther, to)
	c.Abort()
	return true
}

// backOf is where the reader returns to: the page asked for, or for a form the page
// it stands on.
func backOf(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return person.SafePath(r.URL.RequestURI())
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return person.SafePath(from.RequestURI())
}
