package disclosure

import (
	"fmt"
	"math"
)

// Equation is something an attacker knows: Σ coef·var = Value.
type Equation struct {
	Coef  map[string]float64 `json:"coef"`
	Value float64            `json:"value"`
}

// System is all an attacker can put together: tables, totals, rates times n,
// other waves. Every variable is a count or a sum, at least 0.
type System struct {
	Vars      []string           `json:"vars"`
	Published map[string]float64 `json:"published"`
	Equations []Equation         `json:"eqs"`
	// Sensitive are the variables that must not be recovered.
	Sensitive []string `json:"sensitive"`
}

// Finding is a figure that gives too much away.
type Finding struct {
	ID        string
	Low, High float64 // what the attacker knows about it
	Why       string
}

// What an attack finds.
const (
	WhyPublished = "a published count is under the smallest number"
	WhyExact     = "a suppressed value is recovered exactly"
	WhyNarrow    = "a suppressed value is known within a narrow interval"
)

// maxUnknown bounds one linear program.
const maxUnknown = 600

// Attack finds the sensitive variables whose interval [min, max] under
// everything known is too telling (METHOD §7): a single point, or not wider
// than MinWidth and below MinCount. Published figures that contradict each
// other are ErrInconsistent, a program that does not end ErrUndecided.
func (s System) Attack(r Rule) ([]Finding, error) {
	p, err := s.reduce()
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, id := range s.Sensitive {
		v, unknown := p.place[id]
		if !unknown {
			value, published := s.Published[id]
			if !published {
				return nil, fmt.Errorf("%w: sensitive %q is no variable", ErrInput, id)
			}
			found = append(found, Finding{id, value, value, WhyExact})
			continue
		}
		low, high, err := p.interval(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", id, err)
		}
		if r.safe(low, high) {
			continue
		}
		f := Finding{id, low, high, WhyNarrow}
		if high-low <= 1e-6 {
			f.Why = WhyExact
		}
		found = append(found, f)
	}
	return found, nil
}

// program is the system without what is published, in reduced row echelon
// form: independent equations over the unknowns.
type program struct {
	place map[string]int
	rows  [][]float64 // coefficients, then the right side
	pivot []int       // the unknown each row stands for
	n     int
	ready map[int]*tableau // feasible start of each component, by its first row
}

func (s System) reduce() (*program, error) {
	p := &program{place: map[string]int{}, ready: map[int]*tableau{}}
	known := map[string]bool{}
	for _, id := range s.Vars {
		if known[id] {
			return nil, fmt.Errorf("%w: variable %q stands twice", ErrInput, id)
		}
		known[id] = true
		if v, ok := s.Published[id]; ok {
			if !(v >= 0) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("%w: %q is published as %v", ErrInput, id, v)
			}
			continue
		}
		p.place[id] = p.n
		p.n++
	}
	if p.n > maxUnknown {
		return nil, fmt.Errorf("%w: %d unknowns", ErrUndecided, p.n)
	}
	for i, e := range s.Equations {
		row := make([]float64, p.n+1)
		row[p.n] = e.Value
		for id, c := range e.Coef {
			if !known[id] || math.IsNaN(c) || math.IsInf(c, 0) {
				return nil, fmt.Errorf("%w: equation %d has %v of %q", ErrInput, i, c, id)
			}
			if at, unknown := p.place[id]; unknown {
				row[at] += c
			} else {
				row[p.n] -= c * s.Published[id]
			}
		}
		if math.IsNaN(row[p.n]) || math.IsInf(row[p.n], 0) {
			return nil, fmt.Errorf("%w: equation %d", ErrInput, i)
		}
		p.rows = append(p.rows, row)
	}
	return p, p.echelon()
}

// echelon eliminates with partial pivoting and drops what is no equation.
func (p *program) echelon() error {
	const eps = 1e-9
	at := 0
	for c := 0; c < p.n && at < len(p.rows); c++ {
		best := at
		for i := at + 1; i < len(p.rows); i++ {
			if math.Abs(p.rows[i][c]) > math.Abs(p.rows[best][c]) {
				best = i
			}
		}
		if math.Abs(p.rows[best][c]) <= eps {
			continue
		}
		p.rows[at], p.rows[best] = p.rows[best], p.rows[at]
		lead := p.rows[at][c]
		for j := range p.rows[at] {
			p.rows[at][j] /= lead
		}
		for i, row := range p.rows {
			if f := row[c]; i != at && f != 0 {
				for j := range row {
					row[j] -= f * p.rows[at][j]
					if math.Abs(row[j]) < eps && j < p.n {
						row[j] = 0
					}
				}
			}
		}
		p.pivot = append(p.pivot, c)
		at++
	}
	for _, row := range p.rows[at:] {
		if math.Abs(row[p.n]) > 1e-6 {
			return fmt.Errorf("%w: an equation is off by %v", ErrInconsistent, row[p.n])
		}
	}
	p.rows = p.rows[:at]
	for i, row := range p.rows {
		// A value of −1e-15 is a 0 that rounding spoiled.
		if math.Abs(row[p.n]) < 1e-7 {
			row[p.n] = 0
		}
		alone := true
		for j := range p.n {
			alone = alone && (j == p.pivot[i] || row[j] == 0)
		}
		if alone && row[p.n] < 0 {
			return fmt.Errorf("%w: a count would be %v", ErrInconsistent, row[p.n])
		}
	}
	return nil
}

// interval is the smallest and largest value unknown v can have.
func (p *program) interval(v int) (low, high float64, err error) {
	rows, cols := p.component(v)
	if len(rows) == 0 {
		return 0, math.Inf(1), nil
	}
	key := rows[0]
	t, ready := p.ready[key]
	if !ready {
		if t, err = newTableau(p, rows, cols); err != nil {
			return 0, 0, err
		}
		p.ready[key] = t
	}
	at := 0
	for cols[at] != v {
		at++
	}
	if low, err = t.optimum(at, 1); err != nil {
		return 0, 0, err
	}
	high, err = t.optimum(at, -1)
	return low, high, err
}

// component is the part of the system that v hangs together with: its rows and
// its unknowns.
func (p *program) component(v int) (rows, cols []int) {
	inCol := make([]bool, p.n)
	inRow := make([]bool, len(p.rows))
	queue := []int{v}
	inCol[v] = true
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		for i, row := range p.rows {
			if inRow[i] || row[c] == 0 {
				continue
			}
			inRow[i] = true
			for j := range p.n {
				if row[j] != 0 && !inCol[j] {
					inCol[j] = true
					queue = append(queue, j)
				}
			}
		}
	}
	for i, in := range inRow {
		if in {
			rows = append(rows, i)
		}
	}
	for j, in := range inCol {
		if in {
			cols = append(cols, j)
		}
	}
	return rows, cols
}
