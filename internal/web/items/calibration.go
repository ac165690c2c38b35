package items

import (
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/itembank"
	"osvitlo/internal/person"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/gate"
	"osvitlo/internal/web/page"
)

// CalibrationPath is the address of the calibration.
const CalibrationPath = "/office/calibration"

// releaseForm puts a draft into use.
type releaseForm struct {
	Rev string `form:"rev" validate:"required,max=20"`
}

// recallForm takes a calibration out of use.
type recallForm struct {
	Version string `form:"version" validate:"required,max=40"`
	Reason  string `form:"reason" validate:"required,max=2000"`
}

// Calibration shows the calibration in use and the draft.
func (h *Handlers) Calibration(c *gin.Context) error { return h.see(c).calibration(&recallForm{}, nil) }

// Release puts the draft into use.
func (h *Handlers) Release(c *gin.Context) error {
	v := h.see(c)
	var f releaseForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		rev, bad := strconv.ParseInt(f.Rev, 10, 64)
		if bad != nil {
			return fault.New(fault.Invalid, "")
		}
		_, err = h.o.Bank.Release(c.Request.Context(), gate.Actor(c), rev)
	}
	if err != nil {
		return v.calibration(&recallForm{}, err)
	}
	return v.to(CalibrationPath, "released")
}

// Recall takes the calibration in use out of it.
func (h *Handlers) Recall(c *gin.Context) error {
	v := h.see(c)
	var f recallForm
	err := form.Decode(c.Request, &f)
	if err == nil {
		err = h.o.Bank.Recall(c.Request.Context(), gate.Actor(c), f.Version, f.Reason)
	}
	if err != nil {
		return v.calibration(&f, err)
	}
	return v.to(CalibrationPath, "recalled")
}

func (v *view) calibration(typed *recallForm, refused error) error {
	s := v.sheet(CalibrationPath, v.t("cal.title"), page.Link{Href: Address, Text: v.t("list.title")})
	s.Lead = v.t("cal.lead")
	status, err := v.wrong(&s, refused)
	if err != nil {
		return err
	}
	publish := v.may(person.ContentPublish)
	running, draft := v.h.o.Bank.Running(), v.h.o.Bank.Draft()
	now := page.Block{ID: "running", Title: v.t("cal.running")}
	if running == nil {
		now.Note = &page.Note{Kind: "sun", Title: v.t("cal.none"), Text: []string{v.t("cal.none.text")}, Level: 3}
	} else {
		now.Facts = append([]page.Row{{Key: v.t("cal.version"), Value: running.ID},
			{Key: v.t("cal.released"), Value: v.who(running.By, running.Role) + ", " + v.w.DateTime(running.Released.Time)}}, v.runFacts(running)...)
		if publish {
			now.Form = &page.Form{Action: CalibrationPath + "/recall", Card: true, Hidden: []page.Hidden{{Name: "version", Value: running.ID}},
				Parts:   []any{page.Field{ID: page.FieldID("reason"), Name: "reason", Label: v.t("aside.reason"), Hint: v.t("cal.recall.hint"), Value: typed.Reason, Rows: 2, MaxLength: 2000, Error: v.fault("reason")}},
				Buttons: []page.Button{{Text: v.t("cal.recall"), Kind: "bad"}}}
		}
	}
	s.Blocks = append(s.Blocks, now)
	if draft == nil {
		s.Blocks = append(s.Blocks, page.Block{ID: "draft", Title: v.t("cal.draft"), Text: []string{v.t("cal.draft.none")}})
		return v.render(status, "page/sheet", s.Ready())
	}
	d := page.Block{ID: "draft", Title: v.t("cal.draft"), Small: v.t("stats.made", "At", v.w.DateTime(draft.Made.Time)), Facts: v.runFacts(draft)}
	if draft.Trouble != "" {
		d.Note = &page.Note{Kind: "sun", Title: v.t("cal.trouble"), Text: []string{v.t("cal.trouble." + string(draft.Trouble))}, Level: 3}
	} else if publish {
		d.Form = &page.Form{Action: CalibrationPath + "/release", Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(draft.Rev, 10)}},
			Parts: []any{page.Plain(v.t("cal.release.lead"))}, Buttons: []page.Button{{Text: v.t("cal.release"), Confirm: v.t("cal.release.confirm")}}}
	}
	s.Blocks = append(s.Blocks, d, v.runItems(draft))
	return v.render(status, "page/sheet", s.Ready())
}

// runFacts are what a calibration rests on.
func (v *view) runFacts(r *itembank.CalibrationRun) []page.Row {
	used := 0
	for _, it := range r.Items {
		if it.Out == "" {
			used++
		}
	}
	rows := []page.Row{{Key: v.t("cal.people"), Value: v.n("people", r.Persons)}, {Key: v.t("cal.items"), Value: v.of(used, len(r.Items))}}
	if r.Model != "" {
		rows = append(rows, page.Row{Key: v.t("cal.model"), Value: r.Model})
	}
	if l := r.Link; l != nil {
		rows = append(rows, page.Row{Key: v.t("cal.link"), Value: v.t("cal.link.text", "To", l.To, "Anchors", v.w.Int(int64(l.Anchors)), "Dropped", v.w.Int(int64(len(l.Dropped))),
			"Slope", v.dec(l.Slope), "Shift", v.dec(l.Shift))})
	}
	return rows
}

// runItems lists the items of a draft: parameters beside what was intended.
func (v *view) runItems(r *itembank.CalibrationRun) page.Block {
	g := &page.Grid{Caption: v.t("cal.list"), Hidden: true, Empty: v.t("list.none"), Head: []page.GridHead{{Text: v.t("list.item")}, {Text: v.t("list.n"), Number: true},
		{Text: "a", Number: true}, {Text: "b", Number: true}, {Text: v.t("cal.intended"), Number: true}, {Text: v.t("cal.says")}}}
	for _, x := range r.Items {
		if x.N == 0 {
			continue
		}
		a, b, intended, says := "—", "—", "—", v.t("cal.used")
		if x.A > 0 {
			a, b = v.dec(x.A)+" ± "+v.dec(1.96*x.SEA), v.dec(x.B)+" ± "+v.dec(1.96*x.SEB)
		}
		if it, err := v.h.o.Library.Item(x.ID); err == nil {
			intended = v.dec(it.Difficulty)
		}
		if x.Out != "" {
			says = v.t("cal.out." + string(x.Out))
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: x.ID, Href: Address + "/" + x.ID}, {Text: v.w.Int(int64(x.N)), Number: true},
			{Text: a, Number: true}, {Text: b, Number: true}, {Text: intended, Number: true}, {Text: says}}})
	}
	return page.Block{ID: "items", Title: v.t("cal.list"), Small: v.t("cal.list.lead"), Grid: g}
}
