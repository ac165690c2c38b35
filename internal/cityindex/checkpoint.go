package cityindex

import (
	"context"
	"encoding/base64"
	"encoding/binary"
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
	Layout    int        `json:"layout"`
	Staff     int        `json:"staff"` // version of the counters for staff
	Districts []string   `json:"districts"`
	Slot      int        `json:"slot"`
	Base      int64      `json:"base"`
	Top       int64      `json:"top"`
	Recent    string     `json:"recent"` // encodeEntries
	Waves     []string   `json:"waves"`
	At        store.Time `json:"at"`
}

type checkpointWave struct {
	store.Doc
	Wave    string           `json:"wave"`
	Base    int64            `json:"base"`
	Top     int64            `json:"top"`
	Sums    [gates]string    `json:"sums"`
	Other   map[string]int64 `json:"other"`
	Invited string           `json:"invited"`
	Flushed [gates]int64     `json:"flushed"`
	Pending [gates]string    `json:"pending"` // encodeEntries
	More    [gates]bool      `json:"more"`
}

const (
	headID = "head"
	// staffVersion changes with the counters for staff; a checkpoint of another
	// one is read anew from the tallies.
	staffVersion = 2
	// maxRecent keeps the head under the store's bound of a document, at most 18
	// bytes an entry and a third more in base64; with more in the overlap (over
	// 3,000 submits per second) the checkpoint waits.
	maxRecent = 32_000
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

// encodeEntries writes entries by seq: the distance to the one before as a
// varint, eight bytes of id hash, all in base64.
func encodeEntries(list []entry) string {
	slices.SortFunc(list, func(a, b entry) int {
		if less(a, b) {
			return -1
		}
		return 1
	})
	var b []byte
	last := int64(0)
	for _, e := range list {
		b = binary.AppendVarint(b, e.seq-last)
		b = binary.BigEndian.AppendUint64(b, e.id)
		last = e.seq
	}
	return base64.RawStdEncoding.EncodeToString(b)
}

func decodeEntries(s string) (list []entry, ok bool) {
	b, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil {
		return nil, false
	}
	last := int64(0)
	for len(b) > 0 {
		step, used := binary.Varint(b)
		if used <= 0 || len(b) < used+8 {
			return nil, false
		}
		last += step
		list = append(list, entry{last, binary.BigEndian.Uint64(b[used:])})
		b = b[used+8:]
	}
	return list, true
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
	head.Layout, head.Staff, head.Districts, head.Base, head.Top, head.At = layoutVersion, staffVersion, f.cells.layout.districts, f.base, f.top, store.At(now)
	head.Recent = encodeEntries(slices.Collect(maps.Keys(f.recent)))
	for _, id := range slices.Sorted(maps.Keys(f.cells.waves)) {
		w := f.cells.waves[id]
		doc := &checkpointWave{Doc: store.Doc{ID: waveDocID(head.Slot, id)}, Wave: id, Base: f.base, Top: f.top, Other: w.other, Invited: encodeSums(w.invited)}
		for g := range w.sums {
			doc.Sums[g] = encodeSums(w.sums[g])
		}
		p := f.pending(id)
		doc.Flushed, doc.More = p.flushed, p.more
		for g := range p.came {
			var list []entry
			for hash, seq := range p.came[g] {
				list = append(list, entry{seq, hash})
			}
			doc.Pending[g] = encodeEntries(list)
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
	if head.Layout != layoutVersion || head.Staff != staffVersion || !slices.Equal(head.Districts, f.cells.layout.districts) || age > checkpointAge || age < -time.Minute {
		return nil, false, nil
	}
	f.base, f.top = head.Base, head.Top
	recent, ok := decodeEntries(head.Recent)
	if !ok {
		return nil, false, nil // a checkpoint that cannot be read is rebuilt
	}
	for _, e := range recent {
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
	var err error
	if w.invited, err = decodeSums(doc.Invited, f.cells.layout.size()); err != nil {
		return false
	}
	f.cells.waves[doc.Wave] = w
	p := f.pending(doc.Wave)
	p.flushed, p.more = doc.Flushed, doc.More
	for g := range doc.Pending {
		list, ok := decodeEntries(doc.Pending[g])
		if !ok {
			return false
		}
		for _, e := range list {
			p.came[g][e.id] = e.seq
		}
	}
	return true
}
