// Package adaptive holds the item response theory of the program (METHOD §10,
// §13): probability and information of one- and two-parameter logistic items;
// a person's ability with its error (EAP and Warm's WLE); the way back to the
// public scale of 0 to 100 through the characteristic curve of a reference
// form; calibration of items by marginal and conditional maximum likelihood;
// linking of scales by common items; the adaptive test with area balance,
// exposure control, enemies and seeds; and simulation of such tests.
//
// It guarantees finite results inside the declared ranges, the same output for
// the same input on any number of processors, that items not administered have
// no influence, that a test shows the same item after a reload, and that its
// log can be replayed figure by figure. A calibration that does not settle or
// parameters that are not identified are errors.
//
// It knows no instruments and no texts, and stores nothing.
package adaptive

import "errors"

// ErrInput marks errors of what was given to this package: parameters, answers,
// rules or grids that cannot be used.
var ErrInput = errors.New("adaptive: bad input")

// MaxItems bounds the items of one form or bank.
const MaxItems = 10_000
