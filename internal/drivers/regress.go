package drivers

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Coefficient of one column with its error by design; T has Fit.DF degrees of
// freedom, the interval is 95 %.
type Coefficient struct {
	Name      string
	Value, SE float64
	T, P      float64
	Low, High float64
}

// Wald tests all columns of a term together: F with DF and DDF degrees of
// freedom (survey::regTermTest).
type Wald struct {
	Term       string
	F, DF, DDF float64
	P          float64
	// VIF is the generalised variance inflation of the term (Fox and Monette
	// 1992) and Scaled its 1/(2·DF) power, squared: comparable over terms.
	VIF, Scaled float64
}

// Fit is a weighted linear model with errors by design (survey::svyglm,
// METHOD §12).
type Fit struct {
	N            int // rows in use
	Coefficients []Coefficient
	Covariance   [][]float64
	// DF is the design's degrees of freedom + 1 − number of coefficients.
	DF float64
	// R2 is 1 − Σwe²/Σw(y−ȳ)².
	R2, AdjustedR2 float64
	Terms          []Wald
	Residuals      []float64 // 0 for rows not in use

	model Model
	d     *matrix
	beta  []float64
}

// Regress fits the model by weighted least squares. Errors come from the
// influence of each row, (XᵀWX)⁻¹·x·e, under the design. A column that depends
// on the ones before it is ErrNotIdentified.
func Regress(m Model, design Variance) (*Fit, error) {
	f, inverse, err := solve(m)
	if err != nil {
		return nil, err
	}
	d := f.d
	p := len(d.columns)
	z := make([][]float64, p)
	for j := range z {
		z[j] = make([]float64, len(d.use))
	}
	for i, ok := range d.use {
		if !ok {
			continue
		}
		for j := range p {
			var s float64
			for k := range p {
				s += inverse.At(j, k) * d.columns[k][i]
			}
			z[j][i] = s * f.Residuals[i]
		}
	}
	v, err := design.Covariance(z)
	if err != nil {
		return nil, err
	}
	return f, f.finish(v, design.DFOf(d.use))
}

// RegressWith fits the model and takes the covariance of its coefficients from
// the caller, as replicate weights give it: covariance gets the coefficients.
func RegressWith(m Model, df float64, covariance func(beta []float64) ([][]float64, error)) (*Fit, error) {
	f, _, err := solve(m)
	if err != nil {
		return nil, err
	}
	v, err := covariance(append([]float64(nil), f.beta...))
	if err != nil {
		return nil, err
	}
	if len(v) != len(f.beta) {
		return nil, fmt.Errorf("%w: covariance of %d for %d coefficients", ErrInput, len(v), len(f.beta))
	}
	return f, f.finish(v, df)
}

// Solve gives the coefficients alone, in the order of Fit.Coefficients.
func Solve(m Model) ([]float64, error) {
	f, _, err := solve(m)
	if err != nil {
		return nil, err
	}
	return f.beta, nil
}

func solve(m Model) (*Fit, *mat.SymDense, error) {
	d, err := m.design()
	if err != nil {
		return nil, nil, err
	}
	p := len(d.columns)
	x := mat.NewDense(d.n, p, nil)
	y := mat.NewVecDense(d.n, nil)
	at := 0
	for i, ok := range d.use {
		if !ok {
			continue
		}
		root := math.Sqrt(d.weights[i])
		for j := range p {
			x.Set(at, j, root*d.columns[j][i])
		}
		y.SetVec(at, root*m.Y[i])
		at++
	}
	var qr mat.QR
	qr.Factorize(x)
	var r mat.Dense
	qr.RTo(&r)
	for j := range p {
		var norm float64
		for i := range d.n {
			norm += x.At(i, j) * x.At(i, j)
		}
		if !(math.Abs(r.At(j, j)) > 1e-9*math.Sqrt(norm)) {
			return nil, nil, fmt.Errorf("%w: column %q follows from the ones before it", ErrNotIdentified, d.names[j])
		}
	}
	var b mat.VecDense
	if err := qr.SolveVecTo(&b, false, y); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrNotIdentified, err)
	}
	f := &Fit{N: d.n, model: m, d: d, beta: make([]float64, p), Residuals: make([]float64, len(d.use))}
	for j := range p {
		f.beta[j] = b.AtVec(j)
	}
	var sw, swy float64
	for i, ok := range d.use {
		if ok {
			sw += d.weights[i]
			swy += d.weights[i] * m.Y[i]
		}
	}
	mean := swy / sw
	var sse, sst float64
	for i, ok := range d.use {
		if !ok {
			continue
		}
		e := m.Y[i]
		for j := range p {
			e -= f.beta[j] * d.columns[j][i]
		}
		f.Residuals[i] = e
		sse += d.weights[i] * e * e
		sst += d.weights[i] * (m.Y[i] - mean) * (m.Y[i] - mean)
	}
	if !(sst > 0) {
		return nil, nil, fmt.Errorf("%w: all scores are equal", ErrNotIdentified)
	}
	f.R2 = 1 - sse/sst
	f.AdjustedR2 = math.NaN()
	if d.n > p {
		f.AdjustedR2 = 1 - (1-f.R2)*float64(d.n-1)/float64(d.n-p)
	}
	// (XᵀWX)⁻¹ = R⁻¹·R⁻ᵀ.
	tri := mat.NewTriDense(p, mat.Upper, nil)
	for i := range p {
		for j := i; j < p; j++ {
			tri.SetTri(i, j, r.At(i, j))
		}
	}
	var inv mat.TriDense
	if err := inv.InverseTri(tri); err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrNotIdentified, err)
	}
	out := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			var s float64
			for k := j; k < p; k++ {
				s += inv.At(i, k) * inv.At(j, k)
			}
			out.SetSym(i, j, s)
		}
	}
	return f, out, nil
}

// finish makes tests and intervals from the covariance of the coefficients.
func (f *Fit) finish(v [][]float64, designDF float64) error {
	p := len(f.beta)
	f.Covariance = v
	if f.DF = designDF + 1 - float64(p); !(f.DF >= 1) {
		return fmt.Errorf("%w: the design has %v degrees of freedom for %d coefficients", ErrTooFew, designDF, p)
	}
	q := tQuantile(f.DF)
	for j, b := range f.beta {
		c := Coefficient{Name: f.d.names[j], Value: b, SE: math.Sqrt(max(0, v[j][j]))}
		c.T = b / c.SE
		c.P = TTail(c.T, f.DF)
		c.Low, c.High = b-q*c.SE, b+q*c.SE
		f.Coefficients = append(f.Coefficients, c)
	}
	inflation := f.vif()
	for k, name := range f.d.terms {
		w, err := f.wald(f.columnsOf(k))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		w.Term = name
		w.VIF = inflation[k]
		w.Scaled = math.Pow(w.VIF, 1/w.DF)
		f.Terms = append(f.Terms, w)
	}
	return nil
}

func (f *Fit) columnsOf(term int) []int {
	var at []int
	for j, t := range f.d.term {
		if t == term {
			at = append(at, j)
		}
	}
	return at
}

// wald is b'·V⁻¹·b/q for some of the coefficients.
func (f *Fit) wald(at []int) (Wald, error) {
	q := len(at)
	v := mat.NewSymDense(q, nil)
	b := mat.NewVecDense(q, nil)
	for i, j := range at {
		b.SetVec(i, f.beta[j])
		for k := i; k < q; k++ {
			v.SetSym(i, k, f.Covariance[j][at[k]])
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(v) {
		return Wald{}, fmt.Errorf("%w: fewer sampling units than columns", ErrTooFew)
	}
	var s mat.VecDense
	if err := chol.SolveVecTo(&s, b); err != nil {
		return Wald{}, fmt.Errorf("%w: %w", ErrTooFew, err)
	}
	w := Wald{F: mat.Dot(b, &s) / float64(q), DF: float64(q), DDF: f.DF}
	w.P = FTail(w.F, w.DF, w.DDF)
	return w, nil
}

// Adjusted is the mean score of the sample if everybody belonged to one
// category of a factor and kept all else.
type Adjusted struct {
	Category  string
	N         int64 // rows in the category
	Mean, SE  float64
	Low, High float64
}

// AdjustedMeans of the categories of a factor: the weighted mean of the model's
// predictions with the factor set to each of its categories. The errors are
// those of the coefficients; covariates are taken as they are.
func (f *Fit) AdjustedMeans(factor string) ([]Adjusted, error) {
	at := -1
	for k, x := range f.model.Factors {
		if x.Name == factor && x.Codes != nil {
			at = k
		}
	}
	if at < 0 {
		return nil, fmt.Errorf("%w: %q is no factor with categories", ErrInput, factor)
	}
	q := tQuantile(f.DF)
	var out []Adjusted
	for _, level := range f.d.levels[at] {
		a := Adjusted{Category: f.model.Factors[at].Labels[level]}
		set := f.model
		set.Factors = append([]Factor(nil), f.model.Factors...)
		codes := make([]int, len(f.d.use))
		for i, c := range f.model.Factors[at].Codes {
			if codes[i] = level; f.d.use[i] && c == level {
				a.N++
			}
		}
		set.Factors[at].Codes = codes
		line := f.average(set)
		for j, l := range line {
			a.Mean += l * f.beta[j]
			for k, m := range line {
				a.SE += l * m * f.Covariance[j][k]
			}
		}
		a.SE = math.Sqrt(max(0, a.SE))
		a.Low, a.High = a.Mean-q*a.SE, a.Mean+q*a.SE
		out = append(out, a)
	}
	return out, nil
}

// average is the weighted mean row of the design matrix with the factors of
// another model and the categories of this one.
func (f *Fit) average(m Model) []float64 {
	d := &matrix{use: f.d.use, weights: f.d.weights, levels: f.d.levels}
	var sw float64
	for i, ok := range d.use {
		if ok {
			sw += d.weights[i]
		}
	}
	line := []float64{1}
	for _, t := range m.terms() {
		columns := [][]float64{nil}
		for _, at := range t.Factors {
			_, fc := m.Factors[at].columns(d, at)
			var next [][]float64
			for b := range fc {
				for a := range columns {
					x := append([]float64(nil), fc[b]...)
					if columns[a] != nil {
						for i := range x {
							x[i] *= columns[a][i]
						}
					}
					next = append(next, x)
				}
			}
			columns = next
		}
		for _, x := range columns {
			var s float64
			for i, ok := range d.use {
				if ok {
					s += d.weights[i] * x[i]
				}
			}
			line = append(line, s/sw)
		}
	}
	return line
}
