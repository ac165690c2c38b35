package adaptive

import (
	"errors"
	"fmt"
	"math"
)

// Model says which logistic model a calibration fits.
type Model string

// Models. Auto takes two parameters if every item has at least FullModel
// answers, else one (METHOD §10).
const (
	Auto         Model = ""
	OneParameter Model = "1PL"
	TwoParameter Model = "2PL"
)

// Smallest numbers of answers per item (METHOD §10).
const (
	FullModel  = 500
	RaschModel = 200
)

// Identified is the largest |b| and Flat the smallest a of an item whose
// parameters mean something (METHOD §10, §13).
const (
	Identified = 4.0
	Flat       = 0.2
)

// ErrNotConverged marks a calibration that did not settle (UnsettledError).
var ErrNotConverged = errors.New("adaptive: calibration did not converge")

// UnsettledError tells how far a calibration came. It is an ErrNotConverged.
type UnsettledError struct {
	Cycles int
	Change float64 // largest change of a parameter in the last cycle
	LogLik float64
}

func (e *UnsettledError) Error() string {
	return fmt.Sprintf("%v: after %d cycles a parameter still moves by %.3g, log-likelihood %.6f", ErrNotConverged, e.Cycles, e.Change, e.LogLik)
}

// Is makes errors.Is(err, ErrNotConverged) true.
func (e *UnsettledError) Is(target error) bool { return target == ErrNotConverged }

// CalibrateOptions tunes a calibration; the zero value is METHOD §10.
type CalibrateOptions struct {
	Model     Model
	Grid      Grid    // zero: 61 nodes on [−6, 6]; at least 41 nodes
	Tolerance float64 // largest change of a slope or intercept in a cycle; 0: 1e-5
	MaxCycles int     // 0: 2,000
	Workers   int     // 0: one per processor; the result does not depend on it
	// MinAnswers below which an item is refused; 0: none. RaschModel is the
	// rule of METHOD §10.
	MinAnswers int
	// Errors asks for standard errors, from the cross-products of the persons'
	// scores; they cost about as much as ten cycles.
	Errors bool
}

// CalibratedItem is what a calibration says about an item.
type CalibratedItem struct {
	A, B     float64
	SEA, SEB float64 // 0 where not asked for
	N        int     // answers
	Mean     float64 // mean score of those who answered
	// Unidentified: |b| above Identified or a below Flat. The likelihood hardly
	// depends on such parameters; the item must not enter a bank.
	Unidentified bool
}

// Item of a bank; an unidentified one is an error.
func (c CalibratedItem) Item() (Item, error) {
	it := Item{A: c.A, B: c.B}
	if c.Unidentified {
		return it, fmt.Errorf("%w: parameters a=%.3f b=%.3f are not identified", ErrInput, c.A, c.B)
	}
	return it, it.Validate()
}

// Calibrated is the outcome of a calibration on the scale θ ~ N(0, 1). Under
// the one-parameter model all items share A; on Rasch's own scale the
// difficulty is A·B and the variance of θ A².
type Calibrated struct {
	Model      Model
	Items      []CalibratedItem
	LogLik     float64
	Persons    int // with at least one answer
	Parameters int
	Cycles     int
	Change     float64
}

// AIC is Akaike's criterion.
func (c Calibrated) AIC() float64 { return 2*float64(c.Parameters) - 2*c.LogLik }

// BIC is Schwarz's criterion.
func (c Calibrated) BIC() float64 {
	return float64(c.Parameters)*math.Log(float64(c.Persons)) - 2*c.LogLik
}

// Calibrate estimates the items by marginal maximum likelihood with an EM
// algorithm over quadrature nodes (Bock and Aitkin 1981; METHOD §10), sped up
// by squared extrapolation (Varadhan and Roland 2008) that never accepts a
// lower likelihood. An item that nobody answered, or that all answered alike,
// does not identify its parameters and is an error that names it.
func Calibrate(a *Answers, o CalibrateOptions) (Calibrated, error) {
	if o.Grid == (Grid{}) {
		o.Grid = Grid{Low: -6, High: 6, Nodes: 61}
	}
	if o.Tolerance == 0 {
		o.Tolerance = 1e-5
	}
	if o.MaxCycles == 0 {
		o.MaxCycles = 2000
	}
	if err := o.Grid.Validate(); err != nil {
		return Calibrated{}, err
	}
	if o.Grid.Nodes < 41 || !(o.Tolerance > 0) || o.MaxCycles < 1 || o.MaxCycles > 1_000_000 {
		return Calibrated{}, fmt.Errorf("%w: %d nodes, tolerance %v, %d cycles", ErrInput, o.Grid.Nodes, o.Tolerance, o.MaxCycles)
	}
	n, mean := a.Count()
	enough := true
	for j := range n {
		switch {
		case n[j] == 0 || mean[j] <= 0 || mean[j] >= 1:
			return Calibrated{}, fmt.Errorf("%w: item %d has %d answers, mean %v: its parameters are not identified", ErrInput, j+1, n[j], mean[j])
		case n[j] < o.MinAnswers:
			return Calibrated{}, fmt.Errorf("%w: item %d has %d answers of the %d needed", ErrInput, j+1, n[j], o.MinAnswers)
		}
		enough = enough && n[j] >= FullModel
	}
	switch o.Model {
	case Auto:
		if o.Model = OneParameter; enough {
			o.Model = TwoParameter
		}
	case OneParameter, TwoParameter:
	default:
		return Calibrated{}, fmt.Errorf("%w: model %q", ErrInput, o.Model)
	}
	if least := map[Model]int{OneParameter: 2, TwoParameter: 3}[o.Model]; a.items < least {
		return Calibrated{}, fmt.Errorf("%w: the %s of %d items is not identified; it takes %d", ErrInput, o.Model, a.items, least)
	}
	e := newEM(a, o)
	out := Calibrated{Model: o.Model, Parameters: a.items + 1}
	if o.Model == TwoParameter {
		out.Parameters = 2 * a.items
	}
	p := e.begin(mean)
	p, err := e.settle(p, o, &out)
	if err != nil {
		return Calibrated{}, err
	}
	for i := range a.Persons() {
		if a.start[i+1] > a.start[i] {
			out.Persons++
		}
	}
	for j := range a.items {
		it := CalibratedItem{A: p.slope(j), N: n[j], Mean: mean[j]}
		it.B = -p.intercept(j) / it.A
		it.Unidentified = !(math.Abs(it.B) <= Identified) || !(it.A >= Flat)
		out.Items = append(out.Items, it)
	}
	if o.Errors {
		if err := e.errors(p, &out); err != nil {
			return Calibrated{}, err
		}
	}
	return out, nil
}
