package waves

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// moved is the form that moves the close of a wave.
type moved struct {
	Rev  int64  `form:"rev"`
	Last string `form:"last" validate:"max=20"`
	Sure bool   `form:"sure"`
}

// CloseForm asks when the wave should end.
func (h *Handlers) CloseForm(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	w, err := v.find()
	if err != nil {
		return err
	}
	return v.closePage(http.StatusOK, w, moved{Rev: w.Rev}, nil, nil)
}

// Extend moves the last day of a wave to a later one.
func (h *Handlers) Extend(c *gin.Context) error {
	return h.move(c, "wave.extend", "extended", func(w *survey.Wave, p moved) error {
		day, ok := dayOf(p.Last)
		switch {
		case !ok:
			return fault.InvalidFields(fault.Field{Pointer: "last", Key: "wave.day"})
		case !day.AddDate(0, 0, 1).After(w.Closes.Time):
			return fault.InvalidFields(fault.Field{Pointer: "last", Key: "wave.extend_later"})
		}
		return nil
	}, func(v *view, w *survey.Wave, p moved) error {
		day, _ := dayOf(p.Last)
		return h.o.Plans.Extend(v.ctx, w.ID, p.Rev, day.AddDate(0, 0, 1))
	})
}

// Close ends an open wave now.
func (h *Handlers) Close(c *gin.Context) error {
	return h.move(c, "wave.close", "closed", func(_ *survey.Wave, p moved) error {
		if !p.Sure {
			return fault.InvalidFields(fault.Field{Pointer: "sure", Key: "waves.sure"})
		}
		return nil
	}, func(v *view, w *survey.Wave, p moved) error { return h.o.Plans.CloseEarly(v.ctx, w.ID, p.Rev) })
}

func (h *Handlers) move(c *gin.Context, action, done string, look func(*survey.Wave, moved) error, do func(*view, *survey.Wave, moved) error) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	w, err := v.find()
	if err != nil {
		return err
	}
	var p moved
	if err = form.Decode(c.Request, &p); err == nil {
		err = look(w, p)
	}
	if err == nil {
		err = v.note(action, "wave:"+w.ID)
	}
	if err == nil {
		if err = do(v, w, p); err == nil {
			return v.to(Address+"/"+w.ID, done)
		}
	}
	sum, faults, status, ok := v.refused(err, fieldOf)
	if !ok {
		return err
	}
	return v.closePage(status, w, p, sum, faults)
}

func (v *view) closePage(status int, w *survey.Wave, p moved, sum *page.ErrorSummary, faults []fault.Field) error {
	s := v.sheet(v.t("close.title", "Wave", w.Title.In(v.lang)), v.list(), v.wave(w))
	s.Lead, s.Errors, s.Failed = v.t("close.now", "Day", v.w.DateTime(w.Closes.Time)), sum, sum != nil
	rev := []page.Hidden{{Name: "rev", Value: strconv.FormatInt(w.Rev, 10)}}
	b := fieldsOf(v, faults)
	now := v.h.o.Now()
	if !now.Before(w.Closes.Time) {
		s.Blocks = []page.Block{{Text: []string{v.t("close.closed")}}}
		return v.render(status, s)
	}
	s.Blocks = append(s.Blocks, page.Block{Title: v.t("close.extend"), Small: v.t("close.extend.text"),
		Form: &page.Form{Action: Address + "/" + w.ID + "/extend", Hidden: rev, Card: true, Parts: []any{b.text("last", p.Last, "10")}, Buttons: []page.Button{{Text: v.t("close.extend.do"), Small: true}}}})
	if w.OpenAt(now) {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("close.early"), Small: v.t("close.early.text"),
			Form: &page.Form{Action: Address + "/" + w.ID + "/close", Hidden: rev, Card: true,
				Parts:   []any{page.Check{ID: page.FieldID("sure"), Name: "sure", Value: "true", Label: v.t("field.sure"), Error: page.FaultText(v.w, faults, "sure")}},
				Buttons: []page.Button{{Text: v.t("close.early.do"), Kind: "bad", Small: true}}}})
	}
	if len(w.History) > 0 {
		grid := &page.Grid{Caption: v.t("close.history"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.when")}, {Text: v.t("col.from")}, {Text: v.t("col.to")}}}
		for _, m := range w.History {
			grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.w.DateTime(m.At.Time)}, {Text: v.w.DateTime(m.From.Time)}, {Text: v.w.DateTime(m.To.Time)}}})
		}
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("close.history"), Grid: grid})
	}
	return v.render(status, s)
}
