package cityindex

import (
	"fmt"
	"maps"
	"slices"

	"osvitlo/internal/sitting"
)

// gate is a group of index rows that reaches the public only together with at
// least ten changes of its own kind. The test score depends on the first two
// alone, so one tested person never arrives hidden among nine who only enlarge n.
type gate int

const (
	gateTested       gate = iota // tested, uses the internet or did not say
	gateTestedNoNet              // tested, says they do not use the internet
	gateOffline                  // not tested: does not use the internet
	gateUnweightable             // sex or age unknown
	gates
)

// counters for staff: rows that are no index rows, and how the index rows came.
const (
	countHeld     = "held"
	countExcluded = "excluded"
	countOther    = "other"
	countEvidence = "evidence/" // and the kind
	countDay      = "day/"      // and the day in Kyiv
	countMode     = "mode/"     // and the mode, rows without a class too
)

// Wave holds the sums of one wave. All numbers are exact integers; sums of
// scores are in units of 1e-4 points.
type Wave struct {
	sums  [gates][]int64
	other map[string]int64 // the counters for staff, never public
	// invited are the sums of the rows with a class whose people the city drew
	// and invited; for staff. A release counts them anew as of its step.
	invited []int64
}

// Cells are the sums of all waves. A Cells value is not safe for concurrent use.
type Cells struct {
	layout layout
	waves  map[string]*Wave
}

// maxWaves bounds what a stored tally can make the program hold.
const maxWaves = 200

// NewCells returns empty cells for the configured districts.
func NewCells(districts []string) *Cells {
	return &Cells{layout: newLayout(districts), waves: map[string]*Wave{}}
}

func newWave(l layout) *Wave {
	w := &Wave{other: map[string]int64{}, invited: make([]int64, l.size())}
	for g := range w.sums {
		w.sums[g] = make([]int64, l.gateLen(gate(g)))
	}
	return w
}

func (l layout) gateLen(g gate) int {
	if g == gateUnweightable {
		return unwLen
	}
	return l.size()
}

// gateOf tells where a row belongs; ok is false when it is no index row and
// name then says which counter of the staff it enters ("" for none).
func gateOf(r *sitting.Row) (g gate, class int, name string, ok bool) {
	switch r.State {
	case sitting.Held:
		return 0, 0, countHeld, false
	case sitting.Excluded:
		return 0, 0, countExcluded, false
	case sitting.Counted, sitting.Unweightable:
	default:
		return 0, 0, countOther, false
	}
	tested := r.Role == sitting.RoleTest && r.Overall >= 0
	offline := r.Role == sitting.RoleOffline && r.Internet == sitting.InternetNo
	if !tested && !offline {
		if r.Role == sitting.RoleSurvey {
			return 0, 0, "", false
		}
		return 0, 0, countOther, false
	}
	class, known := classOf(r)
	switch {
	case !known || r.State == sitting.Unweightable:
		return gateUnweightable, 0, "", true
	case offline:
		return gateOffline, class, "", true
	case r.Internet == sitting.InternetNo:
		return gateTestedNoNet, class, "", true
	}
	return gateTested, class, "", true
}

// Apply adds (sign +1) or removes (sign −1) one row. A removal is the exact
// inverse of the addition of the same row.
func (c *Cells) Apply(r *sitting.Row, sign int64) { c.applyOn(r, sign, "") }

// applyOn is Apply with the day the sitting was submitted, "" for none.
func (c *Cells) applyOn(r *sitting.Row, sign int64, day string) {
	if r == nil {
		return
	}
	g, class, name, ok := gateOf(r)
	if !ok && name == "" {
		return
	}
	w := c.waves[r.Wave]
	if w == nil {
		if len(c.waves) >= maxWaves {
			return
		}
		w = newWave(c.layout)
		c.waves[r.Wave] = w
	}
	if !ok {
		w.count(name, sign)
		return
	}
	w.count(countEvidence+string(r.Evidence), sign)
	w.count(countMode+string(r.Mode), sign)
	if day != "" {
		w.count(countDay+day, sign)
	}
	w.apply(c.layout, r, g, class, sign)
	if r.Evidence == sitting.EvidenceInvited && g != gateUnweightable {
		addTo(w.invited, c.layout, r, class, sign)
	}
}

// count moves one counter of the staff; one at zero is as good as absent.
func (w *Wave) count(name string, sign int64) {
	if w.other[name] += sign; w.other[name] == 0 {
		delete(w.other, name)
	}
}

func (w *Wave) apply(l layout, r *sitting.Row, g gate, class int, sign int64) {
	v := w.sums[g]
	if g == gateUnweightable {
		tested, noNet := r.Role == sitting.RoleTest, r.Internet == sitting.InternetNo
		v[0] += sign
		if tested {
			v[1] += sign
		}
		if noNet {
			v[2] += sign
		}
		return
	}
	addTo(v, l, r, class, sign)
}

// addTo adds a row with a class to a vector of sums.
func addTo(v []int64, l layout, r *sitting.Row, class int, sign int64) {
	tested, noNet := r.Role == sitting.RoleTest, r.Internet == sitting.InternetNo
	net := slices.Index(netIDs[:], string(r.Internet))
	if net < 0 {
		net = len(netIDs) - 1
	}
	mode := max(0, slices.Index(modeIDs[:], string(r.Mode)))
	for _, at := range [...]int{
		l.class(class),
		l.domainBlock(class, byDistrict, l.district(r.District)),
		l.domainBlock(class, byMode, mode),
		l.domainBlock(class, byNet, net),
	} {
		addBlock(v[at:at+blockLen], r, tested, noNet, sign)
	}
	if tested {
		for a, y := range r.Areas {
			if y >= 0 {
				at := l.area(class, a)
				addMoments(v[at:at+momentsLen], int64(y), sign)
			}
		}
	}
}

func addBlock(b []int64, r *sitting.Row, tested, noNet bool, sign int64) {
	b[bN] += sign
	if noNet {
		b[bNoNet] += sign
	}
	if !tested {
		return
	}
	if r.Reached && !noNet {
		b[bReached] += sign
	}
	if r.Low != r.Level {
		b[bBorder] += sign
	}
	addMoments(b[bScore:bScore+momentsLen], int64(r.Overall), sign)
	if i := slices.Index(levelIDs[:], r.Level); i >= 0 {
		b[bLevels+i] += sign
	}
}

func addMoments(m []int64, y, sign int64) {
	square := y * y
	m[mN] += sign
	m[mSum] += sign * y
	m[mHi] += sign * (square >> 32)
	m[mLo] += sign * (square & (1<<32 - 1))
}

// n counts the rows of a gate.
func (w *Wave) n(l layout, g gate) int64 {
	if w == nil {
		return 0
	}
	if g == gateUnweightable {
		return w.sums[g][0]
	}
	var n int64
	for c := range classes {
		n += w.sums[g][l.class(c)+bN]
	}
	return n
}

// negative tells whether a count is below zero: some row was removed that had
// not been added, and the cells must be rebuilt.
func (c *Cells) negative() bool {
	for _, w := range c.waves {
		for g := range w.sums {
			if slices.ContainsFunc(w.sums[g], func(v int64) bool { return v < 0 }) {
				return true
			}
		}
		for _, n := range w.other {
			if n < 0 {
				return true
			}
		}
	}
	return false
}

// clone returns an independent copy of a wave.
func (w *Wave) clone() *Wave {
	out := &Wave{other: maps.Clone(w.other), invited: slices.Clone(w.invited)}
	for g := range w.sums {
		out.sums[g] = slices.Clone(w.sums[g])
	}
	return out
}

// weightable is the sum of the three gates with a class.
func (w *Wave) weightable() []int64 {
	v := slices.Clone(w.sums[gateTested])
	for _, g := range [...]gate{gateTestedNoNet, gateOffline} {
		for i, x := range w.sums[g] {
			v[i] += x
		}
	}
	return v
}

// equal compares all sums of two cells; waves without any row are as good as absent.
func (c *Cells) equal(d *Cells) error {
	if !slices.Equal(c.layout.districts, d.layout.districts) {
		return fmt.Errorf("districts %v and %v", c.layout.districts, d.layout.districts)
	}
	empty := newWave(c.layout)
	for _, id := range append(slices.Collect(maps.Keys(c.waves)), slices.Collect(maps.Keys(d.waves))...) {
		a, b := c.waves[id], d.waves[id]
		if a == nil {
			a = empty
		}
		if b == nil {
			b = empty
		}
		for g := range a.sums {
			for i := range a.sums[g] {
				if a.sums[g][i] != b.sums[g][i] {
					return fmt.Errorf("wave %s, gate %d, sum %d: %d and %d", id, g, i, a.sums[g][i], b.sums[g][i])
				}
			}
		}
		if !slices.Equal(a.invited, b.invited) {
			return fmt.Errorf("wave %s: the sums of those invited differ", id)
		}
		for _, k := range slices.Sorted(maps.Keys(a.other)) {
			if a.other[k] != b.other[k] {
				return fmt.Errorf("wave %s, %s: %d and %d", id, k, a.other[k], b.other[k])
			}
		}
		for _, k := range slices.Sorted(maps.Keys(b.other)) {
			if a.other[k] != b.other[k] {
				return fmt.Errorf("wave %s, %s: %d and %d", id, k, a.other[k], b.other[k])
			}
		}
	}
	return nil
}
