package help

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/help"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// queueRows is how many questions stand on a page.
const queueRows = 30

// Queue shows what waits, by the moment it is due, or what is done.
func (h *Handlers) Queue(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Shelf  string `form:"shelf" validate:"omitempty,oneof=waiting done"`
		Cursor string `form:"cursor" validate:"max=600"`
	}
	if err := form.DecodeQuery(c.Request, &f); err != nil {
		return err
	}
	shelf := help.Waiting
	if f.Shelf == string(help.Done) {
		shelf = help.Done
	}
	list, err := h.o.Help.List(v.ctx, v.actor(), shelf, store.Cursor(f.Cursor), queueRows)
	if err != nil {
		return err
	}
	set, err := h.o.Help.Settings(v.ctx)
	if err != nil {
		return err
	}
	s := v.sheet(Office, "help", v.t("queue"))
	s.Lead = v.t("queue.lead")
	acts := []page.Button{{Text: v.t("take.new"), Href: Office + "/new", Small: true}, {Text: v.t("script"), Href: Office + "/script", Kind: "second", Small: true}}
	if v.may(person.HelpEdit) {
		acts = append(acts, page.Button{Text: v.t("articles"), Href: Articles, Kind: "second", Small: true})
	}
	acts = append(acts, page.Button{Text: v.t("stats"), Href: Stats, Kind: "second", Small: true})
	if v.may(person.HelpSettings) {
		acts = append(acts, page.Button{Text: v.t("settings"), Href: Office + "/settings", Kind: "second", Small: true})
	}
	s.Blocks = append(s.Blocks, page.Block{Acts: acts, Noprint: true})
	if !set.Known() {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Text: []string{v.t("settings.unset")}}})
	}
	s.Blocks = append(s.Blocks, page.Block{Noprint: true, Form: &page.Form{Action: Office + "/find", Row: true, Card: true,
		Parts:   []any{page.Field{ID: page.FieldID("number"), Name: "number", Label: v.t("find"), Width: "10", InputMode: "numeric", Autocomplete: "off", MaxLength: 20}},
		Buttons: []page.Button{{Text: v.t("find.go"), Kind: "second", Small: true}}}})

	grid := &page.Grid{Caption: v.t("shelf." + string(shelf)), Hidden: true, Empty: v.t("shelf." + string(shelf) + ".none"), Cards: true,
		Head: []page.GridHead{{Text: v.t("col.number")}, {Text: v.t("col.question")}, {Text: v.t("col.topic")}, {Text: v.t("col.due")}, {Text: v.t("col.state")}}}
	now := h.o.Now()
	for _, q := range list.Items {
		row := page.GridRow{Bad: q.State == help.Open && now.After(q.Due.Time), Cells: []page.GridCell{
			{Text: q.Spoken(), Href: Office + "/q/" + q.ID, Small: v.t("way." + string(q.Way))},
			{Text: cut(q.Masked, 140), Head: v.t("col.question")}, {Text: v.topic(q.Topic), Head: v.t("col.topic")},
			{Text: v.moment(q.Due.Time), Head: v.t("col.due")}, {Tag: v.tag(q), Head: v.t("col.state")}}}
		if shelf == help.Done {
			row.Cells[3].Text = v.stored(q.Done)
		}
		grid.Rows = append(grid.Rows, row)
	}
	tab := func(x help.Shelf) page.Button {
		b := page.Button{Text: v.t("shelf." + string(x)), Href: Office + "?shelf=" + string(x), Small: true, Kind: "quiet"}
		if x == shelf {
			b.Kind = "second"
		}
		return b
	}
	block := page.Block{ID: "list", Title: v.t("shelf." + string(shelf)), Grid: grid, Pager: &page.Pager{}}
	at := func(cursor store.Cursor) string {
		return Office + "?" + url.Values{"shelf": {string(shelf)}, "cursor": {string(cursor)}}.Encode()
	}
	if list.Prev != "" {
		block.Pager.Previous = &page.Link{Href: at(list.Prev), Text: v.t("before")}
	}
	if list.Next != "" {
		block.Pager.Next = &page.Link{Href: at(list.Next), Text: v.t("after")}
	}
	s.Blocks = append(s.Blocks, page.Block{Acts: []page.Button{tab(help.Waiting), tab(help.Done)}, Noprint: true}, block)
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

func (v *view) stored(s string) string {
	var t store.Time
	if err := t.UnmarshalJSON([]byte(`"` + s + `"`)); err != nil || t.IsZero() {
		return "–"
	}
	return v.moment(t.Time)
}

// tag says how far a question is.
func (v *view) tag(q *help.Question) *page.Tag {
	switch {
	case q.State == help.Answered:
		return &page.Tag{Text: v.t("state.answered"), Kind: "good"}
	case q.State == help.Closed:
		return &page.Tag{Text: v.t("state.closed")}
	}
	switch held := q.HeldBy(v.h.o.Now()); held {
	case "":
		return &page.Tag{Text: v.t("state.free"), Kind: "sun"}
	case v.actor().Person:
		return &page.Tag{Text: v.t("state.mine"), Kind: "main"}
	}
	return &page.Tag{Text: v.t("state.held")}
}

// FindNumber leads to a question by its number.
func (h *Handlers) FindNumber(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Number string `form:"number"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	q, err := h.o.Help.Look(v.ctx, v.actor(), f.Number)
	if err != nil {
		return err
	}
	return v.to(Office + "/q/" + q.ID)
}

// TakeForm is the form of a question that somebody says by telephone or at a desk.
func (h *Handlers) TakeForm(c *gin.Context) error {
	v := h.see(c)
	return v.takePage(&asking{Once: newOnce(), Way: string(v.ways()[0]), Reply: string(help.ByCall)}, nil)
}

// ways are those this actor may write down: the telephone is the operators'.
func (v *view) ways() []help.Way {
	if person.Can(v.actor(), person.HelpTake, person.City).OK() {
		return []help.Way{help.ByPhone, help.AtDesk}
	}
	return []help.Way{help.AtDesk}
}

// TakeDown stores it and shows number and code to be told.
func (h *Handlers) TakeDown(c *gin.Context) error {
	v := h.see(c)
	var f asking
	if err := form.DecodeWithin(c.Request, &f, askLimits); err != nil {
		return v.takePage(&f, err)
	}
	a := f.domain(v.lang)
	a.Lang = "uk"
	if a.Way != help.AtDesk {
		a.Way, a.Place = help.ByPhone, ""
	}
	asked, err := h.o.Help.Ask(v.ctx, gate.Actor(c), a)
	if err != nil {
		return v.takePage(&f, err)
	}
	v.remember(asked.ID, asked.Code, asked.Token, Office+"/given/"+asked.ID)
	return v.to(Office + "/given/" + asked.ID)
}

func (v *view) takePage(f *asking, refused error) error {
	p := &TakePage{Sheet: v.sheet(Office+"/new", "help-new", v.t("take.new"), v.queueLink())}
	p.Lead = v.t("take.lead")
	status, err := v.wrong(&p.Sheet, refused)
	if err != nil {
		return err
	}
	if len(f.Once) < 16 || len(f.Once) > 64 {
		f.Once = newOnce()
	}
	ways := page.Choices{ID: page.FieldID("way"), Name: "way", Legend: v.t("take.way")}
	for i, w := range v.ways() {
		id := page.FieldID("way")
		if i > 0 {
			id += "-" + string(w)
		}
		ways.Items = append(ways.Items, page.Choice{ID: id, Value: string(w), Label: v.t("way." + string(w)), Checked: f.Way == string(w)})
	}
	p.Parts = append([]any{ways}, v.fields(f, v.topicList(f.Topic))...)
	mine, everywhere := v.actor().Venues(person.HelpTake)
	places := page.Select{ID: page.FieldID("place"), Name: "place", Label: v.t("take.place"), Options: []page.Option{{Text: v.t("take.place.none")}}}
	for _, x := range v.h.o.Places() {
		if everywhere || contains(mine, x.ID) {
			places.Options = append(places.Options, page.Option{Value: x.ID, Text: x.Name.In(v.lang), Selected: f.Place == x.ID || !everywhere && len(mine) == 1})
		}
	}
	p.Parts = append(p.Parts, places)
	p.Once, p.Go = f.Once, page.Button{Text: v.t("take.go"), Small: true}
	p.May = page.Note{Kind: "good", Title: v.t("script.may"), List: v.all("script.may"), Level: 2}
	p.Red = page.Note{Kind: "bad", Title: v.t("script.red"), List: v.all("script.red"), Level: 2}
	p.Ready()
	return v.render(status, "help/take", p)
}

// TakePage is the form with the script beside it.
type TakePage struct {
	page.Sheet
	Once  string
	Parts []any
	Go    page.Button
	May   page.Note
	Red   page.Note
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Given shows number and code, once more than is told.
func (h *Handlers) Given(c *gin.Context) error {
	v := h.see(c)
	number := c.Param("number")
	code, token := v.held(number)
	o, err := h.o.Help.Mine(v.ctx, number, token)
	if err != nil {
		return err
	}
	s := v.sheet(Office+"/given/"+o.ID, "help", v.t("given"), v.queueLink())
	s.Lead = v.t("given.lead")
	s.Blocks = []page.Block{
		{Secret: &page.Secret{Title: v.t("given.number"), Value: o.Spoken()}},
		{Secret: &page.Secret{Title: v.t("given.code"), Value: help.Grouped(code), Text: v.t("given.code.text")}},
		{Words: []string{v.t("given.say.1", "When", v.moment(o.Due.Time)), v.t("given.say.2"), v.t("q.reply."+string(o.Reply), "Number", o.Spoken())}},
	}
	acts := []page.Button{{Text: v.t("take.another"), Href: Office + "/new", Kind: "second", Small: true}}
	if v.may(person.HelpAnswer) {
		acts = append([]page.Button{{Text: v.t("given.open"), Href: Office + "/q/" + o.ID, Small: true}}, acts...)
	}
	s.Blocks = append(s.Blocks, page.Block{Acts: acts, Noprint: true})
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}

func (v *view) queueLink() page.Link {
	if v.may(person.HelpAnswer) {
		return page.Link{Href: Office, Text: v.t("queue")}
	}
	return page.Link{Href: "/mentor", Text: v.t("desk")}
}

// Script is what an operator says and never asks.
func (h *Handlers) Script(c *gin.Context) error {
	v := h.see(c)
	s := v.sheet(Office+"/script", "help", v.t("script"), v.queueLink())
	s.Lead = v.t("script.lead")
	fraud := v.fraud()
	s.Blocks = []page.Block{
		{Note: &fraud},
		{Title: v.t("script.call"), Words: v.all("script.call")},
		{Note: &page.Note{Kind: "good", Title: v.t("script.may"), List: v.all("script.may")}},
		{Note: &page.Note{Kind: "bad", Title: v.t("script.red"), List: v.all("script.red")}},
		{Title: v.t("script.back"), Words: v.all("script.back")},
		{ID: "test", Title: v.t("script.test"), Words: v.all("script.test")},
	}
	if v.may(person.SittingPhone) {
		s.Blocks[len(s.Blocks)-1].Acts = []page.Button{{Text: v.t("script.test.go"), Href: v.h.o.Calls, Small: true}}
	}
	return v.render(http.StatusOK, "page/sheet", s.Ready())
}
