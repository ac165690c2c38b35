package place

import (
	"math"
	"slices"
	"sort"
)

// WalkFactor is how much longer a walk is than a straight line, unless the city says
// otherwise: a usual figure for cities with a grid of streets.
const WalkFactor = 1.3

// Populated is a point where people live.
type Populated struct {
	Point    Point
	People   float64
	District string
	Name     string
}

// Need is where the nearest place of a kind is too far.
type Need struct {
	At      Populated
	Kind    Kind // empty: any
	Metres  float64
	Nearest string // id of the nearest place; empty: there is none
}

// Reach is how far people of a district walk to a kind of place.
type Reach struct {
	District string
	Kind     Kind    // empty: any
	People   float64 // who live there by the file
	Within   float64 // of them within the limit
	Mean     float64 // walking metres, weighted by people; infinite when there is no place
	Farthest float64
}

// Share of the people within the limit; NaN without people.
func (r Reach) Share() float64 { return r.Within / r.People }

// Survey is the coverage of the city.
type Survey struct {
	Reaches []Reach // by district, then kind; the empty district is the whole city
	Gaps    []Need  // the points too far from any place of a kind, the most people first
}

// CoverageLimit is a walk of about 15 minutes, in metres.
const CoverageLimit = 1200.0

// Cover measures the walk from every populated point to the nearest public place of each
// kind that has a point: straight line × factor. An empty kind stands for any place.
// limit is in walking metres.
func (s *Service) Cover(people []Populated, kinds []Kind, factor, limit float64) (out Survey) {
	entries := s.model().public
	type key struct {
		district string
		kind     Kind
	}
	sums := map[key]*Reach{}
	var order []key
	add := func(k key, p Populated, metres float64) {
		r := sums[k]
		if r == nil {
			r = &Reach{District: k.district, Kind: k.kind}
			sums[k], order = r, append(order, k)
		}
		r.People += p.People
		r.Mean += metres * p.People
		r.Farthest = math.Max(r.Farthest, metres)
		if metres <= limit {
			r.Within += p.People
		}
	}
	for _, kind := range kinds {
		for _, p := range people {
			need := Need{At: p, Kind: kind, Metres: math.Inf(1)}
			n := nearPoint(p.Point)
			for _, e := range entries {
				if e.face.Point == nil || kind != "" && e.face.Kind != kind {
					continue
				}
				if m := n.metres(*e.face.Point) * factor; m < need.Metres {
					need.Metres, need.Nearest = m, e.p.ID
				}
			}
			add(key{"", kind}, p, need.Metres)
			if p.District != "" {
				add(key{p.District, kind}, p, need.Metres)
			}
			if need.Metres > limit && p.People > 0 {
				out.Gaps = append(out.Gaps, need)
			}
		}
	}
	for _, k := range order {
		r := sums[k]
		r.Mean /= r.People // +Inf when there is no place, NaN when nobody lives there
		out.Reaches = append(out.Reaches, *r)
	}
	sort.SliceStable(out.Reaches, func(i, j int) bool {
		a, b := out.Reaches[i], out.Reaches[j]
		if a.District != b.District {
			return a.District < b.District
		}
		return slices.Index(kinds, a.Kind) < slices.Index(kinds, b.Kind)
	})
	sort.SliceStable(out.Gaps, func(i, j int) bool { return out.Gaps[i].At.People > out.Gaps[j].At.People })
	return out
}
