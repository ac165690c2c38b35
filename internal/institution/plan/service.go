package plan

import (
	"cmp"
	"context"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

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
	yards   map[string]*yard
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
	s = &Service{o: o, yards: map[string]*yard{}, changes: map[string]moves{}}
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

// Begin makes an institution's plan. Where it is there already, that one is returned with
// Conflict. Errors: Invalid (years), NotFound (no such institution), Conflict, Forbidden.
func (s *Service) Begin(ctx context.Context, a *person.Actor, body string, from, to int) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Begin")
	if err := may(a, body); err != nil {
		return nil, err
	}
	if _, ok := s.o.Bodies.ByID(body); !ok {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	now := institution.YearOf(s.o.Now())
	if from < now-maxYears || from > now+2 || to < from || to >= from+maxYears {
		return nil, fault.InvalidFields(fault.Field{Pointer: "to", Key: "plan.years", Args: map[string]any{"N": maxYears}})
	}
	p = &Plan{Doc: store.Doc{ID: IDOf(body, from)}, Institution: body, From: from, To: to, Measures: []Measure{}, Made: store.At(s.o.Now())}
	if have, ok := s.ByID(p.ID); ok {
		return have, fault.New(fault.Conflict, "plan.there")
	}
	if err := s.record(ctx, a, "begin", p.ID); err != nil {
		return nil, err
	}
	p.Changed = s.mirror.Stamp()
	if err := s.docs.Insert(ctx, p); err != nil {
		if fault.Is(err, fault.Conflict) {
			_ = s.Refresh(ctx) // another one was quicker: shown when read
			return nil, fault.New(fault.Conflict, "plan.there")
		}
		return nil, err
	}
	s.mirror.Put(p)
	return p, nil
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

// Details are what a plan is besides its measures.
type Details struct {
	To     int
	Number string // of the order
	Date   string
}

// Describe changes the years and the order of a plan. Errors: Invalid, Conflict (closed),
// NotFound, Forbidden.
func (s *Service) Describe(ctx context.Context, a *person.Actor, id string, d Details) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Describe")
	return s.change(ctx, a, "describe", id, false, func(p *Plan) error {
		var faults []fault.Field
		if d.To < p.From || d.To >= p.From+maxYears {
			faults = append(faults, fault.Field{Pointer: "to", Key: "plan.years", Args: map[string]any{"N": maxYears}})
		}
		if utf8.RuneCountInString(d.Number) > MaxNumber {
			faults = append(faults, fault.Field{Pointer: "number", Key: "plan.long", Args: map[string]any{"N": MaxNumber}})
		}
		if d.Date != "" && !isDay(d.Date) {
			faults = append(faults, fault.Field{Pointer: "date", Key: "plan.day"})
		}
		if len(faults) > 0 {
			return fault.InvalidFields(faults...)
		}
		p.To, p.Number, p.Date = d.To, strings.TrimSpace(d.Number), d.Date
		return nil
	})
}

func newMeasure() string { return "m" + strings.ReplaceAll(uuid.NewString(), "-", "")[:12] }

// Add enters a measure; rule is the offer that it comes from, or empty. Errors: Invalid,
// Conflict (closed), and as Describe.
func (s *Service) Add(ctx context.Context, a *person.Actor, id, rule string, d Draft) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.Add")
	if rule != "" {
		if _, ok := s.o.Offers.ByID(rule); !ok {
			return nil, fault.New(fault.NotFound, "plan.no_offer")
		}
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	one := Measure{ID: newMeasure(), Version: 1, Draft: d, Rule: rule}
	p, err := s.change(ctx, a, "add", id, false, func(p *Plan) error {
		if len(p.Measures) >= MaxMeasures {
			return fault.InvalidFields(fault.Field{Pointer: "title", Key: "plan.many", Args: map[string]any{"N": MaxMeasures}})
		}
		if rule != "" && slices.ContainsFunc(p.Measures, func(m Measure) bool { return m.Rule == rule && !m.Gone }) {
			return fault.New(fault.Conflict, "plan.taken")
		}
		start, err := s.startOf(ctx, p, d.Answers)
		if err != nil {
			return err
		}
		m := one
		m.Start = start
		m.Acts = []Act{{At: store.At(s.o.Now()), By: who(a), What: "add"}}
		p.Measures = append(p.Measures, m)
		p.Refused = slices.DeleteFunc(p.Refused, func(r Refusal) bool { return rule != "" && r.Rule == rule })
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, _ = p.Measure(one.ID)
	return m, nil
}

// one does an act on a measure at its version (0: whatever it is).
func (s *Service) one(ctx context.Context, a *person.Actor, what, id, mid string, version int64, act func(*Plan, *Measure) ([]Was, error)) (m *Measure, err error) {
	p, err := s.change(ctx, a, what, id, false, func(p *Plan) error {
		m, ok := p.Measure(mid)
		if !ok {
			return fault.New(fault.NotFound, "plan.no_measure")
		}
		if version != 0 && m.Version != version {
			return fault.New(fault.Conflict, "plan.changed_meanwhile")
		}
		was, err := act(p, m)
		if err != nil {
			return err
		}
		m.Version++
		m.note(Act{At: store.At(s.o.Now()), By: who(a), What: what, Fields: was})
		return nil
	})
	if err != nil {
		return nil, err
	}
	m, _ = p.Measure(mid)
	return m, nil
}

// Edit changes a measure that was read at a version. Errors: Conflict (somebody changed it
// meanwhile, it is taken out, or the plan is closed), Invalid, NotFound, Forbidden.
func (s *Service) Edit(ctx context.Context, a *person.Actor, id, mid string, version int64, d Draft) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.Edit")
	if err := d.check(); err != nil {
		return nil, err
	}
	return s.one(ctx, a, "edit", id, mid, version, func(p *Plan, m *Measure) ([]Was, error) {
		if m.Gone {
			return nil, fault.New(fault.Conflict, "plan.is_out")
		}
		was := m.differs(&d)
		if m.Answers != d.Answers {
			start, err := s.startOf(ctx, p, d.Answers)
			if err != nil {
				return nil, err
			}
			m.Start = start
		}
		m.Draft = d
		return was, nil
	})
}

// TakeOut takes a measure out; PutBack undoes it. Errors as Edit.
func (s *Service) TakeOut(ctx context.Context, a *person.Actor, id, mid string, version int64) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.TakeOut")
	return s.one(ctx, a, "out", id, mid, version, func(_ *Plan, m *Measure) ([]Was, error) {
		m.Gone = true
		return nil, nil
	})
}

// PutBack undoes TakeOut.
func (s *Service) PutBack(ctx context.Context, a *person.Actor, id, mid string) (m *Measure, err error) {
	defer fault.Wrap(&err, "plan.PutBack")
	return s.one(ctx, a, "back", id, mid, 0, func(_ *Plan, m *Measure) ([]Was, error) {
		m.Gone = false
		return nil, nil
	})
}

// Refuse remembers that an offer is not for this institution; Reconsider forgets it.
func (s *Service) Refuse(ctx context.Context, a *person.Actor, id, rule string) (err error) {
	defer fault.Wrap(&err, "plan.Refuse")
	if _, ok := s.o.Offers.ByID(rule); !ok {
		return fault.New(fault.NotFound, "plan.no_offer")
	}
	_, err = s.change(ctx, a, "refuse", id, false, func(p *Plan) error {
		if !p.IsRefused(rule) {
			p.Refused = append(p.Refused, Refusal{Rule: rule, At: store.At(s.o.Now()), By: who(a)})
		}
		return nil
	})
	return err
}

// Reconsider undoes Refuse.
func (s *Service) Reconsider(ctx context.Context, a *person.Actor, id, rule string) (err error) {
	defer fault.Wrap(&err, "plan.Reconsider")
	_, err = s.change(ctx, a, "reconsider", id, false, func(p *Plan) error {
		p.Refused = slices.DeleteFunc(p.Refused, func(r Refusal) bool { return r.Rule == rule })
		return nil
	})
	return err
}

// CopyFrom carries what was not done in an earlier plan of the same institution into this
// one, each measure once: run again it adds only what is new. Deadlines that have passed
// are left empty. n is how many were added. Errors: Invalid (another institution's plan, a
// later one, no room), and as Describe.
func (s *Service) CopyFrom(ctx context.Context, a *person.Actor, id, from string) (n int, err error) {
	defer fault.Wrap(&err, "plan.CopyFrom")
	old, err := s.docs.Get(ctx, from)
	if err != nil {
		return 0, err
	}
	day := today(s.o.Now())
	_, err = s.change(ctx, a, "copy", id, false, func(p *Plan) error {
		if old.Institution != p.Institution || old.From >= p.From {
			return fault.InvalidFields(fault.Field{Pointer: "from", Key: "plan.copy_from"})
		}
		n = 0
		for _, m := range old.Live() {
			if m.Status == Done || slices.ContainsFunc(p.Measures, func(have Measure) bool {
				return have.Copied == m.ID || m.Rule != "" && have.Rule == m.Rule && !have.Gone
			}) {
				continue
			}
			if len(p.Measures) >= MaxMeasures {
				return fault.InvalidFields(fault.Field{Pointer: "from", Key: "plan.many", Args: map[string]any{"N": MaxMeasures}})
			}
			next := Measure{ID: newMeasure(), Version: 1, Draft: m.Draft, Rule: m.Rule, Copied: m.ID,
				Acts: []Act{{At: store.At(s.o.Now()), By: who(a), What: "copy", Fields: []Was{{Field: "copied", From: old.Name()}}}}}
			if next.Status != Doing {
				next.Status, next.Reason = Planned, ""
			}
			if next.Deadline != "" && next.Deadline < day {
				next.Deadline = ""
			}
			start, err := s.startOf(ctx, p, m.Answers)
			if err != nil {
				return err
			}
			next.Start = start
			p.Measures = append(p.Measures, next)
			n++
		}
		return nil
	})
	return n, err
}

// Close ends a plan: it keeps what came of each measure in words (results by measure) and
// what the figure is now beside what it was. Measures are not changed any more. Reopen
// undoes it. Errors: Invalid, Conflict (closed already), and as Describe.
func (s *Service) Close(ctx context.Context, a *person.Actor, id string, results map[string]string) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Close")
	return s.change(ctx, a, "close", id, false, func(p *Plan) error {
		var faults []fault.Field
		for i := range p.Measures {
			m := &p.Measures[i]
			if m.Gone {
				continue
			}
			text := strings.TrimSpace(results[m.ID])
			if utf8.RuneCountInString(text) > MaxText {
				faults = append(faults, fault.Field{Pointer: "result." + m.ID, Key: "plan.long", Args: map[string]any{"N": MaxText}})
			}
			out, err := s.Now(ctx, p, m)
			if err != nil {
				return err
			}
			m.Result, m.Outcome = text, out
			m.Version++
			m.note(Act{At: store.At(s.o.Now()), By: who(a), What: "close"})
		}
		if len(faults) > 0 {
			return fault.InvalidFields(faults...)
		}
		p.Closed = store.At(s.o.Now())
		return nil
	})
}

// Reopen undoes Close; what was written of results stays.
func (s *Service) Reopen(ctx context.Context, a *person.Actor, id string) (p *Plan, err error) {
	defer fault.Wrap(&err, "plan.Reopen")
	return s.change(ctx, a, "reopen", id, true, func(p *Plan) error {
		p.Closed = store.Time{}
		for i := range p.Measures {
			p.Measures[i].Outcome = nil
		}
		return nil
	})
}

// amount writes a cost for the history.
func amount(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// Past enters a plan as it was made at a time: one from before this installation, or one of
// an invented city. Its measures start from a round's report; ids and versions are given
// out in order. The id follows from institution and year; a plan that is there stays.
// Errors: Invalid, NotFound, Forbidden.
func (s *Service) Past(ctx context.Context, a *person.Actor, p Plan, round string, at time.Time) (made *Plan, err error) {
	defer fault.Wrap(&err, "plan.Past")
	if err := may(a, p.Institution); err != nil {
		return nil, err
	}
	p.Doc = store.Doc{ID: IDOf(p.Institution, p.From)}
	if have, ok := s.ByID(p.ID); ok {
		return have, nil
	}
	r, reported := s.o.Rounds.ByID(round)
	if len(p.Measures) > MaxMeasures || p.To < p.From || p.To >= p.From+maxYears {
		return nil, fault.Newf(fault.Invalid, "", "%d measures in %d to %d", len(p.Measures), p.From, p.To)
	}
	p.Measures, p.Made = slices.Clone(p.Measures), store.At(at)
	for i := range p.Measures {
		m := &p.Measures[i]
		if err := m.check(); err != nil {
			return nil, err
		}
		m.ID, m.Version, m.Acts = "m"+strconv.Itoa(i+1), 1, []Act{{At: store.At(at), By: who(a), What: "add"}}
		switch {
		case m.Answers.Variable != "" && reported:
			if m.Start.Figure, err = s.figure(ctx, r, p.Institution, m.Answers.Role, m.Answers.Variable); err != nil {
				return nil, err
			}
		case m.Answers.Field != "":
			if m.Start, err = s.startOf(ctx, &p, m.Answers); err != nil {
				return nil, err
			}
		}
	}
	if err := s.record(ctx, a, "past", p.ID); err != nil {
		return nil, err
	}
	p.Changed = s.mirror.Stamp()
	if err := s.docs.Insert(ctx, &p); err != nil {
		return nil, err
	}
	s.mirror.Put(&p)
	return &p, nil
}
