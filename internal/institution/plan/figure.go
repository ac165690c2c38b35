package plan

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/selfdesc"
)

// knowledge is the variable of the knowledge items' mean.
const knowledge = "knowledge"

const normal95 = 1.959963984540054

// yard is what a role's figures of a round are measured by: the whole city's table.
type yard struct {
	round     *round.Round
	made      *report.Report
	table     report.Table
	variables []string              // without areas
	areas     []string              // "edu1"
	quarter   map[string][3]float64 // quartiles of the institutions' means; NaN for fewer than four
	weakest   []string              // the two areas that are lowest in the city
}

// maxYards bounds what is kept: twenty years of six roles.
const maxYards = 120

// yardOf computes a role's yard once: reports do not change.
func (s *Service) yardOf(ctx context.Context, r *round.Round, role string) (*yard, error) {
	made, err := s.o.Rounds.Report(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	id := r.ID + " " + role
	s.mu.Lock()
	defer s.mu.Unlock()
	if y := s.yards[id]; y != nil {
		return y, nil
	}
	y := &yard{round: r, made: made, table: made.Table(role, report.Filter{}), quarter: map[string][3]float64{}}
	for name := range y.table.Total.Cells {
		y.variables = append(y.variables, name)
		if area, _, ok := strings.Cut(name, "."); ok && !strings.HasPrefix(name, "item:") && !slices.Contains(y.areas, area) {
			y.areas = append(y.areas, area)
		}
	}
	slices.Sort(y.variables)
	slices.Sort(y.areas)
	for _, column := range slices.Concat(y.variables, y.areas) {
		var means []float64
		for i := range y.table.Rows {
			if f, ok := y.of(&y.table.Rows[i], column); ok {
				means = append(means, f.Mean)
			}
		}
		y.quarter[column] = quartiles(means)
	}
	type low struct {
		area string
		mean float64
	}
	var lows []low
	for _, area := range y.areas {
		if f, ok := y.of(&y.table.Total, area); ok {
			lows = append(lows, low{area, f.Mean})
		}
	}
	slices.SortFunc(lows, func(a, b low) int { return cmp.Or(cmp.Compare(a.mean, b.mean), cmp.Compare(a.area, b.area)) })
	for _, l := range lows[:min(2, len(lows))] {
		y.weakest = append(y.weakest, l.area)
	}
	if len(s.yards) > maxYards {
		clear(s.yards)
	}
	s.yards[id] = y
	return y, nil
}

// of is a variable's figure of a row, or an area's: the mean of its competences' published
// means, so nothing new is computed from answers. Its error is the mean of their errors,
// which is the most it can be, since the same people answered all of them.
func (y *yard) of(row *report.Row, variable string) (f report.Figures, ok bool) {
	names := []string{variable}
	if measure.IsArea(variable) {
		names = nil
		for _, name := range y.variables {
			if strings.HasPrefix(name, variable+".") {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return f, false
	}
	var mean, se float64
	for _, name := range names {
		one, ok := row.Cells[name]
		if !ok || math.IsNaN(one.Mean) || math.IsNaN(one.SE) {
			return f, false
		}
		if len(names) == 1 {
			return one, true
		}
		mean += one.Mean / float64(len(names))
		se += one.SE / float64(len(names))
	}
	return report.Figures{N: row.N, Mean: mean, SE: se, Low: math.Max(0, mean-normal95*se), High: math.Min(100, mean+normal95*se)}, true
}

// shared are the institutions that a figure is of, besides the row's own.
func (y *yard) shared(row *report.Row, variable string) (list []string) {
	for name, with := range row.Shared {
		if name == variable || measure.IsArea(variable) && strings.HasPrefix(name, variable+".") {
			list = append(list, with...)
		}
	}
	return list
}

// quartiles of some institutions; there are none for fewer than four.
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

// row finds the line of a table that an institution stands in; nil: hidden.
func (y *yard) row(body string) *report.Row {
	for i := range y.table.Rows {
		if slices.Contains(y.table.Rows[i].Units, body) {
			return &y.table.Rows[i]
		}
	}
	return nil
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
	row := y.row(body)
	if row == nil {
		return nil, nil
	}
	f, ok := y.of(row, variable)
	if !ok {
		return nil, nil
	}
	out := &Figure{Round: r.ID, Year: r.Year, Day: r.Cut.In(i18n.Kyiv).Format("2006-01-02"), Mean: tenth(f.Mean), Low: tenth(f.Low), High: tenth(f.High), N: f.N}
	for _, id := range slices.Concat(row.Units, y.shared(row, variable)) {
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
	if !slices.Contains(y.variables, a.Variable) && !slices.Contains(y.areas, a.Variable) {
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

// moves are report.Changes by institutions, then variable.
type moves map[string]map[string]report.Change

// changesOf compares two rounds in a role once: all variables together, so that Holm's
// correction is that of the department's own table.
func (s *Service) changesOf(ctx context.Context, before, now *round.Round, role string) (moves, error) {
	y, err := s.yardOf(ctx, now, role)
	if err != nil {
		return nil, err
	}
	was, err := s.o.Rounds.Report(ctx, before.ID)
	if err != nil {
		return nil, err
	}
	id := before.ID + " " + now.ID + " " + role
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.changes[id]; m != nil {
		return m, nil
	}
	m := moves{}
	for _, c := range report.Changes(was, y.made, role, y.variables) {
		at := strings.Join(c.Units, " ")
		if m[at] == nil {
			m[at] = map[string]report.Change{}
		}
		m[at][c.Variable] = c
	}
	if len(s.changes) > maxYards {
		clear(s.changes)
	}
	s.changes[id] = m
	return m, nil
}

// Now is what a measure's figure is in the latest report after the one it started from,
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
	list := s.reported(p.Institution, a.Role)
	if len(list) == 0 || m.Start.Figure != nil && (list[0].ID == m.Start.Figure.Round || list[0].Year <= m.Start.Figure.Year) {
		return nil, nil
	}
	now, err := s.figure(ctx, list[0], p.Institution, a.Role, a.Variable)
	if err != nil || now == nil {
		return nil, err
	}
	if m.Start.Figure == nil && now.Day <= today(m.Acts[0].At.Time) {
		return nil, nil // it stood there when the measure was planned
	}
	out = &Outcome{Figure: now, Day: now.Day}
	if m.Start.Figure == nil {
		return out, nil
	}
	before, ok := s.o.Rounds.ByID(m.Start.Figure.Round)
	if !ok || before.State != round.Reported {
		return out, nil
	}
	all, err := s.changesOf(ctx, before, list[0], a.Role)
	if err != nil {
		return nil, err
	}
	units := append(slices.Clone(now.With), p.Institution)
	slices.Sort(units)
	mine, ok := all[strings.Join(units, " ")]
	if !ok {
		return out, nil
	}
	for name, c := range mine {
		if name != a.Variable && !(measure.IsArea(a.Variable) && strings.HasPrefix(name, a.Variable+".")) {
			continue
		}
		out.Compared = true
		if c.Real {
			out.Moved = append(out.Moved, Moved{Variable: name, By: tenth(c.Difference)})
		}
	}
	slices.SortFunc(out.Moved, func(a, b Moved) int { return cmp.Compare(a.Variable, b.Variable) })
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
		columns := slices.Clone(y.areas)
		for _, name := range y.variables {
			if name == knowledge || !measure.IsArea(name) {
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
