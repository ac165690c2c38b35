package lab

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

const indexChanged = "changed"

// The collections.
var (
	Spec        = store.Spec{Name: "labs", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}
	RequestSpec = store.Spec{Name: "lab_requests", Indexes: []store.Index{{Name: indexChanged, Fields: []string{"changed"}}}}
)

// Specs lists the collections.
func Specs() []store.Spec { return []store.Spec{Spec, RequestSpec} }

// Bounds of the register, what is taken out included.
const (
	MaxLabs     = 50_000
	MaxRequests = 50_000
)

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Bodies is the register of institutions.
type Bodies interface {
	ByID(id string) (*institution.Institution, bool)
}

// Options are what the service is made of.
type Options struct {
	Engine store.Engine
	Bodies Bodies
	Audit  Auditor // may be nil in tests only
	Now    func() time.Time
}

// Service keeps rooms and requests. It is safe for concurrent use.
type Service struct {
	o        Options
	labs     *store.Collection[Lab, *Lab]
	requests *store.Collection[Request, *Request]
	labsNow  *mirror.Mirror[Lab]
	asked    *mirror.Mirror[Request]
	sorted   func() []*Lab
}

// New opens the register and reads it into memory.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "lab.New")
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Service{o: o}
	if s.labs, err = store.Open[Lab](o.Engine, Spec); err != nil {
		return nil, err
	}
	if s.requests, err = store.Open[Request](o.Engine, RequestSpec); err != nil {
		return nil, err
	}
	s.labsNow, err = mirror.Open(ctx, s.labs, mirror.Options[Lab]{Index: indexChanged, Field: indexChanged, Max: MaxLabs, Now: o.Now,
		Of: func(l *Lab) mirror.Doc { return mirror.Doc{ID: l.ID, Changed: l.Changed, Gone: l.Gone} }})
	if err != nil {
		return nil, err
	}
	s.asked, err = mirror.Open(ctx, s.requests, mirror.Options[Request]{Index: indexChanged, Field: indexChanged, Max: MaxRequests, Now: o.Now,
		Of: func(r *Request) mirror.Doc { return mirror.Doc{ID: r.ID, Changed: r.Changed, Gone: r.Gone} }})
	if err != nil {
		return nil, err
	}
	s.sorted = mirror.Derive(s.labsNow, func(all []*Lab) []*Lab { return slices.SortedFunc(slices.Values(all), order) })
	return s, nil
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error {
	if err := s.labsNow.Refresh(ctx); err != nil {
		return err
	}
	return s.asked.Refresh(ctx)
}

// Version grows with every change of a room.
func (s *Service) Version() uint64 { return s.labsNow.Version() }

// All lists the rooms, those of one institution beside each other. Read only.
func (s *Service) All() []*Lab { return s.sorted() }

// Of lists an institution's rooms by name. Read only.
func (s *Service) Of(body string) (list []*Lab) {
	for _, l := range s.sorted() {
		if l.Institution == body {
			list = append(list, l)
		}
	}
	return list
}

// ByID returns a room. Read only.
func (s *Service) ByID(id string) (*Lab, bool) { return s.labsNow.ByID(id) }

// Requests lists the requests, the newest first; of one institution if body is not empty.
func (s *Service) Requests(body string) (list []*Request) {
	for _, r := range s.asked.All() {
		if body == "" || r.Institution == body {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *Request) int {
		return cmp.Or(b.Steps[0].At.Compare(a.Steps[0].At.Time), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// Request returns a request. Read only.
func (s *Service) Request(id string) (*Request, bool) { return s.asked.ByID(id) }

func newID(letter string) string {
	return letter + strings.ReplaceAll(uuid.NewString(), "-", "")[:20]
}

func who(a *person.Actor) string {
	if a.Operator {
		return "operator"
	}
	return string(a.Person)
}

// may asks whether the actor may do something in an institution that stands in the register.
func (s *Service) may(a *person.Actor, act person.Action, body string) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if _, ok := s.o.Bodies.ByID(body); !ok {
		return fault.New(fault.NotFound, "institution.gone")
	}
	return person.Can(a, act, person.Of(body)).Err()
}

// note writes an act down before it is done.
func (s *Service) note(ctx context.Context, a *person.Actor, what, subject string) error {
	if s.o.Audit == nil {
		return nil
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who(a), Action: "lab." + what, Subject: subject, Where: a.Where, Why: cmp.Or(a.Why, "duty")})
}

// Add enters a room. Errors: Invalid, Forbidden, NotFound (the institution).
func (s *Service) Add(ctx context.Context, a *person.Actor, l Lab) (added *Lab, err error) {
	defer fault.Wrap(&err, "lab.Add")
	if err := s.may(a, person.SchoolEdit, l.Institution); err != nil {
		return nil, err
	}
	l.Doc = store.Doc{ID: cmp.Or(l.ID, newID("l"))}
	l.Made = store.At(s.o.Now())
	if l.State == "" {
		l.State = Good
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "add", "lab:"+l.ID); err != nil {
		return nil, err
	}
	l.Changed = s.labsNow.Stamp()
	if err := s.labs.Insert(ctx, &l); err != nil {
		return nil, err
	}
	s.labsNow.Put(&l)
	return &l, nil
}

// change does an act on a room at a revision (0: whatever it is now).
func (s *Service) change(ctx context.Context, a *person.Actor, what, id string, rev int64, act func(*Lab) error) (*Lab, error) {
	l, err := s.labs.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(a, person.SchoolEdit, l.Institution); err != nil {
		return nil, err
	}
	if l.Gone && what != "put-back" {
		return nil, fault.New(fault.NotFound, "lab.gone")
	}
	if rev != 0 && l.Rev != rev {
		return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
	}
	l.Lines = slices.Clone(l.Lines)
	if err := act(l); err != nil {
		return nil, err
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, what, "lab:"+id); err != nil {
		return nil, err
	}
	l.Changed = s.labsNow.Stamp()
	if err := s.labs.Replace(ctx, l); err != nil {
		if fault.Is(err, fault.Conflict) {
			return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
		}
		return nil, err
	}
	s.labsNow.Put(l)
	return l, nil
}

// Edit changes what is said of a room itself: all but its equipment and the day of its
// check. Errors: Invalid, Conflict (somebody changed it meanwhile), NotFound, Forbidden.
func (s *Service) Edit(ctx context.Context, a *person.Actor, rev int64, next Lab) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.Edit")
	return s.change(ctx, a, "edit", next.ID, rev, func(l *Lab) error {
		l.Name, l.Purpose, l.Seats, l.State, l.Hours = next.Name, next.Purpose, next.Seats, next.State, next.Hours
		l.Responsible, l.Note, l.Programs = next.Responsible, next.Note, next.Programs
		return nil
	})
}

// Put writes a line of equipment: a new one without an id, or in the place of its id.
// Errors as Edit.
func (s *Service) Put(ctx context.Context, a *person.Actor, id string, rev int64, x Line) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.Put")
	return s.change(ctx, a, "equipment", id, rev, func(l *Lab) error {
		if err := x.Check(s.year()); err != nil {
			return err
		}
		x.Gone = false
		if x.ID == "" {
			x.ID = newID("e")
			l.Lines = append(l.Lines, x)
			return nil
		}
		have, ok := l.Line(x.ID)
		if !ok {
			return fault.New(fault.NotFound, "lab.no_line")
		}
		*have = x
		return nil
	})
}

func (s *Service) year() int { return s.o.Now().In(i18n.Kyiv).Year() }

// PutAll adds lines of equipment, all or none. Errors as Edit; the caller has checked them
// one by one (ReadLines).
func (s *Service) PutAll(ctx context.Context, a *person.Actor, id string, rev int64, list []Line) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.PutAll")
	return s.change(ctx, a, "equipment", id, rev, func(l *Lab) error {
		for _, x := range list {
			if err := x.Check(s.year()); err != nil {
				return err
			}
			x.ID, x.Gone = newID("e"), false
			l.Lines = append(l.Lines, x)
		}
		return nil
	})
}

// TakeLine takes a line of equipment out, or with back puts it in again. Errors as Edit.
func (s *Service) TakeLine(ctx context.Context, a *person.Actor, id, line string, back bool) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.TakeLine")
	what := "equipment-out"
	if back {
		what = "equipment-back"
	}
	return s.change(ctx, a, what, id, 0, func(l *Lab) error {
		x, ok := l.Line(line)
		if !ok {
			return fault.New(fault.NotFound, "lab.no_line")
		}
		x.Gone = !back
		return nil
	})
}

// Look says that somebody has looked through the room today. Errors as Edit.
func (s *Service) Look(ctx context.Context, a *person.Actor, id string, rev int64) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.Look")
	return s.change(ctx, a, "check", id, rev, func(l *Lab) error {
		l.Checked = s.o.Now().In(i18n.Kyiv).Format(time.DateOnly)
		return nil
	})
}

// TakeOut takes a room out of every list. Errors as Edit.
func (s *Service) TakeOut(ctx context.Context, a *person.Actor, id string, rev int64) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.TakeOut")
	return s.change(ctx, a, "take-out", id, rev, func(l *Lab) error {
		l.Gone = true
		return nil
	})
}

// PutBack undoes TakeOut. Errors as Edit.
func (s *Service) PutBack(ctx context.Context, a *person.Actor, id string) (l *Lab, err error) {
	defer fault.Wrap(&err, "lab.PutBack")
	return s.change(ctx, a, "put-back", id, 0, func(l *Lab) error {
		l.Gone = false
		return nil
	})
}

// Ask enters a request. Errors: Invalid, Forbidden, NotFound (institution or room).
func (s *Service) Ask(ctx context.Context, a *person.Actor, r Request) (asked *Request, err error) {
	defer fault.Wrap(&err, "lab.Ask")
	if err := s.may(a, person.SchoolEdit, r.Institution); err != nil {
		return nil, err
	}
	r.Doc = store.Doc{ID: cmp.Or(r.ID, newID("q"))}
	if err := s.fits(&r); err != nil {
		return nil, err
	}
	r.Stage, r.Steps = Asked, []Step{{Stage: Asked, At: store.At(s.o.Now()), By: who(a)}}
	if err := s.note(ctx, a, "ask", "lab-request:"+r.ID); err != nil {
		return nil, err
	}
	r.Changed = s.asked.Stamp()
	if err := s.requests.Insert(ctx, &r); err != nil {
		return nil, err
	}
	s.asked.Put(&r)
	return &r, nil
}

// fits checks a request with the room it names.
func (s *Service) fits(r *Request) error {
	if err := r.Check(); err != nil {
		return err
	}
	if r.Lab == "" {
		return nil
	}
	if l, ok := s.ByID(r.Lab); !ok || l.Institution != r.Institution {
		return fault.InvalidFields(fault.Field{Pointer: "lab", Key: "lab.choose"})
	}
	return nil
}

// changeRequest does an act on a request at a revision (0: whatever it is now).
func (s *Service) changeRequest(ctx context.Context, a *person.Actor, what string, need person.Action, id string, rev int64, act func(*Request) error) (*Request, error) {
	r, err := s.requests.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.may(a, need, r.Institution); err != nil {
		return nil, err
	}
	if r.Gone && what != "request-back" {
		return nil, fault.New(fault.NotFound, "lab.no_request")
	}
	if rev != 0 && r.Rev != rev {
		return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
	}
	if err := act(r); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, what, "lab-request:"+id); err != nil {
		return nil, err
	}
	r.Changed = s.asked.Stamp()
	if err := s.requests.Replace(ctx, r); err != nil {
		if fault.Is(err, fault.Conflict) {
			return nil, fault.New(fault.Conflict, "lab.changed_meanwhile")
		}
		return nil, err
	}
	s.asked.Put(r)
	return r, nil
}

// Rewrite changes a request that nobody has looked into yet. Errors: Invalid, Conflict,
// NotFound, Forbidden.
func (s *Service) Rewrite(ctx context.Context, a *person.Actor, rev int64, next Request) (r *Request, err error) {
	defer fault.Wrap(&err, "lab.Rewrite")
	return s.changeRequest(ctx, a, "request-edit", person.SchoolEdit, next.ID, rev, func(r *Request) error {
		if r.Stage != Asked {
			return fault.New(fault.Conflict, "lab.not_asked")
		}
		r.Lab, r.Kind, r.What, r.Why, r.Needs, r.Count, r.Priority = next.Lab, next.Kind, next.What, next.Why, next.Needs, next.Count, next.Priority
		return s.fits(r)
	})
}

// Withdraw takes a request back, or with back lets it stand again. One that the department
// has looked into stays. Errors as Rewrite.
func (s *Service) Withdraw(ctx context.Context, a *person.Actor, id string, back bool) (r *Request, err error) {
	defer fault.Wrap(&err, "lab.Withdraw")
	what := "request-out"
	if back {
		what = "request-back"
	}
	return s.changeRequest(ctx, a, what, person.SchoolEdit, id, 0, func(r *Request) error {
		if r.Stage != Asked {
			return fault.New(fault.Conflict, "lab.not_asked")
		}
		r.Gone = !back
		return nil
	})
}

// Decide moves a request on. Errors: Invalid (a refusal without a reason), Conflict,
// NotFound, Forbidden.
func (s *Service) Decide(ctx context.Context, a *person.Actor, id string, rev int64, to Stage, reason string) (r *Request, err error) {
	defer fault.Wrap(&err, "lab.Decide")
	return s.changeRequest(ctx, a, "request-"+string(to), person.LabDecide, id, rev, func(r *Request) error {
		return r.step(to, strings.TrimSpace(reason), who(a), s.o.Now())
	})
}

// Draw enters rooms and requests as they are, for the demonstration. What is there stays.
func (s *Service) Draw(ctx context.Context, labs []*Lab, requests []*Request) (err error) {
	defer fault.Wrap(&err, "lab.Draw")
	for _, l := range labs {
		l.Changed = s.labsNow.Stamp()
	}
	for _, r := range requests {
		r.Changed = s.asked.Stamp()
	}
	if err := s.labs.InsertMany(ctx, labs); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	if err := s.requests.InsertMany(ctx, requests); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return s.Refresh(ctx)
}

// Fields are the data about people that the register holds, for the lawyer's table.
func Fields() []person.Field {
	return []person.Field{{Kind: "items", Stored: "lab_requests.steps",
		What:      i18n.Text{UK: "хто з персоналу подав запит на обладнання й хто вирішив", EN: "who of the staff asked for equipment and who decided"},
		Basis:     i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"},
		Recipient: i18n.Text{UK: "персонал закладу й управління освіти", EN: "staff of the institution and of the education department"}}}
}
