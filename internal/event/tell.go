package event

import (
	"context"
	"fmt"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/job"
	"osvitlo/internal/notify"
	"osvitlo/internal/store"
)

// Topics of the outbox: the payloads are Word and WordAll. They hold ids only.
const (
	TopicTell    = "event-tell"
	TopicTellAll = "event-tell-all"
)

// Word tells one person something.
type Word struct {
	Booking string `json:"booking"`
	What    string `json:"what"` // offer, reminder, cancelled, moved, shelter, changed
	At      int64  `json:"at"`   // Unix seconds of the act
}

// WordAll tells everybody of an occurrence.
type WordAll struct {
	Ref  string `json:"ref"`
	What string `json:"what"`
	At   int64  `json:"at"`
}

// tell queues a word for one person: at once by day, else in the morning. An event that
// begins before 10:00 is called off at once.
func (s *Service) tell(ctx context.Context, b *Booking, what string, at time.Time) error {
	if s.cfg.Outbox == nil || s.cfg.Post == nil {
		return nil
	}
	now := s.now()
	from := notify.Awake(now)
	if urgent(what) && b.Starts.Before(from.Add(2*time.Hour)) {
		from = now
	}
	return s.cfg.Outbox.Add(ctx, job.Message{ID: fmt.Sprintf("event-tell:%s:%s:%d", what, digest(b.ID), at.Unix()), Topic: TopicTell,
		Payload: Word{b.ID, what, at.Unix()}, NotBefore: from})
}

func urgent(what string) bool {
	return what == string(Cancelled) || what == string(Moved) || what == string(Shelter)
}

func (s *Service) tellAll(ctx context.Context, ref, what string) error {
	if s.cfg.Outbox == nil || s.cfg.Post == nil {
		return nil
	}
	at := s.now()
	return s.cfg.Outbox.Add(ctx, job.Message{ID: fmt.Sprintf("event-tell-all:%s:%s:%d", what, ref, at.Unix()), Topic: TopicTellAll, Payload: WordAll{ref, what, at.Unix()}})
}

// TellAll handles TopicTellAll.
func (s *Service) TellAll(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "event.TellAll")
	var w WordAll
	if err := d.Decode(&w); err != nil {
		return err
	}
	list, err := s.Roster(ctx, w.Ref)
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := s.tell(ctx, b, w.What, time.Unix(w.At, 0)); err != nil {
			return err
		}
	}
	return nil
}

// Tell handles TopicTell: what is no longer true is not said.
func (s *Service) Tell(ctx context.Context, d job.Delivery) (err error) {
	defer fault.Wrap(&err, "event.Tell")
	var w Word
	if err := d.Decode(&w); err != nil {
		return err
	}
	b, err := s.bookings.Get(ctx, w.Booking)
	if fault.Is(err, fault.NotFound) {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	now := s.now()
	switch {
	case w.What == "offer" && (b.State != Offered || !now.Before(b.OfferEnds())),
		w.What == "reminder" && (b.State != Seated || notify.Quiet(now)),
		b.State == Left, b.State == Lapsed, now.After(b.Starts.Add(12 * time.Hour)):
		return nil
	}
	m, ok := s.about(ctx, b)
	if !ok {
		return nil
	}
	told, err := s.Told(b)
	if err != nil {
		return err
	}
	return s.send(ctx, d.ID, b, told, w.What, m)
}

// matter is what a message is about.
type matter struct {
	title, place, address, note i18n.Text
	start                       time.Time
	online                      string
}

func (s *Service) about(ctx context.Context, b *Booking) (m matter, ok bool) {
	id, key, _ := strings.Cut(b.Ref, ":")
	if strings.HasPrefix(id, deskPrefix) {
		d, found := s.tables.ByID(id)
		if !found {
			return m, false
		}
		m.title, m.start = d.Name, b.Starts.Time
		if v, ok := s.cfg.Venues.Venue(d.Place); ok {
			m.place, m.address = v.Name, v.Address
		}
		return m, true
	}
	e, found := s.shown.ByID(id)
	if !found {
		return m, false
	}
	o := e.Occurrence(key)
	if o == nil {
		return m, false
	}
	f := s.Booked(ctx, o)
	return matter{title: e.Title, place: f.Place.Name, address: f.Place.Address, note: o.Note, start: o.Start, online: e.Online}, true
}

func (s *Service) send(ctx context.Context, id string, b *Booking, told Told, what string, m matter) error {
	w := s.cfg.Words.Lang(b.Lang)
	title := []rune(m.title.In(b.Lang))
	short := string(title)
	if len(title) > 50 {
		short = strings.TrimSpace(string(title[:49])) + "…"
	}
	where := m.place.In(b.Lang)
	if address := m.address.In(b.Lang); address != "" {
		where += ", " + address
	}
	code := s.code(told.Token).In(b.Lang)
	args := map[string]any{"Title": string(title), "Short": short, "When": w.DateTime(m.start), "Where": where, "Place": m.place.In(b.Lang), "Code": code,
		"Phone": s.cfg.Phone, "Until": w.DateTime(b.OfferEnds()), "Note": m.note.In(b.Lang)}
	night := notify.Evening(notify.Awake(s.now()))
	ends := m.start
	if night.Before(ends) {
		ends = night
	}
	if urgent(what) {
		ends = m.start.Add(12 * time.Hour)
	}
	if told.Email != "" && s.cfg.Post.Ready() {
		text := []string{w.T("event.mail."+what, args)}
		if note := m.note.In(b.Lang); note != "" {
			text = append(text, note)
		}
		text = append(text, w.T("event.mail.what", args))
		if m.online != "" && b.State == Seated && !urgent(what) {
			text = append(text, w.T("event.mail.online", map[string]any{"Href": m.online}))
		}
		if s.cfg.Origin != "" {
			text = append(text, w.T("event.mail.link", map[string]any{"Href": s.cfg.Origin + "/events/booking/" + told.Token}))
		}
		text = append(text, w.T("event.mail.code", args))
		subject := []rune(w.T("event.mail.subject."+what, args))
		err := s.cfg.Post.Queue(ctx, notify.Mail{ID: id + ":mail", To: told.Email, Subject: string(subject[:min(len(subject), 90)]), Text: strings.Join(text, "\n\n"), Lang: b.Lang, Expires: ends})
		if err != nil && !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
	if told.Phone != "" && s.cfg.Post.SMSReady() && (b.Remind || what != "reminder") {
		text := []rune(w.T("event.sms."+what, args))
		return s.cfg.Post.QueueSMS(ctx, notify.SMS{ID: id + ":sms", To: told.Phone, Text: string(text[:min(len(text), notify.MaxSMS)]), Lang: b.Lang, Expires: ends})
	}
	return nil
}

// ReminderAt is when people are reminded: a day before, by day.
func ReminderAt(start time.Time) time.Time {
	l := start.In(i18n.Kyiv).AddDate(0, 0, -1)
	t := Moment(l.Year(), l.Month(), l.Day(), l.Hour(), l.Minute())
	switch {
	case l.Hour() >= notify.NightFrom-1:
		return Moment(l.Year(), l.Month(), l.Day(), notify.NightFrom-2, 0)
	case l.Hour() < notify.NightTo:
		return Moment(l.Year(), l.Month(), l.Day(), notify.NightTo, 0)
	}
	return t
}

// Remind queues the reminders that are due and returns how many; a job runs it every
// some minutes.
func (s *Service) Remind(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "event.Remind")
	now := s.now()
	if notify.Quiet(now) {
		return 0, nil
	}
	var refs []string
	for _, o := range s.Occurrences(Filter{From: now.Add(time.Hour), To: now.Add(36 * time.Hour), Limit: 10_000}) {
		if !now.Before(ReminderAt(o.Start)) && (o.State == Planned || o.State == Shelter) {
			refs = append(refs, o.Ref())
		}
	}
	for _, d := range s.tables.All() {
		for _, slot := range d.coming(now.Add(time.Hour), now.Add(36*time.Hour)) {
			if !now.Before(ReminderAt(slot.Start)) {
				refs = append(refs, slot.Ref)
			}
		}
	}
	for _, ref := range refs {
		for b, err := range s.bookings.Find(ctx, store.Query{Index: indexRef, Eq: []any{ref, string(Seated)}, Limit: 2 * MaxSeats}) {
			if err != nil {
				return n, err
			}
			if !b.Remind || b.Reminded {
				continue
			}
			if err := s.tell(ctx, b, "reminder", b.Starts.Time); err != nil {
				return n, err
			}
			b.Reminded = true
			if err := s.bookings.Replace(ctx, b); err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// Offers ends the offers that nobody took, passes their seats on, and says again what a
// crash may have left unsaid; a job runs it every minute.
func (s *Service) Offers(ctx context.Context) (lapsed int, err error) {
	defer fault.Wrap(&err, "event.Offers")
	now := s.now()
	for b, err := range s.bookings.Find(ctx, store.Query{Index: indexOffer, From: "0", Limit: 10_000}) {
		if err != nil {
			return lapsed, err
		}
		if b.State != Offered {
			continue
		}
		if now.Before(b.OfferEnds()) {
			continue
		}
		if err := s.drop(ctx, b.ID, Lapsed); err != nil {
			return lapsed, err
		}
		lapsed++
	}
	return lapsed, nil
}
