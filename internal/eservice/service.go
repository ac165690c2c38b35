package eservice

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/eservice/manual"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/person"
	"osvitlo/internal/search"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Auditor writes down an act and returns when it is durable; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Library is the written manual; content.Library is one.
type Library interface {
	Services() []*manual.Instruction
	LifeEvents() []*manual.LifeEvent
	ServicesToCheck() []*manual.ToCheck
}

// Options are what the service is made of.
type Options struct {
	Engine  store.Engine
	Library Library
	Audit   Auditor // nil: acts are not written down (tests, the operator's reading)
	Log     *slog.Logger
	Now     func() time.Time
}

// Service keeps the manual. It is safe for concurrent use.
type Service struct {
	o        Options
	records  *store.Collection[Record, *Record]
	warnings *store.Collection[Warning, *Warning]
	months   *store.Collection[Month, *Month]
	counters *store.Collection[counter, *counter]

	said   *mirror.Mirror[Record]
	warned *mirror.Mirror[Warning]
	view   func() *joined

	mu      sync.Mutex
	pending map[string]map[string]int64 // counter id to deltas not yet stored
}

// Bounds of the collections in memory.
const (
	maxRecords  = 2000
	maxWarnings = 5000
)

// Open reads what is stored. Errors: Unavailable.
func Open(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "eservice.Open")
	if o.Engine == nil || o.Library == nil {
		return nil, errors.New("an engine and a library are needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Service{o: o, pending: map[string]map[string]int64{}}
	if s.records, err = store.Open[Record](o.Engine, recordSpec); err != nil {
		return nil, err
	}
	if s.warnings, err = store.Open[Warning](o.Engine, warningSpec); err != nil {
		return nil, err
	}
	if s.months, err = store.Open[Month](o.Engine, monthSpec); err != nil {
		return nil, err
	}
	if s.counters, err = store.Open[counter](o.Engine, counterSpec); err != nil {
		return nil, err
	}
	s.said, err = mirror.Open(ctx, s.records, mirror.Options[Record]{Index: byChanged, Field: "changed", Max: maxRecords, Now: o.Now,
		Of: func(r *Record) mirror.Doc { return mirror.Doc{ID: r.ID, Changed: r.Changed, Gone: r.Gone} }})
	if err != nil {
		return nil, err
	}
	s.warned, err = mirror.Open(ctx, s.warnings, mirror.Options[Warning]{Index: byChanged, Field: "changed", Max: maxWarnings, Now: o.Now,
		Of: func(w *Warning) mirror.Doc { return mirror.Doc{ID: w.ID, Changed: w.Changed, Gone: w.Gone} }})
	if err != nil {
		return nil, err
	}
	s.view = mirror.Derive(s.said, s.join)
	return s, nil
}

// Mirrors are what must be refreshed for other replicas' changes.
func (s *Service) Mirrors() []mirror.Refresher { return []mirror.Refresher{s.said, s.warned} }

// Entry is an instruction as the city stands to it. It is shared: read only.
type Entry struct {
	*manual.Instruction           // the present text
	Record              *Record   // nil: nobody has said anything
	Confirmed           *Verified // nil: not confirmed, or the text has changed since
	Hidden              bool
	Outdated            bool // a correction was made to an earlier text of the file
	valid               time.Time
}

// Fresh tells whether the text may be shown without «уточніть за телефоном».
func (e *Entry) Fresh(now time.Time) bool { return now.Before(e.valid) }

// Checked is the last day somebody looked: of the confirmation, else of the file; empty
// if nobody has.
func (e *Entry) Checked() string {
	if e.Confirmed != nil {
		return e.Confirmed.On
	}
	return e.CheckedOn
}

// joined is the manual with everything the city has said.
type joined struct {
	all    []*Entry // by number, hidden ones too
	shown  []*Entry
	bySlug map[string]*Entry
	index  *search.Index
}

func (s *Service) join(records []*Record) *joined {
	said := map[string]*Record{}
	for _, r := range records {
		said[r.ID] = r
	}
	j := &joined{bySlug: map[string]*Entry{}}
	events := map[string]string{}
	for _, e := range s.o.Library.LifeEvents() {
		events[e.ID] = e.Title.UK + " " + e.Title.EN
	}
	var docs []search.Doc
	for _, file := range s.o.Library.Services() {
		e := entry(file, said[file.Slug])
		j.all, j.bySlug[e.Slug] = append(j.all, e), e
		if e.Hidden {
			continue
		}
		j.shown = append(j.shown, e)
		docs = append(docs, document(e.Instruction, events))
	}
	slices.SortFunc(j.all, func(a, b *Entry) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortFunc(j.shown, func(a, b *Entry) int { return cmp.Compare(a.Number, b.Number) })
	j.index = search.New(docs)
	return j
}

func entry(file *manual.Instruction, r *Record) *Entry {
	e := &Entry{Instruction: file, Record: r}
	if r != nil {
		if r.Text != nil {
			e.Instruction = r.Text
			e.Outdated = r.From != hashOf(file)
		}
		if r.Verified != nil && r.Verified.Hash == hashOf(e.Instruction) {
			e.Confirmed = r.Verified
		}
		e.Hidden = r.Hidden
	}
	e.valid = e.Until()
	if r != nil && r.Until != "" {
		c := *e.Instruction
		c.ValidUntil = r.Until
		e.valid = c.Until()
	}
	return e
}

// document is an instruction as the search reads it: the title and the words people type
// weigh most.
func document(in *manual.Instruction, events map[string]string) search.Doc {
	var body, where strings.Builder
	in.Texts(func(_ string, t i18n.Text) { body.WriteString(t.UK + " " + t.EN + " ") })
	for _, id := range in.LifeEvents {
		where.WriteString(events[id] + " ")
	}
	return search.Doc{ID: in.Slug, Fields: []search.Field{
		{Text: in.Title.UK + " " + in.Title.EN, Weight: 4}, {Text: strings.Join(in.Words, " "), Weight: 4},
		{Text: in.Short.UK + " " + in.Short.EN, Weight: 2}, {Text: where.String(), Weight: 2}, {Text: body.String(), Weight: 1},
	}}
}

// Version changes with every act of the city on the manual; for caches.
func (s *Service) Version() uint64 { return s.said.Version() }

// Shown lists what the public sees, by number.
func (s *Service) Shown() []*Entry { return s.view().shown }

// All lists everything, hidden too; for staff.
func (s *Service) All() []*Entry { return s.view().all }

// Get is an instruction of the public manual. Errors: NotFound, Gone when it is hidden.
func (s *Service) Get(slug string) (*Entry, error) {
	e, err := s.Any(slug)
	if err == nil && e.Hidden {
		return nil, fault.New(fault.Gone, "service.hidden")
	}
	return e, err
}

// Any is an instruction, hidden or not; for staff. Errors: NotFound.
func (s *Service) Any(slug string) (*Entry, error) {
	if e := s.view().bySlug[slug]; e != nil {
		return e, nil
	}
	return nil, fault.New(fault.NotFound, "service.none")
}

// alike is how near to the best hit others count as equally good: those stand in the order
// of the manual, which is how often people need a service.
const alike = 0.75

// Find searches the public manual, best first, at most limit.
func (s *Service) Find(query string, limit int) []*Entry {
	j := s.view()
	hits := j.index.Find(query, limit)
	var out []*Entry
	near := 0
	for _, hit := range hits {
		if hit.Score >= alike*hits[0].Score {
			near++
		}
		out = append(out, j.bySlug[hit.ID])
	}
	slices.SortStableFunc(out[:near], func(a, b *Entry) int { return cmp.Compare(a.Number, b.Number) })
	return out
}

// Event is an entry of the index with its instructions.
type Event struct {
	*manual.LifeEvent
	Entries []*Entry
}

// ByEvent is the index by life event, in its own order; entries without an instruction
// are left out.
func (s *Service) ByEvent() []Event {
	var out []Event
	for _, e := range s.o.Library.LifeEvents() {
		row := Event{LifeEvent: e}
		for _, in := range s.Shown() {
			if slices.Contains(in.LifeEvents, e.ID) {
				row.Entries = append(row.Entries, in)
			}
		}
		if len(row.Entries) > 0 {
			out = append(out, row)
		}
	}
	return out
}

// ToCheck lists services of the city that nobody has seen yet; for staff.
func (s *Service) ToCheck() []*manual.ToCheck { return s.o.Library.ServicesToCheck() }

// may checks a right and writes the act down before it is done.
func (s *Service) may(ctx context.Context, who *person.Actor, act person.Action, what, subject string) error {
	if err := person.Can(who, act, person.City).Err(); err != nil {
		return err
	}
	if s.o.Audit == nil {
		return nil
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: actorID(who), Action: what, Subject: subject, Where: who.Where, Why: who.Why})
}

func actorID(a *person.Actor) string {
	if a.Operator {
		return "operator"
	}
	return string(a.Person)
}
