package eservice

import (
	"context"

	"osvitlo/internal/fault"
)

// Shipped is what the demo city is drawn with.
type Shipped struct {
	Warnings []*Warning
	Days     []ShippedDay
	Months   []*Month
}

// ShippedDay is the use of an instruction on one day; Stop of the No stopped at its second
// step.
type ShippedDay struct {
	Day, Service             string
	Open, Out, Yes, No, Stop int64
}

// shippedMark is the counter that says that days were shipped: sums must not be added twice.
const shippedMark = "0000-00-00.demo"

// Ship stores invented data once. A start that was cut off in the middle leaves the rest
// out: what is counted twice would be worse than a gap in an invented city.
func (s *Service) Ship(ctx context.Context, d Shipped) (err error) {
	defer fault.Wrap(&err, "eservice.Ship")
	done, err := s.counters.Add(ctx, shippedMark, map[string]int64{countOpen: 1})
	if err != nil {
		return err
	}
	if done[countOpen] > 1 {
		return nil
	}
	for _, w := range d.Warnings {
		w.Changed = s.warned.Stamp()
		if err := s.warnings.Insert(ctx, w); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		s.warned.Put(w)
	}
	if err := s.months.InsertMany(ctx, d.Months); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	days := make([]*counter, 0, len(d.Days))
	for _, x := range d.Days {
		c := &counter{Open: x.Open, Out: x.Out, Yes: x.Yes, No: x.No, Stop: map[string]int64{}}
		c.ID = x.Day + "." + x.Service
		if e, err := s.Any(x.Service); err == nil && x.Stop > 0 && len(e.Steps) > 1 {
			c.Stop[e.Steps[1].ID] = x.Stop
		}
		days = append(days, c)
	}
	if err := s.counters.InsertMany(ctx, days); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}
