package cityindex

import (
	"osvitlo/internal/weighting"
)

// areaClass is a class the areas are weighted with.
type areaClass struct {
	id, sex, ages string
	population    int64
	members       []int // fine classes
}

// areaClasses joins classes for the areas apart from those of the index. Who
// stopped after the first half has a score but no areas, and the score of all
// others is the mean of their areas; so the difference between Σ score and the
// mean of Σ areas over a class is the score of those who stopped. Therefore a
// class shows areas only if at least ten people have each of them, and nobody or
// at least ten lack it. Where one sex cannot be made safe both are taken
// together; ok is false when even that is not safe.
func (f *frame) areaClasses(m *Margins, variant *Variant) (out []areaClass, ok bool) {
	safe := func(members []int) bool {
		tested := f.testedOf(members)
		for a := range areas {
			var n int64
			for _, c := range members {
				n += f.v[f.l.area(c, a)+mN]
			}
			if n < weighting.MinClass || !safeCount(tested-n) {
				return false
			}
		}
		return true
	}
	whole := true
	for s := range sexes {
		// Start from the classes of the index, so that each of them lies inside one of these.
		groups, done := joinAges(m.Join, func(g ageGroup) bool {
			for _, own := range f.groups[s] {
				inside := 0
				for _, a := range own {
					for _, b := range g {
						if a == b {
							inside++
						}
					}
				}
				if inside > 0 && inside < len(own) {
					return false
				}
			}
			return safe(fineOf(s, g))
		})
		whole = whole && done
		for _, g := range groups {
			c := areaClass{id: sexIDs[s] + ":" + g.id(), sex: sexIDs[s], ages: g.id(), members: fineOf(s, g)}
			for _, a := range g {
				c.population += variant.target(s, a)
			}
			out = append(out, c)
		}
	}
	if whole {
		return out, true
	}
	all := areaClass{id: "all", sex: "all", ages: "14+", population: variant.Total}
	for c := range classes {
		all.members = append(all.members, c)
	}
	return []areaClass{all}, safe(all.members)
}

func (f *frame) testedOf(members []int) (n int64) {
	for _, c := range members {
		n += f.count(c, bScore+mN)
	}
	return n
}

// addAreas gives the area means, weighted by post-stratification to the classes
// of the areas, and their rows of cells.csv.
func (b *built) addAreas(f *frame, m *Margins, variant *Variant) error {
	list, ok := f.areaClasses(m, variant)
	if !ok {
		for _, id := range areaIDs {
			b.release.Areas = append(b.release.Areas, Group{ID: id, Mean: noMean(ReasonSmall), Suppressed: true})
		}
		return nil
	}
	counts := make([]int64, len(list))
	targets := make([]weighting.Category, len(list))
	for i, c := range list {
		for _, at := range c.members {
			counts[i] += f.count(at, bN)
		}
		targets[i] = weighting.Category{ID: c.id, Target: float64(c.population)}
	}
	w, err := weighting.PostStratifyClasses(counts, targets)
	if err != nil {
		return err
	}
	weights := w.Weights()
	b.release.Weighting.AreaClasses = len(list)
	for a, id := range areaIDs {
		sums := make([]weighting.Sums, len(list))
		for i, c := range list {
			for _, at := range c.members {
				sums[i] = sums[i].Plus(sumsAt(f.v[f.l.area(at, a):]))
			}
			b.counts["areas/"+c.id+"/n"] = counts[i]
			b.cells = append(b.cells, cellRow{Table: "areas", Class: c.id, Sex: c.sex, Ages: c.ages, Population: c.population, N: counts[i], Weight: weights[i], Variable: id, Sums: sums[i]})
			// Those who lack the area count too: were one more among them in the
			// next release, the two differences would give that person's score.
			b.counts["areas/"+c.id+"/"+id] = sums[i].M
			b.counts["areas/"+c.id+"/"+id+"/lacking"] = f.testedOf(c.members) - sums[i].M
		}
		e, err := w.Mean(sums, unit)
		if err != nil {
			return err
		}
		b.counts["areas/"+id] = e.N
		row := Group{ID: id, Mean: meanOf(e)}
		if (e.High-e.Low)/2 > widestHalf {
			row.Mean = noMean(ReasonImprecise)
			row.N = ptr(e.N)
		}
		b.release.Areas = append(b.release.Areas, row)
	}
	return nil
}
