package place

import (
	"hash/maphash"
	"math"
	"strings"

	"osvitlo/internal/sheet"
)

// Rules by which two entries are the same place.
const (
	twinFar   = 200.0 // metres: the same name farther apart is another place
	twinNear  = 25.0  // metres: a like name so near is the same place
	twinLike  = 0.5   // share of common words of two names
	twinSeed  = 40    // candidates looked at for one entry
	twinCells = 4000  // cells of a degree: about 28 m of latitude
)

// known is what twins are found by: small, because an import keeps one for each row.
type known struct {
	id      string // of the place in the register; empty for a row of the file
	row     int
	name    string // folded
	address string // folded; empty without a house number
	at      Point
	has     bool
}

// twins finds the entries that are the same place by name, address and distance.
type twins struct {
	all       []known
	byName    map[uint64][]int32
	byAddress map[uint64][]int32
	byCell    map[uint64][]int32
	seed      maphash.Seed
}

func newTwins(places []*Place) *twins {
	t := &twins{byName: map[uint64][]int32{}, byAddress: map[uint64][]int32{}, byCell: map[uint64][]int32{}, seed: maphash.MakeSeed()}
	for _, p := range places {
		t.add(knownOf(p, 0))
	}
	return t
}

func knownOf(p *Place, row int) known {
	k := known{id: p.ID, row: row, name: sheet.Fold(p.Name.UK), address: foldAddress(p.Address.UK)}
	if p.Point != nil {
		k.at, k.has = *p.Point, true
	}
	return k
}

// foldAddress leaves what tells a house: words of streets and of the city fall away; an
// address without a number tells none.
func foldAddress(text string) string {
	var keep []string
	number := false
	for _, w := range strings.Fields(sheet.Fold(text)) {
		if isStreetWord(w) || w == "кропивницький" || w == "місто" || len(w) == 5 && w[0] == '2' && isDigits(w) { // the postal code
			continue
		}
		number = number || isDigits(w[:1])
		keep = append(keep, w)
	}
	if !number {
		return ""
	}
	return strings.Join(keep, " ")
}

func isDigits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

func isStreetWord(w string) bool {
	for _, s := range streetWords {
		if s == w {
			return true
		}
	}
	return false
}

func (t *twins) hash(s string) uint64 { return maphash.String(t.seed, s) }

func cellOf(p Point, dx, dy int) uint64 {
	return uint64(uint32(int32(math.Floor(p.Lat*twinCells))+int32(dy)))<<32 | uint64(uint32(int32(math.Floor(p.Lon*twinCells))+int32(dx)))
}

func (t *twins) add(k known) {
	i := int32(len(t.all))
	t.all = append(t.all, k)
	put := func(m map[uint64][]int32, key uint64) {
		if len(m[key]) < twinSeed {
			m[key] = append(m[key], i)
		}
	}
	put(t.byName, t.hash(k.name))
	if k.address != "" {
		put(t.byAddress, t.hash(k.address))
	}
	if k.has {
		put(t.byCell, cellOf(k.at, 0, 0))
	}
}

// find returns the entry that is the same place; nil when there is none.
func (t *twins) find(k known) *known {
	for _, i := range t.byName[t.hash(k.name)] {
		if same(k, t.all[i]) {
			return &t.all[i]
		}
	}
	if k.address != "" {
		for _, i := range t.byAddress[t.hash(k.address)] {
			if same(k, t.all[i]) {
				return &t.all[i]
			}
		}
	}
	if k.has {
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for _, i := range t.byCell[cellOf(k.at, dx, dy)] {
					if same(k, t.all[i]) {
						return &t.all[i]
					}
				}
			}
		}
	}
	return nil
}

// same tells whether two entries are one place: the same name unless address or
// distance speak against it; the same house, or a few steps, with a like name.
func same(a, b known) bool {
	far := -1.0
	if a.has && b.has {
		far = nearPoint(a.at).metres(b.at)
	}
	if a.name == b.name {
		switch {
		case far >= 0:
			return far <= twinFar
		case a.address != "" && b.address != "":
			return a.address == b.address
		}
		return true
	}
	near := far >= 0 && far <= twinNear
	house := a.address != "" && a.address == b.address && (far < 0 || far <= twinFar)
	return (near || house) && alike(a.name, b.name) >= twinLike
}

// alike is the share of common words of two names.
func alike(a, b string) float64 {
	x, y := strings.Fields(a), strings.Fields(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	common := 0
	for _, w := range x {
		for _, v := range y {
			if w == v {
				common++
				break
			}
		}
	}
	return float64(common) / float64(len(x)+len(y)-common)
}
