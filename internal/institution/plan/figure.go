package plan

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/selfdesc"
)

// rowOf finds the line of a role's table that an institution stands in; nil: hidden.
func rowOf(y *report.Yard, body string) *report.Row {
	for i := range y.Table.Rows {
		if slices.Contains(y.Table.Rows[i].Units, body) {
			return &y.Table.Rows[i]
		}
	}
	return nil
}

// yardOf is what a role's figures of a round are measured by.
func (s *Service) yardOf(ctx context.Context, r *round.Round, role string) (*report.Yard, error) {
	made, err := s.o.Rounds.Report(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return made.Yard(role), nil
}

// reported lists rounds with a report that asked an institution in a role, the latest
// first; pilots are left out.
func (s *Service) reported(body, role string) (list []*round.Round) {
	for _, r := range s.o.Rounds.List() {
		if _, asked := r.Member(body, institution.Role(role)); asked && r.State == round.Reported && !r.Pilot {
			list = append(list, r)
		}
	}
	return list
}

// figure is an institution's figure of a round, nil where it is hidden.
func (s *Service) figure(ctx context.Context, r *round.Round, body, role, variable string) (*Figure, error) {
	y, err := s.yardOf(ctx, r, role)
	if err != nil {
		return nil, err
	}
	row := rowOf(y, body)
	if row == nil {
		return nil, nil
	}
	f, with, ok := row.Figure(variable, y.Variables)
	if !ok || math.IsNaN(f.SE) {
		return nil, nil
	}
	out := &Figure{Round: r.ID, Year: r.Year, Day: cutDay(r), Mean: tenth(f.Mean), Low: tenth(f.Low), High: tenth(f.High), N: f.N}
	for _, id := range slices.Concat(row.Units, with) {
		if id != body && !slices.Contains(out.With, id) {
			out.With = append(out.With, id)
		}
	}
	return out, nil
}

func tenth(x float64) float64 { return math.Round(10*x) / 10 }

// startOf is what stands there now, as the start of a measure. Errors: Invalid for what no
// report or self-description of the institution has.
func (s *Service) startOf(ctx context.Context, p *Plan, a Answers) (out Start, err error) {
	body, ok := s.o.Bodies.ByID(p.Institution)
	unknown := fault.InvalidFields(fault.Field{Pointer: "answers", Key: "plan.answers"})
	switch {
	case !ok:
		return out, fault.New(fault.NotFound, "institution.gone")
	case a.IsZero():
		return out, nil
	case a.Field != "":
		d := s.o.Describes(p.Institution)
		if d == nil {
			return out, nil // nothing described yet: the start stays empty
		}
		value, number, ok := described(d, a.Field)
		if !ok {
			return out, unknown
		}
		return Start{Value: value, Number: number, Day: d.Day}, nil
	case !slices.Contains(institution.RolesOf(body.Kind), institution.Role(a.Role)):
		return out, unknown
	}
	list := s.reported(p.Institution, a.Role)
	if len(list) == 0 {
		return out, nil
	}
	y, err := s.yardOf(ctx, list[0], a.Role)
	if err != nil {
		return out, err
	}
	if !slices.Contains(y.Variables, a.Variable) && !slices.Contains(y.Areas, a.Variable) {
		return out, unknown
	}
	out.Figure, err = s.figure(ctx, list[0], p.Institution, a.Role, a.Variable)
	return out, err
}

// described is a field or a ratio of a self-description; ok is false where the form has
// no such thing.
func described(d *Described, field string) (value []string, number *float64, ok bool) {
	for i := range d.Form.Ratios {
		if r := &d.Form.Ratios[i]; r.ID == field {
			if x, ok := r.Value(d.Answers); ok {
				return nil, &x, true
			}
			return nil, nil, true
		}
	}
	f, err := d.Form.Field(field)
	if err != nil {
		return nil, nil, false
	}
	if x, ok := d.Answers.Number(field); ok && f.Type == selfdesc.Number {
		number = &x
	}
	return d.Answers[field], number, true
}

// counts tells whether a form has a number under an id.
func counts(d *Described, field string) bool {
	for i := range d.Form.Ratios {
		if d.Form.Ratios[i].ID == field {
			return true
		}
	}
	f, err := d.Form.Field(field)
	return err == nil && f.Type == selfdesc.Number
}

// moves are report.Changes by institutions, then variable.
type moves map[string]map[string]report.Change

// maxMoves bounds what is kept: twenty years of six roles.
const maxMoves = 120

// changesOf compares two rounds in a role once. All columns of a table of the department are
// compared together, so that Holm's correction is that of the department's own: areas stand
// in the one table, all competences in the other.
func (s *Service) changesOf(ctx context.Context, before, now *round.Round, role string, areas bool) (moves, error) {
	made, err := s.o.Rounds.Report(ctx, now.ID)
	if err != nil {
		return nil, err
	}
	was, err := s.o.Rounds.Report(ctx, before.ID)
	if err != nil {
		return nil, err
	}
	y := made.Yard(role)
	columns := slices.Concat(y.Variables, []string{report.Overall, report.Gap})
	if areas {
		columns = slices.Concat([]string{report.Knowledge, report.Overall, report.Gap}, y.Areas)
	}
	id := fmt.Sprint(before.ID, " ", now.ID, " ", role, " ", areas)
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.changes[id]; m != nil {
		return m, nil
	}
	m := moves{}
	for _, c := range report.Changes(was, made, role, columns) {
		at := strings.Join(c.Units, " ")
		if m[at] == nil {
			m[at] = map[string]report.Change{}
		}
		m[at][c.Variable] = c
	}
	if len(s.changes) > maxMoves {
		clear(s.changes)
	}
	s.changes[id] = m
	return m, nil
}

// newer tells whether a round's report came after what a measure started from.
func (m *Measure) newer(r *round.Round) bool {
	if m.Start.Figure != nil {
		return r.Year > m.Start.Figure.Year
	}
	return cutDay(r) > today(m.Acts[0].At.Time) // otherwise it stood there when the measure was planned
}

// next is the report that a measure is compared with: the latest that came after its start,
// or with a goal the latest up to the goal's year; where there is none of these, the first
// one after it. list begins with the latest.
func (m *Measure) next(list []*round.Round) (best *round.Round) {
	for _, r := range list {
		if !m.newer(r) {
			continue
		}
		best = r
		if m.Goal.To == nil || r.Year <= m.Goal.Year {
			return r
		}
	}
	return best
}

func cutDay(r *round.Round) string { return r.Cut.In(i18n.Kyiv).Format(time.DateOnly) }

// Now is what a measure's figure is in the report after the one it started from (see next),
// or what the latest self-description says. nil: there is nothing newer.
func (s *Service) Now(ctx context.Context, p *Plan, m *Measure) (out *Outcome, err error) {
	defer fault.Wrap(&err, "plan.Now")
	a := m.Answers
	if a.Field != "" {
		d := s.o.Describes(p.Institution)
		if d == nil || d.Day <= m.Start.Day {
			return nil, nil
		}
		value, number, ok := described(d, a.Field)
		if !ok {
			return nil, nil
		}
		return &Outcome{Value: value, Number: number, Day: d.Day}, nil
	}
	if a.Variable == "" {
		return nil, nil
	}
	r := m.next(s.reported(p.Institution, a.Role))
	if r == nil {
		return nil, nil
	}
	now, err := s.figure(ctx, r, p.Institution, a.Role, a.Variable)
	if err != nil {
		return nil, err
	}
	out = &Outcome{Figure: now, Day: cutDay(r), Hidden: now == nil}
	if now == nil || m.Start.Figure == nil {
		return out, nil
	}
	before, ok := s.o.Rounds.ByID(m.Start.Figure.Round)
	if !ok || before.State != round.Reported {
		return out, nil
	}
	all, err := s.changesOf(ctx, before, r, a.Role, measure.IsArea(a.Variable))
	if err != nil {
		return nil, err
	}
	units := append(slices.Clone(now.With), p.Institution)
	slices.Sort(units)
	c, ok := all[strings.Join(units, " ")][a.Variable]
	out.Compared = ok
	if ok && c.Real {
		out.Moved = []Moved{{Variable: a.Variable, By: tenth(c.Difference)}}
	}
	return out, nil
}

// Choice is something that a measure may answer to, with what it is now.
type Choice struct {
	Answers
	Figure *Figure  // of a report; nil: hidden, or a field
	Value  []string // of a field
	Number *float64 // of a field or ratio
}

// Choices lists what a measure of an institution may answer to: areas and knowledge of its
// roles in the latest report, then the fields of its self-description.
func (s *Service) Choices(ctx context.Context, body string) (list []Choice, err error) {
	defer fault.Wrap(&err, "plan.Choices")
	i, ok := s.o.Bodies.ByID(body)
	if !ok {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	for _, role := range institution.RolesOf(i.Kind) {
		rounds := s.reported(body, string(role))
		if len(rounds) == 0 {
			continue
		}
		y, err := s.yardOf(ctx, rounds[0], string(role))
		if err != nil {
			return nil, err
		}
		columns := slices.Clone(y.Areas)
		for _, name := range y.Variables {
			if name == report.Knowledge || !measure.IsArea(name) {
				columns = append(columns, name)
			}
		}
		for _, column := range columns {
			f, err := s.figure(ctx, rounds[0], body, string(role), column)
			if err != nil {
				return nil, err
			}
			list = append(list, Choice{Answers: Answers{Role: string(role), Variable: column}, Figure: f})
		}
	}
	if d := s.o.Describes(body); d != nil {
		for _, section := range d.Form.For(string(i.Kind)) {
			for k := range section.Fields {
				if f := &section.Fields[k]; f.Type != selfdesc.Text && f.Type != selfdesc.Date {
					value, number, _ := described(d, f.ID)
					list = append(list, Choice{Answers: Answers{Field: f.ID}, Value: value, Number: number})
				}
			}
		}
		for k := range d.Form.Ratios {
			_, number, _ := described(d, d.Form.Ratios[k].ID)
			list = append(list, Choice{Answers: Answers{Field: d.Form.Ratios[k].ID}, Number: number})
		}
	}
	return list, nil
}

// Form is the self-description that an institution's fields are named by; nil: none.
func (s *Service) Form(body string) *selfdesc.Definition {
	if d := s.o.Describes(body); d != nil {
		return d.Form
	}
	return nil
}
