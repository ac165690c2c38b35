package sitting

import (
	"context"
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
)

type admission struct {
	s      *Service
	mu     sync.Mutex
	counts map[string]*hours // by instrument
	seen   map[string]int64  // id to seq within the overlap, so that nothing is counted twice
	upTo   int64             // newest seq read from the store
	looked time.Time
}

// hours counts admitted sittings in a ring of hours.
type hours struct {
	hour int64 // number of the newest hour
	ring [admissionHours + 1]int
	sum  int // of the ring
}

func newAdmission(s *Service) *admission {
	return &admission{s: s, counts: map[string]*hours{}, seen: map[string]int64{}}
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
	}
}

func (h *hours) add(at int64) {
	h.roll(at)
	if h.hour-at < int64(len(h.ring)) {
		h.ring[at%int64(len(h.ring))]++
		h.sum++
	}
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
	if _, ok := a.seen[id]; ok {
		return true // the same sitting, sent twice at once
	}
	h := a.of(instrument)
	h.roll(hourOf(now))
	if h.present() >= h.bound() {
		return false
	}
	h.add(hourOf(now))
	a.seen[id] = now.UnixMicro()
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
	for id, seq := range a.seen {
		if seq < a.upTo-2*admissionOverlap.Microseconds() {
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
	if t.Now == nil || len(t.Was) > 0 || t.Now.Evidence != EvidenceOpen || t.Now.State != Counted && t.Now.State != Unweightable {
		return
	}
	if _, ok := a.seen[e.ID]; ok {
		return
	}
	a.seen[e.ID] = e.Seq
	a.of(t.Now.Instrument).add(hourOf(time.UnixMicro(e.Seq)))
}
