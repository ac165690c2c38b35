package adaptive

import "slices"

// Outcome is what a test says about a person.
type Outcome struct {
	Theta, SE float64
	Items     int // scored
	Stop      Stop
	// Mass is the posterior probability of each level, the lowest first.
	Mass []float64
	// Level is that of θ by the cuts; Low and High those of θ ∓ SE: the range
	// that is shown. Border: Low and High differ.
	Level, Low, High int
	Border           bool
	// Certified is the highest level L with P(θ ≥ cut_L) at least the rule's
	// Certain: 0, the lowest, is always certain.
	Certified int
	// Deciding is the place of the cut nearest to being decided: the posterior
	// mass above it is nearest to one half. Above is that mass.
	Deciding int
	Above    float64
	// PerArea is the number of scored items per area.
	PerArea []int
}

// Outcome of the answers so far.
func (t *Test) Outcome() Outcome {
	o := Outcome{Theta: t.theta, SE: t.se, Items: t.given, Stop: t.stop, PerArea: t.PerArea()}
	p := t.posterior()
	// The cuts were checked when the test began.
	o.Mass, _ = p.LevelMass(t.rule.Cuts)
	o.Level = LevelOf(t.theta, t.rule.Cuts)
	o.Low, o.High = LevelOf(t.theta-t.se, t.rule.Cuts), LevelOf(t.theta+t.se, t.rule.Cuts)
	o.Border = o.Low != o.High
	above, best := 0.0, 2.0
	for l := len(o.Mass) - 1; l > 0; l-- {
		above += o.Mass[l]
		if above >= t.rule.Certain && o.Certified == 0 {
			o.Certified = l
		}
		if d := max(above-0.5, 0.5-above); d < best {
			best, o.Deciding, o.Above = d, l-1, above
		}
	}
	return o
}

// posterior over θ; mass holds it after every answer.
func (t *Test) posterior() *Posterior {
	return &Posterior{grid: t.bank.grid, mass: slices.Clone(t.mass), theta: t.bank.theta}
}

// Posterior of θ after the answers so far.
func (t *Test) Posterior() *Posterior { return t.posterior() }

// Area is the estimate from the items of one area alone under N(0, 1), for the
// profile; without items of the area it is the prior.
func (t *Test) Area(area int) (theta, se float64) {
	var r []Response
	for _, s := range t.log {
		if it := t.bank.items[t.bank.place[s.Item]]; it.Area == area && !it.Pretest {
			r = append(r, Response{it.Item, s.Score})
		}
	}
	p, err := NewPosterior(r, t.bank.grid)
	if err != nil {
		return 0, 1 // only checked items and scores are in the log
	}
	return p.EAP()
}

// LevelOf is the number of cuts at or below θ.
func LevelOf(theta float64, cuts []float64) int {
	l := 0
	for _, c := range cuts {
		if theta >= c {
			l++
		}
	}
	return l
}
