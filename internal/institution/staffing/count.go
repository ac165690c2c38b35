package staffing

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/store"
)

// Cells of an employer's progress.
const (
	CellEnrolled = "enrolled"
	CellBegun    = "begun"  // any course of the city
	CellTested   = "tested" // know their level
	cellDone     = "done:"  // and a part of a plan
	cellMust     = "must:"  // and all mandatory parts
	cellLevel    = "level:" // that level or higher
)

// CellDone is the cell of those who completed a course or a lesson, see Step.Part.
func CellDone(part string) string { return cellDone + part }

// CellLevel is the cell of those who reached a level or a higher one.
func CellLevel(level string) string { return cellLevel + level }

// CellMust is the cell of those who completed every mandatory part of a plan; empty
// where none is mandatory. Another set of parts is another cell with a number of its
// own, so that a plan changed to and fro tells nothing more.
func CellMust(plan []Step) string {
	var must []string
	for _, x := range plan {
		if x.Must {
			must = append(must, x.Part())
		}
	}
	if len(must) == 0 {
		return ""
	}
	slices.Sort(must)
	return cellMust + strings.Join(must, "+")
}

// ShownLevels are the levels from which people are counted upwards.
func ShownLevels() []string { return []string{"A2", "B1", "B2"} }

// Look is what pages read of an employer's progress.
type Look struct{ p *Progress }

// Progress is what is published of an employer.
func (s *Service) Progress(id string) Look {
	p, _ := s.seen.ByID(id)
	return Look{p}
}

// Cell is a published count.
func (l Look) Cell(name string) Shown {
	if l.p == nil || name == "" {
		return shown(0)
	}
	if name == CellEnrolled {
		return shown(l.p.Cells[name])
	}
	return part(min(l.p.Cells[name], l.p.Cells[CellEnrolled])) // steps are taken apart: a part is never shown over its whole
}

// At is when it was looked at; zero: not yet.
func (l Look) At() store.Time {
	if l.p == nil {
		return store.Time{}
	}
	return l.p.At
}

// Mark is the employer's mark.
func (l Look) Mark() Mark {
	if l.p == nil {
		return Mark{}
	}
	return l.p.Mark
}

// bodies are all that enrol people.
func (s *Service) bodies() []*institution.Institution {
	return s.o.Bodies.List(institution.Filter{Kinds: Kinds(), State: institution.Working})
}

// Count looks at every employer and moves what ten people have changed, and forgets codes
// that ended long ago. A job runs it
// once a day, at night: a figure that moved at once would show who moved it.
func (s *Service) Count(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "staffing.Count")
	err = s.sweep(ctx)
	for _, i := range s.bodies() {
		if e := s.count(ctx, i); e != nil {
			err = errors.Join(err, e)
			if ctx.Err() != nil {
				return err
			}
		}
	}
	return err
}

func (s *Service) count(ctx context.Context, i *institution.Institution) error {
	plan := s.Plan(i)
	truth, err := s.people(ctx, i, plan)
	if err != nil {
		return err
	}
	for range retries {
		p, err := s.progress.Get(ctx, i.ID)
		fresh := fault.Is(err, fault.NotFound)
		if fresh {
			if truth[CellEnrolled] == 0 {
				return nil
			}
			p, err = &Progress{Doc: store.Doc{ID: i.ID}}, nil
		}
		if err != nil {
			return err
		}
		p.move(truth)
		p.At = store.At(s.now())
		p.Mark = s.o.Rule.next(p.Mark, p.Cells, s.Frame(i), day(s.now()))
		p.Changed = s.seen.Stamp()
		if fresh {
			err = s.progress.Insert(ctx, p)
		} else {
			err = s.progress.Replace(ctx, p)
		}
		if fault.Is(err, fault.Conflict) {
			continue
		}
		if err == nil {
			s.seen.Put(p)
		}
		return err
	}
	return fault.New(fault.Unavailable, "")
}

// move takes true counts in. Cells of a plan before stay as they were shown: they would
// begin anew otherwise, and a plan changed daily would tell more than the rule allows.
func (p *Progress) move(truth map[string]int64) {
	cells := maps.Clone(p.Cells)
	if cells == nil {
		cells = map[string]int64{}
	}
	all := truth[CellEnrolled]
	for _, name := range slices.Sorted(maps.Keys(truth)) {
		n := truth[name]
		if name != CellEnrolled {
			n = within(n, all)
		}
		was, known := cells[name]
		if next := Move(was, n); known || next > 0 && len(cells) < maxCells {
			cells[name] = next
		}
	}
	p.Cells = cells
}

// people counts who stands behind each cell.
func (s *Service) people(ctx context.Context, i *institution.Institution, plan []Step) (map[string]int64, error) {
	n := map[string]int64{CellEnrolled: 0, CellBegun: 0, CellTested: 0}
	for _, l := range ShownLevels() {
		n[CellLevel(l)] = 0
	}
	watched := map[string]Step{}
	if c := s.o.Rule.Course; c != "" {
		watched[CellDone(c)] = Step{Course: c}
	}
	for _, x := range plan {
		watched[CellDone(x.Part())] = x
	}
	for cell := range watched {
		n[cell] = 0
	}
	must := CellMust(plan)
	if must != "" {
		n[must] = 0
	}
	if l := s.o.Rule.Level; l != "" {
		n[CellLevel(l)] = 0
	}
	for e, err := range s.enrolled.Find(ctx, store.Query{Index: indexBody, Eq: []any{i.ID}}) {
		if err != nil {
			return nil, err
		}
		at, err := s.o.Standing(ctx, e.Person)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Gone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		n[CellEnrolled]++
		if at.Begun {
			n[CellBegun]++
		}
		if at.Level != "" {
			n[CellTested]++
		}
		for name := range n {
			if l, ok := strings.CutPrefix(name, cellLevel); ok && at.Level != "" && at.Level >= l {
				n[name]++
			}
		}
		for cell, x := range watched {
			if at.Has(x) {
				n[cell]++
			}
		}
		if must != "" && !slices.ContainsFunc(plan, func(x Step) bool { return x.Must && !at.Has(x) }) {
			n[must]++
		}
	}
	return n, nil
}
