package adaptive

import (
	"fmt"
	"math"
	"slices"
)

// BankItem is an item that an adaptive test may choose (METHOD §13).
type BankItem struct {
	ID string
	Item
	Area      int      // 0 to areas−1
	Enemies   []string // items that must not stand beside it in one test; either side may name the other
	Group     string   // reading group: at most one item of a group in a test; empty: none
	Languages []string // languages it exists in; nil: all
	// Exposure is the Sympson–Hetter K: how often the item is given when it is
	// chosen. 0 means 1.
	Exposure float64
	// Pretest marks a seed: given to calibrate it, without part in θ.
	Pretest bool
}

// Smallest discrimination of a calibrated bank (METHOD §13); provisional banks
// have a = 1.
const BankFlat = 0.6

// Bank is a checked pool of items with their curves at the nodes of the grid.
// It is immutable and safe for concurrent use; a test on it allocates nothing
// that grows.
type Bank struct {
	items   []BankItem
	place   map[string]int
	areas   int
	grid    Grid
	theta   []float64
	prior   []float64 // log density with trapezoid weights
	right   []float64 // log P, item after item
	wrong   []float64 // log (1−P)
	enemies [][]int   // both sides
	byArea  [][]int   // scored items
	seeds   []int     // pretest items
	stamp   uint64    // of ids and parameters, for logs
	k       []float64 // exposure parameters
}

// NewBank checks items: unique ids, parameters in range, areas in range,
// enemies that exist, K in (0, 1]. The zero Grid is DefaultGrid.
func NewBank(items []BankItem, areas int, g Grid) (*Bank, error) {
	if g == (Grid{}) {
		g = DefaultGrid()
	}
	if err := g.Validate(); err != nil {
		return nil, err
	}
	if len(items) == 0 || len(items) > MaxItems || areas < 1 || areas > 1000 {
		return nil, fmt.Errorf("%w: a bank of %d items in %d areas", ErrInput, len(items), areas)
	}
	n := len(items)
	b := &Bank{items: slices.Clone(items), place: make(map[string]int, n), areas: areas, grid: g,
		theta: make([]float64, g.Nodes), prior: make([]float64, g.Nodes), right: make([]float64, n*g.Nodes), wrong: make([]float64, n*g.Nodes),
		enemies: make([][]int, n), byArea: make([][]int, areas), k: make([]float64, n)}
	for i := range b.theta {
		t := g.Low + float64(i)*g.step()
		b.theta[i] = t
		b.prior[i] = -t * t / 2
	}
	b.prior[0] -= math.Ln2
	b.prior[g.Nodes-1] -= math.Ln2
	b.stamp = 14695981039346656037
	for j, it := range b.items {
		if _, twice := b.place[it.ID]; twice || it.ID == "" {
			return nil, fmt.Errorf("%w: item %q stands twice or has no name", ErrInput, it.ID)
		}
		if err := it.Validate(); err != nil {
			return nil, fmt.Errorf("item %s: %w", it.ID, err)
		}
		if it.Area < 0 || it.Area >= areas {
			return nil, fmt.Errorf("%w: item %s is of area %d of %d", ErrInput, it.ID, it.Area+1, areas)
		}
		if b.k[j] = it.Exposure; it.Exposure == 0 {
			b.k[j] = 1
		}
		if !(b.k[j] > 0 && b.k[j] <= 1) {
			return nil, fmt.Errorf("%w: item %s has exposure %v", ErrInput, it.ID, it.Exposure)
		}
		b.place[it.ID] = j
		if it.Pretest {
			b.seeds = append(b.seeds, j)
		} else {
			b.byArea[it.Area] = append(b.byArea[it.Area], j)
		}
		for i, t := range b.theta {
			x := it.A * (t - it.B)
			s := softplus(x)
			b.right[j*g.Nodes+i], b.wrong[j*g.Nodes+i] = x-s, -s
		}
		b.stamp = mix(b.stamp ^ hash(it.ID))
		b.stamp = mix(b.stamp ^ math.Float64bits(it.A))
		b.stamp = mix(b.stamp ^ math.Float64bits(it.B))
	}
	groups := map[string][]int{}
	for j, it := range b.items {
		if it.Group != "" {
			groups[it.Group] = append(groups[it.Group], j)
		}
		for _, id := range it.Enemies {
			e, known := b.place[id]
			if !known || e == j {
				return nil, fmt.Errorf("%w: item %s has the enemy %q", ErrInput, it.ID, id)
			}
			b.enemies[j] = append(b.enemies[j], e)
			b.enemies[e] = append(b.enemies[e], j)
		}
	}
	for _, g := range groups {
		for _, j := range g {
			for _, e := range g {
				if e != j {
					b.enemies[j] = append(b.enemies[j], e)
				}
			}
		}
	}
	for j := range b.enemies {
		slices.Sort(b.enemies[j])
		b.enemies[j] = slices.Compact(b.enemies[j])
	}
	return b, nil
}

// Len is the number of items.
func (b *Bank) Len() int { return len(b.items) }

// Areas of the bank.
func (b *Bank) Areas() int { return b.areas }

// Items in the order given. The caller must not change them.
func (b *Bank) Items() []BankItem { return b.items }

// Stamp is a number that changes when an item or a parameter does; it stands in
// logs so that a replay on another bank is noticed.
func (b *Bank) Stamp() uint64 { return b.stamp }

// WithExposure is the bank with new exposure parameters, one per item, in
// (0, 1].
func (b *Bank) WithExposure(k []float64) (*Bank, error) {
	if len(k) != len(b.items) {
		return nil, fmt.Errorf("%w: %d exposure parameters for %d items", ErrInput, len(k), len(b.items))
	}
	c := *b
	c.items, c.k = slices.Clone(b.items), slices.Clone(k)
	for j, v := range k {
		if !(v > 0 && v <= 1) {
			return nil, fmt.Errorf("%w: item %s has exposure %v", ErrInput, b.items[j].ID, v)
		}
		c.items[j].Exposure = v
	}
	return &c, nil
}

// hash is FNV-1a.
func hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// mix is the finish of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw is a number in [0, 1) that depends on the seed of a test and on what it
// is drawn for, and on nothing else: a reload draws the same.
func draw(seed, purpose, at uint64) float64 {
	return float64(mix(mix(seed^mix(purpose))^mix(at))>>11) / (1 << 53)
}
