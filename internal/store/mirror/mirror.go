// Package mirror keeps a collection that is bounded by the city (places, events,
// instructions, institutions) in memory, so that pages may filter, sort and search it
// freely.
//
// Guarantees: a reader sees whole documents and a snapshot that does not change under
// it; a process sees its own writes at once (Put) and those of other replicas at the
// next Refresh; reading never waits for the store.
//
// It does not do: write to the store, hold collections that grow with the number of
// residents (Max refuses them), notice a document that was deleted outright. Whoever
// takes something out marks it as gone.
package mirror

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// overlap is how far behind the last stamp seen Refresh looks again: replicas' clocks
// differ, and a write that took long becomes visible behind later ones.
const overlap = 30 * time.Second

// batch is how many changed documents are read at once.
const batch = 500

// Doc is what the mirror must know of a document.
type Doc struct {
	ID      string
	Changed int64 // stamp of its last write, from Stamp
	Gone    bool  // taken out: kept in the store, not shown
}

// Options say how a collection is followed.
type Options[T any] struct {
	Index string           // a declared index whose one field is the stamp
	Field string           // the JSON name of that field, for messages
	Of    func(*T) Doc     // reads what the mirror must know
	Max   int              // bound of documents, those gone included; 0 is 100,000
	Now   func() time.Time // clock of the stamps
}

// Mirror is a collection in memory. It is safe for concurrent use.
type Mirror[T any] struct {
	o    Options[T]
	keys func(ctx context.Context, from int64) (map[string]int64, error)
	get  func(ctx context.Context, ids []string) ([]*T, error)

	refreshing sync.Mutex // one Refresh at a time

	mu      sync.RWMutex
	docs    map[string]*T
	stamps  map[string]int64
	last    int64 // the largest stamp seen or given
	version uint64
	list    []*T // those not gone, by id; nil when it must be built again
}

// Open reads the collection. It fails with Unavailable when the store does, and with
// Invalid when there are more documents than Max.
func Open[T any, P store.Document[T]](ctx context.Context, c *store.Collection[T, P], o Options[T]) (m *Mirror[T], err error) {
	defer fault.Wrap(&err, "mirror.Open "+o.Field)
	if o.Max == 0 {
		o.Max = 100_000
	}
	m = &Mirror[T]{o: o, docs: map[string]*T{}, stamps: map[string]int64{},
		keys: func(ctx context.Context, from int64) (map[string]int64, error) {
			changed := map[string]int64{}
			for key, err := range c.Keys(ctx, store.Query{Index: o.Index, From: from}) {
				if err != nil {
					return nil, err
				}
				stamp, ok := key.Values[0].(int64)
				if !ok {
					return nil, fault.Newf(fault.Internal, "", "%s of %q is no whole number", o.Field, key.ID)
				}
				changed[key.ID] = stamp
			}
			return changed, nil
		},
		get: c.GetMany,
	}
	return m, m.Refresh(ctx)
}

// Refresh reads what others changed since the last time.
func (m *Mirror[T]) Refresh(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "mirror.Refresh "+m.o.Field)
	m.refreshing.Lock()
	defer m.refreshing.Unlock()

	m.mu.RLock()
	from := max(0, m.last-overlap.Microseconds())
	m.mu.RUnlock()
	changed, err := m.keys(ctx, from)
	if err != nil {
		return err
	}
	m.mu.RLock()
	maps.DeleteFunc(changed, func(id string, stamp int64) bool { return m.stamps[id] >= stamp })
	m.mu.RUnlock()
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(changed)), batch) {
		docs, err := m.get(ctx, ids)
		if err != nil {
			return err
		}
		for _, d := range docs {
			if err := m.take(d); err != nil {
				return err
			}
		}
	}
	return nil
}

// Put shows a document right after it was written. The mirror keeps the pointer: the
// caller does not change the document any more.
func (m *Mirror[T]) Put(doc *T) {
	// over the bound the next Refresh says so; the write itself has happened
	_ = m.take(doc)
}

// take shows a document unless a later state of it is shown already.
func (m *Mirror[T]) take(doc *T) error {
	d := m.o.Of(doc)
	m.mu.Lock()
	defer m.mu.Unlock()
	have, known := m.stamps[d.ID]
	if known && have > d.Changed {
		return nil
	}
	if !known && len(m.stamps) >= m.o.Max {
		return fault.Newf(fault.Invalid, "", "more than %d documents", m.o.Max)
	}
	m.stamps[d.ID] = d.Changed
	m.last = max(m.last, d.Changed)
	if d.Gone {
		delete(m.docs, d.ID)
	} else {
		m.docs[d.ID] = doc
	}
	m.version++
	m.list = nil
	return nil
}

// Stamp gives the stamp for a write: the clock in microseconds, later than every stamp
// seen or given before.
func (m *Mirror[T]) Stamp() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = max(m.last+1, m.o.Now().UnixMicro())
	return m.last
}

// ByID returns a document that is not gone. It is shared: read only.
func (m *Mirror[T]) ByID(id string) (*T, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	doc, ok := m.docs[id]
	return doc, ok
}

// All lists the documents that are not gone, by id. The slice and what it points to are
// shared: read only.
func (m *Mirror[T]) All() []*T {
	list, _ := m.snapshot()
	return list
}

// Version grows with every change.
func (m *Mirror[T]) Version() uint64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.version
}

func (m *Mirror[T]) snapshot() ([]*T, uint64) {
	m.mu.RLock()
	list, version := m.list, m.version
	m.mu.RUnlock()
	if list != nil {
		return list, version
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.list == nil {
		list := make([]*T, 0, len(m.docs))
		for _, d := range m.docs {
			list = append(list, d)
		}
		slices.SortFunc(list, func(a, b *T) int { return cmp.Compare(m.o.Of(a).ID, m.o.Of(b).ID) })
		m.list = list
	}
	return m.list, m.version
}

// Derive returns a function that answers with what build makes of all documents. It is
// built again only after a change, by the first who asks; the others wait for it.
func Derive[T, V any](m *Mirror[T], build func([]*T) V) func() V {
	var (
		mu    sync.Mutex
		built bool
		at    uint64
		value V
	)
	return func() V {
		mu.Lock()
		defer mu.Unlock()
		if list, version := m.snapshot(); !built || at != version {
			value, at, built = build(list), version, true
		}
		return value
	}
}

// Refresher is a Mirror of any collection.
type Refresher interface{ Refresh(context.Context) error }

// Keep refreshes mirrors until the context ends. A failure is logged once and tried
// again at the next turn; meanwhile readers see the state before.
func Keep(ctx context.Context, log *slog.Logger, every time.Duration, ms ...Refresher) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	failed := make([]bool, len(ms))
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for i, m := range ms {
			err := m.Refresh(ctx)
			if err != nil && !failed[i] && ctx.Err() == nil {
				log.WarnContext(ctx, "mirror", "error", err)
			}
			failed[i] = err != nil
		}
	}
}
