package resident

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"osvitlo/internal/chart"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/drivers"
	"osvitlo/internal/web/page"
)

// Drivers is the page of what goes together with the score (METHOD §12): sentences
// first, then tables, then drawings, and the file for whoever checks.
type Drivers struct {
	page.Base
	Lead    string
	Say     []string
	None    string // why there is no figure
	Wave    string
	Shares  *breakdown
	Factors []breakdown
	Facts   *page.Table // for whoever knows statistics
	Left    []string
	Mode    *breakdown // how the ways of answering differ
	Sample  *breakdown // those whom the city drew, where a wave has such
	Downs   []page.Download
	Label   string
}

// DriversPage answers /index/drivers.
func (h *Handlers) DriversPage(c *gin.Context) error {
	snap := h.o.Index.Snapshot()
	return h.keep(c, "drivers", "/index/drivers", snap.ETag, func(lang string) (page.Page, error) {
		b := &driverBuilder{indexBuilder{h: h, lang: lang, w: h.o.Words.Lang(lang), v: snap.View}}
		return b.page(), nil
	})
}

// driverBuilder writes the drivers of a release in one language.
type driverBuilder struct{ indexBuilder }

func (b *driverBuilder) say(key string, pairs ...any) string { return b.words("drivers.", key, pairs) }

// words is a message under a prefix of its own.
func (b *indexBuilder) words(prefix, key string, pairs []any) string {
	args := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		args[pairs[i].(string)] = pairs[i+1]
	}
	return b.w.T(prefix+key, args)
}

func (b *driverBuilder) page() *Drivers {
	base := b.h.public(b.lang, "/index/drivers", "index", "drivers.title")
	base.Wide, base.Back = true, &page.Link{Href: "/index", Text: b.w.T("drivers.back", nil)}
	p := &Drivers{Base: base, Lead: b.say("lead"), Label: b.say("label")}
	p.Description = p.Lead
	d := b.v.Drivers
	if d == nil || b.v.Official == nil {
		p.None = b.say("none")
		return p
	}
	p.Wave = b.say("wave", "Wave", b.v.Official.WaveTitle.In(b.lang), "Day", b.w.Date(d.AsOf))
	p.Downs = b.files(b.v.Official.Info, cityindex.FileDriverCSV, cityindex.FileDrivers, cityindex.FileZip)
	p.Left = b.left(d.Left)
	p.Mode, p.Sample = b.modeEffect(b.v.Official.ModeEffect), b.sample(b.v.Official.Sample)
	if d.Code != "" {
		p.None = b.say("reason", "Why", b.why(d.Code))
		return p
	}
	ranked := slices.Clone(d.Factors)
	slices.SortStableFunc(ranked, func(x, y cityindex.Driver) int { return cmp.Compare(y.ShareR2, x.ShareR2) })
	p.Say = b.sentences(d, ranked)
	p.Shares = b.shares(d, ranked)
	for _, f := range ranked {
		p.Factors = append(p.Factors, b.one(f))
	}
	p.Facts = b.facts(ranked)
	return p
}

// left names what is not in the model, those with one reason together.
func (b *driverBuilder) left(list []cityindex.LeftOut) (out []string) {
	var codes []string
	names := map[string][]string{}
	for _, l := range list {
		if names[l.ReasonCode] == nil {
			codes = append(codes, l.ReasonCode)
		}
		names[l.ReasonCode] = append(names[l.ReasonCode], b.factor(l.ID))
	}
	for _, c := range codes {
		out = append(out, strings.Join(names[c], ", ")+": "+b.why(c)+".")
	}
	return out
}

// sentences are what a journalist may quote.
func (b *driverBuilder) sentences(d *cityindex.Drivers, ranked []cityindex.Driver) []string {
	out := []string{b.say("explained", "Share", b.w.Number(100*d.R2, 0), "N", b.w.Int(d.N))}
	if top := ranked[0]; top.ShareR2 > 0 && d.R2 > 0 {
		out = append(out, b.say("top", "Factor", b.of(top.ID), "Share", b.w.Number(100*top.ShareOf, 0)))
	}
	var weak []string
	for _, f := range ranked {
		if f.Strength == drivers.None {
			weak = append(weak, b.of(f.ID))
		}
	}
	if len(weak) > 0 {
		out = append(out, b.say("weak", "List", strings.Join(weak, ", ")))
	}
	return out
}

// factor is the name of a factor, of is it inside a sentence.
func (b *driverBuilder) factor(id string) string { return b.say("factor." + id) }

func (b *driverBuilder) of(id string) string { return b.say("of." + id) }

func (b *driverBuilder) why(code string) string {
	key := "drivers.why." + code
	if text := b.w.T(key, nil); text != key {
		return text
	}
	return b.reason(code)
}

// group is the name of a group, or of several that were joined.
func (b *driverBuilder) group(factor, id string) string {
	var names []string
	for _, one := range strings.Split(id, "+") {
		switch {
		case factor == "internet":
			names = append(names, b.say("internet."+one))
		case factor == "age":
			return b.groupName("age", id) // 60+ has a plus of its own
		default:
			names = append(names, b.groupName(factor, one))
		}
	}
	return strings.Join(names, " + ")
}

// shares divides what is explained among the factors.
func (b *driverBuilder) shares(d *cityindex.Drivers, ranked []cityindex.Driver) *breakdown {
	out := &breakdown{Title: b.say("shares"), Text: b.say("shares.text"), ChartTitle: b.say("shares.chart")}
	out.Table = page.Table{Caption: out.Title, Hidden: true, Head: []page.Cell{{Text: b.say("col.factor")}, {Text: b.say("col.of100"), Number: true}, {Text: b.say("col.strength")}}, Foot: b.say("label")}
	bars := chart.Bars{Head: chart.Head{ID: "shares", Title: out.ChartTitle}, Max: 10, Step: 5, Stacked: true, Write: func(x float64) string { return b.w.Number(x, 0) }}
	var desc []string
	for _, f := range ranked {
		name, at := b.factor(f.ID), 100*f.ShareR2
		for at > bars.Max && bars.Max < 100 {
			bars.Max += 10
		}
		out.Table.Rows = append(out.Table.Rows, []page.Cell{{Text: name}, {Text: b.w.Number(at, 1), Number: true, Strong: true}, {Text: b.say("strength." + string(f.Strength))}})
		v := chart.Value{At: at}
		v.Low, v.High = chart.Gap("").Low, chart.Gap("").High
		bars.Rows = append(bars.Rows, chart.Bar{Name: name, Value: v})
		desc = append(desc, name+": "+b.w.Number(at, 1))
	}
	if bars.Max > 20 {
		bars.Step = 10
	}
	bars.Desc = strings.Join(desc, "; ")
	out.Chart = bars.SVG()
	out.Note = b.say("shares.rest", "Rest", b.w.Number(100-100*d.R2, 0))
	return out
}

// one is a factor: the score of its groups, all else equal.
func (b *driverBuilder) one(f cityindex.Driver) breakdown {
	out := breakdown{Title: b.factor(f.ID), ChartTitle: b.say("means.chart")}
	out.Table = page.Table{Caption: b.say("means.caption", "Factor", b.of(f.ID)), Hidden: true,
		Head: []page.Cell{{Text: b.say("col.group")}, {Text: b.say("col.points"), Number: true}, {Text: b.say("col.interval"), Number: true}, {Text: b.say("col.n"), Number: true}}, Foot: b.say("label")}
	bars := chart.Bars{Head: chart.Head{ID: "d-" + f.ID, Title: out.ChartTitle}, Max: 100, Step: 25, Stacked: f.ID != "age", Write: func(x float64) string { return b.w.Number(x, 0) }}
	var desc []string
	var lo, hi *cityindex.DriverGroup
	for i := range f.Groups {
		g := &f.Groups[i]
		name := b.group(f.ID, g.ID)
		out.Table.Rows = append(out.Table.Rows, []page.Cell{{Text: name}, b.number(g.Mean.Value, 1, 1, g.Mean.ReasonCode), {Text: b.span(g.Mean.Low, g.Mean.High, 1, 1), Number: true, Quiet: true},
			{Text: b.say("about", "N", b.w.Int(g.N)), Number: true, Quiet: true}})
		v := chart.Gap(b.reason(g.Mean.ReasonCode))
		if g.Mean.Value != nil {
			v = chart.Value{At: *g.Mean.Value, Low: *g.Mean.Low, High: *g.Mean.High}
			if lo == nil || *g.Mean.Value < *lo.Mean.Value {
				lo = g
			}
			if hi == nil || *g.Mean.Value > *hi.Mean.Value {
				hi = g
			}
			desc = append(desc, name+": "+b.w.Number(*g.Mean.Value, 1))
		}
		bars.Rows = append(bars.Rows, chart.Bar{Name: name, Value: v})
	}
	bars.Desc = strings.Join(desc, "; ")
	out.Chart = bars.SVG()
	out.Text = b.say("means.none")
	if lo != nil && hi != nil && lo != hi {
		key := "means.unseen"
		if f.P < 0.05 {
			key = "means.seen"
		}
		out.Text = b.say(key, "High", b.group(f.ID, hi.ID), "Low", b.group(f.ID, lo.ID), "Delta", b.w.Number(*hi.Mean.Value-*lo.Mean.Value, 1))
	}
	return out
}

// facts are the numbers for whoever knows statistics.
func (b *driverBuilder) facts(ranked []cityindex.Driver) *page.Table {
	t := &page.Table{Caption: b.say("facts"), Hidden: true, Foot: b.say("facts.foot"), Head: []page.Cell{{Text: b.say("col.factor")},
		{Text: "η²", Number: true}, {Text: b.say("facts.v"), Number: true}, {Text: b.say("facts.vp"), Number: true}, {Text: b.say("facts.f"), Number: true}, {Text: b.say("facts.p"), Number: true}, {Text: "VIF", Number: true}, {Text: b.say("facts.share"), Number: true}}}
	for _, f := range ranked {
		level := "–"
		if f.LevelP != nil {
			level = b.pvalue(*f.LevelP)
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: b.factor(f.ID)}, {Text: b.w.Number(f.Eta2, 3), Number: true}, {Text: b.w.Number(f.V, 3), Number: true}, {Text: level, Number: true},
			{Text: b.w.Number(f.F, 1) + " (" + b.w.Number(f.DF, 0) + ")", Number: true}, {Text: b.pvalue(f.P), Number: true}, {Text: b.w.Number(f.VIF, 2), Number: true}, {Text: b.w.Number(f.ShareR2, 3), Number: true}})
	}
	return t
}

// pvalue never writes a plain zero.
func (b *indexBuilder) pvalue(p float64) string {
	if p < 0.001 {
		return "< " + b.w.Number(0.001, 3)
	}
	return b.w.Number(p, 3)
}
