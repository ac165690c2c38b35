package assets

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/asset"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// sendTime is how long a whole file may be on its way.
const sendTime = 5 * time.Minute

// Whole takes a file of up to 20 MB in one form.
func (h *Handlers) Whole(c *gin.Context) error {
	v := h.see(c)
	a, err := h.whole(c)
	if err != nil {
		return v.list(&listForm{}, ofFile(err))
	}
	if a.State != asset.Ready {
		return v.to(Address+"/"+a.ID, "waits")
	}
	return v.to(Address+"/"+a.ID, "uploaded")
}

func (h *Handlers) whole(c *gin.Context) (*asset.Asset, error) {
	r := c.Request
	if r.ContentLength > formBody { // said before it is read: not a byte of it is
		c.Header("Connection", "close")
		return nil, tooLong()
	}
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(sendTime)) // a writer that cannot keeps the server's
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if large := (*http.MaxBytesError)(nil); errors.As(err, &large) {
			return nil, tooLong()
		}
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "asset.none"})
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	list := r.MultipartForm.File["file"]
	if len(list) != 1 || list[0].Filename == "" {
		return nil, fault.InvalidFields(fault.Field{Pointer: "file", Key: "asset.none"})
	}
	f, err := list[0].Open()
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	ctx, cancel := working(c)
	defer cancel()
	return h.o.Assets.Receive(ctx, gate.Actor(c), asset.Sent{Name: list[0].Filename, Type: list[0].Header.Get("Content-Type"), Size: list[0].Size}, f)
}

func tooLong() error {
	return fault.InvalidFields(fault.Field{Pointer: "file", Key: "asset.script", Args: map[string]any{"MB": asset.QuickSize >> 20}})
}

// ofFile makes of a refusal that is about the file one of its field, so that the page
// with the form can say it.
func ofFile(err error) error {
	f := fault.As(err)
	if f != nil && f.Key != "" && (f.Kind == fault.TooLarge || f.Kind == fault.TooMany) {
		return fault.InvalidFields(fault.Field{Pointer: "file", Key: f.Key, Args: f.Args})
	}
	return err
}

// beginForm opens an upload in parts.
type beginForm struct {
	Name string `form:"name" validate:"required,max=300"`
	Type string `form:"type" validate:"max=100"`
	Size int64  `form:"size" validate:"required"`
}

// progress tells a program how far an upload is.
type progress struct {
	ID    string      `json:"id,omitempty"`
	State asset.State `json:"state,omitempty"`
	Part  int64       `json:"part,omitempty"`  // bytes of every part but the last
	Count int         `json:"count,omitempty"` // parts in all
	Have  []int       `json:"have"`            // parts that are there
	Next  string      `json:"next,omitempty"`  // page to read when it is done
	Error string      `json:"error,omitempty"` // why not, in the reader's language
}

// answer writes JSON; a fault in words and with its own status.
func (v *view) answer(status int, p progress, err error) error {
	if err != nil {
		f := fault.As(err)
		switch {
		case f.Kind == fault.Internal, f.Kind == fault.Unavailable, f.Kind == fault.Unauthenticated:
			return err
		case len(f.Fields) > 0:
			p.Error = v.w.T(f.Fields[0].Key, f.Fields[0].Args)
		case f.Key != "":
			p.Error = v.w.T(f.Key, f.Args)
		default:
			p.Error = v.w.T("fault."+f.Kind.String(), nil)
		}
		status = page.Status(f.Kind)
	}
	if p.Have == nil {
		p.Have = []int{}
	}
	v.c.Header("Cache-Control", "no-store")
	v.c.JSON(status, p)
	return nil
}

// Begin opens an upload in parts.
func (h *Handlers) Begin(c *gin.Context) error {
	v := h.see(c)
	var f beginForm
	if err := form.Decode(c.Request, &f); err != nil {
		return v.answer(0, progress{}, err)
	}
	a, err := h.o.Assets.Begin(c.Request.Context(), gate.Actor(c), asset.Sent{Name: f.Name, Type: f.Type, Size: f.Size})
	if err != nil {
		return v.answer(0, progress{}, err)
	}
	c.Header("Location", uploads+"/"+a.ID)
	return v.state(http.StatusCreated, a.ID)
}

func (v *view) state(status int, id string) error {
	u, err := v.h.o.Assets.Upload(v.c.Request.Context(), gate.Actor(v.c), id)
	p := progress{ID: u.ID, State: u.State, Part: u.Part, Count: u.Count, Have: u.Have}
	if err == nil && u.State != asset.Uploading {
		p.Next = Address + "/" + u.ID
	}
	return v.answer(status, p, err)
}

// State tells which parts are there, so that a broken upload can go on.
func (h *Handlers) State(c *gin.Context) error {
	return h.see(c).state(http.StatusOK, c.Param("upload"))
}

// Part takes one part: the body is its bytes, ?part= its number from 0.
func (h *Handlers) Part(c *gin.Context) error {
	v := h.see(c)
	n, err := strconv.Atoi(c.Query("part"))
	if err != nil {
		n = -1
	}
	ctx, cancel := working(c)
	defer cancel()
	if err := h.o.Assets.Put(ctx, gate.Actor(c), c.Param("upload"), n, c.Request.Body); err != nil {
		return v.answer(0, progress{}, err)
	}
	return v.answer(http.StatusOK, progress{ID: c.Param("upload"), State: asset.Uploading, Have: []int{n}}, nil)
}

// Done ends an upload.
func (h *Handlers) Done(c *gin.Context) error {
	v := h.see(c)
	ctx, cancel := working(c)
	defer cancel()
	a, err := h.o.Assets.Finish(ctx, gate.Actor(c), c.Param("upload"))
	if err != nil {
		return v.answer(0, progress{}, err)
	}
	next := "uploaded"
	if a.State != asset.Ready {
		next = "waits"
	}
	return v.answer(http.StatusOK, progress{ID: a.ID, State: a.State, Next: Address + "/" + a.ID + "?done=" + next}, nil)
}
