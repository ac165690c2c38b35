// Package scoring turns answers into numbers: an item score in [0, 1], then
// competence, area and overall scores from 0 to 100, a level by cut-offs, and
// the error that belongs to them (METHOD §1 to §3, §9).
//
// It guarantees that every score lies in its range, that a missing value is
// never read as zero, that the same input gives the same output on every
// machine, and that bad input is an error and never a panic.
//
// It does not know instruments, sittings or people, does not read or store
// anything, and never averages tested and self-assessed items: the caller
// aggregates each kind apart (METHOD §1).
package scoring

import "errors"

// Method is the version of the rules in this package. Scores carry it; it
// changes whenever the same answers would give another number.
const Method = 1

// ErrInput marks every error of this package: the numbers handed in cannot
// be scored (out of range, unknown option, unknown competence).
var ErrInput = errors.New("scoring: bad input")
