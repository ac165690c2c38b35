package scoring

import (
	"fmt"
	"math"
	"strconv"
)

// Points is a score of 0 to 100 in fixed point: one unit is 1e-4 points.
// Integers make sums exact, free of order and subtractable (CONTRACT §7).
type Points int64

// PerPoint is the number of units in one point; MaxPoints is a score of 100.
const (
	PerPoint         = 10_000
	MaxPoints Points = 100 * PerPoint
)

// ToPoints rounds a score of 0 to 100 to the nearest 1e-4 point, halves away
// from zero. Scores outside the range by more than 1e-9, NaN and infinities
// are errors.
func ToPoints(score float64) (Points, error) {
	if math.IsNaN(score) || score < -slack || score > 100+slack {
		return 0, fmt.Errorf("%w: score %v is not in 0 to 100", ErrInput, score)
	}
	p := Points(math.Round(score * PerPoint))
	return min(max(p, 0), MaxPoints), nil
}

// Float is the score in points, 0 to 100.
func (p Points) Float() float64 { return float64(p) / PerPoint }

// Valid tells whether p lies in 0 to 100 points.
func (p Points) Valid() bool { return p >= 0 && p <= MaxPoints }

// String prints points with at most four decimals and no trailing zeros.
func (p Points) String() string { return strconv.FormatFloat(p.Float(), 'f', -1, 64) }
