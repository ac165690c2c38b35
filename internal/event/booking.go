package event

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/person/spelling"
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

// Contact is what a booking needs: a name or initials, and one way to know the person
// again.
type Contact struct {
	Name   string // or initials
	Phone  string // as typed
	Card   string // number of a library card
	Email  string // only to be reminded
	Person person.ID
	Remind bool
	Lang   string
	Via    Via
}

// Told is the sealed part of a booking.
type Told struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"` // E.164
	Card  string `json:"card,omitempty"`
	Email string `json:"email,omitempty"`
	Token string `json:"token"`
}

// Ticket is what whoever booked gets.
type Ticket struct {
	*Booking
	Secret string // for the link
	Code   Code
	Before int // people ahead in the waiting list
}

// Code cancels a booking: the same one in both alphabets.
type Code struct{ Cyrillic, Latin string }

// In is the code for readers of a language.
func (c Code) In(lang string) string {
	if lang == i18n.English {
		return c.Latin
	}
	return c.Cyrillic
}

// codeLetters is the length of a code: 1.7·10¹⁰ of them.
const codeLetters = 8

// The 19 letters of codes, as in sitting: no vowels, so no words; a letter that looks
// like one of the other alphabet is its own partner there.
var (
	codeCyrillic = []rune("ВКМНРСТХБГДЖЗЛПФЦЧШ")
	codeLatin    = []rune("BKMHPCTXDGQJZLNFVRW")
)

// code is derived from the token, so that only hashes of both are kept.
func (s *Service) code(token string) Code {
	x := binary.BigEndian.Uint64(s.mac("letters", token))
	var c Code
	for i := range codeLetters {
		if i == codeLetters/2 {
			c.Cyrillic, c.Latin = c.Cyrillic+"-", c.Latin+"-"
		}
		k := x % uint64(len(codeLatin))
		x /= uint64(len(codeLatin))
		c.Cyrillic, c.Latin = c.Cyrillic+string(codeCyrillic[k]), c.Latin+string(codeLatin[k])
	}
	return c
}

// readCode gives a typed code in Latin letters with its dash.
func readCode(typed string) (string, error) {
	var out []rune
	for _, r := range typed {
		if unicode.IsSpace(r) || r == '-' || r == '–' || r == '—' || r == '.' {
			continue
		}
		r, found := unicode.ToUpper(r), false
		for i := range codeLatin {
			if r == codeLatin[i] || r == codeCyrillic[i] {
				out, found = append(out, codeLatin[i]), true
				break
			}
		}
		if !found || len(out) > codeLetters {
			out = nil
			break
		}
	}
	if len(out) != codeLetters {
		return "", fault.InvalidFields(fault.Field{Pointer: "code", Key: "event.code_letters", Args: map[string]any{"Letters": codeLetters}})
	}
	return string(out[:codeLetters/2]) + "-" + string(out[codeLetters/2:]), nil
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

// check reads a contact. Errors: Invalid with fields.
func (s *Service) check(c Contact) (t Told, who string, err error) {
	var bad []fault.Field
	take := func(err error, pointer string) {
		if f := fault.As(err); f != nil {
			for _, x := range f.Fields {
				bad = append(bad, fault.Field{Pointer: pointer, Key: x.Key, Args: x.Args})
			}
		}
	}
	t.Name = strings.Join(strings.Fields(c.Name), " ")
	switch {
	case utf8.RuneCountInString(t.Name) > 80 || strings.ContainsFunc(t.Name, func(r rune) bool {
		return unicode.IsDigit(r) || unicode.IsControl(r) || strings.ContainsRune("@<>/", r)
	}):
		bad = append(bad, fault.Field{Pointer: "name", Key: "event.name"})
	case t.Name == "" && c.Via != WalkIn:
		bad = append(bad, fault.Field{Pointer: "name", Key: "event.no_name"})
	}
	if strings.TrimSpace(c.Phone) != "" {
		if t.Phone, err = spelling.Phone(c.Phone); err != nil {
			take(err, "phone")
		}
	}
	if strings.TrimSpace(c.Email) != "" {
		if t.Email, err = spelling.Email(c.Email); err != nil {
			take(err, "email")
		}
	}
	for _, r := range strings.ToUpper(c.Card) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			t.Card += string(r)
		}
	}
	if n := utf8.RuneCountInString(t.Card); strings.TrimSpace(c.Card) != "" && (n < 3 || n > 32) {
		bad = append(bad, fault.Field{Pointer: "card", Key: "event.card"})
	}
	switch {
	case c.Person != "":
		who = "person:" + string(c.Person)
	case t.Phone != "":
		who = "phone:" + t.Phone
	case t.Card != "":
		who = "card:" + t.Card
	case c.Via == WalkIn:
		who = "walk:" + rand.Text()
	case len(bad) == 0:
		bad = append(bad, fault.Field{Pointer: "phone", Key: "event.phone_or_card"})
	}
	if len(bad) > 0 {
		return t, "", fault.InvalidFields(bad...)
	}
	return t, s.mark("who", who), nil
}

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

// seal gives a booking a new token and hides what names the person.
func (s *Service) seal(b *Booking, told *Told) error {
	told.Token = rand.Text()
	plain, err := json.Marshal(told)
	if err != nil {
		return err
	}
	b.Sealed = s.cfg.Ring.Seal(plain, "event_bookings:"+b.ID)
	b.Token, b.Code = digest(told.Token), s.mark("code", s.code(told.Token).Latin)
	return nil
}

// Told opens what a booking knows of its person. The caller has the right to, and has
// written it down.
func (s *Service) Told(b *Booking) (t Told, err error) {
	defer fault.Wrap(&err, "event.Told")
	if b.Sealed == "" || s.cfg.Ring == nil {
		return t, nil
	}
	plain, err := s.cfg.Ring.Open(b.Sealed, "event_bookings:"+b.ID)
	if err != nil {
		return t, err
	}
	return t, json.Unmarshal(plain, &t)
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

// ticket adds what only whoever booked may see.
func (s *Service) ticket(ctx context.Context, b *Booking, token string) (*Ticket, error) {
	t := &Ticket{Booking: b, Secret: token, Code: s.code(token)}
	if b.State != Waiting {
		return t, nil
	}
	for _, err := range s.bookings.Keys(ctx, store.Query{Index: indexRef, Eq: []any{b.Ref, string(Waiting)}, To: b.Since, Limit: 10_000}) {
		if err != nil {
			return nil, err
		}
		t.Before++
	}
	return t, nil
}

// ByToken is the booking of a link. Errors: NotFound.
func (s *Service) ByToken(ctx context.Context, token string) (t *Ticket, err error) {
	defer fault.Wrap(&err, "event.ByToken")
	b, err := s.one(ctx, indexToken, digest(token))
	if err != nil {
		return nil, err
	}
	return s.ticket(ctx, b, token)
}

// ByCode is the booking of a typed code. Errors: Invalid with the field "code" (no code,
// or none that is known), TooMany.
func (s *Service) ByCode(ctx context.Context, typed string) (t *Ticket, err error) {
	defer fault.Wrap(&err, "event.ByCode")
	latin, err := readCode(typed)
	if err != nil {
		return nil, err
	}
	if !s.tries.open(s.now()) {
		return nil, fault.New(fault.TooMany, "")
	}
	b, err := s.one(ctx, indexCode, s.mark("code", latin))
	if fault.Is(err, fault.NotFound) {
		s.tries.miss()
		return nil, fault.InvalidFields(fault.Field{Pointer: "code", Key: "event.code_unknown"})
	}
	if err != nil {
		return nil, err
	}
	told, err := s.Told(b)
	if err != nil {
		return nil, err
	}
	return s.ticket(ctx, b, told.Token)
}

func (s *Service) one(ctx context.Context, index, value string) (*Booking, error) {
	for b, err := range s.bookings.Find(ctx, store.Query{Index: index, Eq: []any{value}, Limit: 1}) {
		return b, err
	}
	return nil, fault.New(fault.NotFound, "event.no_booking")
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
