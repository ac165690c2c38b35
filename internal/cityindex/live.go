package cityindex

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// StepSpec declares the public steps: one document per wave, changed by revision.
var StepSpec = store.Spec{Name: "index_steps"}

// StepSize is the least number of people by which a public figure moves (CONTRACT §6).
const StepSize = 10

// step is the frozen state of a wave as the public sees it. It is replaced
// only at the revision it was made from, so all replicas tell one story, and
// it holds the sums themselves, so a restart tells the same one.
type step struct {
	store.Doc              // ID is the wave
	Number    int64        `json:"number"` // 0: nothing public yet
	At        store.Time   `json:"at"`
	Layout    int          `json:"layout"`
	Districts []string     `json:"districts"`
	N         [gates]int64 `json:"n"`
	// Flushed is, per gate, the highest seq in the sums it shows.
	Flushed [gates]int64  `json:"flushed"`
	Sums    [gates]string `json:"sums"`

	wave *Wave // decoded sums
}

// counts are the numbers of people a step publishes.
type counts struct{ n, weighted, unweightable int64 }

func countsOf(n [gates]int64) counts {
	w := n[gateTested] + n[gateTestedNoNet] + n[gateOffline]
	return counts{n: w + n[gateUnweightable], weighted: w, unweightable: n[gateUnweightable]}
}

// movesSafely tells whether a published count may go from a to b.
func movesSafely(a, b int64) bool { return a == b || a-b >= StepSize || b-a >= StepSize }

// due tells which gates may reach the public now. shown holds the rows each
// gate shows, now those it has, came those of them that were not there at the
// last flush. From these follows how many of the shown ones went:
//
//	went = shown + came − now
//
// so a person who came and went between two steps counts nothing, and ten
// submits and erasures of one's own cannot carry out somebody else's. A gate is
// ready when at least ten people came or went and the net is 0 or at least 10.
// Of the ready gates the largest set goes whose sums, n and n_weighted, also
// move by 0 or at least 10.
func due(shown, now, came [gates]int64) (flush [gates]bool, any bool) {
	var ready [gates]bool
	for g := range ready {
		net := now[g] - shown[g]
		changed := 2*came[g] - net
		ready[g] = changed >= StepSize && movesSafely(shown[g], now[g])
	}
	best := 0
	for set := 1; set < 1<<gates; set++ {
		after, size, ok := shown, 0, true
		for g := range ready {
			if set&(1<<g) == 0 {
				continue
			}
			ok = ok && ready[g]
			after[g] = now[g]
			size++
		}
		if !ok || size <= best {
			continue
		}
		a, b := countsOf(shown), countsOf(after)
		if !movesSafely(a.n, b.n) || !movesSafely(a.weighted, b.weighted) || !movesSafely(a.unweightable, b.unweightable) {
			continue
		}
		best = size
		for g := range flush {
			flush[g] = set&(1<<g) != 0
		}
	}
	return flush, best > 0
}

type steps struct {
	docs *store.Collection[step, *step]
}

func openSteps(e store.Engine) (*steps, error) {
	docs, err := store.Open[step](e, StepSpec)
	return &steps{docs}, err
}

// load reads the step of a wave; a wave nothing was shown of has an empty one
// with revision 0.
func (s *steps) load(ctx context.Context, wave string, l layout) (st *step, err error) {
	defer fault.Wrap(&err, "cityindex.step")
	st, err = s.docs.Get(ctx, wave)
	if fault.Is(err, fault.NotFound) {
		return &step{Doc: store.Doc{ID: wave}, wave: newWave(l)}, nil
	}
	if err != nil {
		return nil, err
	}
	if st.Layout != layoutVersion {
		return nil, fault.Newf(fault.Internal, "", "step of layout %d: migrate first", st.Layout)
	}
	// The districts of the configuration may have changed since the step.
	own := newLayout(st.Districts)
	st.wave = newWave(l)
	for g := range st.Sums {
		sums, err := decodeSums(st.Sums[g], own.gateLen(gate(g)))
		if err != nil {
			return nil, err
		}
		if gate(g) != gateUnweightable {
			sums = l.convert(own, sums)
		}
		st.wave.sums[g] = sums
	}
	return st, nil
}

// next makes the step that follows, or nil when nothing may move yet.
func (st *step) next(f *follower, now time.Time) *step {
	w := f.cells.waves[st.ID]
	if w == nil {
		return nil
	}
	l, p := f.cells.layout, f.pending(st.ID)
	var have, came [gates]int64
	for g := range have {
		have[g] = w.n(l, gate(g))
		came[g] = int64(len(p.came[g]))
		if p.more[g] {
			came[g] = max(came[g], have[g]-st.N[g])
		}
	}
	flush, ok := due(st.N, have, came)
	if !ok {
		return nil
	}
	out := &step{Doc: st.Doc, Number: st.Number + 1, At: store.At(now), Layout: layoutVersion, Districts: l.districts, N: st.N, Flushed: st.Flushed, wave: newWave(l)}
	for g := range flush {
		switch {
		case flush[g]:
			out.N[g], out.Flushed[g] = have[g], f.top
			copy(out.wave.sums[g], w.sums[g])
		case st.Number > 0:
			out.wave.sums[g] = st.wave.sums[g]
		}
	}
	for g := range out.Sums {
		out.Sums[g] = encodeSums(out.wave.sums[g])
	}
	return out
}

// publish stores a step at the revision it was made from. Conflict says that
// another replica was first; the caller loads that one.
func (s *steps) publish(ctx context.Context, st *step) error {
	if st.Rev == 0 {
		return s.docs.Insert(ctx, st)
	}
	return s.docs.Replace(ctx, st)
}
