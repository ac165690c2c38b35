package rounds

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/paper"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Named is something with an id and a name in both languages.
type Named struct {
	ID   string
	Name i18n.Text
}

// Options are what the pages are made of.
type Options struct {
	Pages       *page.Renderer
	Words       *i18n.Bundle
	Bodies      *institution.Service
	Rounds      *round.Service
	Districts   []Named
	Instruments func() []Named                      // those of rounds; nil: none
	Papers      *paper.Desk                         // writes documents
	Menu        func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Now         func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Bodies == nil || o.Rounds == nil || o.Papers == nil {
		return nil, errors.New("rounds: pages, words, the register, the rounds and their documents are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Instruments == nil {
		o.Instruments = func() []Named { return nil }
	}
	return &Handlers{o: o}, nil
}

// Rounds is the address of the list; bodies is where the register stands.
const (
	Rounds = "/office/rounds"
	bodies = "/office/institutions"
)

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: gate.May(act), Do: do}
	}
	return append(slices.Concat(h.orderRoutes(), h.paperRoutes(), h.lastingRoutes()), []gate.Route{
		get(Rounds, person.SchoolCount, h.List),
		get(Rounds+"/new", person.RoundOpen, h.NewPlan),
		post(Rounds, person.RoundOpen, h.Plan),
		get(Rounds+"/:round", person.SchoolCount, h.Round),
		get(Rounds+"/:round/edit", person.RoundOpen, h.EditPlan),
		post(Rounds+"/:round/edit", person.RoundOpen, h.Edit),
		get(Rounds+"/:round/bodies", person.RoundOpen, h.Chosen),
		post(Rounds+"/:round/bodies", person.RoundOpen, h.Choose),
		get(Rounds+"/:round/open", person.RoundOpen, h.Opening),
		post(Rounds+"/:round/open", person.RoundOpen, h.Open),
		get(Rounds+"/:round/close", person.RoundOpen, h.Closing),
		post(Rounds+"/:round/extend", person.RoundOpen, h.Extend),
		post(Rounds+"/:round/close", person.RoundOpen, h.Close),
		post(Rounds+"/:round/throw", person.RoundOpen, h.Throw),
		post(Rounds+"/:round/discard", person.RoundOpen, h.Discard),
		post(Rounds+"/:round/cut", person.RoundOpen, h.Cut),
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
	failed string // the form that was refused: its fields keep what was typed
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
	return v.w.T("rounds."+key, m)
}

// done are the acts that a page may name when it is read after one.
var done = []string{"saved", "planned", "opened", "extended", "closed", "thrown", "discarded", "cut", "order"}

// sheet begins a page. path is its own address: a refused form is shown under it again.
func (v *view) sheet(menu, path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: menu}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
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
	s.Errors, s.Failed, v.faults = sum, true, fields
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

// in is a text in the reader's language; a name that is known in one only, in that one.
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
	if id == "" {
		return v.t("district.none")
	}
	return id
}

func (v *view) kind(k institution.Kind) string { return v.t("kind." + string(k)) }
func (v *view) role(r institution.Role) string { return v.t("role." + string(r)) }

// group names a reporting group: its kind in its district, or the word staff gave it.
func (v *view) group(i *institution.Institution) string {
	if i.Group != "" {
		return i.Group
	}
	return v.kind(i.Kind) + ", " + v.district(i.District)
}

// value is what a field shows: what was typed where its form was refused, else what is.
func (v *view) value(form_, name, now string) string {
	if v.failed == form_ && v.c.Request.PostForm != nil && v.c.Request.PostForm.Has(name) {
		return form.Typed(v.c.Request, name)
	}
	return now
}

func (v *view) field(in, name, now, width string) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: v.t("field." + name), Value: v.value(in, name, now), Width: width, Plain: width != "", MaxLength: 300,
		Error: page.FaultText(v.w, v.faults, name)}
	if hint := "rounds.hint." + name; v.w.T(hint, nil) != hint {
		f.Hint = v.w.T(hint, nil)
	}
	return f
}

func (v *view) number(in, name, label string, now int, known bool) page.Field {
	text := ""
	if known {
		text = strconv.Itoa(now)
	}
	return page.Field{ID: page.FieldID(name), Name: name, Label: label, Value: v.value(in, name, text), Width: "6", InputMode: "numeric", Plain: true, MaxLength: 10,
		Error: page.FaultText(v.w, v.faults, name)}
}

// pick is a list of words to choose one from.
func (v *view) pick(in, name, label, now string, list []page.Option) page.Select {
	now = v.value(in, name, now)
	for i := range list {
		list[i].Selected = list[i].Value == now
	}
	return page.Select{ID: page.FieldID(name), Name: name, Label: label, Options: list, Error: page.FaultText(v.w, v.faults, name)}
}

func (v *view) kinds(any string) (list []page.Option) {
	if any != "" {
		list = append(list, page.Option{Text: any})
	}
	for _, k := range institution.Kinds() {
		list = append(list, page.Option{Value: string(k), Text: v.kind(k)})
	}
	return list
}

func (v *view) districts(any string) []page.Option {
	list := []page.Option{{Text: any}}
	for _, d := range v.h.o.Districts {
		list = append(list, page.Option{Value: d.ID, Text: v.in(d.Name)})
	}
	return list
}

func rev(n int64) []page.Hidden {
	return []page.Hidden{{Name: "rev", Value: strconv.FormatInt(n, 10)}}
}

// day reads a day as the beginning of it in Kyiv.
func day(text string) (time.Time, bool) {
	at, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), i18n.Kyiv)
	return at, err == nil
}

// check asks again for the city as the subject; the gate asked for anywhere.
func (v *view) check(act person.Action) error { return gate.Check(v.c, act, person.City) }

// may tells whether the reader may do something, a missing proof aside.
func (v *view) may(act person.Action) bool {
	a := *gate.Actor(v.c)
	a.Fresh = true
	return person.Can(&a, act, person.City).OK()
}
