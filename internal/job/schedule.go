package job

import (
	"context"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/store"
)

// When tells the slot that is due at a moment: the last one that has begun. Slots
// are texts that grow with time.
type When interface {
	// Slot returns the name and the beginning of the last slot at the moment t.
	Slot(t time.Time) (name string, from time.Time)
}

type daily struct{ hour, minute int }

// Daily is once on each day of Kyiv, from that hour and minute on. On the night
// when clocks go forward an hour that does not exist begins an hour later.
func Daily(hour, minute int) When { return daily{hour, minute} }

func (d daily) Slot(t time.Time) (string, time.Time) {
	k := t.In(i18n.Kyiv)
	from := time.Date(k.Year(), k.Month(), k.Day(), d.hour, d.minute, 0, 0, i18n.Kyiv)
	if t.Before(from) {
		from = time.Date(k.Year(), k.Month(), k.Day()-1, d.hour, d.minute, 0, 0, i18n.Kyiv)
	}
	return from.Format("2006-01-02"), from
}

type every time.Duration

// Every is once in each stretch of d, counted from 1970 in UTC. d is at least a second.
func Every(d time.Duration) When { return every(max(d, time.Second)) }

func (e every) Slot(t time.Time) (string, time.Time) {
	from := t.UTC().Truncate(time.Duration(e))
	return from.Format("20060102T150405Z"), from
}

// Job is a piece of repeated work.
type Job struct {
	Name  string // kebab-case
	When  When
	Tries int           // of one slot, with growing pauses; 0 means 5
	Lease time.Duration // how long a run may be silent; 0 means 2 minutes
	// Run does the work. It may be run twice for a slot when a process dies, so it
	// must be idempotent. ctx ends when the lease is lost.
	Run func(ctx context.Context, r Run) error
}

// Run is one run of a job.
type Run struct {
	Slot  string
	Try   int   // 1 for the first
	Token int64 // fencing token: grows with every run of this job, on any replica
	held  func(context.Context) error
}

// Held tells whether this run still holds its lease; Conflict when another replica
// may have begun. Ask it right before a step that cannot be taken back.
func (r Run) Held(ctx context.Context) error { return r.held(ctx) }

// State is what is known of a job, for operators.
type State struct {
	store.Doc
	Done    string     `json:"done,omitempty"` // last slot that was finished or given up
	Slot    string     `json:"slot,omitempty"` // slot that is being tried
	Try     int        `json:"try,omitempty"`
	Next    store.Time `json:"next"`               // no try before it
	Token   int64      `json:"token"`              // of the last run
	Error   string     `json:"error,omitempty"`    // kind of the last failure
	GivenUp string     `json:"given_up,omitempty"` // last slot that failed in every try
	Began   store.Time `json:"began"`
	Ended   store.Time `json:"ended"`
}

const (
	defaultTries = 5
	defaultLease = 2 * time.Minute
	retryFirst   = 30 * time.Second
	retryLongest = time.Hour
)

// Schedule runs jobs. It is safe for concurrent use; add all jobs before Run.
type Schedule struct {
	leases *Leases
	states *store.Collection[State, *State]
	now    func() time.Time
	log    *slog.Logger
	jobs   []Job
}

// NewSchedule opens the collections. log may be nil.
func NewSchedule(engine store.Engine, holder string, log *slog.Logger, now func() time.Time) (s *Schedule, err error) {
	defer fault.Wrap(&err, "job.NewSchedule")
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	leases, err := NewLeases(engine, holder, now)
	if err != nil {
		return nil, err
	}
	states, err := store.Open[State](engine, JobSpec)
	if err != nil {
		return nil, err
	}
	return &Schedule{leases: leases, states: states, now: now, log: log}, nil
}

var nameForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

// Add registers a job. Errors: Invalid (name, or no work), Conflict (name taken).
func (s *Schedule) Add(j Job) error {
	if !nameForm.MatchString(j.Name) || j.When == nil || j.Run == nil {
		return fault.Newf(fault.Invalid, "", "job %q needs a kebab-case name, a time and work", j.Name)
	}
	if slices.ContainsFunc(s.jobs, func(o Job) bool { return o.Name == j.Name }) {
		return fault.Newf(fault.Conflict, "", "job %q is there already", j.Name)
	}
	if j.Tries <= 0 {
		j.Tries = defaultTries
	}
	if j.Lease <= 0 {
		j.Lease = defaultLease
	}
	s.jobs = append(s.jobs, j)
	return nil
}

// Tick runs every job whose slot is due and was not finished, side by side, and
// returns how many of them this process ran. Errors of the work are kept in its
// state and logged; what returns is a failure of the store.
func (s *Schedule) Tick(ctx context.Context) (ran int, err error) {
	defer fault.Wrap(&err, "job.Tick")
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, j := range s.jobs {
		all.Go(func() {
			did, jerr := s.attempt(ctx, j)
			mu.Lock()
			defer mu.Unlock()
			if did {
				ran++
			}
			if jerr != nil && err == nil {
				err = jerr
			}
		})
	}
	all.Wait()
	return ran, err
}

// Loop ticks until ctx ends.
func (s *Schedule) Loop(ctx context.Context, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if _, err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("schedule", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// States lists what is known of the jobs, in the order they were added.
func (s *Schedule) States(ctx context.Context) (list []*State, err error) {
	defer fault.Wrap(&err, "job.States")
	for _, j := range s.jobs {
		st, err := s.state(ctx, j.Name)
		if err != nil {
			return nil, err
		}
		list = append(list, st)
	}
	return list, nil
}

func (s *Schedule) state(ctx context.Context, name string) (*State, error) {
	st, err := s.states.Get(ctx, name)
	if fault.Is(err, fault.NotFound) {
		return &State{Doc: store.Doc{ID: name}}, nil
	}
	return st, err
}

// due tells whether the state asks for a run of this slot.
func (st *State) due(slot string, now time.Time) bool {
	return st.Done < slot && (st.Slot != slot || !now.Before(st.Next.Time))
}

func (s *Schedule) attempt(ctx context.Context, j Job) (did bool, err error) {
	slot, _ := j.When.Slot(s.now())
	st, err := s.state(ctx, j.Name)
	if err != nil || !st.due(slot, s.now()) {
		return false, err
	}
	lease, err := s.leases.Acquire(ctx, "job:"+j.Name, j.Lease)
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() {
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if rerr := s.leases.Release(clean, lease); rerr != nil && err == nil {
			err = rerr
		}
	}()
	// Another replica may have finished the slot before this lease was taken.
	if st, err = s.state(ctx, j.Name); err != nil || !st.due(slot, s.now()) {
		return false, err
	}
	if st.Slot != slot {
		st.Slot, st.Try = slot, 0
	}
	st.Try++
	st.Token, st.Began, st.Ended = lease.Token, store.At(s.now()), store.Time{}
	st.Next = store.At(s.now().Add(pause(st.Try, retryFirst, retryLongest)))
	if err := s.put(ctx, st); err != nil {
		return false, err
	}
	failure := s.work(ctx, j, lease, Run{Slot: slot, Try: st.Try, Token: lease.Token})
	return true, s.finish(ctx, j, st, failure)
}

// put stores a state at the revision that was read: a run that lost its lease is
// refused here, since the next holder has written meanwhile.
func (s *Schedule) put(ctx context.Context, st *State) error {
	if st.Rev == 0 {
		return s.states.Insert(ctx, st)
	}
	return s.states.Replace(ctx, st)
}

func (s *Schedule) finish(ctx context.Context, j Job, st *State, failure error) error {
	st.Ended = store.At(s.now())
	st.Error = ""
	if failure != nil {
		st.Error = fault.KindOf(failure).String()
		s.log.Error("job failed", "job", j.Name, "slot", st.Slot, "try", st.Try, "error", failure.Error())
		if st.Try >= j.Tries {
			st.GivenUp, st.Done = st.Slot, st.Slot
		}
	} else {
		st.Done = st.Slot
	}
	clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.put(clean, st)
	if fault.Is(err, fault.Conflict) { // fenced off: the next holder's word counts
		s.log.Warn("job finished after its lease was lost", "job", j.Name, "slot", st.Slot, "token", st.Token)
		return nil
	}
	return err
}

// work runs the job and keeps its lease alive.
func (s *Schedule) work(ctx context.Context, j Job, lease *Lease, r Run) (err error) {
	run, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex // of the lease
	r.held = func(c context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		return s.leases.Renew(c, lease, j.Lease)
	}
	var beat sync.WaitGroup
	beat.Go(func() {
		tick := time.NewTicker(j.Lease / 3)
		defer tick.Stop()
		for {
			select {
			case <-run.Done():
				return
			case <-tick.C:
				if err := r.held(run); err != nil && run.Err() == nil {
					cancel(err)
					return
				}
			}
		}
	})
	defer beat.Wait()
	defer cancel(nil)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if err := j.Run(run, r); err != nil {
		return err
	}
	if cause := context.Cause(run); cause != nil {
		return cause
	}
	return nil
}

// pause doubles from first to longest with every try after the first.
func pause(try int, first, longest time.Duration) time.Duration {
	d := first
	for range min(max(try-1, 0), 30) {
		if d *= 2; d >= longest {
			return longest
		}
	}
	return min(d, longest)
}
