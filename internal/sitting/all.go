package sitting

import (
	"context"
	"iter"

	"osvitlo/internal/store"
)

// All streams every stored sitting in the order of ids, tombstones left out, with
// flat memory. It is for exports of the operator; no page uses it.
func (s *Service) All(ctx context.Context) iter.Seq2[*Sitting, error] {
	return func(yield func(*Sitting, error) bool) {
		for doc, err := range s.sittings.Find(ctx, store.Query{Index: "_id"}) {
			if err == nil && doc.Erased {
				continue
			}
			if !yield(doc, err) || err != nil {
				return
			}
		}
	}
}

// Keys streams the covering index that feeds the cells, for followers (package cityindex).
func (s *Service) Keys(ctx context.Context, q store.Query) iter.Seq2[store.Key, error] {
	return s.sittings.Keys(ctx, q)
}
