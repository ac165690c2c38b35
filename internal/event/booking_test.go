package event

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/notify"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Two hundred people and two processes meet at ten seats: ten sit, each on a chair of
// their own, and the rest wait in the order of coming.
func TestNobodySharesASeat(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(10))
	other := r.replica()
	ref := e.ID + ":20261124"
	var wg sync.WaitGroup
	var mu sync.Mutex
	seats := map[int]string{}
	states := map[BookingState]int{}
	for i := range 200 {
		wg.Go(func() {
			s := []*rig{r, other}[i%2]
			b, err := s.Book(ctx, ref, Contact{Name: "О. К.", Phone: phone(i + 1)})
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
				return
			}
			states[b.State]++
			if b.Holds() {
				if who := seats[b.Seat]; who != "" {
					t.Errorf("seat %d of %s and %s", b.Seat, who, b.ID)
				}
				seats[b.Seat] = b.ID
			}
		})
	}
	wg.Wait()
	list, err := r.Roster(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	taken := map[int]bool{}
	for _, b := range list {
		if b.Holds() {
			if taken[b.Seat] || b.Seat < 1 || b.Seat > 10 {
				t.Errorf("seat %d", b.Seat)
			}
			taken[b.Seat] = true
		}
	}
	if len(taken) != 10 || len(list) != 200 {
		t.Errorf("%d seats, %d people; answers %v", len(taken), len(list), states)
	}
}

// The same phone two hundred times at once: one seat.
func TestOnePhoneOneSeat(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(10))
	var wg sync.WaitGroup
	var mu sync.Mutex
	ok := 0
	for i := range 200 {
		wg.Go(func() {
			_, err := r.Book(ctx, e.ID+":20261124", Contact{Name: "О. К.", Phone: []string{"050 111-22-33", "+380501112233", "80501112233"}[i%3]})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				ok++
			} else if got := fieldsOf(err); !slices.Equal(got, []string{"phone event.twice"}) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, _ := r.Roster(ctx, e.ID+":20261124")
	if ok != 1 || len(list) != 1 {
		t.Errorf("%d booked, %d in the list", ok, len(list))
	}
}

// Whatever people do, seats are never more than there are, nobody behind is asked before
// somebody ahead, and no seat stays empty while somebody waits who could answer.
func TestTheWaitingListIsFair(t *testing.T) {
	t.Parallel()
	r := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		r.clock.set(noon)
		n := rapid.IntRange(1, 3).Draw(rt, "seats")
		e := r.add(plan(n))
		ref := e.ID + ":20261124"
		var tickets []*Ticket
		for step := range rapid.IntRange(3, 18).Draw(rt, "steps") {
			r.clock.set(r.clock.now().Add(time.Duration(rapid.IntRange(1, 40).Draw(rt, "minutes")) * time.Minute))
			switch act := rapid.IntRange(0, 9).Draw(rt, "act"); {
			case act < 5 || len(tickets) == 0:
				b, err := r.Book(ctx, ref, Contact{Name: "О. К.", Card: fmt.Sprintf("%s %d", e.ID, step)})
				if err != nil {
					rt.Fatal(err)
				}
				tickets = append(tickets, b)
			case act < 8:
				if err := r.Leave(ctx, tickets[rapid.IntRange(0, len(tickets)-1).Draw(rt, "who")].ID); err != nil {
					rt.Fatal(err)
				}
			case act < 9:
				err := r.Accept(ctx, tickets[rapid.IntRange(0, len(tickets)-1).Draw(rt, "who")].ID)
				if err != nil && !fault.Is(err, fault.Gone) {
					rt.Fatal(err)
				}
			default:
				r.clock.set(r.clock.now().Add(5 * time.Hour))
				if _, err := r.Offers(ctx); err != nil {
					rt.Fatal(err)
				}
			}
			if err := fair(r, ref, n); err != nil {
				rt.Fatal(err)
			}
		}
	})
}

func fair(r *rig, ref string, n int) error {
	list, err := r.Roster(ctx, ref)
	if err != nil {
		return err
	}
	held, waiting := 0, 0
	seats := map[int]bool{}
	var first, lastOffered store.Time
	for _, b := range list {
		switch b.State {
		case Waiting:
			waiting++
			if first.IsZero() {
				first = b.Since
			}
		default:
			held++
			if seats[b.Seat] {
				return fmt.Errorf("seat %d twice", b.Seat)
			}
			seats[b.Seat] = true
			if b.State == Offered && b.Since.After(lastOffered.Time) {
				lastOffered = b.Since
			}
		}
	}
	switch {
	case held > n:
		return fmt.Errorf("%d on %d seats", held, n)
	case held < n && waiting > 0:
		return fmt.Errorf("%d of %d seats, and %d wait", held, n, waiting)
	case waiting > 0 && !lastOffered.IsZero() && lastOffered.After(first.Time):
		return errors.New("somebody behind was asked first")
	}
	return nil
}

func TestOffersEnd(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(1))
	ref := e.ID + ":20261124"
	a, b, c := r.mustBook(ref, phone(1)), r.mustBook(ref, phone(2)), r.mustBook(ref, phone(3))
	if a.State != Seated || b.State != Waiting || b.Before != 0 || c.Before != 1 {
		t.Fatalf("%s %s %d %d", a.State, b.State, b.Before, c.Before)
	}
	if err := r.Leave(ctx, a.ID); err != nil {
		t.Fatal(err)
	}
	got, err := r.ByToken(ctx, b.Secret)
	if err != nil || got.State != Offered {
		t.Fatalf("%v %v", got, err)
	}
	if want := OfferEnds(noon, Moment(2026, 11, 24, 11, 0)); !got.OfferEnds().Equal(want) {
		t.Errorf("the offer ends at %s", got.OfferEnds().In(i18n.Kyiv))
	}
	r.work()
	if len(r.post.texts) != 1 || strings.Contains(r.post.texts[0].Text, "http") || !strings.Contains(r.post.texts[0].Text, b.Code.Cyrillic) {
		t.Errorf("told: %v", r.post.texts)
	}
	r.clock.set(got.OfferEnds().Add(time.Second))
	if err := r.Accept(ctx, b.ID); !fault.Is(err, fault.Gone) {
		t.Errorf("a late word: %v", err)
	}
	if n, err := r.Offers(ctx); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if got, err := r.ByToken(ctx, c.Secret); err != nil || got.State != Offered {
		t.Fatalf("the next one: %v %v", got, err)
	}
	if err := r.Accept(ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	if got, err := r.ByCode(ctx, strings.ToLower(c.Code.Latin)); err != nil || got.State != Seated {
		t.Errorf("by code: %v %v", got, err)
	}
	if got, err := r.ByCode(ctx, " "+c.Code.Cyrillic[:8]+" "+c.Code.Cyrillic[8:]); err != nil || got.ID != c.ID {
		t.Errorf("by the other alphabet: %v %v", got, err)
	}
}

func TestOfferTimes(t *testing.T) {
	t.Parallel()
	start := Moment(2026, 11, 24, 11, 0)
	for _, c := range []struct{ now, want time.Time }{
		{Moment(2026, 11, 16, 12, 0), Moment(2026, 11, 18, 10, 0)}, // 9 + 13 + 2 hours of day
		{Moment(2026, 11, 22, 12, 0), Moment(2026, 11, 22, 16, 0)}, // within two days: 4 hours
		{Moment(2026, 11, 22, 23, 0), Moment(2026, 11, 23, 12, 0)}, // at night: from 8:00
		{Moment(2026, 11, 24, 7, 0), Moment(2026, 11, 24, 9, 0)},   // from 8:00, one hour
		{Moment(2026, 11, 24, 9, 30), Moment(2026, 11, 24, 10, 0)}, // an hour before the start at the latest
		{Moment(2026, 11, 24, 10, 30), Moment(2026, 11, 24, 10, 31)},
	} {
		if got := OfferEnds(c.now, start); !got.Equal(c.want) {
			t.Errorf("%s: %s, not %s", c.now.In(i18n.Kyiv), got.In(i18n.Kyiv), c.want)
		}
	}
}

func TestBadBookings(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(2))
	past := e.Clone()
	ref := e.ID + ":20261124"
	for name, c := range map[string]struct {
		ref  string
		c    Contact
		want string
	}{
		"letters":   {ref, Contact{Name: "О. К.", Phone: "05О 111 22 33"}, "phone person.phone_digits"},
		"short":     {ref, Contact{Name: "О. К.", Phone: "12"}, "phone person.phone_digits"},
		"nothing":   {ref, Contact{Name: "О. К."}, "phone event.phone_or_card"},
		"no name":   {ref, Contact{Phone: "0501112233"}, "name event.no_name"},
		"a number":  {ref, Contact{Name: "КР 123456", Phone: "0501112233"}, "name event.name"},
		"card":      {ref, Contact{Name: "О. К.", Card: "1"}, "card event.card"},
		"mail":      {ref, Contact{Name: "О. К.", Phone: "0501112233", Email: "nobody"}, "email person.email_form"},
		"no event":  {"e0:20261124", Contact{Name: "О. К.", Phone: "0501112233"}, ""},
		"no day":    {e.ID + ":20261125", Contact{Name: "О. К.", Phone: "0501112233"}, ""},
		"not a ref": {"x", Contact{Name: "О. К.", Phone: "0501112233"}, ""},
	} {
		_, err := r.Book(ctx, c.ref, c.c)
		if got := fieldsOf(err); name != "mail" && !slices.Equal(got, []string{c.want}) || err == nil {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	r.clock.set(Moment(2026, 11, 24, 11, 1))
	if _, err := r.Book(ctx, ref, Contact{Name: "О. К.", Phone: "0501112233"}); fault.As(err) == nil || fault.As(err).Key != "event.closed" {
		t.Errorf("after the start: %v", err)
	}
	if _, err := r.Book(ctx, ref, Contact{Via: WalkIn}); err != nil {
		t.Errorf("a walk-in: %v", err)
	}
	past.ID, past.Slug, past.Day = "", "", "2026-11-20"
	if got := fieldsOf(r.Add(ctx, staff, past)); !slices.Equal(got, []string{"day event.past"}) {
		t.Errorf("an event in the past: %v", got)
	}
	past.Day, past.Minutes = "2026-11-27", -30
	if got := fieldsOf(r.Add(ctx, staff, past)); !slices.Equal(got, []string{"minutes event.length"}) {
		t.Errorf("end before start: %v", got)
	}
}

func TestChangesOfOneAndAll(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := plan(3)
	e.Rule = Rule{Every: Weekly, Until: "2026-12-15"}
	e = r.add(e)
	for i := range 3 {
		r.mustBook(e.ID+":20261201", phone(i+1))
	}
	now := func() *Event { x, _ := r.ByID(e.ID); return x }
	less := now().Clone()
	less.Seats = 2
	if got := fieldsOf(r.Edit(ctx, staff, less)); !slices.Equal(got, []string{"seats event.seats_taken"}) {
		t.Errorf("fewer seats than booked: %v", got)
	}
	shift := now().Clone()
	shift.Rule.Days = []time.Weekday{time.Wednesday}
	if got := fieldsOf(r.Edit(ctx, staff, shift)); !slices.Equal(got, []string{"day event.booked_day"}) {
		t.Errorf("a booked day goes: %v", got)
	}
	stale := now().Clone()
	later := now().Clone()
	later.Clock = "12:30"
	if err := r.Edit(ctx, staff, later); err != nil {
		t.Fatal(err)
	}
	if err := r.Edit(ctx, staff, stale); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old revision: %v", err)
	}
	r.work()
	if len(r.post.texts) != 3 || !strings.Contains(r.post.texts[0].Text, "12:30") {
		t.Errorf("told of the new hour: %v", r.post.texts)
	}
	if err := r.ChangeOne(ctx, staff, e.ID, "20261201", now().Rev, Change{Day: "2026-12-02", Clock: "10:00"}); err != nil {
		t.Fatal(err)
	}
	var days []string
	for _, o := range r.Occurrences(Filter{}) {
		days = append(days, o.Start.In(i18n.Kyiv).Format("02.01 15:04"))
	}
	if want := []string{"24.11 12:30", "02.12 10:00", "08.12 12:30", "15.12 12:30"}; !slices.Equal(days, want) {
		t.Errorf("%v", days)
	}
	if err := r.CancelAll(ctx, staff, e.ID, now().Rev, Change{Note: text("Ведуча захворіла", "")}); err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Occurrences(Filter{}) {
		if o.State != Cancelled || o.Note.UK == "" {
			t.Errorf("%s is %s", o.Key, o.State)
		}
	}
	if got := r.book.acts; !slices.Contains(got, "event.cancel") || !slices.Contains(got, "event.change") {
		t.Errorf("the log: %v", got)
	}
	if _, err := r.Book(ctx, e.ID+":20261208", Contact{Name: "О. К.", Phone: phone(9)}); fault.As(err).Key != "event.closed" {
		t.Errorf("a seat of what was called off: %v", err)
	}
}

// One tap: everybody hears of it, nobody was absent, a second tap tells nobody again.
func TestAlarm(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(3))
	ref := e.ID + ":20261124"
	a, b := r.mustBook(ref, phone(1)), r.mustBook(ref, phone(2))
	r.clock.set(Moment(2026, 11, 24, 11, 20))
	if err := r.Attend(ctx, staff, ref, map[string]Mark{a.ID: Present, b.ID: Absent}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := r.Alarm(ctx, staff, e.ID, "20261124", Moved); err != nil {
			t.Fatal(err)
		}
	}
	r.work()
	if len(r.post.texts) != 2 || !strings.Contains(r.post.texts[0].Text, "тривог") {
		t.Errorf("told: %v", r.post.texts)
	}
	got, _ := r.Booking(ctx, b.ID)
	if here, _ := r.Booking(ctx, a.ID); got.Mark != Excused || here.Mark != Present {
		t.Errorf("marks %s %s", here.Mark, got.Mark)
	}
	if err := r.Attend(ctx, staff, ref, map[string]Mark{b.ID: Absent}); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.Booking(ctx, b.ID); got.Mark != Excused {
		t.Errorf("absent after an alarm: %s", got.Mark)
	}
}

func TestNobodyIsWrittenToAtNight(t *testing.T) {
	t.Parallel()
	r := open(t)
	early := plan(3)
	early.Clock = "20:45"
	early = r.add(early)
	r.mustBook(early.ID+":20261124", phone(1))
	for at := noon; at.Before(early.Occurrences()[0].Start); at = at.Add(10 * time.Minute) {
		r.clock.set(at)
		before := len(r.post.texts)
		if _, err := r.Remind(ctx); err != nil {
			t.Fatal(err)
		}
		r.work()
		if len(r.post.texts) > before && notify.Quiet(at) {
			t.Errorf("a reminder at %s", at.In(i18n.Kyiv))
		}
	}
	if len(r.post.texts) != 1 {
		t.Fatalf("%d reminders", len(r.post.texts))
	}
	sms := r.post.texts[0]
	if notify.Quiet(sms.Expires.Add(-time.Second)) || strings.Contains(sms.Text, "http") || len([]rune(sms.Text)) > 201 {
		t.Errorf("%v", sms)
	}
	rapid.Check(t, func(t *rapid.T) {
		start := noon.Add(time.Duration(rapid.IntRange(0, 60*24*400).Draw(t, "minutes")) * time.Minute)
		at := ReminderAt(start)
		if notify.Quiet(at) || !at.Before(start.Add(-3*time.Hour)) {
			t.Fatalf("%s: reminded at %s", start.In(i18n.Kyiv), at.In(i18n.Kyiv))
		}
	})
}

func TestStrangersSeeLittleOfGuardedEvents(t *testing.T) {
	t.Parallel()
	r := open(t)
	kids, mass := plan(12), plan(61)
	kids.Audience = Children
	for _, e := range []*Event{r.add(kids), r.add(mass)} {
		o := e.Occurrences()[0]
		f := r.Public(ctx, o)
		if !f.Guarded || !f.Start.IsZero() || f.Place.ID != "" || f.Seats != 0 || f.Free != -1 || f.District.UK != "Подільський район" || f.Room != "" {
			t.Errorf("%+v", f)
		}
		b := r.Booked(ctx, o)
		if b.Start.IsZero() || b.Place.Address.UK == "" {
			t.Errorf("booked: %+v", b)
		}
	}
	usual := r.add(plan(60))
	if f := r.Public(ctx, usual.Occurrences()[0]); f.Guarded || f.Start.IsZero() || f.Free != 60 {
		t.Errorf("%+v", f)
	}
	open := plan(0)
	open.Audience, open.Book = Children, false
	if got := fieldsOf(r.Add(ctx, staff, open)); !slices.Contains(got, "book event.children_book") {
		t.Errorf("children without booking: %v", got)
	}
}

func TestDesksAreBookedBySlot(t *testing.T) {
	t.Parallel()
	r := open(t)
	d := &Desk{Place: "lib", Kind: Advice, Name: text("Консультація", "Consultation"), Minutes: 20, Count: 1, Screen: true,
		Spans: []Span{{time.Tuesday, "10:00", "11:10"}, {time.Tuesday, "14:00", "15:00"}}}
	if err := r.SaveDesk(ctx, staff, d); err != nil {
		t.Fatal(err)
	}
	slots := r.Slots(ctx, d, Moment(2026, 11, 24, 0, 0))
	if len(slots) != 6 || slots[0].Free != 1 || !slots[3].Start.Equal(Moment(2026, 11, 24, 14, 0)) {
		t.Fatalf("%v", slots)
	}
	one := r.mustBook(slots[0].Ref, phone(1))
	if one.State != Seated {
		t.Errorf("%s", one.State)
	}
	_, err := r.Book(ctx, slots[0].Ref, Contact{Name: "О. К.", Phone: phone(2), Via: ByPhone})
	if fault.As(err) == nil || fault.As(err).Key != "event.full" {
		t.Errorf("a slot twice: %v", err)
	}
	if got := r.Slots(ctx, d, Moment(2026, 11, 24, 0, 0)); got[0].Free != 0 || got[1].Free != 1 {
		t.Errorf("%v", got)
	}
	for _, bad := range []string{d.ID + ":202611241005", d.ID + ":202611261000", d.ID + ":x", d.ID + ":202711231000"} {
		if _, err := r.Book(ctx, bad, Contact{Name: "О. К.", Phone: phone(3)}); err == nil {
			t.Errorf("%s can be booked", bad)
		}
	}
	if err := r.Leave(ctx, one.ID); err != nil {
		t.Fatal(err)
	}
	r.mustBook(slots[0].Ref, phone(2))
	load, err := r.WeekLoad(ctx, "lib", Moment(2026, 11, 24, 0, 0))
	if err != nil || len(load) != 1 || load[0].Offered != 2*time.Hour || load[0].Booked != 20*time.Minute {
		t.Errorf("%+v %v", load, err)
	}
	over := &Desk{Place: "lib", Kind: Computer, Name: text("ПК", ""), Minutes: 30, Count: 1, Spans: []Span{{1, "10:00", "12:00"}, {1, "11:00", "13:00"}}}
	if got := fieldsOf(r.SaveDesk(ctx, staff, over)); !slices.Equal(got, []string{"spans event.spans"}) {
		t.Errorf("hours that overlap: %v", got)
	}
}

func TestBookingsAreSealedAndGoAway(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(2))
	ref := e.ID + ":20261124"
	b, err := r.Book(ctx, ref, Contact{Name: "Олена К.", Person: "pabc", Phone: "0501112233", Email: "olena@example.org", Remind: true})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := r.engine.Raw(BookingSpec)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := raw.Get(ctx, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Олена", "501112233", "olena", b.Secret, b.Code.Latin} {
		if strings.Contains(string(doc.Body)+doc.ID, secret) {
			t.Errorf("the store holds %q", secret)
		}
	}
	part, err := r.Export(ctx, []person.ID{"pabc"})
	if err != nil || part.([]Exported)[0].Phone != "+380501112233" {
		t.Errorf("%v %v", part, err)
	}
	other := r.mustBook(ref, phone(5))
	r.mustBook(ref, phone(6))
	if err := r.Erase(ctx, []person.ID{"pabc"}); err != nil {
		t.Fatal(err)
	}
	if list, _ := r.Roster(ctx, ref); len(list) != 2 || !list[1].Holds() {
		t.Errorf("after the erasure: %v", list)
	}
	r.clock.set(Moment(2026, 12, 24, 0, 0))
	if n, err := r.Sweep(ctx); n != 0 || err != nil {
		t.Error(n, err)
	}
	r.clock.set(Moment(2026, 12, 25, 4, 0))
	if n, err := r.Sweep(ctx); n != 2 || err != nil {
		t.Error(n, err)
	}
	if _, err := r.Booking(ctx, other.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("%v", err)
	}
}

func TestHereByTheLeadersCode(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(2))
	ref := e.ID + ":20261124"
	a := r.mustBook(ref, phone(1))
	r.clock.set(Moment(2026, 11, 24, 11, 3))
	stamp := r.HereStamp(ref)
	b, err := r.ByPhone(ctx, ref, phone(1), "")
	if err != nil || b.ID != a.ID {
		t.Fatal(err)
	}
	if err := r.Here(ctx, ref, stamp, b); err != nil {
		t.Fatal(err)
	}
	if b, _ := r.Booking(ctx, a.ID); b.Mark != Present {
		t.Error("not noted")
	}
	if err := r.Here(ctx, ref, "0000000000", b); !fault.Is(err, fault.Gone) {
		t.Error(err)
	}
	r.clock.set(Moment(2026, 11, 24, 11, 33))
	if err := r.Here(ctx, ref, stamp, b); !fault.Is(err, fault.Gone) {
		t.Error("an old code lets in")
	}
	if err := r.Say(ctx, b, true); err != nil {
		t.Fatal(err)
	}
	if v, err := r.VotesOf(ctx, e.ID); err != nil || v.Yes != 1 {
		t.Error(v, err)
	}
}

// A crash between the seat and the booking leaves nothing that the next act does not mend.
func TestACrashIsMended(t *testing.T) {
	t.Parallel()
	r := open(t)
	e := r.add(plan(1))
	ref := e.ID + ":20261124"
	if err := r.claims.Insert(ctx, &claim{Doc: store.Doc{ID: seatID(ref, 1)}, Booking: ref + ":nobody", Until: "2026-12-24"}); err != nil {
		t.Fatal(err)
	}
	b := r.mustBook(ref, phone(1))
	if b.State == Waiting {
		if err := r.settleNow(ctx, ref); err != nil {
			t.Fatal(err)
		}
		if b, _ := r.Booking(ctx, b.ID); !b.Holds() {
			t.Errorf("still %s", b.State)
		}
	}
}

func BenchmarkBook(b *testing.B) {
	r := open(b)
	var refs []string
	for i := range 40 {
		e := plan(400)
		e.Seats, e.Clock = 400, fmt.Sprintf("%02d:%02d", 9+i/6, i%6*10)
		refs = append(refs, r.add(e).ID+":20261124")
	}
	var mu sync.Mutex
	n := 0
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			mu.Lock()
			n++
			i := n
			mu.Unlock()
			if _, err := r.Book(ctx, refs[i%len(refs)], Contact{Name: "О. К.", Phone: phone(i)}); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "bookings/s")
}
