package weighting

import (
	"fmt"
	"math"
)

// RakeOptions tunes raking. The zero value is the rule of METHOD §4.
type RakeOptions struct {
	Tolerance float64 // largest |Σw − N|/N of any category; 0 means 1e-9
	MaxCycles int     // 0 means 2,000
	// Normalise scales later margins to the total of the first even when they
	// differ by more than 0.01 %; without it that is ErrTotalsDiffer.
	Normalise bool
}

func (o RakeOptions) withDefaults() (RakeOptions, error) {
	if o.Tolerance == 0 {
		o.Tolerance = 1e-9
	}
	if o.MaxCycles == 0 {
		o.MaxCycles = 2000
	}
	if !(o.Tolerance > 0) || o.MaxCycles < 1 || o.MaxCycles > 1_000_000 {
		return o, fmt.Errorf("%w: raking tolerance %v in %d cycles", ErrInput, o.Tolerance, o.MaxCycles)
	}
	return o, nil
}

// Raked is the outcome of raking.
type Raked struct {
	Weights []float64
	Cycles  int
	Worst   float64 // largest relative deviation from a target, at most the tolerance
}

// Rake fits weights to the margins by iterative proportional fitting (Deming
// and Stephan 1940; METHOD §4): for each margin in turn
//
//	w_i ← w_i · N_{m,c(i)} / Σ_{j: c(j)=c(i)} w_j
//
// until after a whole cycle no category is off by more than the tolerance.
// base nil means 1 for each row. Weights are delivered only on success.
func Rake(base []float64, margins []Margin, o RakeOptions) (Raked, error) {
	if len(margins) == 0 {
		return Raked{}, fmt.Errorf("%w: no margins", ErrInput)
	}
	n := len(margins[0].Of)
	if base == nil {
		base = ones(n)
	}
	if len(base) != n {
		return Raked{}, fmt.Errorf("%w: %d base weights for %d rows", ErrInput, len(base), n)
	}
	if err := positive(base); err != nil {
		return Raked{}, err
	}
	return rake(base, nil, margins, o)
}

// rake is Rake on units that stand for mult rows each (nil: one each).
func rake(base, mult []float64, margins []Margin, o RakeOptions) (Raked, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Raked{}, err
	}
	targets, err := prepare(len(base), mult, margins, o.Normalise)
	if err != nil {
		return Raked{}, err
	}
	r := Raked{Weights: append([]float64(nil), base...)}
	for r.Cycles < o.MaxCycles {
		r.Cycles++
		for k, m := range margins {
			f := marginSums(r.Weights, mult, m)
			for c := range f {
				if targets[k][c] > 0 {
					f[c] = targets[k][c] / f[c]
				}
			}
			for i, c := range m.Of {
				if mult == nil || mult[i] > 0 {
					r.Weights[i] *= f[c]
				}
			}
		}
		if r.Worst = worst(r.Weights, mult, margins, targets); r.Worst <= o.Tolerance {
			// A base weight that vanished under the fit is not a weight.
			for i, w := range r.Weights {
				if (mult == nil || mult[i] > 0) && !(w > 0) {
					return Raked{}, &NotConvergedError{Cycles: r.Cycles, Worst: r.Worst}
				}
			}
			return r, nil
		}
	}
	return Raked{}, &NotConvergedError{Cycles: r.Cycles, Worst: r.Worst}
}

// marginSums adds up the weights of each category.
func marginSums(w, mult []float64, m Margin) []float64 {
	s := make([]float64, len(m.Categories))
	for i, c := range m.Of {
		switch {
		case mult == nil:
			s[c] += w[i]
		case mult[i] > 0:
			s[c] += w[i] * mult[i]
		}
	}
	return s
}

// worst is the largest relative deviation of any category from its target.
func worst(w, mult []float64, margins []Margin, targets [][]float64) float64 {
	off := 0.0
	for k, m := range margins {
		for c, s := range marginSums(w, mult, m) {
			if t := targets[k][c]; t > 0 {
				d := math.Abs(s-t) / t
				if math.IsNaN(d) {
					return math.Inf(1)
				}
				off = max(off, d)
			}
		}
	}
	return off
}

func ones(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 1
	}
	return w
}
