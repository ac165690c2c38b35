package job_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"osvitlo/internal/job"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

// clock is a fixed clock that tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func engineAt(tb testing.TB, path string) store.Engine {
	tb.Helper()
	e, err := sqlite.Open(context.Background(), sqlite.Config{Path: path, BusyTimeout: 10 * time.Second})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(context.Background(), append(job.Specs(), effectSpec)); err != nil {
		tb.Fatal(err)
	}
	return e
}

func engine(tb testing.TB) store.Engine {
	tb.Helper()
	return engineAt(tb, filepath.Join(tb.TempDir(), "t.db"))
}

// effect is what a handled letter or a run job leaves behind: its id is the act, so
// that a second act is a Conflict.
type effect struct {
	store.Doc
	By    string `json:"by"`
	Times int64  `json:"times"`
}

var effectSpec = store.Spec{Name: "effects"}

func effects(tb testing.TB, e store.Engine) *store.Collection[effect, *effect] {
	tb.Helper()
	c, err := store.Open[effect](e, effectSpec)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}
