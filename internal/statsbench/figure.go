package statsbench

import (
	"errors"
	"math"
	"slices"
	"sort"

	"osvitlo/internal/weighting"
)

// figure is an estimate with everything that is told about it.
type figure struct {
	value, se  float64
	low, high  float64 // value ± 1.96·SE
	lowT, hiT  float64 // value ± t(df)·SE
	deff, neff float64
	n          int64
	df         float64
}

func (f figure) result() Result {
	r := Result{"est": num(f.value), "se": num(f.se), "lo": num(f.low), "hi": num(f.high), "n": f.n, "df": num(f.df),
		"lo_t": num(f.lowT), "hi_t": num(f.hiT), "n_eff": num(f.neff)}
	if f.deff > 0 {
		r["deff"] = num(f.deff)
	}
	return r
}

func (f figure) row() Result {
	return Result{"se": num(f.se), "ci_l": num(f.low), "ci_u": num(f.high)}
}

func closed(e weighting.Estimate) figure {
	f := figure{value: e.Value, se: e.SE, deff: e.Deff, neff: e.Neff, n: e.N, df: e.DF}
	f.low, f.high = weighting.NormalInterval(e.Value, e.SE)
	f.lowT, f.hiT = math.NaN(), math.NaN()
	if l, h, err := weighting.TInterval(e.Value, e.SE, e.DF); err == nil {
		f.lowT, f.hiT = l, h
	}
	return f
}

// engine makes figures from a design.
type engine interface {
	mean(y []float64, in []bool) (figure, error)
	total(y []float64, in []bool) (figure, error)
	quantile(y []float64, in []bool, p float64) (weighting.Estimate, error)
	// difference second − first with the covariance of the two.
	difference(first, second weighting.Variable) (weighting.Change, float64, error)
	df() float64
}

// taylor is linearisation (METHOD §5).
type taylor struct {
	s    *weighting.Sample
	free float64 // degrees of freedom: of the design, or of the domain kept by where
}

func (t taylor) df() float64 { return t.free }

func (t taylor) mean(y []float64, in []bool) (figure, error) {
	e, err := t.s.Mean(y, in)
	e.DF = t.free
	return closed(e), err
}

func (t taylor) total(y []float64, in []bool) (figure, error) {
	e, err := t.s.Total(y, in)
	e.DF = t.free
	return closed(e), err
}

func (t taylor) quantile(y []float64, in []bool, p float64) (weighting.Estimate, error) {
	return t.s.Quantile(y, in, p)
}

func (t taylor) difference(first, second weighting.Variable) (weighting.Change, float64, error) {
	c, err := t.s.Difference(first, second)
	if err != nil {
		return c, 0, err
	}
	a, err := t.s.Mean(first.Y, first.In)
	if err != nil {
		return c, 0, err
	}
	b, err := t.s.Mean(second.Y, second.In)
	if err != nil {
		return c, 0, err
	}
	return c, (a.SE*a.SE + b.SE*b.SE - c.SE*c.SE) / 2, nil
}

// resampled is replication (METHOD §5).
type resampled struct {
	r       *replicated
	weights []float64
}

func (r resampled) df() float64 { return r.r.df }

func (r resampled) figure(full, variance float64, w []float64, y []float64, in []bool) figure {
	e := weighting.Estimate{Value: full, SE: math.Sqrt(variance), DF: r.r.df}
	var sw, sww float64
	for i, v := range y {
		if used(v, w[i], in, i) {
			e.N++
			sw += w[i]
			sww += w[i] * w[i]
		}
	}
	e.Neff = sw * sw / sww
	return closed(e)
}

func used(y, w float64, in []bool, i int) bool {
	return !math.IsNaN(y) && w > 0 && (in == nil || in[i])
}

func meanOf(w, y []float64, in []bool) float64 {
	var sw, swy float64
	for i, v := range y {
		if used(v, w[i], in, i) {
			sw += w[i]
			swy += w[i] * v
		}
	}
	return swy / sw
}

func totalOf(w, y []float64, in []bool) float64 {
	var s float64
	for i, v := range y {
		if used(v, w[i], in, i) {
			s += w[i] * v
		}
	}
	return s
}

// of makes a figure of any statistic of the weights.
func (r resampled) of(y []float64, in []bool, stat func(w []float64) float64) (figure, error) {
	full := stat(r.weights)
	if math.IsNaN(full) {
		return figure{}, weighting.ErrEmptyDomain
	}
	values := make([][]float64, len(r.r.columns))
	for k, w := range r.r.columns {
		values[k] = []float64{stat(w)}
	}
	v, err := r.r.covariance([]float64{full}, values)
	if err != nil {
		return figure{}, err
	}
	return r.figure(full, v[0][0], r.weights, y, in), nil
}

func (r resampled) mean(y []float64, in []bool) (figure, error) {
	return r.of(y, in, func(w []float64) float64 { return meanOf(w, y, in) })
}

func (r resampled) total(y []float64, in []bool) (figure, error) {
	f, err := r.of(y, in, func(w []float64) float64 { return totalOf(w, y, in) })
	if err == nil && f.n == 0 {
		err = weighting.ErrEmptyDomain
	}
	return f, err
}

// quantile with Woodruff's interval from the replicate error of the share.
func (r resampled) quantile(y []float64, in []bool, p float64) (weighting.Estimate, error) {
	type step struct{ y, w float64 }
	var steps []step
	var all float64
	for i, v := range y {
		if used(v, r.weights[i], in, i) {
			steps = append(steps, step{v, r.weights[i]})
			all += r.weights[i]
		}
	}
	if len(steps) == 0 {
		return weighting.Estimate{}, weighting.ErrEmptyDomain
	}
	sort.Slice(steps, func(i, j int) bool { return steps[i].y < steps[j].y })
	at := func(p float64) float64 {
		var seen float64
		for _, s := range steps {
			if seen += s.w; seen >= p*all*(1-1e-12) {
				return s.y
			}
		}
		return steps[len(steps)-1].y
	}
	q := at(p)
	below := make([]float64, len(y))
	for i, v := range y {
		switch {
		case math.IsNaN(v):
			below[i] = math.NaN()
		case v <= q:
			below[i] = 1
		}
	}
	share, err := r.mean(below, in)
	if err != nil {
		return weighting.Estimate{}, err
	}
	t, err := weighting.TQuantile975(r.r.df)
	if err != nil {
		return weighting.Estimate{}, err
	}
	e := weighting.Estimate{Value: q, N: share.n, Neff: share.neff, DF: r.r.df}
	e.Low, e.High = at(max(share.value-t*share.se, 0)), at(min(share.value+t*share.se, 1))
	e.SE = (e.High - e.Low) / (2 * t)
	return e, nil
}

func (r resampled) difference(first, second weighting.Variable) (weighting.Change, float64, error) {
	stat := func(w []float64) []float64 {
		return []float64{meanOf(w, first.Y, first.In), meanOf(w, second.Y, second.In)}
	}
	full := stat(r.weights)
	if math.IsNaN(full[0]) || math.IsNaN(full[1]) {
		return weighting.Change{}, 0, weighting.ErrEmptyDomain
	}
	values := make([][]float64, len(r.r.columns))
	for k, w := range r.r.columns {
		values[k] = stat(w)
	}
	v, err := r.r.covariance(full, values)
	if err != nil {
		return weighting.Change{}, 0, err
	}
	c := weighting.Difference(
		weighting.Estimate{Value: full[0]},
		weighting.Estimate{Value: full[1], SE: math.Sqrt(max(0, v[0][0]+v[1][1]-2*v[0][1]))})
	return c, v[0][1], nil
}

// engine of a frame.
func (f *frame) engine() engine {
	if f.reps != nil {
		return resampled{f.reps, f.weights}
	}
	return taylor{f.sample, f.sample.DF()}
}

// engineFor is the engine inside a domain that the whole specification keeps:
// its degrees of freedom are those of the units in it (survey::degf of a
// subset).
func (f *frame) engineFor(in []bool) engine {
	if f.reps != nil || in == nil {
		return f.engine()
	}
	return taylor{f.sample, f.sample.DFOf(in)}
}

// domain is the rows that a condition keeps; nil: all.
func (f *frame) domain(where ...map[string][]string) ([]bool, error) {
	var in []bool
	for _, w := range where {
		// Sorted, so that the first fault named is always the same.
		var columns []string
		for c := range w {
			columns = append(columns, c)
		}
		slices.Sort(columns)
		for _, c := range columns {
			text, err := f.t.Text(c)
			if err != nil {
				return nil, err
			}
			if in == nil {
				in = make([]bool, f.t.n)
				for i := range in {
					in[i] = true
				}
			}
			some := false
			for i, s := range text {
				ok := slices.Contains(w[c], s)
				some = some || ok
				in[i] = in[i] && ok
			}
			if !some {
				return nil, badf("%s has no row with %s in %v", f.t.Name, c, w[c])
			}
		}
	}
	return in, nil
}

// and joins a domain with one category.
func and(in []bool, codes []int, category int) []bool {
	out := make([]bool, len(codes))
	for i, c := range codes {
		out[i] = c == category && (in == nil || in[i])
	}
	return out
}

// empty tells whether an error only says that a domain has nobody.
func empty(err error) bool { return errors.Is(err, weighting.ErrEmptyDomain) }
