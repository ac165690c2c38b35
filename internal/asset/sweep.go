package asset

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"osvitlo/internal/fault"
	"osvitlo/internal/job"
	"osvitlo/internal/store"
)

// Sweep removes what nobody will ask for: uploads that stood still for a day, their
// parts, finished files without a document, and folders of work that was broken off. It
// is the body of a job.
func (s *Service) Sweep(ctx context.Context, _ job.Run) (err error) {
	defer fault.Wrap(&err, "asset.Sweep")
	before := s.o.Now().Add(-KeepParts)
	live, err := s.sweepParts(ctx, before)
	if err != nil {
		return err
	}
	for a, err := range s.docs.Find(ctx, store.Query{Index: indexState, Eq: []any{string(Uploading)}, To: store.At(before)}) {
		if err != nil {
			return err
		}
		if !live[a.ID] {
			if err := s.remove(ctx, a); err != nil {
				return err
			}
		}
	}
	if err := s.sweepFiles(ctx, before); err != nil {
		return err
	}
	return s.sweepScratch(before)
}

// sweepParts deletes the parts of uploads of which none came since before, unless the
// work on them waits. It returns the uploads whose parts are fresh.
func (s *Service) sweepParts(ctx context.Context, before time.Time) (live map[string]bool, err error) {
	live = map[string]bool{}
	seen := map[string]bool{}
	for i, err := range s.o.Media.List(ctx, partsFolder) {
		if err != nil {
			return nil, err
		}
		id := path.Base(path.Dir(i.Name))
		seen[id] = true
		if i.Modified.After(before) {
			live[id] = true
		}
	}
	for id := range seen {
		if live[id] {
			continue
		}
		a, err := s.docs.Get(ctx, id)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		if err == nil && (a.State == Received || a.State == Checked) {
			continue
		}
		if err := s.dropParts(ctx, id); err != nil {
			return nil, err
		}
	}
	return live, nil
}

// sweepFiles deletes finished files that no document names.
func (s *Service) sweepFiles(ctx context.Context, before time.Time) error {
	var gone []string
	for i, err := range s.o.Media.List(ctx, Folder) {
		if err != nil {
			return err
		}
		if i.Modified.After(before) {
			continue // its document may be on its way
		}
		named := false
		for _, err := range s.docs.Keys(ctx, store.Query{Index: indexNames, Eq: []any{i.Name}, Limit: 1}) {
			if err != nil {
				return err
			}
			named = true
		}
		if !named {
			gone = append(gone, i.Name)
		}
	}
	for _, n := range gone {
		if err := s.o.Media.Delete(ctx, n); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) sweepScratch(before time.Time) error {
	dir := s.o.Scratch
	if dir == "" {
		dir = os.TempDir()
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return fault.From(err, fault.Unavailable, "")
	}
	for _, e := range list {
		st, err := e.Info()
		if err != nil || !e.IsDir() || !strings.HasPrefix(e.Name(), scratch) || st.ModTime().After(before) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return fault.From(err, fault.Unavailable, "")
		}
	}
	return nil
}
