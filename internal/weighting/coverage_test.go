package weighting

import (
	"math"
	"math/rand/v2"
	"testing"
)

// coverage draws samples of n from the city, weights each of them, and counts
// how often three 95 % intervals hold the truth: the one of this package, one
// whose error ignores raking, one with 0.85 of the error.
type coverage struct {
	draws, trimmed, untrimmable int
	rungs                       map[string]int
	proper, naive, short        float64
	bias, se, sd                float64
}

// weigher turns a sample into weights and the sums of its classes.
type weigher func(*drawn) (*ClassWeights, []Sums, string, error)

// byRaking rakes on sex and seven ages. The cap is 2 means instead of 4, so
// that trimming has work to do in many draws.
func byRaking(d *drawn) (*ClassWeights, []Sums, string, error) {
	people := d.city.cum[len(d.city.cum)-1]
	cw, err := RakeClasses(d.counts, d.rakeMargins(), RakeOptions{}, &TrimOptions{Upper: 2 * people / float64(len(d.rows))})
	return cw, d.sums, "rake", err
}

// byLadder is the way of the city index: the ladder of CONTRACT §5.
func byLadder(t *testing.T) weigher {
	t.Helper()
	data := kropyvnytskyi()
	l, err := data.Ladder()
	if err != nil {
		t.Fatal(err)
	}
	bands := []string{"14-17", "18-29", "30-34", "40-49", "50-59", "60-69", "70+"}
	return func(d *drawn) (*ClassWeights, []Sums, string, error) {
		counts, sums := make([]int64, len(l.Classes)), make([]Sums, len(l.Classes))
		for class := range d.counts {
			i, _ := data.Class(data.Sexes[class/simAges], bands[class%simAges])
			counts[i], sums[i] = d.counts[class], d.sums[class]
		}
		s, err := l.Choose(counts)
		if err != nil {
			return nil, nil, "", err
		}
		folded, err := s.Fold(sums)
		return s.Weights, folded, s.Rung, err
	}
}

func simulate(t *testing.T, c *synthetic, weigh weigher, n, draws int, seed uint64) coverage {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	out := coverage{draws: draws, rungs: map[string]int{}}
	var mean, squares float64
	for done := 0; done < draws; done++ {
		d := c.sample(rng, n)
		cw, sums, rung, err := weigh(d)
		if err != nil {
			t.Fatal(err)
		}
		out.rungs[rung]++
		if cw.TrimRounds > 0 {
			out.trimmed++
		}
		if cw.TrimFailed != nil {
			out.untrimmable++
		}
		e, err := cw.Mean(sums, 1e-4)
		if err != nil {
			t.Fatal(err)
		}
		ignoring := ignoreRaking(cw, sums, e.Value)
		off := math.Abs(e.Value - c.truth)
		if e.Low <= c.truth && c.truth <= e.High {
			out.proper++
		}
		if off <= cw.q*ignoring {
			out.naive++
		}
		if off <= cw.q*0.85*e.SE {
			out.short++
		}
		mean += e.Value
		squares += e.Value * e.Value
		out.se += e.SE
	}
	k := float64(draws)
	mean /= k
	out.bias, out.sd, out.se = mean-c.truth, math.Sqrt(squares/k-mean*mean), out.se/k
	out.proper /= k
	out.naive /= k
	out.short /= k
	return out
}

// ignoreRaking is the error of the mean as if the weights had been given:
// V = n/(n−1)·Σ w²(y−ȳ)²/(Σw)².
func ignoreRaking(c *ClassWeights, s []Sums, mean float64) float64 {
	var sw, ss float64
	for i, x := range s {
		if x.M == 0 {
			continue
		}
		m := float64(x.M)
		inside, _ := x.scatter()
		d := float64(x.Sum)/m*1e-4 - mean
		sw += c.w[i] * m
		ss += c.w[i] * c.w[i] * (inside*1e-8 + m*d*d)
	}
	n := float64(c.rows)
	return math.Sqrt(n/(n-1)*ss) / sw
}

// within is the band of issue 2 §6.
func within(share float64) bool { return share >= 0.935 && share <= 0.965 }

func (c coverage) check(t *testing.T, n int, seed uint64) {
	t.Helper()
	t.Logf("n=%d seed=%d: covers %.2f %%, ignoring raking %.2f %%, times 0.85 %.2f %%; bias %.3f, sd %.3f, mean error %.3f; trimmed %d, cap out of reach %d of %d; %v",
		n, seed, 100*c.proper, 100*c.naive, 100*c.short, c.bias, c.sd, c.se, c.trimmed, c.untrimmable, c.draws, c.rungs)
	if !within(c.proper) {
		t.Errorf("n=%d seed=%d: the interval covers %.2f %%", n, seed, 100*c.proper)
	}
	if within(c.naive) {
		t.Errorf("n=%d seed=%d: an error that ignores raking passes with %.2f %%", n, seed, 100*c.naive)
	}
	if within(c.short) {
		t.Errorf("n=%d seed=%d: 0.85 of the error passes with %.2f %%", n, seed, 100*c.short)
	}
}

// TestCoverageQuick is the small tier of the simulation of issue 2 §6; the
// three seeds run under the build tag slow.
func TestCoverageQuick(t *testing.T) {
	t.Parallel()
	c := testCity(t)
	got := simulate(t, c, byRaking, 300, 2000, 1)
	got.check(t, 300, 1)
	if got.trimmed < 100 || got.untrimmable < 100 {
		t.Errorf("trimming had no work: %d and %d draws", got.trimmed, got.untrimmable)
	}
}
