package weighting

import (
	"fmt"
	"strings"
)

// Names of the rungs of CONTRACT §5, from the finest to the coarsest.
const (
	RungPostStratify = "poststratify-sex-age7"
	RungRakeSeven    = "rake-sex-age7"
	RungRakeThree    = "rake-sex-age3"
)

// Limits of the ladder (CONTRACT §5).
const (
	MinWeighted = 100 // under so many weighted rows there is no figure
	MinClass    = 10  // a class under so many rows is joined with its neighbour
)

// LadderMargin is a margin of a rung over the finest classes rows are counted
// in. Of is −1 for a class the margin cannot place.
type LadderMargin struct {
	Margin
	// Join names the category a category with under MinClass rows is joined
	// with, −1 for none; nil: nothing is joined.
	Join []int
	// MinRows is the smallest number of rows of a category after joining.
	MinRows int64
}

// Rung is one way of weighting.
type Rung struct {
	Name string
	// Margins: one means post-stratification to its categories, more raking.
	Margins []LadderMargin
	// Trim bounds raked weights; nil: no trimming. Post-stratified weights are
	// determined by their targets and never trimmed.
	Trim *TrimOptions
}

// Ladder is the versioned choice of weighting schemes, finest first, and the
// finest classes rows are counted in.
type Ladder struct {
	Classes []string
	Rungs   []Rung
	MinRows int64
}

// SchemeCell is one class of the chosen scheme.
type SchemeCell struct {
	ID      string // categories joined by "+", margins by "/"
	Members []int  // finest classes
	N       int64
	Weight  float64 // of one row; 0 when empty
}

// Refusal says why a finer rung was passed over.
type Refusal struct {
	Rung   string
	Reason error
}

// Scheme is the outcome of Choose: the rung, its classes and their weights.
type Scheme struct {
	Rung    string
	Raking  bool
	Cells   []SchemeCell
	Of      []int // cell of each finest class, −1 if the rung cannot place it
	Weights *ClassWeights
	// Margins after joining, over the cells.
	Margins []Margin
	// Unplaced rows lie in classes the rung cannot place: counted, not weighted.
	Unplaced int64
	// Passed are the finer rungs and why they could not be used.
	Passed []Refusal
}

// Choose takes the finest rung that the counts of the finest classes allow
// (CONTRACT §5). In each rung categories under MinClass rows are first joined
// with the neighbour the map names; joins run together, so a chain of small
// neighbours becomes one category. A rung is refused when it weights under
// MinRows rows, when a category stays under its smallest number, or when its
// fit fails. If all are, the error is ErrTooFew and names every reason. The
// result depends on nothing but the arguments.
func (l Ladder) Choose(counts []int64) (*Scheme, error) {
	if len(counts) != len(l.Classes) || len(counts) == 0 {
		return nil, fmt.Errorf("%w: %d counts for %d classes", ErrInput, len(counts), len(l.Classes))
	}
	for i, n := range counts {
		if n < 0 || n > MaxClassRows {
			return nil, fmt.Errorf("%w: class %s has %d rows", ErrInput, l.Classes[i], n)
		}
	}
	var passed []Refusal
	for _, r := range l.Rungs {
		s, err := r.apply(counts, l.MinRows)
		if err == nil {
			s.Passed = passed
			return s, nil
		}
		passed = append(passed, Refusal{r.Name, err})
	}
	var why []string
	for _, p := range passed {
		why = append(why, fmt.Sprintf("%s: %v", p.Rung, p.Reason))
	}
	return nil, fmt.Errorf("%w: %s", ErrTooFew, strings.Join(why, "; "))
}

// apply tries one rung.
func (r Rung) apply(counts []int64, minRows int64) (*Scheme, error) {
	if len(r.Margins) == 0 {
		return nil, fmt.Errorf("%w: rung %q without margins", ErrInput, r.Name)
	}
	s := &Scheme{Rung: r.Name, Raking: len(r.Margins) > 1, Of: make([]int, len(counts))}
	var rows int64
	for i, n := range counts {
		for _, m := range r.Margins {
			if i >= len(m.Of) || m.Of[i] >= len(m.Categories) {
				return nil, fmt.Errorf("%w: rung %q margin %q", ErrInput, r.Name, m.Name)
			}
			if m.Of[i] < 0 {
				s.Of[i] = -1
			}
		}
		if s.Of[i] < 0 {
			s.Unplaced += n
		} else {
			rows += n
		}
	}
	if rows < minRows {
		return nil, fmt.Errorf("%w: %d weighted rows of at least %d", ErrTooFew, rows, minRows)
	}
	joined := make([]Margin, len(r.Margins))
	for k, m := range r.Margins {
		var err error
		if joined[k], err = m.join(counts, s.Of); err != nil {
			return nil, err
		}
	}
	cells := map[string]int{}
	for i := range counts {
		if s.Of[i] < 0 {
			continue
		}
		ids := make([]string, len(joined))
		for k, m := range joined {
			ids[k] = m.Categories[m.Of[i]].ID
		}
		id := strings.Join(ids, "/")
		c, known := cells[id]
		if !known {
			c = len(s.Cells)
			cells[id] = c
			s.Cells = append(s.Cells, SchemeCell{ID: id})
		}
		s.Of[i] = c
		s.Cells[c].Members = append(s.Cells[c].Members, i)
		s.Cells[c].N += counts[i]
	}
	n := make([]int64, len(s.Cells))
	for c, cell := range s.Cells {
		n[c] = cell.N
	}
	for _, m := range joined {
		of := make([]int, len(s.Cells))
		for c, cell := range s.Cells {
			of[c] = m.Of[cell.Members[0]]
		}
		m.Of = of
		s.Margins = append(s.Margins, m)
	}
	trim := r.Trim
	if !s.Raking {
		trim = nil
	}
	var err error
	if s.Weights, err = RakeClasses(n, s.Margins, RakeOptions{}, trim); err != nil {
		return nil, err
	}
	for c, w := range s.Weights.w {
		s.Cells[c].Weight = w
	}
	return s, nil
}

// join merges small categories into their neighbours and checks what is left.
func (m LadderMargin) join(counts []int64, placed []int) (Margin, error) {
	n := make([]int64, len(m.Categories))
	for i, c := range m.Of {
		if placed[i] >= 0 {
			n[c] += counts[i]
		}
	}
	group := make([]int, len(n))
	for c := range group {
		group[c] = c
	}
	find := func(c int) int {
		for group[c] != c {
			c = group[c]
		}
		return c
	}
	for c, rows := range n {
		if m.Join == nil || rows >= MinClass {
			continue
		}
		if len(m.Join) != len(n) || m.Join[c] >= len(n) {
			return Margin{}, fmt.Errorf("%w: join map of margin %q", ErrInput, m.Name)
		}
		if to := m.Join[c]; to >= 0 {
			a, b := find(c), find(to)
			group[max(a, b)] = min(a, b)
		}
	}
	out := Margin{Name: m.Name, Of: make([]int, len(m.Of))}
	place := map[int]int{}
	var rows []int64
	at := make([]int, len(n))
	for c, cat := range m.Categories {
		g := find(c)
		k, known := place[g]
		if !known {
			k = len(out.Categories)
			place[g] = k
			out.Categories = append(out.Categories, Category{})
			rows = append(rows, 0)
		}
		at[c] = k
		if id := &out.Categories[k].ID; *id == "" {
			*id = cat.ID
		} else {
			*id += "+" + cat.ID
		}
		out.Categories[k].Target += cat.Target
		rows[k] += n[c]
	}
	for k, cat := range out.Categories {
		switch {
		case rows[k] == 0 && cat.Target > 0:
			return Margin{}, fmt.Errorf("%w: margin %q category %q", ErrEmptyCategory, m.Name, cat.ID)
		case rows[k] < m.MinRows && cat.Target > 0:
			return Margin{}, fmt.Errorf("%w: margin %q category %q has %d rows of at least %d", ErrTooFew, m.Name, cat.ID, rows[k], m.MinRows)
		}
	}
	for i, c := range m.Of {
		if out.Of[i] = -1; c >= 0 {
			out.Of[i] = at[c]
		}
	}
	return out, nil
}

// Fold adds up sums of the finest classes into the cells of the scheme; rows
// the rung cannot place are left out.
func (s *Scheme) Fold(fine []Sums) ([]Sums, error) {
	if len(fine) != len(s.Of) {
		return nil, fmt.Errorf("%w: %d sums for %d classes", ErrInput, len(fine), len(s.Of))
	}
	out := make([]Sums, len(s.Cells))
	for i, c := range s.Of {
		if c >= 0 {
			out[c] = out[c].Plus(fine[i])
		}
	}
	return out, nil
}

// FoldCounts is Fold for counts.
func (s *Scheme) FoldCounts(fine []int64) ([]int64, error) {
	if len(fine) != len(s.Of) {
		return nil, fmt.Errorf("%w: %d counts for %d classes", ErrInput, len(fine), len(s.Of))
	}
	out := make([]int64, len(s.Cells))
	for i, c := range s.Of {
		if c >= 0 {
			out[c] += fine[i]
		}
	}
	return out, nil
}

// Small are the cells with 1 to MinClass−1 rows. Raking may weight them, but
// their rows cannot be published one by one (CONTRACT §6).
func (s *Scheme) Small() []int {
	var small []int
	for c, cell := range s.Cells {
		if cell.N > 0 && cell.N < MinClass {
			small = append(small, c)
		}
	}
	return small
}
