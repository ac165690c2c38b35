package events

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
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

// BookingPage is a booking as whoever made it sees it.
type BookingPage struct {
	page.Base
	State   page.Note
	Code    string
	Facts   []page.Row
	Accept  string
	Leave   string
	Say     string
	Said    bool
	Meeting *page.Link
	Done    string
	Phone   string
	Other   *page.Link
}

// Booking shows a booking by its secret address.
func (h *Handlers) Booking(c *gin.Context) error {
	v := h.see(c)
	t, err := h.o.Events.ByToken(v.ctx, c.Param("token"))
	if err != nil {
		return err
	}
	path := Booking + "/" + t.Secret
	p := &BookingPage{Base: v.base(v.t("booking.title"), path), Code: t.Code.In(v.lang), Phone: h.o.City.Phone}
	p.NoIndex, p.Back = true, &page.Link{Href: Address, Text: v.t("back")}
	if d := c.Query("done"); d == "left" || d == "accepted" || d == "said" {
		p.Done = v.t("done." + d)
	}
	over := false
	id, key, _ := strings.Cut(t.Ref, ":")
	if e, ok := h.o.Events.ByID(id); ok && e.Occurrence(key) != nil {
		o := e.Occurrence(key)
		f := h.o.Events.Public(v.ctx, o)
		if t.State == event.Seated || t.State == event.Offered {
			f = h.o.Events.Booked(v.ctx, o)
		}
		state := o.Now(v.now)
		over = state != event.Planned && state != event.Shelter
		p.Facts = []page.Row{{Key: v.t("fact.what"), Value: v.in(e.Title), Href: Address + "/" + e.Slug, Change: v.t("fact.more")}, {Key: v.t("fact.when"), Value: v.when(&f)}, {Key: v.t("fact.where"), Value: v.where(&f, true)}}
		if bring := v.in(e.Bring); bring != "" {
			p.Facts = append(p.Facts, page.Row{Key: v.t("fact.bring"), Value: bring})
		}
		if t.State == event.Seated && e.Online != "" && !over {
			p.Meeting = &page.Link{Href: e.Online, Text: v.t("booking.online")}
		}
		if state == event.Cancelled || state == event.Moved || state == event.Shelter {
			p.State = page.Note{Kind: "sun", Title: v.t("state." + string(state)), Text: []string{v.t("state." + string(state) + ".text")}}
		}
		if state == event.Ended && t.State == event.Seated {
			p.Say = path + "/say"
			p.State = page.Note{Title: v.t("state.ended"), Text: []string{v.t("booking.thanks")}}
			for _, m := range e.Materials {
				p.Facts = append(p.Facts, page.Row{Key: v.t("fact.material"), Value: m.Title, Href: m.Href, Change: v.t("fact.open")})
			}
		}
	} else if d, ok := h.o.Events.Desk(id); ok {
		over = t.Starts.Before(v.now)
		venue, _ := h.o.Venues.Venue(d.Place)
		where := strings.Trim(v.in(venue.Name)+", "+v.in(venue.Address), ", ")
		p.Facts = []page.Row{{Key: v.t("fact.what"), Value: v.in(d.Name)}, {Key: v.t("fact.when"), Value: v.w.DateTime(t.Starts.Time) + ", " + v.weekday(t.Starts.Time, false)}, {Key: v.t("fact.where"), Value: where}}
		if d.Screen {
			p.Facts = append(p.Facts, page.Row{Key: v.t("desk.screen"), Value: v.t("desk.screen.text")})
		}
	}
	if p.State.Title == "" {
		p.State = v.standing(t)
	}
	if !over {
		switch t.State {
		case event.Offered:
			p.Accept, p.Leave = path+"/accept", path+"/leave"
		case event.Seated, event.Waiting:
			p.Leave = path + "/leave"
		}
	}
	v.private()
	return v.render(http.StatusOK, "booking", p)
}

func (v *view) standing(t *event.Ticket) page.Note {
	switch t.State {
	case event.Seated:
		return page.Note{Kind: "good", Title: v.t("booking.seated"), Text: []string{v.t("booking.seated.text")}}
	case event.Offered:
		return page.Note{Kind: "sun", Title: v.t("booking.offered"), Text: []string{v.t("booking.offered.text", "Until", v.w.DateTime(t.OfferEnds()))}}
	case event.Waiting:
		return page.Note{Kind: "sun", Title: v.t("booking.waiting"), Text: []string{v.n("booking.before", t.Before), v.t("booking.waiting.text")}}
	case event.Lapsed:
		return page.Note{Title: v.t("booking.lapsed"), Text: []string{v.t("booking.lapsed.text")}}
	}
	return page.Note{Title: v.t("booking.left"), Text: []string{v.t("booking.left.text")}}
}

// act does something with the booking of the address and shows it again.
func (h *Handlers) act(c *gin.Context, done string, do func(*view, *event.Ticket) error) error {
	v := h.see(c)
	t, err := h.o.Events.ByToken(v.ctx, c.Param("token"))
	if err != nil {
		return err
	}
	path := Booking + "/" + t.Secret
	switch err := do(v, t); {
	case fault.Is(err, fault.Gone), fault.Is(err, fault.Conflict):
		return v.to(path) // the page says how things stand
	case err != nil:
		return err
	}
	return v.to(path + "?done=" + done)
}

// Leave gives the seat back.
func (h *Handlers) Leave(c *gin.Context) error {
	return h.act(c, "left", func(v *view, t *event.Ticket) error { return h.o.Events.Leave(v.ctx, t.ID) })
}

// Accept takes the seat that was offered.
func (h *Handlers) Accept(c *gin.Context) error {
	return h.act(c, "accepted", func(v *view, t *event.Ticket) error { return h.o.Events.Accept(v.ctx, t.ID) })
}

// Say stores whether it helped.
func (h *Handlers) Say(c *gin.Context) error {
	return h.act(c, "said", func(v *view, t *event.Ticket) error {
		return h.o.Events.Say(v.ctx, t.Booking, c.PostForm("helped") == "yes")
	})
}

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

// DesksPage lists what can be booked by the hour.
type DesksPage struct {
	page.Base
	Places []DeskPlace
}

// DeskPlace is a place with its desks.
type DeskPlace struct {
	Title, Text string
	Tiles       []page.Tile
}

// Desks lists computers and short consultations by place.
func (h *Handlers) Desks(c *gin.Context) error {
	v := h.see(c)
	p := &DesksPage{Base: v.base(v.t("desks.title"), Workplaces)}
	p.Description, p.Back = v.t("desks.lead"), &page.Link{Href: Address, Text: v.t("back")}
	for _, d := range h.o.Events.Desks("") {
		venue, ok := h.o.Venues.Venue(d.Place)
		if !ok || d.Broken != "" {
			continue
		}
		title := v.in(venue.Name)
		if n := len(p.Places); n == 0 || p.Places[n-1].Title != title {
			p.Places = append(p.Places, DeskPlace{Title: title, Text: v.in(venue.Address)})
		}
		x := &p.Places[len(p.Places)-1]
		x.Tiles = append(x.Tiles, page.Tile{Icon: map[event.DeskKind]string{event.Advice: "people", event.Computer: "edit"}[d.Kind], Href: Workplaces + "/" + d.ID, Title: v.in(d.Name), Text: v.deskLine(d)})
	}
	return v.render(http.StatusOK, "desks", p)
}

func (v *view) deskLine(d *event.Desk) string {
	parts := []string{v.n("minutes", d.Minutes)}
	for key, on := range map[string]bool{"desk.screen": d.Screen} {
		if on {
			parts = append(parts, v.t(key))
		}
	}
	if d.Reader {
		parts = append(parts, v.t("desk.reader"))
	}
	if d.Scanner {
		parts = append(parts, v.t("desk.scanner"))
	}
	return strings.Join(parts, " · ")
}

// DeskPage is a desk with its coming days.
type DeskPage struct {
	page.Base
	Kicker string
	Text   string
	Days   []SlotDay
}

// SlotDay is a day with its slots.
type SlotDay struct {
	Title string
	Slots []SlotCell
}

// SlotCell is a slot; Href is empty when it is taken.
type SlotCell struct{ Text, Href string }

// Desk shows the free slots of the coming days.
func (h *Handlers) Desk(c *gin.Context) error {
	v := h.see(c)
	d, ok := h.o.Events.Desk(c.Param("desk"))
	venue, known := event.Venue{}, false
	if ok {
		venue, known = h.o.Venues.Venue(d.Place)
	}
	if !ok || !known {
		return fault.New(fault.NotFound, "")
	}
	p := &DeskPage{Base: v.base(v.in(d.Name), Workplaces+"/"+d.ID), Kicker: v.in(venue.Name), Text: v.deskLine(d)}
	p.Base.Back = &page.Link{Href: Workplaces, Text: v.t("desks.title")}
	for i := range event.DeskAhead {
		at := midnight(v.now).AddDate(0, 0, i)
		day := SlotDay{Title: v.w.Date(at) + ", " + v.weekday(at, false)}
		for _, slot := range h.o.Events.Slots(v.ctx, d, at) {
			if !slot.Start.After(v.now) {
				continue
			}
			x := SlotCell{Text: clock(slot.Start)}
			if slot.Free > 0 {
				_, key, _ := strings.Cut(slot.Ref, ":")
				x.Href = Workplaces + "/" + d.ID + "/" + key
			}
			day.Slots = append(day.Slots, x)
		}
		if len(day.Slots) > 0 && len(p.Days) < 7 {
			p.Days = append(p.Days, day)
		}
	}
	return v.render(http.StatusOK, "desk", p)
}

// slot is the free slot of the address.
func (v *view) slot() (*event.Desk, *event.Slot, error) {
	d, ok := v.h.o.Events.Desk(v.c.Param("desk"))
	if ok {
		ref := d.ID + ":" + v.c.Param("key")
		for i := range event.DeskAhead + 1 {
			for _, slot := range v.h.o.Events.Slots(v.ctx, d, midnight(v.now).AddDate(0, 0, i)) {
				if slot.Ref == ref {
					return d, &slot, nil
				}
			}
		}
	}
	return nil, nil, fault.New(fault.NotFound, "")
}

// SlotForm asks who comes.
func (h *Handlers) SlotForm(c *gin.Context) error {
	v := h.see(c)
	d, slot, err := v.slot()
	if err != nil {
		return err
	}
	return v.slotPage(http.StatusOK, d, slot, &bookForm{}, nil)
}

func (v *view) slotPage(status int, d *event.Desk, slot *event.Slot, f *bookForm, err error) error {
	_, key, _ := strings.Cut(slot.Ref, ":")
	p := &BookPage{Base: v.base(v.in(d.Name), Workplaces+"/"+d.ID+"/"+key)}
	p.Action, p.NoIndex = p.Path, true
	p.Back = &page.Link{Href: Workplaces + "/" + d.ID, Text: v.t("desk.back")}
	venue, _ := v.h.o.Venues.Venue(d.Place)
	p.Kicker = v.in(venue.Name)
	p.Facts = []page.Row{{Key: v.t("fact.when"), Value: v.w.Date(slot.Start) + ", " + v.weekday(slot.Start, false) + ", " + clock(slot.Start) + i18n.EnDash + clock(slot.End)},
		{Key: v.t("fact.where"), Value: strings.Trim(v.in(venue.Name)+", "+v.in(venue.Address), ", ")}}
	if slot.Free > 0 && slot.Start.After(v.now) {
		p.Heading, p.Submit = v.t("book.title"), &page.Button{Text: v.t("book.go"), Busy: v.t("book.busy")}
	} else {
		p.Notes = []page.Note{{Title: v.t("slot.taken"), Text: []string{v.t("slot.taken.text")}}}
	}
	return v.withForm(status, "book", p, f, err)
}

// Slot books a slot.
func (h *Handlers) Slot(c *gin.Context) error {
	v := h.see(c)
	d, slot, err := v.slot()
	if err != nil {
		return err
	}
	var f bookForm
	err = form.Decode(c.Request, &f)
	if err == nil {
		contact := f.contact(v)
		contact.Person = gate.Actor(c).Person
		var t *event.Ticket
		if t, err = h.o.Events.Book(v.ctx, slot.Ref, contact); err == nil {
			return v.to(Booking + "/" + t.Secret)
		}
	}
	return v.slotPage(http.StatusOK, d, slot, &f, err)
}
