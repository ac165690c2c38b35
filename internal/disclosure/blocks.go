package disclosure

import (
	"cmp"
	"fmt"
	"slices"
)

// Unit is the smallest thing a family of tables speaks of, such as an institution in a
// role: its persons and where it may be joined with others.
type Unit struct {
	ID string
	N  int64 // persons
	// Path are the groups it belongs to, from the nearest to the widest: reporting
	// group, district, city. They are fixed before anything is known of answers.
	Path []string
}

// Block is a set of units that is only ever shown as one.
type Block struct {
	ID    string   // of its first unit by name; unique among the blocks
	Units []string // sorted
	N     int64
}

// Blocks are the units of a family of tables, joined so that each block has at least K
// persons.
//
// Everything published about the family is a sum over whole blocks. Whatever an attacker
// adds and subtracts, in any number of tables, filters and exports, therefore stays a
// combination of whole blocks, and no set of 1 to K−1 persons can be told from it. That is
// why there is nothing left to suppress in single tables.
type Blocks struct {
	K      int64
	List   []Block           // sorted by id
	Of     map[string]string // unit → block; units without persons and withheld ones have none
	Empty  []string          // units without persons, sorted
	Within []string          // units that cannot be shown at all: all of them together have under K persons
}

// Join puts units into blocks. Units of K persons or more stand alone. Smaller ones are
// joined with each other inside their nearest group, the smallest first; what is still
// under K takes the smallest block of that group, and where there is none, goes on to the
// next wider group. The result hangs on the numbers of persons alone, never on what they
// answered. Errors: ErrInput (K < 2, negative numbers, a unit twice, paths of different
// lengths).
func Join(units []Unit, k int64) (out Blocks, err error) {
	out = Blocks{K: k, Of: map[string]string{}}
	if k < 2 {
		return out, fmt.Errorf("%w: blocks of %d", ErrInput, k)
	}
	seen := map[string]bool{}
	var open []heap
	for _, u := range units {
		switch {
		case u.N < 0:
			return out, fmt.Errorf("%w: %s has %d persons", ErrInput, u.ID, u.N)
		case seen[u.ID]:
			return out, fmt.Errorf("%w: %s stands twice", ErrInput, u.ID)
		case len(u.Path) != len(units[0].Path):
			return out, fmt.Errorf("%w: %s lies in %d groups, %s in %d", ErrInput, u.ID, len(u.Path), units[0].ID, len(units[0].Path))
		}
		seen[u.ID] = true
		if u.N == 0 {
			out.Empty = append(out.Empty, u.ID)
			continue
		}
		open = append(open, heap{units: []string{u.ID}, n: u.N, path: u.Path})
	}
	slices.Sort(out.Empty)
	if len(units) == 0 {
		return out, nil
	}
	for level := range len(units[0].Path) {
		open = joinLevel(open, level, k)
	}
	for _, h := range open {
		if h.n < k { // nothing wider is left
			out.Within = append(out.Within, h.units...)
			continue
		}
		slices.Sort(h.units)
		b := Block{ID: h.units[0], Units: h.units, N: h.n}
		out.List = append(out.List, b)
		for _, u := range b.Units {
			out.Of[u] = b.ID
		}
	}
	slices.Sort(out.Within)
	slices.SortFunc(out.List, func(a, b Block) int { return cmp.Compare(a.ID, b.ID) })
	return out, nil
}

// heap is a block in the making. Its path is that of its members from the level at which
// they were joined on.
type heap struct {
	units []string
	n     int64
	path  []string
}

func (h heap) with(other heap) heap {
	return heap{units: append(slices.Clone(h.units), other.units...), n: h.n + other.n, path: h.path}
}

// joinLevel joins what is under k inside each group of a level.
func joinLevel(open []heap, level int, k int64) []heap {
	groups := map[string][]heap{}
	for _, h := range open {
		// two groups of one name in different wider groups are two groups
		at := fmt.Sprintf("%q", h.path[level:])
		groups[at] = append(groups[at], h)
	}
	names := make([]string, 0, len(groups))
	for name := range groups {
		names = append(names, name)
	}
	slices.Sort(names)
	var next []heap
	for _, name := range names {
		next = append(next, joinGroup(groups[name], k)...)
	}
	return next
}

// joinGroup joins the small ones of a group, the smallest first.
func joinGroup(all []heap, k int64) []heap {
	slices.SortFunc(all, func(a, b heap) int {
		return cmp.Or(cmp.Compare(a.n, b.n), cmp.Compare(slices.Min(a.units), slices.Min(b.units)))
	})
	var small heap
	var done []heap
	for i, h := range all {
		if h.n >= k {
			done = append(done, all[i:]...)
			break
		}
		if small.units == nil {
			small = h
		} else {
			small = small.with(h)
		}
		if small.n >= k {
			done, small = append(done, small), heap{}
		}
	}
	if small.units == nil {
		return done
	}
	if len(done) == 0 {
		return []heap{small} // the next wider group sees to it
	}
	least := 0
	for i := range done {
		if done[i].n < done[least].n {
			least = i
		}
	}
	done[least] = done[least].with(small)
	return done
}

// ByID returns a block.
func (b *Blocks) ByID(id string) (Block, bool) {
	i, ok := slices.BinarySearchFunc(b.List, id, func(one Block, id string) int { return cmp.Compare(one.ID, id) })
	if !ok {
		return Block{}, false
	}
	return b.List[i], true
}

// Inside are the blocks that a set of units holds whole. A filter of a table is answered
// with them; cut counts the units of the set with persons that are left out because they
// are joined with others outside it.
func (b *Blocks) Inside(set map[string]bool) (inside []Block, cut int) {
	for _, one := range b.List {
		in := 0
		for _, u := range one.Units {
			if set[u] {
				in++
			}
		}
		switch {
		case in == len(one.Units):
			inside = append(inside, one)
		case in > 0:
			cut += in
		}
	}
	for _, u := range b.Within {
		if set[u] {
			cut++
		}
	}
	return inside, cut
}

// Common joins the blocks of two families over the same units (two school years) until
// both are unions of the result's sets: the finest sets for which a change can be told
// from what both have published. Units that only one of them shows are left out, and so
// is every set that holds such a unit.
func Common(a, b *Blocks) (sets [][]string) {
	parent := map[string]string{}
	var root func(string) string
	root = func(u string) string {
		if parent[u] == u {
			return u
		}
		parent[u] = root(parent[u])
		return parent[u]
	}
	for _, side := range []*Blocks{a, b} {
		for u := range side.Of {
			parent[u] = u
		}
	}
	for _, side := range []*Blocks{a, b} {
		for _, one := range side.List {
			for _, u := range one.Units[1:] {
				parent[root(u)] = root(one.Units[0])
			}
		}
	}
	members, broken := map[string][]string{}, map[string]bool{}
	for u := range parent {
		r := root(u)
		members[r] = append(members[r], u)
		_, inA := a.Of[u]
		_, inB := b.Of[u]
		if !inA || !inB {
			broken[r] = true
		}
	}
	for r, units := range members {
		if !broken[r] {
			slices.Sort(units)
			sets = append(sets, units)
		}
	}
	slices.SortFunc(sets, func(x, y []string) int { return cmp.Compare(x[0], y[0]) })
	return sets
}
