package audit

import (
	"context"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Prune takes out whole chains whose last row is older than before: a signed line
// of the seal file says so first, then the rows go. A crash in between leaves rows
// that the next run takes. This run's chain stays. It returns how many rows went.
func (l *Log) Prune(ctx context.Context, before time.Time) (gone int64, err error) {
	defer fault.Wrap(&err, "audit.Prune")
	names, err := chains(ctx, l.rows)
	if err != nil {
		return 0, err
	}
	for _, chain := range names {
		if chain == l.Chain() {
			continue
		}
		head, err := l.head(ctx, chain)
		if err != nil {
			return gone, err
		}
		if head == nil || !head.At.Before(before) {
			continue
		}
		s := Seal{At: store.At(l.now()), Chain: chain, N: head.N, Hash: head.Hash, Pruned: true}
		s.sign(l.cfg.Key)
		if err := appendSeal(l.cfg.Seals, &s); err != nil {
			return gone, err
		}
		for k, err := range l.rows.Keys(ctx, store.Query{Index: indexChain, Eq: []any{chain}}) {
			if err != nil {
				return gone, err
			}
			if err := l.rows.Delete(ctx, k.ID, 0); err != nil && !fault.Is(err, fault.NotFound) {
				return gone, err
			}
			gone++
		}
	}
	return gone, nil
}

// head is the last row of a chain; nil when it has none.
func (l *Log) head(ctx context.Context, chain string) (*Row, error) {
	for row, err := range l.rows.Find(ctx, store.Query{Index: indexChain, Eq: []any{chain}, Desc: true, Limit: 1}) {
		return row, err
	}
	return nil, nil
}
