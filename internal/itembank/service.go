package itembank

import (
	"context"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"osvitlo/internal/audit"
	"osvitlo/internal/content"
	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
	"osvitlo/internal/sitting"
	"osvitlo/internal/store"
)

// Sittings streams what people answered; sitting.Service does. It is given to Compute
// and not to New, because sittings ask the bank for their pool.
type Sittings interface {
	All(ctx context.Context) iter.Seq2[*sitting.Sitting, error]
}

// Auditor writes down who did what; audit.Log is one.
type Auditor interface {
	Record(ctx context.Context, e audit.Event) error
}

// Parameters are those of one item on the running scale.
type Parameters struct {
	A, B float64 // discrimination; difficulty in logits
}

// Calibration is a released set of parameters.
type Calibration struct {
	Version string                // stands in logs of sittings
	Items   map[string]Parameters // by "id@version"
}

// Options are what the service is made of.
type Options struct {
	Engine    store.Engine
	Library   *content.Library
	Catalogue *sitting.Catalogue // the published versions
	// Calibration gives the released one instead of the bank's own; a nil result means
	// that all parameters are provisional.
	Calibration func() *Calibration
	Audit       Auditor // may be nil in tests only
	Sample      int     // sittings that figures of whole forms rest on; 0: 20,000
	Now         func() time.Time
}

// Service knows the state of every item. It is safe for concurrent use.
type Service struct {
	o       Options
	events  *store.Collection[Event, *Event]
	figures *store.Collection[Statistics, *Statistics]
	runs    *store.Collection[CalibrationRun, *CalibrationRun]
	reload  sync.Mutex
	now     atomic.Pointer[state]
	pool    atomic.Pointer[pool]
	once    sync.Once
	texts   map[*instrument.Item]read // of the library, made once
}

// state is what is stored, in memory. It is never changed.
type state struct {
	events     map[string][]*Event // by subject, in order
	statistics map[string]*Statistics
	draft      *CalibrationRun
	released   *CalibrationRun
	count      int // of released calibrations, recalled ones too
	parameters *Calibration
}

// New reads what is stored. Call Refresh when another replica may have changed it.
func New(ctx context.Context, o Options) (s *Service, err error) {
	defer fault.Wrap(&err, "itembank.New")
	if o.Engine == nil || o.Library == nil || o.Catalogue == nil {
		return nil, fault.Newf(fault.Invalid, "", "the item bank needs a store, a library and a catalogue")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Sample <= 0 {
		o.Sample = 20_000
	}
	s = &Service{o: o}
	if s.events, err = store.Open[Event](o.Engine, eventSpec); err != nil {
		return nil, err
	}
	if s.figures, err = store.Open[Statistics](o.Engine, statisticsSpec); err != nil {
		return nil, err
	}
	if s.runs, err = store.Open[CalibrationRun](o.Engine, calibrationSpec); err != nil {
		return nil, err
	}
	return s, s.Refresh(ctx)
}
