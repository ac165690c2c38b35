package drivers

import (
	"fmt"
	"math"
	"math/bits"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// tQuantile is the 0.975 quantile of Student's t.
func tQuantile(df float64) float64 {
	if df > 1e6 {
		return 1.959963984540054235524594430521
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
}

// cross is the weighted, centred cross-products of the columns but the
// constant, with the score last.
func (f *Fit) cross() *mat.SymDense {
	d := f.d
	p := len(d.columns)
	columns := append(append([][]float64(nil), d.columns[1:]...), f.model.Y)
	mean := make([]float64, p)
	var sw float64
	for i, ok := range d.use {
		if ok {
			sw += d.weights[i]
			for j, x := range columns {
				mean[j] += d.weights[i] * x[i]
			}
		}
	}
	for j := range mean {
		mean[j] /= sw
	}
	s := mat.NewSymDense(p, nil)
	dev := make([]float64, p)
	sums := make([]float64, p*p)
	for i, ok := range d.use {
		if !ok {
			continue
		}
		for j, x := range columns {
			dev[j] = x[i] - mean[j]
		}
		for j := range p {
			w := d.weights[i] * dev[j]
			for k := j; k < p; k++ {
				sums[j*p+k] += w * dev[k]
			}
		}
	}
	for j := range p {
		for k := j; k < p; k++ {
			s.SetSym(j, k, sums[j*p+k])
		}
	}
	return s
}

// Share of a term in what the model explains.
type Share struct {
	Term string
	// R2 is the term's part of R² and Of that part over R².
	R2, Of float64
}

// Shapley divides R² among the terms: the mean, over all orders in which the
// terms may enter, of what a term adds when it enters (Lindeman, Merenda and
// Gold 1980; METHOD §12), from all subsets. At most MaxFactors terms.
func (f *Fit) Shapley() ([]Share, error) {
	t := len(f.d.terms)
	if t > MaxFactors {
		return nil, fmt.Errorf("%w: %d terms, shares are computed for at most %d", ErrInput, t, MaxFactors)
	}
	s := f.cross()
	y := len(f.d.columns) - 1
	r2 := make([]float64, 1<<t)
	for set := 1; set < len(r2); set++ {
		var at []int
		for j, k := range f.d.term[1:] {
			if set>>k&1 == 1 {
				at = append(at, j)
			}
		}
		v, err := explained(s, at, y)
		if err != nil {
			return nil, err
		}
		r2[set] = v
	}
	// A term that enters after k others does so in k!·(t−1−k)! of t! orders.
	order := make([]float64, t)
	for k := range order {
		order[k] = math.Exp(lfact(k) + lfact(t-1-k) - lfact(t))
	}
	out := make([]Share, t)
	full := r2[len(r2)-1]
	for k := range out {
		out[k].Term = f.d.terms[k]
		for set := range r2 {
			if set>>k&1 == 0 {
				out[k].R2 += order[bits.OnesCount(uint(set))] * (r2[set|1<<k] - r2[set])
			}
		}
		out[k].Of = out[k].R2 / full
	}
	return out, nil
}

func lfact(n int) float64 {
	v, _ := math.Lgamma(float64(n + 1))
	return v
}

// explained is R² of the score on some columns.
func explained(s *mat.SymDense, at []int, y int) (float64, error) {
	q := len(at)
	// Scaling to unit variance keeps columns of very different size solvable.
	a := mat.NewSymDense(q, nil)
	b := mat.NewVecDense(q, nil)
	for i, j := range at {
		for k := i; k < q; k++ {
			a.SetSym(i, k, s.At(j, at[k])/math.Sqrt(s.At(j, j)*s.At(at[k], at[k])))
		}
		b.SetVec(i, s.At(j, y)/math.Sqrt(s.At(j, j)*s.At(y, y)))
	}
	var chol mat.Cholesky
	if !chol.Factorize(a) {
		return 0, fmt.Errorf("%w: columns depend on each other", ErrNotIdentified)
	}
	var x mat.VecDense
	if err := chol.SolveVecTo(&x, b); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNotIdentified, err)
	}
	return mat.Dot(b, &x), nil
}

// vif is the generalised variance inflation of each term (Fox and Monette
// 1992): det(R₁₁)·det(R₂₂)/det(R) of the correlations of the columns.
func (f *Fit) vif() []float64 {
	s := f.cross()
	var all []int
	for j := range len(f.d.columns) - 1 {
		all = append(all, j)
	}
	logdet := func(at []int) float64 {
		if len(at) == 0 {
			return 0
		}
		a := mat.NewSymDense(len(at), nil)
		for i, j := range at {
			for k := i; k < len(at); k++ {
				a.SetSym(i, k, s.At(j, at[k])/math.Sqrt(s.At(j, j)*s.At(at[k], at[k])))
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(a) {
			return math.Inf(-1)
		}
		return chol.LogDet()
	}
	whole := logdet(all)
	out := make([]float64, len(f.d.terms))
	for k := range out {
		var in, rest []int
		for j, t := range f.d.term[1:] {
			if t == k {
				in = append(in, j)
			} else {
				rest = append(rest, j)
			}
		}
		out[k] = math.Exp(logdet(in) + logdet(rest) - whole)
	}
	return out
}
