package mongodb

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Add implements store.Raw: one findAndModify with $inc that creates what is missing.
// Its filter leaves out a document in which a field is a double or would leave the
// bounds; the server then tries to insert, meets the id and says so.
func (t *collection) Add(ctx context.Context, id string, delta map[string]int64) (values map[string]int64, err error) {
	defer fault.Wrap(&err, "mongodb.Add")
	if err := store.CheckID(id); err != nil {
		return nil, err
	}
	if err := store.CheckDelta(delta); err != nil {
		return nil, err
	}
	if err := t.checkAdd(delta); err != nil {
		return nil, err
	}
	filter, update := addition(id, delta)
	opt := options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)
	for try := range maxTries {
		raw, err := t.c.FindOneAndUpdate(ctx, filter, update, opt).Raw()
		if err == nil {
			return sums(raw, delta)
		}
		refused := mongoCode(err, codeTypeMismatch) || mongoCode(err, codePathNotViable)
		if !refused && !taken(err) {
			return nil, t.e.translate(err)
		}
		why, readErr := t.whyNoSum(ctx, id, delta)
		switch {
		case readErr != nil:
			return nil, readErr
		case why != nil:
			return nil, why
		case refused:
			return nil, t.e.translate(err)
		}
		// Two made the document at once, or the hindrance is gone: try again.
		if err := pause(ctx, try); err != nil {
			return nil, t.e.translate(err)
		}
	}
	return nil, t.busy()
}

// addition is the command's filter and its update.
func addition(id string, delta map[string]int64) (filter, update bson.D) {
	inc := bson.D{{Key: "rev", Value: int64(1)}}
	var not bson.A
	for _, path := range slices.Sorted(maps.Keys(delta)) {
		by := delta[path]
		inc = append(inc, bson.E{Key: path, Value: by})
		not = append(not, bson.D{{Key: path, Value: bson.D{{Key: "$type", Value: "double"}}}})
		if by > 0 {
			not = append(not, bson.D{{Key: path, Value: bson.D{{Key: "$gt", Value: store.MaxInt - by}}}})
		}
		if by < 0 {
			not = append(not, bson.D{{Key: path, Value: bson.D{{Key: "$lt", Value: -store.MaxInt - by}}}})
		}
		for i := range path { // "a.0" must not mean the first element of an array
			if path[i] == '.' && path[i+1] >= '0' && path[i+1] <= '9' {
				not = append(not, bson.D{{Key: path[:i], Value: bson.D{{Key: "$type", Value: "array"}}}})
			}
		}
	}
	filter = append(byID(id), bson.E{Key: "$nor", Value: not})
	return filter, bson.D{{Key: "$inc", Value: inc}}
}

// checkAdd refuses what would put an object or a number where an index wants a value or
// an array.
func (t *collection) checkAdd(delta map[string]int64) error {
	for path := range delta {
		bad := t.shape.IsArray(path)
		for i := range path {
			bad = bad || path[i] == '.' && t.shape.Slot(path[:i]) >= 0
		}
		if bad {
			return fault.Newf(fault.Invalid, "", "collection %s: Add on %s would break an index", t.shape.Spec.Name, path)
		}
	}
	return nil
}

func sums(raw bson.Raw, delta map[string]int64) (map[string]int64, error) {
	out := make(map[string]int64, len(delta))
	for path := range delta {
		n, ok := raw.Lookup(strings.Split(path, ".")...).AsInt64OK()
		if !ok {
			return nil, broken("no sum came back")
		}
		out[path] = n
	}
	return out, nil
}

// whyNoSum tells why an addition cannot be made to the document as it is: nil when it can.
func (t *collection) whyNoSum(ctx context.Context, id string, delta map[string]int64) (why, err error) {
	doc, err := t.Get(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	_, _, why = store.AddTo(doc.Body, delta)
	return why, nil
}

func mongoCode(err error, code int) bool {
	var server mongo.ServerError
	return errors.As(err, &server) && server.HasErrorCode(code)
}
