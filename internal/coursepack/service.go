package coursepack

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/course"
	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/media"
	"osvitlo/internal/person"
	"osvitlo/internal/store"
)

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Scanner looks for viruses. A found one is its name, not an error.
type Scanner interface {
	Scan(ctx context.Context, file string) (virus string, err error)
}

// Recorder takes what was done into the learner's progress; course.Service is one.
type Recorder interface {
	Record(ctx context.Context, l course.Learner, marks []course.Mark) (course.Recorded, error)
}

// Options are what the service is made of.
type Options struct {
	Engine  store.Engine
	Media   media.Store
	Courses Recorder
	Audit   Auditor                     // may be nil in tests only
	Scanner Scanner                     // nil: none is set up, and the page says so
	Uses    func(name string) []string  // lessons that show a package, in words; nil: none
	Heard   func(context.Context, Told) // hears of results; nil: nobody
	Scratch string                      // folder of files being worked on; empty: the system's
	Log     *slog.Logger
	Now     func() time.Time
}

// Service keeps packages. It is safe for concurrent use.
type Service struct {
	o      Options
	docs   *store.Collection[Package, *Package]
	states *store.Collection[State, *State]
	turn   chan struct{} // one package is taken apart at a time: disk and memory stay bounded

	mu     sync.Mutex
	tables map[string]*table // by media name; never changes under a name
}

// New opens the collections.
func New(o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "coursepack.New")
	if o.Engine == nil || o.Media == nil || o.Courses == nil {
		return nil, fault.Newf(fault.Invalid, "", "packages need a store, media and progress")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s = &Service{o: o, turn: make(chan struct{}, 1), tables: map[string]*table{}}
	if s.docs, err = store.Open[Package](o.Engine, Spec); err != nil {
		return nil, err
	}
	s.states, err = store.Open[State](o.Engine, StateSpec)
	return s, err
}

// Scans tells whether files are looked at for viruses.
func (s *Service) Scans() bool { return s.o.Scanner != nil }

// may asks the table of rights and writes the act down.
func (s *Service) may(ctx context.Context, a *person.Actor, act person.Action, what, id string) error {
	if a == nil {
		return fault.New(fault.Unauthenticated, "person.sign_in_first")
	}
	if v := person.Can(a, act, person.City); !v.OK() {
		return v.Err()
	}
	if s.o.Audit == nil || what == "" {
		return nil
	}
	who := string(a.Person)
	if a.Operator {
		who = "operator"
	}
	return s.o.Audit.Record(ctx, audit.Event{Actor: who, Action: "package." + what, Subject: "package:" + id, Where: a.Where, Why: a.Why})
}

// ByID is a package by its name. Errors: NotFound.
func (s *Service) ByID(ctx context.Context, id string) (p *Package, err error) {
	defer fault.Wrap(&err, "coursepack.ByID")
	if !nameForm.MatchString(id) {
		return nil, fault.New(fault.NotFound, "")
	}
	return s.docs.Get(ctx, id)
}

// maxList bounds the list: packages are counted in tens.
const maxList = 1000

// List lists the packages, the newest first.
func (s *Service) List(ctx context.Context, a *person.Actor) (list []*Package, err error) {
	defer fault.Wrap(&err, "coursepack.List")
	if err := s.may(ctx, a, person.ContentEdit, "", ""); err != nil {
		return nil, err
	}
	for p, err := range s.docs.Find(ctx, store.Query{Index: "made", Desc: true, Limit: maxList}) {
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// Uses lists the lessons that show a package.
func (s *Service) Uses(name string) []string {
	if s.o.Uses == nil {
		return nil
	}
	return s.o.Uses(name)
}

// Delete removes a package: first its document, so that nothing half is seen, then its
// files. Errors: NotFound, Conflict "package.in_use".
func (s *Service) Delete(ctx context.Context, a *person.Actor, id string) (err error) {
	defer fault.Wrap(&err, "coursepack.Delete")
	p, err := s.ByID(ctx, id)
	if err != nil {
		return err
	}
	if err := s.may(ctx, a, person.ContentPublish, "", id); err != nil {
		return err
	}
	if used := s.Uses(id); len(used) > 0 {
		return fault.New(fault.Conflict, "package.in_use")
	}
	if err := s.may(ctx, a, person.ContentPublish, "delete", id); err != nil {
		return err
	}
	if err := s.docs.Delete(ctx, id, p.Rev); err != nil {
		return err
	}
	for _, name := range []string{tableName(p), blobName(p)} {
		if err := s.o.Media.Delete(ctx, name); err != nil {
			s.o.Log.WarnContext(ctx, "package", "error", err.Error()) // the sweep takes it
		}
	}
	return nil
}

// sweepAge is how long files without a document may lie: longer than an upload lasts.
const sweepAge = 24 * time.Hour

// Sweep removes files that a crash left without a document, and states whose device was
// not used for long.
func (s *Service) Sweep(ctx context.Context, _ job.Run) (err error) {
	defer fault.Wrap(&err, "coursepack.Sweep")
	var gone []string
	for f, err := range s.o.Media.List(ctx, folder) {
		if err != nil {
			return err
		}
		if s.o.Now().Sub(f.Modified) < sweepAge {
			continue
		}
		id, sum, ok := nameOf(f.Name)
		if ok {
			p, err := s.docs.Get(ctx, id)
			if err == nil && p.Sum == sum {
				continue
			}
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		}
		gone = append(gone, f.Name)
	}
	for _, name := range gone {
		if err := s.o.Media.Delete(ctx, name); err != nil {
			return err
		}
	}
	return s.sweepStates(ctx)
}
