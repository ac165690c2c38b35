package event

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// catalogue is all that is on, ready to be filtered.
type catalogue struct {
	slugs map[string]*Event
	list  []*Occurrence // by start
}

func build(all []*Event) catalogue {
	c := catalogue{slugs: make(map[string]*Event, len(all))}
	for _, e := range all {
		c.slugs[e.Slug] = e
		c.list = append(c.list, e.Occurrences()...)
	}
	slices.SortStableFunc(c.list, func(a, b *Occurrence) int {
		return cmp.Or(a.Start.Compare(b.Start), strings.Compare(a.Event.ID, b.Event.ID))
	})
	return c
}

// Filter chooses occurrences. Empty members choose all.
type Filter struct {
	From, To time.Time // by start; To is exclusive
	Place    string
	Subject  string
	Audience Audience
	Kind     Kind
	Drafts   bool // staff: drafts too
	Limit    int  // 0 means 500
}

// Occurrences lists what is on, by start. The occurrences are shared: read only.
func (s *Service) Occurrences(f Filter) (list []*Occurrence) {
	all := s.all().list
	limit := cmp.Or(f.Limit, 500)
	i, _ := slices.BinarySearchFunc(all, f.From, func(o *Occurrence, t time.Time) int { return o.Start.Compare(t) })
	if f.From.IsZero() {
		i = 0
	}
	for _, o := range all[i:] {
		if !f.To.IsZero() && !o.Start.Before(f.To) || len(list) == limit {
			break
		}
		e := o.Event
		if (f.Place == "" || f.Place == o.Place) && (f.Subject == "" || slices.Contains(e.Subjects, f.Subject)) &&
			(f.Audience == "" || f.Audience == e.Audience) && (f.Kind == "" || f.Kind == e.Kind) && (f.Drafts || !e.Draft) {
			list = append(list, o)
		}
	}
	return list
}

// Event is an event by its slug, drafts too; shared: read only.
func (s *Service) Event(slug string) (*Event, bool) {
	e, ok := s.all().slugs[slug]
	return e, ok
}

// ByID is an event by its id; shared: read only.
func (s *Service) ByID(id string) (*Event, bool) { return s.shown.ByID(id) }

// List lists all events, drafts too, by id; shared: read only.
func (s *Service) List() []*Event { return s.shown.All() }

// Guarded tells whether strangers see only day and district of an event (USERS 11).
func (s *Service) Guarded(o *Occurrence) bool {
	return o.Event.Audience == Children || o.Seats > s.cfg.Open
}

// Face is an occurrence as somebody outside sees it. What the reader may not know is
// empty.
type Face struct {
	ID, Slug, Key string
	Kind          Kind
	Audience      Audience
	Subjects      []string
	Title, About  i18n.Text
	Bring         i18n.Text
	Note          i18n.Text
	Day           time.Time // midnight in Kyiv
	Start, End    time.Time // zero when guarded
	Guarded       bool
	Place         Venue // zero when guarded, hidden or unknown
	Room          string
	District      i18n.Text
	Online        bool
	Book          bool
	Seats         int // 0 when guarded
	Free          int // -1 when guarded or not counted
	Waiting       bool
	State         State
	Repeats       bool
	Demo          bool
	Changed       time.Time
	Rev           int64
}

// Full tells whether nobody more gets a seat at once.
func (f *Face) Full() bool { return f.Book && f.Free == 0 }

// Open tells whether somebody may book now.
func (f *Face) Open(now time.Time) bool {
	return f.Book && (f.State == Planned || f.State == Shelter) && now.Before(f.last())
}

// last is the moment when bookings close for strangers: the start, or the end of the day
// where they do not know the start.
func (f *Face) last() time.Time {
	if f.Guarded {
		return f.Day.AddDate(0, 0, 1)
	}
	return f.Start
}

func day(t time.Time) time.Time {
	t = t.In(i18n.Kyiv)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, i18n.Kyiv)
}

// Public is the face of an occurrence for strangers.
func (s *Service) Public(ctx context.Context, o *Occurrence) Face { return s.face(ctx, o, false) }

// Booked is the face for whoever has a seat: with time and address.
func (s *Service) Booked(ctx context.Context, o *Occurrence) Face { return s.face(ctx, o, true) }

func (s *Service) face(ctx context.Context, o *Occurrence, booked bool) Face {
	e := o.Event
	f := Face{ID: e.ID, Slug: e.Slug, Key: o.Key, Kind: e.Kind, Audience: e.Audience, Subjects: e.Subjects, Title: e.Title, About: e.About, Bring: e.Bring,
		Note: o.Note, Day: day(o.Start), Guarded: s.Guarded(o), Online: e.Online != "", Book: e.Book, Free: -1, Waiting: e.Waiting, State: o.Now(s.now()),
		Repeats: e.Rule.Every != Once, Demo: e.Demo, Changed: time.UnixMicro(e.Changed), Rev: e.Rev}
	venue, known := s.cfg.Venues.Venue(o.Place)
	if known {
		f.District = venue.District
	}
	if f.Guarded && f.State == Ended && !booked { // the hour of the end would tell the hours
		if n := s.now(); n.Before(f.Day.AddDate(0, 0, 1)) {
			f.State = o.State
		}
	}
	if f.Guarded && !booked {
		f.Book = true // the address goes to those booked only
		return f
	}
	f.Start, f.End, f.Room, f.Seats = o.Start, o.End, o.Room, o.Seats
	if known {
		f.Place = venue
		if !booked {
			f.Place.Invite = i18n.Text{}
		}
	}
	if e.Book {
		f.Free = max(0, o.Seats-s.counts.of(o.Ref(), s.now(), func() (int, error) { return s.taken(ctx, o.Ref()) }))
	}
	return f
}

// ThisWeek lists what is on from now to the end of the next seven days, at most n.
func (s *Service) ThisWeek(ctx context.Context, now time.Time, n int) (list []Face) {
	for _, o := range s.Occurrences(Filter{From: now.Add(-time.Hour), To: day(now).AddDate(0, 0, 8)}) {
		if state := o.Now(now); state == Cancelled || state == Moved || state == Ended || len(list) == n {
			continue
		}
		list = append(list, s.Public(ctx, o))
	}
	return list
}

// Version changes with everything that ThisWeek or a list may show, at least every
// minute.
func (s *Service) Version(now time.Time) string {
	return fmt.Sprintf("%d.%d.%d", s.shown.Version(), s.counts.changes(), now.Unix()/60)
}

// taken counts the seats of an occurrence that somebody has or is offered.
func (s *Service) taken(ctx context.Context, ref string) (n int, err error) {
	for _, err := range s.bookings.Keys(ctx, store.Query{Index: indexRef, Eq: []any{ref}, In: []any{string(Seated), string(Offered)}, Limit: 2 * MaxSeats}) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// counts remembers for some seconds how many seats are taken.
type counts struct {
	mu   sync.Mutex
	list map[string]counted
	ver  int
}

type counted struct {
	n  int
	at time.Time
}

const (
	countFor  = 3 * time.Second
	maxCounts = 20_000
)

func (c *counts) of(ref string, now time.Time, ask func() (int, error)) int {
	c.mu.Lock()
	have, ok := c.list[ref]
	ver := c.ver
	c.mu.Unlock()
	if ok && now.Sub(have.at) < countFor && !now.Before(have.at) {
		return have.n
	}
	n, err := ask()
	if err != nil {
		return have.n // the page is shown as of before; booking asks the store itself
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list == nil || len(c.list) > maxCounts {
		c.list = map[string]counted{}
	}
	if c.ver == ver {
		c.list[ref] = counted{n, now}
	}
	return n
}

func (c *counts) drop(ref string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.list, ref)
	c.ver++
}

func (c *counts) changes() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ver
}
