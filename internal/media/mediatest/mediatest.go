// Package mediatest holds the engines of media to one behaviour.
package mediatest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"osvitlo/internal/fault"
	"osvitlo/internal/media"
)

// Run proves that the store made by open behaves; each case gets a store of its own.
func Run(t *testing.T, open func(t *testing.T) media.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, media.Store){
		"a file comes back as it went in":          comesBack,
		"a part of a file is read from the offset": fromOffset,
		"what is missing is not found":             missing,
		"bad names never reach the engine":         badNames,
		"a wrong size changes nothing":             wrongSize,
		"a failing source changes nothing":         failingSource,
		"names are listed in order":                listed,
		"a large file streams":                     large,
		"many writers of one name leave one whole": manyWriters,
		"a cancelled caller gets Unavailable":      cancelled,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func put(t *testing.T, s media.Store, name, body string) {
	t.Helper()
	if err := s.Put(context.Background(), name, "text/plain; charset=utf-8", strings.NewReader(body), int64(len(body))); err != nil {
		t.Fatalf("put %s: %v", name, err)
	}
}

func read(t *testing.T, s media.Store, name string, offset int64) string {
	t.Helper()
	r, _, err := s.Open(context.Background(), name, offset)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return string(b)
}

func comesBack(t *testing.T, s media.Store) {
	put(t, s, "pictures/lamp.txt", "світло")
	put(t, s, "pictures/lamp.txt", "світліше") // replaced
	put(t, s, "empty.txt", "")
	if got := read(t, s, "pictures/lamp.txt", 0); got != "світліше" {
		t.Errorf("got %q", got)
	}
	if got := read(t, s, "empty.txt", 0); got != "" {
		t.Errorf("empty: %q", got)
	}
	st, err := s.Stat(context.Background(), "pictures/lamp.txt")
	if err != nil || st.Size != 16 || st.ContentType != "text/plain; charset=utf-8" || st.Modified.IsZero() {
		t.Errorf("stat: %+v, %v", st, err)
	}
}

func fromOffset(t *testing.T, s media.Store) {
	put(t, s, "a.txt", "0123456789")
	if got := read(t, s, "a.txt", 7); got != "789" {
		t.Errorf("from 7: %q", got)
	}
	if got := read(t, s, "a.txt", 10); got != "" {
		t.Errorf("from the end: %q", got)
	}
	for _, off := range []int64{-1, 11} {
		if _, _, err := s.Open(context.Background(), "a.txt", off); !fault.Is(err, fault.Invalid) {
			t.Errorf("offset %d: %v", off, err)
		}
	}
}

func missing(t *testing.T, s media.Store) {
	put(t, s, "dir/file.txt", "x")
	for _, name := range []string{"no.txt", "no/such.txt", "dir"} {
		if _, _, err := s.Open(context.Background(), name, 0); !fault.Is(err, fault.NotFound) {
			t.Errorf("open %s: %v", name, err)
		}
		if _, err := s.Stat(context.Background(), name); !fault.Is(err, fault.NotFound) {
			t.Errorf("stat %s: %v", name, err)
		}
	}
	for range 2 {
		if err := s.Delete(context.Background(), "dir/file.txt"); err != nil {
			t.Errorf("delete: %v", err)
		}
	}
	if _, err := s.Stat(context.Background(), "dir/file.txt"); !fault.Is(err, fault.NotFound) {
		t.Errorf("after delete: %v", err)
	}
}

func badNames(t *testing.T, s media.Store) {
	for _, name := range []string{"", "/a", "a/", "../a", "a/../b", ".hidden", "a//b", "A.txt", "a\\b", "a\x00", "ї.txt", strings.Repeat("a", 201)} {
		if err := s.Put(context.Background(), name, "", strings.NewReader("x"), 1); !fault.Is(err, fault.Invalid) {
			t.Errorf("put %q: %v", name, err)
		}
		if _, _, err := s.Open(context.Background(), name, 0); !fault.Is(err, fault.Invalid) {
			t.Errorf("open %q: %v", name, err)
		}
		if err := s.Delete(context.Background(), name); !fault.Is(err, fault.Invalid) {
			t.Errorf("delete %q: %v", name, err)
		}
	}
	if err := s.Put(context.Background(), "a.txt", "", strings.NewReader(""), media.MaxSize+1); !fault.Is(err, fault.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func wrongSize(t *testing.T, s media.Store) {
	put(t, s, "a.txt", "before")
	for _, size := range []int64{2, 9, -1} {
		if err := s.Put(context.Background(), "a.txt", "", strings.NewReader("after"), size); !fault.Is(err, fault.Invalid) {
			t.Errorf("size %d: %v", size, err)
		}
	}
	if got := read(t, s, "a.txt", 0); got != "before" {
		t.Errorf("the file changed to %q", got)
	}
}

func failingSource(t *testing.T, s media.Store) {
	boom := errors.New("the phone went away")
	err := s.Put(context.Background(), "a.txt", "", io.MultiReader(strings.NewReader("half"), errorReader{boom}), 8)
	if err == nil {
		t.Fatal("no error")
	}
	if _, err := s.Stat(context.Background(), "a.txt"); !fault.Is(err, fault.NotFound) {
		t.Errorf("half a file is there: %v", err)
	}
}

type errorReader struct{ err error }

func (e errorReader) Read([]byte) (int, error) { return 0, e.err }

func listed(t *testing.T, s media.Store) {
	for _, name := range []string{"r/2/b.csv", "r/1/a.csv", "r.txt", "r/10.csv", "q/z.csv", "r/1.csv"} {
		put(t, s, name, "x")
	}
	names := func(prefix string, limit int) []string {
		var out []string
		for i, err := range s.List(context.Background(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, i.Name)
			if len(out) == limit {
				break
			}
		}
		return out
	}
	if diff := cmp.Diff([]string{"r/1.csv", "r/1/a.csv", "r/10.csv", "r/2/b.csv"}, names("r/", 0)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"q/z.csv", "r.txt"}, names("", 2)); diff != "" {
		t.Error(diff)
	}
	if got := names("none", 0); got != nil {
		t.Errorf("got %v", got)
	}
}

func large(t *testing.T, s media.Store) {
	const size = 20 << 20
	src := func() io.Reader { return io.LimitReader(new(pattern), size) }
	if err := s.Put(context.Background(), "large.bin", "application/octet-stream", src(), size); err != nil {
		t.Fatal(err)
	}
	r, info, err := s.Open(context.Background(), "large.bin", 0)
	if err != nil {
		t.Fatal(err)
	}
	got, want := sha256.New(), sha256.New()
	_, err = io.Copy(got, r)
	_, err2 := io.Copy(want, src())
	if err := errors.Join(err, err2, r.Close()); err != nil {
		t.Fatal(err)
	}
	if info.Size != size || !bytes.Equal(got.Sum(nil), want.Sum(nil)) {
		t.Errorf("came back different, size %d", info.Size)
	}
}

// pattern is an endless source that does not repeat at block borders.
type pattern struct{ at uint32 }

func (s *pattern) Read(p []byte) (int, error) {
	for i := range p {
		s.at++
		p[i] = byte(s.at * 2654435761 >> 24)
	}
	return len(p), nil
}

func manyWriters(t *testing.T, s media.Store) {
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			body := strings.Repeat(fmt.Sprintf("%02d", i), 50_000)
			if err := s.Put(context.Background(), "same.txt", "text/plain", strings.NewReader(body), int64(len(body))); err != nil {
				t.Errorf("writer %d: %v", i, err)
			}
		}()
	}
	wg.Wait()
	got := read(t, s, "same.txt", 0)
	if len(got) != 100_000 || got != strings.Repeat(got[:2], 50_000) {
		t.Errorf("the file is mixed: %d bytes", len(got))
	}
}

func cancelled(t *testing.T, s media.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Put(ctx, "a.txt", "", strings.NewReader("x"), 1); !fault.Is(err, fault.Unavailable) {
		t.Errorf("put: %v", err)
	}
	put(t, s, "b.txt", "x")
	var last error
	for _, err := range s.List(ctx, "") {
		last = err
	}
	if !fault.Is(last, fault.Unavailable) {
		t.Errorf("list: %v", last)
	}
}
