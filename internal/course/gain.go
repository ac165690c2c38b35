package course

import (
	"context"
	"math"
	"time"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"osvitlo/internal/disclosure"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/instrument"
	"osvitlo/internal/store"
)

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
	// Moments of the pairs: what a correction needs.
	VarBefore, VarAfter, Covariance float64
	// Corrected for regression to the mean; without a Reference only raw figures.
	Corrected   bool
	Missing     Missing // why it is not
	Release     string  // of the index, that the correction rests on
	Wave        i18n.Text
	City        float64 // mean of the city on tasks as hard
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
	g.Before, g.VarBefore = stat.MeanVariance(before, nil)
	g.After, g.VarAfter = stat.MeanVariance(after, nil)
	g.Covariance = stat.Covariance(before, after, nil)
	g.Raw, g.RawSE = g.After-g.Before, g.spread(1)
	t := g.student()
	g.RawLow, g.RawHigh = g.Raw-t*g.RawSE, g.Raw+t*g.RawSE
	g.correct(ref)
	return g
}

// spread is the standard error of the mean of y − ρx.
func (g *Gain) spread(rho float64) float64 {
	return math.Sqrt(max(0, g.VarAfter+rho*rho*g.VarBefore-2*rho*g.Covariance) / float64(g.N))
}

func (g *Gain) student() float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(g.N - 1)}.Quantile(0.975)
}

// correct takes regression to the mean out of the same pairs; without a reference
// nothing changes, and nothing is proved.
func (g *Gain) correct(ref *Reference) {
	if ref == nil || !ref.ok() || g.N == 0 {
		return
	}
	rho, far := ref.Reliability, g.Before-ref.Mean
	se := g.spread(rho)
	g.Corrected, g.Missing, g.Reliability = true, "", rho
	g.Release, g.Wave, g.City = ref.Release, ref.Wave, ref.Mean
	g.Regression = (1 - rho) * (ref.Mean - g.Before)
	g.Value = g.Raw - g.Regression
	g.SE = math.Sqrt(se*se + (1-rho)*(1-rho)*ref.MeanSE*ref.MeanSE + far*far*ref.ReliabilitySE*ref.ReliabilitySE)
	t := g.student()
	g.Low, g.High = g.Value-t*g.SE, g.Value+t*g.SE
	g.Verdict = NotProved
	switch {
	case g.Low > 0 && g.Value >= minChange:
		g.Verdict = Proved
	case g.High < 0 && g.Value <= -minChange:
		g.Verdict = Harmful
	}
}

// GainOf is the gain of all pairs as CountGains last measured them. It moves with every
// pair, so it is for staff with the right to see it; pages show PublicGain. form are the
// tasks of one half.
func (s *Service) GainOf(ctx context.Context, course string, form []*instrument.Item) (g Gain, err error) {
	defer fault.Wrap(&err, "course.GainOf")
	ref, missing, err := s.reference(ctx, form)
	if err != nil {
		return g, err
	}
	shown, err := s.gains.Get(ctx, course)
	if fault.Is(err, fault.NotFound) {
		return Gain{Verdict: TooFew}, nil
	}
	if err != nil {
		return g, err
	}
	return shown.Latest.on(ref, missing), nil
}

// on is a raw gain corrected by a reference, or with the reason why it is not.
func (g Gain) on(ref *Reference, missing Missing) Gain {
	if g.N > 0 {
		g.Missing = missing
	}
	g.correct(ref)
	return g
}

// CountGains measures the pairs of every course anew: the work of a job, so that no page
// reads them. Of a course at most 100,000 are read.
func (s *Service) CountGains(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "course.CountGains")
	for _, one := range s.cfg.Catalogue.Courses() {
		g, err := s.measure(ctx, one.Slug)
		if err != nil {
			return err
		}
		if err := s.keepGain(ctx, one.Slug, g); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) keepGain(ctx context.Context, course string, g Gain) error {
	for range retries {
		kept, err := s.gains.Get(ctx, course)
		switch {
		case fault.Is(err, fault.NotFound):
			err = s.gains.Insert(ctx, &ShownGain{Doc: store.Doc{ID: course}, Gain: Gain{Verdict: TooFew}, Latest: g, At: store.At(s.now())})
		case err != nil || kept.Latest == g:
			return err
		default:
			kept.Latest = g
			err = s.gains.Replace(ctx, kept)
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return fault.Newf(fault.Unavailable, "", "gain is written too often")
}

// measure is the raw gain of the stored pairs.
func (s *Service) measure(ctx context.Context, course string) (g Gain, err error) {
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
	return Measure(before, after, lost, nil), nil
}

// ShownGain is the gain of a course as the public sees it; its id is the course.
type ShownGain struct {
	store.Doc
	Gain   Gain       `json:"gain"`
	At     store.Time `json:"at"`     // of the step
	Latest Gain       `json:"latest"` // of all pairs, raw: CountGains
}

// PublicGain is the gain in steps: it stays as it was until ten more pairs have come,
// so that nobody's result can be found by subtraction (USERS 1). Pairs of the erased
// stay unlinked, so their number only grows. A newly published wave corrects the same
// people anew.
func (s *Service) PublicGain(ctx context.Context, course string, form []*instrument.Item) (shown *ShownGain, err error) {
	defer fault.Wrap(&err, "course.PublicGain")
	ref, missing, err := s.reference(ctx, form)
	if err != nil {
		return nil, err
	}
	least := int(disclosure.DefaultRule().MinCount)
	for range retries {
		shown, err = s.gains.Get(ctx, course)
		if fault.Is(err, fault.NotFound) {
			return &ShownGain{Doc: store.Doc{ID: course}, Gain: Gain{Verdict: TooFew}, At: store.At(s.now())}, nil
		}
		if err != nil {
			return nil, err
		}
		switch now := shown.Latest; {
		case now.N >= shown.Gain.N+least:
			shown.Gain, shown.At = now.on(ref, missing), store.At(s.now())
		case shown.Gain.N == 0 || ref == nil || ref.Release == shown.Gain.Release:
			return shown, nil
		default:
			shown.Gain.correct(ref)
		}
		if err = s.gains.Replace(ctx, shown); err == nil {
			return shown, nil
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	return nil, fault.Newf(fault.Unavailable, "", "gain is written too often")
}
