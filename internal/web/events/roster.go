package events

import (
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/audit"
	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// read writes down that names and phones are shown, before they are.
func (v *view) read(ref string) error {
	a := gate.Actor(v.c)
	e := audit.Event{Actor: string(a.Person), Action: "event.roster", Subject: "event:" + strings.ReplaceAll(ref, ":", "/"), Where: a.Where, Why: "duty"}
	if e.Where == "" {
		e.Where = "web"
	}
	return v.h.o.Audit.Record(v.ctx, e)
}

// Roster shows one day of an event: who comes, who was there, and what can be changed.
func (h *Handlers) Roster(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventBook)
	if err != nil {
		return err
	}
	return v.roster(e, o, &bookForm{}, nil, nil)
}

func (v *view) roster(e *event.Event, o *event.Occurrence, f *bookForm, typed *changeForm, refused error) error {
	face := v.h.o.Events.Booked(v.ctx, o)
	s := v.sheet("events", v.in(e.Title), v.office(), page.Link{Href: Office + "/" + e.ID, Text: v.in(e.Title)})
	status, bad := v.refuse(s, refused)
	if status == 0 {
		return refused
	}
	s.Kicker, s.Lead = v.when(&face), v.where(&face, true)
	self := Office + "/" + e.ID + "/" + o.Key
	edit := v.mayAt(person.EventEdit, e.Place)
	if err := v.read(o.Ref()); err != nil {
		return err
	}
	list, err := v.h.o.Events.Roster(v.ctx, o.Ref())
	if err != nil {
		return err
	}
	acts := page.Block{}
	if edit {
		acts.Acts = []page.Button{{Text: v.t("office.here"), Href: self + "/here", Small: true}}
		if face.State == event.Planned || face.State == event.Shelter {
			for _, to := range []event.State{event.Shelter, event.Moved} {
				if face.State != to {
					acts.Forms = append(acts.Forms, page.Form{Action: self + "/alarm", Hidden: []page.Hidden{{Name: "state", Value: string(to)}}, Buttons: []page.Button{{Text: v.t("office.alarm." + string(to)), Kind: "bad", Small: true, Icon: "alarm"}}})
				}
			}
		}
	}
	s.Blocks = append(s.Blocks, acts, page.Block{Facts: []page.Row{{Key: v.t("office.state"), Value: v.t("state." + string(face.State))}, {Key: v.t("office.seats"), Value: strconv.Itoa(face.Seats-max(face.Free, 0)) + "/" + strconv.Itoa(face.Seats)}}})
	g, err := v.people(list, self, edit)
	if err != nil {
		return err
	}
	if edit && len(list) > 0 {
		g.Form = &page.Form{ID: "marks", Action: self + "/marks", Buttons: []page.Button{{Text: v.t("office.marks.save"), Small: true}}}
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("office.people"), Small: v.t("office.people.small"), Grid: g})
	field := func(name, kind, value, width string) page.Field {
		return page.Field{ID: page.FieldID(name), Name: name, Label: v.t("book." + name), Type: kind, Value: value, Width: width, MaxLength: 120, Autocomplete: "off", Error: page.FaultText(v.w, bad, name)}
	}
	if face.State == event.Planned || face.State == event.Shelter {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("office.add"), Noprint: true, Form: &page.Form{Action: self + "/book", Row: true, Parts: []any{field("name", "text", f.Name, "20"), field("phone", "tel", f.Phone, "20"), field("card", "text", f.Card, "10")},
			Buttons: []page.Button{{Text: v.t("office.add.phone"), Small: true}, {Text: v.t("office.add.walkin"), Kind: "second", Small: true, Name: "walkin", Value: "1"}}}})
	}
	downs := page.Block{Title: v.t("posters"), Noprint: true}
	for _, x := range formats {
		downs.Down = append(downs.Down, page.Download{Href: posterHref(&face, x.name), Text: v.t("poster." + x.key), Meta: x.meta})
	}
	s.Blocks = append(s.Blocks, downs)
	if edit {
		s.Blocks = append(s.Blocks, v.changeBlock(e, o, self, typed, bad))
	}
	return v.show(status, s)
}

// people is the table of those booked.
func (v *view) people(list []*event.Booking, self string, edit bool) (*page.Grid, error) {
	g := &page.Grid{Caption: v.t("office.people"), Hidden: true, Cards: true, Empty: v.t("office.nobody"),
		Head: []page.GridHead{{Text: v.t("office.person")}, {Text: v.t("office.contact")}, {Text: v.t("office.where")}, {Text: v.t("office.mark")}, {Text: v.t("office.acts")}}}
	for i, b := range list {
		told, err := v.h.o.Events.Told(b)
		if err != nil {
			return nil, err
		}
		name := told.Name
		if name == "" {
			name = v.t("office.noname", "N", i+1)
		}
		contact := told.Phone
		if contact == "" && told.Card != "" {
			contact = v.t("office.card", "Card", told.Card)
		}
		where := v.t("booking.state." + string(b.State))
		small := ""
		switch b.State {
		case event.Seated:
			small = v.t("office.seat", "N", b.Seat)
		case event.Offered:
			small = v.t("office.until", "Until", v.w.DateTime(b.OfferEnds()))
		}
		row := page.GridRow{Cells: []page.GridCell{{Text: name}, {Text: contact}, {Text: where, Small: small}, {}, {}}}
		if b.Holds() && edit {
			row.Cells[0].Check = &page.GridCheck{Name: "here", Value: b.ID, Label: v.t("office.was", "Name", name), Form: "marks"}
		}
		if b.Mark != event.Unmarked {
			row.Cells[3].Tag = &page.Tag{Text: v.t("mark." + string(b.Mark)), Kind: map[event.Mark]string{event.Present: "good", event.Excused: "sun"}[b.Mark]}
		}
		one := func(act, text, kind string) page.Form {
			return page.Form{Action: self + "/" + act, Hidden: []page.Hidden{{Name: "booking", Value: b.ID}}, Buttons: []page.Button{{Text: text, Kind: kind, Small: true}}}
		}
		if b.State == event.Offered {
			row.Cells[4].Forms = append(row.Cells[4].Forms, one("accept", v.t("office.accept"), "second"))
			row.Bad = told.Email == ""
		}
		if b.Starts.After(v.now) || b.State != event.Seated {
			row.Cells[4].Forms = append(row.Cells[4].Forms, one("leave", v.t("office.leave"), "quiet"))
		}
		g.Rows = append(g.Rows, row)
	}
	return g, nil
}

// changeForm is one changed day.
type changeForm struct {
	State string `form:"state" validate:"max=20"`
	Day   string `form:"day" validate:"max=10"`
	Clock string `form:"clock" validate:"max=5"`
	Place string `form:"place" validate:"max=64"`
	Room  string `form:"room" validate:"max=500"`
	Seats *int   `form:"seats"`
	Note  string `form:"note" validate:"max=1200"`
	Rev   *int   `form:"rev"`
}

func (v *view) changeBlock(e *event.Event, o *event.Occurrence, self string, f *changeForm, bad []fault.Field) page.Block {
	if f == nil {
		rev, seats := int(e.Rev), o.Seats
		f = &changeForm{State: string(o.State), Day: o.Start.In(i18n.Kyiv).Format("2006-01-02"), Clock: clock(o.Start), Place: o.Place, Room: o.Room, Seats: &seats, Note: o.Note.UK, Rev: &rev}
	}
	field := func(name, kind, value, width string) page.Field {
		return page.Field{ID: "f-" + name, Name: name, Label: v.t("field." + name), Type: kind, Value: value, Width: width, MaxLength: 600, Autocomplete: "off", Error: page.FaultText(v.w, bad, name)}
	}
	state := page.Select{ID: "f-state", Name: "state", Label: v.t("office.state")}
	for _, x := range []event.State{event.Planned, event.Cancelled, event.Moved, event.Shelter} {
		state.Options = append(state.Options, page.Option{Value: string(x), Text: v.t("state." + string(x)), Selected: string(x) == f.State})
	}
	places := page.Select{ID: "f-place", Name: "place", Label: v.t("field.place")}
	for _, p := range v.venues(person.EventEdit) {
		places.Options = append(places.Options, page.Option{Value: p.ID, Text: v.in(p.Name), Selected: p.ID == f.Place})
	}
	seats := field("seats", "text", strconv.Itoa(or(f.Seats, o.Seats)), "4")
	return page.Block{Title: v.t("office.change"), Small: v.t("office.change.small"), Noprint: true, Form: &page.Form{Action: self + "/change", Hidden: []page.Hidden{{Name: "rev", Value: strconv.Itoa(or(f.Rev, int(e.Rev)))}},
		Parts:   []any{state, field("day", "date", f.Day, "10"), field("clock", "time", f.Clock, "6"), places, field("room", "text", f.Room, ""), seats, field("note", "text", f.Note, "")},
		Buttons: []page.Button{{Text: v.t("office.change.go"), Small: true, Confirm: v.t("office.change.sure")}}}}
}

// Change changes one day and tells those booked.
func (h *Handlers) Change(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventEdit)
	if err != nil {
		return err
	}
	var f changeForm
	err = form.Decode(c.Request, &f)
	if err == nil {
		err = v.placeIs(f.Place)
	}
	if err == nil {
		// only what differs from the event is kept, so that later changes of all days reach this one
		plain := e.Clone()
		delete(plain.Changes, o.Key)
		usual := plain.Occurrence(o.Key)
		next := event.Change{State: event.State(f.State), Minutes: e.Changes[o.Key].Minutes, Note: i18n.Text{UK: strings.TrimSpace(f.Note)}}
		if next.State == event.Planned {
			next.State = ""
		}
		if f.Day != usual.Start.In(i18n.Kyiv).Format("2006-01-02") {
			next.Day = f.Day
		}
		if f.Clock != clock(usual.Start) {
			next.Clock = f.Clock
		}
		if f.Place != usual.Place {
			next.Place = f.Place
		}
		if f.Room != usual.Room {
			next.Room = f.Room
		}
		if n := or(f.Seats, usual.Seats); n != usual.Seats {
			next.Seats = n
		}
		err = h.o.Events.ChangeOne(v.ctx, *gate.Actor(c), e.ID, o.Key, int64(or(f.Rev, 0)), next)
	}
	if err != nil {
		return v.roster(e, o, &bookForm{}, &f, err)
	}
	return v.to(Office + "/" + e.ID + "/" + o.Key + "?done=one")
}

// Alarm is the one tap of the leader.
func (h *Handlers) Alarm(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventEdit)
	if err != nil {
		return err
	}
	if err := h.o.Events.Alarm(v.ctx, *gate.Actor(c), e.ID, o.Key, event.State(c.PostForm("state"))); err != nil {
		return v.roster(e, o, &bookForm{}, nil, err)
	}
	return v.to(Office + "/" + e.ID + "/" + o.Key + "?done=alarm")
}

// StaffBook books somebody who called or stands there.
func (h *Handlers) StaffBook(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventBook)
	if err != nil {
		return err
	}
	var f bookForm
	err = form.Decode(c.Request, &f)
	if err == nil {
		contact := f.contact(v)
		contact.Via, contact.Remind, contact.Lang = event.ByPhone, true, i18n.Ukrainian
		if f.WalkIn {
			contact.Via = event.WalkIn
		}
		_, err = h.o.Events.Book(v.ctx, o.Ref(), contact)
	}
	if err != nil {
		return v.roster(e, o, &f, nil, err)
	}
	done := "booked"
	if f.WalkIn {
		done = "walkin"
	}
	return v.to(Office + "/" + e.ID + "/" + o.Key + "?done=" + done)
}

// Marks stores who was there: those ticked were, the others were not.
func (h *Handlers) Marks(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventEdit)
	if err != nil {
		return err
	}
	var f struct {
		Here []string `form:"here" validate:"max=600"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return v.roster(e, o, &bookForm{}, nil, err)
	}
	list, err := h.o.Events.Roster(v.ctx, o.Ref())
	if err != nil {
		return err
	}
	here := map[string]bool{}
	for _, id := range f.Here {
		here[id] = true
	}
	marks := map[string]event.Mark{}
	for _, b := range list {
		switch {
		case !b.Holds():
		case here[b.ID]:
			marks[b.ID] = event.Present
		case b.Mark == event.Unmarked:
			marks[b.ID] = event.Absent
		}
	}
	if err := h.o.Events.Attend(v.ctx, *gate.Actor(c), o.Ref(), marks); err != nil {
		return v.roster(e, o, &bookForm{}, nil, err)
	}
	return v.to(Office + "/" + e.ID + "/" + o.Key + "?done=marked")
}

// ours is the booking of the form, if it is of this occurrence or slot.
func (v *view) ours(ref string) (string, error) {
	id := v.c.PostForm("booking")
	if !strings.HasPrefix(id, ref+":") {
		return "", fault.New(fault.NotFound, "")
	}
	return id, nil
}

// StaffLeave cancels for somebody who called.
func (h *Handlers) StaffLeave(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventBook)
	if err != nil {
		return err
	}
	id, err := v.ours(o.Ref())
	if err == nil {
		err = v.note("event.leave", o.Ref())
	}
	if err == nil {
		err = h.o.Events.Leave(v.ctx, id)
	}
	if err != nil {
		return err
	}
	return v.to(Office + "/" + e.ID + "/" + o.Key + "?done=left")
}

// StaffAccept confirms an offer for somebody who was called.
func (h *Handlers) StaffAccept(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventBook)
	if err != nil {
		return err
	}
	id, err := v.ours(o.Ref())
	if err == nil {
		err = v.note("event.accept", o.Ref())
	}
	if err == nil {
		err = h.o.Events.Accept(v.ctx, id)
	}
	if fault.Is(err, fault.Gone) {
		return v.roster(e, o, &bookForm{}, nil, fault.New(fault.Conflict, "event.offer_over"))
	}
	if err != nil {
		return err
	}
	return v.to(Office + "/" + e.ID + "/" + o.Key + "?done=accepted")
}

func (v *view) note(action, ref string) error {
	a := gate.Actor(v.c)
	e := audit.Event{Actor: string(a.Person), Action: action, Subject: "event:" + strings.ReplaceAll(ref, ":", "/"), Where: a.Where, Why: "duty"}
	if e.Where == "" {
		e.Where = "web"
	}
	return v.h.o.Audit.Record(v.ctx, e)
}

// HereCodePage is the QR on the leader's phone.
type HereCodePage struct {
	page.Base
	Kicker string
	Code   template.HTML
}

// HereCode shows the code that those in the room scan.
func (h *Handlers) HereCode(c *gin.Context) error {
	v := h.see(c)
	e, o, err := v.ownedAt(person.EventEdit)
	if err != nil {
		return err
	}
	f := h.o.Events.Booked(v.ctx, o)
	p := &HereCodePage{Base: page.Base{Lang: v.lang, Title: v.t("here.code.title"), Path: c.Request.URL.Path}, Kicker: v.in(e.Title) + " · " + v.when(&f)}
	p.Back = &page.Link{Href: Office + "/" + e.ID + "/" + o.Key, Text: v.t("office.back")}
	code, err := page.QRSVG(v.origin()+"/events/here/"+strings.Replace(o.Ref(), ":", ".", 1)+"/"+h.o.Events.HereStamp(o.Ref()), v.t("here.code.title"))
	if err != nil {
		return err
	}
	p.Code = code
	v.private()
	return v.render(http.StatusOK, "here_code", p)
}
