package adaptive

import (
	"fmt"
	"math"
)

// Item is a two-parameter logistic item with D = 1 (METHOD §10); the
// one-parameter model is A = 1 for all items of a form.
type Item struct {
	A float64 // discrimination, above 0
	B float64 // difficulty on the scale of θ
}

// Validate refuses parameters that no calibration gives: A outside (0, 10],
// B outside [−10, 10].
func (it Item) Validate() error {
	if !(it.A > 0 && it.A <= 10) || !(it.B >= -10 && it.B <= 10) {
		return fmt.Errorf("%w: item a=%v b=%v", ErrInput, it.A, it.B)
	}
	return nil
}

// Probability of a right answer at θ: 1/(1+exp(−a(θ−b))).
func (it Item) Probability(theta float64) float64 {
	return 1 / (1 + math.Exp(-it.A*(theta-it.B)))
}

// Information is Fisher's at θ: a²·P·(1−P).
func (it Item) Information(theta float64) float64 {
	p := it.Probability(theta)
	return it.A * it.A * p * (1 - p)
}

// Response is an administered item and its score in [0, 1]. A partial score s
// enters as s·log P + (1−s)·log(1−P), which keeps the expected score right.
// Items not administered are simply not in the list.
type Response struct {
	Item  Item
	Score float64
}

func validate(responses []Response) error {
	if len(responses) > MaxItems {
		return fmt.Errorf("%w: %d responses", ErrInput, len(responses))
	}
	for i, r := range responses {
		if err := r.Item.Validate(); err != nil {
			return fmt.Errorf("response %d: %w", i, err)
		}
		if !(r.Score >= 0 && r.Score <= 1) {
			return fmt.Errorf("%w: response %d has score %v", ErrInput, i, r.Score)
		}
	}
	return nil
}

// logLikelihood of θ, written so that no term overflows.
func logLikelihood(responses []Response, theta float64) float64 {
	var l float64
	for _, r := range responses {
		x := r.Item.A * (theta - r.Item.B)
		// s·log P + (1−s)·log(1−P) = s·x − log(1+eˣ)
		l += r.Score*x - softplus(x)
	}
	return l
}

func softplus(x float64) float64 {
	if x > 0 {
		return x + math.Log1p(math.Exp(-x))
	}
	return math.Log1p(math.Exp(x))
}
