package export

import (
	"context"
	"iter"
	"slices"

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

// Count counts the rows of the table, reading no sitting unless the table is of
// practice: those have no index and all sittings are read.
func (t *Table) Count(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "export.Count")
	if t.State == sitting.Practice {
		for _, err := range t.practice(ctx) {
			if err != nil {
				return 0, err
			}
			n++
		}
		return n, nil
	}
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
			row, err := t.row(ctx, doc)
			if err != nil {
				fault.Wrap(&err, "export.Rows")
				yield(nil, err)
				return
			}
			if !yield(row, nil) {
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

// practice streams the sittings of an adaptive test on a provisional bank: practice for
// the index, and answers that calibrate the bank. No other practice is anybody's to read.
func (t *Table) practice(ctx context.Context) iter.Seq2[*sitting.Sitting, error] {
	return func(yield func(*sitting.Sitting, error) bool) {
		all, ok := t.tables.cfg.Sittings.(Source)
		if !ok || t.given == nil {
			return
		}
		for d, err := range all.All(ctx) {
			switch {
			case err != nil:
				yield(nil, err)
				return
			case !d.Done() || d.State != sitting.Practice || !slices.Contains(d.Reasons, sitting.ReasonUncalibrated) || !d.Consents(sitting.ConsentStatistics),
				d.Instrument != t.Instrument, t.Wave != "" && d.Wave != t.Wave, t.Mode != "" && d.Mode != t.Mode:
				continue
			}
			if !yield(d, nil) {
				return
			}
		}
	}
}

// sittings reads the documents behind the entries, batch by batch. One that changed
// meanwhile has moved behind and is met there; one that was erased is left out.
func (t *Table) sittings(ctx context.Context, skip, limit int) iter.Seq2[*sitting.Sitting, error] {
	return func(yield func(*sitting.Sitting, error) bool) {
		if t.State == sitting.Practice {
			for d, err := range t.practice(ctx) {
				if skip--; skip >= 0 && err == nil {
					continue
				}
				if !yield(d, err) || err != nil {
					return
				}
			}
			return
		}
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
