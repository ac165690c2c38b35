package report

import (
	"math"
	"slices"
	"strings"
)

// Names of figures that are made of several variables.
const (
	Overall   = "all"       // mean of all competences
	Knowledge = "knowledge" // mean of the knowledge items: a variable of its own
	Gap       = "gap"       // Overall minus Knowledge: how much higher people put themselves than the test does
)

// areaOf is the area of a competence ("edu1.2" is of "edu1"); empty for other variables.
func areaOf(variable string) string {
	area, _, ok := strings.Cut(variable, ".")
	if !ok || strings.HasPrefix(variable, "item:") {
		return ""
	}
	return area
}

// Parts are the competences of an area, or of all areas for Overall, among some variables.
func Parts(area string, variables []string) (list []string) {
	for _, name := range variables {
		if of := areaOf(name); of != "" && (area == Overall || of == area) {
			list = append(list, name)
		}
	}
	return list
}

// Moment is what is kept of the means that people have in an area, in hundredths of a
// point. It serves the error of the area's mean only: one person's competences hang
// together, so their errors cannot simply be added. The mean itself is never shown, or
// somebody could take the published means of competences from it and see who skipped one.
type Moment struct {
	N      int64 `json:"n"`
	Sum    int64 `json:"s"`
	Square int64 `json:"q"`
}

func (m *Moment) add(value float64) {
	v := int64(math.Round(value * scale))
	m.N++
	m.Sum += v
	m.Square += v * v
}

func (m *Moment) plus(o *Moment) {
	m.N, m.Sum, m.Square = m.N+o.N, m.Sum+o.Sum, m.Square+o.Square
}

// error is the standard error of the mean with the correction for a finite frame; NaN for
// fewer than two people.
func (m *Moment) error(frame int64) float64 {
	s := Sum{N: m.N, Sum: m.Sum, Square: m.Square}
	if s.N == 0 {
		return math.NaN()
	}
	return s.spread(frame)
}

// Figure is a variable of a row, or an area: the mean of its competences' means. With are
// the institutions with which it is shared. Where the report knows no error of an area's
// mean (a competence is shared with other rows, or it was cut before errors were kept), it
// is the mean of the competences' errors, which is the most it can be. ok is false where
// nothing is known.
func (r *Row) Figure(name string, variables []string) (f Figures, with []string, ok bool) {
	if f, ok := r.Cells[name]; ok {
		return f, r.Shared[name], !math.IsNaN(f.Mean)
	}
	if name == Gap {
		return r.gap(variables)
	}
	parts := Parts(name, variables)
	if len(parts) == 0 {
		return f, nil, false
	}
	f = Figures{N: r.N, DF: math.Inf(1)}
	f.cover(r.Frame)
	for _, part := range parts {
		one, ok := r.Cells[part]
		if !ok || math.IsNaN(one.Mean) {
			return Figures{}, nil, false
		}
		f.Mean += one.Mean / float64(len(parts))
		f.SE += one.SE / float64(len(parts))
		f.DF = math.Min(f.DF, one.DF)
		for _, id := range r.Shared[part] {
			if !slices.Contains(with, id) {
				with = append(with, id)
			}
		}
	}
	if se, ok := r.Errors[name]; ok && len(with) == 0 && !math.IsNaN(se) {
		f.SE = math.Min(f.SE, se)
	}
	f.bound(0, 100)
	return f, with, true
}

// gap is the self-rating beside the test. Its error is that of people's own differences,
// or at most the sum of both errors (CONTRACT §3: two variables of one person).
func (r *Row) gap(variables []string) (f Figures, with []string, ok bool) {
	self, with, ok := r.Figure(Overall, variables)
	test, have := r.Cells[Knowledge]
	if !ok || !have || math.IsNaN(test.Mean) {
		return Figures{}, nil, false
	}
	with = slices.Concat(with, r.Shared[Knowledge])
	slices.Sort(with)
	f = Figures{N: r.N, Coverage: self.Coverage, Mean: self.Mean - test.Mean, SE: self.SE + test.SE, DF: math.Min(self.DF, test.DF)}
	if se, ok := r.Errors[Gap]; ok && len(with) == 0 && !math.IsNaN(se) {
		f.SE = math.Min(f.SE, se)
	}
	f.bound(-100, 100)
	return f, slices.Compact(with), true
}
