package mongodb

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

const (
	manyDocs  = 1000    // documents packed for one insert
	manyBytes = 8 << 20 // and their JSON
	manyIDs   = 1000    // ids of one read
	maxTries  = 100     // of a write that others keep overtaking
)

// collection is one MongoDB collection. The fields of a document stand at its top, with
// _id and rev among them.
type collection struct {
	e     *Engine
	shape *store.Shape
	c     *mongo.Collection
}

var _ store.Raw = (*collection)(nil)

func byID(id string) bson.D { return bson.D{{Key: "_id", Value: id}} }

func atRev(id string, rev int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "rev", Value: rev}}
}

func (t *collection) conflict() error {
	return fault.Newf(fault.Conflict, "", "collection %s: the id is taken", t.shape.Spec.Name)
}

func (t *collection) missing() error {
	return fault.Newf(fault.NotFound, "", "collection %s: no such document", t.shape.Spec.Name)
}

func (t *collection) busy() error {
	return fault.Newf(fault.Unavailable, "", "collection %s: others kept changing the document", t.shape.Spec.Name)
}

// pack checks a document and turns it into its stored form.
func (t *collection) pack(id string, rev int64, body []byte) (bson.Raw, error) {
	if _, err := t.shape.Check(id, body); err != nil {
		return nil, err
	}
	doc, err := pack(id, rev, body)
	if err != nil {
		return nil, fault.Newf(fault.Invalid, "", "collection %s: %w", t.shape.Spec.Name, err)
	}
	return doc, nil
}

// Insert implements store.Raw.
func (t *collection) Insert(ctx context.Context, id string, body []byte) (err error) {
	defer fault.Wrap(&err, "mongodb.Insert")
	doc, err := t.pack(id, 1, body)
	if err != nil {
		return err
	}
	return t.insert(ctx, doc)
}

func (t *collection) insert(ctx context.Context, doc bson.Raw) error {
	_, err := t.c.InsertOne(ctx, doc)
	if taken(err) {
		return t.conflict()
	}
	return t.e.translate(err)
}

// InsertMany implements store.Raw. The server goes on behind an id that is taken.
func (t *collection) InsertMany(ctx context.Context, docs []store.RawDoc) (err error) {
	defer fault.Wrap(&err, "mongodb.InsertMany")
	if len(docs) > store.MaxMany {
		return fault.Newf(fault.Invalid, "", "more than %d documents at once", store.MaxMany)
	}
	for _, d := range docs { // nothing is stored when one of them is refused
		if _, err := t.shape.Check(d.ID, d.Body); err != nil {
			return err
		}
	}
	conflict := false
	for at := 0; at < len(docs); {
		var part []bson.Raw
		for bytes := 0; at < len(docs) && len(part) < manyDocs && bytes < manyBytes; at++ {
			doc, err := t.pack(docs[at].ID, 1, docs[at].Body)
			if err != nil {
				return err
			}
			part = append(part, doc)
			bytes += len(doc)
		}
		_, err := t.c.InsertMany(ctx, part, options.InsertMany().SetOrdered(false))
		if taken(err) {
			conflict = true
		} else if err != nil {
			return t.e.translate(err)
		}
	}
	if conflict {
		return t.conflict()
	}
	return nil
}

// Get implements store.Raw.
func (t *collection) Get(ctx context.Context, id string) (doc store.RawDoc, err error) {
	defer fault.Wrap(&err, "mongodb.Get")
	if err := store.CheckID(id); err != nil {
		return doc, err
	}
	raw, err := t.c.FindOne(ctx, byID(id)).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return doc, t.missing()
	}
	if err != nil {
		return doc, t.e.translate(err)
	}
	return unpack(raw)
}

// GetMany implements store.Raw.
func (t *collection) GetMany(ctx context.Context, ids []string) (docs []store.RawDoc, err error) {
	defer fault.Wrap(&err, "mongodb.GetMany")
	if len(ids) > store.MaxMany {
		return nil, fault.Newf(fault.Invalid, "", "more than %d ids at once", store.MaxMany)
	}
	for _, id := range ids {
		if err := store.CheckID(id); err != nil {
			return nil, err
		}
	}
	for at := 0; at < len(ids); at += manyIDs {
		part := ids[at:min(at+manyIDs, len(ids))]
		found, err := t.found(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, id := range part {
			if d, ok := found[id]; ok {
				docs = append(docs, d)
			}
		}
	}
	return docs, nil
}

// found reads documents by their ids in any order. The server takes an id named twice
// as named once.
func (t *collection) found(ctx context.Context, ids []string) (map[string]store.RawDoc, error) {
	cur, err := t.c.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, options.Find().SetHint(hint(store.BuiltinID)))
	if err != nil {
		return nil, t.e.translate(err)
	}
	defer t.e.end(cur)
	out := make(map[string]store.RawDoc, len(ids))
	for cur.Next(ctx) {
		d, err := unpack(cur.Current)
		if err != nil {
			return nil, err
		}
		out[d.ID] = d
	}
	return out, t.e.translate(cur.Err())
}

// Replace implements store.Raw.
func (t *collection) Replace(ctx context.Context, id string, body []byte, expectedRev int64) (err error) {
	defer fault.Wrap(&err, "mongodb.Replace")
	doc, err := t.pack(id, expectedRev+1, body)
	if err != nil {
		return err
	}
	return t.replace(ctx, id, doc, expectedRev)
}

func (t *collection) replace(ctx context.Context, id string, doc bson.Raw, rev int64) error {
	res, err := t.c.ReplaceOne(ctx, atRev(id, rev), doc)
	if err != nil {
		return t.e.translate(err)
	}
	if res.MatchedCount == 0 {
		return t.whyNot(ctx, id)
	}
	return nil
}

// whyNot tells a stale revision from a missing document.
func (t *collection) whyNot(ctx context.Context, id string) error {
	rev, err := t.rev(ctx, id)
	if err != nil {
		return err
	}
	if rev == 0 {
		return t.missing()
	}
	return fault.Newf(fault.Conflict, "", "collection %s: the document was changed meanwhile", t.shape.Spec.Name)
}

// rev reads a document's revision, 0 when there is no such document.
func (t *collection) rev(ctx context.Context, id string) (int64, error) {
	raw, err := t.c.FindOne(ctx, byID(id), options.FindOne().SetProjection(bson.D{{Key: "rev", Value: int64(1)}})).Raw()
	if errors.Is(err, mongo.ErrNoDocuments) {
		return 0, nil
	}
	if err != nil {
		return 0, t.e.translate(err)
	}
	rev, ok := raw.Lookup("rev").AsInt64OK()
	if !ok || rev < 1 {
		return 0, broken("no revision")
	}
	return rev, nil
}

// Upsert implements store.Raw. The new revision follows the stored one, so it is a
// Replace at the revision just read, or an Insert, tried again when somebody was
// faster. A crash between the two steps leaves the document as it was.
func (t *collection) Upsert(ctx context.Context, id string, body []byte) (rev int64, err error) {
	defer fault.Wrap(&err, "mongodb.Upsert")
	if _, err := t.shape.Check(id, body); err != nil {
		return 0, err
	}
	for try := range maxTries {
		old, err := t.rev(ctx, id)
		if err != nil {
			return 0, err
		}
		doc, err := t.pack(id, old+1, body)
		if err != nil {
			return 0, err
		}
		if old == 0 {
			err = t.insert(ctx, doc)
		} else {
			err = t.replace(ctx, id, doc, old)
		}
		switch {
		case err == nil:
			return old + 1, nil
		case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound):
			return 0, err
		}
		if err := pause(ctx, try); err != nil {
			return 0, t.e.translate(err)
		}
	}
	return 0, t.busy()
}

// pause lets whoever was faster go ahead, for up to some milliseconds.
func pause(ctx context.Context, try int) error {
	timer := time.NewTimer(time.Duration(rand.Int64N(int64(min(try+1, 20)))) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Delete implements store.Raw.
func (t *collection) Delete(ctx context.Context, id string, expectedRev int64) (err error) {
	defer fault.Wrap(&err, "mongodb.Delete")
	if err := store.CheckID(id); err != nil {
		return err
	}
	filter := byID(id)
	if expectedRev != 0 {
		filter = atRev(id, expectedRev)
	}
	res, err := t.c.DeleteOne(ctx, filter)
	if err != nil {
		return t.e.translate(err)
	}
	if res.DeletedCount > 0 {
		return nil
	}
	if expectedRev == 0 {
		return t.missing()
	}
	return t.whyNot(ctx, id)
}
