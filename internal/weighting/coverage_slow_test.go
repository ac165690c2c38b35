//go:build slow

package weighting

import "testing"

// TestCoverage is the simulation of issue 2 §6: 2,000 draws each at n = 300
// and 1,000, with refusals and trimming, three seeds, on the ladder the index
// uses and on capped raking.
func TestCoverage(t *testing.T) {
	t.Parallel()
	c := testCity(t)
	for name, weigh := range map[string]weigher{"ladder": byLadder(t), "raking": byRaking} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, n := range []int{300, 1000} {
				for _, seed := range []uint64{1, 2, 3} {
					simulate(t, c, weigh, n, 2000, seed).check(t, n, seed)
				}
			}
		})
	}
}
