package round

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"sync"

	"osvitlo/internal/fault"
	"osvitlo/internal/institution/report"
)

func fileOf(id, cut string) string { return "rounds/" + id + "-" + cut + ".json.gz" }

// fileName is where a round's report is kept.
func fileName(r *Round) string {
	if r.File != "" {
		return r.File
	}
	return "rounds/" + r.ID + ".json.gz" // reports of past years, and those cut before files had names
}

func (s *Service) file(ctx context.Context, name string, r *report.Report) error {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(r); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	if err := z.Close(); err != nil {
		return fault.From(err, fault.Internal, "")
	}
	return s.o.Media.Put(ctx, name, "application/gzip", bytes.NewReader(b.Bytes()), int64(b.Len()))
}

func (s *Service) unfile(ctx context.Context, r *Round) error {
	return s.o.Media.Delete(ctx, fileName(r))
}

// Bounds of the reports in memory. A year of 500 institutions and four roles unpacks to
// 2.5 MB and takes six times that with its tables, so that a dozen years of such a city fit
// in, with all that the dashboard, a school's years and the data service ask for.
const (
	maxReports = 24
	maxShelf   = 32 << 20  // bytes of their files, unpacked; never less than two reports
	maxReport  = 256 << 20 // bytes of one
)

// shelf keeps the reports that were asked for last. The zero shelf is empty; it is safe for
// concurrent use.
type shelf struct {
	mu    sync.Mutex
	kept  map[string]*kept
	turn  int64 // counts what was asked for
	bytes int64
}

// kept is a report, or one that is being read.
type kept struct {
	ready  chan struct{} // closed when it is read
	report *report.Report
	err    error
	bytes  int64 // 0 while it is being read
	used   int64 // turn
}

// get returns a report, read at most once at the same time. Who only waits for another's
// reading gives up with the context; the reading itself does not end with one reader.
func (h *shelf) get(ctx context.Context, id string, read func(context.Context) (*report.Report, int64, error)) (*report.Report, error) {
	h.mu.Lock()
	h.turn++
	k := h.kept[id]
	if k != nil {
		k.used = h.turn
		h.mu.Unlock()
		select {
		case <-k.ready:
			return k.report, k.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if h.kept == nil {
		h.kept = map[string]*kept{}
	}
	k = &kept{ready: make(chan struct{}), used: h.turn}
	h.kept[id] = k
	h.mu.Unlock()

	made, size, err := read(context.WithoutCancel(ctx))
	h.mu.Lock()
	defer h.mu.Unlock()
	defer close(k.ready)
	k.report, k.err = made, err
	switch {
	case h.kept[id] != k: // taken away meanwhile
	case err != nil:
		delete(h.kept, id)
	default:
		k.bytes = size
		h.bytes += size
		h.trim()
	}
	return made, err
}

// trim takes away those that were not asked for longest, while there are too many.
func (h *shelf) trim() {
	for len(h.kept) > maxReports || h.bytes > maxShelf && len(h.kept) > 2 {
		oldest := ""
		for id, k := range h.kept {
			if k.bytes > 0 && (oldest == "" || k.used < h.kept[oldest].used) {
				oldest = id
			}
		}
		if oldest == "" { // all are being read
			return
		}
		h.take(oldest)
	}
}

// drop takes a report away.
func (h *shelf) drop(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.take(id)
}

func (h *shelf) take(id string) {
	if k := h.kept[id]; k != nil {
		h.bytes -= k.bytes
		delete(h.kept, id)
	}
}

// Report returns the report of a round. It is shared: read only. Errors: NotFound (none is
// cut).
func (s *Service) Report(ctx context.Context, id string) (made *report.Report, err error) {
	defer fault.Wrap(&err, "round.Report")
	r, ok := s.ByID(id)
	if !ok || r.State != Reported {
		return nil, fault.New(fault.NotFound, "round.no_report")
	}
	return s.shelf.get(ctx, id, func(ctx context.Context) (*report.Report, int64, error) { return s.unshelved(ctx, r) })
}

// unshelved reads a report's file; size is how many bytes it unpacks to.
func (s *Service) unshelved(ctx context.Context, r *Round) (made *report.Report, size int64, err error) {
	f, _, err := s.o.Media.Open(ctx, fileName(r), 0)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = f.Close() }()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, 0, fault.From(err, fault.Internal, "")
	}
	limited := &io.LimitedReader{R: z, N: maxReport}
	made = &report.Report{}
	if err := json.NewDecoder(limited).Decode(made); err != nil {
		return nil, 0, fault.From(err, fault.Internal, "")
	}
	return made, max(1, maxReport-limited.N), nil
}

// Before returns the last reported round before one that is no pilot.
func (s *Service) Before(id string) (*Round, bool) {
	r, ok := s.ByID(id)
	if !ok {
		return nil, false
	}
	for _, other := range s.List() {
		if other.State == Reported && !other.Pilot && other.Year < r.Year {
			return other, true
		}
	}
	return nil, false
}
