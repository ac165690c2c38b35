package school

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
	"osvitlo/internal/institution/round"
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
		panic("school: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "school", FS: sub}
}

// Options are what the pages are made of.
type Options struct {
	Pages    *page.Renderer // built with Set
	Words    *i18n.Bundle
	Bodies   *institution.Service
	Rounds   *round.Service
	Papers   *paper.Desk // writes documents
	Sittings *sitting.Service
	// Enter gives the browser a sitting's sealed token and returns where it goes on.
	Enter func(c *gin.Context, id, sealed string) string
	// Area names an area of competence ("edu1"); false: no such area.
	Area func(id string) (i18n.Text, bool)
	// Other leads from a code of another kind, such as an employer's, to its page; ok is
	// false for what is none, nil: there are none. Errors: NotFound, Gone and TooMany.
	Other func(ctx context.Context, code string) (path string, ok bool, err error)
	// Course is what is offered after a questionnaire; false: none.
	Course func(slug string) (path string, title i18n.Text, ok bool)
	// Text is a text of the content by its key; empty: there is none.
	Text   func(key string) i18n.Text
	Menu   func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Origin string                              // "https://…" for what is printed; empty: taken from the request
	TLS    bool
	Now    func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Bodies == nil || o.Rounds == nil || o.Papers == nil || o.Sittings == nil || o.Enter == nil || o.Area == nil || o.Course == nil || o.Text == nil {
		return nil, errors.New("school: pages, words, the register, rounds, sittings and the names of areas, courses and texts are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Addresses.
const (
	Address = "/school"
	Join    = "/join"
	within  = Address + "/at/:body/:round"
)

// Routes lists the addresses. /join/{code} belongs to the accounts, which hand codes of
// rounds over to Greet and Begin.
func (h *Handlers) Routes() []gate.Route {
	return append(h.paperRoutes(), []gate.Route{
		{Method: http.MethodGet, Path: Address, Need: gate.May(person.SchoolRead), Do: h.Home},
		{Method: http.MethodGet, Path: within, Need: gate.May(person.SchoolRead), Do: h.Round},
		{Method: http.MethodPost, Path: within + "/codes", Need: gate.May(person.SchoolEdit), Do: h.Codes},
		{Method: http.MethodGet, Path: within + "/poster", Need: gate.May(person.SchoolRead), Do: h.Poster},
		{Method: http.MethodGet, Path: within + "/other-task", Need: gate.May(person.SchoolRead), Do: h.OtherTask},
		{Method: http.MethodGet, Path: Join, Need: gate.Open, Do: h.AskCode},
		{Method: http.MethodPost, Path: Join, Need: gate.Open, Do: h.ReadCode},
	}...)
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
	return v.w.T("school."+key, m)
}

func (v *view) role(r institution.Role) string { return v.w.T("rounds.role."+string(r), nil) }

// until names the moment of a close: a whole day where it lies at its end.
func (v *view) until(at time.Time) string {
	at = at.In(i18n.Kyiv)
	if at.Hour() == 0 && at.Minute() == 0 {
		return v.t("until", "Day", v.w.Date(at.Add(-time.Second)))
	}
	return v.w.DateTime(at)
}

// since names the moment of a beginning: a whole day where it lies at its start.
func (v *view) since(at time.Time) string {
	if at = at.In(i18n.Kyiv); at.Hour() == 0 && at.Minute() == 0 {
		return v.w.Date(at)
	}
	return v.w.DateTime(at)
}

// promise is what the order promises to people of a role.
func (v *view) promise(r institution.Role) string {
	if r == institution.Graduate {
		return v.t("promise.graduate")
	}
	return v.w.T("rounds.promise.text", nil)
}

func (v *view) in(t i18n.Text) string {
	if s := t.In(v.lang); s != "" {
		return s
	}
	return t.UK
}

func (v *view) sheet(path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: "school"}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = trail
	return s
}

func (v *view) show(status int, s page.Sheet) error {
	return v.render(status, "page/sheet", s.Ready())
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, name, p)
}

func (v *view) home() page.Link { return page.Link{Href: Address, Text: v.t("title")} }

// origin is the site's own address for what is printed.
func (v *view) origin() string {
	switch {
	case v.h.o.Origin != "":
		return v.h.o.Origin
	case v.h.o.TLS || v.c.Request.TLS != nil:
		return "https://" + v.c.Request.Host
	}
	return "http://" + v.c.Request.Host
}

// mine are the institutions the reader coordinates.
func (v *view) mine() (list []*institution.Institution) {
	for _, g := range gate.Actor(v.c).Grants {
		if g.Role != person.Coordinator {
			continue
		}
		i, ok := v.h.o.Bodies.ByID(g.Place)
		if ok && !slices.Contains(list, i) && gate.Check(v.c, person.SchoolRead, person.Of(i.ID)) == nil {
			list = append(list, i)
		}
	}
	return list
}

// here is the institution and the round of the address. Errors: NotFound for what is not
// the reader's, and for a round that does not ask there.
func (v *view) here(act person.Action) (*institution.Institution, *round.Round, []institution.Role, error) {
	i, ok := v.h.o.Bodies.ByID(v.c.Param("body"))
	if !ok {
		return nil, nil, nil, fault.New(fault.NotFound, "institution.gone")
	}
	if err := gate.Check(v.c, act, person.Of(i.ID)); err != nil {
		return nil, nil, nil, err
	}
	r, ok := v.h.o.Rounds.ByID(v.c.Param("round"))
	if !ok || r.State == round.Planned {
		return nil, nil, nil, fault.New(fault.NotFound, "round.gone")
	}
	roles := rolesOf(r, i.ID)
	if len(roles) == 0 {
		return nil, nil, nil, fault.New(fault.NotFound, "round.no_member")
	}
	return i, r, roles, nil
}

// rolesOf are the roles in which a round asks an institution.
func rolesOf(r *round.Round, body string) (list []institution.Role) {
	for _, role := range institution.Roles() {
		if _, ok := r.Member(body, role); ok {
			list = append(list, role)
		}
	}
	return list
}
