package weighting

import (
	"errors"
	"math"
	"testing"
)

func TestHolm(t *testing.T) {
	t.Parallel()
	got, err := Holm([]float64{0.01, 0.04, 0.03, 0.9})
	if err != nil {
		t.Fatal(err)
	}
	nearAll(t, "holm", got, []float64{0.04, 0.09, 0.09, 0.9}, 1e-12)
	if _, err := Holm([]float64{math.NaN()}); !errors.Is(err, ErrInput) {
		t.Errorf("not a number: %v", err)
	}
}

func TestSmallestDetectable(t *testing.T) {
	t.Parallel()
	got, err := SmallestDetectable(400, 1.5, 1000)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "smallest difference", got, 2.8*math.Sqrt(1.2), 1e-12)
	if _, err := SmallestDetectable(400, 1.5, 0); !errors.Is(err, ErrInput) {
		t.Errorf("nobody: %v", err)
	}
}

func TestChangeWithoutError(t *testing.T) {
	t.Parallel()
	same := Difference(Estimate{Value: 5}, Estimate{Value: 5})
	if same.P != 1 || same.Z != 0 || same.Detectable(0) {
		t.Errorf("no change: %+v", same)
	}
	if moved := Difference(Estimate{Value: 5}, Estimate{Value: 7}); moved.P != 0 || !moved.Detectable(MinChange) {
		t.Errorf("a change without error: %+v", moved)
	}
}
