package plans

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/institution/plan"
	"osvitlo/internal/institution/selfdesc"
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
		panic("plans: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "plans", FS: sub}
}

// Addresses of this package.
const (
	Own    = "/school/plan"
	Office = "/office/schools/plans"
)

// Options are what the pages are made of.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle
	Plans  *plan.Service
	Bodies *institution.Service
	Form   *selfdesc.Definition // names fields of self-descriptions; may be nil
	Menu   func(*gin.Context) []page.MenuGroup
	// Name names a variable of a report or an area; empty: it has no name.
	Name     func(variable, lang string) string
	District func(id, lang string) string
	City     paper.City
	Demo     bool // files say so
	Now      func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part that every page needs is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Plans == nil || o.Bodies == nil || o.Name == nil || o.District == nil {
		return nil, errors.New("plans: pages, words, the plans, the register and names are needed")
	}
	if o.Menu == nil {
		o.Menu = func(*gin.Context) []page.MenuGroup { return nil }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Routes is the list of the addresses.
func (h *Handlers) Routes() []gate.Route {
	read := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: Own + path, Need: gate.May(person.SchoolRead), Do: do}
	}
	write := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: Own + path, Need: gate.May(person.SchoolEdit), Do: do}
	}
	city := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: Office + path, Need: gate.May(person.SchoolSummary), Do: do}
	}
	return []gate.Route{
		read("", h.Home),
		write("", h.Begin),
		read("/:plan", h.Plan),
		write("/:plan", h.Describe),
		write("/:plan/copy", h.Copy),
		read("/:plan/offers", h.Offers),
		write("/:plan/offers", h.Answer),
		read("/:plan/new", h.New),
		write("/:plan/new", h.Add),
		read("/:plan/measure/:measure", h.Measure),
		write("/:plan/measure/:measure", h.Edit),
		write("/:plan/measure/:measure/out", h.TakeOut),
		write("/:plan/measure/:measure/back", h.PutBack),
		read("/:plan/close", h.Closing),
		{Method: http.MethodPost, Path: Own + "/:plan/close", Need: gate.May(person.SchoolEdit), Do: h.Close, Body: closing.Bytes},
		write("/:plan/reopen", h.Reopen),
		read("/:plan/print", h.Print),
		read("/:plan/file/:format", h.File),

		city("", h.All),
		city("/file/:format", h.AllFile),
		city("/one/:plan", h.One),
		city("/one/:plan/measure/:measure", h.OneMeasure),
		city("/one/:plan/print", h.OnePrint),
		city("/one/:plan/file/:format", h.OneFile),
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
	failed bool // a form was refused: its fields keep what was typed
}

func (h *Handlers) see(c *gin.Context) *view {
	ctx := c.Request.Context()
	lang := i18n.FromContext(ctx)
	return &view{h: h, c: c, ctx: ctx, w: h.o.Words.Lang(lang), lang: lang}
}

// t is a message of this package with pairs of name and value.
func (v *view) t(key string, pairs ...any) string { return v.w.T("plans."+key, args(pairs)) }

// n is a message that counts.
func (v *view) n(key string, count int64, pairs ...any) string {
	return v.w.N("plans."+key, count, args(pairs))
}

func args(pairs []any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

// done are the acts that a page may name when it is read after one.
var done = []string{"begun", "there", "saved", "added", "taken", "out", "back", "refused", "again", "copied", "nocopy", "closed", "reopened"}

func (v *view) sheet(menu, path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: menu, Menu: v.h.o.Menu(v.c)}
	s.Crumbs = trail
	if d := v.c.Query("done"); slices.Contains(done, d) {
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
	s.Errors, s.Failed, v.faults, v.failed = sum, true, fields, true
	return status, nil
}

func (v *view) show(status int, s page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

// to ends a POST: the browser reads the page at path, which says what was done.
func (v *view) to(path, done string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path+"?done="+done)
	return nil
}

func (v *view) in(t i18n.Text) string {
	if s := t.In(v.lang); s != "" {
		return s
	}
	return t.UK
}

// place is a plan as its reader may see it.
type place struct {
	plan *plan.Plan
	body *institution.Institution
	at   string // its address
	own  bool   // of the reader's institution; otherwise the department reads
	edit bool
	menu string
}

// own is the plan of the address for its institution's people. Errors: NotFound for what is
// not theirs.
func (v *view) own(act person.Action) (x place, err error) {
	if x, err = v.find(); err != nil {
		return x, err
	}
	if err := gate.Check(v.c, act, person.Of(x.body.ID)); err != nil {
		return x, err
	}
	x.own, x.menu, x.at = true, "plan", Own+"/"+x.plan.ID
	x.edit = !x.plan.IsClosed() && person.Can(fresh(v.c), person.SchoolEdit, person.Of(x.body.ID)).OK()
	return x, nil
}

func fresh(c *gin.Context) *person.Actor {
	a := *gate.Actor(c)
	a.Fresh = true
	return &a
}

// city is the plan of the address for the department: to be read.
func (v *view) city() (x place, err error) {
	if err := gate.Check(v.c, person.SchoolSummary, person.City); err != nil {
		return x, err
	}
	if x, err = v.find(); err != nil {
		return x, err
	}
	x.menu, x.at = "plans", Office+"/one/"+x.plan.ID
	return x, nil
}

func (v *view) find() (x place, err error) {
	p, ok := v.h.o.Plans.ByID(v.c.Param("plan"))
	if !ok {
		return x, fault.New(fault.NotFound, "plan.gone")
	}
	x.plan = p
	if x.body, ok = v.h.o.Bodies.ByID(p.Institution); !ok {
		return x, fault.New(fault.NotFound, "institution.gone")
	}
	return x, nil
}

// trail is the way to a plan.
func (v *view) trail(x place, self bool) (list []page.Link) {
	if x.own {
		list = append(list, page.Link{Href: "/school", Text: v.t("school")}, page.Link{Href: Own + "?all=1", Text: v.t("title")})
	} else {
		list = append(list, page.Link{Href: Office, Text: v.t("all.title")})
	}
	if self {
		list = append(list, page.Link{Href: x.at, Text: v.in(x.body.Name()) + ", " + x.plan.Name()})
	}
	return list
}

// mine are the institutions with plans that the reader coordinates.
func (v *view) mine() (list []*institution.Institution) {
	for _, g := range gate.Actor(v.c).Grants {
		if g.Role != person.Coordinator {
			continue
		}
		i, ok := v.h.o.Bodies.ByID(g.Place)
		if ok && slices.Contains(plan.Kinds(), i.Kind) && !slices.Contains(list, i) && gate.Check(v.c, person.SchoolRead, person.Of(i.ID)) == nil {
			list = append(list, i)
		}
	}
	return list
}

// value is what a field shows: what was typed where its form was refused, else what is.
func (v *view) value(name, now string) string {
	if v.failed && v.c.Request.PostForm != nil && v.c.Request.PostForm.Has(name) {
		return form.Typed(v.c.Request, name)
	}
	return now
}

func (v *view) field(name, now string, rows, most int) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: v.t("field." + name), Value: v.value(name, now), Rows: rows, MaxLength: most, Error: page.FaultText(v.w, v.faults, name)}
	if hint := "plans.hint." + name; v.w.T(hint, nil) != hint {
		f.Hint = v.w.T(hint, nil)
	}
	return f
}

func (v *view) pick(name, now string, list []page.Option) page.Select {
	now = v.value(name, now)
	for i := range list {
		list[i].Selected = list[i].Value == now
	}
	s := page.Select{ID: page.FieldID(name), Name: name, Label: v.t("field." + name), Options: list, Error: page.FaultText(v.w, v.faults, name)}
	if hint := "plans.hint." + name; v.w.T(hint, nil) != hint {
		s.Hint = v.w.T(hint, nil)
	}
	return s
}

// one is a form that is one button.
func one(action, text, kind, confirm string, hidden ...page.Hidden) page.Form {
	return page.Form{Action: action, Hidden: hidden, Buttons: []page.Button{{Text: text, Kind: kind, Small: true, Confirm: confirm}}}
}
