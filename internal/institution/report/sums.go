package report

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Unit is an institution in a role.
type Unit struct {
	Institution string
	Role        string
}

// String is the unit's id in blocks.
func (u Unit) String() string { return u.Institution + "|" + u.Role }

// scale is how many steps make one point: sums of steps are exact.
const scale = 100

// bins are whole points 0 to 100.
const bins = 101

// Sum is what is kept of one variable (0 to 100 points) over some people.
type Sum struct {
	N      int64            `json:"n"`
	Sum    int64            `json:"s"` // of hundredths of a point
	Square int64            `json:"q"` // of their squares
	Hist   map[uint8]uint32 `json:"h"` // people by whole points, rounded
}

func (s *Sum) add(value float64) {
	v := int64(math.Round(value * scale))
	s.N++
	s.Sum += v
	s.Square += v * v
	if s.Hist == nil {
		s.Hist = map[uint8]uint32{}
	}
	s.Hist[uint8(math.Round(value))]++
}

// plus adds other people.
func (s *Sum) plus(o *Sum) {
	s.N, s.Sum, s.Square = s.N+o.N, s.Sum+o.Sum, s.Square+o.Square
	if s.Hist == nil && len(o.Hist) > 0 {
		s.Hist = make(map[uint8]uint32, len(o.Hist))
	}
	for bin, n := range o.Hist {
		s.Hist[bin] += n
	}
}

// People are the sums over some people.
type People struct {
	N    int64           `json:"n"`
	Vars map[string]*Sum `json:"v,omitempty"`
	// Means are what people have on the average of an area's competences, by area, of all
	// competences under Overall, and how far that lies from their test under Gap.
	Means map[string]*Moment `json:"m,omitempty"`
}

func (p *People) plus(o *People) {
	p.N += o.N
	for name, s := range o.Vars {
		if p.Vars == nil {
			p.Vars = map[string]*Sum{}
		}
		if p.Vars[name] == nil {
			p.Vars[name] = &Sum{}
		}
		p.Vars[name].plus(s)
	}
	for area, m := range o.Means {
		if p.Means == nil {
			p.Means = map[string]*Moment{}
		}
		if p.Means[area] == nil {
			p.Means[area] = &Moment{}
		}
		p.Means[area].plus(m)
	}
}

// average takes the means of one person's answers by area.
func (p *People) average(values map[string]float64) {
	type mean struct {
		area   string
		sum, n float64 // of whole steps, so that the order of a map does not matter
	}
	by := append(make([]mean, 0, 8), mean{area: Overall})
	for name, v := range values {
		area := areaOf(name)
		if area == "" {
			continue
		}
		at := slices.IndexFunc(by, func(m mean) bool { return m.area == area })
		if at < 0 {
			at, by = len(by), append(by, mean{area: area})
		}
		v = math.Round(v * scale)
		by[0].sum, by[0].n = by[0].sum+v, by[0].n+1
		by[at].sum, by[at].n = by[at].sum+v, by[at].n+1
	}
	for _, m := range by {
		if m.n > 0 {
			p.mean(m.area, m.sum/m.n/scale)
		}
	}
	if test, ok := values[Knowledge]; ok && by[0].n > 0 {
		p.mean(Gap, by[0].sum/by[0].n/scale-test)
	}
}

func (p *People) mean(of string, value float64) {
	if p.Means == nil {
		p.Means = map[string]*Moment{}
	}
	if p.Means[of] == nil {
		p.Means[of] = &Moment{}
	}
	p.Means[of].add(value)
}

// Sums gather answers per unit. The zero Sums is empty.
type Sums struct{ units map[Unit]*People }

// ErrValue marks a value that is no number of 0 to 100 points.
var ErrValue = errors.New("report: a value is outside 0 to 100 points")

// Add takes the answers of one person: points by variable, those not answered left out.
func (s *Sums) Add(u Unit, values map[string]float64) error {
	for name, v := range values {
		if math.IsNaN(v) || v < 0 || v > 100 {
			return fmt.Errorf("%w: %s is %v", ErrValue, name, v)
		}
	}
	if s.units == nil {
		s.units = map[Unit]*People{}
	}
	p := s.units[u]
	if p == nil {
		p = &People{Vars: map[string]*Sum{}}
		s.units[u] = p
	}
	p.N++
	for name, v := range values {
		if p.Vars[name] == nil {
			p.Vars[name] = &Sum{}
		}
		p.Vars[name].add(v)
	}
	p.average(values)
	return nil
}

// N is the number of people of a unit.
func (s *Sums) N(u Unit) int64 {
	if p := s.units[u]; p != nil {
		return p.N
	}
	return 0
}
