package help

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/help"
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
		panic("help: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "help", FS: sub}
}

// Place is a venue where questions are written down at a desk.
type Place struct {
	ID   string
	Name i18n.Text
}

// Options are what the pages are made of.
type Options struct {
	Pages   *page.Renderer // built with Set
	Words   *i18n.Bundle
	Help    *help.Service
	Places  func() []Place
	Menu    func(*gin.Context) []page.MenuGroup
	City    page.City
	Area    func(id, lang string) string // name of an area of the framework
	Mail    func() bool                  // whether mails can be sent
	Calls   string                       // where a test by telephone begins
	OverTLS bool
	Now     func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part that every page needs is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Help == nil {
		return nil, errors.New("help: pages, words and the hotline are needed")
	}
	if o.Places == nil {
		o.Places = func() []Place { return nil }
	}
	if o.Menu == nil {
		o.Menu = func(*gin.Context) []page.MenuGroup { return nil }
	}
	if o.Area == nil {
		o.Area = func(id, _ string) string { return id }
	}
	if o.Mail == nil {
		o.Mail = func() bool { return false }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Addresses of this package.
const (
	Address     = "/help"
	Office      = "/office/help"
	Articles    = "/office/help/articles"
	Stats       = "/office/help/stats"
	formBody    = 256 << 10 // an article in two languages
	askBody     = 64 << 10
	suggestBody = 32 << 10
)

// Routes is the list of the addresses.
func (h *Handlers) Routes() []gate.Route {
	open := func(method, path string, body int64, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: Address + path, Need: gate.Open, Do: do, Body: body}
	}
	staff := func(method, path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: Office + path, Need: gate.May(act), Do: do, Body: formBody}
	}
	const get, post = http.MethodGet, http.MethodPost
	return []gate.Route{
		open(get, "", 0, h.Home),
		open(get, "/fraud", 0, h.FraudSheet),
		open(get, "/ask", 0, h.AskForm),
		open(post, "/ask", askBody, h.Ask),
		open(post, "/suggest", suggestBody, h.Suggest),
		open(get, "/asked", 0, h.AskedPage),
		open(get, "/status", 0, h.StatusForm),
		open(post, "/status", 0, h.Status),
		open(get, "/q/:number", 0, h.Question),
		open(post, "/q/:number/helped", 0, h.Helped),
		open(post, "/q/:number/erase", 0, h.Erase),
		open(get, "/:slug", 0, h.Article),

		staff(get, "", person.HelpAnswer, h.Queue),
		staff(post, "/find", person.HelpAnswer, h.FindNumber),
		staff(get, "/new", person.HelpTake, h.TakeForm),
		staff(post, "/new", person.HelpTake, h.TakeDown),
		staff(get, "/given/:number", person.HelpTake, h.Given),
		staff(get, "/script", person.HelpTake, h.Script),
		staff(get, "/q/:number", person.HelpAnswer, h.Work),
		staff(post, "/q/:number/take", person.HelpAnswer, h.Take),
		staff(post, "/q/:number/sort", person.HelpAnswer, h.Sort),
		staff(post, "/q/:number/hand-over", person.HelpAnswer, h.HandOver),
		staff(post, "/q/:number/answer", person.HelpAnswer, h.Answer),
		staff(post, "/q/:number/close", person.HelpAnswer, h.Close),
		staff(get, "/q/:number/public", person.HelpAnswer, h.Propose),
		staff(post, "/q/:number/public", person.HelpAnswer, h.Publish),
		staff(get, "/articles", person.HelpEdit, h.Articles),
		staff(get, "/articles/new", person.HelpEdit, h.NewArticle),
		staff(post, "/articles/new", person.HelpEdit, h.CreateArticle),
		staff(get, "/articles/:slug", person.HelpEdit, h.EditArticle),
		staff(post, "/articles/:slug", person.HelpEdit, h.SaveArticle),
		staff(get, "/stats", person.OfficeRead, h.Stats),
		staff(get, "/settings", person.HelpSettings, h.SettingsForm),
		staff(post, "/settings", person.HelpSettings, h.SaveSettings),
	}
}
