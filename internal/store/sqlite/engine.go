// Package sqlite keeps documents in one SQLite file (modernc.org/sqlite, pure Go).
//
// Guarantees: WAL with synchronous=FULL, so an acknowledged write survives kill -9 and
// power loss; one writer that puts all waiting writes into one transaction (group
// commit), so that one fsync serves many; readers in parallel that never wait for the
// writer; a locked file or a full disk is Unavailable and passes when its cause does.
// Documents are JSON text in a table per collection and can be read, but should not be
// written, with the sqlite3 tool: index columns are filled by this package.
//
// It does not do: network file systems (WAL needs shared memory), encryption,
// replication. Several processes may open the file; each has its own writer.
package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

const (
	pageSize      = 4096 // small: an insert touches a page of each index
	layoutVersion = 1    // PRAGMA user_version: how this package lays a file out
)

// Config says where the file is and how much it may take.
type Config struct {
	Path        string        // the database file; its folder must exist
	Readers     int           // parallel readers, default 4
	BusyTimeout time.Duration // how long to wait for another process's lock, default 2 s
	MaxPages    int           // bound of the file in pages of 4 KiB, 0 for none
	LogBytes    int           // growth of the log after which its pages go into the file, default 16 MiB
}

// Engine is an open file. It implements store.Engine.
type Engine struct {
	cfg     Config
	readers chan *conn // free readers; a nil stands for one not opened yet
	writes  chan *write
	done    chan struct{} // closed when the writer has ended

	mu     sync.RWMutex // held for reading while something is handed to the writer
	closed bool
}

var _ store.Engine = (*Engine)(nil)

// Open opens or creates the file. Unavailable when it is locked or cannot be opened;
// Conflict when a newer program has laid it out.
func Open(ctx context.Context, cfg Config) (_ *Engine, err error) {
	defer fault.Wrap(&err, "sqlite.Open")
	if cfg.Readers <= 0 {
		cfg.Readers = 4
	}
	if cfg.BusyTimeout <= 0 {
		cfg.BusyTimeout = 2 * time.Second
	}
	if cfg.LogBytes <= 0 {
		cfg.LogBytes = 16 << 20
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e := &Engine{
		cfg:     cfg,
		readers: make(chan *conn, cfg.Readers),
		writes:  make(chan *write, maxBatch),
		done:    make(chan struct{}),
	}
	w, err := e.openWriter()
	if err != nil {
		return nil, translate(err)
	}
	if err := layOut(w); err != nil {
		return nil, errors.Join(translate(err), w.close())
	}
	for range cfg.Readers {
		e.readers <- nil
	}
	go newWriter(e, w).run()
	return e, nil
}

func (e *Engine) openWriter() (*conn, error) {
	fresh := false
	if st, err := os.Stat(e.cfg.Path); errors.Is(err, os.ErrNotExist) || err == nil && st.Size() == 0 {
		fresh = true
	}
	if fresh { // the page size must be set before the file is turned to WAL
		if err := create(e.cfg.Path); err != nil {
			return nil, err
		}
	}
	return openConn(e.cfg.Path, options{busy: e.cfg.BusyTimeout, cacheKiB: 16 << 10, maxPages: e.cfg.MaxPages})
}

// layOut makes the tables the engine itself needs and refuses a newer layout.
func layOut(c *conn) error {
	var have int64
	if err := c.query("PRAGMA user_version", nil, func(r []driver.Value) bool {
		have, _ = r[0].(int64)
		return true
	}); err != nil {
		return err
	}
	if have > layoutVersion {
		return fault.Newf(fault.Conflict, "", "the file was laid out by a newer program (layout %d, this program knows %d): start that program, or restore the backup taken before it", have, layoutVersion)
	}
	if have == layoutVersion {
		return nil
	}
	for _, q := range []string{
		"BEGIN IMMEDIATE",
		`CREATE TABLE IF NOT EXISTS "_migrations"(seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, hash TEXT NOT NULL, applied TEXT NOT NULL)`,
		`CREATE TABLE IF NOT EXISTS "_columns"(collection TEXT NOT NULL, n INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY(collection, n))`,
		`CREATE TABLE IF NOT EXISTS "_ping"(id INTEGER PRIMARY KEY, n INTEGER NOT NULL)`,
		fmt.Sprintf("PRAGMA user_version=%d", layoutVersion),
		"COMMIT",
	} {
		if err := c.once(q); err != nil {
			return errors.Join(err, ignore(c.once("ROLLBACK")))
		}
	}
	return nil
}

// ignore drops the error of a clean-up that follows a failure already reported.
func ignore(error) error { return nil }

// reader takes a free reader, opening it when needed.
func (e *Engine) reader(ctx context.Context) (*conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var c *conn
	select {
	case c = <-e.readers:
	default:
		select {
		case c = <-e.readers:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e.mu.RLock()
	closed := e.closed
	e.mu.RUnlock()
	if closed {
		e.readers <- c
		return nil, errClosed
	}
	if c != nil {
		return c, nil
	}
	c, err := openConn(e.cfg.Path, options{busy: e.cfg.BusyTimeout, cacheKiB: 4 << 10, readOnly: true})
	if err != nil {
		e.readers <- nil
		return nil, err
	}
	return c, nil
}

// release gives a reader back; after an error that points to the connection itself it
// is closed and opened anew by the next taker.
func (e *Engine) release(c *conn, err error) {
	if err != nil && broken(err) {
		err = c.close()
		c = nil
	}
	e.readers <- c
}

// read runs f on a reader. f must be short: it cannot be cancelled.
func (e *Engine) read(ctx context.Context, f func(c *conn) error) error {
	c, err := e.reader(ctx)
	if err != nil {
		return translate(err)
	}
	err = f(c)
	e.release(c, err)
	return translate(err)
}

// Ping reads and makes one durable write.
func (e *Engine) Ping(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "sqlite.Ping")
	if err := e.read(ctx, func(c *conn) error {
		return c.query("SELECT 1", nil, func([]driver.Value) bool { return true })
	}); err != nil {
		return err
	}
	return e.alone(ctx, func(c *conn) error {
		_, err := c.exec(`INSERT INTO "_ping"(id,n) VALUES(1,1) ON CONFLICT(id) DO UPDATE SET n=n+1`)
		return err
	})
}

// Backup writes a consistent copy of the whole file to path, which must not exist,
// while reading and writing go on. The copy is compacted and synced.
func (e *Engine) Backup(ctx context.Context, path string) (err error) {
	defer fault.Wrap(&err, "sqlite.Backup")
	if _, err := os.Lstat(path); err == nil {
		return fault.Newf(fault.Conflict, "", "the backup file exists already")
	}
	c, err := openConn(e.cfg.Path, options{busy: e.cfg.BusyTimeout, cacheKiB: 4 << 10})
	if err != nil {
		return translate(err)
	}
	defer func() { err = errors.Join(err, c.close()) }()
	if err := c.onceContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(translate(err), remove(path))
	}
	return syncFile(path)
}

// remove deletes a half-made file, if there is one.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncFile(path string) error {
	for _, p := range []string{path, filepath.Dir(path)} {
		f, err := os.Open(p)
		if err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
	}
	return nil
}

// create makes an empty file in WAL mode with our page size.
func create(path string) error {
	c, err := openBare(path)
	if err != nil {
		return err
	}
	for _, p := range []string{
		fmt.Sprintf("PRAGMA page_size=%d", pageSize),
		"PRAGMA journal_mode=WAL",
	} {
		if err := c.once(p); err != nil {
			return errors.Join(err, c.close())
		}
	}
	return c.close()
}

// Close lets the waiting writes finish, then closes the file. Calls that come later
// get Unavailable. Closing twice is harmless.
func (e *Engine) Close() (err error) {
	defer fault.Wrap(&err, "sqlite.Close")
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		<-e.done
		return nil
	}
	e.closed = true
	close(e.writes)
	e.mu.Unlock()
	<-e.done
	for range e.cfg.Readers {
		if c := <-e.readers; c != nil {
			err = errors.Join(err, c.close())
		}
	}
	for range e.cfg.Readers { // late readers must find a place that tells them
		e.readers <- nil
	}
	return err
}
