package cityindex

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// CheckpointSpec declares the stored cells: one document per wave and one head.
var CheckpointSpec = store.Spec{Name: "index_checkpoints"}

// checkpointHead names the wave documents that make one checkpoint. Waves are
// written first, into the slot the last head does not use, the head after
// them: a crash in between leaves the last checkpoint whole. Two replicas that
// write at once can mix slots; a wave whose Top differs from the head's is
// then seen at load and the cells are rebuilt.
type checkpointHead struct {
	store.Doc
	Layout    int           `json:"layout"`
	Districts []string      `json:"districts"`
	Slot      int           `json:"slot"`
	Base      int64         `json:"base"`
	Top       int64         `json:"top"`
	Recent    []recentEntry `json:"recent"`
	Waves     []string      `json:"waves"`
	At        store.Time    `json:"at"`
}

type recentEntry struct {
	Seq int64  `json:"s"`
	ID  string `json:"i"` // hash in hex: a JSON number cannot hold it
}

type checkpointWave struct {
	store.Doc
	Wave    string               `json:"wave"`
	Base    int64                `json:"base"`
	Top     int64                `json:"top"`
	Sums    [gates]string        `json:"sums"`
	Other   map[string]int64     `json:"other"`
	Flushed [gates]int64         `json:"flushed"`
	Pending [gates][]recentEntry `json:"pending"`
	More    [gates]bool          `json:"more"`
}

const (
	headID = "head"
	// maxRecent bounds the head under the store's document bound; with more in
	// the overlap (thousands of submits per second) the checkpoint waits.
	maxRecent = 12_000
	// checkpointAge is how old a checkpoint may be. Tombstones lose their tally 30
	// days after an erasure; an older checkpoint might miss a removal.
	checkpointAge = 7 * 24 * time.Hour
)

type checkpoints struct {
	heads *store.Collection[checkpointHead, *checkpointHead]
	waves *store.Collection[checkpointWave, *checkpointWave]
}

func openCheckpoints(e store.Engine) (*checkpoints, error) {
	heads, err := store.Open[checkpointHead](e, CheckpointSpec)
	if err != nil {
		return nil, err
	}
	waves, err := store.Open[checkpointWave](e, CheckpointSpec)
	if err != nil {
		return nil, err
	}
	return &checkpoints{heads, waves}, nil
}

func hexEntry(e entry) recentEntry { return recentEntry{e.seq, fmt.Sprintf("%016x", e.id)} }

func (r recentEntry) entry() (entry, error) {
	e := entry{seq: r.Seq}
	_, err := fmt.Sscanf(r.ID, "%016x", &e.id)
	return e, err
}

// save stores the cells and their place. It returns false when the overlap is
// too full to be stored now.
func (c *checkpoints) save(ctx context.Context, f *follower, now time.Time) (saved bool, err error) {
	defer fault.Wrap(&err, "cityindex.checkpoint")
	if len(f.recent) > maxRecent {
		return false, nil
	}
	head := &checkpointHead{Doc: store.Doc{ID: headID}, Slot: 0}
	old, err := c.heads.Get(ctx, headID)
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return false, err
	default:
		head.Slot = 1 - min(max(old.Slot, 0), 1)
	}
	head.Layout, head.Districts, head.Base, head.Top, head.At = layoutVersion, f.cells.layout.districts, f.base, f.top, store.At(now)
	for e := range f.recent {
		head.Recent = append(head.Recent, hexEntry(e))
	}
	for _, id := range slices.Sorted(maps.Keys(f.cells.waves)) {
		w := f.cells.waves[id]
		doc := &checkpointWave{Doc: store.Doc{ID: waveDocID(head.Slot, id)}, Wave: id, Base: f.base, Top: f.top, Other: w.other}
		for g := range w.sums {
			doc.Sums[g] = encodeSums(w.sums[g])
		}
		p := f.pending(id)
		doc.Flushed, doc.More = p.flushed, p.more
		for g := range p.came {
			doc.Pending[g] = []recentEntry{} // an absent list would be a null, which is not stored
			for hash, seq := range p.came[g] {
				doc.Pending[g] = append(doc.Pending[g], hexEntry(entry{seq, hash}))
			}
		}
		if err := c.waves.Upsert(ctx, doc); err != nil {
			return false, err
		}
		head.Waves = append(head.Waves, id)
	}
	return true, c.heads.Upsert(ctx, head)
}

func waveDocID(slot int, wave string) string { return fmt.Sprintf("wave:%d:%s", slot, wave) }

// load restores a follower. ok is false when there is no checkpoint that fits
// the present layout and districts; the caller then reads everything anew.
func (c *checkpoints) load(ctx context.Context, districts []string, overlap time.Duration, now time.Time) (f *follower, ok bool, err error) {
	defer fault.Wrap(&err, "cityindex.load")
	head, err := c.heads.Get(ctx, headID)
	if fault.Is(err, fault.NotFound) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	f = newFollower(districts, overlap)
	age := now.Sub(head.At.Time)
	if head.Layout != layoutVersion || !slices.Equal(head.Districts, f.cells.layout.districts) || age > checkpointAge || age < -time.Minute {
		return nil, false, nil
	}
	f.base, f.top = head.Base, head.Top
	for _, r := range head.Recent {
		e, err := r.entry()
		if err != nil {
			return nil, false, nil //nolint:nilerr // a checkpoint that cannot be read is rebuilt
		}
		f.recent[e] = struct{}{}
	}
	for _, id := range head.Waves {
		doc, err := c.waves.Get(ctx, waveDocID(head.Slot, id))
		if fault.Is(err, fault.NotFound) {
			return nil, false, nil
		}
		if err != nil {
			return nil, false, err
		}
		if doc.Wave != id || doc.Base != head.Base || doc.Top != head.Top || !f.restore(doc) {
			return nil, false, nil
		}
	}
	return f, true, nil
}

// restore puts one stored wave into the follower; false when it cannot be read.
func (f *follower) restore(doc *checkpointWave) bool {
	w := newWave(f.cells.layout)
	for g := range w.sums {
		sums, err := decodeSums(doc.Sums[g], f.cells.layout.gateLen(gate(g)))
		if err != nil {
			return false
		}
		w.sums[g] = sums
	}
	for k, v := range doc.Other {
		w.other[k] = v
	}
	f.cells.waves[doc.Wave] = w
	p := f.pending(doc.Wave)
	p.flushed, p.more = doc.Flushed, doc.More
	for g := range doc.Pending {
		for _, r := range doc.Pending[g] {
			e, err := r.entry()
			if err != nil {
				return false
			}
			p.came[g][e.id] = e.seq
		}
	}
	return true
}
