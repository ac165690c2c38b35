package staffing

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"
	"unicode/utf8"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/institution"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
	"osvitlo/internal/store/mirror"
)

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Standing is how far one person is. It is read for the count and kept nowhere.
type Standing struct {
	Begun bool            // any course of the city
	Done  map[string]bool // completed courses and lessons, as Step.Part names them
	Level string          // of the newest test, A1 … C2; empty: none
}

// Has tells whether a step of a plan is completed: whoever has completed a course has its
// lessons behind.
func (at Standing) Has(x Step) bool { return at.Done[x.Course] || at.Done[x.Part()] }

// Options are what the service is made of.
type Options struct {
	Engine store.Engine
	Bodies *institution.Service
	Secret []byte  // of this installation: codes are kept as its keyed hashes
	Audit  Auditor // may be nil in tests only
	// Offers tells whether a course is offered, and in it a lesson; lesson may be empty.
	Offers func(course, lesson string) bool
	// Standing is how far somebody is. Errors: NotFound for an account that is gone.
	Standing func(ctx context.Context, id person.ID) (Standing, error)
	Rule     MarkRule
	Now      func() time.Time
}

// Service keeps employers and who enrolled with them. It is safe for concurrent use.
type Service struct {
	o         Options
	now       func() time.Time
	employers *store.Collection[Employer, *Employer]
	progress  *store.Collection[Progress, *Progress]
	enrolled  *store.Collection[Enrolment, *Enrolment]
	codes     *store.Collection[code, *code]
	claims    *store.Collection[claim, *claim]
	lots      *store.Collection[lots, *lots]
	set       *mirror.Mirror[Employer]
	seen      *mirror.Mirror[Progress]
	wrong     budget
}

// New opens the collections and reads what pages need into memory.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "staffing.New")
	if len(o.Secret) < 32 || o.Bodies == nil || o.Offers == nil || o.Standing == nil {
		return nil, fault.Newf(fault.Invalid, "", "employers need a secret of 32 bytes, the register, the courses and how far people are")
	}
	if err := o.Rule.check(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s = &Service{o: o, now: o.Now}
	if s.employers, err = store.Open[Employer](o.Engine, employerSpec); err != nil {
		return nil, err
	}
	if s.progress, err = store.Open[Progress](o.Engine, progressSpec); err != nil {
		return nil, err
	}
	if s.enrolled, err = store.Open[Enrolment](o.Engine, enrolmentSpec); err != nil {
		return nil, err
	}
	if s.codes, err = store.Open[code](o.Engine, codeSpec); err != nil {
		return nil, err
	}
	if s.claims, err = store.Open[claim](o.Engine, claimSpec); err != nil {
		return nil, err
	}
	if s.lots, err = store.Open[lots](o.Engine, lotsSpec); err != nil {
		return nil, err
	}
	s.set, err = mirror.Open(ctx, s.employers, mirror.Options[Employer]{Index: indexChanged, Field: indexChanged, Max: institution.MaxInstitutions + 1, Now: o.Now,
		Of: func(e *Employer) mirror.Doc { return mirror.Doc{ID: e.ID, Changed: e.Changed} }})
	if err != nil {
		return nil, err
	}
	s.seen, err = mirror.Open(ctx, s.progress, mirror.Options[Progress]{Index: indexChanged, Field: indexChanged, Max: institution.MaxInstitutions, Now: o.Now,
		Of: func(p *Progress) mirror.Doc { return mirror.Doc{ID: p.ID, Changed: p.Changed} }})
	return s, err
}

// Refresh reads what other replicas changed.
func (s *Service) Refresh(ctx context.Context) error {
	if err := s.set.Refresh(ctx); err != nil {
		return err
	}
	return s.seen.Refresh(ctx)
}

// Rule is the rule of the mark.
func (s *Service) Rule() MarkRule { return s.o.Rule }

func (s *Service) mac(kind, value string) string {
	m := hmac.New(sha256.New, s.o.Secret)
	m.Write([]byte("employer:" + kind + ":" + value))
	return hex.EncodeToString(m.Sum(nil))[:40]
}

// note writes an act of staff down before it is done.
func (s *Service) note(ctx context.Context, a *person.Actor, what, id string) error {
	if s.o.Audit == nil {
		return nil
	}
	who, why := string(a.Person), cmp.Or(a.Why, "duty")
	if a.Operator {
		who = "operator"
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who, Action: "employer." + what, Subject: "institution:" + id, Where: a.Where, Why: why})
}

// may asks whether the actor acts for an employer, or keeps the programme.
func may(a *person.Actor, id string) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if id == Programme {
		return person.Can(a, person.ProgrammeEdit, person.City).Err()
	}
	return person.Can(a, person.SchoolEdit, person.Of(id)).Err()
}

func (s *Service) body(id string) (*institution.Institution, error) {
	i, ok := s.o.Bodies.ByID(id)
	if !ok || !Employs(i) {
		return nil, fault.New(fault.NotFound, "institution.gone")
	}
	return i, nil
}

// ByID is what an employer set; an empty one when it has set nothing. Read only.
func (s *Service) ByID(id string) *Employer {
	if e, ok := s.set.ByID(id); ok {
		return e
	}
	return &Employer{Doc: store.Doc{ID: id}}
}

// Plan are the courses and lessons an employer proposes: for a department the city's programme
// comes first, and what it makes mandatory stays so.
func (s *Service) Plan(i *institution.Institution) (steps []Step) {
	if i.Kind == institution.Department {
		steps = s.Common()
	}
	for _, own := range s.ByID(i.ID).Steps {
		if k := slices.IndexFunc(steps, func(x Step) bool { return x.Part() == own.Part() }); k >= 0 {
			steps[k].Must = steps[k].Must || own.Must
			if steps[k].Due == "" || own.Due != "" && own.Due < steps[k].Due {
				steps[k].Due = own.Due
			}
			continue
		}
		steps = append(steps, own)
	}
	return s.offered(steps)
}

// Common is the city's programme for officials.
func (s *Service) Common() []Step { return s.offered(slices.Clone(s.ByID(Programme).Steps)) }

// offered leaves out what editors have taken away meanwhile.
func (s *Service) offered(steps []Step) []Step {
	return slices.DeleteFunc(steps, func(x Step) bool { return !s.o.Offers(x.Course, x.Lesson) })
}

// Edit sets plan, note and the wish to be listed at the revision that was read (0: there
// was none). Errors: Invalid, Conflict (somebody changed it meanwhile), Forbidden, NotFound.
func (s *Service) Edit(ctx context.Context, a *person.Actor, next Employer) (e *Employer, err error) {
	defer fault.Wrap(&err, "staffing.Edit")
	if err := may(a, next.ID); err != nil {
		return nil, err
	}
	if next.ID != Programme {
		if _, err := s.body(next.ID); err != nil {
			return nil, err
		}
	}
	if err := s.check(&next); err != nil {
		return nil, err
	}
	if err := s.note(ctx, a, "plan", next.ID); err != nil {
		return nil, err
	}
	next.Changed = s.set.Stamp()
	if next.Rev == 0 {
		err = s.employers.Insert(ctx, &next)
	} else {
		err = s.employers.Replace(ctx, &next)
	}
	if fault.Is(err, fault.Conflict) {
		return nil, fault.New(fault.Conflict, "employer.changed_meanwhile")
	}
	if err != nil {
		return nil, err
	}
	s.set.Put(&next)
	return &next, nil
}

func (s *Service) check(e *Employer) error {
	var faults []fault.Field
	if len(e.Steps) > MaxSteps {
		return fault.InvalidFields(fault.Field{Pointer: "course", Key: "employer.many"})
	}
	seen := map[string]bool{}
	for _, x := range e.Steps {
		part := x.Part()
		if !s.o.Offers(x.Course, x.Lesson) || seen[part] {
			faults = append(faults, fault.Field{Pointer: "course." + part, Key: "employer.no_course"})
		}
		seen[part] = true
		if x.Due != "" {
			if _, err := time.Parse(time.DateOnly, x.Due); err != nil {
				faults = append(faults, fault.Field{Pointer: "due." + part, Key: "employer.due"})
			}
		}
	}
	if utf8.RuneCountInString(e.Note) > MaxNote {
		faults = append(faults, fault.Field{Pointer: "note", Key: "page.form.long", Args: map[string]any{"Max": MaxNote}})
	}
	if len(faults) > 0 {
		return fault.InvalidFields(faults...)
	}
	return nil
}
