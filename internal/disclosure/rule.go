package disclosure

import "math"

// Reason says why a figure is not shown; empty means it may be.
type Reason string

// Reasons for suppression.
const (
	Shown         Reason = ""
	TooFew        Reason = "too_few"       // under the smallest number of persons
	Dominated     Reason = "dominated"     // one person carries half of the weight
	TooOneSided   Reason = "too_one_sided" // under 3 persons in or out of a share
	Complementary Reason = "complementary" // would give away another figure
)

// Rule holds the thresholds of METHOD §7.
type Rule struct {
	// MinCount is the smallest number of persons behind any figure.
	MinCount int64
	// MaxWeightShare is the share of the weight from which one person
	// dominates a mean.
	MaxWeightShare float64
	// MinInOut is the smallest count in and out of the category of a share.
	MinInOut int64
	// QuartileMin and DecileMin are the smallest groups for quantiles.
	QuartileMin, DecileMin int64
	// MinWidth: a suppressed count is safe when the attacker's interval is
	// wider than this or reaches MinCount.
	MinWidth float64
	// ZeroPublic shows counts of 0. Only where the population is structurally
	// 0 there or that nobody answered is public anyway.
	ZeroPublic bool
}

// DefaultRule is METHOD §7.
func DefaultRule() Rule {
	return Rule{MinCount: 10, MaxWeightShare: 0.5, MinInOut: 3, QuartileMin: 20, DecileMin: 100, MinWidth: 5}
}

// Count decides on a number of persons.
func (r Rule) Count(n int64) Reason {
	if n >= r.MinCount || n == 0 && r.ZeroPublic {
		return Shown
	}
	return TooFew
}

// Mean decides on a mean of n persons whose heaviest carries the given share of
// their weight (0 to 1; not a number is not shown).
func (r Rule) Mean(n int64, heaviest float64) Reason {
	if n < r.MinCount {
		return TooFew
	}
	if !(heaviest < r.MaxWeightShare) {
		return Dominated
	}
	return Shown
}

// Share decides on a share with in of n persons in the category.
func (r Rule) Share(n, in int64) Reason {
	if n < r.MinCount || in < 0 || in > n {
		return TooFew
	}
	if in < r.MinInOut || n-in < r.MinInOut {
		return TooOneSided
	}
	return Shown
}

// Quantiles tells which quantiles of a group of n may be shown, interpolated
// and in whole points.
func (r Rule) Quantiles(n int64) (quartiles, deciles bool) {
	return n >= r.QuartileMin, n >= r.DecileMin
}

// Query decides on an answer about n persons inside an already public set of
// parent: the two differ by nobody or by at least MinCount, else the rest
// would be given away by subtraction.
func (r Rule) Query(n, parent int64) Reason {
	if reason := r.Count(n); reason != Shown {
		return reason
	}
	if d := parent - n; d != 0 && d < r.MinCount {
		return Complementary
	}
	return Shown
}

// safe tells whether an attacker's interval of a suppressed count says little
// enough: not a single point, and wider than MinWidth or reaching MinCount.
func (r Rule) safe(low, high float64) bool {
	const eps = 1e-6
	return high-low > eps && (high-low > r.MinWidth+eps || high >= float64(r.MinCount)-eps)
}

// PercentDecimals is the number of decimals of a percentage of n persons; means
// have one.
func PercentDecimals(n int64) int {
	if n < 100 {
		return 0
	}
	return 1
}

// RoundTo5 rounds a count to the nearest five, as an option for tables.
func RoundTo5(n int64) int64 { return 5 * int64(math.Round(float64(n)/5)) }
