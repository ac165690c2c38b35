package survey

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Config says who collects. In production a wave needs all three.
type Config struct {
	Production bool
	Owner      string // who answers for the data
	Decree     string // number and date of the decree
	Phone      string // where people can check, also in the council's directory
}

// Service answers which wave is open. It is safe for concurrent use.
type Service struct {
	cfg    Config
	now    func() time.Time
	waves  *store.Collection[Wave, *Wave]
	engine store.Engine
	held   atomic.Pointer[[]*Wave] // by Opens, then id; never changed in place
}

// New loads the waves. In production it refuses while a wave that has not closed
// lacks an owner, a decree or a phone.
func New(ctx context.Context, engine store.Engine, cfg Config, now func() time.Time) (s *Service, err error) {
	defer fault.Wrap(&err, "survey.New")
	waves, err := store.Open[Wave](engine, Spec)
	if err != nil {
		return nil, err
	}
	s = &Service{cfg: cfg, now: now, waves: waves, engine: engine}
	if err := s.Reload(ctx); err != nil {
		return nil, err
	}
	for _, w := range *s.held.Load() {
		if w.Closes.After(now()) {
			if err := cfg.ready(); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// ready names what a production wave still lacks.
func (c Config) ready() error {
	if !c.Production {
		return nil
	}
	var lacks []fault.Field
	for _, f := range [...]struct{ pointer, value string }{{"/owner", c.Owner}, {"/decree", c.Decree}, {"/phone", c.Phone}} {
		if strings.TrimSpace(f.value) == "" {
			lacks = append(lacks, fault.Field{Pointer: f.pointer, Key: "wave.lacks_" + f.pointer[1:]})
		}
	}
	if len(lacks) > 0 {
		return fault.InvalidFields(lacks...)
	}
	return nil
}

// maxWaves bounds what is held in memory.
const maxWaves = 10_000

// Reload reads the stored waves again, so that a replica sees another's wave.
func (s *Service) Reload(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "survey.Reload")
	var list []*Wave
	for w, err := range s.waves.Find(ctx, store.Query{Index: "opens", Limit: maxWaves}) {
		if err != nil {
			return err
		}
		list = append(list, w)
	}
	s.held.Store(&list)
	return nil
}

// Add plans a wave. Adding the same wave again changes nothing; another one under
// its id is a Conflict, as is a wave of the same campaign open at the same time
// with the same instrument.
func (s *Service) Add(ctx context.Context, w Wave) (err error) {
	defer fault.Wrap(&err, "survey.Add")
	if err := w.Check(); err != nil {
		return err
	}
	if err := s.cfg.ready(); err != nil {
		return err
	}
	w.Opens, w.Closes = store.At(w.Opens.Time), store.At(w.Closes.Time)
	for _, h := range *s.held.Load() {
		if h.ID == w.ID {
			if h.Campaign == w.Campaign && h.Opens == w.Opens && h.Closes == w.Closes && slices.Equal(h.Instruments, w.Instruments) {
				return nil
			}
			return fault.New(fault.Conflict, "wave.taken")
		}
	}
	if err := s.overlap(&w); err != nil {
		return err
	}
	if err := s.waves.Insert(ctx, &w); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return s.Reload(ctx)
}

// Waves lists the waves in the order of their opening. The waves are shared: do not change them.
func (s *Service) Waves() []*Wave { return slices.Clone(*s.held.Load()) }

// ByID finds a wave.
func (s *Service) ByID(id string) (*Wave, bool) {
	for _, w := range *s.held.Load() {
		if w.ID == id {
			return w, true
		}
	}
	return nil, false
}

// KnowsCampaign tells whether some wave belongs to the campaign.
func (s *Service) KnowsCampaign(id string) bool {
	return slices.ContainsFunc(*s.held.Load(), func(w *Wave) bool { return w.Campaign == id })
}

// Open is the wave that takes this instrument now; false when there is none.
func (s *Service) Open(instrument string) (*Wave, bool) {
	w, _, ok := s.Place(Placement{Instrument: instrument, Received: s.now()})
	return w, ok
}

// Placement is what decides the wave of a sitting. Started and Ended are already
// corrected for the device's clock: never later than Received.
type Placement struct {
	Instrument string
	Campaign   string // of the invitation, or named by the sitting; empty for none
	Started    time.Time
	Ended      time.Time
	Received   time.Time
}

// Place finds the wave of a sitting (CONTRACT §5). late means that it was
// received up to 14 days after the close, begun and ended inside, and enters
// revision 2 only. A sitting that fits a wave closed lately goes there even if
// the next wave has opened since: it tells of that time.
func (s *Service) Place(p Placement) (w *Wave, late, ok bool) {
	list := *s.held.Load()
	for i := len(list) - 1; i >= 0; i-- {
		h := list[i]
		if p.Campaign != "" && h.Campaign != p.Campaign || !h.Takes(p.Instrument) || p.Received.Before(h.Opens.Time) {
			continue
		}
		switch {
		case h.OpenAt(p.Received):
			if !ok { // of several open ones the last opened
				w, ok = h, true
			}
		case p.Received.Before(h.Closes.Add(Grace)) && h.inside(p.Started, p.Ended):
			if !late {
				w, late, ok = h, true, true
			}
		}
	}
	return w, late, ok
}
