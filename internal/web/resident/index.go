package resident

import (
	"html/template"
	"math"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/chart"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/i18n"
	"osvitlo/internal/web/page"
)

// Index gives what the public may see of the city's figures; cityindex.Service is one.
type Index interface {
	Snapshot() *cityindex.Snapshot
}

// IndexPage is the city's figures with their errors.
type IndexPage struct {
	page.Base
	Lead     string
	None     bool // there is no figure yet
	Status   page.Tag
	When     string
	Steps    string // when the public figure moves
	Figures  []page.Figure
	Alerts   []page.Note
	Hundred  template.HTML
	HundredT string
	Series   template.HTML
	SeriesT  string
	SeriesN  string
	SeriesTb *page.Table
	Areas    *breakdown
	Levels   *breakdown
	Groups   []breakdown // ages, sexes, districts, modes
	Unheard  *unheard
	Others   *page.Table
	OthersT  []Quoted
	Target   string
	Method   []string
	Caveats  []string
	Shift    *page.Table
	ShiftT   string
	Downs    []page.Download
	Release  string
}

// Quoted is a sentence with the title of its source, which is in its own language.
type Quoted struct{ Text, Source, Lang string }

// breakdown is one set of groups: a sentence, a table and a chart.
type breakdown struct {
	Title, Text string
	Table       page.Table
	Chart       template.HTML
	ChartTitle  string
	Note        string
}

// unheard are the groups with fewer than ten answers.
type unheard struct {
	First, More []string
	Assisted    string
}

// IndexPage shows the city's figures.
func (h *Handlers) IndexPage(c *gin.Context) error {
	snap := h.o.Index.Snapshot()
	return h.keep(c, "index", "/index", snap.ETag, func(lang string) (page.Page, error) {
		b := &indexBuilder{h: h, lang: lang, w: h.o.Words.Lang(lang), v: snap.View}
		return b.page(), nil
	})
}

// indexBuilder writes a snapshot in one language.
type indexBuilder struct {
	h    *Handlers
	lang string
	w    *i18n.Localizer
	v    *cityindex.View
}

func (b *indexBuilder) t(key string, pairs ...any) string {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return b.w.T("resident.index."+key, args)
}

func (b *indexBuilder) page() *IndexPage {
	base := b.h.public(b.lang, "/index", "index", "resident.index.title")
	base.Picture = "/share/site/index." + b.lang + ".png"
	base.Wide = true
	p := &IndexPage{Base: base, Lead: sentence(b.w, b.v)}
	p.Description = p.Lead
	head := b.v.Headline
	p.None = head.AtLeastBasic.Share == nil && head.Index.Value == nil
	b.status(p)
	b.figures(p)
	b.alerts(p)
	if x := b.v.Hundred; x != nil {
		p.Hundred, p.HundredT = b.hundred(x), b.t("hundred.tip")
	}
	b.series(p)
	if o := b.v.Official; o != nil {
		p.Areas = b.areas(o)
		p.Levels = b.levels(o)
		p.Groups = b.groups(o)
		b.unheard(p, o)
		b.shift(p, o)
		b.downloads(p, o)
	}
	b.others(p)
	b.method(p)
	return p
}

// sentence says the headline in words: from … to … of a hundred.
func sentence(w *i18n.Localizer, v *cityindex.View) string {
	s := v.Headline.AtLeastBasic
	if s.Share == nil || s.Low == nil || s.High == nil {
		return w.T("resident.index.lead.none", nil)
	}
	low, high := math.Round(*s.Low*100), math.Round(*s.High*100)
	args := map[string]any{"Low": w.Number(low, 0), "High": w.Number(high, 0)}
	if low == high {
		return w.T("resident.index.lead.one", args)
	}
	return w.T("resident.index.lead", args)
}

func (b *indexBuilder) status(p *IndexPage) {
	head := b.v.Headline
	if head.Official {
		p.Status = page.Tag{Kind: "good", Text: b.t("official", "ID", head.Release)}
	} else {
		p.Status = page.Tag{Kind: "main", Text: b.t("provisional")}
	}
	var parts []string
	if title := head.WaveTitle.In(b.lang); title != "" {
		parts = append(parts, title)
	}
	if head.N > 0 {
		parts = append(parts, b.w.Date(head.AsOf), b.w.N("resident.index.people", head.N, nil))
	}
	p.When = strings.Join(parts, " · ")
	if b.v.Live.Open || !head.Official {
		p.Steps = b.w.N("resident.index.steps", int64(b.v.StepSize), nil)
		if !b.v.UpdatedAt.IsZero() {
			p.Steps = b.t("updated", "When", b.w.DateTime(b.v.UpdatedAt)) + " " + p.Steps
		}
	}
}

func (b *indexBuilder) figures(p *IndexPage) {
	head := b.v.Headline
	p.Figures = []page.Figure{
		b.share(head.AtLeastBasic, "basic", true),
		b.share(head.NoInternet, "offline", false),
		b.mean(head.Index),
	}
}

// share is a figure of people out of a hundred.
func (b *indexBuilder) share(s cityindex.Share, key string, lead bool) page.Figure {
	f := page.Figure{Lead: lead, Text: b.t("figure." + key)}
	if s.Share == nil {
		f.Value, f.Interval = i18n.EnDash, b.reason(s.ReasonCode)
		return f
	}
	f.Value, f.Unit = b.w.Number(*s.Share*100, 0), b.t("of100")
	f.Interval = b.between(s.Low, s.High, 100, 0)
	return f
}

func (b *indexBuilder) mean(m cityindex.Mean) page.Figure {
	f := page.Figure{Text: b.t("figure.mean")}
	if m.Value == nil {
		f.Value, f.Interval = i18n.EnDash, b.reason(m.ReasonCode)
		return f
	}
	f.Value, f.Unit = b.w.Number(*m.Value, 1), b.t("points")
	f.Interval = b.between(m.Low, m.High, 1, 1)
	return f
}

func (b *indexBuilder) between(low, high *float64, times float64, decimals int) string {
	if low == nil || high == nil {
		return ""
	}
	return b.t("between", "Low", b.w.Number(*low*times, decimals), "High", b.w.Number(*high*times, decimals))
}

// span is an interval in a cell: «54–58».
func (b *indexBuilder) span(low, high *float64, times float64, decimals int) string {
	if low == nil || high == nil {
		return ""
	}
	return b.w.Number(*low*times, decimals) + i18n.EnDash + b.w.Number(*high*times, decimals)
}

// reason says in words why there is no figure.
func (b *indexBuilder) reason(code string) string {
	key := "resident.reason." + code
	if text := b.w.T(key, nil); text != key {
		return text
	}
	return b.w.T("resident.reason.too_few", nil)
}

func (b *indexBuilder) alerts(p *IndexPage) {
	for _, code := range b.v.Alerts {
		key := "resident.index.alert." + code
		if text := b.w.T(key, nil); text != key {
			p.Alerts = append(p.Alerts, page.Note{Kind: "sun", Text: []string{text}})
		}
	}
	if h := b.v.Live.Held; h != nil && *h > 0 {
		p.Alerts = append(p.Alerts, page.Note{Text: []string{b.t("alert.held", "N", b.w.Int(*h))}})
	}
	if o := b.v.Official; o != nil && o.AssistedFew {
		p.Alerts = append(p.Alerts, page.Note{Kind: "sun", Text: []string{b.t("alert.assisted")}})
	}
	if o := b.v.Official; o != nil && o.Wave != b.v.Headline.Wave {
		p.Alerts = append(p.Alerts, page.Note{Text: []string{b.t("alert.older", "Wave", o.WaveTitle.In(b.lang))}})
	}
}

func (b *indexBuilder) hundred(x *cityindex.Hundred) template.HTML {
	parts := []chart.Part{
		{Kind: chart.Yes, Count: x.Basic, Name: b.t("hundred.basic")},
		{Kind: chart.Maybe, Count: x.Maybe, Name: b.t("hundred.maybe")},
		{Kind: chart.No, Count: x.Below, Name: b.t("hundred.below")},
		{Kind: chart.Off, Count: x.Offline, Name: b.t("hundred.offline")},
	}
	var desc []string
	for _, part := range parts {
		desc = append(desc, part.Name+": "+b.w.Int(int64(part.Count)))
	}
	return chart.Hundred{Head: chart.Head{ID: "hundred", Title: b.t("hundred.title"), Desc: strings.Join(desc, "; ")}, Parts: parts}.SVG()
}

func (b *indexBuilder) series(p *IndexPage) {
	if len(b.v.Series) == 0 {
		return
	}
	p.SeriesT = b.changeWords()
	table := &page.Table{Caption: b.t("series.caption"), Hidden: true, Head: []page.Cell{{Text: b.t("series.wave")},
		{Text: b.t("col.of100"), Number: true}, {Text: b.t("col.interval"), Number: true}, {Text: b.t("col.answers"), Number: true}}}
	s := chart.Series{Head: chart.Head{ID: "series", Title: b.t("series.caption")}, Max: 100, Step: 25,
		Write: func(x float64) string { return b.w.Number(x, 0) }}
	var desc []string
	for _, m := range b.v.Series {
		name, under := m.Title.In(b.lang), ""
		if i := strings.LastIndexByte(name, ' '); i > 0 {
			name, under = name[:i], name[i+1:]
		}
		at := b.value(m.AtLeastBasic)
		s.Points = append(s.Points, chart.Moment{Name: name, Under: under, Value: at, Break: len(m.Breaks) > 0})
		row := []page.Cell{{Text: m.Title.In(b.lang)}, b.number(m.AtLeastBasic.Share, 100, 0, m.AtLeastBasic.ReasonCode),
			{Text: b.span(m.AtLeastBasic.Low, m.AtLeastBasic.High, 100, 0), Number: true, Quiet: true}, {Text: b.w.Int(m.N), Number: true, Quiet: true}}
		table.Rows = append(table.Rows, row)
		desc = append(desc, m.Title.In(b.lang)+": "+row[1].Text+row[1].Note)
		if m.Break {
			p.SeriesN = b.t("series.break", "Wave", m.Title.In(b.lang))
		} else if len(m.Breaks) > 0 { // compared all the same, with a warning
			p.SeriesN = b.words("changes.", "series.break", []any{"Wave", m.Title.In(b.lang), "What", b.w.T("changes.break."+m.Breaks[0], nil)})
		}
	}
	s.Desc = strings.Join(desc, "; ")
	p.Series, p.SeriesTb = s.SVG(), table
}

// changeWords tell the change since the wave before, and whether it can be seen.
func (b *indexBuilder) changeWords() string {
	if len(b.v.Series) < 2 {
		return b.t("change.first")
	}
	c := b.v.Change
	if c == nil || c.AtLeastBasic == nil {
		return b.t("change.none")
	}
	d := c.AtLeastBasic
	key := "change.unseen"
	if d.Detectable {
		key = "change.seen"
	}
	return b.t(key, "From", c.FromTitle.In(b.lang), "Delta", signed(b.w, d.Delta), "Low", signed(b.w, d.Low), "High", signed(b.w, d.High))
}

// signed writes a whole number with its sign; a rounded zero has none.
func signed(w *i18n.Localizer, x float64) string {
	s := w.Number(math.Round(x), 0)
	if math.Round(x) > 0 {
		return "+" + s
	}
	return s
}

func (b *indexBuilder) value(s cityindex.Share) chart.Value {
	if s.Share == nil {
		return chart.Gap(b.reason(s.ReasonCode))
	}
	v := chart.Value{At: *s.Share * 100, Low: math.NaN(), High: math.NaN()}
	if s.Low != nil && s.High != nil {
		v.Low, v.High = *s.Low*100, *s.High*100
	}
	return v
}

// number is a cell with a figure, or with why there is none.
func (b *indexBuilder) number(x *float64, times float64, decimals int, code string) page.Cell {
	if x == nil {
		return page.Cell{Note: b.reason(code), Number: true}
	}
	return page.Cell{Text: b.w.Number(*x*times, decimals), Number: true, Strong: true}
}

func (b *indexBuilder) count(n *int64) page.Cell {
	c := page.Cell{Number: true, Quiet: true}
	if n != nil {
		c.Text = b.w.Int(*n)
	}
	return c
}
