package adaptive

import (
	"fmt"
	"math"
)

// Form is the frozen reference form of the public scale (METHOD §2).
type Form struct {
	items []Item
}

// NewForm checks the items of a form.
func NewForm(items []Item) (Form, error) {
	if len(items) == 0 || len(items) > MaxItems {
		return Form{}, fmt.Errorf("%w: a form of %d items", ErrInput, len(items))
	}
	for i, it := range items {
		if err := it.Validate(); err != nil {
			return Form{}, fmt.Errorf("item %d: %w", i, err)
		}
	}
	return Form{items: append([]Item(nil), items...)}, nil
}

// Expected is the characteristic curve: the expected percent correct on the
// form, 100·Σ P_j(θ)/J, rising from 0 to 100.
func (f Form) Expected(theta float64) float64 {
	var s float64
	for _, it := range f.items {
		s += it.Probability(theta)
	}
	return 100 * s / float64(len(f.items))
}

// Slope is the derivative of Expected: 100·Σ a·P·(1−P)/J.
func (f Form) Slope(theta float64) float64 {
	var s float64
	for _, it := range f.items {
		p := it.Probability(theta)
		s += it.A * p * (1 - p)
	}
	return 100 * s / float64(len(f.items))
}

// Score turns θ and its error into points by the delta method: the error is
// Slope(θ)·se.
func (f Form) Score(theta, se float64) (points, scoreSE float64) {
	return f.Expected(theta), f.Slope(theta) * se
}

// PosteriorScore is the mean and standard deviation of the expected score
// under a posterior; it does not lean on the curve being straight.
func (f Form) PosteriorScore(p *Posterior) (points, sd float64) {
	return p.Expect(f.Expected)
}

// Theta is the inverse of Expected: the θ in [−20, 20] whose expected score is
// the given one. Scores the curve does not reach there, 0 and 100 among them,
// are errors.
func (f Form) Theta(points float64) (float64, error) {
	low, high := -20.0, 20.0
	if math.IsNaN(points) || len(f.items) == 0 || points <= f.Expected(low) || points >= f.Expected(high) {
		return 0, fmt.Errorf("%w: no ability expects %v points", ErrInput, points)
	}
	for high-low > 1e-13 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if f.Expected(mid) < points {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2, nil
}

// Cuts turns cut-offs in points (above 0, rising) into cut-offs on θ, for
// Posterior.LevelMass.
func (f Form) Cuts(points []float64) ([]float64, error) {
	out := make([]float64, len(points))
	for i, p := range points {
		var err error
		if out[i], err = f.Theta(p); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// ThetaCuts are the project's cut-offs on θ for a calibrated bank: A2, B1, B2,
// C1, C2 from −1.5, −0.75, 0, 0.75, 1.5 (METHOD §3).
func ThetaCuts() []float64 { return []float64{-1.5, -0.75, 0, 0.75, 1.5} }
