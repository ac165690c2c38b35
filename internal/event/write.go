package event

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// slug is the address of an event: its kind, day and some letters that never change, so
// that an address on paper stays good when the title is mended.
func slug(e *Event) string {
	return fmt.Sprintf("%s-%s-%s", e.Kind, e.Day, strings.ToLower(rand.Text()[:5]))
}

// Add makes an event. The caller has checked the right over the place. Errors: Invalid
// with fields.
func (s *Service) Add(ctx context.Context, a person.Actor, e *Event) (err error) {
	defer fault.Wrap(&err, "event.Add")
	if err := e.Check(s.now()); err != nil {
		return err
	}
	if e.ID == "" {
		e.ID = "e" + strings.ToLower(rand.Text()[:18])
	}
	if e.Slug == "" {
		e.Slug = slug(e)
	}
	e.Rev, e.Gone, e.Made = 0, false, store.At(s.now())
	if err := s.note(ctx, a, "event.add", "event:"+e.ID); err != nil {
		return err
	}
	e.Changed = s.shown.Stamp()
	if err := s.events.Insert(ctx, e); err != nil {
		return err
	}
	s.shown.Put(e)
	return nil
}

// Edit changes all occurrences that are not over: what was said of single ones stays.
// A changed event is at the revision the caller read. Days on which somebody is booked
// must stay days of the event; seats may shrink only to those taken. Everybody booked
// hears of a new time or place. Errors: Invalid with fields, Conflict, NotFound.
func (s *Service) Edit(ctx context.Context, a person.Actor, e *Event) (err error) {
	defer fault.Wrap(&err, "event.Edit")
	old, ok := s.shown.ByID(e.ID)
	if !ok {
		return fault.New(fault.NotFound, "")
	}
	if err := e.Check(s.now()); err != nil {
		return err
	}
	e.Slug, e.Made, e.Demo = old.Slug, old.Made, old.Demo
	var told []string
	for _, o := range old.Occurrences() {
		if !o.End.After(s.now()) {
			continue
		}
		n, err := s.taken(ctx, o.Ref())
		if err != nil {
			return err
		}
		now := e.Occurrence(o.Key)
		switch {
		case n == 0:
		case now == nil:
			return fault.InvalidFields(fault.Field{Pointer: "day", Key: "event.booked_day", Args: map[string]any{"Date": o.Start.Format("02.01.2006"), "Taken": n}})
		case now.Seats < n:
			return fault.InvalidFields(fault.Field{Pointer: "seats", Key: "event.seats_taken", Args: map[string]any{"Taken": n}})
		case !now.Start.Equal(o.Start) || now.Place != o.Place:
			told = append(told, o.Ref())
		}
	}
	return s.put(ctx, a, e, "event.edit", told, "changed")
}

// put stores an event, settles what is to come, and tells those booked.
func (s *Service) put(ctx context.Context, a person.Actor, e *Event, act string, told []string, what string) error {
	if err := s.note(ctx, a, act, "event:"+e.ID); err != nil {
		return err
	}
	e.Changed = s.shown.Stamp()
	if err := s.events.Replace(ctx, e); err != nil {
		return err
	}
	s.shown.Put(e)
	for _, ref := range told {
		if err := s.restart(ctx, ref); err != nil {
			return err
		}
		if err := s.tellAll(ctx, ref, what); err != nil {
			return err
		}
	}
	for _, o := range e.Occurrences() {
		if o.Start.After(s.now()) && (e.Waiting || slices.Contains(told, o.Ref())) {
			if err := s.settleNow(ctx, o.Ref()); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) settleNow(ctx context.Context, ref string) error {
	defer s.rows.lock(ref)()
	return s.settle(ctx, ref)
}

// restart writes a new start into the bookings of an occurrence.
func (s *Service) restart(ctx context.Context, ref string) error {
	o, err := s.occasion(ref)
	if err != nil {
		return err
	}
	list, err := s.Roster(ctx, ref)
	if err != nil {
		return err
	}
	for _, b := range list {
		err := s.change(ctx, b.ID, func(b *Booking) bool {
			if b.Starts.Equal(o.start) {
				return false
			}
			b.Starts, b.Reminded = store.At(o.start), false
			b.Until = o.end.Add(s.cfg.Keep).Format(dayLayout)
			return true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// change edits a booking whatever others write meanwhile; do answers false when nothing
// is to be written. A booking that is gone is no error.
func (s *Service) change(ctx context.Context, id string, do func(*Booking) bool) error {
	for range retries {
		b, err := s.bookings.Get(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !do(b) {
			return nil
		}
		if err = s.bookings.Replace(ctx, b); !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.Newf(fault.Unavailable, "", "booking is written too often")
}

// ChangeOne changes one occurrence: another day or hour, place, number of seats, a note,
// or its state. rev is the event's revision the caller read. Everybody booked hears of
// it. Errors: Invalid with fields, Conflict, NotFound.
func (s *Service) ChangeOne(ctx context.Context, a person.Actor, id, key string, rev int64, c Change) (err error) {
	defer fault.Wrap(&err, "event.ChangeOne")
	old, ok := s.shown.ByID(id)
	if !ok {
		return fault.New(fault.NotFound, "")
	}
	if err := c.check(old, key, s.now()); err != nil {
		return err
	}
	before := old.Occurrence(key)
	e := old.Clone()
	e.Rev, e.Changes[key] = rev, c
	if c == (Change{}) {
		delete(e.Changes, key)
	}
	after := e.Occurrence(key)
	n, err := s.taken(ctx, after.Ref())
	if err != nil {
		return err
	}
	if after.Seats < n {
		return fault.InvalidFields(fault.Field{Pointer: "seats", Key: "event.seats_taken", Args: map[string]any{"Taken": n}})
	}
	var told []string
	what := "changed"
	if before.State != after.State {
		what = string(after.State)
		if after.State == Planned {
			what = "changed"
		}
		told = []string{after.Ref()}
	} else if !before.Start.Equal(after.Start) || before.Place != after.Place {
		told = []string{after.Ref()}
	}
	if err := s.put(ctx, a, e, "event.change", told, what); err != nil {
		return err
	}
	if after.State == Moved || after.State == Shelter {
		return s.excuse(ctx, after.Ref())
	}
	return nil
}

// Alarm notes in one tap that an occurrence was moved or went to the shelter: everybody
// booked hears of it and nobody is counted as absent (USERS 12). A second tap changes
// nothing. Errors: Invalid, NotFound, Conflict (called off).
func (s *Service) Alarm(ctx context.Context, a person.Actor, id, key string, to State) (err error) {
	defer fault.Wrap(&err, "event.Alarm")
	if to != Moved && to != Shelter {
		return fault.New(fault.Invalid, "event.state_unknown")
	}
	for range retries {
		e, ok := s.shown.ByID(id)
		if !ok || e.Occurrence(key) == nil {
			return fault.New(fault.NotFound, "")
		}
		switch o := e.Occurrence(key); o.State {
		case to:
			return nil
		case Cancelled:
			return fault.New(fault.Conflict, "event.closed")
		}
		c := e.Changes[key]
		c.State = to
		err = s.ChangeOne(ctx, a, id, key, e.Rev, c)
		if !fault.Is(err, fault.Conflict) {
			return err
		}
		if err := s.shown.Refresh(ctx); err != nil {
			return err
		}
	}
	return err
}

func (s *Service) excuse(ctx context.Context, ref string) error {
	list, err := s.Roster(ctx, ref)
	if err != nil {
		return err
	}
	for _, b := range list {
		err := s.change(ctx, b.ID, func(b *Booking) bool {
			if b.Mark != Absent {
				return false
			}
			b.Mark = Excused
			return true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// CancelAll calls off every occurrence that is to come; pages go on to say so. Errors:
// NotFound, Conflict.
func (s *Service) CancelAll(ctx context.Context, a person.Actor, id string, rev int64, note Change) (err error) {
	defer fault.Wrap(&err, "event.CancelAll")
	old, ok := s.shown.ByID(id)
	if !ok {
		return fault.New(fault.NotFound, "")
	}
	e := old.Clone()
	e.Rev = rev
	var told []string
	for _, o := range old.Occurrences() {
		if o.Start.After(s.now()) && o.State != Cancelled {
			c := e.Changes[o.Key]
			c.State, c.Note = Cancelled, note.Note
			e.Changes[o.Key] = c
			told = append(told, o.Ref())
		}
	}
	return s.put(ctx, a, e, "event.cancel", told, string(Cancelled))
}

// Attend stores who was at an occurrence or slot. An absence after an alarm is excused.
// Errors: Invalid, NotFound.
func (s *Service) Attend(ctx context.Context, a person.Actor, ref string, marks map[string]Mark) (err error) {
	defer fault.Wrap(&err, "event.Attend")
	if err := s.note(ctx, a, "event.attend", "event:"+strings.ReplaceAll(ref, ":", "/")); err != nil {
		return err
	}
	excused := false
	if id, key, _ := strings.Cut(ref, ":"); !strings.HasPrefix(id, deskPrefix) {
		e, ok := s.shown.ByID(id)
		if !ok || e.Occurrence(key) == nil {
			return fault.New(fault.NotFound, "")
		}
		o := e.Occurrence(key)
		excused = o.State == Moved || o.State == Shelter
	}
	for booking, m := range marks {
		if !slices.Contains([]Mark{Unmarked, Present, Absent, Excused}, m) || !strings.HasPrefix(booking, ref+":") {
			return fault.New(fault.Invalid, "event.mark_unknown")
		}
		if m == Absent && excused {
			m = Excused
		}
		err := s.change(ctx, booking, func(b *Booking) bool {
			if !b.Holds() || b.Mark == m {
				return false
			}
			b.Mark = m
			return true
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// hereFor is how long a code on the leader's phone lets people tick themselves in.
const hereFor = 15 * time.Minute

// HereStamp is the part of the address in the leader's QR that proves that somebody is in
// the room now: it is good for 15 to 30 minutes.
func (s *Service) HereStamp(ref string) string {
	return s.stamp(ref, s.now().Unix()/int64(hereFor/time.Second))
}

func (s *Service) stamp(ref string, slot int64) string {
	return s.mark("here", fmt.Sprintf("%s:%d", ref, slot))[:10]
}

// Here notes that a booked person is in the room. Errors: Gone (the code in the room is a
// new one), NotFound (not booked here), Conflict "event.no_seat".
func (s *Service) Here(ctx context.Context, ref, stamp string, b *Booking) (err error) {
	defer fault.Wrap(&err, "event.Here")
	if err := s.CheckStamp(ref, stamp); err != nil {
		return err
	}
	if b.Ref != ref {
		return fault.New(fault.NotFound, "event.no_booking")
	}
	if !b.Holds() {
		return fault.New(fault.Conflict, "event.no_seat")
	}
	return s.change(ctx, b.ID, func(b *Booking) bool {
		if !b.Holds() || b.Mark == Present {
			return false
		}
		b.State, b.Offer, b.Mark = Seated, "", Present
		return true
	})
}

// CheckStamp tells whether a stamp is of now. Errors: Gone.
func (s *Service) CheckStamp(ref, stamp string) error {
	slot := s.now().Unix() / int64(hereFor/time.Second)
	if stamp != s.stamp(ref, slot) && stamp != s.stamp(ref, slot-1) {
		return fault.New(fault.Gone, "event.here_over")
	}
	return nil
}

// ByPhone is the booking of a phone or card at an occurrence. Errors: Invalid, NotFound.
func (s *Service) ByPhone(ctx context.Context, ref, phone, card string) (b *Booking, err error) {
	defer fault.Wrap(&err, "event.ByPhone")
	_, who, err := s.check(Contact{Phone: phone, Card: card, Name: "x", Via: ByPhone})
	if err != nil {
		return nil, err
	}
	return s.bookings.Get(ctx, bookingID(ref, who))
}

// Feedback is what somebody who was there said of an event, without who.
type Feedback struct {
	store.Doc
	Event  string     `json:"event"`
	Helped bool       `json:"helped"`
	At     store.Time `json:"at"`
}

// Votes counts what was said.
type Votes struct{ Yes, No int }

// Say stores whether an event helped: one word for each booking, the last one holds.
// Errors: Conflict "event.not_yet" (it has not ended).
func (s *Service) Say(ctx context.Context, b *Booking, helped bool) (err error) {
	defer fault.Wrap(&err, "event.Say")
	o, err := s.occasion(b.Ref)
	if err != nil {
		return err
	}
	if s.now().Before(o.start) || !b.Holds() {
		return fault.New(fault.Conflict, "event.not_yet")
	}
	id, _, _ := strings.Cut(b.Ref, ":")
	return s.feedback.Upsert(ctx, &Feedback{Doc: store.Doc{ID: s.mark("feedback", b.ID)}, Event: id, Helped: helped, At: store.At(day(s.now()))})
}

// VotesOf counts what was said of an event, at most 10,000 words.
func (s *Service) VotesOf(ctx context.Context, id string) (v Votes, err error) {
	defer fault.Wrap(&err, "event.VotesOf")
	for f, err := range s.feedback.Find(ctx, store.Query{Index: indexRef, Eq: []any{id}, Limit: 10_000}) {
		if err != nil {
			return v, err
		}
		if f.Helped {
			v.Yes++
		} else {
			v.No++
		}
	}
	return v, nil
}
