// Package disk keeps media in a folder. Every path goes through os.Root, so no
// name and no symbolic link leads out of it. A file is written beside its place,
// flushed to the disk and renamed: after a crash it is there whole or not at all.
package disk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"mime"
	"os"
	"path"
	"sort"
	"strings"
	"sync/atomic"

	"osvitlo/internal/fault"
	"osvitlo/internal/media"
)

// Store is a folder of media.
type Store struct {
	root *os.Root
	next atomic.Int64
}

var _ media.Store = (*Store)(nil)

// temporary begins the names of files being written; media names never begin with a dot.
const temporary = ".part-"

// Open makes the folder if need be and removes what an earlier crash left half-written.
func Open(dir string) (s *Store, err error) {
	defer fault.Wrap(&err, "disk.Open")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	left, err := fs.Glob(root.FS(), temporary+"*")
	if err != nil {
		return nil, err
	}
	for _, name := range left {
		if err := root.Remove(name); err != nil {
			return nil, fault.From(err, fault.Unavailable, "")
		}
	}
	return &Store{root: root}, nil
}

// Close lets the folder go.
func (s *Store) Close() error { return s.root.Close() }

// Put implements media.Store. The content type is told from the name's ending when read.
func (s *Store) Put(ctx context.Context, name, _ string, r io.Reader, size int64) (err error) {
	defer fault.Wrap(&err, "disk.Put")
	if err := errors.Join(media.CheckName(name), media.CheckSize(size)); err != nil {
		return err
	}
	if dir := path.Dir(name); dir != "." {
		if err := s.root.MkdirAll(dir, 0o750); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
	}
	part := fmt.Sprintf("%s%d-%d", temporary, os.Getpid(), s.next.Add(1))
	f, err := s.root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	_, err = io.Copy(f, media.Exact(contextReader{ctx, r}, size))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = s.root.Rename(part, name)
	}
	if err != nil {
		_ = s.root.Remove(part) // what stays is removed at the next start
		return fault.From(err, fault.Unavailable, "")
	}
	return s.syncDir(path.Dir(name))
}

// syncDir makes the renaming itself durable.
func (s *Store) syncDir(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	return fault.From(errors.Join(d.Sync(), d.Close()), fault.Unavailable, "")
}

// Open implements media.Store.
func (s *Store) Open(_ context.Context, name string, offset int64) (_ io.ReadCloser, _ media.Info, err error) {
	defer fault.Wrap(&err, "disk.Open")
	if err := media.CheckName(name); err != nil {
		return nil, media.Info{}, err
	}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, media.Info{}, missing(err)
	}
	st, err := f.Stat()
	if err == nil && st.IsDir() {
		err = fs.ErrNotExist
	}
	if err == nil && (offset < 0 || offset > st.Size()) {
		err = fault.New(fault.Invalid, "media.bad_offset")
	}
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		_ = f.Close() // the first error says more
		return nil, media.Info{}, missing(err)
	}
	return f, info(name, st), nil
}

// Stat implements media.Store.
func (s *Store) Stat(_ context.Context, name string) (_ media.Info, err error) {
	defer fault.Wrap(&err, "disk.Stat")
	if err := media.CheckName(name); err != nil {
		return media.Info{}, err
	}
	st, err := s.root.Stat(name)
	if err == nil && st.IsDir() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return media.Info{}, missing(err)
	}
	return info(name, st), nil
}

// Delete implements media.Store.
func (s *Store) Delete(_ context.Context, name string) (err error) {
	defer fault.Wrap(&err, "disk.Delete")
	if err := media.CheckName(name); err != nil {
		return err
	}
	if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.From(err, fault.Unavailable, "")
	}
	return nil
}

// List implements media.Store. Names are collected folder by folder, so memory
// grows with the largest folder, not with the whole store.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[media.Info, error] {
	return func(yield func(media.Info, error) bool) {
		_, err := s.list(ctx, ".", prefix, yield)
		if err != nil {
			yield(media.Info{}, fault.From(err, fault.Unavailable, ""))
		}
	}
}

func (s *Store) list(ctx context.Context, dir, prefix string, yield func(media.Info, error) bool) (more bool, err error) {
	entries, err := fs.ReadDir(s.root.FS(), dir)
	if err != nil {
		return false, err
	}
	// A folder stands in byte order as "name/", so "a.b" comes before "a/b".
	key := func(e fs.DirEntry) string {
		if e.IsDir() {
			return e.Name() + "/"
		}
		return e.Name()
	}
	sort.Slice(entries, func(i, j int) bool { return key(entries[i]) < key(entries[j]) })
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		full := e.Name()
		if dir != "." {
			full = dir + "/" + full
		}
		switch {
		case strings.HasPrefix(e.Name(), "."):
		case e.IsDir():
			if strings.HasPrefix(full+"/", prefix) || strings.HasPrefix(prefix, full+"/") {
				if more, err := s.list(ctx, full, prefix, yield); err != nil || !more {
					return more, err
				}
			}
		case strings.HasPrefix(full, prefix):
			st, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // deleted meanwhile
			}
			if err != nil {
				return false, err
			}
			if !yield(info(full, st), nil) {
				return false, nil
			}
		}
	}
	return true, nil
}

// Ping implements media.Store.
func (s *Store) Ping(context.Context) error {
	_, err := s.root.Stat(".")
	return fault.From(err, fault.Unavailable, "")
}

func info(name string, st fs.FileInfo) media.Info {
	kind := mime.TypeByExtension(path.Ext(name))
	if kind == "" {
		kind = "application/octet-stream"
	}
	return media.Info{Name: name, Size: st.Size(), ContentType: kind, Modified: st.ModTime().UTC()}
}

func missing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.New(fault.NotFound, "")
	}
	return fault.From(err, fault.Unavailable, "")
}

// contextReader stops copying when the caller has gone.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
