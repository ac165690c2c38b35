package schools

import (
	"context"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
)

const (
	knowledge = report.Knowledge
	overall   = report.Overall
	gap       = report.Gap
)

// figure is a value with its interval. Moved is how much it changed since the round
// before; nil where there is nothing to compare with.
type figure struct {
	Mean, SE, Low, High float64
	N                   int64
	Moved               *report.Change
	Shared              []string // institutions with which it is shared
}

func (f figure) known() bool { return !math.IsNaN(f.Mean) }

// real is a change that is real, or nil.
func (f figure) real() *report.Change {
	if f.Moved != nil && f.Moved.Real {
		return f.Moved
	}
	return nil
}

var unknown = figure{Mean: math.NaN(), SE: math.NaN(), Low: math.NaN(), High: math.NaN()}

// of is a column's figure of a row.
func of(row *report.Row, column string, variables []string) figure {
	f, with, ok := row.Figure(column, variables)
	if !ok {
		return unknown
	}
	return figure{Mean: f.Mean, SE: f.SE, Low: f.Low, High: f.High, N: f.N, Shared: with}
}

// yard is what the figures of a role in a round are measured by: the whole city's rows.
type yard struct {
	variables []string
	areas     []string
	quarter   map[string][3]float64 // quartiles of the institutions' means by column
	main      string                // the column that groups institutions: knowledge where it was asked
	city      report.Row
	before    *round.Round
	// changes are of the columns of the areas' view and of that of all competences: each is
	// a table with its own correction for the number of its comparisons. Units → column.
	changes [2]map[string]map[string]report.Change
}

// columns lists a view's columns.
func (y *yard) columns(all bool) (list []string) {
	if slices.Contains(y.variables, knowledge) {
		list = append(list, knowledge)
	}
	if len(y.areas) > 0 {
		list = append(list, overall)
		if len(list) > 1 { // a self-rating stands beside the test, with the gap
			list = append(list, gap)
		}
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
	y := &yard{quarter: map[string][3]float64{}, city: whole.Total, before: before, main: overall}
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
	for _, column := range slices.Concat(y.variables, y.areas, []string{overall, gap}) {
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
		for view := range y.changes {
			y.changes[view] = map[string]map[string]report.Change{}
			for _, c := range report.Changes(was, made, role, y.columns(view == allView)) {
				at := key(c.Units)
				if y.changes[view][at] == nil {
					y.changes[view][at] = map[string]report.Change{}
				}
				y.changes[view][at][c.Variable] = c
			}
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

// The views.
const (
	areasView = iota
	allView
)

// figure is a column's figure of a row with its change in a view.
func (y *yard) figure(row *report.Row, column string, view int) figure {
	f := of(row, column, y.variables)
	if c, ok := y.changes[view][key(row.Units)][column]; ok {
		f.Moved = &c
	}
	return f
}

// shift says how far a row can be compared with the round before.
type shift int

const (
	noShift shift = iota // nothing to compare with, or other groups
	notSeen              // compared, and nothing is real
	moved
	others // a sum of lines that were not all there a year ago
)

// shifts are the real changes of a row, the main column's first, then the largest.
func (y *yard) shifts(row *report.Row, view int) (list []report.Change, how shift) {
	all, ok := y.changes[view][key(row.Units)]
	if !ok {
		return nil, noShift
	}
	for _, c := range all {
		if c.Real && c.Variable != gap { // a gap is no success and no failure
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b report.Change) int {
		if m := truth(b.Variable == y.main) - truth(a.Variable == y.main); m != 0 {
			return m
		}
		if d := math.Abs(b.Difference) - math.Abs(a.Difference); d != 0 {
			return int(math.Copysign(1, d))
		}
		return strings.Compare(a.Variable, b.Variable)
	})
	if len(list) == 0 {
		return nil, notSeen
	}
	return list, moved
}
