package round

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/institution/report"
)

// The last ones asked for stay, by number and by bytes; the sum of bytes is theirs.
func TestTheShelfKeepsTheLastOnesWithinItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, broken := &shelf{}, errors.New("broken")
		var order []string // last asked for at the end, as a plain list
		sizes := map[string]int64{}
		for range rapid.IntRange(1, 80).Draw(t, "asks") {
			id := fmt.Sprint("r", rapid.IntRange(0, 40).Draw(t, "id"))
			size := int64(rapid.IntRange(1, 12).Draw(t, "mebibytes")) << 20
			fails := rapid.IntRange(0, 9).Draw(t, "fails") == 0
			was := h.kept[id] != nil
			reads := 0
			_, err := h.get(context.Background(), id, func(context.Context) (*report.Report, int64, error) {
				if reads++; fails {
					return nil, 0, broken
				}
				return &report.Report{Round: id}, size, nil
			})
			if was == (reads == 1) || (err != nil) != (reads == 1 && fails) {
				t.Fatalf("%s was kept %v, read %d times: %v", id, was, reads, err)
			}
			for i, other := range order {
				if other == id {
					order = append(order[:i], order[i+1:]...)
					break
				}
			}
			if err == nil {
				if order = append(order, id); reads == 1 {
					sizes[id] = size
				}
			}
			total := func() (n int64) {
				for _, id := range order {
					n += sizes[id]
				}
				return n
			}
			for len(order) > maxReports || total() > maxShelf && len(order) > 2 {
				order = order[1:]
			}
			if len(h.kept) != len(order) || h.bytes != total() {
				t.Fatalf("%d kept with %d bytes, want %v with %d", len(h.kept), h.bytes, order, total())
			}
			for _, id := range order {
				if h.kept[id] == nil || h.kept[id].report.Round != id {
					t.Fatalf("%s is not kept", id)
				}
			}
		}
		for id := range sizes {
			h.drop(id)
		}
		if len(h.kept) != 0 || h.bytes != 0 {
			t.Fatalf("%d bytes of nothing", h.bytes)
		}
	})
}

func TestAReportIsReadOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	h, begun, goOn := &shelf{}, make(chan struct{}), make(chan struct{})
	var reads atomic.Int32
	read := func(ctx context.Context) (*report.Report, int64, error) {
		reads.Add(1)
		close(begun)
		<-goOn
		return &report.Report{}, 1, ctx.Err() // the first reader has gone: it is read all the same
	}
	first, leave := context.WithCancel(context.Background())
	var all sync.WaitGroup
	got := make(chan error, 9)
	all.Go(func() { _, err := h.get(first, "r", read); got <- err })
	<-begun
	leave()
	if _, err := h.get(first, "r", read); !errors.Is(err, context.Canceled) {
		t.Errorf("who has gone waits: %v", err)
	}
	for range 8 {
		all.Go(func() { _, err := h.get(context.Background(), "r", read); got <- err })
	}
	close(goOn)
	all.Wait()
	close(got)
	for err := range got {
		if err != nil {
			t.Error(err)
		}
	}
	if n := reads.Load(); n != 1 || h.bytes != 1 {
		t.Errorf("read %d times, %d bytes", n, h.bytes)
	}
}
