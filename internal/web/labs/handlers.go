package labs

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/docx"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/person"
	"osvitlo/internal/tablefile"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Addresses of this package.
const (
	School   = "/school/labs"
	Office   = "/office/schools/labs"
	OpenData = "/open-data/laboratories.csv"
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
	Labs      *lab.Service
	Districts []Named
	// Task writes the technical requirement that follows from a request of an institution.
	Task func(r *lab.Request, i *institution.Institution, room string) (*docx.Document, error)
	Menu func(*gin.Context) []page.MenuGroup // of staff; nil: none
	Demo bool                                // files say so
	Now  func() time.Time
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. Errors: a part is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Bodies == nil || o.Labs == nil || o.Task == nil {
		return nil, errors.New("labs: pages, words, the register, the laboratories and the requirement are needed")
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
	city, decide := gate.May(person.SchoolSummary), gate.May(person.LabDecide)
	rows := route(post, School+"/room/:lab/rows", edit, h.AddRows)
	rows.Body = rowsBody
	return []gate.Route{
		route(get, School, read, h.Own),
		route(get, School+"/new", edit, h.New),
		route(post, School, edit, h.Add),
		route(get, School+"/room/:lab", read, h.Room),
		route(get, School+"/room/:lab/edit", edit, h.EditRoom),
		route(post, School+"/room/:lab", edit, h.SaveRoom),
		route(post, School+"/room/:lab/checked", edit, h.Checked),
		route(post, School+"/room/:lab/out", edit, h.TakeOut),
		route(post, School+"/room/:lab/back", edit, h.PutBack),
		route(get, School+"/room/:lab/line/:line", edit, h.Line),
		route(post, School+"/room/:lab/line/:line", edit, h.SaveLine),
		route(post, School+"/room/:lab/line/:line/out", edit, h.LineOut),
		route(post, School+"/room/:lab/line/:line/back", edit, h.LineBack),
		route(get, School+"/room/:lab/rows", edit, h.Rows),
		rows,
		route(get, School+"/room/:lab/rows/:import", edit, h.Import),
		route(post, School+"/room/:lab/rows/:import", edit, h.Reread),
		route(post, School+"/room/:lab/rows/:import/apply", edit, h.Apply),
		route(post, School+"/room/:lab/rows/:import/undo", edit, h.Undo),
		route(get, School+"/requests/new", edit, h.NewRequest),
		route(post, School+"/requests", edit, h.Ask),
		route(get, School+"/requests/:request", read, h.Request),
		route(get, School+"/requests/:request/edit", edit, h.EditRequest),
		route(post, School+"/requests/:request", edit, h.SaveRequest),
		route(post, School+"/requests/:request/out", edit, h.Withdraw),
		route(post, School+"/requests/:request/back", edit, h.Stand),
		route(get, School+"/requests/:request/task", read, h.Task),
		route(get, School+"/requests/:request/task.docx", read, h.TaskFile),

		route(get, Office, city, h.List),
		route(get, Office+"/file/:format", city, h.ListFile),
		route(get, Office+"/room/:lab", city, h.OfficeRoom),
		route(get, Office+"/requests", city, h.Requests),
		route(get, Office+"/requests/file/:format", city, h.RequestsFile),
		route(get, Office+"/request/:request", city, h.OfficeRequest),
		route(post, Office+"/request/:request", decide, h.Decide),
		route(get, Office+"/request/:request/task", city, h.Task),
		route(get, Office+"/request/:request/task.docx", city, h.TaskFile),

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
	return v.w.T("lab."+key, m)
}

// done are the acts that a page may name when it is read after one.
var done = []string{"added", "saved", "checked", "out", "back", "line", "line_out", "line_back", "rows", "read", "reread", "undone", "asked", "rewritten", "withdrawn", "stands", "decided"}

// sheet begins a page. path is its own address: a refused form is shown under it again.
func (v *view) sheet(menu, path, title string, trail ...page.Link) page.Sheet {
	s := page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: menu, Crumbs: trail}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
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

// body is the name of an institution as it is now.
func (v *view) body(id string) string {
	if i, ok := v.h.o.Bodies.ByID(id); ok {
		return v.in(i.Name())
	}
	return id
}

func (v *view) district(id string) string {
	for _, d := range v.h.o.Districts {
		if d.ID == id {
			return v.in(d.Name)
		}
	}
	return v.t("district.none")
}

// day writes a day as people read it.
func (v *view) day(s string) string {
	at, err := time.ParseInLocation(time.DateOnly, s, i18n.Kyiv)
	if err != nil {
		return v.t("never")
	}
	return v.w.Date(at)
}

// office tells whether the page is the department's and not an institution's.
func (v *view) office() bool {
	return len(v.c.FullPath()) >= len(Office) && v.c.FullPath()[:len(Office)] == Office
}

// value is what a field shows: what was typed where its form was refused, else what is.
func (v *view) value(name, now string) string {
	if v.typed && v.c.Request.PostForm != nil && v.c.Request.PostForm.Has(name) {
		return form.Typed(v.c.Request, name)
	}
	return now
}

func (v *view) field(name, now, width string, rows int) page.Field {
	f := page.Field{ID: page.FieldID(name), Name: name, Label: v.t("f." + name), Value: v.value(name, now), Width: width, Plain: width != "", MaxLength: 600, Rows: rows,
		Error: page.FaultText(v.w, v.faults, name)}
	if hint := "lab.h." + name; v.w.T(hint, nil) != hint {
		f.Hint = v.w.T(hint, nil)
	}
	return f
}

func (v *view) number(name string, now int) page.Field {
	f := v.field(name, strconv.Itoa(now), "6", 0)
	f.InputMode, f.MaxLength = "numeric", 10
	return f
}

// pick is a list of words to choose one from; ids are translated under a prefix.
func pick[T ~string](v *view, name, prefix string, now T, list []T, any string) page.Select {
	s := page.Select{ID: page.FieldID(name), Name: name, Label: v.t("f." + name), Error: page.FaultText(v.w, v.faults, name)}
	if any != "" {
		s.Options = append(s.Options, page.Option{Text: any})
	}
	at := v.value(name, string(now))
	for _, id := range list {
		s.Options = append(s.Options, page.Option{Value: string(id), Text: v.t(prefix + string(id)), Selected: string(id) == at})
	}
	return s
}

func rev(n int64) []page.Hidden {
	return []page.Hidden{{Name: "rev", Value: strconv.FormatInt(n, 10)}}
}

// one is a single button that is a form.
func one(action, text, kind, confirm string, hidden []page.Hidden) page.Form {
	return page.Form{Action: action, Hidden: hidden, Buttons: []page.Button{{Text: text, Kind: kind, Small: true, Confirm: confirm}}}
}

// pair adds a row to what stands side by side after a conflict, unless both are the same.
func pair(c *page.Compare, name, typed, saved string) {
	if typed != saved {
		c.Rows = append(c.Rows, page.CompareRow{Name: name, A: typed, B: saved})
	}
}

// meanwhile is the block of a conflict: what was typed beside what a colleague saved.
func (v *view) meanwhile(err error, fill func(*page.Compare)) []page.Block {
	if !fault.Is(err, fault.Conflict) || fault.As(err).Key != "lab.changed_meanwhile" {
		return nil
	}
	c := &page.Compare{Caption: v.t("both"), A: v.t("both.yours"), B: v.t("both.theirs")}
	fill(c)
	if len(c.Rows) == 0 {
		return nil
	}
	return []page.Block{{ID: "both", Title: v.t("both"), Pair: c}}
}

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

// mine are the institutions whose coordinator reads.
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

// school is the institution that a query or form names, or the reader's only one.
func (v *view) school(id string, act person.Action) (*institution.Institution, error) {
	if list := v.mine(); id == "" && len(list) > 0 {
		id = list[0].ID
	}
	i, ok := v.h.o.Bodies.ByID(id)
	if !ok {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	return i, gate.Check(v.c, act, person.Of(i.ID))
}

// room is the room of the address, if the reader may do something with it.
func (v *view) room(act person.Action) (*lab.Lab, error) {
	l, ok := v.h.o.Labs.ByID(v.c.Param("lab"))
	if !ok {
		return nil, fault.New(fault.NotFound, "lab.gone")
	}
	if v.office() {
		return l, gate.Check(v.c, act, person.City)
	}
	return l, gate.Check(v.c, act, person.Of(l.Institution))
}

// request is the request of the address.
func (v *view) request(act person.Action) (*lab.Request, error) {
	r, ok := v.h.o.Labs.Request(v.c.Param("request"))
	if !ok {
		return nil, fault.New(fault.NotFound, "lab.no_request")
	}
	if v.office() {
		return r, gate.Check(v.c, act, person.City)
	}
	return r, gate.Check(v.c, act, person.Of(r.Institution))
}

// may tells whether the reader may do something in an institution.
func (v *view) may(act person.Action, s person.Subject) bool {
	a := *gate.Actor(v.c)
	a.Fresh = true
	return person.Can(&a, act, s).OK()
}
