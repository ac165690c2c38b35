package mongodb

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Every collection and every index is one migration, recorded with a name and a hash in
// _migrations; nothing is ever changed or taken away. An index is built before it is
// recorded, and building it again changes nothing, so a migration that stopped halfway,
// or ran twice at once, is finished by running it again.

const migrationsName = "_migrations"

// Migrate implements store.Engine. Besides what is new it builds recorded indexes that
// somebody has dropped.
func (e *Engine) Migrate(ctx context.Context, specs []store.Spec) (err error) {
	defer fault.Wrap(&err, "mongodb.Migrate")
	for _, spec := range specs {
		if _, err := store.Compile(spec); err != nil {
			return err
		}
	}
	have, err := e.migrations(ctx)
	if err != nil {
		return err
	}
	there, err := e.collections(ctx)
	if err != nil {
		return err
	}
	for _, spec := range specs {
		if err := e.migrate(ctx, spec, have, there[spec.Name]); err != nil {
			return err
		}
	}
	e.remember(have)
	return nil
}

// migrate makes what one spec needs and enters it into have.
func (e *Engine) migrate(ctx context.Context, spec store.Spec, have map[string]string, there bool) error {
	steps := store.Migrations(spec)
	for _, m := range steps {
		if old, ok := have[m.Name]; ok && old != m.Hash {
			return store.CheckPresent(spec, have)
		}
	}
	if !there {
		if err := e.db.CreateCollection(ctx, spec.Name); err != nil && !mongoCode(err, codeNamespaceExists) {
			return e.translate(err)
		}
	}
	built, err := e.indexes(ctx, spec.Name)
	if err != nil {
		return err
	}
	var models []mongo.IndexModel
	for i := range spec.Indexes {
		ix := &spec.Indexes[i]
		keys := indexKeys(ix)
		if old, ok := built[ix.Name]; !ok {
			models = append(models, mongo.IndexModel{Keys: keys, Options: options.Index().SetName(ix.Name)})
		} else if !sameKeys(old, keys) {
			return otherwise(spec.Name, ix.Name)
		}
	}
	if len(models) > 0 {
		if _, err := e.db.Collection(spec.Name).Indexes().CreateMany(ctx, models); err != nil {
			if mongoCode(err, codeOptionsConflict) || mongoCode(err, codeKeySpecsConflict) {
				return otherwise(spec.Name, models[0].Keys)
			}
			return e.translate(err)
		}
	}
	for _, m := range steps {
		if have[m.Name] != "" {
			continue
		}
		_, err := e.db.Collection(migrationsName).InsertOne(ctx, bson.D{
			{Key: "_id", Value: m.Name}, {Key: "hash", Value: m.Hash}, {Key: "applied", Value: store.At(time.Now()).String()},
		})
		if err != nil && !taken(err) { // another migration at the same time may have entered it
			return e.translate(err)
		}
		have[m.Name] = m.Hash
	}
	return nil
}

func otherwise(collection string, index any) error {
	return fault.Newf(fault.Conflict, "", "collection %s: the index %v was declared otherwise before: give the new form a new name", collection, index)
}

// indexKeys is an index as MongoDB has it: the fields and, as tie-break, the id.
func indexKeys(ix *store.Index) bson.D {
	keys := make(bson.D, 0, len(ix.Fields)+1)
	for _, f := range ix.Fields {
		keys = append(keys, bson.E{Key: f, Value: int32(1)})
	}
	return append(keys, bson.E{Key: store.BuiltinID, Value: int32(1)})
}

// indexes reads the keys of a collection's indexes by name.
func (e *Engine) indexes(ctx context.Context, collection string) (map[string]bson.Raw, error) {
	cur, err := e.db.Collection(collection).Indexes().List(ctx)
	if err != nil {
		return nil, e.translate(err)
	}
	defer e.end(cur)
	out := map[string]bson.Raw{}
	for cur.Next(ctx) {
		name, _ := cur.Current.Lookup("name").StringValueOK()
		key, _ := cur.Current.Lookup("key").DocumentOK()
		out[name] = slices.Clone(key)
	}
	return out, e.translate(cur.Err())
}

func sameKeys(have bson.Raw, want bson.D) bool {
	elements, err := have.Elements()
	return err == nil && slices.EqualFunc(elements, want, func(e bson.RawElement, w bson.E) bool {
		way, ok := e.Value().AsInt64OK()
		return e.Key() == w.Key && ok && way == 1
	})
}

// collections lists the collections that are there.
func (e *Engine) collections(ctx context.Context) (map[string]bool, error) {
	list, err := e.db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return nil, e.translate(err)
	}
	there := make(map[string]bool, len(list))
	for _, name := range list {
		there[name] = true
	}
	return there, nil
}

// migrations reads name and hash of everything ever applied.
func (e *Engine) migrations(ctx context.Context) (map[string]string, error) {
	cur, err := e.db.Collection(migrationsName).Find(ctx, bson.D{})
	if err != nil {
		return nil, e.translate(err)
	}
	defer e.end(cur)
	have := map[string]string{}
	for cur.Next(ctx) {
		name, _ := cur.Current.Lookup("_id").StringValueOK()
		have[name], _ = cur.Current.Lookup("hash").StringValueOK()
	}
	return have, e.translate(cur.Err())
}

// Check implements store.Engine. It looks at the indexes themselves too: one that was
// dropped by hand would turn each of its queries into an error.
func (e *Engine) Check(ctx context.Context, specs []store.Spec) (err error) {
	defer fault.Wrap(&err, "mongodb.Check")
	have, err := e.migrations(ctx)
	if err != nil {
		return err
	}
	if err := store.CheckApplied(specs, have); err != nil {
		return err
	}
	for _, spec := range specs {
		built, err := e.indexes(ctx, spec.Name)
		if err != nil {
			return err
		}
		for i := range spec.Indexes {
			ix := &spec.Indexes[i]
			if old, ok := built[ix.Name]; !ok {
				return fault.Newf(fault.Unavailable, "", "index %s.%s was dropped: run `osvitlo migrate`", spec.Name, ix.Name)
			} else if !sameKeys(old, indexKeys(ix)) {
				return otherwise(spec.Name, ix.Name)
			}
		}
	}
	e.remember(have)
	return nil
}

func (e *Engine) remember(have map[string]string) {
	e.mu.Lock()
	e.applied = have
	e.mu.Unlock()
}

// Raw implements store.Engine.
func (e *Engine) Raw(spec store.Spec) (_ store.Raw, err error) {
	defer fault.Wrap(&err, "mongodb.Raw")
	shape, err := store.Compile(spec)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	have := e.applied
	e.mu.Unlock()
	if store.CheckPresent(spec, have) != nil { // perhaps migrated since we looked
		ctx, stop := context.WithTimeout(context.Background(), aloneTimeout)
		defer stop()
		if have, err = e.migrations(ctx); err != nil {
			return nil, err
		}
		if err := store.CheckPresent(spec, have); err != nil {
			return nil, err
		}
		e.remember(have)
	}
	return &collection{e: e, shape: shape, c: e.db.Collection(spec.Name)}, nil
}
