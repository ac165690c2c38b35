package waves

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
	"osvitlo/internal/web/form"
	"osvitlo/internal/web/page"
)

// List shows all waves, the newest first.
func (h *Handlers) List(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.IndexInternal); err != nil {
		return err
	}
	s := v.sheet(v.t("title"))
	s.Lead = v.t("lead")
	grid := &page.Grid{Caption: v.t("title"), Hidden: true, Empty: v.t("none"), Cards: true,
		Head: []page.GridHead{{Text: v.t("col.wave")}, {Text: v.t("col.state")}, {Text: v.t("col.days")}, {Text: v.t("col.counted"), Number: true}, {Text: v.t("col.target"), Number: true}, {Text: v.t("col.held"), Number: true}, {Text: v.t("col.release")}}}
	waves := slices.Clone(h.o.Plans.Waves())
	slices.Reverse(waves)
	releases := h.o.Index.Snapshot().View.Releases
	for _, w := range waves {
		row := page.GridRow{Cells: []page.GridCell{
			{Text: w.Title.In(v.lang), Href: Address + "/" + w.ID, Small: w.Campaign},
			{Tag: v.state(w)}, {Text: v.span(w)}, {Text: "–"}, {Text: "–"}, {Text: "–"}, {Text: "–"}}}
		if f, err := h.o.Index.Fieldwork(w.ID); err == nil {
			row.Cells[3].Text, row.Cells[5].Text = v.w.Int(f.Count.Counted), v.w.Int(f.Count.Held)
			if f.Planned > 0 {
				row.Cells[4].Text = v.w.Int(f.Planned)
			}
			row.Bad = len(f.Alerts) > 0 && w.OpenAt(h.o.Now())
		} else if !fault.Is(err, fault.NotFound) {
			return err
		}
		for _, r := range releases {
			if r.Wave == w.ID && r.Latest {
				row.Cells[6] = page.GridCell{Text: r.ID, Href: r.Path}
			}
		}
		grid.Rows = append(grid.Rows, row)
	}
	block := page.Block{Grid: grid}
	if v.may(person.WaveEdit) {
		block.Acts = []page.Button{{Text: v.t("plan"), Href: Address + "/new", Small: true}, {Text: v.t("campaigns"), Href: Address + "/campaigns", Kind: "second", Small: true}}
	}
	s.Blocks = []page.Block{block}
	return v.render(http.StatusOK, s)
}

// state is what a wave is doing now.
func (v *view) state(w *survey.Wave) *page.Tag {
	now := v.h.o.Now()
	switch {
	case now.Before(w.Opens.Time):
		return &page.Tag{Text: v.t("state.planned"), Kind: "main"}
	case w.OpenAt(now):
		return &page.Tag{Text: v.t("state.open"), Kind: "good"}
	}
	return &page.Tag{Text: v.t("state.closed")}
}

func (v *view) span(w *survey.Wave) string {
	return v.w.Date(w.Opens.Time) + " – " + v.w.Date(w.Closes.Add(-1))
}

// campaign is the form of a campaign.
type campaign struct {
	ID          string   `form:"id" validate:"required,max=64"`
	Rev         int64    `form:"rev"`
	TitleUK     string   `form:"title_uk" validate:"required,max=200"`
	TitleEN     string   `form:"title_en" validate:"required,max=200"`
	Modes       []string `form:"modes" validate:"max=10"`
	Instruments []string `form:"instruments" validate:"max=50"`
}

// CampaignForm lists the campaigns and asks for one.
func (h *Handlers) CampaignForm(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	return v.campaignPage(http.StatusOK, campaign{}, c.Query("id"), nil, nil)
}

// SaveCampaign stores a campaign.
func (h *Handlers) SaveCampaign(c *gin.Context) error {
	v := h.see(c)
	if err := v.check(person.WaveEdit); err != nil {
		return err
	}
	var p campaign
	err := form.Decode(c.Request, &p)
	x := survey.Campaign{Doc: store.Doc{ID: p.ID, Rev: p.Rev}, Title: i18n.Text{UK: p.TitleUK, EN: p.TitleEN}, Modes: p.Modes, Instruments: p.Instruments}
	if err == nil {
		err = x.Check()
	}
	if err == nil {
		err = v.note("campaign.save", "campaign:"+x.ID)
	}
	if err == nil {
		if err = h.o.Plans.SaveCampaign(v.ctx, x); err == nil {
			return v.to(Address+"/campaigns", "campaign")
		}
	}
	sum, faults, status, ok := v.refused(err, fieldOf)
	if !ok {
		return err
	}
	return v.campaignPage(status, p, "", sum, faults)
}

func (v *view) campaignPage(status int, p campaign, chosen string, sum *page.ErrorSummary, faults []fault.Field) error {
	list, err := v.h.o.Plans.Campaigns(v.ctx)
	if err != nil {
		return err
	}
	s := v.sheet(v.t("campaigns"), v.list())
	s.Lead, s.Errors, s.Failed = v.t("campaigns.lead"), sum, sum != nil
	grid := &page.Grid{Caption: v.t("campaigns"), Hidden: true, Empty: v.t("campaigns.none"), Cards: true,
		Head: []page.GridHead{{Text: v.t("col.campaign")}, {Text: v.t("field.instruments")}, {Text: v.t("field.modes")}}}
	for _, x := range list {
		if x.ID == chosen {
			p = campaign{ID: x.ID, Rev: x.Rev, TitleUK: x.Title.UK, TitleEN: x.Title.EN, Modes: x.Modes, Instruments: x.Instruments}
		}
		grid.Rows = append(grid.Rows, page.GridRow{Cells: []page.GridCell{{Text: x.Title.In(v.lang), Href: Address + "/campaigns?id=" + x.ID, Small: x.ID},
			{Text: v.all(x.Instruments, v.instrument)}, {Text: v.all(x.Modes, func(m string) string { return v.t("mode." + m) })}}})
	}
	b := fieldsOf(v, faults)
	f := &page.Form{Action: Address + "/campaigns", Card: true, Hidden: []page.Hidden{{Name: "rev", Value: strconv.FormatInt(p.Rev, 10)}}}
	f.Parts = []any{b.text("id", p.ID, "20"), b.text("title_uk", p.TitleUK, ""), b.text("title_en", p.TitleEN, ""),
		b.boxes("modes", survey.Modes, p.Modes, func(m string) string { return v.t("mode." + m) })}
	if len(v.h.o.Instruments) > 0 {
		var slugs []string
		for _, i := range v.h.o.Instruments {
			slugs = append(slugs, i.Slug)
		}
		f.Parts = append(f.Parts, b.boxes("instruments", slugs, p.Instruments, v.instrument))
	}
	f.Buttons = []page.Button{{Text: v.t("save"), Small: true}}
	s.Blocks = []page.Block{{Grid: grid}, {Title: v.t("campaigns.form"), Form: f}}
	return v.render(status, s)
}

// all writes a list; an empty one stands for everything.
func (v *view) all(list []string, words func(string) string) string {
	if len(list) == 0 {
		return v.t("all")
	}
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = words(x)
	}
	return strings.Join(out, ", ")
}
