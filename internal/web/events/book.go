package events

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

func paragraphs(text string) (list []string) {
	for part := range strings.SplitSeq(text, "\n") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// bookForm is what somebody types to book.
type bookForm struct {
	Name   string `form:"name" validate:"max=200"`
	Phone  string `form:"phone" validate:"max=60"`
	Card   string `form:"card" validate:"max=60"`
	Email  string `form:"email" validate:"max=254"`
	Remind bool   `form:"remind"`
	WalkIn bool   `form:"walkin"`
}

// BookPage is an occurrence with its form.
type BookPage struct {
	page.Base
	Errors  *page.ErrorSummary
	Kicker  string
	Facts   []page.Row
	About   []string
	Notes   []page.Note
	Heading string
	Small   string
	Fields  []any
	Submit  *page.Button
	Action  string
	Series  *page.Link
	Feed    string
	Posters []page.Download
	Phone   string
}

// BookForm shows an occurrence, and how to get a seat there.
func (h *Handlers) BookForm(c *gin.Context) error {
	v := h.see(c)
	_, o, err := v.find()
	if err != nil {
		return err
	}
	return v.bookPage(http.StatusOK, o, &bookForm{}, nil)
}

func (v *view) bookPage(status int, o *event.Occurrence, f *bookForm, err error) error {
	e, face := o.Event, v.h.o.Events.Public(v.ctx, o)
	p := &BookPage{Base: v.base(v.in(e.Title), Address+"/"+e.Slug+"/"+o.Key), Kicker: v.kicker(e), About: paragraphs(v.in(e.About))}
	p.Action = p.Path
	p.Back = &page.Link{Href: Address, Text: v.t("back")}
	p.Description = v.when(&face) + ". " + v.where(&face, false)
	p.Data = v.data(&face)
	p.Facts = []page.Row{{Key: v.t("fact.when"), Value: v.when(&face)}}
	where := page.Row{Key: v.t("fact.where"), Value: v.where(&face, true)}
	if face.Place.Href != "" && !face.Online {
		where.Href, where.Change = face.Place.Href, v.t("fact.place")
	}
	p.Facts = append(p.Facts, where)
	if face.Guarded {
		p.Facts = append(p.Facts, page.Row{Key: v.t("fact.guarded"), Value: v.t("fact.guarded.text")})
	}
	if bring := v.in(e.Bring); bring != "" {
		p.Facts = append(p.Facts, page.Row{Key: v.t("fact.bring"), Value: bring})
	}
	if note := v.in(o.Note); note != "" {
		p.Notes = append(p.Notes, page.Note{Kind: "sun", Text: paragraphs(note)})
	}
	if e.Rule.Every != event.Once {
		p.Series = &page.Link{Href: Address + "/" + e.Slug, Text: v.t("series")}
	}
	p.Feed = Address + "/" + e.Slug + "/event.ics"
	switch {
	case face.State == event.Cancelled || face.State == event.Moved || face.State == event.Ended:
		p.Notes = append(p.Notes, page.Note{Kind: map[event.State]string{event.Cancelled: "bad", event.Moved: "sun"}[face.State], Title: v.t("state." + string(face.State)), Text: []string{v.t("state." + string(face.State) + ".text")}})
	case !face.Book:
		p.Notes = append(p.Notes, page.Note{Kind: "good", Title: v.t("free.title"), Text: []string{v.t("free.text")}})
	case !face.Open(v.now):
		p.Notes = append(p.Notes, page.Note{Title: v.t("closed.title"), Text: []string{v.t("closed.text")}})
	case face.Full() && !face.Waiting:
		p.Notes = append(p.Notes, page.Note{Title: v.t("full.title"), Text: []string{v.t("full.text")}})
	default:
		submit := "book.go"
		p.Heading = v.t("book.title")
		if face.Full() {
			p.Notes = append(p.Notes, page.Note{Kind: "sun", Title: v.t("waiting.title"), Text: []string{v.t("waiting.text")}})
			submit = "book.wait"
		} else if face.Free > 0 {
			p.Small = v.n("book.free", face.Free)
		}
		p.Submit = &page.Button{Text: v.t(submit), Busy: v.t("book.busy")}
	}
	if face.State != event.Ended && face.State != event.Cancelled {
		for _, x := range formats {
			p.Posters = append(p.Posters, page.Download{Href: posterHref(&face, x.name), Text: v.t("poster." + x.key), Meta: x.meta})
		}
	}
	return v.withForm(status, "book", p, f, err)
}

// withForm adds the fields of a booking and what was refused.
func (v *view) withForm(status int, name string, p *BookPage, f *bookForm, err error) error {
	var bad []fault.Field
	if err != nil {
		sum, fields, code, ok := page.Refused(v.w, err)
		if !ok {
			return err
		}
		p.Errors, p.Failed, status, bad = sum, true, code, fields
	}
	signed := gate.Actor(v.c).Person != ""
	field := func(name, kind, value, auto, width string, most int) page.Field {
		x := page.Field{ID: page.FieldID(name), Name: name, Label: v.t("book." + name), Value: value, Type: kind, Autocomplete: auto, Width: width, MaxLength: most, Error: page.FaultText(v.w, bad, name)}
		if hint := "event.book." + name + ".hint"; v.w.T(hint, nil) != hint {
			x.Hint = v.w.T(hint, nil)
		}
		return x
	}
	phone := field("phone", "tel", f.Phone, "tel", "20", 40)
	if signed {
		phone.Hint = v.t("book.phone.signed")
	}
	p.Fields = []any{field("name", "text", f.Name, "name", "", 80), phone, field("card", "text", f.Card, "off", "20", 40), field("email", "email", f.Email, "email", "", 200),
		page.Check{ID: "f-remind", Name: "remind", Value: "1", Label: v.t("book.remind"), Hint: v.t("book.remind.hint"), Checked: f.Remind}}
	p.Phone = v.h.o.City.Phone
	if p.Errors != nil || signed {
		v.private()
	}
	return v.render(status, name, p)
}

func (f *bookForm) contact(v *view) event.Contact {
	return event.Contact{Name: f.Name, Phone: f.Phone, Card: f.Card, Email: f.Email, Remind: f.Remind, Lang: v.lang, Via: event.ByWeb}
}

// Book takes a seat, or a place in the waiting list.
func (h *Handlers) Book(c *gin.Context) error {
	v := h.see(c)
	_, o, err := v.find()
	if err != nil {
		return err
	}
	var f bookForm
	err = form.Decode(c.Request, &f)
	if err == nil {
		contact := f.contact(v)
		contact.Person = gate.Actor(c).Person
		var t *event.Ticket
		if t, err = h.o.Events.Book(v.ctx, o.Ref(), contact); err == nil {
			return v.to(Booking + "/" + t.Secret)
		}
	}
	return v.bookPage(http.StatusOK, o, &f, err)
}
