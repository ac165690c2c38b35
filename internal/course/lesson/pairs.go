package lesson

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/instrument"
)

// Pair is two parallel items: one competence, near difficulties.
type Pair struct{ A, B *instrument.Item }

// MaxApart is how far the difficulties of a pair may lie apart, in logits.
const MaxApart = 0.4

// Pairs finds parallel items of a bank for the competences of a course, at most per
// pairs for each, those closest in difficulty first. Each item is used once. The
// same bank gives the same pairs. The difficulties are provisional until an item is
// calibrated.
func Pairs(bank []*instrument.Item, competences []string, per int) []Pair {
	var out []Pair
	for _, k := range slices.Sorted(slices.Values(competences)) {
		var list []*instrument.Item
		for _, it := range bank {
			if it.Competence == k && it.Scored() {
				list = append(list, it)
			}
		}
		type near struct {
			a, b  *instrument.Item
			apart float64
		}
		var all []near
		for i, a := range list {
			for _, b := range list[i+1:] {
				if d := math.Abs(a.Difficulty - b.Difficulty); d <= MaxApart && a.ID != b.ID {
					if a.ID > b.ID {
						a, b = b, a
					}
					all = append(all, near{a, b, d})
				}
			}
		}
		slices.SortFunc(all, func(x, y near) int {
			return cmp.Or(cmp.Compare(x.apart, y.apart), strings.Compare(x.a.ID, y.a.ID), strings.Compare(x.b.ID, y.b.ID))
		})
		used := map[string]bool{}
		n := 0
		for _, p := range all {
			if n == per {
				break
			}
			if used[p.a.ID] || used[p.b.ID] {
				continue
			}
			used[p.a.ID], used[p.b.ID] = true, true
			out = append(out, Pair{p.a, p.b})
			n++
		}
	}
	return out
}
