package services

import (
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/content"
	"osvitlo/internal/eservice"
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
		panic("services: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "services", FS: sub}
}

// Addresses.
const (
	Address       = "/services"
	Office        = "/office/services"
	OfficeWarn    = "/office/warnings"
	FeedAddress   = "/warnings.atom"
	WarnAddress   = Address + "/warnings"
	FolderAddress = Address + "/folder"
)

// Place is a door of the city for the folder without internet.
type Place struct{ Name, Address, Hours, Phone string }

// Image is an uploaded picture that a warning may show.
type Image struct{ Path, Title string }

// SelfReport is a share of a survey: how many of the asked said that they use e-services.
type SelfReport struct {
	Name  string
	Text  string // the figure in words, with its interval
	Where string // address of the figure
}

// Options are what the pages are made of.
type Options struct {
	Pages    *page.Renderer // built with Set
	Words    *i18n.Bundle
	Manual   *eservice.Service
	Library  *content.Library
	Pictures fs.FS // content/services/pictures
	// Places lists the city's doors for the folder without internet; nil: only the written ones.
	Places func(lang string) []Place
	// Images lists published pictures for a warning; nil: none can be chosen.
	Images func(ctx context.Context, who *person.Actor) ([]Image, error)
	// Upload stores and publishes a picture that was just taken, and returns its address;
	// nil: pictures come only from the list.
	Upload func(ctx context.Context, who *person.Actor, s asset.Sent, alt i18n.Text, file io.Reader) (string, error)
	// Reports are what surveys say of the use of e-services; nil: none.
	Reports func(lang string) []SelfReport
	Menu    func(*gin.Context) []page.MenuGroup
	City    page.City
	Origin  string
	Demo    bool
	Log     *slog.Logger
	Now     func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct {
	o      Options
	making sync.Mutex // one PDF at a time: they are kept
	made   map[string][]byte
}

// New prepares the handlers. The error names what is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Manual == nil || o.Library == nil || o.Pictures == nil {
		return nil, errors.New("services: pages, words, the manual, the library and pictures are needed")
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
	return &Handlers{o: o, made: map[string][]byte{}}, nil
}

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.Open, Do: do}
	}
	staff := func(method, path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: path, Need: gate.May(act), Do: do}
	}
	return []gate.Route{
		get(Address, h.List),
		get(Address+"/manual", h.Manual),
		get(Address+"/manual.pdf", h.PDF),
		get(Address+"/brochure.pdf", h.Brochure),
		get(Address+"/offline", h.Offline),
		get(FolderAddress, h.Folder),
		get(Address+"/use", h.PublicUse),
		get(Address+"/use.csv", h.PublicUseCSV),
		get(Address+"/pictures/:name", h.Picture),
		get(WarnAddress, h.Warnings),
		get(WarnAddress+"/print", h.WarningsSheet),
		get(WarnAddress+"/:id", h.Warning),
		get(FeedAddress, h.Feed),
		get(Address+"/:slug", h.One),
		get(Address+"/:slug/print", h.Sheet),
		get(Address+"/:slug/go/:n", h.Leave),
		get(Address+"/:slug/go/:n/out", h.Out),
		{Method: http.MethodPost, Path: Address + "/:slug/feedback", Need: gate.Open, Do: h.Say},

		staff("GET", Office, person.ContentEdit, h.OfficeList),
		staff("GET", Office+"/use", person.OfficeRead, h.Use),
		staff("GET", Office+"/use.csv", person.OfficeRead, h.UseCSV),
		staff("GET", Office+"/counts", person.ServiceCounts, h.CountsForm),
		{Method: http.MethodPost, Path: Office + "/counts", Need: gate.May(person.ServiceCounts), Do: h.Counts, Body: countsBody},
		staff("GET", Office+"/:slug", person.ContentEdit, h.OfficeOne),
		staff("POST", Office+"/:slug/verify", person.ContentPublish, h.Verify),
		staff("POST", Office+"/:slug/expire", person.ContentEdit, h.Expire),
		staff("POST", Office+"/:slug/hide", person.ContentEdit, h.Hide),
		staff("POST", Office+"/:slug/restore", person.ContentEdit, h.Restore),
		staff("GET", Office+"/:slug/steps/:step", person.ContentEdit, h.StepForm),
		staff("POST", Office+"/:slug/steps/:step", person.ContentEdit, h.Correct),

		staff("GET", OfficeWarn, person.ContentEdit, h.OfficeWarnings),
		staff("GET", OfficeWarn+"/new", person.ContentEdit, h.NewWarning),
		staff("POST", OfficeWarn+"/new", person.ContentEdit, h.Warn),
		staff("GET", OfficeWarn+"/:id", person.ContentEdit, h.EditWarning),
		staff("POST", OfficeWarn+"/:id", person.ContentEdit, h.SaveWarning),
		{Method: http.MethodPost, Path: OfficeWarn + "/:id/picture", Need: gate.May(person.ContentPublish), Do: h.SetPicture, Body: pictureBody},
		staff("POST", OfficeWarn+"/:id/withdraw", person.ContentEdit, h.Withdraw),
	}
}

// view is one request.
type view struct {
	h    *Handlers
	c    *gin.Context
	ctx  context.Context
	w    *i18n.Localizer
	lang string
	now  time.Time
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang, now: h.o.Now()}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("service."+key, m)
}

func (v *view) n(key string, count int) string { return v.w.N("service."+key, int64(count), nil) }

func (v *view) in(t i18n.Text) string { return t.In(v.lang) }

// day writes a stored day in words; what cannot be read stays as it is.
func (v *view) day(s string) string {
	d, err := time.ParseInLocation(time.DateOnly, s, i18n.Kyiv)
	if err != nil {
		return s
	}
	return v.w.Date(d)
}

// phone is the city's telephone with spaces that do not break, or empty.
func (v *view) phone() string {
	return strings.NewReplacer(" ", i18n.NoBreakSpace, "-", "\u2011").Replace(v.h.o.City.Phone)
}

func (v *view) base(title, path string) page.Base {
	return page.Base{Lang: v.lang, Title: title, Path: path, Nav: "services"}
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "services/"+name, p)
}

// to answers a POST.
func (v *view) to(path string) error {
	page.SeeOther(v.c.Writer, v.c.Request, path)
	return nil
}

// origin is where this site stands, for feeds that are read elsewhere.
func (v *view) origin() string {
	if v.h.o.Origin != "" {
		return strings.TrimSuffix(v.h.o.Origin, "/")
	}
	scheme := "http://"
	if v.c.Request.TLS != nil {
		scheme = "https://"
	}
	return scheme + v.c.Request.Host
}
