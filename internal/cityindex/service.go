package cityindex

import (
	"context"
	"crypto/ed25519"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
	"osvitlo/internal/survey"
)

// Waves lists the planned collections; survey.Service is one.
type Waves interface {
	Waves() []*survey.Wave
}

// Deps is what the service stands on.
type Deps struct {
	Engine     store.Engine
	Sittings   Source
	Waves      Waves
	Settings   Settings
	Benchmarks *Benchmarks // nil: none are shown
	Forms      *Forms      // nil: all waves use the reference form
	Panel      Panel       // nil: nobody is known to be in two waves
	Now        func() time.Time
	Log        *slog.Logger // nil: silent

	// Overlap is how far back each reading begins, for replicas whose clocks
	// differ; 0 means ten seconds.
	Overlap time.Duration
}

// Service keeps the cells, shows steps and cuts releases. It is safe for
// concurrent use; readers never wait for a writer.
type Service struct {
	deps  Deps
	keep  *checkpoints
	steps *steps
	arch  *archive
	key   ed25519.PrivateKey

	mu      sync.Mutex // guards what follows
	f       *follower
	shown   map[string]*step // the public step of each wave
	list    []*releaseDoc
	changes int64
	saved   int64 // top of the last checkpoint
	savedAt time.Time

	snap atomic.Pointer[Snapshot]
}

// New opens the index: the last checkpoint and what came after it, or, when
// there is none that fits, all stored tallies.
func New(ctx context.Context, d Deps) (s *Service, err error) {
	defer fault.Wrap(&err, "cityindex.New")
	if d.Overlap <= 0 {
		d.Overlap = 10 * time.Second
	}
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Settings.Margins == nil || d.Engine == nil || d.Sittings == nil || d.Waves == nil || d.Now == nil {
		return nil, fault.Newf(fault.Internal, "", "the index needs an engine, sittings, waves, margins and a clock")
	}
	s = &Service{deps: d, shown: map[string]*step{}, changes: -1}
	if s.keep, err = openCheckpoints(d.Engine); err != nil {
		return nil, err
	}
	if s.steps, err = openSteps(d.Engine); err != nil {
		return nil, err
	}
	if s.arch, err = openArchive(d.Engine); err != nil {
		return nil, err
	}
	if s.key, err = loadKey(ctx, d.Engine, d.Now()); err != nil {
		return nil, err
	}
	began := d.Now()
	f, ok, err := s.keep.load(ctx, s.districts(), d.Overlap, d.Now())
	if err != nil {
		return nil, err
	}
	if !ok {
		f = newFollower(s.districts(), d.Overlap)
		if err := s.knowFlushed(ctx, f); err != nil {
			return nil, err
		}
	}
	s.f = f
	fresh, err := f.read(ctx, d.Sittings, d.Now())
	if err != nil {
		return nil, err
	}
	d.Log.Info("index ready", "checkpoint", ok, "entries", fresh, "took", d.Now().Sub(began))
	s.mu.Lock()
	defer s.mu.Unlock()
	return s, s.refresh(ctx)
}

func (s *Service) districts() []string { return s.deps.Settings.Margins.DistrictIDs() }

// knowFlushed tells a new follower what is public already, before it reads.
func (s *Service) knowFlushed(ctx context.Context, f *follower) error {
	for _, w := range s.deps.Waves.Waves() {
		st, err := s.steps.load(ctx, w.ID, f.cells.layout)
		if err != nil {
			return err
		}
		for g := range st.Flushed {
			f.flushedTo(w.ID, gate(g), st.Flushed[g])
		}
	}
	return nil
}

// Tick reads what is new, lets the public see a step where one is due, and
// renews the snapshot if anything the public sees has changed. It is called
// about once a second and costs the same at any number of sittings.
func (s *Service) Tick(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "cityindex.Tick")
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.f.read(ctx, s.deps.Sittings, s.deps.Now()); err != nil {
		return err
	}
	if s.f.cells.negative() {
		s.deps.Log.Warn("a count of the index is negative, the cells are rebuilt")
		if err := s.rebuild(ctx); err != nil {
			return err
		}
	}
	return s.refresh(ctx)
}

// refresh loads or makes the public steps and the archive, and the snapshot.
// The caller holds mu.
func (s *Service) refresh(ctx context.Context) error {
	renew := s.snap.Load() == nil
	for _, w := range s.active() {
		changed, err := s.stepOf(ctx, w.ID)
		if err != nil {
			return err
		}
		renew = renew || changed
	}
	changes, err := s.arch.changes(ctx)
	if err != nil {
		return err
	}
	if changes != s.changes {
		if s.list, err = s.arch.all(ctx); err != nil {
			return err
		}
		s.changes, renew = changes, true
	}
	if old := s.snap.Load(); old != nil {
		renew = renew || old.wave != s.current() || *old.View.Live.Held != s.heldShown(old.wave)
	}
	if !renew {
		return nil
	}
	snap, err := s.snapshot()
	if err != nil {
		return err
	}
	s.snap.Store(snap)
	return nil
}

// stepOf brings the public step of a wave up to date: another replica's, or one
// that is due now. It tells whether what the public sees has changed.
func (s *Service) stepOf(ctx context.Context, wave string) (changed bool, err error) {
	for range 3 {
		st, err := s.steps.load(ctx, wave, s.f.cells.layout)
		if err != nil {
			return false, err
		}
		if old := s.shown[wave]; old == nil || old.Number != st.Number {
			changed = true
		} else {
			st.wave = old.wave
		}
		s.shown[wave] = st
		for g := range st.Flushed {
			s.f.flushedTo(wave, gate(g), st.Flushed[g])
		}
		next := st.next(s.f, s.deps.Now())
		if next == nil {
			return changed, nil
		}
		err = s.steps.publish(ctx, next)
		if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			continue // another replica was first
		}
		if err != nil {
			return changed, err
		}
		s.shown[wave] = next
		for g := range next.Flushed {
			s.f.flushedTo(wave, gate(g), next.Flushed[g])
		}
		return true, nil
	}
	return changed, nil
}

// active are the waves whose figures may still move: open ones, those closed so
// lately that late sittings arrive, and any the process has not looked at yet.
func (s *Service) active() (out []*survey.Wave) {
	now := s.deps.Now()
	for _, w := range s.deps.Waves.Waves() {
		quiet := w.Closes.Add(survey.Grace + 24*time.Hour)
		if s.shown[w.ID] == nil || now.Before(quiet) || s.pendingIn(w.ID) {
			out = append(out, w)
		}
	}
	return out
}

// pendingIn tells whether a wave has changes that are not public.
func (s *Service) pendingIn(wave string) bool {
	w, st := s.f.cells.waves[wave], s.shown[wave]
	for g := range gates {
		if w.n(s.f.cells.layout, g) != st.N[g] || len(s.f.pending(wave).came[g]) > 0 {
			return true
		}
	}
	return false
}

// current is the wave the live figure tells about: the one opened last, "" for none.
func (s *Service) current() string {
	now, id := s.deps.Now(), ""
	var opens time.Time
	for _, w := range s.deps.Waves.Waves() {
		if !now.Before(w.Opens.Time) && !w.Opens.Before(opens) {
			id, opens = w.ID, w.Opens.Time
		}
	}
	return id
}

// rebuild reads all tallies anew and puts the result in place of the cells. The
// caller holds mu.
func (s *Service) rebuild(ctx context.Context) error {
	f := newFollower(s.districts(), s.deps.Overlap)
	if err := s.knowFlushed(ctx, f); err != nil {
		return err
	}
	if _, err := f.readAll(ctx, s.deps.Sittings, s.deps.Now()); err != nil {
		return err
	}
	s.f = f
	return nil
}

// Reconcile reads all tallies anew beside the running cells and compares. Where
// they differ the new ones take their place. It runs in the background; the
// lock is held only for the comparison.
func (s *Service) Reconcile(ctx context.Context) (same bool, err error) {
	defer fault.Wrap(&err, "cityindex.Reconcile")
	f := newFollower(s.districts(), s.deps.Overlap)
	if err := s.knowFlushed(ctx, f); err != nil {
		return false, err
	}
	if _, err := f.readAll(ctx, s.deps.Sittings, s.deps.Now()); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range []*follower{f, s.f} {
		if _, err := one.read(ctx, s.deps.Sittings, s.deps.Now()); err != nil {
			return false, err
		}
	}
	differs := s.f.cells.equal(f.cells)
	if differs == nil {
		return true, nil
	}
	s.deps.Log.Warn("index cells were off and have been rebuilt", "first", differs.Error())
	s.f = f
	return false, s.refresh(ctx)
}

// Checkpoint stores the cells and their place if they have moved.
func (s *Service) Checkpoint(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "cityindex.Checkpoint")
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.deps.Now()
	if s.saved == s.f.top && now.Sub(s.savedAt) < checkpointAge/2 {
		return nil
	}
	saved, err := s.keep.save(ctx, s.f, now)
	if err == nil && saved {
		s.saved, s.savedAt = s.f.top, now
	}
	return err
}

// Times of the background work.
const (
	tickEvery       = 500 * time.Millisecond
	checkpointEvery = 5 * time.Minute
	reconcileEvery  = 6 * time.Hour
	releaseEvery    = time.Hour // looked at; cut once a day in Kyiv
)

// Run keeps the index alive until ctx ends, then stores a last checkpoint. A
// store that is away is logged once per minute and tried again. The daily
// release is cut whenever the rule of CONTRACT §6 allows one.
func (s *Service) Run(ctx context.Context) {
	tick, save, compare, release := time.NewTicker(tickEvery), time.NewTicker(checkpointEvery), time.NewTicker(reconcileEvery), time.NewTicker(releaseEvery)
	defer tick.Stop()
	defer save.Stop()
	defer compare.Stop()
	defer release.Stop()
	var beside sync.WaitGroup
	var complained time.Time
	var telling sync.Mutex // releases and comparisons tell from beside the loop
	tried := ""
	tell := func(what string, err error) {
		telling.Lock()
		defer telling.Unlock()
		if err != nil && ctx.Err() == nil && time.Since(complained) > time.Minute {
			complained = time.Now()
			s.deps.Log.Error(what, "error", err)
		}
	}
	for {
		select {
		case <-ctx.Done():
			beside.Wait()
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if err := s.Checkpoint(last); err != nil {
				s.deps.Log.Error("index checkpoint at stop", "error", err)
			}
			return
		case <-tick.C:
			tell("index tick", s.Tick(ctx))
		case <-save.C:
			tell("index checkpoint", s.Checkpoint(ctx))
		case <-compare.C:
			beside.Go(func() {
				_, err := s.Reconcile(ctx)
				tell("index reconcile", err)
			})
		case <-release.C:
			if day := s.deps.Now().In(i18n.Kyiv).Format(time.DateOnly); day != tried {
				tried = day
				// It reads rows for a second or more; the running figure does not wait.
				beside.Go(func() { tell("daily release", s.releaseAll(ctx)) })
			}
		}
	}
}

// releaseAll cuts a release of every wave that still moves and may have one.
func (s *Service) releaseAll(ctx context.Context) error {
	s.mu.Lock()
	waves := s.active()
	s.mu.Unlock()
	for _, w := range waves {
		if _, err := s.Release(ctx, w.ID); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}
