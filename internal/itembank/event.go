package itembank

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Kind is what a person did.
type Kind string

// The kinds of events.
const (
	Reviewed    Kind = "review"
	Quarantined Kind = "quarantine"
	Lifted      Kind = "lift"
	Approved    Kind = "approve"
	Withdrawn   Kind = "withdraw"
)

// Event is one act of a person on an item ("item:router-hours") or on a version of an
// instrument ("instrument:resident-test@1"). It is stored once and never changed.
type Event struct {
	store.Doc            // subject and number: "item:router-hours:000001"
	Subject   string     `json:"subject"`
	N         int        `json:"n"` // from 1, without gaps
	At        store.Time `json:"at"`
	By        person.ID  `json:"by"`
	Role      string     `json:"role"` // in which role, as in package person
	Kind      Kind       `json:"kind"`
	Version   int        `json:"version,omitempty"` // of the item
	Hash      string     `json:"hash,omitempty"`    // of the item's words, or of the instrument's version
	Verdict   Verdict    `json:"verdict,omitempty"`
	Note      string     `json:"note,omitempty"`     // reason, or what the reader says
	Reasons   []string   `json:"reasons,omitempty"`  // what the figures proposed at that moment
	Document  string     `json:"document,omitempty"` // approval: number
	Dated     string     `json:"dated,omitempty"`    // approval: day of the document, YYYY-MM-DD
}

const (
	itemPrefix       = "item:"
	instrumentPrefix = "instrument:"
	maxNote          = 2000    // characters
	maxEvents        = 999_999 // of one subject
	tries            = 8       // when two people act at once
)

var eventSpec = store.Spec{Name: "item_events", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec { return []store.Spec{eventSpec, statisticsSpec, calibrationSpec} }

// Refresh reads events and statistics again, so that a replica sees what another one
// took. It costs one pass over both collections, which people fill by hand.
func (s *Service) Refresh(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "itembank.Refresh")
	s.reload.Lock()
	defer s.reload.Unlock()
	next := &state{events: map[string][]*Event{}, statistics: map[string]*Statistics{}}
	for e, err := range s.events.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return err
		}
		next.events[e.Subject] = append(next.events[e.Subject], e)
	}
	for _, list := range next.events {
		slices.SortFunc(list, func(a, b *Event) int { return cmp.Compare(a.N, b.N) })
	}
	for d, err := range s.figures.Find(ctx, store.Query{Index: store.BuiltinID}) {
		if err != nil {
			return err
		}
		next.statistics[d.ID] = d
	}
	if err := s.readRuns(ctx, next); err != nil {
		return err
	}
	s.now.Store(next)
	return nil
}

// add stores an event behind the last one of its subject. check sees the events that
// are there, and may refuse.
func (s *Service) add(ctx context.Context, a *person.Actor, act person.Action, e Event, check func(before []*Event) error) error {
	role, err := signer(a, act)
	if err != nil {
		return err
	}
	if e.Note, err = note("note", e.Note, maxNote); err != nil {
		return err
	}
	e.By, e.Role, e.At = a.Person, role, store.At(s.o.Now())
	if err := s.audit(ctx, a, e.Kind, strings.ReplaceAll(e.Subject, "@", "/")); err != nil {
		return err
	}
	for range tries {
		before := s.now.Load().events[e.Subject]
		if check != nil {
			if err := check(before); err != nil {
				return err
			}
		}
		if e.N = len(before) + 1; e.N > maxEvents {
			return fault.New(fault.Conflict, "itembank.full")
		}
		doc := e
		doc.ID = fmt.Sprintf("%s:%06d", e.Subject, e.N)
		err := s.events.Insert(ctx, &doc)
		if err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
		// another replica may have been first: see it before trying again
		if again := s.Refresh(ctx); again != nil {
			return again
		}
		if err == nil {
			return nil
		}
	}
	return fault.New(fault.Conflict, "itembank.busy")
}

// signer tells in which role a person acts. Nobody acts for another, so the
// operator's command line may not sign.
func signer(a *person.Actor, act person.Action) (string, error) {
	if a == nil || a.Person == "" {
		return "", fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if a.Operator {
		return "", fault.New(fault.Forbidden, "itembank.in_person")
	}
	if v := person.Can(a, act, person.City); !v.OK() {
		return "", v.Err()
	}
	for _, g := range a.Grants {
		one := person.Actor{Person: a.Person, Grants: []person.Grant{g}, Strong: true, Fresh: true}
		if person.Can(&one, act, person.City).OK() {
			return g.Role.String(), nil
		}
	}
	return person.Resident.String(), nil
}

// note cleans a text that a person typed.
func note(field, text string, most int) (string, error) {
	text = strings.TrimSpace(text)
	if len([]rune(text)) > most {
		return "", fault.InvalidFields(fault.Field{Pointer: field, Key: "page.form.long", Args: map[string]any{"Max": most}})
	}
	return text, nil
}

// History lists what people did to an item, oldest first. The events are shared.
func (s *Service) History(item string) []*Event {
	return slices.Clone(s.now.Load().events[itemPrefix+item])
}

// InstrumentHistory lists approvals and withdrawals of a version, oldest first.
func (s *Service) InstrumentHistory(slug string, version int) []*Event {
	return slices.Clone(s.now.Load().events[instrumentSubject(slug, version)])
}

func instrumentSubject(slug string, version int) string {
	return fmt.Sprintf("%s%s@%d", instrumentPrefix, slug, version)
}

// last is the newest event of one of the kinds; nil when there is none.
func last(events []*Event, kinds ...Kind) *Event {
	for i := len(events) - 1; i >= 0; i-- {
		if slices.Contains(kinds, events[i].Kind) {
			return events[i]
		}
	}
	return nil
}
