package event

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// BookingState is where somebody stands at an occurrence.
type BookingState string

// The states.
const (
	Seated  BookingState = "seated"
	Offered BookingState = "offered" // a seat is kept for them until Offer
	Waiting BookingState = "waiting"
	Left    BookingState = "left"
	Lapsed  BookingState = "lapsed" // the offer ended without a word
)

// Via is how a booking came.
type Via string

// The ways.
const (
	ByWeb   Via = "web"
	ByPhone Via = "phone" // an operator or the leader typed it in
	WalkIn  Via = "walk-in"
)

// Mark is who was there.
type Mark string

// The marks.
const (
	Unmarked Mark = ""
	Present  Mark = "present"
	Absent   Mark = "absent"
	Excused  Mark = "excused"
)

// Booking is a person at an occurrence or a slot. Somebody has a seat when the seat's
// claim names the booking and the booking names the seat.
type Booking struct {
	store.Doc              // "{ref}:{who}"
	Ref       string       `json:"ref"`
	State     BookingState `json:"state"`
	Since     store.Time   `json:"since"` // of joining: the order of the waiting list
	Seat      int          `json:"seat,omitempty"`
	Who       string       `json:"who"` // keyed hash of phone, card or account
	Person    person.ID    `json:"person,omitempty"`
	Sealed    string       `json:"sealed"` // a contact
	Token     string       `json:"token"`  // hash of the link's token
	Code      string       `json:"code"`   // keyed hash of the code
	Lang      string       `json:"lang"`
	Via       Via          `json:"via"`
	Starts    store.Time   `json:"starts"`
	Offer     string       `json:"offer,omitempty"` // end of the offer, or of its retelling
	Remind    bool         `json:"remind,omitempty"`
	Reminded  bool         `json:"reminded,omitempty"`
	Mark      Mark         `json:"mark,omitempty"`
	Until     string       `json:"until"` // erased from this day on
}

// Holds tells whether a seat is kept for the booking.
func (b *Booking) Holds() bool { return b.State == Seated || b.State == Offered }

// OfferEnds is when an offer ends; zero when there is none.
func (b *Booking) OfferEnds() time.Time {
	t, err := time.Parse(store.TimeLayout, b.Offer)
	if b.State != Offered || err != nil {
		return time.Time{}
	}
	return t
}

// occasion is what can be booked: an occurrence or a slot of a desk.
type occasion struct {
	ref        string
	seats      int
	start, end time.Time
	open       bool // takes people
	waiting    bool
	over       bool // called off: seats stay, nobody is promoted
}

func claimPrefix(ref string) string { return "seat:" + ref + ":" }

// maxAhead bounds how many coming seats and places in lists one phone or card may hold.
const maxAhead = 12

func bookingID(ref, who string) string { return ref + ":" + who }

// Book takes a free seat, or a place at the end of the waiting list. Errors: NotFound,
// Invalid with fields (also "event.twice" for a phone that is booked), Conflict
// "event.closed", "event.full" (no waiting list), "event.too_many" (one phone at too
// many), Unavailable.
func (s *Service) Book(ctx context.Context, ref string, c Contact) (t *Ticket, err error) {
	defer fault.Wrap(&err, "event.Book")
	if s.cfg.Ring == nil {
		return nil, fault.Newf(fault.Unavailable, "", "no keys to seal contacts with")
	}
	o, err := s.occasion(ref)
	if err != nil {
		return nil, err
	}
	now := s.now()
	if !o.open || c.Via != WalkIn && !now.Before(o.start) || !now.Before(o.end) {
		return nil, fault.New(fault.Conflict, "event.closed")
	}
	told, who, err := s.check(c)
	if err != nil {
		return nil, err
	}
	if err := s.ahead(ctx, who, now); err != nil {
		return nil, err
	}
	b := &Booking{Doc: store.Doc{ID: bookingID(ref, who)}, Ref: ref, State: Waiting, Since: store.At(s.moment()), Who: who, Person: c.Person, Lang: c.Lang, Via: c.Via,
		Starts: store.At(o.start), Remind: c.Remind && (told.Email != "" || told.Phone != ""), Until: o.end.Add(s.cfg.Keep).In(i18n.Kyiv).Format(dayLayout)}
	if !i18n.Known(b.Lang) {
		b.Lang = i18n.Ukrainian
	}
	if b.Via == "" {
		b.Via = ByWeb
	}
	if err := s.seal(b, &told); err != nil {
		return nil, err
	}
	if err := s.join(ctx, b); err != nil {
		return nil, err
	}
	if err := s.seatFirst(ctx, o, b); err != nil {
		return nil, err
	}
	if b, err = s.bookings.Get(ctx, b.ID); err != nil {
		return nil, err
	}
	if b.State == Waiting && (!o.waiting || c.Via == WalkIn) {
		if err := s.drop(ctx, b.ID, Left); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.Conflict, "event.full")
	}
	return s.ticket(ctx, b, told.Token)
}

// ahead refuses somebody who holds too much already.
func (s *Service) ahead(ctx context.Context, who string, now time.Time) error {
	n := 0
	for _, err := range s.bookings.Keys(ctx, store.Query{Index: indexWho, Eq: []any{who}, From: store.At(now), Limit: 4 * maxAhead}) {
		if err != nil {
			return err
		}
		n++
	}
	if n >= maxAhead {
		return fault.New(fault.Conflict, "event.too_many")
	}
	return nil
}

// join stores a new booking; one that was left begins anew.
func (s *Service) join(ctx context.Context, b *Booking) error {
	err := s.bookings.Insert(ctx, b)
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	old, err := s.bookings.Get(ctx, b.ID)
	if err != nil {
		return err
	}
	if old.State != Left && old.State != Lapsed {
		return fault.InvalidFields(fault.Field{Pointer: "phone", Key: "event.twice"})
	}
	b.Rev = old.Rev
	err = s.bookings.Replace(ctx, b)
	if fault.Is(err, fault.Conflict) {
		return fault.InvalidFields(fault.Field{Pointer: "phone", Key: "event.twice"})
	}
	return err
}

// Leave gives a seat or a place in the list back; the first who waits is offered it.
// Leaving twice is no error, leaving what is over changes nothing.
func (s *Service) Leave(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "event.Leave")
	return s.drop(ctx, id, Left)
}

func (s *Service) drop(ctx context.Context, id string, to BookingState) error {
	b, err := s.bookings.Get(ctx, id)
	if err != nil {
		return err
	}
	if b.Starts.Before(s.now()) && b.State == Seated {
		return nil // it has begun: the list of who was there stays as it is
	}
	defer s.rows.lock(b.Ref)()
	for range retries {
		if b.State != Left && b.State != Lapsed {
			b.State, b.Seat, b.Offer, b.Remind = to, 0, "", false
			err = s.bookings.Replace(ctx, b)
			if fault.Is(err, fault.Conflict) {
				if b, err = s.bookings.Get(ctx, id); err != nil {
					return err
				}
				continue
			}
			if err != nil {
				return err
			}
		}
		s.counts.drop(b.Ref)
		return s.settle(ctx, b.Ref)
	}
	return fault.Newf(fault.Unavailable, "", "booking is written too often")
}

// Accept turns an offer into a seat. Errors: Gone "event.offer_over", NotFound.
func (s *Service) Accept(ctx context.Context, id string) (err error) {
	defer fault.Wrap(&err, "event.Accept")
	for range retries {
		b, err := s.bookings.Get(ctx, id)
		if err != nil {
			return err
		}
		if b.State == Seated {
			return nil
		}
		if b.State != Offered || !s.now().Before(b.OfferEnds()) {
			return fault.New(fault.Gone, "event.offer_over")
		}
		b.State, b.Offer = Seated, ""
		if err = s.bookings.Replace(ctx, b); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.Newf(fault.Unavailable, "", "booking is written too often")
}

// Of lists the coming and past bookings of an account that were not erased, by start.
func (s *Service) Of(ctx context.Context, id person.ID) (list []*Booking, err error) {
	defer fault.Wrap(&err, "event.Of")
	if id == "" {
		return nil, nil
	}
	for b, err := range s.bookings.Find(ctx, store.Query{Index: indexPerson, Eq: []any{string(id)}, Limit: 1000}) {
		if err != nil {
			return nil, err
		}
		list = append(list, b)
	}
	return list, nil
}

// Roster lists the bookings of an occurrence or slot: the seated by seat, those with an
// offer, then the waiting in order.
func (s *Service) Roster(ctx context.Context, ref string) (list []*Booking, err error) {
	defer fault.Wrap(&err, "event.Roster")
	for _, state := range []BookingState{Seated, Offered, Waiting} {
		for b, err := range s.bookings.Find(ctx, store.Query{Index: indexRef, Eq: []any{ref, string(state)}, Limit: 10_000}) {
			if err != nil {
				return nil, err
			}
			list = append(list, b)
		}
	}
	return list, nil
}

// Booking is a booking by its id. Errors: NotFound.
func (s *Service) Booking(ctx context.Context, id string) (b *Booking, err error) {
	defer fault.Wrap(&err, "event.Booking")
	return s.bookings.Get(ctx, id)
}
