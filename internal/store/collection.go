package store

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"slices"

	jsonv2 "github.com/go-json-experiment/json"

	"osvitlo/internal/fault"
)

// Collection is the typed face of a collection. P is always *T; let it be inferred:
//
//	sittings, err := store.Open[Sitting](engine, spec)
type Collection[T any, P Document[T]] struct {
	raw   Raw
	shape *Shape
}

// Open returns the typed collection of a spec.
func Open[T any, P Document[T]](e Engine, spec Spec) (*Collection[T, P], error) {
	shape, err := Compile(spec)
	if err != nil {
		return nil, err
	}
	raw, err := e.Raw(spec)
	if err != nil {
		return nil, err
	}
	return &Collection[T, P]{raw: raw, shape: shape}, nil
}

// Page is a stretch of a query's result. An empty cursor means there is nothing there.
type Page[T any] struct {
	Items []*T
	Next  Cursor // to the page behind; put it into Query.Cursor
	Prev  Cursor // to the page before; put it into Query.Cursor
}

// Insert stores a new document; Conflict when its id is taken. It sets Rev to 1.
func (c *Collection[T, P]) Insert(ctx context.Context, doc P) (err error) {
	defer fault.Wrap(&err, "store.Insert "+c.shape.Spec.Name)
	body, err := encode[T](doc)
	if err != nil {
		return err
	}
	if err := c.raw.Insert(ctx, doc.Meta().ID, body); err != nil {
		return err
	}
	doc.Meta().Rev = 1
	return nil
}

// InsertMany stores the documents whose ids are free. Conflict says that some were
// taken, so running it again is harmless; it is not atomic as a whole. On success it
// sets every Rev to 1.
func (c *Collection[T, P]) InsertMany(ctx context.Context, docs []P) (err error) {
	defer fault.Wrap(&err, "store.InsertMany "+c.shape.Spec.Name)
	if len(docs) > MaxMany {
		return fault.Newf(fault.Invalid, "", "%d documents at once are over the bound of %d", len(docs), MaxMany)
	}
	raws := make([]RawDoc, 0, len(docs))
	for _, d := range docs {
		body, err := encode[T](d)
		if err != nil {
			return err
		}
		raws = append(raws, RawDoc{ID: d.Meta().ID, Body: body})
	}
	if len(raws) == 0 {
		return nil
	}
	if err := c.raw.InsertMany(ctx, raws); err != nil {
		return err
	}
	for _, d := range docs {
		d.Meta().Rev = 1
	}
	return nil
}

// Get reads a document; NotFound when there is none.
func (c *Collection[T, P]) Get(ctx context.Context, id string) (doc *T, err error) {
	defer fault.Wrap(&err, "store.Get "+c.shape.Spec.Name)
	raw, err := c.raw.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return decode[T, P](raw)
}

// GetMany reads documents in the order of ids and leaves missing ones out.
func (c *Collection[T, P]) GetMany(ctx context.Context, ids []string) (docs []*T, err error) {
	defer fault.Wrap(&err, "store.GetMany "+c.shape.Spec.Name)
	if len(ids) > MaxMany {
		return nil, fault.Newf(fault.Invalid, "", "%d ids at once are over the bound of %d", len(ids), MaxMany)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	raws, err := c.raw.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	docs = make([]*T, 0, len(raws))
	for _, r := range raws {
		d, err := decode[T, P](r)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// Replace stores the document if it still has the revision that was read (doc.Rev):
// Conflict when somebody changed it, NotFound when it is gone. On success Rev grows by 1.
func (c *Collection[T, P]) Replace(ctx context.Context, doc P) (err error) {
	defer fault.Wrap(&err, "store.Replace "+c.shape.Spec.Name)
	m := doc.Meta()
	if m.Rev < 1 {
		return fault.Newf(fault.Invalid, "", "Replace needs a document that was read")
	}
	body, err := encode[T](doc)
	if err != nil {
		return err
	}
	if err := c.raw.Replace(ctx, m.ID, body, m.Rev); err != nil {
		return err
	}
	m.Rev++
	return nil
}

// Upsert stores the document whatever was there and sets its new Rev.
func (c *Collection[T, P]) Upsert(ctx context.Context, doc P) (err error) {
	defer fault.Wrap(&err, "store.Upsert "+c.shape.Spec.Name)
	body, err := encode[T](doc)
	if err != nil {
		return err
	}
	rev, err := c.raw.Upsert(ctx, doc.Meta().ID, body)
	if err != nil {
		return err
	}
	doc.Meta().Rev = rev
	return nil
}

// Add adds to integer fields (dotted paths) in one atomic step, makes the fields and
// the document as needed, and returns the fields' new values.
func (c *Collection[T, P]) Add(ctx context.Context, id string, delta map[string]int64) (values map[string]int64, err error) {
	defer fault.Wrap(&err, "store.Add "+c.shape.Spec.Name)
	if err := CheckDelta(delta); err != nil {
		return nil, err
	}
	return c.raw.Add(ctx, id, delta)
}

// Delete removes a document at a revision, or at any revision for 0: NotFound, Conflict.
func (c *Collection[T, P]) Delete(ctx context.Context, id string, rev int64) (err error) {
	defer fault.Wrap(&err, "store.Delete "+c.shape.Spec.Name)
	if rev < 0 {
		return fault.Newf(fault.Invalid, "", "a revision is not negative")
	}
	return c.raw.Delete(ctx, id, rev)
}

// Find streams the documents of a query in index order. After an error the stream ends.
func (c *Collection[T, P]) Find(ctx context.Context, q Query) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for raw, err := range c.raw.Find(ctx, q) {
			var doc *T
			if err == nil {
				doc, err = decode[T, P](raw)
			}
			if err != nil {
				fault.Wrap(&err, "store.Find "+c.shape.Spec.Name)
				yield(nil, err)
				return
			}
			if !yield(doc, nil) {
				return
			}
		}
	}
}

// Keys streams index entries without reading documents. After an error the stream ends.
func (c *Collection[T, P]) Keys(ctx context.Context, q Query) iter.Seq2[Key, error] {
	return func(yield func(Key, error) bool) {
		for key, err := range c.raw.Keys(ctx, q) {
			if err != nil {
				fault.Wrap(&err, "store.Keys "+c.shape.Spec.Name)
				yield(Key{}, err)
				return
			}
			if !yield(key, nil) {
				return
			}
		}
	}
}

// Page reads one page of q.Limit documents (1 to MaxPage). Put the Next or Prev cursor
// of a page into the same query to turn it; rows added or removed meanwhile move nothing.
func (c *Collection[T, P]) Page(ctx context.Context, q Query) (page Page[T], err error) {
	defer fault.Wrap(&err, "store.Page "+c.shape.Spec.Name)
	n := q.Limit
	if n < 1 || n > MaxPage {
		return page, fault.Newf(fault.Invalid, "", "a page has 1 to %d documents", MaxPage)
	}
	ix := c.shape.Index(q.Index)
	run, back := q, false
	if q.Cursor != "" && ix != nil {
		at, err := c.shape.readCursor(ix, q.Desc, q.Cursor)
		if err != nil {
			return page, err
		}
		if back = at.back; back {
			last := len(at.values) - 1
			run.Desc = !q.Desc
			run.Cursor = c.shape.cursorAt(ix, run.Desc, false, at.values[:last], at.values[last].(string))
		}
	}
	run.Limit = n + 1
	rows := make([]RawDoc, 0, n+1)
	for raw, err := range c.raw.Find(ctx, run) {
		if err != nil {
			return page, err
		}
		rows = append(rows, raw)
	}
	more := len(rows) > n
	rows = rows[:min(n, len(rows))]
	if back {
		slices.Reverse(rows)
	}
	page.Items = make([]*T, 0, len(rows))
	for _, raw := range rows {
		doc, err := decode[T, P](raw)
		if err != nil {
			return page, err
		}
		page.Items = append(page.Items, doc)
	}
	if len(rows) == 0 {
		return page, nil
	}
	first, last := rows[0], rows[len(rows)-1]
	if back || more {
		page.Next = c.shape.cursorAt(ix, q.Desc, false, last.Values, last.ID)
	}
	if back && more || !back && q.Cursor != "" {
		page.Prev = c.shape.cursorAt(ix, q.Desc, true, first.Values, first.ID)
	}
	return page, nil
}

// encode writes the stored text of a document: without _id and rev, nulls left out.
func encode[T any, P Document[T]](doc P) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return nil, fault.Newf(fault.Invalid, "", "the document cannot be written as JSON: %w", err)
	}
	body, err := clean(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "the document cannot be stored: %w", err)
	}
	if len(body) > MaxBody {
		return nil, fault.Newf(fault.Invalid, "", "a document of %d bytes is over the bound of %d", len(body), MaxBody)
	}
	return body, nil
}

func decode[T any, P Document[T]](raw RawDoc) (*T, error) {
	doc := new(T)
	if err := jsonv2.Unmarshal(raw.Body, doc); err != nil {
		return nil, fault.Newf(fault.Internal, "", "a stored document does not fit its type: %w", err)
	}
	m := P(doc).Meta()
	m.ID, m.Rev = raw.ID, raw.Rev
	return doc, nil
}
