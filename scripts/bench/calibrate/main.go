// Command calibrate measures the calibration of an item bank: two-parameter model,
// marginal maximum likelihood, every person has answered every item.
//
//	go run ./scripts/bench/calibrate [-items 240] [-persons 5000]
//
// It prints the time beside its limit of 20 s and how far the estimates are from what
// was drawn, and checks that another number of processors gives the same bits. It exits
// 1 when one of them fails.
package main

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"osvitlo/internal/adaptive"
)

const limit = 20 * time.Second

func main() {
	items := flag.Int("items", 240, "items")
	persons := flag.Int("persons", 5000, "sittings")
	flag.Parse()
	ok, err := run(*items, *persons)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(items, persons int) (bool, error) {
	bank, err := adaptive.StudyBank(items, 6, 1.34, 0.4, 1)
	if err != nil {
		return false, err
	}
	answers, err := adaptive.NewAnswers(items)
	if err != nil {
		return false, err
	}
	rng := rand.New(rand.NewPCG(11, 1))
	scores := make([]float64, items)
	for range persons {
		theta := rng.NormFloat64()
		for j, it := range bank.Items() {
			if scores[j] = 0; rng.Float64() < it.Probability(theta) {
				scores[j] = 1
			}
		}
		if err := answers.Add(scores); err != nil {
			return false, err
		}
	}
	began := time.Now()
	found, err := adaptive.Calibrate(answers, adaptive.CalibrateOptions{Model: adaptive.TwoParameter})
	if err != nil {
		return false, err
	}
	took := time.Since(began)
	var a, b float64
	for j, it := range bank.Items() {
		a += math.Pow(found.Items[j].A-it.A, 2)
		b += math.Pow(found.Items[j].B-it.B, 2)
	}
	verdict := "met"
	if took > limit {
		verdict = "NOT met"
	}
	fmt.Printf("calibration of %d items × %d sittings: %v in %d cycles, limit %v, %s\n", items, persons, took.Round(time.Millisecond), found.Cycles, limit, verdict)
	fmt.Printf("distance from what was drawn: a %.3f, b %.3f (root mean square)\n", math.Sqrt(a/float64(items)), math.Sqrt(b/float64(items)))
	again, err := adaptive.Calibrate(answers, adaptive.CalibrateOptions{Model: adaptive.TwoParameter, Workers: 1})
	if err != nil {
		return false, err
	}
	same := found.LogLik == again.LogLik && slices.Equal(found.Items, again.Items)
	fmt.Printf("the same bits on one processor: %v\n", same)
	return took <= limit && same, nil
}
