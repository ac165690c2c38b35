package learning

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/content"
	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("learning: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "learning", FS: sub}
}

// Place is a venue where groups meet.
type Place struct {
	ID   string
	Name i18n.Text
}

// Credentials knows the certificates that completions have led to.
type Credentials interface {
	// Of is the address of the certificate of a course; empty while there is none.
	Of(ctx context.Context, l course.Learner, slug string) (href string, err error)
	// Adopt gives the certificates of a device to whoever signed in on it.
	Adopt(ctx context.Context, from, to course.Learner) error
}

// Options are what the pages are made of.
type Options struct {
	Pages   *page.Renderer // built with Set
	Words   *i18n.Bundle
	Library *content.Library
	// Catalogue serves the courses that learners see; nil: those of the library.
	Catalogue course.Catalogue
	// Drafts are written and published by editors; nil: nobody writes here.
	Drafts *draft.Service
	// EditorName is what an editor is called, as they wrote it themselves; may be empty.
	EditorName func(ctx context.Context, a *person.Actor) string
	Courses    *course.Service
	// Score is the newest result of the test that the reader may see: of the account,
	// or of a sitting whose cookie this device holds. nil: none is known.
	Score func(ctx context.Context, who person.ID, cookies []*http.Cookie) (*sitting.Score, error)
	// Advice answers the address of a short written advice; nil: there are none.
	Advice func(*gin.Context) error
	// Credentials gives certificates; nil: the page says that they come later.
	Credentials Credentials
	// Name is what a person is called, for the mentor who acts.
	Name   func(ctx context.Context, a person.Actor, id person.ID) (string, error)
	Places func() []Place
	// Advised is what the reader's employers propose; nil: there are none.
	Advised func(ctx context.Context, who person.ID, lang string) (*page.Note, error)
	// Warnings are the newest warnings against fraud; nil: none.
	Warnings func(lang string) (notes []page.Note, version string)
	Pictures fs.FS   // content/media; nil: pictures are described in words only
	Uploads  Uploads // files of editors; nil: there are none
	Packages Packages
	Menu     func(*gin.Context) []page.MenuGroup
	City     page.City
	Origin   string // "https://…" for QR-less invitations on paper; empty: taken from the request
	OverTLS  bool
	Log      *slog.Logger
	Now      func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct {
	o        Options
	prose    prose
	areas    []area
	parallel sync.Map // course version -> []course.Pair
	parts    parts
	once     sync.Map // what is computed once: ETags of content/media, sizes of whole files
}

// New prepares the handlers. Errors: a part that every page needs is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Library == nil || o.Courses == nil {
		return nil, errors.New("learning: pages, words, library and courses are needed")
	}
	if o.Catalogue == nil {
		o.Catalogue = o.Library
	}
	if o.EditorName == nil {
		o.EditorName = func(context.Context, *person.Actor) string { return "" }
	}
	if o.Score == nil {
		o.Score = func(context.Context, person.ID, []*http.Cookie) (*sitting.Score, error) { return nil, nil }
	}
	if o.Name == nil {
		o.Name = func(context.Context, person.Actor, person.ID) (string, error) { return "", nil }
	}
	if o.Places == nil {
		o.Places = func() []Place { return nil }
	}
	if o.Menu == nil {
		o.Menu = func(*gin.Context) []page.MenuGroup { return nil }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o, prose: newProse(), areas: areasOf(o.Library)}, nil
}

// Routes is the list of the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "GET", Path: path, Need: gate.Open, Do: do}
	}
	post := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: "POST", Path: path, Need: gate.Open, Do: do}
	}
	staff := func(method, path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: path, Need: gate.May(act), Do: do}
	}
	return append([]gate.Route{
		get("/courses", h.List),
		post("/courses/hide", h.Hide),
		post("/courses/forget", h.Forget),
		{Method: "POST", Path: "/courses/marks", Need: gate.Open, Do: h.Marks, Body: marksBody},
		get("/courses/media/:name", h.Picture),
		get("/courses/sw.js", h.Worker),
		get("/courses/groups", h.FindGroup),
		get("/courses/groups/:code", h.Group),
		post("/courses/groups/:code", h.GroupJoin),
		post("/courses/groups/:code/leave", h.GroupLeave),

		get("/courses/:slug", h.Course),
		get("/courses/:slug/handouts", h.Handouts),
		get("/courses/:slug/offline", h.Offline),
		get("/courses/:slug/pages", h.Pages),
		get("/courses/:slug/final", h.Final),
		post("/courses/:slug/final", h.Finish),
		get("/courses/:slug/outcome", h.Outcome),
		get("/courses/:slug/proof", h.Proof),
		get("/courses/:slug/before", h.BeforeForm),
		post("/courses/:slug/before", h.Before),
		get("/courses/:slug/after", h.AfterForm),
		post("/courses/:slug/after", h.After),

		get("/courses/:slug/:lesson", h.Lesson),
		get("/courses/:slug/:lesson/step/:activity", h.Step),
		post("/courses/:slug/:lesson/step/:activity", h.Do),
		get("/courses/:slug/:lesson/step/:activity/package", h.PackageState),
		{Method: "POST", Path: "/courses/:slug/:lesson/step/:activity/package", Need: gate.Open, Do: h.PackageTold, Body: packageBody},
		post("/courses/:slug/:lesson/alarm", h.Alarm),
		get("/courses/:slug/:lesson/safe", h.Safe),
		get("/courses/:slug/:lesson/done", h.Done),
		post("/courses/:slug/:lesson/feedback", h.Say),
		get("/courses/:slug/:lesson/handout", h.Handout),
		staff("GET", "/courses/:slug/:lesson/plan", person.MentorDesk, h.Plan),

		staff("GET", "/office/courses", person.CourseEdit, h.Office),
		staff("GET", "/office/courses/:slug", person.CourseEdit, h.OfficeCourse),

		staff("GET", "/mentor/groups", person.MentorDesk, h.Groups),
		staff("GET", "/mentor/groups/new", person.MentorDesk, h.NewGroupForm),
		staff("POST", "/mentor/groups/new", person.MentorDesk, h.NewGroup),
		staff("GET", "/mentor/groups/:id", person.MentorDesk, h.Roster),
		staff("POST", "/mentor/groups/:id/state", person.MentorDesk, h.GroupState),
		staff("GET", "/mentor/groups/:id/:number", person.MentorDesk, h.AttendanceForm),
		staff("POST", "/mentor/groups/:id/:number", person.MentorDesk, h.Attend),
	}, h.editRoutes()...)
}
