package adaptive

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestLinkFindsTheTransformation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := Link{rapid.Float64Range(0.6, 1.6).Draw(t, "slope"), rapid.Float64Range(-1, 1).Draw(t, "shift")}
		running := spread(25)
		fresh := make([]Item, len(running))
		inverse := Link{1 / want.Slope, -want.Shift / want.Slope}
		for k, it := range running {
			fresh[k] = inverse.Item(it)
		}
		method := rapid.SampledFrom([]LinkMethod{MeanSigma, StockingLord}).Draw(t, "method")
		got, err := Links(fresh, running, LinkOptions{Method: method, FormItems: 60})
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(got.Slope-want.Slope) > 1e-6 || math.Abs(got.Shift-want.Shift) > 1e-6 || got.Worst > 1e-6 || len(got.Used) != 25 {
			t.Fatalf("%+v, want %+v", got, want)
		}
		// An anchor that moved is dropped and does not bend the link.
		moved := rapid.IntRange(0, 24).Draw(t, "moved")
		fresh[moved].B += 1.5 / want.Slope
		got, err = Links(fresh, running, LinkOptions{Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Dropped) != 1 || got.Dropped[0].Anchor != moved || math.Abs(got.Slope-want.Slope) > 1e-6 {
			t.Fatalf("anchor %d: %+v", moved, got)
		}
	})
}

func TestLinkRefusals(t *testing.T) {
	t.Parallel()
	items := spread(10)
	if _, err := Links(items, items, LinkOptions{FormItems: 60}); !errors.Is(err, ErrNotLinked) {
		t.Errorf("10 anchors of 12: %v", err)
	}
	if _, err := Links(items, items[:5], LinkOptions{}); !errors.Is(err, ErrInput) {
		t.Errorf("unequal lists: %v", err)
	}
	same := []Item{{1, 0}, {1, 0}, {1, 0}}
	if _, err := Links(same, same, LinkOptions{}); !errors.Is(err, ErrNotLinked) {
		t.Errorf("one difficulty: %v", err)
	}
	if _, err := Links(items, items, LinkOptions{Method: "luck"}); !errors.Is(err, ErrInput) {
		t.Errorf("method: %v", err)
	}
	all := make([]Item, 10)
	for k, it := range items {
		all[k] = Item{it.A, -it.B}
	}
	if _, err := Links(all, items, LinkOptions{MaxShift: 0.01}); !errors.Is(err, ErrNotLinked) {
		t.Errorf("anchors that all moved: %v", err)
	}
}

func TestReliabilityVectors(t *testing.T) {
	t.Parallel()
	a, want := ability(t)
	c, err := Calibrate(a, CalibrateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	items := make([]Item, len(c.Items))
	for j := range items {
		items[j] = Item{c.Items[j].A, c.Items[j].B}
	}
	var theta, se []float64
	for i := range a.Persons() {
		var r []Response
		a.Each(i, func(j int, s float64) { r = append(r, Response{items[j], s}) })
		if len(r) == 0 {
			continue // mirt gives no estimate to people without answers
		}
		post, err := NewPosterior(r, Grid{-6, 6, 61})
		if err != nil {
			t.Fatal(err)
		}
		t, s := post.EAP()
		theta, se = append(theta, t), append(se, s)
	}
	got, err := EmpiricalReliability(theta, se)
	if err != nil || math.Abs(got-want.Empirical) > 1e-3 {
		t.Errorf("empirical %v, want %v (%v)", got, want.Empirical, err)
	}
	form, err := NewForm(items)
	if err != nil {
		t.Fatal(err)
	}
	if got := form.MarginalReliability(); math.Abs(got-want.Marginal) > 1e-3 {
		t.Errorf("marginal %v, want %v", got, want.Marginal)
	}
}
