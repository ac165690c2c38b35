package weighting

import (
	"errors"
	"fmt"
)

// Named failures. Test with errors.Is; the text says which margin and
// category, and by how much.
var (
	// ErrInput: lengths that differ, weights that are not positive, indices
	// out of range, values that are not finite.
	ErrInput = errors.New("weighting: bad input")
	// ErrEmptyCategory: people in the population, nobody in the sample.
	ErrEmptyCategory = errors.New("weighting: empty category")
	// ErrTotalsDiffer: margins whose totals differ by more than 0.01 %.
	ErrTotalsDiffer = errors.New("weighting: margin totals differ")
	// ErrNotConverged: raking did not reach its tolerance (NotConvergedError).
	ErrNotConverged = errors.New("weighting: raking did not converge")
	// ErrTrimInfeasible: bounds too tight for the margins (TrimError).
	ErrTrimInfeasible = errors.New("weighting: trimming bounds cannot be met")
	// ErrEmptyDomain: no row with a value in the domain.
	ErrEmptyDomain = errors.New("weighting: empty domain")
	// ErrTooFew: too few sampling units or respondents for a figure.
	ErrTooFew = errors.New("weighting: too few")
)

// NotConvergedError tells how far raking came. It is an ErrNotConverged.
type NotConvergedError struct {
	Cycles int
	Worst  float64 // largest relative deviation from a target
}

func (e *NotConvergedError) Error() string {
	return fmt.Sprintf("%v: after %d cycles a margin is off by %.3g of its target", ErrNotConverged, e.Cycles, e.Worst)
}

// Is makes errors.Is(err, ErrNotConverged) true.
func (e *NotConvergedError) Is(target error) bool { return target == ErrNotConverged }

// TrimError tells what trimming reached before it gave up. The weights of that
// moment are not delivered (METHOD §4). It is an ErrTrimInfeasible.
type TrimError struct {
	Rounds      int
	Min, Max    float64 // of the last raked weights
	MarginError float64 // largest relative deviation from a target
}

func (e *TrimError) Error() string {
	return fmt.Sprintf("%v: after %d rounds weights run from %.6g to %.6g, margins off by %.3g", ErrTrimInfeasible, e.Rounds, e.Min, e.Max, e.MarginError)
}

// Is makes errors.Is(err, ErrTrimInfeasible) true.
func (e *TrimError) Is(target error) bool { return target == ErrTrimInfeasible }
