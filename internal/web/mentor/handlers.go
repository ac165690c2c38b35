package mentor

import (
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("mentor: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "mentor", FS: sub}
}

// Place is a venue with a desk.
type Place struct {
	ID   string
	Name i18n.Text
}

// Options are what the pages are made of.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle
	People *person.Service
	// Warnings are the newest warnings against fraud; nil: none.
	Warnings func(lang string) (notes []page.Note, version string)
	Places   func() []Place
	City     page.City
	Origin   string // "https://…" for the QR of a card; empty: taken from the request
	// OverTLS says that cookies travel over TLS only.
	OverTLS bool
	Log     *slog.Logger
	Now     func() time.Time
}

// Handlers answer the addresses of the desk. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part that every page needs is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.People == nil {
		return nil, errors.New("mentor: pages, words and people are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Places == nil {
		o.Places = func() []Place { return nil }
	}
	return &Handlers{o: o}, nil
}

// Routes is the list of the desk's addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "GET", Path: path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "POST", Path: path, Need: gate.May(act), Do: do}
	}
	return []gate.Route{
		get("/mentor", person.MentorDesk, h.Desk),
		post("/mentor/venue", person.MentorDesk, h.Venue),
		get("/mentor/register", person.PersonRegister, h.RegisterForm),
		post("/mentor/register", person.PersonRegister, h.Register),
		get("/mentor/learners", person.PersonSearch, h.Learners),
		post("/mentor/learners", person.PersonSearch, h.Search),
		get("/mentor/learners/:id", person.PersonRead, h.Learner),
		get("/mentor/learners/:id/edit", person.PersonEdit, h.EditForm),
		post("/mentor/learners/:id/edit", person.PersonEdit, h.Edit),
		get("/mentor/learners/:id/consent", person.ConsentWitness, h.ConsentForm),
		post("/mentor/learners/:id/consent", person.ConsentWitness, h.Consent),
		get("/mentor/learners/:id/paper", person.GuardianConfirm, h.PaperForm),
		post("/mentor/learners/:id/paper", person.GuardianConfirm, h.Paper),
		post("/mentor/learners/:id/guardian", person.GuardianConfirm, h.GuardianLink),
		get("/mentor/learners/:id/card", person.CardIssue, h.CardForm),
		post("/mentor/learners/:id/card", person.CardIssue, h.Card),
		get("/mentor/learners/:id/cards-off", person.CardIssue, h.CardsOffAsk),
		post("/mentor/learners/:id/cards-off", person.CardIssue, h.CardsOff),
		get("/mentor/learners/:id/leave", person.PersonEdit, h.LeaveAsk),
		post("/mentor/learners/:id/leave", person.PersonEdit, h.Leave),
		post("/mentor/learners/:id/join", person.PersonEdit, h.Join),
	}
}
