package labs

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/institution"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

func (v *view) home() page.Link { return page.Link{Href: School, Text: v.t("own")} }

func (v *view) atRoom(l *lab.Lab) page.Link {
	return page.Link{Href: School + "/room/" + l.ID, Text: l.Name}
}

// Own lists the rooms and requests of the reader's institutions.
func (h *Handlers) Own(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet("labs", School, v.t("own"), page.Link{Href: "/school", Text: v.t("school")})
	s.Lead = v.t("own.lead")
	now := h.o.Now()
	list := v.mine()
	for _, i := range list {
		q := "?" + url.Values{"school": {i.ID}}.Encode()
		b := page.Block{Acts: []page.Button{{Text: v.t("add"), Href: School + "/new" + q, Small: true}, {Text: v.t("ask"), Href: School + "/requests/new" + q, Kind: "second", Small: true}}}
		if len(list) > 1 {
			b.Title = v.in(i.Name())
		}
		if id := c.Query("undo"); id != "" && c.Query("done") == "out" && len(s.Blocks) == 0 { // taken out a moment ago
			b.Forms = append(b.Forms, one(School+"/room/"+url.PathEscape(id)+"/back", v.t("back"), "second", "", nil))
		}
		if id := c.Query("undo"); id != "" && c.Query("done") == "withdrawn" && len(s.Blocks) == 0 {
			b.Forms = append(b.Forms, one(School+"/requests/"+url.PathEscape(id)+"/back", v.t("stand"), "second", "", nil))
		}
		rooms := h.o.Labs.Of(i.ID)
		due := 0
		g := &page.Grid{Caption: v.t("rooms"), Hidden: true, Cards: true, Empty: v.t("rooms.none"),
			Head: []page.GridHead{{Text: v.t("col.room")}, {Text: v.t("col.seats"), Number: true}, {Text: v.t("col.devices"), Number: true}, {Text: v.t("col.hours"), Number: true}, {Text: v.t("col.state")}, {Text: v.t("col.checked")}}}
		for _, l := range rooms {
			d := l.Devices(now)
			row := page.GridRow{Cells: []page.GridCell{{Text: l.Name, Href: School + "/room/" + l.ID, Small: v.t("purpose." + string(l.Purpose))}, {Text: strconv.Itoa(l.Seats)},
				{Text: v.t("of", "N", d.Work, "All", d.All)}, {Text: strconv.Itoa(l.Hours.Sum())}, {Tags: v.tags(l)}, {Text: v.day(l.Checked)}}}
			if l.Due(now) {
				due++
			}
			g.Rows = append(g.Rows, row)
		}
		if due > 0 {
			b.Note = &page.Note{Kind: "sun", Text: []string{v.t("due.own", "N", due)}}
		}
		b.Grid = g
		s.Blocks = append(s.Blocks, b, v.requestsBlock(h.o.Labs.Requests(i.ID), School+"/requests/"))
	}
	if len(s.Blocks) == 0 {
		s.Blocks = []page.Block{{Text: []string{v.t("none")}}}
	}
	s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "main", Title: v.t("hidden"), Text: []string{v.t("hidden.text")}}})
	return v.show(http.StatusOK, s)
}

// tags say what is the matter with a room.
func (v *view) tags(l *lab.Lab) (list []page.Tag) {
	now := v.h.o.Now()
	list = v.trouble(l)
	d := l.Devices(now)
	if d.Repair > 0 {
		list = append(list, page.Tag{Text: v.t("tag.repair", "N", d.Repair), Kind: "sun"})
	}
	if d.Old > 0 {
		list = append(list, page.Tag{Text: v.t("tag.old", "N", d.Old)})
	}
	if len(list) == 0 {
		list = append(list, page.Tag{Text: v.t("state.good"), Kind: "good"})
	}
	return list
}

// trouble is what no column of numbers shows.
func (v *view) trouble(l *lab.Lab) (list []page.Tag) {
	if l.State != lab.Good {
		list = append(list, page.Tag{Text: v.t("state." + string(l.State)), Kind: "bad"})
	}
	if n := len(l.Lapsed(v.h.o.Now())); n > 0 {
		list = append(list, page.Tag{Text: v.t("tag.lapsed", "N", n), Kind: "sun"})
	}
	return list
}

// Room shows a room to its institution.
func (h *Handlers) Room(c *gin.Context) error { return h.see(c).roomPage(nil) }

func (v *view) roomPage(refused error) error {
	l, err := v.room(person.SchoolRead)
	if err != nil {
		return err
	}
	at := School + "/room/" + l.ID
	s := v.sheet("labs", at, l.Name, v.home())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker = v.body(l.Institution) + " · " + v.t("purpose."+string(l.Purpose))
	edit := v.may(person.SchoolEdit, person.Of(l.Institution))
	acts := page.Block{Noprint: true}
	if edit {
		acts.Acts = []page.Button{{Text: v.t("edit"), Href: at + "/edit", Small: true}, {Text: v.t("ask.here"), Href: School + "/requests/new?" + url.Values{"school": {l.Institution}, "lab": {l.ID}}.Encode(), Kind: "second", Small: true}}
		acts.Forms = []page.Form{one(at+"/checked", v.t("check"), "second", "", rev(l.Rev))}
	}
	if l.Due(v.h.o.Now()) {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("due.room")}}})
	}
	s.Blocks = append(s.Blocks, v.facts(l), acts)
	lines := v.lines(l)
	if edit {
		lines.Acts = []page.Button{{Text: v.t("line.add"), Href: at + "/line/new", Small: true}, {Text: v.t("rows.add"), Href: at + "/rows", Kind: "second", Small: true}}
		for i, x := range l.Shown() {
			lines.Grid.Rows[i].Cells = append(lines.Grid.Rows[i].Cells, page.GridCell{Acts: []page.Button{{Text: v.t("line.edit"), Href: at + "/line/" + x.ID, Kind: "quiet", Small: true}}, Forms: []page.Form{one(at+"/line/"+x.ID+"/out", v.t("line.out"), "quiet", "", nil)}})
		}
		if len(l.Shown()) > 0 {
			lines.Grid.Head = append(lines.Grid.Head, page.GridHead{Text: v.t("col.acts")})
		}
		if id := v.c.Query("undo"); v.c.Query("done") == "line_out" && id != "" {
			lines.Forms = append(lines.Forms, one(at+"/line/"+url.PathEscape(id)+"/back", v.t("line.back"), "second", "", nil))
		}
	}
	s.Blocks = append(s.Blocks, lines)
	if len(l.Programs) > 0 {
		s.Blocks = append(s.Blocks, v.programs(l))
	}
	var asked []*lab.Request
	for _, r := range v.h.o.Labs.Requests(l.Institution) {
		if r.Lab == l.ID {
			asked = append(asked, r)
		}
	}
	s.Blocks = append(s.Blocks, v.requestsBlock(asked, School+"/requests/"))
	if edit {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("out"), Small: v.t("out.text"), Forms: []page.Form{one(at+"/out", v.t("out.do"), "bad", "", rev(l.Rev))}, Noprint: true})
	}
	return v.show(status, s)
}

func (v *view) facts(l *lab.Lab) page.Block {
	b := page.Block{Facts: []page.Row{{Key: v.t("col.seats"), Value: strconv.Itoa(l.Seats)}, {Key: v.t("f.state"), Value: v.t("state." + string(l.State))},
		{Key: v.t("hours"), Value: v.t("hours.is", "Lessons", l.Hours.Lessons, "Clubs", l.Hours.Clubs, "Community", l.Hours.Community, "Sum", l.Hours.Sum())}}}
	for _, x := range [][2]string{{"responsible", l.Responsible}, {"note", l.Note}} {
		if x[1] != "" {
			b.Facts = append(b.Facts, page.Row{Key: v.t("f." + x[0]), Value: x[1]})
		}
	}
	b.Facts = append(b.Facts, page.Row{Key: v.t("col.checked"), Value: v.day(l.Checked)})
	return b
}

func (v *view) lines(l *lab.Lab) page.Block {
	g := &page.Grid{Caption: v.t("equipment"), Hidden: true, Cards: true, Empty: v.t("equipment.none"),
		Head: []page.GridHead{{Text: v.t("f.kind")}, {Text: v.t("f.count"), Number: true}, {Text: v.t("col.year"), Number: true}, {Text: v.t("f.condition")}, {Text: v.t("f.inventory")}}}
	kinds := map[lab.Condition]string{lab.Works: "good", lab.Repair: "sun", lab.Scrap: "bad"}
	for _, x := range l.Shown() {
		year := v.t("year.none")
		if x.Year > 0 {
			year = strconv.Itoa(x.Year)
		}
		inventory := x.Inventory
		if inventory == "" {
			inventory = "–"
		}
		g.Rows = append(g.Rows, page.GridRow{Bad: x.Condition != lab.Works, Cells: []page.GridCell{{Text: v.t("kind." + string(x.Kind)), Small: x.Note}, {Text: strconv.Itoa(x.Count)}, {Text: year},
			{Tag: &page.Tag{Text: v.t("condition." + string(x.Condition)), Kind: kinds[x.Condition]}}, {Text: inventory}}})
	}
	return page.Block{ID: "equipment", Title: v.t("equipment"), Grid: g}
}

func (v *view) programs(l *lab.Lab) page.Block {
	b := page.Block{ID: "programs", Title: v.t("f.programs")}
	late := l.Lapsed(v.h.o.Now())
	for _, p := range l.Programs {
		text := p.Name
		switch {
		case slices.Contains(late, p):
			text += " — " + v.t("program.lapsed", "Day", v.day(p.Until))
		case p.Until != "":
			text += " — " + v.t("program.until", "Day", v.day(p.Until))
		}
		b.Words = append(b.Words, text)
	}
	return b
}

// roomForm is what is typed of a room.
type roomForm struct {
	Rev         int64  `form:"rev"`
	School      string `form:"school" validate:"max=64"`
	Name        string `form:"name" validate:"max=400"`
	Purpose     string `form:"purpose" validate:"max=20"`
	State       string `form:"state" validate:"max=20"`
	Seats       int64  `form:"seats"`
	Lessons     int64  `form:"lessons"`
	Clubs       int64  `form:"clubs"`
	Community   int64  `form:"community"`
	Responsible string `form:"responsible" validate:"max=400"`
	Note        string `form:"note" validate:"max=2000"`
	Programs    string `form:"programs" validate:"max=8000"`
}

func (f *roomForm) onto(l lab.Lab) (lab.Lab, error) {
	list, err := lab.ReadPrograms(f.Programs)
	if err != nil {
		return l, err
	}
	l.Name, l.Purpose, l.State, l.Seats = f.Name, lab.Purpose(f.Purpose), lab.State(f.State), number(f.Seats)
	l.Hours = lab.Hours{Lessons: number(f.Lessons), Clubs: number(f.Clubs), Community: number(f.Community)}
	l.Responsible, l.Note, l.Programs = f.Responsible, f.Note, list
	return l, nil
}

// number brings what was typed into the range of int; the domain says what is too much.
func number(n int64) int { return int(min(max(n, -1), 1<<30)) }

func (v *view) roomParts(l *lab.Lab) []any {
	programs := v.field("programs", lab.WritePrograms(l.Programs), "", 5)
	programs.MaxLength = 8000
	return []any{v.field("name", l.Name, "", 0), pick(v, "purpose", "purpose.", l.Purpose, lab.Purposes(), ""), v.number("seats", l.Seats), pick(v, "state", "state.", l.State, lab.States(), ""),
		page.Heading(v.t("hours")), page.Plain(v.t("hours.text")), v.number("lessons", l.Hours.Lessons), v.number("clubs", l.Hours.Clubs), v.number("community", l.Hours.Community),
		page.Heading(v.t("more")), v.field("responsible", l.Responsible, "", 0), programs, v.field("note", l.Note, "", 3)}
}

// New asks for a new room.
func (h *Handlers) New(c *gin.Context) error { return h.see(c).newPage(c.Query("school"), nil) }

func (v *view) newPage(body string, refused error) error {
	i, err := v.school(body, person.SchoolEdit)
	if err != nil {
		return err
	}
	s := v.sheet("labs", School+"/new?"+url.Values{"school": {i.ID}}.Encode(), v.t("add.title"), v.home())
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker = v.in(i.Name())
	s.Blocks = []page.Block{{Form: &page.Form{Action: School, Card: true, Hidden: []page.Hidden{{Name: "school", Value: i.ID}},
		Parts: v.roomParts(&lab.Lab{Purpose: lab.Informatics, State: lab.Good}), Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: School, Kind: "quiet", Small: true}}}}}
	return v.show(status, s)
}

// Add enters a room.
func (h *Handlers) Add(c *gin.Context) error {
	v := h.see(c)
	var f roomForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		var next lab.Lab
		if next, err = f.onto(lab.Lab{Institution: f.School}); err == nil {
			var l *lab.Lab
			if l, err = h.o.Labs.Add(v.ctx, gate.Actor(c), next); err == nil {
				return v.to(School+"/room/"+l.ID, "added")
			}
		}
	}
	return v.newPage(f.School, err)
}

// EditRoom asks what is to change in a room.
func (h *Handlers) EditRoom(c *gin.Context) error { return h.see(c).editPage(nil) }

func (v *view) editPage(refused error) error {
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	at := School + "/room/" + l.ID
	s := v.sheet("labs", at+"/edit", v.t("edit.title"), v.home(), v.atRoom(l))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Kicker = v.body(l.Institution)
	s.Blocks = v.meanwhile(refused, func(c *page.Compare) {
		pair(c, v.t("f.name"), v.value("name", ""), l.Name)
		pair(c, v.t("f.purpose"), v.t("purpose."+v.value("purpose", "else")), v.t("purpose."+string(l.Purpose)))
		pair(c, v.t("f.state"), v.t("state."+v.value("state", "good")), v.t("state."+string(l.State)))
		for name, now := range map[string]int{"seats": l.Seats, "lessons": l.Hours.Lessons, "clubs": l.Hours.Clubs, "community": l.Hours.Community} {
			pair(c, v.t("f."+name), cmp.Or(v.value(name, ""), "0"), strconv.Itoa(now))
		}
		pair(c, v.t("f.responsible"), v.value("responsible", ""), l.Responsible)
		pair(c, v.t("f.programs"), strings.TrimSpace(v.value("programs", "")), strings.TrimSpace(lab.WritePrograms(l.Programs)))
		pair(c, v.t("f.note"), v.value("note", ""), l.Note)
		slices.SortFunc(c.Rows, func(a, b page.CompareRow) int { return strings.Compare(a.Name, b.Name) })
	})
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: at, Card: true, Hidden: rev(l.Rev), Parts: v.roomParts(l),
		Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}})
	return v.show(status, s)
}

// SaveRoom changes a room.
func (h *Handlers) SaveRoom(c *gin.Context) error {
	v := h.see(c)
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f roomForm
	if err = form.Decode(c.Request, &f); err == nil {
		var next lab.Lab
		if next, err = f.onto(*l); err == nil {
			if _, err = h.o.Labs.Edit(v.ctx, gate.Actor(c), f.Rev, next); err == nil {
				return v.to(School+"/room/"+l.ID, "saved")
			}
		}
	}
	return v.editPage(err)
}

// revForm is a button that travels with a revision.
type revForm struct {
	Rev int64 `form:"rev"`
}

// Checked says that somebody has looked through a room.
func (h *Handlers) Checked(c *gin.Context) error {
	v := h.see(c)
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f revForm
	if err = form.Decode(c.Request, &f); err == nil {
		if _, err = h.o.Labs.Look(v.ctx, gate.Actor(c), l.ID, f.Rev); err == nil {
			return v.to(School+"/room/"+l.ID, "checked")
		}
	}
	return v.roomPage(err)
}

// TakeOut takes a room out.
func (h *Handlers) TakeOut(c *gin.Context) error {
	v := h.see(c)
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f revForm
	if err = form.Decode(c.Request, &f); err == nil {
		if _, err = h.o.Labs.TakeOut(v.ctx, gate.Actor(c), l.ID, f.Rev); err == nil {
			return v.to(School, "out&undo="+url.QueryEscape(l.ID))
		}
	}
	return v.roomPage(err)
}

// PutBack undoes TakeOut; the domain checks whose room it is.
func (h *Handlers) PutBack(c *gin.Context) error {
	v := h.see(c)
	if err := form.Decode(c.Request, &struct{}{}); err != nil {
		return err
	}
	l, err := h.o.Labs.PutBack(v.ctx, gate.Actor(c), c.Param("lab"))
	if err != nil {
		return err
	}
	return v.to(School+"/room/"+l.ID, "back")
}

// bodyOptions lists institutions to choose from.
func (v *view) bodyOptions(list []*institution.Institution, now string) (out []page.Option) {
	for _, i := range list {
		out = append(out, page.Option{Value: i.ID, Text: v.in(i.Name()), Selected: i.ID == now})
	}
	return out
}
