package waves

import (
	"context"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("waves: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "waves", FS: sub}
}

// Plans keeps campaigns and waves; survey.Service is one.
type Plans interface {
	Waves() []*survey.Wave
	Get(ctx context.Context, id string) (*survey.Wave, error)
	Add(ctx context.Context, w survey.Wave) error
	Edit(ctx context.Context, w survey.Wave) error
	Extend(ctx context.Context, id string, rev int64, closes time.Time) error
	CloseEarly(ctx context.Context, id string, rev int64) error
	Campaigns(ctx context.Context) ([]*survey.Campaign, error)
	SaveCampaign(ctx context.Context, c survey.Campaign) error
}

// Index gives fieldwork and releases; cityindex.Service is one.
type Index interface {
	Fieldwork(wave string) (*cityindex.Fieldwork, error)
	Preview(wave string) (r cityindex.Release, blocked error, err error)
	Release(ctx context.Context, wave string) (cityindex.ReleaseInfo, error)
	Withdraw(ctx context.Context, id string, reason i18n.Text) error
	Correct(ctx context.Context, id string, text i18n.Text) error
	Snapshot() *cityindex.Snapshot
}

// Auditor writes down an act and returns when it is durable; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Instrument is what a wave may collect with.
type Instrument struct {
	Slug  string
	Title i18n.Text
}

// Options are what the pages are made of.
type Options struct {
	Pages       *page.Renderer // built with Set
	Words       *i18n.Bundle
	Plans       Plans
	Index       Index
	Audit       Auditor
	Instruments []Instrument
	Districts   []cityindex.Labelled
	Menu        func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Now         func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. The error names what is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Plans == nil || o.Index == nil || o.Audit == nil {
		return nil, fmt.Errorf("waves: pages, words, plans, the index and the audit log are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Address of the list.
const Address = "/office/waves"

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: Address + path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: Address + path, Need: gate.May(act), Do: do}
	}
	return []gate.Route{
		get("", person.IndexInternal, h.List),
		get("/new", person.WaveEdit, h.NewForm),
		post("", person.WaveEdit, h.Create),
		get("/campaigns", person.WaveEdit, h.CampaignForm),
		post("/campaigns", person.WaveEdit, h.SaveCampaign),
		get("/:wave", person.IndexInternal, h.Fieldwork),
		get("/:wave/edit", person.WaveEdit, h.EditForm),
		post("/:wave/edit", person.WaveEdit, h.Edit),
		get("/:wave/close", person.WaveEdit, h.CloseForm),
		post("/:wave/extend", person.WaveEdit, h.Extend),
		post("/:wave/close", person.WaveEdit, h.Close),
		get("/:wave/release", person.IndexRelease, h.ReleaseForm),
		post("/:wave/release", person.IndexRelease, h.Release),
		get("/:wave/releases/:release", person.IndexRelease, h.NoteForm),
		post("/:wave/releases/:release/withdraw", person.IndexRelease, h.Withdraw),
		post("/:wave/releases/:release/erratum", person.IndexRelease, h.Erratum),
	}
}

// Part is a block with a drawing beside it.
type Part struct {
	page.Block
	Chart      template.HTML
	ChartTitle string
	ChartNote  string
}

// Sheet is a page of staff with drawings.
type Sheet struct {
	page.Sheet
	Parts []Part
}

// view is one request.
type view struct {
	h    *Handlers
	c    *gin.Context
	ctx  context.Context
	w    *i18n.Localizer
	lang string
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
	return v.w.T("waves."+key, m)
}

// may tells whether the reader may do something here.
func (v *view) may(act person.Action) bool {
	verdict := person.Can(gate.Actor(v.c), act, person.City)
	return verdict != person.Refused
}

// sheet begins a page. trail are the pages above it.
func (v *view) sheet(title string, trail ...page.Link) *Sheet {
	s := &Sheet{Sheet: page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: v.c.Request.URL.Path}, MenuID: "waves"}}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
	switch done := v.c.Query("done"); done {
	case "planned", "changed", "extended", "closed", "released", "withdrawn", "corrected", "campaign":
		s.Done = v.t("done." + done)
	}
	return s
}

func (v *view) list() page.Link { return page.Link{Href: Address, Text: v.t("title")} }

func (v *view) wave(w *survey.Wave) page.Link {
	return page.Link{Href: Address + "/" + w.ID, Text: w.Title.In(v.lang)}
}

// render writes the page; nothing of it is kept by caches.
func (v *view) render(status int, s *Sheet) error {
	all := page.Sheet{}
	for _, p := range s.Parts {
		all.Blocks = append(all.Blocks, p.Block)
	}
	all.Ready()
	s.Ready()
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "waves/sheet", s)
}

// to ends a POST.
func (v *view) to(path, done string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path+"?done="+done)
	return nil
}

// note writes an act down before it is done.
func (v *view) note(action, subject string) error {
	a := gate.Actor(v.c)
	return v.h.o.Audit.Record(v.ctx, audit.Event{Actor: string(a.Person), Action: action, Subject: subject, Where: a.Where, Why: "duty"})
}

// refused makes of an error what the form's page shows again; ok is false for what
// belongs to another page. names turns a pointer of the domain into a field's name.
func (v *view) refused(err error, names func(string) string) (sum *page.ErrorSummary, faults []fault.Field, status int, ok bool) {
	f := fault.As(err)
	if f == nil {
		return nil, nil, 0, false
	}
	switch f.Kind {
	case fault.Invalid:
		if len(f.Fields) == 0 {
			return nil, nil, 0, false
		}
		for _, x := range f.Fields {
			if strings.HasPrefix(x.Pointer, "/") {
				x.Pointer = names(x.Pointer)
			}
			faults = append(faults, x)
		}
		s := page.Summary(v.w, faults, v.label)
		return &s, faults, http.StatusUnprocessableEntity, true
	case fault.Conflict:
		return &page.ErrorSummary{Title: v.t("refused"), Lead: v.t("refused.lead"), Items: []page.ErrorItem{{Href: "#main", Text: v.w.T(f.Key, f.Args)}}}, nil, http.StatusConflict, true
	}
	return nil, nil, 0, false
}

// label is the name of a field in a summary of faults.
func (v *view) label(name string) string {
	if cell, ok := strings.CutPrefix(name, "target."); ok {
		return v.cell(cell)
	}
	key := "waves.field." + name
	if text := v.w.T(key, nil); text != key {
		return text
	}
	return ""
}

// find reads the wave of the address.
func (v *view) find() (*survey.Wave, error) { return v.h.o.Plans.Get(v.ctx, v.c.Param("wave")) }

// check asks again for the city as the subject; the gate asked for anywhere.
func (v *view) check(act person.Action) error { return gate.Check(v.c, act, person.City) }
