package round

import (
	"context"
	"crypto/rand"
	"errors"
	"iter"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"osvitlo/internal/disclosure"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/report"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// row is what a round keeps of one answer. Its id is a keyed hash of the sitting: who
// reads the store cannot go from one to the other, and the same sitting replaces its row.
type row struct {
	store.Doc
	Round  string           `json:"round"`
	Unit   string           `json:"unit"` // institution and role
	Points map[string]int64 `json:"points"`
}

const indexUnit = "unit"

// rowSpec's index covers what is counted daily.
var rowSpec = store.Spec{Name: "round_rows", Indexes: []store.Index{{Name: indexUnit, Fields: []string{"round", "unit"}}}}

// pointSteps is how many steps of a stored value make a point.
const pointSteps = 100

// Take is for sittings (sitting.Rounds).
func (s *Service) Take(ctx context.Context, ticket, id string, points map[string]float64) (err error) {
	defer fault.Wrap(&err, "round.Take")
	c, err := s.codes.Get(ctx, ticket)
	if err != nil {
		return err
	}
	r, ok := s.ByID(c.Round)
	if !ok || !r.Ends(s.now()) || c.Institution == "" {
		return fault.New(fault.Gone, "round.closed")
	}
	one := &row{Doc: store.Doc{ID: s.mac("row", id)}, Round: c.Round, Unit: unit(c.Institution, c.Role), Points: map[string]int64{}}
	for name, v := range points {
		if math.IsNaN(v) || v < 0 || v > 100 {
			return fault.Newf(fault.Internal, "", "%s is %v", name, v)
		}
		one.Points[name] = int64(math.Round(v * pointSteps))
	}
	return s.rows.Upsert(ctx, one)
}

// Drop is for sittings (sitting.Rounds).
func (s *Service) Drop(ctx context.Context, ticket, id string) (err error) {
	defer fault.Wrap(&err, "round.Drop")
	c, err := s.codes.Get(ctx, ticket)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if r, ok := s.ByID(c.Round); !ok || r.State != Open {
		return nil // the report is cut: sums of ten and more cannot be taken apart
	}
	if err := s.rows.Delete(ctx, s.mac("row", id), 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return nil
}

func unit(body string, role institution.Role) string { return body + "|" + string(role) }

// Counted is what came in until a day, made once a day.
type Counted struct {
	store.Doc
	At store.Time       `json:"at"`
	N  map[string]int64 `json:"n"` // by unit; staff see it only through Response
}

var countedSpec = store.Spec{Name: "round_counts"}

// Count counts what came into every open round. A job runs it once a day: more often would
// let somebody in a school see each colleague arrive.
func (s *Service) Count(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "round.Count")
	var errs error
	for _, r := range s.List() {
		if r.State != Open || s.now().Before(r.Opens.Time) {
			continue
		}
		doc := &Counted{Doc: store.Doc{ID: r.ID}, At: store.At(s.now()), N: map[string]int64{}}
		for key, err := range s.rows.Keys(ctx, store.Query{Index: indexUnit, Eq: []any{r.ID}}) {
			if err != nil {
				return err
			}
			if u, ok := key.Values[1].(string); ok {
				doc.N[u]++
			}
		}
		errs = errors.Join(errs, s.counts.Upsert(ctx, doc))
	}
	return errs
}

// Line is the response of some roles of an institution together.
type Line struct {
	Roles []institution.Role
	N     int64
	Frame int64 // 0: not known for all of them
	Few   bool  // fewer than report.K: N says nothing
}

// Response is what came in from an institution, as its coordinator and the department see
// it.
type Response struct {
	At    time.Time // when it was counted; zero: not yet
	Lines []Line
}

// Response returns what an institution's people have answered. Roles in which fewer than
// report.K answered are counted together with others. Errors: NotFound.
func (s *Service) Response(ctx context.Context, id, body string) (out Response, err error) {
	defer fault.Wrap(&err, "round.Response")
	all, err := s.Responses(ctx, id)
	if err != nil {
		return out, err
	}
	return all.of(body), nil
}

// Counts are the responses of a whole round.
type Counts struct {
	round *Round
	doc   *Counted
}

// Responses returns the responses of a round. Errors: NotFound.
func (s *Service) Responses(ctx context.Context, id string) (c Counts, err error) {
	defer fault.Wrap(&err, "round.Responses")
	r, ok := s.ByID(id)
	if !ok {
		return c, fault.New(fault.NotFound, "round.gone")
	}
	doc, err := s.counts.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		doc, err = &Counted{}, nil
	}
	return Counts{r, doc}, err
}

// At is when it was counted; zero: not yet.
func (c Counts) At() time.Time { return c.doc.At.Time }

// Of is the response of one institution.
func (c Counts) Of(body string) Response { return c.of(body) }

func (c Counts) of(body string) (out Response) {
	out.At = c.doc.At.Time
	var units []disclosure.Unit
	frames := map[string]int64{}
	for _, m := range c.round.Members {
		if m.Institution == body {
			units = append(units, disclosure.Unit{ID: string(m.Role), N: c.doc.N[unit(body, m.Role)], Path: []string{body}})
			frames[string(m.Role)] = m.Frame
		}
	}
	joined, err := disclosure.Join(units, report.K)
	if err != nil {
		return out
	}
	line := func(ids []string, n int64, few bool) {
		l := Line{N: n, Few: few}
		known := true
		for _, id := range ids {
			l.Roles = append(l.Roles, institution.Role(id))
			l.Frame += frames[id]
			known = known && frames[id] > 0
		}
		if !known {
			l.Frame = 0
		}
		slices.SortFunc(l.Roles, func(a, b institution.Role) int {
			return slices.Index(institution.Roles(), a) - slices.Index(institution.Roles(), b)
		})
		out.Lines = append(out.Lines, l)
	}
	for _, b := range joined.List {
		line(b.Units, b.N, false)
	}
	// roles from which nobody answered are few as well: zero would say so of each person
	if rest := slices.Concat(joined.Within, joined.Empty); len(rest) > 0 {
		line(rest, 0, true)
	}
	return out
}

// Cut cuts the report of a round that is over. It may be run again, or twice at once: the
// first report stays. Errors: Conflict (what was begun may still be ended, or it is no open
// round).
func (s *Service) Cut(ctx context.Context, a *person.Actor, id string) (r *Round, err error) {
	defer fault.Wrap(&err, "round.Cut")
	if err := may(a); err != nil {
		return nil, err
	}
	one, ok := s.ByID(id)
	if !ok {
		return nil, fault.New(fault.NotFound, "round.gone")
	}
	if one.State == Reported { // a crash may have left rows behind the report
		return one, s.forget(ctx, id)
	}
	if !one.Due(s.now()) {
		return nil, fault.New(fault.Conflict, "round.not_due")
	}
	made, err := s.build(ctx, one)
	if err != nil {
		return nil, err
	}
	// The file first: a crash before the next step cuts the same report again. Each cut has
	// a file of its own: somebody who cuts at the same moment may read rows that the first
	// one is deleting already, and must not write over its report.
	name := fileOf(id, strings.ToLower(rand.Text()[:8]))
	if err := s.file(ctx, name, made); err != nil {
		return nil, err
	}
	r, err = s.change(ctx, a, "cut", id, 0, func(r *Round) error {
		if !r.Due(s.now()) {
			return fault.New(fault.Conflict, "round.not_due")
		}
		r.State, r.Cut, r.File = Reported, store.At(s.now()), name
		return nil
	})
	if err != nil {
		err = errors.Join(err, s.o.Media.Delete(ctx, name))
		if first, e := s.rounds.Get(ctx, id); e == nil && first.State == Reported && fault.Is(err, fault.Conflict) {
			s.mirror.Put(first)
			return first, nil
		}
		return nil, err
	}
	return r, s.forget(ctx, id)
}

// build reads the rows once and makes the report.
func (s *Service) build(ctx context.Context, r *Round) (*report.Report, error) {
	members, units := listed(r)
	sums := &report.Sums{}
	for one, err := range s.rows.Find(ctx, store.Query{Index: indexUnit, Eq: []any{r.ID}}) {
		if err != nil {
			return nil, err
		}
		values := make(map[string]float64, len(one.Points))
		for name, v := range one.Points {
			values[name] = float64(v) / pointSteps
		}
		if err := sums.Add(units[one.Unit], values); err != nil {
			return nil, fault.From(err, fault.Internal, "")
		}
	}
	made, err := report.Build(r.ID, r.Year, r.Closes.Time, members, sums)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	return made, nil
}

// forget deletes the rows of a round: the report is all that stays. Bindings go with them,
// and codes forget where they led: the answers that somebody still has as a profile belong
// to no institution any more. The rows go last: where some are left, Tidy does all of it
// again.
func (s *Service) forget(ctx context.Context, id string) error {
	err := together(ctx, s.codes.Find(ctx, store.Query{Index: "round", Eq: []any{id}}), func(one *code) error {
		if err := s.taken.Delete(ctx, one.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if one.Institution == "" {
			return nil
		}
		return s.codes.Upsert(ctx, &code{Doc: store.Doc{ID: one.ID}, Round: id})
	})
	if err != nil {
		return err
	}
	return together(ctx, s.rows.Find(ctx, store.Query{Index: indexUnit, Eq: []any{id}}), func(one *row) error {
		if err := s.rows.Delete(ctx, one.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		return nil
	})
}

// hands is how many documents are written at once: a store writes those that wait in one go.
const hands = 128

// together does an act on every document of a list, many at once. It stops at the first
// error and waits for what was begun.
func together[T any](ctx context.Context, list iter.Seq2[*T, error], act func(*T) error) (err error) {
	work, failed := make(chan *T), make(chan error, hands)
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for one := range work {
				if err := act(one); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	for one, e := range list {
		if err = e; err != nil {
			break
		}
		select {
		case work <- one:
			continue
		case err = <-failed:
		case <-ctx.Done():
			err = ctx.Err()
		}
		break
	}
	close(work)
	all.Wait()
	select {
	case e := <-failed:
		return errors.Join(err, e)
	default:
		return err
	}
}

// uncount takes the numbers of a round that was thrown away: what came in, and how many
// codes there were.
func (s *Service) uncount(ctx context.Context, r *Round) error {
	err := s.counts.Delete(ctx, r.ID, 0)
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	for _, m := range r.Members {
		if e := s.issued.Delete(ctx, r.ID+"|"+unit(m.Institution, m.Role), 0); !fault.Is(e, fault.NotFound) {
			err = errors.Join(err, e)
		}
	}
	return err
}

// Tidy takes the rows that a crash left behind a report, or behind a pilot that was thrown
// away. A job runs it daily.
func (s *Service) Tidy(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "round.Tidy")
	var errs error
	for _, r := range s.List() {
		if r.State != Reported && r.State != Thrown {
			continue
		}
		for _, err := range s.rows.Keys(ctx, store.Query{Index: indexUnit, Eq: []any{r.ID}, Limit: 1}) {
			errs = errors.Join(errs, err, s.forget(ctx, r.ID))
		}
		if r.State == Thrown {
			errs = errors.Join(errs, s.unfile(ctx, r), s.uncount(ctx, r))
		}
	}
	return errs
}
