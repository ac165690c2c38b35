package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

const writers = 64

// together runs f in 64 goroutines and waits for all.
func together(f func(w int)) {
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() { f(w) })
	}
	wg.Wait()
}

func (s *suite) manyAdds(t *testing.T) {
	ctx, c := s.notes(t)
	const each = 20
	var seen sync.Map
	together(func(w int) {
		for range each {
			got, err := c.Add(ctx, "count", map[string]int64{"n": 1, "place.house": 2})
			if err != nil {
				t.Error(err)
				return
			}
			if got["place.house"] != 2*got["n"] {
				t.Errorf("half an addition: %v", got)
			}
			if _, twice := seen.LoadOrStore(got["n"], w); twice {
				t.Errorf("two writers got %d", got["n"])
			}
		}
	})
	n := must(c.Get(ctx, "count"))(t)
	if *n.N != writers*each || n.Place.House != 2*writers*each || n.Rev != writers*each {
		t.Fatalf("n %d, house %d, rev %d; want %d additions", *n.N, n.Place.House, n.Rev, writers*each)
	}
}

func (s *suite) manyReplaces(t *testing.T) {
	ctx, c := s.notes(t)
	start := note("balance")
	start.N = ptr(int64(0))
	ok(t, c.Insert(ctx, start))
	const each = 5
	var conflicts atomic.Int64
	together(func(int) {
		for done := 0; done < each; {
			n, err := c.Get(ctx, "balance")
			if err != nil {
				t.Error(err)
				return
			}
			*n.N++
			switch err := c.Replace(ctx, n); {
			case err == nil:
				done++
			case fault.Is(err, fault.Conflict):
				conflicts.Add(1)
			default:
				t.Error(err)
				return
			}
		}
	})
	n := must(c.Get(ctx, "balance"))(t)
	if *n.N != writers*each || n.Rev != writers*each+1 {
		t.Fatalf("balance %d at revision %d, want %d; %d conflicts", *n.N, n.Rev, writers*each, conflicts.Load())
	}
}

func (s *suite) oneClaim(t *testing.T) {
	ctx, c := s.notes(t)
	for round := range 10 {
		var won atomic.Int64
		together(func(w int) {
			n := note(fmt.Sprintf("seat:%d", round))
			n.N = ptr(int64(w))
			switch err := c.Insert(ctx, n); {
			case err == nil:
				won.Add(1)
			case !fault.Is(err, fault.Conflict):
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("%d writers hold the seat", won.Load())
		}
	}
	if got := all(t, c.Find(ctx, store.Query{Index: store.BuiltinID, Prefix: "seat:"})); len(got) != 10 {
		t.Fatalf("%d seats, want 10", len(got))
	}
}
