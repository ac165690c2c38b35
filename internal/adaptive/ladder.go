package adaptive

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Ladder studies the rule of questionnaires that climb: items of a thread stand
// from easy to hard, a right answer passes all easier ones, a wrong one fails
// all harder ones, the middle of what is unknown is asked next, and the test
// ends when nothing is unknown. threads lists the items of each thread. It is
// the rule the adaptive test is compared with.
//
// The number of passed items is turned into θ by what a first sample of as many
// persons shows, the mean ability by that number, so the ladder is read as well
// as it can be.
func (s Study) Ladder(ctx context.Context, threads [][]int) (Finding, error) {
	climb := make([][]int, len(threads))
	for k, items := range threads {
		for _, j := range items {
			if j < 0 || j >= len(s.Bank.items) {
				return Finding{}, fmt.Errorf("%w: a thread with item %d", ErrInput, j)
			}
		}
		climb[k] = slices.Clone(items)
		slices.SortStableFunc(climb[k], func(i, j int) int {
			switch {
			case s.Bank.items[i].B < s.Bank.items[j].B:
				return -1
			case s.Bank.items[i].B > s.Bank.items[j].B:
				return 1
			}
			return i - j
		})
	}
	total := 0
	for _, c := range climb {
		total += len(c)
	}
	if total == 0 {
		return Finding{}, fmt.Errorf("%w: no threads", ErrInput)
	}
	walk := func(s Study) ([]seen, error) {
		return s.run(ctx, func(i int) (seen, error) {
			theta, seed := s.person(i)
			p := seen{truth: theta}
			passed := 0
			for _, items := range climb {
				low, high := 0, len(items) // items below low are passed, from high on failed
				for low < high {
					mid := (low + high) / 2
					p.items = append(p.items, items[mid])
					if s.answer(seed, items[mid], theta) == 1 {
						low = mid + 1
					} else {
						high = mid
					}
				}
				passed += low
			}
			p.theta = float64(passed)
			return p, nil
		})
	}
	sample := s
	sample.Seed = mix(s.Seed + 1)
	training, err := walk(sample)
	if err != nil {
		return Finding{}, err
	}
	reading := readingOf(training, total)
	people, err := walk(s)
	if err != nil {
		return Finding{}, err
	}
	for i := range people {
		people[i].theta = reading[int(people[i].theta)]
	}
	return s.sum("ladder", people, ThetaCuts()), nil
}

// readingOf is the mean ability by number of passed items, smoothed by the
// straight line through all persons with the weight of ten of them.
func readingOf(people []seen, total int) []float64 {
	var n, x, y, xx, xy float64
	count, sum := make([]float64, total+1), make([]float64, total+1)
	for _, p := range people {
		k := int(p.theta)
		count[k]++
		sum[k] += p.truth
		n++
		x += p.theta
		y += p.truth
		xx += p.theta * p.theta
		xy += p.theta * p.truth
	}
	slope := 0.0
	if v := xx - x*x/n; v > 0 {
		slope = (xy - x*y/n) / v
	}
	out := make([]float64, total+1)
	for k := range out {
		line := y/n + slope*(float64(k)-x/n)
		out[k] = (sum[k] + 10*line) / (count[k] + 10)
		if math.IsNaN(out[k]) {
			out[k] = line
		}
	}
	return out
}

// Threads divides the scored items of each area among threads so that each has
// easy and hard ones: by difficulty, in turn.
func (b *Bank) Threads(perArea int) ([][]int, error) {
	if perArea < 1 {
		return nil, fmt.Errorf("%w: %d threads per area", ErrInput, perArea)
	}
	var out [][]int
	for _, items := range b.byArea {
		sorted := slices.Clone(items)
		slices.SortStableFunc(sorted, func(i, j int) int {
			switch {
			case b.items[i].B < b.items[j].B:
				return -1
			case b.items[i].B > b.items[j].B:
				return 1
			}
			return i - j
		})
		threads := make([][]int, min(perArea, len(sorted)))
		for k, j := range sorted {
			threads[k%len(threads)] = append(threads[k%len(threads)], j)
		}
		out = append(out, threads...)
	}
	return out, nil
}
