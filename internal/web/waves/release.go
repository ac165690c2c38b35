package waves

import (
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/cityindex"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// ReleaseForm shows what would be published, and the button.
func (h *Handlers) ReleaseForm(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.IndexRelease); err != nil {
		return err
	}
	w, err := v.find()
	if err != nil {
		return err
	}
	return v.releasePage(http.StatusOK, w, nil)
}

// Release cuts the next release of the wave.
func (h *Handlers) Release(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.IndexRelease); err != nil {
		return err
	}
	w, err := v.find()
	if err != nil {
		return err
	}
	if err = v.note("index.release", "wave:"+w.ID); err != nil {
		return err
	}
	if _, err = h.o.Index.Release(v.ctx, w.ID); err == nil {
		return v.to(Address+"/"+w.ID, "released")
	}
	sum, _, status, ok := v.refused(err, fieldOf)
	if !ok {
		return err
	}
	return v.releasePage(status, w, sum)
}

func (v *view) releasePage(status int, w *survey.Wave, sum *page.ErrorSummary) error {
	s := v.sheet(v.t("release.title", "Wave", w.Title.In(v.lang)), v.list(), v.wave(w))
	s.Lead, s.Errors, s.Failed = v.t("release.lead"), sum, sum != nil
	r, blocked, err := v.h.o.Index.Preview(w.ID)
	if err != nil {
		return err
	}
	if blocked != nil {
		text := v.w.T(fault.As(blocked).Key, nil)
		s.Blocks = append(s.Blocks, page.Block{Note: &page.Note{Kind: "sun", Title: v.t("release.not_now"), Text: []string{text}}})
	}
	if r.Index.Value != nil {
		s.Blocks = append(s.Blocks, v.preview(&r)...)
	}
	back := page.Button{Text: v.t("cancel"), Href: Address + "/" + w.ID, Kind: "quiet", Small: true}
	if blocked == nil {
		s.Blocks = append(s.Blocks, page.Block{Title: v.t("release.files"), Words: []string{v.t("release.file.index"), v.t("release.file.cells"), v.t("release.file.drivers"), v.t("release.file.changes"), v.t("release.file.package")}},
			page.Block{Note: &page.Note{Kind: "main", Text: []string{v.t("release.forever")}},
				Form: &page.Form{Action: Address + "/" + w.ID + "/release", Buttons: []page.Button{{Text: v.t("release.do"), Small: true, Busy: v.t("release.busy")}, back}}})
	} else {
		s.Blocks = append(s.Blocks, page.Block{Acts: []page.Button{back}})
	}
	return v.render(status, s)
}

// preview tells the figures of a release that is not out yet.
func (v *view) preview(r *cityindex.Release) []page.Block {
	share := func(x cityindex.Share) (string, string) {
		if x.Share == nil {
			return "–", v.reason(x.ReasonCode)
		}
		return v.w.Number(100**x.Share, 0) + " %", v.from(100**x.Low, 100**x.High, 0)
	}
	basic, basicIn := share(r.AtLeastBasic)
	off, offIn := share(r.NoInternet)
	figs := page.Block{Title: v.t("release.figures"), Figs: []page.Figure{
		{Value: basic, Interval: basicIn, Text: v.t("basic"), Lead: true}, {Value: off, Interval: offIn, Text: v.t("offline")},
		{Value: v.w.Number(*r.Index.Value, 1), Interval: v.from(*r.Index.Low, *r.Index.High, 1), Text: v.t("fig.index")},
	}, Facts: []page.Row{
		{Key: v.t("release.n"), Value: v.w.Int(r.N)}, {Key: v.t("release.weighted"), Value: v.w.Int(r.Weighted)},
		{Key: v.t("release.tested"), Value: v.w.Int(r.Tested)}, {Key: v.t("release.unweightable"), Value: v.w.Int(r.Unweightable)}, {Key: v.t("weights.rung"), Value: v.rung(r.Weighting.Rung)},
	}}
	grid := &page.Grid{Caption: v.t("release.breakdowns"), Hidden: true, Head: []page.GridHead{{Text: v.t("col.breakdown")}, {Text: v.t("col.given"), Number: true}, {Text: v.t("col.hidden"), Number: true}}}
	row := func(name string, given, all int) {
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.t("breakdown." + name)}, {Text: v.w.Int(int64(given))}, {Text: v.w.Int(int64(all - given))}}})
	}
	given := 0
	for _, l := range r.Levels {
		if l.Share.Share != nil {
			given++
		}
	}
	row("level", given, len(r.Levels))
	groups := func(list []cityindex.Group) (n int) {
		for _, g := range list {
			if g.Value != nil {
				n++
			}
		}
		return n
	}
	row("area", groups(r.Areas), len(r.Areas))
	for _, name := range []string{"sex", "age", "district", "mode"} {
		row(name, groups(r.Breakdowns[name]), len(r.Breakdowns[name]))
	}
	return []page.Block{figs, {Title: v.t("release.breakdowns"), Small: v.t("release.hidden"), Grid: grid}}
}

// note is a public text about a release.
type note struct {
	UK string `form:"text_uk" validate:"required,max=2000"`
	EN string `form:"text_en" validate:"required,max=2000"`
}

// release finds the release of the address; NotFound unless it is of the wave.
func (v *view) release() (cityindex.ReleaseInfo, error) {
	list := v.h.o.Index.Snapshot().View.Releases
	i := slices.IndexFunc(list, func(r cityindex.ReleaseInfo) bool {
		return r.ID == v.c.Param("release") && r.Wave == v.c.Param("wave")
	})
	if i < 0 {
		return cityindex.ReleaseInfo{}, fault.New(fault.NotFound, "")
	}
	return list[i], nil
}

// NoteForm asks for an erratum or the reason of a withdrawal.
func (h *Handlers) NoteForm(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.IndexRelease); err != nil {
		return err
	}
	r, err := v.release()
	if err != nil {
		return err
	}
	return v.notePage(http.StatusOK, r, "", note{}, nil, nil)
}

// Withdraw marks a release as withdrawn, publicly and with the reason.
func (h *Handlers) Withdraw(c *gin.Context) error {
	return h.tell(c, "withdraw", "withdrawn", h.o.Index.Withdraw)
}

// Erratum adds a public text beside figures that never change.
func (h *Handlers) Erratum(c *gin.Context) error {
	return h.tell(c, "erratum", "corrected", h.o.Index.Correct)
}

func (h *Handlers) tell(c *gin.Context, kind, done string, do func(context.Context, string, i18n.Text) error) error {
	v := h.see(c)
	if err := v.check(person.IndexRelease); err != nil {
		return err
	}
	r, err := v.release()
	if err != nil {
		return err
	}
	var p note
	if err = form.Decode(c.Request, &p); err == nil {
		err = v.note("index."+kind, "release:"+r.ID)
	}
	if err == nil {
		if err = do(v.ctx, r.ID, i18n.Text{UK: p.UK, EN: p.EN}); err == nil {
			return v.to(Address+"/"+r.Wave, done)
		}
	}
	sum, faults, status, ok := v.refused(err, fieldOf)
	if !ok {
		return err
	}
	return v.notePage(status, r, kind, p, sum, faults)
}

func (v *view) notePage(status int, r cityindex.ReleaseInfo, kind string, p note, sum *page.ErrorSummary, faults []fault.Field) error {
	s := v.sheet(v.t("note.title", "Release", r.ID), v.list(), page.Link{Href: Address + "/" + r.Wave, Text: r.Wave})
	s.Lead, s.Errors, s.Failed = v.t("note.lead"), sum, sum != nil
	for _, k := range []string{"erratum", "withdraw"} {
		b := page.Block{ID: k, Title: v.t("note." + k), Small: v.t("note." + k + ".text")}
		if k == "withdraw" && r.Withdrawn != nil {
			b.Text = []string{v.t("note.already", "Day", v.w.Date(r.Withdrawn.At.Time)), r.Withdrawn.Text.In(v.lang)}
			s.Blocks = append(s.Blocks, b)
			continue
		}
		own, typed := []fault.Field(nil), note{}
		if k == kind {
			own, typed = faults, p
		}
		f := &page.Form{Action: Address + "/" + r.Wave + "/releases/" + r.ID + "/" + k, Card: true, Buttons: []page.Button{{Text: v.t("note." + k + ".do"), Small: true}}}
		if k == "withdraw" {
			f.Buttons[0].Kind, f.Buttons[0].Confirm = "bad", v.t("note.sure")
		}
		for _, x := range []struct{ name, value string }{{"text_uk", typed.UK}, {"text_en", typed.EN}} {
			id := page.FieldID(x.name)
			if k != kind && (kind != "" || k == "withdraw") {
				id += "-" + k // ids are unique on the page; a fault leads to the form that was sent
			}
			f.Parts = append(f.Parts, page.Field{ID: id, Name: x.name, Label: v.t("field." + x.name), Value: x.value, Rows: 3, MaxLength: 2000, Error: page.FaultText(v.w, own, x.name)})
		}
		b.Form = f
		for _, e := range r.Errata {
			if k == "erratum" {
				b.Words = append(b.Words, v.w.Date(e.At.Time)+": "+e.Text.In(v.lang))
			}
		}
		s.Blocks = append(s.Blocks, b)
	}
	return v.render(status, s)
}
