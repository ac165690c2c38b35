package audit

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// Config is what the log needs to know.
type Config struct {
	Seals string // the seal file, outside the store
	Key   ed25519.PrivateKey
	Log   *slog.Logger
	Now   func() time.Time
}

// Log is the chain of this process run (a new one is begun after a write of
// unknown fate). It is safe for concurrent use.
type Log struct {
	cfg  Config
	now  func() time.Time
	rows *store.Collection[Row, *Row]

	waiting chan *entry
	stop    chan struct{} // closed by Close
	stopped chan struct{} // closed when the writer has ended
	once    sync.Once
	fail    error // of Close

	mu     sync.Mutex // of the head and the seal
	chain  string
	n      int64
	hash   string
	sealed int64
}

type entry struct {
	event Event
	at    store.Time
	done  chan error
}

// New begins a chain and seals its beginning and the heads that earlier runs left
// behind. Call Run beside the program's other background work, and Close last.
func New(ctx context.Context, engine store.Engine, cfg Config) (l *Log, err error) {
	defer fault.Wrap(&err, "audit.New")
	if len(cfg.Key) != ed25519.PrivateKeySize || cfg.Seals == "" {
		return nil, fault.Newf(fault.Invalid, "", "the audit log needs a signing key and a seal file")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	rows, err := store.Open[Row](engine, Spec)
	if err != nil {
		return nil, err
	}
	l = &Log{cfg: cfg, now: cfg.Now, rows: rows, waiting: make(chan *entry, maxBatch),
		stop: make(chan struct{}), stopped: make(chan struct{})}
	l.begin()
	if err := l.adopt(ctx); err != nil {
		return nil, err
	}
	if err := l.Seal(); err != nil {
		return nil, err
	}
	go l.write()
	return l, nil
}

// Chain names the chain that grows now.
func (l *Log) Chain() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.chain
}

// maxBatch bounds what one write to the store takes along.
const maxBatch = 64

// Record stores an event and returns when it is durable. Errors: Invalid (a field
// is no code), Unavailable (the store is away, or the log is closed). Whoever asks
// for a dangerous act records first and acts then.
func (l *Log) Record(ctx context.Context, e Event) (err error) {
	defer fault.Wrap(&err, "audit.Record")
	if err := e.Check(); err != nil {
		return err
	}
	in, err := l.enqueue(ctx, e)
	if err != nil {
		return err
	}
	return l.await(in)
}

// RecordAll stores several events, such as the rows of a list that was shown, and
// returns when all are durable. Errors: as Record; some may be stored then.
func (l *Log) RecordAll(ctx context.Context, events []Event) (err error) {
	defer fault.Wrap(&err, "audit.RecordAll")
	for _, e := range events {
		if err := e.Check(); err != nil {
			return err
		}
	}
	waiting := make([]*entry, 0, len(events))
	for _, e := range events {
		in, qerr := l.enqueue(ctx, e)
		if qerr != nil {
			err = qerr
			break
		}
		waiting = append(waiting, in)
	}
	for _, in := range waiting {
		if werr := l.await(in); werr != nil {
			err = werr
		}
	}
	return err
}

func (l *Log) enqueue(ctx context.Context, e Event) (*entry, error) {
	in := &entry{event: e, at: store.At(l.now()), done: make(chan error, 1)}
	select {
	case <-l.stop:
		return nil, errClosed
	default:
	}
	select {
	case l.waiting <- in:
		return in, nil
	case <-l.stop:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *Log) await(in *entry) error {
	select {
	case err := <-in.done:
		return err
	case <-l.stopped:
		select {
		case err := <-in.done:
			return err
		default:
			return errClosed
		}
	}
}

var errClosed = fault.Newf(fault.Unavailable, "", "the audit log is closed")

// write is the one goroutine that lengthens the chain.
func (l *Log) write() {
	defer close(l.stopped)
	for {
		var first *entry
		select {
		case first = <-l.waiting:
		case <-l.stop:
			select {
			case first = <-l.waiting:
			default:
				return
			}
		}
		batch := []*entry{first}
	more:
		for len(batch) < maxBatch {
			select {
			case e := <-l.waiting:
				batch = append(batch, e)
			default:
				break more
			}
		}
		err := l.extend(batch)
		for _, e := range batch {
			e.done <- err
		}
	}
}

// extend stores a batch behind the head. When the store answers with an error the
// rows may be there, or come later, or never: the chain is left as it is, with a
// seal that says so, and the batch begins a new one. So no chain ever forks.
func (l *Log) extend(batch []*entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var last error
	for try := range writeTries {
		if try > 0 {
			select {
			case <-l.stop:
			case <-time.After(writePause << try):
			}
			if err := l.turn(); err != nil {
				last = err
				continue
			}
		}
		rows := l.link(batch)
		ctx, cancel := context.WithTimeout(context.Background(), writeTime)
		err := l.rows.InsertMany(ctx, rows)
		cancel()
		if err == nil {
			end := rows[len(rows)-1]
			l.n, l.hash = end.N, end.Hash
			return nil
		}
		last = err
	}
	l.cfg.Log.Error("the audit log cannot be written", "chain", l.chain, "error", last.Error())
	return fault.From(last, fault.Unavailable, "")
}

const (
	writeTries = 4
	writeTime  = 5 * time.Second
	writePause = 20 * time.Millisecond
)

// link makes the rows of a batch behind the head.
func (l *Log) link(batch []*entry) []*Row {
	rows := make([]*Row, 0, len(batch))
	n, hash := l.n, l.hash
	for _, e := range batch {
		n++
		r := &Row{Doc: store.Doc{ID: rowID(l.chain, n)}, Chain: l.chain, N: n, At: e.at, Actor: e.event.Actor,
			Action: e.event.Action, Subject: e.event.Subject, Where: e.event.Where, Why: e.event.Why, Prev: hash}
		r.Hash = r.sum()
		hash = r.Hash
		rows = append(rows, r)
	}
	return rows
}

// turn leaves the chain after a write of unknown fate and begins a new one.
func (l *Log) turn() error {
	s := Seal{At: store.At(l.now()), Chain: l.chain, N: l.n, Hash: l.hash, Left: true}
	s.sign(l.cfg.Key)
	if err := appendSeal(l.cfg.Seals, &s); err != nil {
		return err
	}
	l.begin()
	return l.sealHead(false)
}

// begin names a new chain.
func (l *Log) begin() {
	var tail [6]byte
	_, _ = rand.Read(tail[:]) // never fails since Go 1.24
	l.chain = l.now().UTC().Format("20060102-150405") + "-" + hex.EncodeToString(tail[:])
	l.n, l.hash, l.sealed = 0, origin(l.chain), -1
}

// Seal signs the head of this run's chain and appends it to the seal file. A head
// that was sealed already costs nothing.
func (l *Log) Seal() (err error) {
	defer fault.Wrap(&err, "audit.Seal")
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sealHead(false)
}

// sealHead needs the lock.
func (l *Log) sealHead(closed bool) error {
	if l.sealed == l.n && !closed {
		return nil
	}
	s := Seal{At: store.At(l.now()), Chain: l.chain, N: l.n, Hash: l.hash, Closed: closed}
	s.sign(l.cfg.Key)
	if err := appendSeal(l.cfg.Seals, &s); err != nil {
		return err
	}
	l.sealed = l.n
	return nil
}

// adopt seals the heads of chains that a crash left behind their last seal.
func (l *Log) adopt(ctx context.Context) error {
	seals, _, err := readSeals(l.cfg.Seals)
	if err != nil {
		return err
	}
	known := map[string]int64{}
	for _, s := range seals {
		known[s.Chain] = max(known[s.Chain], s.N)
	}
	names, err := chains(ctx, l.rows)
	if err != nil {
		return err
	}
	for _, chain := range names {
		head, err := l.head(ctx, chain)
		if err != nil {
			return err
		}
		if head == nil || head.N <= known[chain] {
			continue
		}
		s := Seal{At: store.At(l.now()), Chain: chain, N: head.N, Hash: head.Hash}
		s.sign(l.cfg.Key)
		if err := appendSeal(l.cfg.Seals, &s); err != nil {
			return err
		}
	}
	return nil
}

// chains lists the chains in the store, leaping from one to the next.
func chains(ctx context.Context, rows *store.Collection[Row, *Row]) (list []string, err error) {
	q := store.Query{Index: indexChain, Limit: 1}
	for {
		found := ""
		for k, err := range rows.Keys(ctx, q) {
			if err != nil {
				return nil, err
			}
			found, _ = k.Values[0].(string)
		}
		if found == "" {
			return list, nil
		}
		list = append(list, found)
		q.After = found
	}
}

// SealEvery is how often Run seals.
const SealEvery = time.Minute

// Run seals the head every minute until ctx ends.
func (l *Log) Run(ctx context.Context) {
	tick := time.NewTicker(SealEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := l.Seal(); err != nil {
				l.cfg.Log.Error("the audit log cannot be sealed", "error", err.Error())
			}
		}
	}
}

// Close stores what waits, seals the head for good and refuses what comes after.
func (l *Log) Close() (err error) {
	defer fault.Wrap(&err, "audit.Close")
	l.once.Do(func() {
		close(l.stop)
		<-l.stopped
		l.mu.Lock()
		defer l.mu.Unlock()
		l.fail = l.sealHead(true)
	})
	return l.fail
}
