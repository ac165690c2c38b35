package mongodb

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Rows that the server hands over at once. A cursor holds one such batch and no
// connection while the caller works on a row.
const (
	docBatch = 256
	keyBatch = 4096
)

// Find implements store.Raw.
func (t *collection) Find(ctx context.Context, q store.Query) iter.Seq2[store.RawDoc, error] {
	return func(yield func(store.RawDoc, error) bool) {
		s := &stream{t: t, ctx: ctx, docs: true, yield: func(d store.RawDoc) bool { return yield(d, nil) }}
		if err := s.run(q); err != nil {
			fault.Wrap(&err, "mongodb.Find")
			yield(store.RawDoc{}, err)
		}
	}
}

// Keys implements store.Raw. The projection names fields of the index only, so that the
// server answers from the index.
func (t *collection) Keys(ctx context.Context, q store.Query) iter.Seq2[store.Key, error] {
	return func(yield func(store.Key, error) bool) {
		s := &stream{t: t, ctx: ctx, yield: func(d store.RawDoc) bool {
			return yield(store.Key{ID: d.ID, Values: d.Values}, nil)
		}}
		if err := s.run(q); err != nil {
			fault.Wrap(&err, "mongodb.Keys")
			yield(store.Key{}, err)
		}
	}
}

// stream reads the stretches of one query.
type stream struct {
	t     *collection
	ctx   context.Context
	docs  bool
	yield func(store.RawDoc) bool

	plan  *store.Plan
	left  int // rows still wanted, when the plan has a limit
	last  *store.RawDoc
	fresh bool // a row came since the last resumption
	done  bool // the caller has enough
}

func (s *stream) run(q store.Query) (err error) {
	if s.plan, err = s.t.shape.Plan(q); err != nil {
		return err
	}
	s.left = s.plan.Limit
	stretches := gather(s.plan.Segments)
	for len(stretches) > 0 && !s.done {
		err := s.read(stretches[0])
		switch {
		case err == nil:
			stretches = stretches[1:]
		case s.fresh && s.ctx.Err() == nil && lost(err):
			s.fresh = false
			stretches = gather(s.plan.Behind(s.last.Values, s.last.ID))
		default:
			return s.t.e.translate(err)
		}
	}
	return nil
}

// lost tells that a cursor is gone while the rest of the stream may still be had.
func lost(err error) bool {
	var server mongo.ServerError
	return mongo.IsNetworkError(err) || errors.As(err, &server) && has(server, []int{codeCursorNotFound, 189, 10107, 11600, 11602, 13436})
}

// read hands over the rows of one stretch.
func (s *stream) read(g stretch) (err error) {
	cur, err := s.t.c.Find(s.ctx, g.filter(s.plan), s.options())
	if err != nil {
		return err
	}
	defer s.t.e.end(cur)
	for cur.Next(s.ctx) {
		if err := s.ctx.Err(); err != nil { // rows already here do not outlive the context
			return err
		}
		d, err := s.row(cur.Current, g)
		if err != nil {
			return err
		}
		s.last, s.fresh = &store.RawDoc{ID: d.ID, Values: d.Values}, true
		if !s.yield(d) {
			s.done = true
			return nil
		}
		if s.plan.Limit > 0 {
			if s.left--; s.left == 0 {
				s.done = true
				return nil
			}
		}
	}
	return cur.Err()
}

// end closes a cursor; when the caller's context is over, it still tells the server.
func (e *Engine) end(cur *mongo.Cursor) {
	if cur.ID() == 0 || e.closed.Load() {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), aloneTimeout)
	defer stop()
	_ = cur.Close(ctx) // the server forgets an abandoned cursor by itself after ten minutes
}

// hint is the name of an index in MongoDB.
func hint(index string) string {
	if index == store.BuiltinID {
		return "_id_"
	}
	return index
}

func (s *stream) options() *options.FindOptionsBuilder {
	ix, way := s.plan.Index, int64(1)
	if s.plan.Desc {
		way = -1
	}
	batch := docBatch
	if !s.docs {
		batch = keyBatch
	}
	var sort bson.D
	fields := bson.D{}
	for i, f := range s.plan.Fields {
		if ix.Array && i == 0 {
			continue // bound to one value, and no order of the document
		}
		sort = append(sort, bson.E{Key: f, Value: way})
		fields = append(fields, bson.E{Key: f, Value: int64(1)})
	}
	opt := options.Find().SetHint(hint(ix.Name)).SetSort(sort)
	if s.plan.Limit > 0 {
		opt.SetLimit(int64(s.left))
		batch = min(batch, s.left+1) // one more than wanted, so that the server closes the cursor with the batch
	}
	if !s.docs {
		opt.SetProjection(fields)
	}
	return opt.SetBatchSize(int32(batch))
}

// row reads a document of the server's and the index values in it.
func (s *stream) row(raw bson.Raw, g stretch) (d store.RawDoc, err error) {
	if s.docs {
		if d, err = unpack(raw); err != nil {
			return d, err
		}
	} else if d.ID, _ = raw.Lookup("_id").StringValueOK(); d.ID == "" {
		return d, broken("no id")
	}
	ix := s.plan.Index
	d.Values = make([]any, len(ix.Fields))
	for i, f := range ix.Fields {
		switch {
		case f == store.BuiltinID:
			d.Values[i] = d.ID
		case ix.Array && i == 0:
			d.Values[i] = g.Eq[0]
		default:
			d.Values[i] = value(raw, f)
		}
	}
	return d, nil
}

// value reads an index value: nil where it is missing, whole numbers as int64.
func value(raw bson.Raw, path string) any {
	v, err := raw.LookupErr(strings.Split(path, ".")...)
	if err != nil {
		return nil
	}
	switch v.Type {
	case bson.TypeString:
		return v.StringValue()
	case bson.TypeBoolean:
		return v.Boolean()
	case bson.TypeInt64, bson.TypeInt32:
		return v.AsInt64()
	case bson.TypeDouble:
		f := v.Double()
		if f >= -store.MaxInt && f <= store.MaxInt && f == float64(int64(f)) {
			return int64(f)
		}
		return f
	}
	return nil
}

// stretch is one or several neighbouring segments that one command reads in order:
// several when they differ in their last equal value only (In).
type stretch struct {
	store.Segment
	in []any // values of the last equal field, instead of Eq's
}

// gather joins the segments of In into one stretch.
func gather(segments []store.Segment) (out []stretch) {
	for _, g := range segments {
		if n := len(out); n > 0 && out[n-1].joins(g) {
			before := &out[n-1]
			if before.in == nil {
				before.in = []any{before.Eq[len(before.Eq)-1]}
			}
			before.in = append(before.in, g.Eq[len(g.Eq)-1])
			continue
		}
		out = append(out, stretch{Segment: g})
	}
	return out
}

func (s *stretch) joins(g store.Segment) bool {
	n := len(g.Eq)
	return n > 0 && n == len(s.Eq) && plain(s.Segment) && plain(g) && g.Eq[n-1] != nil && s.Eq[n-1] != nil &&
		slices.Equal(s.Eq[:n-1], g.Eq[:n-1])
}

// plain tells that nothing bounds the field behind the equal ones.
func plain(g store.Segment) bool { return g.Lo == nil && g.Hi == nil && !g.Present }

// filter is the condition of a stretch. A missing field is asked for as null, which is
// never stored; a bound meets values of its own type only, so it keeps missing ones out.
func (s *stretch) filter(plan *store.Plan) bson.D {
	filter := bson.D{}
	for i, v := range s.Eq {
		if s.in != nil && i == len(s.Eq)-1 {
			v = bson.D{{Key: "$in", Value: bson.A(s.in)}}
		}
		filter = append(filter, bson.E{Key: plan.Fields[i], Value: v})
	}
	if len(s.Eq) == len(plan.Fields) {
		return filter
	}
	var cond bson.D
	if b := s.Lo; b != nil {
		cond = append(cond, bson.E{Key: op("$gt", b), Value: b.Value})
	}
	if b := s.Hi; b != nil {
		cond = append(cond, bson.E{Key: op("$lt", b), Value: b.Value})
	}
	if cond == nil && s.Present {
		cond = bson.D{{Key: "$ne", Value: nil}}
	}
	if cond != nil {
		filter = append(filter, bson.E{Key: plan.Fields[len(s.Eq)], Value: cond})
	}
	return filter
}

func op(name string, b *store.Bound) string {
	if b.Inclusive {
		return name + "e"
	}
	return name
}
