package psychometrics

import (
	"fmt"
	"math"
	"slices"
)

// OptionCurve is how often persons of rising ability took an option.
type OptionCurve struct {
	Option string
	N      int
	P      float64   // share over all
	Mean   float64   // mean ability of those who took it
	RRest  float64   // correlation of taking it with ability
	Shares []float64 // per group of ability
}

// OptionCurves divides persons into groups of equal size by ability (a rest
// score or θ) and counts each option. chosen is the option of each person, ""
// for none; groups of ability that would cut through equal abilities are joined.
func OptionCurves(chosen []string, ability []float64, groups int) (curves []OptionCurve, means []float64, err error) {
	n := len(chosen)
	if n == 0 || len(ability) != n || groups < 2 || groups > 100 {
		return nil, nil, fmt.Errorf("%w: %d choices, %d abilities, %d groups", ErrInput, n, len(ability), groups)
	}
	var at []int
	for i, a := range ability {
		if math.IsInf(a, 0) {
			return nil, nil, fmt.Errorf("%w: ability %d is %v", ErrInput, i+1, a)
		}
		if !math.IsNaN(a) {
			at = append(at, i)
		}
	}
	if len(at) < groups {
		return nil, nil, fmt.Errorf("%w: %d persons in %d groups", ErrTooFew, len(at), groups)
	}
	slices.SortStableFunc(at, func(i, j int) int {
		switch {
		case ability[i] < ability[j]:
			return -1
		case ability[i] > ability[j]:
			return 1
		}
		return 0
	})
	group := make([]int, n)
	g, size, filled := 0, []int{0}, 0
	for k, i := range at {
		if want := k * groups / len(at); want > filled && ability[i] != ability[at[k-1]] {
			g, filled = g+1, want
			size = append(size, 0)
		}
		group[i] = g
		size[g]++
	}
	means = make([]float64, len(size))
	for _, i := range at {
		means[group[i]] += ability[i] / float64(size[group[i]])
	}
	var names []string
	for _, i := range at {
		if !slices.Contains(names, chosen[i]) {
			names = append(names, chosen[i])
			if len(names) > 1000 {
				return nil, nil, fmt.Errorf("%w: over 1000 options", ErrInput)
			}
		}
	}
	slices.Sort(names)
	taken := make([]float64, len(at))
	abilities := make([]float64, len(at))
	for k, i := range at {
		abilities[k] = ability[i]
	}
	for _, name := range names {
		c := OptionCurve{Option: name, Shares: make([]float64, len(size)), Mean: math.NaN()}
		sum := 0.0
		for k, i := range at {
			taken[k] = 0
			if chosen[i] == name {
				taken[k] = 1
				c.N++
				sum += ability[i]
				c.Shares[group[i]] += 1 / float64(size[group[i]])
			}
		}
		c.P, c.Mean = float64(c.N)/float64(len(at)), sum/float64(c.N)
		c.RRest = correlation(taken, abilities)
		curves = append(curves, c)
	}
	return curves, means, nil
}

// correlation of two lists; NaN where one does not vary.
func correlation(x, y []float64) float64 {
	n := float64(len(x))
	var mx, my, xx, yy, xy float64
	for i := range x {
		mx += x[i] / n
		my += y[i] / n
	}
	for i := range x {
		xx += (x[i] - mx) * (x[i] - mx)
		yy += (y[i] - my) * (y[i] - my)
		xy += (x[i] - mx) * (y[i] - my)
	}
	return xy / math.Sqrt(xx*yy)
}
