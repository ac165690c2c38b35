package plan

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

func newMeasure() string { return "m" + strings.ReplaceAll(uuid.NewString(), "-", "")[:12] }

// Add enters a measure; rule is the offer that it comes from, or empty. Errors: Invalid,
// Conflict (closed), and as Describe.
func (s *Service) Add(ctx context.Context, a *person.Actor, id, rule string, d Draft) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.Add")
	if rule != "" {
		if _, ok := s.o.Offers.ByID(rule); !ok {
			return nil, fault.New(fault.NotFound, "plan.no_offer")
		}
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	one := Measure{ID: newMeasure(), Version: 1, Draft: d, Rule: rule}
	p, err := s.change(ctx, a, "add", id, false, func(p *Plan) error {
		if len(p.Measures) >= MaxMeasures {
			return fault.InvalidFields(fault.Field{Pointer: "title", Key: "plan.many", Args: map[string]any{"N": MaxMeasures}})
		}
		if rule != "" && slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Rule == rule && !m.Gone }) {
			return fault.New(fault.Conflict, "plan.taken")
		}
		start, err := s.startOf(ctx, p, d.Answers)
		if err != nil {
			return err
		}
		m := one
		m.Start = start
		if err := s.aims(p, &m); err != nil {
			return err
		}
		m.Acts = []Act{{At: store.At(s.o.Now()), By: who(a), What: "add"}}
		p.Measures = append(p.Measures, m)
		p.Refused = slices.DeleteFunc(p.Refused, func(r Refusal) bool { return rule != "" && r.Rule == rule })
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, _ = p.Measure(one.ID)
	return m, nil
}

// one does an act on a measure at its version (0: whatever it is).
func (s *Service) one(ctx context.Context, a *person.Actor, what, id, mid string, version int64, act func(*Plan, *Measure) ([]Was, error)) (m *Measure, err error) {
	p, err := s.change(ctx, a, what, id, false, func(p *Plan) error {
		m, ok := p.Measure(mid)
		if !ok {
			return fault.New(fault.NotFound, "plan.no_measure")
		}
		if version != 0 && m.Version != version {
			return fault.New(fault.Conflict, "plan.changed_meanwhile")
		}
		was, err := act(p, m)
		if err != nil {
			return err
		}
		m.Version++
		m.note(Act{At: store.At(s.o.Now()), By: who(a), What: what, Fields: was})
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, _ = p.Measure(mid)
	return m, nil
}

// Edit changes a measure that was read at a version. Errors: Conflict (somebody changed it
// meanwhile, it is taken out, or the plan is closed), Invalid, NotFound, Forbidden.
func (s *Service) Edit(ctx context.Context, a *person.Actor, id, mid string, version int64, d Draft) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.Edit")
	if err := d.check(); err != nil {
		return nil, err
	}
	return s.one(ctx, a, "edit", id, mid, version, func(p *Plan, m *Measure) ([]Was, error) {
		if m.Gone {
			return nil, fault.New(fault.Conflict, "plan.is_out")
		}
		was := m.differs(&d)
		if m.Answers != d.Answers {
			start, err := s.startOf(ctx, p, d.Answers)
			if err != nil {
				return nil, err
			}
			m.Start = start
		}
		m.Draft = d
		return was, s.aims(p, m)
	})
}

// TakeOut takes a measure out; PutBack undoes it. Errors as Edit.
func (s *Service) TakeOut(ctx context.Context, a *person.Actor, id, mid string, version int64) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.TakeOut")
	return s.one(ctx, a, "out", id, mid, version, func(_ *Plan, m *Measure) ([]Was, error) {
		m.Gone = true
		return nil, nil
	})
}

// PutBack undoes TakeOut.
func (s *Service) PutBack(ctx context.Context, a *person.Actor, id, mid string) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.PutBack")
	return s.one(ctx, a, "back", id, mid, 0, func(_ *Plan, m *Measure) ([]Was, error) {
		m.Gone = false
		return nil, nil
	})
}

// Refuse remembers that an offer is not for this institution; Reconsider forgets it.
func (s *Service) Refuse(ctx context.Context, a *person.Actor, id, rule string) (err error) {
	defer fault.Wrap(&err, "plan.Refuse")
	if _, ok := s.o.Offers.ByID(rule); !ok {
		return fault.New(fault.NotFound, "plan.no_offer")
	}
	_, err = s.change(ctx, a, "refuse", id, false, func(p *Plan) error {
		if !p.IsRefused(rule) {
			p.Refused = append(p.Refused, Refusal{Rule: rule, At: store.At(s.o.Now()), By: who(a)})
		}
		return nil
	})
	return err
}

// Reconsider undoes Refuse.
func (s *Service) Reconsider(ctx context.Context, a *person.Actor, id, rule string) (err error) {
	defer fault.Wrap(&err, "plan.Reconsider")
	_, err = s.change(ctx, a, "reconsider", id, false, func(p *Plan) error {
		p.Refused = slices.DeleteFunc(p.Refused, func(r Refusal) bool { return r.Rule == rule })
		return nil
	})
	return err
}
