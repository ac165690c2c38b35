package services

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/eservice"
	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// recentDays is how far back the list of staff looks at use.
const recentDays = 30

// may tells whether the reader may do something here, apart from a fresh sign-in.
func (v *view) may(act person.Action) bool {
	return person.Can(gate.Actor(v.c), act, person.City) != person.Refused
}

// sheet begins a page of staff.
func (v *view) sheet(menu, title string, trail ...page.Link) *page.Sheet {
	s := &page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: v.c.Request.URL.Path, NoIndex: true}, MenuID: menu, Menu: v.h.o.Menu(v.c)}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
	switch done := v.c.Query("done"); done {
	case "verified", "expired", "hidden", "shown", "restored", "corrected", "counts", "published", "saved", "withdrawn":
		s.Done = v.t("done." + done)
	}
	return s
}

func (v *view) staff(status int, s *page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

// boxes builds the fields of a form with the faults of what was typed.
type boxes struct {
	v      *view
	faults []fault.Field
}

func (b boxes) text(name, value, width string, most int) page.Field {
	return page.Field{ID: page.FieldID(name), Name: name, Label: b.v.t("field." + name), Hint: b.hint(name), Error: page.FaultText(b.v.w, b.faults, name), Value: value, Width: width, MaxLength: most}
}

func (b boxes) area(name, value string, rows, most int) page.Field {
	f := b.text(name, value, "", most)
	f.Rows = rows
	return f
}

// hint is the hint of a field, if there is one.
func (b boxes) hint(name string) string {
	key := "service.field." + name + ".hint"
	if s := b.v.w.T(key, nil); s != key {
		return s
	}
	return ""
}

// refused makes of an error what the form shows again.
func (v *view) refused(err error) (sum *page.ErrorSummary, faults []fault.Field, status int, ok bool) {
	return page.Refused(v.w, err)
}

func (v *view) list0() page.Link { return page.Link{Href: Office, Text: v.t("office.title")} }

// state is how an instruction stands, as a tag.
func (v *view) state(e *eservice.Entry) page.Tag {
	switch {
	case e.Hidden:
		return page.Tag{Kind: "bad", Text: v.t("state.hidden")}
	case !e.Fresh(v.now):
		return page.Tag{Kind: "sun", Text: v.t("state.expired")}
	case e.Confirmed == nil:
		return page.Tag{Text: v.t("state.draft")}
	}
	return page.Tag{Kind: "good", Text: v.t("state.verified")}
}

// OfficeList lists all instructions with their state and use.
func (h *Handlers) OfficeList(c *gin.Context) error {
	v := h.see(c)
	recent, err := h.o.Manual.Recent(v.ctx, recentDays)
	if err != nil {
		return err
	}
	by := map[string]eservice.Use{}
	for _, u := range recent {
		by[u.Service] = u
	}
	s := v.sheet("services", v.t("office.title"))
	s.Full, s.Lead = true, v.t("office.lead")
	grid := &page.Grid{Caption: v.t("office.title"), Hidden: true, Cards: true, Empty: v.t("office.none"), Foot: v.t("office.foot"),
		Head: []page.GridHead{{Text: v.t("col.service")}, {Text: v.t("col.state")}, {Text: v.t("col.until")}, {Text: v.t("col.open"), Number: true}, {Text: v.t("col.out"), Number: true}, {Text: v.t("col.yes"), Number: true}, {Text: v.t("col.no"), Number: true}, {Text: v.t("col.stop")}}}
	waits := 0
	for _, e := range h.o.Manual.All() {
		tag, u := v.state(e), by[e.Slug]
		if e.Confirmed == nil {
			waits++
		}
		grid.Rows = append(grid.Rows, page.GridRow{Bad: !e.Fresh(v.now), Cells: []page.GridCell{
			{Text: itoa(e.Number) + ". " + v.in(e.Title), Href: Office + "/" + e.Slug},
			{Tag: &tag, Head: v.t("col.state")}, {Text: v.day(v.until(e)), Head: v.t("col.until")},
			{Text: v.w.Int(u.Open), Number: true, Head: v.t("col.open")}, {Text: v.w.Int(u.Out), Number: true, Head: v.t("col.out")},
			{Text: v.w.Int(u.Yes), Number: true, Head: v.t("col.yes")}, {Text: v.w.Int(u.No), Number: true, Head: v.t("col.no")}, {Text: v.stop(e, u), Head: v.t("col.stop")}}})
	}
	s.Blocks = []page.Block{{Figs: []page.Figure{{Value: itoa(len(h.o.Manual.All())), Text: v.t("fig.all"), Lead: true}, {Value: itoa(waits), Text: v.t("fig.waits")}, {Value: itoa(len(h.o.Manual.Warnings())), Text: v.t("fig.warnings")}},
		Acts: []page.Button{{Text: v.t("office.warnings"), Href: OfficeWarn, Small: true}, {Text: v.t("use.title"), Href: Office + "/use", Kind: "second", Small: true}, {Text: v.t("office.see"), Href: Address, Kind: "second", Small: true}}},
		{Grid: grid}}
	if list := h.o.Manual.ToCheck(); len(list) > 0 {
		b := page.Block{Title: v.t("check.title"), Small: v.t("check.text")}
		for _, one := range list {
			b.Facts = append(b.Facts, page.Row{Key: v.in(one.Title), Value: v.in(one.Ask)})
		}
		s.Blocks = append(s.Blocks, b)
	}
	return v.staff(http.StatusOK, s)
}

// until is the last day on which the text counts as fresh.
func (v *view) until(e *eservice.Entry) string {
	if e.Record != nil && e.Record.Until != "" {
		return e.Record.Until
	}
	return e.ValidUntil
}

// stop is the step where most people stopped.
func (v *view) stop(e *eservice.Entry, u eservice.Use) string {
	best, most := "", int64(0)
	for i, s := range e.Steps {
		if n := u.Stops[s.ID]; n > most {
			best, most = v.t("stop", "N", i+1, "Times", v.w.Int(n)), n
		}
	}
	if best == "" {
		return "–"
	}
	return best
}

// verifyForm is what a person types who confirms a text.
type verifyForm struct {
	Rev    int64  `form:"rev"`
	Hash   string `form:"hash" validate:"max=64"`
	Name   string `form:"name" validate:"max=200"`
	Source string `form:"source" validate:"max=400"`
	On     string `form:"on" validate:"max=20"`
	Until  string `form:"until" validate:"max=20"`
	Read   bool   `form:"read"`
}

// OfficeOne shows one instruction to staff.
func (h *Handlers) OfficeOne(c *gin.Context) error {
	v := h.see(c)
	e, err := h.o.Manual.Any(c.Param("slug"))
	if err != nil {
		return err
	}
	f := verifyForm{On: v.now.In(i18n.Kyiv).Format(time.DateOnly)}
	if len(e.Addresses) > 0 {
		f.Source = e.Addresses[0].URL
	}
	return v.officeOne(http.StatusOK, e, f, nil, nil)
}

func (v *view) officeOne(status int, e *eservice.Entry, f verifyForm, sum *page.ErrorSummary, faults []fault.Field) error {
	s := v.sheet("services", itoa(e.Number)+". "+v.in(e.Title), v.list0())
	s.Errors, s.Failed = sum, sum != nil
	tag := v.state(e)
	facts := []page.Row{{Key: v.t("col.state"), Value: tag.Text}, {Key: v.t("col.until"), Value: v.day(v.until(e))}, {Key: v.t("fact.owner"), Value: e.Owner}}
	if e.Confirmed != nil {
		facts = append(facts, page.Row{Key: v.t("fact.verified"), Value: e.Confirmed.Name + ", " + v.day(e.Confirmed.On)}, page.Row{Key: v.t("fact.source"), Value: e.Confirmed.Source})
	}
	if e.Record != nil && e.Record.Text != nil {
		facts = append(facts, page.Row{Key: v.t("fact.version"), Value: v.t("fact.version.text", "N", e.Record.Version)})
	}
	head := page.Block{Facts: facts, Acts: []page.Button{{Text: v.t("office.see"), Href: at(e.Slug), Kind: "second", Small: true}}}
	if e.Outdated {
		head.Note = &page.Note{Kind: "bad", Title: v.t("outdated"), Text: []string{v.t("outdated.text")}}
	}
	rev := page.Hidden{Name: "rev", Value: strconv.FormatInt(e.Rev(), 10)}
	own := Office + "/" + e.Slug
	button := func(act, kind string, more ...page.Hidden) page.Form {
		return page.Form{Action: own + "/" + strings.TrimSuffix(act, "-back"), Hidden: append([]page.Hidden{rev}, more...), Buttons: []page.Button{{Text: v.t("do." + act), Kind: kind, Small: true}}}
	}
	head.Forms = []page.Form{button("expire", "second")}
	if e.Hidden {
		head.Forms = append(head.Forms, button("hide-back", "second"))
	} else {
		head.Forms = append(head.Forms, button("hide", "bad", page.Hidden{Name: "hide", Value: "true"}))
	}
	if e.Record != nil && e.Record.Text != nil {
		head.Forms = append(head.Forms, button("restore", "second"))
	}
	s.Blocks = []page.Block{head}
	b := boxes{v, faults}
	if v.may(person.ContentPublish) {
		form := &page.Form{Action: own + "/verify", Card: true, Hidden: []page.Hidden{rev, {Name: "hash", Value: eservice.HashOf(e)}},
			Parts: []any{b.text("name", f.Name, "", 120), b.text("source", f.Source, "", 300), b.text("on", f.On, "10", 10), b.text("until", f.Until, "10", 10),
				page.Check{ID: page.FieldID("read"), Name: "read", Value: "true", Label: v.t("field.read"), Error: page.FaultText(v.w, faults, "read")}},
			Buttons: []page.Button{{Text: v.t("do.verify"), Small: true}}}
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("verify.title"), Small: v.t("verify.text"), Form: form})
	}
	recent, err := v.h.o.Manual.Recent(v.ctx, recentDays)
	if err != nil {
		return err
	}
	var use eservice.Use
	if i := slices.IndexFunc(recent, func(u eservice.Use) bool { return u.Service == e.Slug }); i >= 0 {
		use = recent[i]
	}
	grid := &page.Grid{Caption: v.t("h.steps"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.step")}, {Text: v.t("col.stopped"), Number: true}, {Text: v.t("col.act")}}}
	for i, step := range e.Steps {
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: itoa(i+1) + ". " + v.in(step.Text), Small: v.in(step.Detail)}, {Text: v.w.Int(use.Stops[step.ID]), Number: true},
			{Acts: []page.Button{{Text: v.t("do.correct"), Href: own + "/steps/" + step.ID, Kind: "second", Small: true}}}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("h.steps"), Small: v.t("steps.text"), Grid: grid})
	if e.Record != nil && len(e.Record.History) > 0 {
		grid := &page.Grid{Caption: v.t("history"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.when")}, {Text: v.t("col.what")}, {Text: v.t("col.step")}}}
		for _, a := range e.Record.History {
			step := "–"
			if i := slices.IndexFunc(e.Steps, func(s manual.Step) bool { return s.ID == a.Step }); i >= 0 {
				step = itoa(i + 1)
			}
			grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(a.At.Time)}, {Text: v.t("done." + a.What)}, {Text: step}}})
		}
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("history"), Grid: grid})
	}
	return v.staff(status, s)
}

// Verify takes a confirmation by a named person.
func (h *Handlers) Verify(c *gin.Context) error {
	v := h.see(c)
	e, err := h.o.Manual.Any(c.Param("slug"))
	if err != nil {
		return err
	}
	var f verifyForm
	if err = form.Decode(c.Request, &f); err == nil && !f.Read {
		err = fault.InvalidFields(fault.Field{Pointer: "read", Key: "service.read"})
	}
	if err == nil {
		err = h.o.Manual.Verify(v.ctx, gate.Actor(c), e.Slug, eservice.Confirmation{Rev: f.Rev, Hash: f.Hash, Name: f.Name, Source: f.Source, On: f.On, Until: f.Until})
	}
	if err != nil {
		sum, faults, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.officeOne(status, e, f, sum, faults)
	}
	return v.to(Office + "/" + e.Slug + "?done=verified")
}

// act runs one of the buttons of an instruction.
func (v *view) act(done string, do func(e *eservice.Entry, rev int64) error) error {
	e, err := v.h.o.Manual.Any(v.c.Param("slug"))
	if err != nil {
		return err
	}
	var f struct {
		Rev  int64 `form:"rev"`
		Hide bool  `form:"hide"`
	}
	if err := form.Decode(v.c.Request, &f); err != nil {
		return err
	}
	if done == "hidden" && !f.Hide {
		done = "shown"
	}
	if err := do(e, f.Rev); err != nil {
		sum, faults, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.officeOne(status, e, verifyForm{}, sum, faults)
	}
	return v.to(Office + "/" + e.Slug + "?done=" + done)
}

// Expire says that a text must be read again.
func (h *Handlers) Expire(c *gin.Context) error {
	v := h.see(c)
	return v.act("expired", func(e *eservice.Entry, rev int64) error {
		return h.o.Manual.Expire(v.ctx, gate.Actor(c), e.Slug, rev)
	})
}

// Hide takes an instruction out of the public manual, or back.
func (h *Handlers) Hide(c *gin.Context) error {
	v := h.see(c)
	return v.act("hidden", func(e *eservice.Entry, rev int64) error {
		return h.o.Manual.Hide(v.ctx, gate.Actor(c), e.Slug, rev, c.Request.PostForm.Get("hide") != "")
	})
}

// Restore drops corrections.
func (h *Handlers) Restore(c *gin.Context) error {
	v := h.see(c)
	return v.act("restored", func(e *eservice.Entry, rev int64) error {
		return h.o.Manual.Restore(v.ctx, gate.Actor(c), e.Slug, rev)
	})
}

type stepForm struct {
	Rev      int64  `form:"rev"`
	Text     string `form:"text" validate:"max=600"`
	TextEN   string `form:"text_en" validate:"max=600"`
	Detail   string `form:"detail" validate:"max=1500"`
	DetailEN string `form:"detail_en" validate:"max=1500"`
}

// StepForm shows a step to be corrected.
func (h *Handlers) StepForm(c *gin.Context) error {
	v := h.see(c)
	e, err := h.o.Manual.Any(c.Param("slug"))
	if err != nil {
		return err
	}
	s := e.Step(c.Param("step"))
	if s == nil {
		return fault.New(fault.NotFound, "service.no_step")
	}
	return v.stepPage(http.StatusOK, e, stepForm{Rev: e.Rev(), Text: s.Text.UK, TextEN: s.Text.EN, Detail: s.Detail.UK, DetailEN: s.Detail.EN}, nil, nil)
}

func (v *view) stepPage(status int, e *eservice.Entry, f stepForm, sum *page.ErrorSummary, faults []fault.Field) error {
	s := v.sheet("services", v.t("step.title"), v.list0(), page.Link{Href: Office + "/" + e.Slug, Text: v.in(e.Title)})
	s.Errors, s.Failed, s.Narrow, s.Lead = sum, sum != nil, true, v.t("step.lead")
	b := boxes{v, faults}
	s.Blocks = []page.Block{{Form: &page.Form{Action: Office + "/" + e.Slug + "/steps/" + v.c.Param("step"), Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(f.Rev, 10)}},
		Parts:   []any{b.area("text", f.Text, 2, 300), b.area("detail", f.Detail, 4, 1200), b.area("text_en", f.TextEN, 2, 300), b.area("detail_en", f.DetailEN, 4, 1200)},
		Buttons: []page.Button{{Text: v.t("do.save"), Small: true}}}}}
	return v.staff(status, s)
}

// Correct stores a corrected step as a new version of the text.
func (h *Handlers) Correct(c *gin.Context) error {
	v := h.see(c)
	e, err := h.o.Manual.Any(c.Param("slug"))
	if err != nil {
		return err
	}
	if e.Step(c.Param("step")) == nil {
		return fault.New(fault.NotFound, "service.no_step")
	}
	var f stepForm
	if err = form.Decode(c.Request, &f); err == nil {
		err = h.o.Manual.Correct(v.ctx, gate.Actor(c), e.Slug, eservice.Correction{Rev: f.Rev, Step: c.Param("step"), Text: i18n.Text{UK: f.Text, EN: f.TextEN}, Detail: i18n.Text{UK: f.Detail, EN: f.DetailEN}})
	}
	if err != nil {
		sum, faults, status, ok := v.refused(err)
		if !ok {
			return err
		}
		return v.stepPage(status, e, f, sum, faults)
	}
	return v.to(Office + "/" + e.Slug + "?done=corrected")
}
