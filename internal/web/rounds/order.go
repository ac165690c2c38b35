package rounds

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// orderBody bounds the form with an order, orderTime its way here.
const (
	orderBody = round.MaxOrder + 1<<16
	orderTime = 5 * time.Minute
)

// orderRoutes are the addresses of the signed order.
func (h *Handlers) orderRoutes() []gate.Route {
	return []gate.Route{
		{Method: http.MethodGet, Path: Rounds + "/:round/order", Need: gate.May(person.SchoolCount), Do: h.OrderFile},
		{Method: http.MethodPost, Path: Rounds + "/:round/order", Need: gate.May(person.RoundOpen), Do: h.KeepOrder, Body: orderBody},
	}
}

// paper is the part of the opening page with the file of the order.
func (v *view) paper(r *round.Round) page.Block {
	b := page.Block{ID: "paper", Title: v.t("order.file"), Small: v.t("order.file.text")}
	if r.Order.Paper.File != "" {
		b.Down = []page.Download{v.orderLink(r)}
	} else {
		b.Acts = []page.Button{{Text: v.t("order.template"), Href: Rounds + "/" + r.ID + "/documents/order", Kind: "second", Small: true}}
	}
	do := "order.file.do"
	if r.Order.Paper.File != "" {
		do = "order.file.again"
	}
	b.Form = &page.Form{Action: Rounds + "/" + r.ID + "/order", Hidden: rev(r.Rev), Card: true,
		Parts: []any{page.Field{ID: page.FieldID("order_file"), Name: "order_file", Type: "file", Accept: ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png",
			Label: v.t("field.order_file"), Hint: v.t("hint.order_file", "MB", round.MaxOrder>>20), Error: page.FaultText(v.w, v.faults, "order_file")}},
		Buttons: []page.Button{{Text: v.t(do), Kind: "second", Small: true}}}
	return b
}

func (v *view) orderLink(r *round.Round) page.Download {
	return page.Download{Href: Rounds + "/" + r.ID + "/order", Text: r.Order.Paper.Name,
		Meta: v.w.Number(float64(r.Order.Paper.Size)/(1<<20), 1) + " " + v.t("mb")}
}

// KeepOrder takes the file of the signed order.
func (h *Handlers) KeepOrder(c *gin.Context) error {
	v := h.see(c)
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	revision, name, raw, err := readOrder(c)
	if err == nil {
		if _, err = h.o.Rounds.KeepOrder(v.ctx, gate.Actor(c), r.ID, revision, name, raw); err == nil {
			if r.State == round.Planned {
				return v.to(Rounds+"/"+r.ID+"/open", "order")
			}
			return v.to(Rounds+"/"+r.ID, "order")
		}
	}
	if r.State == round.Planned {
		return v.opening(err)
	}
	return v.roundPage(err)
}

// readOrder reads a form with one file.
func readOrder(c *gin.Context) (revision int64, name string, raw []byte, err error) {
	refuse := func(key string) error {
		return fault.InvalidFields(fault.Field{Pointer: "order_file", Key: key, Args: map[string]any{"MB": round.MaxOrder >> 20}})
	}
	r := c.Request
	if r.ContentLength > orderBody {
		c.Header("Connection", "close")
		return 0, "", nil, refuse("round.order_large")
	}
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(orderTime)) // a writer that cannot keeps the server's
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		if over := (*http.MaxBytesError)(nil); errors.As(err, &over) {
			return 0, "", nil, refuse("round.order_large")
		}
		return 0, "", nil, refuse("round.order_file")
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what stays, the system's folder loses
	revision, _ = strconv.ParseInt(r.FormValue("rev"), 10, 64)
	list := r.MultipartForm.File["order_file"]
	if len(list) != 1 || list[0].Filename == "" {
		return revision, "", nil, refuse("round.order_file")
	}
	f, err := list[0].Open()
	if err != nil {
		return revision, "", nil, fault.From(err, fault.Unavailable, "")
	}
	defer func() { _ = f.Close() }() // only read
	raw, err = io.ReadAll(io.LimitReader(f, round.MaxOrder+1))
	if err != nil {
		return revision, "", nil, fault.From(err, fault.Unavailable, "")
	}
	return revision, list[0].Filename, raw, nil
}

// OrderFile gives the signed order to staff, to be kept and not shown in this site.
func (h *Handlers) OrderFile(c *gin.Context) error {
	v := h.see(c)
	r, err := v.find(person.SchoolCount)
	if err != nil {
		return err
	}
	f, p, err := h.o.Rounds.OrderPaper(v.ctx, gate.Actor(c), r.ID)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	head := c.Writer.Header()
	head.Set("Content-Type", p.Type)
	head.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": p.Name}))
	head.Set("Content-Length", strconv.FormatInt(p.Size, 10))
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	c.Status(http.StatusOK)
	_, _ = io.Copy(c.Writer, f) // the reader left: nobody to tell
	return nil
}
