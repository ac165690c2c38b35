package schools

import (
	"context"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
)

// Columns that are no competence.
const (
	knowledge = "knowledge" // mean of the knowledge items
	overall   = "all"       // mean of all competences
)

const normal95 = 1.959963984540054

// figure is a value with its interval. Real is how much it changed since the round before,
// and 0 unless the change is real.
type figure struct {
	Mean, SE, Low, High float64
	N                   int64
	Real                float64
	Shared              []string // institutions with which it is shared
}

func (f figure) known() bool { return !math.IsNaN(f.Mean) }

var unknown = figure{Mean: math.NaN(), SE: math.NaN(), Low: math.NaN(), High: math.NaN()}

func plain(f report.Figures) figure {
	return figure{Mean: f.Mean, SE: f.SE, Low: f.Low, High: f.High, N: f.N}
}

// parts are the competences of an area, or of all areas, among the variables of a role.
func parts(column string, variables []string) (list []string) {
	for _, name := range variables {
		area, _, ok := strings.Cut(name, ".")
		if ok && !strings.HasPrefix(name, "item:") && (column == overall || area == column) {
			list = append(list, name)
		}
	}
	return list
}

// of is a column's figure of a row. An area is the mean of its competences' published
// means: nothing new is computed from answers. Its error is the mean of their errors,
// which is the most it can be, since the same people answered all of them.
func of(row *report.Row, column string, variables []string) figure {
	if f, ok := row.Cells[column]; ok {
		out := plain(f)
		out.Shared = row.Shared[column]
		return out
	}
	list := parts(column, variables)
	if len(list) == 0 {
		return unknown
	}
	var f figure
	for _, name := range list {
		one, ok := row.Cells[name]
		if !ok || math.IsNaN(one.Mean) {
			return unknown
		}
		f.Mean += one.Mean / float64(len(list))
		f.SE += one.SE / float64(len(list))
		for _, id := range row.Shared[name] {
			if !slices.Contains(f.Shared, id) {
				f.Shared = append(f.Shared, id)
			}
		}
	}
	f.N = row.N
	f.Low, f.High = math.Max(0, f.Mean-normal95*f.SE), math.Min(100, f.Mean+normal95*f.SE)
	return f
}

// yard is what the figures of a role in a round are measured by: the whole city's rows.
type yard struct {
	variables []string
	areas     []string
	quarter   map[string][3]float64 // quartiles of the institutions' means by column
	main      string                // the column that groups institutions: knowledge where it was asked
	city      report.Row
	before    *round.Round
	changes   map[string]map[string]report.Change // units → variable
}

// columns lists a view's columns.
func (y *yard) columns(all bool) (list []string) {
	if slices.Contains(y.variables, knowledge) {
		list = append(list, knowledge)
	}
	if !all && len(y.areas) > 0 {
		return append(list, y.areas...)
	}
	for _, name := range y.variables {
		if name != knowledge {
			list = append(list, name)
		}
	}
	return list
}

func key(units []string) string { return strings.Join(units, " ") }

// yardOf computes a role's yard once: reports do not change.
func (h *Handlers) yardOf(ctx context.Context, r *round.Round, made *report.Report, role string) (*yard, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, _ := h.o.Rounds.Before(r.ID)
	id := r.ID + " " + role
	if before != nil {
		id += " " + before.ID
	}
	if y := h.yards[id]; y != nil {
		return y, nil
	}
	whole := made.Table(role, report.Filter{})
	y := &yard{quarter: map[string][3]float64{}, city: whole.Total, before: before, changes: map[string]map[string]report.Change{}, main: overall}
	for name := range whole.Total.Cells {
		y.variables = append(y.variables, name)
		if area, _, ok := strings.Cut(name, "."); ok && !strings.HasPrefix(name, "item:") && !slices.Contains(y.areas, area) {
			y.areas = append(y.areas, area)
		}
	}
	slices.Sort(y.variables)
	slices.Sort(y.areas)
	if slices.Contains(y.variables, knowledge) {
		y.main = knowledge
	}
	for _, column := range slices.Concat(y.variables, y.areas, []string{overall}) {
		var means []float64
		for i := range whole.Rows {
			if f := of(&whole.Rows[i], column, y.variables); f.known() {
				means = append(means, f.Mean)
			}
		}
		y.quarter[column] = quartiles(means)
	}
	if before != nil {
		was, err := h.o.Rounds.Report(ctx, before.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range report.Changes(was, made, role, y.variables) {
			at := key(c.Units)
			if y.changes[at] == nil {
				y.changes[at] = map[string]report.Change{}
			}
			y.changes[at][c.Variable] = c
		}
	}
	if len(h.yards) > maxYards {
		clear(h.yards)
	}
	h.yards[id] = y
	return y, nil
}

// maxYards bounds what is kept: twenty years of six roles.
const maxYards = 120

// quartiles of some institutions; they are not shown for fewer than four.
func quartiles(list []float64) (q [3]float64) {
	if len(list) < 4 {
		return [3]float64{math.NaN(), math.NaN(), math.NaN()}
	}
	slices.Sort(list)
	for i, p := range []float64{0.25, 0.5, 0.75} {
		at := p * float64(len(list)-1)
		k := int(at)
		q[i] = list[k]
		if k+1 < len(list) {
			q[i] += (at - float64(k)) * (list[k+1] - list[k])
		}
	}
	return q
}

// place compares a figure with the city's median of institutions.
func (y *yard) place(f figure, column string) report.Place {
	return report.Figures{Low: f.Low, High: f.High}.PlaceOf(y.quarter[column][1])
}

// figure is a column's figure of a row with its change.
func (y *yard) figure(row *report.Row, column string) figure {
	f := of(row, column, y.variables)
	if c, ok := y.changes[key(row.Units)][column]; ok && c.Real {
		f.Real = c.Difference
	}
	return f
}

// shift says how far a row can be compared with the round before.
type shift int

const (
	noShift shift = iota // nothing to compare with, or other groups
	notSeen              // compared, and nothing is real
	real
)

// shifts are the real changes of a row, the largest first.
func (y *yard) shifts(row *report.Row) (list []report.Change, how shift) {
	all, ok := y.changes[key(row.Units)]
	if !ok {
		return nil, noShift
	}
	for _, c := range all {
		if c.Real {
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b report.Change) int {
		if d := math.Abs(b.Difference) - math.Abs(a.Difference); d != 0 {
			return int(math.Copysign(1, d))
		}
		return strings.Compare(a.Variable, b.Variable)
	})
	if len(list) == 0 {
		return nil, notSeen
	}
	return list, real
}
