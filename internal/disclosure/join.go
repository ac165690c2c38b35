package disclosure

import "fmt"

// JoinSmall joins classes under the smallest count with the neighbour that the
// map names (−1: none), again and again until every class is large enough or
// has nobody left to join. It gives the group of each class, numbered in order
// of first member, and the size of each group; groups still too small stay in
// the result and are for Rule.Count to suppress. Smallest first, lower index
// on ties, so the result depends on the counts alone.
//
// Unlike the ladder of package weighting, which joins once because weights
// should not blur ages, this is for showing: the chain goes on.
func (r Rule) JoinSmall(counts []int64, neighbour []int) (group []int, sizes []int64, err error) {
	if len(neighbour) != len(counts) {
		return nil, nil, fmt.Errorf("%w: %d neighbours for %d classes", ErrInput, len(neighbour), len(counts))
	}
	root := make([]int, len(counts))
	size := append([]int64(nil), counts...)
	for i, to := range neighbour {
		if counts[i] < 0 || to >= len(counts) || to == i {
			return nil, nil, fmt.Errorf("%w: class %d with %d persons joins %d", ErrInput, i, counts[i], to)
		}
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	for {
		small, target := -1, -1
		for i := range counts {
			if root[i] != i || size[i] >= r.MinCount || small >= 0 && size[i] >= size[small] {
				continue
			}
			// The group may leave by the neighbour of any of its members.
			for m, to := range neighbour {
				if find(m) == i && to >= 0 && find(to) != i {
					small, target = i, find(to)
					break
				}
			}
		}
		if small < 0 {
			break
		}
		keep, gone := min(small, target), max(small, target)
		root[gone] = keep
		size[keep] += size[gone]
	}
	group = make([]int, len(counts))
	place := map[int]int{}
	for i := range counts {
		g, known := place[find(i)]
		if !known {
			g = len(sizes)
			place[find(i)] = g
			sizes = append(sizes, size[find(i)])
		}
		group[i] = g
	}
	return group, sizes, nil
}
