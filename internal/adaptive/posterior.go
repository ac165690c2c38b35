package adaptive

import (
	"fmt"
	"math"
)

// Grid is an even grid of nodes for quadrature.
type Grid struct {
	Low, High float64
	Nodes     int
}

// DefaultGrid is that of METHOD §10: 61 nodes on [−4, 4].
func DefaultGrid() Grid { return Grid{Low: -4, High: 4, Nodes: 61} }

// Validate refuses grids under 11 or over 10,000 nodes or beyond ±20.
func (g Grid) Validate() error {
	if g.Nodes < 11 || g.Nodes > 10_000 || !(g.Low < g.High) || g.Low < -20 || g.High > 20 {
		return fmt.Errorf("%w: grid of %d nodes from %v to %v", ErrInput, g.Nodes, g.Low, g.High)
	}
	return nil
}

func (g Grid) step() float64 { return (g.High - g.Low) / float64(g.Nodes-1) }

// Posterior is what the answers say about θ under the prior N(0, 1), on a
// grid.
type Posterior struct {
	grid  Grid
	mass  []float64 // density times step, trapezoid weights in, sums to 1
	theta []float64
}

// NewPosterior multiplies the prior N(0, 1) with the likelihood of the
// responses. Without responses it is the prior.
func NewPosterior(responses []Response, g Grid) (*Posterior, error) {
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if err := validate(responses); err != nil {
		return nil, err
	}
	p := &Posterior{grid: g, mass: make([]float64, g.Nodes), theta: make([]float64, g.Nodes)}
	top := math.Inf(-1)
	for k := range p.theta {
		t := g.Low + float64(k)*g.step()
		p.theta[k] = t
		p.mass[k] = logLikelihood(responses, t) - t*t/2
		top = max(top, p.mass[k])
	}
	var sum float64
	for k := range p.mass {
		p.mass[k] = math.Exp(p.mass[k] - top)
		if k == 0 || k == len(p.mass)-1 {
			p.mass[k] /= 2
		}
		sum += p.mass[k]
	}
	for k := range p.mass {
		p.mass[k] /= sum
	}
	return p, nil
}

// Expect is the mean of f(θ) and its standard deviation under the posterior.
func (p *Posterior) Expect(f func(theta float64) float64) (mean, sd float64) {
	values := make([]float64, len(p.theta))
	for k, t := range p.theta {
		values[k] = f(t)
		mean += p.mass[k] * values[k]
	}
	for k, v := range values {
		sd += p.mass[k] * (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd)
}

// EAP is the expected θ and the posterior standard deviation (METHOD §10).
func (p *Posterior) EAP() (theta, sd float64) {
	return p.Expect(func(t float64) float64 { return t })
}

// LevelMass is the probability of each level: cuts are the lower bounds of all
// levels but the lowest on the scale of θ, rising, so k cuts make k+1 levels
// (METHOD §13). The density is taken as straight lines between nodes, so that a
// cut between two nodes does not jump.
func (p *Posterior) LevelMass(cuts []float64) ([]float64, error) {
	for i, c := range cuts {
		if math.IsNaN(c) || i > 0 && !(c > cuts[i-1]) {
			return nil, fmt.Errorf("%w: cuts %v do not rise", ErrInput, cuts)
		}
	}
	out := make([]float64, len(cuts)+1)
	last := 0.0
	for i, c := range cuts {
		below := p.below(c)
		out[i] = below - last
		last = below
	}
	out[len(cuts)] = 1 - last
	return out, nil
}

// below is the probability of θ < t.
func (p *Posterior) below(t float64) float64 {
	if t <= p.grid.Low {
		return 0
	}
	if t >= p.grid.High {
		return 1
	}
	density := func(k int) float64 {
		if k == 0 || k == len(p.mass)-1 {
			return 2 * p.mass[k]
		}
		return p.mass[k]
	}
	at := (t - p.grid.Low) / p.grid.step()
	whole := min(int(at), len(p.mass)-2)
	var sum float64
	for k := range whole {
		sum += (density(k) + density(k+1)) / 2
	}
	x := at - float64(whole)
	d0, d1 := density(whole), density(whole+1)
	return min(1, sum+x*(d0+x*(d1-d0)/2))
}
