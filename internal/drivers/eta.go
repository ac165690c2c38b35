package drivers

import (
	"fmt"
	"math"
)

// Eta is how much of the spread of a score lies between the groups of a factor
// (METHOD §12).
type Eta struct {
	N     int64
	Means []float64 // weighted, per category of the labels; NaN where nobody is
	// Weighted is SS_between/SS_total of the weights, Plain that of the rows.
	Weighted, Plain float64
	// Omega2 is the plain share without its bias; F and P the plain analysis
	// of variance with DF1 and DF2 degrees of freedom.
	Omega2, F, P float64
	DF1, DF2     float64
}

// EtaOf compares groups: group is the category of each row (−1 missing), y the
// score (NaN missing), weights nil for 1.
func EtaOf(y []float64, group []int, categories int, weights []float64) (Eta, error) {
	if len(y) == 0 || len(group) != len(y) || weights != nil && len(weights) != len(y) || len(y) > MaxRows {
		return Eta{}, fmt.Errorf("%w: %d scores, %d groups, %d weights", ErrInput, len(y), len(group), len(weights))
	}
	if categories < 1 || categories > MaxColumns {
		return Eta{}, fmt.Errorf("%w: %d categories", ErrInput, categories)
	}
	type sums struct{ w, wy, n, y float64 }
	g := make([]sums, categories)
	var all sums
	weight := func(i int) float64 {
		if weights == nil {
			return 1
		}
		return weights[i]
	}
	use := func(i int) bool { return group[i] >= 0 && !math.IsNaN(y[i]) && weight(i) > 0 }
	for i := range y {
		if group[i] >= categories || math.IsInf(y[i], 0) || !(weight(i) >= 0) || math.IsInf(weight(i), 0) {
			return Eta{}, fmt.Errorf("%w: row %d has group %d, score %v, weight %v", ErrInput, i, group[i], y[i], weight(i))
		}
		if !use(i) {
			continue
		}
		w := weight(i)
		for _, s := range []*sums{&g[group[i]], &all} {
			s.w += w
			s.wy += w * y[i]
			s.n++
			s.y += y[i]
		}
	}
	e := Eta{N: int64(all.n), Means: make([]float64, categories)}
	groups := 0.0
	for k, s := range g {
		if e.Means[k] = s.wy / s.w; s.n > 0 {
			groups++
		}
	}
	if groups < 2 {
		return Eta{}, fmt.Errorf("%w: %v groups with a score", ErrNotIdentified, groups)
	}
	mean, plain := all.wy/all.w, all.y/all.n
	var between, total, plainBetween, plainTotal float64
	for i := range y {
		if use(i) {
			total += weight(i) * (y[i] - mean) * (y[i] - mean)
			plainTotal += (y[i] - plain) * (y[i] - plain)
		}
	}
	for k, s := range g {
		if s.n > 0 {
			between += s.w * (e.Means[k] - mean) * (e.Means[k] - mean)
			d := s.y/s.n - plain
			plainBetween += s.n * d * d
		}
	}
	if !(plainTotal > 0) {
		return Eta{}, fmt.Errorf("%w: all scores are equal", ErrNotIdentified)
	}
	e.Weighted, e.Plain = between/total, plainBetween/plainTotal
	e.DF1, e.DF2 = groups-1, all.n-groups
	within := (plainTotal - plainBetween) / e.DF2
	if e.DF2 > 0 {
		e.F = plainBetween / e.DF1 / within
		e.P = FTail(e.F, e.DF1, e.DF2)
		e.Omega2 = max(0, (plainBetween-e.DF1*within)/(plainTotal+within))
	} else {
		e.F, e.P, e.Omega2 = math.NaN(), math.NaN(), math.NaN()
	}
	return e, nil
}

// Strength is how a share of spread is called in words (METHOD §12, Cohen).
type Strength string

// Names of strengths.
const (
	None   Strength = "none"
	Small  Strength = "small"
	Medium Strength = "medium"
	Large  Strength = "large"
)

// EtaStrength names η²: under .01 none, .06 small, .14 medium.
func EtaStrength(eta2 float64) Strength { return named(eta2, .01, .06, .14) }

// VStrength names Cramér's V of an r by c table by Cohen's w = V·√(min(r,c)−1):
// .1, .3 and .5 for one degree of freedom.
func VStrength(v float64, r, c int) Strength {
	return named(v*math.Sqrt(float64(max(1, min(r, c)-1))), .1, .3, .5)
}

func named(v, small, medium, large float64) Strength {
	switch {
	case v >= large:
		return Large
	case v >= medium:
		return Medium
	case v >= small:
		return Small
	}
	return None
}
