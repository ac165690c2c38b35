package adaptive

import (
	"errors"
	"math"
	"testing"
)

func TestFitKeepsItemsThatFitAndFindsOneThatDoesNot(t *testing.T) {
	t.Parallel()
	items := spread(15)
	a := drawn(t, items, 3000, false, 21)
	fit, persons, err := FitOf(a, items, 0)
	if err != nil || persons != 3000 {
		t.Fatalf("%d persons, %v", persons, err)
	}
	low := 0
	for j, f := range fit {
		if f.Reason != "" || f.DF < 5 {
			t.Errorf("item %d: %+v", j, f)
		}
		if f.P < 0.01 {
			low++
		}
	}
	if low > 1 {
		t.Errorf("%d of 15 true items under 0.01", low)
	}
	// The same answers held against a wrong curve.
	wrong := append([]Item(nil), items...)
	wrong[7] = Item{A: 0.3, B: items[7].B + 0.5}
	fit, _, err = FitOf(a, wrong, 2)
	if err != nil || fit[7].P > 1e-6 {
		t.Errorf("%+v %v", fit[7], err)
	}
	if _, _, err := FitOf(a, items[:3], 2); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
	if _, _, err := FitOf(drawn(t, items, 50, true, 1), items, 2); !errors.Is(err, ErrInput) {
		t.Errorf("nobody answered all: %v", err)
	}
}

func TestPlausibleValuesFollowThePosterior(t *testing.T) {
	t.Parallel()
	items, _ := provisional(t)
	var r []Response
	for i, it := range items[:12] {
		r = append(r, Response{it, float64(i % 2)})
	}
	p, err := NewPosterior(r, DefaultGrid())
	if err != nil {
		t.Fatal(err)
	}
	theta, sd := p.EAP()
	v, err := p.Draws(1000, 5)
	if err != nil {
		t.Fatal(err)
	}
	var mean, s float64
	for _, x := range v {
		mean += x / 1000
	}
	for _, x := range v {
		s += (x - mean) * (x - mean) / 999
	}
	if math.Abs(mean-theta) > 4*sd/math.Sqrt(1000) || math.Abs(math.Sqrt(s)/sd-1) > 0.1 {
		t.Errorf("mean %v (%v), posterior %v (%v)", mean, math.Sqrt(s), theta, sd)
	}
	again, err := p.Draws(3, 5)
	if err != nil || again[2] != v[2] {
		t.Errorf("another draw: %v %v", again, err)
	}
	if _, err := p.Draws(0, 1); !errors.Is(err, ErrInput) {
		t.Error(err)
	}
}
