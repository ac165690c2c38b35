package sqlite_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/store/storetest"
)

// note makes a document of about size bytes.
func note(id string, size int) *storetest.Note {
	n := int64(1)
	return &storetest.Note{Doc: store.Doc{ID: id}, N: &n, Text: strings.Repeat("x", size)}
}

// notes opens an engine and its collection at a path.
func notes(t testing.TB, cfg sqlite.Config) (*sqlite.Engine, *storetest.Notes) {
	t.Helper()
	e, err := sqlite.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := e.Migrate(t.Context(), []store.Spec{storetest.Spec}); err != nil {
		t.Fatal(err)
	}
	c, err := store.Open[storetest.Note](e, storetest.Spec)
	if err != nil {
		t.Fatal(err)
	}
	return e, c
}

// bare opens the file with the plain library, as another program would.
func bare(t testing.TB, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	return db
}

func sqlDo(t testing.TB, db *sql.DB, q string) {
	t.Helper()
	if _, err := db.Exec(q); err != nil {
		t.Fatal(err)
	}
}

func kind(t testing.TB, err error, want fault.Kind) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Fatalf("error %v, want kind %v", err, want)
	}
}

func TestAFullDiskIsUnavailableAndPasses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e, c := notes(t, sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db"), MaxPages: 240})
	stored := 0
	var full error
	for full == nil {
		if full = c.Insert(ctx, note(fmt.Sprint("n", stored), 5000)); full == nil {
			stored++
		}
		if stored > 1000 {
			t.Fatal("the file never got full")
		}
	}
	kind(t, full, fault.Unavailable)
	if !strings.Contains(full.Error(), "disk is full") {
		t.Fatalf("the log does not tell the reason: %v", full)
	}
	// Everybody else's write fails the same way, nothing half-done stays, reading goes on.
	var wg sync.WaitGroup
	for w := range 20 {
		wg.Go(func() {
			if err := c.Insert(ctx, note(fmt.Sprint("late", w), 50_000)); !fault.Is(err, fault.Unavailable) {
				t.Errorf("a write on a full disk: %v", err)
			}
		})
	}
	wg.Wait()
	for i := range stored {
		if _, err := c.Get(ctx, fmt.Sprint("n", i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Get(ctx, "late0")
	kind(t, err, fault.NotFound)
	// Space appears: writing goes on by itself.
	for i := range stored / 2 {
		if err := c.Delete(ctx, fmt.Sprint("n", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Insert(ctx, note("again", 5000)); err != nil {
		t.Fatal(err)
	}
	if err := e.Ping(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestALockedFileIsUnavailableAndPasses(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "t.db")
	e, c := notes(t, sqlite.Config{Path: path, BusyTimeout: 30 * time.Millisecond})
	if err := c.Insert(ctx, note("before", 10)); err != nil {
		t.Fatal(err)
	}
	other := bare(t, path)
	sqlDo(t, other, "BEGIN IMMEDIATE")
	var wg sync.WaitGroup
	for w := range 30 {
		wg.Go(func() {
			if err := c.Insert(ctx, note(fmt.Sprint("w", w), 10)); !fault.Is(err, fault.Unavailable) {
				t.Errorf("a write into a locked file: %v", err)
			}
		})
	}
	wg.Wait()
	kind(t, e.Ping(ctx), fault.Unavailable)
	if _, err := c.Get(ctx, "before"); err != nil {
		t.Fatalf("a reader waits for the lock: %v", err)
	}
	sqlDo(t, other, "ROLLBACK")
	if err := c.Insert(ctx, note("after", 10)); err != nil {
		t.Fatal(err)
	}
	if err := e.Ping(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestAFileHeldExclusivelyCannotBeOpenedUntilItIsFree(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	other := bare(t, path)
	sqlDo(t, other, "PRAGMA locking_mode=EXCLUSIVE")
	sqlDo(t, other, "CREATE TABLE held(x)")
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: path, BusyTimeout: 20 * time.Millisecond})
	kind(t, err, fault.Unavailable)
	if err := other.Close(); err != nil {
		t.Fatal(err)
	}
	notes(t, sqlite.Config{Path: path})
}

func TestAMissingFolderIsUnavailable(t *testing.T) {
	t.Parallel()
	_, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "no", "t.db")})
	kind(t, err, fault.Unavailable)
}

func TestACancelledWriteReturnsBeforeTheLockDoes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	_, c := notes(t, sqlite.Config{Path: path, BusyTimeout: time.Hour}) // who waits for the lock outlasts the test's limit
	other := bare(t, path)
	sqlDo(t, other, "BEGIN IMMEDIATE")
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer stop()
	kind(t, c.Insert(ctx, note("a", 10)), fault.Unavailable)
	sqlDo(t, other, "ROLLBACK")
}

func TestOneWriteThatFailsDoesNotSpoilItsBatch(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "t.db")
	_, c := notes(t, sqlite.Config{Path: path})
	db := bare(t, path)
	sqlDo(t, db, "PRAGMA busy_timeout=5000")
	sqlDo(t, db, `CREATE TRIGGER boom BEFORE INSERT ON notes WHEN NEW.id LIKE 'bad%' BEGIN SELECT RAISE(ABORT,'boom'); END`)
	if err := c.Insert(ctx, note("taken", 10)); err != nil {
		t.Fatal(err)
	}
	sqlDo(t, db, "BEGIN IMMEDIATE") // so that the writes gather into batches
	var wg sync.WaitGroup
	var good atomic.Int64
	for w := range 60 {
		wg.Go(func() {
			id, want := fmt.Sprint("good", w), fault.Kind(0)
			switch w % 6 {
			case 0:
				id, want = fmt.Sprint("bad", w), fault.Invalid
			case 1:
				id, want = "taken", fault.Conflict
			}
			err := c.Insert(ctx, note(id, 10))
			switch {
			case w%6 > 1 && err == nil:
				good.Add(1)
			case w%6 > 1 || !fault.Is(err, want):
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	sqlDo(t, db, "ROLLBACK")
	wg.Wait()
	found := 0
	for _, err := range c.Keys(ctx, store.Query{Index: store.BuiltinID, Prefix: "good"}) {
		if err != nil {
			t.Fatal(err)
		}
		found++
	}
	if found != 40 || good.Load() != 40 {
		t.Fatalf("%d stored, %d acknowledged, want 40", found, good.Load())
	}
	var rev int64
	if err := db.QueryRow("SELECT max(rev) FROM notes").Scan(&rev); err != nil || rev != 1 {
		t.Fatalf("a write was applied twice: revision %d, %v", rev, err)
	}
}

func TestCloseDrainsWhatWasHandedOver(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	e, c := notes(t, sqlite.Config{Path: path})
	var wg sync.WaitGroup
	var mu sync.Mutex
	acked := map[string]bool{}
	for w := range 32 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprint(w, "-", i)
				err := c.Insert(context.Background(), note(id, 100))
				if err != nil {
					if !fault.Is(err, fault.Unavailable) {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				acked[id] = true
				mu.Unlock()
			}
		})
	}
	time.Sleep(50 * time.Millisecond)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	_, again := notes(t, sqlite.Config{Path: path})
	stored := 0
	for k, err := range again.Keys(t.Context(), store.Query{Index: store.BuiltinID}) {
		if err != nil {
			t.Fatal(err)
		}
		if stored++; !acked[k.ID] {
			t.Fatalf("%s was refused and stored", k.ID)
		}
	}
	if stored != len(acked) || stored == 0 {
		t.Fatalf("%d stored, %d acknowledged", stored, len(acked))
	}
}
