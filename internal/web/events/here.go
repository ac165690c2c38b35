package events

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// CodePage asks for the code of a booking.
type CodePage struct {
	page.Base
	Errors *page.ErrorSummary
	Field  page.Field
	Phone  string
}

// CodeForm asks for a code.
func (h *Handlers) CodeForm(c *gin.Context) error { return h.see(c).codePage(http.StatusOK, "", nil) }

func (v *view) codePage(status int, typed string, err error) error {
	p := &CodePage{Base: v.base(v.t("code.title"), Booking), Phone: v.h.o.City.Phone}
	p.Back = &page.Link{Href: Address, Text: v.t("back")}
	p.Field = page.Field{ID: "f-code", Name: "code", Label: v.t("code.label"), Hint: v.t("code.hint"), Value: typed, MaxLength: 20, Width: "10", Code: true, Autocomplete: "off"}
	if err != nil {
		sum, fields, code, ok := page.Refused(v.w, err)
		if !ok {
			return err
		}
		p.Errors, p.Failed, status = sum, true, code
		p.Field.Error = page.FaultText(v.w, fields, "code")
	}
	v.private()
	return v.render(status, "code", p)
}

// Code leads from a typed code to its booking.
func (h *Handlers) Code(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Code string `form:"code" validate:"max=40"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil {
		var t *event.Ticket
		if t, err = h.o.Events.ByCode(v.ctx, f.Code); err == nil {
			return v.to(Booking + "/" + t.Secret)
		}
	}
	return v.codePage(http.StatusOK, f.Code, err)
}

// HerePage lets somebody tick themselves in.
type HerePage struct {
	page.Base
	Errors *page.ErrorSummary
	Action string
	Fields []any
	Done   bool
	Title2 string
}

// hereRef is the reference in the address: its colon is a dot there.
func hereRef(c *gin.Context) string { return strings.Replace(c.Param("ref"), ".", ":", 1) }

// HereForm is opened by the QR on the leader's phone.
func (h *Handlers) HereForm(c *gin.Context) error {
	v := h.see(c)
	return v.here(http.StatusOK, c.Query("done") != "", "", "", nil)
}

func (v *view) here(status int, done bool, code, phone string, err error) error {
	ref := hereRef(v.c)
	id, key, _ := strings.Cut(ref, ":")
	e, ok := v.h.o.Events.ByID(id)
	if !ok || e.Occurrence(key) == nil {
		return fault.New(fault.NotFound, "")
	}
	p := &HerePage{Base: v.base(v.t("here.title"), v.c.Request.URL.Path), Action: v.c.Request.URL.Path, Done: done, Title2: v.in(e.Title)}
	p.NoIndex = true
	if err == nil && !done {
		if err := v.h.o.Events.CheckStamp(ref, v.c.Param("stamp")); err != nil {
			return err
		}
	}
	var bad []fault.Field
	if err != nil {
		sum, fields, s, ok := page.Refused(v.w, err)
		if !ok {
			return err
		}
		p.Errors, p.Failed, status, bad = sum, true, s, fields
	}
	p.Fields = []any{page.Field{ID: "f-phone", Name: "phone", Label: v.t("book.phone"), Type: "tel", Value: phone, Width: "20", MaxLength: 40, Autocomplete: "tel", Error: page.FaultText(v.w, bad, "phone")},
		page.Field{ID: "f-code", Name: "code", Label: v.t("here.code"), Value: code, Width: "10", MaxLength: 20, Code: true, Autocomplete: "off", Error: page.FaultText(v.w, bad, "code")}}
	v.private()
	return v.render(status, "here", p)
}

// Here ticks somebody in who is booked.
func (h *Handlers) Here(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Code  string `form:"code" validate:"max=40"`
		Phone string `form:"phone" validate:"max=60"`
	}
	err := form.Decode(c.Request, &f)
	ref, stamp := hereRef(c), c.Param("stamp")
	var b *event.Booking
	if err == nil {
		err = h.o.Events.CheckStamp(ref, stamp)
	}
	if err == nil {
		if strings.TrimSpace(f.Code) != "" {
			var t *event.Ticket
			if t, err = h.o.Events.ByCode(v.ctx, f.Code); err == nil {
				b = t.Booking
			}
		} else if b, err = h.o.Events.ByPhone(v.ctx, ref, f.Phone, ""); fault.Is(err, fault.NotFound) {
			err = fault.InvalidFields(fault.Field{Pointer: "phone", Key: "event.here.unknown"})
		}
	}
	if err == nil {
		if err = h.o.Events.Here(v.ctx, ref, stamp, b); fault.Is(err, fault.NotFound) {
			err = fault.InvalidFields(fault.Field{Pointer: "code", Key: "event.here.unknown"})
		}
	}
	if err != nil {
		return v.here(http.StatusOK, false, f.Code, f.Phone, err)
	}
	return v.to(c.Request.URL.Path + "?done=1")
}
