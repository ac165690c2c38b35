package cityindex

import (
	"slices"

	"osvitlo/internal/sitting"
)

// The classes of the cells: sex × age, where 30–39 is kept in three parts,
// because the group straddles the border of the broad ages at 35 and a person
// who gave no age in years can be placed in neither (CONTRACT §5).
const (
	sexes    = 2
	fineAges = 9
	classes  = sexes * fineAges
	ages     = 7
	broads   = 3
	levels   = 6
	areas    = sitting.Areas
)

var (
	sexIDs   = [sexes]string{string(sitting.Female), string(sitting.Male)}
	levelIDs = [levels]string{"A1", "A2", "B1", "B2", "C1", "C2"}
	areaIDs  = [areas]string{"ua1", "ua2", "ua3", "ua4", "ua5", "ua6"}
	modeIDs  = [...]string{string(sitting.ModeSelf), string(sitting.ModeMentor), string(sitting.ModePaper), string(sitting.ModePhone)}
	netIDs   = [...]string{string(sitting.InternetYes), string(sitting.InternetHelp), string(sitting.InternetNo), notStated}

	ageOfFine   = [fineAges]int{0, 1, 2, 2, 2, 3, 4, 5, 6}
	broadOfFine = [fineAges]int{0, 0, -1, 0, 1, 1, 1, 2, 2} // -1: undecided
)

// notStated is the id of the category of those who did not say.
const notStated = "not-stated"

// A moments run of the layout: n, Σy, and Σy² cut into a high and a low part.
// y² = hi·2³² + lo; both parts are plain sums, so they can be added and
// subtracted in any order, and Σy² is exact for up to 2³¹ rows.
const (
	mN = iota
	mSum
	mHi
	mLo
	momentsLen
)

// A block run: what is known about a set of rows of one class.
const (
	bN        = iota // all rows
	bNoNet           // rows that do not use the internet
	bReached         // tested, at least the basic level, and using the internet
	bBorder          // tested, within one error of measurement of a level's border
	bScore           // moments of the overall score over the tested
	bLevels   = bScore + momentsLen
	blockLen  = bLevels + levels
	areasLen  = areas * momentsLen
	dimModes  = len(modeIDs)
	dimNets   = len(netIDs)
	unwLen    = 3 // rows, tested, without internet
	netNo     = 2 // place of "no" among netIDs
	maxDists  = 40
	headerLen = blockLen + areasLen
)

// layout says where each sum of a class lies in a vector of sums. It depends
// only on the configured districts.
type layout struct {
	districts []string
	classLen  int
}

func newLayout(districts []string) layout {
	d := slices.Clone(districts)
	if len(d) > maxDists {
		d = d[:maxDists]
	}
	return layout{districts: d, classLen: headerLen + blockLen*(len(d)+1+dimModes+dimNets)}
}

// domain is a way to split the rows of a class that is not a margin.
type domain int

const (
	byDistrict domain = iota
	byMode
	byNet
)

func (l layout) size() int { return classes * l.classLen }

func (l layout) class(c int) int { return c * l.classLen }

func (l layout) area(c, a int) int { return c*l.classLen + blockLen + a*momentsLen }

// domainBlock is the place of the block of class c for value v of a domain.
func (l layout) domainBlock(c int, d domain, v int) int {
	at := c*l.classLen + headerLen
	switch d {
	case byMode:
		at += blockLen * (len(l.districts) + 1)
	case byNet:
		at += blockLen * (len(l.districts) + 1 + dimModes)
	}
	return at + v*blockLen
}

func (l layout) domainIDs(d domain) []string {
	switch d {
	case byMode:
		return modeIDs[:]
	case byNet:
		return netIDs[:]
	}
	return append(slices.Clone(l.districts), notStated)
}

// convert brings the sums of a gate with classes from one layout into another:
// a district that is gone falls to "not stated".
func (l layout) convert(from layout, v []int64) []int64 {
	if slices.Equal(l.districts, from.districts) {
		return v
	}
	out := make([]int64, l.size())
	add := func(to, at, n int) {
		for i := range n {
			out[to+i] += v[at+i]
		}
	}
	for c := range classes {
		add(l.class(c), from.class(c), headerLen)
		for i := range len(from.districts) + 1 {
			to := len(l.districts)
			if i < len(from.districts) {
				to = l.district(from.districts[i])
			}
			add(l.domainBlock(c, byDistrict, to), from.domainBlock(c, byDistrict, i), blockLen)
		}
		add(l.domainBlock(c, byMode, 0), from.domainBlock(c, byMode, 0), dimModes*blockLen)
		add(l.domainBlock(c, byNet, 0), from.domainBlock(c, byNet, 0), dimNets*blockLen)
	}
	return out
}

// district is the place of a district; an unknown or absent one is "not stated".
func (l layout) district(id string) int {
	if i := slices.Index(l.districts, id); i >= 0 {
		return i
	}
	return len(l.districts)
}

// classOf places a row by sex and age; ok is false when either is unknown.
func classOf(r *sitting.Row) (c int, ok bool) {
	s := slices.Index(sexIDs[:], string(r.Sex))
	a := slices.Index(sitting.AgeGroups, r.Age)
	if s < 0 || a < 0 {
		return 0, false
	}
	fine := [ages]int{0, 1, 2, 5, 6, 7, 8}[a]
	if r.Age == sitting.Age30to39 {
		switch r.Broad {
		case sitting.Broad14to34:
			fine = 3
		case sitting.Broad35to59:
			fine = 4
		}
	}
	return s*fineAges + fine, true
}
