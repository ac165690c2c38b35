package course

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// EnrolmentState is where somebody stands in a group.
type EnrolmentState string

// The states.
const (
	Seated  EnrolmentState = "seated"
	Waiting EnrolmentState = "waiting"
	Left    EnrolmentState = "left"
)

// Enrolment is a learner in a group. Somebody has a seat when the seat's claim names
// them and their enrolment names the seat; the number of claims is the number of
// seats, so a group is never overbooked.
type Enrolment struct {
	store.Doc
	Cohort  string         `json:"cohort"`
	Learner Learner        `json:"learner"`
	State   EnrolmentState `json:"state"`
	Since   store.Time     `json:"since"`          // of joining: the order of the waiting list
	Seat    int            `json:"seat,omitempty"` // from 1
}

// Seat is the payload of TopicSeat: somebody got a seat.
type Seat struct {
	Cohort  string  `json:"cohort"`
	Learner Learner `json:"learner"`
	Seat    int     `json:"seat"`
}

func enrolmentID(cohort string, l Learner) string { return cohort + ":" + string(l) }
func seatID(cohort string, n int) string          { return fmt.Sprintf("seat:%s:%04d", cohort, n) }

// Join puts a learner into a group: to a free seat, or at the end of the waiting
// list. Whoever is in it already stays where they are. Errors: NotFound, Conflict
// "course.cohort_closed".
func (s *Service) Join(ctx context.Context, cohort string, l Learner) (e *Enrolment, err error) {
	defer fault.Wrap(&err, "course.Join")
	if !l.ok() {
		return nil, badLearner()
	}
	c, err := s.cohorts.Get(ctx, cohort)
	if err != nil {
		return nil, err
	}
	if c.State != Open || c.Until < s.today() {
		return nil, fault.New(fault.Conflict, "course.cohort_closed")
	}
	defer s.rows.lock(cohort)()
	id := enrolmentID(cohort, l)
	err = s.enrolments.Insert(ctx, &Enrolment{Doc: store.Doc{ID: id}, Cohort: cohort, Learner: l, State: Waiting, Since: store.At(s.now())})
	if fault.Is(err, fault.Conflict) {
		if e, err = s.enrolments.Get(ctx, id); err != nil {
			return nil, err
		}
		if e.State == Left {
			e.State, e.Since, e.Seat = Waiting, store.At(s.now()), 0
			err = s.enrolments.Replace(ctx, e)
		}
	}
	if err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	if err := s.settle(ctx, cohort); err != nil {
		return nil, err
	}
	return s.enrolments.Get(ctx, id)
}

// Leave gives a seat or a place in the list back; the first of the waiting list gets
// the seat. Leaving twice is no error. Errors: NotFound.
func (s *Service) Leave(ctx context.Context, cohort string, l Learner) (err error) {
	defer fault.Wrap(&err, "course.Leave")
	defer s.rows.lock(cohort)()
	for range retries {
		e, err := s.enrolments.Get(ctx, enrolmentID(cohort, l))
		if err != nil {
			return err
		}
		if e.State != Left {
			e.State, e.Seat = Left, 0
			err = s.enrolments.Replace(ctx, e)
			if fault.Is(err, fault.Conflict) {
				continue
			}
			if err != nil {
				return err
			}
		}
		return s.settle(ctx, cohort)
	}
	return fault.Newf(fault.Unavailable, "", "enrolment is written too often")
}

// seats lists the seats of a group that were ever claimed, by number. A free one
// names nobody: claims are never deleted, so that their revisions only grow and no
// replica can free a seat that was given away meanwhile.
func (s *Service) seats(ctx context.Context, cohort string) (map[int]*claim, error) {
	out := map[int]*claim{}
	prefix := "seat:" + cohort + ":"
	for c, err := range s.claims.Find(ctx, store.Query{Index: store.BuiltinID, Prefix: prefix, Limit: MaxSeats}) {
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(strings.TrimPrefix(c.ID, prefix))
		if err != nil {
			return nil, err
		}
		out[n] = c
	}
	return out, nil
}

// give writes a learner, or with "" nobody, into a seat that nobody changed since it
// was read; false when somebody was faster. held may be nil: never claimed.
func (s *Service) give(ctx context.Context, cohort string, seat int, held *claim, l Learner) (ok bool, now *claim, err error) {
	now = &claim{Doc: store.Doc{ID: seatID(cohort, seat)}, Cohort: cohort, Learner: l}
	if held == nil {
		err = s.claims.Insert(ctx, now)
	} else {
		now.Rev = held.Rev
		err = s.claims.Replace(ctx, now)
	}
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return false, held, nil
	}
	return err == nil, now, err
}

// settle makes claims and enrolments agree, whatever a crash or another replica left,
// and gives free seats to the waiting in the order of joining. It is idempotent.
func (s *Service) settle(ctx context.Context, cohort string) error {
	c, err := s.cohorts.Get(ctx, cohort)
	if err != nil {
		return err
	}
	taken, err := s.seats(ctx, cohort)
	if err != nil {
		return err
	}
	for n, held := range taken {
		if held.Learner == "" {
			continue
		}
		kept, err := s.confirm(ctx, cohort, held.Learner, n)
		if err != nil {
			return err
		}
		if !kept {
			if _, taken[n], err = s.give(ctx, cohort, n, held, ""); err != nil {
				return err
			}
		}
	}
	for e, err := range s.enrolments.Find(ctx, store.Query{Index: indexCohort, Eq: []any{cohort, Seated}, Limit: 10_000}) {
		if err != nil {
			return err
		}
		if held := taken[e.Seat]; held == nil || held.Learner != e.Learner {
			if err := s.unseat(ctx, e); err != nil {
				return err
			}
		}
	}
	if c.State == Cancelled {
		return nil
	}
	return s.promote(ctx, c, taken)
}

// promote gives the free seats to the waiting.
func (s *Service) promote(ctx context.Context, c *Cohort, taken map[int]*claim) error {
	free := 1
	next := func() bool {
		for ; free <= c.Seats; free++ {
			if held := taken[free]; held == nil || held.Learner == "" {
				return true
			}
		}
		return false
	}
	if !next() {
		return nil
	}
	for e, err := range s.enrolments.Find(ctx, store.Query{Index: indexCohort, Eq: []any{c.ID, Waiting}, Limit: 10_000}) {
		if err != nil {
			return err
		}
		for next() {
			seat := free
			ok, now, err := s.give(ctx, c.ID, seat, taken[seat], e.Learner)
			if err != nil {
				return err
			}
			if !ok {
				free++ // another replica was faster
				continue
			}
			kept, err := s.confirm(ctx, c.ID, e.Learner, seat)
			if err != nil {
				return err
			}
			taken[seat] = now
			if !kept { // left, or seated elsewhere meanwhile
				if _, taken[seat], err = s.give(ctx, c.ID, seat, now, ""); err != nil {
					return err
				}
			}
			break
		}
		if !next() {
			return nil
		}
	}
	return nil
}

// unseat puts somebody whose seat names another one back to their place in the
// waiting list: they had left and come back while a replica freed the seat.
func (s *Service) unseat(ctx context.Context, e *Enrolment) error {
	held, err := s.claims.Get(ctx, seatID(e.Cohort, e.Seat))
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	if err == nil && held.Learner == e.Learner {
		return nil
	}
	e.State, e.Seat = Waiting, 0
	err = s.enrolments.Replace(ctx, e) // a seat is given only to the waiting, so a newer word is right
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// confirm writes a claimed seat into its holder's enrolment; false when the holder
// does not want it any more or has another one.
func (s *Service) confirm(ctx context.Context, cohort string, l Learner, seat int) (kept bool, err error) {
	for range retries {
		e, err := s.enrolments.Get(ctx, enrolmentID(cohort, l))
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		switch {
		case e.State == Seated && e.Seat == seat:
			return true, nil
		case e.State != Waiting:
			return false, nil
		}
		e.State, e.Seat = Seated, seat
		err = s.enrolments.Replace(ctx, e)
		if err == nil {
			id := fmt.Sprintf("course-seat:%s:%d", e.ID, e.Since.UnixMicro())
			return true, s.tell(ctx, id, TopicSeat, Seat{cohort, l, seat})
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return false, err
		}
	}
	return false, fault.Newf(fault.Unavailable, "", "enrolment is written too often")
}

// Roster lists a group: the seated by seat, then the waiting in order.
func (s *Service) Roster(ctx context.Context, cohort string) (seated, waiting []*Enrolment, err error) {
	defer fault.Wrap(&err, "course.Roster")
	taken, err := s.seats(ctx, cohort)
	if err != nil {
		return nil, nil, err
	}
	for e, err := range s.enrolments.Find(ctx, store.Query{Index: indexCohort, Eq: []any{cohort, Seated}, Limit: 10_000}) {
		if err != nil {
			return nil, nil, err
		}
		if held := taken[e.Seat]; held != nil && held.Learner == e.Learner {
			seated = append(seated, e)
		}
	}
	for e, err := range s.enrolments.Find(ctx, store.Query{Index: indexCohort, Eq: []any{cohort, Waiting}, Limit: 10_000}) {
		if err != nil {
			return nil, nil, err
		}
		waiting = append(waiting, e)
	}
	return seated, waiting, nil
}

// Enrolments lists the groups a learner is or was in.
func (s *Service) Enrolments(ctx context.Context, l Learner) (list []*Enrolment, err error) {
	defer fault.Wrap(&err, "course.Enrolments")
	for e, err := range s.enrolments.Find(ctx, store.Query{Index: indexLearner, Eq: []any{l}, Limit: 1000}) {
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// adoptSeats moves seats and places in lists to another learner, who keeps the
// better of the two.
func (s *Service) adoptSeats(ctx context.Context, from, into Learner) error {
	list, err := s.Enrolments(ctx, from)
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := s.adoptSeat(ctx, e, into); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) adoptSeat(ctx context.Context, e *Enrolment, into Learner) error {
	defer s.rows.lock(e.Cohort)()
	mine, err := s.enrolments.Get(ctx, enrolmentID(e.Cohort, into))
	switch {
	case fault.Is(err, fault.NotFound):
		moved := &Enrolment{Doc: store.Doc{ID: enrolmentID(e.Cohort, into)}, Cohort: e.Cohort, Learner: into, State: e.State, Since: e.Since, Seat: e.Seat}
		if moved.State == Seated {
			moved.State, moved.Seat = Waiting, 0 // until the claim is theirs: confirm seats them
		}
		if err := s.enrolments.Insert(ctx, moved); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	case err != nil:
		return err
	case mine.State == Left && e.State != Left:
		mine.State, mine.Since, mine.Seat = Waiting, e.Since, 0
		if err := s.enrolments.Replace(ctx, mine); err != nil {
			return err
		}
	}
	if e.State == Seated {
		held, err := s.claims.Get(ctx, seatID(e.Cohort, e.Seat))
		if err == nil && held.Learner == e.Learner {
			held.Learner = into
			err = s.claims.Replace(ctx, held)
		}
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	if err := s.moveAttendance(ctx, e.Cohort, e.Learner, into); err != nil {
		return err
	}
	if err := s.enrolments.Delete(ctx, e.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.settle(ctx, e.Cohort)
}

// forget removes an erased learner from a group.
func (s *Service) forget(ctx context.Context, e *Enrolment) error {
	defer s.rows.lock(e.Cohort)()
	if err := s.moveAttendance(ctx, e.Cohort, e.Learner, ""); err != nil {
		return err
	}
	if err := s.enrolments.Delete(ctx, e.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	err := s.settle(ctx, e.Cohort)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// named counts the seats that somebody has.
func named(seats map[int]*claim) int {
	n := 0
	for _, held := range seats {
		if held.Learner != "" {
			n++
		}
	}
	return n
}
