package statsbench

import "osvitlo/internal/weighting"

// units reads strata, sampling units and their numbers in the population.
func (t *Table) units(d Design) (weighting.Design, error) {
	var out weighting.Design
	category := func(name string) ([]int, error) {
		codes, _, err := t.Codes(name)
		if err != nil {
			return nil, err
		}
		for i, c := range codes {
			if c < 0 {
				return nil, badf("%s: line %d, column %q of the design is empty", t.Name, t.line[i], name)
			}
		}
		return codes, nil
	}
	var err error
	if d.Strata != "" {
		if out.Strata, err = category(d.Strata); err != nil {
			return out, err
		}
	}
	if len(d.FPC) > max(1, len(d.IDs)) {
		return out, badf("%d fpc for %d stages", len(d.FPC), max(1, len(d.IDs)))
	}
	above := out.Strata
	if above == nil {
		above = make([]int, t.n)
	}
	for k := range max(1, len(d.IDs)) {
		of := make([]int, t.n)
		for i := range of {
			of[i] = i
		}
		if k < len(d.IDs) {
			if of, err = category(d.IDs[k]); err != nil {
				return out, err
			}
		}
		var fpc []float64
		if k < len(d.FPC) {
			if fpc, err = t.Numbers(d.FPC[k]); err != nil {
				return out, err
			}
			fraction(fpc, above, of)
		}
		switch {
		case k > 0:
			out.Stages = append(out.Stages, weighting.Stage{Units: of, FPC: fpc})
		default:
			out.FPC = fpc
			if len(d.IDs) > 0 {
				out.PSUs = of
			}
		}
		above = pairs(above, of)
	}
	return out, nil
}

// pairs numbers the combinations of two codes.
func pairs(a, b []int) []int {
	place := map[[2]int]int{}
	out := make([]int, len(a))
	for i := range a {
		k, known := place[[2]int{a[i], b[i]}]
		if !known {
			k = len(place)
			place[[2]int{a[i], b[i]}] = k
		}
		out[i] = k
	}
	return out
}

// chances are the weights of a design without a column of them: 1, or N/n of
// every stage whose numbers in the population are known.
func chances(t *Table, d Design) ([]float64, error) {
	base := make([]float64, t.n)
	for i := range base {
		base[i] = 1
	}
	if d.Weights != "" || len(d.FPC) == 0 {
		return base, nil
	}
	u, err := t.units(d)
	if err != nil {
		return nil, err
	}
	above := u.Strata
	if above == nil {
		above = make([]int, t.n)
	}
	for k := range max(1, len(d.IDs)) {
		of, fpc := u.PSUs, u.FPC
		if k > 0 {
			of, fpc = u.Stages[k-1].Units, u.Stages[k-1].FPC
		}
		if of == nil {
			of = make([]int, t.n)
			for i := range of {
				of[i] = i
			}
		}
		own := pairs(above, of)
		if fpc != nil {
			n := make(map[int]float64)
			seen := make(map[int]bool)
			for i, p := range above {
				if !seen[own[i]] {
					seen[own[i]] = true
					n[p]++
				}
			}
			for i, p := range above {
				base[i] *= fpc[i] / n[p]
			}
		}
		above = own
	}
	return base, nil
}

// fraction turns sampling fractions, when all are at most 1, into numbers of
// units in the population, as survey does.
func fraction(fpc []float64, above, units []int) {
	for _, v := range fpc {
		if !(v > 0 && v <= 1) {
			return
		}
	}
	n := map[int]float64{}
	seen := map[[2]int]bool{}
	for i := range fpc {
		if k := [2]int{above[i], units[i]}; !seen[k] {
			seen[k] = true
			n[above[i]]++
		}
	}
	for i, v := range fpc {
		fpc[i] = n[above[i]] / v
	}
}
