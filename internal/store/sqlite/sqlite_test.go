package sqlite_test

import (
	"path/filepath"
	"testing"

	"osvitlo/internal/store"
	"osvitlo/internal/store/sqlite"
	"osvitlo/internal/store/storetest"
)

func open(t testing.TB) store.Engine { return openAt(t, filepath.Join(t.TempDir(), "t.db")) }

func openAt(t testing.TB, path string) *sqlite.Engine {
	t.Helper()
	e, err := sqlite.Open(t.Context(), sqlite.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

func TestConformance(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open, storetest.Options{Concurrency: true})
}
