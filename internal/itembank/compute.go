package itembank

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/psychometrics"
	"osvitlo/internal/store"
)

// sampleDIF bounds the rows of the logistic regressions, which are many.
const sampleDIF = 4000

// Compute streams all sittings once, computes the figures of every version of a test
// and stores them. It is the job «item statistics»; running it twice is harmless. Its
// memory does not grow with the number of sittings.
func (s *Service) Compute(ctx context.Context, sittings Sittings) (err error) {
	defer fault.Wrap(&err, "itembank.Compute")
	all := map[string]*collector{}
	catalogue := s.o.Catalogue
	for _, slug := range catalogue.Slugs() {
		for _, in := range catalogue.Versions(slug) {
			if in.Role == instrument.RoleTest {
				all[in.Name()] = newCollector(in.Slug, in.Version, fixed(in.Instrument), s.o.Sample)
			}
		}
	}
	item := func(id string) *instrument.Item {
		it, err := s.o.Library.Item(id)
		if err != nil {
			return nil
		}
		return it
	}
	for doc, err := range sittings.All(ctx) {
		if err != nil {
			return err
		}
		if !taken(doc) || string(doc.Role) != string(instrument.RoleTest) {
			continue
		}
		id := statisticsID(doc.Instrument, doc.Version)
		c := all[id]
		if c == nil {
			if len(all) >= maxInstruments {
				continue
			}
			c = newCollector(doc.Instrument, doc.Version, nil, s.o.Sample)
			all[id] = c
		}
		c.add(doc, item)
	}
	for _, id := range sortedKeys(all) {
		if err := ctx.Err(); err != nil {
			return err
		}
		st := all[id].figures()
		st.ID, st.Made = id, store.At(s.o.Now())
		if err := s.figures.Upsert(ctx, st); err != nil {
			return err
		}
		delete(all, id)
	}
	return s.Refresh(ctx)
}

// fixed is the instrument, or nil when it holds no scored item: an adaptive one.
func fixed(in *instrument.Instrument) *instrument.Instrument {
	if slices.ContainsFunc(in.Items(), (*instrument.Item).Scored) {
		return in
	}
	return nil
}

// figures computes everything about one version.
func (c *collector) figures() *Statistics {
	st := &Statistics{Instrument: c.slug, Version: c.version, Adaptive: c.in == nil, Sittings: c.sittings, Whole: c.whole, Sample: len(c.rows)}
	if c.in != nil {
		st.Hash = c.in.Hash
	}
	slices.SortFunc(c.rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.order, b.order), strings.Compare(a.id, b.id)) })
	for _, q := range c.items {
		st.Items = append(st.Items, q.figures(c.sittings))
	}
	c.scale(st)
	c.curves(st)
	c.dif(st)
	c.drift(st)
	for i := range st.Items {
		st.Items[i].Propose = propose(&st.Items[i], c.items[i].item)
	}
	return st
}

// figures are those that need the item alone.
func (q *counts) figures(sittings int) ItemFigures {
	f := ItemFigures{ID: q.item.ID, Version: q.item.Version, N: q.n, Skipped: q.skipped, DontKnow: q.know, Refused: q.refused}
	if sittings > 0 {
		f.Exposure = float64(q.n) / float64(sittings)
	}
	if f.P = few(FewestShare, q.n); q.n >= FewestShare {
		f.P = figure(q.sum / float64(q.n))
		for i, name := range q.names {
			if n := q.picks[i]; n > 0 || isOption(q.item, name) {
				f.Totals = append(f.Totals, OptionSum{Option: name, N: n, Share: float64(n) / float64(q.n)})
			}
		}
	}
	switch {
	case q.timed == 0:
		f.Seconds = Figure{Why: WhyDates}
	case q.timed < FewestTime:
		f.Seconds = few(FewestTime, q.timed)
	default:
		f.Seconds = figure(median(q.times, q.timed))
	}
	return f
}

func isOption(it *instrument.Item, name string) bool { _, ok := it.Option(name); return ok }

// optionNames lists what can be taken, in the order of the file.
func optionNames(it *instrument.Item) []string {
	var out []string
	switch it.Type {
	case instrument.Single, instrument.Scale, instrument.Multiple, instrument.Spot:
		for _, o := range it.Options {
			out = append(out, o.ID)
		}
	}
	return append(out, NameRight, NamePart, NameWrong, NameDontKnow, NameNone)
}

// median of a histogram of whole seconds.
func median(times []int32, n int) float64 {
	at := func(k int) int {
		for sec, c := range times {
			if k -= int(c); k < 0 {
				return sec
			}
		}
		return len(times) - 1
	}
	return float64(at((n-1)/2)+at(n/2)) / 2
}

// table is the scores of the sample; right turns them into 0 and 1.
func (c *collector) table(rows []row, items []int, right bool) psychometrics.Scores {
	out := make(psychometrics.Scores, len(rows))
	flat := make([]float64, len(rows)*len(items))
	for i, r := range rows {
		line := flat[i*len(items) : (i+1)*len(items)]
		for k, j := range items {
			x := float64(r.scores[j])
			if right && !math.IsNaN(x) {
				x = math.Floor(x + 1e-6)
			}
			line[k] = x
		}
		out[i] = line
	}
	return out
}

func (c *collector) every() []int {
	out := make([]int, len(c.items))
	for i := range out {
		out[i] = i
	}
	return out
}

// scale computes reliability and discrimination of the whole test and of its areas.
func (c *collector) scale(st *Statistics) {
	missing, why := few(FewestScale, len(c.rows)), len(c.rows) < FewestScale
	switch {
	case c.in == nil:
		missing, why = Figure{Why: WhyAdaptive}, true
	case len(c.items) < 3:
		missing, why = Figure{Why: WhyItems}, true
	}
	areas := map[string][]int{}
	for i, q := range c.items {
		area, _, _ := strings.Cut(q.item.Competence, ".")
		areas[area] = append(areas[area], i)
	}
	if why {
		st.Alpha, st.Omega, st.SEM = missing, missing, missing
		for i := range st.Items {
			st.Items[i].RRest, st.Items[i].Without = missing, missing
		}
	} else {
		vary := c.varying(c.every())
		sc, err := c.analyse(vary)
		st.Alpha, st.Omega = reliability(sc, err)
		if st.SEM = st.Alpha; err == nil {
			st.SEM = figure(sc.SEM)
		}
		st.Same = len(c.items) - len(vary)
		for i := range st.Items {
			f := &st.Items[i]
			k := slices.Index(vary, i)
			if f.RRest, f.Without = whyOf(err), whyOf(err); err == nil && k >= 0 {
				f.RRest, f.Without = figure(sc.Items[k].RRest), figure(sc.Items[k].AlphaDeleted)
				f.Quality = string(sc.Items[k].Judge())
			} else if k < 0 {
				f.RRest, f.Without = Figure{Why: WhySame}, Figure{Why: WhySame}
			}
		}
	}
	for _, id := range sortedKeys(areas) {
		a := AreaFigures{ID: id, Items: len(areas[id]), Alpha: missing, Omega: missing}
		switch {
		case why:
		case len(areas[id]) < 3:
			a.Alpha, a.Omega = Figure{Why: WhyItems}, Figure{Why: WhyItems}
		default:
			a.Alpha, a.Omega = reliability(c.analyse(c.varying(areas[id])))
		}
		st.Areas = append(st.Areas, a)
	}
}

// varying leaves out the items that all complete rows answered alike: they tell
// nothing about a scale, and would leave it without figures.
func (c *collector) varying(items []int) []int {
	low, high := make([]float32, len(items)), make([]float32, len(items))
	first := true
rows:
	for i := range c.rows {
		scores := c.rows[i].scores
		for _, j := range items {
			if scores[j] != scores[j] { // not a number: not asked
				continue rows
			}
		}
		for k, j := range items {
			if first {
				low[k], high[k] = scores[j], scores[j]
			}
			low[k], high[k] = min(low[k], scores[j]), max(high[k], scores[j])
		}
		first = false
	}
	var out []int
	for k, j := range items {
		if high[k] > low[k] {
			out = append(out, j)
		}
	}
	return out
}

func (c *collector) analyse(items []int) (psychometrics.Scale, error) {
	if len(items) < 3 {
		return psychometrics.Scale{}, psychometrics.ErrNoSpread
	}
	return psychometrics.Analyse(c.table(c.rows, items, false))
}

func reliability(sc psychometrics.Scale, err error) (alpha, omega Figure) {
	if err != nil {
		return whyOf(err), whyOf(err)
	}
	alpha = figure(sc.Alpha)
	o, err := psychometrics.OmegaML(sc.Covariance)
	switch {
	case err != nil:
		omega = whyOf(err)
	case o.Heywood:
		omega = Figure{Why: WhyModel}
	default:
		omega = figure(o.Value)
	}
	return alpha, omega
}

func whyOf(err error) Figure {
	switch {
	case err == nil, errors.Is(err, psychometrics.ErrNoSpread):
		return Figure{Why: WhySame}
	case errors.Is(err, psychometrics.ErrTooFew):
		return Figure{Why: WhyFew}
	}
	return Figure{Why: WhyModel}
}
