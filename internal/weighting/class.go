package weighting

import (
	"errors"
	"fmt"
	"math"
)

// ClassWeights are weights that are constant inside each class of the cross of
// the margins, so that everything follows from sums per class (CONTRACT §7).
// The base weight of a row is 1, each person is a sampling unit, there is one
// stratum. It is not changed by its methods and safe for concurrent use.
type ClassWeights struct {
	count []int64
	n     []float64
	w     []float64
	rows  int64
	sumW  float64
	q     float64 // t quantile for rows−1 degrees of freedom
	kish  Kish
	proj  *projector
	// Cycles and Worst tell how raking ended (post-stratification: 1 and
	// rounding). TrimRounds is the number of trimming rounds, TrimFailed says
	// why the weights are delivered untrimmed.
	Cycles     int
	Worst      float64
	TrimRounds int
	TrimFailed *TrimError
}

// PostStratifyClasses gives w_c = N_c/n_c (METHOD §4). counts are the numbers
// of all rows of the classes, also of those outside any later domain.
func PostStratifyClasses(counts []int64, classes []Category) (*ClassWeights, error) {
	m := Margin{Name: "classes", Categories: classes, Of: make([]int, len(classes))}
	for i := range m.Of {
		m.Of[i] = i
	}
	return RakeClasses(counts, []Margin{m}, RakeOptions{}, nil)
}

// RakeClasses fits weights to the margins by iterative proportional fitting on
// the class counts; Margin.Of names the category of each class. The weights
// are those Rake gives the rows. With bounds the loop of TrimAndRake follows
// (default cap CapFactor × mean); where the bounds cannot be met the untrimmed
// weights are delivered and TrimFailed says so.
func RakeClasses(counts []int64, margins []Margin, o RakeOptions, bounds *TrimOptions) (*ClassWeights, error) {
	c := &ClassWeights{count: append([]int64(nil), counts...), n: make([]float64, len(counts))}
	for i, n := range counts {
		if n < 0 || n > MaxClassRows {
			return nil, fmt.Errorf("%w: class %d has %d rows", ErrInput, i, n)
		}
		c.n[i] = float64(n)
		c.rows += n
	}
	var err error
	if c.q, err = TQuantile975(float64(c.rows - 1)); err != nil {
		return nil, err
	}
	r, err := rake(ones(len(counts)), c.n, margins, o)
	if err != nil {
		return nil, err
	}
	if bounds != nil {
		t, err := trimAndRake(r, c.n, margins, o, *bounds)
		switch {
		case err == nil:
			r, c.TrimRounds = t.Raked, t.Rounds
		case errors.As(err, &c.TrimFailed):
		default:
			return nil, err
		}
	}
	c.w, c.Cycles, c.Worst = r.Weights, r.Cycles, r.Worst
	var of [][]int
	var sizes []int
	for _, m := range margins {
		safe := append([]int(nil), m.Of...)
		for i := range safe {
			if counts[i] == 0 {
				// An empty class may lie outside the margins; it carries nothing.
				safe[i] = 0
				c.w[i] = 0
			}
		}
		of = append(of, safe)
		sizes = append(sizes, len(m.Categories))
	}
	for i, w := range c.w {
		c.sumW += w * c.n[i]
	}
	c.kish = kishOf(c.w, c.n)
	c.proj = newProjector(of, sizes, nil, c.n)
	return c, nil
}

// Rows is the number of weighted rows; People the sum of their weights.
func (c *ClassWeights) Rows() int64 { return c.rows }

// People is the sum of all weights, the size of the population.
func (c *ClassWeights) People() float64 { return c.sumW }

// DF is rows − 1.
func (c *ClassWeights) DF() float64 { return float64(c.rows - 1) }

// Counts and Weights per class; an empty class has weight 0. The slices are
// copies.
func (c *ClassWeights) Counts() []int64 { return append([]int64(nil), c.count...) }

// Weights of one row of each class.
func (c *ClassWeights) Weights() []float64 { return append([]float64(nil), c.w...) }

// Kish describes the weights of all rows: design effect and effective n.
func (c *ClassWeights) Kish() Kish { return c.kish }

// Mean of a variable over its domain, one Sums per class. Rows outside the
// domain are kept with zero: the error comes from the residuals of
// z = (y − ȳ)/Σw on the margins over all rows (METHOD §5),
//
//	V = n/(n−1)·( Σ u² − (Σu)²/n ),  u = w_c·(z − ẑ_c)
//
// where ẑ_c, the regression on the margin dummies, is the class mean under
// post-stratification. unit is the caller's measure of one unit of the sums
// (1e-4 for scores): value, error and interval come out in it. The interval is
// t with n−1 degrees of freedom.
func (c *ClassWeights) Mean(s []Sums, unit float64) (Estimate, error) {
	e, v, err := c.linearised(s, unit)
	if err != nil {
		return Estimate{}, err
	}
	return c.close(e.scaled(unit), v*unit*unit), nil
}

// Share of the rows counted by hits among the rows counted by of (nil: all
// rows), per class, from 0 to 1, with the logit interval, or beta when
// p̂·n < 10 or p is 0 or 1.
func (c *ClassWeights) Share(hits, of []int64) (Estimate, error) {
	if of == nil {
		of = c.count
	}
	if len(hits) != len(c.w) || len(of) != len(c.w) {
		return Estimate{}, fmt.Errorf("%w: %d and %d counts for %d classes", ErrInput, len(hits), len(of), len(c.w))
	}
	s := make([]Sums, len(hits))
	for i, h := range hits {
		if h < 0 || h > of[i] {
			return Estimate{}, fmt.Errorf("%w: class %d counts %d of %d", ErrInput, i, h, of[i])
		}
		s[i] = Sums{M: of[i], Sum: h, Square: h}
	}
	e, v, err := c.linearised(s, 1)
	if err != nil {
		return Estimate{}, err
	}
	return c.close(e, v).share(c.rows, c.q)
}

// Total is the sum of a variable over the people of its domain, in the
// caller's measure.
func (c *ClassWeights) Total(s []Sums, unit float64) (Estimate, error) {
	e, _, err := c.linearised(s, unit)
	if err != nil {
		return Estimate{}, err
	}
	e.Value, e.Deff = 0, 0
	for i, x := range s {
		e.Value += c.w[i] * float64(x.Sum)
	}
	return c.close(e.scaled(unit), c.variance(s, 0, 1)*unit*unit), nil
}

// linearised checks the sums and gives the mean in units and its variance;
// Deff holds V_srs in the caller's measure until close.
func (c *ClassWeights) linearised(s []Sums, unit float64) (Estimate, float64, error) {
	if err := checkUnit(unit); err != nil {
		return Estimate{}, 0, err
	}
	if len(s) != len(c.w) {
		return Estimate{}, 0, fmt.Errorf("%w: %d sums for %d classes", ErrInput, len(s), len(c.w))
	}
	e := Estimate{DF: c.DF()}
	var sw, sww, swy float64
	for i, x := range s {
		if err := x.Check(c.count[i]); err != nil {
			return Estimate{}, 0, fmt.Errorf("class %d: %w", i, err)
		}
		m := float64(x.M)
		e.N += x.M
		sw += c.w[i] * m
		sww += c.w[i] * c.w[i] * m
		swy += c.w[i] * float64(x.Sum)
	}
	if e.N == 0 {
		return Estimate{}, 0, ErrEmptyDomain
	}
	e.Value, e.Neff = swy/sw, sw*sw/sww
	if n := float64(e.N); n > 1 {
		var ss float64
		for i, x := range s {
			if x.M > 0 {
				inside, _ := x.scatter()
				d := float64(x.Sum)/float64(x.M) - e.Value
				ss += c.w[i] * (inside + float64(x.M)*d*d)
			}
		}
		e.Deff = ss / sw / (n - 1) * unit * unit
	}
	return e, c.variance(s, e.Value, sw), nil
}

// variance of Σ w·(y − centre)/scale over the domain, with the residuals on
// the margins.
func (c *ClassWeights) variance(s []Sums, centre, scale float64) float64 {
	rhs := make([]float64, c.proj.size)
	for i, x := range s {
		z := (float64(x.Sum) - float64(x.M)*centre) / scale
		for k, of := range c.proj.of {
			rhs[c.proj.offset[k]+of[i]] += z
		}
	}
	coef := c.proj.fit(rhs)
	var sum, squares float64
	for i, x := range s {
		if c.count[i] == 0 {
			continue
		}
		m, fit := float64(x.M), c.proj.fitted(coef, i)
		rest := c.n[i] - m
		sq := rest * fit * fit
		u := -rest * fit
		if x.M > 0 {
			inside, _ := x.scatter()
			d := (float64(x.Sum)/m-centre)/scale - fit
			sq += inside/(scale*scale) + m*d*d
			u += m * d
		}
		sum += c.w[i] * u
		squares += c.w[i] * c.w[i] * sq
	}
	n := float64(c.rows)
	return max(0, n/(n-1)*(squares-sum*sum/n))
}

func (c *ClassWeights) close(e Estimate, v float64) Estimate {
	e.SE = math.Sqrt(v)
	if e.Deff > 0 {
		e.Deff = v / e.Deff
	}
	e.Low, e.High, e.Kind = e.Value-c.q*e.SE, e.Value+c.q*e.SE, IntervalT
	return e
}
