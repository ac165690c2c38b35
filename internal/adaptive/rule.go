package adaptive

import (
	"fmt"
	"math"
)

// Exposure is how over-use of the best items is held back (METHOD §13).
type Exposure string

// Kinds of exposure control.
const (
	// Uncontrolled gives the most informative item.
	Uncontrolled Exposure = ""
	// Randomesque gives one of the Best most informative items.
	Randomesque Exposure = "randomesque"
	// SympsonHetter gives a chosen item with probability K.
	SympsonHetter Exposure = "sympson-hetter"
)

// Rule says how items are chosen and when a test ends (METHOD §13).
type Rule struct {
	Name string
	// The test ends when the posterior standard deviation is under MaxSE after
	// at least MinItems with at least MinPerArea of each area, or at MaxItems.
	MaxSE      float64 // 0: never by precision
	MinItems   int
	MinPerArea int
	MaxItems   int
	// Balance picks the area that is most behind its target first.
	Balance bool
	// Targets by area, in any measure; nil: equal.
	Targets  []float64
	Exposure Exposure
	Best     int // of Randomesque; 0: 5
	// Pretest is how many seed items are mixed in, beside MaxItems.
	Pretest int
	// Certain is the posterior probability that certifies a level; 0: 0.80.
	Certain float64
	// Cuts on θ between levels; nil: ThetaCuts.
	Cuts []float64
}

// Express is the public short test: standard error 0.40 or 20 items.
func Express() Rule {
	return Rule{Name: "express", MaxSE: 0.40, MinItems: 12, MinPerArea: 2, MaxItems: 20, Balance: true, Exposure: Randomesque}
}

// Certificate is the test behind a certificate: standard error 0.30 or 40
// items, a level with probability 0.80.
func Certificate() Rule {
	return Rule{Name: "certificate", MaxSE: 0.30, MinItems: 12, MinPerArea: 2, MaxItems: 40, Balance: true, Exposure: Randomesque}
}

// Plain has neither balance nor exposure control: the path of catR's
// randomCAT with maximum Fisher information.
func Plain(maxSE float64, maxItems int) Rule {
	return Rule{Name: "plain", MaxSE: maxSE, MinItems: 1, MaxItems: maxItems}
}

func (r Rule) withDefaults(areas int) (Rule, error) {
	if r.Best == 0 {
		r.Best = 5
	}
	if r.Certain == 0 {
		r.Certain = 0.80
	}
	if r.Cuts == nil {
		r.Cuts = ThetaCuts()
	}
	switch {
	case r.MaxItems < 1 || r.MaxItems > MaxItems:
		return r, fmt.Errorf("%w: a test of at most %d items", ErrInput, r.MaxItems)
	case !(r.MaxSE >= 0) || math.IsInf(r.MaxSE, 0):
		return r, fmt.Errorf("%w: a standard error of %v", ErrInput, r.MaxSE)
	case r.MinItems < 0 || r.MinItems > r.MaxItems:
		return r, fmt.Errorf("%w: at least %d and at most %d items", ErrInput, r.MinItems, r.MaxItems)
	case r.MinPerArea < 0 || r.MinPerArea*areas > r.MaxItems:
		return r, fmt.Errorf("%w: %d items of each of %d areas in %d items", ErrInput, r.MinPerArea, areas, r.MaxItems)
	case r.Best < 1 || r.Pretest < 0 || r.Pretest > MaxItems:
		return r, fmt.Errorf("%w: the best %d items, %d seeds", ErrInput, r.Best, r.Pretest)
	case !(r.Certain > 0.5 && r.Certain < 1):
		return r, fmt.Errorf("%w: a level is certain at %v", ErrInput, r.Certain)
	case r.Targets != nil && len(r.Targets) != areas:
		return r, fmt.Errorf("%w: %d targets for %d areas", ErrInput, len(r.Targets), areas)
	}
	if r.Exposure != Uncontrolled && r.Exposure != Randomesque && r.Exposure != SympsonHetter {
		return r, fmt.Errorf("%w: exposure control %q", ErrInput, r.Exposure)
	}
	for k, t := range r.Targets {
		if !(t > 0) || math.IsInf(t, 0) {
			return r, fmt.Errorf("%w: area %d has the target %v", ErrInput, k+1, t)
		}
	}
	for k, c := range r.Cuts {
		if math.IsNaN(c) || k > 0 && !(c > r.Cuts[k-1]) {
			return r, fmt.Errorf("%w: cuts %v do not rise", ErrInput, r.Cuts)
		}
	}
	return r, nil
}

// Stop says why a test ended.
type Stop string

// Reasons to end.
const (
	Going     Stop = ""          // it has not
	Precision Stop = "precision" // the standard error is small enough
	Length    Stop = "length"    // as many items as the rule allows
	Exhausted Stop = "bank"      // no item is left that may be given
	Ended     Stop = "ended"     // the person or the time ended it
)
