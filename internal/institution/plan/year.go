package plan

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Begin makes an institution's plan. Where it is there already, that one is returned with
// Conflict. Errors: Invalid (years), NotFound (no such institution), Conflict, Forbidden.
func (s *Service) Begin(ctx context.Context, a *person.Actor, body string, from, to int) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Begin")
	if err := may(a, body); err != nil {
		return nil, err
	}
	if _, ok := s.o.Bodies.ByID(body); !ok {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	now := institution.YearOf(s.o.Now())
	if from < now-maxYears || from > now+2 || to < from || to >= from+maxYears {
		return nil, fault.InvalidFields(fault.Field{Pointer: "to", Key: "plan.years", Args: map[string]any{"N": maxYears}})
	}
	p = &Plan{Doc: store.Doc{ID: IDOf(body, from)}, Institution: body, From: from, To: to, Measures: []Measure{}, Made: store.At(s.o.Now())}
	if have, ok := s.ByID(p.ID); ok {
		return have, fault.New(fault.Conflict, "plan.there")
	}
	if err := s.record(ctx, a, "begin", p.ID); err != nil {
		return nil, err
	}
	p.Changed = s.mirror.Stamp()
	if err := s.docs.Insert(ctx, p); err != nil {
		if fault.Is(err, fault.Conflict) {
			_ = s.Refresh(ctx) // another one was quicker: shown when read
			return nil, fault.New(fault.Conflict, "plan.there")
		}
		return nil, err
	}
	s.mirror.Put(p)
	return p, nil
}

// Details are what a plan is besides its measures.
type Details struct {
	To     int
	Number string // of the order
	Date   string
}

// Describe changes the years and the order of a plan. Errors: Invalid, Conflict (closed),
// NotFound, Forbidden.
func (s *Service) Describe(ctx context.Context, a *person.Actor, id string, d Details) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Describe")
	return s.change(ctx, a, "describe", id, false, func(p *Plan) error {
		var faults []fault.Field
		if d.To < p.From || d.To >= p.From+maxYears {
			faults = append(faults, fault.Field{Pointer: "to", Key: "plan.years", Args: map[string]any{"N": maxYears}})
		}
		if utf8.RuneCountInString(d.Number) > MaxNumber {
			faults = append(faults, fault.Field{Pointer: "number", Key: "plan.long", Args: map[string]any{"N": MaxNumber}})
		}
		if d.Date != "" && !isDay(d.Date) {
			faults = append(faults, fault.Field{Pointer: "date", Key: "plan.day"})
		}
		if len(faults) > 0 {
			return fault.InvalidFields(faults...)
		}
		p.To, p.Number, p.Date = d.To, strings.TrimSpace(d.Number), d.Date
		return nil
	})
}

// CopyFrom carries what was not done in an earlier plan of the same institution into this
// one, each measure once: run again it adds only what is new. Deadlines that have passed
// are left empty. n is how many were added. Errors: Invalid (another institution's plan, a
// later one, no room), and as Describe.
func (s *Service) CopyFrom(ctx context.Context, a *person.Actor, id, from string) (n int, err error) {
	defer fault.Wrap(&err, "plan.CopyFrom")
	old, err := s.docs.Get(ctx, from)
	if err != nil {
		return 0, err
	}
	day := today(s.o.Now())
	_, err = s.change(ctx, a, "copy", id, false, func(p *Plan) error {
		if old.Institution != p.Institution || old.From >= p.From {
			return fault.InvalidFields(fault.Field{Pointer: "from", Key: "plan.copy_from"})
		}
		n = 0
		for _, m := range old.Live() {
			if m.Status == Done || slices.ContainsFunc(p.Measures, func(have Measure) bool {
				return have.Copied == m.ID || m.Rule != "" && have.Rule == m.Rule && !have.Gone
			}) {
				continue
			}
			if len(p.Measures) >= MaxMeasures {
				return fault.InvalidFields(fault.Field{Pointer: "from", Key: "plan.many", Args: map[string]any{"N": MaxMeasures}})
			}
			next := Measure{ID: newMeasure(), Version: 1, Draft: m.Draft, Rule: m.Rule, Copied: m.ID,
				Acts: []Act{{At: store.At(s.o.Now()), By: who(a), What: "copy", Fields: []Was{{Field: "copied", From: old.Name()}}}}}
			if next.Status != Doing {
				next.Status, next.Reason = Planned, ""
			}
			if next.Deadline != "" && next.Deadline < day {
				next.Deadline = ""
			}
			start, err := s.startOf(ctx, p, m.Answers)
			if err != nil {
				return err
			}
			next.Start, next.Goal = start, m.Goal.carry(p)
			if s.aims(p, &next) != nil { // reached already, or no longer to be had
				next.Goal = Goal{}
			}
			p.Measures = append(p.Measures, next)
			n++
		}
		return nil
	})
	return n, err
}

// Close ends a plan: it keeps what came of each measure in words (results by measure) and
// what the figure is now beside what it was. Measures are not changed any more. Reopen
// undoes it. Errors: Invalid, Conflict (closed already), and as Describe.
func (s *Service) Close(ctx context.Context, a *person.Actor, id string, results map[string]string) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Close")
	return s.change(ctx, a, "close", id, false, func(p *Plan) error {
		var faults []fault.Field
		for i := range p.Measures {
			m := &p.Measures[i]
			if m.Gone {
				continue
			}
			text := strings.TrimSpace(results[m.ID])
			if utf8.RuneCountInString(text) > MaxText {
				faults = append(faults, fault.Field{Pointer: "result." + m.ID, Key: "plan.long", Args: map[string]any{"N": MaxText}})
			}
			out, err := s.Now(ctx, p, m)
			if err != nil {
				return err
			}
			m.Result, m.Outcome = text, out
			m.Version++
			m.note(Act{At: store.At(s.o.Now()), By: who(a), What: "close"})
		}
		if len(faults) > 0 {
			return fault.InvalidFields(faults...)
		}
		p.Closed = store.At(s.o.Now())
		return nil
	})
}

// Reopen undoes Close; what was written of results stays.
func (s *Service) Reopen(ctx context.Context, a *person.Actor, id string) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Reopen")
	return s.change(ctx, a, "reopen", id, true, func(p *Plan) error {
		p.Closed = store.Time{}
		for i := range p.Measures {
			p.Measures[i].Outcome = nil
		}
		return nil
	})
}

// Past enters a plan as it was made at a time: one from before this installation, or one of
// an invented city. Its measures start from a round's report; ids and versions are given
// out in order. The id follows from institution and year; a plan that is there stays.
// Errors: Invalid, NotFound, Forbidden.
func (s *Service) Past(ctx context.Context, a *person.Actor, p Plan, round string, at time.Time) (made *Plan, err error) {
	defer fault.Wrap(&err, "plan.Past")
	if err := may(a, p.Institution); err != nil {
		return nil, err
	}
	p.Doc = store.Doc{ID: IDOf(p.Institution, p.From)}
	if have, ok := s.ByID(p.ID); ok {
		return have, nil
	}
	r, reported := s.o.Rounds.ByID(round)
	if len(p.Measures) > MaxMeasures || p.To < p.From || p.To >= p.From+maxYears {
		return nil, fault.Newf(fault.Invalid, "", "%d measures in %d to %d", len(p.Measures), p.From, p.To)
	}
	p.Measures, p.Made = slices.Clone(p.Measures), store.At(at)
	for i := range p.Measures {
		m := &p.Measures[i]
		if err := m.check(); err != nil {
			return nil, err
		}
		m.ID, m.Version, m.Acts = "m"+strconv.Itoa(i+1), 1, []Act{{At: store.At(at), By: who(a), What: "add"}}
		switch {
		case m.Answers.Variable != "" && reported:
			if m.Start.Figure, err = s.figure(ctx, r, p.Institution, m.Answers.Role, m.Answers.Variable); err != nil {
				return nil, err
			}
		case m.Answers.Field != "":
			if m.Start, err = s.startOf(ctx, &p, m.Answers); err != nil {
				return nil, err
			}
		}
		if err := s.aims(&p, m); err != nil {
			return nil, err
		}
	}
	if err := s.record(ctx, a, "past", p.ID); err != nil {
		return nil, err
	}
	p.Changed = s.mirror.Stamp()
	if err := s.docs.Insert(ctx, &p); err != nil {
		return nil, err
	}
	s.mirror.Put(&p)
	return &p, nil
}
