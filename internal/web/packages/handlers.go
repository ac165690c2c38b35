package packages

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/course"
	"osvitlo/internal/course/draft"
	"osvitlo/internal/coursepack"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
	"osvitlo/internal/xapi"
)

// Options are what the pages are made of.
type Options struct {
	Pages    *page.Renderer // built with Set
	Words    *i18n.Bundle
	Packages *coursepack.Service
	Origin   string // of packages: "https://packages.example"; empty: this site's own
	Player   fs.FS  // folder of the operator's H5P player; nil: there is none
	Courses  course.Catalogue
	Drafts   *draft.Service // nil: courses are not carried
	Pictures fs.FS          // content/media
	// Statements tells of learning acts; nil: they are not exported.
	Statements *xapi.Service
	// EditorName is what somebody of the staff is called.
	EditorName func(ctx context.Context, who *person.Actor) string
	Menu       func(*gin.Context) []page.MenuGroup
	OverTLS    bool
	Now        func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct {
	o    Options
	host string // of Origin
}

// New prepares the handlers. Errors: a part is missing, or the origin is none.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Packages == nil {
		return nil, errors.New("packages: pages, words and packages are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	h := &Handlers{o: o}
	if o.Origin != "" {
		u, err := url.Parse(o.Origin)
		if err != nil || u.Host == "" {
			return nil, errors.New("packages: the origin is no address")
		}
		h.host = u.Host
	}
	return h, nil
}

// Addresses.
const (
	Address = "/office/packages"
	Files   = coursepack.FilesPath

	formBody = coursepack.MaxPackage + 64<<10 // a file with the form around it
)

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.Open, Do: do}
	}
	staff := func(method, path string, act person.Action, body int64, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: path, Need: gate.May(act), Do: do, Body: body}
	}
	list := []gate.Route{
		get(Files+":id/:sum/*path", h.File),
		get(coursepack.PlayPath+":id/:sum", h.Player),
		get("/packages/player/*path", h.PlayerFile),
		get(coursepack.Runtime+":name", h.Runtime),

		staff("GET", Address, person.ContentEdit, 0, h.List),
		staff("POST", Address, person.ContentEdit, formBody, h.Add),
		staff("GET", Address+"/:id", person.ContentEdit, 0, h.One),
		staff("POST", Address+"/:id/delete", person.ContentPublish, 0, h.Delete),
	}
	if h.o.Drafts != nil && h.o.Courses != nil {
		list = append(list,
			staff("GET", Exchange, person.CourseEdit, 0, h.ExchangeList),
			staff("POST", Exchange, person.CourseEdit, formBody, h.ExchangeIn),
			staff("GET", Exchange+"/:file", person.CourseEdit, 0, h.ExchangeOut),
		)
	}
	if h.o.Statements != nil && h.o.Courses != nil {
		list = append(list,
			staff("GET", Statements, person.IndexInternal, 0, h.StatementsAsk),
			staff("GET", Statements+"/statements.json", person.IndexInternal, 0, h.StatementsFile),
		)
	}
	return list
}

// view is one request of staff.
type view struct {
	h      *Handlers
	c      *gin.Context
	w      *i18n.Localizer
	lang   string
	faults []fault.Field
}

func (h *Handlers) see(c *gin.Context) *view {
	lang := i18n.FromContext(c.Request.Context())
	return &view{h: h, c: c, w: h.o.Words.Lang(lang), lang: lang}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("package."+key, m)
}

// done are the acts that a page may name when it is read after one.
var done = map[string]bool{"added": true, "deleted": true, "imported": true}

func (v *view) sheet(path, title, menu string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: menu}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
	if d := v.c.Query("done"); done[d] {
		s.Done = v.t("done." + d)
	}
	return s
}

// wrong puts what was refused on the page; 200 when nothing was.
func (v *view) wrong(s *page.Sheet, err error) (status int, rest error) {
	if err == nil {
		return http.StatusOK, nil
	}
	sum, fields, status, ok := page.Refused(v.w, err)
	if !ok {
		return 0, err
	}
	s.Errors, s.Failed, v.faults = sum, true, fields
	return status, nil
}

func (v *view) fault(name string) string { return page.FaultText(v.w, v.faults, name) }

// to ends a POST: the browser reads the page at path, which says what was done.
func (v *view) to(path, done string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path+"?done="+done)
	return nil
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, name, p)
}

// size writes a size in bytes as people read it.
func (v *view) size(n int64) string {
	if n >= 1<<20 {
		return v.t("size.mb", "N", v.w.Number(float64(n)/(1<<20), 1))
	}
	return v.t("size.kb", "N", v.w.Int((n+1023)/1024))
}
