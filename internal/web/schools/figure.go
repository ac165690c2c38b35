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
	Moved               *change
	Shared              []string // institutions with which it is shared
}

func (f figure) known() bool { return !math.IsNaN(f.Mean) }

// real is a change that is real, or nil.
func (f figure) real() *change {
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

// yard is what the figures of a role in a round are measured by, with what changed since
// the round before.
type yard struct {
	*report.Yard
	before *round.Round
	// changes are of the columns of the areas' view and of that of all competences: each is
	// a table with its own correction for the number of its comparisons. Units → column.
	changes changes
}

// changes are those of both views: units → column.
type changes = *[2]map[string]map[string]change

// change is what is kept of a report.Change.
type change struct {
	Variable              string
	Difference, Low, High float64
	Real                  bool
}

// columns lists a view's columns.
func (y *yard) columns(all bool) (list []string) {
	if slices.Contains(y.Variables, knowledge) {
		list = append(list, knowledge)
	}
	if len(y.Areas) > 0 {
		list = append(list, overall)
		if len(list) > 1 { // a self-rating stands beside the test, with the gap
			list = append(list, gap)
		}
	}
	if !all && len(y.Areas) > 0 {
		return append(list, y.Areas...)
	}
	for _, name := range y.Variables {
		if name != knowledge {
			list = append(list, name)
		}
	}
	return list
}

func key(units []string) string { return strings.Join(units, " ") }

// yardOf is a role's yard; what changed is computed once, since reports do not change.
func (h *Handlers) yardOf(ctx context.Context, r *round.Round, made *report.Report, role string) (*yard, error) {
	y := &yard{Yard: made.Yard(role), changes: &[2]map[string]map[string]change{}}
	var ok bool
	if y.before, ok = h.o.Rounds.Before(r.ID); !ok {
		return y, nil
	}
	was, err := h.o.Rounds.Report(ctx, y.before.ID)
	if err != nil {
		return nil, err
	}
	id := r.ID + " " + y.before.ID + " " + role
	h.mu.Lock()
	defer h.mu.Unlock()
	if have := h.changes[id]; have != nil {
		y.changes = have
		return y, nil
	}
	for view := range y.changes {
		y.changes[view] = map[string]map[string]change{}
		for _, c := range report.Changes(was, made, role, y.columns(view == allView)) {
			at := key(c.Units)
			if y.changes[view][at] == nil {
				y.changes[view][at] = map[string]change{}
			}
			y.changes[view][at][c.Variable] = change{c.Variable, c.Difference, c.Low, c.High, c.Real}
		}
	}
	if len(h.changes) >= maxChanges {
		clear(h.changes)
	}
	h.changes[id] = y.changes
	return y, nil
}

// maxChanges bounds what is kept: six years of five roles.
const maxChanges = 30

// place compares a figure with the city's median of institutions.
func (y *yard) place(f figure, column string) report.Place {
	return y.Place(column, report.Figures{Low: f.Low, High: f.High})
}

// The views.
const (
	areasView = iota
	allView
)

// figure is a column's figure of a row with its change in a view.
func (y *yard) figure(row *report.Row, column string, view int) figure {
	f := of(row, column, y.Variables)
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
func (y *yard) shifts(row *report.Row, view int) (list []change, how shift) {
	all, ok := y.changes[view][key(row.Units)]
	if !ok {
		return nil, noShift
	}
	for _, c := range all {
		if c.Real && c.Variable != gap { // a gap is no success and no failure
			list = append(list, c)
		}
	}
	slices.SortFunc(list, func(a, b change) int {
		if m := truth(b.Variable == y.Main) - truth(a.Variable == y.Main); m != 0 {
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
