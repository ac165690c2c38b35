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
func Specs() []store.Spec { return []store.Spec{Spec, RequestSpec, ImportSpec} }

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
	imports  *store.Collection[Import, *Import]
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
	if s.imports, err = store.Open[Import](o.Engine, ImportSpec); err != nil {
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
	return []person.Field{{Kind: "items", Stored: "lab_imports.by",
		What:      i18n.Text{UK: "хто з персоналу додав техніку з таблиці", EN: "who of the staff added equipment from a table"},
		Basis:     i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"},
		Recipient: i18n.Text{UK: "персонал закладу", EN: "staff of the institution"}}, {Kind: "items", Stored: "lab_requests.steps",
		What:      i18n.Text{UK: "хто з персоналу подав запит на обладнання й хто вирішив", EN: "who of the staff asked for equipment and who decided"},
		Basis:     i18n.Text{UK: "доказ дій персоналу", EN: "proof of what staff did"},
		Recipient: i18n.Text{UK: "персонал закладу й управління освіти", EN: "staff of the institution and of the education department"}}}
}
