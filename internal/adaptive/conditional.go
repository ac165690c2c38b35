package adaptive

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// MaxConditional bounds the items of a conditional calibration, whose work
// grows with their fourth power.
const MaxConditional = 60

// Conditional is the Rasch model by conditional maximum likelihood: nothing is
// assumed about how ability is spread. Difficulties sum to zero.
type Conditional struct {
	B, SE  []float64
	LogLik float64
	Cycles int
}

// missingPattern is the persons who answered the same items.
type missingPattern struct {
	items []int
	right []float64 // persons right on each item, only those whose score counts
	score []float64 // persons by score, 1 to items−1
}

// CalibrateConditional fits the Rasch model by conditional maximum likelihood
// (Andersen 1970), each set of administered items apart, by Newton's method.
// Scores must be 0 or 1. Persons with no answer right, or none wrong, tell
// nothing. Items that are not compared with the others, directly or through
// third ones, are an error.
func CalibrateConditional(a *Answers) (Conditional, error) {
	if a.items < 2 || a.items > MaxConditional {
		return Conditional{}, fmt.Errorf("%w: a conditional calibration of %d items, at most %d", ErrInput, a.items, MaxConditional)
	}
	patterns, err := a.patterns()
	if err != nil {
		return Conditional{}, err
	}
	k := a.items
	beta := make([]float64, k)
	out := Conditional{}
	at := math.Inf(-1)
	var info *mat.SymDense
	for out.Cycles = 1; out.Cycles <= 100; out.Cycles++ {
		var grad []float64
		if at, grad, info = conditional(patterns, beta); math.IsNaN(at) {
			return Conditional{}, fmt.Errorf("%w: conditional likelihood", ErrInput)
		}
		// The sum of the difficulties is free of the likelihood: hold it at 0.
		for i := range k {
			for j := i; j < k; j++ {
				info.SetSym(i, j, info.At(i, j)+1)
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(info) || chol.Cond() > 1e12 {
			return Conditional{}, fmt.Errorf("%w: some items are not compared with the others", ErrInput)
		}
		var step mat.VecDense
		if err := chol.SolveVecTo(&step, mat.NewVecDense(k, grad)); err != nil {
			return Conditional{}, fmt.Errorf("%w: %w", ErrInput, err)
		}
		worst := 0.0
		for j := range k {
			d := clip(step.AtVec(j), 2)
			beta[j] += d
			worst = max(worst, math.Abs(d))
			if math.Abs(beta[j]) > 15 {
				return Conditional{}, fmt.Errorf("%w: item %d is answered alike by all who tell anything", ErrInput, j+1)
			}
		}
		if worst < 1e-10 {
			var v mat.SymDense
			if err := chol.InverseTo(&v); err != nil {
				return Conditional{}, fmt.Errorf("%w: %w", ErrInput, err)
			}
			var mean float64
			for _, b := range beta {
				mean += b / float64(k)
			}
			for j := range k {
				beta[j] -= mean
				// Less the variance that holding the sum put in: 1/k².
				out.SE = append(out.SE, math.Sqrt(max(0, v.At(j, j)-1/float64(k*k))))
			}
			out.B, out.LogLik = beta, at
			return out, nil
		}
	}
	return Conditional{}, &UnsettledError{Cycles: 100, Change: math.NaN(), LogLik: at}
}

// patterns gathers persons by the items they answered.
func (a *Answers) patterns() ([]*missingPattern, error) {
	known := map[string]*missingPattern{}
	var out []*missingPattern
	for i := range a.Persons() {
		var key strings.Builder
		var items []int
		sum := 0.0
		bad := false
		a.Each(i, func(j int, s float64) {
			fmt.Fprintf(&key, "%d,", j)
			items = append(items, j)
			sum += s
			bad = bad || s != 0 && s != 1
		})
		if bad {
			return nil, fmt.Errorf("%w: person %d has a partial score; the conditional model takes right and wrong", ErrInput, i+1)
		}
		if sum == 0 || int(sum) == len(items) {
			continue
		}
		p := known[key.String()]
		if p == nil {
			p = &missingPattern{items: items, right: make([]float64, len(items)), score: make([]float64, len(items)+1)}
			known[key.String()] = p
			out = append(out, p)
		}
		at := 0
		a.Each(i, func(_ int, s float64) {
			p.right[at] += s
			at++
		})
		p.score[int(sum)]++
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: nobody has both right and wrong answers", ErrInput)
	}
	return out, nil
}

// conditional is the log-likelihood, its gradient and information in the
// difficulties.
func conditional(patterns []*missingPattern, beta []float64) (loglik float64, grad []float64, info *mat.SymDense) {
	k := len(beta)
	grad = make([]float64, k)
	info = mat.NewSymDense(k, nil)
	for _, p := range patterns {
		n := len(p.items)
		eps := make([]float64, n)
		for i, j := range p.items {
			eps[i] = math.Exp(-beta[j])
			loglik -= p.right[i] * beta[j]
			grad[j] -= p.right[i]
		}
		whole := symmetric(eps, -1, -1)
		without := make([][]float64, n)
		for i := range n {
			without[i] = symmetric(eps, i, -1)
		}
		chance := make([][]float64, n) // P(right on i | score r)
		for i := range n {
			chance[i] = make([]float64, n+1)
			for r := 1; r < n; r++ {
				chance[i][r] = eps[i] * without[i][r-1] / whole[r]
			}
		}
		for r := 1; r < n; r++ {
			loglik -= p.score[r] * math.Log(whole[r])
		}
		for i, j := range p.items {
			for r := 1; r < n; r++ {
				c := chance[i][r]
				grad[j] += p.score[r] * c
				info.SetSym(j, j, info.At(j, j)+p.score[r]*c*(1-c))
			}
			for l := i + 1; l < n; l++ {
				both := symmetric(eps, i, l)
				var s float64
				for r := 1; r < n; r++ {
					joint := 0.0
					if r >= 2 {
						joint = eps[i] * eps[l] * both[r-2] / whole[r]
					}
					s += p.score[r] * (joint - chance[i][r]*chance[l][r])
				}
				m := p.items[l]
				info.SetSym(min(j, m), max(j, m), info.At(j, m)+s)
			}
		}
	}
	return loglik, grad, info
}

// symmetric is the elementary symmetric functions of all but two (−1: none).
func symmetric(eps []float64, not1, not2 int) []float64 {
	g := make([]float64, len(eps)+1)
	g[0] = 1
	used := 0
	for i, e := range eps {
		if i == not1 || i == not2 {
			continue
		}
		used++
		for r := used; r >= 1; r-- {
			g[r] += e * g[r-1]
		}
	}
	return g
}
