package resident

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"osvitlo/internal/chart"
	"osvitlo/internal/cityindex"
	"osvitlo/internal/web/page"
)

// areaName gives the number and short name of an area of the framework.
func (b *indexBuilder) areaName(id string) (int, string) {
	for _, a := range b.h.areas() {
		if a.ID == id {
			name := a.Short
			if name.IsZero() {
				name = a.Title
			}
			return a.Hue, name.In(b.lang)
		}
	}
	return 0, id
}

func (b *indexBuilder) areas(o *cityindex.OfficialView) *breakdown {
	d := &breakdown{Title: b.t("areas.title"), ChartTitle: b.t("areas.chart")}
	if o.Best != "" && o.Hardest != "" && o.Best != o.Hardest {
		_, best := b.areaName(o.Best)
		_, hardest := b.areaName(o.Hardest)
		d.Text = b.t("areas.text", "Best", best, "Hardest", hardest)
	}
	d.Table = page.Table{Caption: b.t("areas.chart"), Hidden: true, Head: []page.Cell{{Text: b.t("col.area")},
		{Text: b.t("col.points"), Number: true}, {Text: b.t("col.interval"), Number: true}, {Text: b.t("col.answers"), Number: true}}}
	points := chart.Points{Head: chart.Head{ID: "areas", Title: b.t("areas.chart")}, Step: 10,
		Write: func(x float64) string { return b.w.Number(x, 0) }}
	low, high := math.Inf(1), math.Inf(-1)
	var desc []string
	for _, a := range o.Areas {
		n, name := b.areaName(a.ID)
		row := []page.Cell{{Text: name, Area: n}, b.number(a.Value, 1, 1, a.ReasonCode),
			{Text: b.span(a.Low, a.High, 1, 1), Number: true, Quiet: true}, b.count(a.N)}
		d.Table.Rows = append(d.Table.Rows, row)
		v := chart.Gap(b.reason(a.ReasonCode))
		if a.Value != nil && a.Low != nil && a.High != nil {
			v = chart.Value{At: *a.Value, Low: *a.Low, High: *a.High}
			low, high = min(low, *a.Low), max(high, *a.High)
		}
		points.Rows = append(points.Rows, chart.Point{Area: n, Value: v})
		desc = append(desc, name+": "+row[1].Text+row[1].Note)
	}
	b.held(&d.Table)
	if low > high {
		return d
	}
	points.Min, points.Max = math.Max(0, math.Floor(low/10)*10), math.Min(100, math.Ceil(high/10)*10)
	if o.Index.Value != nil {
		points.Whole = chart.Value{At: *o.Index.Value, Low: math.NaN(), High: math.NaN()}
		points.WholeName = b.t("areas.city", "Value", b.w.Number(*o.Index.Value, 1))
	} else {
		points.Whole = chart.Gap("")
	}
	points.Desc = strings.Join(desc, "; ")
	d.Chart = points.SVG()
	if points.Min > 0 {
		d.Note = b.t("areas.axis", "Low", b.w.Number(points.Min, 0), "High", b.w.Number(points.Max, 0))
	}
	return d
}

func (b *indexBuilder) levels(o *cityindex.OfficialView) *breakdown {
	d := &breakdown{Title: b.t("levels.title"), Text: b.t("levels.text"), ChartTitle: b.t("levels.chart")}
	d.Table = page.Table{Caption: b.t("levels.chart"), Hidden: true, Head: []page.Cell{{Text: b.t("col.level")},
		{Text: b.t("col.of100"), Number: true}, {Text: b.t("col.interval"), Number: true}, {Text: b.t("col.answers"), Number: true}}}
	bars := chart.Bars{Head: chart.Head{ID: "levels", Title: b.t("levels.chart")}, Write: func(x float64) string { return b.w.Number(x, 0) }}
	var desc []string
	most := 10.0
	for i, l := range o.Levels {
		row := []page.Cell{{Text: l.ID}, b.number(l.Share.Share, 100, 0, l.ReasonCode),
			{Text: b.span(l.Low, l.High, 100, 0), Number: true, Quiet: true}, b.count(l.N)}
		d.Table.Rows = append(d.Table.Rows, row)
		v := b.value(l.Share)
		if v.Known() {
			most = max(most, v.At)
			if !math.IsNaN(v.High) {
				most = max(most, v.High)
			}
		}
		bars.Rows = append(bars.Rows, chart.Bar{Name: l.ID, Value: v, Level: i + 1})
		desc = append(desc, l.ID+": "+row[1].Text+row[1].Note)
	}
	b.held(&d.Table)
	bars.Max, bars.Step = axis(most)
	bars.Desc = strings.Join(desc, "; ")
	d.Chart = bars.SVG()
	if o.Weighting.Border != nil {
		d.Note = b.t("levels.border", "Share", b.w.Number(*o.Weighting.Border*100, 0))
	}
	return d
}

// axis ends a scale of hundredths at a round number above the largest value.
func axis(most float64) (end, step float64) {
	switch {
	case most <= 20:
		return 20, 5
	case most <= 50:
		return 50, 10
	case most <= 75:
		return 75, 25
	}
	return 100, 25
}

func (b *indexBuilder) groups(o *cityindex.OfficialView) []breakdown {
	var out []breakdown
	for _, name := range []string{"age", "sex", "district", "mode"} {
		list := o.Breakdowns[name]
		if wide := o.Breakdowns["age_basic"]; name == "age" && len(wide) > 0 {
			list = wide // ages joined until the share can be given for each
		}
		if len(list) == 0 {
			continue
		}
		if slices.ContainsFunc(list, func(g cityindex.Group) bool { return g.AtLeastBasic != nil }) {
			out = append(out, b.basicGroup(name, list))
		} else {
			out = append(out, b.meanGroup(name, list))
		}
	}
	return out
}

// groupName is the printed name of a group.
func (b *indexBuilder) groupName(breakdown, id string) string {
	switch breakdown {
	case "age":
		return solid(strings.ReplaceAll(id, "-", "–"))
	case "sex":
		if t, ok := b.v.SexTitles[id]; ok {
			return t.In(b.lang)
		}
	case "district":
		if q, err := b.h.o.Library.Respondent("district"); err == nil {
			if o, ok := q.Option(id); ok { // shorter than the full title
				return o.Text.In(b.lang)
			}
		}
		for _, d := range b.v.Districts {
			if d.ID == id {
				return d.Title.In(b.lang)
			}
		}
		return b.t("district.none")
	case "mode":
		key := "resident.index.mode." + id
		if text := b.w.T(key, nil); text != key {
			return text
		}
	}
	return id
}

// basicGroup shows who has at least the basic level, with the mean beside it.
func (b *indexBuilder) basicGroup(name string, list []cityindex.Group) breakdown {
	d := breakdown{Title: b.t("by." + name), ChartTitle: b.t("basic.chart")}
	d.Table = page.Table{Caption: b.t("by." + name), Hidden: true, Head: []page.Cell{{Text: b.t("col." + name)},
		{Text: b.t("col.of100"), Number: true}, {Text: b.t("col.interval"), Number: true}, {Text: b.t("col.answers"), Number: true}}}
	bars := chart.Bars{Head: chart.Head{ID: "by-" + name, Title: b.t("by." + name)}, Max: 100, Step: 25,
		Write: func(x float64) string { return b.w.Number(x, 0) }, Stacked: name != "age"}
	var desc []string
	lowest, highest := -1, -1
	for i, g := range list {
		label := b.groupName(name, g.ID)
		if len(g.Includes) > 1 {
			label += "*"
		}
		share := cityindex.Share{ReasonCode: g.ReasonCode}
		if g.AtLeastBasic != nil {
			share = *g.AtLeastBasic
		}
		first := b.number(share.Share, 100, 0, share.ReasonCode)
		d.Table.Rows = append(d.Table.Rows, []page.Cell{{Text: label}, first,
			{Text: b.span(share.Low, share.High, 100, 0), Number: true, Quiet: true}, b.count(share.N)})
		bars.Rows = append(bars.Rows, chart.Bar{Name: label, Value: b.value(share)})
		desc = append(desc, label+": "+first.Text+first.Note)
		if share.Share == nil {
			continue
		}
		if lowest < 0 || *share.Share < *list[lowest].AtLeastBasic.Share {
			lowest = i
		}
		if highest < 0 || *share.Share > *list[highest].AtLeastBasic.Share {
			highest = i
		}
	}
	bars.Desc = strings.Join(desc, "; ")
	d.Chart = bars.SVG()
	if lowest >= 0 && lowest != highest {
		hi, lo := list[highest], list[lowest]
		d.Text = b.t("basic.text."+name, "High", b.w.Number(*hi.AtLeastBasic.Share*100, 0), "HighName", b.groupName(name, hi.ID),
			"Low", b.w.Number(*lo.AtLeastBasic.Share*100, 0), "LowName", b.groupName(name, lo.ID))
	}
	if slices.ContainsFunc(list, func(g cityindex.Group) bool { return len(g.Includes) > 1 }) {
		d.Table.Foot = b.t("joined")
	}
	b.held(&d.Table)
	return d
}

// short writes the marks of an axis without decimals and values with one.
func (b *indexBuilder) short(x float64) string {
	if x == math.Trunc(x) {
		return b.w.Number(x, 0)
	}
	return b.w.Number(x, 1)
}

// held says once under a table why some of its figures are not there.
func (b *indexBuilder) held(t *page.Table) {
	for _, row := range t.Rows {
		for _, cell := range row {
			if cell.Note != "" && cell.Note != b.reason(cityindex.ReasonNobody) {
				t.Foot = strings.TrimSpace(t.Foot + " " + b.t("held"))
				return
			}
		}
	}
}

// meanGroup shows the mean score of groups that are not weighted to totals of their own.
func (b *indexBuilder) meanGroup(name string, list []cityindex.Group) breakdown {
	d := breakdown{Title: b.t("by." + name), Text: b.t("mean.text." + name), ChartTitle: b.t("mean.chart")}
	d.Table = page.Table{Caption: b.t("by." + name), Hidden: true, Head: []page.Cell{{Text: b.t("col." + name)},
		{Text: b.t("col.points"), Number: true}, {Text: b.t("col.interval"), Number: true}, {Text: b.t("col.answers"), Number: true}}}
	bars := chart.Bars{Head: chart.Head{ID: "by-" + name, Title: b.t("by." + name)}, Max: 100, Step: 25,
		Write: b.short, Stacked: true}
	var desc []string
	for _, g := range list {
		label := b.groupName(name, g.ID)
		first := b.number(g.Value, 1, 1, g.ReasonCode)
		d.Table.Rows = append(d.Table.Rows, []page.Cell{{Text: label}, first,
			{Text: b.span(g.Low, g.High, 1, 1), Number: true, Quiet: true}, b.count(g.N)})
		v := chart.Gap(b.reason(g.ReasonCode))
		if g.Value != nil {
			v = chart.Value{At: *g.Value, Low: math.NaN(), High: math.NaN()}
			if g.Low != nil && g.High != nil {
				v.Low, v.High = *g.Low, *g.High
			}
		}
		bars.Rows = append(bars.Rows, chart.Bar{Name: label, Value: v})
		desc = append(desc, label+": "+first.Text+first.Note)
	}
	bars.Desc = strings.Join(desc, "; ")
	d.Chart = bars.SVG()
	b.held(&d.Table)
	return d
}

const unheardShown = 6

func (b *indexBuilder) unheard(p *IndexPage, o *cityindex.OfficialView) {
	if len(o.Unheard) == 0 && o.Assisted == nil {
		return
	}
	u := &unheard{}
	for _, x := range o.Unheard {
		line := b.groupName("sex", x.Sex) + ", " + b.groupName("age", x.Age) + ", " + b.groupName("district", x.District)
		if len(u.First) < unheardShown {
			u.First = append(u.First, line)
		} else {
			u.More = append(u.More, line)
		}
	}
	if o.Assisted != nil {
		u.Assisted = b.t("assisted", "Share", b.w.Number(*o.Assisted*100, 0))
	}
	p.Unheard = u
}

func (b *indexBuilder) others(p *IndexPage) {
	if len(b.v.Benchmarks) == 0 {
		return
	}
	t := &page.Table{Caption: b.t("others.title"), Hidden: true, Head: []page.Cell{{Text: b.t("others.where")}, {Text: b.t("others.basic"), Number: true}}}
	own := b.v.Headline.AtLeastBasic
	name := b.v.City.In(b.lang)
	if title := b.v.Headline.WaveTitle.In(b.lang); title != "" {
		name += ", " + title
	}
	first := b.number(own.Share, 100, 0, own.ReasonCode)
	first.Small = b.span(own.Low, own.High, 100, 0)
	t.Rows = append(t.Rows, []page.Cell{{Text: name, Strong: true}, first})
	for _, x := range b.v.Benchmarks {
		label := b.t("country."+strings.ToLower(x.Country)) + ", " + strconv.Itoa(x.Year)
		if x.Ages != nil {
			label += ", " + strconv.Itoa(x.Ages.From) + "–" + strconv.Itoa(x.Ages.To)
		}
		cell := b.number(x.Value, 100, 0, cityindex.ReasonNobody)
		cell.Strong = false
		if x.Low != nil && x.High != nil {
			cell.Small = b.span(x.Low, x.High, 100, 0)
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: label}, cell})
		line := Quoted{Text: b.t("country."+strings.ToLower(x.Country)) + " " + strconv.Itoa(x.Year) + ". " + x.WhyNotSame.In(b.lang)}
		if len(x.Source) > 0 {
			line.Source, line.Lang = x.Source[0].Title, speaks(x.Source[0].Title)
		}
		p.OthersT = append(p.OthersT, line)
	}
	t.Foot = b.v.Measure.In(b.lang)
	p.Others = t
	if g := b.v.Target; g != nil {
		p.Target = b.t("others.target", "What", g.What.In(b.lang), "Share", b.w.Number(g.Value*100, 0))
	}
}

func (b *indexBuilder) method(p *IndexPage) {
	m := b.v.Method
	p.Method = append(p.Method, m.Residents.In(b.lang), m.Sentence.In(b.lang), b.t("method.basic", "Level", m.BasicLevel, "Rule", b.w.Int(int64(m.BasicRule))))
	key := "resident.index.rung." + m.Rung
	if text := b.w.T(key, nil); m.Rung != "" && text != key {
		p.Method = append(p.Method, text)
	}
	p.Method = append(p.Method, b.t("method.model"))
	for _, c := range m.Caveats {
		p.Caveats = append(p.Caveats, c.In(b.lang))
	}
	p.Caveats = append(p.Caveats, b.t("method.limits"))
}

func (b *indexBuilder) shift(p *IndexPage, o *cityindex.OfficialView) {
	if len(o.Sensitivity) == 0 {
		return
	}
	t := &page.Table{Caption: b.t("shift.title"), Hidden: true, Head: []page.Cell{{Text: b.t("shift.if")},
		{Text: b.t("shift.index"), Number: true}, {Text: b.t("shift.basic"), Number: true}}}
	for _, s := range o.Sensitivity {
		label := s.Variant
		for _, v := range b.v.Method.Variants {
			if v.ID == s.Variant {
				label = v.Title.In(b.lang)
			}
		}
		t.Rows = append(t.Rows, []page.Cell{{Text: label}, b.moved(s.Index, 1, 2), b.moved(s.AtLeastBasic, 100, 1)})
	}
	p.Shift, p.ShiftT = t, b.t("shift.text")
}

// moved writes how far a figure moves, with its sign.
func (b *indexBuilder) moved(x *float64, times float64, decimals int) page.Cell {
	if x == nil {
		return page.Cell{Note: "–", Number: true}
	}
	text := b.w.Number(*x*times, decimals)
	if math.Round(*x*times*math.Pow10(decimals)) > 0 {
		text = "+" + text
	}
	return page.Cell{Text: text, Number: true}
}

func (b *indexBuilder) downloads(p *IndexPage, o *cityindex.OfficialView) {
	p.Downs = b.files(o.Info, cityindex.FileFigures, cityindex.FileCells, cityindex.FileZip)
	p.Release = o.Info.ID
}

// files are downloads of a release, in the order asked; all of them without one.
func (b *indexBuilder) files(r cityindex.ReleaseInfo, names ...string) []page.Download {
	var out []page.Download
	put := func(f cityindex.FileInfo) {
		text := f.Name
		if key := "resident.data.file." + f.Name; b.w.T(key, nil) != key {
			text = b.w.T(key, nil)
		}
		kind := strings.ToUpper(f.Name[strings.LastIndexByte(f.Name, '.')+1:])
		out = append(out, page.Download{Href: r.Path + f.Name, Text: text, Meta: kind + ", " + b.size(f.Bytes)})
	}
	if len(names) == 0 {
		for _, f := range r.Files {
			put(f)
		}
		return out
	}
	for _, name := range names {
		for _, f := range r.Files {
			if f.Name == name {
				put(f)
			}
		}
	}
	return out
}

func (b *indexBuilder) size(bytes int) string {
	return b.w.T("resident.data.kb", map[string]any{"Count": b.w.Int(int64(max(1, (bytes+512)/1024)))})
}
