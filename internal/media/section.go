package media

import (
	"context"
	"io"
	"os"

	"osvitlo/internal/fault"
)

// Section reads part of a stored file from any place: it opens the file when the first
// byte is asked for, and again after a jump. It is an io.ReadSeekCloser for one reader.
type Section struct {
	ctx        context.Context
	store      Store
	name       string
	from, size int64
	at         int64
	open       io.ReadCloser
}

// NewSection reads size bytes of a file from its byte from on. ctx lasts as long as the
// reading.
func NewSection(ctx context.Context, store Store, name string, from, size int64) *Section {
	return &Section{ctx: ctx, store: store, name: name, from: from, size: size}
}

// Seek goes to another place; the end may be passed, as in a file. Errors: Invalid
// "media.bad_offset" before the beginning.
func (r *Section) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, fault.New(fault.Invalid, "media.bad_offset")
	}
	if offset != r.at {
		if err := r.Close(); err != nil {
			return 0, err
		}
	}
	r.at = offset
	return offset, nil
}

// Read reads on from where it stands.
func (r *Section) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if r.open == nil {
		var err error
		if r.open, _, err = r.store.Open(r.ctx, r.name, r.from+r.at); err != nil {
			return 0, err
		}
	}
	n, err := r.open.Read(p[:min(int64(len(p)), r.size-r.at)])
	r.at += int64(n)
	return n, err
}

// File is the file that is being read, where it is one of this machine; nil elsewhere.
// Who reads from it reads no more from the section, and no further than its end.
func (r *Section) File() *os.File {
	f, _ := r.open.(*os.File)
	return f
}

// Close closes what is open; the next Read opens it again.
func (r *Section) Close() error {
	if r.open == nil {
		return nil
	}
	open := r.open
	r.open = nil
	return open.Close()
}
