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
