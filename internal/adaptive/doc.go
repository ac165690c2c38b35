// Package adaptive holds the item response theory the first version needs
// (METHOD §10): probability and information of one- and two-parameter logistic
// items, a person's ability with its error (EAP and Warm's WLE), and the way
// back to the public scale of 0 to 100 through the characteristic curve of a
// reference form.
//
// It guarantees finite results inside the declared ranges, the same output for
// the same input, and that items not administered have no influence.
//
// It leaves out for now what no published figure uses yet: choice of the next
// item, exposure control and stop rules (METHOD §13), calibration of items,
// graded responses and plausible values (METHOD §10). It knows no instruments
// and stores nothing.
package adaptive

import "errors"

// ErrInput marks every error of this package: parameters, answers or grids
// that cannot be used.
var ErrInput = errors.New("adaptive: bad input")

// MaxItems bounds the items of one form.
const MaxItems = 10_000
