// Package store is the port through which people's data is kept: typed
// collections of documents with declared indexes, behind which stands an
// embedded file (store/sqlite) or a MongoDB cluster (store/mongodb).
//
// Guarantees, the same on both engines and held by store/storetest:
//   - an acknowledged write is durable (fsync, or majority and journal);
//   - a write of one document is atomic; nothing spans two documents;
//   - Replace changes a document only at the revision the caller read;
//   - a query runs on one declared index and is refused otherwise;
//   - results are ordered by the index, then by id, and paged by keyset.
//
// It does not do: transactions over documents, unique indexes (a claim document
// whose id is the value does that), aggregation, counting over people.
//
// Documents are JSON objects. Integers stay within ±2^53; a null member is left
// out and a null in an array is refused; times are strings in the fixed width of
// Time. An index field holds a string, a number or a bool, always of one of these
// types in a collection, or is missing; a missing field sorts first. A whole number
// comes back from an index as int64, whether it was stored as 2 or 2.0.
//
// A stream (Find, Keys) is not a snapshot: a document that changes its place in
// the index while the stream runs may be met twice or not at all. A stream holds
// no lock and no connection while the caller works on a row, so the body of the
// loop may use the store freely.
//
// A write whose context ends before the answer may still happen.
package store

import (
	"context"
	"encoding/json"
	"iter"
	"time"
)

// Doc is what every stored type embeds: its id and its revision.
// The revision starts at 1 with Insert and grows by 1 with each write.
type Doc struct {
	ID  string `json:"_id"`
	Rev int64  `json:"rev"`
}

// Meta returns the document's id and revision holder; engines set it on reading.
func (d *Doc) Meta() *Doc { return d }

// Document is any pointer to a struct that embeds Doc.
type Document[T any] interface {
	*T
	Meta() *Doc
}

// Index declares one order in which documents can be found.
// Fields are dotted JSON paths, compared in order; the id is always the last tie-break.
// With Array the first field names an array of strings, numbers or bools, and a query
// must give Eq for it: it then finds the documents whose array holds that value.
// The document's own id is reached with the built-in index "_id".
type Index struct {
	Name   string
	Fields []string
	Array  bool // the first field is an array; Eq on it means membership
}

// Bounds of the port. What is over them is refused as Invalid.
const (
	MaxBody       = 1 << 20 // bytes of a document's JSON
	MaxID         = 512     // bytes of an id
	MaxIndexValue = 2048    // bytes of a string in an index field or a query
	MaxIn         = 1000    // values of Query.In
	MaxPage       = 1000    // documents of a Page
	MaxMany       = 10_000  // ids of GetMany, documents of InsertMany
	MaxInt        = 1 << 53 // integers stay within ±MaxInt
	MaxDepth      = 64      // nesting of a document
	MaxFields     = 8       // fields of an index
	MaxIndexes    = 16      // indexes of a collection
)

// BuiltinID is the index over the ids that every collection has.
const BuiltinID = "_id"

// Spec declares a collection.
type Spec struct {
	Name    string // snake_case
	Indexes []Index
}

// Query asks for documents through one index. The leading fields of the index
// take Eq values; the next one may take In, a Range or a Prefix; the rest only
// order. The zero Query is not allowed: Index must be named. In, a range and a
// prefix exclude each other. Values are strings, integers, floats, bools or a Time;
// named string types are strings.
type Query struct {
	Index  string
	Eq     []any  // values of the leading index fields
	In     []any  // values for the field after Eq
	From   any    // lower bound, inclusive, of the field after Eq
	To     any    // upper bound, exclusive
	After  any    // lower bound, exclusive (instead of From)
	Prefix string // string prefix of the field after Eq
	Desc   bool   // reverse the whole order
	Cursor Cursor // continue behind this row
	Limit  int    // 0 means no limit for Find streams; Page needs 1..1000
}

// Cursor marks a place between two rows of a query; empty is the start.
// It is opaque, safe in a URL, and bound to the query's index and direction.
type Cursor string

// Key is an index entry: what a covered query returns without reading documents.
type Key struct {
	ID     string
	Values []any // the index fields in order: string, int64, float64, bool, or nil where missing
}

// Raw is one collection as an engine offers it: documents are JSON texts without
// "_id" and "rev". Use Collection, the typed face, instead. A document or slice given
// to a Raw must not be changed afterwards, not even after a cancelled call.
type Raw interface {
	// Insert stores a new document with revision 1; Conflict when the id is taken.
	Insert(ctx context.Context, id string, doc []byte) error
	// InsertMany stores all documents whose id is free and answers Conflict when some
	// were taken, so running it again is harmless. It is not atomic as a whole.
	InsertMany(ctx context.Context, docs []RawDoc) error
	// Get answers NotFound when there is no such document.
	Get(ctx context.Context, id string) (RawDoc, error)
	// GetMany leaves missing documents out and keeps the order of ids.
	GetMany(ctx context.Context, ids []string) ([]RawDoc, error)
	// Replace needs the stored revision: Conflict when it is another one, NotFound
	// when there is no document. The new revision is expectedRev+1.
	Replace(ctx context.Context, id string, doc []byte, expectedRev int64) error
	// Upsert inserts or replaces whatever is there and returns the new revision.
	Upsert(ctx context.Context, id string, doc []byte) (rev int64, err error)
	// Add adds to integer fields (dotted paths) in one atomic step, making fields and
	// the document as needed, and returns the new values of these fields. Invalid when a
	// field holds something else or a sum would leave ±MaxInt; nothing is changed then.
	Add(ctx context.Context, id string, delta map[string]int64) (map[string]int64, error)
	// Delete removes a document at a revision, at any for 0: NotFound, Conflict.
	Delete(ctx context.Context, id string, expectedRev int64) error
	// Find streams documents in the order of the index.
	Find(ctx context.Context, q Query) iter.Seq2[RawDoc, error]
	// Keys streams index entries without reading documents.
	Keys(ctx context.Context, q Query) iter.Seq2[Key, error]
}

// RawDoc is a stored document as text. Body has no _id and rev of its own: the
// typed face sets them from ID and Rev.
type RawDoc struct {
	ID     string
	Rev    int64
	Body   []byte
	Values []any // the fields of the query's index; set by Find only
}

// Engine opens collections. Both engines are safe for concurrent use.
type Engine interface {
	// Raw returns a collection; its table and indexes must have been made by Migrate.
	Raw(spec Spec) (Raw, error)
	// Migrate creates what the specs need. Running it again changes nothing;
	// a replica of the previous version survives it. Conflict when an index of that
	// name was declared otherwise before.
	Migrate(ctx context.Context, specs []Spec) error
	// Check compares all specs of the program with what is there, as `serve` does at
	// start: Unavailable when something is missing, Conflict when the data were
	// migrated by a newer program. The message says what to do.
	Check(ctx context.Context, specs []Spec) error
	// Ping tells whether the engine can answer and write.
	Ping(ctx context.Context) error
	Close() error
}

// TimeLayout is how times are stored: UTC, microseconds, fixed width, sortable as text.
const TimeLayout = "2006-01-02T15:04:05.000000Z"

// Time is a moment stored in TimeLayout. The zero time is stored as an empty string.
type Time struct{ time.Time }

// At makes a stored time out of t, cut to microseconds.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Microsecond)} }

// String returns the stored form.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(TimeLayout)
}

// MarshalJSON writes the stored form.
func (t Time) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// UnmarshalJSON reads the stored form.
func (t *Time) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		t.Time = time.Time{}
		return nil
	}
	v, err := time.Parse(TimeLayout, s)
	t.Time = v
	return err
}
