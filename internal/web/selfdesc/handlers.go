package selfdesc

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/portrait"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Addresses of this package.
const (
	School   = "/school/self-description"
	Office   = "/office/schools/self-descriptions"
	OpenData = "/open-data/self-descriptions.csv"
	within   = School + "/at/:body"
)

// Named is something with an id and a name in both languages.
type Named struct {
	ID   string
	Name i18n.Text
}

// Options are what the pages are made of.
type Options struct {
	Pages     *page.Renderer
	Words     *i18n.Bundle
	Bodies    *institution.Service
	Portraits *portrait.Service
	Districts []Named
	Owner     string                              // whose documents these are, in Ukrainian: «Кропивницька міська рада»
	Menu      func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Demo      bool                                // files say so
	Now       func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Bodies == nil || o.Portraits == nil {
		return nil, errors.New("selfdesc: pages, words, the register and the self-descriptions are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Routes is the list of the addresses.
func (h *Handlers) Routes() []gate.Route {
	route := func(method, path string, need gate.Need, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: method, Path: path, Need: need, Do: do}
	}
	const get, post = http.MethodGet, http.MethodPost
	read, edit := gate.May(person.SchoolRead), gate.May(person.SchoolEdit)
	city, publish := gate.May(person.SchoolSummary), gate.May(person.RoundOpen)
	return []gate.Route{
		route(get, School, read, h.Own),
		route(get, within, read, h.Own),
		route(get, within+"/section/:section", edit, h.Section),
		route(post, within+"/section/:section", edit, h.Save),
		route(post, within+"/copy", edit, h.Copy),
		route(post, within+"/sign", edit, h.Sign),
		route(post, within+"/anew", edit, h.Anew),
		route(post, within+"/drop", edit, h.Drop),
		route(get, within+"/signed/:year/:n", read, h.Paper),
		route(get, within+"/signed/:year/:n/file", read, h.PaperFile),

		route(get, Office, city, h.List),
		route(get, Office+"/file/:format", city, h.ListFile),
		route(get, Office+"/one/:body", city, h.One),
		route(get, Office+"/one/:body/signed/:year/:n", city, h.Paper),
		route(get, Office+"/one/:body/signed/:year/:n/file", city, h.PaperFile),
		route(get, Office+"/publish", publish, h.Choose),
		route(post, Office+"/publish", publish, h.Publish),
		route(post, Office+"/hide", publish, h.Hide),

		route(get, OpenData, gate.Open, h.Open),
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
	typed  bool // a form was refused: its fields keep what was typed
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
	return v.w.T("portrait."+key, m)
}

var done = []string{"saved", "copied", "signed", "anew", "dropped", "published", "hidden"}

// sheet begins a page. path is its own address: a refused form is shown under it again.
func (v *view) sheet(menu, path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: menu, Menu: v.menu(), Crumbs: trail}
	if d := v.c.Query("done"); slices.Contains(done, d) {
		s.Done = v.t("done." + d)
	}
	return s
}

func (v *view) menu() []page.MenuGroup {
	if v.h.o.Menu == nil {
		return nil
	}
	return v.h.o.Menu(v.c)
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
	s.Errors, s.Failed, v.faults, v.typed = sum, true, fields, true
	return status, nil
}

func (v *view) show(status int, s page.Sheet) error {
	return v.render(status, "page/sheet", s.Ready())
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, name, p)
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

func (v *view) district(id string) string {
	for _, d := range v.h.o.Districts {
		if d.ID == id {
			return v.in(d.Name)
		}
	}
	return v.t("district.none")
}

func (v *view) kind(k institution.Kind) string { return v.w.T("rounds.kind."+string(k), nil) }

// day writes a day as people read it.
func (v *view) day(s string) string {
	at, err := time.ParseInLocation(time.DateOnly, s, i18n.Kyiv)
	if err != nil {
		return "–"
	}
	return v.w.Date(at)
}

var stateTags = map[portrait.State]string{portrait.Empty: "plain", portrait.Begun: "sun", portrait.Signed: "good", portrait.Redone: "sun", portrait.Shown: "main"}

func (v *view) state(p *portrait.Portrait) *page.Tag {
	return &page.Tag{Text: v.t("state." + string(p.State())), Kind: stateTags[p.State()]}
}

// value is what a field shows: what was typed where its form was refused, else what is.
func (v *view) value(name, now string) string {
	if v.typed && v.c.Request.PostForm != nil && v.c.Request.PostForm.Has(name) {
		return form.Typed(v.c.Request, name)
	}
	return now
}

func (v *view) field(name, now, width string) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: v.t("f." + name), Value: v.value(name, now), Width: width, MaxLength: 200, Error: page.FaultText(v.w, v.faults, name)}
	if hint := "portrait.h." + name; v.w.T(hint, nil) != hint {
		f.Hint = v.w.T(hint, nil)
	}
	return f
}

// year is the school year that is being described.
func (v *view) year() int { return institution.YearOf(v.h.o.Now()) }

// give sends a file.
func (v *view) give(name, kind string, raw []byte) error {
	head := v.c.Writer.Header()
	head.Set("Content-Type", kind)
	head.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	if head.Get("Cache-Control") == "" {
		head.Set("Cache-Control", "no-store")
	}
	head.Set("Content-Length", strconv.Itoa(len(raw)))
	v.c.Status(http.StatusOK)
	if v.c.Request.Method == http.MethodHead {
		v.c.Writer.WriteHeaderNow()
		return nil
	}
	_, _ = v.c.Writer.Write(raw) // the reader has gone away
	return nil
}

func (v *view) file(name string, t tablefile.Table) error {
	format := v.c.Param("format")
	raw, err := t.Write(format)
	if err != nil {
		return err
	}
	return v.give(name+"."+format, tablefile.Type(format), raw)
}

// mine are the institutions that the reader coordinates and that describe themselves.
func (v *view) mine() (list []*institution.Institution) {
	for _, g := range gate.Actor(v.c).Grants {
		if g.Role != person.Coordinator {
			continue
		}
		i, ok := v.h.o.Bodies.ByID(g.Place)
		if ok && v.h.o.Portraits.Asks(i) && !slices.Contains(list, i) && gate.Check(v.c, person.SchoolRead, person.Of(i.ID)) == nil {
			list = append(list, i)
		}
	}
	return list
}

// office tells whether the page is the department's and not an institution's.
func (v *view) office() bool {
	return len(v.c.FullPath()) >= len(Office) && v.c.FullPath()[:len(Office)] == Office
}

// body is the institution of the address, if the reader may do something there.
func (v *view) body(act person.Action) (*institution.Institution, error) {
	i, ok := v.h.o.Bodies.ByID(v.c.Param("body"))
	if !ok || !v.h.o.Portraits.Asks(i) {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	if v.office() {
		return i, gate.Check(v.c, act, person.City)
	}
	return i, gate.Check(v.c, act, person.Of(i.ID))
}
