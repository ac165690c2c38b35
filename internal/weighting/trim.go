package weighting

import (
	"fmt"
	"math"
)

// CapFactor is the default cap of a weight in means of the weights (METHOD §4).
const CapFactor = 4.0

// trimTolerance is the relative overshoot that strict trimming leaves alone;
// without it floor and cap together can chase each other for ever.
const trimTolerance = 1e-12

const maxTrimPasses = 10_000

// Trim clips weights to lower ≤ w ≤ upper and spreads what was cut equally
// over the weights that were inside (survey::trimWeights; METHOD §4). The sum
// is kept. Spreading can push others out: strict repeats until none is. If no
// weight is left to take the rest, the bounds are infeasible.
func Trim(w []float64, lower, upper float64, strict bool) ([]float64, error) {
	if len(w) == 0 {
		return nil, fmt.Errorf("%w: no weights", ErrInput)
	}
	if err := positive(w); err != nil {
		return nil, err
	}
	return trim(w, nil, lower, upper, strict)
}

func trim(w, mult []float64, lower, upper float64, strict bool) ([]float64, error) {
	if math.IsNaN(lower) || math.IsNaN(upper) || lower < 0 || lower >= upper {
		return nil, fmt.Errorf("%w: trimming bounds %v to %v", ErrInput, lower, upper)
	}
	out := append([]float64(nil), w...)
	for range maxTrimPasses {
		var removed, inside float64
		outside := make([]bool, len(out))
		any := false
		for i, v := range out {
			m := 1.0
			if mult != nil {
				if m = mult[i]; m == 0 {
					continue
				}
			}
			clipped := min(max(v, lower), upper)
			// A weight on a bound counts as outside only by more than rounding.
			if math.Abs(v-clipped) > trimTolerance*v {
				outside[i], any = true, true
				removed += m * (v - clipped)
				out[i] = clipped
			} else {
				inside += m
			}
		}
		if !any {
			return out, nil
		}
		if inside == 0 {
			k := kishOf(out, mult)
			return nil, &TrimError{Min: k.Min, Max: k.Max}
		}
		for i := range out {
			if !outside[i] {
				if out[i] += removed / inside; !(out[i] > 0) {
					return nil, &TrimError{Min: out[i], Max: upper}
				}
			}
		}
		if !strict {
			return out, nil
		}
	}
	k := kishOf(out, mult)
	return nil, &TrimError{Rounds: maxTrimPasses, Min: k.Min, Max: k.Max}
}

// TrimOptions are the bounds of the loop of trimming and raking.
type TrimOptions struct {
	Lower     float64 // 0: no floor (the default of METHOD §4)
	Upper     float64 // cap in the unit of the weights; 0: CapFactor × mean of the raked weights
	MaxRounds int     // 0 means 200
}

// Trimmed is the outcome of TrimAndRake.
type Trimmed struct {
	Raked
	Rounds       int // 0: the raked weights were inside the bounds already
	Lower, Upper float64
}

// trimSlack is what the loop allows beyond the bounds after raking (METHOD §4).
const trimSlack = 0.001

// TrimAndRake rakes, then loops trim (strict) and rake until every weight is at
// most 1.001·Upper and at least 0.999·Lower, at most MaxRounds times (METHOD
// §4). If it does not get there the error is a TrimError and no weights are
// delivered; the caller may fall back to Rake and say so.
func TrimAndRake(base []float64, margins []Margin, o RakeOptions, t TrimOptions) (Trimmed, error) {
	r, err := Rake(base, margins, o)
	if err != nil {
		return Trimmed{}, err
	}
	return trimAndRake(r, nil, margins, o, t)
}

func trimAndRake(r Raked, mult []float64, margins []Margin, o RakeOptions, t TrimOptions) (Trimmed, error) {
	if t.MaxRounds == 0 {
		t.MaxRounds = 200
	}
	k := kishOf(r.Weights, mult)
	if t.Upper == 0 {
		var n, sum float64
		for i, w := range r.Weights {
			m := 1.0
			if mult != nil {
				m = mult[i]
			}
			n += m
			sum += m * w
		}
		t.Upper = CapFactor * sum / n
	}
	out := Trimmed{Raked: r, Lower: t.Lower, Upper: t.Upper}
	for {
		if k.Max <= t.Upper*(1+trimSlack) && k.Min >= t.Lower*(1-trimSlack) {
			return out, nil
		}
		if out.Rounds >= t.MaxRounds {
			return Trimmed{}, &TrimError{Rounds: out.Rounds, Min: k.Min, Max: k.Max, MarginError: out.Worst}
		}
		out.Rounds++
		w, err := trim(out.Weights, mult, t.Lower, t.Upper, true)
		if err != nil {
			return Trimmed{}, err
		}
		if out.Raked, err = rake(w, mult, margins, o); err != nil {
			return Trimmed{}, err
		}
		k = kishOf(out.Weights, mult)
	}
}
