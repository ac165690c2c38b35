// Package disclosure decides what may be shown about people without showing a
// person (METHOD §7, CONTRACT §6): the primary rule for a single figure,
// complementary suppression of counts that add up, an attacker that tries to
// recover what was suppressed, joining of small classes, and the rules for
// figures that change in time.
//
// It guarantees that a protection it returns has passed its own attacker, that
// the attacker fails closed (what cannot be decided is not safe), and that the
// same input gives the same output.
//
// It does not compute figures, does not know where they are printed, and does
// not see what was published elsewhere unless it is told: linked tables, other
// waves and rates go into one System.
package disclosure

import "errors"

// Failures of this package.
var (
	// ErrInput: negative counts, unknown ids, relations that do not add up.
	ErrInput = errors.New("disclosure: bad input")
	// ErrInconsistent: published figures that contradict each other.
	ErrInconsistent = errors.New("disclosure: published figures contradict each other")
	// ErrUndecided: the attacker's program did not end; treat as not safe.
	ErrUndecided = errors.New("disclosure: the attack could not be decided")
)
