package sqlite

import (
	"context"
	"database/sql/driver"
	"path/filepath"
	"testing"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

func TestTheWriterSyncsEveryCommit(t *testing.T) {
	t.Parallel()
	e, err := Open(t.Context(), Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for pragma, want := range map[string]any{"synchronous": int64(2), "journal_mode": "wal", "locking_mode": "normal"} {
		var got any
		w, err := e.openWriter() // opened as the writer's connection is
		if err != nil {
			t.Fatal(err)
		}
		err = w.query("PRAGMA "+pragma, nil, func(r []driver.Value) bool { got = r[0]; return true })
		if err != nil || got != want {
			t.Errorf("%s is %v, want %v; %v", pragma, got, want, err)
		}
		if err := w.close(); err != nil {
			t.Fatal(err)
		}
	}
}

// corrupt makes SQLite answer SQLITE_CORRUPT or SQLITE_NOTADB, as a failing disk may.
func corrupt(t *testing.T) error {
	t.Helper()
	c, err := openBare(filepath.Join(t.TempDir(), "t.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	for _, q := range []string{"CREATE TABLE t(x)", "PRAGMA writable_schema=ON", "UPDATE sqlite_schema SET rootpage=99", "PRAGMA writable_schema=RESET"} {
		if err = c.once(q); err != nil {
			break
		}
	}
	if err == nil {
		_, err = c.exec("SELECT x FROM t")
	}
	if !broken(err) {
		t.Fatalf("no broken file: %v", err)
	}
	return err
}

func TestABrokenReaderIsReplaced(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "t.db"), Readers: 2, BusyTimeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	failure := corrupt(t)
	for range 6 {
		if err := e.read(ctx, func(*conn) error { return failure }); err == nil {
			t.Fatal("the failure was lost")
		}
	}
	within, stop := context.WithTimeout(ctx, time.Second)
	defer stop()
	if err := e.Ping(within); err != nil {
		t.Fatal(err)
	}
}

func TestABrokenWriterIsReplaced(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	e, err := Open(ctx, Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	failure := corrupt(t)
	for range 3 {
		if err := e.alone(ctx, func(*conn) error { return failure }); err == nil {
			t.Fatal("the failure was lost")
		}
		if err := e.Ping(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAWriteWhoseCallerLeftIsSkipped cancels a write while the writer waits for another
// program's lock.
func TestAWriteWhoseCallerLeftIsSkipped(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "t.db")
	e, err := Open(ctx, Config{Path: path, BusyTimeout: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	spec := store.Spec{Name: "notes"}
	if err := e.Migrate(ctx, []store.Spec{spec}); err != nil {
		t.Fatal(err)
	}
	raw, err := e.Raw(spec)
	if err != nil {
		t.Fatal(err)
	}
	other, err := openBare(path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if err := other.once("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	stays := make(chan error, 1)
	go func() { stays <- raw.Insert(ctx, "stays", []byte("{}")) }()
	short, stop := context.WithTimeout(ctx, 30*time.Millisecond)
	defer stop()
	if err := raw.Insert(short, "left", []byte("{}")); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	if err := other.once("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if err := <-stays; err != nil {
		t.Fatal(err)
	}
	if err := e.Ping(ctx); err != nil { // the queue has been worked off
		t.Fatal(err)
	}
	if _, err := raw.Get(ctx, "left"); !fault.Is(err, fault.NotFound) {
		t.Fatalf("the write happened: %v", err)
	}
}
