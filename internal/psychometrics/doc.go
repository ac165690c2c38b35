// Package psychometrics looks at items and scales (METHOD §8, §9, §11):
// reliability (alpha, omega, standard error of measurement), item difficulty
// and discrimination, curves of options, differential item functioning by
// Mantel–Haenszel and by logistic regression, indices of careless answering,
// and the gates that say which figure about a person may be shown.
//
// It guarantees that a scale without spread, a factor model that does not
// settle and a group without anybody are errors that name what is wrong, and
// the same output for the same input. It proposes; people decide: nothing here
// removes an item or a person.
package psychometrics

import (
	"errors"
	"fmt"
	"math"
)

// Failures of this package.
var (
	// ErrInput: tables that are not rectangular, values out of range.
	ErrInput = errors.New("psychometrics: bad input")
	// ErrNoSpread: an item or a scale on which all answers are equal.
	ErrNoSpread = errors.New("psychometrics: no spread")
	// ErrTooFew: too few persons or items for a figure.
	ErrTooFew = errors.New("psychometrics: too few")
	// ErrNotConverged: a model that did not settle.
	ErrNotConverged = errors.New("psychometrics: did not converge")
)

// Bounds of what this package takes.
const (
	MaxItems   = 2000
	MaxPersons = 5_000_000
)

// Scores is a table of persons by items; NaN is a missing answer.
type Scores [][]float64

func (s Scores) check(minItems int) (items int, err error) {
	if len(s) == 0 || len(s) > MaxPersons {
		return 0, fmt.Errorf("%w: %d persons", ErrTooFew, len(s))
	}
	items = len(s[0])
	if items < minItems || items > MaxItems {
		return 0, fmt.Errorf("%w: %d items", ErrTooFew, items)
	}
	for i, row := range s {
		if len(row) != items {
			return 0, fmt.Errorf("%w: person %d has %d of %d items", ErrInput, i+1, len(row), items)
		}
		for j, v := range row {
			if math.IsInf(v, 0) {
				return 0, fmt.Errorf("%w: person %d item %d is %v", ErrInput, i+1, j+1, v)
			}
		}
	}
	return items, nil
}

// Complete is the rows without a missing answer, and how many were left out.
func (s Scores) Complete() (complete Scores, dropped int) {
	for _, row := range s {
		whole := true
		for _, v := range row {
			whole = whole && !math.IsNaN(v)
		}
		if whole {
			complete = append(complete, row)
		} else {
			dropped++
		}
	}
	return complete, dropped
}

// Reverse turns items round: x → highest + lowest − x, with the highest and
// lowest answer on the whole scale (or the bounds given). The table is copied.
func (s Scores) Reverse(items []int, low, high float64) (Scores, error) {
	k, err := s.check(1)
	if err != nil {
		return nil, err
	}
	turn := make([]bool, k)
	for _, j := range items {
		if j < 0 || j >= k || turn[j] {
			return nil, fmt.Errorf("%w: item %d of %d is reversed twice or does not exist", ErrInput, j+1, k)
		}
		turn[j] = true
	}
	out := make(Scores, len(s))
	for i, row := range s {
		out[i] = append([]float64(nil), row...)
		for j := range row {
			if turn[j] {
				out[i][j] = high + low - row[j]
			}
		}
	}
	return out, nil
}

// Range is the lowest and highest answer of the table.
func (s Scores) Range() (low, high float64, err error) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, row := range s {
		for _, v := range row {
			if !math.IsNaN(v) {
				low, high = min(low, v), max(high, v)
			}
		}
	}
	if low > high {
		return 0, 0, fmt.Errorf("%w: no answers", ErrTooFew)
	}
	return low, high, nil
}
