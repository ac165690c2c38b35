// Package mongodb keeps documents in MongoDB: a replica set or a sharded cluster
// (version 6.0 or newer), through go.mongodb.org/mongo-driver/v2.
//
// Guarantees: writes are acknowledged by a majority and its journals, reads come from
// the primary with majority read concern, so what was acknowledged survives the loss
// of a machine; the driver retries a write once under a number by which the server
// knows it again; every query is hinted to its declared index, sorted as that index
// is, and read by cursors that no connection waits for. A stream whose cursor is lost
// (a new primary, a loop that rested for long) goes on behind its last row.
//
// A document is stored as its JSON says, with _id and rev in front: whole numbers as
// 64-bit integers, numbers with a point or an exponent as doubles, order kept. So it
// can be read, but should not be written, with MongoDB's own tools.
//
// It does not do: transactions, aggregation, secondary reads, time limits of its own
// (the caller's context has them; a query without a deadline waits for the server).
// Add keeps to the bound of a document's size only as far as MongoDB's own 16 MiB.
package mongodb

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

const (
	selectTimeout = 5 * time.Second  // how long to look for a primary, unless the address says otherwise
	aloneTimeout  = 10 * time.Second // bounds calls that have no context of the caller's
)

// Config says where the cluster is.
type Config struct {
	URI      string // mongodb:// or mongodb+srv://, with options such as replicaSet and maxPoolSize
	Database string // default "osvitlo"

	monitor *event.CommandMonitor // tests look at the commands through it
}

// Engine is a connected client. It implements store.Engine.
type Engine struct {
	client *mongo.Client
	db     *mongo.Database
	closed atomic.Bool

	mu      sync.Mutex
	applied map[string]string // migrations known to be applied, name to hash
}

var (
	_ store.Engine = (*Engine)(nil)

	databaseRule = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,37}$`)
)

// Open connects and asks the primary for a sign of life. Invalid when the address makes
// no sense, Unavailable when no primary answers.
func Open(ctx context.Context, cfg Config) (_ *Engine, err error) {
	defer fault.Wrap(&err, "mongodb.Open")
	if cfg.Database == "" {
		cfg.Database = "osvitlo"
	}
	if !databaseRule.MatchString(cfg.Database) {
		return nil, fault.Newf(fault.Invalid, "", "the database name %q is not 1 to 38 letters, digits, _ and -", cfg.Database)
	}
	opt := options.Client().SetAppName("osvitlo").SetServerSelectionTimeout(selectTimeout).ApplyURI(cfg.URI)
	if err := opt.Validate(); err != nil {
		if strings.Contains(cfg.URI, "@") { // the driver's text may quote a part of the password
			return nil, fault.Newf(fault.Invalid, "", "the MongoDB address is malformed; a password in it must be percent-encoded")
		}
		return nil, fault.Newf(fault.Invalid, "", "the MongoDB address is malformed: %w", err)
	}
	journal := true
	opt.SetWriteConcern(&writeconcern.WriteConcern{W: "majority", Journal: &journal}).
		SetReadConcern(readconcern.Majority()).
		SetReadPreference(readpref.Primary()).
		SetRetryWrites(true).SetRetryReads(true)
	if cfg.monitor != nil {
		opt.SetMonitor(cfg.monitor)
	}
	client, err := mongo.Connect(opt)
	if err != nil {
		return nil, fault.From(err, fault.Internal, "")
	}
	e := &Engine{client: client, db: client.Database(cfg.Database)}
	if err := client.Ping(ctx, readpref.Primary()); err != nil {
		return nil, errors.Join(e.translate(err), e.Close())
	}
	return e, nil
}

// Ping makes one durable write, which only a primary with its majority can acknowledge.
func (e *Engine) Ping(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "mongodb.Ping")
	_, err = e.db.Collection("_ping").UpdateOne(ctx, bson.D{{Key: "_id", Value: int64(1)}},
		bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: int64(1)}}}}, options.UpdateOne().SetUpsert(true))
	if mongo.IsDuplicateKeyError(err) { // two replicas made it at once: the other's write is the sign
		return nil
	}
	return e.translate(err)
}

// Close ends the connections. Calls that come later get Unavailable. Closing twice is
// harmless.
func (e *Engine) Close() (err error) {
	defer fault.Wrap(&err, "mongodb.Close")
	if e.closed.Swap(true) {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), aloneTimeout)
	defer stop()
	return e.translate(e.client.Disconnect(ctx))
}
