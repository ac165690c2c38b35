package adaptive

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

type abilityExpected struct {
	TwoPL struct {
		Items []struct {
			Item string
			A, B float64
		}
		LogLik   float64
		AIC, BIC float64
	} `json:"mirt_2pl"`
	Rasch struct {
		Items []struct {
			Item string
			B    float64
		}
		ThetaVar float64 `json:"theta_var"`
		LogLik   float64
	} `json:"rasch_mml"`
	CML []struct {
		Item           string
		Difficulty, SE float64
	} `json:"rasch_cml_erm"`
	EAP         []struct{ Theta, SE float64 }
	WLE         []struct{ Theta, SE float64 }
	Information []struct{ Theta, Info float64 } `json:"test_information"`
	Empirical   float64                         `json:"empirical_reliability_eap"`
	Marginal    float64                         `json:"marginal_reliability"`
}

func ability(t testing.TB) (*Answers, abilityExpected) {
	t.Helper()
	tt, ok := t.(*testing.T)
	if !ok {
		t.Fatal("a test only")
	}
	var want abilityExpected
	readJSON(tt, "irt/ability16/expected.json", &want)
	a, err := NewAnswers(16)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range readCSV(tt, "irt/ability16/input.csv") {
		scores := make([]float64, 16)
		for j, s := range row {
			if scores[j] = math.NaN(); s != "" {
				scores[j] = number(tt, s)
			}
		}
		if err := a.Add(scores); err != nil {
			t.Fatal(err)
		}
	}
	return a, want
}

func TestCalibrationVectors(t *testing.T) {
	t.Parallel()
	a, want := ability(t)
	c, err := Calibrate(a, CalibrateOptions{Errors: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s in %d cycles, log-likelihood %.4f", c.Model, c.Cycles, c.LogLik)
	if c.Model != TwoParameter || math.Abs(c.LogLik-want.TwoPL.LogLik) > 0.05 {
		t.Errorf("%s, log-likelihood %v, want %v", c.Model, c.LogLik, want.TwoPL.LogLik)
	}
	if math.Abs(c.AIC()-want.TwoPL.AIC) > 0.1 || math.Abs(c.BIC()-want.TwoPL.BIC) > 0.1 {
		t.Errorf("AIC %v BIC %v, want %v %v", c.AIC(), c.BIC(), want.TwoPL.AIC, want.TwoPL.BIC)
	}
	worst := 0.0
	for j, w := range want.TwoPL.Items {
		it := c.Items[j]
		worst = max(worst, math.Abs(it.A-w.A), math.Abs(it.B-w.B))
		if it.Unidentified || !(it.SEA > 0.03 && it.SEA < 0.4) || !(it.SEB > 0.02 && it.SEB < 0.3) {
			t.Errorf("%s: %+v", w.Item, it)
		}
	}
	if worst > 0.02 {
		t.Errorf("parameters are off by %v", worst)
	}
	t.Logf("parameters off by at most %.5f", worst)
	r, err := Calibrate(a, CalibrateOptions{Model: OneParameter})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s in %d cycles, log-likelihood %.4f", r.Model, r.Cycles, r.LogLik)
	if math.Abs(r.LogLik-want.Rasch.LogLik) > 0.05 || math.Abs(r.Items[0].A*r.Items[0].A-want.Rasch.ThetaVar) > 0.02 {
		t.Errorf("log-likelihood %v, variance %v", r.LogLik, r.Items[0].A*r.Items[0].A)
	}
	for j, w := range want.Rasch.Items {
		if b := r.Items[j].A * r.Items[j].B; math.Abs(b-w.B) > 0.02 {
			t.Errorf("%s: %v, want %v", w.Item, b, w.B)
		}
	}
}

func TestPersonsOnCalibratedItems(t *testing.T) {
	t.Parallel()
	a, want := ability(t)
	c, err := Calibrate(a, CalibrateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	items := make([]Item, len(c.Items))
	for j := range items {
		if items[j], err = c.Items[j].Item(); err != nil {
			t.Fatal(err)
		}
	}
	for i := range want.EAP {
		var r []Response
		a.Each(i, func(j int, s float64) { r = append(r, Response{items[j], s}) })
		post, err := NewPosterior(r, Grid{-6, 6, 61})
		if err != nil {
			t.Fatal(err)
		}
		theta, se := post.EAP()
		if math.Abs(theta-want.EAP[i].Theta) > 5e-3 || math.Abs(se-want.EAP[i].SE) > 5e-3 {
			t.Errorf("row %d: EAP %v (%v), want %+v", i+1, theta, se, want.EAP[i])
		}
		theta, _, err = WLE(r)
		if err != nil {
			t.Fatal(err)
		}
		se, err = WLESharp(r, theta)
		if err != nil || math.Abs(theta-want.WLE[i].Theta) > 5e-3 || math.Abs(se-want.WLE[i].SE) > 5e-3 {
			t.Errorf("row %d: WLE %v (%v) %v, want %+v", i+1, theta, se, err, want.WLE[i])
		}
	}
	for _, w := range want.Information {
		var sum float64
		for _, it := range items {
			sum += it.Information(w.Theta)
		}
		if math.Abs(sum-w.Info) > 0.02 {
			t.Errorf("information at %v: %v, want %v", w.Theta, sum, w.Info)
		}
	}
}

// drawn is answers of persons from N(0, 1) to items of known parameters; with
// sparse, each person answers a third of them.
func drawn(t testing.TB, items []Item, persons int, sparse bool, seed uint64) *Answers {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	a, err := NewAnswers(len(items))
	if err != nil {
		t.Fatal(err)
	}
	for range persons {
		theta := rng.NormFloat64()
		scores := make([]float64, len(items))
		for j, it := range items {
			scores[j] = 0
			if rng.Float64() < it.Probability(theta) {
				scores[j] = 1
			}
			if sparse && rng.Float64() > 1.0/3 {
				scores[j] = math.NaN()
			}
		}
		if err := a.Add(scores); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func spread(n int) []Item {
	out := make([]Item, n)
	for j := range out {
		out[j] = Item{A: 0.7 + 0.2*float64(j%7), B: -2.5 + 5*float64(j)/float64(n-1)}
	}
	return out
}

func TestCalibrationFindsWhatWasDrawn(t *testing.T) {
	t.Parallel()
	items := spread(30)
	c, err := Calibrate(drawn(t, items, 2000, false, 7), CalibrateOptions{Errors: true})
	if err != nil {
		t.Fatal(err)
	}
	inside := 0
	for j, it := range c.Items {
		if math.Abs(it.A-items[j].A) < 2.6*it.SEA && math.Abs(it.B-items[j].B) < 2.6*it.SEB {
			inside++
		}
	}
	if inside < 27 {
		t.Errorf("%d of 30 items within 2.6 standard errors", inside)
	}
	// Items nobody saw together still come onto one scale.
	s, err := Calibrate(drawn(t, items, 3000, true, 8), CalibrateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var off float64
	for j, it := range s.Items {
		off += math.Abs(it.B-items[j].B) / 30
	}
	if s.Model != TwoParameter || off > 0.15 {
		t.Errorf("%s: mean deviation of b %v", s.Model, off)
	}
}

func TestCalibrationDoesNotDependOnProcessors(t *testing.T) {
	t.Parallel()
	a := drawn(t, spread(12), 600, true, 3)
	one, err := Calibrate(a, CalibrateOptions{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	many, err := Calibrate(a, CalibrateOptions{Workers: 7})
	if err != nil {
		t.Fatal(err)
	}
	if one.Model != OneParameter {
		t.Errorf("200 answers per item give %s", one.Model)
	}
	for j := range one.Items {
		if one.Items[j] != many.Items[j] {
			t.Fatalf("item %d: %+v and %+v", j, one.Items[j], many.Items[j])
		}
	}
}

func TestCalibrationRefusals(t *testing.T) {
	t.Parallel()
	make2 := func(rows ...[]float64) *Answers {
		a, err := NewAnswers(2)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if err := a.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		return a
	}
	nan := math.NaN()
	for name, err := range map[string]error{
		"all right": func() error {
			_, err := Calibrate(make2([]float64{1, 0}, []float64{1, 1}), CalibrateOptions{})
			return err
		}(),
		"nobody": func() error {
			_, err := Calibrate(make2([]float64{1, nan}, []float64{0, nan}), CalibrateOptions{})
			return err
		}(),
		"two items": func() error {
			_, err := Calibrate(make2([]float64{1, 0}, []float64{0, 1}), CalibrateOptions{Model: TwoParameter})
			return err
		}(),
		"few nodes": func() error {
			_, err := Calibrate(make2([]float64{1, 0}, []float64{0, 1}), CalibrateOptions{Grid: Grid{-4, 4, 21}})
			return err
		}(),
		"too few": func() error {
			_, err := Calibrate(make2([]float64{1, 0}, []float64{0, 1}), CalibrateOptions{MinAnswers: 200})
			return err
		}(),
		"no model": func() error {
			_, err := Calibrate(make2([]float64{1, 0}, []float64{0, 1}), CalibrateOptions{Model: "3PL"})
			return err
		}(),
		"score":       make2().Add([]float64{2, 0}),
		"wrong width": make2().Add([]float64{0}),
	} {
		if !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var u *UnsettledError
	if _, err := Calibrate(drawn(t, spread(10), 300, false, 1), CalibrateOptions{MaxCycles: 3}); !errors.As(err, &u) || !errors.Is(err, ErrNotConverged) || u.Cycles != 3 {
		t.Errorf("three cycles: %v", err)
	}
}

// BenchmarkCalibrate240x5000 must stay under 20 s (issue: Figures).
func BenchmarkCalibrate240x5000(b *testing.B) {
	a := drawn(b, spread(240), 5000, false, 11)
	for b.Loop() {
		c, err := Calibrate(a, CalibrateOptions{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(c.Cycles), "cycles")
	}
}

func TestConditionalVectors(t *testing.T) {
	t.Parallel()
	all, want := ability(t)
	// The reference left out persons with a missing answer.
	c, err := CalibrateConditional(all.Whole())
	if err != nil {
		t.Fatal(err)
	}
	for j, w := range want.CML {
		if math.Abs(c.B[j]-w.Difficulty) > 1e-4 || math.Abs(c.SE[j]-w.SE) > 1e-4 {
			t.Errorf("%s: %v (%v), want %v (%v)", w.Item, c.B[j], c.SE[j], w.Difficulty, w.SE)
		}
	}
	if _, err := CalibrateConditional(drawn(t, spread(61), 10, false, 1)); !errors.Is(err, ErrInput) {
		t.Errorf("61 items: %v", err)
	}
}

// TestLSAT6 holds the calibration against published numbers: the patterns of
// Bock and Lieberman (1970), the estimates of ltm (Rizopoulos 2006).
func TestLSAT6(t *testing.T) {
	t.Parallel()
	counts := []int{3, 6, 2, 11, 1, 1, 3, 4, 1, 8, 0, 16, 0, 3, 2, 15, 10, 29, 14, 81, 3, 28, 15, 80, 16, 56, 21, 173, 11, 61, 28, 298}
	a, err := NewAnswers(5)
	if err != nil {
		t.Fatal(err)
	}
	for pattern, n := range counts {
		scores := make([]float64, 5)
		for j := range scores {
			scores[j] = float64(pattern >> (4 - j) & 1)
		}
		for range n {
			if err := a.Add(scores); err != nil {
				t.Fatal(err)
			}
		}
	}
	c, err := Calibrate(a, CalibrateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantA := []float64{0.8254, 0.7229, 0.8905, 0.6886, 0.6575}
	wantB := []float64{-3.3597, -1.3696, -0.2799, -1.8659, -3.1236}
	for j, it := range c.Items {
		if math.Abs(it.A-wantA[j]) > 0.005 || math.Abs(it.B-wantB[j]) > 0.02 {
			t.Errorf("item %d: %+v, want %v %v", j+1, it, wantA[j], wantB[j])
		}
	}
	if math.Abs(c.LogLik+2466.653) > 0.01 || a.Persons() != 1000 {
		t.Errorf("log-likelihood %v of %d persons", c.LogLik, a.Persons())
	}
}
