package disk_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"osvitlo/internal/media"
	"osvitlo/internal/media/disk"
	"osvitlo/internal/media/mediatest"
)

func TestDiskBehaves(t *testing.T) {
	t.Parallel()
	mediatest.Run(t, func(t *testing.T) media.Store {
		s, err := disk.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	})
}

func TestALinkNeverLeadsOut(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	s, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Put(context.Background(), "out/a.txt", "", strings.NewReader("x"), 1); err == nil {
		t.Fatal("a file was written outside")
	}
	left, err := os.ReadDir(outside)
	if err != nil || len(left) != 0 {
		t.Fatalf("outside: %v, %v", left, err)
	}
}

func TestAHalfWrittenFileIsGoneAfterRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".part-1-1"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := disk.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := os.Stat(filepath.Join(dir, ".part-1-1")); !os.IsNotExist(err) {
		t.Fatalf("still there: %v", err)
	}
}
