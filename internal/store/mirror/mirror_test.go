package mirror

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
)

type thing struct {
	store.Doc
	Changed int64  `json:"changed"`
	Gone    bool   `json:"gone,omitempty"`
	Name    string `json:"name"`
}

var spec = store.Spec{Name: "things", Indexes: []store.Index{{Name: "by_changed", Fields: []string{"changed"}}}}

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func options(now func() time.Time, most int) Options[thing] {
	return Options[thing]{Index: "by_changed", Field: "changed", Max: most, Now: now,
		Of: func(t *thing) Doc { return Doc{ID: t.ID, Changed: t.Changed, Gone: t.Gone} }}
}

func things(t testing.TB) *store.Collection[thing, *thing] {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: filepath.Join(t.TempDir(), "t.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	if err := e.Migrate(t.Context(), []store.Spec{spec}); err != nil {
		t.Fatal(err)
	}
	c, err := store.Open[thing](e, spec)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t testing.TB, c *store.Collection[thing, *thing], now func() time.Time) *Mirror[thing] {
	t.Helper()
	m, err := Open(t.Context(), c, options(now, 0))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAReplicaSeesWhatAnotherWrote(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), things(t)
	at := noon
	a := open(t, c, func() time.Time { return at })
	// the clock of the second replica is ten seconds behind
	b := open(t, c, func() time.Time { return at.Add(-10 * time.Second) })

	one := &thing{Doc: store.Doc{ID: "one"}, Changed: a.Stamp(), Name: "a"}
	if err := c.Insert(ctx, one); err != nil {
		t.Fatal(err)
	}
	a.Put(one)
	if _, ok := b.ByID("one"); ok {
		t.Fatal("seen before anything was read")
	}
	if err := b.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if got, ok := b.ByID("one"); !ok || got.Name != "a" {
		t.Fatalf("got %+v", got)
	}

	// b changes it, a sees it; then it is gone for both
	next := *one
	next.Name, next.Changed = "b", b.Stamp()
	if next.Changed <= one.Changed {
		t.Fatalf("stamp %d is not behind %d, which b has seen", next.Changed, one.Changed)
	}
	if err := c.Replace(ctx, &next); err != nil {
		t.Fatal(err)
	}
	b.Put(&next)
	gone := next
	if err := a.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if got, _ := a.ByID("one"); got == nil || got.Name != "b" {
		t.Fatalf("got %+v", got)
	}
	gone.Gone, gone.Changed = true, a.Stamp()
	if err := c.Replace(ctx, &gone); err != nil {
		t.Fatal(err)
	}
	a.Put(&gone)
	if err := b.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if len(a.All()) != 0 || len(b.All()) != 0 {
		t.Error("still shown after it was taken out")
	}
}

// A write of a replica whose clock is behind carries an older stamp than what was seen.
func TestAStampFromBehindIsSeen(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), things(t)
	a := open(t, c, func() time.Time { return noon })
	first := &thing{Doc: store.Doc{ID: "first"}, Changed: a.Stamp()}
	if err := c.Insert(ctx, first); err != nil {
		t.Fatal(err)
	}
	a.Put(first)
	late := &thing{Doc: store.Doc{ID: "late"}, Changed: noon.Add(-20 * time.Second).UnixMicro()}
	if err := c.Insert(ctx, late); err != nil {
		t.Fatal(err)
	}
	if err := a.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	if _, ok := a.ByID("late"); !ok {
		t.Error("a document with an older stamp was passed over")
	}
}

// Whatever the order of writes, own and foreign, the mirror ends as the store is.
func TestTheMirrorEndsAsTheStore(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		c := things(t)
		now := noon
		m := open(t, c, func() time.Time { return now })
		for range rapid.IntRange(1, 30).Draw(rt, "writes") {
			now = now.Add(time.Duration(rapid.IntRange(0, 5000).Draw(rt, "ms")) * time.Millisecond)
			doc := &thing{Doc: store.Doc{ID: fmt.Sprint(rapid.IntRange(0, 5).Draw(rt, "id"))}, Changed: m.Stamp(),
				Gone: rapid.Bool().Draw(rt, "gone"), Name: rapid.StringN(1, 5, 10).Draw(rt, "name")}
			if err := c.Upsert(ctx, doc); err != nil {
				rt.Fatal(err)
			}
			if rapid.Bool().Draw(rt, "own") {
				m.Put(doc)
			}
			if rapid.Bool().Draw(rt, "read") {
				if err := m.Refresh(ctx); err != nil {
					rt.Fatal(err)
				}
			}
		}
		if err := m.Refresh(ctx); err != nil {
			rt.Fatal(err)
		}
		fresh := open(t, c, func() time.Time { return now })
		got, want := m.All(), fresh.All()
		if len(got) != len(want) {
			rt.Fatalf("%d documents, the store has %d", len(got), len(want))
		}
		for i := range got {
			if *got[i] != *want[i] {
				rt.Fatalf("%+v, the store has %+v", *got[i], *want[i])
			}
		}
	})
}

func TestDeriveBuildsOncePerChange(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), things(t)
	m := open(t, c, func() time.Time { return noon })
	var mu sync.Mutex
	built := 0
	names := Derive(m, func(all []*thing) int {
		mu.Lock()
		built++
		mu.Unlock()
		return len(all)
	})
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() { names() })
	}
	wait.Wait()
	if built != 1 {
		t.Errorf("built %d times without a change", built)
	}
	doc := &thing{Doc: store.Doc{ID: "x"}, Changed: m.Stamp()}
	if err := c.Insert(ctx, doc); err != nil {
		t.Fatal(err)
	}
	m.Put(doc)
	if names() != 1 || names() != 1 || built != 2 {
		t.Errorf("%d documents, built %d times", names(), built)
	}
}

func TestTheBoundIsKept(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), things(t)
	for i := range 4 {
		if err := c.Insert(ctx, &thing{Doc: store.Doc{ID: fmt.Sprint(i)}, Changed: int64(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Open(ctx, c, options(time.Now, 3)); !fault.Is(err, fault.Invalid) {
		t.Errorf("four documents where three may be: %v", err)
	}
}

type flaky struct {
	mu   sync.Mutex
	n    int
	done chan struct{}
}

func (f *flaky) Refresh(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n++; f.n == 3 {
		close(f.done)
	}
	return fault.Newf(fault.Unavailable, "", "away")
}

func TestKeepGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f := &flaky{done: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		Keep(ctx, slog.New(slog.DiscardHandler), time.Millisecond, f)
		close(ended)
	}()
	<-f.done
	cancel()
	<-ended
}
