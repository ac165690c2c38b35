package weighting

import (
	"fmt"
	"math/bits"
)

// Sums is what one class contributes to one variable (CONTRACT §7): the
// number of rows in the domain that have a value, their sum and their sum of
// squares, in whole units (scores: 1e-4 points; shares: 0 or 1). Integers are
// exact, free of order and subtractable: a change of a record is Minus the old
// and Plus the new.
type Sums struct {
	M      int64 `json:"m"`
	Sum    int64 `json:"sum"`
	Square int64 `json:"square"`
}

// Bounds that keep every sum of squares inside 63 bits.
const (
	// MaxUnits is the largest absolute value of one row, 100 points.
	MaxUnits = 1_000_000
	// MaxClassRows is the largest number of rows of one class.
	MaxClassRows = 9_000_000
)

// SumsOf is the contribution of one row with value y, |y| ≤ MaxUnits; a value
// beyond is an error.
func SumsOf(y int64) (Sums, error) {
	if y < -MaxUnits || y > MaxUnits {
		return Sums{}, fmt.Errorf("%w: value %d units", ErrInput, y)
	}
	return Sums{M: 1, Sum: y, Square: y * y}, nil
}

// Plus adds the rows of o.
func (s Sums) Plus(o Sums) Sums {
	return Sums{s.M + o.M, s.Sum + o.Sum, s.Square + o.Square}
}

// Minus takes the rows of o away again.
func (s Sums) Minus(o Sums) Sums {
	return Sums{s.M - o.M, s.Sum - o.Sum, s.Square - o.Square}
}

// Check tells whether the sums can come from at most n rows: 0 ≤ M ≤ n, and
// M·Σy² ≥ (Σy)².
func (s Sums) Check(n int64) error {
	if s.M < 0 || s.M > n || n > MaxClassRows {
		return fmt.Errorf("%w: %d values in a class of %d rows", ErrInput, s.M, n)
	}
	if abs := max(s.Sum, -s.Sum); s.Square < 0 || abs < 0 || abs > s.M*MaxUnits || s.Square > s.M*MaxUnits*MaxUnits {
		return fmt.Errorf("%w: sums %d and %d of %d values", ErrInput, s.Sum, s.Square, s.M)
	}
	if _, ok := s.scatter(); !ok {
		return fmt.Errorf("%w: sums %d and %d of %d values contradict each other", ErrInput, s.Sum, s.Square, s.M)
	}
	return nil
}

// scatter is Σ(y−ȳ)² inside the class, from M·Σy² − (Σy)² in 128 bits: no
// cancellation, so equal values give exactly 0. ok is false if it is negative.
func (s Sums) scatter() (ss float64, ok bool) {
	if s.M == 0 {
		return 0, true
	}
	abs := uint64(max(s.Sum, -s.Sum))
	h1, l1 := bits.Mul64(uint64(s.M), uint64(s.Square))
	h2, l2 := bits.Mul64(abs, abs)
	lo, borrow := bits.Sub64(l1, l2, 0)
	hi, borrow := bits.Sub64(h1, h2, borrow)
	if borrow != 0 {
		return 0, false
	}
	return (float64(hi)*0x1p64 + float64(lo)) / float64(s.M), true
}
