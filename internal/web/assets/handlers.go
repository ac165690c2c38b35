package assets

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/fault"
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
		panic("assets: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "assets", FS: sub}
}

// Options are what the pages are made of.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle
	Assets *asset.Service
	Menu   func(*gin.Context) []page.MenuGroup // of staff; nil: none
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Assets == nil {
		return nil, errors.New("assets: pages, words and assets are needed")
	}
	return &Handlers{o: o}, nil
}

const (
	// Address is the list of files.
	Address = "/office/media"
	uploads = Address + "/uploads"

	formBody = asset.QuickSize + 64<<10 // a file with the form around it
	partBody = asset.PartSize + 1<<10
)

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	get := func(path string, act person.Action, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodGet, Path: path, Need: gate.May(act), Do: do}
	}
	post := func(path string, act person.Action, body int64, do func(*gin.Context) error) gate.Route {
		return gate.Route{Method: http.MethodPost, Path: path, Need: gate.May(act), Do: do, Body: body}
	}
	return []gate.Route{
		get(Address, person.ContentEdit, h.List),
		post(Address, person.ContentEdit, formBody, h.Whole),
		post(uploads, person.ContentEdit, 0, h.Begin),
		get(uploads+"/:upload", person.ContentEdit, h.State),
		post(uploads+"/:upload", person.ContentEdit, partBody, h.Part),
		post(uploads+"/:upload/done", person.ContentEdit, 0, h.Done),
		get(Address+"/:id", person.ContentEdit, h.Asset),
		post(Address+"/:id/words", person.ContentEdit, 0, h.Describe),
		post(Address+"/:id/episode", person.ContentEdit, episodeBody, h.Episode),
		post(Address+"/:id/publish", person.ContentPublish, 0, h.Publish),
		post(Address+"/:id/withdraw", person.ContentPublish, 0, h.Withdraw),
		get(Address+"/:id/delete", person.ContentPublish, h.DeleteAsk),
		post(Address+"/:id/delete", person.ContentPublish, 0, h.Delete),
	}
}

// view is one request.
type view struct {
	h      *Handlers
	c      *gin.Context
	w      *i18n.Localizer
	lang   string
	faults []fault.Field
	beyond *asset.Episode // words of an episode that were refused
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
	return v.w.T("asset."+key, m)
}

// done are the acts that a page may name when it is read after one.
var done = map[string]bool{"uploaded": true, "waits": true, "words": true, "episode": true, "published": true, "withdrawn": true, "deleted": true}

// sheet begins a page. path is its own address: a refused form is shown under it again.
func (v *view) sheet(path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: "media"}
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

// may tells whether the reader may do something, a missing proof aside.
func (v *view) may(act person.Action) bool {
	a := *gate.Actor(v.c)
	a.Fresh = true
	return person.Can(&a, act, person.City).OK()
}

func (v *view) fault(name string) string { return page.FaultText(v.w, v.faults, name) }

// size writes a size in bytes as people read it.
func (v *view) size(n int64) string {
	part := func(unit int64) string {
		if n%unit == 0 {
			return v.w.Int(n / unit)
		}
		return v.w.Number(float64(n)/float64(unit), 1)
	}
	switch {
	case n >= 1<<30:
		return v.t("size.gb", "N", part(1<<30))
	case n >= 1<<20:
		return v.t("size.mb", "N", part(1<<20))
	case n >= 1<<10:
		return v.t("size.kb", "N", v.w.Int((n+1023)/1024))
	}
	return v.t("size.b", "N", v.w.Int(n))
}

// workTime is how long checking and drawing one small file may take. It goes on when the
// sender has left, so that a lost answer does not lose the file.
const workTime = 60 * time.Second

func working(c *gin.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(c.Request.Context()), workTime)
}
