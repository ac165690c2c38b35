package report

import (
	"cmp"
	"math"
	"slices"
)

// A total is made of the figures of its lines and of the numbers of people that stand
// beside them, and of nothing else: it tells nothing that the lines do not. Each line is a
// stratum of a stratified sample (METHOD §5): where half of one school answered and a tenth
// of another, both count by how many people work there.

// stratum is a line with one of its figures.
type stratum struct {
	figures Figures
	hist    *Sum  // the distribution behind the figure
	n       int64 // people of the line who answered
	frame   int64 // people asked; 0: not known
}

// A cell of non-response stands alone from this many people asked and this share of them
// (METHOD §6); smaller ones count together, or single answers would weigh too much.
const (
	leastAsked = 30
	leastShare = 0.2
)

// shares says how much each stratum counts; they add up to 1. weighted is false where it is
// not known how many were asked: then each person who answered counts alike.
func shares(list []stratum) (share []float64, weighted bool) {
	share, weighted = make([]float64, len(list)), true
	for i, s := range list {
		share[i] = float64(s.n)
		weighted = weighted && s.frame > 0 && s.frame >= s.n
	}
	if weighted {
		for _, cell := range cells(list) {
			n, asked := 0.0, 0.0
			for _, i := range cell {
				n, asked = n+float64(list[i].n), asked+float64(list[i].frame)
			}
			for _, i := range cell {
				share[i] *= asked / n
			}
		}
	}
	all := 0.0
	for _, s := range share {
		all += s
	}
	for i := range share {
		share[i] /= all
	}
	return share, weighted
}

// cells are the strata that count together: those too small to stand alone, and as many of
// the others, least response first, as these need to be a cell themselves.
func cells(list []stratum) (out [][]int) {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := list[a], list[b]
		switch alone := stands(x.n, x.frame); {
		case alone == stands(y.n, y.frame):
			return cmp.Compare(x.n*y.frame, y.n*x.frame) // the share of answers
		case alone:
			return 1
		}
		return -1
	})
	var together []int
	n, asked := int64(0), int64(0)
	for _, i := range order {
		s := list[i]
		if stands(s.n, s.frame) && (len(together) == 0 || stands(n, asked)) {
			out = append(out, []int{i})
			continue
		}
		together, n, asked = append(together, i), n+s.n, asked+s.frame
	}
	if len(together) > 0 {
		out = append(out, together)
	}
	return out
}

// stands says whether a cell of so many answers of so many asked may stand alone.
func stands(n, asked int64) bool {
	return asked >= leastAsked && float64(n) >= leastShare*float64(asked)
}

// pool is the figure of all strata together by their shares W: mean Σ W·mean and error
// √Σ W²·SE², with as many degrees of freedom as people less strata. people and frame are those of the whole sum, as
// for Sum.figures.
func pool(list []stratum, share []float64, people, frame int64) Figures {
	if len(list) == 1 {
		f := list[0].figures
		f.cover(frame)
		return f
	}
	f := Figures{}
	for i, s := range list {
		f.N += s.figures.N
		f.DF += s.figures.DF
		f.Mean += share[i] * s.figures.Mean
		f.SE += share[i] * share[i] * s.figures.SE * s.figures.SE
	}
	if left := people - f.N; left > 0 && left < K {
		f.N = people
	}
	f.SE = math.Sqrt(f.SE)
	f.bound(0, 100)
	f.cover(frame)
	if f.N < leastQuarter {
		return f
	}
	var hist [bins]float64
	for i, s := range list {
		for bin, n := range s.hist.Hist {
			if int(bin) < bins {
				hist[bin] += share[i] * float64(n) / float64(s.hist.N)
			}
		}
	}
	f.quantiles(&hist, 1)
	return f
}

// meet is the error of an area's mean for all strata together, from the lines' errors.
func meet(share, errors []float64) float64 {
	sum := 0.0
	for i, w := range share {
		sum += w * w * errors[i] * errors[i]
	}
	return math.Sqrt(sum)
}
