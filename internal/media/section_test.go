package media_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"pgregory.net/rapid"

	"osvitlo/internal/media"
	"osvitlo/internal/media/disk"
)

// A section reads what a reader of the same bytes in memory reads, from any place.
func TestASectionReadsAsMemoryDoes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	store, err := disk.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	all := make([]byte, 5000)
	for i := range all {
		all[i] = byte(i * 7)
	}
	if err := store.Put(ctx, "a/b", "text/plain", bytes.NewReader(all), int64(len(all))); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, len(all)).Draw(t, "from")
		size := rapid.IntRange(0, len(all)-from).Draw(t, "size")
		got, want := media.NewSection(ctx, store, "a/b", int64(from), int64(size)), bytes.NewReader(all[from:from+size])
		defer func() { _ = got.Close() }()
		for range rapid.IntRange(1, 6).Draw(t, "acts") {
			whence := rapid.IntRange(io.SeekStart, io.SeekEnd).Draw(t, "whence")
			offset := int64(rapid.IntRange(-size-10, size+10).Draw(t, "offset"))
			x, badX := got.Seek(offset, whence)
			y, badY := want.Seek(offset, whence)
			if (badX == nil) != (badY == nil) || badX == nil && x != y {
				t.Fatalf("seek %d from %d: %d %v, wanted %d %v", offset, whence, x, badX, y, badY)
			}
			n := int64(rapid.IntRange(0, size+10).Draw(t, "bytes"))
			a, errA := io.ReadAll(io.LimitReader(got, n))
			b, errB := io.ReadAll(io.LimitReader(want, n))
			if errA != nil || errB != nil || !bytes.Equal(a, b) {
				t.Fatalf("%d bytes: %d %v, wanted %d %v", n, len(a), errA, len(b), errB)
			}
		}
	})
}
