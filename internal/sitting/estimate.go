package sitting

import (
	"math"

	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
)

// estimated is the overall of a sitting that stopped after the first half.
type estimated struct {
	overall, sem, low, high float64 // points of 0..100
}

// estimate
func estimate(in *instrument.Instrument, items []scored) (estimated, error) {
	const nodes = 61
	var sw, st, st2 float64
	for n := range nodes {
		theta := -4 + 8*float64(n)/(nodes-1)
		l := -theta * theta / 2
		for _, q := range items {
			if q.state == scoring.NotAdministered {
				continue
			}
			p := 1 / (1 + math.Exp(-(theta - q.item.Difficulty)))
			l += q.score*math.Log(p) + (1-q.score)*math.Log(1-p)
		}
		w := math.Exp(l)
		sw += w
		st += w * theta
		st2 += w * theta * theta
	}
	theta := st / sw
	sd := math.Sqrt(max(0, st2/sw-theta*theta))
	tcc := func(t float64) float64 {
		sum, k := 0.0, 0
		for _, it := range in.Items() {
			if it.Scored() {
				sum += 1 / (1 + math.Exp(-(t - it.Difficulty)))
				k++
			}
		}
		return 100 * sum / float64(k)
	}
	e := estimated{overall: tcc(theta), low: tcc(theta - sd), high: tcc(theta + sd)}
	e.sem = (e.high - e.low) / 2
	return e, nil
}
