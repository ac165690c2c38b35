package rounds

import (
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// Opening shows what would be asked of whom, what is missing, and asks for the order.
func (h *Handlers) Opening(c *gin.Context) error { return h.see(c).opening(nil) }

func (v *view) opening(refused error) error {
	r, err := v.planned()
	if err != nil {
		return v.notNow(err)
	}
	at := Rounds + "/" + r.ID + "/open"
	s := v.sheet("rounds", at, v.t("open.title"), v.rounds(), v.link(r))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	if refused != nil {
		v.failed = "open"
	}
	s.Lead = v.t("open.lead")
	s.Blocks = append(s.Blocks, v.checks(r))
	s.Blocks = append(s.Blocks, v.paper(r), page.Block{ID: "order", Title: v.t("order"), Small: v.t("order.text"), Note: &page.Note{Kind: "main", Title: v.t("promise"), Text: []string{v.t("promise.text")}},
		Form: &page.Form{Action: at, Hidden: rev(r.Rev), Card: true, Parts: []any{
			v.field("open", "order_number", r.Order.Number, "20"), v.field("open", "order_date", r.Order.Date, "10"),
			page.Check{ID: page.FieldID("order_promise"), Name: "order_promise", Value: "true", Label: v.t("field.order_promise"), Checked: v.value("open", "order_promise", "") == "true", Error: page.FaultText(v.w, v.faults, "order_promise")},
		}, Buttons: []page.Button{{Text: v.t("open.do"), Small: true, Confirm: v.t("open.sure")}, {Text: v.t("cancel"), Href: Rounds + "/" + r.ID, Kind: "quiet", Small: true}}}})
	return v.show(status, s)
}

// checks count who would be asked, and name what staff should look at before.
func (v *view) checks(r *round.Round) page.Block {
	var bodies, people, noFrame, carried, small, left int
	var names []string
	groups := map[string]int{}
	for _, id := range r.Bodies {
		i, ok := v.h.o.Bodies.ByID(id)
		if !ok || i.State == institution.Merged || i.State == institution.Closed {
			left++
			continue
		}
		bodies++
		f, known := i.FrameOf(r.Year)
		if !known {
			noFrame++
			if len(names) < 10 {
				names = append(names, v.in(i.Name()))
			}
		}
		if f.Carried {
			carried++
		}
		for _, role := range institution.RolesOf(i.Kind) {
			if _, asked := r.InstrumentOf(role); !asked {
				continue
			}
			people += f.Count[role]
			if f.Count[role] < report.K {
				groups[v.group(i)]++
				small++
			}
		}
	}
	num := func(n int) string { return v.w.Int(int64(n)) }
	b := page.Block{Title: v.t("checks"), Figs: []page.Figure{{Value: num(bodies), Text: v.t("checks.bodies"), Lead: true}, {Value: num(people), Text: v.t("checks.people")}}}
	if left > 0 {
		b.Words = append(b.Words, v.t("checks.left", "N", num(left)))
	}
	if noFrame > 0 {
		text := v.t("checks.no_frame", "N", num(noFrame))
		for n, name := range names {
			if n > 0 {
				text += "; "
			} else {
				text += " "
			}
			text += name
		}
		if noFrame > len(names) {
			text += "…"
		}
		b.Words = append(b.Words, text)
	}
	if carried > 0 {
		b.Words = append(b.Words, v.t("checks.carried", "N", num(carried)))
	}
	if small > 0 {
		b.Words = append(b.Words, v.t("checks.small", "N", num(small), "K", report.K))
		var keys []string
		for k := range groups {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys[:min(len(keys), 20)] {
			b.Words = append(b.Words, v.t("checks.group", "Group", k, "N", num(groups[k])))
		}
	}
	if len(b.Words) == 0 {
		b.Words = []string{v.t("checks.good")}
	}
	return b
}

// Open opens a round with its order.
func (h *Handlers) Open(c *gin.Context) error {
	v := h.see(c)
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	var f struct {
		Rev     int64  `form:"rev"`
		Number  string `form:"order_number" validate:"max=60"`
		Date    string `form:"order_date" validate:"max=20"`
		Promise bool   `form:"order_promise"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		if _, ok := day(f.Date); f.Date != "" && !ok {
			err = fault.InvalidFields(fault.Field{Pointer: "order_date", Key: "institution.day"})
		}
	}
	if err == nil && (f.Number == "" || f.Date == "" || !f.Promise || r.Order.Paper.File == "") {
		// said before anything is kept: the order belongs to the act of opening
		var lacks []fault.Field
		if f.Number == "" || f.Date == "" {
			lacks = append(lacks, fault.Field{Pointer: "order_number", Key: "round.order"})
		}
		if r.Order.Paper.File == "" {
			lacks = append(lacks, fault.Field{Pointer: "order_file", Key: "round.order_file"})
		}
		if !f.Promise {
			lacks = append(lacks, fault.Field{Pointer: "order_promise", Key: "round.promise"})
		}
		err = fault.InvalidFields(lacks...)
	}
	if err == nil {
		next := *r
		next.Order = round.Order{Number: f.Number, Date: f.Date, Promise: f.Promise, Paper: r.Order.Paper}
		var saved *round.Round
		if saved, err = h.o.Rounds.Edit(v.ctx, gate.Actor(c), f.Rev, next); err == nil {
			if _, err = h.o.Rounds.Open(v.ctx, gate.Actor(c), r.ID, saved.Rev); err == nil {
				return v.to(Rounds+"/"+r.ID, "opened")
			}
		}
	}
	return v.opening(err)
}

// Closing asks when a round should end.
func (h *Handlers) Closing(c *gin.Context) error {
	v := h.see(c)
	r, err := v.find(person.RoundOpen)
	if err == nil && r.State != round.Open {
		err = fault.New(fault.Conflict, "round.not_open")
	}
	if err != nil {
		return v.notNow(err)
	}
	return v.closing("", nil)
}

func (v *view) closing(failed string, refused error) error {
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	at := Rounds + "/" + r.ID
	s := v.sheet("rounds", at+"/close", v.t("close.title"), v.rounds(), v.link(r))
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	v.failed = failed
	s.Lead = v.t("close.lead", "When", v.until(r.Closes.Time))
	s.Blocks = []page.Block{
		{Title: v.t("extend"), Small: v.t("extend.text"), Form: &page.Form{Action: at + "/extend", Hidden: rev(r.Rev), Card: true, Parts: []any{v.field("extend", "closes", lastDay(r.Closes.Time), "10")}, Buttons: []page.Button{{Text: v.t("extend.do"), Small: true}}}},
		{Title: v.t("close.now"), Small: v.t("close.text"), Form: &page.Form{Action: at + "/close", Hidden: rev(r.Rev), Card: true,
			Parts:   []any{page.Check{ID: page.FieldID("sure"), Name: "sure", Value: "true", Label: v.t("field.sure"), Error: page.FaultText(v.w, v.faults, "sure")}},
			Buttons: []page.Button{{Text: v.t("close.do"), Kind: "bad", Small: true}}}},
	}
	return v.show(status, s)
}

// Extend puts the close off.
func (h *Handlers) Extend(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Rev    int64  `form:"rev"`
		Closes string `form:"closes" validate:"max=20"`
	}
	err := form.Decode(c.Request, &f)
	at, ok := day(f.Closes)
	if err == nil && !ok {
		err = fault.InvalidFields(fault.Field{Pointer: "closes", Key: "institution.day"})
	}
	if err == nil {
		if _, err = h.o.Rounds.Extend(v.ctx, gate.Actor(c), c.Param("round"), f.Rev, at.AddDate(0, 0, 1)); err == nil {
			return v.to(Rounds+"/"+c.Param("round"), "extended")
		}
	}
	return v.closing("extend", err)
}

// Close ends a round now.
func (h *Handlers) Close(c *gin.Context) error {
	v := h.see(c)
	var f struct {
		Rev  int64 `form:"rev"`
		Sure bool  `form:"sure"`
	}
	err := form.Decode(c.Request, &f)
	if err == nil && !f.Sure {
		err = fault.InvalidFields(fault.Field{Pointer: "sure", Key: "rounds.sure"})
	}
	if err == nil {
		if _, err = h.o.Rounds.Close(v.ctx, gate.Actor(c), c.Param("round"), f.Rev); err == nil {
			return v.to(Rounds+"/"+c.Param("round"), "closed")
		}
	}
	return v.closing("close", err)
}

// on does an act of one button on the round of the address.
func (h *Handlers) on(c *gin.Context, to, said string, do func(v *view, id string, rev int64) error) error {
	v := h.see(c)
	r, err := v.find(person.RoundOpen)
	if err != nil {
		return err
	}
	var f struct {
		Rev int64 `form:"rev"`
	}
	if err = form.Decode(c.Request, &f); err == nil {
		if err = do(v, r.ID, f.Rev); err == nil {
			return v.to(to, said)
		}
	}
	return v.roundPage(err)
}

// Throw throws a pilot's answers away.
func (h *Handlers) Throw(c *gin.Context) error {
	return h.on(c, Rounds+"/"+c.Param("round"), "thrown", func(v *view, id string, rev int64) error {
		return h.o.Rounds.Throw(v.ctx, gate.Actor(c), id, rev)
	})
}

// Discard takes a plan away.
func (h *Handlers) Discard(c *gin.Context) error {
	return h.on(c, Rounds, "discarded", func(v *view, id string, rev int64) error {
		return h.o.Rounds.Discard(v.ctx, gate.Actor(c), id, rev)
	})
}

// Cut cuts the report of a round that is over.
func (h *Handlers) Cut(c *gin.Context) error {
	return h.on(c, Rounds+"/"+c.Param("round"), "cut", func(v *view, id string, _ int64) error {
		_, err := h.o.Rounds.Cut(v.ctx, gate.Actor(c), id)
		return err
	})
}
