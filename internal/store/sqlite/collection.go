package sqlite

import (
	"context"
	"database/sql/driver"
	"strings"
	"unsafe"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// collection is one table. Its columns are id, rev, doc, one per indexed path, and
// known: how many of these paths its writer knew (see migrate.go).
type collection struct {
	e     *Engine
	shape *store.Shape // of the spec, for queries
	wide  *store.Shape // of the spec and of what the file has besides, for writes
	cols  []int        // slot in wide.Paths of each column, -1 for an array's
	sql   statements
}

type statements struct {
	get, rev, insert, replace, upsert, remove, removeRev string
}

var _ store.Raw = (*collection)(nil)

// quote makes an SQL identifier. Names were checked by store.Compile; the quoting lets
// dots and dashes stand in them.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func column(path string) string { return quote("ix." + path) }

// compile writes the statements of a table whose columns stand for paths.
func (t *collection) compile(paths []string) {
	name := quote(t.shape.Spec.Name)
	var cols, marks, sets strings.Builder
	for _, p := range paths {
		slot := t.wide.Slot(p)
		if t.wide.IsArray(p) {
			continue
		}
		t.cols = append(t.cols, slot)
		cols.WriteString("," + column(p))
		marks.WriteString(",?")
		sets.WriteString("," + column(p) + "=excluded." + column(p))
	}
	into := "INSERT INTO " + name + "(id,rev,doc,known" + cols.String() + ") VALUES(?,?,?,?" + marks.String() + ") ON CONFLICT(id) DO "
	t.sql = statements{
		get:       "SELECT rev,doc FROM " + name + " WHERE id=?",
		rev:       "SELECT rev FROM " + name + " WHERE id=?",
		insert:    into + "NOTHING",
		upsert:    into + "UPDATE SET rev=rev+1,doc=excluded.doc,known=excluded.known" + sets.String(),
		remove:    "DELETE FROM " + name + " WHERE id=?",
		removeRev: "DELETE FROM " + name + " WHERE id=? AND rev=?",
	}
	var plain strings.Builder
	for _, p := range paths {
		if !t.wide.IsArray(p) {
			plain.WriteString("," + column(p) + "=?")
		}
	}
	t.sql.replace = "UPDATE " + name + " SET rev=rev+1,doc=?,known=?" + plain.String() + " WHERE id=? AND rev=?"
}

// text views a document as a string without copying it; Raw forbids its change.
func text(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf views a string that nobody else holds as bytes.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

// cell is how an index value stands in a column. A bool is a blob, which sorts behind
// texts and stays apart from numbers.
func cell(v any) any {
	switch v {
	case true:
		return []byte{1}
	case false:
		return []byte{0}
	}
	return v
}

func uncell(v driver.Value) any {
	switch x := v.(type) {
	case []byte:
		return len(x) == 1 && x[0] == 1
	case float64:
		if x >= -store.MaxInt && x <= store.MaxInt && x == float64(int64(x)) {
			return int64(x)
		}
	}
	return v
}

// cells appends the column values of a checked document.
func (t *collection) cells(args []any, values []any) []any {
	for _, slot := range t.cols {
		args = append(args, cell(values[slot]))
	}
	return args
}

// Insert implements store.Raw.
func (t *collection) Insert(ctx context.Context, id string, doc []byte) (err error) {
	defer fault.Wrap(&err, "sqlite.Insert")
	args, err := t.insertArgs(id, doc)
	if err != nil {
		return err
	}
	return t.e.submit(&write{ctx: ctx, bytes: len(doc), apply: func(c *conn) (error, error) {
		n, err := c.exec(t.sql.insert, args...)
		if err == nil && n == 0 {
			return t.taken(), nil
		}
		return nil, err
	}})
}

func (t *collection) insertArgs(id string, doc []byte) ([]any, error) {
	values, err := t.wide.Check(id, doc)
	if err != nil {
		return nil, err
	}
	args := make([]any, 0, 4+len(t.cols))
	return t.cells(append(args, id, int64(1), text(doc), int64(len(t.cols))), values), nil
}

func (t *collection) taken() error {
	return fault.Newf(fault.Conflict, "", "collection %s: the id is taken", t.shape.Spec.Name)
}

func (t *collection) missing() error {
	return fault.Newf(fault.NotFound, "", "collection %s: no such document", t.shape.Spec.Name)
}

// InsertMany implements store.Raw. Each transaction takes at most some hundred documents.
func (t *collection) InsertMany(ctx context.Context, docs []store.RawDoc) (err error) {
	defer fault.Wrap(&err, "sqlite.InsertMany")
	if len(docs) > store.MaxMany {
		return fault.Newf(fault.Invalid, "", "more than %d documents at once", store.MaxMany)
	}
	all := make([][]any, len(docs))
	for i, d := range docs {
		if all[i], err = t.insertArgs(d.ID, d.Body); err != nil {
			return err
		}
	}
	var conflict error
	for at := 0; at < len(docs); {
		end, bytes := at, 0
		for end < len(docs) && end-at < maxBatch/2 && bytes < maxBatchBytes/2 {
			bytes += len(docs[end].Body)
			end++
		}
		part := all[at:end]
		err := t.e.submit(&write{ctx: ctx, bytes: bytes, apply: func(c *conn) (refused, err error) {
			for _, args := range part {
				n, err := c.exec(t.sql.insert, args...)
				if err != nil {
					return nil, err
				}
				if n == 0 {
					refused = t.taken()
				}
			}
			return refused, nil
		}})
		if fault.Is(err, fault.Conflict) {
			conflict = err
		} else if err != nil {
			return err
		}
		at = end
	}
	return conflict
}

// Replace implements store.Raw.
func (t *collection) Replace(ctx context.Context, id string, doc []byte, expectedRev int64) (err error) {
	defer fault.Wrap(&err, "sqlite.Replace")
	values, err := t.wide.Check(id, doc)
	if err != nil {
		return err
	}
	args := make([]any, 0, 4+len(t.cols))
	args = append(t.cells(append(args, text(doc), int64(len(t.cols))), values), id, expectedRev)
	return t.e.submit(&write{ctx: ctx, bytes: len(doc), apply: func(c *conn) (error, error) {
		n, err := c.exec(t.sql.replace, args...)
		if err == nil && n == 0 {
			return t.whyNot(c, id)
		}
		return nil, err
	}})
}

// whyNot tells a stale revision from a missing document.
func (t *collection) whyNot(c *conn, id string) (refused, err error) {
	refused = t.missing()
	err = c.query(t.sql.rev, []any{id}, func([]driver.Value) bool {
		refused = fault.Newf(fault.Conflict, "", "collection %s: the document was changed meanwhile", t.shape.Spec.Name)
		return true
	})
	return refused, err
}

// Upsert implements store.Raw.
func (t *collection) Upsert(ctx context.Context, id string, doc []byte) (rev int64, err error) {
	defer fault.Wrap(&err, "sqlite.Upsert")
	args, err := t.insertArgs(id, doc)
	if err != nil {
		return 0, err
	}
	var got int64 // the caller may have left when the writer sets it
	err = t.e.submit(&write{ctx: ctx, bytes: len(doc), apply: func(c *conn) (error, error) {
		if _, err := c.exec(t.sql.upsert, args...); err != nil {
			return nil, err
		}
		return nil, c.query(t.sql.rev, []any{id}, func(r []driver.Value) bool {
			got, _ = r[0].(int64)
			return true
		})
	}})
	if err != nil {
		return 0, err
	}
	return got, nil
}

// Delete implements store.Raw.
func (t *collection) Delete(ctx context.Context, id string, expectedRev int64) (err error) {
	defer fault.Wrap(&err, "sqlite.Delete")
	if err := store.CheckID(id); err != nil {
		return err
	}
	return t.e.submit(&write{ctx: ctx, apply: func(c *conn) (error, error) {
		var n int64
		var err error
		if expectedRev == 0 {
			n, err = c.exec(t.sql.remove, id)
		} else {
			n, err = c.exec(t.sql.removeRev, id, expectedRev)
		}
		if err == nil && n == 0 {
			return t.whyNot(c, id)
		}
		return nil, err
	}})
}

// Add implements store.Raw.
func (t *collection) Add(ctx context.Context, id string, delta map[string]int64) (values map[string]int64, err error) {
	defer fault.Wrap(&err, "sqlite.Add")
	if err := store.CheckID(id); err != nil {
		return nil, err
	}
	if err := store.CheckDelta(delta); err != nil {
		return nil, err
	}
	steps := make(map[string]int64, len(delta)) // the caller's map may change after a cancelled call
	for k, v := range delta {
		steps[k] = v
	}
	var got map[string]int64
	err = t.e.submit(&write{ctx: ctx, bytes: 64 * len(steps), apply: func(c *conn) (refused, err error) {
		body, rev := []byte("{}"), int64(0)
		if err := c.query(t.sql.get, []any{id}, func(r []driver.Value) bool {
			rev, _ = r[0].(int64)
			s, _ := r[1].(string)
			body = bytesOf(s)
			return true
		}); err != nil {
			return nil, err
		}
		body, sums, refused := store.AddTo(body, steps)
		if refused != nil {
			return refused, nil
		}
		cells, refused := t.wide.Check(id, body)
		if refused != nil {
			return refused, nil
		}
		args := t.cells([]any{id, rev + 1, text(body), int64(len(t.cols))}, cells)
		if _, err := c.exec(t.sql.upsert, args...); err != nil {
			return nil, err
		}
		got = sums
		return nil, nil
	}})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// Get implements store.Raw.
func (t *collection) Get(ctx context.Context, id string) (doc store.RawDoc, err error) {
	defer fault.Wrap(&err, "sqlite.Get")
	if err := store.CheckID(id); err != nil {
		return doc, err
	}
	err = t.e.read(ctx, func(c *conn) error { return t.get(c, id, &doc) })
	if err == nil && doc.ID == "" {
		err = t.missing()
	}
	return doc, err
}

// get reads a document into doc and leaves doc alone when there is none.
func (t *collection) get(c *conn, id string, doc *store.RawDoc) error {
	return c.query(t.sql.get, []any{id}, func(r []driver.Value) bool {
		doc.ID = id
		doc.Rev, _ = r[0].(int64)
		s, _ := r[1].(string)
		doc.Body = bytesOf(s)
		return true
	})
}

// GetMany implements store.Raw. It gives the reader back between stretches.
func (t *collection) GetMany(ctx context.Context, ids []string) (docs []store.RawDoc, err error) {
	defer fault.Wrap(&err, "sqlite.GetMany")
	if len(ids) > store.MaxMany {
		return nil, fault.Newf(fault.Invalid, "", "more than %d ids at once", store.MaxMany)
	}
	for at := 0; at < len(ids); at += 128 {
		part := ids[at:min(at+128, len(ids))]
		if err := t.e.read(ctx, func(c *conn) error {
			for _, id := range part {
				if err := store.CheckID(id); err != nil {
					return err
				}
				var d store.RawDoc
				if err := t.get(c, id, &d); err != nil {
					return err
				}
				if d.ID != "" {
					docs = append(docs, d)
				}
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return docs, nil
}
