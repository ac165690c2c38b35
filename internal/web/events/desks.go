package events

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
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

func (v *view) desksLink() page.Link { return page.Link{Href: OfficeDesks, Text: v.t("office.desks")} }

// OfficeDesks lists computers and consultations at the actor's places.
func (h *Handlers) OfficeDesks(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("events", v.t("office.desks"), v.office())
	s.Lead = v.t("office.desks.lead")
	g := &page.Grid{Caption: v.t("office.desks"), Hidden: true, Cards: true, Empty: v.t("office.none"), Head: []page.GridHead{{Text: v.t("office.desk")}, {Text: v.t("fact.where")}, {Text: v.t("office.desk.what")}, {Text: v.t("office.state")}}}
	for _, d := range h.o.Events.Desks("") {
		if !v.mayAt(person.EventBook, d.Place) {
			continue
		}
		state := page.Tag{Kind: "good", Text: v.t("desk.works")}
		if d.Broken != "" {
			state = page.Tag{Kind: "bad", Text: d.Broken}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(d.Name), Href: OfficeDesks + "/" + d.ID}, {Text: v.placeName(d.Place)}, {Text: v.deskLine(d), Small: "× " + strconv.Itoa(d.Count)}, {Tag: &state}}})
	}
	acts := page.Block{Acts: []page.Button{{Text: v.t("office.load"), Href: OfficeDesks + "/load", Kind: "second", Small: true}}}
	if len(v.venues(person.EventEdit)) > 0 {
		acts.Acts = append([]page.Button{{Text: v.t("office.desk.new"), Href: OfficeDesks + "/new", Small: true}}, acts.Acts...)
	}
	s.Blocks = []page.Block{acts, {Grid: g}}
	return v.show(http.StatusOK, s)
}

// deskForm is a desk as staff type it.
type deskForm struct {
	Name    string `form:"name" validate:"max=500"`
	NameEN  string `form:"name_en" validate:"max=500"`
	Place   string `form:"place" validate:"max=64"`
	Kind    string `form:"kind" validate:"max=20"`
	Minutes *int   `form:"minutes"`
	Count   *int   `form:"count"`
	Spans   string `form:"spans" validate:"max=2000"`
	Screen  bool   `form:"screen"`
	Reader  bool   `form:"reader"`
	Scanner bool   `form:"scanner"`
	Broken  string `form:"broken" validate:"max=600"`
	Closed  string `form:"closed" validate:"max=2000"`
	Rev     *int   `form:"rev"`
}

var dayNames = map[string]time.Weekday{"пн": 1, "вт": 2, "ср": 3, "чт": 4, "пт": 5, "сб": 6, "нд": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 0}

// read writes the form into a desk. Hours are lines such as «вт 10:00-13:00».
func (f *deskForm) read(d *event.Desk) error {
	d.Name, d.Place, d.Kind, d.Minutes, d.Count = i18n.Text{UK: f.Name, EN: f.NameEN}, f.Place, event.DeskKind(f.Kind), or(f.Minutes, 0), or(f.Count, 0)
	d.Screen, d.Reader, d.Scanner, d.Broken = f.Screen, f.Reader, f.Scanner, strings.TrimSpace(f.Broken)
	bad := func(name string) error { return fault.InvalidFields(fault.Field{Pointer: name, Key: "event." + name}) }
	d.Spans, d.Closed = nil, nil
	for row := range strings.FieldsFuncSeq(f.Spans, func(r rune) bool { return r == '\n' || r == ';' }) {
		day, hours, ok := strings.Cut(strings.ToLower(strings.TrimSpace(row)), " ")
		if strings.TrimSpace(row) == "" {
			continue
		}
		wd, known := dayNames[day]
		from, to, two := strings.Cut(strings.NewReplacer("–", "-", " ", "").Replace(hours), "-")
		if !ok || !known || !two {
			return bad("spans")
		}
		d.Spans = append(d.Spans, event.Span{Day: wd, From: pad(from), To: pad(to)})
	}
	for day := range strings.FieldsSeq(f.Closed) {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return fault.InvalidFields(fault.Field{Pointer: "closed", Key: "event.day"})
		}
		d.Closed = append(d.Closed, day)
	}
	return nil
}

func pad(clock string) string {
	if len(clock) == 4 {
		return "0" + clock
	}
	return clock
}

func (v *view) deskWritten(d *event.Desk) *deskForm {
	rev, minutes, count := int(d.Rev), d.Minutes, d.Count
	f := &deskForm{Name: d.Name.UK, NameEN: d.Name.EN, Place: d.Place, Kind: string(d.Kind), Minutes: &minutes, Count: &count, Screen: d.Screen, Reader: d.Reader, Scanner: d.Scanner, Broken: d.Broken, Closed: strings.Join(d.Closed, " "), Rev: &rev}
	spans := slices.Clone(d.Spans)
	slices.SortStableFunc(spans, func(a, b event.Span) int { return cmp.Compare((int(a.Day)+6)%7, (int(b.Day)+6)%7) })
	for _, x := range spans {
		f.Spans += v.weekday(time.Date(2026, 11, 22+int(x.Day), 12, 0, 0, 0, i18n.Kyiv), true) + " " + x.From + "-" + x.To + "\n"
	}
	return f
}

func (v *view) deskSheet(title, action string, f *deskForm, err error) error {
	s := v.sheet("events", title, v.office(), v.desksLink())
	status, bad := v.refuse(s, err)
	if status == 0 {
		return err
	}
	field := func(name, value, width string, rows int) page.Field {
		x := page.Field{ID: "f-" + name, Name: name, Label: v.t("desk.field." + name), Value: value, Width: width, Rows: rows, MaxLength: 2000, Autocomplete: "off", Error: page.FaultText(v.w, bad, name)}
		if hint := "event.desk.field." + name + ".hint"; v.w.T(hint, nil) != hint {
			x.Hint = v.w.T(hint, nil)
		}
		return x
	}
	check := func(name string, on bool) page.Check {
		return page.Check{ID: "f-" + name, Name: name, Value: "1", Label: v.t("desk." + name), Checked: on}
	}
	places := page.Select{ID: "f-place", Name: "place", Label: v.t("field.place"), Error: page.FaultText(v.w, bad, "place")}
	for _, p := range v.venues(person.EventEdit) {
		places.Options = append(places.Options, page.Option{Value: p.ID, Text: v.in(p.Name), Selected: p.ID == f.Place})
	}
	kinds := page.Select{ID: "f-kind", Name: "kind", Label: v.t("desk.field.kind")}
	for _, k := range []event.DeskKind{event.Computer, event.Advice} {
		kinds.Options = append(kinds.Options, page.Option{Value: string(k), Text: v.t("desk.kind." + string(k)), Selected: string(k) == f.Kind})
	}
	hidden := []page.Hidden{}
	if f.Rev != nil {
		hidden = append(hidden, page.Hidden{Name: "rev", Value: strconv.Itoa(*f.Rev)})
	}
	s.Blocks = []page.Block{{Form: &page.Form{Action: action, Hidden: hidden, Parts: []any{field("name", f.Name, "", 0), kinds, places, field("minutes", strconv.Itoa(or(f.Minutes, 20)), "4", 0), field("count", strconv.Itoa(or(f.Count, 1)), "4", 0),
		field("spans", f.Spans, "", 5), check("screen", f.Screen), check("reader", f.Reader), check("scanner", f.Scanner), field("broken", f.Broken, "", 0), field("closed", f.Closed, "", 2), field("name_en", f.NameEN, "", 0)},
		Buttons: []page.Button{{Text: v.t("office.save")}, {Text: v.t("office.back"), Href: OfficeDesks, Kind: "second"}}}}}
	return v.show(status, s)
}

// NewDesk asks what a desk needs.
func (h *Handlers) NewDesk(c *gin.Context) error {
	v := h.see(c)
	return v.deskSheet(v.t("office.desk.new"), OfficeDesks, &deskForm{Kind: string(event.Advice)}, nil)
}

// CreateDesk makes a desk.
func (h *Handlers) CreateDesk(c *gin.Context) error {
	v := h.see(c)
	var f deskForm
	d := &event.Desk{}
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = f.read(d)
	}
	if err == nil {
		err = v.placeIs(d.Place)
	}
	if err == nil {
		err = h.o.Events.SaveDesk(v.ctx, *gate.Actor(c), d)
	}
	if err != nil {
		return v.deskSheet(v.t("office.desk.new"), OfficeDesks, &f, err)
	}
	return v.to(OfficeDesks + "/" + d.ID + "?done=desk")
}

func (v *view) ownedDesk(act person.Action) (*event.Desk, error) {
	d, ok := v.h.o.Events.Desk(v.c.Param("id"))
	if !ok {
		return nil, fault.New(fault.NotFound, "")
	}
	return d, gate.Check(v.c, act, person.At(d.Place))
}

// EditDeskForm shows a desk for changing.
func (h *Handlers) EditDeskForm(c *gin.Context) error {
	v := h.see(c)
	d, err := v.ownedDesk(person.EventEdit)
	if err != nil {
		return err
	}
	return v.deskSheet(v.in(d.Name), OfficeDesks+"/"+d.ID+"/edit", v.deskWritten(d), nil)
}

// EditDesk changes a desk.
func (h *Handlers) EditDesk(c *gin.Context) error {
	v := h.see(c)
	old, err := v.ownedDesk(person.EventEdit)
	if err != nil {
		return err
	}
	var f deskForm
	d := *old
	err = form.Decode(c.Request, &f)
	if err == nil {
		d.Rev = int64(or(f.Rev, 0))
		err = f.read(&d)
	}
	if err == nil {
		err = v.placeIs(d.Place)
	}
	if err == nil {
		err = h.o.Events.SaveDesk(v.ctx, *gate.Actor(c), &d)
	}
	if err != nil {
		return v.deskSheet(v.in(old.Name), OfficeDesks+"/"+old.ID+"/edit", &f, err)
	}
	return v.to(OfficeDesks + "/" + d.ID + "?done=desk")
}

// DeskDay shows a day of a desk with its people.
func (h *Handlers) DeskDay(c *gin.Context) error {
	v := h.see(c)
	d, err := v.ownedDesk(person.EventBook)
	if err != nil {
		return err
	}
	return v.deskDay(d, nil)
}

func (v *view) deskDay(d *event.Desk, refused error) error {
	s := v.sheet("events", v.in(d.Name), v.office(), v.desksLink())
	status, _ := v.refuse(s, refused)
	if status == 0 {
		return refused
	}
	at, err := time.ParseInLocation(time.DateOnly, v.c.Query("day"), i18n.Kyiv)
	if key := v.c.Param("key"); len(key) >= 8 {
		at, err = time.ParseInLocation("20060102", key[:8], i18n.Kyiv)
	}
	if err != nil {
		at = midnight(v.now)
	}
	s.Kicker, s.Lead = v.placeName(d.Place), v.w.Date(at)+", "+v.weekday(at, false)
	self := OfficeDesks + "/" + d.ID
	s.Path = self + "?day=" + at.Format(time.DateOnly)
	pager := &page.Pager{Previous: &page.Link{Href: self + "?day=" + at.AddDate(0, 0, -1).Format(time.DateOnly), Text: v.w.Date(at.AddDate(0, 0, -1))}, Next: &page.Link{Href: self + "?day=" + at.AddDate(0, 0, 1).Format(time.DateOnly), Text: v.w.Date(at.AddDate(0, 0, 1))}}
	if err := v.read(d.ID + ":" + at.Format("20060102")); err != nil {
		return err
	}
	g := &page.Grid{Caption: v.t("office.slots"), Hidden: true, Cards: true, Empty: v.t("slot.none"), Head: []page.GridHead{{Text: v.t("office.when")}, {Text: v.t("office.person")}, {Text: v.t("office.contact")}, {Text: v.t("office.mark")}, {Text: v.t("office.acts")}}}
	for _, slot := range v.h.o.Events.Slots(v.ctx, d, at) {
		_, key, _ := strings.Cut(slot.Ref, ":")
		list, err := v.h.o.Events.Roster(v.ctx, slot.Ref)
		if err != nil {
			return err
		}
		when := clock(slot.Start) + i18n.EnDash + clock(slot.End)
		post := func(act, name, value, text, kind string) page.Form {
			return page.Form{Action: self + "/" + key + "/" + act, Hidden: []page.Hidden{{Name: name, Value: value}}, Buttons: []page.Button{{Text: text, Kind: kind, Small: true}}}
		}
		for _, b := range list {
			told, err := v.h.o.Events.Told(b)
			if err != nil {
				return err
			}
			row := page.GridRow{Cells: []page.GridCell{{Text: when}, {Text: told.Name, Small: v.t("via." + string(b.Via))}, {Text: told.Phone + told.Card}, {}, {}}}
			if b.Mark != event.Unmarked {
				row.Cells[3].Tag = &page.Tag{Text: v.t("mark." + string(b.Mark)), Kind: map[event.Mark]string{event.Present: "good"}[b.Mark]}
			}
			for _, m := range []event.Mark{event.Present, event.Absent} {
				if b.Mark != m && !slot.Start.After(v.now.Add(15*time.Minute)) {
					f := post("mark", "mark", string(m), v.t("mark."+string(m)), "second")
					f.Hidden = append(f.Hidden, page.Hidden{Name: "booking", Value: b.ID})
					row.Cells[4].Forms = append(row.Cells[4].Forms, f)
				}
			}
			if slot.Start.After(v.now) {
				row.Cells[4].Forms = append(row.Cells[4].Forms, post("leave", "booking", b.ID, v.t("office.leave"), "quiet"))
			}
			g.Rows = append(g.Rows, row)
		}
		if slot.Free > 0 && slot.End.After(v.now) {
			f := page.Form{Action: self + "/" + key + "/book", Row: true, Parts: []any{page.Field{ID: "f-name-" + key, Name: "name", Label: v.t("book.name"), Width: "10", MaxLength: 80, Autocomplete: "off"}, page.Field{ID: "f-phone-" + key, Name: "phone", Label: v.t("book.phone"), Type: "tel", Width: "10", MaxLength: 40, Autocomplete: "off"}},
				Buttons: []page.Button{{Text: v.t("office.add.phone"), Small: true}, {Text: v.t("office.add.walkin"), Kind: "second", Small: true, Name: "walkin", Value: "1"}}}
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: when}, {Text: v.n("book.free", slot.Free)}, {}, {}, {Forms: []page.Form{f}}}})
		}
	}
	acts := page.Block{Pager: pager}
	if v.mayAt(person.EventEdit, d.Place) {
		acts.Acts = []page.Button{{Text: v.t("office.edit"), Href: self + "/edit", Kind: "second", Small: true}}
	}
	s.Blocks = []page.Block{acts, {Small: v.deskLine(d), Grid: g}}
	return v.show(status, s)
}

// deskAct does something with a slot and shows its day again.
func (h *Handlers) deskAct(c *gin.Context, act person.Action, done string, do func(v *view, d *event.Desk, ref string) error) error {
	v := h.see(c)
	d, err := v.ownedDesk(act)
	if err != nil {
		return err
	}
	key := c.Param("key")
	if len(key) != 12 {
		return fault.New(fault.NotFound, "")
	}
	if err := do(v, d, d.ID+":"+key); err != nil {
		return v.deskDay(d, err)
	}
	return v.to(fmt.Sprintf("%s/%s?day=%s-%s-%s&done=%s", OfficeDesks, d.ID, key[:4], key[4:6], key[6:8], done))
}

// DeskBook books a slot for somebody who called or stands there.
func (h *Handlers) DeskBook(c *gin.Context) error {
	return h.deskAct(c, person.EventBook, "booked", func(v *view, _ *event.Desk, ref string) error {
		var f bookForm
		if err := form.Decode(c.Request, &f); err != nil {
			return err
		}
		contact := f.contact(v)
		contact.Via, contact.Remind, contact.Lang = event.ByPhone, true, i18n.Ukrainian
		if f.WalkIn {
			contact.Via = event.WalkIn
		}
		t, err := h.o.Events.Book(v.ctx, ref, contact)
		if err == nil && f.WalkIn {
			err = h.o.Events.Attend(v.ctx, *gate.Actor(c), ref, map[string]event.Mark{t.ID: event.Present})
		}
		return err
	})
}

// DeskMark notes who was there.
func (h *Handlers) DeskMark(c *gin.Context) error {
	return h.deskAct(c, person.EventBook, "marked", func(v *view, _ *event.Desk, ref string) error {
		id, err := v.ours(ref)
		if err != nil {
			return err
		}
		return h.o.Events.Attend(v.ctx, *gate.Actor(c), ref, map[string]event.Mark{id: event.Mark(c.PostForm("mark"))})
	})
}

// DeskLeave cancels for somebody who called.
func (h *Handlers) DeskLeave(c *gin.Context) error {
	return h.deskAct(c, person.EventBook, "left", func(v *view, _ *event.Desk, ref string) error {
		id, err := v.ours(ref)
		if err != nil {
			return err
		}
		if err := v.note("event.leave", ref); err != nil {
			return err
		}
		return h.o.Events.Leave(v.ctx, id)
	})
}

// Load shows how much desks were used in each of the last weeks.
func (h *Handlers) Load(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("events", v.t("office.load"), v.office(), v.desksLink())
	s.Lead = v.t("office.load.lead")
	for week := range 4 {
		at := midnight(v.now).AddDate(0, 0, -7*week)
		list, err := h.o.Events.WeekLoad(v.ctx, "", at)
		if err != nil {
			return err
		}
		monday := at.AddDate(0, 0, -((int(at.Weekday()) + 6) % 7))
		g := &page.Grid{Caption: v.w.Date(monday) + " – " + v.w.Date(monday.AddDate(0, 0, 6)), Cards: true, Empty: v.t("office.none"),
			Head: []page.GridHead{{Text: v.t("office.desk")}, {Text: v.t("fact.where")}, {Text: v.t("load.offered"), Number: true}, {Text: v.t("load.used"), Number: true}, {Text: v.t("load.share"), Number: true}, {Text: v.t("load.walkins"), Number: true}, {Text: v.t("load.absent"), Number: true}}}
		for _, l := range list {
			if !v.mayAt(person.EventBook, l.Desk.Place) {
				continue
			}
			share := "–"
			if l.Offered > 0 {
				share = v.w.Number(100*l.Booked.Hours()/l.Offered.Hours(), 0) + " %"
			}
			g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.in(l.Desk.Name)}, {Text: v.placeName(l.Desk.Place)}, {Text: v.w.Number(l.Offered.Hours(), 1), Number: true}, {Text: v.w.Number(l.Booked.Hours(), 1), Number: true}, {Text: share, Number: true}, {Text: strconv.Itoa(l.WalkIns), Number: true}, {Text: strconv.Itoa(l.NoShow), Number: true}}})
		}
		s.Blocks = append(s.Blocks, page.Block{Grid: g})
	}
	return v.show(http.StatusOK, s)
}
