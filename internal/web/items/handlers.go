package items

import (
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/itembank"
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
		panic("items: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "items", FS: sub}
}

// Options are what the pages are made of.
type Options struct {
	Pages     *page.Renderer // built with Set
	Words     *i18n.Bundle
	Library   *content.Library
	Bank      *itembank.Service
	Catalogue *sitting.Catalogue
	Menu      func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Now       func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Library == nil || o.Bank == nil || o.Catalogue == nil {
		return nil, errors.New("items: pages, words, library, bank and catalogue are needed")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Handlers{o: o}, nil
}

// Addresses of the two lists.
const (
	Address     = "/office/items"
	Instruments = "/office/instruments"
)

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.May(person.ContentEdit), Do: do}
	}
	post := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: gate.May(act), Do: do}
	}
	return []gate.Route{
		get(Address, h.List),
		get(ExportPath, h.Export),
		get(ExportPath+"/file", h.File),
		get(Address+"/:item", h.Item),
		post(Address+"/:item/review", person.ContentEdit, h.Review),
		post(Address+"/:item/quarantine", person.ContentEdit, h.Quarantine),
		get(Instruments, h.Instruments),
		get(Instruments+"/:slug", h.Instrument),
		post(Instruments+"/:slug/approve", person.ContentPublish, h.Approve),
		post(Instruments+"/:slug/withdraw", person.ContentPublish, h.Withdraw),
		get(CalibrationPath, h.Calibration),
		post(CalibrationPath+"/release", person.ContentPublish, h.Release),
		post(CalibrationPath+"/recall", person.ContentPublish, h.Recall),
	}
}

// view is one request.
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
	return v.w.T("items."+key, m)
}

func (v *view) n(key string, count int) string { return v.w.N("items."+key, int64(count), nil) }

// sheet begins a page. path is its own address: a refused form is shown under it again.
func (v *view) sheet(path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: "items"}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
	if done := v.c.Query("done"); done != "" {
		if text := v.t("done." + done); text != "items.done."+done {
			s.Done = text
		}
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

// to ends a POST: the browser reads the page at path, which says what was done.
func (v *view) to(path, done string) error {
	v.c.Header("Cache-Control", "no-store")
	sign := "?"
	if strings.Contains(path, "?") {
		sign = "&"
	}
	page.SeeOther(v.c.Writer, v.c.Request, path+sign+"done="+done)
	return nil
}

func (v *view) render(status int, name string, p page.Page) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, name, p)
}

// may tells whether the reader may do something, a missing proof aside.
func (v *view) may(act person.Action) bool {
	a := *gate.Actor(v.c)
	a.Fresh = true
	return person.Can(&a, act, person.City).OK()
}

func (v *view) fault(name string) string { return page.FaultText(v.w, v.faults, name) }

// share writes a share as per cent.
func (v *view) share(x float64) string { return v.w.Number(100*x, 0) + "\u00a0%" }

// figure writes a figure, or why it is missing.
func (v *view) figure(f itembank.Figure, write func(float64) string) string {
	if f.Known() {
		return write(f.Of())
	}
	return v.why(f)
}

func (v *view) why(f itembank.Figure) string {
	return v.t("why."+string(f.Why), "Need", v.w.Int(int64(f.Need)), "Have", v.w.Int(int64(f.Have)))
}

// dec writes a number with two decimals.
func (v *view) dec(x float64) string { return v.w.Number(x, 2) }

// who is a person as the office may see them here: role and the end of the number.
func (v *view) who(id person.ID, role string) string {
	short := string(id)
	if len(short) > 6 {
		short = "…" + short[len(short)-6:]
	}
	return v.w.T("role."+role, nil) + " " + short
}

// day reads a day of a content file and writes it as people do.
func (v *view) day(text string) string {
	if t, err := time.ParseInLocation(time.DateOnly, text, i18n.Kyiv); err == nil {
		return v.w.Date(t)
	}
	return text
}
