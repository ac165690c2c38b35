package mongodb

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"

	"osvitlo/internal/store"
	"osvitlo/internal/store/storetest"
)

// Where a server is: scripts/wirepeer/run starts the wire peer and sets the first;
// whoever has a real MongoDB (a replica set, with rights to drop databases whose names
// begin with osvitlo_test_) sets the second.
const (
	peerVariable = "MONGODB_WIREPEER_URI"
	realVariable = "MONGODB_TEST_URI"
)

// server returns the address of a server of either kind and whether it is a real one.
func server(t testing.TB) (uri string, isReal bool) {
	t.Helper()
	if uri := os.Getenv(realVariable); uri != "" {
		return uri, true
	}
	uri = os.Getenv(peerVariable)
	if uri == "" {
		t.Skip("needs a server: scripts/wirepeer/run, or a real MongoDB in " + realVariable)
	}
	return uri, false
}

// realServer skips a test that needs concurrency, durability or plans.
func realServer(t testing.TB) string {
	t.Helper()
	uri := os.Getenv(realVariable)
	if uri == "" {
		t.Skip("real MongoDB only: set " + realVariable)
	}
	return uri
}

// fresh opens an engine over a new database, which is dropped at the end.
func fresh(t testing.TB, uri string, monitor *event.CommandMonitor) *Engine {
	t.Helper()
	name := "osvitlo_test_" + strings.ToLower(rand.Text()[:12])
	e := openDatabase(t, Config{URI: uri, Database: name, monitor: monitor})
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), time.Minute)
		defer stop()
		if e.closed.Load() {
			e = openDatabase(t, Config{URI: uri, Database: name})
		}
		if err := e.db.Drop(ctx); err != nil {
			t.Error(err)
		}
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func openDatabase(t testing.TB, cfg Config) *Engine {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	e, err := Open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestConformance(t *testing.T) {
	uri, isReal := server(t)
	opt := storetest.Options{Concurrency: isReal, Settle: 5 * time.Minute}
	if isReal {
		opt.Stream = 100_000
	}
	storetest.Run(t, func(t testing.TB) store.Engine { return fresh(t, uri, nil) }, opt)
}
