package sitting

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/quality"
	"osvitlo/internal/scoring"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

// Config is what the service needs to know.
type Config struct {
	Secret    []byte            // of this installation, at least MinSecret bytes; never changes while people hold keys
	Guarded   bool              // admission of open sittings is bounded (CONTRACT §5)
	Districts []string          // ids a respondent may name; nil means the city's three
	Consents  []string          // purposes a person may agree to; nil means statistics and displaced
	Structure scoring.Structure // areas and competences of the framework
	Cutoffs   scoring.Cutoffs   // the zero value means the default
	Basic     string            // lowest level that counts as basic; empty means A2
	// Advice finds the written page of an area for a group of levels (start, middle, strong).
	Advice func(area, group string) (page string, ok bool)
	// Timing finds the thresholds frozen with an instrument's version; nil means quality.Frozen.
	Timing   func(slug string, version int) *quality.Timing
	PerToken int     // new sittings a token may enter in an hour; 0 means the constant PerToken
	Audit    Auditor // nil: held sittings cannot be listed or decided
	// Pool gives the items of adaptive parts; nil: instruments with one cannot be begun.
	Pool Pool
	// Approved tells whether the city's methodologist has marked a version of an
	// instrument «апробовано»; nil: none is. Without it no test for a certificate begins.
	Approved func(slug string, version int) bool
	// Watch is asked before a sitting for a certificate is shown or answered: somebody
	// must be there who watches. Its error stops the act and keeps what is stored. nil:
	// nobody is asked.
	Watch func(ctx context.Context, sitting string) error
	// Rounds takes sittings of rounds in institutions; nil: there are none.
	Rounds Rounds
	// Reference is the slug of the form whose scale the points are on; empty: the full test.
	Reference string
	Log       *slog.Logger
	Now       func() time.Time
}

// Service takes sittings. It is safe for concurrent use.
type Service struct {
	cfg       Config
	now       func() time.Time
	log       *slog.Logger
	locks     *locks
	catalogue *Catalogue
	waves     *survey.Service
	sittings  *store.Collection[Sitting, *Sitting]
	claims    *store.Collection[Claim, *Claim]
	banks     banks
	recent    recent
	seq       sequence
	admission *admission
	budget    budget
	tokens    tokenLimits
	window    *quality.Window
	heldFrom  atomic.Int64   // nothing up to this seq is held
	areaAt    map[string]int // place of a competence's area in the structure
}

// New opens the collections and restores the sequence and the admission counts
// from the stored tallies of the last seven days.
func New(ctx context.Context, engine store.Engine, catalogue *Catalogue, waves *survey.Service, cfg Config) (s *Service, err error) {
	defer fault.Wrap(&err, "sitting.New")
	if cfg.Districts == nil {
		cfg.Districts = []string{"fortechnyi", "podilskyi", "nove"}
	}
	if cfg.Consents == nil {
		cfg.Consents = []string{ConsentStatistics, "displaced"}
	}
	if len(cfg.Cutoffs.Cuts) == 0 {
		cfg.Cutoffs = scoring.DefaultCutoffs()
	}
	if cfg.Basic == "" {
		cfg.Basic = "A2"
	}
	if cfg.Timing == nil {
		cfg.Timing = quality.Frozen
	}
	if cfg.PerToken <= 0 {
		cfg.PerToken = PerToken
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if err := cfg.Structure.Validate(); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	if err := cfg.Cutoffs.Validate(); err != nil {
		return nil, fault.From(err, fault.Invalid, "")
	}
	if len(cfg.Structure) != Areas {
		return nil, fault.Newf(fault.Invalid, "", "the framework has %d areas, the tally holds %d", len(cfg.Structure), Areas)
	}
	held := *catalogue
	held.now = cfg.Now
	s = &Service{cfg: cfg, now: cfg.Now, log: cfg.Log, catalogue: &held, waves: waves, window: quality.NewWindow()}
	s.areaAt = map[string]int{}
	for i, a := range cfg.Structure {
		for _, c := range a.Competences {
			s.areaAt[c] = i
		}
	}
	if s.locks, err = newLocks(cfg.Secret); err != nil {
		return nil, err
	}
	if s.sittings, err = store.Open[Sitting](engine, Spec); err != nil {
		return nil, err
	}
	if s.claims, err = store.Open[Claim](engine, ClaimSpec); err != nil {
		return nil, err
	}
	s.banks.persons = exposurePersons
	s.banks.held, s.banks.current = map[string]*bank{}, map[string]current{}
	if s.banks.docs, err = store.Open[bankDoc](engine, BankSpec); err != nil {
		return nil, err
	}
	for k, err := range s.sittings.Keys(ctx, store.Query{Index: IndexTally, Desc: true, Limit: 1}) {
		if err != nil {
			return nil, err
		}
		if seq, ok := k.Values[0].(int64); ok {
			s.seq.last = seq
		}
	}
	s.admission = newAdmission(s)
	if cfg.Guarded {
		if err := s.admission.follow(ctx); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Catalogue gives the published instruments.
func (s *Service) Catalogue() *Catalogue { return s.catalogue }

// Entries streams the tallies behind a seq, for the cells of the index: ids,
// seqs and texts for ParseTally, in the order of seq. It reads no document.
func (s *Service) Entries(ctx context.Context, after int64) func(yield func(Entry, error) bool) {
	return func(yield func(Entry, error) bool) {
		for k, err := range s.sittings.Keys(ctx, store.Query{Index: IndexTally, After: after}) {
			var e Entry
			if err == nil {
				e, err = entryOf(k)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Entry is one tally of the stream.
type Entry struct {
	ID    string
	Seq   int64
	Tally string
}

func entryOf(k store.Key) (Entry, error) {
	if len(k.Values) == 2 {
		seq, ok := k.Values[0].(int64)
		text, also := k.Values[1].(string)
		if ok && also {
			return Entry{ID: k.ID, Seq: seq, Tally: text}, nil
		}
	}
	return Entry{}, fault.Newf(fault.Internal, "", "sitting %s: the index holds %v", k.ID, k.Values)
}

// sequence gives growing numbers: max(last+1, Unix microseconds). They rise in a
// process and are nearly ordered between replicas, so readers look back a little.
type sequence struct {
	mu   sync.Mutex
	last int64
}

func (q *sequence) next(now time.Time) int64 {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.last = max(q.last+1, now.UnixMicro())
	return q.last
}

func known(list []string, v string) bool { return slices.Contains(list, v) }
