package psychometrics

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/mathext"
)

// Logistic DIF of one item (Swaminathan and Rogers 1990): score, group and
// their interaction against the score alone.
type Logistic struct {
	LR, P float64 // 2 df
	// UniformLR is group added to score, NonUniformLR the interaction added to
	// both; 1 df each.
	UniformLR, UniformP       float64
	NonUniformLR, NonUniformP float64
	// DeltaR2 is Nagelkerke's R² of the full model less that of the score
	// alone; Class by Jodoin and Gierl: under .035 A, from .07 C, and A where
	// P is not significant.
	DeltaR2 float64
	Class   Class
	Reason  string
}

// LogisticResult is a whole search.
type LogisticResult struct {
	Items             []Logistic
	Reference, Focal  int
	Dropped           int
	Rounds            int
	Settled           bool
	Anchors           []bool
	LowR2, HighR2     float64 // bounds of the classes
	significanceLevel float64
}

// Bounds of Jodoin and Gierl (2001).
const (
	jodoinLow  = 0.035
	jodoinHigh = 0.07
)

// DIFLogistic fits three logistic regressions per item (METHOD §11). What
// focal means, who is left out and how the score is purified is as in
// DIFMantelHaenszel.
func DIFLogistic(s Scores, focal []int, o DIFOptions) (LogisticResult, error) {
	o, err := o.withDefaults()
	if err != nil {
		return LogisticResult{}, err
	}
	rows, group, dropped, err := difRows(s, focal)
	if err != nil {
		return LogisticResult{}, err
	}
	k := len(rows[0])
	out := LogisticResult{Dropped: dropped, Items: make([]Logistic, k), LowR2: jodoinLow, HighR2: jodoinHigh, significanceLevel: o.Alpha}
	for _, g := range group {
		if g == 1 {
			out.Focal++
		} else {
			out.Reference++
		}
	}
	out.Anchors, out.Rounds, out.Settled = purify(k, o.Rounds, func(anchors []bool) []bool {
		flagged := make([]bool, k)
		for j := range k {
			out.Items[j] = logistic(rows, group, matching(rows, anchors, j), j, o.Alpha)
			flagged[j] = out.Items[j].Reason == "" && out.Items[j].P < o.Alpha
		}
		return flagged
	})
	return out, nil
}

// cellsOf gathers persons of one score and group: the likelihood needs only
// their number and how many were right.
type binomial struct {
	x        [4]float64 // 1, score, group, score·group
	n, right float64
}

func logistic(rows Scores, group, score []int, item int, level float64) Logistic {
	k := len(rows[0])
	cells := make([]binomial, 2*(k+1))
	var mean, n float64
	for i := range rows {
		mean += float64(score[i])
		n++
	}
	mean /= n
	for i, row := range rows {
		c := &cells[2*score[i]+group[i]]
		// The score is centred and scaled: the fit is the same, the steps safer.
		x := (float64(score[i]) - mean) / float64(k)
		c.x = [4]float64{1, x, float64(group[i]), x * float64(group[i])}
		c.n++
		c.right += row[item]
	}
	dev := [5]float64{}
	for p := 1; p <= 4; p++ {
		d, err := deviance(cells, p)
		if err != nil {
			return Logistic{Reason: err.Error()}
		}
		dev[p] = d
	}
	l := Logistic{LR: max(0, dev[2]-dev[4]), UniformLR: max(0, dev[2]-dev[3]), NonUniformLR: max(0, dev[3]-dev[4])}
	l.P = math.Exp(-l.LR / 2) // χ² with 2 df
	l.UniformP = mathext.GammaIncRegComp(0.5, l.UniformLR/2)
	l.NonUniformP = mathext.GammaIncRegComp(0.5, l.NonUniformLR/2)
	nagelkerke := func(d float64) float64 {
		return (1 - math.Exp((d-dev[1])/n)) / (1 - math.Exp(-dev[1]/n))
	}
	l.DeltaR2 = nagelkerke(dev[4]) - nagelkerke(dev[2])
	switch {
	case l.P >= level || l.DeltaR2 < jodoinLow:
		l.Class = ClassA
	case l.DeltaR2 < jodoinHigh:
		l.Class = ClassB
	default:
		l.Class = ClassC
	}
	return l
}

// deviance of the logistic regression on the first p columns, by Fisher
// scoring with step halving. Answers that the columns separate have no finite
// fit; the deviance is then its limit, which is what the test needs.
func deviance(cells []binomial, p int) (float64, error) {
	beta := make([]float64, p)
	value := func(b []float64) float64 {
		var d float64
		for _, c := range cells {
			if c.n == 0 {
				continue
			}
			var x float64
			for j := range p {
				x += b[j] * c.x[j]
			}
			// −2·(y·x − n·log(1+eˣ))
			soft := math.Log1p(math.Exp(-math.Abs(x))) + max(x, 0)
			d += 2 * (c.n*soft - c.right*x)
		}
		return d
	}
	at := value(beta)
	for range 100 {
		info := mat.NewSymDense(p, nil)
		grad := mat.NewVecDense(p, nil)
		for _, c := range cells {
			if c.n == 0 {
				continue
			}
			var x float64
			for j := range p {
				x += beta[j] * c.x[j]
			}
			q := 1 / (1 + math.Exp(-x))
			w := c.n * max(q*(1-q), 1e-12)
			for j := range p {
				grad.SetVec(j, grad.AtVec(j)+(c.right-c.n*q)*c.x[j])
				for i := j; i < p; i++ {
					info.SetSym(j, i, info.At(j, i)+w*c.x[j]*c.x[i])
				}
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(info) {
			return 0, fmt.Errorf("%w: score and group cannot be told apart", ErrNoSpread)
		}
		var step mat.VecDense
		if err := chol.SolveVecTo(&step, grad); err != nil {
			return 0, fmt.Errorf("%w: %w", ErrNoSpread, err)
		}
		next, better := make([]float64, p), false
		for scale := 1.0; scale > 1e-6; scale /= 2 {
			for j := range p {
				next[j] = beta[j] + scale*step.AtVec(j)
			}
			if v := value(next); v <= at+1e-12 {
				gain := at - v
				copy(beta, next)
				at, better = v, true
				if gain < 1e-10*(1+math.Abs(at)) {
					return at, nil
				}
				break
			}
		}
		if !better {
			return at, nil
		}
	}
	return 0, fmt.Errorf("%w: logistic regression", ErrNotConverged)
}
