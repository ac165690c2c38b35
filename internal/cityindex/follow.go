package cityindex

import (
	"context"
	"hash/fnv"
	"slices"
	"sort"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/i18n"
	"osvitlo/internal/sitting"
)

// Source streams the tallies behind a seq, in the order of seq, from the
// covering index alone. sitting.Service is one.
type Source interface {
	Entries(ctx context.Context, after int64) func(yield func(sitting.Entry, error) bool)
}

// entry names one state of one sitting: a hash of its id, and its seq.
type entry struct {
	seq int64
	id  uint64
}

func idHash(id string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id)) // a hash never fails
	return h.Sum64()
}

// follower keeps cells equal to the sum of what the store holds by reading the
// index from its last place on. Sequence numbers are only nearly ordered across
// replicas, so each reading begins a little earlier (overlap) and entries met
// before are known by id and seq. Reading the whole overlap each time would cost
// thousands of entries under load, so most readings go back only a fifth of it,
// which is more than one process ever needs. It is not safe for concurrent use.
type follower struct {
	cells   *Cells
	base    int64              // every entry at or before base that stood at the time has been applied
	top     int64              // the highest seq applied
	recent  map[entry]struct{} // applied entries behind base
	overlap int64              // microseconds
	looked  time.Time          // when the whole overlap was last read
	gates   map[string]*pendingWave

	midnight, next int64  // the Kyiv day last asked for, in microseconds
	today          string // its name
	damaged        int    // entries that could not be read
}

// pendingWave holds, per gate, the index rows of a wave that came after the
// gate's last flush and are still there: id hash to seq.
type pendingWave struct {
	flushed [gates]int64 // seq up to which the gate has reached the public
	came    [gates]map[uint64]int64
	more    [gates]bool // came was over its bound
}

// maxPending bounds the set of one gate. A gate with more is long due, so the
// exact number no longer matters.
const maxPending = 4096

func newFollower(districts []string, overlap time.Duration) *follower {
	return &follower{cells: NewCells(districts), recent: map[entry]struct{}{}, overlap: overlap.Microseconds(), gates: map[string]*pendingWave{}}
}

func (f *follower) pending(wave string) *pendingWave {
	p := f.gates[wave]
	if p == nil {
		p = &pendingWave{}
		for g := range p.came {
			p.came[g] = map[uint64]int64{}
		}
		f.gates[wave] = p
	}
	return p
}

// change is what one entry of the index asks of the cells.
type change struct {
	at          entry
	day         string // of the submit, in Kyiv
	remove, add *sitting.Row
}

// dayOf is the day a sitting was submitted. Its first seq is that moment in
// Unix microseconds, and a later change keeps it as the first of the past.
// Entries come nearly in order of time, so the last day is kept.
func (f *follower) dayOf(t sitting.Tally, seq int64) string {
	if len(t.Was) > 0 {
		seq = t.Was[0].Seq
	}
	if seq < f.midnight || seq >= f.next {
		at := time.UnixMicro(seq).In(i18n.Kyiv)
		from := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, i18n.Kyiv)
		f.midnight, f.next, f.today = from.UnixMicro(), from.AddDate(0, 0, 1).UnixMicro(), at.Format(time.DateOnly)
	}
	return f.today
}

// apply puts one change into the cells and the pending sets.
func (f *follower) apply(c change) {
	f.cells.applyOn(c.remove, -1, c.day)
	f.cells.applyOn(c.add, +1, c.day)
	if r := c.remove; r != nil {
		if g, _, _, ok := gateOf(r); ok {
			delete(f.pending(r.Wave).came[g], c.at.id)
		}
	}
	if r := c.add; r != nil {
		if g, _, _, ok := gateOf(r); ok {
			f.pending(r.Wave).add(g, c.at)
		}
	}
	f.top = max(f.top, c.at.seq)
}

func (p *pendingWave) add(g gate, at entry) {
	switch {
	case at.seq <= p.flushed[g]:
	case len(p.came[g]) >= maxPending:
		p.more[g] = true
	default:
		p.came[g][at.id] = at.seq
	}
}

// flushedTo tells the follower that a gate's rows up to seq are public.
func (f *follower) flushedTo(wave string, g gate, seq int64) {
	p := f.pending(wave)
	if p.flushed[g] == seq {
		return
	}
	p.flushed[g], p.more[g] = seq, false
	for id, s := range p.came[g] {
		if s <= seq {
			delete(p.came[g], id)
		}
	}
}

// read applies every new entry of the source and moves the place forward.
// now bounds the place: a clock that runs ahead on another replica must not
// hide later entries of the others. It returns how many entries were new.
func (f *follower) read(ctx context.Context, src Source, now time.Time) (fresh int, err error) {
	defer fault.Wrap(&err, "cityindex.read")
	if f.base == 0 && len(f.recent) == 0 {
		return f.readAll(ctx, src, now)
	}
	base := f.base
	from := base
	if now.Sub(f.looked).Microseconds() < f.overlap/2 && !now.Before(f.looked) {
		from = max(from, min(f.top, now.UnixMicro())-f.overlap/5)
	} else {
		f.looked = now
	}
	applied := func(id uint64) func(int64) bool {
		return func(seq int64) bool {
			_, ok := f.recent[entry{seq, id}]
			return ok || seq <= base
		}
	}
	for e, err := range src.Entries(ctx, max(from, 0)) {
		if err != nil {
			return fresh, err
		}
		at := entry{e.Seq, idHash(e.ID)}
		if _, known := f.recent[at]; known {
			continue
		}
		tally, ok := f.parse(e)
		if !ok {
			f.recent[at] = struct{}{}
			continue
		}
		remove, add := tally.Change(applied(at.id))
		f.apply(change{at, f.dayOf(tally, e.Seq), remove, add})
		f.recent[at] = struct{}{}
		fresh++
	}
	f.advance(now)
	return fresh, nil
}

// readAll reads from the beginning. Entries arrive in the order of seq, so a
// sorted list is enough to know which were applied, at 16 bytes each.
func (f *follower) readAll(ctx context.Context, src Source, now time.Time) (int, error) {
	var seen []entry
	applied := func(id uint64) func(int64) bool {
		return func(seq int64) bool {
			want := entry{seq, id}
			i := sort.Search(len(seen), func(i int) bool { return !less(seen[i], want) })
			return i < len(seen) && seen[i] == want
		}
	}
	for e, err := range src.Entries(ctx, 0) {
		if err != nil {
			return 0, err
		}
		at := entry{e.Seq, idHash(e.ID)}
		tally, ok := f.parse(e)
		if !ok {
			continue
		}
		remove, add := tally.Change(applied(at.id))
		f.apply(change{at, f.dayOf(tally, e.Seq), remove, add})
		// Almost always an append; two entries of one microsecond may be swapped.
		i := len(seen)
		for i > 0 && less(at, seen[i-1]) {
			i--
		}
		seen = slices.Insert(seen, i, at)
	}
	f.advance(now)
	for i := len(seen) - 1; i >= 0 && seen[i].seq > f.base; i-- {
		f.recent[seen[i]] = struct{}{}
	}
	return len(seen), nil
}

func less(a, b entry) bool { return a.seq < b.seq || a.seq == b.seq && a.id < b.id }

// advance moves the place and forgets entries that can no longer be met again.
func (f *follower) advance(now time.Time) {
	base := min(f.top, now.UnixMicro()) - f.overlap
	if base <= f.base {
		return
	}
	f.base = base
	for at := range f.recent {
		if at.seq <= base {
			delete(f.recent, at)
		}
	}
}

// parse reads a tally. One that cannot be read is counted and left out: a
// damaged document must not take the city's figures away.
func (f *follower) parse(e sitting.Entry) (t sitting.Tally, ok bool) {
	t, err := sitting.ParseTally(e.Tally)
	if err != nil {
		f.damaged++
		return t, false
	}
	return t, true
}
