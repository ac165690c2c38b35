package sqlite

import (
	"fmt"
	"path/filepath"
	"testing"

	"osvitlo/internal/fault"
	"osvitlo/internal/store"
)

// TestAnInterruptedMigrationGoesOn stops after each step of adding an index to a table
// of several stretches, as a crash would, and starts again.
func TestAnInterruptedMigrationGoesOn(t *testing.T) {
	t.Parallel()
	was := store.Spec{Name: "notes"}
	is := store.Spec{Name: "notes", Indexes: []store.Index{{Name: "by_n", Fields: []string{"n", "b"}}}}
	shape, err := store.Compile(is)
	if err != nil {
		t.Fatal(err)
	}
	const rows = 2*fillRows + 100
	for steps := range 4 {
		t.Run(fmt.Sprint("after ", steps), func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			path := filepath.Join(t.TempDir(), "t.db")
			e, err := Open(ctx, Config{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			if err := e.Migrate(ctx, []store.Spec{was}); err != nil {
				t.Fatal(err)
			}
			raw, err := e.Raw(was)
			if err != nil {
				t.Fatal(err)
			}
			var docs []store.RawDoc
			for i := range rows {
				docs = append(docs, store.RawDoc{ID: fmt.Sprintf("%06d", i), Body: fmt.Appendf(nil, `{"n":%d,"b":%t}`, i%2, i%3 == 0)})
			}
			if err := raw.InsertMany(ctx, docs); err != nil {
				t.Fatal(err)
			}
			if err := e.alone(ctx, func(c *conn) error {
				if steps == 0 {
					return nil
				}
				paths, err := widen(c, shape)
				for i := int64(0); err == nil && i < int64(steps-1); i++ {
					_, err = fill(c, "notes", paths, i*fillRows)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if _, err := e.Raw(is); !fault.Is(err, fault.Unavailable) {
				t.Fatalf("a half-made index is offered: %v", err)
			}
			if _, err := raw.Upsert(ctx, "000000", []byte(`{"n":7}`)); err != nil {
				t.Fatal(err)
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			again, err := Open(ctx, Config{Path: path})
			if err != nil {
				t.Fatal(err)
			}
			defer again.Close()
			if err := again.Migrate(ctx, []store.Spec{is}); err != nil {
				t.Fatal(err)
			}
			wide, err := again.Raw(is)
			if err != nil {
				t.Fatal(err)
			}
			for n, want := range map[int]int{0: rows/2 - 1, 1: rows / 2, 7: 1} {
				found := 0
				for k, err := range wide.Keys(ctx, store.Query{Index: "by_n", Eq: []any{n}}) {
					if err != nil {
						t.Fatal(err)
					}
					if _, isBool := k.Values[1].(bool); !isBool && n != 7 {
						t.Fatalf("got %v", k)
					}
					found++
				}
				if found != want {
					t.Fatalf("%d documents with n=%d, want %d", found, n, want)
				}
			}
		})
	}
}
