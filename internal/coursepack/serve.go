package coursepack

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"

	"osvitlo/internal/fault"
	"osvitlo/internal/media"
)

// maxTables is how many tables stay in memory.
const maxTables = 64

// table reads the table of a package, from memory after the first time.
func (s *Service) table(ctx context.Context, p *Package) (*table, error) {
	name := tableName(p)
	s.mu.Lock()
	t := s.tables[name]
	s.mu.Unlock()
	if t != nil {
		return t, nil
	}
	r, info, err := s.o.Media.Open(ctx, name, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }() // read to its end
	raw, err := io.ReadAll(io.LimitReader(r, 4<<20))
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	t = &table{}
	if err := json.Unmarshal(raw, t); err != nil {
		return nil, fault.Newf(fault.Internal, "", "table of %d bytes: %v", info.Size, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.tables) >= maxTables {
		clear(s.tables)
	}
	s.tables[name] = t
	return t, nil
}

// Served is a file that may be read now: Body holds its bytes from the beginning.
type Served struct {
	Type string
	Gzip bool // the bytes are compressed
	Body io.ReadSeekCloser
}

// Open finds a file of a package. zipped tells that the reader takes gzip. sum is that of
// the address, so that what is kept in browsers is never another package's. Errors:
// NotFound.
func (s *Service) Open(ctx context.Context, id, sum, path string, zipped bool) (out *Served, err error) {
	defer fault.Wrap(&err, "coursepack.Open")
	p, err := s.ByID(ctx, id)
	if err != nil {
		return nil, err
	}
	if p.Sum != sum {
		return nil, fault.New(fault.NotFound, "")
	}
	t, err := s.table(ctx, p)
	if err != nil {
		return nil, err
	}
	f, ok := t.Files[path]
	if !ok {
		return nil, fault.New(fault.NotFound, "")
	}
	body := media.NewSection(ctx, s.o.Media, blobName(p), f.At, f.Size)
	if !f.Gzip || zipped {
		return &Served{Type: f.Type, Gzip: f.Gzip, Body: body}, nil
	}
	defer func() { _ = body.Close() }() // unpacked into memory
	g, err := gzip.NewReader(body)
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	raw, err := io.ReadAll(io.LimitReader(g, maxText+1<<10))
	if err != nil {
		return nil, fault.From(err, fault.Unavailable, "")
	}
	return &Served{Type: f.Type, Body: inMemory{bytes.NewReader(raw)}}, nil
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }
