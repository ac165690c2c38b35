package asset

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
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

// Options are what the service is made of.
type Options struct {
	Engine  store.Engine
	Media   media.Store
	Audit   Auditor                                      // may be nil in tests only
	Scanner Scanner                                      // nil: none is set up, and the page says so
	Film    *Film                                        // nil: video stays as it came, and the page says so
	Uses    func(ctx context.Context, a *Asset) []string // what uses it, in words; nil: nothing
	Secret  []byte                                       // signs links
	Scratch string                                       // folder of files being worked on; empty: the system's
	Log     *slog.Logger
	Now     func() time.Time
}

// Service keeps assets. It is safe for concurrent use.
type Service struct {
	o    Options
	docs *store.Collection[Asset, *Asset]
	turn chan struct{} // one file is worked on at a time: memory stays flat

	near  sync.Mutex
	named map[string]named // by id
}

// New opens the collection.
func New(o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "asset.New")
	if o.Engine == nil || o.Media == nil || len(o.Secret) < 16 {
		return nil, fault.Newf(fault.Invalid, "", "assets need a store, media and a secret of 16 bytes")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s = &Service{o: o, turn: make(chan struct{}, 1), named: map[string]named{}}
	s.docs, err = store.Open[Asset](o.Engine, Spec)
	return s, err
}

// Scans tells whether files are looked at for viruses.
func (s *Service) Scans() bool { return s.o.Scanner != nil }

// Films tells whether video gets renditions.
func (s *Service) Films() bool { return s.o.Film != nil }

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
	return s.o.Audit.Record(ctx, audit.Event{Actor: who, Action: "media." + what, Subject: "media:" + id, Where: a.Where, Why: a.Why})
}

// refused is a fault of the uploaded file itself.
func refused(key string, args map[string]any) *fault.Error {
	return fault.InvalidFields(fault.Field{Pointer: "file", Key: key, Args: args})
}
