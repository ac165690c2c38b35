package employers

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/credential"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/institution/staffing"
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
		panic("employers: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "employers", FS: sub}
}

// Addresses.
const (
	Address   = "/employer"
	Mine      = "/me/employer"
	Public    = "/employers"
	Officials = "/office/officials"

	at   = Address + "/at/:body"
	join = "/join/"
)

// Course is one of the catalogue.
type Course struct {
	Slug    string
	Title   i18n.Text
	Minutes int
	Lessons []Course // in order; a lesson has none
}

// Letter is an invitation to be mailed.
type Letter struct{ ID, To, Subject, Text, Lang string }

// Options are what the pages are made of.
type Options struct {
	Pages    *page.Renderer // built with Set
	Words    *i18n.Bundle
	Bodies   *institution.Service
	Staffing *staffing.Service
	Courses  func() []Course // in the order of the catalogue
	// Standing is how far the reader is in the courses and lessons.
	Standing func(ctx context.Context, id person.ID) (staffing.Standing, error)
	// Held are somebody's certificates.
	Held func(ctx context.Context, id person.ID) ([]*credential.View, error)
	// Name is what somebody who shows certificates is called; empty: they told no name.
	Name func(ctx context.Context, id person.ID) (string, error)
	// Writable tells whether somebody agreed to be written to and has a proved address.
	Writable func(ctx context.Context, id person.ID) (bool, error)
	Mail     func(ctx context.Context, l Letter) error // nil: no mail can be sent
	City     paper.City
	Menu     func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Origin   string                              // "https://…"; empty: taken from the request
	Demo     bool
	TLS      bool
	Now      func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Bodies == nil || o.Staffing == nil || o.Courses == nil || o.Standing == nil || o.Held == nil || o.Name == nil || o.Writable == nil {
		return nil, errors.New("employers: pages, words, the register, staffing, courses and what is known of people are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Routes lists the addresses. /join/{code} belongs to the accounts, which hand codes of
// employers over to ByCode.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, need gate.Need, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: need, Do: do}
	}
	post := func(path string, need gate.Need, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: need, Do: do}
	}
	read, edit, programme := gate.May(person.SchoolRead), gate.May(person.SchoolEdit), gate.May(person.ProgrammeEdit)
	return []gate.Route{
		get(Address, read, h.Home),
		get(at, read, h.Progress),
		get(at+"/progress/:format", read, h.ProgressFile),
		get(at+"/people", edit, h.People),
		post(at+"/codes", edit, h.Codes),
		post(at+"/codes/back", edit, h.TakeBack),
		post(at+"/mails", edit, h.Mails),
		get(at+"/plan", edit, h.Plan),
		post(at+"/plan/add", edit, h.PlanAdd),
		post(at+"/plan/drop", edit, h.PlanDrop),
		post(at+"/plan/note", edit, h.PlanNote),
		post(at+"/listed", edit, h.Listed),
		get(at+"/certificates", edit, h.Certificates),
		get(at+"/certificates/:format", edit, h.CertificatesFile),

		get(Mine, gate.May(person.MeRead), h.Mine),
		post(Mine, gate.May(person.MeEdit), h.Change),
		post(Mine+"/ask", gate.May(person.MeEdit), h.AskLeave),
		post(Mine+"/leave", gate.May(person.MeEdit), h.Leave),

		get(Public, gate.Open, h.List),
		get(Public+"/:body/badge.svg", gate.Open, h.Badge),
		get(Public+"/:body/embed.txt", gate.Open, h.Embed),

		get(Officials, programme, h.Officials),
		get(Officials+"/files/:format", programme, h.OfficialsFile),
		get(Officials+"/programme", programme, h.Programme),
		post(Officials+"/programme/add", programme, h.ProgrammeAdd),
		post(Officials+"/programme/drop", programme, h.ProgrammeDrop),
		post(Officials+"/programme/note", programme, h.ProgrammeNote),
	}
}

// view is one request.
type view struct {
	h      *Handlers
	c      *gin.Context
	ctx    context.Context
	w      *i18n.Localizer
	lang   string
	faults []fault.Field
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return v.w.T("employer."+key, m)
}

func (v *view) in(t i18n.Text) string {
	if s := t.In(v.lang); s != "" {
		return s
	}
	return t.UK
}

func (v *view) fault(name string) string { return page.FaultText(v.w, v.faults, name) }

// day writes a stored day; empty for none.
func (v *view) day(text string) string {
	d, err := time.ParseInLocation(time.DateOnly, text, i18n.Kyiv)
	if err != nil {
		return ""
	}
	return v.w.Date(d)
}

// find gives what has a slug, or something that is called by it.
func find(list []Course, slug string) Course {
	if i := slices.IndexFunc(list, func(c Course) bool { return c.Slug == slug }); i >= 0 {
		return list[i]
	}
	return Course{Slug: slug, Title: i18n.Text{UK: slug}}
}

// step is the title of a step in a line by itself.
func (v *view) step(x staffing.Step) string {
	c := find(v.h.o.Courses(), x.Course)
	if x.Lesson == "" {
		return v.in(c.Title)
	}
	return v.t("lesson.of", "Lesson", v.in(find(c.Lessons, x.Lesson).Title), "Course", v.in(c.Title))
}

// stepCell is a step in a table, with the way to it.
func (v *view) stepCell(x staffing.Step) page.GridCell {
	c := find(v.h.o.Courses(), x.Course)
	if x.Lesson == "" {
		return page.GridCell{Text: v.in(c.Title), Href: "/courses/" + x.Part(), Small: v.t("minutes", "N", c.Minutes)}
	}
	l := find(c.Lessons, x.Lesson)
	return page.GridCell{Text: v.in(l.Title), Href: "/courses/" + x.Part(), Small: v.t("lesson.small", "Course", v.in(c.Title), "N", l.Minutes)}
}

func (v *view) sheet(path, title, menu string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path, NoIndex: true}, MenuID: menu, Crumbs: trail}
	if v.h.o.Menu != nil && menu != "" {
		s.Menu = v.h.o.Menu(v.c)
	}
	return s
}

// refused makes of an error what the form's page shows again. It is the error itself
// where it belongs to a page of its own.
func (v *view) refused(s *page.Sheet, err error) (status int, other error) {
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

func (v *view) show(status int, s page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

func (v *view) go2(to string) error {
	page.SeeOther(v.c.Writer, v.c.Request, to)
	return nil
}

// origin is the site's own address for what is handed out.
func (v *view) origin() string {
	switch {
	case v.h.o.Origin != "":
		return v.h.o.Origin
	case v.h.o.TLS || v.c.Request.TLS != nil:
		return "https://" + v.c.Request.Host
	}
	return "http://" + v.c.Request.Host
}

func bare(origin string) string {
	return strings.TrimPrefix(strings.TrimPrefix(origin, "https://"), "http://")
}

// here is the employer of the address. Errors: NotFound for what is not the reader's.
func (v *view) here(act person.Action) (*institution.Institution, error) {
	i, ok := v.h.o.Bodies.ByID(v.c.Param("body"))
	if !ok || !staffing.Employs(i) {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	return i, gate.Check(v.c, act, person.Of(i.ID))
}

func (v *view) home() page.Link { return page.Link{Href: Address, Text: v.t("title")} }

func path(i *institution.Institution) string { return Address + "/at/" + i.ID }
