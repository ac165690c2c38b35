package disclosure

import (
	"fmt"
	"math"
)

// Cell is a published or publishable number of persons.
type Cell struct {
	ID         string
	N          int64 // read only when not suppressed
	Suppressed bool
}

// Relation says that parts add up to a total; every id is a cell. Linked
// tables share cells and so become one system.
type Relation struct {
	Total string
	Parts []string
}

// maxCells bounds one system of tables.
const maxCells = 5000

// linked is a checked system: for each relation the cells in it, total last.
type linked struct {
	place map[string]int
	lines [][]int
}

func link(cells []Cell, relations []Relation) (linked, error) {
	l := linked{place: make(map[string]int, len(cells))}
	if len(cells) > maxCells {
		return l, fmt.Errorf("%w: %d cells", ErrInput, len(cells))
	}
	for i, c := range cells {
		if _, twice := l.place[c.ID]; twice || c.N < 0 || c.N > math.MaxInt32 {
			return l, fmt.Errorf("%w: cell %q with %d persons, or twice", ErrInput, c.ID, c.N)
		}
		l.place[c.ID] = i
	}
	for _, r := range relations {
		var line []int
		seen := map[string]bool{}
		for _, id := range append(append([]string(nil), r.Parts...), r.Total) {
			at, known := l.place[id]
			if !known || seen[id] {
				return l, fmt.Errorf("%w: relation of %q has %q", ErrInput, r.Total, id)
			}
			seen[id] = true
			line = append(line, at)
		}
		if len(line) < 2 {
			return l, fmt.Errorf("%w: %q has no parts", ErrInput, r.Total)
		}
		l.lines = append(l.lines, line)
	}
	return l, nil
}

// Audit plays the attacker against published cells (METHOD §7): it finds counts
// that are published although too small, and suppressed ones that can be
// recovered or pinned down from the rest.
func (r Rule) Audit(cells []Cell, relations []Relation) ([]Finding, error) {
	if _, err := link(cells, relations); err != nil {
		return nil, err
	}
	s := System{Published: map[string]float64{}}
	var found []Finding
	for _, c := range cells {
		s.Vars = append(s.Vars, c.ID)
		if c.Suppressed {
			s.Sensitive = append(s.Sensitive, c.ID)
			continue
		}
		s.Published[c.ID] = float64(c.N)
		if r.Count(c.N) != Shown {
			found = append(found, Finding{c.ID, float64(c.N), float64(c.N), WhyPublished})
		}
	}
	for _, rel := range relations {
		e := Equation{Coef: map[string]float64{rel.Total: -1}}
		for _, id := range rel.Parts {
			e.Coef[id] = 1
		}
		s.Equations = append(s.Equations, e)
	}
	leaks, err := s.Attack(r)
	return append(found, leaks...), err
}

// Protect suppresses what must not be shown, in the order of the cells. First
// every count the primary rule forbids. Then, where a relation has exactly one
// suppressed cell, the smallest other cell that could be shown; then the
// attacker is played, and next to each count he still pins down one more cell
// is suppressed, until he finds nothing (METHOD §7). All true counts are given
// in; they must add up. The result has passed Audit.
func (r Rule) Protect(cells []Cell, relations []Relation) ([]Reason, error) {
	l, err := link(cells, relations)
	if err != nil {
		return nil, err
	}
	for k, line := range l.lines {
		var sum int64
		for _, c := range line {
			sum += cells[c].N
		}
		if total := cells[line[len(line)-1]].N; sum != 2*total {
			return nil, fmt.Errorf("%w: relation %d of %q does not add up", ErrInput, k, relations[k].Total)
		}
	}
	out := append([]Cell(nil), cells...)
	why := make([]Reason, len(cells))
	for i := range out {
		if out[i].Suppressed = r.Count(out[i].N) != Shown; out[i].Suppressed {
			why[i] = TooFew
		}
	}
	hide := func(c int) {
		out[c].Suppressed, why[c] = true, Complementary
	}
	for {
		if c, more := single(out, l.lines); more {
			hide(c)
			continue
		}
		found, err := r.Audit(out, relations)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			return why, nil
		}
		changed := false
		for _, f := range found {
			if c, ok := beside(out, l.lines, l.place[f.ID]); ok {
				hide(c)
				changed = true
				break
			}
		}
		if changed {
			continue
		}
		// Nothing left beside the leaks: hide the smallest cell there is.
		if c, ok := smallest(out, nil); ok {
			hide(c)
			continue
		}
		return nil, fmt.Errorf("%w: nothing can be shown", ErrUndecided)
	}
}

// single finds a relation with exactly one suppressed cell and the cell to
// suppress with it.
func single(cells []Cell, lines [][]int) (int, bool) {
	for _, line := range lines {
		hidden := 0
		for _, c := range line {
			if cells[c].Suppressed {
				hidden++
			}
		}
		if hidden == 1 {
			if c, ok := smallest(cells, line); ok {
				return c, true
			}
		}
	}
	return 0, false
}

// beside is the smallest shown cell in a relation with the given one.
func beside(cells []Cell, lines [][]int, leak int) (int, bool) {
	var near []int
	for _, line := range lines {
		for _, c := range line {
			if c == leak {
				near = append(near, line...)
				break
			}
		}
	}
	if near == nil {
		return 0, false
	}
	return smallest(cells, near)
}

// smallest is the shown cell with the smallest count above 0 among some (nil:
// all), the first on ties: parts come before their totals. A zero protects
// nothing, so it is the last resort.
func smallest(cells []Cell, among []int) (best int, ok bool) {
	best = -1
	better := func(a, b int64) bool {
		if (a == 0) != (b == 0) {
			return b == 0
		}
		return a < b
	}
	try := func(c int) {
		if !cells[c].Suppressed && (best < 0 || better(cells[c].N, cells[best].N)) {
			best = c
		}
	}
	if among == nil {
		for c := range cells {
			try(c)
		}
	}
	for _, c := range among {
		try(c)
	}
	return best, best >= 0
}
