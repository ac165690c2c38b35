package plan

import (
	"context"
	"math"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/selfdesc"
)

// Because is why a measure is offered.
type Because struct {
	Answers
	Kind   Ground
	Figure *Figure // the institution's, or those of its block
	City   float64 // the median or quartile that it lies under or over; the city's mean for CityWeak
	Yard   measure.Yard
	Over   bool
	Value  []string // of a field
	Number *float64
}

// Ground is the kind of a reason.
type Ground string

// The grounds.
const (
	LowFigure Ground = "figure"  // its whole interval lies under the city's institutions
	CityWeak  Ground = "city"    // its own figure is hidden; the city is weak here
	Missing   Ground = "missing" // left empty in the self-description
	Answered  Ground = "answer"  // an answer of the self-description
	LowNumber Ground = "number"  // a number of it, compared with others of its kind
	AtMost    Ground = "at-most" // a number of it
)

// Proposal is a measure that is offered to an institution.
type Proposal struct {
	*measure.Measure
	Because Because
}

// Proposals are what is offered to an institution.
type Proposals struct {
	List    []Proposal // open: neither taken nor refused, by group
	Refused []Proposal // turned down; the reason stands where it still holds
	Taken   int
	Hidden  []institution.Role // roles whose figures are hidden: the city's stand for them
	Unasked bool               // no report asked this institution yet
	Silent  bool               // it has not described itself
}

// city is what numbers of self-descriptions are compared with: institutions of a kind.
type city struct {
	s     *Service
	kind  institution.Kind
	all   []*Described
	asked bool
	known map[string][3]float64
}

func (c *city) quarter(field string) [3]float64 {
	if q, ok := c.known[field]; ok {
		return q
	}
	if !c.asked {
		c.asked = true
		for _, i := range c.s.o.Bodies.List(institution.Filter{Kinds: []institution.Kind{c.kind}}) {
			if d := c.s.o.Describes(i.ID); d != nil {
				c.all = append(c.all, d)
			}
		}
	}
	var list []float64
	for _, d := range c.all {
		if _, n, ok := described(d, field); ok && n != nil {
			list = append(list, *n)
		}
	}
	q := report.Quartiles(list)
	c.known[field] = q
	return q
}

// Propose compares an institution with the city and lists what is offered, with the first
// reason that holds. Errors: NotFound.
func (s *Service) Propose(ctx context.Context, p *Plan) (out Proposals, err error) {
	defer fault.Wrap(&err, "plan.Propose")
	body, ok := s.o.Bodies.ByID(p.Institution)
	if !ok {
		return out, fault.New(fault.NotFound, "institution.gone")
	}
	d := s.o.Describes(body.ID)
	out.Silent = d == nil
	yards, rows := map[string]standard{}, 0
	for _, role := range institution.RolesOf(body.Kind) {
		rounds := s.reported(body.ID, string(role))
		if len(rounds) == 0 {
			continue
		}
		y, err := s.yardOf(ctx, rounds[0], string(role))
		if err != nil {
			return out, err
		}
		yards[string(role)] = standard{y, rounds[0]}
		if rows++; rowOf(y, body.ID) == nil {
			out.Hidden = append(out.Hidden, role)
		}
	}
	out.Unasked = rows == 0
	if s.o.Offers == nil {
		return out, nil
	}
	others := &city{s: s, kind: body.Kind, known: map[string][3]float64{}}
	for _, group := range measure.Groups() {
		for i := range s.o.Offers.Measures {
			m := &s.o.Offers.Measures[i]
			if m.Group != group || !m.Suits(string(body.Kind)) {
				continue
			}
			if slices.ContainsFunc(p.Measures, func(have Measure) bool { return have.Rule == m.ID && !have.Gone }) {
				out.Taken++
				continue
			}
			why, holds, err := s.because(ctx, body, m, yards, d, others)
			if err != nil {
				return out, err
			}
			switch {
			case p.IsRefused(m.ID):
				out.Refused = append(out.Refused, Proposal{m, why})
			case holds:
				out.List = append(out.List, Proposal{m, why})
			}
		}
	}
	return out, nil
}

// standard is a role's yard with the round that it is of.
type standard struct {
	*report.Yard
	round *round.Round
}

// weakest tells whether an area is one of the two that are lowest in the city.
func weakest(y *report.Yard, area string) (f report.Figures, weak bool) {
	f, _, ok := y.Table.Total.Figure(area, y.Variables)
	if !ok || !slices.Contains(y.Areas, area) {
		return f, false
	}
	lower := 0
	for _, other := range y.Areas {
		if g, _, ok := y.Table.Total.Figure(other, y.Variables); ok && (g.Mean < f.Mean || g.Mean == f.Mean && other < area) {
			lower++
		}
	}
	return f, lower < 2
}

// because finds the first reason that holds.
func (s *Service) because(ctx context.Context, body *institution.Institution, m *measure.Measure, yards map[string]standard, d *Described, others *city) (Because, bool, error) {
	for i := range m.When {
		w := &m.When[i]
		if w.Variable != "" {
			y, ok := yards[w.Role]
			if !ok {
				continue
			}
			if why, ok, err := s.low(ctx, body, w, y); err != nil || ok {
				return why, ok, err
			}
			continue
		}
		if d == nil {
			continue
		}
		if why, ok := said(body, w, d, others); ok {
			return why, true, nil
		}
	}
	return Because{}, false, nil
}

// low tells whether a figure's whole interval lies under the city's institutions; where
// the figure is hidden, whether the city is weak there.
func (s *Service) low(ctx context.Context, body *institution.Institution, w *measure.When, y standard) (Because, bool, error) {
	why := Because{Answers: Answers{Role: w.Role, Variable: w.Variable}, Yard: w.Below}
	if rowOf(y.Yard, body.ID) == nil {
		f, weak := weakest(y.Yard, w.Variable)
		if !weak {
			return why, false, nil
		}
		why.Kind, why.City = CityWeak, tenth(f.Mean)
		return why, true, nil
	}
	f, err := s.figure(ctx, y.round, body.ID, w.Role, w.Variable)
	if err != nil || f == nil {
		return why, false, err
	}
	at := y.Quarters[w.Variable][1]
	if w.Below == measure.Quarter {
		at = y.Quarters[w.Variable][0]
	}
	if math.IsNaN(at) || f.High >= tenth(at) {
		return why, false, nil
	}
	why.Kind, why.Figure, why.City = LowFigure, f, tenth(at)
	return why, true, nil
}

// said tells whether a reason of the self-description holds.
func said(body *institution.Institution, w *measure.When, d *Described, others *city) (Because, bool) {
	why := Because{Answers: Answers{Field: w.Field}, Yard: w.Below}
	if !asks(d.Form, string(body.Kind), w.Field) {
		return why, false
	}
	why.Value, why.Number, _ = described(d, w.Field)
	switch {
	case w.Missing:
		why.Kind = Missing
		return why, len(why.Value) == 0 && why.Number == nil
	case len(w.In) > 0:
		why.Kind = Answered
		return why, slices.ContainsFunc(why.Value, func(v string) bool { return slices.Contains(w.In, v) })
	case why.Number == nil:
		return why, false
	case w.AtMost != nil:
		why.Kind = AtMost
		return why, *why.Number <= *w.AtMost
	}
	q, at := others.quarter(w.Field), 1
	why.Kind, why.Over = LowNumber, w.Above != ""
	if why.Over {
		why.Yard = w.Above
	}
	switch {
	case w.Below == measure.Quarter:
		at = 0
	case w.Above == measure.Quarter:
		at = 2
	}
	why.City = q[at]
	if math.IsNaN(why.City) {
		return why, false
	}
	if why.Over {
		return why, *why.Number > why.City
	}
	return why, *why.Number < why.City
}

// asks tells whether a form asks a kind of institution for a field, or has the ratio.
func asks(form *selfdesc.Definition, kind, field string) bool {
	for i := range form.Ratios {
		if form.Ratios[i].ID == field {
			return true
		}
	}
	f, err := form.Field(field)
	return err == nil && (len(f.For) == 0 || slices.Contains(f.For, kind))
}
