package sqlite

import (
	"database/sql/driver"
	"time"
)

const (
	hardPages = 65536 // pages of the log after which the writer itself moves them, at once
	restPages = 500   // so few left pages the writer may move without keeping callers waiting
)

// mover moves pages from the write-ahead log into the file (a checkpoint) beside the
// writer, so that no commit waits for it. The log starts anew only when all of it has
// been moved, and with a busy writer some pages always come late: these the writer
// moves itself, between two transactions.
type mover struct {
	e      *Engine
	due    chan struct{} // the log has grown
	finish chan struct{} // only a rest is left: the writer's turn
	done   chan struct{}
	size   int // since the last signal; the writer's
}

func startMover(e *Engine) *mover {
	m := &mover{e: e, due: make(chan struct{}, 1), finish: make(chan struct{}, 1), done: make(chan struct{})}
	go m.run()
	return m
}

// grown notes an estimate of what a commit adds to the log.
func (m *mover) grown(bytes int) {
	if m.size += bytes; m.size < m.e.cfg.LogBytes {
		return
	}
	m.size = 0
	select {
	case m.due <- struct{}{}:
	default:
	}
}

func (m *mover) stop() {
	close(m.due)
	<-m.done
}

func (m *mover) run() {
	defer close(m.done)
	var c *conn
	for range m.due {
		if c == nil {
			var err error
			if c, err = openConn(m.e.cfg.Path, options{busy: time.Millisecond, cacheKiB: 256}); err != nil {
				c = nil // the hard bound still holds; the next signal tries again
				continue
			}
		}
		left := int64(hardPages)
		for range 4 {
			before := left
			var err error
			if left, err = checkpoint(c); err != nil {
				ignore(c.close())
				c = nil
				break
			}
			if left <= restPages || left > before/2 {
				break
			}
		}
		if c != nil {
			select {
			case m.finish <- struct{}{}:
			default:
			}
		}
	}
	if c != nil {
		ignore(c.close())
	}
}

// checkpoint moves what it can without waiting for anybody and returns how many pages
// are left in the log.
func checkpoint(c *conn) (left int64, err error) {
	err = c.query("PRAGMA wal_checkpoint(PASSIVE)", nil, func(r []driver.Value) bool {
		log, _ := r[1].(int64)
		moved, _ := r[2].(int64)
		left = log - moved
		return true
	})
	return left, err
}
