package psychometrics

import (
	"fmt"
	"math"
)

// Omega is the reliability under one common factor.
type Omega struct {
	// Value is (Σλ)²/((Σλ)²+Σθ) (METHOD §9).
	Value    float64
	Loadings []float64 // on the scale of the matrix given
	Unique   []float64
	// Standard are the loadings over the items' standard deviations.
	Standard []float64
	Cycles   int
	// Heywood: a uniqueness ran into its floor, so the loadings are not to be
	// trusted.
	Heywood bool
}

const (
	omegaTolerance = 1e-12
	omegaCycles    = 200_000
	uniqueFloor    = 1e-6 // of the item's variance
)

// OmegaML fits one factor to a covariance matrix by maximum likelihood (the EM
// algorithm of Rubin and Thayer 1982; lavaan's ML gives the same loadings).
func OmegaML(covariance [][]float64) (Omega, error) {
	k, err := square(covariance)
	if err != nil {
		return Omega{}, err
	}
	// On the correlation matrix: ML is free of scale.
	sd := make([]float64, k)
	r := make([][]float64, k)
	for j := range k {
		sd[j] = math.Sqrt(covariance[j][j])
	}
	for j := range k {
		r[j] = make([]float64, k)
		for i := range k {
			r[j][i] = covariance[j][i] / (sd[j] * sd[i])
		}
	}
	load, unique := start(r)
	out := Omega{}
	next := make([]float64, k)
	step := func(load, unique []float64) {
		// β = λ'Ψ⁻¹/(1+λ'Ψ⁻¹λ); Cxf = Rβ'; Cff = βRβ' + 1/(1+λ'Ψ⁻¹λ).
		var g float64
		for j := range k {
			g += load[j] * load[j] / unique[j]
		}
		var cff float64
		for j := range k {
			next[j] = 0
			for i := range k {
				next[j] += r[j][i] * load[i] / unique[i]
			}
			next[j] /= 1 + g
		}
		for j := range k {
			cff += next[j] * load[j] / unique[j] / (1 + g)
		}
		cff += 1 / (1 + g)
		for j := range k {
			l := next[j] / cff
			load[j] = l
			unique[j] = max(uniqueFloor, 1-l*next[j])
		}
	}
	loss := func(load, unique []float64) float64 {
		// −2·log-likelihood up to a constant: log|Σ| + tr(RΣ⁻¹).
		var g, logdet float64
		for j := range k {
			g += load[j] * load[j] / unique[j]
			logdet += math.Log(unique[j])
		}
		var trace, quad float64
		for j := range k {
			trace += 1 / unique[j]
			for i := range k {
				quad += load[j] / unique[j] * r[j][i] * load[i] / unique[i]
			}
		}
		return logdet + math.Log1p(g) + trace - quad/(1+g)
	}
	// Squared extrapolation, as for items in package adaptive.
	at := func() []float64 { return append(append([]float64(nil), load...), unique...) }
	change := math.Inf(1)
	for out.Cycles < omegaCycles {
		p0 := at()
		step(load, unique)
		p1 := at()
		step(load, unique)
		p2 := at()
		out.Cycles += 2
		change = 0
		var rr, vv float64
		for i := range p2 {
			d := p1[i] - p0[i]
			v := p2[i] - p1[i] - d
			rr += d * d
			vv += v * v
			change = max(change, math.Abs(p2[i]-p1[i]))
		}
		if change < omegaTolerance {
			break
		}
		if vv > 0 {
			alpha := max(-math.Sqrt(rr/vv), -256)
			if alpha < -1 {
				far := make([]float64, 2*k)
				for i := range far {
					d := p1[i] - p0[i]
					v := p2[i] - p1[i] - d
					far[i] = p0[i] - 2*alpha*d + alpha*alpha*v
				}
				for j := range k {
					far[k+j] = min(max(far[k+j], uniqueFloor), 1)
				}
				if loss(far[:k], far[k:]) <= loss(load, unique) {
					copy(load, far[:k])
					copy(unique, far[k:])
				}
			}
		}
	}
	if !(change < 1e-7) {
		return Omega{}, fmt.Errorf("%w: one factor after %d cycles, a loading moves by %.3g", ErrNotConverged, out.Cycles, change)
	}
	out.finish(load, unique, sd)
	return out, nil
}

// OmegaMinres fits one factor to a correlation matrix by least squares on the
// correlations of different items (minres; Harman and Jones 1966). It is what
// psych::omega with one factor rests on, and differs from OmegaML by up to
// 0.012 (METHOD §9).
func OmegaMinres(covariance [][]float64) (Omega, error) {
	k, err := square(covariance)
	if err != nil {
		return Omega{}, err
	}
	r := make([][]float64, k)
	for j := range k {
		r[j] = make([]float64, k)
		for i := range k {
			r[j][i] = covariance[j][i] / math.Sqrt(covariance[j][j]*covariance[i][i])
		}
	}
	load, unique := start(r)
	out := Omega{}
	change := math.Inf(1)
	for out.Cycles < omegaCycles && !(change < omegaTolerance) {
		out.Cycles++
		change = 0
		for j := range k {
			var num, den float64
			for i := range k {
				if i != j {
					num += r[j][i] * load[i]
					den += load[i] * load[i]
				}
			}
			l := min(max(num/den, -1), 1)
			change = max(change, math.Abs(l-load[j]))
			load[j] = l
		}
	}
	if !(change < 1e-7) {
		return Omega{}, fmt.Errorf("%w: one factor after %d cycles, a loading moves by %.3g", ErrNotConverged, out.Cycles, change)
	}
	for j := range k {
		unique[j] = max(uniqueFloor, 1-load[j]*load[j])
	}
	ones := make([]float64, k)
	for j := range ones {
		ones[j] = 1
	}
	out.finish(load, unique, ones)
	// The sum of the correlations is the variance that omega is a part of.
	var total, own float64
	for j := range k {
		own += unique[j]
		for i := range k {
			total += r[j][i]
		}
	}
	out.Value = 1 - own/total
	return out, nil
}

func square(m [][]float64) (int, error) {
	k := len(m)
	if k < 3 || k > MaxItems {
		return 0, fmt.Errorf("%w: a factor of %d items is not identified", ErrTooFew, k)
	}
	for j, row := range m {
		if len(row) != k {
			return 0, fmt.Errorf("%w: row %d has %d of %d entries", ErrInput, j+1, len(row), k)
		}
		if !(row[j] > 0) {
			return 0, fmt.Errorf("%w: item %d", ErrNoSpread, j+1)
		}
		for i, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v-m[i][j]) > 1e-9*(1+math.Abs(v)) {
				return 0, fmt.Errorf("%w: entry %d,%d is %v", ErrInput, j+1, i+1, v)
			}
		}
	}
	return k, nil
}

// start is the first centroid factor, whose signs follow the sum.
func start(r [][]float64) (load, unique []float64) {
	k := len(r)
	load, unique = make([]float64, k), make([]float64, k)
	var total float64
	for j := range k {
		for i := range k {
			load[j] += r[j][i]
		}
		total += load[j]
	}
	for j := range k {
		if total > 0 {
			load[j] /= math.Sqrt(total)
		}
		load[j] = min(max(load[j], -0.9), 0.9)
		if math.Abs(load[j]) < 0.05 {
			load[j] = 0.05
		}
		unique[j] = 1 - load[j]*load[j]
	}
	return load, unique
}

// finish turns standardised loadings into the scale of the items.
func (o *Omega) finish(load, unique, sd []float64) {
	var sum float64
	for j := range load {
		sum += load[j] * sd[j]
	}
	sign := 1.0
	if sum < 0 {
		sign = -1
	}
	var common, own float64
	for j := range load {
		l, u := sign*load[j]*sd[j], unique[j]*sd[j]*sd[j]
		o.Loadings, o.Unique = append(o.Loadings, l), append(o.Unique, u)
		o.Standard = append(o.Standard, sign*load[j])
		o.Heywood = o.Heywood || unique[j] <= 2*uniqueFloor
		common += l
		own += u
	}
	o.Value = common * common / (common*common + own)
}
