package plan

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"osvitlo/internal/fault"
)

// Goal is a target in numbers. It is of the figure that the measure answers to, in that
// figure's own unit; where the measure answers to none, of what its indicator says in own
// words. The zero value is none: a measure may have its target in words alone.
type Goal struct {
	To   *float64 `json:"to,omitempty"`
	Year int      `json:"year,omitempty"` // school year by which
	// Of own words only; a figure has its Start, and its Outcome by itself.
	From *float64 `json:"from,omitempty"`
	Is   *float64 `json:"is,omitempty"` // what it is now, as the institution says
	Unit string   `json:"unit,omitempty"`
}

// maxGoal bounds the numbers of a goal.
const maxGoal = 1_000_000_000

// Standing is how far a goal is.
type Standing string

// The standings; empty: there is no goal in numbers.
const (
	Reached Standing = "reached"
	OnWay   Standing = "onway"   // nearer than at the start, and not by chance
	NotYet  Standing = "notyet"  // no nearer, or it may be chance
	Unknown Standing = "unknown" // nothing newer, hidden, or not comparable
)

// Before is the number that a goal is reckoned from; nil: it is not known.
func (m *Measure) Before() *float64 {
	switch {
	case m.Answers.IsZero():
		return m.Goal.From
	case m.Start.Figure != nil:
		return &m.Start.Figure.Mean
	}
	return m.Start.Number
}

// Stands tells how far a measure's goal is with an outcome (Now, or what Close kept). Of a
// report only a real change counts: a figure over the goal that may be chance is NotYet, and
// where the groups of both years differ nobody knows.
func (m *Measure) Stands(out *Outcome) Standing {
	if m.Goal.To == nil {
		return ""
	}
	from, to, is := m.Before(), *m.Goal.To, m.Goal.Is
	switch {
	case m.Answers.Variable != "":
		if out == nil || out.Figure == nil || !out.Compared || from == nil {
			return Unknown
		}
		if !out.moved(m.Answers.Variable, to > *from) {
			return NotYet
		}
		is = &out.Figure.Mean
	case m.Answers.Field != "":
		if out == nil {
			return Unknown
		}
		is = out.Number
	}
	switch {
	case is == nil:
		return Unknown
	case from == nil && *is >= to, from != nil && (to > *from && *is >= to || to < *from && *is <= to):
		return Reached
	case from != nil && (*is-*from)*(to-*from) > 0:
		return OnWay
	}
	return NotYet
}

// moved tells whether a variable really changed upwards, or downwards.
func (o *Outcome) moved(variable string, up bool) bool {
	for _, one := range o.Moved {
		if one.Variable == variable && one.By > 0 == up {
			return true
		}
	}
	return false
}

// checkGoal names what is wrong with a goal as it is written; what hangs on the start and on
// the plan's years is checked by aims.
func (d *Draft) checkGoal(add func(pointer, key string, args map[string]any)) {
	g := &d.Goal
	if utf8.RuneCountInString(g.Unit) > MaxNumber {
		add("goal_unit", "plan.long", map[string]any{"N": MaxNumber})
	}
	number := func(name string, x *float64) {
		if x != nil && !(math.Abs(*x) <= maxGoal) {
			add(name, "plan.goal_number", nil)
		}
	}
	number("goal_to", g.To)
	number("goal_from", g.From)
	number("goal_is", g.Is)
	own := g.From != nil || g.Is != nil || g.Unit != ""
	switch {
	case own && !d.Answers.IsZero():
		add("goal_from", "plan.goal_own", nil)
	case own && g.To == nil:
		add("goal_to", "plan.goal_to", nil)
	case g.To == nil:
	case d.Answers.IsZero() && strings.TrimSpace(d.Indicator) == "":
		add("indicator", "plan.goal_what", nil)
	case g.From != nil && *g.From == *g.To:
		add("goal_to", "plan.goal_same", nil)
	}
}

// aims checks a measure's goal with its start and the years of its plan. Reports have points
// of 0 to 100, and more is better; the year after the plan's last is that of the monitoring
// that shows what came of it.
func (s *Service) aims(p *Plan, m *Measure) error {
	g := &m.Goal
	if g.To == nil {
		return nil
	}
	wrong := func(pointer, key string) error {
		return fault.InvalidFields(fault.Field{Pointer: pointer, Key: key})
	}
	if g.Year < p.From || g.Year > p.To+1 {
		return wrong("goal_year", "plan.goal_year")
	}
	from := m.Before()
	switch {
	case m.Answers.Variable != "":
		if *g.To <= 0 || *g.To > 100 || from != nil && *g.To <= *from {
			return wrong("goal_to", "plan.goal_points")
		}
	case m.Answers.Field != "":
		if d := s.o.Describes(p.Institution); d != nil && !counts(d, m.Answers.Field) {
			return wrong("goal_to", "plan.goal_words")
		}
		if from != nil && *from == *g.To {
			return wrong("goal_to", "plan.goal_same")
		}
	}
	return nil
}

// carry makes of a goal one of a later plan: what was reached so far is where it begins.
func (g Goal) carry(p *Plan) Goal {
	if g.To == nil {
		return g
	}
	if g.Year < p.From {
		g.Year = p.To
	}
	if g.Is != nil {
		g.From, g.Is = g.Is, nil
	}
	if g.From != nil && *g.From == *g.To {
		return Goal{}
	}
	return g
}

// exact writes a number for the history.
func exact(x *float64) string {
	if x == nil {
		return ""
	}
	return strconv.FormatFloat(*x, 'f', -1, 64)
}
