package event

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

var _ person.Holder = (*Service)(nil)

// Exported is a booking in the export of a person.
type Exported struct {
	Ref    string       `json:"ref"`
	State  BookingState `json:"state"`
	Since  store.Time   `json:"since"`
	Starts store.Time   `json:"starts"`
	Via    Via          `json:"via"`
	Mark   Mark         `json:"mark,omitempty"`
	Name   string       `json:"name,omitempty"`
	Phone  string       `json:"phone,omitempty"`
	Card   string       `json:"card,omitempty"`
	Email  string       `json:"email,omitempty"`
}

// Name is the part's name in an export.
func (s *Service) Name() string { return "bookings" }

// Export gives what is held about the person under any of these ids.
func (s *Service) Export(ctx context.Context, ids []person.ID) (part any, err error) {
	defer fault.Wrap(&err, "event.Export")
	var out []Exported
	for _, id := range ids {
		list, err := s.Of(ctx, id)
		if err != nil {
			return nil, err
		}
		for _, b := range list {
			t, err := s.Told(b)
			if err != nil {
				return nil, err
			}
			out = append(out, Exported{b.Ref, b.State, b.Since, b.Starts, b.Via, b.Mark, t.Name, t.Phone, t.Card, t.Email})
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out, nil
}

// Erase removes the bookings of an account; their seats go to those who wait.
func (s *Service) Erase(ctx context.Context, ids []person.ID) (err error) {
	defer fault.Wrap(&err, "event.Erase")
	for _, id := range ids {
		list, err := s.Of(ctx, id)
		if err != nil {
			return err
		}
		for _, b := range list {
			if err := s.erase(ctx, b.ID, b.Ref); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) erase(ctx context.Context, id, ref string) error {
	defer s.rows.lock(ref)()
	if err := s.bookings.Delete(ctx, id, 0); err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.settle(ctx, ref)
}

// Merged handles person.TopicMerged: bookings of the joined account go to the one that
// stays.
func (s *Service) Merged(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "event.Merged")
	var e person.Event
	if err := d.Decode(&e); err != nil {
		return err
	}
	list, err := s.Of(ctx, e.Other)
	if err != nil {
		return err
	}
	for _, b := range list {
		err := s.change(ctx, b.ID, func(b *Booking) bool { b.Person = e.Person; return true })
		if err != nil {
			return err
		}
	}
	return nil
}

// Sweep erases bookings and seats whose time has come and returns how many bookings; a
// job runs it daily.
func (s *Service) Sweep(ctx context.Context) (gone int, err error) {
	defer fault.Wrap(&err, "event.Sweep")
	today := s.now().In(i18n.Kyiv).Format(dayLayout)
	for k, err := range s.bookings.Keys(ctx, store.Query{Index: indexUntil, From: "0", To: today}) {
		if err != nil {
			return gone, err
		}
		if err := s.bookings.Delete(ctx, k.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return gone, err
		}
		gone++
	}
	for k, err := range s.claims.Keys(ctx, store.Query{Index: indexUntil, From: "0", To: today}) {
		if err != nil {
			return gone, err
		}
		if err := s.claims.Delete(ctx, k.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
			return gone, err
		}
	}
	return gone, nil
}

// Fields is every kind of data this package holds about a person, for the table that a
// lawyer reads (person.Fields).
func Fields() []person.Field {
	asked := i18n.Text{UK: "дія на прохання людини: запис на заняття", EN: "act at the person's request: booking an event"}
	leader := i18n.Text{UK: "ведучий заняття, ментор місця", EN: "the leader of the event, mentor of the place"}
	return []person.Field{
		{Kind: "bookings", Stored: "event_bookings", What: i18n.Text{UK: "ім’я чи ініціали, телефон або номер читацького квитка, пошта для нагадування, відвідування", EN: "name or initials, phone or number of a library card, mail for a reminder, attendance"}, Basis: asked, Recipient: leader},
		{Kind: "bookings", Stored: "event_claims", What: i18n.Text{UK: "номер запису на місці", EN: "number of the booking of a seat"}, Basis: asked, Recipient: leader},
	}
}

// Periods is how long they are kept (person.Periods).
func Periods(keep time.Duration) []person.Period {
	if keep == 0 {
		keep = 30 * 24 * time.Hour
	}
	return []person.Period{{Kind: "bookings", Keep: i18n.Text{UK: "30 днів після заняття, якщо місто не визначило менше чи більше", EN: "30 days after the event unless the city has chosen another time"}, For: keep}}
}
