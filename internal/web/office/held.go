package office

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

const (
	heldRows = 100
	heldMost = 200 // decided in one form
)

// heldForm chooses held sittings; it holds no person and stands in the address.
type heldForm struct {
	Wave       string `form:"wave" validate:"max=63"`
	Instrument string `form:"instrument" validate:"max=63"`
	After      int    `form:"cursor"`
}

// decideForm is a decision on held sittings.
type decideForm struct {
	IDs   []string `form:"id"`
	Shown []string `form:"shown"` // all that stood on the page
	All   bool     `form:"all"`
	Do    string   `form:"do,choice" validate:"required"` // "release:checked", "reject:flood"
}

// chosen are the sittings the decision is about, each once.
func (f *decideForm) chosen() []string {
	ids := slices.Clone(f.IDs)
	if f.All {
		ids = append(ids, f.Shown...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// waiting counts what is held, from the index alone, and tells whether it is more than
// people send in.
func (v *view) waiting() (n int, alert bool, hours []sitting.HeldHour, err error) {
	if hours, err = v.h.o.Sittings.HeldHours(v.ctx); err != nil {
		return 0, false, nil, err
	}
	for _, h := range hours {
		n += h.Held
	}
	for _, a := range v.h.o.Sittings.Admission() {
		alert = alert || a.Alert
	}
	return n, alert, hours, nil
}

func (v *view) by() sitting.By { return sitting.By{Person: string(v.a.Person), Where: v.a.Where} }

// Held lists the sittings that wait for a decision, oldest first.
func (h *Handlers) Held(c *gin.Context) error { return h.see(c).held(200, &decideForm{}, nil) }

func (v *view) held(status int, f *decideForm, sum *page.ErrorSummary) error {
	var q heldForm
	if err := form.DecodeQuery(v.c.Request, &q); err != nil {
		return err
	}
	n, alert, hours, err := v.waiting()
	if err != nil {
		return err
	}
	found, err := v.h.o.Sittings.Held(v.ctx, v.by(), sitting.HeldQuery{Wave: q.Wave, Instrument: q.Instrument, After: int64(q.After), Limit: heldRows})
	if err != nil {
		return err
	}
	s := v.sheet("held", "held.title")
	s.Lead = v.t("held.lead")
	s.Errors, s.Failed = sum, sum != nil
	if alert {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "bad", Title: v.t("held.alert"), Text: []string{v.t("held.alert.text")}}})
	}
	if n > 0 {
		s.Blocks = append(s.Blocks, v.hours(n, hours), v.heldFilter(&q, hours))
	}
	grid := v.heldGrid(found.Items)
	grid.Form = v.decision(f, found.Items)
	next := ""
	if found.Next != 0 {
		next = strconv.FormatInt(found.Next, 10)
	}
	here, cursor := "/office/held", ""
	if v := heldQuery(&q).Encode(); v != "" {
		here += "?" + v
	}
	if q.After != 0 {
		cursor = strconv.Itoa(q.After)
	}
	s.Blocks = append(s.Blocks, page.Block{Grid: grid, Pager: v.pager(here, next, cursor)}, page.Block{Note: &page.Note{Text: []string{v.t("held.honest")}}})
	return v.render(status, s)
}

func heldQuery(q *heldForm) url.Values {
	out := url.Values{}
	if q.Wave != "" {
		out.Set("wave", q.Wave)
	}
	if q.Instrument != "" {
		out.Set("instrument", q.Instrument)
	}
	return out
}

// hours shows when they came: a flood stands out from a class.
func (v *view) hours(n int, hours []sitting.HeldHour) page.Block {
	grid := page.Grid{Caption: v.t("held.hours"), Hidden: true, Head: []page.GridHead{{Text: v.t("held.hour")}, {Text: v.t("held.wave")}, {Text: v.t("held.instrument")}, {Text: v.t("held.number"), Number: true}}}
	most := 24
	for i := len(hours) - 1; i >= 0 && most > 0; i, most = i-1, most-1 {
		x := hours[i]
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.moment(x.Hour)}, {Text: x.Wave}, {Text: v.instrument(x.Instrument)}, {Text: v.w.Int(int64(x.Held))}}})
	}
	return page.Block{Title: v.n("held.count", n), Grid: &grid}
}

func (v *view) instrument(slug string) string { return v.code("office.instrument", slug) }

func (v *view) heldFilter(q *heldForm, hours []sitting.HeldHour) page.Block {
	waves, instruments := []page.Option{{Value: "", Text: v.t("held.all")}}, []page.Option{{Value: "", Text: v.t("held.all")}}
	add := func(list []page.Option, value, text string) []page.Option {
		if slices.ContainsFunc(list, func(o page.Option) bool { return o.Value == value }) {
			return list
		}
		return append(list, page.Option{Value: value, Text: text})
	}
	for _, x := range hours {
		waves, instruments = add(waves, x.Wave, x.Wave), add(instruments, x.Instrument, v.instrument(x.Instrument))
	}
	return page.Block{Noprint: true, Form: &page.Form{Action: "/office/held", Get: true, Row: true,
		Parts:   []any{v.list("wave", "held.wave", q.Wave, waves), v.list("instrument", "held.instrument", q.Instrument, instruments)},
		Buttons: []page.Button{{Text: v.t("show"), Kind: "second", Small: true}}}}
}

func (v *view) heldGrid(items []sitting.HeldSitting) *page.Grid {
	grid := &page.Grid{Caption: v.t("held.title"), Hidden: true, Cards: true, Empty: v.t("held.none"),
		Head: []page.GridHead{{Text: v.t("held.at")}, {Text: v.t("held.what")}, {Text: v.t("held.who")}, {Text: v.t("held.answers"), Number: true}, {Text: v.t("held.pace"), Number: true}, {Text: v.t("held.flags")}}}
	for _, one := range items {
		first := v.when(one.Received, one.ID[max(0, len(one.ID)-6):])
		first.Check = &page.GridCheck{Name: "id", Value: one.ID, Label: v.t("held.pick", "At", v.moment(one.Received)), Form: "decide"}
		var who []string
		for _, code := range []struct{ prefix, code string }{{"office.sex", string(one.Sex)}, {"office.age", string(one.Age)}, {"office.district", one.District}} {
			if code.code != "" {
				who = append(who, v.code(code.prefix, code.code))
			}
		}
		if len(who) == 0 {
			who = []string{v.t("held.unsaid")}
		}
		pace, flags := page.GridCell{Text: "–"}, page.GridCell{}
		if r := one.Quality; r != nil {
			if r.Seconds != nil {
				pace.Text = v.t("held.seconds", "N", v.w.Int(int64(*r.Seconds)))
			}
			if r.Pace != nil {
				pace.Small = v.t("held.pace.usual", "X", v.w.Number(*r.Pace, 2))
			}
			for _, flag := range r.Flags {
				kind := "plain"
				if flag.Points > 0 {
					kind = "sun"
				}
				flags.Tags = append(flags.Tags, page.Tag{Text: v.code("quality", string(flag.Code)), Kind: kind})
			}
		}
		if len(flags.Tags) == 0 {
			flags.Text = v.t("held.noflags")
		}
		grid.Rows = append(grid.Rows, page.GridRow{Bad: one.Quality.Doubtful(), Cells: []page.GridCell{first,
			{Text: v.instrument(one.Instrument), Small: strings.Join([]string{one.Wave, v.t("mode." + string(one.Mode))}, " · ")},
			{Text: strings.Join(who, ", "), Small: one.Level}, {Text: v.w.Int(int64(one.Answers))}, pace, flags}})
	}
	return grid
}

// decision is the form under the table.
func (v *view) decision(f *decideForm, items []sitting.HeldSitting) *page.Form {
	var choices []page.Choice
	for _, w := range sitting.ReleaseReasons {
		choices = append(choices, page.Choice{Value: "release:" + w, Label: v.t("held.release"), Hint: v.code("decision", w)})
	}
	for _, w := range sitting.RejectReasons {
		choices = append(choices, page.Choice{Value: "reject:" + w, Label: v.t("held.reject"), Hint: v.code("decision", w)})
	}
	hidden := make([]page.Hidden, len(items))
	for i, one := range items {
		hidden[i] = page.Hidden{Name: "shown", Value: one.ID}
	}
	all := v.check("all", "held.everything", f.All)
	all.Label = v.n("held.everything", len(items))
	return &page.Form{ID: "decide", Action: "/office/held", Hidden: hidden,
		Parts: []any{page.Heading(v.t("held.decide")), all, v.choice("do", "held.do", f.Do, choices, "held.do.hint")}, Buttons: []page.Button{{Text: v.t("held.go.do")}}}
}

// Decide releases or rejects held sittings.
func (h *Handlers) Decide(c *gin.Context) error {
	v := h.see(c)
	var f decideForm
	err := form.Decode(c.Request, &f)
	verdict, why, _ := strings.Cut(f.Do, ":")
	ids := f.chosen()
	if err == nil {
		switch {
		case verdict == "release" && !slices.Contains(sitting.ReleaseReasons, why), verdict == "reject" && !slices.Contains(sitting.RejectReasons, why), verdict != "release" && verdict != "reject":
			err = fault.InvalidFields(fault.Field{Pointer: "do", Key: form.KeyChoice})
		case len(ids) == 0 || len(ids) > heldMost:
			err = fault.InvalidFields(fault.Field{Pointer: "all", Key: "office.held.pick.some"})
		}
	}
	var out sitting.Decided
	if err == nil {
		do := h.o.Sittings.Reject
		if verdict == "release" {
			do = h.o.Sittings.Release
		}
		out, err = do(v.ctx, v.by(), ids, why)
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.held(status, &f, sum)
		}
		return err
	}
	switch {
	case len(out.Other) > 0:
		return v.to("/office/held", "partly")
	case verdict == "release":
		return v.to("/office/held", "released")
	}
	return v.to("/office/held", "rejected")
}
