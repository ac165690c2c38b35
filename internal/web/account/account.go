package account

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("account: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "account", FS: sub}
}

// Kept tells what a person's own page shows of their sittings.
type Kept interface {
	// Lines describes sittings by their ids, the newest first; one that is gone is left out.
	Lines(ctx context.Context, lang string, ids []string) ([]SittingLine, error)
	// Here describes the sittings that these proofs (by id) open: those whose cookies the
	// browser holds.
	Here(ctx context.Context, lang string, proofs map[string]string) ([]SittingLine, error)
}

// SittingLine is a sitting in words.
type SittingLine struct {
	ID    string
	Title string
	Day   time.Time
	Done  bool
	Level string // «A2», «між A2 і B1»; empty when it is not known
	Href  string // address that opens it for its owner
}

// Options are what the pages are made of.
type Options struct {
	Pages      *page.Renderer // built with Set
	Words      *i18n.Bundle
	People     *person.Service
	Sessions   *person.Sessions
	Passkeys   *person.Passkeys     // nil: no https address
	Identities *person.Identities   // nil: no identity service
	Services   map[string]i18n.Text // names of the identity services, by id
	Kept       Kept                 // nil: no sittings are shown
	// PlaceName names a venue or institution in a language; nil shows its id.
	PlaceName func(ctx context.Context, kind person.PlaceKind, id, lang string) string
	// Advice is what the reader's employers propose; nil: there are none.
	Advice func(ctx context.Context, who person.ID, lang string) (*page.Note, error)
	// Next gives the reader's next lessons; back is the page that asks. nil: there are none.
	Next    func(c *gin.Context, back string) (*page.Next, error)
	Mail    bool // codes can be sent
	City    page.City
	Notice  person.Notice
	Origin  string // "https://…" of the site for links people hand over; empty: taken from the request
	OverTLS bool   // cookies are Secure
	Demo    bool
	Log     *slog.Logger
	Now     func() time.Time
}

// Handlers answer the addresses of accounts. They are safe for concurrent use.
type Handlers struct {
	o Options
	// codes answer /join/{code} where the code is one of theirs; false: it is none.
	codes []func(c *gin.Context) (mine bool, err error)
}

// Codes gives codes of another kind (of a round in institutions, of an employer) to serve.
// Call it before the first request.
func (h *Handlers) Codes(serve func(c *gin.Context) (mine bool, err error)) {
	h.codes = append(h.codes, serve)
}

// New checks that nothing is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.People == nil || o.Sessions == nil {
		return nil, errors.New("account: pages, words, people and sessions are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

func lang(c *gin.Context) string { return i18n.FromContext(c.Request.Context()) }

func (h *Handlers) words(c *gin.Context) *i18n.Localizer { return h.o.Words.Lang(lang(c)) }

// base is the frame of a page: never indexed. The way back leads to back, or nowhere.
func (h *Handlers) base(c *gin.Context, titleKey, back string) page.Base {
	b := page.Base{Lang: lang(c), Title: h.words(c).T(titleKey, nil), Path: c.Request.URL.Path, NoIndex: true}
	if back != "" {
		b.Back = &page.Link{Href: back}
	}
	return b
}

// see sends the reader on with GET.
func see(c *gin.Context, to string) error {
	page.SeeOther(c.Writer, c.Request, to)
	return nil
}

// read reads a form; a body that is no form, or fields out of bounds, is the error.
func read(c *gin.Context, dst any) error { return form.Decode(c.Request, dst) }

// Cookies of this package. None of them is readable by scripts.
const (
	cookieCard    = "card"     // code of a card between the two steps of its sign-in
	cookieFlow    = "flow"     // of a code that was mailed
	cookieProof   = "proof"    // an address that was proved
	cookieService = "service"  // of a sign-in at an identity service
	cookieKey     = "passkey"  // ceremony of a passkey
	cookieMaker   = "maker"    // counts the accounts that this browser makes within an hour
	cookieWaiting = "waiting"  // a parent's link, for the minor who shows it
	cookieDevice  = "venue"    // token of an enrolled device of a venue
	cookieVenue   = "here"     // says on every page that this is one; the token goes to the doors and the sittings only
	CookiePrefs   = "prefs"    // preferences of reading
	cookieLang    = "lang"     // as the server sets it
	sittingCookie = "s_"       // with a sitting's id behind it, as web/resident sets it
	countedCookie = "device"   // by which a browser counts once in a wave; likewise
	learnerCookie = "learner"  // progress of a device, as web/learning sets it
	signInFolder  = "/sign-in" // of cookies that only the sign-in needs
	sittingFolder = "/s"       // where sittings are answered: a venue's device is known there too
)

func (h *Handlers) cookie(c *gin.Context, name, value, path string, life time.Duration) {
	age := int(life / time.Second)
	if value == "" {
		age = -1
	}
	http.SetCookie(c.Writer, &http.Cookie{Name: name, Value: value, Path: path, MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: h.o.OverTLS})
}

func cookie(c *gin.Context, name string) string {
	k, err := c.Request.Cookie(name)
	if err != nil || len(k.Value) > 400 {
		return ""
	}
	return k.Value
}

// origin is the site's own address for what people hand over.
func (h *Handlers) origin(c *gin.Context) string {
	if h.o.Origin != "" {
		return h.o.Origin
	}
	if h.o.OverTLS || c.Request.TLS != nil {
		return "https://" + c.Request.Host
	}
	return "http://" + c.Request.Host
}

// back is where a form leads when it is done: a page of this site that is not a door.
func back(path string) string {
	path = person.SafePath(path)
	if path == "/" || path == "/sign-out" || path == "/sign-in" || strings.HasPrefix(path, "/sign-in/") || strings.HasPrefix(path, "/sign-in?") {
		return ""
	}
	return path
}

// faults are the faults that a form shows: those of its fields, or one on the field
// that the failure is about. again is false for what no form can mend.
func faults(err error, field string) (list []fault.Field, again bool) {
	f := fault.As(err)
	switch {
	case f == nil:
		return nil, false
	case f.Kind == fault.Invalid && len(f.Fields) > 0:
		return f.Fields, true
	case f.Key == "" || field == "":
		return nil, false
	case f.Kind == fault.Invalid, f.Kind == fault.Unauthenticated, f.Kind == fault.TooMany, f.Kind == fault.Conflict:
		return []fault.Field{{Pointer: field, Key: f.Key, Args: f.Args}}, true
	}
	return nil, false
}

// status of a form that is shown again. Wrong secrets are faults of the form: 401
// would ask the browser for a password of its own.
func status(c *gin.Context, err error) int {
	f := fault.As(err)
	if f == nil {
		return http.StatusOK
	}
	if f.Kind == fault.TooMany {
		seconds, _ := f.Args["Seconds"].(int)
		c.Header("Retry-After", strconv.Itoa(max(seconds, 1)))
	}
	if f.Kind == fault.Unauthenticated {
		return http.StatusUnprocessableEntity
	}
	return page.Status(f.Kind)
}

// me is who acts, with the person's own subject.
func me(c *gin.Context) person.Actor { return *gate.Actor(c) }

// clip cuts what is shown back.
func clip(s string, runes int) string {
	r := []rune(s)
	if len(r) > runes {
		r = r[:runes]
	}
	return string(r)
}
