package answers

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/export"
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
		panic("answers: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "answers", FS: sub}
}

// Auditor writes down an act and returns when it is durable; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Waves lists the waves; survey.Service is one.
type Waves interface{ Waves() []*survey.Wave }

// Options are what the page is made of.
type Options struct {
	Pages  *page.Renderer // built with Set
	Words  *i18n.Bundle   // with locales/export
	Tables *export.Tables
	Waves  Waves
	Audit  Auditor
	Title  func(instrument, lang string) string // words of a slug; nil: the slug
	Menu   func(*gin.Context) []page.MenuGroup  // of staff; nil: none
	Log    *slog.Logger
}

// Handlers answer the addresses. They are safe for concurrent use.
type Handlers struct{ o Options }

// New prepares the handlers. The error names what is missing.
func New(o Options) (*Handlers, error) {
	if o.Pages == nil || o.Words == nil || o.Tables == nil || o.Waves == nil || o.Audit == nil {
		return nil, fmt.Errorf("answers: pages, words, tables, waves and the audit log are needed")
	}
	if o.Title == nil {
		o.Title = func(instrument, _ string) string { return instrument }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Handlers{o: o}, nil
}

// Address of the page; a file has the ending of its format behind it.
const Address = "/office/answers"

// Routes lists the addresses.
func (h *Handlers) Routes() []gate.Route {
	list := []gate.Route{{Method: http.MethodGet, Path: Address, Need: gate.May(person.IndexInternal), Do: h.Page}}
	for _, f := range export.Files {
		list = append(list, gate.Route{Method: http.MethodGet, Path: Address + "." + string(f), Need: gate.May(person.IndexInternal),
			Do: func(c *gin.Context) error { return h.file(c, f) }})
	}
	return list
}

// Reasons are the codes of why somebody takes a file.
var Reasons = []string{"analysis", "quality", "items", "request"}

// fewest is the smallest selection whose rows everybody with the right sees.
const fewest = 10

// reviewer tells whether the actor may see single sittings.
func reviewer(c *gin.Context) bool { return gate.Check(c, person.SittingReview, person.City) == nil }

// restricted are the groups of columns for reviewers only.
var restricted = []export.Group{export.GroupFree, export.GroupSpecial}

// table plans the table of a request.
func (h *Handlers) table(c *gin.Context, q query) (*export.Table, error) {
	if err := gate.Check(c, person.IndexInternal, person.City); err != nil {
		return nil, err
	}
	if !reviewer(c) && slices.ContainsFunc(q.groups(), func(g export.Group) bool { return slices.Contains(restricted, g) }) {
		return nil, fault.New(fault.Forbidden, "person.refused")
	}
	if q.Wave != "" && !slices.ContainsFunc(h.o.Waves.Waves(), func(w *survey.Wave) bool { return w.ID == q.Wave }) {
		return nil, fault.InvalidFields(fault.Field{Pointer: "wave", Key: "export.no_such_wave"})
	}
	return h.o.Tables.Table(q.export(), i18n.FromContext(c.Request.Context()))
}

// record writes the act down before it is done.
func (h *Handlers) record(c *gin.Context, action string, t *export.Table, why string) error {
	a := gate.Actor(c)
	subject := "instrument:" + t.Instrument
	if t.Wave != "" {
		subject = "wave:" + t.Wave + "/" + t.Instrument
	}
	return h.o.Audit.Record(c.Request.Context(), audit.Event{Actor: string(a.Person), Action: action, Subject: subject, Where: a.Where, Why: why})
}

// fileLimit bounds one file, longer than a page may take.
const fileLimit = 10 * time.Minute

// file answers with the whole table in a format.
func (h *Handlers) file(c *gin.Context, f export.Format) error {
	q, err := read(c)
	if err == nil && !slices.Contains(Reasons, q.Reason) {
		err = fault.InvalidFields(fault.Field{Pointer: "reason", Key: "export.no_such_reason"})
	}
	if err != nil {
		return h.again(c, q, err)
	}
	t, err := h.table(c, q)
	if err != nil {
		return h.again(c, q, err)
	}
	n, err := t.Count(c.Request.Context())
	if err != nil {
		return err
	}
	if n > 0 && n < fewest && !reviewer(c) {
		return fault.New(fault.Forbidden, "export.page.few")
	}
	head := c.Writer.Header()
	head.Set("Content-Type", f.ContentType())
	head.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s.%s"`, t.Name(), f))
	head.Set("X-Robots-Tag", "noindex")
	if c.Request.Method == http.MethodHead {
		c.Status(http.StatusOK)
		return nil
	}
	if err := h.record(c, "answers.export", t, q.Reason+"/"+string(f)); err != nil {
		return err
	}
	// The bound of a page is too short for a large file; a reader who leaves ends it
	// by not taking the bytes.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), fileLimit)
	defer cancel()
	if err := http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(fileLimit)); err != nil {
		h.o.Log.Debug("answers: no longer deadline", "error", err.Error()) // a recorder in tests
	}
	if _, err := t.Write(ctx, c.Writer, f); err != nil {
		if !c.Writer.Written() {
			head.Del("Content-Disposition")
			return err
		}
		h.o.Log.ErrorContext(ctx, "answers: a file broke off", "route", c.FullPath(), "error", err.Error())
		panic(http.ErrAbortHandler) // the connection is dropped, so that half a file is not taken for a whole one
	}
	return nil
}
