package weighting

import (
	"fmt"
	"math"
	"sort"
)

// Kish describes how uneven weights are (Kish 1965; METHOD §4).
type Kish struct {
	// Deff is n·Σw²/(Σw)² = 1 + CV². It is not the design effect of an
	// estimate: raking on correlated margins can lower a variance.
	Deff float64
	// Neff is (Σw)²/Σw², the effective number of respondents.
	Neff          float64
	CV            float64 // coefficient of variation of the weights, n in the variance
	MaxOverMedian float64
	Min, Max      float64
}

// KishAlert is the deff from which weights deserve an alert (METHOD §4).
const KishAlert = 2.0

// KishOf describes positive weights.
func KishOf(w []float64) (Kish, error) {
	if len(w) == 0 {
		return Kish{}, fmt.Errorf("%w: no weights", ErrInput)
	}
	if err := positive(w); err != nil {
		return Kish{}, err
	}
	return kishOf(w, nil), nil
}

// kishOf takes checked weights with multiplicities (nil: one each).
func kishOf(w, mult []float64) Kish {
	type unit struct{ w, m float64 }
	units := make([]unit, 0, len(w))
	var n, sum, squares float64
	for i, v := range w {
		m := 1.0
		if mult != nil {
			m = mult[i]
		}
		if m == 0 {
			continue
		}
		units = append(units, unit{v, m})
		n += m
		sum += m * v
		squares += m * v * v
	}
	sort.Slice(units, func(i, j int) bool { return units[i].w < units[j].w })
	// The median of n weights is the mean of ranks ⌊(n+1)/2⌋ and ⌈(n+1)/2⌉.
	rank := func(r float64) float64 {
		seen := 0.0
		for _, u := range units {
			if seen += u.m; seen >= r {
				return u.w
			}
		}
		return units[len(units)-1].w
	}
	median := (rank(math.Floor((n+1)/2)) + rank(math.Ceil((n+1)/2))) / 2
	k := Kish{
		Deff: n * squares / (sum * sum), Neff: sum * sum / squares,
		Min: units[0].w, Max: units[len(units)-1].w,
	}
	k.MaxOverMedian = k.Max / median
	// Rounding may leave equal weights a hair under 1.
	k.CV = math.Sqrt(max(0, k.Deff-1))
	return k
}
