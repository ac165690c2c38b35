package labs

import (
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/lab"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// fresh is the id of a line that is not there yet.
const fresh = "new"

// lineForm is what is typed of a line of equipment.
type lineForm struct {
	Rev       int64  `form:"rev"`
	Kind      string `form:"kind" validate:"max=20"`
	Count     int64  `form:"count"`
	Year      int64  `form:"year"`
	Condition string `form:"condition" validate:"max=20"`
	Inventory string `form:"inventory" validate:"max=400"`
	Note      string `form:"note" validate:"max=2000"`
}

// Line asks for a line of equipment.
func (h *Handlers) Line(c *gin.Context) error { return h.see(c).linePage(nil) }

func (v *view) linePage(refused error) error {
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	id := v.c.Param("line")
	x := lab.Line{Kind: lab.Laptop, Count: 1, Condition: lab.Works}
	title := v.t("line.add")
	if id != fresh {
		have, ok := l.Line(id)
		if !ok {
			return fault.New(fault.NotFound, "lab.no_line")
		}
		x, title = *have, v.t("line.title")
	}
	at := School + "/room/" + l.ID
	s := v.sheet("labs", at+"/line/"+url.PathEscape(id), title, v.home(), v.atRoom(l))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	year := ""
	if x.Year > 0 {
		year = strconv.Itoa(x.Year)
	}
	if id != fresh {
		s.Blocks = v.meanwhile(refused, func(c *page.Compare) {
			pair(c, v.t("f.kind"), v.t("kind."+v.value("kind", "other")), v.t("kind."+string(x.Kind)))
			pair(c, v.t("f.count"), v.value("count", ""), strconv.Itoa(x.Count))
			pair(c, v.t("f.year"), v.value("year", ""), year)
			pair(c, v.t("f.condition"), v.t("condition."+v.value("condition", "works")), v.t("condition."+string(x.Condition)))
			pair(c, v.t("f.inventory"), v.value("inventory", ""), x.Inventory)
			pair(c, v.t("f.note"), v.value("note", ""), x.Note)
		})
	}
	yearField := v.field("year", year, "4", 0)
	yearField.InputMode, yearField.MaxLength = "numeric", 4
	note := v.field("note", x.Note, "", 3)
	note.Hint = v.t("h.line_note")
	s.Blocks = append(s.Blocks, page.Block{Form: &page.Form{Action: at + "/line/" + url.PathEscape(id), Card: true, Hidden: rev(l.Rev),
		Parts: []any{pick(v, "kind", "kind.", x.Kind, lab.Kinds(), ""), v.number("count", x.Count), yearField, pick(v, "condition", "condition.", x.Condition, lab.Conditions(), ""),
			v.field("inventory", x.Inventory, "20", 0), note},
		Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}})
	return v.show(status, s)
}

// SaveLine writes a line of equipment.
func (h *Handlers) SaveLine(c *gin.Context) error {
	v := h.see(c)
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f lineForm
	if err = form.Decode(c.Request, &f); err == nil {
		x := lab.Line{ID: c.Param("line"), Kind: lab.Kind(f.Kind), Count: number(f.Count), Year: number(f.Year), Condition: lab.Condition(f.Condition), Inventory: f.Inventory, Note: f.Note}
		if x.ID == fresh {
			x.ID = ""
		}
		if _, err = h.o.Labs.Put(v.ctx, gate.Actor(c), l.ID, f.Rev, x); err == nil {
			return v.to(School+"/room/"+l.ID, "line")
		}
	}
	return v.linePage(err)
}

// LineOut takes a line out.
func (h *Handlers) LineOut(c *gin.Context) error {
	return h.see(c).moveLine(false, "line_out&undo="+url.QueryEscape(c.Param("line")))
}

// LineBack puts a line back.
func (h *Handlers) LineBack(c *gin.Context) error { return h.see(c).moveLine(true, "line_back") }

func (v *view) moveLine(back bool, done string) error {
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	if err = form.Decode(v.c.Request, &struct{}{}); err == nil {
		if _, err = v.h.o.Labs.TakeLine(v.ctx, gate.Actor(v.c), l.ID, v.c.Param("line"), back); err == nil {
			return v.to(School+"/room/"+l.ID, done)
		}
	}
	return v.roomPage(err)
}
