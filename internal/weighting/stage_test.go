package weighting

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// TestLaterStagesAddWhatTheFirstLeaves: a census inside the units adds nothing;
// without a known first stage nothing is added; a smaller fraction inside adds
// more.
func TestLaterStagesAddWhatTheFirstLeaves(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const schools, classes, pupils = 4, 3, 4
		n := schools * classes * pupils
		d := Design{Weights: make([]float64, n), PSUs: make([]int, n), FPC: make([]float64, n)}
		class, all, some, most := make([]int, n), make([]float64, n), make([]float64, n), make([]float64, n)
		y := make([]float64, n)
		for i := range n {
			d.Weights[i] = rapid.Float64Range(1, 3).Draw(t, "w")
			d.PSUs[i], class[i] = i/(classes*pupils), i/pupils%classes
			d.FPC[i], all[i], some[i], most[i] = 10, classes, classes+1, 4*classes
			y[i] = rapid.Float64Range(0, 100).Draw(t, "y")
		}
		se := func(stages ...Stage) float64 {
			c := d
			c.Stages = stages
			s, err := NewSample(c)
			if err != nil {
				t.Fatal(err)
			}
			e, err := s.Mean(y, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, z := s.linearised(y, func() []bool {
				in := make([]bool, n)
				for i := range in {
					in[i] = true
				}
				return in
			}())
			cov, err := s.Covariance([][]float64{z})
			if err != nil || math.Abs(math.Sqrt(cov[0][0])-e.SE) > 1e-9*(1+e.SE) {
				t.Fatalf("covariance %v, error %v (%v)", cov, e.SE, err)
			}
			return e.SE
		}
		first := se()
		census, few, many := se(Stage{class, all}), se(Stage{class, some}), se(Stage{class, most})
		if math.Abs(census-first) > 1e-12*(1+first) || few < first || many < few {
			t.Fatalf("first stage %v, census inside %v, of %d: %v, of %d: %v", first, census, classes+1, few, 4*classes, many)
		}
		d.FPC = nil
		if a, b := se(), se(Stage{class, nil}); a != b {
			t.Fatalf("without fpc %v and %v", a, b)
		}
	})
}

func TestStageRefusals(t *testing.T) {
	t.Parallel()
	ok := Design{Weights: []float64{1, 1, 1, 1}, PSUs: []int{0, 0, 1, 1}, FPC: []float64{5, 5, 5, 5}}
	for name, st := range map[string]Stage{
		"short":       {Units: []int{0, 1}},
		"fpc differs": {Units: []int{0, 1, 0, 1}, FPC: []float64{3, 4, 3, 3}},
		"fpc small":   {Units: []int{0, 1, 0, 1}, FPC: []float64{1, 1, 1, 1}},
		"fpc zero":    {Units: []int{0, 1, 0, 1}, FPC: []float64{0, 0, 0, 0}},
	} {
		d := ok
		d.Stages = []Stage{st}
		if _, err := NewSample(d); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
