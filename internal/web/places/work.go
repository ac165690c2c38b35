package places

import (
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Workplaces is the register of a place's workplaces.
func (h *Handlers) Workplaces(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	return v.workplaces(p, &workForm{}, nil)
}

type workForm struct {
	ID        string `form:"id" validate:"max=40"`
	Rev       int64  `form:"rev"`
	Label     string `form:"label" validate:"max=200"`
	Device    string `form:"device" validate:"max=300"`
	Reader    bool   `form:"reader"`
	Scanner   bool   `form:"scanner"`
	Privacy   bool   `form:"privacy"`
	Condition string `form:"condition" validate:"max=20"`
	Gone      bool   `form:"gone"`
}

func (v *view) workplaces(p *place.Place, typed *workForm, refused error) error {
	at := Office + "/" + p.ID + "/workplaces"
	s := v.sheet(at, v.t("work"), v.register(), v.of(p))
	status, faults, err := v.wrong(s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("work.lead")
	list, err := v.h.o.Places.Workplaces(v.ctx, gate.Actor(v.c), p.ID)
	if err != nil {
		return err
	}
	week := place.Week(v.now)
	g := &page.Grid{Caption: v.t("work"), Hidden: true, Cards: true, Empty: v.t("work.none"), Head: []page.GridHead{{Text: v.t("field.label")}, {Text: v.t("field.device")}, {Text: v.t("col.state")}, {Text: v.t("work.faults")}, {Text: v.t("work.week", "Week", week), Number: true}}}
	edit := v.c.Query("edit")
	for _, w := range list {
		var has []string
		for key, on := range map[string]bool{"reader": w.Reader, "scanner": w.Scanner, "privacy": w.Privacy} {
			if on {
				has = append(has, v.t("field."+key))
			}
		}
		if len(has) > 1 {
			sort.Strings(has)
		}
		kind := map[place.Condition]string{place.Working: "good", place.Limited: "sun", place.Broken: "bad"}[w.Condition]
		var open []string
		for _, f := range w.Faults {
			if f.Fixed.IsZero() {
				open = append(open, v.w.Date(f.At.Time)+": "+f.What)
			}
		}
		if edit == w.ID && refused == nil {
			*typed = workForm{ID: w.ID, Rev: w.Rev, Label: w.Label, Device: w.Device, Reader: w.Reader, Scanner: w.Scanner, Privacy: w.Privacy, Condition: string(w.Condition)}
		}
		cell := page.GridCell{Text: strings.Join(open, "; ")}
		if len(open) > 0 {
			cell.Forms = []page.Form{{Action: at + "/fixed", Hidden: []page.Hidden{{Name: "id", Value: w.ID}}, Buttons: []page.Button{{Text: v.t("work.fixed"), Kind: "second", Small: true}}}}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: w.Label, Href: at + "?edit=" + w.ID + "#form", Small: strings.Join(has, ", ")}, {Text: w.Device},
			{Tag: &page.Tag{Text: v.t("condition." + string(w.Condition)), Kind: kind}}, cell, {Text: v.w.Number(w.Used[week], 1), Number: true}}, Bad: w.Condition == place.Broken})
	}
	s.Blocks = append(s.Blocks, page.Block{Figs: v.loadFigures(place.LoadOf(p, list, week)), Grid: g})
	b := builder{v, faults}
	conditions := func(chosen string) []page.Option {
		var out []page.Option
		for _, c := range place.Conditions() {
			out = append(out, page.Option{Value: string(c), Text: v.t("condition." + string(c)), Selected: string(c) == chosen})
		}
		return out
	}
	check := func(name string, on bool) page.Check {
		return page.Check{ID: page.FieldID(name), Name: name, Value: "1", Label: v.t("field." + name), Checked: on}
	}
	title := v.t("work.add")
	f := &page.Form{ID: "form", Action: at, Card: true, Parts: []any{b.text("label", typed.Label, ""), b.text("device", typed.Device, ""), check("reader", typed.Reader), check("scanner", typed.Scanner), check("privacy", typed.Privacy),
		page.Select{ID: page.FieldID("condition"), Name: "condition", Label: v.t("field.condition"), Options: conditions(typed.Condition), Error: page.FaultText(v.w, faults, "condition")}}, Buttons: []page.Button{{Text: v.t("save"), Small: true}}}
	if typed.ID != "" {
		title = v.t("work.edit")
		f.Hidden = []page.Hidden{{Name: "id", Value: typed.ID}, {Name: "rev", Value: strconv.FormatInt(typed.Rev, 10)}}
		f.Parts = append(f.Parts, check("gone", typed.Gone))
	}
	s.Blocks = append(s.Blocks, page.Block{Title: title, Form: f})
	if len(list) > 0 {
		var seats []page.Option
		for _, w := range list {
			seats = append(seats, page.Option{Value: w.ID, Text: w.Label})
		}
		pick := func(id string) page.Select {
			return page.Select{ID: id, Name: "id", Label: v.t("field.label"), Options: append([]page.Option(nil), seats...)}
		}
		s.Blocks = append(s.Blocks,
			page.Block{Title: v.t("work.fault"), Form: &page.Form{Action: at + "/fault", Card: true, Row: true, Parts: []any{pick("f-fault-id"), b.text("what", form.Typed(v.c.Request, "what"), ""),
				page.Select{ID: "f-fault-condition", Name: "condition", Label: v.t("field.condition"), Options: conditions(string(place.Broken))}}, Buttons: []page.Button{{Text: v.t("save"), Kind: "second", Small: true}}}},
			page.Block{Title: v.t("work.use"), Form: &page.Form{Action: at + "/use", Card: true, Row: true, Parts: []any{pick("f-use-id"), b.pick("week", week, v.weeks()), b.text("hours", form.Typed(v.c.Request, "hours"), "6")}, Buttons: []page.Button{{Text: v.t("save"), Kind: "second", Small: true}}}})
	}
	return v.show(status, s)
}

// weeks are those of the last quarter, this one first.
func (v *view) weeks() (list []page.Option) {
	for i := range 13 {
		w := place.Week(v.now.AddDate(0, 0, -7*i))
		list = append(list, page.Option{Value: w, Text: w})
	}
	return list
}

func (v *view) loadFigures(l place.Load) []page.Figure {
	share := "—"
	if s := l.Share(); s >= 0 {
		share = v.w.Number(s*100, 0) + " %"
	}
	return []page.Figure{{Value: v.w.Int(int64(l.Working)) + "/" + v.w.Int(int64(l.Seats)), Text: v.t("work.working")}, {Value: v.w.Number(l.Hours, 1), Text: v.t("work.hours")}, {Value: share, Text: v.t("work.share")}}
}

// workAct does one act on the register of workplaces and leads back.
func (h *Handlers) workAct(c *gin.Context, done string, act func(v *view, p *place.Place) error) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	if err := act(v, p); err != nil {
		return v.workplaces(p, &workForm{}, err)
	}
	return v.to(Office+"/"+p.ID+"/workplaces", done)
}

// SaveWorkplace adds or changes a workplace.
func (h *Handlers) SaveWorkplace(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	var f workForm
	if err = form.Decode(c.Request, &f); err == nil {
		err = h.o.Places.SaveWorkplace(v.ctx, gate.Actor(c), &place.Workplace{Doc: store.Doc{ID: f.ID, Rev: f.Rev}, Place: p.ID, Label: f.Label, Device: f.Device, Reader: f.Reader, Scanner: f.Scanner, Privacy: f.Privacy, Condition: place.Condition(f.Condition), Gone: f.Gone})
	}
	if err != nil {
		return v.workplaces(p, &f, err)
	}
	if f.Gone {
		return v.to(Office+"/"+p.ID+"/workplaces", "work_gone")
	}
	return v.to(Office+"/"+p.ID+"/workplaces", "work")
}

// ReportFault notes what does not work.
func (h *Handlers) ReportFault(c *gin.Context) error {
	return h.workAct(c, "fault", func(v *view, p *place.Place) error {
		var f struct {
			ID        string `form:"id" validate:"required,max=40"`
			What      string `form:"what" validate:"max=400"`
			Condition string `form:"condition" validate:"max=20"`
		}
		if err := form.Decode(c.Request, &f); err != nil {
			return err
		}
		return h.o.Places.Report(v.ctx, gate.Actor(c), p.ID, f.ID, f.What, place.Condition(f.Condition))
	})
}

// Fixed closes the faults of a workplace.
func (h *Handlers) Fixed(c *gin.Context) error {
	return h.workAct(c, "fixed", func(v *view, p *place.Place) error {
		var f struct {
			ID string `form:"id" validate:"required,max=40"`
		}
		if err := form.Decode(c.Request, &f); err != nil {
			return err
		}
		return h.o.Places.Fixed(v.ctx, gate.Actor(c), p.ID, f.ID)
	})
}

// Use sets the hours of a week.
func (h *Handlers) Use(c *gin.Context) error {
	return h.workAct(c, "used", func(v *view, p *place.Place) error {
		var f struct {
			ID    string   `form:"id" validate:"required,max=40"`
			Week  string   `form:"week" validate:"required,max=10"`
			Hours *float64 `form:"hours" validate:"required"`
		}
		if err := form.Decode(c.Request, &f); err != nil {
			return err
		}
		return h.o.Places.Use(v.ctx, gate.Actor(c), p.ID, f.ID, f.Week, *f.Hours)
	})
}

// LoadPage is the weekly load of all workplaces, for those who read the office.
func (h *Handlers) LoadPage(c *gin.Context) error {
	v := h.see(c)
	week := c.Query("week")
	if len(week) != 8 {
		week = place.Week(v.now.AddDate(0, 0, -7)) // the last whole one
	}
	list, err := h.o.Places.Loads(v.ctx, gate.Actor(c), week)
	if err != nil {
		return err
	}
	s := v.sheet(Load, v.t("load"), v.register())
	s.Lead = v.t("load.lead")
	g := &page.Grid{Caption: v.t("load"), Hidden: true, Cards: true, Empty: v.t("work.none"), Head: []page.GridHead{{Text: v.t("col.place")}, {Text: v.t("work.seats"), Number: true}, {Text: v.t("work.working"), Number: true}, {Text: v.t("work.faults"), Number: true}, {Text: v.t("work.hours"), Number: true}, {Text: v.t("work.share"), Number: true}}}
	for _, l := range list {
		share := "—"
		if x := l.Share(); x >= 0 {
			share = v.w.Number(x*100, 0) + " %"
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: l.Place.Name.In(v.lang)}, {Text: strconv.Itoa(l.Seats)}, {Text: strconv.Itoa(l.Working)}, {Text: strconv.Itoa(l.Faults)}, {Text: v.w.Number(l.Hours, 1)}, {Text: share}}, Bad: l.Faults > 0})
	}
	options := v.weeks()
	for i := range options {
		options[i].Selected = options[i].Value == week
	}
	s.Blocks = []page.Block{{Noprint: true, Form: &page.Form{Action: Load, Get: true, Row: true, Card: true, Parts: []any{page.Select{ID: page.FieldID("week"), Name: "week", Label: v.t("field.week"), Options: options}}, Buttons: []page.Button{{Text: v.t("show"), Small: true}}}}, {Title: week, Grid: g, Text: []string{v.t("load.how")}}}
	return v.show(http.StatusOK, s)
}
