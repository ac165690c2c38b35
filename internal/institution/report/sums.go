package report

import (
	"errors"
	"fmt"
	"math"
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
	return nil
}

// N is the number of people of a unit.
func (s *Sums) N(u Unit) int64 {
	if p := s.units[u]; p != nil {
		return p.N
	}
	return 0
}
