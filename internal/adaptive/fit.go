package adaptive

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// ItemFit tells how well an item follows its curve.
type ItemFit struct {
	// X2 is S-X² (Orlando and Thissen 2000): observed against expected shares
	// right by total score; DF its degrees of freedom, P its probability.
	X2, DF, P float64
	Cells     int
	// Reason why there is no figure; "" if there is.
	Reason string
}

// FitOf computes S-X² for each item from the persons who answered all of them
// with right or wrong (METHOD §10). parameters is how many were estimated per
// item, 2 under the 2PL. Neighbouring scores are joined until each has at least
// one expected right and one expected wrong answer.
func FitOf(a *Answers, items []Item, parameters int) ([]ItemFit, int, error) {
	k := len(items)
	if k != a.items || k < 3 || k > 1000 || parameters < 0 || parameters > 3 {
		return nil, 0, fmt.Errorf("%w: fit of %d items with answers to %d", ErrInput, k, a.items)
	}
	for j, it := range items {
		if err := it.Validate(); err != nil {
			return nil, 0, fmt.Errorf("item %d: %w", j+1, err)
		}
	}
	whole := a.Whole()
	n := make([]float64, k+1)
	right := make([][]float64, k)
	for j := range right {
		right[j] = make([]float64, k+1)
	}
	persons := 0
	for i := range whole.Persons() {
		sum, ok := 0.0, true
		whole.Each(i, func(_ int, s float64) {
			sum += s
			ok = ok && (s == 0 || s == 1)
		})
		if !ok {
			continue
		}
		persons++
		n[int(sum)]++
		whole.Each(i, func(j int, s float64) { right[j][int(sum)] += s })
	}
	if persons < 10 {
		return nil, persons, fmt.Errorf("%w: %d persons answered every item", ErrInput, persons)
	}
	// Likelihood of each score at each node, with and without each item
	// (Lord and Wingersky 1984).
	const nodes = 61
	all := make([]float64, k+1)
	part := make([][]float64, k) // right on j and score r
	for j := range part {
		part[j] = make([]float64, k+1)
	}
	p := make([]float64, k)
	for node := range nodes {
		t := -6 + 12*float64(node)/(nodes-1)
		w := math.Exp(-t * t / 2)
		for j, it := range items {
			p[j] = it.Probability(t)
		}
		scores := scoreLikelihood(p, -1)
		for r := range all {
			all[r] += w * scores[r]
		}
		for j := range k {
			rest := scoreLikelihood(p, j)
			for r := 1; r <= k; r++ {
				part[j][r] += w * p[j] * rest[r-1]
			}
		}
	}
	out := make([]ItemFit, k)
	for j := range k {
		out[j] = fitOf(n, right[j], part[j], all, parameters)
	}
	return out, persons, nil
}

// scoreLikelihood is the chance of each number right, without one item (−1:
// with all).
func scoreLikelihood(p []float64, without int) []float64 {
	s := make([]float64, len(p)+1)
	s[0] = 1
	used := 0
	for j, q := range p {
		if j == without {
			continue
		}
		used++
		for r := used; r >= 1; r-- {
			s[r] = s[r]*(1-q) + s[r-1]*q
		}
		s[0] *= 1 - q
	}
	return s
}

func fitOf(n, right, part, all []float64, parameters int) ItemFit {
	type cell struct{ n, right, expected float64 }
	var cells []cell
	var open cell
	flush := func() {
		if open.expected >= 1 && open.n-open.expected >= 1 {
			cells = append(cells, open)
			open = cell{}
		}
	}
	// Nobody with score 0 is right and nobody with a full score wrong.
	for r := 1; r < len(all)-1; r++ {
		if all[r] > 0 {
			open.n += n[r]
			open.right += right[r]
			open.expected += n[r] * part[r] / all[r]
			flush()
		}
	}
	if open.n > 0 && len(cells) > 0 {
		last := &cells[len(cells)-1]
		last.n, last.right, last.expected = last.n+open.n, last.right+open.right, last.expected+open.expected
	}
	f := ItemFit{Cells: len(cells), DF: float64(len(cells) - parameters)}
	if f.DF < 1 {
		return ItemFit{Cells: len(cells), Reason: "too few score groups"}
	}
	for _, c := range cells {
		o, e := c.right/c.n, c.expected/c.n
		f.X2 += c.n * (o - e) * (o - e) / (e * (1 - e))
	}
	f.P = mathext.GammaIncRegComp(f.DF/2, f.X2/2)
	return f
}

// Draws are plausible values: abilities drawn from the posterior by its inverse
// distribution, the same for the same seed (METHOD §10: release seed and
// sitting id). At most 1,000.
func (p *Posterior) Draws(n int, seed uint64) ([]float64, error) {
	if n < 1 || n > 1000 {
		return nil, fmt.Errorf("%w: %d plausible values", ErrInput, n)
	}
	out := make([]float64, n)
	for i := range out {
		u := draw(seed, 0x9a11, uint64(i))
		low, high := p.grid.Low, p.grid.High
		for high-low > 1e-9 {
			mid := (low + high) / 2
			if p.below(mid) < u {
				low = mid
			} else {
				high = mid
			}
		}
		out[i] = (low + high) / 2
	}
	return out, nil
}
