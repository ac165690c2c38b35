package psychometrics

import (
	"fmt"
	"math"
)

// Scale is the reliability of a scale and what each item does for it.
type Scale struct {
	N, Dropped int // complete rows, and rows left out
	K          int
	Alpha      float64 // k/(k−1)·(1 − Σs_j²/s_T²), n−1 variances (METHOD §9)
	StdAlpha   float64 // the same on standardised items
	MeanR      float64 // mean correlation of two items
	SEM        float64 // s_T·√(1−alpha), of the sum score
	SD, Mean   float64 // of the sum score
	Items      []ScaleItem
	Covariance [][]float64
}

// ScaleItem is one item in its scale.
type ScaleItem struct {
	Mean, SD float64
	P        float64 // mean between the lowest (0) and highest (1) answer of the scale
	RTotal   float64 // correlation with the sum
	RRest    float64 // correlation with the sum of the others
	// AlphaDeleted is alpha of the others, NaN for a scale of two.
	AlphaDeleted float64
}

// Analyse describes a scale on its complete rows (listwise; METHOD §9). Items
// that are worded against the scale must be reversed before.
func Analyse(s Scores) (Scale, error) {
	k, err := s.check(2)
	if err != nil {
		return Scale{}, err
	}
	rows, dropped := s.Complete()
	if len(rows) < 3 {
		return Scale{}, fmt.Errorf("%w: %d complete rows", ErrTooFew, len(rows))
	}
	low, high, err := rows.Range()
	if err != nil {
		return Scale{}, err
	}
	out := Scale{N: len(rows), Dropped: dropped, K: k, Covariance: covariance(rows)}
	c := out.Covariance
	var diagonal, total, corr float64
	row := make([]float64, k) // covariance of an item with the sum
	for j := range k {
		if !(c[j][j] > 0) {
			return Scale{}, fmt.Errorf("%w: all answers to item %d are equal", ErrNoSpread, j+1)
		}
		diagonal += c[j][j]
		for i := range k {
			total += c[j][i]
			row[j] += c[j][i]
			if i < j {
				corr += c[j][i] / math.Sqrt(c[j][j]*c[i][i])
			}
		}
	}
	if !(total > 1e-12*diagonal) {
		return Scale{}, fmt.Errorf("%w: the sum score does not vary", ErrNoSpread)
	}
	alpha := func(k, diagonal, total float64) float64 { return k / (k - 1) * (1 - diagonal/total) }
	kk := float64(k)
	out.Alpha = alpha(kk, diagonal, total)
	out.MeanR = corr / (kk * (kk - 1) / 2)
	out.StdAlpha = kk * out.MeanR / (1 + (kk-1)*out.MeanR)
	out.SD = math.Sqrt(total)
	out.SEM = out.SD * math.Sqrt(max(0, 1-out.Alpha))
	for j := range k {
		var it ScaleItem
		for _, r := range rows {
			it.Mean += r[j]
		}
		it.Mean /= float64(len(rows))
		out.Mean += it.Mean
		it.SD = math.Sqrt(c[j][j])
		it.P = (it.Mean - low) / (high - low)
		it.RTotal = row[j] / math.Sqrt(c[j][j]*total)
		rest := total - 2*row[j] + c[j][j]
		it.RRest = (row[j] - c[j][j]) / math.Sqrt(c[j][j]*rest)
		it.AlphaDeleted = math.NaN()
		if k > 2 {
			it.AlphaDeleted = alpha(kk-1, diagonal-c[j][j], rest)
		}
		out.Items = append(out.Items, it)
	}
	return out, nil
}

// covariance matrix with n−1 of a table without gaps.
func covariance(rows Scores) [][]float64 {
	k, n := len(rows[0]), float64(len(rows))
	mean := make([]float64, k)
	for _, r := range rows {
		for j, v := range r {
			mean[j] += v
		}
	}
	for j := range mean {
		mean[j] /= n
	}
	c := make([][]float64, k)
	for j := range c {
		c[j] = make([]float64, k)
	}
	dev := make([]float64, k)
	for _, r := range rows {
		for j, v := range r {
			dev[j] = v - mean[j]
		}
		for j := range k {
			for i := range j + 1 {
				c[j][i] += dev[j] * dev[i]
			}
		}
	}
	for j := range k {
		for i := range j + 1 {
			c[j][i] /= n - 1
			c[i][j] = c[j][i]
		}
	}
	return c
}

// Quality is what a discrimination says (METHOD §9).
type Quality string

// Verdicts on an item.
const (
	Good   Quality = "good"   // r_rest at least .20
	Fair   Quality = "fair"   // at least .10
	Review Quality = "review" // under .10, or p outside .15 to .95
	Drop   Quality = "drop"   // negative
)

// Judge proposes what to do with an item.
func (it ScaleItem) Judge() Quality {
	switch {
	case it.RRest < 0:
		return Drop
	case it.RRest < .10 || it.P < .15 || it.P > .95:
		return Review
	case it.RRest < .20:
		return Fair
	}
	return Good
}
