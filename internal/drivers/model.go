package drivers

import (
	"fmt"
	"math"
	"strings"
)

// Factor is one explaining variable: numbers (Values) or categories (Codes with
// Labels). The first label that occurs is the one the others are compared with.
type Factor struct {
	Name   string
	Values []float64 // NaN missing
	Codes  []int     // −1 missing
	Labels []string
}

// Term is a factor of the model or an interaction of several.
type Term struct {
	Factors []int // places in Model.Factors
}

// Model explains a score by factors with a constant.
type Model struct {
	Outcome string
	Y       []float64 // NaN missing
	Factors []Factor
	// Terms of the model; nil: each factor by itself.
	Terms   []Term
	Weights []float64 // nil: 1
}

// matrix is the design matrix of the rows in use.
type matrix struct {
	names   []string
	columns [][]float64 // over all rows, 0 outside use
	term    []int       // −1 the constant
	terms   []string
	use     []bool
	n       int
	weights []float64
	levels  [][]int // per factor, the codes that occur among the rows in use
}

func (m Model) terms() []Term {
	if m.Terms != nil {
		return m.Terms
	}
	t := make([]Term, len(m.Factors))
	for i := range t {
		t[i] = Term{Factors: []int{i}}
	}
	return t
}

func (m Model) check() error {
	n := len(m.Y)
	if n == 0 || n > MaxRows || m.Weights != nil && len(m.Weights) != n {
		return fmt.Errorf("%w: %d scores, %d weights", ErrInput, n, len(m.Weights))
	}
	if len(m.Factors) == 0 {
		return fmt.Errorf("%w: no factors", ErrInput)
	}
	for i, w := range m.Weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("%w: row %d has weight %v", ErrInput, i, w)
		}
	}
	for _, f := range m.Factors {
		if (f.Values == nil) == (f.Codes == nil) || f.Values != nil && len(f.Values) != n || f.Codes != nil && len(f.Codes) != n {
			return fmt.Errorf("%w: factor %q has %d numbers and %d categories for %d rows", ErrInput, f.Name, len(f.Values), len(f.Codes), n)
		}
		for i, c := range f.Codes {
			if c < -1 || c >= len(f.Labels) {
				return fmt.Errorf("%w: factor %q row %d has category %d", ErrInput, f.Name, i, c)
			}
		}
		for i, v := range f.Values {
			if math.IsInf(v, 0) {
				return fmt.Errorf("%w: factor %q row %d is %v", ErrInput, f.Name, i, v)
			}
		}
	}
	for _, t := range m.terms() {
		if len(t.Factors) == 0 {
			return fmt.Errorf("%w: an empty term", ErrInput)
		}
		for _, f := range t.Factors {
			if f < 0 || f >= len(m.Factors) {
				return fmt.Errorf("%w: a term names factor %d", ErrInput, f)
			}
		}
	}
	return nil
}

func (f Factor) missing(i int) bool {
	if f.Codes != nil {
		return f.Codes[i] < 0
	}
	return math.IsNaN(f.Values[i])
}

// design builds the matrix with treatment contrasts, as R does: a category of a
// main effect against the first one that occurs.
func (m Model) design() (*matrix, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	n := len(m.Y)
	d := &matrix{use: make([]bool, n), weights: make([]float64, n)}
	for i := range n {
		w := 1.0
		if m.Weights != nil {
			w = m.Weights[i]
		}
		if math.IsInf(m.Y[i], 0) {
			return nil, fmt.Errorf("%w: score of row %d is %v", ErrInput, i, m.Y[i])
		}
		ok := !math.IsNaN(m.Y[i]) && w > 0
		for _, f := range m.Factors {
			ok = ok && !f.missing(i)
		}
		if d.use[i] = ok; ok {
			d.n++
			d.weights[i] = w
		}
	}
	if d.n == 0 {
		return nil, fmt.Errorf("%w: no row has every value", ErrTooFew)
	}
	for _, f := range m.Factors {
		var levels []int
		if f.Codes != nil {
			seen := make([]bool, len(f.Labels))
			for i, ok := range d.use {
				if ok {
					seen[f.Codes[i]] = true
				}
			}
			for c, s := range seen {
				if s {
					levels = append(levels, c)
				}
			}
			if len(levels) < 2 {
				return nil, fmt.Errorf("%w: factor %q has one category among the rows in use", ErrNotIdentified, f.Name)
			}
		}
		d.levels = append(d.levels, levels)
	}
	constant := make([]float64, n)
	for i, ok := range d.use {
		if ok {
			constant[i] = 1
		}
	}
	d.names, d.columns, d.term = []string{"(Intercept)"}, [][]float64{constant}, []int{-1}
	for k, t := range m.terms() {
		names, columns := []string{""}, [][]float64{constant}
		var label []string
		for _, at := range t.Factors {
			f := m.Factors[at]
			label = append(label, f.Name)
			fn, fc := f.columns(d, at)
			var nn []string
			var nc [][]float64
			// The first factor runs fastest, as R names interactions.
			for b := range fc {
				for a := range columns {
					x := make([]float64, n)
					for i := range x {
						x[i] = columns[a][i] * fc[b][i]
					}
					name := fn[b]
					if names[a] != "" {
						name = names[a] + ":" + fn[b]
					}
					nn, nc = append(nn, name), append(nc, x)
				}
			}
			names, columns = nn, nc
		}
		d.terms = append(d.terms, strings.Join(label, ":"))
		for c := range columns {
			d.names, d.columns, d.term = append(d.names, names[c]), append(d.columns, columns[c]), append(d.term, k)
		}
		if len(d.columns) > MaxColumns {
			return nil, fmt.Errorf("%w: more than %d columns", ErrInput, MaxColumns)
		}
	}
	if d.n < len(d.columns) {
		return nil, fmt.Errorf("%w: %d complete rows for %d columns", ErrTooFew, d.n, len(d.columns))
	}
	return d, nil
}

// columns of a factor: itself, or one per category but the first.
func (f Factor) columns(d *matrix, at int) (names []string, columns [][]float64) {
	n := len(d.use)
	if f.Codes == nil {
		x := make([]float64, n)
		for i, ok := range d.use {
			if ok {
				x[i] = f.Values[i]
			}
		}
		return []string{f.Name}, [][]float64{x}
	}
	for _, level := range d.levels[at][1:] {
		x := make([]float64, n)
		for i, ok := range d.use {
			if ok && f.Codes[i] == level {
				x[i] = 1
			}
		}
		names, columns = append(names, f.Name+f.Labels[level]), append(columns, x)
	}
	return names, columns
}
