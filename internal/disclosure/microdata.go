package disclosure

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrTooFewRows: fewer rows than one class must have.
var ErrTooFewRows = errors.New("disclosure: too few rows for microdata")

// Grade is one way to group the values of an attribute: Label[v] names the group of
// value v. No label is empty.
type Grade struct {
	Name  string
	Label []string
}

// Attribute is something that can tell people apart (a quasi-identifier). Its grades
// go from fine to coarse; each is a union of groups of the one before.
type Attribute struct {
	Name   string
	Grades []Grade
}

// Unsaid is the value of a row whose person did not say it.
const Unsaid = -1

// Microdata are rows to be released and the rule they must keep: METHOD §7 asks for
// k ≥ 5. Order lists the attributes that are made coarser, one grade a step, while more
// than MaxWithheld of the rows (a share, 0 to 1) stand in classes under K. Withhold lists
// every attribute once, the one that is given up first in front. Joint lists the sets of
// attributes for which sums are public elsewhere (each attribute on its own always is).
type Microdata struct {
	Attributes  []Attribute
	Rows        [][]int // value of each attribute, or Unsaid
	K           int
	Order       []int
	MaxWithheld float64
	Withhold    []int
	Joint       [][]int
}

// MicroRelease is what may be shown: for each row and attribute its label at the
// chosen grade, or "" where it was not said or is withheld. The two look the same.
type MicroRelease struct {
	Rows     [][]string
	Grades   []int // chosen grade of each attribute
	Steps    []int // attributes of the steps that were taken, in order
	Withheld []int // cells withheld, by attribute
}

// check tells whether the input is whole.
func (m *Microdata) check() error {
	if m.K < 2 || m.MaxWithheld < 0 || m.MaxWithheld > 1 || len(m.Attributes) == 0 {
		return fmt.Errorf("%w: microdata of %d attributes with k = %d", ErrInput, len(m.Attributes), m.K)
	}
	for _, a := range m.Attributes {
		if len(a.Grades) == 0 {
			return fmt.Errorf("%w: attribute %s has no grade", ErrInput, a.Name)
		}
		for g := range a.Grades {
			if len(a.Grades[g].Label) != len(a.Grades[0].Label) || slices.Contains(a.Grades[g].Label, "") {
				return fmt.Errorf("%w: attribute %s, grade %d: a label is missing", ErrInput, a.Name, g)
			}
			up := map[string]string{}
			for v := range a.Grades[g].Label {
				if g == 0 {
					continue
				}
				fine, coarse := a.Grades[g-1].Label[v], a.Grades[g].Label[v]
				if had, there := up[fine]; there && had != coarse {
					return fmt.Errorf("%w: attribute %s, grade %d cuts %q in two", ErrInput, a.Name, g, fine)
				}
				up[fine] = coarse
			}
		}
	}
	seen := slices.Sorted(slices.Values(m.Withhold))
	for i := range m.Attributes {
		if len(seen) != len(m.Attributes) || seen[i] != i {
			return fmt.Errorf("%w: the order of withholding does not name every attribute once", ErrInput)
		}
	}
	for _, list := range append(slices.Clone(m.Joint), m.Order) {
		for _, a := range list {
			if a < 0 || a >= len(m.Attributes) {
				return fmt.Errorf("%w: there is no attribute %d", ErrInput, a)
			}
		}
	}
	for i, row := range m.Rows {
		for a := range m.Attributes {
			if len(row) != len(m.Attributes) || row[a] < Unsaid || row[a] >= len(m.Attributes[a].Grades[0].Label) {
				return fmt.Errorf("%w: row %d is not of these attributes", ErrInput, i)
			}
		}
	}
	return nil
}

func (m *Microdata) label(row, a, grade int) string {
	if v := m.Rows[row][a]; v != Unsaid {
		return m.Attributes[a].Grades[grade].Label[v]
	}
	return ""
}

// Anonymise makes rows that may be released: no combination of what is shown stands
// for fewer than K rows, nobody is left out, and what is withheld cannot be had by
// subtracting the rows from sums that are public. First attributes are made coarser in
// the stated order; then cells of the rows that are still alone are withheld, attribute
// by attribute; then whole classes more, where under K people were withheld beside a
// public sum. The result depends on the rows alone, and has passed CheckMicro.
func (m *Microdata) Anonymise() (out MicroRelease, err error) {
	if err := m.check(); err != nil {
		return out, err
	}
	if len(m.Rows) < m.K {
		return out, ErrTooFewRows
	}
	out.Grades = make([]int, len(m.Attributes))
	m.show(&out)
	for _, a := range m.Order {
		if float64(m.alone(&out)) <= m.MaxWithheld*float64(len(m.Rows)) {
			break
		}
		if out.Grades[a]+1 < len(m.Attributes[a].Grades) {
			out.Grades[a]++
			out.Steps = append(out.Steps, a)
			m.show(&out)
		}
	}
	for _, a := range m.Withhold {
		for _, rows := range classesOf(out.Rows) {
			if len(rows) < m.K {
				blank(&out, rows, a)
			}
		}
	}
	m.fillBlank(&out)
	m.complement(&out)
	out.Withheld = make([]int, len(m.Attributes))
	for i, row := range out.Rows {
		for a := range row {
			if row[a] == "" && m.Rows[i][a] != Unsaid {
				out.Withheld[a]++
			}
		}
	}
	return out, m.CheckMicro(out)
}

// show writes every label at the chosen grades.
func (m *Microdata) show(out *MicroRelease) {
	out.Rows = make([][]string, len(m.Rows))
	for i := range m.Rows {
		out.Rows[i] = make([]string, len(m.Attributes))
		for a := range m.Attributes {
			out.Rows[i][a] = m.label(i, a, out.Grades[a])
		}
	}
}

// alone counts the rows in classes under K.
func (m *Microdata) alone(out *MicroRelease) (n int) {
	for _, rows := range classesOf(out.Rows) {
		if len(rows) < m.K {
			n += len(rows)
		}
	}
	return n
}

func classKey(row []string) string { return strings.Join(row, "\x00") }

// classesOf groups the rows by what is shown of them.
func classesOf(rows [][]string) map[string][]int {
	out := map[string][]int{}
	for i, row := range rows {
		out[classKey(row)] = append(out[classKey(row)], i)
	}
	return out
}

func blank(out *MicroRelease, rows []int, a int) {
	for _, i := range rows {
		out.Rows[i][a] = ""
	}
}

// smallestClass finds the smallest class that fits; the first by name on ties.
func smallestClass(classes map[string][]int, fits func(rows []int) bool) (rows []int) {
	best := ""
	for key, list := range classes {
		if fits(list) && (rows == nil || len(list) < len(rows) || len(list) == len(rows) && key < best) {
			best, rows = key, list
		}
	}
	return rows
}

// fillBlank makes the class of which nothing is shown large enough: the smallest
// others join it.
func (m *Microdata) fillBlank(out *MicroRelease) {
	nothing := classKey(make([]string, len(m.Attributes)))
	for {
		classes := classesOf(out.Rows)
		if n := len(classes[nothing]); n == 0 || n >= m.K {
			return
		}
		rows := smallestClass(classes, func(rows []int) bool { return classKey(out.Rows[rows[0]]) != nothing })
		if rows == nil {
			return
		}
		for a := range m.Attributes {
			blank(out, rows, a)
		}
	}
}

// sets lists the sets of attributes with public sums.
func (m *Microdata) sets() [][]int {
	out := slices.Clone(m.Joint)
	for a := range m.Attributes {
		out = append(out, []int{a})
	}
	return out
}

// combos calls visit with every combination of grades of a set that is not finer than
// what is shown.
func (m *Microdata) combos(set, shown []int, visit func(grades []int)) {
	grades := make([]int, len(set))
	var walk func(i int)
	walk = func(i int) {
		if i == len(set) {
			visit(grades)
			return
		}
		for g := shown[set[i]]; g < len(m.Attributes[set[i]].Grades); g++ {
			grades[i] = g
			walk(i + 1)
		}
	}
	walk(0)
}

// group is the true group of a row in a set; false when a part was not said.
func (m *Microdata) group(row int, set, grades []int) (string, bool) {
	labels := make([]string, len(set))
	for i, a := range set {
		if labels[i] = m.label(row, a, grades[i]); labels[i] == "" {
			return "", false
		}
	}
	return strings.Join(labels, "\x00"), true
}

// hidden tells whether a row does not show its group.
func hidden(row []string, set []int) bool {
	return slices.ContainsFunc(set, func(a int) bool { return row[a] == "" })
}

// gap finds a public sum from which under K people are left when the rows that show
// the group are taken away, while some rows show it.
func (m *Microdata) gap(out *MicroRelease) (set []int, grades []int, group string, found bool) {
	for _, s := range m.sets() {
		m.combos(s, out.Grades, func(g []int) {
			if found {
				return
			}
			less, shown := map[string]int{}, map[string]bool{}
			for i := range m.Rows {
				name, said := m.group(i, s, g)
				if !said {
					continue
				}
				if hidden(out.Rows[i], s) {
					less[name]++
				} else {
					shown[name] = true
				}
			}
			for name, n := range less {
				if n < m.K && shown[name] && (!found || name < group) {
					set, grades, group, found = s, slices.Clone(g), name, true
				}
			}
		})
		if found {
			return set, grades, group, true
		}
	}
	return nil, nil, "", false
}

// complement withholds an attribute of whole classes until no gap is left. Each step
// takes a class of K or more, so every step closes its gap and opens none.
func (m *Microdata) complement(out *MicroRelease) {
	for {
		set, grades, group, found := m.gap(out)
		if !found {
			return
		}
		rows := smallestClass(classesOf(out.Rows), func(rows []int) bool {
			if hidden(out.Rows[rows[0]], set) {
				return false
			}
			return slices.ContainsFunc(rows, func(i int) bool {
				name, said := m.group(i, set, grades)
				return said && name == group
			})
		})
		first := m.Withhold[slices.IndexFunc(m.Withhold, func(a int) bool { return slices.Contains(set, a) })]
		blank(out, rows, first)
	}
}

// CheckMicro proves a release against the rows it was made of: every label is the
// true one of its grade or blank, every combination of what is shown stands for K rows
// or more, and no public sum leaves 1 to K−1 people when the rows are taken away.
func (m *Microdata) CheckMicro(r MicroRelease) error {
	if err := m.check(); err != nil {
		return err
	}
	if len(r.Rows) != len(m.Rows) || len(r.Grades) != len(m.Attributes) {
		return fmt.Errorf("%w: the release has other rows", ErrInput)
	}
	for i, row := range r.Rows {
		if len(row) != len(m.Attributes) {
			return fmt.Errorf("%w: row %d has %d attributes", ErrInput, i, len(row))
		}
		for a, label := range row {
			if label != "" && label != m.label(i, a, r.Grades[a]) {
				return fmt.Errorf("%w: row %d says %q of %s", ErrInput, i, label, m.Attributes[a].Name)
			}
		}
	}
	if err := CheckK(r.Rows, m.K); err != nil {
		return err
	}
	if set, _, group, found := m.gap(&r); found {
		return fmt.Errorf("disclosure: a public sum of %q (attributes %v) gives away under %d rows", strings.ReplaceAll(group, "\x00", " "), set, m.K)
	}
	return nil
}

// CheckK proves that every combination of values stands for k rows or more; the error
// names one that does not.
func CheckK(rows [][]string, k int) error {
	for _, list := range classesOf(rows) {
		if len(list) < k {
			return fmt.Errorf("disclosure: %q stands for %d rows, not %d", rows[list[0]], len(list), k)
		}
	}
	return nil
}
