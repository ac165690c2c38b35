package quality

import (
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"time"

	"osvitlo/internal/instrument"
)

// Bounds of likeness (METHOD §8) and of what is remembered for it.
const (
	alike      = 0.95 // share of equal answers
	alikeLeast = 10   // answers that must be comparable: short forms are alike by nature
	window     = time.Hour
	perBucket  = 200    // newest traces that one sitting is compared with
	remembered = 20_000 // traces in all
)

// Likeness is how much a sitting is like the most alike one of the last hour.
type Likeness struct {
	Share float64 // 0..1, 0 when there is none to compare with
	Group bool    // compared inside a venue's or operator's sittings
}

// Trace is one sitting as the window compares it.
type Trace struct {
	ID         string
	Instrument *instrument.Instrument
	Group      string // venue or operator whose token it came under; empty without one
	People     string // sex, age and district, as one text; used without a Group
	At         time.Time
	Answers    instrument.Answers
}

// Window remembers the sittings of the last hour of this process as hashes with a
// seed that dies with it: no answer can be read from it. Several replicas each
// see their own part, so a likeness may be missed, never invented. It is safe for
// concurrent use.
type Window struct {
	mu      sync.Mutex
	seed    maphash.Seed
	buckets map[string][]trace // oldest first
	order   []spot             // oldest first, over all buckets
	gone    int                // of order, already dropped
}

type trace struct {
	id      string
	at      time.Time
	answers []uint32 // by item of the instrument; 0 for none
}

type spot struct {
	bucket string
	id     string
	at     time.Time
}

// NewWindow is empty.
func NewWindow() *Window {
	return &Window{seed: maphash.MakeSeed(), buckets: map[string][]trace{}}
}

// Look compares a sitting with those of the last hour and remembers it. The same
// id twice is not compared with itself.
func (w *Window) Look(t Trace) Likeness {
	out := Likeness{Group: t.Group != ""}
	bucket := t.Instrument.Name() + "\x00p" + t.People
	if out.Group {
		bucket = t.Instrument.Name() + "\x00g" + t.Group
	}
	hashes := w.hashes(t.Instrument, t.Answers)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.prune(t.At)
	list := w.buckets[bucket]
	for i := range list {
		if list[i].id == t.ID {
			list = slices.Delete(list, i, i+1)
			break
		}
	}
	for i := range list {
		if t.At.Sub(list[i].at).Abs() <= window {
			out.Share = max(out.Share, equalShare(hashes, list[i].answers))
		}
	}
	if len(list) >= perBucket {
		list = slices.Delete(list, 0, len(list)-perBucket+1)
	}
	w.buckets[bucket] = append(list, trace{id: t.ID, at: t.At, answers: hashes})
	w.order = append(w.order, spot{bucket: bucket, id: t.ID, at: t.At})
	return out
}

// Forget removes a sitting whose answers were erased.
func (w *Window) Forget(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.order {
		if w.order[i].id == id {
			w.drop(w.order[i])
		}
	}
}

// drop removes one trace from its bucket; one that is gone is no error.
func (w *Window) drop(p spot) {
	list := w.buckets[p.bucket]
	i := slices.IndexFunc(list, func(t trace) bool { return t.id == p.id && t.at.Equal(p.at) }) // mostly the first
	if i < 0 {
		return
	}
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(w.buckets, p.bucket)
		return
	}
	w.buckets[p.bucket] = list
}

// prune drops what is older than the window, and the oldest over the bound.
func (w *Window) prune(now time.Time) {
	for w.gone < len(w.order) && (len(w.order)-w.gone >= remembered || now.Sub(w.order[w.gone].at) > window) {
		w.drop(w.order[w.gone])
		w.gone++
	}
	if w.gone > remembered {
		w.order, w.gone = slices.Clone(w.order[w.gone:]), 0
	}
}

func (w *Window) hashes(in *instrument.Instrument, answers instrument.Answers) []uint32 {
	items := in.Items()
	out := make([]uint32, len(items))
	for i, it := range items {
		v, given := answers[it.ID]
		if !given {
			continue
		}
		if raw, err := v.MarshalJSON(); err == nil {
			out[i] = uint32(maphash.Bytes(w.seed, raw)) | 1 // any 31 bits of it
		}
	}
	return out
}

// equalShare is the share of equal answers among all items that either answered;
// 0 when there are too few.
func equalShare(a, b []uint32) float64 {
	union, equal := 0, 0
	for i := range min(len(a), len(b)) {
		if a[i]|b[i] == 0 {
			continue
		}
		union++
		if a[i] == b[i] {
			equal++
		}
	}
	if union < alikeLeast {
		return 0
	}
	return float64(equal) / float64(union)
}

// Size is how many traces are remembered.
func (w *Window) Size() (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for list := range maps.Values(w.buckets) {
		n += len(list)
	}
	return n
}
