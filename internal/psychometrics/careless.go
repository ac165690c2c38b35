package psychometrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Longstring is the longest run of equal answers of each person (careless::
// longstring); a missing answer ends a run.
func Longstring(s Scores) ([]int, error) {
	if _, err := s.check(1); err != nil {
		return nil, err
	}
	out := make([]int, len(s))
	for i, row := range s {
		run := 0
		for j, v := range row {
			switch {
			case math.IsNaN(v):
				run = 0
				continue
			case j > 0 && run > 0 && v == row[j-1]:
				run++
			default:
				run = 1
			}
			out[i] = max(out[i], run)
		}
	}
	return out, nil
}

// IRV is the standard deviation of each person's answers (intra-individual
// response variability; Dunn et al. 2018), n−1; NaN under two answers.
func IRV(s Scores) ([]float64, error) {
	if _, err := s.check(2); err != nil {
		return nil, err
	}
	out := make([]float64, len(s))
	for i, row := range s {
		var n, sum, ss float64
		for _, v := range row {
			if !math.IsNaN(v) {
				n++
				sum += v
			}
		}
		for _, v := range row {
			if !math.IsNaN(v) {
				ss += (v - sum/n) * (v - sum/n)
			}
		}
		if out[i] = math.Sqrt(ss / (n - 1)); n < 2 {
			out[i] = math.NaN()
		}
	}
	return out, nil
}

// EvenOdd is the consistency of each person: the correlation, over the scales,
// of the mean of a scale's even items with that of its odd ones, stepped up by
// Spearman–Brown, at least −1. factors are the numbers of items of the scales,
// in order. Higher is more consistent; careless since 1.2 prints the same with
// the opposite sign. NaN where a person's scales do not vary.
func EvenOdd(s Scores, factors []int) ([]float64, error) {
	k, err := s.check(2)
	if err != nil {
		return nil, err
	}
	total := 0
	for _, f := range factors {
		if f < 2 {
			return nil, fmt.Errorf("%w: a scale of %d items", ErrTooFew, f)
		}
		total += f
	}
	if total != k || len(factors) < 3 {
		return nil, fmt.Errorf("%w: %d scales of together %d items for %d items; three scales are needed", ErrInput, len(factors), total, k)
	}
	out := make([]float64, len(s))
	for i, row := range s {
		var even, odd []float64
		at := 0
		for _, f := range factors {
			var sum, n [2]float64
			for j := range f {
				if v := row[at+j]; !math.IsNaN(v) {
					sum[j%2] += v
					n[j%2]++
				}
			}
			at += f
			if n[0] > 0 && n[1] > 0 {
				odd, even = append(odd, sum[0]/n[0]), append(even, sum[1]/n[1])
			}
		}
		if out[i] = math.NaN(); len(odd) >= 3 {
			r := max(-1, min(1, correlation(even, odd))) // rounding leaves the range, and 1+r its sign
			out[i] = max(-1, 2*r/(1+r))
		}
	}
	return out, nil
}

// Mahalanobis is D² of each person from the mean of all, by the covariance of
// the complete rows; NaN for a row with a missing answer. Items that follow
// from others leave no distance and are an error.
func Mahalanobis(s Scores) ([]float64, error) {
	k, err := s.check(1)
	if err != nil {
		return nil, err
	}
	rows, _ := s.Complete()
	if len(rows) <= k {
		return nil, fmt.Errorf("%w: %d complete rows for %d items", ErrTooFew, len(rows), k)
	}
	c := covariance(rows)
	m := mat.NewSymDense(k, nil)
	mean := make([]float64, k)
	for j := range k {
		if !(c[j][j] > 0) {
			return nil, fmt.Errorf("%w: all answers to item %d are equal", ErrNoSpread, j+1)
		}
		for i := range k {
			m.SetSym(min(i, j), max(i, j), c[j][i])
		}
	}
	for _, r := range rows {
		for j, v := range r {
			mean[j] += v / float64(len(rows))
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(m) || chol.Cond() > 1e12 {
		return nil, fmt.Errorf("%w: an item follows from the others", ErrNoSpread)
	}
	out := make([]float64, len(s))
	dev := mat.NewVecDense(k, nil)
	var x mat.VecDense
	for i, row := range s {
		out[i] = 0
		for j, v := range row {
			dev.SetVec(j, v-mean[j])
			if math.IsNaN(v) {
				out[i] = math.NaN()
			}
		}
		if math.IsNaN(out[i]) {
			continue
		}
		if err := chol.SolveVecTo(&x, dev); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoSpread, err)
		}
		out[i] = mat.Dot(dev, &x)
	}
	return out, nil
}
