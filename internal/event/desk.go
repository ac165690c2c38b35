package event

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

const deskPrefix = "desk-"

// DeskKind is what is booked by the hour.
type DeskKind string

// The kinds.
const (
	Computer DeskKind = "computer"
	Advice   DeskKind = "advice" // a short consultation
)

// Limits of a desk.
const (
	minSlot   = 10
	maxSlot   = 180
	DeskAhead = 14 // days that can be booked
)

// Span is when a desk can be booked on a weekday: wall clocks of Kyiv.
type Span struct {
	Day  time.Weekday `json:"day"`
	From string       `json:"from"`
	To   string       `json:"to"`
}

// Desk is a computer or a consultation at a place, booked in slots of equal length.
type Desk struct {
	store.Doc
	Place   string    `json:"place"`
	Kind    DeskKind  `json:"kind"`
	Name    i18n.Text `json:"name"`
	Minutes int       `json:"minutes"` // of a slot
	Count   int       `json:"count"`   // how many alike stand there
	Spans   []Span    `json:"spans"`
	Screen  bool      `json:"screen"` // privacy screen
	Reader  bool      `json:"reader"` // screen reader
	Scanner bool      `json:"scanner"`
	Broken  string    `json:"broken,omitempty"` // what is wrong: cannot be booked
	Closed  []string  `json:"closed,omitempty"` // days
	Demo    bool      `json:"demo,omitempty"`
	Changed int64     `json:"changed"`
	Gone    bool      `json:"gone,omitempty"`
}

// Slot is a stretch of a desk's day.
type Slot struct {
	Ref        string
	Start, End time.Time
	Free       int
}

const slotLayout = "200601021504"

func (d *Desk) check() error {
	var bad []fault.Field
	say := func(pointer, key string, args map[string]any) {
		bad = append(bad, fault.Field{Pointer: pointer, Key: key, Args: args})
	}
	if strings.TrimSpace(d.Name.UK) == "" || utf8.RuneCountInString(d.Name.UK) > 120 || utf8.RuneCountInString(d.Name.EN) > 120 {
		say("name", "event.no_title", nil)
	}
	if d.Place == "" || len(d.Place) > 64 {
		say("place", "event.no_place", nil)
	}
	if d.Kind != Computer && d.Kind != Advice {
		say("kind", "event.kind_unknown", nil)
	}
	if d.Minutes < minSlot || d.Minutes > maxSlot {
		say("minutes", "event.length", map[string]any{"Min": minSlot, "Max": maxSlot})
	}
	if d.Count < 1 || d.Count > 100 {
		say("count", "event.seats", map[string]any{"Max": 100})
	}
	if utf8.RuneCountInString(d.Broken) > 200 {
		say("broken", "event.long", map[string]any{"Max": 200})
	}
	if len(d.Spans) == 0 || len(d.Spans) > 21 {
		say("spans", "event.spans", nil)
	}
	slices.SortStableFunc(d.Spans, func(a, b Span) int { return cmp.Or(cmp.Compare(a.Day, b.Day), strings.Compare(a.From, b.From)) })
	for i, x := range d.Spans {
		from, err := time.Parse(clockLayout, x.From)
		to, err2 := time.Parse(clockLayout, x.To)
		if err != nil || err2 != nil || !to.After(from) || x.Day < 0 || x.Day > 6 || i > 0 && d.Spans[i-1].Day == x.Day && d.Spans[i-1].To > x.From {
			say("spans", "event.spans", nil)
			break
		}
	}
	if len(bad) > 0 {
		return fault.InvalidFields(bad...)
	}
	return nil
}

// slots lists the slots of a day in Kyiv, without counts.
func (d *Desk) slots(at time.Time) (list []Slot) {
	l := at.In(i18n.Kyiv)
	if d.Broken != "" || slices.Contains(d.Closed, l.Format(dayLayout)) {
		return nil
	}
	for _, x := range d.Spans {
		from, err := time.Parse(clockLayout, x.From)
		to, err2 := time.Parse(clockLayout, x.To)
		if x.Day != l.Weekday() || err != nil || err2 != nil {
			continue
		}
		step := time.Duration(max(d.Minutes, minSlot)) * time.Minute
		for t := from; !t.Add(step).After(to); t = t.Add(step) {
			start := Moment(l.Year(), l.Month(), l.Day(), t.Hour(), t.Minute())
			list = append(list, Slot{Ref: d.ID + ":" + l.Format(keyLayout) + t.Format("1504"), Start: start, End: start.Add(step)})
		}
	}
	return list
}

func (d *Desk) coming(from, to time.Time) (list []Slot) {
	for t := day(from); t.Before(to); t = t.AddDate(0, 0, 1) {
		for _, slot := range d.slots(t) {
			if !slot.Start.Before(from) && slot.Start.Before(to) {
				list = append(list, slot)
			}
		}
	}
	return list
}

func (s *Service) slot(id, key string) (*occasion, error) {
	d, ok := s.tables.ByID(id)
	t, err := time.ParseInLocation(slotLayout, key, i18n.Kyiv)
	if !ok || err != nil || len(key) != len(slotLayout) {
		return nil, fault.New(fault.NotFound, "")
	}
	start := Moment(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute())
	open := slices.ContainsFunc(d.slots(t), func(x Slot) bool { return x.Ref == id+":"+key }) && start.Before(day(s.now()).AddDate(0, 0, DeskAhead+1))
	return &occasion{ref: id + ":" + key, seats: d.Count, start: start, end: start.Add(time.Duration(d.Minutes) * time.Minute), open: open, over: !open}, nil
}

// Desks lists what can be booked at a place, or anywhere for "", by place and name;
// shared: read only.
func (s *Service) Desks(place string) (list []*Desk) {
	for _, d := range s.tables.All() {
		if place == "" || d.Place == place {
			list = append(list, d)
		}
	}
	slices.SortStableFunc(list, func(a, b *Desk) int {
		return cmp.Or(strings.Compare(a.Place, b.Place), strings.Compare(a.Name.UK, b.Name.UK))
	})
	return list
}

// Desk is a desk by its id; shared: read only.
func (s *Service) Desk(id string) (*Desk, bool) { return s.tables.ByID(id) }

// Slots lists the slots of a desk on a day with what is free.
func (s *Service) Slots(ctx context.Context, d *Desk, at time.Time) []Slot {
	list := d.slots(at)
	for i := range list {
		ref := list[i].Ref
		list[i].Free = max(0, d.Count-s.counts.of(ref, s.now(), func() (int, error) { return s.taken(ctx, ref) }))
	}
	return list
}

// SaveDesk adds a desk, or stores a changed one at the revision the caller read. The
// caller has checked the right over the place. Errors: Invalid, Conflict, NotFound.
func (s *Service) SaveDesk(ctx context.Context, a person.Actor, d *Desk) (err error) {
	defer fault.Wrap(&err, "event.SaveDesk")
	if err := d.check(); err != nil {
		return err
	}
	fresh := d.ID == ""
	if fresh {
		d.ID = deskPrefix + strings.ToLower(rand.Text()[:16])
	}
	return s.putDesk(ctx, a, d, fresh)
}

func (s *Service) putDesk(ctx context.Context, a person.Actor, d *Desk, fresh bool) error {
	if err := s.note(ctx, a, "desk.edit", "desk:"+d.ID); err != nil {
		return err
	}
	d.Changed = s.tables.Stamp()
	var err error
	if fresh {
		err = s.desks.Insert(ctx, d)
	} else {
		err = s.desks.Replace(ctx, d)
	}
	if err != nil {
		return err
	}
	s.tables.Put(d)
	return nil
}

// Load is how much the desks of a place were used within a week.
type Load struct {
	Desk     *Desk
	Offered  time.Duration // all slots of the week
	Booked   time.Duration // held by somebody, or used
	NoShow   int
	WalkIns  int
	Sessions int
}

// WeekLoad counts the use of desks in the week of a day: of a place, or everywhere for
// "". Weeks whose bookings were erased show nothing.
func (s *Service) WeekLoad(ctx context.Context, place string, at time.Time) (list []Load, err error) {
	defer fault.Wrap(&err, "event.WeekLoad")
	monday := day(at)
	monday = monday.AddDate(0, 0, -((int(monday.Weekday()) + 6) % 7))
	for _, d := range s.Desks(place) {
		l := Load{Desk: d}
		for _, slot := range d.coming(monday, monday.AddDate(0, 0, 7)) {
			l.Offered += slot.End.Sub(slot.Start) * time.Duration(d.Count)
			for b, err := range s.bookings.Find(ctx, store.Query{Index: indexRef, Eq: []any{slot.Ref, string(Seated)}, Limit: 2 * MaxSeats}) {
				if err != nil {
					return nil, err
				}
				if b.Mark == Absent {
					l.NoShow++
					continue
				}
				l.Sessions++
				l.Booked += slot.End.Sub(slot.Start)
				if b.Via == WalkIn {
					l.WalkIns++
				}
			}
		}
		list = append(list, l)
	}
	return list, nil
}
