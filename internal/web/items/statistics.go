package items

import (
	"fmt"
	"strconv"
	"strings"

	"osvitlo/internal/chart"
	"osvitlo/internal/instrument"
	"osvitlo/internal/itembank"
	"osvitlo/internal/web/page"
)

// statistics are the figures of an item in one version of an instrument.
func (v *view) statistics(it *instrument.Item, st *itembank.Statistics) []Part {
	f, _ := st.Item(it.ID)
	name := st.Instrument + "@" + strconv.Itoa(st.Version)
	facts := page.Block{ID: "statistics", Title: v.t("stats.of", "Name", name), Small: v.t("stats.made", "At", v.w.DateTime(st.Made.Time))}
	if f.Version != it.Version {
		facts.Note = &page.Note{Kind: "sun", Title: v.t("stats.version", "Version", strconv.Itoa(f.Version)), Level: 3}
	}
	row := func(key, value string) { facts.Facts = append(facts.Facts, page.Row{Key: v.t(key), Value: value}) }
	row("stats.n", v.n("people", f.N))
	row("stats.p", v.figure(f.P, v.share))
	rest := v.figure(f.RRest, v.dec)
	if f.RRest.Known() && f.Quality != "" {
		rest += " · " + v.t("quality."+f.Quality)
	}
	row("stats.r", rest)
	row("stats.without", v.figure(f.Without, v.dec))
	row("stats.skipped", v.of(f.Skipped, f.N))
	row("stats.dontknow", v.of(f.DontKnow, f.N))
	row("stats.exposure", v.share(f.Exposure))
	row("stats.seconds", v.figure(f.Seconds, func(x float64) string { return v.t("stats.seconds.text", "Seconds", v.w.Number(x, 0)) }))
	parts := []Part{{Block: facts}}
	if len(f.Curves) > 0 {
		parts = append(parts, v.curves(it, f, name))
	} else if len(f.Totals) > 0 {
		parts = append(parts, Part{Block: v.totals(it, f)})
	}
	if len(f.DIF) > 0 {
		parts = append(parts, Part{Block: v.dif(f)})
	}
	return append(parts, Part{Block: v.drift(f)})
}

func (v *view) of(n, all int) string {
	if all == 0 {
		return v.w.Int(0)
	}
	return v.w.Int(int64(n)) + " (" + v.share(float64(n)/float64(all)) + ")"
}

// option is the name of what was taken: the letter and words of an option, or what
// stands for the rest.
func (v *view) option(it *instrument.Item, id string) (mark, words string) {
	for i, o := range it.Options {
		if o.ID == id {
			return v.mark(i), v.mark(i) + ". " + o.Text.In(v.lang)
		}
	}
	return v.t("took." + id + ".mark"), v.t("took." + id)
}

// curves are the shares of the options by bands of the rest score.
func (v *view) curves(it *instrument.Item, f *itembank.ItemFigures, name string) Part {
	g := &page.Grid{Caption: v.t("curves.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("key.option")}, {Text: v.t("curves.all"), Number: true}}}
	d := chart.Curves{Head: chart.Head{ID: "curves-" + strings.ReplaceAll(name, "@", "-"), Title: v.t("curves.title")}, Write: v.share}
	for i, b := range f.Bands {
		label := v.t("curves.band", "N", strconv.Itoa(i+1))
		g.Head = append(g.Head, page.GridHead{Text: label, Number: true})
		d.Groups = append(d.Groups, strconv.Itoa(i+1))
		_ = b
	}
	g.Head = append(g.Head, page.GridHead{Text: v.t("list.r"), Number: true})
	shares := map[string]itembank.OptionSum{}
	for _, t := range f.Totals {
		shares[t.Option] = t
	}
	for _, c := range f.Curves {
		mark, words := v.option(it, c.Option)
		row := page.GridRow{Cells: []page.GridCell{{Text: words}, {Text: v.share(shares[c.Option].Share), Number: true}}}
		if c.Key || c.Option == itembank.NameRight {
			row.Cells[0].Tag = &page.Tag{Text: v.t("key.yes"), Kind: "good"}
		}
		for _, s := range c.Shares {
			row.Cells = append(row.Cells, page.GridCell{Text: v.share(s), Number: true})
		}
		r := "—"
		if c.RRest != nil {
			r = v.dec(*c.RRest)
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: append(row.Cells, page.GridCell{Text: r, Number: true})})
		d.Lines = append(d.Lines, chart.Curve{Mark: mark, Strong: c.Key || c.Option == itembank.NameRight, Shares: c.Shares})
		if len(c.Shares) > 0 {
			d.Desc += v.t("curves.desc", "Option", words, "From", v.share(c.Shares[0]), "To", v.share(c.Shares[len(c.Shares)-1])) + " "
		}
	}
	sizes := make([]string, len(f.Bands))
	for i, b := range f.Bands {
		sizes[i] = fmt.Sprintf("%d — %s", i+1, v.w.Int(int64(b.N)))
	}
	g.Foot = v.t("curves.sizes", "Sizes", strings.Join(sizes, ", "))
	return Part{Block: page.Block{ID: "curves", Title: v.t("curves.title"), Small: v.t("curves.lead"), Grid: g},
		Chart: d.SVG(), ChartTitle: v.t("curves.title"), ChartNote: v.t("curves.note")}
}

func (v *view) totals(it *instrument.Item, f *itembank.ItemFigures) page.Block {
	g := &page.Grid{Caption: v.t("totals.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("key.option")}, {Text: v.t("totals.n"), Number: true}, {Text: v.t("curves.all"), Number: true}}}
	for _, t := range f.Totals {
		_, words := v.option(it, t.Option)
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: words}, {Text: v.w.Int(int64(t.N)), Number: true}, {Text: v.share(t.Share), Number: true}}})
	}
	return page.Block{ID: "totals", Title: v.t("totals.title"), Grid: g}
}

func (v *view) dif(f *itembank.ItemFigures) page.Block {
	g := &page.Grid{Caption: v.t("dif.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("dif.group")}, {Text: v.t("dif.people"), Number: true},
		{Text: v.t("dif.delta"), Number: true}, {Text: v.t("dif.class")}, {Text: v.t("dif.r2"), Number: true}, {Text: v.t("dif.class")}, {Text: v.t("dif.says")}}}
	for _, d := range f.DIF {
		delta := v.figure(d.Delta, v.dec)
		if d.Delta.Known() {
			delta += " ± " + v.dec(1.96*d.SE)
		}
		says := v.t("dif.fair")
		switch {
		case d.Class == "" && d.Logistic == "":
			says = "—"
		case d.Class == "C" || d.Logistic == "C":
			says = v.t("dif.large")
		case d.Class == "B" || d.Logistic == "B":
			says = v.t("dif.some")
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: v.t("dif.group." + string(d.Group))},
			{Text: v.w.Int(int64(d.Focal)) + " / " + v.w.Int(int64(d.Reference)), Number: true}, {Text: delta, Number: true}, {Text: orDash(d.Class)},
			{Text: v.figure(d.DeltaR2, func(x float64) string { return v.w.Number(x, 3) }), Number: true}, {Text: orDash(d.Logistic)}, {Text: says}},
			Bad: d.Class == "C" || d.Logistic == "C"})
	}
	return page.Block{ID: "dif", Title: v.t("dif.title"), Small: v.t("dif.lead"), Grid: g}
}

func (v *view) drift(f *itembank.ItemFigures) page.Block {
	b := page.Block{ID: "drift", Title: v.t("drift.title"), Small: v.t("drift.lead"), Text: []string{v.t("drift.text", "Drift", v.figure(f.Drift, v.dec))}}
	if len(f.Waves) == 0 {
		return b
	}
	g := &page.Grid{Caption: v.t("drift.title"), Hidden: true, Head: []page.GridHead{{Text: v.t("drift.wave")}, {Text: v.t("totals.n"), Number: true}, {Text: v.t("list.p"), Number: true}, {Text: v.t("drift.b"), Number: true}}}
	for _, w := range f.Waves {
		at := v.figure(w.B, v.dec)
		if w.B.Known() {
			at += " ± " + v.dec(1.96*w.SE)
		}
		g.Rows = append(g.Rows, page.GridRow{Cells: []page.GridCell{{Text: w.Wave}, {Text: v.w.Int(int64(w.N)), Number: true}, {Text: v.share(w.P), Number: true}, {Text: at, Number: true}}})
	}
	b.Grid = g
	return b
}
