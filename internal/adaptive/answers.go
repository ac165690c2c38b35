package adaptive

import (
	"fmt"
	"math"
)

// Answers are the scores of many persons on the items of a pool, kept sparse:
// an item that was not administered takes no room and has no influence.
type Answers struct {
	items int
	start []int
	item  []int32
	score []float64
}

// Bounds of a calibration.
const (
	MaxPersons = 2_000_000
	maxScores  = 500_000_000
)

// NewAnswers makes room for answers to the given number of items.
func NewAnswers(items int) (*Answers, error) {
	if items < 1 || items > MaxItems {
		return nil, fmt.Errorf("%w: %d items", ErrInput, items)
	}
	return &Answers{items: items, start: []int{0}}, nil
}

// Add takes one person: scores has a place for every item, NaN where it was not
// administered, otherwise 0 to 1.
func (a *Answers) Add(scores []float64) error {
	if len(scores) != a.items {
		return fmt.Errorf("%w: %d scores for %d items", ErrInput, len(scores), a.items)
	}
	if len(a.start) > MaxPersons || len(a.item)+a.items > maxScores {
		return fmt.Errorf("%w: more than %d persons or %d answers", ErrInput, MaxPersons, maxScores)
	}
	for j, s := range scores {
		if math.IsNaN(s) {
			continue
		}
		if !(s >= 0 && s <= 1) {
			a.item, a.score = a.item[:a.start[len(a.start)-1]], a.score[:a.start[len(a.start)-1]]
			return fmt.Errorf("%w: item %d has score %v", ErrInput, j, s)
		}
		a.item, a.score = append(a.item, int32(j)), append(a.score, s)
	}
	a.start = append(a.start, len(a.item))
	return nil
}

// Persons who were added, those without any answer among them.
func (a *Answers) Persons() int { return len(a.start) - 1 }

// Items of the pool.
func (a *Answers) Items() int { return a.items }

// Each goes through the answers of one person.
func (a *Answers) Each(person int, visit func(item int, score float64)) {
	for k := a.start[person]; k < a.start[person+1]; k++ {
		visit(int(a.item[k]), a.score[k])
	}
}

// Count is, per item, how many persons answered it and their mean score.
func (a *Answers) Count() (n []int, mean []float64) {
	n, mean = make([]int, a.items), make([]float64, a.items)
	for k, j := range a.item {
		n[j]++
		mean[j] += a.score[k]
	}
	for j := range mean {
		mean[j] /= float64(n[j]) // NaN where nobody answered
	}
	return n, mean
}

// Whole is the persons who answered every item.
func (a *Answers) Whole() *Answers {
	out := &Answers{items: a.items, start: []int{0}}
	for i := range a.Persons() {
		if from, to := a.start[i], a.start[i+1]; to-from == a.items {
			out.item, out.score = append(out.item, a.item[from:to]...), append(out.score, a.score[from:to]...)
			out.start = append(out.start, len(out.item))
		}
	}
	return out
}
