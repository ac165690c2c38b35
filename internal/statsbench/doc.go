// Package statsbench is the statistician's bench: it reads anybody's CSV and a
// specification in JSON, calls the very code that makes the city's figures
// (weighting, drivers, psychometrics, adaptive, disclosure), and answers with
// the keys of the reference answers, so that all of it can be checked from
// outside.
//
// It guarantees that a fault in the input is named with file, line and column,
// that what did not converge or cannot be met is an UnreachedError that says
// how far it came, and that the same input gives the same output. It computes
// no statistic of its own, writes no files and protects no secrets: its input
// and output belong to the person who runs it.
package statsbench

import (
	"errors"
	"fmt"
	"math"

	"osvitlo/internal/adaptive"
	"osvitlo/internal/disclosure"
	"osvitlo/internal/psychometrics"
	"osvitlo/internal/weighting"
)

// ErrInput marks faults of the files, of the specification or of the words of a
// command.
var ErrInput = errors.New("bad input")

// UnreachedError is a computation that did not get where it should: raking or a
// model that does not converge, bounds that cannot be met, an attack that could
// not be decided. Reached holds what was reached, with the keys of a result.
type UnreachedError struct {
	Reached Result
	Err     error
}

func (e *UnreachedError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *UnreachedError) Unwrap() error { return e.Err }

// Result is a JSON object. Numbers that are not finite are null.
type Result map[string]any

// unreached wraps the errors of the numbers that mean "not reached" and leaves
// the others alone.
func unreached(err error) error {
	if err == nil {
		return nil
	}
	reached := Result{"converged": false, "error": err.Error()}
	var cycles *weighting.NotConvergedError
	var trim *weighting.TrimError
	var calibration *adaptive.UnsettledError
	switch {
	case errors.As(err, &cycles):
		reached["cycles"], reached["worst_margin_error"] = cycles.Cycles, num(cycles.Worst)
	case errors.As(err, &trim):
		reached["rounds"], reached["min"], reached["max"], reached["worst_margin_error"] = trim.Rounds, num(trim.Min), num(trim.Max), num(trim.MarginError)
	case errors.As(err, &calibration):
		reached["cycles"], reached["change"], reached["loglik"] = calibration.Cycles, num(calibration.Change), num(calibration.LogLik)
	case errors.Is(err, psychometrics.ErrNotConverged), errors.Is(err, disclosure.ErrUndecided), errors.Is(err, adaptive.ErrNotLinked):
	default:
		return err
	}
	return &UnreachedError{Reached: reached, Err: err}
}

// num is a number for JSON: null if it is not finite.
func num(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

func nums(v []float64) []any {
	out := make([]any, len(v))
	for i, x := range v {
		out[i] = num(x)
	}
	return out
}

func badf(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrInput, fmt.Sprintf(format, args...))
}
