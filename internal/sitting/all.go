package sitting

import (
	"context"
	"iter"
	"slices"

	"osvitlo/internal/fault"
	"osvitlo/internal/instrument"
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

// Many reads sittings in the order of ids, at most store.MaxMany; what is missing or
// erased is left out. It is for tables of staff with the right to see answers.
func (s *Service) Many(ctx context.Context, ids []string) (docs []*Sitting, err error) {
	defer fault.Wrap(&err, "sitting.Many")
	if docs, err = s.sittings.GetMany(ctx, ids); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(docs, func(d *Sitting) bool { return d.Erased }), nil
}

// Given lists the items that the adaptive part of a sitting gave, in their order, in the
// words they had then; none where there is no such part. Errors: Unavailable when the
// bank of the sitting cannot be read.
func (s *Service) Given(ctx context.Context, doc *Sitting) (items []*instrument.Item, err error) {
	defer fault.Wrap(&err, "sitting.Given")
	if doc.Bank == "" || len(doc.Log) == 0 {
		return nil, nil
	}
	b, err := s.bank(ctx, doc.Bank)
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	for _, l := range doc.Log {
		if it := b.items[l.Item]; it != nil {
			items = append(items, it)
		}
	}
	return items, nil
}

// Keys streams the covering index that feeds the cells, for followers (package cityindex).
func (s *Service) Keys(ctx context.Context, q store.Query) iter.Seq2[store.Key, error] {
	return s.sittings.Keys(ctx, q)
}
