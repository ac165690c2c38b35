package labs

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
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

// Rows asks for rows of equipment copied from a spreadsheet.
func (h *Handlers) Rows(c *gin.Context) error { return h.see(c).rowsPage(nil) }

func (v *view) rowsPage(refused error) error {
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	at := School + "/room/" + l.ID
	s := v.sheet("labs", at+"/rows", v.t("rows.add"), v.home(), v.atRoom(l))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("rows.lead")
	var kinds, conditions []string
	for _, k := range lab.Kinds() {
		kinds = append(kinds, v.t("kind."+string(k)))
	}
	for _, k := range lab.Conditions() {
		conditions = append(conditions, v.t("condition."+string(k)))
	}
	rows := v.field("rows", "", "", 10)
	rows.MaxLength = 0
	s.Blocks = []page.Block{{Facts: []page.Row{{Key: v.t("f.kind"), Value: strings.Join(kinds, ", ")}, {Key: v.t("f.condition"), Value: strings.Join(conditions, ", ")}}},
		{Form: &page.Form{Action: at + "/rows", Card: true, Hidden: rev(l.Rev), Parts: []any{rows},
			Buttons: []page.Button{{Text: v.t("rows.do"), Small: true}, {Text: v.t("cancel"), Href: at, Kind: "quiet", Small: true}}}}}
	return v.show(status, s)
}

// AddRows adds pasted rows, all or none.
func (h *Handlers) AddRows(c *gin.Context) error {
	v := h.see(c)
	l, err := v.room(person.SchoolEdit)
	if err != nil {
		return err
	}
	var f struct {
		Rev  int64  `form:"rev"`
		Rows string `form:"rows,raw"`
	}
	if err = form.DecodeWithin(c.Request, &f, form.Limits{Bytes: 256 << 10, Fields: 20, Value: lab.MaxText}); err == nil {
		kinds, conditions := map[string]lab.Kind{}, map[string]lab.Condition{}
		for _, lang := range []string{i18n.Ukrainian, i18n.English} { // the words of either language
			w := h.o.Words.Lang(lang)
			for _, k := range lab.Kinds() {
				kinds[strings.ToLower(w.T("lab.kind."+string(k), nil))], kinds[string(k)] = k, k
			}
			for _, k := range lab.Conditions() {
				conditions[strings.ToLower(w.T("lab.condition."+string(k), nil))], conditions[string(k)] = k, k
			}
		}
		var list []lab.Line
		if list, err = lab.ReadLines(f.Rows, kinds, conditions, h.o.Now().In(i18n.Kyiv).Year()); err == nil {
			if _, err = h.o.Labs.PutAll(v.ctx, gate.Actor(c), l.ID, f.Rev, list); err == nil {
				return v.to(School+"/room/"+l.ID, "rows")
			}
		}
	}
	if fault.Is(err, fault.TooLarge) {
		err = fault.InvalidFields(fault.Field{Pointer: "rows", Key: "lab.rows_long"})
	}
	return v.rowsPage(err)
}
