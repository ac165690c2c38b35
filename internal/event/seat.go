package event

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/notify"
	"osvitlo/internal/store"
)

// claim is a document whose id is a seat. A free one names nobody: claims are not
// deleted while seats can be taken, so that their revisions only grow and no replica can
// free a seat that was given away meanwhile.
type claim struct {
	store.Doc
	Booking string `json:"booking,omitempty"`
	Until   string `json:"until"`
}

func seatID(ref string, n int) string { return fmt.Sprintf("%s%04d", claimPrefix(ref), n) }

// occasion finds what a reference names. Errors: NotFound.
func (s *Service) occasion(ref string) (*occasion, error) {
	id, key, ok := strings.Cut(ref, ":")
	if !ok {
		return nil, fault.New(fault.NotFound, "")
	}
	if strings.HasPrefix(id, deskPrefix) {
		return s.slot(id, key)
	}
	e, ok := s.shown.ByID(id)
	if !ok {
		return nil, fault.New(fault.NotFound, "")
	}
	o := e.Occurrence(key)
	if o == nil {
		return nil, fault.New(fault.NotFound, "")
	}
	live := o.State == Planned || o.State == Shelter
	return &occasion{ref: ref, seats: o.Seats, start: o.Start, end: o.End, open: live && !e.Draft && (e.Book || s.Guarded(o)), waiting: e.Waiting, over: !live}, nil
}

// seats lists the seats that were ever claimed, by number.
func (s *Service) seats(ctx context.Context, ref string) (map[int]*claim, error) {
	out := map[int]*claim{}
	prefix := claimPrefix(ref)
	for c, err := range s.claims.Find(ctx, store.Query{Index: store.BuiltinID, Prefix: prefix, Limit: 2 * MaxSeats}) {
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(strings.TrimPrefix(c.ID, prefix))
		if err != nil {
			return nil, fault.From(err, fault.Internal, "")
		}
		out[n] = c
	}
	return out, nil
}

// give writes a booking, or with "" nobody, into a seat that nobody changed since it was
// read; false when somebody was faster. held may be nil: never claimed.
func (s *Service) give(ctx context.Context, o *occasion, seat int, held *claim, booking string) (ok bool, now *claim, err error) {
	now = &claim{Doc: store.Doc{ID: seatID(o.ref, seat)}, Booking: booking, Until: o.end.Add(s.cfg.Keep).In(i18n.Kyiv).Format(dayLayout)}
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

// free is the lowest seat from a number on that nobody has; 0 when there is none.
func (o *occasion) free(taken map[int]*claim, from int) int {
	for n := max(from, 1); n <= o.seats; n++ {
		if c := taken[n]; c == nil || c.Booking == "" {
			return n
		}
	}
	return 0
}

// seatFirst gives somebody who has just come a free seat at once, unless others wait:
// then these are asked first.
func (s *Service) seatFirst(ctx context.Context, o *occasion, b *Booking) error {
	defer s.rows.lock(o.ref)()
	defer s.counts.drop(o.ref)
	for k, err := range s.bookings.Keys(ctx, store.Query{Index: indexRef, Eq: []any{o.ref, string(Waiting)}, Limit: 1}) {
		if err != nil {
			return err
		}
		if k.ID != b.ID && b.Via != WalkIn {
			return s.settle(ctx, o.ref)
		}
	}
	for range retries {
		taken, err := s.seats(ctx, o.ref)
		if err != nil {
			return err
		}
		for seat := o.free(taken, 1); seat > 0; seat = o.free(taken, seat+1) {
			ok, now, err := s.give(ctx, o, seat, taken[seat], b.ID)
			if err != nil {
				return err
			}
			if !ok {
				continue // another replica was faster
			}
			kept, err := s.confirm(ctx, o, b.ID, seat, Seated)
			if err != nil || kept {
				return err
			}
			_, _, err = s.give(ctx, o, seat, now, "")
			return err
		}
		if taken, err = s.seats(ctx, o.ref); err != nil || o.free(taken, 1) == 0 {
			return err
		}
	}
	return nil
}

// settle makes claims and bookings agree, whatever a crash or another replica left, and
// offers free seats to the waiting in the order of coming. It is idempotent. The caller
// holds the lock of the row.
func (s *Service) settle(ctx context.Context, ref string) error {
	o, err := s.occasion(ref)
	if fault.Is(err, fault.NotFound) {
		return nil // the event was taken out
	}
	if err != nil {
		return err
	}
	defer s.counts.drop(ref)
	taken, err := s.seats(ctx, ref)
	if err != nil {
		return err
	}
	for n, held := range taken {
		if held.Booking == "" {
			continue
		}
		kept, err := s.confirm(ctx, o, held.Booking, n, Offered)
		if err != nil {
			return err
		}
		if !kept {
			if _, taken[n], err = s.give(ctx, o, n, held, ""); err != nil {
				return err
			}
		}
	}
	for _, state := range []BookingState{Seated, Offered} {
		for b, err := range s.bookings.Find(ctx, store.Query{Index: indexRef, Eq: []any{ref, string(state)}, Limit: 2 * MaxSeats}) {
			if err != nil {
				return err
			}
			if held := taken[b.Seat]; held == nil || held.Booking != b.ID {
				if err := s.unseat(ctx, b); err != nil {
					return err
				}
			}
		}
	}
	if o.over || !s.now().Before(o.start.Add(-lastCall)) {
		return nil // nobody could answer in time: whoever comes takes a free chair
	}
	return s.promote(ctx, o, taken)
}

// promote offers the free seats to the waiting.
func (s *Service) promote(ctx context.Context, o *occasion, taken map[int]*claim) error {
	seat := o.free(taken, 1)
	if seat == 0 {
		return nil
	}
	for b, err := range s.bookings.Find(ctx, store.Query{Index: indexRef, Eq: []any{o.ref, string(Waiting)}, Limit: 10_000}) {
		if err != nil {
			return err
		}
		for seat > 0 {
			ok, now, err := s.give(ctx, o, seat, taken[seat], b.ID)
			if err != nil {
				return err
			}
			if !ok {
				seat = o.free(taken, seat+1) // another replica was faster
				continue
			}
			taken[seat] = now
			kept, err := s.confirm(ctx, o, b.ID, seat, Offered)
			if err != nil {
				return err
			}
			if !kept { // left, or seated elsewhere meanwhile
				if _, taken[seat], err = s.give(ctx, o, seat, now, ""); err != nil {
					return err
				}
			}
			break
		}
		if seat = o.free(taken, 1); seat == 0 {
			return nil
		}
	}
	return nil
}

// unseat puts somebody whose seat names another one back into the waiting list.
func (s *Service) unseat(ctx context.Context, b *Booking) error {
	if b.Seat > 0 {
		held, err := s.claims.Get(ctx, seatID(b.Ref, b.Seat))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if err == nil && held.Booking == b.ID {
			return nil
		}
	}
	b.State, b.Seat, b.Offer = Waiting, 0, ""
	err := s.bookings.Replace(ctx, b) // a seat is given only to the waiting, so a newer word is right
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// confirm writes a claimed seat into its holder's booking; false when the holder does
// not want it any more or has another one. as is what a waiting holder becomes.
func (s *Service) confirm(ctx context.Context, o *occasion, id string, seat int, as BookingState) (kept bool, err error) {
	for range retries {
		b, err := s.bookings.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		switch {
		case b.Holds() && b.Seat == seat:
			return true, nil
		case b.State != Waiting:
			return false, nil
		}
		b.State, b.Seat, b.Offer = as, seat, ""
		if as == Offered {
			b.Offer = store.At(OfferEnds(s.now(), o.start)).String()
		}
		err = s.bookings.Replace(ctx, b)
		if err == nil {
			if as == Offered {
				return true, s.tell(ctx, b, "offer", s.now())
			}
			return true, nil
		}
		if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
			return false, err
		}
	}
	return false, fault.Newf(fault.Unavailable, "", "booking is written too often")
}

// How long a seat is kept for somebody who was waiting: a day, less when the event is
// near. From lastCall before the start seats are not offered any more.
const (
	offerUsual = 24 * time.Hour
	offerNear  = 4 * time.Hour // the event is within two days
	offerLate  = time.Hour     // within half a day
	lastCall   = 2 * time.Hour
)

// OfferEnds is when an offer made now ends. The hours of the night do not count, and
// none ends later than half an hour before lastCall.
func OfferEnds(now, start time.Time) time.Time {
	left, wait := start.Sub(now), offerUsual
	switch {
	case left < 12*time.Hour:
		wait = offerLate
	case left < 48*time.Hour:
		wait = offerNear
	}
	end := notify.Awake(now)
	for wait > 0 { // day by day: the night takes nothing of it
		night := notify.Evening(end)
		if d := night.Sub(end); d >= wait {
			end, wait = end.Add(wait), 0
		} else {
			end, wait = notify.Awake(night), wait-d
		}
	}
	if last := start.Add(-lastCall / 2); end.After(last) {
		end = last
	}
	if !end.After(now) {
		end = now.Add(time.Minute)
	}
	return end
}
