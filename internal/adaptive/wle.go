package adaptive

import (
	"fmt"
	"math"
)

// MaxTheta bounds maximum-likelihood style estimates.
const MaxTheta = 6.0

// WLE is Warm's weighted likelihood estimate, without the shrinkage of EAP, so
// the one for group means (METHOD §10), inside ±MaxTheta. It solves
//
//	Σ a(s−P) + J/(2I) = 0,  J = Σ a³PQ(1−2P),  I = Σ a²PQ
//
// The error is 1/√I at the estimate. At least one response is needed.
func WLE(responses []Response) (theta, se float64, err error) {
	if len(responses) == 0 {
		return 0, 0, fmt.Errorf("%w: no responses", ErrInput)
	}
	if err := validate(responses); err != nil {
		return 0, 0, err
	}
	score := func(t float64) (slope, information float64) {
		var j float64
		for _, r := range responses {
			p := r.Item.Probability(t)
			pq := p * (1 - p)
			slope += r.Item.A * (r.Score - p)
			j += r.Item.A * r.Item.A * r.Item.A * pq * (1 - 2*p)
			information += r.Item.A * r.Item.A * pq
		}
		return slope + j/(2*information), information
	}
	low, high := -MaxTheta, MaxTheta
	if s, _ := score(low); s <= 0 {
		high = low
	} else if s, _ := score(high); s >= 0 {
		low = high
	}
	// The weighted score falls through its root; halving is safe at any shape.
	for high-low > 1e-12 {
		mid := (low + high) / 2
		if mid == low || mid == high {
			break
		}
		if s, _ := score(mid); s > 0 {
			low = mid
		} else {
			high = mid
		}
	}
	theta = (low + high) / 2
	_, information := score(theta)
	return theta, 1 / math.Sqrt(information), nil
}

// WLESharp is the error of a WLE from the curvature of what it maximises, the
// likelihood times √I, as mirt reports it: 1/√(I − (log I)″/2). It is smaller
// than WLE's 1/√I where the information is peaked.
func WLESharp(responses []Response, theta float64) (float64, error) {
	if len(responses) == 0 || math.IsNaN(theta) {
		return 0, fmt.Errorf("%w: %d responses at %v", ErrInput, len(responses), theta)
	}
	if err := validate(responses); err != nil {
		return 0, err
	}
	var i0, i1, i2 float64
	for _, r := range responses {
		p := r.Item.Probability(theta)
		a, pq := r.Item.A, p*(1-p)
		i0 += a * a * pq
		i1 += a * a * a * pq * (1 - 2*p)
		i2 += a * a * a * a * pq * (1 - 6*pq)
	}
	curve := i0 - (i2/i0-i1/i0*(i1/i0))/2
	if !(curve > 0) {
		return 0, fmt.Errorf("%w: the likelihood is flat at %v", ErrInput, theta)
	}
	return 1 / math.Sqrt(curve), nil
}
