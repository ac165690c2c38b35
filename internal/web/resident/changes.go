package resident

import (
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/chart"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/web/page"
)

// Changes is the page of what changed since the wave before (METHOD §6).
type Changes struct {
	page.Base
	Lead     string
	Wave     string
	None     string   // why nothing is compared
	Breaks   []string // what makes the comparison hard
	Say      []string
	Families []breakdown
	Crude    string
	Pairs    string
	Series   template.HTML
	SeriesN  []string
	SeriesTb *page.Table
	Trends   []string
	Downs    []page.Download
}

// ChangesPage answers /index/changes.
func (h *Handlers) ChangesPage(c *gin.Context) error {
	snap := h.o.Index.Snapshot()
	return h.keep(c, "changes", "/index/changes", snap.ETag, func(lang string) (page.Page, error) {
		b := &changeBuilder{indexBuilder{h: h, lang: lang, w: h.o.Words.Lang(lang), v: snap.View}}
		return b.page(), nil
	})
}

// changeBuilder writes the changes of a release in one language.
type changeBuilder struct{ indexBuilder }

func (b *changeBuilder) say(key string, pairs ...any) string { return b.words("changes.", key, pairs) }

// families is the order of the tables.
var families = []string{"headline", "area", "sex", "age", "district"}

func (b *changeBuilder) page() *Changes {
	base := b.h.public(b.lang, "/index/changes", "index", "changes.title")
	base.Wide, base.Back = true, &page.Link{Href: "/index", Text: b.w.T("drivers.back", nil)}
	p := &Changes{Base: base, Lead: b.say("lead")}
	p.Description = p.Lead
	c := b.v.Changes
	if c == nil || b.v.Official == nil {
		p.None = b.say("none")
		return p
	}
	p.Downs = b.files(b.v.Official.Info, cityindex.FileChanges, cityindex.FileZip)
	b.series(p, c)
	if c.ReasonCode != "" {
		p.None = b.say("why." + c.ReasonCode)
		return p
	}
	p.Wave = b.say("between", "From", b.wave(c.FromWave), "To", b.wave(c.Wave))
	for _, x := range c.Breaks {
		p.Breaks = append(p.Breaks, b.say("break."+x))
	}
	for _, r := range c.Rows {
		if r.Family == "headline" {
			p.Say = append(p.Say, b.sentence(r))
			if r.CrudeFrom != nil && r.CrudeTo != nil {
				p.Crude = b.say("crude", "From", b.w.Number(*r.CrudeFrom, 1), "To", b.w.Number(*r.CrudeTo, 1), "Delta", b.tenth(*r.CrudeTo-*r.CrudeFrom))
			}
		}
	}
	for _, f := range families {
		if part, ok := b.family(f, c.Rows); ok {
			p.Families = append(p.Families, part)
		}
	}
	p.Pairs = b.say("pairs.none")
	if c.Pairs != nil {
		p.Pairs = b.say("pairs", "N", b.w.Int(*c.Pairs))
	}
	for _, t := range c.Trends {
		key := "trend.unseen"
		if t.Low > 0 || t.High < 0 {
			key = "trend.seen"
		}
		p.Trends = append(p.Trends, b.say(key, "What", b.name("headline", t.ID), "Waves", b.w.Int(int64(t.Waves)), "Delta", b.tenth(t.Delta), "Low", b.tenth(t.Low), "High", b.tenth(t.High)))
	}
	return p
}

func (b *changeBuilder) wave(id string) string {
	if t, ok := b.v.WaveTitles[id]; ok {
		return t.In(b.lang)
	}
	return id
}

func (b *changeBuilder) tenth(x float64) string { return tenth(b.w.Number, x) }

// tenth writes a difference with its sign and one decimal; a rounded zero has none.
func tenth(write func(float64, int) string, x float64) string {
	text := write(math.Abs(x), 1)
	switch r := math.Round(x * 10); {
	case r > 0:
		return "+" + text
	case r < 0:
		return "−" + text
	}
	return text
}

func (b *changeBuilder) name(family, id string) string {
	switch family {
	case "headline":
		return b.say("figure." + id)
	case "area":
		_, name := b.areaName(id)
		return name
	}
	return b.groupName(family, id)
}

// sentence is a difference as one would say it.
func (b *changeBuilder) sentence(r cityindex.Change) string {
	name := b.name("headline", r.ID)
	if r.Delta == nil {
		return b.say("missing", "What", name, "Why", b.why(r.ReasonCode))
	}
	key := "unseen"
	if r.Label == cityindex.LabelChange {
		key = "seen"
	}
	return b.say(key, "What", name, "Delta", b.tenth(*r.Delta), "Low", b.tenth(*r.Low), "High", b.tenth(*r.High))
}

func (b *changeBuilder) why(code string) string {
	key := "changes.why." + code
	if text := b.w.T(key, nil); text != key {
		return text
	}
	return b.reason(code)
}

// family is one table of differences with its drawing.
func (b *changeBuilder) family(family string, rows []cityindex.Change) (breakdown, bool) {
	out := breakdown{Title: b.say("family." + family), ChartTitle: b.say("chart"), Note: b.say("hollow")}
	out.Table = page.Table{Caption: out.Title, Hidden: true, Foot: b.say("holm"), Head: []page.Cell{{Text: b.say("col.what")}, {Text: b.say("col.from"), Number: true}, {Text: b.say("col.to"), Number: true},
		{Text: b.say("col.delta"), Number: true}, {Text: b.say("col.interval"), Number: true}, {Text: b.say("col.label")}}}
	d := chart.Effects{Head: chart.Head{ID: "c-" + family, Title: out.ChartTitle}, Write: b.tenth, Axis: func(x float64) string { return b.w.Number(x, 0) }}
	var desc []string
	for _, r := range rows {
		if r.Family != family {
			continue
		}
		name := b.name(family, r.ID)
		first := page.Cell{Text: name}
		if family == "area" {
			first.Area, _ = b.areaName(r.ID)
		}
		cells := []page.Cell{first, b.number(r.From, 1, 1, r.ReasonCode), b.number(r.To, 1, 1, r.ReasonCode)}
		if r.Delta == nil {
			cells = append(cells, page.Cell{Text: "–", Number: true}, page.Cell{Number: true}, page.Cell{Note: b.why(r.ReasonCode)})
			d.Rows = append(d.Rows, chart.Effect{Name: name, Value: chart.Gap(b.why(r.ReasonCode))})
		} else {
			cells = append(cells, page.Cell{Text: b.tenth(*r.Delta), Number: true, Strong: true}, page.Cell{Text: b.say("interval", "Low", b.tenth(*r.Low), "High", b.tenth(*r.High)), Number: true, Quiet: true},
				page.Cell{Text: b.say("label." + r.Label), Strong: r.Label == cityindex.LabelChange})
			d.Rows = append(d.Rows, chart.Effect{Name: name, Value: chart.Value{At: *r.Delta, Low: *r.Low, High: *r.High}, Sure: r.Label == cityindex.LabelChange})
			desc = append(desc, name+": "+b.tenth(*r.Delta))
		}
		out.Table.Rows = append(out.Table.Rows, cells)
	}
	d.Desc = strings.Join(desc, "; ")
	out.Chart = d.SVG()
	return out, len(out.Table.Rows) > 0
}

// series draws the index over the waves with every break.
func (b *changeBuilder) series(p *Changes, c *cityindex.Changes) {
	s := chart.Series{Head: chart.Head{ID: "series", Title: b.say("series")}, Max: 100, Step: 25, Write: func(x float64) string { return b.w.Number(x, 0) }}
	table := &page.Table{Caption: b.say("series"), Hidden: true, Head: []page.Cell{{Text: b.say("col.wave")}, {Text: b.say("figure.index"), Number: true}, {Text: b.say("col.interval"), Number: true}, {Text: b.say("figure.at_least_basic"), Number: true}}}
	fixed := false
	if n := len(c.Series); n > 1 && c.Series[n-1].Fixed != nil {
		e := b.v.Official.ModeEffect
		fixed = e != nil && e.Notable || len(c.Breaks) > 0
	}
	if fixed {
		table.Head = append(table.Head, page.Cell{Text: b.say("col.fixed"), Number: true})
		table.Foot = b.say("fixed")
	}
	var desc []string
	for _, m := range c.Series {
		name, under := b.wave(m.Wave), ""
		if i := strings.LastIndexByte(name, ' '); i > 0 {
			name, under = name[:i], name[i+1:]
		}
		v := chart.Gap(b.reason(cityindex.ReasonTooFew))
		row := []page.Cell{{Text: b.wave(m.Wave)}, b.number(m.Index, 1, 1, cityindex.ReasonTooFew), {Number: true, Quiet: true}, b.number(m.AtLeastBasic, 1, 0, cityindex.ReasonSmall)}
		if m.Index != nil && m.IndexSE != nil {
			v = chart.Value{At: *m.Index, Low: *m.Index - 1.96**m.IndexSE, High: *m.Index + 1.96**m.IndexSE}
			row[2].Text = b.span(&v.Low, &v.High, 1, 1)
			desc = append(desc, b.wave(m.Wave)+": "+b.w.Number(*m.Index, 1))
		}
		s.Points = append(s.Points, chart.Moment{Name: name, Under: under, Value: v, Break: len(m.Breaks) > 0})
		if fixed {
			row = append(row, b.number(m.Fixed, 1, 1, cityindex.ReasonSmall))
		}
		table.Rows = append(table.Rows, row)
		for _, x := range slices.Clone(m.Breaks) {
			p.SeriesN = append(p.SeriesN, b.say("series.break", "Wave", b.wave(m.Wave), "What", b.say("break."+x)))
		}
	}
	s.Desc = strings.Join(desc, "; ")
	p.Series, p.SeriesTb = s.SVG(), table
}
