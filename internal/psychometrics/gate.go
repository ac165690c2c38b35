package psychometrics

import "fmt"

// Use is what a figure about a person is for (METHOD §9).
type Use string

// Uses with their smallest reliability.
const (
	ForArea        Use = "area"        // 0.70
	ForOverall     Use = "overall"     // 0.80
	ForCertificate Use = "certificate" // 0.90
)

// Needs is the smallest reliability (alpha, omega or marginal) for a use.
func (u Use) Needs() (float64, error) {
	switch u {
	case ForArea:
		return 0.70, nil
	case ForOverall:
		return 0.80, nil
	case ForCertificate:
		return 0.90, nil
	}
	return 0, fmt.Errorf("%w: use %q", ErrInput, u)
}

// Passes tells whether one level may be shown to a person; below it a range or
// words are shown (METHOD §9).
func (u Use) Passes(reliability float64) (bool, error) {
	least, err := u.Needs()
	return err == nil && reliability >= least, err
}

// Bounds of a group's area mean (METHOD §9).
const (
	GroupMin       = 10
	GroupHalfWidth = 5.0 // points
)

// Withheld says why a group's mean is not shown; empty: it may be.
type Withheld string

// Reasons.
const (
	Published Withheld = ""
	FewPeople Withheld = "too_few"
	TooWide   Withheld = "interval_too_wide"
)

// GroupMean decides on the area mean of a group of n with the given 95 %
// half-width in points.
func GroupMean(n int64, halfWidth float64) Withheld {
	switch {
	case n < GroupMin:
		return FewPeople
	case !(halfWidth <= GroupHalfWidth):
		return TooWide
	}
	return Published
}
