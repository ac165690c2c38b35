package sqlite

import (
	"context"
	"runtime"

	"osvitlo/internal/fault"
)

const (
	maxBatch      = 1024    // writes of one transaction
	maxBatchBytes = 8 << 20 // document bytes of one transaction
)

// write is one waiting write. apply runs inside the writer's transaction; what it puts
// into refused (a conflict, a missing document) is the caller's answer and spoils
// nothing; an error it returns is SQLite's.
type write struct {
	ctx   context.Context
	apply func(c *conn) (refused error, err error)
	bytes int
	alone bool // wants a transaction of its own

	refused error
	done    chan error
}

// writer is the one goroutine that changes the file.
type writer struct {
	e     *Engine
	c     *conn
	batch []*write
	last  int // writes in the batch before this one
	mover *mover
}

func newWriter(e *Engine, c *conn) *writer {
	return &writer{e: e, c: c, mover: startMover(e)}
}

// submit hands a write over and waits for its commit. A write whose context ends while
// it waits may still happen.
func (e *Engine) submit(w *write) error {
	if err := w.ctx.Err(); err != nil {
		return translate(err)
	}
	w.done = make(chan error, 1)
	e.mu.RLock()
	if e.closed {
		e.mu.RUnlock()
		return errClosed
	}
	select {
	case e.writes <- w:
	default:
		select {
		case e.writes <- w:
		case <-w.ctx.Done():
			e.mu.RUnlock()
			return translate(w.ctx.Err())
		}
	}
	e.mu.RUnlock()
	select {
	case err := <-w.done:
		return err
	case <-w.ctx.Done():
		return translate(w.ctx.Err())
	}
}

// alone runs f in a transaction of its own.
func (e *Engine) alone(ctx context.Context, f func(c *conn) error) error {
	return e.submit(&write{ctx: ctx, alone: true, apply: func(c *conn) (error, error) { return nil, f(c) }})
}

func (w *writer) run() {
	defer close(w.e.done)
	var held *write // taken from the queue, but belongs to the next transaction
	for {
		first := held
		held = nil
		if first == nil {
			var ok bool
			select {
			case first, ok = <-w.e.writes:
			case <-w.mover.finish:
				w.moveRest()
				continue
			}
			if !ok {
				break
			}
		}
		held = w.commit(first)
	}
	w.mover.stop()
	if w.c != nil {
		// Leave one file behind; a failure here loses nothing, the WAL is read at the next start.
		ignore(w.c.once("PRAGMA wal_checkpoint(TRUNCATE)"))
		ignore(w.c.close())
	}
}

// commit puts the first write and all that wait behind it into one transaction and
// answers them. It returns a write that wants a transaction of its own.
func (w *writer) commit(first *write) (held *write) {
	w.batch = w.batch[:0]
	if err := w.begin(); err != nil {
		w.fail(w.drain(first), err)
		return nil
	}
	bytes := 0
	for next := first; next != nil; {
		w.batch = append(w.batch, next)
		bytes += next.bytes
		if err := w.step(next); err != nil {
			w.abort(next, err)
			return nil
		}
		if next.alone || len(w.batch) >= maxBatch || bytes >= maxBatchBytes {
			break
		}
		if next = w.next(); next != nil && next.alone {
			held = next
			break
		}
	}
	w.last = len(w.batch)
	w.mover.grown(bytes + len(w.batch)*pageSize*3)
	if _, err := w.c.exec("COMMIT"); err != nil {
		w.rollback(err)
		w.fail(w.batch, err)
		return held
	}
	for _, b := range w.batch {
		b.done <- b.refused
	}
	clear(w.batch)
	return held
}

// moveRest moves what the mover left in the log. No transaction runs meanwhile, so the
// whole log is then in the file and the next commit starts it from its beginning.
func (w *writer) moveRest() {
	if w.c != nil {
		ignore(w.c.once("PRAGMA wal_checkpoint(PASSIVE)")) // a failure costs disk space only
	}
}

// next takes a waiting write. When the queue is empty but the batch is still smaller
// than the one before, it gives the callers, who are just being woken or are writing
// their JSON, a chance to come: a larger batch shares the fsync.
func (w *writer) next() *write {
	for spin := 0; ; spin++ {
		select {
		case n, ok := <-w.e.writes:
			if !ok {
				return nil
			}
			return n
		default:
		}
		if len(w.batch) >= w.last || spin >= 8 {
			return nil
		}
		runtime.Gosched()
	}
}

// step applies one write unless its caller has left.
func (w *writer) step(b *write) (err error) {
	b.refused = nil
	if e := b.ctx.Err(); e != nil {
		b.refused = translate(e)
		return nil
	}
	b.refused, err = b.apply(w.c)
	return err
}

// abort undoes the batch after one write failed in SQLite. When the failure is that
// write's own, the others are run again without it.
func (w *writer) abort(culprit *write, err error) {
	w.rollback(err)
	if !ofOneWrite(err) || w.c == nil {
		w.fail(w.batch, err)
		return
	}
	culprit.done <- translate(err)
	for _, b := range w.batch {
		if b == culprit {
			continue
		}
		if err := w.single(b); err != nil {
			w.rollback(err)
			b.done <- translate(err)
			continue
		}
		b.done <- b.refused
	}
}

// single runs one write in a transaction of its own.
func (w *writer) single(b *write) error {
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.step(b); err != nil {
		return err
	}
	_, err := w.c.exec("COMMIT")
	return err
}

// begin starts a transaction, opening the file anew when the connection was lost.
func (w *writer) begin() error {
	if w.c == nil {
		c, err := w.e.openWriter()
		if err != nil {
			return err
		}
		w.c = c
	}
	_, err := w.c.exec("BEGIN IMMEDIATE")
	if err != nil && broken(err) {
		w.drop()
	}
	return err
}

// rollback ends a failed transaction. SQLite may have ended it already.
func (w *writer) rollback(cause error) {
	if w.c == nil {
		return
	}
	_, err := w.c.exec("ROLLBACK")
	if err != nil && w.inTransaction() || broken(cause) {
		w.drop()
	}
}

// inTransaction tells whether a transaction is still open.
func (w *writer) inTransaction() bool {
	_, err := w.c.exec("BEGIN")
	if err != nil {
		return true
	}
	_, err = w.c.exec("ROLLBACK")
	return err != nil
}

func (w *writer) drop() {
	ignore(w.c.close()) // the connection is lost either way
	w.c = nil
}

// drain takes everything that waits behind the first write, without waiting.
func (w *writer) drain(first *write) []*write {
	w.batch = append(w.batch[:0], first)
	for len(w.batch) < maxBatch {
		select {
		case n, ok := <-w.e.writes:
			if !ok {
				return w.batch
			}
			w.batch = append(w.batch, n)
		default:
			return w.batch
		}
	}
	return w.batch
}

func (w *writer) fail(batch []*write, err error) {
	err = translate(err)
	if fault.Is(err, fault.Invalid) { // nobody's document is to blame for a failed commit
		err = fault.Newf(fault.Internal, "", "the transaction failed: %w", err)
	}
	for _, b := range batch {
		b.done <- err
	}
	clear(batch)
}
