package sitting

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"osvitlo/internal/store"
)

// Admission of open sittings when guarded (CONTRACT §5): per instrument and hour
// at most max(30, 3 × the hourly mean of the last seven days) count; the rest are
// held. The mean is over admitted sittings, so that a flood does not raise its
// own bound.
const (
	admissionFloor  = 30
	admissionFactor = 3
	admissionHours  = 7 * 24
	// admissionOverlap is how far behind the newest seq the follower looks again:
	// another replica's write may become visible that much later than its seq.
	admissionOverlap = 10 * time.Second
	// admissionEvery is how often the follower looks for other replicas' writes.
	admissionEvery = 5 * time.Second
	// alertHours is how long an alert stands after the hour that raised it.
	alertHours = 24
)

type admission struct {
	s      *Service
	mu     sync.Mutex
	counts map[string]*hours // by instrument
	seen   map[string]mark   // by id within the overlap, so that nothing is counted twice
	upTo   int64             // newest seq read from the store
	looked time.Time
}

// mark is one sitting that was counted at the door.
type mark struct {
	seq  int64
	held bool
}

// hours counts admitted sittings in a ring of hours, and held ones beside them.
type hours struct {
	hour  int64 // number of the newest hour
	ring  [admissionHours + 1]int
	sum   int // of the ring
	held  [admissionHours + 1]int
	alarm int64 // the newest hour in which more were held than were let in; 0: none
}

func newAdmission(s *Service) *admission {
	return &admission{s: s, counts: map[string]*hours{}, seen: map[string]mark{}}
}

func (h *hours) roll(to int64) {
	if to-h.hour > int64(len(h.ring)) {
		*h = hours{hour: to}
	}
	for h.hour < to {
		h.hour++
		slot := &h.ring[h.hour%int64(len(h.ring))]
		h.sum -= *slot
		*slot = 0
		h.held[h.hour%int64(len(h.ring))] = 0
	}
}

func (h *hours) add(at int64) {
	h.roll(at)
	if h.hour-at < int64(len(h.ring)) {
		h.ring[at%int64(len(h.ring))]++
		h.sum++
	}
}

// hold counts one held sitting; it tells whether that raised an alert: in this
// hour more were held than the bound lets in.
func (h *hours) hold(at int64) (raised bool) {
	h.roll(at)
	if h.hour-at >= int64(len(h.ring)) {
		return false
	}
	slot := &h.held[at%int64(len(h.ring))]
	*slot++
	if *slot <= h.bound() || h.alarm >= at {
		return false
	}
	h.alarm = at
	return true
}

func (h *hours) present() int { return h.ring[h.hour%int64(len(h.ring))] }

// bound is the number of open sittings of the present hour that count.
func (h *hours) bound() int {
	return max(admissionFloor, admissionFactor*(h.sum-h.present())/admissionHours)
}

func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

// admit tells whether one more open sitting counts, and counts it under its id.
// A sitting whose write then fails was counted for nothing: the
// bound errs to the strict side by that one.
func (a *admission) admit(instrument, id string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if m, ok := a.seen[id]; ok {
		return !m.held // the same sitting, sent twice at once
	}
	h := a.of(instrument)
	h.roll(hourOf(now))
	if h.present() >= h.bound() {
		a.seen[id] = mark{now.UnixMicro(), true}
		if h.hold(hourOf(now)) {
			a.s.log.Warn("far more open sittings than usual: they are held", "instrument", instrument, "bound", h.bound())
		}
		return false
	}
	h.add(hourOf(now))
	a.seen[id] = mark{seq: now.UnixMicro()}
	return true
}

func (a *admission) of(instrument string) *hours {
	h := a.counts[instrument]
	if h == nil {
		h = &hours{}
		a.counts[instrument] = h
	}
	return h
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
	h, at := a.of(t.Now.Instrument), hourOf(time.UnixMicro(e.Seq))
	if held {
		h.hold(at)
		return
	}
	h.add(at)
}

// Admission is the state of the door for one instrument in the present hour.
type Admission struct {
	Instrument string
	Counted    int // open sittings let in this hour
	Held       int // and held
	Bound      int // how many the hour lets in
	HeldDay    int // held in the last 24 hours, decided or not
	// Alert says that in some hour of the last 24 more were held than let in: somebody
	// may be inventing answers, or a class came without its token. AlertAt is that
	// hour's beginning.
	Alert   bool
	AlertAt time.Time
}

// Admission gives the state of the door, sorted by instrument; empty when the
// admission is open and nothing is ever held. It reads memory only.
func (s *Service) Admission() (list []Admission) {
	a := s.admission
	a.mu.Lock()
	defer a.mu.Unlock()
	now := hourOf(s.now())
	for slug, h := range a.counts {
		h.roll(now)
		one := Admission{Instrument: slug, Counted: h.present(), Bound: h.bound(), Held: h.held[now%int64(len(h.held))]}
		for at := now - alertHours + 1; at <= now; at++ {
			one.HeldDay += h.held[at%int64(len(h.held))]
		}
		if h.alarm > now-alertHours {
			one.Alert, one.AlertAt = true, time.Unix(h.alarm*3600, 0).UTC()
		}
		list = append(list, one)
	}
	slices.SortFunc(list, func(a, b Admission) int { return strings.Compare(a.Instrument, b.Instrument) })
	return list
}
