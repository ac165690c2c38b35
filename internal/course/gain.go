package course

import (
	"context"
	"math"
	"time"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"osvitlo/internal/disclosure"
	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

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
	Source        string // message key of where they come from
}

// Verdict on a course.
type Verdict string

// The verdicts.
const (
	TooFew    Verdict = "too-few"    // under ten pairs: no figure is given
	Proved    Verdict = "proved"     // the corrected interval lies above 0 and the gain is a point or more
	NotProved Verdict = "not-proved" // an allowed answer
	Harmful   Verdict = "harmful"    // the corrected interval lies under 0
)

// Gain is the change over a course in points of percent. Of fewer than ten pairs
// only Verdict is set.
type Gain struct {
	N       int // pairs
	Lost    int // with a first half only; 0 when under ten
	Before  float64
	After   float64
	Raw     float64 // mean difference
	RawSE   float64
	RawLow  float64 // 95 %, Student
	RawHigh float64
	// Corrected for regression to the mean; without a Reference only raw figures.
	Corrected   bool
	Regression  float64 // what chance alone would have added: (1−ρ)(μ−x̄)
	Value       float64
	SE          float64
	Low, High   float64
	Reliability float64
	Verdict     Verdict
}

// minChange is the least change that is spoken of, in points (METHOD §6: label).
const minChange = 1.0

// Measure computes the gain of pairs (before, after in percent). lost counts people
// with a first half only: they are not in the gain, and the page says how many. The
// error of the corrected gain takes in that of μ and ρ by the delta method:
// Var = s²(y−ρx)/n + (1−ρ)²·SE²(μ) + (x̄−μ)²·SE²(ρ).
func Measure(before, after []float64, lost int, ref *Reference) Gain {
	n := min(len(before), len(after))
	rule := disclosure.DefaultRule()
	if rule.Count(int64(n)) != disclosure.Shown {
		return Gain{Verdict: TooFew}
	}
	g := Gain{N: n, Verdict: NotProved}
	if rule.Count(int64(lost)) == disclosure.Shown {
		g.Lost = lost
	}
	before, after = before[:n], after[:n]
	diff := make([]float64, n)
	for i := range diff {
		diff[i] = after[i] - before[i]
	}
	g.Before, g.After = stat.Mean(before, nil), stat.Mean(after, nil)
	g.Raw, g.RawSE = meanSE(diff)
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
	g.RawLow, g.RawHigh = g.Raw-t*g.RawSE, g.Raw+t*g.RawSE
	if ref == nil || !ref.ok() {
		return g // without a reference nothing is proved
	}
	rho := ref.Reliability
	for i := range diff {
		diff[i] = after[i] - rho*before[i]
	}
	_, se := meanSE(diff)
	far := g.Before - ref.Mean
	g.Corrected, g.Reliability = true, rho
	g.Regression = (1 - rho) * (ref.Mean - g.Before)
	g.Value = g.Raw - g.Regression
	g.SE = math.Sqrt(se*se + (1-rho)*(1-rho)*ref.MeanSE*ref.MeanSE + far*far*ref.ReliabilitySE*ref.ReliabilitySE)
	g.Low, g.High = g.Value-t*g.SE, g.Value+t*g.SE
	switch {
	case g.Low > 0 && g.Value >= minChange:
		g.Verdict = Proved
	case g.High < 0 && g.Value <= -minChange:
		g.Verdict = Harmful
	}
	return g
}

// ReferenceFrom makes a reference of the city's test: mean and its error on tasks as
// hard as the form's, alpha over k items of n people. The alpha is carried to a form
// of m items by Spearman and Brown, m/k·α / (1 + (m/k − 1)·α); its error is Bonett's
// (2002), (1−α)·√(2k/((k−1)(n−2))), through the derivative. A negative alpha counts
// as 0. Alpha leaves out that people differ from day to day, so it is at most an
// upper bound of the correlation after a week: the correction is rather too small.
func ReferenceFrom(mean, meanSE, alpha float64, k, m, n int, source string) Reference {
	r := Reference{Mean: mean, MeanSE: meanSE, Source: source}
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
	for _, x := range []float64{r.Mean, r.MeanSE, r.Reliability, r.ReliabilitySE} {
		if math.IsNaN(x) || math.IsInf(x, 0) || x < 0 {
			return false
		}
	}
	return r.Mean <= 100 && r.Reliability <= 1
}

func meanSE(x []float64) (mean, se float64) {
	mean, sd := stat.MeanStdDev(x, nil)
	return mean, sd / math.Sqrt(float64(len(x)))
}

// GainOf measures a course from the stored pairs, at most 100,000 of them.
// It moves with every pair, so it is for staff with the right to see it; pages show
// PublicGain. ref may be nil.
func (s *Service) GainOf(ctx context.Context, course string, ref *Reference) (g Gain, err error) {
	defer fault.Wrap(&err, "course.GainOf")
	var before, after []float64
	lost := 0
	for p, err := range s.proofs.Find(ctx, store.Query{Index: indexCourse, Eq: []any{course}, Limit: 100_000}) {
		if err != nil {
			return g, err
		}
		switch {
		case p.Before != nil && p.After != nil:
			before, after = append(before, p.Before.Score), append(after, p.After.Score)
		case p.Before != nil && !p.Opens.IsZero() && s.now().Sub(p.Opens.Time) > 30*24*time.Hour:
			lost++
		}
	}
	return Measure(before, after, lost, ref), nil
}

// ShownGain is the gain of a course as the public sees it; its id is the course.
type ShownGain struct {
	store.Doc
	Gain Gain       `json:"gain"`
	At   store.Time `json:"at"` // of the step
}

// PublicGain is the gain in steps: it stays as it was until ten more pairs have come,
// so that nobody's result can be found by subtraction (USERS 1). Pairs of the erased
// stay unlinked, so their number only grows.
func (s *Service) PublicGain(ctx context.Context, course string, ref *Reference) (shown *ShownGain, err error) {
	defer fault.Wrap(&err, "course.PublicGain")
	least := int(disclosure.DefaultRule().MinCount)
	for range retries {
		shown, err = s.gains.Get(ctx, course)
		fresh := fault.Is(err, fault.NotFound)
		if err != nil && !fresh {
			return nil, err
		}
		now, err := s.GainOf(ctx, course, ref)
		if err != nil {
			return nil, err
		}
		next := &ShownGain{Doc: store.Doc{ID: course}, Gain: now, At: store.At(s.now())}
		switch {
		case fresh && now.Verdict == TooFew:
			return next, nil
		case fresh:
			err = s.gains.Insert(ctx, next)
		case now.N < shown.Gain.N+least:
			return shown, nil
		default:
			next.Rev = shown.Rev
			err = s.gains.Replace(ctx, next)
		}
		if err == nil {
			return next, nil
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return nil, fault.Newf(fault.Unavailable, "", "gain is written too often")
}
