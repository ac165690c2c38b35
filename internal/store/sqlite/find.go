package sqlite

import (
	"context"
	"database/sql/driver"
	"iter"
	"strings"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// A stream reads stretches of rows and gives its reader back between them, so that the
// loop over it may read and write without waiting for itself.
const (
	firstChunk = 32
	maxChunk   = 512
	maxKeys    = 4096
	chunkBytes = 1 << 20 // a stretch ends behind the row that passes this
)

// Find implements store.Raw.
func (t *collection) Find(ctx context.Context, q store.Query) iter.Seq2[store.RawDoc, error] {
	return func(yield func(store.RawDoc, error) bool) {
		err := t.stream(ctx, q, true, maxChunk, func(d store.RawDoc) bool { return yield(d, nil) })
		if err != nil {
			fault.Wrap(&err, "sqlite.Find")
			yield(store.RawDoc{}, err)
		}
	}
}

// Keys implements store.Raw. It reads the index alone.
func (t *collection) Keys(ctx context.Context, q store.Query) iter.Seq2[store.Key, error] {
	return func(yield func(store.Key, error) bool) {
		err := t.stream(ctx, q, false, maxKeys, func(d store.RawDoc) bool {
			return yield(store.Key{ID: d.ID, Values: d.Values}, nil)
		})
		if err != nil {
			fault.Wrap(&err, "sqlite.Keys")
			yield(store.Key{}, err)
		}
	}
}

func (t *collection) stream(ctx context.Context, q store.Query, docs bool, most int, yield func(store.RawDoc) bool) error {
	plan, err := t.shape.Plan(q)
	if err != nil {
		return err
	}
	segments, left := plan.Segments, plan.Limit
	chunk := firstChunk
	if left > 0 {
		chunk = min(left, most)
	}
	var rows []store.RawDoc
	for len(segments) > 0 {
		rows = rows[:0]
		full := false
		if err := t.e.read(ctx, func(c *conn) (err error) {
			rows, full, err = t.chunk(c, plan, segments, docs, chunk, rows)
			return err
		}); err != nil {
			return err
		}
		for _, d := range rows {
			if !yield(d) {
				return nil
			}
		}
		if !full {
			return nil
		}
		if plan.Limit > 0 {
			if left -= len(rows); left <= 0 {
				return nil
			}
		}
		last := rows[len(rows)-1]
		segments = plan.Behind(last.Values, last.ID)
		chunk = min(chunk*4, most)
		if plan.Limit > 0 {
			chunk = min(chunk, left)
		}
	}
	return nil
}

// chunk reads up to n rows of the segments. full tells that there may be more.
func (t *collection) chunk(c *conn, plan *store.Plan, segments []store.Segment, docs bool, n int, rows []store.RawDoc) ([]store.RawDoc, bool, error) {
	bytes, full := 0, false
	for _, g := range segments {
		sql, args := t.query(plan, &g, docs, n-len(rows))
		err := c.query(sql, args, func(r []driver.Value) bool {
			d := row(r, plan, docs)
			bytes += len(d.Body) + 64
			rows = append(rows, d)
			full = bytes >= chunkBytes || len(rows) >= n
			return !full
		})
		if err != nil || full {
			return rows, full, err
		}
	}
	return rows, false, nil
}

func row(r []driver.Value, plan *store.Plan, docs bool) store.RawDoc {
	var d store.RawDoc
	d.ID, _ = r[0].(string)
	rest := r[1:]
	if docs {
		d.Rev, _ = r[1].(int64)
		s, _ := r[2].(string)
		d.Body = bytesOf(s)
		rest = r[3:]
	}
	if plan.Index.Name == store.BuiltinID {
		d.Values = []any{d.ID}
		return d
	}
	d.Values = make([]any, len(rest))
	for i, v := range rest {
		d.Values[i] = uncell(v)
	}
	return d
}

// query writes the SQL of one segment. The named index is forced: a query that could
// not run on it would fail instead of scanning the table.
func (t *collection) query(plan *store.Plan, g *store.Segment, docs bool, limit int) (string, []any) {
	name, ix := t.shape.Spec.Name, plan.Index
	from, index, prefix := quote(name), quote(name+"."+ix.Name), ""
	cols := make([]string, len(plan.Fields))
	for i, f := range plan.Fields {
		cols[i] = column(f)
	}
	switch {
	case ix.Name == store.BuiltinID:
		index = quote("sqlite_autoindex_" + name + "_1")
	case ix.Array:
		from, index = quote(name+"."+ix.Name), quote(name+"."+ix.Name+".order")
		cols[0] = "v"
		prefix = "s."
	}
	cols[len(cols)-1] = "id"
	for i := range cols {
		cols[i] = prefix + cols[i]
	}
	var b strings.Builder
	b.WriteString("SELECT " + cols[len(cols)-1])
	if docs {
		b.WriteString(",rev,doc")
	}
	for _, c := range cols[:len(cols)-1] {
		b.WriteString("," + c)
	}
	b.WriteString(" FROM " + from)
	if prefix != "" {
		b.WriteString(" AS s")
	}
	b.WriteString(" INDEXED BY " + index)
	if docs && prefix != "" {
		b.WriteString(" CROSS JOIN " + quote(name) + " AS d ON d.id=s.id")
	}
	args := where(&b, cols, g)
	b.WriteString(" ORDER BY ")
	for i, c := range cols[min(len(g.Eq), len(cols)-1):] {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString(c)
		if plan.Desc {
			b.WriteString(" DESC")
		}
	}
	b.WriteString(" LIMIT ?")
	return b.String(), append(args, int64(limit))
}

func where(b *strings.Builder, cols []string, g *store.Segment) (args []any) {
	word := " WHERE "
	cond := func(text string, v ...any) {
		b.WriteString(word + text)
		args = append(args, v...)
		word = " AND "
	}
	for i, v := range g.Eq {
		if v == nil {
			cond(cols[i] + " IS NULL")
		} else {
			cond(cols[i]+"=?", cell(v))
		}
	}
	if len(g.Eq) == len(cols) {
		return args
	}
	next := cols[len(g.Eq)]
	bound := func(op string, e *store.Bound) {
		if e == nil {
			return
		}
		if e.Inclusive {
			op += "="
		}
		cond(next+op+"?", cell(e.Value))
	}
	bound(">", g.Lo)
	bound("<", g.Hi)
	if g.Present && g.Lo == nil && g.Hi == nil {
		cond(next + " IS NOT NULL")
	}
	return args
}
