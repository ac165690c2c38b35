package packages

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/coursepack"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

//go:embed templates/*.html
var templates embed.FS

// Set is the folder of templates that the renderer must be built with.
func Set() page.Set {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		panic("packages: " + err.Error()) // the folder is built in
	}
	return page.Set{Name: "packages", FS: sub}
}

// ListPage is the list with the form that uploads.
type ListPage struct {
	page.Sheet
	Action string
	Error  string // of the file
	Limit  string
	Notes  []string
	Name   page.Field
	Called page.Field
}

// typed is what the form says beside the file.
type typed struct{ name, title string }

// List shows the packages.
func (h *Handlers) List(c *gin.Context) error { return h.see(c).list(typed{}, nil) }

func (v *view) list(said typed, refused error) error {
	p := &ListPage{Sheet: v.sheet(Address, v.t("title"), "packages"), Action: Address, Limit: v.t("limit", "MB", coursepack.MaxPackage>>20, "Files", coursepack.MaxFiles)}
	p.Lead = v.t("lead")
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	p.Error = v.fault("file")
	p.Name = page.Field{ID: page.FieldID("name"), Name: "name", Label: v.t("name"), Hint: v.t("name.hint"), Value: said.name, MaxLength: 40, Error: v.fault("name")}
	p.Called = page.Field{ID: page.FieldID("title"), Name: "title", Label: v.t("called"), Hint: v.t("called.hint"), Value: said.title, MaxLength: 160, Error: v.fault("title")}
	if !v.h.o.Packages.Scans() {
		p.Notes = append(p.Notes, v.t("note.scan"))
	}
	if v.h.o.Player == nil {
		p.Notes = append(p.Notes, v.t("note.h5p"))
	}
	list, err := v.h.o.Packages.List(v.c.Request.Context(), gate.Actor(v.c))
	if err != nil {
		return err
	}
	grid := &page.Grid{Caption: v.t("list"), Hidden: true, Empty: v.t("empty"), Cards: true, Head: []page.GridHead{{Text: v.t("called")}, {Text: v.t("kind")}, {Text: v.t("size"), Number: true}, {Text: v.t("made")}, {Text: v.t("used")}}}
	for _, one := range list {
		used := v.t("unused")
		if n := len(v.h.o.Packages.Uses(one.ID)); n > 0 {
			used = v.w.N("package.lessons", int64(n), nil)
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: one.Title, Small: one.ID, Href: Address + "/" + one.ID}, {Text: v.t("kind." + string(one.Kind))}, {Text: v.size(one.Size)}, {Text: v.w.Date(one.Made.Time)}, {Text: used}}})
	}
	p.Blocks = []page.Block{{Title: v.t("list"), Grid: grid}}
	p.Ready()
	return v.render(status, "packages/list", p)
}

// sendTime is how long an upload may be on its way, workTime how long it may be taken
// apart; that goes on when the sender has left.
const (
	sendTime = 10 * time.Minute
	workTime = 2 * time.Minute
)

// Add takes a package in.
func (h *Handlers) Add(c *gin.Context) error {
	v := h.see(c)
	said := typed{}
	var made *coursepack.Package
	err := upload(c, func(values url.Values, f multipart.File, head *multipart.FileHeader) (err error) {
		said = typed{strings.ToLower(strings.TrimSpace(values.Get("name"))), values.Get("title")}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), workTime)
		defer cancel()
		if f == nil {
			return noFile()
		}
		made, err = h.o.Packages.Add(ctx, gate.Actor(c), coursepack.Sent{Name: said.name, Title: said.title, Size: head.Size}, f)
		return err
	})
	if err != nil {
		return v.list(said, err)
	}
	return v.to(Address+"/"+made.ID, "added")
}

func noFile() error {
	return fault.InvalidFields(fault.Field{Pointer: "file", Key: "package.bad.none"})
}

// upload reads a form with a file. One that is too large is refused before it is read.
func upload(c *gin.Context, do func(url.Values, multipart.File, *multipart.FileHeader) error) error {
	large := fault.InvalidFields(fault.Field{Pointer: "file", Key: "package.bad.large", Args: map[string]any{"MB": coursepack.MaxPackage >> 20}})
	r := c.Request
	if r.ContentLength > formBody {
		c.Header("Connection", "close")
		return large
	}
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(sendTime)) // a writer that cannot keeps the server's
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
			return large
		}
		return noFile()
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || list[0].Filename == "" {
		return do(r.MultipartForm.Value, nil, nil)
	}
	f, err := list[0].Open()
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	return do(r.MultipartForm.Value, f, list[0])
}

// OnePage is one package, with the exercise itself to try.
type OnePage struct {
	page.Sheet
	Kind  string
	Parts []Part
}

// Part is what a reader opens.
type Part struct{ ID, Title, Src string }

// One shows a package.
func (h *Handlers) One(c *gin.Context) error { return h.see(c).one(nil) }

func (v *view) one(refused error) error {
	one, err := v.h.o.Packages.ByID(v.c.Request.Context(), v.c.Param("id"))
	if err != nil {
		return err
	}
	here := Address + "/" + one.ID
	p := &OnePage{Sheet: v.sheet(here, one.Title, "packages", page.Link{Href: Address, Text: v.t("title")}), Kind: string(one.Kind)}
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	scanned := v.t("no")
	if one.Scanned {
		scanned = v.t("yes")
	}
	facts := []page.Row{{Key: v.t("name"), Value: one.ID}, {Key: v.t("kind"), Value: v.t("kind." + string(one.Kind))}, {Key: v.t("size"), Value: v.size(one.Size)},
		{Key: v.t("files"), Value: v.w.Int(int64(one.Files))}, {Key: v.t("made"), Value: v.w.Date(one.Made.Time)}, {Key: v.t("scanned"), Value: scanned}}
	if one.Main != "" {
		facts = append(facts, page.Row{Key: v.t("main"), Value: one.Main})
	}
	used := v.h.o.Packages.Uses(one.ID)
	p.Blocks = []page.Block{{Facts: facts}, {Title: v.t("use"), Text: []string{v.t("use.text"), "type: package · package: " + one.ID}}}
	if len(used) > 0 {
		p.Blocks = append(p.Blocks, page.Block{Title: v.t("used"), Words: used})
	} else {
		p.Blocks = append(p.Blocks, page.Block{Title: v.t("delete"), Text: []string{v.t("delete.text")}, Forms: []page.Form{{Action: here + "/delete", Buttons: []page.Button{{Text: v.t("delete.go"), Kind: "bad", Small: true}}}}})
	}
	if v.h.Plays(one.Kind) {
		p.Parts = v.h.parts(v.c, one)
	} else {
		p.Blocks = append(p.Blocks, page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("note.h5p")}}})
	}
	p.Ready()
	return v.render(status, "packages/one", p)
}

// parts are the addresses of a package's parts, and the page is allowed their frames.
func (h *Handlers) parts(c *gin.Context, one *coursepack.Package) (list []Part) {
	for _, x := range one.Parts {
		list = append(list, Part{ID: x.ID, Title: x.Title, Src: one.Src(h.o.Origin, &x)})
	}
	AllowFrame(c, h.o.Origin)
	return list
}

// AllowFrame lets the page that is being answered hold frames of packages.
func AllowFrame(c *gin.Context, origin string) {
	if origin == "" {
		origin = "'self'"
	}
	head := c.Writer.Header()
	if policy := head.Get("Content-Security-Policy"); policy != "" && !strings.Contains(policy, "frame-src") {
		head.Set("Content-Security-Policy", policy+"; frame-src "+origin)
	}
}

// Delete removes a package that no lesson shows.
func (h *Handlers) Delete(c *gin.Context) error {
	v := h.see(c)
	if err := h.o.Packages.Delete(c.Request.Context(), gate.Actor(c), c.Param("id")); err != nil {
		if fault.Is(err, fault.Conflict) {
			return v.one(err)
		}
		return err
	}
	return v.to(Address, "deleted")
}
