package events

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/event"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

var donePosts = []string{"made", "changed", "one", "alarm", "booked", "walkin", "marked", "left", "accepted", "cancelled", "desk"}

// sheet begins a page of staff.
func (v *view) sheet(id, title string, trail ...page.Link) *page.Sheet {
	s := &page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: v.c.Request.URL.Path}, MenuID: id}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
	if d := v.c.Query("done"); slices.Contains(donePosts, d) {
		s.Done = v.t("office.done." + d)
	}
	return s
}

func (v *view) office() page.Link { return page.Link{Href: Office, Text: v.t("office.title")} }

func (v *view) show(status int, s *page.Sheet) error {
	v.private()
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

// refuse puts what was refused on the sheet; 0 for what belongs to a page of its own.
func (v *view) refuse(s *page.Sheet, err error) (status int, bad []fault.Field) {
	if err == nil {
		return http.StatusOK, nil
	}
	sum, bad, status, ok := page.Refused(v.w, err)
	if !ok {
		return 0, nil
	}
	s.Errors, s.Failed = sum, true
	return status, bad
}

// venues are the places where the actor may do something.
func (v *view) venues(act person.Action) (list []event.Venue) {
	ids, all := gate.Actor(v.c).Venues(act)
	for _, x := range v.h.o.Venues.Venues() {
		if all || slices.Contains(ids, x.ID) {
			list = append(list, x)
		}
	}
	for _, id := range ids { // a hidden place, or one that nobody has named yet
		if !slices.ContainsFunc(list, func(x event.Venue) bool { return x.ID == id }) {
			list = append(list, event.Venue{ID: id, Name: i18n.Text{UK: id, EN: id}})
		}
	}
	return list
}

func (v *view) placeName(id string) string {
	if x, ok := v.h.o.Venues.Venue(id); ok {
		return v.in(x.Name)
	}
	return id
}

// mayAt tells whether the actor may do something at a place.
func (v *view) mayAt(act person.Action, place string) bool {
	return person.Can(gate.Actor(v.c), act, person.At(place)) == person.Allowed
}

// owned is the event of the address, if it is of a place of the actor's.
func (v *view) owned(act person.Action) (*event.Event, error) {
	e, ok := v.h.o.Events.ByID(v.c.Param("id"))
	if !ok {
		return nil, fault.New(fault.NotFound, "")
	}
	return e, gate.Check(v.c, act, person.At(e.Place))
}

func (v *view) ownedAt(act person.Action) (*event.Event, *event.Occurrence, error) {
	e, err := v.owned(act)
	if err != nil {
		return nil, nil, err
	}
	o := e.Occurrence(v.c.Param("key"))
	if o == nil {
		return nil, nil, fault.New(fault.NotFound, "")
	}
	return e, o, nil
}

// OfficeList lists the coming and the last occurrences at the actor's places.
func (h *Handlers) OfficeList(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("events", v.t("office.title"))
	s.Lead = v.t("office.lead")
	grid := func(caption string, list []*event.Occurrence) *page.Grid {
		g := &page.Grid{Caption: caption, Cards: true, Empty: v.t("office.none"), Head: []page.GridHead{{Text: v.t("office.when")}, {Text: v.t("office.event")}, {Text: v.t("fact.where")}, {Text: v.t("office.seats"), Number: true}, {Text: v.t("office.state")}}}
		for _, o := range list {
			f := h.o.Events.Booked(v.ctx, o)
			seats := "–"
			if f.Free >= 0 {
				seats = strconv.Itoa(f.Seats-f.Free) + "/" + strconv.Itoa(f.Seats)
			}
			state := page.Tag{Text: v.t("state." + string(f.State))}
			switch f.State {
			case event.Planned:
				state.Kind = "good"
			case event.Cancelled:
				state.Kind = "bad"
			case event.Moved, event.Shelter:
				state.Kind = "sun"
			}
			tags := []page.Tag{state}
			if o.Event.Draft {
				tags = append(tags, page.Tag{Text: v.t("office.draft"), Kind: "sun"})
			}
			day := f.Day.In(i18n.Kyiv)
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: day.Format("02.01.2006") + " " + clock(o.Start), Href: Office + "/" + o.Event.ID + "/" + o.Key}, {Text: v.in(f.Title), Href: Office + "/" + o.Event.ID}, {Text: v.placeName(o.Place)}, {Text: seats}, {Tags: tags}}})
		}
		return g
	}
	ids, all := gate.Actor(c).Venues(person.EventBook)
	mine := func(f event.Filter) (list []*event.Occurrence) {
		f.Drafts, f.Limit = true, 3000
		for _, o := range h.o.Events.Occurrences(f) {
			if all || slices.Contains(ids, o.Event.Place) {
				list = append(list, o)
			}
		}
		return list
	}
	coming := mine(event.Filter{From: v.now.Add(-3 * time.Hour), To: v.now.AddDate(0, 3, 0)})
	past := mine(event.Filter{From: v.now.AddDate(0, -1, 0), To: v.now.Add(-3 * time.Hour)})
	slices.Reverse(past)
	acts := page.Block{Acts: []page.Button{{Text: v.t("office.desks"), Href: OfficeDesks, Kind: "second", Small: true}}}
	if len(v.venues(person.EventEdit)) > 0 {
		acts.Acts = append([]page.Button{{Text: v.t("office.new"), Href: Office + "/new", Small: true}}, acts.Acts...)
	}
	next := grid(v.t("office.coming"), coming[:min(len(coming), 100)])
	next.Empty = v.t("office.coming.none")
	s.Blocks = []page.Block{acts, {Grid: next}}
	if len(past) > 0 {
		s.Blocks = append(s.Blocks, page.Block{Grid: grid(v.t("office.past"), past[:min(len(past), 50)])})
	}
	return v.show(http.StatusOK, s)
}

// NewForm asks what an event needs; ?from=ID begins with what another one has.
func (h *Handlers) NewForm(c *gin.Context) error {
	v := h.see(c)
	f := &eventForm{Book: true, Waiting: true, Clock: "11:00", End: "12:00", Kind: string(event.Course), Audience: string(event.Everyone), Day: midnight(v.now).AddDate(0, 0, 7).Format(time.DateOnly)}
	if e, ok := h.o.Events.ByID(c.Query("from")); ok && v.mayAt(person.EventEdit, e.Place) {
		f = written(e)
		f.Rev, f.Day, f.Until = nil, "", ""
	}
	return v.newEvent(f, nil)
}

func (v *view) newEvent(f *eventForm, err error) error {
	s := v.sheet("events", v.t("office.new"), v.office())
	status, bad := v.refuse(s, err)
	if status == 0 {
		return err
	}
	v.eventSheet(s, Office, f, bad)
	return v.show(status, s)
}

// Create makes an event at a place of the actor's.
func (h *Handlers) Create(c *gin.Context) error {
	v := h.see(c)
	var f eventForm
	err := form.Decode(c.Request, &f)
	e := &event.Event{Leader: gate.Actor(c).Person}
	if err == nil {
		err = f.read(e)
	}
	if err == nil {
		if err = v.placeIs(e.Place); err == nil {
			err = h.o.Events.Add(v.ctx, *gate.Actor(c), e)
		}
	}
	if err != nil {
		return v.newEvent(&f, err)
	}
	return v.to(Office + "/" + e.ID + "?done=made")
}

// placeIs refuses a place that is not the actor's.
func (v *view) placeIs(id string) error {
	if id == "" || !v.mayAt(person.EventEdit, id) {
		return fault.InvalidFields(fault.Field{Pointer: "place", Key: "event.no_place"})
	}
	return nil
}

// OfficeEvent shows an event to staff: its days, posters, what people said.
func (h *Handlers) OfficeEvent(c *gin.Context) error {
	v := h.see(c)
	e, err := v.owned(person.EventBook)
	if err != nil {
		return err
	}
	return v.officeEvent(e, nil)
}

func (v *view) officeEvent(e *event.Event, refused error) error {
	s := v.sheet("events", v.in(e.Title), v.office())
	status, _ := v.refuse(s, refused)
	if status == 0 {
		return refused
	}
	s.Kicker = v.kicker(e) + " · " + v.placeName(e.Place)
	edit := v.mayAt(person.EventEdit, e.Place)
	acts := page.Block{Acts: []page.Button{{Text: v.t("office.page"), Href: Address + "/" + e.Slug, Kind: "second", Small: true}}}
	if edit {
		acts.Acts = append([]page.Button{{Text: v.t("office.edit"), Href: Office + "/" + e.ID + "/edit", Small: true}, {Text: v.t("office.copy"), Href: Office + "/new?from=" + e.ID, Kind: "second", Small: true}}, acts.Acts...)
	}
	grid := &page.Grid{Caption: v.t("dates"), Cards: true, Empty: v.t("office.none"), Head: []page.GridHead{{Text: v.t("office.when")}, {Text: v.t("office.state")}, {Text: v.t("office.seats"), Number: true}}}
	for _, o := range e.Occurrences() {
		f := v.h.o.Events.Booked(v.ctx, o)
		seats := "–"
		if f.Free >= 0 {
			seats = strconv.Itoa(f.Seats-f.Free) + "/" + strconv.Itoa(f.Seats)
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.when(&f), Href: Office + "/" + e.ID + "/" + o.Key}, {Text: v.t("state." + string(f.State))}, {Text: seats}}})
	}
	votes, err := v.h.o.Events.VotesOf(v.ctx, e.ID)
	if err != nil {
		return err
	}
	s.Blocks = []page.Block{acts, {Grid: grid}}
	if votes.Yes+votes.No >= 5 {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("office.votes"), Facts: []page.Row{{Key: v.t("say.yes"), Value: strconv.Itoa(votes.Yes)}, {Key: v.t("say.no"), Value: strconv.Itoa(votes.No)}}})
	}
	if edit {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("office.cancelall"), Form: &page.Form{Action: Office + "/" + e.ID + "/cancel", Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(e.Rev, 10)}},
			Parts:   []any{page.Plain(v.t("office.cancelall.text")), page.Field{ID: "f-note", Name: "note", Label: v.t("field.note"), MaxLength: event.MaxTitle, Autocomplete: "off"}},
			Buttons: []page.Button{{Text: v.t("office.cancelall.go"), Kind: "bad", Small: true, Confirm: v.t("office.cancelall.sure")}}}})
	}
	return v.show(status, s)
}

// EditForm shows an event for changing.
func (h *Handlers) EditForm(c *gin.Context) error {
	v := h.see(c)
	e, err := v.owned(person.EventEdit)
	if err != nil {
		return err
	}
	return v.editEvent(e, written(e), nil)
}

func (v *view) editEvent(e *event.Event, f *eventForm, err error) error {
	s := v.sheet("events", v.t("office.edit"), v.office(), page.Link{Href: Office + "/" + e.ID, Text: v.in(e.Title)})
	status, bad := v.refuse(s, err)
	if status == 0 {
		return err
	}
	s.Lead = v.t("office.edit.lead")
	v.eventSheet(s, Office+"/"+e.ID+"/edit", f, bad)
	return v.show(status, s)
}

// Edit changes all coming days of an event.
func (h *Handlers) Edit(c *gin.Context) error {
	v := h.see(c)
	old, err := v.owned(person.EventEdit)
	if err != nil {
		return err
	}
	var f eventForm
	err = form.Decode(c.Request, &f)
	e := old.Clone()
	if err == nil {
		e.Rev = int64(or(f.Rev, 0))
		e.Rule.Days = nil
		err = f.read(e)
	}
	if err == nil {
		if err = v.placeIs(e.Place); err == nil {
			err = h.o.Events.Edit(v.ctx, *gate.Actor(c), e)
		}
	}
	if err != nil {
		return v.editEvent(old, &f, err)
	}
	return v.to(Office + "/" + e.ID + "?done=changed")
}

// CancelAll calls off all coming days.
func (h *Handlers) CancelAll(c *gin.Context) error {
	v := h.see(c)
	e, err := v.owned(person.EventEdit)
	if err != nil {
		return err
	}
	var f struct {
		Rev  *int   `form:"rev"`
		Note string `form:"note" validate:"max=600"`
	}
	err = form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Events.CancelAll(v.ctx, *gate.Actor(c), e.ID, int64(or(f.Rev, 0)), event.Change{Note: i18n.Text{UK: f.Note}})
	}
	if err != nil {
		return v.officeEvent(e, err)
	}
	return v.to(Office + "/" + e.ID + "?done=cancelled")
}
