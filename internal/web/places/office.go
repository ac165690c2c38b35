package places

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/place"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

const officeRows = 50

// done are the acts that a page may name when it is read after one.
var done = map[string]bool{"added": true, "edited": true, "hidden": true, "shown": true, "confirmed": true, "outages": true, "removed": true, "photo": true, "photo_gone": true,
	"applied": true, "working": true, "undone": true, "reread": true, "work": true, "fault": true, "fixed": true, "used": true, "work_gone": true}

// sheet begins a page of staff.
func (v *view) sheet(path, title string, trail ...page.Link) *page.Sheet {
	s := &page.Sheet{Base: page.Base{Lang: v.lang, Title: title, Path: path}, MenuID: "places"}
	if v.h.o.Menu != nil {
		s.Menu = v.h.o.Menu(v.c)
	}
	s.Crumbs = append([]page.Link{{Href: "/office", Text: v.t("office")}}, trail...)
	if d := v.c.Query("done"); done[d] {
		s.Done = v.t("done." + d)
	}
	return s
}

func (v *view) register() page.Link { return page.Link{Href: Office, Text: v.t("register")} }

func (v *view) of(p *place.Place) page.Link {
	return page.Link{Href: Office + "/" + p.ID, Text: p.Name.In(v.lang)}
}

func (v *view) show(status int, s *page.Sheet) error {
	v.c.Header("Cache-Control", "no-store")
	return v.h.o.Pages.Render(v.c.Writer, status, "page/sheet", s.Ready())
}

// to ends a POST.
func (v *view) to(path, done string) error {
	v.c.Header("Cache-Control", "no-store")
	page.SeeOther(v.c.Writer, v.c.Request, path+"?done="+done)
	return nil
}

// may tells whether the reader may do something to a thing, a missing proof aside.
func (v *view) may(act person.Action, s person.Subject) bool {
	a := *gate.Actor(v.c)
	a.Fresh = true
	return person.Can(&a, act, s).OK()
}

// wrong puts what was refused on the page; 200 when nothing was.
func (v *view) wrong(s *page.Sheet, err error) (status int, faults []fault.Field, rest error) {
	if err == nil {
		return http.StatusOK, nil, nil
	}
	f := fault.As(err)
	if f != nil && f.Kind == fault.Invalid && len(f.Fields) > 0 {
		sum := page.Summary(v.w, f.Fields, v.label)
		s.Errors, s.Failed = &sum, true
		return http.StatusUnprocessableEntity, f.Fields, nil
	}
	sum, faults, status, ok := page.Refused(v.w, err)
	if !ok {
		return 0, nil, err
	}
	s.Errors, s.Failed = sum, true
	return status, faults, nil
}

// label is the name of a field in a summary of faults.
func (v *view) label(name string) string {
	if i := slices.Index(dayFields(), name); i >= 0 {
		return v.t("day." + weekdays[i])
	}
	if f, ok := strings.CutPrefix(name, "class."); ok {
		return v.t("class.of." + f)
	}
	key := "place.field." + name
	if text := v.w.T(key, nil); text != key {
		return text
	}
	return ""
}

// mine tells whether a place is one the reader works on.
func (v *view) mine() func(*place.Place) bool {
	a := gate.Actor(v.c)
	venues, all := a.Venues(person.PlaceHide)
	return func(p *place.Place) bool { return all || slices.Contains(venues, p.ID) }
}

// officeAsked is the query of the register.
type officeAsked struct {
	Q     string `form:"q" validate:"max=100"`
	Kind  string `form:"kind" validate:"max=30"`
	State string `form:"state" validate:"max=20"`
	Page  string `form:"page" validate:"max=6"`
}

var officeStates = []string{"hidden", "stale", "unverified", "nopoint", "nohours"}

func (a *officeAsked) fits(v *view, p *place.Place) bool {
	if a.Kind != "" && string(p.Kind) != a.Kind {
		return false
	}
	switch a.State {
	case "hidden":
		return p.Hidden != nil
	case "stale":
		return p.Freshness(v.now) != place.Fresh
	case "unverified":
		return !p.Verified
	case "nopoint":
		return p.Point == nil
	case "nohours":
		return !p.Hours.Known
	}
	return true
}

func (a *officeAsked) address(pageNumber int) string {
	q := url.Values{}
	for name, value := range map[string]string{"q": a.Q, "kind": a.Kind, "state": a.State} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if pageNumber > 1 {
		q.Set("page", strconv.Itoa(pageNumber))
	}
	if len(q) == 0 {
		return Office
	}
	return Office + "?" + q.Encode()
}

// Register lists the places the reader works on.
func (h *Handlers) Register(c *gin.Context) error {
	v := h.see(c)
	var a officeAsked
	bad := form.DecodeQuery(c.Request, &a)
	s := v.sheet(a.address(1), v.t("register"))
	status, _, err := v.wrong(s, bad)
	if err != nil {
		return err
	}
	if s.Lead = v.t("register.lead"); h.o.Limits != "" {
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Note: &page.Note{Text: []string{v.t("limits.staff")}, Link: &page.Link{Href: h.o.Limits, Text: v.t("limits")}}})
	}
	mine, words := v.mine(), strings.Fields(strings.ToLower(a.Q))
	var list []*place.Place
	counts := map[string]int{}
	for _, p := range h.o.Places.All() {
		if !mine(p) {
			continue
		}
		for _, st := range officeStates {
			if (&officeAsked{State: st}).fits(v, p) {
				counts[st]++
			}
		}
		text := strings.ToLower(p.Name.UK + " " + p.Name.EN + " " + p.Address.UK + " " + p.ID)
		if a.fits(v, p) && !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			list = append(list, p)
		}
	}
	number := 1
	if n, err := strconv.Atoi(a.Page); err == nil && n > 1 {
		number = n
	}
	last := max(1, (len(list)+officeRows-1)/officeRows)
	number = min(number, last)
	part := list[(number-1)*officeRows : min(number*officeRows, len(list))]
	block := page.Block{Text: []string{v.n("found", len(list))}, Grid: v.registerGrid(part)}
	if last > 1 {
		block.Pager = &page.Pager{}
		if number > 1 {
			block.Pager.Previous = &page.Link{Href: a.address(number - 1), Text: v.t("before")}
		}
		if number < last {
			block.Pager.Next = &page.Link{Href: a.address(number + 1), Text: v.t("after")}
		}
	}
	acts := page.Block{Noprint: true}
	if v.may(person.PlaceEdit, person.City) {
		acts.Acts = append(acts.Acts, page.Button{Text: v.t("add"), Href: Office + "/new", Small: true}, page.Button{Text: v.t("imports"), Href: Imports, Kind: "second", Small: true})
	}
	if v.may(person.OfficeRead, person.City) {
		acts.Acts = append(acts.Acts, page.Button{Text: v.t("coverage"), Href: Coverage, Kind: "second", Small: true}, page.Button{Text: v.t("load"), Href: Load, Kind: "second", Small: true})
	}
	s.Blocks = append(s.Blocks, acts, page.Block{Noprint: true, Form: v.registerForm(&a, counts)}, block)
	return v.show(status, s)
}

func (v *view) registerForm(a *officeAsked, counts map[string]int) *page.Form {
	kinds := []page.Option{{Text: v.t("filter.kind.all")}}
	for _, k := range place.Kinds() {
		kinds = append(kinds, page.Option{Value: string(k), Text: v.t("kind." + string(k)), Selected: a.Kind == string(k)})
	}
	states := []page.Option{{Text: v.t("filter.kind.all")}}
	for _, st := range officeStates {
		states = append(states, page.Option{Value: st, Text: v.t("filter.state."+st) + " (" + v.w.Int(int64(counts[st])) + ")", Selected: a.State == st})
	}
	return &page.Form{Action: Office, Get: true, Row: true, Card: true, Parts: []any{
		page.Field{ID: page.FieldID("q"), Name: "q", Label: v.t("register.q"), Value: a.Q, Type: "search", MaxLength: 100, Plain: true},
		page.Select{ID: page.FieldID("kind"), Name: "kind", Label: v.t("filter.kind"), Options: kinds},
		page.Select{ID: page.FieldID("state"), Name: "state", Label: v.t("filter.state"), Options: states},
	}, Buttons: []page.Button{{Text: v.t("show"), Small: true}, {Text: v.t("clear"), Href: Office, Kind: "quiet", Small: true}}}
}

func (v *view) registerGrid(list []*place.Place) *page.Grid {
	g := &page.Grid{Caption: v.t("register"), Hidden: true, Cards: true, Empty: v.t("register.none"),
		Head: []page.GridHead{{Text: v.t("col.place")}, {Text: v.t("filter.kind")}, {Text: v.t("col.now")}, {Text: v.t("col.confirmed")}, {Text: v.t("col.state")}}}
	for _, p := range list {
		f, _ := v.h.o.Places.Face(p.ID, place.Staff)
		if p.Hidden != nil {
			f = place.Face{Confirmed: p.Confirmed.Unix(), Fresh: p.Freshness(v.now)}
			if p.Confirmed.IsZero() {
				f.Confirmed = 0
			}
		}
		fresh, _ := v.fresh(&f)
		now := v.state(p.Hours.At(v.now))
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{
			{Text: p.Name.In(v.lang), Small: line(" · ", p.Address.In(v.lang), v.districtOf(p)), Href: Office + "/" + p.ID},
			{Text: v.t("kind." + string(p.Kind))}, {Tag: &now}, {Text: fresh}, {Tags: v.marks(p)}}, Bad: p.Hidden != nil})
	}
	return g
}

func (v *view) districtOf(p *place.Place) string {
	if p.District == "" {
		return ""
	}
	return v.h.o.Places.DistrictName(p.District, v.lang)
}

// marks are what staff should see of a place at once.
func (v *view) marks(p *place.Place) (list []page.Tag) {
	add := func(on bool, key, kind string) {
		if on {
			list = append(list, page.Tag{Text: v.t("mark." + key), Kind: kind})
		}
	}
	add(p.Hidden != nil, "hidden", "bad")
	add(p.Demo, "demo", "sun")
	add(!p.Verified, "unverified", "sun")
	add(p.Point == nil, "nopoint", "plain")
	add(!p.Hours.Known, "nohours", "plain")
	add(p.Freshness(v.now) == place.Stale, "stale", "sun")
	return list
}

// find reads the place of the address, and asks whether the reader may do act there.
func (v *view) find(act person.Action) (*place.Place, error) {
	p, ok := v.h.o.Places.ByID(v.c.Param("id"))
	if !ok {
		return nil, fault.New(fault.NotFound, "")
	}
	return p, gate.Check(v.c, act, person.At(p.ID))
}

// One is the page of a place for staff.
func (h *Handlers) One(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceHide)
	if err != nil {
		return err
	}
	return v.one(p, nil)
}

func (v *view) one(p *place.Place, refused error) error {
	s := v.sheet(Office+"/"+p.ID, p.Name.In(v.lang), v.register())
	status, faults, err := v.wrong(s, refused)
	if err != nil {
		return err
	}
	s.Kicker = v.t("kind." + string(p.Kind))
	at := Office + "/" + p.ID
	edits := v.may(person.PlaceEdit, person.At(p.ID))
	state := v.state(p.Hours.At(v.now))
	face := place.Face{Fresh: p.Freshness(v.now)}
	if !p.Confirmed.IsZero() {
		face.Confirmed = p.Confirmed.Unix()
	}
	fresh, _ := v.fresh(&face)
	facts := []page.Row{{Key: v.t("col.now"), Value: state.Text}, {Key: v.t("field.address"), Value: line(" · ", p.Address.In(v.lang), v.districtOf(p))}, {Key: v.t("col.confirmed"), Value: fresh}}
	if p.Point != nil {
		facts = append(facts, page.Row{Key: v.t("field.point"), Value: coordinates6(*p.Point)})
	} else {
		facts = append(facts, page.Row{Key: v.t("field.point"), Value: v.t("no_point")})
	}
	if p.Hidden != nil {
		facts = append(facts, page.Row{Key: v.t("mark.hidden"), Value: v.t("hidden.since", "When", v.w.DateTime(p.Hidden.At.Time), "Why", p.Hidden.Why)})
	}
	for _, one := range []struct{ key, text string }{{"generator", p.Inside.Generator}, {"links", p.Inside.Links}, {"inside_shelter", p.Inside.Shelter}, {"stock", p.Inside.Stock}, {"note", p.Inside.Note}} {
		if one.text != "" {
			facts = append(facts, page.Row{Key: v.t("field." + one.key), Value: one.text})
		}
	}
	if len(p.Sources) > 0 {
		facts = append(facts, page.Row{Key: v.t("sources"), Value: strings.Join(p.Sources, "; ")})
	}
	main := page.Block{Facts: facts}
	if p.Hidden == nil {
		main.Acts = append(main.Acts, page.Button{Text: v.t("see.public"), Href: Address + "/" + p.Slug, Kind: "second", Small: true})
	}
	if edits {
		main.Acts = append([]page.Button{{Text: v.t("edit"), Href: at + "/edit", Small: true}}, main.Acts...)
		main.Acts = append(main.Acts, page.Button{Text: v.t("work"), Href: at + "/workplaces", Kind: "second", Small: true})
		main.Forms = append(main.Forms, page.Form{Action: at + "/confirm", Buttons: []page.Button{{Text: v.t("confirm"), Kind: "second", Small: true}}})
		if p.Hours.Outages {
			main.Forms = append(main.Forms, page.Form{Action: at + "/confirm", Hidden: []page.Hidden{{Name: "outages", Value: "1"}}, Buttons: []page.Button{{Text: v.t("confirm.outages"), Kind: "second", Small: true}}})
		}
	}
	s.Blocks = append(s.Blocks, main)
	if p.Hidden == nil {
		s.Blocks = append(s.Blocks, page.Block{ID: "hide", Noprint: true, Title: v.t("hide"), Text: []string{v.t("hide.text")}, Form: &page.Form{Action: at + "/hide", Card: true, Parts: []any{
			page.Field{ID: page.FieldID("why"), Name: "why", Label: v.t("field.why"), Hint: v.t("hint.why"), MaxLength: 200, Value: form.Typed(v.c.Request, "why"), Error: page.FaultText(v.w, faults, "why")}},
			Buttons: []page.Button{{Text: v.t("hide"), Kind: "bad", Small: true}}}})
	} else {
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Title: v.t("show.again"), Text: []string{v.t("show.text")}, Forms: []page.Form{{Action: at + "/show", Buttons: []page.Button{{Text: v.t("show.again"), Small: true}}}}})
	}
	if edits {
		s.Blocks = append(s.Blocks, v.photoBlock(p))
		s.Blocks = append(s.Blocks, page.Block{Noprint: true, Title: v.t("remove"), Text: []string{v.t("remove.text")},
			Forms: []page.Form{{Action: at + "/remove", Buttons: []page.Button{{Text: v.t("remove"), Kind: "bad", Small: true, Confirm: v.t("remove.sure")}}}}})
	}
	return v.show(status, s)
}

func coordinates6(p place.Point) string {
	return strconv.FormatFloat(p.Lat, 'f', 6, 64) + ", " + strconv.FormatFloat(p.Lon, 'f', 6, 64)
}

// Hide takes a place off everything public.
func (h *Handlers) Hide(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceHide)
	if err != nil {
		return err
	}
	var f struct {
		Why string `form:"why" validate:"max=200"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		_, err = h.o.Places.Hide(v.ctx, gate.Actor(c), p.ID, f.Why)
	}
	if err != nil {
		return v.one(p, err)
	}
	return v.to(Office+"/"+p.ID, "hidden")
}

// ShowAgain brings a hidden place back.
func (h *Handlers) ShowAgain(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceHide)
	if err == nil {
		_, err = h.o.Places.Show(v.ctx, gate.Actor(c), p.ID)
	}
	if err != nil {
		return err
	}
	return v.to(Office+"/"+p.ID, "shown")
}

// Confirm says that everything is true today, or the hours after power cuts are.
func (h *Handlers) Confirm(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	var f struct {
		Outages bool `form:"outages"`
	}
	if err := form.Decode(c.Request, &f); err != nil {
		return err
	}
	if _, err := h.o.Places.Confirm(v.ctx, gate.Actor(c), p.ID, f.Outages); err != nil {
		return v.one(p, err)
	}
	if f.Outages {
		return v.to(Office+"/"+p.ID, "outages")
	}
	return v.to(Office+"/"+p.ID, "confirmed")
}

// Remove takes a place out for good.
func (h *Handlers) Remove(c *gin.Context) error {
	v := h.see(c)
	p, err := v.find(person.PlaceEdit)
	if err != nil {
		return err
	}
	if err := h.o.Places.Remove(v.ctx, gate.Actor(c), p.ID); err != nil {
		return v.one(p, err)
	}
	return v.to(Office, "removed")
}
