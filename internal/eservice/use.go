package eservice

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// What is counted. Definitions stand on the page of use (message keys
// «service.use.def.<name>»).
const (
	countOpen  = "open"  // the page of an instruction was sent
	countOut   = "out"   // somebody went on to its official address
	countYes   = "yes"   // «допомогло»
	countNo    = "no"    // «не допомогло»
	countPrint = "print" // a sheet for printing was opened
	stopPrefix = "stop." // «на якому кроці зупинились»
)

// maxPending bounds what is counted in memory before it is stored.
const maxPending = 4096

// Opened counts that an instruction was read. It waits for nothing: Flush stores it, and a
// process that dies loses at most the seconds since.
func (s *Service) Opened(slug string) { s.count(slug, countOpen) }

// Printed counts that a sheet for printing was opened.
func (s *Service) Printed(slug string) { s.count(slug, countPrint) }

func (s *Service) count(slug, what string) {
	id := s.today() + "." + slug
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.pending[id]
	if d == nil {
		if len(s.pending) >= maxPending {
			return
		}
		d = map[string]int64{}
		s.pending[id] = d
	}
	d[what]++
}

func (s *Service) today() string { return s.o.Now().In(i18n.Kyiv).Format(time.DateOnly) }

// Flush stores what was counted in memory. What cannot be stored is kept for the next time.
func (s *Service) Flush(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "eservice.Flush")
	s.mu.Lock()
	work := s.pending
	s.pending = map[string]map[string]int64{}
	s.mu.Unlock()
	for _, id := range slices.Sorted(maps.Keys(work)) {
		if err == nil {
			if _, err = s.counters.Add(ctx, id, work[id]); err == nil {
				continue
			}
		}
		s.mu.Lock()
		for what, n := range work[id] {
			if s.pending[id] == nil {
				s.pending[id] = map[string]int64{}
			}
			s.pending[id][what] += n
		}
		s.mu.Unlock()
	}
	return err
}

// Out counts that somebody went on to an official address of the instruction, and returns
// it. Errors: NotFound for an address that does not stand there.
func (s *Service) Out(slug string, n int) (string, error) {
	e, err := s.Get(slug)
	if err != nil {
		return "", err
	}
	if n < 0 || n >= len(e.Addresses) {
		return "", fault.New(fault.NotFound, "service.no_address")
	}
	s.count(slug, countOut)
	return e.Addresses[n].URL, nil
}

// Helped stores whether an instruction helped; step says where somebody stopped, empty for
// none said.
func (s *Service) Helped(ctx context.Context, slug string, helped bool, step string) (err error) {
	defer fault.Wrap(&err, "eservice.Helped")
	e, err := s.Get(slug)
	if err != nil {
		return err
	}
	delta := map[string]int64{countYes: 1}
	if !helped {
		delta = map[string]int64{countNo: 1}
		if step != "" {
			if e.Step(step) == nil {
				return fault.InvalidFields(fault.Field{Pointer: "step", Key: "service.no_step"})
			}
			delta[stopPrefix+step] = 1
		}
	}
	_, err = s.counters.Add(ctx, s.today()+"."+slug, delta)
	return err
}

// Use is how one instruction was used in a stretch of time. Counts are of acts, not of
// people.
type Use struct {
	Service                   string
	Open, Out, Yes, No, Print int64
	Stops                     map[string]int64 // step to how many said they stopped there
	Online, Desk, Helped      int64            // of the service centre, where it was counted
	Counted                   bool             // the centre's counts are there
}

// MonthUse is one month of the series.
type MonthUse struct {
	Month string // "2026-10"
	Uses  []Use  // by service
	Sum   Use
}

// MaxMonths bounds a series.
const MaxMonths = 36

// Series gives the use by month, oldest first, for the last n months that have ended or
// run now (1 to MaxMonths).
func (s *Service) Series(ctx context.Context, n int) (out []MonthUse, err error) {
	defer fault.Wrap(&err, "eservice.Series")
	n = max(1, min(n, MaxMonths))
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	now := s.o.Now().In(i18n.Kyiv)
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, i18n.Kyiv).AddDate(0, 1-n, 0)
	by := map[string]map[string]*Use{}
	at := func(month, service string) *Use {
		if by[month] == nil {
			by[month] = map[string]*Use{}
		}
		if by[month][service] == nil {
			by[month][service] = &Use{Service: service, Stops: map[string]int64{}}
		}
		return by[month][service]
	}
	for c, err := range s.counters.Find(ctx, store.Query{Index: "_id", From: first.Format("2006-01")}) {
		if err != nil {
			return nil, err
		}
		when, service, ok := strings.Cut(c.ID, ".")
		if !ok || len(when) < len("2006-01") {
			continue
		}
		u := at(when[:len("2006-01")], service)
		u.Open, u.Out, u.Yes, u.No, u.Print = u.Open+c.Open, u.Out+c.Out, u.Yes+c.Yes, u.No+c.No, u.Print+c.Print
		for step, n := range c.Stop {
			u.Stops[step] += n
		}
	}
	for m, err := range s.months.Find(ctx, store.Query{Index: "_id", From: first.Format("2006-01")}) {
		if err != nil {
			return nil, err
		}
		u := at(m.ID[:len("2006-01")], m.Service)
		u.Online, u.Desk, u.Helped, u.Counted = m.Online, m.Desk, m.Helped, true
	}
	for month := first; !month.After(now); month = month.AddDate(0, 1, 0) {
		id := month.Format("2006-01")
		row := MonthUse{Month: id, Sum: Use{Stops: map[string]int64{}}}
		for _, service := range slices.Sorted(maps.Keys(by[id])) {
			u := by[id][service]
			row.Uses = append(row.Uses, *u)
			row.Sum.add(u)
		}
		out = append(out, row)
	}
	return out, nil
}

func (u *Use) add(v *Use) {
	u.Open, u.Out, u.Yes, u.No, u.Print = u.Open+v.Open, u.Out+v.Out, u.Yes+v.Yes, u.No+v.No, u.Print+v.Print
	u.Online, u.Desk, u.Helped, u.Counted = u.Online+v.Online, u.Desk+v.Desk, u.Helped+v.Helped, u.Counted || v.Counted
}

// Recent is the use of every instruction in the last days, most opened first.
func (s *Service) Recent(ctx context.Context, days int) (out []Use, err error) {
	defer fault.Wrap(&err, "eservice.Recent")
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	from := s.o.Now().In(i18n.Kyiv).AddDate(0, 0, 1-max(1, min(days, 400))).Format(time.DateOnly)
	by := map[string]*Use{}
	for c, err := range s.counters.Find(ctx, store.Query{Index: "_id", From: from}) {
		if err != nil {
			return nil, err
		}
		_, service, _ := strings.Cut(c.ID, ".")
		u := by[service]
		if u == nil {
			u = &Use{Service: service, Stops: map[string]int64{}}
			by[service] = u
		}
		u.Open, u.Out, u.Yes, u.No, u.Print = u.Open+c.Open, u.Out+c.Out, u.Yes+c.Yes, u.No+c.No, u.Print+c.Print
		for step, n := range c.Stop {
			u.Stops[step] += n
		}
	}
	for _, u := range by {
		out = append(out, *u)
	}
	slices.SortFunc(out, func(a, b Use) int { return cmp.Or(cmp.Compare(b.Open, a.Open), cmp.Compare(a.Service, b.Service)) })
	return out, nil
}

// Least is the smallest number that the public sees, and the step it is rounded to.
const Least = 10

// Rounded is a count for the public: to the nearest ten, unknown (false) under Least.
func Rounded(n int64) (int64, bool) {
	if n < Least {
		return 0, false
	}
	return (n + Least/2) / Least * Least, true
}
