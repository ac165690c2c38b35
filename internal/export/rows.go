package export

import (
	"context"
	"iter"

	"osvitlo/internal/fault"
	"osvitlo/internal/sitting"
)

// Reader gives the submitted sittings; sitting.Service is one.
type Reader interface {
	Entries(ctx context.Context, after int64) func(yield func(sitting.Entry, error) bool)
	Many(ctx context.Context, ids []string) ([]*sitting.Sitting, error)
	Catalogue() *sitting.Catalogue
}

// batch is how many sittings are in memory at a time.
const batch = 200

// Count counts the rows of the table, reading no sitting.
func (t *Table) Count(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "export.Count")
	for _, err := range t.entries(ctx) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// Rows streams the rows in the order in which the sittings came: it leaves skip
// of them out and gives limit, or all for 0. Cells that a spreadsheet would run are
// defused. Memory does not grow with the number of rows. A row of the page and a
// row of a file are the same slice of this stream.
func (t *Table) Rows(ctx context.Context, skip, limit int) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		given := 0
		for doc, err := range t.sittings(ctx, skip, limit) {
			if err != nil {
				fault.Wrap(&err, "export.Rows")
				yield(nil, err)
				return
			}
			if !yield(t.row(doc), nil) {
				return
			}
			if given++; given == limit {
				return
			}
		}
	}
}

// entries streams the entries of the index over sittings that the query takes.
func (t *Table) entries(ctx context.Context) iter.Seq2[sitting.Entry, error] {
	return func(yield func(sitting.Entry, error) bool) {
		for e, err := range t.tables.cfg.Sittings.Entries(ctx, 0) {
			if err != nil {
				yield(e, err)
				return
			}
			tally, err := sitting.ParseTally(e.Tally)
			if err != nil {
				yield(e, fault.From(err, fault.Internal, ""))
				return
			}
			if t.takes(tally.Now) && !yield(e, nil) {
				return
			}
		}
	}
}

// sittings reads the documents behind the entries, batch by batch. One that changed
// meanwhile has moved behind and is met there; one that was erased is left out.
func (t *Table) sittings(ctx context.Context, skip, limit int) iter.Seq2[*sitting.Sitting, error] {
	return func(yield func(*sitting.Sitting, error) bool) {
		var ids []string
		seqs := map[string]int64{}
		size := batch
		if limit > 0 {
			size = min(size, limit)
		}
		flush := func() bool {
			docs, err := t.tables.cfg.Sittings.Many(ctx, ids)
			if err != nil {
				yield(nil, err)
				return false
			}
			for _, d := range docs {
				if d.Seq == seqs[d.ID] && d.Consents(sitting.ConsentStatistics) && !yield(d, nil) {
					return false
				}
			}
			ids = ids[:0]
			clear(seqs)
			return true
		}
		for e, err := range t.entries(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if skip > 0 {
				skip--
				continue
			}
			ids = append(ids, e.ID)
			seqs[e.ID] = e.Seq
			if len(ids) == size && !flush() {
				return
			}
		}
		if len(ids) > 0 {
			flush()
		}
	}
}
