package course

import (
	"context"
	"math"
	"strings"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
)

// City is the published index of the city: what people who did not choose a course know.
type City interface {
	// Standing is what the latest published wave says; nil while none is published.
	Standing(ctx context.Context) (*Standing, error)
}

// Standing is one published wave.
type Standing struct {
	Release string // what it rests on, such as "2026-autumn-r1"
	Wave    i18n.Text
	People  int // whole forms that the reliabilities rest on
	Whole   Scale
	Areas   map[string]Scale // those that are published
}

// Scale is a published mean and its error in percent, of the tasks it was measured with,
// and their alpha; NaN where a figure is not known.
type Scale struct {
	Mean, SE, Alpha float64
	Items           []*instrument.Item
}

// Reference is what the first half would show on people who did not choose the
// course, in percent, and how reliable one form is.
//
// METHOD has no rule for regression to the mean; this is Kelley's true score
// (Kelley 1927; Lord and Novick 1968, §3.7): of people with mean x before, a second
// parallel form without any learning is expected to show μ + ρ(x − μ). ρ is the
// correlation of parallel forms in people who did not learn between them, or a
// reliability of the form (alpha, METHOD §9).
type Reference struct {
	Mean          float64 // μ, 0…100
	MeanSE        float64
	Reliability   float64 // ρ, 0…1
	ReliabilitySE float64
	Release       string // of the index
	Wave          i18n.Text
}

// Missing says why a gain is not corrected.
type Missing string

// The reasons.
const (
	NoWave  Missing = "no-wave"  // the city has published none
	NoScale Missing = "no-scale" // its mean or its reliability is not known yet
)

// reference is the city's for a form of the proof: the mean by the areas of its tasks
// where those are published, else that of the whole test, on tasks as hard as the form's.
func (s *Service) reference(ctx context.Context, form []*instrument.Item) (*Reference, Missing, error) {
	if s.cfg.City == nil {
		return nil, NoWave, nil
	}
	at, err := s.cfg.City.Standing(ctx)
	if err != nil || at == nil {
		return nil, NoWave, err
	}
	if ref, ok := at.reference(form); ok {
		return &ref, "", nil
	}
	return nil, NoScale, nil
}

func (at *Standing) reference(form []*instrument.Item) (ref Reference, ok bool) {
	parts := map[string][]*instrument.Item{}
	for _, it := range form {
		area, _, _ := strings.Cut(it.Competence, ".")
		parts[area] = append(parts[area], it)
	}
	rel := at.Whole
	var mean, se float64
	for area, items := range parts {
		scale, published := at.Areas[area]
		if !published || !known(scale.Mean, scale.SE) {
			scale = at.Whole
		} else if len(parts) == 1 && known(scale.Alpha) {
			rel = scale
		}
		m, e := scale.on(items)
		share := float64(len(items)) / float64(len(form))
		mean, se = mean+share*m, se+share*e // means of areas go together: their errors add up at most
	}
	ref = ReferenceFrom(mean, se, rel.Alpha, len(rel.Items), len(form), at.People)
	ref.Release, ref.Wave = at.Release, at.Wave
	return ref, len(form) > 0 && ref.ok()
}

// on carries a mean to other tasks by their provisional difficulties (METHOD §2): θ of the
// people is taken as normal with spread 1, its mean is the one that gives the published
// mean on the tasks of the city, and the same people are put before the tasks given. The
// error follows through the slopes of the two. NaN when that cannot be done.
func (s Scale) on(items []*instrument.Item) (mean, se float64) {
	of, to := expected(s.Items), expected(items)
	if of == nil || to == nil || !known(s.Mean, s.SE) {
		return math.NaN(), math.NaN()
	}
	low, high := -adaptive.MaxTheta, adaptive.MaxTheta
	for range 50 {
		if mid := (low + high) / 2; of(mid) < s.Mean {
			low = mid
		} else {
			high = mid
		}
	}
	const h = 1e-3
	slope := (to(low+h) - to(low-h)) / (of(low+h) - of(low-h))
	return to(low), s.SE * slope
}

// expected gives the mean percent on items of people whose θ is normal with spread 1
// around a mean; nil without items.
func expected(items []*instrument.Item) func(theta float64) float64 {
	var list []adaptive.Item
	for _, it := range items {
		list = append(list, adaptive.Item{A: 1, B: it.Difficulty})
	}
	f, err := adaptive.NewForm(list)
	if err != nil {
		return nil
	}
	return func(theta float64) float64 {
		var sum, weight float64
		for z := -4.0; z <= 4; z += 0.25 {
			w := math.Exp(-z * z / 2)
			sum, weight = sum+w*f.Expected(theta+z), weight+w
		}
		return sum / weight
	}
}

// ReferenceFrom makes a reference of the city's test: mean and its error on tasks as
// hard as the form's, alpha over k items of n people. The alpha is carried to a form
// of m items by Spearman and Brown, m/k·α / (1 + (m/k − 1)·α); its error is Bonett's
// (2002), (1−α)·√(2k/((k−1)(n−2))), through the derivative. A negative alpha counts
// as 0. Alpha leaves out that people differ from day to day, so it is at most an
// upper bound of the correlation after a week: the correction is rather too small.
func ReferenceFrom(mean, meanSE, alpha float64, k, m, n int) Reference {
	r := Reference{Mean: mean, MeanSE: meanSE}
	if k < 2 || m < 1 || n < 3 || math.IsNaN(alpha) {
		r.Reliability = math.NaN() // refused by Measure
		return r
	}
	alpha = bounded(alpha)
	length := float64(m) / float64(k)
	under := 1 + (length-1)*alpha
	r.Reliability = length * alpha / under
	r.ReliabilitySE = (1 - alpha) * math.Sqrt(2*float64(k)/(float64(k-1)*float64(n-2))) * length / (under * under)
	return r
}

func (r *Reference) ok() bool {
	return known(r.Mean, r.MeanSE, r.Reliability, r.ReliabilitySE) && r.Mean <= 100 && r.Reliability <= 1
}

// known tells whether all are numbers, none under 0.
func known(list ...float64) bool {
	for _, x := range list {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			return false
		}
	}
	return true
}
