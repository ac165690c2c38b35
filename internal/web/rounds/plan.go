package rounds

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// planForm is what is typed of a round before it opens.
type planForm struct {
	Rev     int64             `form:"rev"`
	TitleUK string            `form:"title_uk" validate:"max=200"`
	TitleEN string            `form:"title_en" validate:"max=200"`
	Year    int64             `form:"year"`
	Opens   string            `form:"opens" validate:"max=20"`
	Closes  string            `form:"closes" validate:"max=20"`
	Pilot   bool              `form:"pilot"`
	Asked   map[string]string `form:"instrument_*"`
	Kinds   []string          `form:"kinds"`
	In      string            `form:"in" validate:"max=40"`
}

// onto puts what was typed on a round.
func (f *planForm) onto(r round.Round) (round.Round, error) {
	r.Title, r.Year, r.Pilot = i18n.Text{UK: f.TitleUK, EN: f.TitleEN}, int(f.Year), f.Pilot
	r.Asked = nil
	for _, role := range institution.Roles() {
		if slug := f.Asked[string(role)]; slug != "" {
			r.Asked = append(r.Asked, round.Asked{Role: role, Instrument: slug})
		}
	}
	var faults []fault.Field
	if at, ok := day(f.Opens); ok {
		r.Opens = store.At(at)
	} else {
		faults = append(faults, fault.Field{Pointer: "opens", Key: "institution.day"})
	}
	if at, ok := day(f.Closes); ok {
		r.Closes = store.At(at.AddDate(0, 0, 1)) // the whole of the last day
	} else {
		faults = append(faults, fault.Field{Pointer: "closes", Key: "institution.day"})
	}
	if len(faults) > 0 {
		return r, fault.InvalidFields(faults...)
	}
	return r, nil
}

// NewPlan asks for a round.
func (h *Handlers) NewPlan(c *gin.Context) error { return h.see(c).planPage(nil, nil) }

// EditPlan shows the plan of a round that is not open yet.
func (h *Handlers) EditPlan(c *gin.Context) error {
	v := h.see(c)
	r, err := v.planned()
	if err != nil {
		return v.notNow(err)
	}
	return v.planPage(r, nil)
}

func (v *view) planPage(r *round.Round, refused error) error {
	if err := v.check(person.RoundOpen); err != nil {
		return err
	}
	now := v.h.o.Now()
	title, action, path, trail := v.t("plan"), Rounds, Rounds+"/new", []page.Link{v.rounds()}
	if r != nil {
		title, action = v.t("plan.edit"), Rounds+"/"+r.ID+"/edit"
		path, trail = action, append(trail, v.link(r))
	}
	s := v.sheet("rounds", path, title, trail...)
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	if refused != nil {
		v.failed = "plan"
	}
	s.Lead = v.t("plan.lead")
	have := round.Round{Year: institution.YearOf(now)}
	f := page.Form{Action: action, Card: true, Buttons: []page.Button{{Text: v.t("save"), Small: true}, {Text: v.t("cancel"), Href: trail[len(trail)-1].Href, Kind: "quiet", Small: true}}}
	opens, closes := "", ""
	if r != nil {
		have, f.Hidden = *r, rev(r.Rev)
		opens, closes = r.Opens.In(i18n.Kyiv).Format(time.DateOnly), lastDay(r.Closes.Time)
	}
	f.Parts = append(f.Parts, v.field("plan", "title_uk", have.Title.UK, ""), v.field("plan", "title_en", have.Title.EN, ""),
		v.number("plan", "year", v.t("field.year"), have.Year, true), v.field("plan", "opens", opens, "10"), v.field("plan", "closes", closes, "10"),
		page.Heading(v.t("asked")), page.Plain(v.t("asked.text")))
	if e := page.FaultText(v.w, v.faults, "asked"); e != "" {
		f.Parts = append(f.Parts, page.Plain(e))
	}
	for _, role := range institution.Roles() {
		now, _ := have.InstrumentOf(role)
		list := []page.Option{{Text: v.t("asked.not")}}
		for _, i := range v.h.o.Instruments() {
			list = append(list, page.Option{Value: i.ID, Text: v.in(i.Name)})
		}
		f.Parts = append(f.Parts, v.pick("plan", "instrument_"+string(role), v.role(role), now, list))
	}
	if r == nil {
		boxes := page.Choices{ID: page.FieldID("bodies"), Name: "kinds", Many: true, Legend: v.t("who"), Hint: v.t("who.text"), Error: page.FaultText(v.w, v.faults, "bodies")}
		for n, k := range institution.Kinds() {
			id := boxes.ID
			if n > 0 {
				id += "-" + strconv.Itoa(n)
			}
			boxes.Items = append(boxes.Items, page.Choice{ID: id, Value: string(k), Label: v.kind(k), Checked: v.failed != "" && slices.Contains(v.c.Request.PostForm["kinds"], string(k))})
		}
		f.Parts = append(f.Parts, boxes, v.pick("plan", "in", v.t("field.district"), "", v.districts(v.t("all.districts"))))
	}
	f.Parts = append(f.Parts, page.Check{ID: page.FieldID("pilot"), Name: "pilot", Value: "true", Label: v.t("field.pilot"), Hint: v.t("pilot.text"),
		Checked: have.Pilot || v.value("plan", "pilot", "") == "true"})
	s.Blocks = []page.Block{{Form: &f}}
	return v.show(status, s)
}

// Plan enters a round.
func (h *Handlers) Plan(c *gin.Context) error {
	v := h.see(c)
	var f planForm
	err := form.Decode(c.Request, &f)
	var r round.Round
	if err == nil {
		r, err = f.onto(round.Round{})
	}
	if err == nil {
		var kinds []institution.Kind
		for _, k := range f.Kinds {
			kinds = append(kinds, institution.Kind(k))
		}
		if len(kinds) > 0 {
			for _, i := range h.o.Bodies.List(institution.Filter{Kinds: kinds, District: f.In, State: institution.Working}) {
				r.Bodies = append(r.Bodies, i.ID)
			}
		}
		var made *round.Round
		if made, err = h.o.Rounds.Plan(v.ctx, gate.Actor(c), r); err == nil {
			return v.to(Rounds+"/"+made.ID, "planned")
		}
	}
	return v.planPage(nil, err)
}

// Edit changes the plan of a round.
func (h *Handlers) Edit(c *gin.Context) error {
	v := h.see(c)
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	var f planForm
	err = form.Decode(c.Request, &f)
	var next round.Round
	if err == nil {
		next, err = f.onto(*r)
	}
	if err == nil {
		if _, err = h.o.Rounds.Edit(v.ctx, gate.Actor(c), f.Rev, next); err == nil {
			return v.to(Rounds+"/"+r.ID, "saved")
		}
	}
	return v.planPage(r, err)
}

// chosenPage is how many institutions are chosen from at once: a form has 400 values.
const chosenPage = 150

// Chosen lists the institutions of a round with the groups they are joined in.
func (h *Handlers) Chosen(c *gin.Context) error {
	v := h.see(c)
	if _, err := v.planned(); err != nil {
		return v.notNow(err)
	}
	return v.chosen(nil)
}

// planned is the round of the address while it may be changed.
func (v *view) planned() (*round.Round, error) {
	r, err := v.find(person.RoundOpen)
	if err == nil && r.State != round.Planned {
		err = fault.New(fault.Conflict, "round.not_planned")
	}
	return r, err
}

func (v *view) chosen(refused error) error {
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	at := Rounds + "/" + r.ID + "/bodies"
	s := v.sheet("rounds", at, v.t("bodies"), v.rounds(), v.link(r))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	s.Lead = v.t("bodies.lead", "N", v.w.Int(int64(len(r.Bodies))))
	q := v.c.Request.URL.Query()
	f := institution.Filter{District: q.Get("district"), State: institution.Working, Words: q.Get("q")}
	if k := institution.Kind(q.Get("kind")); k != "" {
		f.Kinds = []institution.Kind{k}
	}
	list := v.h.o.Bodies.List(f)
	search := page.Form{Get: true, Action: at, Row: true, Card: true, Parts: []any{
		page.Field{ID: "f-q", Name: "q", Label: v.t("field.q"), Value: f.Words, Type: "search", MaxLength: 100},
		v.pick("", "kind", v.t("field.kind"), q.Get("kind"), v.kinds(v.t("all.kinds"))),
		v.pick("", "district", v.t("field.district"), f.District, v.districts(v.t("all.districts"))),
	}, Buttons: []page.Button{{Text: v.t("search"), Kind: "second", Small: true}}}
	n, _ := strconv.Atoi(q.Get("page"))
	n = min(max(n, 1), max(1, (len(list)+chosenPage-1)/chosenPage))
	here := list[(n-1)*chosenPage : min(n*chosenPage, len(list))]
	hidden := rev(r.Rev)
	g := &page.Grid{Caption: v.t("bodies"), Hidden: true, Cards: true, Empty: v.t("institutions.none"), Foot: v.t("bodies.group"),
		Head: []page.GridHead{{Text: v.t("col.name")}, {Text: v.t("col.kind")}, {Text: v.t("field.group")}}}
	for _, i := range here {
		hidden = append(hidden, page.Hidden{Name: "shown", Value: i.ID})
		asked := slices.Contains(r.Bodies, i.ID)
		cell := page.GridCell{Text: v.in(i.Name()), Check: &page.GridCheck{Name: "body", Value: i.ID, Label: v.in(i.Name()), Form: "choose"}}
		if asked {
			cell.Tag = &page.Tag{Text: v.t("bodies.in"), Kind: "good"}
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{cell, {Text: v.kind(i.Kind)}, {Text: v.group(i), Href: bodies + "/" + i.ID + "#edit"}}})
	}
	act := at
	if sought := v.sought(); len(sought) > 0 {
		act += "?" + sought.Encode()
	}
	g.Form = &page.Form{ID: "choose", Action: act, Hidden: hidden, Buttons: []page.Button{
		{Text: v.t("bodies.add"), Name: "do", Value: "add", Small: true}, {Text: v.t("bodies.drop"), Name: "do", Value: "drop", Kind: "second", Small: true},
		{Text: v.t("bodies.all"), Name: "do", Value: "all", Kind: "second", Small: true}, {Text: v.t("bodies.none"), Name: "do", Value: "none", Kind: "quiet", Small: true}}}
	to := func(k int) *page.Link {
		if k < 1 || (k-1)*chosenPage >= len(list) || k == n {
			return nil
		}
		next := v.sought()
		next.Set("page", strconv.Itoa(k))
		return &page.Link{Href: at + "?" + next.Encode(), Text: v.t("page", "N", k)}
	}
	s.Blocks = []page.Block{{Form: &search, Noprint: true}, {Grid: g, Pager: &page.Pager{Previous: to(n - 1), Next: to(n + 1)}},
		{Acts: []page.Button{{Text: v.t("bodies.ready"), Href: Rounds + "/" + r.ID, Small: true}}}}
	return v.show(status, s)
}

// sought is what was searched for, and the page of it that is shown: an act keeps both.
func (v *view) sought() url.Values {
	now, kept := v.c.Request.URL.Query(), url.Values{}
	for _, name := range []string{"q", "kind", "district", "page"} {
		if now.Get(name) != "" {
			kept.Set(name, now.Get(name))
		}
	}
	return kept
}

// Choose puts institutions into a round or leaves them out.
func (h *Handlers) Choose(c *gin.Context) error {
	v := h.see(c)
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	var f struct {
		Rev   int64    `form:"rev"`
		Shown []string `form:"shown"`
		Body  []string `form:"body"`
		Do    string   `form:"do" validate:"oneof=add drop all none"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		next := *r
		next.Bodies = slices.Clone(r.Bodies)
		which := f.Body
		if f.Do == "all" || f.Do == "none" {
			which = f.Shown
		}
		for _, id := range which {
			at := slices.Index(next.Bodies, id)
			switch _, known := h.o.Bodies.ByID(id); {
			case (f.Do == "add" || f.Do == "all") && at < 0 && known:
				next.Bodies = append(next.Bodies, id)
			case (f.Do == "drop" || f.Do == "none") && at >= 0:
				next.Bodies = slices.Delete(next.Bodies, at, at+1)
			}
		}
		if _, err = h.o.Rounds.Edit(v.ctx, gate.Actor(c), f.Rev, next); err == nil {
			sought := v.sought()
			sought.Set("done", "saved")
			v.c.Header("Cache-Control", "no-store")
			page.SeeOther(c.Writer, c.Request, Rounds+"/"+r.ID+"/bodies?"+sought.Encode())
			return nil
		}
	}
	return v.chosen(err)
}
