package plan

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/institution/measure"
	"osvitlo/internal/institution/round"
	"osvitlo/internal/institution/selfdesc"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Described is the last self-description that an institution's head signed.
type Described struct {
	Form    *selfdesc.Definition
	Answers selfdesc.Answers
	Day     string
}

// Options are what the service is made of.
type Options struct {
	Engine store.Engine
	Bodies *institution.Service
	Rounds *round.Service
	Offers *measure.Book // nil: nothing is offered
	// Describes returns an institution's last signed self-description; nil: there is none.
	Describes func(institution string) *Described
	Audit     institution.Auditor // may be nil in tests only
	Now       func() time.Time
}

// Service keeps the plans. It is safe for concurrent use.
type Service struct {
	o      Options
	docs   *store.Collection[Plan, *Plan]
	mirror *mirror.Mirror[Plan]
	byBody func() map[string][]*Plan

	writing [64]sync.Mutex // by plan: those of one process wait for each other instead of trying again

	mu      sync.Mutex
	changes map[string]moves
}

// New opens the plans and reads them into memory.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "plan.New")
	if o.Bodies == nil || o.Rounds == nil {
		return nil, fault.Newf(fault.Invalid, "", "plans need the register and the rounds")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Describes == nil {
		o.Describes = func(string) *Described { return nil }
	}
	s = &Service{o: o, changes: map[string]moves{}}
	if s.docs, err = store.Open[Plan](o.Engine, Spec); err != nil {
		return nil, err
	}
	s.mirror, err = mirror.Open(ctx, s.docs, mirror.Options[Plan]{Index: indexChanged, Field: indexChanged, Of: mirrored, Max: maxPlans, Now: o.Now})
	if err != nil {
		return nil, err
	}
	s.byBody = mirror.Derive(s.mirror, func(all []*Plan) map[string][]*Plan {
		m := map[string][]*Plan{}
		for _, p := range all {
			m[p.Institution] = append(m[p.Institution], p)
		}
		for _, list := range m {
			slices.SortFunc(list, func(a, b *Plan) int { return cmp.Compare(b.From, a.From) })
		}
		return m
	})
	return s, nil
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error { return s.mirror.Refresh(ctx) }

// ByID returns a plan. It is shared: read only.
func (s *Service) ByID(id string) (*Plan, bool) { return s.mirror.ByID(id) }

// Of lists an institution's plans, the latest first. Read only.
func (s *Service) Of(body string) []*Plan { return s.byBody()[body] }

// In returns the plan of an institution for a school year, the latest begun.
func (s *Service) In(body string, year int) (*Plan, bool) {
	for _, p := range s.Of(body) {
		if p.Covers(year) {
			return p, true
		}
	}
	return nil, false
}

// Offers are all measures that are offered.
func (s *Service) Offers() *measure.Book { return s.o.Offers }

func may(a *person.Actor, body string) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	return person.Can(a, person.SchoolEdit, person.Of(body)).Err()
}

func who(a *person.Actor) string {
	if a.Operator {
		return "operator"
	}
	return string(a.Person)
}

func (s *Service) record(ctx context.Context, a *person.Actor, what, id string) error {
	if s.o.Audit == nil {
		return nil
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who(a), Action: "plan." + what, Subject: "plan:" + id, Where: a.Where, Why: cmp.Or(a.Why, "duty")})
}

// tries is how often an act is done again because another replica changed another measure
// of the plan at the same time.
const tries = 20

var seed = maphash.MakeSeed()

// change does an act on a plan. The act sees the plan as it is stored and decides itself
// what may not have changed meanwhile; it may run several times.
func (s *Service) change(ctx context.Context, a *person.Actor, what, id string, closed bool, act func(*Plan) error) (p *Plan, err error) {
	lock := &s.writing[maphash.String(seed, id)%uint64(len(s.writing))]
	lock.Lock()
	defer lock.Unlock()
	for n := range tries {
		if p, err = s.docs.Get(ctx, id); err != nil {
			return nil, err
		}
		if err := may(a, p.Institution); err != nil {
			return nil, err
		}
		if p.IsClosed() && !closed {
			return nil, fault.New(fault.Conflict, "plan.is_closed")
		}
		if err := act(p); err != nil {
			return nil, err
		}
		if n == 0 {
			if err := s.record(ctx, a, what, id); err != nil {
				return nil, err
			}
		}
		p.Changed = s.mirror.Stamp()
		if err = s.docs.Replace(ctx, p); err == nil {
			s.mirror.Put(p)
			return p, nil
		}
		if !fault.Is(err, fault.Conflict) {
			return nil, err
		}
	}
	return nil, err
}
