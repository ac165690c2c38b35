package weighting

import (
	"fmt"
	"math"
)

// Design describes how rows came into the sample and how they were weighted.
type Design struct {
	// Weights are the final weights, positive; 0 is allowed for rows a
	// replicate leaves out.
	Weights []float64
	// Strata of the rows; nil: one stratum.
	Strata []int
	// PSUs are the sampling units (school, household) of the rows, unique
	// within a stratum; nil: each row is its own.
	PSUs []int
	// FPC is the number of sampling units in the population of the row's
	// stratum, constant within it; nil: sampling fraction 0.
	FPC []float64
	// Stages of sampling inside the sampling units; they count where FPC is
	// known, since without it the first stage holds all of the variance.
	Stages []Stage
	// Margins the weights were fitted to, by PostStratify (one) or Rake; nil:
	// the variance ignores any fitting. Only Of and the number of categories
	// are used.
	Margins []Margin
	// Base weights before fitting; nil: 1.
	Base []float64
}

// Sample is a checked design, ready to estimate from. It is not changed by
// its methods and safe for concurrent use.
type Sample struct {
	w, base  []float64
	psu      []int // consecutive number of the sampling unit of each row
	strata   []stratum
	units    int
	df       float64
	q        float64
	proj     *projector
	lonely   bool
	finitePS bool
	later    []nest
}

type stratum struct {
	units []int
	rest  float64 // 1 − sampling fraction
}

// NewSample checks a design. Fewer sampling units than strata plus one is
// ErrTooFew: there is no variance to speak of.
func NewSample(d Design) (*Sample, error) {
	n := len(d.Weights)
	if n == 0 || n > maxRows {
		return nil, fmt.Errorf("%w: %d rows", ErrInput, n)
	}
	for name, l := range map[string]int{"strata": len(d.Strata), "sampling units": len(d.PSUs), "fpc": len(d.FPC), "base weights": len(d.Base)} {
		if l != 0 && l != n {
			return nil, fmt.Errorf("%w: %d %s for %d rows", ErrInput, l, name, n)
		}
	}
	for i, w := range d.Weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return nil, fmt.Errorf("%w: row %d has weight %v", ErrInput, i, w)
		}
	}
	s := &Sample{w: d.Weights, base: d.Base, psu: make([]int, n)}
	type key struct{ stratum, psu int }
	units := map[key]int{}
	place := map[int]int{}
	fpc := []float64{}
	for i := range n {
		var k key
		if d.Strata != nil {
			k.stratum = d.Strata[i]
		}
		if k.psu = i; d.PSUs != nil {
			k.psu = d.PSUs[i]
		}
		h, known := place[k.stratum]
		if !known {
			h = len(s.strata)
			place[k.stratum] = h
			s.strata = append(s.strata, stratum{rest: 1})
			if d.FPC != nil {
				fpc = append(fpc, d.FPC[i])
			}
		}
		if d.FPC != nil && d.FPC[i] != fpc[h] {
			return nil, fmt.Errorf("%w: fpc differs inside a stratum at row %d", ErrInput, i)
		}
		u, known := units[k]
		if !known {
			u = s.units
			units[k] = u
			s.units++
			s.strata[h].units = append(s.strata[h].units, u)
		}
		s.psu[i] = u
	}
	for h := range s.strata {
		st := &s.strata[h]
		if len(st.units) == 1 {
			s.lonely = true
		}
		if d.FPC != nil {
			if !(fpc[h] >= float64(len(st.units))) {
				return nil, fmt.Errorf("%w: fpc %v for %d sampling units", ErrInput, fpc[h], len(st.units))
			}
			s.finitePS = true
			st.rest = 1 - float64(len(st.units))/fpc[h]
		}
	}
	if err := s.stages(d.Stages); err != nil {
		return nil, err
	}
	s.df = float64(s.units - len(s.strata))
	var err error
	if s.q, err = TQuantile975(s.df); err != nil {
		return nil, err
	}
	if len(d.Margins) > 0 {
		if s.base != nil {
			if err := positive(s.base); err != nil {
				return nil, err
			}
		}
		var of [][]int
		var sizes []int
		for _, m := range d.Margins {
			if len(m.Of) != n {
				return nil, fmt.Errorf("%w: margin %q has %d rows of %d", ErrInput, m.Name, len(m.Of), n)
			}
			for i, c := range m.Of {
				if c < 0 || c >= len(m.Categories) {
					return nil, fmt.Errorf("%w: margin %q row %d has category %d", ErrInput, m.Name, i, c)
				}
			}
			of = append(of, m.Of)
			sizes = append(sizes, len(m.Categories))
		}
		s.proj = newProjector(of, sizes, s.base, nil)
	}
	return s, nil
}

// DF is the number of sampling units minus the number of strata.
func (s *Sample) DF() float64 { return s.df }

// variance of Σ w_i·z_i, where z is the linearised variable of a figure
// (METHOD §5):
//
//	V = Σ_h n_h/(n_h−1)·(1−f_h)·Σ_{c∈h} (u_hc − ū_h)²,  u_hc = Σ_{i∈c} w_i e_i
//
// e is z, or its residual on the margins when weights were fitted. A stratum
// with a single unit is centred at the mean of all units ("adjust").
func (s *Sample) variance(z []float64) float64 {
	if s.proj != nil {
		z = s.proj.residuals(z, s.base)
	}
	u := make([]float64, s.units)
	var grand float64
	for i, v := range z {
		x := s.w[i] * v
		u[s.psu[i]] += x
		grand += x
	}
	grand /= float64(s.units)
	var total float64
	for _, h := range s.strata {
		n := float64(len(h.units))
		if n == 1 {
			d := u[h.units[0]] - grand
			total += h.rest * d * d
			continue
		}
		var mean, ss float64
		for _, c := range h.units {
			mean += u[c]
		}
		mean /= n
		for _, c := range h.units {
			ss += (u[c] - mean) * (u[c] - mean)
		}
		total += n / (n - 1) * h.rest * ss
	}
	if s.later != nil {
		s.within([][]float64{z}, func(_, _ int, v float64) { total += v })
	}
	return total
}

// domain checks y and gives the rows of the domain that have a value (not NaN)
// and a weight above 0.
func (s *Sample) domain(y []float64, in []bool) ([]bool, error) {
	if len(y) != len(s.w) || in != nil && len(in) != len(s.w) {
		return nil, fmt.Errorf("%w: %d values and a domain of %d for %d rows", ErrInput, len(y), len(in), len(s.w))
	}
	use := make([]bool, len(y))
	found := false
	for i, v := range y {
		if math.IsInf(v, 0) {
			return nil, fmt.Errorf("%w: row %d is %v", ErrInput, i, v)
		}
		use[i] = !math.IsNaN(v) && s.w[i] > 0 && (in == nil || in[i])
		found = found || use[i]
	}
	if !found {
		return nil, ErrEmptyDomain
	}
	return use, nil
}

// linearised gives the mean of a domain and its z_i = (y_i − ȳ)/Σw, zero for
// rows outside: they stay in the design.
func (s *Sample) linearised(y []float64, use []bool) (e Estimate, z []float64) {
	var sw, sww, swy float64
	for i, in := range use {
		if in {
			e.N++
			sw += s.w[i]
			sww += s.w[i] * s.w[i]
			swy += s.w[i] * y[i]
		}
	}
	e.Value, e.Neff, e.DF, e.Adjusted = swy/sw, sw*sw/sww, s.df, s.lonely
	z = make([]float64, len(y))
	var ss float64
	for i, in := range use {
		if in {
			d := y[i] - e.Value
			z[i] = d / sw
			ss += s.w[i] * d * d
		}
	}
	// V_srs of the mean; e.Deff holds it until the variance is known.
	if n := float64(e.N); n > 1 {
		e.Deff = ss / sw * n / (n - 1) / n
		if s.finitePS {
			e.Deff *= (sw - n) / sw
		}
	}
	return e, z
}

// close turns a variance into the error, the design effect and the t interval.
func (s *Sample) close(e Estimate, v float64) Estimate {
	e.SE = math.Sqrt(v)
	if e.Deff > 0 {
		e.Deff = v / e.Deff
	}
	e.Low, e.High, e.Kind = e.Value-s.q*e.SE, e.Value+s.q*e.SE, IntervalT
	return e
}

// Mean of y over the rows of a domain (nil: all); NaN marks a missing value.
// The interval is t with DF degrees of freedom; Estimate.Normal gives 1.96.
// With fpc known, Deff compares with simple random sampling without
// replacement, as survey does.
func (s *Sample) Mean(y []float64, in []bool) (Estimate, error) {
	use, err := s.domain(y, in)
	if err != nil {
		return Estimate{}, err
	}
	e, z := s.linearised(y, use)
	return s.close(e, s.variance(z)), nil
}

// Share of rows with hit among the rows of a domain (nil: all), from 0 to 1,
// with the logit interval, or beta when p̂·n < 10 or p is 0 or 1.
func (s *Sample) Share(hit, in []bool) (Estimate, error) {
	if len(hit) != len(s.w) {
		return Estimate{}, fmt.Errorf("%w: %d marks for %d rows", ErrInput, len(hit), len(s.w))
	}
	y := make([]float64, len(hit))
	for i, h := range hit {
		if h {
			y[i] = 1
		}
	}
	e, err := s.Mean(y, in)
	if err != nil {
		return Estimate{}, err
	}
	return e.share(int64(len(s.w)), s.q)
}

// Total of y over the rows of a domain (nil: all).
func (s *Sample) Total(y []float64, in []bool) (Estimate, error) {
	use, err := s.domain(y, in)
	if err != nil {
		return Estimate{}, err
	}
	e, _ := s.linearised(y, use)
	e.Value, e.Deff = 0, 0
	z := make([]float64, len(y))
	for i, ok := range use {
		if ok {
			z[i] = y[i]
			e.Value += s.w[i] * y[i]
		}
	}
	return s.close(e, s.variance(z)), nil
}
