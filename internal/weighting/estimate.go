package weighting

import (
	"fmt"
	"math"
)

// Estimate is a figure with its error. Every published figure carries all of
// it (METHOD §0).
type Estimate struct {
	Value float64
	SE    float64 // standard error, linearised, with the weighting in it
	Low   float64 // 95 % interval
	High  float64
	Kind  IntervalKind
	N     int64   // rows behind the figure
	Neff  float64 // Kish's effective number of those rows
	DF    float64 // sampling units minus strata
	// Deff is V/V_srs with V_srs = S²_w/n (METHOD §5), 0 where V_srs is 0.
	Deff float64
	// Adjusted: a stratum had a single sampling unit and was centred at the
	// grand mean.
	Adjusted bool
}

// Normal gives the same estimate with the interval value ± 1.96·SE.
func (e Estimate) Normal() Estimate {
	e.Low, e.High = NormalInterval(e.Value, e.SE)
	e.Kind = IntervalNormal
	return e
}

// share sets the interval of a share: logit, or beta when p̂·n < 10 or p is 0
// or 1 (METHOD §5). rows is the number of rows of the design, q the t quantile.
func (e Estimate) share(rows int64, q float64) (Estimate, error) {
	var err error
	// Binary sums may leave a full share at 1−1e-16.
	if e.Value < 1e-14 {
		e.Value = 0
	} else if e.Value > 1-1e-14 {
		e.Value = 1
	}
	// Each class all or none: the variance is rounding and says nothing, as at
	// 0 and 1; the beta interval then rests on the effective n.
	if e.SE < 1e-12 {
		e.SE = 0
	}
	if e.Value == 0 || e.Value == 1 || e.Value*float64(e.N) < betaUnder || e.SE == 0 {
		e.Kind = IntervalBeta
		e.Low, e.High, err = BetaInterval(e.Value, e.SE, rows, e.DF, e.Neff)
		return e, err
	}
	e.Kind = IntervalLogit
	e.Low, e.High, err = logit(e.Value, e.SE, q)
	return e, err
}

// scaled turns an estimate in units into one in the caller's measure.
func (e Estimate) scaled(unit float64) Estimate {
	e.Value *= unit
	e.SE *= unit
	return e
}

func checkUnit(unit float64) error {
	if !(unit > 0) || math.IsInf(unit, 0) {
		return fmt.Errorf("%w: unit %v", ErrInput, unit)
	}
	return nil
}
