package sitting

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"osvitlo/internal/store"
)

// Admission of open sittings when guarded (CONTRACT §5): per instrument at most
// max(30, 3 × the hourly mean of the last seven days) count within an hour; the
// rest are held. The hour slides in steps of five minutes, so that nobody gets two
// hours' room around the full hour. The mean is over admitted sittings, so that a
// flood does not raise its own bound.
const (
	admissionFloor  = 30
	admissionFactor = 3
	admissionHours  = 7 * 24
	admissionStep   = 5 * time.Minute
	stepsAnHour     = int64(time.Hour / admissionStep)
	// admissionOverlap is how far behind the newest seq the follower looks again:
	// another replica's write may become visible that much later than its seq.
	admissionOverlap = 10 * time.Second
	// admissionEvery is how often the follower looks for other replicas' writes.
	admissionEvery = 5 * time.Second
	// alertHours is how long an alert stands after the moment that raised it.
	alertHours = 24
)

type admission struct {
	s      *Service
	mu     sync.Mutex
	counts map[string]*door // by instrument
	seen   map[string]mark  // by id within the overlap, so that nothing is counted twice
	upTo   int64            // newest seq read from the store
	looked time.Time
}

// mark is one sitting that was counted at the door.
type mark struct {
	seq  int64
	held bool
}

// ring counts by steps of the last seven days and an hour.
type ring [(admissionHours + 1) * stepsAnHour]int

func (r *ring) at(step int64) *int { return &r[step%int64(len(r))] }

// last sums the newest steps up to and with this one.
func (r *ring) last(step, steps int64) (sum int) {
	for i := range steps {
		sum += *r.at(step - i)
	}
	return sum
}

// door counts open sittings of one instrument: those let in and those held.
type door struct {
	step  int64 // the newest
	let   ring
	sum   int // of let
	held  ring
	alarm int64 // the newest step at which more were held within the hour than are let in; 0: none
}

func newAdmission(s *Service) *admission {
	return &admission{s: s, counts: map[string]*door{}, seen: map[string]mark{}}
}

func (d *door) roll(to int64) {
	if to-d.step > int64(len(d.let)) {
		*d = door{step: to, alarm: d.alarm}
	}
	for d.step < to {
		d.step++
		d.sum -= *d.let.at(d.step)
		*d.let.at(d.step), *d.held.at(d.step) = 0, 0
	}
}

func (d *door) add(step int64) {
	d.roll(step)
	if d.step-step < int64(len(d.let)) {
		*d.let.at(step)++
		d.sum++
	}
}

// hold counts one held sitting; it tells whether that raised an alert: within an
// hour more were held than are let in.
func (d *door) hold(step int64) (raised bool) {
	d.roll(step)
	if d.step-step >= int64(len(d.held)) {
		return false
	}
	*d.held.at(step)++
	if d.step-step >= stepsAnHour || d.held.last(step, stepsAnHour) <= d.bound() {
		return false
	}
	raised = step-d.alarm >= stepsAnHour
	d.alarm = max(d.alarm, step)
	return raised
}

// present is how many were let in within the hour.
func (d *door) present() int { return d.let.last(d.step, stepsAnHour) }

// bound is how many open sittings count within an hour.
func (d *door) bound() int {
	return max(admissionFloor, admissionFactor*(d.sum-d.present())/admissionHours)
}

func stepOf(t time.Time) int64 { return t.Unix() / int64(admissionStep/time.Second) }

// admit tells whether one more open sitting counts, and counts it under its id.
// A sitting whose write then fails was counted for nothing: the
// bound errs to the strict side by that one.
func (a *admission) admit(instrument, id string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if m, ok := a.seen[id]; ok {
		return !m.held // the same sitting, sent twice at once
	}
	d := a.of(instrument)
	d.roll(stepOf(now))
	if d.present() >= d.bound() {
		a.seen[id] = mark{now.UnixMicro(), true}
		if d.hold(stepOf(now)) {
			a.s.log.Warn("far more open sittings than usual: they are held", "instrument", instrument, "bound", d.bound())
		}
		return false
	}
	d.add(stepOf(now))
	a.seen[id] = mark{seq: now.UnixMicro()}
	return true
}

func (a *admission) of(instrument string) *door {
	d := a.counts[instrument]
	if d == nil {
		d = &door{}
		a.counts[instrument] = d
	}
	return d
}

// follow counts what other replicas and earlier lives of this one admitted.
func (a *admission) follow(ctx context.Context) error {
	a.mu.Lock()
	now := a.s.now()
	if now.Sub(a.looked) < admissionEvery {
		a.mu.Unlock()
		return nil
	}
	a.looked = now
	oldest := now.Add(-admissionHours * time.Hour).UnixMicro()
	from := max(oldest, a.upTo-admissionOverlap.Microseconds())
	a.mu.Unlock()
	for k, err := range a.s.sittings.Keys(ctx, store.Query{Index: IndexTally, After: from}) {
		if err != nil {
			return err
		}
		e, err := entryOf(k)
		if err != nil {
			return err
		}
		if t, err := ParseTally(e.Tally); err == nil {
			a.note(e, t)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for id, m := range a.seen {
		if m.seq < a.upTo-2*admissionOverlap.Microseconds() {
			delete(a.seen, id)
		}
	}
	return nil
}

func (a *admission) note(e Entry, t Tally) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.upTo = max(a.upTo, e.Seq)
	// only as first received: a release by an analyst is no arrival
	if t.Now == nil || len(t.Was) > 0 || t.Now.Evidence != EvidenceOpen {
		return
	}
	held := t.Now.State == Held
	if !held && t.Now.State != Counted && t.Now.State != Unweightable {
		return
	}
	if _, ok := a.seen[e.ID]; ok {
		return
	}
	a.seen[e.ID] = mark{e.Seq, held}
	d, at := a.of(t.Now.Instrument), stepOf(time.UnixMicro(e.Seq))
	if held {
		d.hold(at)
		return
	}
	d.add(at)
}

// Admission is the state of the door for one instrument.
type Admission struct {
	Instrument string
	Counted    int // open sittings let in within the last hour
	Held       int // held within the last hour, decided or not
	Bound      int // how many an hour lets in
	HeldDay    int // held in the last 24 hours, decided or not
	// Alert says that some time in the last 24 hours more were held within an hour
	// than are let in: somebody may be inventing answers, or a class came without its
	// token. AlertAt is when that was last so, to five minutes.
	Alert   bool
	AlertAt time.Time
}

// Admission gives the state of the doors, sorted by instrument; empty when the
// admission is open and nothing is ever held. It reads memory only.
func (s *Service) Admission() (list []Admission) {
	a := s.admission
	a.mu.Lock()
	defer a.mu.Unlock()
	now := stepOf(s.now())
	for slug, d := range a.counts {
		d.roll(now)
		one := Admission{Instrument: slug, Counted: d.present(), Bound: d.bound(), Held: d.held.last(now, stepsAnHour),
			HeldDay: d.held.last(now, alertHours*stepsAnHour)}
		if d.alarm > now-alertHours*stepsAnHour {
			one.Alert, one.AlertAt = true, time.Unix(d.alarm*int64(admissionStep/time.Second), 0).UTC()
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Admission) int { return strings.Compare(a.Instrument, b.Instrument) })
	return list
}
