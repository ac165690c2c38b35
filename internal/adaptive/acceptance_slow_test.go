//go:build slow

package adaptive

import (
	"context"
	"math"
	"testing"
)

// TestAcceptance is that of METHOD §13: own simulation, banks of 180 items with
// the mean discriminations of the table, every figure within its bound.
func TestAcceptance(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, c := range []struct {
		name                  string
		meanA, sd             float64
		randomesque, hetter   float64 // RMSE of the table; 0: not in it
		fixed20, fixed40, all float64
		stop                  float64 // RMSE with stop at 0.30 or 20
		length                float64
	}{
		{"1PL a=1", 1, 0, .425, 0, .466, .359, .181, 0, 0},
		{"2PL .95", .95, .4, .397, .396, 0, 0, 0, 0, 0},
		{"2PL 1.34", 1.34, .4, .293, 0, .400, .302, .150, .300, 18.9},
		{"2PL 1.65", 1.65, .4, 0, 0, 0, 0, 0, .296, 14.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := Study{Bank: bank180(t, c.meanA, c.sd, 1), Persons: 5000, Seed: 11}
			hold := func(f Finding, err error, rmse float64) Finding {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%-40s RMSE %.3f (%.3f) SE %.3f exact %.3f adjacent %.3f exposure %.2f unused %.2f length %.1f bias %+.3f", f.Name, f.RMSE, rmse, f.MeanSE, f.Exact, f.Adjacent, f.MaxExposure, f.Unused, f.Length, f.Bias)
				if rmse > 0 && f.RMSE > 1.05*rmse || math.Abs(f.Bias) > 0.03 {
					t.Errorf("%s: RMSE %.4f of %.3f, bias %.4f", f.Name, f.RMSE, rmse, f.Bias)
				}
				return f
			}
			r := Express()
			r.MaxSE = 0
			f, err := s.Adaptive(ctx, r)
			if f = hold(f, err, c.randomesque); f.LeastOfArea < 3 || f.MostOfArea > 4 {
				t.Errorf("areas %d to %d", f.LeastOfArea, f.MostOfArea)
			}
			r.MaxSE = 0.30
			f, err = s.Adaptive(ctx, r)
			if f = hold(f, err, c.stop); c.length > 0 && f.Length > c.length*1.05 {
				t.Errorf("length %.1f of %.1f", f.Length, c.length)
			}
			for n, rmse := range map[int]float64{20: c.fixed20, 40: c.fixed40, 180: c.all} {
				form, err := s.Bank.EvenForm(n)
				if err != nil {
					t.Fatal(err)
				}
				// The whole bank tells of the bank, not of the test: how its
				// discriminations are spread is not in the table.
				if n == 180 {
					rmse *= 1.05
				}
				f, err := s.Fixed(ctx, "fixed", form)
				hold(f, err, rmse)
			}
			r.MaxSE = 0
			k, err := Study{Bank: s.Bank, Persons: 4000, Seed: 5}.Exposures(ctx, r, 0.25)
			if err != nil {
				t.Fatal(err)
			}
			r.Exposure = SympsonHetter
			hetter := s
			hetter.Bank = k
			f, err = hetter.Adaptive(ctx, r)
			if f = hold(f, err, c.hetter); f.MaxExposure > 0.30 || f.LeastOfArea < 3 || f.MostOfArea > 4 {
				t.Errorf("exposure %.3f, areas %d to %d", f.MaxExposure, f.LeastOfArea, f.MostOfArea)
			}
		})
	}
}

// TestShorterThanTheLadderAndTheFixedForm: on the 2PL bank the same or better
// accuracy with at most 60 % of the items (issue: Adaptive test).
func TestShorterThanTheLadderAndTheFixedForm(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := Study{Bank: bank180(t, 1.34, 0.4, 1), Persons: 3000, Seed: 6}
	rivals := map[string]Finding{}
	for name, per := range map[string]int{"ladder of areas": 1, "ladder of competences": 5} {
		threads, err := s.Bank.Threads(per)
		if err != nil {
			t.Fatal(err)
		}
		if rivals[name], err = s.Ladder(ctx, threads); err != nil {
			t.Fatal(err)
		}
	}
	form, err := s.Bank.EvenForm(40)
	if err != nil {
		t.Fatal(err)
	}
	if rivals["fixed 40"], err = s.Fixed(ctx, "fixed", form); err != nil {
		t.Fatal(err)
	}
	for name, rival := range rivals {
		r := Certificate()
		r.MaxSE, r.MaxItems = 0, int(0.6*rival.Length)
		f, err := s.Adaptive(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f items RMSE %.3f exact %.3f; adaptive %.1f items RMSE %.3f exact %.3f", name, rival.Length, rival.RMSE, rival.Exact, f.Length, f.RMSE, f.Exact)
		if f.RMSE > rival.RMSE || f.Exact < rival.Exact-0.01 {
			t.Errorf("%s is better: %+v, adaptive %+v", name, rival, f)
		}
	}
}
