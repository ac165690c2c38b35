package office

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

const (
	heldRows = 50
	heldMost = 200 // decided in one form
)

// whys are the reasons of a decision; they stand in the log.
var (
	whyRelease = []string{"class", "event", "call", "poster", "looked"}
	whyReject  = []string{"flood", "script", "double", "trial"}
)

// decideForm is a decision on held sittings.
type decideForm struct {
	IDs []string `form:"id"`
	Do  string   `form:"do,choice" validate:"required"` // "release:class", "reject:flood"
}

// Held lists the sittings that wait for a decision, oldest first.
func (h *Handlers) Held(c *gin.Context) error { return h.see(c).held(200, &decideForm{}, nil) }

func (v *view) held(status int, f *decideForm, sum *page.ErrorSummary) error {
	s := v.sheet("held", "held.title")
	s.Lead = v.t("held.lead")
	s.Errors, s.Failed = sum, sum != nil
	cursor := v.c.Query("cursor")
	p, err := v.h.o.Sittings.HeldPage(v.ctx, cursor, heldRows)
	if err != nil {
		return err
	}
	if p.Alert {
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "bad", Title: v.t("held.alert"), Text: []string{v.t("held.alert.text")}}})
	}
	if p.Total > 0 {
		s.Blocks = append(s.Blocks, page.Block{Text: []string{v.n("held.count", p.Total)}})
	}
	grid := page.Grid{Caption: v.t("held.title"), Hidden: true, Cards: true, Empty: v.t("held.none"),
		Head: []page.GridHead{{Text: v.t("held.at")}, {Text: v.t("held.instrument")}, {Text: v.t("held.wave")}, {Text: v.t("held.mode")}, {Text: v.t("held.evidence")}, {Text: v.t("held.reasons")}, {Text: v.t("held.flags")}}}
	tags := func(prefix, kind string, codes []string) (list []page.Tag) {
		for _, code := range codes {
			list = append(list, page.Tag{Text: v.code(prefix, code), Kind: kind})
		}
		return list
	}
	words := func(prefix string, codes []string) string {
		list := make([]string, len(codes))
		for i, code := range codes {
			list[i] = v.code(prefix, code)
		}
		return strings.Join(list, ", ")
	}
	for _, one := range p.Items {
		first := v.when(one.Received, one.ID[max(0, len(one.ID)-6):])
		first.Check = &page.GridCheck{Name: "id", Value: one.ID, Label: v.t("held.pick", "At", v.moment(one.Received)), Form: "decide"}
		flags := page.GridCell{Tags: tags("quality", "sun", one.Flags)}
		if len(one.Flags) == 0 {
			flags.Text = v.t("held.noflags")
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{
			first,
			{Text: one.Instrument}, {Text: one.Wave}, {Text: v.t("mode." + one.Mode)}, {Text: v.t("evidence." + one.Evidence)}, {Text: words("office.reason", one.Reasons)}, flags}})
	}
	var items []page.Choice
	for _, w := range whyRelease {
		items = append(items, page.Choice{Value: "release:" + w, Label: v.t("held.release"), Hint: v.t("held.why." + w)})
	}
	for _, w := range whyReject {
		items = append(items, page.Choice{Value: "reject:" + w, Label: v.t("held.reject"), Hint: v.t("held.why." + w)})
	}
	grid.Form = &page.Form{ID: "decide", Action: "/office/held", Parts: []any{page.Heading(v.t("held.decide")), v.choice("do", "held.do", f.Do, items, "held.do.hint")},
		Buttons: []page.Button{{Text: v.t("held.go.do")}}}
	s.Blocks = append(s.Blocks, page.Block{Grid: &grid, Pager: v.pager("/office/held", url.QueryEscape(p.Next), cursor)},
		page.Block{Note: &page.Note{Text: []string{v.t("held.honest")}}})
	return v.render(status, s)
}

// Decide releases or rejects held sittings.
func (h *Handlers) Decide(c *gin.Context) error {
	v := h.see(c)
	var f decideForm
	err := form.Decode(c.Request, &f)
	release, why := false, ""
	if err == nil {
		for _, w := range whyRelease {
			if f.Do == "release:"+w {
				release, why = true, w
			}
		}
		for _, w := range whyReject {
			if f.Do == "reject:"+w {
				why = w
			}
		}
		slices.Sort(f.IDs)
		f.IDs = slices.Compact(f.IDs)
		switch {
		case why == "":
			err = fault.InvalidFields(fault.Field{Pointer: "do", Key: form.KeyChoice})
		case len(f.IDs) == 0 || len(f.IDs) > heldMost:
			err = fault.InvalidFields(fault.Field{Pointer: "do", Key: "office.held.pick.some"})
		}
	}
	if err == nil {
		var done int
		if done, err = h.o.Sittings.Decide(v.ctx, f.IDs, release, string(v.a.Person), why); err == nil && done < len(f.IDs) {
			return v.to("/office/held", "partly")
		}
	}
	if err != nil {
		if sum, status, ok := v.refused(err); ok {
			return v.held(status, &f, sum)
		}
		return err
	}
	if release {
		return v.to("/office/held", "released")
	}
	return v.to("/office/held", "rejected")
}
