package sitting

import (
	"osvitlo/internal/adaptive"
	"osvitlo/internal/instrument"
	"osvitlo/internal/scoring"
)

// estimated is the overall of a sitting that stopped after the first half.
type estimated struct {
	overall, sem, low, high float64 // points of 0..100
}

// estimate gives the overall from the administered items alone: the expected
// ability (EAP, prior N(0, 1)) under the one-parameter model with the items'
// intended difficulties, put through the characteristic curve of the whole form
// (METHOD §2, §10). Low and high are the curve one posterior standard deviation
// below and above; sem is half their distance. The difficulties are provisional
// until the bank is calibrated, so the interval is wide and says so.
func estimate(in *instrument.Instrument, items []scored) (estimated, error) {
	responses := make([]adaptive.Response, 0, len(items))
	for _, q := range items {
		if q.state != scoring.NotAdministered {
			responses = append(responses, adaptive.Response{Item: adaptive.Item{A: 1, B: q.item.Difficulty}, Score: q.score})
		}
	}
	var whole []adaptive.Item
	for _, it := range in.Items() {
		if it.Scored() {
			whole = append(whole, adaptive.Item{A: 1, B: it.Difficulty})
		}
	}
	form, err := adaptive.NewForm(whole)
	if err != nil {
		return estimated{}, err
	}
	posterior, err := adaptive.NewPosterior(responses, adaptive.DefaultGrid())
	if err != nil {
		return estimated{}, err
	}
	theta, sd := posterior.EAP()
	e := estimated{overall: form.Expected(theta), low: form.Expected(theta - sd), high: form.Expected(theta + sd)}
	e.sem = (e.high - e.low) / 2
	return e, nil
}
