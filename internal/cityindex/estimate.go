package cityindex

import (
	"errors"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
	"osvitlo/internal/weighting"
)

// unit is one unit of the sums in points.
const unit = 1.0 / sitting.PointsScale

// widestHalf is the widest 95 % half-width of an area mean that is given (METHOD §9).
const widestHalf = 5.0

// bandIDs are the fine ages of the cells in the words of the ladder.
var bandIDs = [fineAges]string{"14-17", "18-29", "30-39", "30-34", "35-39", "40-49", "50-59", "60-69", "70+"}

// ladderOf builds the ladder of CONTRACT §5 from a variant of the margins.
func ladderOf(m *Margins, v *Variant) (weighting.Ladder, error) {
	d := weighting.SexAge{Sexes: sexIDs[:], People: map[string]map[string]float64{}, Broad: map[string]float64{}, Join: map[string]string{}}
	for f := range fineAges {
		b := weighting.AgeBand{ID: bandIDs[f], Seven: string(sitting.AgeGroups[ageOfFine[f]])}
		if broadOfFine[f] >= 0 {
			b.Broad = string(sitting.Broads[broadOfFine[f]])
		}
		d.Bands = append(d.Bands, b)
	}
	for s := range sexes {
		d.People[sexIDs[s]] = map[string]float64{}
		for a := range ages {
			d.People[sexIDs[s]][string(sitting.AgeGroups[a])] = float64(v.target(s, a))
		}
		for b := range broads {
			d.Broad[string(sitting.Broads[b])] += float64(v.wide(s, b))
		}
	}
	for _, j := range m.Join {
		if len(j.With) > 0 {
			d.Join[j.Age] = j.With[0]
		}
	}
	return d.Ladder()
}

// frame is the weighted sample of one state of the cells: which classes were
// taken together, and the weight of each.
type frame struct {
	l      layout
	v      []int64 // sums of the weightable rows
	scheme *weighting.Scheme
	groups [sexes][]ageGroup // joined ages per sex; nil when raked
}

// tally sums one field of the block of all rows of the given classes.
func (f *frame) count(class, field int) int64 { return f.v[f.l.class(class)+field] }

func fineOf(s int, g ageGroup) (out []int) {
	for f := range fineAges {
		if slices.Contains(g, ageOfFine[f]) {
			out = append(out, s*fineAges+f)
		}
	}
	return out
}

// newFrame weights the rows: classes under ten rows, or under ten tested ones,
// are joined by the map of the margins, then the finest rung that holds is
// taken. ErrTooFew of weighting means «замало відповідей».
func newFrame(l layout, v []int64, m *Margins, variant *Variant) (*frame, error) {
	ladder, err := ladderOf(m, variant)
	if err != nil {
		return nil, err
	}
	f := &frame{l: l, v: v}
	counts := make([]int64, classes)
	for c := range counts {
		counts[c] = f.count(c, bN)
	}
	joined := weighting.LadderMargin{Margin: weighting.Margin{Name: "sex and age", Of: make([]int, classes)}, MinRows: weighting.MinClass}
	whole := true
	for s := range sexes {
		groups, ok := joinAges(m.Join, func(g ageGroup) bool {
			var tested int64
			for _, c := range fineOf(s, g) {
				tested += f.count(c, bScore+mN)
			}
			return tested >= weighting.MinClass
		})
		whole = whole && ok
		f.groups[s] = groups
		for _, g := range groups {
			cat := weighting.Category{ID: sexIDs[s] + ":" + g.id()}
			for _, a := range g {
				cat.Target += float64(variant.target(s, a))
			}
			for _, c := range fineOf(s, g) {
				joined.Of[c] = len(joined.Categories)
			}
			joined.Categories = append(joined.Categories, cat)
		}
	}
	if whole {
		ladder.Rungs[0].Margins = []weighting.LadderMargin{joined}
	} else {
		ladder.Rungs = ladder.Rungs[1:]
	}
	if f.scheme, err = ladder.Choose(counts); err != nil {
		return nil, err
	}
	if f.scheme.Raking {
		f.groups = [sexes][]ageGroup{}
	}
	return f, nil
}

// tooFew tells whether an error means that there are not enough answers.
func tooFew(err error) bool {
	return errors.Is(err, weighting.ErrTooFew) || errors.Is(err, weighting.ErrEmptyCategory) ||
		errors.Is(err, weighting.ErrEmptyDomain) || errors.Is(err, weighting.ErrNotConverged)
}

// sums folds the moments at a place of every class into the cells of the
// scheme; in picks the classes of the domain (nil: all).
func (f *frame) sums(at func(class int) int, in func(class int) bool) ([]weighting.Sums, error) {
	fine := make([]weighting.Sums, classes)
	for c := range fine {
		if in == nil || in(c) {
			fine[c] = sumsAt(f.v[at(c):])
		}
	}
	return f.scheme.Fold(fine)
}

// sumsAt reads moments; the two parts of Σy² meet again.
func sumsAt(m []int64) weighting.Sums {
	return weighting.Sums{M: m[mN], Sum: m[mSum], Square: m[mHi]<<32 + m[mLo]}
}

func (f *frame) counts(at func(class int) int, in func(class int) bool) ([]int64, error) {
	fine := make([]int64, classes)
	for c := range fine {
		if in == nil || in(c) {
			fine[c] = f.v[at(c)]
		}
	}
	return f.scheme.FoldCounts(fine)
}

// mean estimates the mean score over a domain.
func (f *frame) mean(at func(class int) int, in func(class int) bool) (weighting.Estimate, error) {
	s, err := f.sums(at, in)
	if err != nil {
		return weighting.Estimate{}, err
	}
	return f.scheme.Weights.Mean(s, unit)
}

// share estimates a share of hits among of.
func (f *frame) share(hits, of func(class int) int, in func(class int) bool) (weighting.Estimate, error) {
	h, err := f.counts(hits, in)
	if err != nil {
		return weighting.Estimate{}, err
	}
	all, err := f.counts(of, in)
	if err != nil {
		return weighting.Estimate{}, err
	}
	return f.scheme.Weights.Share(h, all)
}

func (f *frame) field(n int) func(class int) int {
	return func(c int) int { return f.l.class(c) + n }
}

func (f *frame) domainField(d domain, value, n int) func(class int) int {
	return func(c int) int { return f.l.domainBlock(c, d, value) + n }
}

func (f *frame) total(at func(class int) int, in func(class int) bool) (n int64) {
	for c := range classes {
		if in == nil || in(c) {
			n += f.v[at(c)]
		}
	}
	return n
}

// headline are the figures that also stand in the live part.
type headline struct {
	counts
	tested       int64
	neff, deff   *float64
	index        Mean
	atLeastBasic Share
	noInternet   Share
	rung         string
}

// safeCount tells whether a number of people may show: nobody, or at least ten.
func safeCount(n int64) bool { return n == 0 || n >= weighting.MinClass }

// shareFigure gives a share when the people in it and out of it may both show.
// METHOD §7 asks for three of each; ten is asked here, because the levels, the
// headline and the share without internet are linked: one gives the other away.
func (f *frame) shareFigure(hits, of func(class int) int, in func(class int) bool) (Share, error) {
	e, err := f.share(hits, of, in)
	if tooFew(err) {
		return noShare(ReasonTooFew), nil
	}
	if err != nil {
		return Share{}, err
	}
	inside := f.total(hits, in)
	if !safeCount(inside) || !safeCount(f.total(of, in)-inside) {
		return noShare(ReasonSmall), nil
	}
	return shareOf(e), nil
}

// headlineOf estimates the three figures from the public sums of a wave.
func headlineOf(l layout, w *Wave, m *Margins, variant *Variant) (h headline, f *frame, err error) {
	defer fault.Wrap(&err, "cityindex.estimate")
	v := w.weightable()
	for c := range classes {
		h.weighted += v[l.class(c)+bN]
		h.tested += v[l.class(c)+bScore+mN]
	}
	h.unweightable = w.sums[gateUnweightable][0]
	h.n = h.weighted + h.unweightable
	f, err = newFrame(l, v, m, variant)
	if tooFew(err) {
		h.index, h.atLeastBasic, h.noInternet = noMean(ReasonTooFew), noShare(ReasonTooFew), noShare(ReasonTooFew)
		return h, nil, nil
	}
	if err != nil {
		return h, nil, err
	}
	h.rung = f.scheme.Rung
	kish := f.scheme.Weights.Kish()
	h.neff, h.deff = ptr(kish.Neff), ptr(kish.Deff)
	switch e, err := f.mean(f.field(bScore), nil); {
	case tooFew(err) || err == nil && e.N < weighting.MinClass:
		h.index = noMean(ReasonTooFew)
	case err != nil:
		return h, nil, err
	default:
		h.index = meanOf(e)
	}
	if h.atLeastBasic, err = f.shareFigure(f.field(bReached), f.field(bN), nil); err != nil {
		return h, nil, err
	}
	// Those tested and not reached are the rest of the two shares together.
	if left := h.tested - f.total(f.field(bReached), nil) - f.total(f.domainField(byNet, netNo, bScore+mN), nil); !safeCount(left) {
		h.atLeastBasic = noShare(ReasonSmall)
	}
	if h.noInternet, err = f.shareFigure(f.field(bNoNet), f.field(bN), nil); err != nil {
		return h, nil, err
	}
	return h, f, nil
}

// dominated tells whether one row carries half of the weight of a domain.
func (f *frame) dominated(n []weighting.Sums) bool {
	var top, all float64
	for c, s := range n {
		if s.M > 0 {
			top = max(top, f.scheme.Cells[c].Weight)
			all += f.scheme.Cells[c].Weight * float64(s.M)
		}
	}
	return top >= all/2
}

// groupMean gives the mean of a domain of at least ten tested people, or a reason.
func (f *frame) groupMean(at func(class int) int, in func(class int) bool) (Mean, error) {
	s, err := f.sums(at, in)
	if err != nil {
		return Mean{}, err
	}
	e, err := f.scheme.Weights.Mean(s, unit)
	switch {
	case errors.Is(err, weighting.ErrEmptyDomain):
		return noMean(ReasonNobody), nil
	case tooFew(err):
		return noMean(ReasonSmall), nil
	case err != nil:
		return Mean{}, err
	case e.N < weighting.MinClass:
		return noMean(ReasonSmall), nil
	case f.dominated(s):
		return noMean(ReasonDominated), nil
	}
	return meanOf(e), nil
}
