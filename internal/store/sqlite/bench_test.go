package sqlite_test

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"

	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/store/storetest"
)

// The comparison with the bare library is scripts/bench/store.

func BenchmarkInsert(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(writers, " writers"), func(b *testing.B) {
			_, c := notes(b, sqlite.Config{Path: filepath.Join(b.TempDir(), "t.db")})
			var n atomic.Int64
			b.SetParallelism((writers + 1) / 2)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := c.Insert(b.Context(), note(fmt.Sprint("n", n.Add(1)), 2000)); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
}

func BenchmarkRead(b *testing.B) {
	e, c := notes(b, sqlite.Config{Path: filepath.Join(b.TempDir(), "t.db")})
	const stored = 5000
	var batch []*storetest.Note
	for i := range stored {
		n := note(fmt.Sprint("n", i), 2000)
		*n.N = int64(i)
		batch = append(batch, n)
	}
	if err := c.InsertMany(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
	raw, err := e.Raw(storetest.Spec)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("text", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := raw.Get(b.Context(), fmt.Sprint("n", i%stored)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decoded", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := c.Get(b.Context(), fmt.Sprint("n", i%stored)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("page of 20", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := c.Page(b.Context(), store.Query{Index: "by_n", From: i % stored, Limit: 20}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("5000 keys", func(b *testing.B) {
		for b.Loop() {
			for _, err := range c.Keys(b.Context(), store.Query{Index: "by_n"}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}
