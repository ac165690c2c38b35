package cityindex

import (
	"errors"

	"osvitlo/internal/fault"
	"osvitlo/internal/weighting"
)

// modeMix is the weighted share of each way of answering; ok is false unless every
// way that was used has at least ten tested people, the rule of the mode effect.
func (f *frame) modeMix() (mix [dimModes]float64, ok bool) {
	if f == nil || f.scheme.Raking {
		return mix, false
	}
	var all float64
	for m := range modeIDs {
		if n := f.total(f.domainField(byMode, m, bScore+mN), nil); n > 0 && n < weighting.MinClass {
			return mix, false
		}
		for _, c := range f.scheme.Cells {
			for _, fine := range c.Members {
				w := c.Weight * float64(f.v[f.l.domainBlock(fine, byMode, m)+bN])
				mix[m] += w
				all += w
			}
		}
	}
	for m := range mix {
		mix[m] /= all
	}
	return mix, all > 0
}

// atMix is the index as if the ways of answering stood in a given mix: mode as a
// further margin of the weights (METHOD §8). Rounded to a hundredth; nil when a way
// of the mix was not used or the weights do not settle.
func (f *frame) atMix(mix [dimModes]float64) (value, se *float64, err error) {
	defer fault.Wrap(&err, "cityindex.atMix")
	if _, ok := f.modeMix(); !ok {
		return nil, nil, nil
	}
	cells := weighting.Margin{Name: "classes"}
	modes := weighting.Margin{Name: "modes"}
	var people float64
	for _, c := range f.scheme.Cells {
		cells.Categories = append(cells.Categories, weighting.Category{ID: c.ID, Target: c.Weight * float64(c.N)})
		people += c.Weight * float64(c.N)
	}
	place := [dimModes]int{}
	for m, share := range mix {
		used := f.total(f.domainField(byMode, m, bN), nil) > 0
		if used != (share > 0) {
			return nil, nil, nil // a way of one wave that the other has not
		}
		if place[m] = -1; used {
			place[m] = len(modes.Categories)
			modes.Categories = append(modes.Categories, weighting.Category{ID: modeIDs[m], Target: share * people})
		}
	}
	var counts []int64
	var sums []weighting.Sums
	for c, cell := range f.scheme.Cells {
		for m := range modeIDs {
			if place[m] < 0 {
				continue
			}
			var n int64
			var s weighting.Sums
			for _, fine := range cell.Members {
				at := f.l.domainBlock(fine, byMode, m)
				n += f.v[at+bN]
				s = s.Plus(sumsAt(f.v[at+bScore:]))
			}
			counts, sums = append(counts, n), append(sums, s)
			cells.Of, modes.Of = append(cells.Of, c), append(modes.Of, place[m])
		}
	}
	if len(modes.Categories) < 2 {
		return nil, nil, nil
	}
	w, err := weighting.RakeClasses(counts, []weighting.Margin{cells, modes}, weighting.RakeOptions{Normalise: true}, nil)
	if errors.Is(err, weighting.ErrNotConverged) || tooFew(err) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	e, err := w.Mean(sums, unit)
	if err != nil {
		return nil, nil, err
	}
	return ptr(hundredth(e.Value)), ptr(hundredth(e.SE)), nil
}

// fixMix gives the series at the mix of its first wave. docs stand beside the series;
// the last moment is the present frame's.
func (c *Changes) fixMix(docs []*releaseDoc, now *frame, m *Margins) error {
	if len(docs) == 0 || len(c.Series) != len(docs)+1 {
		return nil
	}
	frames := make([]*frame, 0, len(c.Series))
	for _, d := range docs {
		l, w, err := d.wave()
		variant := m.Variant(d.Body.Weighting.Variant)
		if err != nil || variant == nil {
			return nil // sums or margins of that time cannot be read any more
		}
		f, err := newFrame(l, w.weightable(), m, variant)
		if tooFew(err) {
			return nil
		}
		if err != nil {
			return err
		}
		frames = append(frames, f)
	}
	frames = append(frames, now)
	mix, ok := frames[0].modeMix()
	if !ok {
		return nil
	}
	for i, f := range frames {
		var err error
		if c.Series[i].Fixed, c.Series[i].FixedSE, err = f.atMix(mix); err != nil {
			return err
		}
	}
	return nil
}
