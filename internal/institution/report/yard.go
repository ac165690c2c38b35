package report

import (
	"math"
	"slices"
	"strings"
)

// Yard is what the figures of a role are measured by: the table of the whole round.
type Yard struct {
	Table     Table
	Variables []string // that anybody answered, sorted
	Areas     []string // "edu1", sorted
	// Quarters are the quartiles of the lines' means by variable and area, of Overall and of
	// Gap; NaN where fewer than four means are shown.
	Quarters map[string][3]float64
	// Main is what institutions are grouped by: Knowledge where it was asked, else Overall.
	Main string
}

// leastLines is how many means quartiles of institutions need.
const leastLines = 4

// Yard measures a role; it is empty for a role that the round did not ask. It is computed
// once and shared: read only.
func (r *Report) Yard(role string) *Yard {
	whole := r.Table(role, Filter{})
	r.mu.Lock()
	defer r.mu.Unlock()
	if y := r.yards[role]; y != nil {
		return y
	}
	y := newYard(whole)
	if r.yards == nil {
		r.yards = map[string]*Yard{}
	}
	if len(r.yards) <= len(r.Roles) {
		r.yards[role] = y
	}
	return y
}

func newYard(whole Table) *Yard {
	y := &Yard{Table: whole, Quarters: map[string][3]float64{}, Main: Overall}
	for name := range whole.Total.Cells {
		y.Variables = append(y.Variables, name)
		if area := areaOf(name); area != "" && !slices.Contains(y.Areas, area) {
			y.Areas = append(y.Areas, area)
		}
	}
	slices.Sort(y.Variables)
	slices.Sort(y.Areas)
	if slices.Contains(y.Variables, Knowledge) {
		y.Main = Knowledge
	}
	for _, name := range slices.Concat(y.Variables, y.Areas, []string{Overall, Gap}) {
		y.Quarters[name] = y.quarters(name)
	}
	return y
}

// quarters are the quartiles of what the lines show; a figure that lines share counts once.
func (y *Yard) quarters(name string) (q [3]float64) {
	var list []float64
	shared := map[string]bool{}
	for i := range y.Table.Rows {
		f, with, ok := y.Table.Rows[i].Figure(name, y.Variables)
		at := strings.Join(with, " ")
		if !ok || at != "" && shared[at] {
			continue
		}
		shared[at] = true
		list = append(list, f.Mean)
	}
	return Quartiles(list)
}

// Quartiles of some institutions' numbers, interpolated; NaN for fewer than four. The list
// is sorted.
func Quartiles(list []float64) (q [3]float64) {
	if len(list) < leastLines {
		return [3]float64{math.NaN(), math.NaN(), math.NaN()}
	}
	slices.Sort(list)
	for i, p := range [...]float64{0.25, 0.5, 0.75} {
		at := p * float64(len(list)-1)
		k := int(at)
		q[i] = list[k]
		if k+1 < len(list) {
			q[i] += (at - float64(k)) * (list[k+1] - list[k])
		}
	}
	return q
}

// Place says how a figure of a variable or area stands to the lines' median.
func (y *Yard) Place(name string, f Figures) Place {
	q, ok := y.Quarters[name]
	if !ok {
		return NotKnown
	}
	return f.PlaceOf(q[1])
}
