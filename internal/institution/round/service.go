package round

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/media"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Options are what the service is made of.
type Options struct {
	Engine store.Engine
	Media  media.Store // keeps the reports
	Bodies *institution.Service
	Secret []byte // of this installation: codes are kept as its keyed hashes
	Audit  Auditor
	// Scanner looks at the file of an order; nil: none is set up.
	Scanner Scanner
	// Known tells whether a questionnaire of a round has this slug.
	Known func(slug string) bool
	Now   func() time.Time
}

// Service runs the rounds. It is safe for concurrent use.
type Service struct {
	o      Options
	now    func() time.Time
	rounds *store.Collection[Round, *Round]
	mirror *mirror.Mirror[Round]
	codes  *store.Collection[code, *code]
	taken  *store.Collection[binding, *binding]
	rows   *store.Collection[row, *row]
	issued *store.Collection[tally, *tally]
	counts *store.Collection[Counted, *Counted]
	wrong  budget
	shelf  shelf
}

// Specs lists what the engine must migrate for this package.
func Specs() []store.Spec {
	return []store.Spec{roundSpec, codeSpec, bindingSpec, rowSpec, tallySpec, countedSpec}
}

// New opens the rounds and reads them into memory.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "round.New")
	if len(o.Secret) < 32 || o.Bodies == nil || o.Media == nil || o.Known == nil {
		return nil, fault.Newf(fault.Invalid, "", "rounds need a secret of 32 bytes, the register, media and the questionnaires")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Service{o: o, now: o.Now}
	open := func(act func() error) {
		if err == nil {
			err = act()
		}
	}
	open(func() (e error) { s.rounds, e = store.Open[Round](o.Engine, roundSpec); return })
	open(func() (e error) { s.codes, e = store.Open[code](o.Engine, codeSpec); return })
	open(func() (e error) { s.taken, e = store.Open[binding](o.Engine, bindingSpec); return })
	open(func() (e error) { s.rows, e = store.Open[row](o.Engine, rowSpec); return })
	open(func() (e error) { s.issued, e = store.Open[tally](o.Engine, tallySpec); return })
	open(func() (e error) { s.counts, e = store.Open[Counted](o.Engine, countedSpec); return })
	open(func() (e error) {
		s.mirror, e = mirror.Open(ctx, s.rounds, mirror.Options[Round]{Index: indexChanged, Field: indexChanged, Of: mirrored, Max: 1000, Now: o.Now})
		return
	})
	return s, err
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error { return s.mirror.Refresh(ctx) }

// ByID returns a round. It is shared: read only.
func (s *Service) ByID(id string) (*Round, bool) { return s.mirror.ByID(id) }

// List lists the rounds, the latest first. Read only.
func (s *Service) List() []*Round {
	list := slices.Clone(s.mirror.All())
	slices.SortFunc(list, func(a, b *Round) int { return cmp.Or(b.Opens.Compare(a.Opens.Time), cmp.Compare(a.ID, b.ID)) })
	return list
}

// mac is a keyed hash for one purpose.
func (s *Service) mac(purpose, value string) string {
	h := hmac.New(sha256.New, s.o.Secret)
	h.Write([]byte("round " + purpose + "\x00" + value))
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func may(a *person.Actor) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	return person.Can(a, person.RoundOpen, person.City).Err()
}

func (s *Service) note(ctx context.Context, a *person.Actor, what, id string) error {
	if s.o.Audit == nil {
		return nil
	}
	who := string(a.Person)
	if a.Operator {
		who = "operator"
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who, Action: "round." + what, Subject: "round:" + id, Where: a.Where, Why: cmp.Or(a.Why, "duty")})
}

// Plan enters a round that is not open yet. Errors: Invalid, Forbidden.
func (s *Service) Plan(ctx context.Context, a *person.Actor, r Round) (made *Round, err error) {
	defer fault.Wrap(&err, "round.Plan")
	if err := may(a); err != nil {
		return nil, err
	}
	r.Doc = store.Doc{ID: "r" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20]}
	r.State, r.Members, r.Moves, r.Cut, r.Gone, r.Order.Paper = Planned, nil, nil, store.Time{}, false, OrderPaper{}
	if err := r.check(s.o.Known); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "plan", r.ID); err != nil {
		return nil, err
	}
	r.Changed = s.mirror.Stamp()
	if err := s.rounds.Insert(ctx, &r); err != nil {
		return nil, err
	}
	s.mirror.Put(&r)
	return &r, nil
}

// change does an act on a round at a revision (0: whatever it is now).
func (s *Service) change(ctx context.Context, a *person.Actor, what, id string, rev int64, act func(*Round) error) (*Round, error) {
	if err := may(a); err != nil {
		return nil, err
	}
	r, err := s.rounds.Get(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case r.Gone:
		return nil, fault.New(fault.NotFound, "round.gone")
	case rev != 0 && r.Rev != rev:
		return nil, fault.New(fault.Conflict, "institution.changed_meanwhile")
	}
	if err := act(r); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, what, id); err != nil {
		return nil, err
	}
	r.Changed = s.mirror.Stamp()
	if err := s.rounds.Replace(ctx, r); err != nil {
		return nil, err
	}
	s.mirror.Put(r)
	return r, nil
}

// Edit changes a round that is not open yet. Errors: Invalid, Conflict, NotFound, Forbidden.
func (s *Service) Edit(ctx context.Context, a *person.Actor, rev int64, next Round) (r *Round, err error) {
	defer fault.Wrap(&err, "round.Edit")
	return s.change(ctx, a, "edit", next.ID, rev, func(r *Round) error {
		if r.State != Planned {
			return fault.New(fault.Conflict, "round.not_planned")
		}
		next.Order.Paper = r.Order.Paper
		r.Year, r.Title, r.Pilot, r.Asked, r.Bodies, r.Opens, r.Closes, r.Order = next.Year, next.Title, next.Pilot, next.Asked, next.Bodies, next.Opens, next.Closes, next.Order
		return r.check(s.o.Known)
	})
}

// Discard takes a planned round away. Errors as Edit.
func (s *Service) Discard(ctx context.Context, a *person.Actor, id string, rev int64) (err error) {
	defer fault.Wrap(&err, "round.Discard")
	r, err := s.change(ctx, a, "discard", id, rev, func(r *Round) error {
		if r.State != Planned {
			return fault.New(fault.Conflict, "round.not_planned")
		}
		r.Gone = true
		return nil
	})
	if err == nil && r.Order.Paper.File != "" {
		err = s.o.Media.Delete(ctx, r.Order.Paper.File)
	}
	return err
}

// Open settles who is asked and lets people answer between the round's days. It needs the
// order with its promise, and its file (USERS 9). Errors: Invalid (no order, no file of it,
// no promise, nobody to ask),
// and as Edit.
func (s *Service) Open(ctx context.Context, a *person.Actor, id string, rev int64) (r *Round, err error) {
	defer fault.Wrap(&err, "round.Open")
	return s.change(ctx, a, "open", id, rev, func(r *Round) error {
		if r.State != Planned {
			return fault.New(fault.Conflict, "round.not_planned")
		}
		if err := r.check(s.o.Known); err != nil {
			return err
		}
		var lacks []fault.Field
		if strings.TrimSpace(r.Order.Number) == "" || r.Order.Date == "" {
			lacks = append(lacks, fault.Field{Pointer: "order_number", Key: "round.order"})
		}
		if r.Order.Paper.File == "" {
			lacks = append(lacks, fault.Field{Pointer: "order_file", Key: "round.order_file"})
		}
		if !r.Order.Promise {
			lacks = append(lacks, fault.Field{Pointer: "order_promise", Key: "round.promise"})
		}
		if !r.Closes.After(s.now()) {
			lacks = append(lacks, fault.Field{Pointer: "closes", Key: "round.closes_past"})
		}
		r.Members = s.members(r)
		if len(r.Members) == 0 {
			lacks = append(lacks, fault.Field{Pointer: "bodies", Key: "round.nobody"})
		}
		if len(lacks) > 0 {
			return fault.InvalidFields(lacks...)
		}
		r.State = Open
		return nil
	})
}

// members are the institutions of a round in the roles they have. Those that closed or
// were merged since the plan are left out.
func (s *Service) members(r *Round) (list []Member) {
	day := r.Opens.In(i18n.Kyiv).Format(time.DateOnly)
	for _, id := range r.Bodies {
		b, ok := s.o.Bodies.ByID(id)
		if !ok || b.State == institution.Merged || b.State == institution.Closed {
			continue
		}
		frame, _ := b.FrameOf(r.Year)
		for _, asked := range r.Asked {
			if !slices.Contains(institution.RolesOf(b.Kind), asked.Role) {
				continue
			}
			list = append(list, Member{Institution: id, Role: asked.Role, Frame: int64(frame.Count[asked.Role]), Kind: b.Kind, District: b.District,
				Path: b.Path(), Name: b.NameOn(day)})
		}
	}
	return list
}

// Extend puts the close off. Errors: Invalid (earlier than it was), Conflict (not open, or
// what was begun may not be ended any more), and as Edit.
func (s *Service) Extend(ctx context.Context, a *person.Actor, id string, rev int64, to time.Time) (r *Round, err error) {
	defer fault.Wrap(&err, "round.Extend")
	return s.change(ctx, a, "extend", id, rev, func(r *Round) error {
		if r.State != Open || r.Due(s.now()) {
			return fault.New(fault.Conflict, "round.not_open")
		}
		if !to.After(r.Closes.Time) || to.Sub(r.Opens.Time) > maxDays*24*time.Hour {
			return fault.InvalidFields(fault.Field{Pointer: "closes", Key: "round.extend"})
		}
		r.Moves = append(r.Moves, Moved{At: store.At(s.now()), From: r.Closes, To: store.At(to)})
		r.Closes = store.At(to)
		return nil
	})
}

// Close ends a round now; what was begun may be ended within Grace. Errors as Extend.
func (s *Service) Close(ctx context.Context, a *person.Actor, id string, rev int64) (r *Round, err error) {
	defer fault.Wrap(&err, "round.Close")
	return s.change(ctx, a, "close", id, rev, func(r *Round) error {
		now := s.now()
		if r.State != Open || !r.Closes.After(now) || r.Opens.After(now) {
			return fault.New(fault.Conflict, "round.not_open")
		}
		r.Moves = append(r.Moves, Moved{At: store.At(now), From: r.Closes, To: store.At(now)})
		r.Closes = store.At(now)
		return nil
	})
}

// Throw throws a pilot's answers away, its report too. It may be run again after a crash.
// Errors: Conflict (no pilot), and as Edit.
func (s *Service) Throw(ctx context.Context, a *person.Actor, id string, rev int64) (err error) {
	defer fault.Wrap(&err, "round.Throw")
	r, err := s.change(ctx, a, "throw", id, rev, func(r *Round) error {
		if !r.Pilot || r.State == Planned {
			return fault.New(fault.Conflict, "round.no_pilot")
		}
		r.State = Thrown
		return nil
	})
	if err != nil {
		return err
	}
	s.shelf.drop(id)
	return errors.Join(s.forget(ctx, id), s.unfile(ctx, r), s.uncount(ctx, r))
}
