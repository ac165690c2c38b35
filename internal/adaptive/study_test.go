package adaptive

import (
	"context"
	"errors"
	"math"
	"testing"
)

func TestStudyIsTheSameOnAnyMachine(t *testing.T) {
	t.Parallel()
	b := bank180(t, 1.34, 0.4, 1)
	one := Study{Bank: b, Persons: 200, Seed: 3, Workers: 1}
	many := Study{Bank: b, Persons: 200, Seed: 3, Workers: 5}
	f1, err := one.Adaptive(context.Background(), Express())
	if err != nil {
		t.Fatal(err)
	}
	f2, err := many.Adaptive(context.Background(), Express())
	if err != nil {
		t.Fatal(err)
	}
	if f1 != f2 {
		t.Errorf("%+v and %+v", f1, f2)
	}
	k1, err := one.Exposures(context.Background(), Express(), 0.25)
	if err != nil {
		t.Fatal(err)
	}
	k2, err := many.Exposures(context.Background(), Express(), 0.25)
	if err != nil {
		t.Fatal(err)
	}
	for j := range k1.k {
		if k1.k[j] != k2.k[j] {
			t.Fatalf("K of item %d: %v and %v", j, k1.k[j], k2.k[j])
		}
	}
}

func TestStudyOfThe2PLBank(t *testing.T) {
	t.Parallel()
	s := Study{Bank: bank180(t, 1.34, 0.4, 1), Persons: 2000, Seed: 1}
	r := Express()
	r.MaxSE = 0
	f, err := s.Adaptive(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", f)
	if f.RMSE > 0.293*1.05 || math.Abs(f.Bias) > 0.03 || f.LeastOfArea < 3 || f.MostOfArea > 4 || f.Adjacent < 0.99 || math.Abs(f.MeanSE-f.RMSE) > 0.02 {
		t.Errorf("METHOD §13 is not reached: %+v", f)
	}
}

func TestLadderLeavesNothingUnknown(t *testing.T) {
	t.Parallel()
	b := bank180(t, 1.34, 0.4, 1)
	threads, err := b.Threads(5)
	if err != nil || len(threads) != 30 {
		t.Fatalf("%d threads, %v", len(threads), err)
	}
	s := Study{Bank: b, Persons: 300, Seed: 2}
	f, err := s.Ladder(context.Background(), threads)
	if err != nil {
		t.Fatal(err)
	}
	// Six rungs need two or three questions in each of thirty threads.
	if f.Length < 60 || f.Length > 90 || f.RMSE > 0.4 || f.Adjacent < 0.9 {
		t.Errorf("%+v", f)
	}
}

func TestStudyRefusals(t *testing.T) {
	t.Parallel()
	b := bank180(t, 1.34, 0.4, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	ok := Study{Bank: b, Persons: 100}
	if _, err := ok.Adaptive(ctx, Express()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for name, run := range map[string]func() error{
		"no bank": func() error { _, err := Study{Persons: 100}.Adaptive(context.Background(), Express()); return err },
		"few": func() error {
			_, err := Study{Bank: b, Persons: 1}.Adaptive(context.Background(), Express())
			return err
		},
		"truth": func() error {
			s := ok
			s.Truth = make([]Item, 3)
			_, err := s.Adaptive(context.Background(), Express())
			return err
		},
		"rule":       func() error { _, err := ok.Adaptive(context.Background(), Rule{}); return err },
		"empty form": func() error { _, err := ok.Fixed(context.Background(), "", nil); return err },
		"bad form":   func() error { _, err := ok.Fixed(context.Background(), "", []int{999}); return err },
		"bad thread": func() error { _, err := ok.Ladder(context.Background(), [][]int{{-1}}); return err },
		"long form":  func() error { _, err := b.EvenForm(181); return err },
		"exposure":   func() error { _, err := ok.Exposures(context.Background(), Express(), 0); return err },
		"flat bank":  func() error { _, err := StudyBank(180, 6, 0.3, 0.4, 1); return err },
	} {
		if err := run(); !errors.Is(err, ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
