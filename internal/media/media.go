// Package media is the port through which files are kept: pictures, releases,
// later video. Behind it stands a folder (media/disk) or an S3 service such as
// MinIO (media/s3); media/mediatest holds both to the same behaviour.
//
// Guarantees: a file is there whole or not at all; a name is checked before it
// reaches an engine, so it can never leave the store; reading and writing stream
// with flat memory; errors are faults (Invalid, NotFound, TooLarge, Unavailable).
//
// The package does not know what a file means or who may see it.
package media

import (
	"context"
	"io"
	"iter"
	"strings"
	"time"

	"osvitlo/internal/fault"
)

// MaxSize bounds one file: 2 GiB.
const MaxSize = 2 << 30

// Info describes a stored file.
type Info struct {
	Name        string
	Size        int64 // bytes
	ContentType string
	Modified    time.Time
}

// Store keeps files by name. It is safe for concurrent use.
type Store interface {
	// Put stores exactly size bytes of r under name, replacing what was there.
	// A reader that ends early or late is Invalid, and nothing changes.
	Put(ctx context.Context, name, contentType string, r io.Reader, size int64) error
	// Open reads a file from the offset to its end; the caller closes it.
	Open(ctx context.Context, name string, offset int64) (io.ReadCloser, Info, error)
	// Stat describes a file without reading it.
	Stat(ctx context.Context, name string) (Info, error)
	// Delete removes a file; one that is not there is no error.
	Delete(ctx context.Context, name string) error
	// List streams the files whose names begin with prefix, in byte order of names.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Ping tells whether files can be stored.
	Ping(ctx context.Context) error
}

// Linker is a Store that can hand out an address at which a reader gets a file from the
// storage itself. The address is empty when it has none that readers can reach.
type Linker interface {
	Link(ctx context.Context, name string, ttl time.Duration) (string, error)
}

// CheckName refuses names that are not plain relative paths of up to 200 bytes:
// parts of a-z, 0-9, dot, dash and underscore, not beginning with a dot.
func CheckName(name string) error {
	bad := fault.Newf(fault.Invalid, "media.bad_name", "media name %q", clip(name))
	if name == "" || len(name) > 200 {
		return bad
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part[0] == '.' {
			return bad
		}
		for i := range len(part) {
			c := part[i]
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
				return bad
			}
		}
	}
	return nil
}

func clip(s string) string { return s[:min(len(s), 60)] }

// CheckSize refuses sizes outside 0…MaxSize.
func CheckSize(size int64) error {
	if size < 0 {
		return fault.Newf(fault.Invalid, "media.bad_size", "size %d", size)
	}
	if size > MaxSize {
		return fault.New(fault.TooLarge, "")
	}
	return nil
}

// Exact reads exactly size bytes: io.ErrUnexpectedEOF when the source ends early,
// an Invalid fault when it goes on. Engines wrap what they are given in it.
func Exact(r io.Reader, size int64) io.Reader { return &exact{r: r, left: size} }

type exact struct {
	r    io.Reader
	left int64
}

func (e *exact) Read(p []byte) (int, error) {
	if e.left == 0 {
		var one [1]byte
		n, err := io.ReadFull(e.r, one[:])
		if n > 0 {
			return 0, fault.New(fault.Invalid, "media.bad_size")
		}
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		return 0, err
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if err == io.EOF && e.left > 0 {
		return n, fault.New(fault.Invalid, "media.bad_size")
	}
	if err == io.EOF {
		err = nil // the next Read finds the end
	}
	return n, err
}
