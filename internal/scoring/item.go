package scoring

import (
	"fmt"
	"math"
)

// MaxOptions bounds the options, positions or pairs of one item.
const MaxOptions = 1000

// MultipleRule says how an item with several right options is scored.
type MultipleRule int

// Rules for multiple choice (METHOD §1).
const (
	// ProportionWithPenalty is max(0, c/C − f/F); without wrong options (F = 0)
	// there is no penalty. It is the default.
	ProportionWithPenalty MultipleRule = iota
	// AllOrNothing is 1 for exactly the right set, else 0.
	AllOrNothing
)

// Dichotomous is the score of an item that is right or wrong: single choice,
// short text, number, task (METHOD §1).
func Dichotomous(right bool) float64 {
	if right {
		return 1
	}
	return 0
}

// Multiple scores a set of picked options: options are all ids of the item,
// key the right ones (at least one), picked the answer. An id that is not an
// option, or stands twice, is an error. The type spot uses the same rule.
func Multiple(options, key, picked []string, rule MultipleRule) (float64, error) {
	if len(options) > MaxOptions {
		return 0, fmt.Errorf("%w: %d options", ErrInput, len(options))
	}
	isKey := make(map[string]bool, len(options))
	for _, o := range options {
		if _, twice := isKey[o]; twice {
			return 0, fmt.Errorf("%w: option %q stands twice", ErrInput, o)
		}
		isKey[o] = false
	}
	for _, k := range key {
		right, known := isKey[k]
		if !known || right {
			return 0, fmt.Errorf("%w: key %q is unknown or stands twice", ErrInput, k)
		}
		isKey[k] = true
	}
	seen := make(map[string]bool, len(picked))
	var c, f int
	for _, p := range picked {
		right, known := isKey[p]
		if !known || seen[p] {
			return 0, fmt.Errorf("%w: picked %q is unknown or stands twice", ErrInput, p)
		}
		seen[p] = true
		if right {
			c++
		} else {
			f++
		}
	}
	return MultipleCounts(c, len(key), f, len(options)-len(key), rule)
}

// MultipleCounts is Multiple on counts: c of C right options and f of F wrong
// options picked.
func MultipleCounts(c, right, f, wrong int, rule MultipleRule) (float64, error) {
	if right < 1 || wrong < 0 || c < 0 || c > right || f < 0 || f > wrong {
		return 0, fmt.Errorf("%w: multiple choice %d/%d right, %d/%d wrong", ErrInput, c, right, f, wrong)
	}
	switch rule {
	case AllOrNothing:
		return Dichotomous(c == right && f == 0), nil
	case ProportionWithPenalty:
		s := float64(c) / float64(right)
		if wrong > 0 {
			s -= float64(f) / float64(wrong)
		}
		return max(0, s), nil
	}
	return 0, fmt.Errorf("%w: multiple choice rule %d", ErrInput, rule)
}

// Partial is points/m for an item worth at most m points (METHOD §1).
func Partial(points, m int) (float64, error) {
	if m < 1 || points < 0 || points > m {
		return 0, fmt.Errorf("%w: %d points of %d", ErrInput, points, m)
	}
	return float64(points) / float64(m), nil
}

// Ordering scores an order by neighbours: each pair that stands next to each
// other in the key gives a point if its second follows directly after its
// first in the answer; m is the number of such pairs. One element put in the
// wrong place costs at most three points, while a comparison by position
// would lose everything after one shift. A blind guess expects 1/k for k
// elements. The answer must hold all ids of the key exactly once.
func Ordering(key, answer []string) (float64, error) {
	if len(key) < 2 || len(key) > MaxOptions || len(answer) != len(key) {
		return 0, fmt.Errorf("%w: order of %d for a key of %d", ErrInput, len(answer), len(key))
	}
	at := make(map[string]int, len(answer))
	for i, id := range answer {
		at[id] = i
	}
	if len(at) != len(answer) {
		return 0, fmt.Errorf("%w: an id stands twice in the order", ErrInput)
	}
	points := 0
	for i, id := range key {
		pos, known := at[id]
		if !known {
			return 0, fmt.Errorf("%w: the order misses %q", ErrInput, id)
		}
		if i > 0 && pos == at[key[i-1]]+1 {
			points++
		}
	}
	seen := make(map[string]bool, len(key))
	for _, id := range key {
		if seen[id] {
			return 0, fmt.Errorf("%w: key %q stands twice", ErrInput, id)
		}
		seen[id] = true
	}
	return Partial(points, len(key)-1)
}

// Matching gives a point for each left id joined with its right partner; m is
// the number of left ids in the key. A left id without a partner gives none;
// a left id that is not in the key is an error.
func Matching(key, answer map[string]string) (float64, error) {
	if len(key) < 1 || len(key) > MaxOptions {
		return 0, fmt.Errorf("%w: matching key of %d", ErrInput, len(key))
	}
	points := 0
	for left, right := range answer {
		want, known := key[left]
		if !known {
			return 0, fmt.Errorf("%w: left %q is unknown", ErrInput, left)
		}
		if right == want {
			points++
		}
	}
	return Partial(points, len(key))
}

// Likert maps point x of a scale of 1 to L onto (x−1)/(L−1); a reversed item
// gives one minus that (METHOD §1).
func Likert(x, points int, reversed bool) (float64, error) {
	if points < 2 || points > MaxOptions || x < 1 || x > points {
		return 0, fmt.Errorf("%w: point %d of a scale of %d", ErrInput, x, points)
	}
	if reversed {
		x = points + 1 - x
	}
	return float64(x-1) / float64(points-1), nil
}

// Number is 1 if low ≤ value ≤ high, else 0. Bounds are widened by 1e-9 of
// their size, because decimals have no exact binary form.
func Number(value, low, high float64) (float64, error) {
	if math.IsNaN(value) || math.IsNaN(low) || math.IsNaN(high) || low > high {
		return 0, fmt.Errorf("%w: number %v for %v to %v", ErrInput, value, low, high)
	}
	eps := slack * math.Max(1, math.Max(math.Abs(low), math.Abs(high)))
	if math.IsInf(eps, 0) {
		eps = 0
	}
	return Dichotomous(value >= low-eps && value <= high+eps), nil
}
