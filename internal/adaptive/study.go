package adaptive

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// StudyBank invents a bank for studies (METHOD §13): items spread over the
// areas, difficulties evenly from −2.5 to 2.5 within each area, discriminations
// log-normal with the given mean, spread of the logarithm sd, at least BankFlat
// unless sd is 0. The same seed gives the same bank.
func StudyBank(items, areas int, meanA, sd float64, seed uint64) (*Bank, error) {
	if items < areas || areas < 1 || !(meanA > 0) || !(sd >= 0) || sd > 1 {
		return nil, fmt.Errorf("%w: %d items in %d areas with mean a %v and spread %v", ErrInput, items, areas, meanA, sd)
	}
	rng := rand.New(rand.NewPCG(seed, 0x05711d0))
	out := make([]BankItem, items)
	for j := range out {
		area := j % areas
		per := (items - area + areas - 1) / areas
		b := 0.0
		if per > 1 {
			b = -2.5 + 5*float64(j/areas)/float64(per-1)
		}
		a := meanA
		if sd > 0 {
			a = max(BankFlat, meanA*math.Exp(sd*rng.NormFloat64()-sd*sd/2))
		}
		out[j] = BankItem{ID: fmt.Sprintf("s%03d", j+1), Area: area, Item: Item{A: min(a, 4), B: b}}
	}
	return NewBank(out, areas, Grid{})
}
