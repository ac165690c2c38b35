package audit_test

import (
	"context"
	"sync/atomic"
	"testing"

	"osvitlo/internal/audit"
	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// faulty is an engine whose writes fail after they happened, or before.
type faulty struct {
	store.Engine
	after, before atomic.Int32 // how many writes still fail so
}

type faultyRaw struct {
	store.Raw
	e *faulty
}

func (e *faulty) Raw(spec store.Spec) (store.Raw, error) {
	raw, err := e.Engine.Raw(spec)
	return &faultyRaw{raw, e}, err
}

func (r *faultyRaw) InsertMany(ctx context.Context, docs []store.RawDoc) error {
	if r.e.before.Add(-1) >= 0 {
		return fault.New(fault.Unavailable, "")
	}
	err := r.Raw.InsertMany(ctx, docs)
	if r.e.after.Add(-1) >= 0 {
		return fault.New(fault.Unavailable, "")
	}
	return err
}

func TestAWriteOfUnknownFateBeginsANewChain(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]func(*faulty){
		"it happened":   func(f *faulty) { f.after.Store(1) },
		"it did not":    func(f *faulty) { f.before.Store(2) },
		"both in a row": func(f *faulty) { f.after.Store(1); f.before.Store(1) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			f := &faulty{Engine: r.engine}
			l, err := audit.New(context.Background(), f, r.cfg)
			if err != nil {
				t.Fatal(err)
			}
			act(t, l, "p-a", 3)
			first := l.Chain()
			set(f)
			act(t, l, "p-b", 3)
			if l.Chain() == first {
				t.Fatal("the chain went on")
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if report := r.verify(t); !report.OK() || report.Rows < 6 {
				t.Fatalf("got %+v", report)
			}
		})
	}
}

func TestAStoreThatStaysAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	f := &faulty{Engine: r.engine}
	l, err := audit.New(context.Background(), f, r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	f.before.Store(100)
	err = l.Record(context.Background(), audit.Event{Actor: "p-a", Action: "person.erase", Where: "web"})
	if !fault.Is(err, fault.Unavailable) {
		t.Fatalf("got %v", err)
	}
	f.before.Store(0)
	act(t, l, "p-a", 1)
	_ = l.Close()
	if report := r.verify(t); !report.OK() || report.Rows != 1 {
		t.Fatalf("got %+v", report)
	}
}
