package weighting

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// IntervalKind names how a 95 % interval was made.
type IntervalKind string

// Kinds of intervals (METHOD §5).
const (
	IntervalT      IntervalKind = "t"      // value ± t(df)·SE
	IntervalNormal IntervalKind = "normal" // value ± 1.96·SE
	IntervalLogit  IntervalKind = "logit"  // t on the logit scale, for shares
	IntervalBeta   IntervalKind = "beta"   // Korn–Graubard, for rare shares
)

// normal975 is the 0.975 quantile of the normal distribution.
const normal975 = 1.959963984540054235524594430521

// betaUnder is the weighted count p̂·n under which a share gets the beta
// interval (METHOD §5).
const betaUnder = 10

// TQuantile975 is the 0.975 quantile of Student's t; df < 1 or not finite is
// an error, from a million on it is the normal one.
func TQuantile975(df float64) (float64, error) {
	if math.IsNaN(df) || df < 1 {
		return 0, fmt.Errorf("%w: %v degrees of freedom", ErrTooFew, df)
	}
	if df > 1e6 {
		return normal975, nil
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975), nil
}

// NormalInterval is value ± 1.96·SE.
func NormalInterval(value, se float64) (low, high float64) {
	return value - normal975*se, value + normal975*se
}

// TInterval is value ± t(df, 0.975)·SE.
func TInterval(value, se, df float64) (low, high float64, err error) {
	q, err := TQuantile975(df)
	if err != nil {
		return 0, 0, err
	}
	return value - q*se, value + q*se, nil
}

// LogitInterval is the interval of a share on the logit scale, as
// survey::svyciprop(method = "logit"): logit p ± t(df)·SE/(p(1−p)), mapped
// back. p must lie inside (0, 1).
func LogitInterval(p, se, df float64) (low, high float64, err error) {
	q, err := TQuantile975(df)
	if err != nil {
		return 0, 0, err
	}
	low, high, err = logit(p, se, q)
	return low, high, err
}

func logit(p, se, q float64) (low, high float64, err error) {
	if !(p > 0 && p < 1) || !(se >= 0) {
		return 0, 0, fmt.Errorf("%w: logit interval of share %v with error %v", ErrInput, p, se)
	}
	l, h := math.Log(p/(1-p)), q*se/(p*(1-p))
	return 1 / (1 + math.Exp(-(l - h))), 1 / (1 + math.Exp(-(l + h))), nil
}

// BetaInterval is Korn and Graubard's interval of a share, as
// survey::svyciprop(method = "beta"): the exact binomial interval at
//
//	n* = p(1−p)/SE² · (t(n−1)/t(df))²
//
// n is the number of rows of the design. At p = 0 or 1 or SE = 0, where the
// variance says nothing, n* is neff, the effective number of rows of the
// domain.
func BetaInterval(p, se float64, n int64, df, neff float64) (low, high float64, err error) {
	if !(p >= 0 && p <= 1) || !(se >= 0) || n < 2 {
		return 0, 0, fmt.Errorf("%w: beta interval of share %v with error %v from %d rows", ErrInput, p, se, n)
	}
	star := neff
	if p > 0 && p < 1 && se > 0 {
		tn, err := TQuantile975(float64(n - 1))
		if err != nil {
			return 0, 0, err
		}
		td, err := TQuantile975(df)
		if err != nil {
			return 0, 0, err
		}
		star = p * (1 - p) / (se * se) * (tn / td) * (tn / td)
	}
	if !(star > 0) || math.IsInf(star, 0) {
		return 0, 0, fmt.Errorf("%w: effective number of rows %v", ErrInput, star)
	}
	high = 1
	if x := star * p; x > 0 {
		low = mathext.InvRegIncBeta(x, star-x+1, 0.025)
	}
	if x := star * p; x < star {
		high = mathext.InvRegIncBeta(x+1, star-x, 0.975)
	}
	return low, high, nil
}
